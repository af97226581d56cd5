//! Looking contacts up: which of them somebody asks for, and what of his question nobody is found for.
//!
//! It is the service "Query" of the final report of 2015 (table 4).

use std::collections::BTreeSet;

use jiff::civil::Date;
use unicode_normalization::UnicodeNormalization;

use crate::domain::asked::{Asked, Region, Term};
use crate::domain::cctlds::KnownTlds;
use crate::domain::contact::{Contact, Roster};
use crate::domain::regions::{Regions, name_of};
use crate::domain::tld::Tld;

/// Names that are offered for one that is not found at the most: more are no help.
const MEANT_MAX: usize = 3;
/// Letters of a word at the least in which one may be wrong.
const WRONG_LETTER_MIN: usize = 4;
/// Letters of a part of a name at the least: one letter is in everybody's. Scripts without spaces write whole names in two.
const PART_LETTERS_MIN: usize = 2;

/// What was found.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Found {
    /// The contacts that were asked for, each ccTLD with those of its contacts.
    pub roster: Roster,
    /// What nobody is found for, in the order of the question.
    pub unfound: Vec<Unfound>,
}

impl Found {
    /// How many lines that makes.
    pub fn rows(&self) -> usize {
        self.roster.iter().map(|(_, contacts)| contacts.len()).sum()
    }
}

/// What of a question nobody is found for, or can be read in two ways.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Unfound {
    /// This is no ccTLD; those may have been meant.
    NoTld(String, Vec<Tld>),
    /// This ccTLD has no contacts here.
    NoMember(Tld),
    /// No ccTLD of this region has any.
    NobodyIn(Region),
    /// Nobody is called so; these names are near.
    NobodyCalled(String, Vec<String>),
    /// It was read as a ccTLD; the region has the same code.
    TldNotRegion(Tld, Region),
}

/// Where somebody is looked up.
#[derive(Clone, Copy, Debug)]
pub struct Directory<'a> {
    /// The contacts.
    pub roster: &'a Roster,
    /// The ccTLDs that are known.
    pub known: &'a KnownTlds,
    /// In which region each is counted.
    pub regions: &'a Regions,
    /// The day for which they are counted.
    pub day: Date,
}

/// The contacts that somebody asks for.
pub fn look_up(asked: &Asked, directory: &Directory<'_>) -> Found {
    let roster = directory.roster;
    let terms = match asked {
        Asked::Everybody => return Found { roster: roster.clone(), unfound: Vec::new() },
        Asked::These(terms) => terms,
    };
    let mut search = Search { directory, rows: BTreeSet::new(), unfound: Vec::new() };
    for term in terms {
        search.term(term);
    }
    let mut found = Found { unfound: search.unfound, ..Found::default() };
    for (tld, contacts) in roster.iter() {
        let is_found = |place: usize| search.rows.contains(&(tld.clone(), place));
        let those = contacts.iter().enumerate().filter(|(place, _)| is_found(*place));
        found.roster.set(tld.clone(), those.map(|(_, contact)| contact.clone()).collect());
    }
    found
}

/// A look-up under way.
struct Search<'a> {
    directory: &'a Directory<'a>,
    /// The lines that were found: ccTLD, and the place among its contacts.
    rows: BTreeSet<(Tld, usize)>,
    unfound: Vec<Unfound>,
}

