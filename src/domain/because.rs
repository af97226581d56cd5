//! Why somebody gets a mail and what became of a request, as values: each mail says it in its reader's language.
//!
//! The journal tells the same in English, by `Display`; what was stored in words stays in these words.

use std::fmt;

use jiff::Timestamp;

use crate::domain::address::Address;
use crate::domain::case::Role;
use crate::domain::case_id::CaseId;
use crate::domain::registry::Office;

/// Why somebody gets a mail.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Because {
    /// In words, for the secretariat and for who administers the list: they read English. Empty where nothing is to be
    /// said.
    Said(String),
    /// A mail came in the name of his address; it is not proven that he wrote it.
    NamedAsWriter,
    /// He wrote to us, with this subject; it may be empty.
    Wrote(String),
    /// He holds this office of these ccTLDs, and somebody asked.
    Decides(Office, String, Asked),
    /// Who holds this office named him as a contact.
    NamedAsContact(Option<Address>, Office),
    /// His answer was neither yes nor no.
    AnsweredUnclearly,
    /// He is listed, and somebody asked for a change of his own details.
    ListedAndAsked(Asked),
    /// A contact, so far listed with this address, gave another one in its place.
    AddressGiven(Address),
    /// Somebody at this address gave it as a second one of a contact.
    SecondGiven(Address),
    /// Somebody at this address answered the question that was put to him.
    AnsweredFrom(Address),
    /// He answered a question about a request that has ended.
    AnsweredLate,
    /// He holds this office of these ccTLDs.
    Holds(Office, String),
    /// He is the admin contact of this ccTLD, whose technical contact decided.
    TechnicalAgreed(String),
    /// He is the admin contact of these ccTLDs, and the contact at this address changed his own details.
    OwnChanged(String, Address),
    /// He is a contact.
    Listed,
    /// He was a contact.
    WasListed,
    /// This address of the person with this name has given way to another one.
    AddressReplaced(String),
    /// He sent the request.
    Sent,
    /// He was asked to confirm it.
    WasAsked,
    /// He wished it.
    Wished,
    /// He asked for what has been under way since then, and waits for him.
    SentAgain(Timestamp),
}

impl Default for Because {
    fn default() -> Self {
        Self::Said(String::new())
    }
}

impl From<&str> for Because {
    fn from(words: &str) -> Self {
        Self::Said(words.to_owned())
    }
}

/// How a request came: shown to the admin contact and in the journal.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Asked {
    /// By who was the admin contact until recently; his mail is proven to be his.
    Formerly(Address),
    /// By somebody in the name of who was the admin contact until recently.
    FormerlyUnproven(Address),
    /// From the address itself, proven.
    Signed,
    /// In the name of the address, unproven.
    Unsigned,
    /// By this address, with a copy to the admin contact, proven.
    Copied(Address),
    /// By somebody in the name of this address, with a copy to the admin contact.
    CopiedUnproven(Address),
    /// By this address, in this role.
    By(Address, Role),
    /// By the list of this organization, which the secretariat at this address took up.
    Proposed(String, Address),
}

/// As a clause.
impl fmt::Display for Asked {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Formerly(who) => {
                write!(formatter, "{who}, until recently the administrative contact, asked for it")
            }
            Self::FormerlyUnproven(who) => write!(
                formatter,
                "somebody in the name of {who}, until recently the administrative contact, asked for it"
            ),
            Self::Signed => formatter.write_str("the request came from this address, with a valid signature"),
            Self::Unsigned => formatter
                .write_str("a request came in the name of this address, without a signature that proves it"),
            Self::Copied(who) => write!(formatter, "{who} asked for it, with a copy to this address"),
            Self::CopiedUnproven(who) => write!(
                formatter,
                "somebody writing as {who} asked for it, with a copy to this address; who it was is not proven"
            ),
            Self::Proposed(by, who) => write!(formatter, "{by} proposed it, passed on by {who}"),
            Self::By(who, role) => write!(formatter, "{who}, {}, asked for it", role.words()),
        }
    }
}

