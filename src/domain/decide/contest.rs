//! A change that was made and is objected to: its entry is frozen, and a person undoes it or lets it stand.

use jiff::Timestamp;

use crate::domain::because::{Because, Reason};
use crate::domain::case::{Applying, Case, Contest, Escalation, Objection, Resume, Stage, State, Step, Undo};
use crate::domain::contact::Contact;
use crate::domain::decide::applying::read_again;
use crate::domain::decide::closing::{mail_failed, or_none, sent, stay};
use crate::domain::decide::concerned::{News, concerned};
use crate::domain::decide::ordering;
use crate::domain::decide::ruling::{committee_answered, later, refer, take, told};
use crate::domain::decide::secretariat::{
    brought, common_choices, ends_unruled, next_of, remind, tell_secretariat, with_token,
};
use crate::domain::decide::writing::{facts, too_late_because};
use crate::domain::event::{Answer, Decision, Effect, Event, Moment, Ruling, RulingVerdict, Word};
use crate::domain::notice::{Facts, Notice, NoticeKind};
use crate::domain::objection::reversed;
use crate::domain::plan::Doubt;
use crate::domain::policy::{Policy, days_after};
use crate::domain::registry::RegistryAnswer;
use crate::domain::tld::Tld;

/// An answer to the news that a change was made. The plain no of somebody who got it freezes the entry, once and in time;
/// what is not plain, or comes from another address, is read by a person.
pub(super) fn objected(
    case: &Case,
    applied: Timestamp,
    answer: &Answer,
    policy: &Policy,
    moment: &mut Moment,
) -> Decision {
    let from = &answer.from;
    if answer.from != answer.asked || answer.word == Word::Unclear {
        return told_to_a_person(case, answer);
    }
    if answer.word == Word::Yes {
        return stay(case, "objection_none", format!("{from}, who was told of the change, is content."));
    }
    if case.objections.iter().any(|objection| objection.by == *from) {
        let says = format!("{from} objects again; a person has ruled on that.");
        return stay(case, "objection_repeated", says).with([too_late_because(
            case,
            answer,
            Reason::RuledBefore,
        )]);
    }
    if moment.now >= days_after(applied, policy.objection_days) {
        return stay(case, "objection_too_late", format!("{from} objects after the days for it."))
            .with([too_late_because(case, answer, Reason::ObjectionLate)]);
    }
    let objection = objection(answer, moment.now);
    let frozen =
        Case { objections: [&*case.objections, std::slice::from_ref(&objection)].concat(), ..case.clone() };
    let doubts = vec![Doubt::Contested(from.clone())];
    let contest =
        Contest { escalation: Escalation::new(Vec::new(), Resume::Undo, moment.now), applied, brought: 0 };
    let told = news(&frozen, NoticeKind::Objected);
    let mut decision = handed_over(&frozen, &contest, doubts, moment).with(told);
    decision.says =
        format!("{from} objects to the change; nothing else changes this entry until a person has ruled.");
    Decision { event: "objected", objection: Some(objection), ..decision }
}

/// What happens while the entry is frozen.
pub(super) fn contested(
    case: &Case,
    contest: &Contest,
    event: &Event,
    policy: &Policy,
    moment: &mut Moment,
) -> Decision {
    let escalation = &contest.escalation;
    match event {
        Event::Ruled(ruling) => ruled(case, contest, ruling, policy, moment),
        Event::TimePassed if moment.now >= ends_unruled(case, escalation, policy) => {
            let text = Facts {
                reason: "Nobody ruled on the objection in time: the change stays.".into(),
                ..facts(case)
            };
            kept(case, contest.applied, &Reason::NoRuling).with([tell_secretariat(case, &[], text)])
        }
        Event::TimePassed if moment.now >= next_of(case, escalation, policy) => {
            remind(case, escalation, policy, moment)
        }
        Event::Answered(answer) if answer.step == Step::Objection => {
            another(case, contest, answer, policy, moment)
        }
        Event::Answered(answer) if answer.step == Step::Committee && answer.from == answer.asked => {
            committee_answered(case, escalation, answer, moment)
        }
        Event::Answered(answer) if answer.step == Step::List => {
            of_the_list(case, contest, answer, policy, moment)
        }
        Event::MailFailed { recipient, reason, .. } => mail_failed(case, recipient, reason),
        Event::Answered(_) => stay(case, "answer_ignored", "An answer to an earlier question came in."),
        Event::RequestArrived
        | Event::Repeated(_)
        | Event::Replaced(_)
        | Event::Freed(_)
        | Event::RegistryRead { .. }
        | Event::RegistryChanged { .. }
        | Event::ListChanged
        | Event::ListRefused(_)
        | Event::ListOrdered { .. }
        | Event::Superseded(_)
        | Event::TimePassed => stay(case, "nothing_new", "Nothing changes."),
    }
}

