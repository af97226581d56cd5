//! The rules' settings: waiting times, limits and what is held. The defaults are safe.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::domain::address::Address;
use crate::domain::free_mail::PROVIDERS;
use crate::domain::invitation::InvitationPolicy;
use crate::domain::retention::{Needed, RetentionPolicy};
use crate::domain::role_names::{NAMES_OF_PEOPLE, ROLE_NAMES};
use crate::domain::roll_call::RollCallPolicy;

/// The hour of the summary that never comes.
pub const SUMMARY_NEVER: u8 = 24;

/// Hours of a day; policies count in days, clocks in hours.
const HOURS_A_DAY: i64 = 24;

/// What may be set about the rules. Every field has a default; a configuration file names only what it changes.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    /// Days that a confirmation mail may be answered (RIPE's contact validation uses the same 15).
    pub confirm_days: u16,
    /// Days after the confirmation mail on which it is repeated, in rising order.
    pub remind_days: Vec<u16>,
    /// Days that the requester has to send what is missing.
    pub information_days: u16,
    /// Days after a change in which whoever was told of it may object.
    pub objection_days: u16,
    /// Answers of one person without a plain yes or no after which a person is told instead of asking him again.
    pub unclear_answers_max: u16,
    /// Answers that somebody else gives in the place of who administers the list, or of who objects, of which the
    /// secretariat hears.
    pub answers_of_others_max: u16,
    /// Days on which a ccTLD must be missing in IANA's list before it counts as gone.
    pub missing_days: u16,
    /// Days after which the secretariat is reminded of a case that waits for it, again and again.
    pub secretariat_remind_days: u16,
    /// Days after which a case that nobody ruled on is closed.
    pub secretariat_days: u16,
    /// The same for a case that nothing proves and to which nobody has agreed, while nobody of the secretariat deals with
    /// it: anybody can cause two a day for each ccTLD (`unproven_per_day_max`). No more than `secretariat_days` count.
    pub secretariat_unproven_days: u16,
    /// Days that a request waits for another one for the same ccTLD.
    pub queued_days: u16,
    /// Days without a reminder after `later` or `refer`.
    pub secretariat_later_days: u16,
    /// The doubts that two of the secretariat must overrule. It has no effect where the secretariat is one address.
    pub two_must_agree: Vec<Weighty>,
    /// Whom the secretariat may refer a case to.
    pub committee: Vec<Address>,
    /// Confirmation mails that unproven requests may cause, for one ccTLD in a day.
    pub unproven_per_day_max: u16,
    /// Admin contacts to whom one unproven mail may bring a question.
    pub unproven_per_mail_max: u16,
    /// Mails about strangers and mails that belong to no case that the secretariat gets in a day.
    pub secretariat_notes_per_day_max: u16,
    /// Help mails that one authenticated stranger gets in a week.
    pub help_per_week_max: u16,
    /// The same for all addresses of one domain together: more people of one registry hardly ask in vain, and whoever has a
    /// domain can make any number of addresses.
    pub help_per_week_to_domain_max: u16,
    /// Answers that one contact who asks for contacts gets in a day: more than anybody needs in an incident, and fewer than
    /// a mailbox that somebody has taken over could be emptied with unnoticed.
    pub queries_per_day_max: u16,
    /// Mails that leave within an hour, to all together: more is a loop, an attack or a rush, and waits.
    pub mails_per_hour_max: u32,
    /// Mails that leave for one recipient within an hour.
    pub mails_per_hour_to_one_max: u32,
    /// Local parts that name a role and not a person (RFC 2142, and what registries use); without digits and hyphens.
    pub role_names: Vec<String>,
    /// Domains at which anybody may have a mailbox, in lower case: a contact whose first address is there is a person's to
    /// decide on. None means that no address is held for it.
    pub free_mail_domains: Vec<String>,
    /// The hour of the day (UTC, 0 to 23) from which the daily summary leaves; 24 for none.
    pub summary_hour: u8,
    /// What is done with a new contact who has no phone number.
    pub without_phone: WithoutPhone,
    /// Whether the admin contact must answer a mail even where the request itself is proven to be his.
    pub admin_confirms: AdminConfirms,
    /// What a request of a ccTLD's technical contact leads to.
    pub technical_contact: TechnicalContact,
    /// Hours that a mail whose proof lacks a DNS answer is judged again and again before a person gets it.
    pub proof_retry_hours: u16,
    /// The yearly question whether what is held is right.
    pub roll_call: RollCallPolicy,
    /// How long what nobody needs any more is kept.
    pub retention: RetentionPolicy,
    /// Invitations of ccTLDs that are no members.
    pub invitations: InvitationPolicy,
}

