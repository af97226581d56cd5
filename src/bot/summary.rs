//! The daily summary: what is open, and what the secretariat would else have to look for.
//!
//! One mail a day at the most, and none where no request has been open since before its hour. That it was sent is recorded
//! with it, so that a restart brings no second one.

use anyhow::Context as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use serde_json::{Value, json};

use crate::bot::Bot;
use crate::bot::counting::DAY;
use crate::bot::records::{OutboxRow, Records, What};
use crate::bot::turning_away::PROOF_LIMIT;
use crate::domain::admission::TAKEN_BACK_UNPROVEN;
use crate::domain::case::{Case, Thread};
use crate::domain::exemption::Exemption;
use crate::domain::notice::{Facts, NoticeKind};
use crate::domain::policy::SUMMARY_NEVER;
use crate::domain::tld::Tld;
use crate::store::Line;
use crate::writing::layout::{list, minute, one_line};
use crate::writing::overview::{standing, title};

/// The row that says on which day the last one was sent.
const SUMMARY: &str = "summary";
/// The row that says at which moment that was.
const SUMMARY_AT: &str = "summary/at";
/// Requests that a summary shows: more is a list for the shell.
const CASES_MAX: usize = 100;
/// Mails, addresses and exemptions that it shows, of each.
const OTHERS_MAX: usize = 20;
/// Lines of the journal that are looked through for the last day: a flood may have brought more.
const LINES_MAX: u64 = 20_000;
/// Lines that are looked through first, as a day mostly has.
const LINES_FIRST: u64 = 500;
/// Days before its end on which an exemption is shown.
const EXEMPTION_DAYS: i64 = 14;
/// What stands above what campaigns did.
const INVITATIONS: &str = "Invitations since the last summary (all: tldops invite list):";
/// Characters of one thing that is shown.
const CHARS_MAX: usize = 200;

impl Bot<'_> {
    /// Sends the summary, if its hour has come today and something was open by then.
    pub(in crate::bot) fn summarize(&mut self) -> anyhow::Result<()> {
        let now = self.now();
        let hour = self.settings.policy.summary_hour;
        let today = now.to_zoned(TimeZone::UTC).date();
        let due = midnight(today)? + SignedDuration::from_hours(hour.into());
        if hour >= SUMMARY_NEVER || now < due {
            return Ok(());
        }
        let sent: Option<Date> = self.records.counter(SUMMARY)?;
        if sent.is_some_and(|sent| sent >= today) {
            return Ok(());
        }
        let first = self.open_now()?.first();
        let opened = first.map(|first| self.records.case(first)).transpose()?.flatten();
        let mut news = self.unlearned_told()?;
        news.extend(part(INVITATIONS, &self.invitations_told(self.records.counter(SUMMARY_AT)?)?));
        if opened.is_none_or(|case| case.opened > due) && news.is_empty() {
            return Ok(());
        }
        let mut cases = Vec::new();
        let ids = self.records.open_cases()?;
        for id in ids.iter().take(CASES_MAX) {
            cases.extend(self.records.case(*id)?);
        }
        let mut lines = self.cases_told(&cases, ids.len());
        lines.extend(news);
        lines.extend(self.others_told(now)?);
        let mut tlds: Vec<String> = cases.iter().flat_map(Case::tlds).map(Tld::for_people).collect();
        tlds.sort();
        tlds.dedup();
        let facts = Facts { tlds: tlds.join(" "), evidence: lines, ..Facts::default() };
        let mut writes = vec![
            Records::write_counter(SUMMARY, Some(&today))?,
            Records::write_counter(SUMMARY_AT, Some(&now))?,
        ];
        let about = (None, Thread::default(), facts);
        let told = self.send_note(NoticeKind::Summary, Vec::new(), about, &mut writes)?;
        let says = format!("The secretariat gets the summary of {today}: open are {}.", ids.len());
        self.note("summarized", &says, json!({ "open": ids, "effects": told }), &writes)
    }

    fn cases_told(&self, cases: &[Case], open: usize) -> Vec<String> {
        let (own, others): (Vec<&Case>, Vec<&Case>) =
            cases.iter().partition(|case| case.state.escalation().is_some());
        let mut lines = Vec::new();
        for (heading, cases) in [("For you to rule on:", own), ("Waiting for others:", others)] {
            if !cases.is_empty() {
                lines.extend([String::new(), heading.to_owned()]);
            }
            for case in cases {
                lines.push(String::new());
                lines.push(title(case));
                lines.extend(standing(case, &self.settings.policy).map(|standing| format!("   {standing}")));
            }
        }
        if open > cases.len() {
            lines.push(String::new());
            lines.push(format!("And {} more: tldops cases --open", open - cases.len()));
        }
        lines
    }

    /// Those of whom nothing could be learned since the last summary, and how many there are in all.
    fn unlearned_told(&self) -> anyhow::Result<Vec<String>> {
        let since: Option<Timestamp> = self.records.counter(SUMMARY_AT)?;
        // The look at all requests that follows is too much for every turn.
        if !self.records.has_stale_since(since)? {
            return Ok(Vec::new());
        }
        let roster = self.records.roster()?;
        let all = self.records.all_stale(&roster, &self.records.confirmations()?)?;
        let fresh = all.iter().filter(|one| since.is_none_or(|since| one.since > since));
        let fresh: Vec<String> = fresh.map(|one| one.in_words(&roster)).collect();
        let mut lines = part("Of whom nothing could be learned since the last summary; please call:", &fresh);
        if !fresh.is_empty() && all.len() > fresh.len() {
            lines.push(format!("   {} in all: tldops roster list", all.len()));
        }
        if !fresh.is_empty() {
            lines.push(
                "   Once it is dealt with: tldops roster settle ADDRESS --why \"what came of it\"".to_owned(),
            );
        }
        Ok(lines)
    }

    /// What else a person may want to look at; each part only where there is any.
    fn others_told(&self, now: Timestamp) -> anyhow::Result<Vec<String>> {
        let (held, kept_back) = self.of_the_last_day(now)?;
        let roster = self.records.roster()?;
        let unreachable = self.records.all_unreachable()?.into_iter().map(|lost| {
            let tlds: Vec<String> =
                roster.tlds_of(&lost.address).iter().map(|tld| tld.for_people()).collect();
            let listed =
                if tlds.is_empty() { String::new() } else { format!(", a contact of {}", tlds.join(" ")) };
            format!("{}{listed}, since {}: {}", lost.address, lost.since.strftime("%Y-%m-%d"), lost.said)
        });
        let today = now.to_zoned(TimeZone::UTC).date();
        let ends = |one: &Exemption| {
            one.until.is_some_and(|last| last >= today && last <= today.saturating_add(EXEMPTION_DAYS.days()))
        };
        let exemptions = self
            .records
            .exemptions()?
            .into_iter()
            .filter(ends)
            .map(|one| format!("{} {}, {}", one.whom, one.from.allows(), one.end_in_words()));
        let waiting = self.records.pending()?.into_iter().filter_map(|row| waits(&row, now));
        let mut lines = part("Mails of the last day that were laid aside for a person:", &held);
        lines.extend(part("Addresses that no mail reaches:", &unreachable.collect::<Vec<_>>()));
        lines.extend(part("Exemptions that end soon:", &exemptions.collect::<Vec<_>>()));
        lines.extend(part("Kept back by a cap in the last day:", &kept_back));
        lines.extend(part("Mails that wait to leave:", &waiting.collect::<Vec<_>>()));
        Ok(lines)
    }

    /// The mails that were held since yesterday, and what a cap kept back: the journal has both.
    fn of_the_last_day(&self, now: Timestamp) -> anyhow::Result<(Vec<String>, Vec<String>)> {
        let since = now.checked_sub(DAY).context("the clock is beyond its range")?;
        let mut count = LINES_FIRST;
        let lines = loop {
            let lines = self.store.journal_tail(count.min(self.store.head()?.seq))?;
            let whole = lines.first().is_none_or(|line| line.entry.at < since || line.seq == 1);
            if whole || count >= LINES_MAX {
                break lines;
            }
            count = count.saturating_mul(4).min(LINES_MAX);
        };
        let recent = || lines.iter().filter(|line| line.entry.at >= since);
        let is_held = |line: &&Line| line.entry.evidence.get(FILED) == Some(&json!(HELD));
        let (unread, mut held): (Vec<&Line>, Vec<&Line>) =
            recent().filter(is_held).partition(|line| line.entry.event == PROOF_LIMIT);
        // What may stop a request must not stand behind what a flood brings.
        held.sort_by_key(|line| line.entry.event != TAKEN_BACK_UNPROVEN);
        let mut held: Vec<String> = held.into_iter().map(held_as).collect();
        if !unread.is_empty() {
            let says = "of strangers who sent more than is proved in an hour, unread";
            held.insert(0, format!("{} {says}", unread.len()));
        }
        Ok((held, recent().filter_map(kept_back_by).collect()))
    }
}