/// The change that is being undone is not undone after all: the secretariat hears why.
pub(super) fn again(
    case: &Case,
    applying: &Applying,
    mut doubts: Vec<Doubt>,
    resume: Resume,
    moment: &mut Moment,
) -> Decision {
    let applied = applying.undo.as_ref().map_or(moment.now, |undo| undo.applied);
    doubts.extend(case.objections.iter().map(|objection| Doubt::Contested(objection.by.clone())));
    let contest =
        Contest { escalation: Escalation::new(Vec::new(), resume, moment.now), applied, brought: 0 };
    handed_over(case, &contest, doubts, moment)
}

/// The change stays: all who were told of the objection hear why.
pub(super) fn kept(case: &Case, applied: Timestamp, reason: &Reason) -> Decision {
    let text =
        |notice: Notice| Notice { facts: Facts { reason: reason.clone(), ..notice.facts.clone() }, ..notice };
    let notices = concerned(case, News::for_all(NoticeKind::Kept)).into_iter().map(text);
    Decision::new(State::Done(applied), "objection_rejected", format!("The change stays: {reason}."))
        .with(sent(notices))
        .with(sent(ordering::void_of_undoing(case, reason)))
}

/// The entry is again what it was before: all concerned hear it.
pub(super) fn undone(case: &Case, moment: &Moment) -> Decision {
    let back = Case { changes: reversed(&case.changes), ..case.clone() };
    Decision::new(State::Undone(moment.now), "undone", "The change was undone; all concerned are told.")
        .with(news(&back, NoticeKind::Undone))
}

/// What the secretariat can rule while an entry is frozen, each with what it leads to.
pub(super) fn choices(escalation: &Escalation, policy: &Policy) -> Vec<String> {
    let undo = (escalation.resume == Resume::Undo)
        .then(|| "undo   (the entry becomes what it was before the change)".to_owned());
    undo.into_iter()
        .chain([
            "ask: your question   (those who object are asked by mail)".to_owned(),
            "reject: the reason, shown to all concerned   (the change stays)".to_owned(),
        ])
        .chain(common_choices(escalation, policy))
        .collect()
}

fn handed_over(case: &Case, contest: &Contest, doubts: Vec<Doubt>, moment: &mut Moment) -> Decision {
    let words: Vec<String> = doubts.iter().map(Doubt::words).collect();
    let notice = brought(case, &doubts, facts(case));
    let escalation = Escalation { doubts, ..contest.escalation.clone() };
    let (escalation, notice) = with_token(case, escalation, notice, moment);
    let says = format!("Handed to the secretariat: {}.", words.join("; "));
    Decision::new(State::Contested(Contest { escalation, ..contest.clone() }), "handed_to_secretariat", says)
        .with([Effect::Send(Box::new(notice))])
}

/// The news of a change in dispute, or undone, for all concerned. Only insiders hear who objects.
fn news(case: &Case, kind: NoticeKind) -> Vec<Effect> {
    let by = case.objections.last().map(|objection| objection.by.clone());
    let told = |notice: Notice| {
        let insider = !(notice.facts.because == Because::Sent && notice.facts.changes.is_empty());
        let reason = Reason::Objected(by.clone().filter(|_| insider));
        let facts = Facts { reason, ..notice.facts.clone() };
        Notice { facts, ..notice }
    };
    sent(concerned(case, News::for_all(kind)).into_iter().map(told)).collect()
}

fn objection(answer: &Answer, now: Timestamp) -> Objection {
    Objection { by: answer.from.clone(), at: now, mail: answer.mail, said: answer.said.clone() }
}

/// An answer to the news that is no objection yet: the secretariat reads it.
fn told_to_a_person(case: &Case, answer: &Answer) -> Decision {
    let doubt = Doubt::Mail(in_words(answer));
    let says = format!("The secretariat is told: {}.", in_words(answer));
    stay(case, "answer_noted", says).with([tell_secretariat(case, &[doubt], facts(case))])
}

