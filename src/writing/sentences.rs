//! Sentences: why somebody gets a mail, what became of a request, and a change in words, in each language of ours.

use crate::domain::because::{Asked, Because, Cure, Reason, Warning};
use crate::domain::case::Role;
use crate::domain::registry::Office;
use crate::domain::tongue::ENGLISH;
use crate::writing::direction::Direction;
use crate::writing::keys::KEYS;
use crate::writing::texts::SENTENCES;
use crate::writing::wording::Wording;

/// Characters of a value within a sentence at the most.
const VALUE_CHARS_MAX: usize = 600;

/// The sentences of one language. `{who}` and its kin stand for what a mail knows.
#[derive(Clone, Debug, Default)]
pub(super) struct Sentences(Wording);

impl Sentences {
    /// Reads a file of sentences.
    ///
    /// # Errors
    /// As [`Wording::read`] has them.
    pub(super) fn read(language: &str, source: &str) -> Result<Self, String> {
        Wording::read((language, source), "sentence", KEYS).map(Self)
    }

    /// Those in English that are compiled in.
    pub(super) fn english() -> Self {
        let source = SENTENCES.iter().find(|(language, _)| *language == ENGLISH);
        source.and_then(|(language, text)| Self::read(language, text).ok()).unwrap_or_default()
    }

    /// The text under a key, as it is.
    pub(super) fn word(&self, key: &str) -> &str {
        self.0.text(key)
    }

    /// A value on one line, as it stands among words of this language.
    pub(super) fn shown(&self, value: &str) -> String {
        self.0.shown(value, VALUE_CHARS_MAX)
    }

    /// A moment, `2026-11-17 09:00 UTC`, as it stands among words of this language. Its time stays beside `UTC` however
    /// narrow a phone is; in right-to-left text it stays whole, since its parts would change places. Where all words are
    /// ASCII, as in English, it is ASCII as well, so that the mail needs no encoding.
    pub(super) fn unbroken(&self, moment: &str) -> String {
        if self.0.is_ascii() {
            return self.shown(moment);
        }
        match self.0.direction() {
            Direction::LeftToRight => moment.replace(" UTC", &format!("{NO_BREAK}UTC")),
            Direction::RightToLeft => self.0.direction().shown(&moment.replace(' ', NO_BREAK)),
        }
    }

    /// A sentence with its values in their places. A value that is words of this language is put in as it is.
    pub(super) fn filled(&self, key: &str, values: &[(&str, &str)], words: &[(&str, &str)]) -> String {
        let mut rest = self.word(key);
        let mut text = String::new();
        // Once from left to right: what stands in a value is never taken for a place.
        while let Some((before, place, after)) = first_place(rest) {
            text.push_str(before);
            let value = values.iter().find(|(name, _)| *name == place).map(|(_, value)| self.shown(value));
            let word = || words.iter().find(|(name, _)| *name == place).map(|(_, word)| (*word).to_owned());
            text.push_str(&value.or_else(word).unwrap_or_default());
            rest = after;
        }
        text.push_str(rest);
        text
    }

    /// What a request amounts to, in a word: `subscribe` in this language.
    pub(super) fn action(&self, action: &str) -> String {
        self.word(&format!("action-{action}")).to_owned()
    }

