//! Requests: from what a mail states to what it asks for, ccTLD by ccTLD, and what is missing.

use crate::domain::address::Address;
use crate::domain::cctlds::KnownTlds;
use crate::domain::contact::{PersonName, Phone, Rank, Roster};
use crate::domain::request::{Action, Change, Named, Request};
use crate::domain::tld::Tld;
use crate::domain::unclear::{About, Unclear};
use crate::reading::entry::{Entry, LineKind, Number, Role};
use crate::reading::phones;
use crate::reading::statement::Statement;

/// What a mail asks for, with what is missing and doubtful.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// The changes, one for each ccTLD.
    pub(super) requests: Vec<Request>,
    /// What new contacts still need.
    pub(super) missing: Vec<String>,
    /// Why a person must look.
    pub(super) doubts: Vec<Unclear>,
}

/// What is known besides the statement.
pub(super) struct Frame<'a> {
    /// The ccTLDs that are known.
    pub(super) known: &'a KnownTlds,
    /// The part of persons of whom the mail says nothing else.
    pub(super) default_role: Role,
    /// The ccTLDs of the request.
    pub(super) tlds: Vec<Tld>,
    /// Whether every earlier contact goes.
    pub(super) replace_all: bool,
    /// Whether every contact is to be removed.
    pub(super) remove_all: bool,
    /// Whether the mail says that a number or an address is what changes.
    pub(super) changes_a_value: bool,
    /// The kind of line that the mail wants listed, where it names several numbers of one person.
    pub(super) only_line: Option<LineKind>,
    /// The numbers of which the mail says that it is them that count.
    pub(super) picked: Vec<String>,
    /// The two places whose contacts exchange them.
    pub(super) swaps: Option<[Rank; 2]>,
    /// The contacts as they are.
    pub(super) roster: &'a Roster,
}

impl Frame<'_> {
    fn listed(&self, entry: &Entry) -> bool {
        let contacts = self.tlds.iter().flat_map(|tld| self.roster.contacts(tld));
        contacts.into_iter().any(|contact| {
            entry.emails.contains(&contact.email) || entry.name.as_deref() == Some(contact.name.as_str())
        })
    }

    /// Whether the roster has him.
    fn is_known(&self, entry: &Entry) -> bool {
        self.listed(entry)
    }

    /// Whether the roster has others for the ccTLD, and not him.
    fn is_known_new(&self, entry: &Entry) -> bool {
        self.tlds.iter().any(|tld| !self.roster.contacts(tld).is_empty()) && !self.listed(entry)
    }
}

/// Makes the requests.
pub(super) fn make(statement: &Statement, frame: &Frame<'_>) -> Asked {
    let mut asked = Asked::default();
    let entries = settle(statement, frame, &mut asked.doubts);
    let tlds: Vec<Option<Tld>> =
        if frame.tlds.is_empty() { vec![None] } else { frame.tlds.iter().cloned().map(Some).collect() };
    if frame.tlds.is_empty() {
        asked.missing.push("tld".to_owned());
    }
    for tld in tlds {
        let own = entries
            .iter()
            .filter(|entry| entry.tlds.is_empty() || tld.as_ref().is_none_or(|tld| entry.tlds.contains(tld)));
        let own: Vec<&Entry> = own.collect();
        if own.is_empty() && !entries.is_empty() {
            continue;
        }
        let contacts = contacts(&own, tld.as_ref(), frame, &mut asked);
        let action = action(&contacts, frame);
        asked.requests.push(Request {
            action,
            tld,
            contacts,
            replace_all: frame.replace_all,
            swaps: frame.swaps,
        });
    }
    if entries.is_empty() && !frame.remove_all && frame.swaps.is_none() {
        asked.missing.push("contacts".to_owned());
    }
    asked.missing.dedup();
    asked
}

