//! The whole procedure as data: who asks for what, with which proof, who must confirm it, who is told, what a person decides.
//!
//! PROCEDURE.md beside this file is the same as tables, and a test compares them.

use crate::domain::address::Address;
use crate::domain::authority::{Need, need_of};
use crate::domain::case::Role;
use crate::domain::contact::Contact;
use crate::domain::evidence::{Proof, Signed, Verdict};
use crate::domain::plan::EntryChange;
use crate::domain::policy::{AdminConfirms, Policy};

/// What can be asked for.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Deed {
    /// Somebody becomes a contact.
    Subscribe,
    /// Somebody becomes a contact, and somebody is one no more.
    Replace,
    /// A contact who stays gets another name, number or first address.
    ChangeDetails,
    /// A contact who stays gets another place.
    SwapRanks,
    /// Somebody is a contact no more.
    RemoveOne,
    /// Nobody is a contact any more.
    RemoveTld,
    /// An address that was not his becomes somebody's second one.
    AddSecond,
    /// A contact who stays has his second address no more.
    DropSecond,
}

impl Deed {
    /// All of them, as the table has them.
    pub const ALL: [Self; 8] = [
        Self::Subscribe,
        Self::Replace,
        Self::ChangeDetails,
        Self::SwapRanks,
        Self::RemoveOne,
        Self::RemoveTld,
        Self::AddSecond,
        Self::DropSecond,
    ];

    /// What a change amounts to. It can be several at once: then whoever any of them needs must agree.
    pub fn of(change: &EntryChange) -> Vec<Self> {
        if change.after.is_empty() && !change.before.is_empty() {
            return vec![Self::RemoveTld];
        }
        let pairs = staying(change);
        let comes = change.after.iter().any(|new| !pairs.iter().any(|(_, stays)| *stays == new));
        let goes = change.before.iter().any(|old| !pairs.iter().any(|(stays, _)| *stays == old));
        let details = |old: &Contact, new: &Contact| {
            (&old.name, &old.email, &old.phone) != (&new.name, &new.email, &new.phone)
        };
        let drops = |old: &Contact, new: &Contact| {
            let second = old.secondary_email.as_ref();
            second.is_some_and(|second| !new.has(second)) && new.secondary_email.is_none()
        };
        let found = [
            (comes && !goes, Self::Subscribe),
            (comes && goes, Self::Replace),
            (pairs.iter().any(|(old, new)| details(old, new)), Self::ChangeDetails),
            (pairs.iter().any(|(old, new)| old.rank != new.rank), Self::SwapRanks),
            (goes && !comes, Self::RemoveOne),
            (new_seconds(change).next().is_some(), Self::AddSecond),
            (pairs.iter().any(|(old, new)| drops(old, new)), Self::DropSecond),
        ];
        found.into_iter().filter_map(|(is, deed)| is.then_some(deed)).collect()
    }

    /// The same in words for the table.
    pub fn words(self) -> &'static str {
        match self {
            Self::Subscribe => "subscribe a contact",
            Self::Replace => "replace a contact",
            Self::ChangeDetails => "change details",
            Self::SwapRanks => "swap ranks",
            Self::RemoveOne => "remove one contact",
            Self::RemoveTld => "remove the ccTLD",
            Self::AddSecond => "add a second address",
            Self::DropSecond => "drop a second address",
        }
    }

    /// What of it only a person lets pass, whoever asks.
    fn waits(self) -> Vec<Waits> {
        match self {
            Self::Subscribe | Self::Replace => {
                vec![Waits::TooMany, Waits::RoleAddress, Waits::FreeMail, Waits::NoPhone]
            }
            Self::ChangeDetails => vec![Waits::RoleAddress, Waits::FreeMail],
            Self::AddSecond => vec![Waits::RoleAddress],
            Self::RemoveTld => vec![Waits::NoneLeft],
            Self::SwapRanks | Self::RemoveOne | Self::DropSecond => Vec::new(),
        }
    }

    /// Who hears of it once it is made.
    fn told(self) -> Vec<Told> {
        let leaves = match self {
            Self::Replace | Self::ChangeDetails | Self::RemoveOne | Self::RemoveTld => true,
            Self::Subscribe | Self::SwapRanks | Self::AddSecond | Self::DropSecond => false,
        };
        Told::ALL.into_iter().filter(|one| leaves || *one != Told::WhoLeaves).collect()
    }

    /// Whether somebody may get an address by it at which he has not been known.
    fn brings(self) -> (bool, bool) {
        match self {
            Self::Subscribe | Self::Replace => (true, true),
            Self::ChangeDetails => (true, false),
            Self::AddSecond => (false, true),
            Self::SwapRanks | Self::RemoveOne | Self::RemoveTld | Self::DropSecond => (false, false),
        }
    }
}

