//! Inquiries: which contacts a mail asks for, by the command `who` or in a sentence.
//!
//! A command is a line of nothing but `who` and what is wanted: ccTLDs with or without a dot, countries, regions, names.
//! It reads what is no ccTLD, country or region as a person's name; whether anybody has it is for the rules to find.

use std::ops::Range;

use crate::domain::asked::{Asked, Region, TERMS_MAX, Term};
use crate::domain::cctlds::KnownTlds;
use crate::domain::tld::Tld;
use crate::reading::countries;
use crate::reading::facts::Found;
use crate::reading::folding::{folded, is_word};
use crate::reading::languages::Languages;
use crate::reading::nearest;
use crate::reading::regions;
use crate::reading::sentences;
use crate::reading::speech::Speech;
use crate::reading::tlds;
use crate::reading::words::Sense;

/// The command, an English word whatever language its writer has, as Mailman's command of 2015 was.
const WHO: &str = "who";
/// Lines of a mail that is a command at the most.
const LINES_MAX: usize = 20;
/// Characters of a command line at the most: whoever writes more writes sentences.
const LINE_CHARS_MAX: usize = 400;
/// What begins a sentence and no list of wishes: `who is responsible for .nl`.
const SENTENCES: [&str; 14] = [
    "is", "are", "was", "were", "can", "could", "do", "does", "has", "have", "should", "would", "will", "to",
];
/// What stands for all contacts.
const EVERYBODY: [&str; 5] = ["*", "all", "everybody", "everyone", "list"];
/// What joins wishes and is none, in the languages that we write in.
const JOINING: [&str; 14] =
    ["and", "or", "of", "for", "from", "in", "the", "et", "y", "e", "и", "و", "和", "&"];

/// What a mail asks for that is nothing but commands; none where it is anything else.
pub(super) fn command(own: &Speech, known: &KnownTlds) -> Option<Asked> {
    let text = own.text(0..own.chars.len());
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    if lines.is_empty() || lines.len() > LINES_MAX {
        return None;
    }
    let mut terms = Vec::new();
    for line in &lines {
        match wishes(line)? {
            "" => return (lines.len() == 1).then_some(Asked::Everybody),
            wishes => terms.extend(terms_of(wishes, known)?),
        }
    }
    Some(asked_of(terms))
}

/// What a question in sentences asks for: its ccTLDs, the regions in it, or all contacts; none where that is not plain.
fn in_sentences(own: &Speech, (tlds, whole): (&[Tld], Whole), known: &KnownTlds) -> Option<Asked> {
    let mut terms: Vec<Term> = tlds.iter().cloned().map(Term::Tld).collect();
    terms.extend(regions(own).map(Term::Region));
    if terms.is_empty() {
        let said = tlds::unknown(&own.chars, &own.hits, known).into_iter().next();
        let meant = nearest::tlds(own, known);
        terms.extend(said.filter(|_| !meant.is_empty()).map(|said| Term::Unknown(format!(".{said}"), meant)));
    }
    match (terms.is_empty(), whole) {
        (false, _) => Some(asked_of(terms)),
        (true, Whole::Said) => Some(Asked::Everybody),
        (true, Whole::Unsaid) => None,
    }
}

/// What a mail asks for in sentences, and its ccTLDs: those that its text names, else those `at_all`, its signature among
/// them.
pub(super) fn in_words(
    (own, subject): (&Speech, &Speech),
    (in_text, at_all): (Vec<Tld>, Vec<Tld>),
    whole: Whole,
    known: &KnownTlds,
) -> (Vec<Tld>, Option<Asked>) {
    // Who asks for the whole list and says elsewhere of which ccTLD he is does not ask for that one.
    if let Some(part) = (whole == Whole::Said).then(|| part_with(own, Sense::WholeList)).flatten() {
        let said = tlds::named(&part.chars, &part.hits, known).into_iter().map(|found| found.what);
        let named = with_countries(said.collect(), &part, known);
        let asked = beside_subject(in_sentences(&part, (&named, whole), known), subject, known);
        return (named, asked);
    }
    // Who asks for a region, or by a command, does not ask for the ccTLD that he signs with.
    let signed = in_text.is_empty() && (regions(own).next().is_some() || command(subject, known).is_some());
    let named = with_countries(if whole == Whole::Said { in_text } else { at_all }, own, known);
    let of_text = if signed { &[] } else { named.as_slice() };
    let asked = beside_subject(in_sentences(own, (of_text, whole), known), subject, known);
    (named, asked)
}

