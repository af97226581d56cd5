//! Approaches: questions of ours that no request brought, to one person, about what is held of him or of his ccTLDs.
//!
//! Whatever is answered, nothing of the contact repository changes by it: a yes confirms what was shown, and who wants
//! something else writes a request, which goes its ordinary way.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::address::Address;
use crate::domain::ask::IssuedToken;
use crate::domain::campaign::CampaignId;
use crate::domain::contact::{Contact, Roster};
use crate::domain::digest::Digest;
use crate::domain::event::Word;
use crate::domain::numbered::numbered;
use crate::domain::policy::days_after;
use crate::domain::remembered::Age;
use crate::domain::tld::Tld;

numbered! {
    /// The name of an approach for ever: `A-17`.
    ApproachId, "A", ApproachIdError, "an approach is named as in A-17"
}

/// Why somebody is asked.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Occasion {
    /// His turn in the yearly roll call has come.
    RollCall,
    /// IANA lists him as the admin contact of a ccTLD, or its manager, and did not before.
    NewAdmin,
    /// A ccTLD of his has no contacts, and is invited to join.
    Invitation,
}

impl Occasion {
    /// In the words of the journal.
    pub fn word(self) -> &'static str {
        match self {
            Self::RollCall => "roll_call",
            Self::NewAdmin => "new_admin",
            Self::Invitation => "invitation",
        }
    }
}

/// What became of an approach.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// He said yes to what he was shown.
    Confirmed,
    /// He said no, in these words; a person looks at it.
    Refused(String),
    /// He wrote a request.
    Requested,
    /// What he was shown has changed since by somebody's request, so there is nothing to ask any more.
    Overtaken,
    /// He did not answer in time.
    Silent,
    /// The mail came back, for this reason.
    Lost(String),
    /// He wants no more mails of this sort.
    Stopped,
    /// A person of the secretariat ended it.
    CalledOff,
}

/// One question to one person.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Approach {
    /// Its name.
    pub id: ApproachId,
    /// Why he is asked.
    pub occasion: Occasion,
    /// The campaign that it belongs to, where it is an invitation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub campaign: Option<CampaignId>,
    /// Whom.
    pub to: Address,
    /// The ccTLDs that it is about.
    pub tlds: Vec<Tld>,
    /// Those of them on whose whole entry he decides; of the others he is asked about himself.
    pub decides: Vec<Tld>,
    /// The digest of what he was shown.
    pub shown: Digest,
    /// The tokens that he was sent.
    pub tokens: Vec<IssuedToken>,
    /// When he was asked first.
    pub asked: Timestamp,
    /// Until when an answer is waited for.
    pub until: Timestamp,
    /// How often he was reminded.
    pub reminders: u16,
    /// Answers that the secretariat was told of, since they were neither yes nor no.
    pub unclear: u16,
    /// How it ended, and when; none while an answer is waited for.
    pub ended: Option<(Timestamp, Outcome)>,
    /// The number of its next mail.
    pub next_effect: u32,
}

/// What time itself brings.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Due {
    /// Nothing yet.
    Nothing,
    /// He is reminded.
    Reminder,
    /// It ends without an answer.
    End,
}

/// What an answer with a good token brings.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Heard {
    /// What he was shown is right.
    Confirmed,
    /// He said no: a person looks at it.
    Refused,
    /// He writes a request of his own: it goes its ordinary way.
    Requested,
    /// A person reads it.
    Unclear,
    /// It changes nothing any more.
    TooLate,
}

/// What a mail with a good token says.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Said {
    /// Yes, no, or neither.
    Word(Word),
    /// It asks for something.
    Request,
}

impl Approach {
    /// Whether an answer is still waited for.
    pub fn is_open(&self) -> bool {
        self.ended.is_none()
    }

    /// Whether what he was shown is what is held now.
    pub fn is_as_shown(&self, roster: &Roster) -> bool {
        digest_of(&shown_to(&self.to, (&self.tlds, &self.decides), roster), &self.tlds) == self.shown
    }

    /// Whether he is still the admin contact of all that he was asked to decide on, by the oldest record that says so; none
    /// where he is not.
    pub fn decides_yet(&self, admins: &BTreeMap<Tld, (Address, Age)>) -> Option<Age> {
        let mut age = Age::Fresh;
        for tld in &self.decides {
            match admins.get(tld) {
                Some((admin, one)) if *admin == self.to => {
                    age = if *one == Age::Old { Age::Old } else { age };
                }
                Some(_) | None => return None,
            }
        }
        Some(age)
    }

