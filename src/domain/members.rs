//! Whom a mailing list should have: one member an address, with a name that tells who he is for which ccTLDs.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::domain::address::Address;
use crate::domain::contact::{Contact, Phone, Rank, Roster};
use crate::domain::plain::on_one_line;
use crate::domain::tld::Tld;

/// Characters of a member's name at the most: what lists that are kept in `MySQL` keep of one.
const NAME_CHARS_MAX: usize = 255;
/// What stands for the ccTLDs that have no room in it.
const MORE: &str = ", …";

/// One member of the list.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Member {
    /// His address: what makes him one member.
    pub address: Address,
    /// The name beside it, on one line. None where the list cannot tell it for sure.
    pub name: Option<String>,
    /// Whether the list's mails go to it.
    pub delivery: Delivery,
}

/// Whether a list's mails go to a member.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// They do, as far as we have a say; he may have stopped them himself.
    On,
    /// They do not: he may only write to the list from there.
    Off,
}

/// What becomes of a contact's second address on the list.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Secondary {
    /// It is shown in the repository, and is no member.
    #[default]
    Shown,
    /// It is a member whom no mail goes to: he may write from there.
    NoDelivery,
    /// It is a member like the first one.
    Delivery,
}

/// Shown to people as on the list: `"John Doe, #1, .nl, +31 201234567" john@nic.example`.
impl fmt::Display for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(name) = &self.name {
            write!(f, "\"{name}\" ")?;
        }
        write!(f, "{}", self.address)?;
        if self.delivery == Delivery::Off { f.write_str(", without delivery") } else { Ok(()) }
    }
}

/// The members that a list should have, in the order of their addresses. Somebody who serves several ccTLDs is one
/// member, and so is an address that is the first one of a contact and the second one of another.
pub fn members_of(roster: &Roster, secondary: Secondary) -> Vec<Member> {
    let mut people: BTreeMap<&Address, Places<'_>> = BTreeMap::new();
    let mut others: BTreeMap<&Address, Places<'_>> = BTreeMap::new();
    for (tld, contacts) in roster.iter() {
        for contact in contacts {
            people.entry(&contact.email).or_default().push((contact.rank, tld, contact));
            if let Some(second) = &contact.secondary_email {
                others.entry(second).or_default().push((contact.rank, tld, contact));
            }
        }
    }
    let delivery = match secondary {
        Secondary::Shown => {
            others.clear();
            Delivery::Off
        }
        Secondary::NoDelivery => Delivery::Off,
        Secondary::Delivery => Delivery::On,
    };
    others.retain(|address, _| !people.contains_key(address));
    let named = |address: &Address, places: &mut Places<'_>, delivery| {
        let name = name_of(places);
        Member { address: address.clone(), name: Some(name), delivery }
    };
    let mut members: Vec<Member> =
        people.iter_mut().map(|(address, places)| named(address, places, Delivery::On)).collect();
    members.extend(others.iter_mut().map(|(address, places)| named(address, places, delivery)));
    members.sort_by(|one, other| one.address.cmp(&other.address));
    members
}

/// The places of one person: his rank, for which ccTLD, with which details.
type Places<'a> = Vec<(Rank, &'a Tld, &'a Contact)>;

/// `John Doe, #1, .nl, +31 201234567`, as the contact repository has it; of one who serves several ccTLDs
/// `John Doe, #1, .be, .nl, #2, .lu, +31 201234567`. His first place gives the name and, where it has one, the number.
fn name_of(places: &mut Places<'_>) -> String {
    places.sort_by_key(|(rank, tld, _)| (*rank, *tld));
    let who = places.first().map(|(_, _, contact)| plain(contact.name.as_str())).unwrap_or_default();
    let phone = places.iter().find_map(|(_, _, contact)| contact.phone.as_ref()).map(spaced);
    let end = phone.map_or_else(String::new, |phone| format!(", {phone}"));
    let mut words: Vec<String> = Vec::new();
    let mut ranks = BTreeSet::new();
    for (rank, tld, _) in places.iter() {
        let new = ranks.insert(*rank);
        words.push(if new {
            format!(", {rank}, .{}", tld.unicode())
        } else {
            format!(", .{}", tld.unicode())
        });
    }
    let chars = |text: &str| text.chars().count();
    let whole = chars(&who) + words.iter().map(|word| chars(word)).sum::<usize>() + chars(&end);
    let room = NAME_CHARS_MAX.saturating_sub(chars(&who) + chars(&end));
    let room = if whole > NAME_CHARS_MAX { room.saturating_sub(chars(MORE)) } else { room };
    let mut taken = 0;
    let fitting = |word: &&String| {
        taken += chars(word);
        taken <= room
    };
    let fits: Vec<&String> = words.iter().take_while(fitting).collect();
    let more = if fits.len() < words.len() { MORE } else { "" };
    format!("{who}{}{more}{end}", fits.into_iter().map(String::as_str).collect::<String>())
}

/// A name without what would end it, or begin an address, in a list of members: commas part its fields.
pub(in crate::domain) fn plain(name: &str) -> String {
    let parting = |c: char| if matches!(c, ',' | ';' | '"' | '\\' | '<' | '>' | '@') { ' ' } else { c };
    on_one_line(&name.chars().map(parting).collect::<String>())
}

/// `+31 201234567`: the country's code stands apart.
pub fn spaced(phone: &Phone) -> String {
    let digits = phone.as_str().trim_start_matches('+');
    let (code, number) = digits.split_at_checked(code_digits(digits)).unwrap_or((digits, ""));
    format!("+{code} {number}").trim_end().to_owned()
}