fn in_words(answer: &Answer) -> String {
    let Answer { from, asked, .. } = answer;
    let said = answer.said.trim_end_matches('.');
    if from == asked {
        format!("{from}, who was told of the change, answered: \"{said}\"")
    } else {
        format!("{from} answered in the place of {asked}, who was told of the change: \"{said}\"")
    }
}

/// A further answer while the entry is frozen: another who objects, or more words of one who does.
fn another(
    case: &Case,
    contest: &Contest,
    answer: &Answer,
    policy: &Policy,
    moment: &mut Moment,
) -> Decision {
    let from = &answer.from;
    let own = from == &answer.asked;
    let known = case.objections.iter().any(|objection| objection.by == *from);
    if own && !known && answer.word == Word::No {
        return one_more(case, contest, answer, moment);
    }
    if own && known && answer.word == Word::No && contest.brought > 0 {
        let says = format!("{from} objects again, while a person looks at it already.");
        return stay(case, "objection_repeated", says);
    }
    let most = if own { policy.unclear_answers_max } else { policy.answers_of_others_max };
    if contest.brought >= most {
        let says = format!("{from} wrote again; the secretariat has heard enough for now.");
        return stay(case, "answer_ignored", says);
    }
    bring(case, contest, answer, &in_words(answer), moment)
}

/// Somebody's further words go to the secretariat, which may rule by answering that mail.
fn bring(case: &Case, contest: &Contest, answer: &Answer, says: &str, moment: &mut Moment) -> Decision {
    let text = Facts { reason: format!("{says}.").into(), ..facts(case) };
    let notice = Notice { kind: NoticeKind::Ruled, ..brought(case, &contest.escalation.doubts, text) };
    let facts = Facts { quoted: vec![answer.said.clone()], ..notice.facts.clone() };
    let escalation = Escalation { quiet_until: None, ..contest.escalation.clone() };
    let (escalation, notice) = with_token(case, escalation, Notice { facts, ..notice }, moment);
    let next = Contest { escalation, brought: contest.brought.saturating_add(1), ..contest.clone() };
    Decision::new(State::Contested(next), "answer_noted", format!("The secretariat is told: {says}."))
        .with([Effect::Send(Box::new(notice))])
}

/// Who was told to change the list back answers after the secretariat has the case again: the list may be changed already,
/// which only a second look shows.
fn of_the_list(
    case: &Case,
    contest: &Contest,
    answer: &Answer,
    policy: &Policy,
    moment: &mut Moment,
) -> Decision {
    if answer.from != answer.asked || contest.brought >= policy.answers_of_others_max {
        return stay(case, "answer_ignored", "An answer to an order of the list came in.");
    }
    let said = answer.said.trim_end_matches('.');
    let says = format!(
        "{}, who administers the list, answered: \"{said}\"; to rule undo has the list looked at once more",
        answer.from
    );
    bring(case, contest, answer, &says, moment)
}

/// A second person objects: the secretariat hears it, and he that it is looked at.
fn one_more(case: &Case, contest: &Contest, answer: &Answer, moment: &mut Moment) -> Decision {
    let objection = objection(answer, moment.now);
    let next =
        Case { objections: [&*case.objections, std::slice::from_ref(&objection)].concat(), ..case.clone() };
    let doubts = [&*contest.escalation.doubts, &[Doubt::Contested(answer.from.clone())]].concat();
    let own = |effect: &Effect| matches!(effect, Effect::Send(notice) if notice.to.contains(&answer.from));
    let told: Vec<Effect> = news(&next, NoticeKind::Objected).into_iter().filter(own).collect();
    let decision = handed_over(&next, contest, doubts, moment).with(told);
    let says = format!("{} objects as well.", answer.from);
    Decision { event: "objected_as_well", says, objection: Some(objection), ..decision }
}

/// What one of the secretariat rules on an objection.
fn ruled(case: &Case, contest: &Contest, ruling: &Ruling, policy: &Policy, moment: &mut Moment) -> Decision {
    let escalation = &contest.escalation;
    let decision = match ruling.verdict {
        RulingVerdict::Undo => undo(case, contest, ruling, moment),
        RulingVerdict::Reject => kept(case, contest.applied, &or_none(&ruling.note)),
        RulingVerdict::Ask => ask(case, contest, ruling, moment),
        RulingVerdict::Take => take(case, escalation, ruling),
        RulingVerdict::Later => later(case, escalation, ruling, policy, moment),
        RulingVerdict::Refer => refer(case, escalation, ruling, policy, moment),
        RulingVerdict::Approve => {
            let says = "The change is made already: it can be undone, or the objection rejected.";
            stay(case, "ruling_impossible", says)
        }
    };
    told(case, ruling, decision, moment)
}