/// Doubts that weigh so much that the policy may ask for two people to overrule them.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Weighty {
    /// The mail claims an authority that its proof does not bear out.
    Unproven,
    /// An address names a role.
    RoleAddress,
    /// The ccTLD would have no contact left.
    NoContactLeft,
    /// A listed contact asks for more than his own details.
    NotHisOwn,
    /// IANA's record changed between asking and applying.
    IanaChanged,
    /// There would be more contacts than a ccTLD may have.
    TooManyContacts,
    /// A contact's first address is at a provider for everybody.
    FreeMail,
    /// A new contact has no phone number.
    NoPhone,
}

/// What a request of a ccTLD's technical contact, as IANA publishes him, leads to.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TechnicalContact {
    /// Nothing: he is a stranger.
    Refuse,
    /// The admin contact is asked.
    #[default]
    AskAdmin,
    /// He confirms in the admin contact's place, at the address that IANA publishes for him; the admin contact is told.
    Accept,
}

/// When the admin contact's own yes is asked for.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum AdminConfirms {
    /// Always: his answer to a mail of ours is the yes.
    #[default]
    Always,
    /// Not where his request bears a signature that holds: then the request is the yes. Asked all the same are who is at a
    /// provider for everybody, who removes his ccTLD, and whoever's request a person had to look at.
    UnlessProven,
}

/// What is done with a new contact who has no phone number, once his number has been asked for.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum WithoutPhone {
    /// A person decides.
    #[default]
    Hold,
    /// He becomes a contact without one, and is not asked for it.
    Accept,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            confirm_days: 15,
            remind_days: vec![5, 10],
            information_days: 15,
            objection_days: 30,
            unclear_answers_max: 2,
            answers_of_others_max: 2,
            missing_days: 3,
            secretariat_remind_days: 7,
            secretariat_days: 90,
            secretariat_unproven_days: 14,
            queued_days: 30,
            secretariat_later_days: 14,
            two_must_agree: vec![Weighty::Unproven, Weighty::TooManyContacts],
            committee: Vec::new(),
            unproven_per_day_max: 2,
            unproven_per_mail_max: 3,
            secretariat_notes_per_day_max: 20,
            help_per_week_max: 1,
            help_per_week_to_domain_max: 10,
            queries_per_day_max: 20,
            mails_per_hour_max: 200,
            mails_per_hour_to_one_max: 20,
            role_names: ROLE_NAMES.iter().map(|name| (*name).to_owned()).collect(),
            free_mail_domains: PROVIDERS.iter().map(|domain| (*domain).to_owned()).collect(),
            summary_hour: 6,
            without_phone: WithoutPhone::Hold,
            admin_confirms: AdminConfirms::Always,
            technical_contact: TechnicalContact::AskAdmin,
            proof_retry_hours: 72,
            roll_call: RollCallPolicy::default(),
            retention: RetentionPolicy::default(),
            invitations: InvitationPolicy::default(),
        }
    }
}