/// Who stays, as he was and as he becomes: known by his first address, or by his name where that address gives way.
fn staying(change: &EntryChange) -> Vec<(&Contact, &Contact)> {
    let same = |old: &Contact, new: &Contact| {
        let given_up = !change.after.iter().any(|one| one.email == old.email);
        let fresh = !change.before.iter().any(|one| one.email == new.email);
        old.email == new.email || (given_up && fresh && old.name == new.name)
    };
    let mut pairs: Vec<(&Contact, &Contact)> = Vec::new();
    for old in &change.before {
        let taken = |new: &&Contact| pairs.iter().any(|(_, other)| other == new);
        if let Some(new) = change.after.iter().find(|new| same(old, new) && !taken(new)) {
            pairs.push((old, new));
        }
    }
    pairs
}

/// The contacts with a second address that was none of theirs: it proves itself before it is shown to anybody, and before
/// the list lets anybody write from it.
pub fn new_seconds(change: &EntryChange) -> impl Iterator<Item = (&Contact, &Address)> {
    let pairs = staying(change);
    let seconds = change.after.iter().filter_map(|new| Some((new, new.secondary_email.as_ref()?)));
    seconds.filter(move |(new, second)| !pairs.iter().any(|(old, stays)| stays == new && old.has(second)))
}

/// Whose matter a change is, seen from somebody who asks for it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Whose {
    /// Nothing but his own: his number, his addresses, or that he leaves.
    HisOwn,
    /// Somebody else's as well, or what is not his alone to say: his place, or his name, since under another name he would
    /// be another person.
    Others,
}

impl Whose {
    /// Whose matter it is for a contact with this address.
    pub fn of(change: &EntryChange, asker: &Address) -> Self {
        let mut own = change.before.iter().filter(|contact| contact.has(asker));
        let (Some(himself), None) = (own.next(), own.next()) else { return Self::Others };
        let others = |contacts: &[Contact], one: Option<&Contact>| -> Vec<Contact> {
            contacts.iter().filter(|contact| Some(*contact) != one).cloned().collect()
        };
        let becomes = staying(change).into_iter().find(|(old, _)| *old == himself).map(|(_, new)| new);
        let alone = others(&change.before, Some(himself)) == others(&change.after, becomes);
        let same = becomes.is_none_or(|new| new.name == himself.name && new.rank == himself.rank);
        if alone && same { Self::HisOwn } else { Self::Others }
    }
}

/// What was proven of a mail, as far as the procedure tells one from another.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Proven {
    /// A signature that holds, of the domain of who is said to have written it.
    Authenticated,
    /// No signature, or none but the word of one's own border server.
    Unsigned,
    /// A signature that does not hold, or not for this sender.
    Failed,
    /// An answer of the DNS is missing.
    Temporary,
}

impl Proven {
    /// All of them, as the table has them.
    pub const ALL: [Self; 4] = [Self::Authenticated, Self::Unsigned, Self::Failed, Self::Temporary];

    /// What a proof comes to.
    pub fn of(proof: &Proof) -> Self {
        match (proof.verdict, proof.signed) {
            (Verdict::Authenticated, _) => Self::Authenticated,
            (Verdict::TemporaryFailure, _) => Self::Temporary,
            (Verdict::NotAuthenticated, Signed::Not | Signed::ByGateway) => Self::Unsigned,
            (Verdict::NotAuthenticated, Signed::Badly | Signed::Well) => Self::Failed,
        }
    }
}

/// What becomes of a mail at first.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// Those who must agree are asked.
    GoesOn,
    /// A person looks at it before anybody is asked.
    Held,
    /// It is judged again while the DNS is asked again; once that took too long, a person looks at it.
    AskedLater,
    /// Its sender is told how to ask, once a week.
    Help,
    /// Nothing, and nobody gets an answer.
    Nothing,
}

/// Who must confirm, each by the token of a mail to the address that it is about.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Who {
    /// The admin contact at the address that IANA publishes, or who decides in his place by policy.
    Office,
    /// Whoever asks, at the first address that he is listed with.
    Himself,
    /// Everybody at a first address that is new to the ccTLD.
    NewAddress,
    /// Everybody at a second address that is new to the ccTLD.
    NewSecond,
}