/// What becomes, or became, of a request, and why.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Reason {
    /// A person's own words, or what was stored in words. Empty where there is nothing to say.
    Said(String),
    /// Under way: who holds this office was asked.
    OfficeAsked(Office),
    /// Under way: a person looks at it first.
    Held,
    /// Under way: all that a requester hears who may not see the contacts.
    OnceConfirmed,
    /// Under way: others than the admin contact were asked.
    OnceAllConfirmed,
    /// Too late: it was applied.
    AppliedBefore,
    /// Too late: it was refused.
    RefusedBefore,
    /// Too late: it had expired.
    ExpiredBefore,
    /// Too late: it had been taken back, or another request had taken its place.
    ReplacedBefore,
    /// Who holds this office said no.
    OfficeRefused(Office),
    /// A new contact said no.
    ContactRefused(Address),
    /// Somebody else who was asked to confirm it said no.
    SaidNo(Address),
    /// The reader himself said no.
    YouSaidNo,
    /// Its sender took it back.
    TakenBack,
    /// Somebody said no, or nothing; who it was is not for this reader.
    NotAllAgreed,
    /// The secretariat gave no reason.
    Unsaid,
    /// Nobody ruled on it in time.
    NoRuling,
    /// These did not answer in time.
    Silent(Vec<Address>),
    /// The reader himself did not answer in time.
    YouWereSilent,
    /// A newer request takes its place.
    Newer(CaseId),
    /// Under way since then, and what it waits for.
    Repeats(Timestamp, Box<Self>),
    /// Under way: these contacts were asked.
    ContactsAsked(Vec<Address>),
    /// Under way: its sender was asked for what is missing.
    SenderAsked,
    /// Under way: all have agreed.
    BeingApplied,
    /// Under way: this request goes first.
    Behind(CaseId),
    /// This request, which went first, did not end in time.
    StillBehind(CaseId),
    /// Somebody who was told of the change objects to it; none where this reader may not know who.
    Objected(Option<Address>),
    /// The reader himself objects to the change.
    YouObject,
    /// Too late: it was applied, and undone.
    UndoneBefore,
    /// Too late: a person has ruled on this objection.
    RuledBefore,
    /// Too late: the days to object are over.
    ObjectionLate,
}

impl Default for Reason {
    fn default() -> Self {
        Self::Said(String::new())
    }
}

impl From<&str> for Reason {
    fn from(words: &str) -> Self {
        Self::Said(words.to_owned())
    }
}

impl From<String> for Reason {
    fn from(words: String) -> Self {
        Self::Said(words)
    }
}

/// What would make a request succeed, or what is to be done next: every reason has it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Cure {
    /// Who holds this office agrees, and it is sent again.
    Settle(Office),
    /// He agrees, and it is sent again.
    SettleWith(Address),
    /// Somebody else is named, who wants to be listed.
    NameAnother,
    /// It is sent again; nothing else stands in its way.
    SendAgain,
    /// All who are asked say yes.
    AllAgree,
    /// The secretariat says what it needs.
    AskFirst,
    /// All who are asked say yes in time.
    InTime,
    /// These see our mail.
    Reach(Vec<Address>),
    /// The secretariat decides.
    RemindSecretariat,
    /// Nothing: it is done, unless it is wrong.
    IsDone,
    /// Nothing: another request counts.
    NewerCounts,
    /// It is sent again, unless another request took its place.
    UnlessNewer,
    /// It is under way, and waits for those who were asked.
    OnceYes,
    /// It is under way, and a person looks at it first.
    OnceLooked,
}

impl Reason {
    /// The same as this reader is told it: nobody hears of himself as of somebody else.
    #[must_use]
    pub fn as_told_to(&self, reader: &Address) -> Self {
        if matches!(self, Self::ContactRefused(who) | Self::SaidNo(who) if who == reader) {
            return Self::YouSaidNo;
        }
        if matches!(self, Self::Silent(who) if who.as_slice() == std::slice::from_ref(reader)) {
            return Self::YouWereSilent;
        }
        if matches!(self, Self::Objected(Some(who)) if who == reader) {
            return Self::YouObject;
        }
        self.clone()
    }