impl Search<'_> {
    fn term(&mut self, term: &Term) {
        match term {
            Term::Tld(tld) => {
                if self.take(|of, _| of == tld) == 0 {
                    self.lacks(Unfound::NoMember(tld.clone()));
                }
                if let Some(region) = Region::with_code_of(tld) {
                    self.lacks(Unfound::TldNotRegion(tld.clone(), region));
                }
            }
            Term::Region(region) => {
                if self.within(region.code()) == 0 {
                    self.lacks(Unfound::NobodyIn(*region));
                }
            }
            Term::Unknown(said, meant) => self.lacks(Unfound::NoTld(said.clone(), meant.clone())),
            Term::Person(said) => {
                if self.person(said) == 0 {
                    self.words(said);
                }
            }
            Term::Namesake(said) => {
                self.person(said);
            }
        }
    }

    /// All of a region, by any of its names.
    fn within(&mut self, region: &str) -> usize {
        let Directory { regions, day, .. } = *self.directory;
        let is_so = |name: &String| name_of(name).eq_ignore_ascii_case(name_of(region));
        self.take(|tld, _| regions.of(tld, day).iter().any(is_so))
    }

    /// Whoever has this address, or a name in which each of these words is the beginning of one.
    fn person(&mut self, said: &str) -> usize {
        let words = words_of(said);
        self.take(|_, contact| has_address(contact, said) || is_called(contact, &words))
    }

    /// Words that are nobody's name together may be several names.
    fn words(&mut self, said: &str) {
        let words: Vec<&str> = said.split_whitespace().collect();
        let of_nobody: Vec<&str> = if words.len() > 1 {
            words.into_iter().filter(|word| self.person(word) == 0).collect()
        } else {
            words
        };
        for word in of_nobody {
            // `anna nl`
            if let Some(tld) =
                word.parse().ok().filter(|tld| self.directory.known.has(tld) && said.contains(' '))
            {
                self.term(&Term::Tld(tld));
                continue;
            }
            // An operator's own region, which no language has a word for.
            if self.within(word) > 0 {
                continue;
            }
            let meant = near_names(word, self.directory.roster);
            self.lacks(Unfound::NobodyCalled(word.to_owned(), meant));
        }
    }

    /// Takes every line that is wanted; how many those are.
    fn take(&mut self, wanted: impl Fn(&Tld, &Contact) -> bool) -> usize {
        let mut count = 0;
        for (tld, contacts) in self.directory.roster.iter() {
            for (place, _) in contacts.iter().enumerate().filter(|(_, contact)| wanted(tld, contact)) {
                self.rows.insert((tld.clone(), place));
                count += 1;
            }
        }
        count
    }

    fn lacks(&mut self, what: Unfound) {
        if !self.unfound.contains(&what) {
            self.unfound.push(what);
        }
    }
}

fn has_address(contact: &Contact, said: &str) -> bool {
    said.contains('@') && said.parse().is_ok_and(|address| contact.has(&address))
}

fn is_called(contact: &Contact, words: &[String]) -> bool {
    let own = words_of(contact.name.as_str());
    let long_enough = |word: &&String| word.chars().count() >= PART_LETTERS_MIN || !word.is_ascii();
    let begins = |word: &String| own.iter().any(|part| part.starts_with(word.as_str()));
    // A name in a script without spaces is one word, the given name behind the family's.
    let within = |word: &String| !word.is_ascii() && own.iter().any(|part| part.contains(word.as_str()));
    !words.is_empty() && words.iter().all(|word| long_enough(&word) && (begins(word) || within(word)))
}

/// The names of contacts that have a word near this one.
fn near_names(said: &str, roster: &Roster) -> Vec<String> {
    let said: String = words_of(said).concat();
    let letters = said.chars().count();
    if letters < WRONG_LETTER_MIN {
        return Vec::new();
    }
    let is_near = |part: &String| strsim::osa_distance(part, &said) == 1;
    let contacts = roster.iter().flat_map(|(_, contacts)| contacts);
    let near = contacts.filter(|contact| words_of(contact.name.as_str()).iter().any(is_near));
    let names: BTreeSet<String> = near.map(|contact| contact.name.to_string()).collect();
    names.into_iter().take(MEANT_MAX).collect()
}

/// The words of a name in the letters in which names are compared: small ones, without accents.
pub fn words_of(name: &str) -> Vec<String> {
    let plain: String = name.nfkd().flat_map(char::to_lowercase).map(plain_letter).collect();
    let is_part = |c: char| c.is_alphanumeric() || c == MARK;
    let words = plain.split(|c| !is_part(c)).map(|word| word.replace(MARK, ""));
    words.filter(|word| !word.is_empty()).collect()
}

/// Letters that Unicode takes for whole, and most keyboards lack; a mark above a letter is dropped later.
fn plain_letter(c: char) -> char {
    match c {
        'ø' | 'œ' => 'o',
        'ł' => 'l',
        'đ' | 'ð' => 'd',
        'ı' => 'i',
        'ß' => 's',
        'æ' => 'a',
        'أ' | 'إ' | 'آ' => 'ا',
        'ى' => 'ي',
        'ة' => 'ه',
        '\'' | '’' | 'ʼ' | 'ʻ' => MARK,
        _ if unicode_normalization::char::is_combining_mark(c) => MARK,
        _ => c,
    }
}