    /// Why somebody gets a mail, as a sentence.
    pub(super) fn because(&self, because: &Because) -> String {
        let plain = |key: &str| self.word(key).to_owned();
        match because {
            Because::Said(words) => self.said(words),
            Because::NamedAsWriter => plain("because-named-as-writer"),
            Because::Wrote(subject) if subject.is_empty() => plain("because-wrote"),
            Because::Wrote(subject) => self.filled("because-wrote-of", &[("subject", subject)], &[]),
            Because::Decides(office, tlds, asked) => {
                let (office, asked, tlds) = (self.office(*office), self.asked(asked), self.tlds(tlds));
                self.filled("because-decides", &[], &[("office", office), ("asked", &asked), ("tlds", &tlds)])
            }
            Because::NamedAsContact(Some(who), office) => {
                let words = [("office", self.office(*office))];
                self.filled("because-named-as-contact", &[("who", &who.to_string())], &words)
            }
            Because::NamedAsContact(None, office) => {
                let words = [("office", self.office(*office)), ("holder", self.holder(*office))];
                self.filled("because-named-by-office", &[], &words)
            }
            Because::ListedAndAsked(asked) => {
                self.filled("because-listed-and-asked", &[], &[("asked", &self.asked(asked))])
            }
            Because::AddressGiven(who) => {
                self.filled("because-address-given", &[("who", &who.to_string())], &[])
            }
            Because::SecondGiven(who) => {
                self.filled("because-second-given", &[("who", &who.to_string())], &[])
            }
            Because::AnsweredUnclearly => plain("because-answered-unclearly"),
            Because::AnsweredFrom(who) => {
                self.filled("because-answered-from", &[("who", &who.to_string())], &[])
            }
            Because::AnsweredLate => plain("because-answered-late"),
            Because::Holds(office, tlds) => {
                let words = [("holder", self.holder(*office)), ("tlds", &self.tlds(tlds))];
                self.filled("because-holds", &[], &words)
            }
            Because::TechnicalAgreed(tlds) => {
                let words = [("holder", self.holder(Office::Admin)), ("tlds", &self.tlds(tlds))];
                self.filled("because-technical-agreed", &[], &words)
            }
            Because::OwnChanged(tlds, who) => {
                let words = [("holder", self.holder(Office::Admin)), ("tlds", &self.tlds(tlds))];
                self.filled("because-own-changed", &[("who", &who.to_string())], &words)
            }
            Because::Listed => plain("because-listed"),
            Because::WasListed => plain("because-was-listed"),
            Because::AddressReplaced(name) => self.filled("because-address-replaced", &[("who", name)], &[]),
            Because::Sent => plain("because-sent"),
            Because::WasAsked => plain("because-was-asked"),
            Because::Wished => plain("because-wished"),
            Because::SentAgain(since) => {
                self.filled("because-sent-again", &[], &[("since", &self.moment(*since))])
            }
        }
    }

    /// How a request came, as a clause.
    pub(super) fn asked(&self, asked: &Asked) -> String {
        let (key, who, role) = match asked {
            Asked::Signed => ("asked-signed", None, ""),
            Asked::Unsigned => ("asked-unsigned", None, ""),
            Asked::Formerly(who) => ("asked-formerly", Some(who), ""),
            Asked::FormerlyUnproven(who) => ("asked-formerly-unproven", Some(who), ""),
            Asked::Copied(who) => ("asked-copied", Some(who), ""),
            Asked::CopiedUnproven(who) => ("asked-copied-unproven", Some(who), ""),
            Asked::By(who, role) => ("asked-by", Some(who), self.role(*role)),
            Asked::Proposed(organization, who) => {
                let values = [("organization", organization.as_str()), ("who", &who.to_string())];
                return self.filled("asked-proposed", &values, &[]);
            }
        };
        let who = who.map(ToString::to_string).unwrap_or_default();
        self.filled(key, &[("who", &who)], &[("role", role)])
    }

    /// What became of a request, and why.
    pub(super) fn reason(&self, reason: &Reason) -> String {
        let plain = |key: &str| self.word(key).to_owned();
        match reason {
            Reason::Said(words) => self.said(words),
            Reason::OfficeAsked(office) => {
                self.filled("reason-office-asked", &[], &[("holder", self.holder(*office))])
            }
            Reason::Held => plain("reason-held"),
            Reason::OnceConfirmed => plain("reason-once-confirmed"),
            Reason::OnceAllConfirmed => plain("reason-once-all-confirmed"),
            Reason::AppliedBefore => plain("reason-applied-before"),
            Reason::RefusedBefore => plain("reason-refused-before"),
            Reason::ExpiredBefore => plain("reason-expired-before"),
            Reason::ReplacedBefore => plain("reason-replaced-before"),
            Reason::OfficeRefused(office) => {
                self.filled("reason-office-refused", &[], &[("holder", self.holder(*office))])
            }
            Reason::ContactRefused(who) => {
                self.filled("reason-contact-refused", &[("who", &who.to_string())], &[])
            }
            Reason::SaidNo(who) => self.filled("reason-said-no", &[("who", &who.to_string())], &[]),
            Reason::YouSaidNo => plain("reason-you-said-no"),
            Reason::TakenBack => plain("reason-taken-back"),
            Reason::NotAllAgreed => plain("reason-not-all-agreed"),
            Reason::Unsaid => plain("reason-unsaid"),
            Reason::NoRuling => plain("reason-no-ruling"),
            Reason::Silent(who) => {
                let one = |who: &String| self.filled("reason-silent", &[("who", who)], &[]);
                let who: Vec<String> = who.iter().map(|who| one(&who.to_string())).collect();
                who.join(self.word("between-reasons").trim_matches('"'))
            }
            Reason::YouWereSilent => plain("reason-you-were-silent"),
            Reason::Newer(case) => self.filled("reason-newer", &[("case", &case.to_string())], &[]),
            Reason::Repeats(since, waits) => {
                let words = [("since", &*self.moment(*since)), ("waits", &self.reason(waits))];
                self.filled("reason-repeats", &[], &words)
            }
            Reason::ContactsAsked(who) => {
                let who: Vec<String> = who.iter().map(|who| self.shown(&who.to_string())).collect();
                let between = self.word("between-values").trim_matches('"');
                self.filled("reason-contacts-asked", &[], &[("who", &who.join(between))])
            }
            Reason::SenderAsked => plain("reason-sender-asked"),
            Reason::BeingApplied => plain("reason-being-applied"),
            Reason::Behind(case) => self.filled("reason-behind", &[("case", &case.to_string())], &[]),
            Reason::StillBehind(case) => {
                self.filled("reason-still-behind", &[("case", &case.to_string())], &[])
            }
            Reason::Objected(Some(who)) => self.filled("reason-objected", &[("who", &who.to_string())], &[]),
            Reason::Objected(None) => plain("reason-objected-by-one"),
            Reason::YouObject => plain("reason-you-object"),
            Reason::UndoneBefore => plain("reason-undone-before"),
            Reason::RuledBefore => plain("reason-ruled-before"),
            Reason::ObjectionLate => plain("reason-objection-late"),
        }
    }

