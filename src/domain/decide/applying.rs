//! Applying a change that all have agreed to: IANA is read once more, then the list is changed.

use crate::domain::case::{Applying, Case, Refuser, Resume, Stage, State};
use crate::domain::contact::Contact;
use crate::domain::decide::closing::{applied, refuse, stay};
use crate::domain::decide::registry_changed::registry_changed;
use crate::domain::decide::secretariat::escalate;
use crate::domain::event::{Decision, Effect, Event, Moment, RulingVerdict};
use crate::domain::plan::Doubt;
use crate::domain::registry::{IanaRecord, RegistryAnswer};

/// The last look before a change: what only a person may let pass, unless he has.
pub(super) fn before_applying(case: &Case, overruled: &[Doubt], moment: &mut Moment) -> Decision {
    let empty =
        |change: &&crate::domain::plan::EntryChange| change.after.is_empty() && !change.before.is_empty();
    let doubts: Vec<Doubt> =
        case.changes.iter().filter(empty).map(|change| Doubt::NoContactLeft(change.tld.clone())).collect();
    let fresh: Vec<Doubt> = doubts.into_iter().filter(|doubt| !overruled.contains(doubt)).collect();
    if !fresh.is_empty() {
        return escalate(case, fresh, Resume::Apply, moment);
    }
    Decision {
        next: State::Applying(Applying { stage: Stage::Checking, overruled: overruled.to_vec() }),
        effects: vec![Effect::ReadRegistry],
        consent: None,
        asked_again: None,
        event: "agreed",
        says: "All who must have agreed; IANA's record is read once more.".to_owned(),
    }
}

pub(super) fn applying(case: &Case, applying: &Applying, event: &Event, moment: &mut Moment) -> Decision {
    match (event, applying.stage) {
        (Event::RegistryRead { answers, entries }, Stage::Checking) => {
            registry_read(case, applying, answers, entries, moment)
        }
        (Event::ListChanged, Stage::Changing) => applied(case, moment.now),
        (Event::ListRefused(reason), Stage::Changing) => {
            escalate(case, vec![Doubt::ListRefused(reason.clone())], Resume::Apply, moment)
        }
        (Event::Ruled(ruling), Stage::Checking) if ruling.verdict == RulingVerdict::Reject => {
            refuse(case, Refuser::Secretariat, &ruling.note, &[], moment.now)
        }
        (Event::Ruled(_), _) => {
            stay(case, "ruling_too_late", "The change is being applied; a ruling comes too late.")
        }
        (Event::RegistryChanged { changed }, _) => registry_changed(case, changed, moment),
        (Event::Answered(_), _) => stay(case, "answer_ignored", "All have agreed already."),
        (
            Event::RequestArrived
            | Event::RegistryRead { .. }
            | Event::ListChanged
            | Event::ListRefused(_)
            | Event::MailFailed { .. }
            | Event::Superseded(_)
            | Event::TimePassed,
            _,
        ) => stay(case, "nothing_new", "Nothing changes."),
    }
}

/// The admin contact who agreed must still be the one whom IANA lists, and the entry as it was when all agreed.
fn registry_read(
    case: &Case,
    applying: &Applying,
    answers: &[RegistryAnswer],
    entries: &[Vec<Contact>],
    moment: &mut Moment,
) -> Decision {
    let mut stale = Vec::new();
    let mut moved = Vec::new();
    let mut records = Vec::new();
    for ((change, relied), (answer, entry)) in
        case.changes.iter().zip(&case.registry).zip(answers.iter().zip(entries))
    {
        match answer {
            RegistryAnswer::Found(record) => {
                if differs(relied, record) {
                    moved.push(Doubt::IanaChanged(change.tld.clone()));
                }
                records.push(record.clone());
            }
            RegistryAnswer::Absent | RegistryAnswer::Doubtful(_) => {
                moved.push(Doubt::IanaChanged(change.tld.clone()));
            }
            RegistryAnswer::Unreachable(_) => {
                return stay(
                    case,
                    "registry_unreachable",
                    "IANA's record could not be read; it is tried again.",
                );
            }
        }
        if *entry != change.before {
            stale.push(Doubt::EntryChanged(change.tld.clone()));
        }
    }
    if answers.len() != case.changes.len() || entries.len() != case.changes.len() {
        return stay(case, "registry_incomplete", "Not every record was read; it is tried again.");
    }
    if !stale.is_empty() {
        stale.extend(moved);
        return escalate(case, stale, Resume::Nowhere, moment);
    }
    if !moved.is_empty() {
        return admin_moved(case, moved, records, moment);
    }
    Decision {
        next: State::Applying(Applying { stage: Stage::Changing, overruled: applying.overruled.clone() }),
        effects: vec![Effect::ChangeList],
        consent: None,
        asked_again: None,
        event: "registry_unchanged",
        says: "IANA's record is as it was; the list is changed.".to_owned(),
    }
}

/// What a consent rests on: the admin contact's address and the manager.
fn differs(relied: &IanaRecord, now: &IanaRecord) -> bool {
    relied.admin_email() != now.admin_email() || relied.manager != now.manager
}

/// Another admin contact: the consent of the former one is void. The new one can be asked if a person says so.
pub(super) fn admin_moved(case: &Case, doubts: Vec<Doubt>, records: Vec<IanaRecord>, moment: &mut Moment) -> Decision {
    let mut admins = records.iter().map(IanaRecord::admin_email);
    let first = admins.next().flatten();
    let askable =
        first.is_some() && admins.all(|admin| admin == first) && records.len() == case.changes.len();
    let resume = if askable { Resume::AskAdmin } else { Resume::Nowhere };
    let mut decision = escalate(case, doubts, resume, moment);
    decision.asked_again = askable.then_some(records);
    decision
}
