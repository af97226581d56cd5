//! Help: who is told how to ask, and for which ccTLD the example in that mail is.

use crate::domain::address::Address;
use crate::domain::admission::View;
use crate::domain::cctlds::KnownTlds;
use crate::domain::tld::Tld;

/// A proven sender who is told how to ask.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Help {
    /// Why, as a sentence of the journal.
    pub says: String,
    /// The ccTLD that the example is for; none where it cannot be told.
    pub own: Option<Tld>,
    /// Why a person should read his mail all the same; empty where nobody need.
    pub points: Vec<String>,
}

impl Help {
    /// Help and nothing else.
    pub(in crate::domain) fn new(says: &str, from: &Address, view: &View) -> Self {
        Self { says: says.to_owned(), own: own_tld(from, view), points: Vec::new() }
    }

    /// The same for a mail that a person reads as well.
    pub(in crate::domain) fn beside(self, point: &str) -> Self {
        Self { points: vec![point.to_owned()], ..self }
    }
}

/// The ccTLD of a person: one that he is admin contact of, else one that he is listed for, else the last label of his
/// address's domain. It decides nothing but which example he is shown, and tells him nothing that he does not know.
fn own_tld(from: &Address, view: &View) -> Option<Tld> {
    let listed = || view.roster.tlds_of(from).first().map(|tld| (*tld).clone());
    let of_domain = || {
        let label: Tld = from.domain().rsplit('.').next()?.parse().ok()?;
        KnownTlds::built_in().has(&label).then_some(label)
    };
    view.administered.first().cloned().or_else(listed).or_else(of_domain)
}

#[cfg(test)]
mod tests {
    use super::own_tld;
    use crate::domain::admission::View;
    use crate::domain::tests_sample::{ADMIN, JANE, STRANGER, at, tld, view};

    #[test]
    fn the_example_is_for_the_cctld_of_his_office_else_of_his_entry_else_of_his_address() {
        let office = View { administered: vec![tld("fr"), tld("re")], ..view() };
        assert_eq!(own_tld(&at(ADMIN), &office), Some(tld("fr")));
        assert_eq!(own_tld(&at(JANE), &view()), Some(tld("nl")));
        assert_eq!(own_tld(&at("eva@example.es"), &view()), Some(tld("es")));
        assert_eq!(own_tld(&at("eva@xn--j1ail.xn--p1ai"), &view()), Some(tld("xn--p1ai")));
        assert_eq!(own_tld(&at(STRANGER), &view()), None);
    }
}
