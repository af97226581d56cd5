//! What a mailing list lacks, step by step, and the permission to change it: no further than was approved.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::domain::address::Address;
use crate::domain::contact::Roster;
use crate::domain::event::Approved;
use crate::domain::members::{Delivery, Member, Secondary, members_of};

/// What is to be done with one member.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum ListStep {
    /// He is put on the list.
    Subscribe(Member),
    /// He gets another address; whatever else he has set on the list stays, where the list can do that.
    ChangeAddress {
        /// The one that he has.
        from: Address,
        /// What he becomes.
        to: Member,
    },
    /// He gets another name.
    Rename {
        /// His address.
        address: Address,
        /// The name that he has, where the list tells it.
        from: Option<String>,
        /// The name that he gets.
        to: String,
    },
    /// The list's mails go to him, or do not any more.
    Deliver {
        /// His address.
        address: Address,
        /// Which.
        delivery: Delivery,
    },
    /// He is taken off the list.
    Unsubscribe(Member),
}

impl fmt::Display for ListStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Subscribe(member) => write!(f, "subscribe {member}"),
            Self::ChangeAddress { from, to } => write!(f, "change the address {from} to {to}"),
            Self::Rename { address, from, to } => {
                write!(f, "rename {address} to \"{to}\"")?;
                from.as_ref().map_or(Ok(()), |from| write!(f, " (was \"{from}\")"))
            }
            Self::Deliver { address, delivery: Delivery::On } => write!(f, "deliver mails to {address}"),
            Self::Deliver { address, delivery: Delivery::Off } => write!(f, "stop delivery to {address}"),
            Self::Unsubscribe(member) => write!(f, "unsubscribe {member}"),
        }
    }
}

/// All that is to be done, in order: who comes first, who goes last.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Plan {
    steps: Vec<ListStep>,
}

/// Which members a plan may touch.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Scope {
    /// These alone.
    Only(BTreeSet<Address>),
    /// All but these.
    AllBut(BTreeSet<Address>),
}

impl Scope {
    /// Whether this member may be touched.
    pub fn has(&self, address: &Address) -> bool {
        match self {
            Self::Only(addresses) => addresses.contains(address),
            Self::AllBut(addresses) => !addresses.contains(address),
        }
    }
}

impl Plan {
    /// What makes a list that has the members `now` have those that are wanted, as far as the scope reaches. A name that
    /// the list cannot tell is taken for right.
    ///
    /// Where one goes and one of the same name comes, it is one person with another address.
    pub fn new(now: &[Member], wanted: &[Member], scope: &Scope) -> Self {
        let have: BTreeSet<&Address> = now.iter().map(|one| &one.address).collect();
        let want: BTreeMap<&Address, &Member> = wanted.iter().map(|one| (&one.address, one)).collect();
        let mut leaving: Vec<&Member> =
            now.iter().filter(|one| scope.has(&one.address) && !want.contains_key(&one.address)).collect();
        let mut coming: Vec<&Member> =
            wanted.iter().filter(|one| scope.has(&one.address) && !have.contains(&one.address)).collect();
        let (mut come, mut go): (BTreeMap<&str, usize>, BTreeMap<&str, Vec<&Member>>) = Default::default();
        for name in wanted.iter().filter(|one| !have.contains(&one.address)).filter_map(person) {
            *come.entry(name).or_default() += 1;
        }
        for one in &leaving {
            go.entry(person(one).unwrap_or_default()).or_default().push(one);
        }
        let (mut moving, mut moved) = (Vec::new(), BTreeSet::new());
        coming.retain(|to| {
            let Some(name) = person(to) else { return true };
            let Some([from]) = go.get(name).map(Vec::as_slice) else { return true };
            let alone = come.get(name) == Some(&1);
            if alone {
                moved.insert(&from.address);
                moving.push(ListStep::ChangeAddress { from: from.address.clone(), to: (*to).clone() });
            }
            !alone
        });
        leaving.retain(|one| !moved.contains(&one.address));
        let mut steps: Vec<ListStep> = coming.into_iter().cloned().map(ListStep::Subscribe).collect();
        steps.append(&mut moving);
        for have in now.iter().filter(|one| scope.has(&one.address)) {
            if let Some(want) = want.get(&have.address) {
                steps.extend(amended(have, want));
            }
        }
        steps.extend(leaving.into_iter().cloned().map(ListStep::Unsubscribe));
        Self { steps }
    }

    /// Its steps.
    pub fn steps(&self) -> &[ListStep] {
        &self.steps
    }

