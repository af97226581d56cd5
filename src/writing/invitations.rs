//! Invitations for the secretariat: a plan before the yes, and how those stand that were invited.

use std::borrow::Cow;

use textwrap::WordSeparator;

use crate::domain::campaign::{Campaign, Tempo};
use crate::domain::invitation::{Decline, InvitationPlan, Unwilling, Why};
use crate::domain::invited::{HEADS, Invited, Outreach, Progress, Standing};
use crate::domain::tld::Tld;
use crate::writing::layout::day;
use crate::writing::statistics::of_region;

/// Columns of a line at the most.
const COLUMNS: usize = 96;

/// A plan, a line each; `languages` are those of the invitations, in the same order.
pub fn plan_lines(plan: &InvitationPlan, languages: &[String], tempo: Tempo) -> Vec<String> {
    let mut lines = Vec::new();
    let (count, cap) = (plan.invite.len(), usize::try_from(tempo.cap).unwrap_or(usize::MAX));
    if count > 0 {
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
    if count > 0 {
        lines.push(pace(count.min(cap), tempo));
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
    format!("{tlds} ccTLDs, {} mails", plan.invite.len())
}

/// How long it takes.
fn pace(mails: usize, tempo: Tempo) -> String {
    let batches = mails.div_ceil(usize::from(tempo.batch.max(1)));
    format!(
        "{mails} mails in {batches} batches of {} at the most, {} hours from one to the next.",
        tempo.batch, tempo.pause_hours
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
        let mut lines: Vec<String> = self.campaigns.iter().map(Campaign::in_words).collect();
        if !self.invited.is_empty() {
            lines.push(String::new());
            lines.extend(sums(self.outreach));
            lines.push(String::new());
            lines.extend(self.invited.iter().map(line));
        }
        let without: Vec<&Decline> = self
            .declines
            .iter()
            .filter(|one| !self.invited.iter().any(|invited| invited.tld == one.tld))
            .collect();
        if !without.is_empty() {
            lines.extend([String::new(), "Declined without an invitation:".to_owned()]);
            lines.extend(without.iter().map(|one| {
                format!("   {:<24} {}, {}: {}", one.tld.for_people(), day(one.at), one.by, one.said)
            }));
        }
        if !self.unwilling.is_empty() {
            lines.extend([String::new(), "Addresses that want no invitations (STOP):".to_owned()]);
            lines.extend(
                self.unwilling.iter().map(|one| {
                    format!("   {}, since {}, for {}", one.address, day(one.since), list(&one.tlds))
                }),
            );
        }
        if lines.is_empty() { vec!["Nobody was invited yet.".to_owned()] } else { lines }
    }
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
