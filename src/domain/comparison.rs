//! A register beside the store, ccTLD by ccTLD and person by person: what each says, and which of them the journal explains.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::address::Address;
use crate::domain::contact::Contact;
use crate::domain::import::is_same_name;
use crate::domain::list_plan::{ListStep, Plan};
use crate::domain::listed::{Decision, Listed};
use crate::domain::members::Member;
use crate::domain::reconciliation::{Difference, Newer, Standard};
use crate::domain::tld::Tld;
use crate::domain::whereabouts::Known;

/// How the list is called.
pub const THE_LIST: &str = "the mailing list";
/// What carries out the steps that the list lacks.
const APPLY: &str = "tldops roster apply";

/// Labels of a page that are no ccTLDs, of those that are shown.
const LABELS_SHOWN_MAX: usize = 20;

/// What the list differs in, by the steps that would make it right. `read` reads a member's name.
pub fn with_list(plan: &Plan, standard: &Standard<'_>, read: impl Fn(&Member) -> Listed) -> Vec<Difference> {
    let mut differences = Vec::new();
    let known = Known::of(standard);
    for step in plan.steps() {
        let found = match step {
            ListStep::Subscribe(member) => lacking(member, &known),
            ListStep::Unsubscribe(member) => beyond(member, &read(member), &known),
            ListStep::ChangeAddress { from, to } => moved(from, to, &known),
            ListStep::Rename { address, from, to } => renamed(address, (from.as_deref(), to), &known),
            ListStep::Deliver { address, .. } => undelivered(address, &step.to_string(), &known),
        };
        let mut first = Some(step.clone());
        for one in found {
            // A step that touches several ccTLDs is one step.
            differences.push(Difference { step: first.take(), ..one });
        }
    }
    differences
}

fn difference(tld: Option<&Tld>, person: String) -> Difference {
    Difference {
        tld: tld.cloned(),
        person: Some(person),
        side: THE_LIST.to_owned(),
        store: String::new(),
        other: String::new(),
        newer: Newer::Unknown,
        why: String::new(),
        mend: APPLY.to_owned(),
        step: None,
    }
}

fn lacking(member: &Member, known: &Known<'_>) -> Vec<Difference> {
    let found = known.contacts_of(&member.address).iter().map(|(tld, contact)| {
        let has = |contacts: &[Contact]| contacts.iter().any(|one| one.has(&member.address));
        Difference {
            store: contact.to_string(),
            other: "no member".to_owned(),
            newer: Newer::Store,
            why: known.standard.has_since(tld, has),
            mend: format!(
                "{APPLY}, unless he left the list himself: then ask him whether he stays a contact"
            ),
            ..difference(Some(tld), called(contact))
        }
    });
    found.collect()
}

fn beyond(member: &Member, listed: &Listed, known: &Known<'_>) -> Vec<Difference> {
    let standard = known.standard;
    let address = &member.address;
    let has = |contacts: &[Contact]| contacts.iter().any(|one| one.has(address));
    let person =
        listed.name.as_ref().map_or_else(|| address.to_string(), |name| format!("{name} <{address}>"));
    let named = || listed.places().iter().map(|(tld, _)| tld).collect();
    let tlds: BTreeSet<&Tld> = known.tlds_ever(address).cloned().unwrap_or_else(named);
    let one = |tld: Option<&Tld>| {
        let until = tld.and_then(|tld| standard.had_until(tld, has));
        let newer = if until.is_some() { Newer::Store } else { Newer::Unknown };
        let unknown = || "the store never had this address".to_owned();
        let ask = tld.map_or_else(
            || format!("find out who {address} is"),
            |tld| format!("{} whether {address} is a contact", standard.whom_to_ask(tld)),
        );
        let mend = match newer {
            Newer::Store => APPLY.to_owned(),
            Newer::Unknown => format!(
                "{ask}; if so, have it requested by mail, or `tldops roster import`; a liaison: tldops exempt add {address} --from \
                 no-cctld --until-ended --why \"…\"; nobody who should be there: {APPLY}"
            ),
        };
        Difference {
            store: "not listed".to_owned(),
            other: member.to_string(),
            newer,
            why: until.unwrap_or_else(unknown),
            mend,
            ..difference(tld, person.clone())
        }
    };
    if tlds.is_empty() { vec![one(None)] } else { tlds.into_iter().map(|tld| one(Some(tld))).collect() }
}