/// How many digits a country's code has: told by the first two (ITU-T E.164, annex D).
fn code_digits(digits: &str) -> usize {
    let two = digits.get(..2).and_then(|two| two.parse::<u8>().ok()).unwrap_or_default();
    match two {
        10..=19 | 70..=79 => 1,
        20 | 27 | 30..=34 | 36 | 39..=41 | 43..=49 | 51..=58 | 60..=66 | 81 | 82 | 84 | 86 | 90..=95 | 98 => {
            2
        }
        _ => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::{Delivery, Member, Secondary, members_of};
    use crate::domain::contact::{Contact, Phone, Rank, Roster};

    pub(super) fn contact(rank: u8, name: &str, email: &str, phone: Option<&str>) -> Contact {
        Contact {
            rank: Rank::try_from(rank).unwrap(),
            name: name.parse().unwrap(),
            email: email.parse().unwrap(),
            secondary_email: None,
            phone: phone.map(|text| Phone::try_from(text.to_owned()).unwrap()),
        }
    }

    fn roster(entries: &[(&str, Vec<Contact>)]) -> Roster {
        let mut roster = Roster::default();
        for (tld, contacts) in entries {
            roster.set(tld.parse().unwrap(), contacts.clone());
        }
        roster
    }

    #[track_caller]
    fn check(entries: &[(&str, Vec<Contact>)], secondary: Secondary, want: &[&str]) {
        let members = members_of(&roster(entries), secondary);
        assert_eq!(members.iter().map(Member::to_string).collect::<Vec<_>>(), want);
    }

    #[test]
    fn a_member_is_written_as_in_the_repository() {
        let john = contact(1, "John Doe", "john@nic-nl.example", Some("+31123456789"));
        check(
            &[("nl", vec![john])],
            Secondary::Shown,
            &["\"John Doe, #1, .nl, +31 123456789\" john@nic-nl.example"],
        );
        let ada = contact(2, "Ада Иванова", "ada@nic-rf.example", None);
        check(&[("xn--p1ai", vec![ada])], Secondary::Shown, &["\"Ада Иванова, #2, .рф\" ada@nic-rf.example"]);
    }

    #[test]
    fn the_code_of_the_country_stands_apart() {
        for (number, want) in [
            ("+12025550123", "+1 2025550123"),
            ("+79161234567", "+7 9161234567"),
            ("+8613912345678", "+86 13912345678"),
            ("+3545551234", "+354 5551234"),
            ("+2975821234", "+297 5821234"),
        ] {
            let one = contact(1, "A", "a@nic.example", Some(number));
            check(
                &[("aw", vec![one])],
                Secondary::Shown,
                &[&format!("\"A, #1, .aw, {want}\" a@nic.example")],
            );
        }
    }

    #[test]
    fn somebody_who_serves_several_cctlds_is_one_member() {
        let at = |rank, email| contact(rank, "Zoé Martin", email, Some("+33139300000"));
        let entries = [
            ("tf", vec![at(2, "ZOE@nic-fr.example")]),
            ("re", vec![at(1, "zoe@nic-fr.example")]),
            ("fr", vec![at(1, "zoe@nic-fr.example"), contact(2, "Bo Li", "bo@nic-fr.example", None)]),
        ];
        check(
            &entries,
            Secondary::Shown,
            &[
                "\"Bo Li, #2, .fr\" bo@nic-fr.example",
                "\"Zoé Martin, #1, .fr, .re, #2, .tf, +33 139300000\" zoe@nic-fr.example",
            ],
        );
    }

    #[test]
    fn a_second_address_is_what_is_set() {
        let second = |mut contact: Contact, address: &str| {
            contact.secondary_email = Some(address.parse().unwrap());
            contact
        };
        let john = second(contact(1, "John Doe", "john@nic.example", None), "john@home.example");
        let jane = second(contact(2, "Jane Doe", "jane@nic.example", None), "John@NIC.example");
        let entries = [("nl", vec![john, jane])];
        let two = ["\"Jane Doe, #2, .nl\" jane@nic.example", "\"John Doe, #1, .nl\" john@nic.example"];
        check(&entries, Secondary::Shown, &two);
        let home = "\"John Doe, #1, .nl\" john@home.example";
        check(&entries, Secondary::Delivery, &[home, two[0], two[1]]);
        let silent = format!("{home}, without delivery");
        check(&entries, Secondary::NoDelivery, &[&silent, two[0], two[1]]);
    }

    #[test]
    fn a_hostile_name_stays_a_name() {
        let eve = contact(1, "Eve \"x\" <a@b.example>, #1, .de\\", "eve@nic.example", None);
        check(
            &[("nl", vec![eve])],
            Secondary::Shown,
            &["\"Eve x a b.example #1 .de, #1, .nl\" eve@nic.example"],
        );
    }

    #[test]
    fn a_name_has_an_end() {
        let long = "n".repeat(120);
        let tlds: Vec<String> =
            ('a'..='z').flat_map(|c| ["a", "b", "c"].map(|d| format!("{d}{c}"))).collect();
        let entries: Vec<(&str, Vec<Contact>)> = tlds
            .iter()
            .map(|tld| (tld.as_str(), vec![contact(1, &long, "n@nic.example", Some("+31123456789"))]))
            .collect();
        let members = members_of(&roster(&entries), Secondary::Shown);
        let name = members[0].name.clone().unwrap();
        assert!(name.chars().count() <= 255, "{name}");
        assert!(name.ends_with(", …, +31 123456789") && name.contains(", #1, .aa, .ab,"), "{name}");
        assert_eq!(members[0].delivery, Delivery::On);
    }
}