/// Gives every entry its final part, and takes out those who only make room for another or stay.
fn settle(statement: &Statement, frame: &Frame<'_>, doubts: &mut Vec<Unclear>) -> Vec<Entry> {
    let mut entries = statement.entries.clone();
    let changes = entries.iter().any(|entry| matches!(entry.role, Role::New | Role::Old));
    let several = entries.len() > 1;
    let moves = |entry: &Entry| entry.role == Role::Change && entry.rank.is_some() && entry.phones.is_empty();
    let somebody_moves = entries.iter().any(moves);
    let somebody_stays = entries.iter().any(|entry| entry.role == Role::Keep);
    for entry in &mut entries {
        // `A becomes first and B second`: both are there already.
        if somebody_moves && entry.role == Role::Unsaid && entry.rank.is_some() && entry.phones.is_empty() {
            entry.role = Role::Change;
        }
        // A value in another's place is a change of one who is listed.
        let renumbered =
            entry.phones.iter().any(Number::is_former) && entry.phones.iter().any(|phone| !phone.former);
        let readdressed = entry.former_email.is_some() && !entry.emails.is_empty();
        if (renumbered || readdressed) && matches!(entry.role, Role::Unsaid | Role::Add) {
            entry.role = Role::Change;
            entry.value_changes = true;
        }
        // `And Bob Lee's number is +31 … now`, beside one who comes: he is there already. But `add these: Ann Bee, …, and Bob
        // Lee, +31 … (his mailbox is being set up)` adds both.
        let added = frame.default_role == Role::Add && !frame.changes_a_value;
        if entry.role == Role::Unsaid
            && several
            && !added
            && entry.value_changes
            && entry.name.is_some()
            && entry.emails.is_empty()
            && !entry.phones.is_empty()
        {
            entry.role = Role::Change;
        }
        if entry.role == Role::Unsaid {
            let contrary = frame.default_role == Role::Remove && changes;
            entry.role = if contrary { Role::Unsaid } else { frame.default_role };
        }
        if entry.role == Role::Unsaid {
            // `The mobile number of A (a@…) came to be +81 …`: it is his number that is spoken of, whatever is said of it.
            if entry.value_changes && is_complete(entry) && !frame.is_known_new(entry) {
                add(doubts, Unclear::with(About::NewOrChanged, [entry.called()]));
            }
            // `A becomes primary, B secondary`: who has a place and no number is there already.
            let placed = entry.rank.is_some() && entry.phones.is_empty() && several;
            entry.role = if placed { Role::Change } else { Role::Add };
            // `Ann Bee is at +31 … now. Bob Lee stays`: whoever is told beside him may be there as well.
            if somebody_stays && is_complete(entry) && !frame.is_known_new(entry) {
                add(doubts, Unclear::with(About::NewOrChanged, [entry.called()]));
            }
        }
        // Who is called changed and has everything, and no former value, may as well be new.
        let whole =
            is_complete(entry) && entry.former_email.is_none() && !entry.phones.iter().any(Number::is_former);
        if entry.role == Role::Change && whole && !frame.changes_a_value && !entry.value_changes {
            if frame.default_role == Role::Add || frame.replace_all || frame.is_known_new(entry) {
                entry.role = Role::Add;
            } else if !frame.is_known(entry) {
                add(doubts, Unclear::with(About::NewOrChanged, [entry.called()]));
            }
        }
    }
    entries.retain(|entry| entry.role != Role::Keep);
    let incoming = entries.iter().filter(|entry| matches!(entry.role, Role::New | Role::Add)).count();
    let outgoing = entries.iter().filter(|entry| entry.role == Role::Old).count();
    if outgoing > 0 && incoming == 0 {
        let old = entries.iter().filter(|entry| entry.role == Role::Old);
        doubts.push(Unclear::with(About::ByWhom, old.map(Entry::called)));
    }
    entries
}

fn is_complete(entry: &Entry) -> bool {
    entry.name.is_some() && !entry.emails.is_empty() && !entry.phones.is_empty()
}

fn contacts(entries: &[&Entry], tld: Option<&Tld>, frame: &Frame<'_>, asked: &mut Asked) -> Vec<Named> {
    let old: Vec<&&Entry> = entries.iter().filter(|entry| entry.role == Role::Old).collect();
    let new = entries.iter().filter(|entry| matches!(entry.role, Role::New | Role::Add)).count();
    let mut contacts = Vec::new();
    let mut replaced = old.iter();
    for entry in entries {
        let change = match entry.role {
            Role::Old if new == 1 && old.len() == 1 => continue,
            Role::Remove | Role::Old => Change::Remove,
            Role::Change => Change::Modify,
            Role::Unsaid | Role::Add | Role::New | Role::Keep => Change::Add,
        };
        let mut named = named(entry, change, tld, frame, asked);
        if change == Change::Add && new == 1 && old.len() == 1 {
            named.replaces = replaced.next().and_then(|old| identity(old));
        }
        if change == Change::Modify {
            let former = entry.former_email.as_ref().map(Address::lower);
            named.replaces = former.or_else(|| entry.former_name.clone());
        }
        if change == Change::Add {
            miss(&named, &mut asked.missing);
        }
        contacts.push(named);
    }
    contacts
}

fn identity(entry: &Entry) -> Option<String> {
    let address = entry.emails.first().or(entry.former_email.as_ref());
    address.map(Address::lower).or_else(|| entry.name.clone())
}

fn named(entry: &Entry, change: Change, tld: Option<&Tld>, frame: &Frame<'_>, asked: &mut Asked) -> Named {
    let name: Option<PersonName> = entry.name.as_deref().and_then(|name| name.parse().ok());
    let email = entry.emails.first().cloned();
    let email = if change == Change::Remove { email.or_else(|| entry.former_email.clone()) } else { email };
    let second = entry.second.clone().or_else(|| entry.emails.get(1).cloned());
    let phone = if change == Change::Remove { None } else { phone(entry, tld, frame, asked) };
    Named {
        change,
        name: name.map(String::from),
        email,
        secondary_email: if change == Change::Remove { None } else { second },
        phone,
        rank: if change == Change::Remove { None } else { entry.rank },
        replaces: None,
        drops: if change == Change::Modify { entry.drops.clone() } else { Vec::new() },
    }
}

