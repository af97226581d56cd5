//! IANA's record changed while a case was open: what the former admin contact was asked, or agreed to, counts no more.

use crate::domain::case::{Case, Stage, State};
use crate::domain::decide::applying::admin_moved;
use crate::domain::decide::closing::stay;
use crate::domain::event::{Decision, Moment};
use crate::domain::plan::Doubt;
use crate::domain::registry::IanaRecord;
use crate::domain::tld::Tld;

/// The ccTLDs whose record is another one now, with the record; none where the ccTLD is gone from the root zone.
pub type Changed = Vec<(Tld, Option<IanaRecord>)>;

/// An open case stops and goes to the secretariat, where all consents are void. Two states are beyond that: a request
/// that nothing was done about is judged by the record as it is then, and a list that is being changed cannot be stopped.
pub(super) fn registry_changed(case: &Case, changed: &Changed, moment: &mut Moment) -> Decision {
    match &case.state {
        State::Received
        | State::Done(_)
        | State::Contested(_)
        | State::Undone(_)
        | State::Refused(_)
        | State::Expired(_)
        | State::Withdrawn(_) => {
            stay(case, "nothing_new", "IANA's record changed; it makes no difference any more.")
        }
        // Who is admin contact now is looked at just before.
        State::Applying(applying) if applying.undo.is_some() => {
            stay(case, "nothing_new", "IANA's record changed while the change was being undone.")
        }
        State::Applying(applying) if applying.stage == Stage::Changing => stay(
            case,
            "registry_changed_too_late",
            "IANA's record changed while the list was being changed already.",
        ),
        State::AwaitingSecretariat(escalation) => {
            let known = |doubt: &Doubt| escalation.doubts.contains(doubt);
            let mut doubts: Vec<Doubt> = doubts(changed).filter(|doubt| !known(doubt)).collect();
            if doubts.is_empty() {
                return stay(
                    case,
                    "nothing_new",
                    "The secretariat knows already that IANA's record changed.",
                );
            }
            doubts.extend(escalation.doubts.iter().cloned());
            admin_moved(case, doubts, records(case, changed), moment)
        }
        State::NeedsInformation(_)
        | State::Queued(_)
        | State::AwaitingAdmin(_)
        | State::AwaitingContacts(_)
        | State::Applying(_) => admin_moved(case, doubts(changed).collect(), records(case, changed), moment),
    }
}

fn doubts(changed: &Changed) -> impl Iterator<Item = Doubt> {
    changed.iter().map(|(tld, _)| Doubt::IanaChanged(tld.clone()))
}

/// The records as they are now, one a ccTLD of the case; fewer where one is gone, so that nobody can be asked.
fn records(case: &Case, changed: &Changed) -> Vec<IanaRecord> {
    let now = |relied: &IanaRecord| match changed.iter().find(|(tld, _)| *tld == relied.tld) {
        Some((_, record)) => record.clone(),
        None => Some(relied.clone()),
    };
    case.registry.iter().filter_map(now).collect()
}