/// The reverse change goes the way of every change: IANA and the entry are read again, then the list is changed.
fn undo(case: &Case, contest: &Contest, ruling: &Ruling, moment: &Moment) -> Decision {
    if contest.escalation.resume != Resume::Undo {
        let says = "The entry is another one than this change left, so it cannot be undone: reject the objection with the reason, and send the change that is right as a request.";
        return stay(case, "ruling_impossible", says);
    }
    let note = ruling.note.trim().trim_end_matches('.');
    let note = if note.is_empty() { String::new() } else { format!(": {note}") };
    let undo = Undo { by: ruling.by.clone(), ruled: moment.now, applied: contest.applied };
    let overruled = contest.escalation.doubts.clone();
    let next = State::Applying(Applying { stage: Stage::Checking, overruled, undo: Some(undo) });
    let says = format!("{} undoes the change{note}. IANA's record is read once more.", ruling.by);
    Decision::new(next, "undo_ruled", says).with([Effect::ReadRegistry])
}

/// Those who object are asked; what they answer is brought to the secretariat.
fn ask(case: &Case, contest: &Contest, ruling: &Ruling, moment: &mut Moment) -> Decision {
    let note = ruling.note.trim();
    if note.is_empty() {
        return stay(
            case,
            "ruling_impossible",
            format!("{} wants to ask, and does not say what.", ruling.by),
        );
    }
    let objects = |notice: &Notice| case.objections.iter().any(|objection| notice.to.contains(&objection.by));
    let notices = concerned(case, News::for_all(NoticeKind::ObjectionAsked)).into_iter().filter(objects);
    let asked: Vec<Notice> = notices
        .map(|notice| {
            let facts = Facts { reason: note.into(), ..notice.facts.clone() };
            Notice { token: Some((moment.token(), Step::Objection)), facts, ..notice }
        })
        .collect();
    let next = Contest { brought: 0, ..contest.clone() };
    Decision::new(
        State::Contested(next),
        "objection_asked",
        format!("{} asks those who object: {note}", ruling.by),
    )
    .with(sent(asked))
}

/// IANA and the entry just before a change is undone. What the change left must still stand there: else somebody's later
/// change would be lost with it.
pub(super) fn registry_read(
    case: &Case,
    applying: &Applying,
    (answers, entries): (&[RegistryAnswer], &[Vec<Contact>]),
    moment: &mut Moment,
) -> Decision {
    if answers.len() != case.changes.len() || entries.len() != case.changes.len() {
        return read_again(case, applying, "Not every record was read; it is tried again.");
    }
    if answers.iter().any(|answer| matches!(answer, RegistryAnswer::Unreachable(_))) {
        return read_again(case, applying, "IANA's record could not be read; it is tried again.");
    }
    let pairs = || case.changes.iter().zip(entries);
    let stale: Vec<Doubt> = pairs()
        .filter(|(change, entry)| **entry != change.after)
        .map(|(change, _)| Doubt::EntryChanged(change.tld.clone()))
        .collect();
    if !stale.is_empty() {
        return again(case, applying, stale, Resume::Nowhere, moment);
    }
    let same = |tld: &Tld, answer: &RegistryAnswer| {
        let relied = case.registry.iter().find(|record| record.tld == *tld);
        relied.zip(answer.record()).is_some_and(|(relied, now)| !case.office.is_other(relied, now))
    };
    let moved = case.changes.iter().zip(answers).filter(|(change, answer)| !same(&change.tld, answer));
    let fresh: Vec<Doubt> = moved
        .map(|(change, _)| Doubt::IanaChanged(change.tld.clone()))
        .filter(|doubt| !applying.overruled.contains(doubt))
        .collect();
    if !fresh.is_empty() {
        return again(case, applying, fresh, Resume::Undo, moment);
    }
    let first = (applying.stage == Stage::Checking).then_some(Effect::ChangeList);
    let next = State::Applying(Applying { stage: Stage::Changing, ..applying.clone() });
    Decision::new(next, "undo_begins", "The entry is as the change left it; the list is changed back.")
        .with(first)
}
