//! How an open case stands, for the secretariat: what it waits for, since when and until when.
//!
//! The list of requests at the shell and the daily summary say it from here, so that they never differ.

use jiff::Timestamp;

use crate::domain::case::{Applying, Ask, Case, Escalation, Stage, State};
use crate::domain::decide::ends_unruled;
use crate::domain::plan::Doubt;
use crate::domain::policy::Policy;

/// How an open case stands.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Outlook {
    /// What it waits for, as a clause that begins with a verb.
    pub waits: String,
    /// Since when.
    pub since: Timestamp,
    /// How often somebody was reminded of it.
    pub reminders: u16,
    /// Who of the secretariat deals with it.
    pub taken: Option<String>,
    /// When it ends by itself, or goes to a person; none while nothing but the program is at work.
    pub until: Option<Timestamp>,
}

impl Outlook {
    /// How a case stands; none where it has ended.
    pub fn of(case: &Case, policy: &Policy) -> Option<Self> {
        let office = case.office.short();
        let outlook = match &case.state {
            State::Received => Self::at_work("it has just come in", case.opened),
            State::NeedsInformation(ask) => {
                Self::asking(ask, format!("waits for {}, who was asked for what is missing", ask.recipient))
            }
            State::AwaitingAdmin(ask) => {
                Self::asking(ask, format!("waits for {}, the {office}", ask.recipient))
            }
            State::AwaitingContacts(asks) => {
                let silent: Vec<&Ask> = asks.iter().filter(|ask| ask.agreed.is_none()).collect();
                let who: Vec<String> = silent.iter().map(|ask| ask.recipient.to_string()).collect();
                let waits = format!("waits for {}", who.join(" and "));
                let first = silent.iter().min_by_key(|ask| ask.until)?;
                Self::asking(first, waits)
            }
            State::AwaitingSecretariat(escalation) => {
                let doubts: Vec<String> = escalation.doubts.iter().map(Doubt::told).collect();
                let waits = format!("waits for the secretariat: {}", doubts.join("; "));
                Self::with_secretariat(case, escalation, (waits, policy))
            }
            State::Contested(contest) => {
                let who: Vec<String> =
                    case.objections.iter().map(|objection| objection.by.to_string()).collect();
                let waits = format!("is made, and waits for the secretariat: {} objects", who.join(" and "));
                Self::with_secretariat(case, &contest.escalation, (waits, policy))
            }
            State::Queued(queued) => Self {
                waits: format!("waits for the end of {}", queued.behind),
                until: Some(queued.until),
                ..Self::at_work("", queued.since)
            },
            State::Applying(Applying { stage: Stage::Ordered(order), .. }) => {
                Self::asking(&order.ask, format!("waits for {}, who changes the list", order.ask.recipient))
            }
            State::Applying(Applying { stage: Stage::Checking, .. }) => {
                Self::at_work("all have agreed; IANA's record is read once more", agreed(case))
            }
            State::Applying(Applying { stage: Stage::Changing, .. }) => {
                Self::at_work("all have agreed; the list is being changed", agreed(case))
            }
            State::Undone(_)
            | State::Done(_)
            | State::Refused(_)
            | State::Expired(_)
            | State::Withdrawn(_) => return None,
        };
        Some(outlook)
    }

    /// The same as a sentence.
    pub fn words(&self) -> String {
        let minute = |at: Timestamp| at.strftime("%Y-%m-%d %H:%M UTC").to_string();
        let mut parts = vec![format!("{}; since {}", self.waits, minute(self.since))];
        parts.extend(match self.reminders {
            0 => None,
            1 => Some("reminded once".to_owned()),
            times => Some(format!("reminded {times} times")),
        });
        parts.extend(self.taken.as_ref().map(|who| format!("taken by {who}")));
        parts.extend(self.until.map(|until| format!("until {}", minute(until))));
        format!("{}.", parts.join("; "))
    }

    fn with_secretariat(case: &Case, escalation: &Escalation, (waits, policy): (String, &Policy)) -> Self {
        Self {
            waits,
            since: escalation.since,
            reminders: escalation.reminders,
            taken: escalation.taken.clone(),
            until: Some(ends_unruled(case, escalation, policy)),
        }
    }

    fn at_work(waits: &str, since: Timestamp) -> Self {
        Self { waits: waits.to_owned(), since, reminders: 0, taken: None, until: None }
    }

    fn asking(ask: &Ask, waits: String) -> Self {
        Self { waits, since: ask.asked, reminders: ask.reminders, taken: None, until: Some(ask.until) }
    }
}

/// When the last one agreed.
fn agreed(case: &Case) -> Timestamp {
    case.consents.iter().map(|consent| consent.at).max().unwrap_or(case.opened)
}

#[cfg(test)]
mod tests {
    use super::Outlook;
    use crate::domain::event::{Event, RulingVerdict};
    use crate::domain::policy::Policy;
    use crate::domain::tests_sample::{
        after, awaiting_admin, awaiting_contacts, awaiting_secretariat, changing, day, every_state, ordered,
        queued, rules, step,
    };

    #[track_caller]
    fn check(case: &crate::domain::case::Case, want: &str) {
        let outlook = Outlook::of(case, &Policy::default()).map(|outlook| outlook.words());
        assert_eq!(outlook.as_deref(), Some(want));
    }

    #[test]
    fn it_says_what_each_waits_for() {
        check(
            &awaiting_admin(),
            "waits for admin@registry.example, the IANA admin contact; since 2026-11-02 09:00 UTC; until 2026-11-17 09:00 UTC.",
        );
        let reminded = step(&awaiting_contacts(), &Event::TimePassed, day(10)).0;
        check(
            &reminded,
            "waits for zoe@registry.example; since 2026-11-02 09:00 UTC; reminded 2 times; until 2026-11-17 09:00 UTC.",
        );
        check(
            &after(&awaiting_secretariat(), &[rules(RulingVerdict::Take)]),
            "waits for the secretariat: noc@registry.example looks like a role, not a person; since 2026-11-02 09:00 UTC; taken by kim; until 2027-01-31 09:00 UTC.",
        );
        check(&queued(), "waits for the end of R-1; since 2026-11-02 09:00 UTC; until 2026-12-02 09:00 UTC.");
        check(&changing(), "all have agreed; the list is being changed; since 2026-11-02 09:00 UTC.");
        check(
            &ordered(),
            "waits for lists@ops.example, who changes the list; since 2026-11-02 09:00 UTC; until 2026-11-17 09:00 UTC.",
        );
    }

    #[test]
    fn what_has_ended_waits_for_nothing_and_all_else_does() {
        for case in every_state() {
            let outlook = Outlook::of(&case, &Policy::default());
            assert_eq!(outlook.is_some(), case.state.is_open(), "{}", case.state.name());
        }
    }
}