    /// What is due now, with reminders on these days after the first mail.
    pub fn due(&self, now: Timestamp, remind_days: &[u16]) -> Due {
        if !self.is_open() {
            return Due::Nothing;
        }
        if now >= self.until {
            return Due::End;
        }
        let next = remind_days.get(usize::from(self.reminders));
        match next {
            Some(days) if days_after(self.asked, *days) <= now => Due::Reminder,
            Some(_) | None => Due::Nothing,
        }
    }

    /// What follows from an answer of `from`. A late yes still counts where nothing but silence had ended it, as it does
    /// after a mail that came back: whoever answers has it after all.
    pub fn hears(&self, from: &Address, said: Said) -> Heard {
        let waits = match &self.ended {
            None | Some((_, Outcome::Silent | Outcome::Lost(_) | Outcome::CalledOff)) => true,
            Some((
                _,
                Outcome::Confirmed
                | Outcome::Refused(_)
                | Outcome::Requested
                | Outcome::Overtaken
                | Outcome::Stopped,
            )) => false,
        };
        let his = *from == self.to;
        match said {
            Said::Request => Heard::Requested,
            // Nothing is held that he could say yes to: he wishes to join, however late.
            Said::Word(Word::Yes) if his && self.occasion == Occasion::Invitation => Heard::Requested,
            // Whoever writes more than a word to the mail that says how his no was understood may not have meant it.
            Said::Word(Word::Unclear)
                if matches!(self.ended, Some((_, Outcome::Refused(_) | Outcome::Stopped)))
                    && self.occasion == Occasion::Invitation =>
            {
                Heard::Unclear
            }
            Said::Word(_) if !waits => Heard::TooLate,
            Said::Word(Word::Yes) if his => Heard::Confirmed,
            Said::Word(Word::No) if his => Heard::Refused,
            Said::Word(Word::Yes | Word::No | Word::Unclear) => Heard::Unclear,
        }
    }
}

/// What somebody is shown: the whole entry of each ccTLD that he decides on, and of the others what is held of himself.
pub fn shown_to(to: &Address, (tlds, decides): (&[Tld], &[Tld]), roster: &Roster) -> Vec<(Tld, Contact)> {
    let mut shown = Vec::new();
    for tld in tlds {
        let whole = decides.contains(tld);
        let contacts = roster.contacts(tld).iter().filter(|contact| whole || contact.email == *to);
        shown.extend(contacts.map(|contact| (tld.clone(), contact.clone())));
    }
    shown
}