impl Policy {
    /// What is wrong with it, each with its cure; empty for a policy that can be used.
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let mut least = |name: &str, days: u16| {
            if days == 0 {
                faults.push(format!("policy.{name} is 0; set it to 1 or more"));
            }
        };
        least("confirm_days", self.confirm_days);
        least("information_days", self.information_days);
        least("objection_days", self.objection_days);
        least("unclear_answers_max", self.unclear_answers_max);
        least("missing_days", self.missing_days);
        least("secretariat_remind_days", self.secretariat_remind_days);
        least("secretariat_days", self.secretariat_days);
        least("secretariat_unproven_days", self.secretariat_unproven_days);
        least("queued_days", self.queued_days);
        least("secretariat_later_days", self.secretariat_later_days);
        least("proof_retry_hours", self.proof_retry_hours);
        for (name, most) in [
            ("mails_per_hour_max", self.mails_per_hour_max),
            ("mails_per_hour_to_one_max", self.mails_per_hour_to_one_max),
        ] {
            if most == 0 {
                let says = "no mail would ever leave; set it to 1 or more (hold_all in [post] keeps mails for a rehearsal)";
                faults.push(format!("policy.{name} is 0: {says}"));
            }
        }
        if !self.remind_days.is_sorted_by(|a, b| a < b) || self.remind_days.first() == Some(&0) {
            faults.push("policy.remind_days must rise, from 1 on; write them as in [5, 10]".to_owned());
        }
        if self.remind_days.last().is_some_and(|last| *last >= self.confirm_days) {
            faults.push(format!(
                "policy.remind_days go beyond confirm_days = {}; lower them",
                self.confirm_days
            ));
        }
        let no_domain = |text: &&String| text.contains('@') || text.chars().any(char::is_uppercase);
        for text in self.free_mail_domains.iter().filter(no_domain) {
            let cure = "write domains alone, in lower case, as in \"freemail.example\"";
            faults.push(format!("policy.free_mail_domains has \"{text}\"; {cure}"));
        }
        if self.summary_hour > SUMMARY_NEVER {
            faults.push(format!(
                "policy.summary_hour is {}; set it to 0 to 23, or to {SUMMARY_NEVER} for no summary",
                self.summary_hour
            ));
        }
        faults.extend(self.contradictions());
        faults.extend(self.roll_call.faults());
        faults.extend(self.retention.faults(Needed {
            objection_days: self.objection_days,
            answer_days: self.roll_call.answer_days,
            invited_again_days: self.invitations.again_days,
            proof_retry_hours: self.proof_retry_hours,
        }));
        faults.extend(self.invitations.faults());
        faults
    }

    /// Settings of which one says that the other can have no effect, or none that anybody wants.
    fn contradictions(&self) -> Vec<String> {
        let weighs = |weighty| self.two_must_agree.contains(&weighty);
        let twice =
            |place: usize, one: &Weighty| self.two_must_agree.iter().take(place).any(|two| two == one);
        let found = [
            (
                self.admin_confirms == AdminConfirms::UnlessProven && self.free_mail_domains.is_empty(),
                "admin_confirms is \"unless-proven\" and free_mail_domains is empty, so that whoever has a mailbox at \
                 a provider for everybody would need no answer; name the providers, or set \"always\"",
            ),
            (
                self.secretariat_remind_days > self.secretariat_days,
                "secretariat_remind_days is more than secretariat_days; lower it",
            ),
            (
                self.help_per_week_max > self.help_per_week_to_domain_max,
                "help_per_week_max is more than help_per_week_to_domain_max, which is reached first; lower it",
            ),
            (
                self.mails_per_hour_to_one_max > self.mails_per_hour_max,
                "mails_per_hour_to_one_max is more than mails_per_hour_max, which is reached first; lower it",
            ),
            (
                self.secretariat_later_days >= self.secretariat_days,
                "secretariat_later_days is not below secretariat_days: what is put off would be closed first; lower it",
            ),
            (
                weighs(Weighty::RoleAddress) && self.role_names.is_empty(),
                "two_must_agree has \"role-address\", and role_names is empty, so that no address is held for it; \
                 name roles, or remove it",
            ),
            (
                weighs(Weighty::FreeMail) && self.free_mail_domains.is_empty(),
                "two_must_agree has \"free-mail\", and free_mail_domains is empty, so that no address is held for it; \
                 name providers, or remove it",
            ),
            (
                weighs(Weighty::NoPhone) && self.without_phone == WithoutPhone::Accept,
                "two_must_agree has \"no-phone\", and without_phone is \"accept\", so that nobody is held for it; \
                 remove one of them",
            ),
            (
                self.two_must_agree.iter().enumerate().any(|(place, one)| twice(place, one)),
                "two_must_agree has a doubt twice; remove one",
            ),
        ];
        let read =
            |name: &String| name.is_empty() || name.chars().any(|c| !c.is_alphabetic() || c.is_uppercase());
        let roles = self.role_names.iter().filter(|name| read(name)).map(|name| {
            format!("policy.role_names has \"{name}\", which no address can be; write it in lower case, without digits and hyphens")
        });
        let found = found.into_iter().filter(|(is, _)| *is).map(|(_, says)| format!("policy.{says}"));
        found.chain(roles).collect()
    }

    /// The same for a secretariat of so many addresses: one alone cannot agree with itself.
    #[must_use]
    pub fn for_secretariat_of(mut self, addresses: usize) -> Self {
        if addresses < 2 {
            self.two_must_agree.clear();
        }
        self
    }

    /// Whether an address names a role instead of a person (final report of 2015, §3.3: personal addresses only).
    ///
    /// The subaddress does not count: `jane+tldops` is Jane. A role's word makes a role of the whole, first or last, as
    /// in `noc.north` or `cctld-admin`; one that is also a person's name or initials, as in `nic.smith` or `pr.kumar`,
    /// does so only where nothing but such words, digits and country codes stands beside it.
    pub fn is_role(&self, address: &Address) -> bool {
        let local = address.without_subaddress().local().to_lowercase();
        let words: Vec<&str> =
            local.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).collect();
        let whole = words.concat();
        let plain = |word: &str| self.is_role_word(word) && !NAMES_OF_PEOPLE.contains(&word);
        let ends = words.first().into_iter().chain(words.last());
        let beside = |word: &&str| self.is_role_word(word) || word.len() == COUNTRY_CODE_LETTERS;
        let named = words.iter().any(|word| self.is_role_word(word));
        self.is_role_word(&whole)
            || ends.into_iter().any(|word| plain(word) || self.is_two_role_words(word))
            || (named && words.iter().all(beside))
    }

    /// Whether an address is at a provider at which anybody may have a mailbox.
    pub fn is_free_mail(&self, address: &Address) -> bool {
        self.free_mail_domains.iter().any(|domain| domain == address.domain())
    }

    fn is_role_word(&self, word: &str) -> bool {
        self.role_names.iter().any(|role| role == word)
    }

    /// `nocteam`, `cctldadmin`: two words of some length, so that no name is taken apart into short ones.
    fn is_two_role_words(&self, word: &str) -> bool {
        let long = |role: &&String| role.len() >= ROLE_LETTERS_MIN;
        let rests = self.role_names.iter().filter(long).filter_map(|role| word.strip_prefix(role.as_str()));
        rests.filter(|rest| rest.len() >= ROLE_LETTERS_MIN).any(|rest| self.is_role_word(rest))
    }
}

