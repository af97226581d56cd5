//! Applying a change that all have agreed to: IANA is read once more, then the list is changed.

use crate::domain::agreement::office_of;
use crate::domain::because::Reason;
use crate::domain::case::{Applying, Case, Refuser, Resume, Stage, State};
use crate::domain::contact::Contact;
use crate::domain::decide::closing::{applied, mail_failed, objection, or_none, refuse, said_no, stay};
use crate::domain::decide::contest;
use crate::domain::decide::ordering::{order, ordered};
use crate::domain::decide::received::resume_of;
use crate::domain::decide::registry_changed::registry_changed;
use crate::domain::decide::secretariat::{escalate, tell_secretariat};
use crate::domain::decide::writing::{facts, record_line};
use crate::domain::event::{Answer, Decision, Effect, Event, Frozen, Moment, RulingVerdict};
use crate::domain::objection::undoing;
use crate::domain::plan::{Doubt, EntryChange};
use crate::domain::policy::Policy;
use crate::domain::registry::{IanaRecord, RegistryAnswer};

/// The last look before a change: what only a person may let pass, unless he has.
pub(super) fn before_applying(case: &Case, overruled: &[Doubt], moment: &mut Moment) -> Decision {
    let empty = |change: &&EntryChange| change.after.is_empty() && !change.before.is_empty();
    let doubts = case.changes.iter().filter(empty).map(|change| Doubt::NoContactLeft(change.tld.clone()));
    let fresh: Vec<Doubt> = doubts.filter(|doubt| !overruled.contains(doubt)).collect();
    if !fresh.is_empty() {
        return escalate(case, fresh, Resume::Apply, moment);
    }
    let next =
        State::Applying(Applying { stage: Stage::Checking, overruled: overruled.to_vec(), undo: None });
    Decision::new(next, "agreed", "All who must have agreed; IANA's record is read once more.")
        .with([Effect::ReadRegistry])
}

pub(super) fn applying(
    case: &Case,
    applying: &Applying,
    event: &Event,
    policy: &Policy,
    moment: &mut Moment,
) -> Decision {
    match (event, &applying.stage) {
        (event, Stage::Ordered(order)) => ordered(case, applying, order, event, (policy, moment)),
        (Event::RegistryRead { answers, entries, .. }, Stage::Checking | Stage::Changing)
            if applying.undo.is_some() =>
        {
            contest::registry_read(case, applying, (answers, entries), moment)
        }
        (Event::RegistryRead { answers, entries, frozen }, Stage::Checking | Stage::Changing) => {
            registry_read(case, applying, (answers, entries, frozen), moment)
        }
        (Event::ListChanged, Stage::Changing) if applying.undo.is_some() => contest::undone(case, moment),
        (Event::ListChanged, Stage::Changing) => applied(case, policy, moment),
        (Event::ListRefused(reason), Stage::Changing) => {
            refused_by_list(case, applying, Doubt::ListRefused(reason.clone()), moment)
        }
        (Event::ListOrdered { administrator, plan }, Stage::Changing) => {
            order(case, applying, (administrator, plan), policy, moment)
        }
        (Event::Ruled(ruling), Stage::Checking) if ruling.verdict == RulingVerdict::Reject => {
            rejected(case, applying, &or_none(&ruling.note), moment)
        }
        (Event::Ruled(_), _) => {
            stay(case, "ruling_too_late", "The change is being applied; a ruling comes too late.")
        }
        (Event::RegistryChanged { changed }, _) => registry_changed(case, changed, moment),
        (Event::Answered(_), Stage::Checking | Stage::Changing) if applying.undo.is_some() => {
            stay(case, "answer_ignored", "The change is being undone already.")
        }
        (Event::Answered(answer), Stage::Checking) => answered_before(case, answer, moment),
        (Event::Answered(answer), Stage::Changing) => answered_meanwhile(case, answer),
        (Event::MailFailed { recipient, reason, .. }, _) => mail_failed(case, recipient, reason),
        (
            Event::RequestArrived
            | Event::ListChanged
            | Event::ListRefused(_)
            | Event::ListOrdered { .. }
            | Event::Superseded(_)
            | Event::Replaced(_)
            | Event::Repeated(_)
            | Event::Freed(_)
            | Event::TimePassed,
            _,
        ) => stay(case, "nothing_new", "Nothing changes."),
    }
}

/// The list, or who administers it, does not take the change. What was overruled before is shown again, so that one
/// ruling lets it all pass.
pub(super) fn refused_by_list(
    case: &Case,
    applying: &Applying,
    doubt: Doubt,
    moment: &mut Moment,
) -> Decision {
    if applying.undo.is_some() {
        return contest::again(case, applying, vec![doubt], Resume::Undo, moment);
    }
    let of_the_list = |doubt: &&Doubt| matches!(doubt, Doubt::ListRefused(_) | Doubt::Undeliverable { .. });
    let mut doubts = vec![doubt];
    doubts.extend(applying.overruled.iter().filter(|doubt| !of_the_list(doubt)).cloned());
    escalate(case, doubts, Resume::Apply, moment)
}