/// What the journal's evidence says of where a mail was filed.
pub(in crate::bot) const FILED: &str = "filed";
/// With a person.
pub(in crate::bot) const HELD: &str = "held";

/// Who a mail claims to be from, as the journal keeps it.
fn sender_of(evidence: &Value) -> Option<&str> {
    evidence.get("from").or_else(|| evidence.get("mail")?.get("from"))?.as_str()
}

/// A mail that was held, by its line in the journal.
fn held_as(line: &Line) -> String {
    let who = sender_of(&line.entry.evidence).unwrap_or("somebody");
    let why = line.entry.evidence.get("why").and_then(Value::as_str).unwrap_or(&line.entry.says);
    format!("from {who}: {why}")
}

/// What a line of the journal says of a cap that kept something back.
fn kept_back_by(line: &Line) -> Option<String> {
    let of_cap = |mail: &Value| mail.get("mail").and_then(Value::as_str) == Some("suppressed");
    let effects = line.entry.evidence.get("effects")?;
    let told = of_cap(effects) || effects.as_array().is_some_and(|all| all.iter().any(of_cap));
    told.then(|| format!("{} {}", minute(line.entry.at), line.entry.says))
}

/// A mail that waits, for room or for a post that takes it.
fn waits(row: &OutboxRow, now: Timestamp) -> Option<String> {
    let What::Send { recipients, subject, .. } = &row.what else { return None };
    let later = row.not_before > now;
    let from = if later { format!(", not before {}", minute(row.not_before)) } else { String::new() };
    (later || row.tries > 0).then(|| format!("{} to {}{from}: {subject}", row.id, list(recipients)))
}

/// A heading and what stands below it; nothing where nothing does.
fn part(heading: &str, all: &[String]) -> Vec<String> {
    if all.is_empty() {
        return Vec::new();
    }
    let more = all.len().saturating_sub(OTHERS_MAX);
    let mut lines = vec![String::new(), heading.to_owned()];
    lines.extend(all.iter().take(OTHERS_MAX).map(|one| format!("   - {}", one_line(one, CHARS_MAX))));
    lines.extend((more > 0).then(|| format!("   - and {more} more")));
    lines
}

fn midnight(day: Date) -> anyhow::Result<Timestamp> {
    let zoned = day.to_zoned(TimeZone::UTC).context("the clock is beyond its range")?;
    Ok(zoned.timestamp())
}
