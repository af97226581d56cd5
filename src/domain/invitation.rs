//! Invitations: which missing ccTLDs are invited, at which pace, and who is left out.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::address::Address;
use crate::domain::contact::Roster;
use crate::domain::policy::days_after;
use crate::domain::remembered::Age;
use crate::domain::tld::Tld;

/// What may be set about invitations.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct InvitationPolicy {
    /// Invitations of one batch, where the command names no other number.
    pub batch: u16,
    /// Hours from one batch to the next, where the command names no others.
    pub pause_hours: u32,
    /// Invitations of one campaign in all, where the command names no other number.
    pub campaign_max: u32,
    /// Invitations that leave in a day at the most, whatever a command says.
    pub per_day_max: u16,
    /// Days after an invitation on which it is repeated, in rising order; none for never.
    pub follow_up_days: Vec<u16>,
    /// Days after which an invitation that nobody answered ends.
    pub answer_days: u16,
    /// Days from one invitation of an address to the next.
    pub again_days: u16,
}

impl Default for InvitationPolicy {
    fn default() -> Self {
        Self {
            batch: 10,
            pause_hours: 24,
            campaign_max: 100,
            per_day_max: 20,
            follow_up_days: vec![21, 60],
            answer_days: 90,
            again_days: 365,
        }
    }
}

impl InvitationPolicy {
    /// What is wrong with it, each with its cure.
    pub fn faults(&self) -> Vec<String> {
        let rises = self.follow_up_days.is_sorted_by(|a, b| a < b) && self.follow_up_days.first() != Some(&0);
        let beyond = self.follow_up_days.last().is_some_and(|last| *last >= self.answer_days);
        let found = [
            (self.batch == 0, "batch is 0, so that nobody would be invited; set it to 1 or more".to_owned()),
            (self.pause_hours == 0, "pause_hours is 0; set it to 1 or more".to_owned()),
            (self.campaign_max == 0, "campaign_max is 0, so that nobody would be invited; raise it".to_owned()),
            (self.per_day_max == 0, "per_day_max is 0, so that nobody would be invited; raise it".to_owned()),
            (self.answer_days == 0, "answer_days is 0; set it to 1 or more".to_owned()),
            (!rises, "follow_up_days must rise, from 1 on; write them as in [21, 60]".to_owned()),
            (beyond, format!("follow_up_days go beyond answer_days = {}; lower them", self.answer_days)),
            (
                self.again_days < self.answer_days,
                "again_days is below answer_days, so that somebody could be invited anew while he may still answer; raise it"
                    .to_owned(),
            ),
        ];
        let found = found.into_iter().filter(|(is, _)| *is);
        found.map(|(_, says)| format!("policy.invitations.{says}")).collect()
    }
}

/// A ccTLD that does not wish to join.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Decline {
    /// Which.
    pub tld: Tld,
    /// Who said so: its admin contact's address, or a person of the secretariat.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// In which words; empty once they were kept long enough.
    pub said: String,
}

/// An address that wants no invitation any more.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Unwilling {
    /// Which.
    pub address: Address,
    /// Since when.
    pub since: Timestamp,
    /// The ccTLDs that it was invited for then.
    pub tlds: Vec<Tld>,
}

/// Somebody who is to be invited: one mail, for all of his ccTLDs.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Invitee {
    /// The admin contact.
    pub to: Address,
    /// His ccTLDs, in the order of their A-labels.
    pub tlds: Vec<Tld>,
}

/// Why a ccTLD is not invited.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// It has contacts.
    Member,
    /// It does not wish to join.
    Declined(Timestamp),
    /// Its admin contact wants no such mails.
    Stopped,
    /// Mails to its admin contact come back.
    Unreachable,
    /// Its admin contact was invited not long ago.
    Invited(Timestamp),
    /// A request for it is open.
    Asks,
    /// IANA publishes no address of an admin contact.
    NoAdmin,
    /// IANA's record was not read yet or lately, or is in doubt.
    Unread,
    /// Its admin contact is an address of ours.
    Ours,
    /// Another ccTLD of the same admin contact must wait, and he gets one mail.
    WaitsForOther(Tld),
}

