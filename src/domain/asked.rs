//! What a mail asks for that wants to see contacts: all of them, or those of ccTLDs, of regions, of persons.

use crate::domain::tld::Tld;

/// Terms of one question that are looked up at the most: who asks for more wants the whole repository.
pub const TERMS_MAX: usize = 60;

/// The contacts that somebody asks for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Asked {
    /// All of them: `who`.
    Everybody,
    /// Some: `who .nl africa anna`.
    These(Vec<Term>),
}

/// One thing that is asked for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Term {
    /// The contacts of a ccTLD.
    Tld(Tld),
    /// The contacts of all ccTLDs of a region.
    Region(Region),
    /// A label that is no ccTLD, as it was written, and those that may have been meant.
    Unknown(String, Vec<Tld>),
    /// A person by his name, a part of it, or his address.
    Person(String),
    /// The same beside a country that is called so: where nobody has this name nothing is missing.
    Namesake(String),
}

/// ICANN's geographic regions (ICANN Bylaws §7.5).
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Region {
    /// Africa.
    Africa,
    /// Asia, Australia and the Pacific.
    AsiaPacific,
    /// Europe.
    Europe,
    /// Latin America and the Caribbean.
    LatinAmerica,
    /// North America.
    NorthAmerica,
}

impl Region {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Africa, Self::AsiaPacific, Self::Europe, Self::LatinAmerica, Self::NorthAmerica];

    /// Its code in the list of ccTLDs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Africa => "AF",
            Self::AsiaPacific => "AP",
            Self::Europe => "EUR",
            Self::LatinAmerica => "LAC",
            Self::NorthAmerica => "NA",
        }
    }

    /// Its name in English, which a question may use in turn.
    pub fn name(self) -> &'static str {
        match self {
            Self::Africa => "Africa",
            Self::AsiaPacific => "Asia Pacific",
            Self::Europe => "Europe",
            Self::LatinAmerica => "Latin America",
            Self::NorthAmerica => "North America",
        }
    }

    /// The region whose code is also that of a ccTLD: `af`, `na`.
    pub fn with_code_of(tld: &Tld) -> Option<Self> {
        Self::ALL.into_iter().find(|region| region.code().eq_ignore_ascii_case(tld.as_str()))
    }
}

impl Asked {
    /// In words, for the journal.
    pub fn words(&self) -> String {
        match self {
            Self::Everybody => "all contacts".to_owned(),
            Self::These(terms) => terms.iter().map(Term::words).collect::<Vec<_>>().join(", "),
        }
    }
}

impl Term {
    fn words(&self) -> String {
        match self {
            Self::Tld(tld) => tld.for_people(),
            Self::Region(region) => region.name().to_owned(),
            Self::Unknown(said, _) => format!("`{said}`"),
            Self::Person(said) => format!("somebody called `{said}`"),
            Self::Namesake(said) => format!("anybody called `{said}`"),
        }
    }
}
