//! A telephone call, ready to be made: whom, at which number, in which language, and what to say word for word.

use jiff::Timestamp;
use minijinja::value::Serde;
use minijinja::{Environment, Error};
use serde::Serialize;

use crate::domain::notice::{Call, Facts};
use crate::domain::registry::Office;
use crate::domain::tongue::{ENGLISH, LANGUAGES};
use crate::writing::changes::readable;
use crate::writing::layout::one_line;
use crate::writing::sentences::Sentences;

/// The folder of the texts to be said.
pub(super) const FOLDER: &str = "phone-call";

/// Characters of a name or a number of IANA's record that are shown at the most.
const VALUE_CHARS_MAX: usize = 200;

/// What a text to be said can name.
#[derive(Serialize)]
struct Said {
    name: String,
    is_office: bool,
    office: String,
    tlds: String,
    action: String,
    address: String,
    asked: String,
    yes: String,
    no: String,
}

/// The lines of a call: who it is for, and what to say, in the language of whoever is called and in English. `sentences`
/// finds those of a language.
///
/// # Errors
/// Where a text asks for a fact that there is not.
pub(super) fn lines<'s>(
    call: &Call,
    facts: &Facts,
    environment: &Environment<'_>,
    sentences: impl Fn(&str) -> Option<&'s Sentences>,
) -> Result<Vec<String>, Error> {
    let shown = |value: &str| one_line(value, VALUE_CHARS_MAX);
    let name = call.name.as_deref().map(shown);
    let tlds = sentences(ENGLISH).map_or_else(|| facts.tlds.clone(), |english| english.tlds(&facts.tlds));
    let place = match call.office {
        Some(office) => format!("{} of {tlds} in IANA's record", office.words()),
        None => format!("named as a contact of {tlds}"),
    };
    let phone = match (&call.phone, call.office) {
        (Some(phone), _) => readable(&shown(phone)),
        (None, Some(_)) => {
            format!("none is known here; look at IANA's page of {tlds}, or at the registry's own site")
        }
        (None, None) => "none is known here; ask whoever named this person".to_owned(),
    };
    let mut lines = vec![
        format!("   {}, {place}", name.as_deref().unwrap_or("Name unknown")),
        format!("   Telephone: {phone}"),
        format!("   Our mails go to: {}", call.address),
        format!("   Language of our mails: {}", language(&call.language)),
    ];
    let own = Some(call.language.as_str()).filter(|own| *own != ENGLISH);
    for spoken in own.into_iter().chain([ENGLISH]) {
        let Some(words) = sentences(spoken) else { continue };
        let said = words_of(call, facts, words);
        let template = environment.get_template(&format!("{FOLDER}/{spoken}"))?;
        let text = template.render(Serde(&said))?;
        lines.extend([String::new(), format!("----- To say, in {} -----", language(spoken)), String::new()]);
        lines.extend(text.lines().map(str::to_owned));
    }
    lines.extend([String::new(), "----- Until here -----".to_owned(), String::new()]);
    Ok(lines)
}

fn words_of(call: &Call, facts: &Facts, words: &Sentences) -> Said {
    let name = call.name.as_deref().unwrap_or_default();
    let office = call.office.unwrap_or_default();
    Said {
        name: words.shown(name),
        is_office: call.office.is_some(),
        office: words.office(office).to_owned(),
        tlds: words.tlds(&facts.tlds),
        action: words.action(&facts.action),
        address: words.shown(&call.address.to_string()),
        asked: words.date(call.asked),
        yes: words.word("yes").to_owned(),
        no: words.word("no").to_owned(),
    }
}

/// The name of a language for the secretariat, which reads English.
fn language(code: &str) -> &'static str {
    match code {
        "ar" => "Arabic",
        "es" => "Spanish",
        "fr" => "French",
        "ru" => "Russian",
        "zh" => "Chinese",
        _ => "English",
    }
}

/// Calls to try the texts with, each of their branches once: one that names what there is not is refused at start.
pub(super) fn samples() -> Vec<Call> {
    let offices = [Some(Office::Admin), None];
    let kinds = LANGUAGES.into_iter().flat_map(|language| offices.map(|office| (language, office)));
    let sample = |(language, office): (&str, Option<Office>)| {
        let address = "someone@registry.example".parse().ok()?;
        let language = language.to_owned();
        Some(Call { office, name: None, address, phone: None, language, asked: Timestamp::UNIX_EPOCH })
    };
    kinds.filter_map(sample).collect()
}
