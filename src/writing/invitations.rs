//! Invitations for the secretariat: a plan before the yes, and how those stand that were invited.

use std::borrow::Cow;

use textwrap::WordSeparator;

use crate::domain::campaign::{Campaign, Tempo, count};
use crate::domain::invitation::{Decline, InvitationPlan, Unwilling, Why};
use crate::domain::invited::{HEADS, Invited, Outreach, Progress, Standing};
use crate::domain::tld::Tld;
use crate::writing::layout::day;
use crate::writing::statistics::of_region;

/// Columns of a line at the most.
const COLUMNS: usize = 96;
/// Hours of a day.
const HOURS_A_DAY: usize = 24;

/// A plan, a line each; `languages` are those of the invitations, in the same order, `per_day` how many may leave in a day.
pub fn plan_lines(
    plan: &InvitationPlan,
    languages: &[String],
    (tempo, per_day): (Tempo, u16),
) -> Vec<String> {
    let mut lines = Vec::new();
    let (mails, cap) = (plan.invite.len(), usize::try_from(tempo.cap).unwrap_or(usize::MAX));
    if mails > 0 {
        lines.push(format!("To be invited: {}", how_many(plan)));
    }
    for (number, (invitee, language)) in (1..).zip(plan.invite.iter().zip(languages)) {
        let beyond = if number > cap { "   beyond --cap: not in this campaign" } else { "" };
        lines.push(format!("   {:<24} {language}  {}{beyond}", list(&invitee.tlds), invitee.to));
    }
    let part = |passes: bool| plan.left_out.iter().filter(move |(_, why)| why.passes() == passes);
    let parts = [("Invited once it has passed:", part(true)), ("Left out:", part(false))];
    for (heading, some) in parts {
        lines.extend(by_reason(heading, some));
    }
    if mails > 0 {
        lines.push(pace(mails.min(cap), tempo, per_day));
    }
    lines
}

/// Each reason once, with its ccTLDs: most of a region's share one.
fn by_reason<'a>(heading: &str, some: impl Iterator<Item = &'a (Tld, Why)>) -> Vec<String> {
    let mut reasons: Vec<(String, Vec<String>)> = Vec::new();
    for (tld, why) in some {
        let words = why.words();
        match reasons.iter_mut().find(|(known, _)| *known == words) {
            Some((_, tlds)) => tlds.push(tld.for_people()),
            None => reasons.push((words, vec![tld.for_people()])),
        }
    }
    let mut lines: Vec<String> = reasons.first().map(|_| heading.to_owned()).into_iter().collect();
    for (words, tlds) in reasons {
        lines.push(format!("   {words} ({}):", tlds.len()));
        let indent = "      ";
        // Labels in any script are parted at spaces alone.
        let options = textwrap::Options::new(COLUMNS).word_separator(WordSeparator::AsciiSpace);
        let options = options.initial_indent(indent).subsequent_indent(indent);
        lines.extend(textwrap::wrap(&tlds.join(", "), options).into_iter().map(Cow::into_owned));
    }
    lines
}

fn how_many(plan: &InvitationPlan) -> String {
    let tlds: usize = plan.invite.iter().map(|invitee| invitee.tlds.len()).sum();
    format!("{}, {}", count(tlds, "ccTLD"), count(plan.invite.len(), "mail"))
}

/// How long it takes.
fn pace(mails: usize, tempo: Tempo, per_day: u16) -> String {
    let (batch, daily) = (usize::from(tempo.batch.max(1)), usize::from(per_day.max(1)));
    let pauses = |size: usize| mails.div_ceil(size).saturating_sub(1);
    let pause = usize::try_from(tempo.pause_hours).unwrap_or(usize::MAX);
    let hours = pauses(batch).saturating_mul(pause).max(pauses(daily).saturating_mul(HOURS_A_DAY));
    let all = count(mails, "mail");
    if hours == 0 {
        return format!("{all}, all at once.");
    }
    let days = count(hours.div_ceil(HOURS_A_DAY), "day");
    format!(
        "{all}: {batch} in a batch at the most, {} from one batch to the next, and {daily} in a day at the most. The last \
         leaves about {days} after the first.",
        count(pause, "hour")
    )
}