/// This many days after a moment.
pub fn days_after(moment: Timestamp, days: u16) -> Timestamp {
    let span = SignedDuration::from_hours(i64::from(days) * HOURS_A_DAY);
    moment.checked_add(span).unwrap_or(Timestamp::MAX)
}

/// Letters of a ccTLD's name in ASCII: `nl-noc`.
const COUNTRY_CODE_LETTERS: usize = 2;
/// Letters of a role's word that is found at the start or the end of a longer one.
const ROLE_LETTERS_MIN: usize = 3;

#[cfg(test)]
mod tests {
    use super::{AdminConfirms, Policy, Weighty, WithoutPhone};

    #[test]
    fn a_role_is_told_from_a_person() {
        let policy = Policy::default();
        let is_role = |text: &str| policy.is_role(&text.parse().unwrap());
        for role in [
            "noc@a.example",
            "NOC-24x7@a.example",
            "noc.north@a.example",
            "nl-noc@a.example",
            "cctld-admin@a.example",
            "cctldadmin@a.example",
            "nocteam@a.example",
            "security.team@a.example",
            "dns-ops@a.example",
            "info2@a.example",
            "info.smith@a.example",
            "team@a.example",
            "it-nl@a.example",
            "press@a.example",
            "p.r@a.example",
            "tld-ops@lists.example",
            "support+jane@a.example",
        ] {
            assert!(is_role(role), "{role}");
        }
        for person in [
            "joost.terpstra@a.example",
            "ito@a.example",
            "admira@a.example",
            "n.ock@a.example",
            "nic.smith@a.example",
            "it.wong@a.example",
            "pr.kumar@a.example",
            "jane.root@a.example",
            "maria.press@a.example",
            "j.list@a.example",
            "nicholas@a.example",
            "teamo.ruiz@a.example",
            "jane+tld-ops@a.example",
            "jane.doe+noc@a.example",
            "12345@a.example",
            "用户@a.example",
        ] {
            assert!(!is_role(person), "{person}");
        }
    }

