//! The roll call: once a year each contact and each admin contact of a member is asked whether what is held is right.
//!
//! Whose turn it is follows from his address alone, so that the mails are spread over the year however the contacts came
//! in, and stay on their days when others come and go.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use serde::{Deserialize, Serialize};

use crate::domain::address::Address;
use crate::domain::contact::Roster;
use crate::domain::digest::Digest;
use crate::domain::members::spaced;
use crate::domain::tld::Tld;

/// What may be set about the roll call.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct RollCallPolicy {
    /// Days from one roll call of a person to the next; 0 for none at all.
    pub every_days: u16,
    /// Days that a question of it may be answered, and one to a new admin contact.
    pub answer_days: u16,
    /// Days after the question on which it is repeated, in rising order.
    pub remind_days: Vec<u16>,
    /// Persons who are asked in a day at the most; the rest waits for the next days.
    pub per_day_max: u16,
    /// Days after a confirmation of any kind in which a person's turn is left out.
    pub fresh_days: u16,
    /// Whether a new admin contact at IANA, or a new manager, is asked about the contacts that are there.
    pub new_admins: NewAdmins,
}

/// What is done where IANA lists another admin contact or manager of a member.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NewAdmins {
    /// He is asked whether the contacts stay.
    #[default]
    Ask,
    /// The secretariat reads of it in its summary, and nobody is asked.
    Tell,
}

impl Default for RollCallPolicy {
    fn default() -> Self {
        Self {
            every_days: 365,
            answer_days: 15,
            remind_days: vec![7],
            per_day_max: 20,
            fresh_days: 90,
            new_admins: NewAdmins::Ask,
        }
    }
}

impl RollCallPolicy {
    /// One that asks nobody: for rehearsals of something else.
    #[must_use]
    pub fn never() -> Self {
        Self { every_days: 0, new_admins: NewAdmins::Tell, ..Self::default() }
    }

    /// What is wrong with it, each with its cure.
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let mut says = |wrong: bool, text: String| {
            if wrong {
                faults.push(format!("policy.roll_call.{text}"));
            }
        };
        says(self.answer_days == 0, "answer_days is 0; set it to 1 or more".to_owned());
        let rises = self.remind_days.is_sorted_by(|a, b| a < b) && self.remind_days.first() != Some(&0);
        says(!rises, "remind_days must rise, from 1 on; write them as in [7]".to_owned());
        let beyond = self.remind_days.last().is_some_and(|last| *last >= self.answer_days);
        says(beyond, format!("remind_days go beyond answer_days = {}; lower them", self.answer_days));
        let calls = self.every_days > 0;
        says(
            calls && self.every_days <= self.answer_days,
            "every_days is not above answer_days, so that the next question would come before the end of the last; raise it, or \
             set it to 0 for no roll call"
                .to_owned(),
        );
        says(
            calls && self.fresh_days >= self.every_days,
            "fresh_days is not below every_days, so that nobody who ever confirmed would be asked again; lower it".to_owned(),
        );
        says(
            calls && self.per_day_max == 0,
            "per_day_max is 0, so that nobody would ever be asked; raise it, or set every_days to 0 for no roll call"
                .to_owned(),
        );
        faults
    }
}

/// Somebody in the roll call: when his turn comes.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct NextTurn {
    /// Who.
    pub address: Address,
    /// The day on which he is asked next, at the earliest.
    pub next: Date,
}

/// Who could not be asked, or did not answer: the secretariat's list. It ends with his next confirmation.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Stale {
    /// Who.
    pub address: Address,
    /// The ccTLDs that he was to be asked about.
    pub tlds: Vec<Tld>,
    /// Since when.
    pub since: Timestamp,
    /// Why.
    pub why: Unasked,
}

impl Stale {
    /// One line for a person, with the number by which a contact can be called.
    pub fn in_words(&self, roster: &Roster) -> String {
        let tlds: Vec<String> = self.tlds.iter().map(Tld::for_people).collect();
        let contacts = self.tlds.iter().flat_map(|tld| roster.contacts(tld));
        let own = contacts.filter(|contact| contact.email == self.address).find_map(|own| own.phone.as_ref());
        let phone = own.map(|phone| format!(", {}", spaced(phone))).unwrap_or_default();
        let day = self.since.strftime("%Y-%m-%d");
        format!("{}{phone}, for {}: {}, {day}", self.address, tlds.join(" "), self.why.words())
    }
}

/// Why nothing is known of somebody.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unasked {
    /// He was asked and reminded, and did not answer.
    Silent,
    /// Mails to him come back.
    Unreachable,
    /// He wants no questions.
    Stopped,
    /// He said no: a person looks at it.
    Refused,
    /// IANA lists another admin contact or manager, and he is not asked: by rule, or since IANA changes too much or too often.
    Redelegated,
    /// IANA's record is another one, and has no address to ask at: a contact is to be called instead.
    NoAdmin,
}