/// Who hears of a change once it is made.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Told {
    /// The admin contact of each ccTLD.
    Admin,
    /// Everybody who is a contact now.
    Contacts,
    /// Whoever is a contact no more, and an address that gave way to another.
    WhoLeaves,
    /// Who asked, where we may write to him.
    Sender,
}

impl Told {
    /// All of them, in the order in which they are written to.
    const ALL: [Self; 4] = [Self::Admin, Self::Contacts, Self::WhoLeaves, Self::Sender];
}

/// What only a person lets pass.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Waits {
    /// The mail claims an authority that its proof does not bear out.
    Unproven,
    /// A contact asks for more than his own details.
    NotHisOwn,
    /// A fourth contact.
    TooMany,
    /// A new address of a role.
    RoleAddress,
    /// A new first address at a provider for everybody.
    FreeMail,
    /// A new contact without a number.
    NoPhone,
    /// A ccTLD that would have no contact, once all have agreed.
    NoneLeft,
}

/// What follows from a request.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Procedure {
    /// What becomes of it at first.
    pub outcome: Outcome,
    /// Who must confirm it, in the order in which they are asked: the office first, then all others at once.
    pub confirm: Vec<Who>,
    /// Whether the request itself is the office's yes.
    pub waived: bool,
    /// Who hears of it once it is made.
    pub told: Vec<Told>,
    /// What of it only a person lets pass: at first where it is held, else where the change has it.
    pub waits: Vec<Waits>,
}

/// What follows where somebody asks for this with such a proof. The one truth about it: cases are opened by it, and the
/// documents' table is printed from it.
pub fn procedure(role: Role, (deed, whose): (Deed, Whose), proven: Proven, policy: &Policy) -> Procedure {
    let outcome = outcome(role, proven, policy);
    let own = role == Role::Contact && whose == Whose::HisOwn;
    let mut waits = Vec::new();
    let answered = matches!(outcome, Outcome::Help | Outcome::Nothing);
    if matches!(outcome, Outcome::Held | Outcome::AskedLater) {
        waits.push(Waits::Unproven);
    }
    if role == Role::Contact && !own {
        waits.push(Waits::NotHisOwn);
    }
    if answered {
        return Procedure {
            outcome,
            confirm: Vec::new(),
            waived: false,
            told: Vec::new(),
            waits: Vec::new(),
        };
    }
    let outcome = if outcome == Outcome::GoesOn && !waits.is_empty() { Outcome::Held } else { outcome };
    waits.extend(deed.waits());
    let (first, second) = deed.brings();
    // He who is listed says himself what his number is. That somebody leaves is the admin contact's to know beforehand.
    let leaves = matches!(deed, Deed::RemoveOne | Deed::RemoveTld);
    let alone = own && !leaves && proven == Proven::Authenticated;
    let confirm =
        [(!alone, Who::Office), (own, Who::Himself), (first, Who::NewAddress), (second, Who::NewSecond)];
    Procedure {
        outcome,
        confirm: confirm.into_iter().filter_map(|(must, who)| must.then_some(who)).collect(),
        waived: role == Role::Admin
            && proven == Proven::Authenticated
            && policy.admin_confirms == AdminConfirms::UnlessProven
            && deed != Deed::RemoveTld,
        told: deed.told(),
        waits,
    }
}

/// What follows from a whole change: who any of its deeds needs must agree, and what any of them waits for waits.
pub fn procedure_of(
    role: Role,
    change: &EntryChange,
    asker: &Address,
    proven: Proven,
    policy: &Policy,
) -> Procedure {
    let whose = Whose::of(change, asker);
    let mut all = Deed::of(change).into_iter().map(|deed| procedure(role, (deed, whose), proven, policy));
    // What changes nothing needs whom everything needs.
    let first = all.next().unwrap_or_else(|| procedure(role, (Deed::SwapRanks, whose), proven, policy));
    all.fold(first, Procedure::and)
}

impl Procedure {
    /// Both at once: the stricter of each.
    #[must_use]
    fn and(mut self, other: Self) -> Self {
        let order = [Who::Office, Who::Himself, Who::NewAddress, Who::NewSecond];
        let needed = |who: &Who| self.confirm.contains(who) || other.confirm.contains(who);
        self.confirm = order.into_iter().filter(needed).collect();
        for wait in other.waits {
            if !self.waits.contains(&wait) {
                self.waits.push(wait);
            }
        }
        let stricter = self.outcome == Outcome::GoesOn;
        Self {
            outcome: if stricter { other.outcome } else { self.outcome },
            waived: self.waived && other.waived,
            told: Told::ALL
                .into_iter()
                .filter(|one| self.told.contains(one) || other.told.contains(one))
                .collect(),
            ..self
        }
    }
}