/// The secretariat stops what is not done yet: the request ends, or the change that was to be undone stays.
pub(super) fn rejected(case: &Case, applying: &Applying, reason: &Reason, moment: &Moment) -> Decision {
    match &applying.undo {
        Some(undo) => contest::kept(case, undo.applied, reason),
        None => refuse(case, Refuser::Secretariat, reason, moment.now),
    }
}

/// A no that comes before the list is touched still counts.
pub(super) fn answered_before(case: &Case, answer: &Answer, moment: &Moment) -> Decision {
    if undoing(case).is_some() {
        return stay(case, "answer_ignored", "The change is being undone already.");
    }
    let ignored = || stay(case, "answer_ignored", "All have agreed already.");
    said_no(case, answer, moment.now).unwrap_or_else(ignored)
}

/// A no that comes later is a person's work.
fn answered_meanwhile(case: &Case, answer: &Answer) -> Decision {
    let Some((_, reason)) = objection(case, answer) else {
        return stay(case, "answer_ignored", "All have agreed already.");
    };
    let doubt = Doubt::Mail(format!("{reason}, while the list was being changed already"));
    stay(case, "answer_too_late", "A no came in while the list was being changed already.")
        .with([tell_secretariat(case, &[doubt], facts(case))])
}

/// The admin contact who agreed must still be the one whom IANA lists, and the entry as it was when all agreed. A list that is
/// down for days can be looked at so again before each try: what moved in between voids the permission.
fn registry_read(
    case: &Case,
    applying: &Applying,
    (answers, entries, frozen): (&[RegistryAnswer], &[Vec<Contact>], &Frozen),
    moment: &mut Moment,
) -> Decision {
    if answers.len() != case.changes.len() || entries.len() != case.changes.len() {
        return read_again(case, applying, "Not every record was read; it is tried again.");
    }
    let mut stale = Vec::new();
    let mut moved = Vec::new();
    let mut records = Vec::new();
    for ((change, relied), (answer, entry)) in
        case.changes.iter().zip(&case.registry).zip(answers.iter().zip(entries))
    {
        match answer {
            RegistryAnswer::Found(record) => {
                if case.office.is_other(relied, record) {
                    moved.push(Doubt::IanaChanged(change.tld.clone()));
                }
                records.push(record.as_ref().clone());
            }
            RegistryAnswer::Absent | RegistryAnswer::Doubtful(_) => {
                moved.push(Doubt::IanaChanged(change.tld.clone()));
            }
            RegistryAnswer::Unreachable(_) => {
                return read_again(case, applying, "IANA's record could not be read; it is tried again.");
            }
        }
        if *entry != change.before {
            stale.push(Doubt::EntryChanged(change.tld.clone()));
        }
    }
    if !stale.is_empty() {
        stale.extend(moved);
        return escalate(case, stale, Resume::Nowhere, moment);
    }
    if !moved.is_empty() {
        return admin_moved(case, moved, records, moment);
    }
    let frozen = frozen.iter().map(|(tld, by)| Doubt::Frozen { tld: tld.clone(), case: by.to_string() });
    let frozen: Vec<Doubt> = frozen.filter(|doubt| !applying.overruled.contains(doubt)).collect();
    if !frozen.is_empty() {
        return escalate(case, frozen, Resume::Apply, moment);
    }
    let first = (applying.stage == Stage::Checking).then_some(Effect::ChangeList);
    let next = State::Applying(Applying { stage: Stage::Changing, ..applying.clone() });
    Decision::new(next, "registry_unchanged", "IANA's record is as it was; the list is changed.").with(first)
}

/// A change that is under way was looked at before; one that is not waits for this look.
pub(super) fn read_again(case: &Case, applying: &Applying, says: &str) -> Decision {
    let again = (applying.stage == Stage::Checking).then_some(Effect::ReadRegistry);
    stay(case, "registry_unreachable", says).with(again)
}

/// Another admin contact: the consent of the former one is void. The new one can be asked if a person says so.
pub(super) fn admin_moved(
    case: &Case,
    doubts: Vec<Doubt>,
    records: Vec<IanaRecord>,
    moment: &mut Moment,
) -> Decision {
    let admin = office_of(&records, case.office);
    let now: Vec<String> = records.iter().map(|record| format!("Now: {}", record_line(record))).collect();
    let renewed = Case { admin, registry: records, doubts: doubts.clone(), ..case.clone() };
    let resume = resume_of(&renewed);
    let askable = resume == Resume::AskAdmin;
    let mut decision = escalate(case, doubts, resume, moment);
    for effect in &mut decision.effects {
        if let Effect::Send(notice) = effect {
            notice.facts.evidence.extend(now.iter().cloned());
        }
    }
    Decision { asked_again: askable.then_some(renewed.registry), ..decision }
}