impl Why {
    /// Whether it may be otherwise in some days.
    pub fn passes(&self) -> bool {
        match self {
            Self::Asks | Self::Unread | Self::WaitsForOther(_) => true,
            Self::Member
            | Self::Declined(_)
            | Self::Stopped
            | Self::Unreachable
            | Self::Invited(_)
            | Self::NoAdmin
            | Self::Ours => false,
        }
    }

    /// For a person, behind the name of the ccTLD.
    pub fn words(&self) -> String {
        let day = |at: &Timestamp| at.strftime("%Y-%m-%d").to_string();
        match self {
            Self::Member => "is a member".to_owned(),
            Self::Declined(at) => format!("declined on {}", day(at)),
            Self::Stopped => "its admin contact wants no such mails (STOP)".to_owned(),
            Self::Unreachable => "its admin contact is unreachable".to_owned(),
            Self::Invited(at) => format!("its admin contact was invited on {}", day(at)),
            Self::Asks => "a request for it is open".to_owned(),
            Self::NoAdmin => "IANA publishes no address of an admin contact".to_owned(),
            Self::Unread => "IANA's record was not read yet or lately, or is in doubt".to_owned(),
            Self::Ours => "its admin contact is an address of ours".to_owned(),
            Self::WaitsForOther(tld) => {
                format!("waits with {}, which has the same admin contact", tld.for_people())
            }
        }
    }
}

/// Who is invited, and who is not.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct InvitationPlan {
    /// Those who are, in the order of their first ccTLDs.
    pub invite: Vec<Invitee>,
    /// Those who are not, in the order that was asked for.
    pub left_out: Vec<(Tld, Why)>,
}

/// What a plan rests on.
pub struct Ground<'a> {
    /// The members.
    pub roster: &'a Roster,
    /// The admin contacts, each with whether IANA's record is fresh enough to write to him.
    pub admins: &'a BTreeMap<Tld, (Address, Age)>,
    /// The ccTLDs whose record at IANA is known.
    pub read: &'a BTreeSet<Tld>,
    /// ccTLDs with an open request.
    pub busy: &'a BTreeSet<Tld>,
    /// Those that do not wish to join, with when they said so.
    pub declined: BTreeMap<Tld, Timestamp>,
    /// Admin contacts who want no questions about these ccTLDs.
    pub stopped: BTreeSet<(Tld, Address)>,
    /// Addresses that get no invitation, in lower case, and why.
    pub closed: BTreeMap<String, Why>,
    /// When an address, in lower case, was last invited.
    pub invited: BTreeMap<String, Timestamp>,
    /// Now.
    pub now: Timestamp,
    /// Days from one invitation to the next.
    pub again_days: u16,
}

impl Ground<'_> {
    /// Whom to write to for a ccTLD.
    fn admin_of(&self, tld: &Tld) -> Result<&Address, Why> {
        if !self.roster.contacts(tld).is_empty() {
            return Err(Why::Member);
        }
        if let Some(at) = self.declined.get(tld) {
            return Err(Why::Declined(*at));
        }
        let unknown = || if self.read.contains(tld) { Why::NoAdmin } else { Why::Unread };
        let (admin, age) = self.admins.get(tld).ok_or_else(unknown)?;
        if let Some(why) = self.closed.get(&admin.lower()) {
            return Err(why.clone());
        }
        if self.stopped.contains(&(tld.clone(), admin.clone())) {
            return Err(Why::Stopped);
        }
        let lately = |at: &&Timestamp| self.now < days_after(**at, self.again_days);
        if let Some(at) = self.invited.get(&admin.lower()).filter(lately) {
            return Err(Why::Invited(*at));
        }
        if self.busy.contains(tld) {
            return Err(Why::Asks);
        }
        match age {
            Age::Fresh => Ok(admin),
            Age::Old => Err(Why::Unread),
        }
    }
}

