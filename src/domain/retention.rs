//! How long what nobody needs any more is kept: mails, ended requests, addresses; and what of it is over at a moment.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::policy::days_after;

/// Days for which each kind is kept once nothing needs it any more; 0 keeps it for ever.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct RetentionPolicy {
    /// Requests that have ended, with who agreed, the tokens' digests and what was sent about them, from their end.
    pub requests_days: u16,
    /// The mails that brought or answered them, from the same day: what a request can be read from once more.
    pub request_mails_days: u16,
    /// Our own mails about them, from the same day.
    pub sent_mails_days: u16,
    /// Mails that belong to no request and that a person had to read, from their arrival.
    pub held_mails_days: u16,
    /// All other mails that belong to no request, of strangers and machines, of contacts who ask for contacts; and our own
    /// that do: help, summaries, contacts, the repository. From the day on which they came or left.
    pub other_mails_days: u16,
    /// Questions of the roll call and to new admin contacts, and invitations, with our mails, from their end; and the words
    /// in which ccTLDs declined, from then on: that they declined is kept.
    pub approaches_days: u16,
    /// What is remembered of addresses that are no contact's, no admin contact's and in no kept request: the language of
    /// their owners, that mails came back, what they confirmed. From the day on which that was first seen to be so.
    pub addresses_days: u16,
    /// IANA's raw answers on which neither what is believed nor a request that is kept rests, in the same way.
    pub iana_answers_days: u16,
}

/// Mails that a person or a server may still come back to are kept for a quarter at least; what a request rests on for three
/// years, over changes of staff at a registry, and the request itself for five.
impl Default for RetentionPolicy {
    fn default() -> Self {
        Self {
            requests_days: 1825,
            request_mails_days: 1095,
            sent_mails_days: 1095,
            held_mails_days: 365,
            other_mails_days: 90,
            approaches_days: 730,
            addresses_days: 365,
            iana_answers_days: 1825,
        }
    }
}

/// What is let go, by kind. Its words are part of the journal's format.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kept {
    /// A request that has ended.
    Request,
    /// A mail that brought or answered one.
    RequestMail,
    /// A mail of ours about one.
    SentMail,
    /// A mail that a person had to read.
    HeldMail,
    /// Another mail that belongs to no request.
    OtherMail,
    /// A mail of ours that belongs to no request.
    OwnMail,
    /// A question of the roll call or to a new admin contact, or an invitation.
    Approach,
    /// The words in which a ccTLD declined an invitation.
    DeclineWords,
    /// What is remembered of an address.
    Address,
    /// A raw answer of IANA.
    IanaAnswer,
    /// A note that something was removed, where nothing names that any more.
    Mark,
}

impl Kept {
    /// All of them, in the order in which people read of them.
    pub const ALL: [Self; 11] = [
        Self::Request,
        Self::RequestMail,
        Self::SentMail,
        Self::HeldMail,
        Self::OtherMail,
        Self::OwnMail,
        Self::Approach,
        Self::DeclineWords,
        Self::Address,
        Self::IanaAnswer,
        Self::Mark,
    ];

    /// In words, for people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Request => "requests that have ended",
            Self::RequestMail => "mails that brought or answered requests",
            Self::SentMail => "our mails about requests",
            Self::HeldMail => "mails that a person had to read",
            Self::OtherMail => "other mails that came in",
            Self::OwnMail => "our mails that belong to no request",
            Self::Approach => "questions of the roll call, invitations",
            Self::DeclineWords => "words in which ccTLDs declined",
            Self::Address => "addresses of nobody who is listed",
            Self::IanaAnswer => "answers of IANA",
            Self::Mark => "notes of what was removed",
        }
    }

    /// For how many days it is kept; none where nobody set any, since it goes with what it is about.
    pub fn days(self, policy: &RetentionPolicy) -> Option<u16> {
        Some(match self {
            Self::Request => policy.requests_days,
            Self::RequestMail => policy.request_mails_days,
            Self::SentMail => policy.sent_mails_days,
            Self::HeldMail => policy.held_mails_days,
            Self::OtherMail | Self::OwnMail => policy.other_mails_days,
            Self::Approach | Self::DeclineWords => policy.approaches_days,
            Self::Address => policy.addresses_days,
            Self::IanaAnswer => policy.iana_answers_days,
            Self::Mark => return None,
        })
    }

    /// Whether something of this kind, which nothing has needed since then, is let go now.
    pub fn is_over(self, since: Timestamp, policy: &RetentionPolicy, now: Timestamp) -> bool {
        match self.days(policy) {
            Some(FOR_EVER) => false,
            Some(days) => days_after(since, days) <= now,
            None => true,
        }
    }
}

impl fmt::Display for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}

/// What the other rules still need a kept thing for, in days.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Needed {
    /// Somebody may object to a change that was made.
    pub objection_days: u16,
    /// A question of the roll call may be answered.
    pub answer_days: u16,
    /// Nobody is invited anew, for which it must be known who was.
    pub invited_again_days: u16,
    /// Hours that a mail waits for an answer of the DNS.
    pub proof_retry_hours: u16,
}

impl RetentionPolicy {
    /// One that keeps everything for ever: for rehearsals of something else.
    #[must_use]
    pub fn never() -> Self {
        Self {
            requests_days: FOR_EVER,
            request_mails_days: FOR_EVER,
            sent_mails_days: FOR_EVER,
            held_mails_days: FOR_EVER,
            other_mails_days: FOR_EVER,
            approaches_days: FOR_EVER,
            addresses_days: FOR_EVER,
            iana_answers_days: FOR_EVER,
        }
    }