fn moved(from: &Address, to: &Member, known: &Known<'_>) -> Vec<Difference> {
    let found = known.contacts_of(&to.address).iter().map(|(tld, contact)| {
        let had = |contacts: &[Contact]| contacts.iter().any(|one| one.has(from));
        let until = known.standard.had_until(tld, had);
        let newer = if until.is_some() { Newer::Store } else { Newer::Unknown };
        let mend = match newer {
            Newer::Store => APPLY.to_owned(),
            Newer::Unknown => {
                format!(
                    "ask {} at both addresses which he reads; then {APPLY}, or a request from him",
                    contact.name
                )
            }
        };
        Difference {
            store: contact.to_string(),
            other: format!("the address {from}"),
            newer,
            why: until.unwrap_or_else(|| format!("the store never had {from} for {}", tld.for_people())),
            mend,
            ..difference(Some(tld), called(contact))
        }
    });
    found.collect()
}

fn renamed(address: &Address, (from, to): (Option<&str>, &str), known: &Known<'_>) -> Vec<Difference> {
    let standard = known.standard;
    let Some((tld, contact)) = known.contacts_of(address).first() else { return Vec::new() };
    let has = |contacts: &[Contact]| contacts.contains(contact);
    let changed = standard.past.since(tld, has).is_some_and(|_| {
        standard
            .past
            .until(tld, |contacts| contacts.iter().any(|one| one.has(address) && one != *contact))
            .is_some()
    });
    let why = if changed {
        standard.has_since(tld, has)
    } else {
        "the journal tells of no change of it".to_owned()
    };
    vec![Difference {
        store: format!("\"{to}\""),
        other: format!("\"{}\"", from.unwrap_or("a name that it does not tell")),
        newer: if changed { Newer::Store } else { Newer::Unknown },
        why,
        ..difference(Some(tld), called(contact))
    }]
}

fn undelivered(address: &Address, step: &str, known: &Known<'_>) -> Vec<Difference> {
    let Some((tld, contact)) = known.contacts_of(address).first() else { return Vec::new() };
    vec![Difference {
        store: step.to_owned(),
        other: "it does the contrary".to_owned(),
        why: "`secondary` of [list] says so".to_owned(),
        ..difference(Some(tld), called(contact))
    }]
}

/// What a file of persons differs in.
pub fn with_register(name: &str, people: &[Listed], standard: &Standard<'_>) -> Vec<Difference> {
    let mut by_tld: BTreeMap<&Tld, Vec<&Listed>> = BTreeMap::new();
    for person in people.iter().filter(|person| person.decision != Decision::Skip) {
        for (tld, _) in person.places() {
            by_tld.entry(tld).or_default().push(person);
        }
    }
    let tlds: BTreeSet<&Tld> =
        standard.roster.iter().map(|(tld, _)| tld).chain(by_tld.keys().copied()).collect();
    let mut differences = Vec::new();
    for tld in tlds {
        let there = by_tld.get(tld).map_or(&[][..], Vec::as_slice);
        differences.extend(Beside { name, tld, there, standard }.differences());
    }
    differences
}

/// One ccTLD of a register beside its entry.
struct Beside<'a> {
    name: &'a str,
    tld: &'a Tld,
    there: &'a [&'a Listed],
    standard: &'a Standard<'a>,
}