/// The first sentence in which a word of this sense is said, as a text of its own.
fn part_with(own: &Speech, sense: Sense) -> Option<Speech> {
    let place = own.with(sense).next()?.span.start;
    let bound = sentences::of(own).into_iter().find(|bound| bound.contains(&place))?;
    Some(own.part(&bound))
}

/// The same together with a command that stands in the Subject.
fn beside_subject(in_text: Option<Asked>, subject: &Speech, known: &KnownTlds) -> Option<Asked> {
    match (command(subject, known), in_text) {
        (Some(Asked::These(some)), Some(Asked::These(others))) => {
            Some(asked_of(some.into_iter().chain(others).collect()))
        }
        (Some(Asked::These(some)), _) => Some(Asked::These(some)),
        (Some(Asked::Everybody), None) => Some(Asked::Everybody),
        (Some(Asked::Everybody) | None, in_text) => in_text,
    }
}

/// The same ccTLDs, and those of the countries that a text names. A label such as `.مصر` is no country beside it.
fn with_countries(mut tlds: Vec<Tld>, own: &Speech, known: &KnownTlds) -> Vec<Tld> {
    let labels = tlds::named(&own.chars, &own.hits, known);
    let of_a_label = |span: &Range<usize>| {
        labels.iter().any(|label| label.span.start < span.end && span.start < label.span.end)
    };
    for place in places(&own.chars).into_iter().filter(|place| !of_a_label(&place.span)) {
        match place.what {
            Place::Country(tld) if !tlds.contains(&tld) => tlds.push(tld),
            Place::Country(_) | Place::Region(_) => {}
        }
    }
    tlds
}

/// Whether a mail names the whole list.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Whole {
    /// It does.
    Said,
    /// It does not.
    Unsaid,
}

/// The ccTLDs among what is asked for.
pub(super) fn tlds_of(asked: &Asked) -> Vec<Tld> {
    let Asked::These(terms) = asked else { return Vec::new() };
    let tlds = terms.iter().filter_map(|term| match term {
        Term::Tld(tld) => Some(tld.clone()),
        Term::Region(_) | Term::Unknown(..) | Term::Person(_) | Term::Namesake(_) => None,
    });
    tlds.collect()
}

fn asked_of(terms: Vec<Term>) -> Asked {
    let mut each: Vec<Term> = Vec::new();
    for term in terms {
        if each.len() < TERMS_MAX && !each.contains(&term) {
            each.push(term);
        }
    }
    Asked::These(each)
}

/// What stands behind the command; none where a line is no command.
fn wishes(line: &str) -> Option<&str> {
    let line = line.trim_end_matches(['.', '!']).trim_end();
    let end = line.find(char::is_whitespace).unwrap_or(line.len());
    let (first, rest) = line.split_at(end);
    let rest = rest.trim();
    let asks = rest.contains(['?', '？', '؟']);
    let next = rest.split_whitespace().next().unwrap_or_default();
    // `who is`, `who do`: Iceland and the Dominican Republic, if nothing follows.
    let sentence = rest != next && SENTENCES.iter().any(|word| next.eq_ignore_ascii_case(word));
    let command = first.eq_ignore_ascii_case(WHO) && !asks && !sentence;
    let everybody = EVERYBODY.iter().any(|word| rest.eq_ignore_ascii_case(word));
    let rest = if everybody { "" } else { rest };
    (command && line.chars().count() <= LINE_CHARS_MAX).then_some(rest)
}

/// The wishes of one line; none where it holds nothing but words that join others.
fn terms_of(wishes: &str, known: &KnownTlds) -> Option<Vec<Term>> {
    let mut terms = Vec::new();
    for part in wishes.split([',', ';', '、', '，', '،', '；', '؛']) {
        part_of(part, known, &mut terms);
    }
    (!terms.is_empty()).then_some(terms)
}