/// Who of these is invited now: each admin contact by one mail, once nothing stands in the way of any of his ccTLDs.
pub fn plan(tlds: &[Tld], ground: &Ground<'_>) -> InvitationPlan {
    let mut plan = InvitationPlan::default();
    let mut willing: Vec<(&Tld, &Address)> = Vec::new();
    let mut waiting: BTreeMap<String, &Tld> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for tld in tlds.iter().filter(|tld| seen.insert(*tld)) {
        match ground.admin_of(tld) {
            Ok(admin) => willing.push((tld, admin)),
            Err(why) => {
                if let Some((admin, _)) = ground.admins.get(tld).filter(|_| why.passes()) {
                    waiting.insert(admin.lower(), tld);
                }
                plan.left_out.push((tld.clone(), why));
            }
        }
    }
    let mut by_admin: BTreeMap<String, Invitee> = BTreeMap::new();
    for (tld, admin) in willing {
        if let Some(other) = waiting.get(&admin.lower()) {
            plan.left_out.push((tld.clone(), Why::WaitsForOther((*other).clone())));
            continue;
        }
        let new = || Invitee { to: admin.clone(), tlds: Vec::new() };
        by_admin.entry(admin.lower()).or_insert_with(new).tlds.push(tld.clone());
    }
    plan.invite = by_admin.into_values().collect();
    plan.invite.iter_mut().for_each(|invitee| invitee.tlds.sort());
    plan.invite.sort_by(|a, b| a.tlds.cmp(&b.tlds));
    plan
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use jiff::Timestamp;

    use super::{Address, Age, Ground, InvitationPlan, InvitationPolicy, Tld, Why, plan};
    use crate::domain::contact::Roster;
    use crate::domain::policy::days_after;

    fn tld(label: &str) -> Tld {
        label.parse().unwrap()
    }

    fn at(address: &str) -> Address {
        address.parse().unwrap()
    }

    fn now() -> Timestamp {
        "2026-11-02T09:00:00Z".parse().unwrap()
    }

    /// The plan for these ccTLDs with these admin contacts, once `more` has changed the ground.
    fn planned(admins: &[(&str, &str, Age)], more: impl FnOnce(&mut Ground<'_>)) -> InvitationPlan {
        let admins: BTreeMap<Tld, (Address, Age)> =
            admins.iter().map(|(label, admin, age)| (tld(label), (at(admin), *age))).collect();
        let (busy, read) =
            (BTreeSet::from([tld("ke")]), BTreeSet::from(["aw", "fr", "re", "nl", "ke"].map(tld)));
        let mut ground = Ground {
            roster: &Roster::default(),
            admins: &admins,
            read: &read,
            busy: &busy,
            declined: BTreeMap::new(),
            stopped: BTreeSet::new(),
            closed: BTreeMap::new(),
            invited: BTreeMap::new(),
            now: now(),
            again_days: 365,
        };
        more(&mut ground);
        plan(&["aw", "re", "fr", "ke", "nl", "fr"].map(tld), &ground)
    }

    fn invited(plan: &InvitationPlan) -> Vec<String> {
        let line = |tlds: &[Tld]| tlds.iter().map(Tld::as_str).collect::<Vec<_>>().join(" ");
        plan.invite.iter().map(|one| format!("{} {}", one.to, line(&one.tlds))).collect()
    }

    const ADMINS: [(&str, &str, Age); 4] = [
        ("fr", "admin@nic-fr.example", Age::Fresh),
        ("re", "Admin@nic-fr.example", Age::Fresh),
        ("nl", "admin@nic-nl.example", Age::Fresh),
        ("ke", "admin@nic-ke.example", Age::Fresh),
    ];

    #[test]
    fn one_mail_goes_to_an_admin_contact_of_several_and_what_is_in_the_way_is_named() {
        let plan = planned(&ADMINS, |_| {});
        assert_eq!(invited(&plan), ["Admin@nic-fr.example fr re", "admin@nic-nl.example nl"]);
        assert_eq!(plan.left_out, [(tld("aw"), Why::NoAdmin), (tld("ke"), Why::Asks)]);
        // What was never read says nothing, and is waited for.
        let plan = planned(&ADMINS, |ground| ground.read = &NOTHING_READ);
        assert!(plan.left_out.contains(&(tld("aw"), Why::Unread)), "{:?}", plan.left_out);
    }

    static NOTHING_READ: BTreeSet<Tld> = BTreeSet::new();

    #[test]
    fn nobody_is_written_to_who_declined_stopped_is_lost_or_was_invited_lately() {
        let check = |more: &dyn Fn(&mut Ground<'_>), want: &Why| {
            let plan = planned(&ADMINS, more);
            assert!(!invited(&plan).iter().any(|one| one.ends_with(" nl")), "{want:?}");
            assert!(plan.left_out.contains(&(tld("nl"), want.clone())), "{:?}", plan.left_out);
        };
        let (nl, lower) = (tld("nl"), "admin@nic-nl.example".to_owned());
        check(&|ground| ground.declined = BTreeMap::from([(nl.clone(), now())]), &Why::Declined(now()));
        let stopped = (nl.clone(), at("admin@nic-nl.example"));
        check(&|ground| ground.stopped = BTreeSet::from([stopped.clone()]), &Why::Stopped);
        for why in [Why::Unreachable, Why::Stopped, Why::Ours] {
            check(&|ground| ground.closed = BTreeMap::from([(lower.clone(), why.clone())]), &why);
        }
        check(&|ground| ground.invited = BTreeMap::from([(lower.clone(), now())]), &Why::Invited(now()));
        // After that time he may be invited again.
        let plan = planned(&ADMINS, |ground| {
            ground.invited.insert(lower.clone(), now());
            ground.now = days_after(now(), 365);
        });
        assert!(invited(&plan).contains(&"admin@nic-nl.example nl".to_owned()));
    }

    #[test]
    fn whoever_has_a_cctld_that_must_wait_waits_with_all_of_them() {
        let mut admins = ADMINS;
        admins[1].2 = Age::Old;
        let plan = planned(&admins, |_| {});
        assert_eq!(invited(&plan), ["admin@nic-nl.example nl"]);
        assert!(plan.left_out.contains(&(tld("re"), Why::Unread)));
        assert!(plan.left_out.contains(&(tld("fr"), Why::WaitsForOther(tld("re")))));
    }

    #[test]
    fn what_cannot_work_is_named_with_its_cure() {
        let sane = InvitationPolicy::default;
        assert_eq!(sane().faults(), Vec::<String>::new());
        for (policy, key) in [
            (InvitationPolicy { batch: 0, ..sane() }, "batch is 0"),
            (InvitationPolicy { pause_hours: 0, ..sane() }, "pause_hours is 0"),
            (InvitationPolicy { campaign_max: 0, ..sane() }, "campaign_max is 0"),
            (InvitationPolicy { per_day_max: 0, ..sane() }, "per_day_max is 0"),
            (InvitationPolicy { answer_days: 0, follow_up_days: Vec::new(), ..sane() }, "answer_days is 0"),
            (InvitationPolicy { follow_up_days: vec![9, 9], ..sane() }, "follow_up_days must rise"),
            (InvitationPolicy { follow_up_days: vec![90], ..sane() }, "follow_up_days go beyond"),
            (InvitationPolicy { again_days: 89, ..sane() }, "again_days is below"),
        ] {
            let faults = policy.faults();
            let [fault] = faults.as_slice() else { panic!("{key}: {faults:?}") };
            assert!(
                fault.starts_with(&format!("policy.invitations.{key}")) && fault.contains(';'),
                "{fault}"
            );
        }
    }
}