impl Beside<'_> {
    fn differences(&self) -> Vec<Difference> {
        let entry = self.standard.roster.contacts(self.tld);
        if self.there.is_empty() {
            return vec![self.without_all(entry)];
        }
        let mut left: Vec<&Listed> = self.there.to_vec();
        let mut found = Vec::new();
        for contact in entry {
            let by_address =
                left.iter().position(|one| one.email.as_ref().is_some_and(|email| contact.email == *email));
            let named = |one: &&Listed| {
                one.name.as_ref().is_some_and(|name| is_same_name(name, contact.name.as_str()))
            };
            let place = by_address.or_else(|| {
                left.iter()
                    .position(|one| one.email.as_ref().is_some_and(|email| contact.has(email)) || named(one))
            });
            match place {
                Some(place) => found.extend(self.of_both(contact, left.remove(place))),
                None => found.push(self.lacking(contact)),
            }
        }
        found.extend(left.into_iter().map(|one| self.beyond(one)));
        found
    }

    fn difference(&self, person: Option<String>, at: Option<&Listed>) -> Difference {
        Difference {
            person,
            side: at.map_or_else(|| self.name.to_owned(), |one| one.at.to_string()),
            ..difference(Some(self.tld), String::new())
        }
    }

    fn without_all(&self, entry: &[Contact]) -> Difference {
        let names: Vec<String> = entry.iter().map(ToString::to_string).collect();
        Difference {
            store: names.join("; "),
            other: "not listed".to_owned(),
            newer: Newer::Store,
            why: self.standard.has_since(self.tld, |contacts| !contacts.is_empty()),
            mend: format!("add {} to {}", self.tld.for_people(), self.name),
            ..self.difference(None, None)
        }
    }

    fn lacking(&self, contact: &Contact) -> Difference {
        Difference {
            store: contact.to_string(),
            other: "not listed".to_owned(),
            newer: Newer::Store,
            why: self
                .standard
                .has_since(self.tld, |contacts| contacts.iter().any(|one| one.has(&contact.email))),
            mend: format!("add him to {}", self.name),
            ..self.difference(Some(called(contact)), None)
        }
    }

    fn beyond(&self, one: &Listed) -> Difference {
        let same = |contact: &Contact| {
            one.email.as_ref().is_some_and(|email| contact.has(email))
                || one.name.as_ref().is_some_and(|name| is_same_name(name, contact.name.as_str()))
        };
        let until = self.standard.had_until(self.tld, |contacts| contacts.iter().any(same));
        let newer = if until.is_some() { Newer::Store } else { Newer::Unknown };
        let mend = match newer {
            Newer::Store => format!("take him out of {}", one.at),
            Newer::Unknown => format!(
                "{} whether this is a contact; if so, have it requested by mail, or `tldops roster import`; else take him out of {}",
                self.standard.whom_to_ask(self.tld),
                one.at
            ),
        };
        Difference {
            store: "not listed".to_owned(),
            other: one.written.clone(),
            newer,
            why: until.unwrap_or_else(|| "the store never had this person for it".to_owned()),
            mend,
            ..self.difference(Some(one.called()), Some(one))
        }
    }

    /// The details in which both differ, as far as the register tells them.
    fn of_both(&self, contact: &Contact, one: &Listed) -> Option<Difference> {
        let rank = one.places().iter().find(|(tld, _)| tld == self.tld).and_then(|(_, rank)| *rank);
        let parts = |contact: &Contact| -> Vec<(String, String)> {
            let mut parts = Vec::new();
            let mut part = |what: &str, ours: Option<String>, theirs: Option<String>| {
                if let Some(theirs) = theirs.filter(|theirs| Some(theirs) != ours.as_ref()) {
                    parts.push((
                        format!("{what} {}", ours.unwrap_or_else(|| "none".to_owned())),
                        format!("{what} {theirs}"),
                    ));
                }
            };
            let name = one.name.as_ref().filter(|name| !is_same_name(name, contact.name.as_str()));
            part("name", Some(contact.name.to_string()), name.cloned());
            part("address", Some(contact.email.lower()), one.email.as_ref().map(Address::lower));
            let second = contact.secondary_email.as_ref().map(Address::lower);
            part("second address", second, one.second.as_ref().map(Address::lower));
            part(
                "phone",
                contact.phone.as_ref().map(ToString::to_string),
                one.phone.as_ref().map(ToString::to_string),
            );
            part("place", Some(contact.rank.to_string()), rank.map(|rank| rank.to_string()));
            parts
        };
        let differing = parts(contact);
        if differing.is_empty() {
            return None;
        }
        let (ours, theirs): (Vec<String>, Vec<String>) = differing.into_iter().unzip();
        let was = |contacts: &[Contact]| {
            contacts.iter().any(|former| former.email == contact.email && parts(former).is_empty())
        };
        let until = self.standard.had_until(self.tld, was);
        let newer = if until.is_some() { Newer::Store } else { Newer::Unknown };
        let mend = match newer {
            Newer::Store => format!("correct {}", one.at),
            Newer::Unknown => format!(
                "ask {} which is right; then correct {}, or have the change requested by mail",
                contact.email, one.at
            ),
        };
        Some(Difference {
            store: ours.join(", "),
            other: theirs.join(", "),
            newer,
            why: until.unwrap_or_else(|| "the store never had what stands there".to_owned()),
            mend,
            ..self.difference(Some(called(contact)), Some(one))
        })
    }
}