impl Unasked {
    /// The same for a person.
    pub fn words(&self) -> &'static str {
        match self {
            Self::Silent => "did not answer whether what is held is right",
            Self::Unreachable => "is unreachable, and was not asked whether what is held is right",
            Self::Stopped => "wants no questions, and was not asked whether what is held is right",
            Self::Refused => "said no when asked whether what is held is right",
            Self::Redelegated => "is new at IANA, and was not asked whether the contacts stay",
            Self::NoAdmin => {
                "is a contact; IANA's record is another one and has no admin contact to ask whether the contacts stay"
            }
        }
    }
}

/// The first day after `day` that is this person's: one day in each period, found from his address.
pub fn turn_after(address: &Address, day: Date, every_days: u16) -> Date {
    let period = i64::from(every_days.max(1));
    let digest = Digest::of_parts(&["roll call", &address.lower()]);
    let seed = digest.octets().first_chunk::<8>().map_or(0, |octets| u64::from_be_bytes(*octets) >> 1);
    let place = i64::try_from(seed).unwrap_or_default().rem_euclid(period);
    let today = days_since_epoch(day).rem_euclid(period);
    let ahead = (place - today - 1).rem_euclid(period) + 1;
    day.saturating_add(ahead.days())
}

fn days_since_epoch(day: Date) -> i64 {
    let epoch = jiff::civil::date(1970, 1, 1);
    epoch.until(day).map_or(0, |span| i64::from(span.get_days()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::ToSpan as _;
    use jiff::civil::{Date, date};
    use proptest::prelude::*;

    use super::{RollCallPolicy, turn_after};
    use crate::domain::address::Address;

    fn person(number: u32) -> Address {
        format!("contact{number}@nic-{}.example", number % 97).parse().unwrap()
    }

    /// As many as the community has: contacts, and admin contacts of members.
    #[test]
    fn the_turns_of_an_import_are_spread_over_the_year() {
        const PEOPLE: u32 = 900;
        let mut days: BTreeMap<Date, u32> = BTreeMap::new();
        for number in 0..PEOPLE {
            *days.entry(turn_after(&person(number), date(2026, 11, 2), 365)).or_default() += 1;
        }
        let (first, last) = (days.keys().next().unwrap(), days.keys().next_back().unwrap());
        assert!(*first > date(2026, 11, 2) && *last <= date(2027, 11, 2), "{first} {last}");
        // The mean is 2.5 a day; chance alone makes some days fuller.
        assert!(days.values().all(|count| *count <= 10), "{:?}", days.values().max());
        let month =
            |from: Date| days.range(from..from.saturating_add(30.days())).map(|(_, n)| n).sum::<u32>();
        for start in [date(2026, 11, 3), date(2027, 2, 1), date(2027, 6, 1), date(2027, 9, 1)] {
            assert!((45..=110).contains(&month(start)), "{start}: {}", month(start));
        }
    }

    proptest! {
        #[test]
        fn the_next_turn_is_one_period_later_whatever_the_day(
            number in 0u32..5000, ahead in 0i64..4000, every in 1u16..800,
        ) {
            let day = date(2020, 2, 28).saturating_add(ahead.days());
            let turn = turn_after(&person(number), day, every);
            let days = day.until(turn).unwrap().get_days();
            prop_assert!(days >= 1 && days <= i32::from(every), "{} days", days);
            let next = turn_after(&person(number), turn, every);
            prop_assert_eq!(turn.until(next).unwrap().get_days(), i32::from(every));
            // Every day before his turn leads to the same one.
            prop_assert_eq!(turn_after(&person(number), turn.yesterday().unwrap().max(day), every), turn);
        }
    }

    #[test]
    fn what_cannot_work_is_named_with_its_cure() {
        let sane = RollCallPolicy::default;
        assert_eq!(sane().faults(), Vec::<String>::new());
        assert_eq!(RollCallPolicy::never().faults(), Vec::<String>::new());
        for (policy, key) in [
            (RollCallPolicy { answer_days: 0, remind_days: Vec::new(), ..sane() }, "answer_days is 0"),
            (RollCallPolicy { remind_days: vec![7, 7], ..sane() }, "remind_days must rise"),
            (RollCallPolicy { remind_days: vec![15], ..sane() }, "remind_days go beyond"),
            (RollCallPolicy { every_days: 15, fresh_days: 3, ..sane() }, "every_days is not above"),
            (RollCallPolicy { fresh_days: 365, ..sane() }, "fresh_days is not below"),
            (RollCallPolicy { per_day_max: 0, ..sane() }, "per_day_max is 0"),
        ] {
            let faults = policy.faults();
            let [fault] = faults.as_slice() else { panic!("{key}: {faults:?}") };
            assert!(fault.starts_with(&format!("policy.roll_call.{key}")) && fault.contains(';'), "{fault}");
        }
    }
}