    /// What would make a request succeed, in a sentence or two.
    pub(super) fn cure(&self, cure: &Cure) -> String {
        let plain = |key: &str| self.word(key).to_owned();
        match cure {
            Cure::Settle(office) => self.filled("cure-settle", &[], &[("holder", self.holder(*office))]),
            Cure::SettleWith(who) => self.filled("cure-settle-with", &[("who", &who.to_string())], &[]),
            Cure::NameAnother => plain("cure-name-another"),
            Cure::SendAgain => plain("cure-send-again"),
            Cure::AllAgree => plain("cure-all-agree"),
            Cure::AskFirst => plain("cure-ask-first"),
            Cure::InTime => plain("cure-in-time"),
            Cure::Reach(who) => {
                let who: Vec<String> = who.iter().map(|who| self.shown(&who.to_string())).collect();
                let between = self.word("between-values").trim_matches('"');
                self.filled("cure-reach", &[], &[("who", &who.join(between))])
            }
            Cure::RemindSecretariat => plain("cure-remind-secretariat"),
            Cure::IsDone => plain("cure-is-done"),
            Cure::NewerCounts => plain("cure-newer-counts"),
            Cure::UnlessNewer => plain("cure-unless-newer"),
            Cure::OnceYes => plain("cure-once-yes"),
            Cure::OnceLooked => plain("cure-once-looked"),
        }
    }

    /// Whom to ask, as a sentence.
    pub(super) fn ask(&self, whom: &str) -> String {
        self.filled("whom-to-ask", &[("who", whom)], &[])
    }

    /// What may be too little, as a sentence.
    pub(super) fn warning(&self, warning: &Warning) -> String {
        match warning {
            Warning::OneContact(tld) => self.filled("warning-one-contact", &[("tlds", tld)], &[]),
            Warning::ListedElsewhere(who, tlds) => {
                let tlds = self.tlds(&tlds.replace(", ", " "));
                self.filled("warning-listed-elsewhere", &[("who", who)], &[("tlds", &tlds)])
            }
            Warning::Said(words) => self.said(words),
        }
    }

    /// Words that are of no language of ours for certain.
    fn said(&self, words: &str) -> String {
        self.shown(words)
    }

    /// What the holder of an office is called.
    pub(super) fn office(&self, office: Office) -> &str {
        self.word(match office {
            Office::Admin => "office-admin",
            Office::Technical => "office-technical",
        })
    }

    fn holder(&self, office: Office) -> &str {
        self.word(match office {
            Office::Admin => "holder-admin",
            Office::Technical => "holder-technical",
        })
    }

    fn role(&self, role: Role) -> &str {
        self.word(match role {
            Role::Admin => "role-admin",
            Role::AdminCc => "role-admin-cc",
            Role::Technical => "role-technical",
            Role::Contact => "role-contact",
            Role::Secretariat => "role-secretariat",
            Role::None => "role-none",
        })
    }
}

/// The first `{place}` of a text, with what stands before and behind it.
fn first_place(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('{')?;
    let (place, after) = rest.split_once('}')?;
    Some((before, place, after))
}

/// NO-BREAK SPACE.
const NO_BREAK: &str = "\u{a0}";