    /// A person's own words, where they are the reason.
    pub fn own_words(&self) -> Option<&str> {
        if let Self::Said(words) = self { Some(words) } else { None }
    }

    /// What would make the request succeed.
    pub fn cure(&self) -> Cure {
        match self {
            Self::Said(_)
            | Self::Unsaid
            | Self::Objected(_)
            | Self::YouObject
            | Self::UndoneBefore
            | Self::RuledBefore => Cure::AskFirst,
            Self::Repeats(_, waits) => waits.cure(),
            Self::OfficeAsked(_)
            | Self::OnceConfirmed
            | Self::OnceAllConfirmed
            | Self::ContactsAsked(_)
            | Self::SenderAsked
            | Self::Behind(_) => Cure::OnceYes,
            Self::Held => Cure::OnceLooked,
            Self::AppliedBefore | Self::BeingApplied | Self::ObjectionLate => Cure::IsDone,
            Self::RefusedBefore | Self::NotAllAgreed => Cure::AllAgree,
            Self::ExpiredBefore | Self::YouWereSilent => Cure::InTime,
            Self::Newer(_) => Cure::NewerCounts,
            Self::ReplacedBefore => Cure::UnlessNewer,
            Self::OfficeRefused(office) => Cure::Settle(*office),
            Self::SaidNo(who) => Cure::SettleWith(who.clone()),
            Self::ContactRefused(_) => Cure::NameAnother,
            Self::YouSaidNo | Self::TakenBack | Self::StillBehind(_) => Cure::SendAgain,
            Self::NoRuling => Cure::RemindSecretariat,
            Self::Silent(who) => Cure::Reach(who.clone()),
        }
    }
}

/// As a clause where it is an end, as a sentence where it is not.
impl fmt::Display for Reason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::Said(words) => words,
            Self::OfficeAsked(office) => {
                return write!(formatter, "The {} has been asked to confirm it.", office.short());
            }
            Self::Held => "A person of the secretariat will look at it first.",
            Self::OnceConfirmed => "It goes on once the IANA admin contact has confirmed it.",
            Self::OnceAllConfirmed => "It goes on once all who were asked have confirmed it.",
            Self::AppliedBefore => "It had been applied already.",
            Self::RefusedBefore => "It had been refused.",
            Self::ExpiredBefore => "It had expired, since not everybody answered in time.",
            Self::ReplacedBefore => "It had been taken back, or replaced by another request.",
            Self::OfficeRefused(office) => return write!(formatter, "the {} said no", office.short()),
            Self::ContactRefused(who) => return write!(formatter, "{who} does not wish to be a contact"),
            Self::SaidNo(who) => return write!(formatter, "{who} said no"),
            Self::YouSaidNo => "you said no",
            Self::TakenBack => "its sender took it back",
            Self::NotAllAgreed => "not everybody agreed to it",
            Self::Unsaid => "no reason was given",
            Self::NoRuling => "nobody ruled on it in time",
            Self::Silent(who) => {
                let silent: Vec<String> = who.iter().map(|who| format!("{who} did not answer")).collect();
                return formatter.write_str(&silent.join("; "));
            }
            Self::YouWereSilent => "you did not answer our mail",
            Self::Newer(case) => return write!(formatter, "a newer request, {case}, takes its place"),
            Self::Repeats(since, waits) => {
                let since = since.strftime("%Y-%m-%d %H:%M UTC");
                return write!(formatter, "The same request came in on {since}. {waits}");
            }
            Self::ContactsAsked(who) => {
                let who: Vec<String> = who.iter().map(ToString::to_string).collect();
                return write!(formatter, "It waits for the answer of {}.", who.join(", "));
            }
            Self::SenderAsked => "Its sender has been asked for what is missing.",
            Self::BeingApplied => "All have agreed, and it is being applied.",
            Self::Behind(case) => {
                return write!(
                    formatter,
                    "It waits until {case}, another request for the same ccTLD, has ended."
                );
            }
            Self::StillBehind(case) => {
                return write!(formatter, "{case}, another request for the same ccTLD, did not end in time");
            }
            Self::Objected(Some(who)) => return write!(formatter, "{who} objects to it"),
            Self::Objected(None) => "somebody who was told of it objects to it",
            Self::YouObject => "you object to it",
            Self::UndoneBefore => "The change had been made, and was undone after an objection.",
            Self::RuledBefore => "The secretariat has ruled on your objection already.",
            Self::ObjectionLate => "The time in which one can object to it by mail is over.",
        };
        formatter.write_str(text)
    }
}

