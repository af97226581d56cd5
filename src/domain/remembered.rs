//! What is remembered of a ccTLD's record: what is believed, since when, and how it fared when it was read last.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::domain::channel::{Believed, Channel, Judgement, Validator};
use crate::domain::registry::{IanaRecord, RegistryAnswer};
use crate::domain::tld::Tld;

/// One reading of a ccTLD's record: what was judged, and the raw answers that it rests on.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// The ccTLD.
    pub tld: Tld,
    /// When.
    pub at: Timestamp,
    /// What follows from the answers.
    pub judgement: Judgement,
    /// The raw answers that were given anew.
    pub raw: Vec<Vec<u8>>,
    /// What to ask with the next time.
    pub validators: BTreeMap<Channel, Validator>,
}

/// What is remembered of a ccTLD.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Remembered {
    /// The record that was believed last, and the answers in which it was first read so.
    pub believed: Option<Believed>,
    /// How it fared since.
    pub checked: Checked,
}

/// When a record was looked at.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Checked {
    /// When the record was last found to be so; none where it never was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed: Option<Timestamp>,
    /// When it was last tried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tried: Option<Timestamp>,
    /// What was wrong then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<Trouble>,
    /// What to ask with the next time.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub validators: BTreeMap<Channel, Validator>,
}

/// What was wrong when a record was last read.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// It could not be read: the record remembered stands until it is too old.
    Unreachable(String),
    /// The channels contradicted each other: nothing is believed until they agree again.
    Doubtful(String),
}

/// How old what is remembered is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Age {
    /// It was found so lately.
    Fresh,
    /// It was not, or its channels contradict each other.
    Old,
}

/// What a reading means for what is remembered.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum News {
    /// The first record of this ccTLD.
    First,
    /// Another record than before.
    Changed,
    /// The record is as it was.
    Same,
    /// It could not be read.
    Unreachable,
    /// The channels contradict each other, and did not before, or in other words.
    Doubtful,
    /// They still do, in the same words.
    StillDoubtful,
}

impl Remembered {
    /// What is remembered after a reading, and whether it is news.
    #[must_use]
    pub fn after(&self, reading: &Reading) -> (Self, News) {
        let tried = Some(reading.at);
        match &reading.judgement {
            Judgement::Believed(fresh) => {
                let checked = Checked {
                    confirmed: tried,
                    tried,
                    trouble: None,
                    validators: reading.validators.clone(),
                };
                let (believed, news) = match &self.believed {
                    None => (fresh.as_ref().clone(), News::First),
                    Some(known) if known.is_same(fresh) => (known.clone(), News::Same),
                    Some(_) => (fresh.as_ref().clone(), News::Changed),
                };
                (Self { believed: Some(believed), checked }, news)
            }
            Judgement::Unreachable(why) => {
                // A doubt is not settled by silence.
                let doubt = self.checked.trouble.clone().filter(|old| matches!(old, Trouble::Doubtful(_)));
                let trouble = Some(doubt.unwrap_or_else(|| Trouble::Unreachable(why.clone())));
                (self.with(Checked { tried, trouble, ..self.checked.clone() }), News::Unreachable)
            }
            Judgement::Doubtful(why) => {
                let trouble = Some(Trouble::Doubtful(why.clone()));
                let news = if self.checked.trouble == trouble { News::StillDoubtful } else { News::Doubtful };
                // Nothing is asked conditionally until all is clear: an unchanged answer would stand for a record in doubt.
                let validators = BTreeMap::new();
                (self.with(Checked { tried, trouble, validators, ..self.checked.clone() }), news)
            }
        }
    }

    fn with(&self, checked: Checked) -> Self {
        Self { believed: self.believed.clone(), checked }
    }

    /// The record, dated with the moment at which it was last found to be so.
    pub fn record(&self) -> Option<IanaRecord> {
        let record = &self.believed.as_ref()?.record;
        Some(IanaRecord { retrieved: self.checked.confirmed.or(record.retrieved), ..record.clone() })
    }

    /// The answer from memory; none where it must be read because what is remembered is too old, or was never read.
    pub fn answer(&self, now: Timestamp, max_age: SignedDuration) -> Option<RegistryAnswer> {
        let is_young = |at: Timestamp| now.duration_since(at) < max_age;
        if let Some(Trouble::Doubtful(why)) = &self.checked.trouble {
            return self.checked.tried.is_some_and(is_young).then(|| RegistryAnswer::Doubtful(why.clone()));
        }
        self.checked.confirmed.filter(|at| is_young(*at))?;
        self.record().map(RegistryAnswer::found)
    }