/// What becomes of a mail at first, as far as its sender and its proof decide on that.
pub fn outcome(role: Role, proven: Proven, policy: &Policy) -> Outcome {
    match (need_of(role, policy), proven) {
        (Need::Never, Proven::Authenticated) => Outcome::Help,
        (_, Proven::Temporary) => Outcome::AskedLater,
        (Need::Never, Proven::Unsigned | Proven::Failed) => Outcome::Nothing,
        (Need::Proof | Need::NoForgery, Proven::Authenticated) | (Need::NoForgery, Proven::Unsigned) => {
            Outcome::GoesOn
        }
        (Need::Proof, Proven::Unsigned | Proven::Failed) | (Need::NoForgery, Proven::Failed) => Outcome::Held,
    }
}

#[cfg(test)]
mod tests {
    use super::{Deed, Outcome, Proven, Who, procedure_of};
    use crate::domain::case::Role;
    use crate::domain::contact::{Contact, Rank};
    use crate::domain::plan::EntryChange;
    use crate::domain::policy::Policy;
    use crate::domain::request::Action;
    use crate::domain::tests_sample::{JANE, ZOE, at, contact, entry, tld};

    fn change(after: Vec<Contact>) -> EntryChange {
        EntryChange { tld: tld("nl"), action: Action::Update, before: entry(), after }
    }

    /// Jane and Omar, of whom Jane is another one.
    fn jane(as_changed: impl FnOnce(&mut Contact)) -> EntryChange {
        let mut after = entry();
        as_changed(&mut after[0]);
        change(after)
    }

    #[track_caller]
    fn check(change: &EntryChange, want: &[Deed]) {
        assert_eq!(Deed::of(change), want, "{change:?}");
    }

    #[test]
    fn a_change_is_all_that_it_amounts_to() {
        let [one, two] = entry().try_into().unwrap();
        let zoe = contact(3, "Zoe Martin", ZOE);
        let second = |contact: &mut Contact| contact.secondary_email = Some(at("jane@other.example"));
        check(&change(vec![one.clone(), two.clone()]), &[]);
        check(&change(vec![one.clone(), two.clone(), zoe.clone()]), &[Deed::Subscribe]);
        check(&change(vec![one.clone(), zoe.clone()]), &[Deed::Replace]);
        check(&change(vec![one.clone()]), &[Deed::RemoveOne]);
        check(&change(Vec::new()), &[Deed::RemoveTld]);
        check(&jane(|jane| jane.phone = None), &[Deed::ChangeDetails]);
        check(&jane(|jane| jane.email = at("jane.doe@registry.example")), &[Deed::ChangeDetails]);
        check(&jane(|jane| jane.rank = Rank::try_from(3).unwrap()), &[Deed::SwapRanks]);
        check(&jane(second), &[Deed::AddSecond]);
        let dropped = EntryChange { before: jane(second).after, ..change(entry()) };
        check(&dropped, &[Deed::DropSecond]);
        // Another person at another address is no move, and the former second address in the first place no new one.
        let stranger = Contact { email: at("eve@registry.example"), ..contact(1, "Eve Stranger", JANE) };
        check(&change(vec![stranger, two.clone()]), &[Deed::Replace]);
        let changed = Contact { email: at("jane@other.example"), secondary_email: Some(at(JANE)), ..one };
        let turned = EntryChange { before: jane(second).after, ..change(vec![changed, two]) };
        check(&turned, &[Deed::ChangeDetails]);
        let mut all = jane(second);
        all.after[0].phone = None;
        all.after[1] = zoe;
        check(&all, &[Deed::Replace, Deed::ChangeDetails, Deed::AddSecond]);
    }

    #[test]
    fn of_several_deeds_the_strictest_governs() {
        let found = |change: &EntryChange| {
            procedure_of(Role::Contact, change, &at(JANE), Proven::Authenticated, &Policy::default())
        };
        let number = jane(|jane| jane.phone = None);
        assert_eq!(
            (found(&number).outcome, found(&number).confirm),
            (Outcome::GoesOn, vec![Who::Himself, Who::NewAddress])
        );
        // With somebody else in it nothing of it is hers alone.
        let mut more = number;
        more.after.push(contact(3, "Zoe Martin", ZOE));
        let want = vec![Who::Office, Who::NewAddress, Who::NewSecond];
        assert_eq!((found(&more).outcome, found(&more).confirm), (Outcome::Held, want));
    }
}
