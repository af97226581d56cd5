//! The plan of an import: as lines for a terminal, and as a table that somebody settles in a spreadsheet and gives back.

use crate::domain::import::{ImportPlan, Item, Standing};
use crate::domain::listed::{Decision, PLAN_HEADINGS, Source};
use crate::domain::members::spaced;
use crate::domain::tld::Tld;
use crate::writing::repository::rows::{guarded, table};

/// The lines of a plan.
pub fn lines(plan: &ImportPlan, sources: &[Source]) -> Vec<String> {
    let mut lines = vec!["Read:".to_owned()];
    for source in sources {
        let people = plan.items.iter().filter(|item| item.person.at.file == source.name).count();
        let persons = if people == 1 { "one line".to_owned() } else { format!("{people} lines") };
        lines.push(format!("   {}: {}, {persons}, SHA-256 {}", source.name, source.form, source.digest));
        lines.extend(source.remarks.iter().map(|remark| format!("      {remark}")));
    }
    lines.extend(coming(plan));
    let liaisons = plan.count(Standing::Liaison);
    if liaisons > 0 {
        lines.push(format!("Comes in without a ccTLD, as exempt from having one ({liaisons}):"));
        lines.extend(
            plan.of(Standing::Liaison)
                .map(|item| format!("   {} ({})", item.person.called(), item.person.at)),
        );
    }
    lines.extend(counted(plan.count(Standing::Same), "In the store already, as here"));
    lines.extend(counted(plan.count(Standing::Repeated), "Said by another line too"));
    lines.extend(counted(plan.count(Standing::Skipped), "Left out, as somebody decided"));
    lines.extend(doubtful(
        plan,
        Standing::Unsure,
        "Not certain, and left out until somebody says that it is right",
    ));
    lines.extend(doubtful(plan, Standing::Refused, "Refused, until it is mended"));
    lines
}

fn coming(plan: &ImportPlan) -> Vec<String> {
    let contacts = plan.count(Standing::Taken);
    if contacts == 0 {
        return Vec::new();
    }
    let tlds = plan.changes.len();
    let tlds = if tlds == 1 { "one ccTLD".to_owned() } else { format!("{tlds} ccTLDs") };
    let contacts = if contacts == 1 { "one contact".to_owned() } else { format!("{contacts} contacts") };
    let mut lines = vec![format!("Comes in ({contacts} of {tlds}):")];
    for change in &plan.changes {
        lines.push(change.tld.for_people());
        lines.extend(change.added().into_iter().map(|contact| format!("   {contact}")));
    }
    lines
}

fn counted(count: usize, what: &str) -> Option<String> {
    (count > 0).then(|| format!("{what}: {count}."))
}

fn doubtful(plan: &ImportPlan, standing: Standing, title: &str) -> Vec<String> {
    let count = plan.count(standing);
    if count == 0 {
        return Vec::new();
    }
    let mut lines = vec![format!("{title} ({count}):")];
    for item in plan.of(standing) {
        lines.push(format!("   {}: {}", item.person.at, item.person.written));
        lines.push(format!("      taken for {}", understood(item)));
        for point in &item.points {
            lines.push(format!("      - {}: {}", point.why, point.cure));
        }
    }
    lines
}

/// `.nl #1 Joost Terpstra <joost@nic.example>, +31 622479105`.
fn understood(item: &Item) -> String {
    let tld = item.tld.as_ref().map_or_else(|| "nobody's contact,".to_owned(), Tld::for_people);
    let rank = item.rank.map_or_else(String::new, |rank| format!(" {rank}"));
    let second = item.person.second.as_ref().map_or_else(String::new, |second| format!(", <{second}>"));
    let phone = item
        .person
        .phone
        .as_ref()
        .map_or_else(|| ", no phone".to_owned(), |phone| format!(", {}", spaced(phone)));
    format!("{tld}{rank} {}{second}{phone}", item.person.called())
}

/// The octets of the plan as a table.
pub fn rows(plan: &ImportPlan) -> String {
    let headings = PLAN_HEADINGS.map(str::to_owned).to_vec();
    table(std::iter::once(headings).chain(plan.items.iter().map(row)))
}

fn row(item: &Item) -> Vec<String> {
    let person = &item.person;
    let phone = person.phone.as_ref().map(spaced).unwrap_or_default();
    let decision =
        if person.decision == Decision::Open { String::new() } else { person.decision.word().to_owned() };
    let joined = |words: Vec<&str>| words.join("; ");
    let at = &person.at;
    let place = match &at.sheet {
        Some(sheet) => format!("sheet {sheet}, row {}", at.row),
        None => format!("line {}", at.row),
    };
    let cells = [
        decision,
        item.tld.as_ref().map(|tld| format!(".{}", tld.unicode())).unwrap_or_default(),
        item.rank.map(|rank| u8::from(rank).to_string()).unwrap_or_default(),
        person.name.clone().unwrap_or_default(),
        person.email.as_ref().map(ToString::to_string).unwrap_or_default(),
        person.second.as_ref().map(ToString::to_string).unwrap_or_default(),
    ];
    let about = [
        item.standing.word().to_owned(),
        joined(item.points.iter().map(|point| point.why.as_str()).collect()),
        joined(item.points.iter().map(|point| point.cure.as_str()).collect()),
        at.file.clone(),
        at.origin.as_ref().map_or(place.clone(), |origin| format!("{place} (from {origin})")),
        person.written.clone(),
    ];
    let guarded = |cells: &[String]| cells.iter().map(|cell| guarded(cell)).collect::<Vec<_>>();
    [guarded(&cells), vec![phone], guarded(&about)].concat()
}
