//! The ccTLDs that are known: the built-in list, and every one that the IANA snapshot in use adds.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, LazyLock, OnceLock};

use crate::domain::tld::Tld;

/// The built-in list: IANA's root zone database of 2026-08-08, with ISO 3166-1 codes and ICANN's regions.
const BUILT_IN: &str = include_str!("cctlds.csv");

/// What is known of a ccTLD besides its contacts.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Cctld {
    /// Its name.
    pub tld: Tld,
    /// Its U-label; equal to the A-label where there is no other.
    pub unicode: String,
    /// The country or territory, as IANA names it.
    pub country: String,
    /// ISO 3166-1 alpha-2 code of the country whose numbering plan its phone numbers follow; none for a few.
    pub iso3166: Option<String>,
    /// ICANN's region: AF, AP, EUR, LAC or NA; none for a few.
    pub region: Option<String>,
    /// Whether it is in the root zone. A reserved one counts as delegated: it has contacts.
    pub delegated: bool,
    /// Whether it is there without an operator, as `.gb` is.
    pub reserved: bool,
}

/// All ccTLDs that a request may name.
#[derive(Clone, Debug, Default)]
pub struct KnownTlds {
    /// Shared: each mail is looked at with all of them, and hardly any adds one.
    all: Arc<BTreeMap<Tld, Cctld>>,
    /// Labels in the folded letters of whoever asks, made once: a mail asks for them a hundred times.
    folded: Arc<OnceLock<HashMap<String, Tld>>>,
}

impl KnownTlds {
    /// The built-in list.
    pub fn built_in() -> Self {
        READ.clone()
    }

    /// The same, and these: a ccTLD of the snapshot in use is known even if the list does not have it yet.
    #[must_use]
    pub fn with(mut self, tlds: impl IntoIterator<Item = Tld>) -> Self {
        for tld in tlds {
            if self.all.contains_key(&tld) {
                continue;
            }
            self.folded = Arc::default();
            let unicode = tld.unicode();
            Arc::make_mut(&mut self.all).entry(tld.clone()).or_insert(Cctld {
                tld,
                unicode,
                country: String::new(),
                iso3166: None,
                region: None,
                delegated: true,
                reserved: false,
            });
        }
        self
    }

    /// What is known of this ccTLD.
    pub fn find(&self, tld: &Tld) -> Option<&Cctld> {
        self.all.get(tld)
    }

    /// Whether a request may name it.
    pub fn has(&self, tld: &Tld) -> bool {
        self.all.contains_key(tld)
    }

    /// All of them, in the order of their A-labels.
    pub fn iter(&self) -> impl Iterator<Item = &Cctld> {
        self.all.values()
    }

    /// Every A-label and U-label with its ccTLD, the U-labels in folded letters. `fold` must be the same at every call.
    pub fn labels(&self, fold: impl Fn(char) -> char) -> &HashMap<String, Tld> {
        self.folded.get_or_init(|| {
            let mut labels = HashMap::new();
            for cctld in self.iter() {
                labels.insert(cctld.tld.as_str().to_owned(), cctld.tld.clone());
                labels.insert(cctld.unicode.chars().map(&fold).collect(), cctld.tld.clone());
            }
            labels
        })
    }
}

/// The built-in list as it was read, once: every mail that comes in asks for it.
static READ: LazyLock<KnownTlds> = LazyLock::new(|| {
    let rows = BUILT_IN.lines().skip(1).filter_map(read_row);
    let all: BTreeMap<Tld, Cctld> = rows.map(|row| (row.tld.clone(), row)).collect();
    KnownTlds { all: Arc::new(all), folded: Arc::default() }
});

fn read_row(line: &str) -> Option<Cctld> {
    let mut fields = csv_fields(line).into_iter();
    let tld = fields.next()?.parse().ok()?;
    let unicode = fields.next()?;
    let country = fields.next()?;
    let iso3166 = Some(fields.next()?).filter(|code| !code.is_empty());
    let region = Some(fields.next()?).filter(|region| !region.is_empty());
    let status = fields.nth(1)?;
    let (delegated, reserved) = (status.starts_with("delegated"), status.ends_with("reserved"));
    Some(Cctld { tld, unicode, country, iso3166, region, delegated, reserved })
}

/// The fields of one line; a field in quotes may hold commas (RFC 4180 §2). The list has no line breaks in fields.
fn csv_fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            _ => {
                if let Some(field) = fields.last_mut() {
                    field.push(c);
                }
            }
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::KnownTlds;

    #[test]
    fn every_row_of_the_built_in_list_is_read() {
        let known = KnownTlds::built_in();
        assert_eq!(known.iter().count(), 316);
        assert_eq!(known.iter().filter(|cctld| cctld.delegated).count(), 309);
    }

    #[test]
    fn a_row_tells_country_and_region() {
        let known = KnownTlds::built_in();
        let nl = known.find(&"nl".parse().unwrap()).unwrap();
        assert_eq!(
            (nl.country.as_str(), nl.iso3166.as_deref(), nl.region.as_deref()),
            ("Netherlands", Some("NL"), Some("EUR"))
        );
        let kr = known.find(&"kr".parse().unwrap()).unwrap();
        assert_eq!(kr.country, "Korea, Republic of");
    }
}