/// A number as it is dialled from anywhere. A national one is read in the country of the ccTLD; where its person is for
/// ccTLDs of several countries, and it could be dialled in more than one, it is the first one's, and a doubt.
fn dialled(
    written: &str,
    entry: &Entry,
    tld: Option<&Tld>,
    frame: &Frame<'_>,
    asked: &mut Asked,
) -> Option<Phone> {
    let country = |tld: &Tld| frame.known.find(tld).and_then(|cctld| cctld.iso3166.clone());
    let all = if entry.tlds.is_empty() { &frame.tlds } else { &entry.tlds };
    let mut countries: Vec<Option<String>> = Vec::new();
    for country in all.iter().map(country) {
        if !countries.contains(&country) {
            countries.push(country);
        }
    }
    if countries.len() < 2 {
        return phones::read(written, tld.and_then(country).as_deref());
    }
    let mut read: Vec<Phone> = Vec::new();
    for phone in countries.iter().filter_map(|country| phones::read(written, country.as_deref())) {
        if !read.contains(&phone) {
            read.push(phone);
        }
    }
    if read.len() > 1 {
        add(&mut asked.doubts, Unclear::with(About::Country, [written.to_owned()]));
    }
    read.into_iter().next()
}

fn phone(entry: &Entry, tld: Option<&Tld>, frame: &Frame<'_>, asked: &mut Asked) -> Option<Phone> {
    let mut numbers: Vec<(LineKind, Phone)> = Vec::new();
    for number in entry.phones.iter().filter(|number| !number.former) {
        match dialled(&number.written, entry, tld, frame, asked) {
            Some(phone) if !numbers.iter().any(|(_, known)| *known == phone) => {
                numbers.push((number.line, phone));
            }
            _ => {}
        }
    }
    // What is missing of a new contact is asked for; a number that one who is there is to get would be lost.
    let unread = || entry.phones.iter().filter(|number| !number.former).map(|number| number.written.clone());
    if numbers.is_empty() && entry.role == Role::Change && unread().next().is_some() {
        add(&mut asked.doubts, Unclear::with(About::LooseNumber, unread()));
    }
    // `Only the mobile goes on the list.`
    let chosen: Vec<&Phone> = numbers
        .iter()
        .filter(|(line, _)| frame.only_line.is_some_and(|only| only == *line))
        .map(|(_, phone)| phone)
        .collect();
    if let ([only], true) = (chosen.as_slice(), numbers.len() > 1) {
        return Some((*only).clone());
    }
    let is_picked = |phone: &&(LineKind, Phone)| {
        let country = tld.and_then(|tld| frame.known.find(tld)).and_then(|cctld| cctld.iso3166.clone());
        frame.picked.iter().any(|picked| phones::read(picked, country.as_deref()).as_ref() == Some(&phone.1))
    };
    if let [(_, only)] = numbers.iter().filter(is_picked).collect::<Vec<_>>().as_slice() {
        return Some(only.clone());
    }
    // Who comes has had no number before: none of his can be a former one.
    let comes = matches!(entry.role, Role::Add | Role::New);
    let former = comes && entry.phones.iter().any(Number::is_former) && !numbers.is_empty();
    if numbers.len() > 1 || former {
        let written = entry
            .phones
            .iter()
            .filter(|number| former || !number.former)
            .map(|number| number.written.clone());
        add(&mut asked.doubts, Unclear::with(About::SeveralNumbers, written));
    }
    numbers.into_iter().next().map(|(_, phone)| phone)
}

fn add(doubts: &mut Vec<Unclear>, doubt: Unclear) {
    if !doubts.contains(&doubt) {
        doubts.push(doubt);
    }
}

fn miss(named: &Named, missing: &mut Vec<String>) {
    let who = named.email.as_ref().map(Address::lower).or_else(|| named.name.clone()).unwrap_or_default();
    let mut lack = |what: &str| {
        let entry = format!("{what}:{who}");
        if !missing.contains(&entry) {
            missing.push(entry);
        }
    };
    if named.name.is_none() {
        lack("name");
    }
    if named.email.is_none() {
        lack("email");
    }
    if named.phone.is_none() {
        lack("phone");
    }
}

/// Only new contacts is a subscription, only leaving ones a removal; anything else an update.
fn action(contacts: &[Named], frame: &Frame<'_>) -> Action {
    if frame.swaps.is_some() {
        return Action::Update;
    }
    if contacts.is_empty() {
        return match frame.default_role {
            Role::Remove => Action::Remove,
            Role::Change | Role::Old | Role::New => Action::Update,
            Role::Unsaid | Role::Add | Role::Keep => Action::Subscribe,
        };
    }
    if frame.replace_all {
        return Action::Update;
    }
    if contacts.iter().all(|contact| contact.change == Change::Remove) {
        Action::Remove
    } else if contacts.iter().all(|contact| contact.change == Change::Add && contact.replaces.is_none()) {
        Action::Subscribe
    } else {
        Action::Update
    }
}
