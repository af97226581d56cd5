//! Mentions: the facts of a sentence, grouped by the person they belong to.

use std::ops::Range;

use crate::domain::address::Address;
use crate::reading::anchors::is_anchored;
use crate::reading::belonging::{label_before, merge_second, resembles, take_email, take_phone};
use crate::reading::cases;
use crate::reading::conjunctions::without_conjunction;
use crate::reading::countries;
use crate::reading::couples;
use crate::reading::entry::{Entry, Role};
use crate::reading::facts::{self, Found};
use crate::reading::folding::{has_case, is_word};
use crate::reading::labels::Reader;
use crate::reading::names::{self, Name};
use crate::reading::sentences::{self, ends_sentence};
use crate::reading::speech::Speech;
use crate::reading::tlds;
use crate::reading::values::is_owner_of_a_value;
use crate::reading::words::Sense;

/// A person as one place of the text names him.
#[derive(Clone, Debug, Default)]
pub(super) struct Mention {
    pub(super) span: Range<usize>,
    pub(super) entry: Entry,
    /// Whether his name might be another word.
    pub(super) weak: bool,
}

/// Something that belongs to a person, in the order of the text.
#[derive(Clone, Debug)]
enum Item {
    Name(Name),
    Email(Address),
    Phone(String),
}

/// The persons of a paragraph. A number that stands beside none goes to the last person before the paragraph, or is loose.
pub(super) fn of(
    speech: &Speech,
    reader: &Reader<'_>,
    known: &[String],
    earlier: &mut [Entry],
    loose: &mut Entry,
) -> Vec<Mention> {
    let items = items(speech, reader, known);
    let mut mentions = mentions(speech, items, earlier, loose);
    merge_second(&mut mentions, loose);
    cases::part(speech, &mut mentions);
    cases::settle(speech, &mut mentions);
    mentions
}

/// Groups what belongs to one person.
fn mentions(
    speech: &Speech,
    items: Vec<Found<Item>>,
    earlier: &mut [Entry],
    loose: &mut Entry,
) -> Vec<Mention> {
    let mut mentions: Vec<Mention> = Vec::new();
    // Whom the last value was given to: a number behind an address is the same person's.
    let mut current = 0;
    for Found { span, what } in items {
        let gap = mentions.last().map(|last| last.span.end..span.start);
        let between = gap.map(|gap| Gap::of(speech, gap));
        match what {
            Item::Name(name) => {
                let tight = between.as_ref().is_some_and(|gap| gap.tight);
                if let Some(last) = mentions.last_mut()
                    && is_transliteration(speech, last, &name, &span)
                {
                    last.span.end = span.end;
                    last.entry.also = Some(name.text);
                    continue;
                }
                match mentions.last_mut() {
                    Some(last) if last.entry.name.is_none() && last.entry.has_first_data() && tight => {
                        last.entry.name = Some(name.text);
                        last.span.end = span.end;
                        last.weak = name.weak;
                    }
                    _ => mentions.push(Mention {
                        entry: Entry { name: Some(name.text), ..Entry::default() },
                        weak: name.weak,
                        span,
                    }),
                }
                current = mentions.len().saturating_sub(1);
            }
            // `ann@…<mailto:ann@…>`.
            Item::Email(address)
                if mentions.last().is_some_and(|last| last.entry.emails.last() == Some(&address)) => {}
            Item::Email(address) => {
                current = take_email(speech, &mut mentions, span, address, between.as_ref());
            }
            Item::Phone(_) if mentions.is_empty() && is_kept(speech, &span) => {}
            Item::Phone(written) => take_phone(
                speech,
                mentions.get_mut(current),
                &span,
                written,
                earlier.last_mut().filter(|last| !goes(last)).unwrap_or(&mut *loose),
            ),
        }
    }
    mentions
}

/// A number behind one who goes is not his: he is to be reached no more.
fn goes(entry: &Entry) -> bool {
    matches!(entry.role, Role::Remove | Role::Old)
}

/// `محمود فهمي (Mahmoud Fahmy)`: the same name in another script, in brackets right behind it.
fn is_transliteration(speech: &Speech, last: &Mention, name: &Name, span: &Range<usize>) -> bool {
    let gap = speech.chars.get(last.span.end..span.start).unwrap_or_default();
    let latin = |text: &str| text.chars().find(|c| c.is_alphabetic()).is_some_and(|c| c.is_ascii());
    let other = last.entry.name.as_deref().is_some_and(|own| latin(own) != latin(&name.text));
    let closed = speech.chars.get(span.end).is_some_and(|c| matches!(c, ')' | '）' | ','));
    matches!(gap, [' ', '('] | ['（' | '(']) && closed && other && !last.entry.has_contact_data()
}