    /// What is wrong with it, each with its cure.
    pub fn faults(&self, needed: Needed) -> Vec<String> {
        let mut faults = Vec::new();
        for (key, days) in self.days() {
            if (1..LEAST_DAYS).contains(&days) {
                faults.push(format!(
                    "{key} is {days}, and within {LEAST_DAYS} days a mail may come back or be asked about; set it to \
                     {LEAST_DAYS} or more, or to 0 to keep all for ever"
                ));
            }
        }
        // What is shorter than the least is told once.
        let lasts = |days: u16| days == FOR_EVER || days < LEAST_DAYS;
        for (key, days) in [
            ("requests_days", self.requests_days),
            ("request_mails_days", self.request_mails_days),
            ("sent_mails_days", self.sent_mails_days),
        ] {
            if !lasts(days) && days <= needed.objection_days {
                faults.push(format!(
                    "{key} is not above policy.objection_days = {}, in which a change may still be undone; raise it",
                    needed.objection_days
                ));
            }
            let beyond = days == FOR_EVER || days > self.requests_days;
            if !lasts(self.requests_days) && beyond {
                faults.push(format!(
                    "{key} is more than requests_days = {}: these mails go with their request; lower it, or raise requests_days",
                    self.requests_days
                ));
            }
        }
        for (key, days) in [
            ("policy.roll_call.answer_days", needed.answer_days),
            ("policy.invitations.again_days", needed.invited_again_days),
        ] {
            if !lasts(self.approaches_days) && self.approaches_days <= days {
                faults.push(format!("approaches_days is not above {key} = {days}; raise it"));
            }
        }
        let retried = needed.proof_retry_hours.div_ceil(HOURS_A_DAY);
        if !lasts(self.other_mails_days) && self.other_mails_days <= retried {
            faults.push(format!(
                "other_mails_days is not above policy.proof_retry_hours = {}, for which a mail may wait; raise it",
                needed.proof_retry_hours
            ));
        }
        faults.into_iter().map(|fault| format!("policy.retention.{fault}")).collect()
    }

    fn days(&self) -> [(&'static str, u16); 8] {
        [
            ("requests_days", self.requests_days),
            ("request_mails_days", self.request_mails_days),
            ("sent_mails_days", self.sent_mails_days),
            ("held_mails_days", self.held_mails_days),
            ("other_mails_days", self.other_mails_days),
            ("approaches_days", self.approaches_days),
            ("addresses_days", self.addresses_days),
            ("iana_answers_days", self.iana_answers_days),
        ]
    }
}

/// The number of days that has no end.
const FOR_EVER: u16 = 0;
/// Days that anything is kept at the least: bounces come for some days, and a month later somebody still asks what it was.
const LEAST_DAYS: u16 = 30;
/// Hours of a day.
const HOURS_A_DAY: u16 = 24;

#[cfg(test)]
mod tests {
    use super::{Kept, Needed, RetentionPolicy};
    use crate::domain::policy::days_after;

    const NEEDED: Needed =
        Needed { objection_days: 30, answer_days: 15, invited_again_days: 365, proof_retry_hours: 72 };

    #[test]
    fn what_cannot_be_is_named_with_its_cure() {
        let sane = RetentionPolicy::default;
        assert_eq!(sane().faults(NEEDED), Vec::<String>::new());
        assert_eq!(RetentionPolicy::never().faults(NEEDED), Vec::<String>::new());
        for (policy, needed, says) in [
            (RetentionPolicy { held_mails_days: 29, ..sane() }, NEEDED, "held_mails_days is 29,"),
            (RetentionPolicy { request_mails_days: 0, ..sane() }, NEEDED, "request_mails_days is more than"),
            (RetentionPolicy { sent_mails_days: 1826, ..sane() }, NEEDED, "sent_mails_days is more than"),
            (
                RetentionPolicy { sent_mails_days: 60, ..sane() },
                Needed { objection_days: 60, ..NEEDED },
                "sent_mails_days is not above policy.objection_days = 60",
            ),
            (
                RetentionPolicy { approaches_days: 40, ..sane() },
                Needed { answer_days: 40, invited_again_days: 30, ..NEEDED },
                "approaches_days is not above policy.roll_call.answer_days = 40",
            ),
            (
                RetentionPolicy { approaches_days: 365, ..sane() },
                NEEDED,
                "approaches_days is not above policy.invitations.again_days = 365",
            ),
            (
                sane(),
                Needed { proof_retry_hours: 2160, ..NEEDED },
                "other_mails_days is not above policy.proof_retry_hours = 2160",
            ),
        ] {
            let faults = policy.faults(needed);
            let [fault] = faults.as_slice() else { panic!("{says}: {faults:?}") };
            assert!(fault.starts_with(&format!("policy.retention.{says}")) && fault.contains(';'), "{fault}");
        }
    }

    #[test]
    fn a_thing_goes_on_its_day_and_never_where_it_is_kept_for_ever() {
        let since = "2026-11-02T09:00:00Z".parse().unwrap();
        let policy =
            RetentionPolicy { held_mails_days: 40, other_mails_days: 0, ..RetentionPolicy::default() };
        let over = |kept: Kept, days| kept.is_over(since, &policy, days_after(since, days));
        assert!(!over(Kept::HeldMail, 39) && over(Kept::HeldMail, 40));
        assert!(!over(Kept::OtherMail, 65535) && !over(Kept::OwnMail, 65535));
        assert!(over(Kept::Mark, 0));
    }
}