/// Stands for what is no letter of its own, within a word.
const MARK: char = '\u{300}';

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::{Directory, Unfound, look_up};
    use crate::domain::asked::{Asked, Region, Term};
    use crate::domain::cctlds::KnownTlds;
    use crate::domain::contact::{Contact, Rank, Roster};
    use crate::domain::regions::Regions;
    use crate::domain::tests_sample::{at, tld};

    fn contact(rank: u8, name: &str, email: &str) -> Contact {
        Contact {
            rank: Rank::try_from(rank).unwrap(),
            name: name.parse().unwrap(),
            email: at(email),
            secondary_email: None,
            phone: None,
        }
    }

    fn roster() -> Roster {
        let mut roster = Roster::default();
        let anna = contact(1, "Anna Müller-Øster", "anna@nic-nl.example");
        roster.set(tld("nl"), vec![anna.clone(), contact(2, "José Núñez", "jose@nic-nl.example")]);
        roster.set(tld("be"), vec![anna]);
        roster.set(tld("ke"), vec![contact(1, "Wanjirũ O'Neil", "w@nic-ke.example")]);
        roster.set(tld("cn"), vec![contact(1, "王小明", "wang@nic-cn.example")]);
        roster
    }

    #[track_caller]
    fn check(terms: &[Term], want: &str, unfound: &[Unfound]) {
        let (known, roster) = (KnownTlds::built_in(), roster());
        let regions = Regions::default().with("ke,SAVANNA").unwrap();
        let directory =
            Directory { roster: &roster, known: &known, regions: &regions, day: date(2026, 11, 20) };
        let found = look_up(&Asked::These(terms.to_vec()), &directory);
        let lines: Vec<String> = found
            .roster
            .iter()
            .flat_map(|(tld, contacts)| contacts.iter().map(move |one| format!("{tld}{}", one.rank)))
            .collect();
        assert_eq!(lines.join(" "), want, "{terms:?}");
        assert_eq!(found.unfound, unfound, "{terms:?}");
        assert_eq!(found.rows(), lines.len());
    }

    fn person(said: &str) -> Term {
        Term::Person(said.to_owned())
    }

    #[test]
    fn a_cctld_and_a_region_give_their_contacts() {
        check(&[Term::Tld(tld("nl"))], "nl#1 nl#2", &[]);
        check(&[Term::Region(Region::Europe)], "be#1 nl#1 nl#2", &[]);
        check(
            &[Term::Region(Region::Europe), Term::Tld(tld("nl")), Term::Tld(tld("ke"))],
            "be#1 ke#1 nl#1 nl#2",
            &[],
        );
        check(&[Term::Tld(tld("fr"))], "", &[Unfound::NoMember(tld("fr"))]);
        check(&[person("savanna")], "ke#1", &[]);
        check(&[Term::Region(Region::Africa)], "", &[Unfound::NobodyIn(Region::Africa)]);
        check(&[Term::Region(Region::NorthAmerica)], "", &[Unfound::NobodyIn(Region::NorthAmerica)]);
    }

    #[test]
    fn a_code_that_is_also_a_regions_is_the_cctld_and_is_said() {
        let namibia = tld("na");
        let twice = Unfound::TldNotRegion(namibia.clone(), Region::NorthAmerica);
        check(&[Term::Tld(namibia.clone())], "", &[Unfound::NoMember(namibia), twice]);
    }

    #[test]
    fn a_person_is_found_by_parts_of_his_name_in_any_spelling() {
        for said in
            ["anna", "ANNA muller", "Müller", "oster", "ann", "anna@nic-nl.example", "ANNA@NIC-NL.example"]
        {
            check(&[person(said)], "be#1 nl#1", &[]);
        }
        check(&[person("jose nunez")], "nl#2", &[]);
        check(&[person("wanjiru")], "ke#1", &[]);
        check(&[person("oneil")], "ke#1", &[]);
        check(&[person("小明")], "cn#1", &[]);
        check(&[person("jose anna")], "be#1 nl#1 nl#2", &[]);
    }

    #[test]
    fn who_is_not_found_may_have_been_meant_otherwise() {
        let nobody = |said: &str, meant: &[&str]| {
            Unfound::NobodyCalled(said.to_owned(), meant.iter().map(|name| (*name).to_owned()).collect())
        };
        check(&[person("zoe")], "", &[nobody("zoe", &[])]);
        check(&[person("mullar")], "", &[nobody("mullar", &["Anna Müller-Øster"])]);
        check(&[person("a")], "", &[nobody("a", &[])]);
        check(&[person("anna ke")], "be#1 ke#1 nl#1", &[]);
        check(&[person("anna zoe")], "be#1 nl#1", &[nobody("zoe", &[])]);
        check(&[Term::Namesake("chad".to_owned())], "", &[]);
        check(&[Term::Namesake("Anna".to_owned())], "be#1 nl#1", &[]);
    }

    #[test]
    fn everybody_is_everybody() {
        let (known, roster) = (KnownTlds::built_in(), roster());
        let directory = Directory {
            roster: &roster,
            known: &known,
            regions: &Regions::default(),
            day: date(2026, 11, 20),
        };
        let found = look_up(&Asked::Everybody, &directory);
        assert_eq!((found.roster, found.unfound.len()), (roster.clone(), 0));
    }
}