/// `The telephone number stays as it is (…)`: a number in a sentence that has nobody in it, and in which nothing changes.
pub(super) fn is_kept(speech: &Speech, span: &Range<usize>) -> bool {
    const MOVES: [Sense; 5] = [Sense::Change, Sense::New, Sense::Add, Sense::Replace, Sense::ToWord];
    let bound = sentences::of(speech).into_iter().find(|bound| bound.contains(&span.start));
    bound.is_some_and(|bound| {
        let inside = |sense: Sense| speech.with(sense).any(|hit| bound.contains(&hit.span.start));
        inside(Sense::Keep) && !MOVES.into_iter().any(inside)
    })
}

/// What belongs to persons. One word of a name that is `known` names its person again: `Lucía is the primary one`.
fn items(speech: &Speech, reader: &Reader<'_>, known: &[String]) -> Vec<Found<Item>> {
    let addresses = facts::addresses(&speech.chars);
    let numbers = facts::numbers(&speech.chars);
    let mut taken: Vec<Range<usize>> = addresses.iter().map(|one| one.span.clone()).collect();
    taken.extend(numbers.iter().map(|one| one.span.clone()));
    let named = tlds::named(&speech.chars, &speech.hits, reader.known);
    taken.extend(named.into_iter().map(|one| one.span.start.saturating_sub(1)..one.span.end));
    let places = countries::find(&speech.chars).into_iter().map(|one| one.span);
    taken.extend(places.filter(|place| {
        !is_last_name(speech, place, &addresses) && !is_first_name(speech, place, &addresses)
    }));
    let mut items: Vec<Found<Item>> = Vec::new();
    let values: Vec<Range<usize>> = addresses
        .iter()
        .map(|one| one.span.clone())
        .chain(numbers.iter().map(|one| one.span.clone()))
        .collect();
    let found = names::inverted(speech, names::find(speech, &taken), &values);
    let (mut sure, open): (Vec<Found<Name>>, Vec<Found<Name>>) =
        found.into_iter().flat_map(|name| couples::parted(speech, name)).partition(|name| {
            !name.what.weak
                || known.contains(&name.what.text.to_lowercase())
                || (name.what.text.contains(' ') && is_owner_of_a_value(speech, &name.span))
                || (is_anchored(speech, &name.span, &values) && !is_exclamation(speech, name, &addresses))
        });
    let uncased = |name: &Found<Name>| !name.what.text.chars().any(has_case);
    couples::join(speech, &mut sure, open.into_iter().filter(uncased).collect());
    for name in sure {
        let name = without_conjunction(speech, name, &values);
        items.push(Found { span: name.span, what: Item::Name(name.what) });
    }
    let named: Vec<Range<usize>> = items.iter().map(|item| item.span.clone()).collect();
    items.extend(lower_names(speech, &addresses, &named));
    items.extend(small_names(speech, known));
    for address in addresses {
        items.push(Found { span: address.span, what: Item::Email(address.what) });
    }
    for number in numbers.into_iter().filter(|one| !is_fax(speech, &one.span)) {
        items.push(Found { span: number.span, what: Item::Phone(number.what) });
    }
    items.sort_by_key(|item| item.span.start);
    items
}

/// `Богдана Литвина (b.lytvyn@…)`: a word with a capital before what could be a country, and an address in brackets behind it.
fn is_last_name(speech: &Speech, place: &Range<usize>, addresses: &[Found<Address>]) -> bool {
    let before = speech.chars.get(..place.start).unwrap_or_default();
    let first: Vec<&char> = before.iter().rev().skip(1).take_while(|c| is_word(**c)).collect();
    let known = speech.hits.iter().any(|hit| hit.span.end + 1 == place.start);
    let named =
        before.last() == Some(&' ') && first.len() > 1 && first.last().is_some_and(|c| c.is_uppercase());
    // `فاطمة السويدي - هاتف …`: in scripts without capitals a word that is not understood, and a sign behind both.
    let uncased = before.last() == Some(&' ') && first.len() > 2 && first.iter().all(|c| !has_case(**c));
    let parted = matches!(
        speech.chars.get(place.end..place.end + 2),
        Some([' ', '-' | '–' | '(' | '/' | '|'] | [',' | '،' | ':', _])
    );
    if uncased && !known && parted {
        return true;
    }
    let gap = |found: &Found<Address>| speech.chars.get(place.end..found.span.start).unwrap_or_default();
    // `Ewa Węgier, e.wegier@…`: the address is made of the word.
    let made = |found: &Found<Address>| resembles(&speech.text(place.clone()), &found.what);
    let beside = |found: &Found<Address>| {
        let bracket = matches!(gap(found), [' ', '(' | '<']);
        found.span.start > place.end && (bracket || (matches!(gap(found), [',', ' ']) && made(found)))
    };
    named && !known && addresses.iter().any(beside)
}