    /// The answer right after a reading, whatever it brought.
    pub fn answer_now(&self) -> RegistryAnswer {
        match (&self.checked.trouble, self.record()) {
            (Some(Trouble::Doubtful(why)), _) => RegistryAnswer::Doubtful(why.clone()),
            (Some(Trouble::Unreachable(why)), _) => RegistryAnswer::Unreachable(why.clone()),
            (None, Some(record)) => RegistryAnswer::found(record),
            (None, None) => RegistryAnswer::Unreachable("it was never read".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::{SignedDuration, Timestamp};

    use super::{News, Reading, Remembered};
    use crate::domain::channel::{Believed, Channel, Judgement, Source};
    use crate::domain::registry::{IanaContact, IanaRecord, RegistryAnswer};

    fn at(hours: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + hours * 3600).unwrap()
    }

    fn reading(hours: i64, judgement: Judgement) -> Reading {
        let tld = "nl".parse().unwrap();
        Reading { tld, at: at(hours), judgement, raw: Vec::new(), validators: BTreeMap::new() }
    }

    fn believed(hours: i64, admin: &str) -> Reading {
        let admin = Some(IanaContact { email: admin.parse().ok(), ..IanaContact::default() });
        let record = IanaRecord {
            tld: "nl".parse().unwrap(),
            manager: None,
            admin,
            technical: None,
            changed: None,
            retrieved: Some(at(hours)),
        };
        let believed = Believed { record, sources: Vec::new(), notes: Vec::new() };
        reading(hours, Judgement::Believed(Box::new(believed)))
    }

    fn told(answer: Option<RegistryAnswer>) -> String {
        match answer {
            None => "must be read".to_owned(),
            Some(RegistryAnswer::Doubtful(why)) => format!("doubtful: {why}"),
            Some(RegistryAnswer::Unreachable(why)) => format!("unreachable: {why}"),
            Some(answer) => {
                let record = answer.record().unwrap();
                format!("{} of {}", record.admin_email().unwrap(), record.retrieved.unwrap())
            }
        }
    }

    #[test]
    fn a_record_is_good_for_as_long_as_it_is_young() {
        let day = SignedDuration::from_hours(24);
        let (memory, news) = Remembered::default().after(&believed(0, "a@nic.example"));
        assert_eq!(news, News::First);
        assert_eq!(told(memory.answer(at(23), day)), "a@nic.example of 2027-01-15T08:00:00Z");
        assert_eq!(told(memory.answer(at(24), day)), "must be read");
        let (memory, news) = memory.after(&believed(24, "a@nic.example"));
        assert_eq!(news, News::Same);
        assert_eq!(told(memory.answer(at(47), day)), "a@nic.example of 2027-01-16T08:00:00Z");
        assert_eq!(
            memory.believed.as_ref().unwrap().record.retrieved,
            Some(at(0)),
            "its evidence is the first reading"
        );
        let (memory, news) = memory.after(&believed(48, "b@nic.example"));
        assert_eq!(news, News::Changed);
        assert_eq!(told(Some(memory.answer_now())), "b@nic.example of 2027-01-17T08:00:00Z");
    }

    #[test]
    fn a_channel_that_is_silent_for_once_changes_nothing() {
        let source = |channel: Channel, manager: &str| Source {
            channel,
            authenticated: channel.is_authenticated(),
            at: at(0),
            raw: None,
            manager: Some(manager.to_owned()),
        };
        let from = |hours: i64, manager: &str, sources: Vec<Source>| {
            let mut reading = believed(hours, "a@nic.example");
            if let Judgement::Believed(believed) = &mut reading.judgement {
                believed.record.manager = Some(manager.to_owned());
                believed.sources = sources;
            }
            reading
        };
        let both = || vec![source(Channel::Rdap, "NAMES"), source(Channel::Page, "Names Ltd")];
        let (memory, _) = Remembered::default().after(&from(0, "NAMES", both()));
        let (memory, news) = memory.after(&from(1, "Names Ltd", vec![source(Channel::Page, "Names Ltd")]));
        assert_eq!((news, memory.record().unwrap().manager.unwrap().as_str()), (News::Same, "NAMES"));
        assert_eq!(memory.after(&from(2, "Other", vec![source(Channel::Page, "Other")])).1, News::Changed);
        let other = |hours| {
            let mut reading = believed(hours, "b@nic.example");
            if let Judgement::Believed(believed) = &mut reading.judgement {
                believed.sources = vec![source(Channel::Page, "Names Ltd")];
            }
            reading
        };
        assert_eq!(memory.after(&other(3)).1, News::Changed);
        assert_eq!(memory.after(&from(4, "NAMES", both())).1, News::Same);
    }

    #[test]
    fn silence_changes_nothing_and_a_doubt_stays_until_it_is_cleared() {
        let day = SignedDuration::from_hours(24);
        let (memory, _) = Remembered::default().after(&believed(0, "a@nic.example"));
        let silence = |hours| reading(hours, Judgement::Unreachable("0 objects".to_owned()));
        let doubt = |hours| reading(hours, Judgement::Doubtful("two addresses".to_owned()));
        let (memory, news) = memory.after(&silence(1));
        assert_eq!(news, News::Unreachable);
        assert_eq!(told(memory.answer(at(2), day)), "a@nic.example of 2027-01-15T08:00:00Z");
        assert_eq!(told(Some(memory.answer_now())), "unreachable: 0 objects");
        let (memory, news) = memory.after(&doubt(3));
        assert_eq!(news, News::Doubtful);
        assert_eq!(told(memory.answer(at(4), day)), "doubtful: two addresses");
        let (memory, _) = memory.after(&silence(5));
        assert_eq!(told(Some(memory.answer_now())), "doubtful: two addresses");
        assert_eq!(memory.after(&doubt(6)).1, News::StillDoubtful);
        assert_eq!(told(memory.answer(at(40), day)), "must be read");
        let (memory, news) = memory.after(&believed(41, "a@nic.example"));
        assert_eq!(
            (news, told(memory.answer(at(42), day)).as_str()),
            (News::Same, "a@nic.example of 2027-01-17T01:00:00Z")
        );
    }
}