    /// Whether nothing is to be done.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// The members that it touches, as they are and as they become.
    pub fn addresses(&self) -> BTreeSet<Address> {
        let of = |step: &ListStep| match step {
            ListStep::Subscribe(member) | ListStep::Unsubscribe(member) => vec![member.address.clone()],
            ListStep::ChangeAddress { from, to } => vec![from.clone(), to.address.clone()],
            ListStep::Rename { address, .. } | ListStep::Deliver { address, .. } => vec![address.clone()],
        };
        self.steps.iter().flat_map(of).collect()
    }

    /// How many members it takes off the list.
    pub fn removals(&self) -> usize {
        self.steps.iter().filter(|step| matches!(step, ListStep::Unsubscribe(_))).count()
    }
}

/// What a member who stays lacks.
fn amended(have: &Member, want: &Member) -> impl Iterator<Item = ListStep> {
    let address = || have.address.clone();
    let renamed = match (&have.name, &want.name) {
        (Some(from), Some(to)) if from != to => {
            Some(ListStep::Rename { address: address(), from: Some(from.clone()), to: to.clone() })
        }
        (Some(_) | None, Some(_) | None) => None,
    };
    let delivery = want.delivery;
    let delivered = (have.delivery != delivery).then(|| ListStep::Deliver { address: address(), delivery });
    renamed.into_iter().chain(delivered)
}

/// The part of a member's name that is the person's own.
fn person(member: &Member) -> Option<&str> {
    let name = member.name.as_deref()?.split(',').next()?.trim();
    (!name.is_empty()).then_some(name)
}

/// What an approved change is for a list: the members as they should be, and those that it may touch.
#[derive(Clone, Debug)]
pub struct ListChange {
    scope: Scope,
    before: Vec<Member>,
    wanted: Vec<Member>,
}

impl ListChange {
    /// The change of a roster as it is now. A second address that is only shown is nobody's to touch: who put it on the
    /// list, did so by hand.
    pub fn new(approved: &Approved, roster: &Roster, secondary: Secondary) -> Self {
        let mut after = roster.clone();
        let mut touched = BTreeSet::new();
        for change in approved.changes() {
            for contact in change.before.iter().chain(&change.after) {
                let second = contact.secondary_email.iter().filter(|_| secondary != Secondary::Shown);
                touched.extend(std::iter::once(&contact.email).chain(second).cloned());
            }
            after.set(change.tld.clone(), change.after.clone());
        }
        Self {
            scope: Scope::Only(touched),
            before: members_of(roster, secondary),
            wanted: members_of(&after, secondary),
        }
    }

    /// The members that it may touch.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// What is to be done on a list with these members; none where it cannot be read. What it cannot tell is as the roster
    /// had it.
    pub fn permitted(&self, listed: Option<&[Member]>) -> Permitted {
        let named = |member: &Member| {
            let before = || self.before.iter().find(|one| one.address == member.address)?.name.clone();
            Member { name: member.name.clone().or_else(before), ..member.clone() }
        };
        let now: Vec<Member> = listed.unwrap_or(&self.before).iter().map(named).collect();
        let plan = Plan::new(&now, &self.wanted, &self.scope);
        Permitted { plan, wanted: self.wanted.clone() }
    }

    /// What a list with these members still lacks, as far as it can tell.
    pub fn left(&self, listed: &[Member]) -> Plan {
        Plan::new(listed, &self.wanted, &self.scope)
    }
}

/// A plan that may be carried out: it comes from an approved change, or an operator has seen it and wants it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Permitted {
    plan: Plan,
    wanted: Vec<Member>,
}

impl Permitted {
    /// An operator at the shell was shown this plan and wants it, so that the list has these members.
    pub fn by_operator(plan: Plan, wanted: Vec<Member>) -> Self {
        Self { plan, wanted }
    }

    /// What is to be done.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// All members that the list should have in the end.
    pub fn wanted(&self) -> &[Member] {
        &self.wanted
    }
}

/// What is set about the list, whichever it is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ListPolicy {
    /// What becomes of second addresses.
    pub secondary: Secondary,
    /// How many members one change may take off the list; one that would take more off goes to a person.
    pub removals_max: usize,
    /// Members that are no contacts, such as liaisons: nothing is ever done with them.
    pub also_members: BTreeSet<Address>,
}

/// The three contacts of a ccTLD that leaves, each with two addresses.
pub const REMOVALS_MAX: usize = 6;

impl Default for ListPolicy {
    fn default() -> Self {
        Self { secondary: Secondary::default(), removals_max: REMOVALS_MAX, also_members: BTreeSet::new() }
    }
}
