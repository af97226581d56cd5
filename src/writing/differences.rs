//! Where registers differ: as lines for a terminal and a mail, and as a table.

use crate::domain::reconciliation::{Difference, Reconciliation};
use crate::domain::tld::Tld;
use crate::writing::layout::one_line;
use crate::writing::repository::rows::{guarded, table};

/// Characters of what one side says.
const SAID_CHARS_MAX: usize = 300;
/// The columns of the table.
const HEADINGS: [&str; 8] =
    ["ccTLD", "Person", "Store", "Other side", "It says", "Newer", "Why", "What to do"];

/// The lines of the first so many differences, by ccTLD and person, and behind them what is of no ccTLD; a last one says how
/// many there are besides.
pub fn lines(found: &Reconciliation, most: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut before: Option<&Difference> = None;
    let (of_cctlds, others): (Vec<&Difference>, Vec<&Difference>) =
        found.differences.iter().partition(|one| one.tld.is_some());
    for one in of_cctlds.into_iter().chain(others).take(most) {
        let same_tld = before.is_some_and(|before| before.tld == one.tld);
        if !same_tld {
            lines.extend(before.map(|_| String::new()));
            lines.push(heading(one.tld.as_ref()));
        }
        if let Some(person) =
            one.person.as_ref().filter(|_| !same_tld || before.is_none_or(|b| b.person != one.person))
        {
            lines.push(format!("   {}", shown(person)));
        }
        lines.push(format!("      the store: {}", shown(&one.store)));
        lines.push(format!("      {}: {}", one.side, shown(&one.other)));
        lines.push(format!("      {}: {}", one.newer, one.why));
        lines.push(format!("      to do: {}", one.mend));
        before = Some(one);
    }
    if found.differences.len() > most {
        lines.push(format!("And {} more: tldops roster diff", found.differences.len() - most));
    }
    lines
}

fn heading(tld: Option<&Tld>) -> String {
    tld.map_or_else(|| "Without a ccTLD".to_owned(), Tld::for_people)
}

fn shown(text: &str) -> String {
    one_line(text, SAID_CHARS_MAX)
}

/// The octets of the table.
pub fn rows(found: &Reconciliation) -> String {
    let rows = found.differences.iter().map(|one| {
        let cells = [
            one.tld.as_ref().map(|tld| format!(".{}", tld.unicode())).unwrap_or_default(),
            one.person.clone().unwrap_or_default(),
            one.store.clone(),
            one.side.clone(),
            one.other.clone(),
            one.newer.to_string(),
            one.why.clone(),
            one.mend.clone(),
        ];
        cells.iter().map(|cell| guarded(cell)).collect::<Vec<String>>()
    });
    table(std::iter::once(HEADINGS.map(str::to_owned).to_vec()).chain(rows))
}