/// One wish, or several beside each other: countries and regions first, since their names have spaces in them.
fn part_of(part: &str, known: &KnownTlds, terms: &mut Vec<Term>) {
    // Whoever types a command leaves capitals out, and countries are known by them.
    let chars: Vec<char> = capitalized(part);
    let speech = Speech { chars: chars.clone(), hits: Vec::new() };
    let mut from = 0;
    for Found { span, what } in places(&chars) {
        words_of(&speech.text(from..span.start), known, terms);
        match what {
            Place::Country(tld) => {
                terms.extend([Term::Tld(tld), Term::Namesake(speech.text(span.clone()))]);
            }
            Place::Region(region) => terms.push(Term::Region(region)),
        }
        from = span.end;
    }
    words_of(&speech.text(from..chars.len()), known, terms);
}

/// Labels, codes, addresses; what is left side by side is one person's name.
fn words_of(text: &str, known: &KnownTlds, terms: &mut Vec<Term>) {
    let labels = known.labels(folded);
    // `in` and `et` are words, too, unless everything is a label.
    let only_labels = text.split_whitespace().all(|word| labels.contains_key(&letters_of(word)));
    let mut name: Vec<&str> = Vec::new();
    let end_name = |name: &mut Vec<&str>, terms: &mut Vec<Term>| {
        if !name.is_empty() {
            terms.push(Term::Person(std::mem::take(name).join(" ")));
        }
    };
    for word in text.split_whitespace() {
        let bare = letters_of(word);
        let joins = JOINING.contains(&bare.as_str()) && !word.starts_with('.') && !only_labels;
        let region = Region::ALL.into_iter().find(|region| region.code().eq_ignore_ascii_case(&bare));
        let said_plainly = word.starts_with('.') || name.is_empty();
        if let Some(tld) = labels.get(&bare).filter(|_| said_plainly && !joins) {
            end_name(&mut name, terms);
            terms.push(Term::Tld(tld.clone()));
        } else if let Some(region) = region.filter(|_| said_plainly) {
            end_name(&mut name, terms);
            terms.push(Term::Region(region));
        } else if word.starts_with('.') && bare.chars().any(is_word) {
            end_name(&mut name, terms);
            let dotted = format!(".{bare}");
            let meant = nearest::tlds(&Speech::of(&dotted, Languages::ALL), known);
            terms.push(Term::Unknown(word.to_lowercase(), meant));
        } else if word.contains('@') {
            end_name(&mut name, terms);
            terms.push(Term::Person(word.trim_matches(['<', '>', '"', '\'']).to_lowercase()));
        } else if joins {
            end_name(&mut name, terms);
        } else if word.chars().any(is_word) {
            name.push(word);
        }
    }
    end_name(&mut name, terms);
}

/// A word without its dot, in folded letters.
fn letters_of(word: &str) -> String {
    word.trim_start_matches('.').chars().map(folded).collect()
}

/// Each word with a capital.
fn capitalized(text: &str) -> Vec<char> {
    let mut before = ' ';
    let raised = |c: char| {
        let starts = before.is_whitespace() || before == '-';
        before = c;
        let mut upper = c.to_uppercase();
        match (starts, upper.next(), upper.next()) {
            (true, Some(one), None) => one,
            _ => c,
        }
    };
    text.chars().map(raised).collect()
}

/// What a text names on the map.
enum Place {
    /// A country or territory.
    Country(Tld),
    /// A region.
    Region(Region),
}

/// The regions that a text names.
fn regions(own: &Speech) -> impl Iterator<Item = Region> {
    places(&own.chars).into_iter().filter_map(|place| match place.what {
        Place::Region(region) => Some(region),
        Place::Country(_) => None,
    })
}

/// The countries and regions in a text, the longest name of each place: South Africa is no region, and North America is
/// more than what people call America.
fn places(text: &[char]) -> Vec<Found<Place>> {
    let country = |found: Found<Tld>| Found { span: found.span, what: Place::Country(found.what) };
    let region = |found: Found<Region>| Found { span: found.span, what: Place::Region(found.what) };
    let regions = regions::find(text).into_iter().map(region);
    let mut all: Vec<Found<Place>> = countries::find(text).into_iter().map(country).chain(regions).collect();
    all.sort_by_key(|one| (one.span.start, std::cmp::Reverse(one.span.end)));
    regions::longest(all)
}