    #[test]
    fn the_defaults_have_no_fault() {
        assert_eq!(Policy::default().faults(), Vec::<String>::new());
    }

    #[test]
    fn a_provider_is_named_by_its_domain_alone() {
        let domains = vec!["Freemail.example".to_owned(), "freemail.example".to_owned()];
        let policy = Policy { free_mail_domains: domains, ..Policy::default() };
        let fault = "policy.free_mail_domains has \"Freemail.example\"; write domains alone, in lower case, as in \"freemail.example\"";
        assert_eq!(policy.faults(), [fault]);
    }

    #[test]
    fn settings_that_contradict_each_other_are_named_with_their_cure() {
        let sane = Policy::default;
        let weighty = |one| vec![one];
        for (policy, key, other) in [
            (
                Policy {
                    admin_confirms: AdminConfirms::UnlessProven,
                    free_mail_domains: Vec::new(),
                    ..sane()
                },
                "admin_confirms",
                "free_mail_domains",
            ),
            (
                Policy { mails_per_hour_max: 10, mails_per_hour_to_one_max: 11, ..sane() },
                "mails_per_hour_to_one_max",
                "mails_per_hour_max",
            ),
            (
                Policy { secretariat_later_days: 90, secretariat_days: 90, ..sane() },
                "secretariat_later_days",
                "secretariat_days",
            ),
            (
                Policy { two_must_agree: weighty(Weighty::RoleAddress), role_names: Vec::new(), ..sane() },
                "two_must_agree",
                "role_names",
            ),
            (
                Policy {
                    two_must_agree: weighty(Weighty::FreeMail),
                    free_mail_domains: Vec::new(),
                    ..sane()
                },
                "two_must_agree",
                "free_mail_domains",
            ),
            (
                Policy {
                    two_must_agree: weighty(Weighty::NoPhone),
                    without_phone: WithoutPhone::Accept,
                    ..sane()
                },
                "two_must_agree",
                "without_phone",
            ),
            (
                Policy { two_must_agree: vec![Weighty::Unproven, Weighty::Unproven], ..sane() },
                "two_must_agree",
                "twice",
            ),
            (Policy { role_names: vec!["no-reply".to_owned()], ..sane() }, "role_names", "no-reply"),
        ] {
            let faults = policy.faults();
            let [fault] = faults.as_slice() else { panic!("{key}, {other}: {faults:?}") };
            assert!(fault.starts_with(&format!("policy.{key} ")) && fault.contains(other), "{fault}");
            assert!(fault.contains(';') || fault.contains("first"), "what to do: {fault}");
        }
    }

    #[test]
    fn a_contradiction_is_named_with_its_cure() {
        let policy = Policy { confirm_days: 5, ..Policy::default() };
        assert_eq!(policy.faults(), ["policy.remind_days go beyond confirm_days = 5; lower them"]);
        let policy = Policy { secretariat_days: 10, mails_per_hour_max: 10, ..Policy::default() };
        assert_eq!(
            policy.faults(),
            [
                "policy.mails_per_hour_to_one_max is more than mails_per_hour_max, which is reached first; lower it",
                "policy.secretariat_later_days is not below secretariat_days: what is put off would be closed first; lower it",
            ]
        );
        let policy = Policy { help_per_week_max: 20, objection_days: 0, ..Policy::default() };
        assert_eq!(
            policy.faults(),
            [
                "policy.objection_days is 0; set it to 1 or more",
                "policy.help_per_week_max is more than help_per_week_to_domain_max, which is reached first; lower it",
            ]
        );
    }
}