/// The digest of what is shown: a token is bound to it.
pub fn digest_of(shown: &[(Tld, Contact)], tlds: &[Tld]) -> Digest {
    let mut parts: Vec<String> = tlds.iter().map(ToString::to_string).collect();
    parts.extend(shown.iter().map(|(tld, contact)| format!("{tld} {contact}")));
    Digest::of_parts(&parts.iter().map(String::as_str).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::{Address, Approach, ApproachId, Due, Heard, Occasion, Outcome, Said, digest_of, shown_to};
    use crate::domain::contact::{Contact, Rank, Roster};
    use crate::domain::event::Word;
    use crate::domain::policy::days_after;

    fn now() -> Timestamp {
        "2026-11-02T09:00:00Z".parse().unwrap()
    }

    fn approach() -> Approach {
        Approach {
            id: ApproachId(1),
            occasion: Occasion::RollCall,
            campaign: None,
            to: "ann@nic.example".parse().unwrap(),
            tlds: vec!["nl".parse().unwrap()],
            decides: Vec::new(),
            shown: digest_of(&[], &[]),
            tokens: Vec::new(),
            asked: now(),
            until: days_after(now(), 15),
            reminders: 0,
            unclear: 0,
            ended: None,
            next_effect: 2,
        }
    }

    #[test]
    fn it_reminds_on_its_days_and_ends_on_its_last() {
        let one = approach();
        assert_eq!(one.due(days_after(now(), 6), &[7]), Due::Nothing);
        assert_eq!(one.due(days_after(now(), 7), &[7]), Due::Reminder);
        let reminded = Approach { reminders: 1, ..approach() };
        assert_eq!(reminded.due(days_after(now(), 14), &[7]), Due::Nothing);
        assert_eq!(reminded.due(days_after(now(), 15), &[7]), Due::End);
        let ended = Approach { ended: Some((now(), Outcome::Silent)), ..approach() };
        assert_eq!(ended.due(days_after(now(), 400), &[7]), Due::Nothing);
    }

    #[test]
    fn only_his_own_word_counts_and_only_once() {
        let other = "bob@nic.example".parse().unwrap();
        let hears = |one: &Approach, from: &Address, word| one.hears(from, Said::Word(word));
        let one = approach();
        for (word, want) in
            [(Word::Yes, Heard::Confirmed), (Word::No, Heard::Refused), (Word::Unclear, Heard::Unclear)]
        {
            assert_eq!(hears(&one, &one.to, word), want);
            assert_eq!(hears(&one, &other, word), Heard::Unclear);
        }
        assert_eq!(one.hears(&other, Said::Request), Heard::Requested);
        for (outcome, want) in [
            (Outcome::Silent, Heard::Confirmed),
            (Outcome::Lost("full".to_owned()), Heard::Confirmed),
            (Outcome::Confirmed, Heard::TooLate),
            (Outcome::Refused("no".to_owned()), Heard::TooLate),
            (Outcome::Requested, Heard::TooLate),
            (Outcome::Overtaken, Heard::TooLate),
        ] {
            let ended = Approach { ended: Some((now(), outcome)), ..approach() };
            assert_eq!(hears(&ended, &ended.to, Word::Yes), want, "{ended:?}");
        }
    }

    #[test]
    fn what_follows_a_no_to_an_invitation_is_read_by_a_person_unless_it_is_another_no() {
        for outcome in [Outcome::Refused("no".to_owned()), Outcome::Stopped] {
            let ended = Some((now(), outcome));
            let one = Approach { occasion: Occasion::Invitation, ended: ended.clone(), ..approach() };
            assert_eq!(one.hears(&one.to, Said::Word(Word::Unclear)), Heard::Unclear);
            assert_eq!(one.hears(&one.to, Said::Word(Word::No)), Heard::TooLate);
            assert_eq!(one.hears(&one.to, Said::Word(Word::Yes)), Heard::Requested);
            let other = Approach { ended, ..approach() };
            assert_eq!(other.hears(&other.to, Said::Word(Word::Unclear)), Heard::TooLate);
        }
    }

    #[test]
    fn a_contact_sees_himself_and_who_decides_sees_all() {
        let contact = |name: &str, rank| Contact {
            rank,
            name: name.parse().unwrap(),
            email: format!("{name}@nic.example").parse().unwrap(),
            secondary_email: None,
            phone: None,
        };
        let two = Rank::try_from(2).unwrap();
        let (nl, be) = ("nl".parse().unwrap(), "be".parse().unwrap());
        let mut roster = Roster::default();
        roster.set("nl".parse().unwrap(), vec![contact("ann", Rank::PRIMARY), contact("bob", two)]);
        roster.set("be".parse().unwrap(), vec![contact("cleo", Rank::PRIMARY), contact("ann", two)]);
        let ann = "ann@nic.example".parse().unwrap();
        let tlds = [nl, be];
        let names = |decides: &[_]| {
            let shown = shown_to(&ann, (&tlds, decides), &roster);
            shown.iter().map(|(tld, contact)| format!("{tld} {}", contact.name)).collect::<Vec<_>>()
        };
        assert_eq!(names(&[]), ["nl ann", "be ann"]);
        assert_eq!(names(&tlds[..1]), ["nl ann", "nl bob", "be ann"]);
        let digest = |decides: &[_]| digest_of(&shown_to(&ann, (&tlds, decides), &roster), &tlds);
        assert_ne!(digest(&[]), digest(&tlds[..1]));
    }

    #[test]
    fn its_name_is_read_as_it_is_written() {
        assert_eq!("a-17".parse(), Ok(ApproachId(17)));
        assert_eq!(ApproachId(17).to_string(), "A-17");
        assert!("R-17".parse::<ApproachId>().is_err() && "17".parse::<ApproachId>().is_err());
    }
}