/// What `invite list` shows.
pub struct Listing<'a> {
    /// All campaigns.
    pub campaigns: &'a [Campaign],
    /// The last invitation of each ccTLD.
    pub invited: &'a [Invited],
    /// Those that do not wish to join.
    pub declines: &'a [Decline],
    /// The addresses that want no invitations.
    pub unwilling: &'a [Unwilling],
    /// The sums by region.
    pub outreach: &'a Outreach,
}

impl Listing<'_> {
    /// For people: campaigns, sums by region, then each ccTLD.
    pub fn lines(&self) -> Vec<String> {
        let mut parts: Vec<Vec<String>> = vec![self.campaigns.iter().map(Campaign::in_words).collect()];
        if !self.invited.is_empty() {
            parts.push(sums(self.outreach));
            parts.push(self.invited.iter().map(line).collect());
        }
        let without: Vec<&Decline> = self
            .declines
            .iter()
            .filter(|one| !self.invited.iter().any(|invited| invited.tld == one.tld))
            .collect();
        let said = |one: &&Decline| {
            let said = if one.said.is_empty() { String::new() } else { format!(": {}", one.said) };
            format!("   {:<24} {}, {}{said}", one.tld.for_people(), day(one.at), one.by)
        };
        parts.push(under("Declined without an invitation:", without.iter().map(said)));
        let stopped = self
            .unwilling
            .iter()
            .map(|one| format!("   {}, since {}, for {}", one.address, day(one.since), list(&one.tlds)));
        parts.push(under("Addresses that want no invitations (STOP):", stopped));
        parts.retain(|part| !part.is_empty());
        if parts.is_empty() { vec!["Nobody was invited yet.".to_owned()] } else { parts.join(&String::new()) }
    }
}

/// Lines with a heading; nothing where there are none.
fn under(heading: &str, lines: impl Iterator<Item = String>) -> Vec<String> {
    let lines: Vec<String> = lines.collect();
    if lines.is_empty() { lines } else { [vec![heading.to_owned()], lines].concat() }
}

/// The sums in columns.
pub(super) fn sums(outreach: &Outreach) -> Vec<String> {
    let row = |name: &str, cells: [String; 7]| {
        let cells = cells.iter().zip(HEADS).map(|(cell, head)| format!("{cell:>0$}", head.len() + 2));
        format!("{name:<32}{}", cells.collect::<Vec<_>>().concat())
    };
    let counts = |progress: &Progress| progress.row().map(|count| count.to_string());
    let mut lines = vec![row("Invitations", HEADS.map(str::to_owned))];
    lines.push(row("Total", counts(&outreach.all())));
    lines.extend(
        outreach.by_region().iter().map(|(region, progress)| row(&of_region(region), counts(progress))),
    );
    lines
}

/// One ccTLD.
fn line(one: &Invited) -> String {
    let repeated = match one.repeated {
        0 => String::new(),
        1 => ", repeated once".to_owned(),
        times => format!(", repeated {times} times"),
    };
    let said = one.said.as_ref().filter(|_| one.standing == Standing::Declined);
    let said = said.map(|said| format!(": \"{said}\"")).unwrap_or_default();
    format!(
        "   {:<24} {:<12} invited {}{repeated}, {}{said}",
        one.tld.for_people(),
        one.standing.title().to_lowercase(),
        day(one.at),
        one.to
    )
}

fn list(tlds: &[Tld]) -> String {
    tlds.iter().map(Tld::for_people).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::pace;
    use crate::domain::campaign::Tempo;

    #[test]
    fn how_long_it_takes_is_told_by_the_slower_of_batch_and_day() {
        let told = |mails, batch, pause_hours| pace(mails, Tempo { batch, pause_hours, cap: 100 }, 20);
        assert_eq!(told(1, 10, 24), "1 mail, all at once.");
        assert_eq!(told(10, 10, 24), "10 mails, all at once.");
        assert!(told(11, 10, 24).ends_with("leaves about 1 day after the first."), "{}", told(11, 10, 24));
        // As many as a batch has may not leave in a day.
        assert!(
            told(100, 100, 24).ends_with("leaves about 4 days after the first."),
            "{}",
            told(100, 100, 24)
        );
        assert!(
            told(40, 10, 12).contains("12 hours from one batch to the next, and 20 in a day at the most.")
        );
        assert!(told(40, 10, 12).ends_with("leaves about 2 days after the first."), "{}", told(40, 10, 12));
    }
}