/// What may be too little. A case keeps it in words, so that its rows stay as they are.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Warning {
    /// This ccTLD, as people write it, would have one contact.
    OneContact(String),
    /// Whoever has this name is listed for these ccTLDs as well, and his details would differ there.
    ListedElsewhere(String, String),
    /// In words.
    Said(String),
}

impl From<&str> for Warning {
    fn from(words: &str) -> Self {
        let one = words.strip_suffix(ONE_CONTACT).filter(|tld| is_shown(tld));
        let elsewhere = words.strip_suffix(OTHER_DETAILS).and_then(|rest| rest.split_once(ALSO_LISTED));
        match (one, elsewhere) {
            (Some(tld), _) => Self::OneContact(tld.to_owned()),
            (None, Some((who, tlds))) => Self::ListedElsewhere(who.to_owned(), tlds.to_owned()),
            (None, None) => Self::Said(words.to_owned()),
        }
    }
}

/// Whether these are the words for a ccTLD: `.nl`, or `.рф (xn--p1ai)`.
fn is_shown(tld: &str) -> bool {
    let (name, label) = tld.split_once(" (").map_or((tld, None), |(name, label)| (name, Some(label)));
    let plain = |text: &str| !text.is_empty() && !text.contains(' ');
    name.starts_with('.') && plain(name) && label.is_none_or(|label| label.ends_with(')') && plain(label))
}

impl fmt::Display for Warning {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OneContact(tld) => write!(formatter, "{tld}{ONE_CONTACT}"),
            Self::ListedElsewhere(who, tlds) => {
                write!(formatter, "{who}{ALSO_LISTED}{tlds}{OTHER_DETAILS}")
            }
            Self::Said(words) => formatter.write_str(words),
        }
    }
}

/// What follows the name of a ccTLD that would have one contact.
const ONE_CONTACT: &str =
    " would then have one contact; two or three are better, so that one can always be reached.";

/// What stands between a name and the ccTLDs that list him as well, and what follows them.
const ALSO_LISTED: &str = " is also listed for ";
const OTHER_DETAILS: &str = ", and would then stand there with other details; a request for each is needed.";

#[cfg(test)]
mod tests {
    use super::{Reason, Warning};
    use crate::domain::address::Address;

    #[test]
    fn nobody_hears_of_himself_as_of_somebody_else() {
        let (ann, bob): (Address, Address) =
            ("ann@nic-nl.example".parse().unwrap(), "bob@nic-nl.example".parse().unwrap());
        let both = Reason::Silent(vec![ann.clone(), bob.clone()]);
        let check = |reason: Reason, own: Reason| {
            assert_eq!(reason.as_told_to(&ann), own);
            assert_eq!(reason.as_told_to(&bob), reason);
        };
        check(Reason::ContactRefused(ann.clone()), Reason::YouSaidNo);
        check(Reason::SaidNo(ann.clone()), Reason::YouSaidNo);
        check(Reason::Silent(vec![ann.clone()]), Reason::YouWereSilent);
        check(Reason::Objected(Some(ann.clone())), Reason::YouObject);
        check(both.clone(), both);
    }

    #[test]
    fn a_warning_that_was_kept_in_words_is_known_again() {
        for tld in [".nl", ".рф (xn--p1ai)"] {
            let one = Warning::OneContact(tld.to_owned());
            assert_eq!(Warning::from(one.to_string().as_str()), one);
        }
        let elsewhere = Warning::ListedElsewhere("Ann Bee".to_owned(), ".br, .fr".to_owned());
        assert_eq!(Warning::from(elsewhere.to_string().as_str()), elsewhere);
        let other = "a warning of a former version";
        assert_eq!(Warning::from(other), Warning::Said(other.to_owned()));
    }
}