/// What a page of members differs in.
pub fn with_page(name: &str, members: &BTreeSet<Tld>, standard: &Standard<'_>) -> Vec<Difference> {
    let ours: BTreeSet<&Tld> = standard.roster.iter().map(|(tld, _)| tld).collect();
    let all: BTreeSet<&Tld> = ours.iter().copied().chain(members).collect();
    let differ = all.into_iter().filter(|tld| ours.contains(tld) != members.contains(*tld));
    let found = differ.map(|tld| {
        let has = |contacts: &[Contact]| !contacts.is_empty();
        let base = Difference {
            person: None,
            side: format!("the page {name}"),
            ..difference(Some(tld), String::new())
        };
        if ours.contains(tld) {
            return Difference {
                store: "a member".to_owned(),
                other: "not listed".to_owned(),
                newer: Newer::Store,
                why: standard.has_since(tld, has),
                mend: "make the page anew".to_owned(),
                ..base
            };
        }
        let until = standard.had_until(tld, has);
        let newer = if until.is_some() { Newer::Store } else { Newer::Unknown };
        let mend = match newer {
            Newer::Store => "make the page anew".to_owned(),
            Newer::Unknown => {
                format!("take it off the page, or {} who its contacts are", standard.whom_to_ask(tld))
            }
        };
        Difference {
            store: "no member".to_owned(),
            other: "listed as a member".to_owned(),
            newer,
            why: until.unwrap_or_else(|| "the store never had contacts of it".to_owned()),
            mend,
            ..base
        }
    });
    found.collect()
}

/// What a page lists that is no ccTLD; none where all are.
pub fn unknown_on_page(name: &str, labels: &BTreeSet<String>) -> Option<Difference> {
    let shown: Vec<String> = labels.iter().take(LABELS_SHOWN_MAX).map(|label| format!(".{label}")).collect();
    let more = match labels.len() - shown.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    (!shown.is_empty()).then(|| Difference {
        person: None,
        side: format!("the page {name}"),
        store: "no such ccTLD is known".to_owned(),
        other: format!("lists {}{more}", shown.join(", ")),
        why: "the built-in list and IANA's records have none of that name".to_owned(),
        mend: "correct the page; a ccTLD that is new is known once IANA's records were read (tldops iana refresh)"
            .to_owned(),
        ..difference(None, String::new())
    })
}

fn called(contact: &Contact) -> String {
    format!("{} <{}>", contact.name, contact.email)
}