/// `السيدة هند المزروعي`, `Jordan Smith (jordan@…)`: what could be a country, behind a title, or before a word with a capital
/// that is not understood and an address right behind both.
fn is_first_name(speech: &Speech, place: &Range<usize>, addresses: &[Found<Address>]) -> bool {
    const VALUE_GAP_CHARS: usize = 4;
    let titled = speech.with(Sense::Titles).any(|title| {
        let gap = speech.chars.get(title.span.end..place.start).unwrap_or_default();
        title.span.end <= place.start && matches!(gap, [' ' | '.'] | ['.', ' '])
    });
    let start = place.end + 1;
    let last: usize = speech
        .chars
        .get(start..)
        .unwrap_or_default()
        .iter()
        .take_while(|c| is_word(**c) || **c == '-')
        .count();
    let capital = speech.chars.get(start).is_some_and(|c| c.is_uppercase());
    let known = speech.hits.iter().any(|hit| hit.span.start == start);
    let end = start + last;
    let beside = addresses.iter().any(|found| (end..=end + VALUE_GAP_CHARS).contains(&found.span.start));
    titled || (speech.chars.get(place.end) == Some(&' ') && capital && !known && beside)
}

/// `Sorry, joe@…`: one word with a capital before an address is a name where it is in the address, or the address in
/// brackets behind it.
fn is_exclamation(speech: &Speech, name: &Found<Name>, addresses: &[Found<Address>]) -> bool {
    let cased = speech.chars.get(name.span.start).is_some_and(|c| has_case(*c));
    let next = addresses.iter().find(|address| address.span.start >= name.span.end);
    next.is_some_and(|next| {
        let gap = speech.chars.get(name.span.end..next.span.start).unwrap_or_default();
        cased && gap.contains(&',') && gap.len() <= 3 && !resembles(&name.what.text, &next.what)
    })
}

/// Names in lower case, as some write everything: words right before an address that are in it.
fn lower_names(speech: &Speech, addresses: &[Found<Address>], named: &[Range<usize>]) -> Vec<Found<Item>> {
    let mut found = Vec::new();
    for address in addresses {
        let before = names::words_before(speech, address.span.start);
        let text = speech.text(before.clone());
        let taken = named.iter().any(|span| span.start < before.end && before.start < span.end);
        if !before.is_empty() && !taken && text.contains(' ') && resembles(&text, &address.what) {
            found.push(Found { span: before, what: Item::Name(Name { text, weak: true }) });
        }
    }
    found
}

/// `wanjiru is the primary, brian is backup`: names in small letters, of persons who were told before, in a sentence that
/// names places.
fn small_names(speech: &Speech, known: &[String]) -> Vec<Found<Item>> {
    const LETTERS_MIN: usize = 3;
    let places = |bound: &Range<usize>| {
        speech.hits.iter().any(|hit| {
            matches!(hit.sense, Sense::First | Sense::Second | Sense::Third)
                && bound.contains(&hit.span.start)
        })
    };
    let mut found = Vec::new();
    for bound in sentences::of(speech).into_iter().filter(places) {
        let mut start = bound.start;
        while start < bound.end.min(speech.chars.len()) {
            let rest = speech.chars.get(start..).unwrap_or_default();
            let end = start + rest.iter().take_while(|c| is_word(**c)).count();
            let word = speech.text(start..end);
            let small = word.chars().all(char::is_lowercase) && word.chars().count() >= LETTERS_MIN;
            let understood = speech.hits.iter().any(|hit| hit.span.contains(&start));
            let apart = !matches!(speech.chars.get(end), Some('@' | '-'))
                && !start
                    .checked_sub(1)
                    .is_some_and(|at| matches!(speech.chars.get(at), Some('@' | '.' | '-')));
            if small && !understood && apart && known.contains(&word) {
                found.push(Found { span: start..end, what: Item::Name(Name { text: word, weak: true }) });
            }
            start = end + 1;
        }
    }
    found
}

fn is_fax(speech: &Speech, span: &Range<usize>) -> bool {
    label_before(speech, span.start) == Some(Sense::Fax)
}

/// What stands between two things.
pub(super) struct Gap {
    /// Whether it is only signs and labels.
    pub(super) tight: bool,
    /// Whether a sentence ends in it.
    pub(super) parted: bool,
}

impl Gap {
    fn of(speech: &Speech, span: Range<usize>) -> Self {
        let labels = speech.mask(|hit| {
            matches!(
                hit.sense,
                Sense::Email
                    | Sense::SecondEmail
                    | Sense::Phone
                    | Sense::Mobile
                    | Sense::First
                    | Sense::Second
                    | Sense::Third
                    | Sense::Titles
                    | Sense::ContactWord
                    | Sense::Stop
            )
        });
        let tight = span.clone().all(|place| {
            let c = speech.chars.get(place).copied().unwrap_or(' ');
            !is_word(c) || labels.get(place).copied().unwrap_or_default()
        });
        let text = speech.chars.get(span.clone()).unwrap_or_default();
        let parted = text.iter().enumerate().any(|(place, c)| ends_sentence(speech, span.start + place, *c));
        Self { tight: tight && !parted, parted }
    }
}
