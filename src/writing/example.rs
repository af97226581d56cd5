//! The example of a request: a form filled in for a person who does not exist, at a ccTLD that does.

use std::panic::{AssertUnwindSafe, catch_unwind};

use phonenumber::metadata::{DATABASE, Descriptor};
use phonenumber::{Mode, PhoneNumber};

use crate::domain::cctlds::KnownTlds;
use crate::domain::notice::{Field, Label};
use crate::domain::tld::Tld;

/// Whose example is shown where a ccTLD cannot be told, or its country numbers no telephones.
const OTHERWISE: (&str, &str) = (".nl", "NL");
/// The person of the example.
const NAME: &str = "Jane Doe";
/// His address, at a domain that nobody can have (RFC 2606 §3).
const EMAIL: &str = "jane.doe@registry.example";

/// The form with everything filled in.
pub(super) fn form(tld: Option<&Tld>) -> Vec<Field> {
    let (shown, country) = match tld {
        Some(tld) => {
            let country = KnownTlds::built_in().find(tld).and_then(|cctld| cctld.iso3166.clone());
            (tld.for_people(), country)
        }
        None => (OTHERWISE.0.to_owned(), None),
    };
    let phone = country.and_then(|country| phone(&country)).or_else(|| phone(OTHERWISE.1));
    let fields = [
        (Label::Tld, Some(shown)),
        (Label::Name, Some(NAME.to_owned())),
        (Label::Email, Some(EMAIL.to_owned())),
        (Label::Phone, phone),
        (Label::Rank, Some("1".to_owned())),
    ];
    fields.map(|(label, value)| Field { label, value }).to_vec()
}

/// A number of the form that is dialled in a country, in the groups that it writes: the one that the library keeps as an
/// example, so that nobody's telephone is chosen by us.
fn phone(country: &str) -> Option<String> {
    // The library is a large table with a parser around it; a fault in it must cost an example, not a turn.
    let told = catch_unwind(AssertUnwindSafe(|| {
        let own = DATABASE.by_id(country)?;
        let code = own.country_code();
        // Some territories share the numbers of a larger one.
        let all = [own].into_iter().chain(DATABASE.by_code(&code).into_iter().flatten());
        let lines = all.flat_map(|one| [one.descriptors().fixed_line(), one.descriptors().mobile()]);
        let examples = lines.flatten().filter_map(Descriptor::example);
        let numbers =
            examples.filter_map(|example| phonenumber::parse(None, format!("+{code}{example}")).ok());
        let shown = |number: PhoneNumber| number.format().mode(Mode::International).to_string();
        numbers.into_iter().find(phonenumber::is_valid).map(shown)
    }));
    told.ok()?
}

#[cfg(test)]
mod tests {
    use super::form;
    use crate::domain::cctlds::KnownTlds;
    use crate::domain::notice::Label;

    #[test]
    fn every_cctld_has_an_example_with_a_number_of_its_own_country_that_can_be_dialled() {
        for cctld in KnownTlds::built_in().iter() {
            let fields = form(Some(&cctld.tld));
            let value = |label| {
                fields.iter().find(|field| field.label == label).and_then(|field| field.value.clone())
            };
            let phone = value(Label::Phone).unwrap();
            let number = phonenumber::parse(None, &phone).unwrap();
            assert!(phonenumber::is_valid(&number), "{}: {phone}", cctld.tld);
            let Some(country) = &cctld.iso3166 else { continue };
            let code =
                phonenumber::metadata::DATABASE.by_id(country).map(phonenumber::Metadata::country_code);
            assert!(code.is_none_or(|code| code == number.code().value()), "{}: {phone}", cctld.tld);
            assert_eq!(value(Label::Tld).unwrap(), cctld.tld.for_people());
        }
    }
}