#[cfg(test)]
mod tests {
    use super::{Whole, command, in_sentences};
    use crate::domain::asked::Asked;
    use crate::domain::cctlds::KnownTlds;
    use crate::reading::languages::Languages;
    use crate::reading::speech::Speech;

    #[track_caller]
    fn check(text: &str, want: &str) {
        let asked = command(&Speech::of(text, Languages::ALL), &KnownTlds::built_in());
        assert_eq!(asked.as_ref().map_or_else(|| "no command".to_owned(), Asked::words), want, "{text}");
    }

    #[test]
    fn a_command_says_what_is_wanted() {
        check("who", "all contacts");
        check("WHO.", "all contacts");
        check("who all", "all contacts");
        check("who .nl", ".nl");
        check("Who nl br", ".nl, .br");
        check("who nl, br and .рф", ".nl, .br, .рф (xn--p1ai)");
        check("who in", ".in");
        check("who br in et", ".br, .in, .et");
        check("who .br et .nl", ".br, .et, .nl");
        check("who anna et zoe", "somebody called `Anna`, somebody called `Zoe`");
        check("who .nl\nwho .br\n", ".nl, .br");
        check("who is", ".is");
        check("who no", ".no");
        check("who .nll", "`.nll`");
    }

    #[test]
    fn a_region_is_named_by_its_words_or_its_code() {
        for said in ["africa", "Afrique", "África", "Африка", "أفريقيا", "非洲"] {
            check(&format!("who {said}"), "Africa");
        }
        check("who ap eur lac", "Asia Pacific, Europe, Latin America");
        check("who asia/australia/pacific, north america", "Asia Pacific, North America");
        check("who latin america", "Latin America");
        // The two codes that are ccTLDs, too.
        check("who af na", ".af, .na");
    }

    #[test]
    fn a_country_stands_for_its_cctld_and_may_be_a_name() {
        check("who kenya", ".ke, anybody called `Kenya`");
        check("who south africa", ".za, anybody called `South Africa`");
        check("who chad", ".td, anybody called `Chad`");
    }

    #[test]
    fn what_is_nothing_of_these_is_a_name() {
        check("who anna", "somebody called `Anna`");
        check("who anna meier .nl", "somebody called `Anna Meier`, .nl");
        check("who anna, zoe", "somebody called `Anna`, somebody called `Zoe`");
        check("who jane@nic.example", "somebody called `jane@nic.example`");
        check("who maría de la cruz", "somebody called `María De La Cruz`");
    }

    #[test]
    fn a_sentence_is_no_command() {
        for text in [
            "who is the contact of .ke?",
            "who is responsible for .ke",
            "Who do I call at .ke",
            "who knows?",
            "whois .nl",
            "hello",
            "",
            "who .nl\nand please add Anna",
        ] {
            check(text, "no command");
        }
    }

    #[track_caller]
    fn check_sentence(text: &str, tlds: &[&str], whole: Whole, want: &str) {
        let tlds: Vec<_> = tlds.iter().map(|tld| tld.parse().unwrap()).collect();
        let speech = Speech::of(text, Languages::ALL);
        let asked = in_sentences(&speech, (&tlds, whole), &KnownTlds::built_in());
        assert_eq!(asked.as_ref().map_or_else(|| "unclear".to_owned(), Asked::words), want, "{text}");
    }

    #[test]
    fn a_sentence_names_cctlds_and_regions_or_the_whole_list() {
        check_sentence("who is the contact of .ke?", &["ke"], Whole::Unsaid, ".ke");
        check_sentence("Кто контакты в Африке?", &[], Whole::Unsaid, "Africa");
        check_sentence("Please send me the whole list", &[], Whole::Said, "all contacts");
        check_sentence("the contacts in North America?", &[], Whole::Unsaid, "North America");
        check_sentence("the contacts in South Africa?", &["za"], Whole::Unsaid, ".za");
        check_sentence("whom can I call at .nll?", &[], Whole::Unsaid, "`.nll`");
        check_sentence("whom can I call?", &[], Whole::Unsaid, "unclear");
    }
}
