//! Mentions: the facts of a sentence, grouped by the person they belong to.

use std::ops::Range;

use crate::domain::address::Address;
use crate::reading::countries;
use crate::reading::entry::{Entry, LineKind, Number, Role};
use crate::reading::facts::{self, Found};
use crate::reading::folding::{folded, has_case, is_han, is_hangul, is_word};
use crate::reading::labels::Reader;
use crate::reading::names::{self, Name};
use crate::reading::sentences::ends_sentence;
use crate::reading::speech::Speech;
use crate::reading::tlds;
use crate::reading::words::{Hit, Sense};

/// Characters between a value and an arrow, with the arrow, at the most.
const ARROW_NEAR_CHARS: usize = 8;

/// Characters between the word for a line and its number at the most: `cell is `, `Desk: `.
const LINE_NEAR_CHARS: usize = 8;
/// Characters of small words between what adds a person and his name at the most.
const ADDED_NEAR_CHARS: usize = 8;

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
    earlier: &mut [Entry],
    loose: &mut Entry,
) -> Vec<Mention> {
    let items = items(speech, reader);
    let mut mentions = mentions(speech, items, earlier, loose);
    merge_second(&mut mentions);
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
            Item::Email(address) => {
                current = take_email(speech, &mut mentions, span, address, between.as_ref());
            }
            Item::Phone(written) => take_phone(
                speech,
                mentions.get_mut(current),
                &span,
                written,
                earlier.last_mut().unwrap_or(&mut *loose),
            ),
        }
    }
    mentions
}

fn items(speech: &Speech, reader: &Reader<'_>) -> Vec<Found<Item>> {
    let addresses = facts::addresses(&speech.chars);
    let numbers = facts::numbers(&speech.chars);
    let mut taken: Vec<Range<usize>> = addresses.iter().map(|one| one.span.clone()).collect();
    taken.extend(numbers.iter().map(|one| one.span.clone()));
    let named = tlds::named(&speech.chars, &speech.hits, reader.known);
    taken.extend(named.into_iter().map(|one| one.span.start.saturating_sub(1)..one.span.end));
    taken.extend(countries::find(&speech.chars).into_iter().map(|one| one.span));
    let mut items: Vec<Found<Item>> = Vec::new();
    let values: Vec<Range<usize>> = addresses
        .iter()
        .map(|one| one.span.clone())
        .chain(numbers.iter().map(|one| one.span.clone()))
        .collect();
    for name in names::inverted(speech, names::find(speech, &taken), &values) {
        if !name.what.weak
            || (is_anchored(speech, &name.span, &values) && !is_exclamation(speech, &name, &addresses))
        {
            items.push(Found { span: name.span, what: Item::Name(name.what) });
        }
    }
    let named: Vec<Range<usize>> = items.iter().map(|item| item.span.clone()).collect();
    items.extend(lower_names(speech, &addresses, &named));
    for address in addresses {
        items.push(Found { span: address.span, what: Item::Email(address.what) });
    }
    for number in numbers.into_iter().filter(|one| !is_fax(speech, &one.span)) {
        items.push(Found { span: number.span, what: Item::Phone(number.what) });
    }
    items.sort_by_key(|item| item.span.start);
    items
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

/// Whether a word that might be a name stands beside an address or a number, a title, or a word that says what is to
/// happen to somebody.
fn is_anchored(speech: &Speech, span: &Range<usize>, values: &[Range<usize>]) -> bool {
    let near = |from: usize, to: usize| {
        from <= to
            && to - from <= 5
            && !speech.chars.get(from..to).unwrap_or_default().iter().any(|c| is_word(*c))
    };
    let beside = |other: &Range<usize>| near(span.end, other.start) || near(other.end, span.start);
    // Behind an address a name stands in brackets or behind a comma, and not behind a bracket that closes.
    let named_behind = |value: &Range<usize>| {
        let gap = speech.chars.get(value.end..span.start).unwrap_or_default();
        near(value.end, span.start)
            && gap.iter().any(|c| matches!(c, '(' | '（' | ',' | '،' | '，' | '-' | '–' | '、' | '/' | ':'))
    };
    let acts = |hit: &&Hit| {
        matches!(
            hit.sense,
            Sense::Titles
                | Sense::Remove
                | Sense::Replace
                | Sense::Replaces
                | Sense::ReplacedBy
                | Sense::InsteadOf
                | Sense::InsteadAfter
                | Sense::Left
        )
    };
    // `NAMEの電話番号`, `رقم هاتف NAME`: a label right beside it, with a particle between at the most.
    let labelled = speech.hits.iter().any(|hit| {
        let label = matches!(hit.sense, Sense::Phone | Sense::Mobile | Sense::Email | Sense::SecondEmail);
        let close = |from: usize, to: usize| from <= to && to - from <= 2;
        label && (close(span.end, hit.span.start) || close(hit.span.end, span.start))
    });
    let words = speech.chars.get(span.clone()).unwrap_or_default().iter().filter(|c| **c == ' ').count() + 1;
    let uncased = !speech.chars.get(span.start).is_some_and(|c| has_case(*c));
    let sizeable = words >= 2 || speech.chars.get(span.start).is_some_and(|c| is_han(*c) || is_hangul(*c));
    // `هاتفها المباشر 0020 …`: one word between a label and its value says what kind of value it is.
    let qualifies = uncased && words == 1 && is_between_label_and_value(speech, span, values);
    let little = speech.mask(|hit| matches!(hit.sense, Sense::Stop | Sense::Titles | Sense::Vocabulary));
    let put_on = speech.with(Sense::Add).filter(|hit| !hit.language.puts_verbs_last()).any(|hit| {
        let gap = hit.span.end..span.start;
        hit.span.end <= span.start
            && gap.len() <= ADDED_NEAR_CHARS
            && gap.clone().all(|place| {
                little.get(place).copied().unwrap_or_default()
                    || speech.chars.get(place).is_some_and(|c| c.is_whitespace())
            })
    });
    let acted_on = put_on || speech.hits.iter().filter(acts).any(|hit| beside(&hit.span));
    (!qualifies && values.iter().any(|value| near(span.end, value.start) || named_behind(value)))
        || (uncased && sizeable && (acted_on || labelled))
}

fn is_between_label_and_value(speech: &Speech, span: &Range<usize>, values: &[Range<usize>]) -> bool {
    const NEAR_CHARS: usize = 3;
    let close = |from: usize, to: usize| from <= to && to - from <= NEAR_CHARS;
    let label = |hit: &Hit| {
        matches!(hit.sense, Sense::Phone | Sense::Mobile | Sense::Email | Sense::SecondEmail)
            && close(hit.span.end, span.start)
    };
    speech.hits.iter().any(label) && values.iter().any(|value| close(span.end, value.start))
}

fn is_fax(speech: &Speech, span: &Range<usize>) -> bool {
    label_before(speech, span.start) == Some(Sense::Fax)
}

/// The label right before a value: `tel. +31 …`, `fax: …`.
fn label_before(speech: &Speech, place: usize) -> Option<Sense> {
    let senses = [Sense::SecondEmail, Sense::Email, Sense::Mobile, Sense::Fax, Sense::Phone];
    let near = |hit: &&Hit| {
        let gap = speech.chars.get(hit.span.end..place).unwrap_or_default();
        hit.span.end <= place && gap.len() <= 4 && !gap.iter().any(|c| is_word(*c))
    };
    let labels = speech.hits.iter().filter(|hit| senses.contains(&hit.sense)).filter(near);
    labels.max_by_key(|hit| (hit.span.end, hit.span.len())).map(|hit| hit.sense)
}

/// What stands between two things.
struct Gap {
    /// Whether it is only signs and labels.
    tight: bool,
    /// Whether a sentence ends in it.
    parted: bool,
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

fn take_email(
    speech: &Speech,
    mentions: &mut Vec<Mention>,
    span: Range<usize>,
    address: Address,
    gap: Option<&Gap>,
) -> usize {
    let second =
        label_before(speech, span.start) == Some(Sense::SecondEmail) || is_called_second(speech, span.end);
    let qualifier = qualifier(speech, &span);
    let parted = gap.is_none_or(|gap| gap.parted);
    let owner = owner(mentions, &address, gap);
    match owner.and_then(|owner| mentions.get_mut(owner)) {
        Some(last) if second => {
            last.entry.second = Some(address);
            last.entry.value_changes = true;
            last.span.end = last.span.end.max(span.end);
        }
        Some(last) if qualifier == Some(Role::Old) && last.entry.emails.is_empty() => {
            last.entry.former_email = Some(address);
            last.span.end = last.span.end.max(span.end);
        }
        Some(last)
            if qualifier == Some(Role::Old)
                && last.entry.former_email.is_none()
                && gap.is_some_and(|gap| !gap.parted) =>
        {
            last.entry.former_email = Some(address);
            last.entry.value_changes = true;
            last.span.end = last.span.end.max(span.end);
        }
        Some(last) if last.entry.emails.is_empty() && (!parted || last.entry.name.is_some()) => {
            last.entry.take_email(address);
            last.span.end = last.span.end.max(span.end);
        }
        Some(last) if !last.entry.emails.is_empty() && qualifier == Some(Role::New) && !parted => {
            last.entry.former_email = last.entry.emails.pop();
            last.entry.take_email(address);
            last.span.end = span.end;
        }
        Some(last) if gap.is_some_and(|gap| gap.tight) && last.entry.name.is_some() => {
            last.entry.take_email(address);
            last.span.end = span.end;
        }
        _ => {
            let mut entry = Entry::default();
            if second {
                entry.second = Some(address);
            } else {
                entry.take_email(address);
            }
            mentions.push(Mention { entry, span, weak: false });
            return mentions.len() - 1;
        }
    }
    owner.unwrap_or_default()
}

/// Whose address it is: the last person's within a sentence; across sentences, his whose name it resembles, or the only
/// one's who has none.
fn owner(mentions: &[Mention], address: &Address, gap: Option<&Gap>) -> Option<usize> {
    let last = mentions.len().checked_sub(1)?;
    if !gap.is_none_or(|gap| gap.parted) {
        return Some(last);
    }
    let open: Vec<usize> = (0..mentions.len())
        .filter(|place| mentions.get(*place).is_some_and(|mention| !mention.entry.has_contact_data()))
        .collect();
    let like = open.iter().copied().find(|place| {
        mentions
            .get(*place)
            .and_then(|mention| mention.entry.name.as_deref())
            .is_some_and(|name| resembles(name, address))
    });
    like.or(match open.as_slice() {
        [only] => Some(*only),
        _ => None,
    })
}

/// Whether an address seems to be made of a name.
pub(super) fn resembles(name: &str, address: &Address) -> bool {
    let local: String = address.local().chars().map(folded).collect();
    let words = name.split(|c: char| !is_word(c)).map(|word| word.chars().map(folded).collect::<String>());
    words.into_iter().any(|word| word.chars().count() >= 3 && local.contains(&word))
}

/// `… as secondary address`, right behind it.
fn is_called_second(speech: &Speech, end: usize) -> bool {
    const NEAR_CHARS: usize = 16;
    speech.with(Sense::SecondEmail).any(|hit| {
        let gap = speech.chars.get(end..hit.span.start).unwrap_or_default();
        hit.span.start >= end
            && gap.len() <= NEAR_CHARS
            && !gap.iter().any(|c| matches!(c, ',' | '.' | ';' | ':' | '\n' | '@' | '('))
    })
}

fn take_phone(
    speech: &Speech,
    owner: Option<&mut Mention>,
    span: &Range<usize>,
    written: String,
    otherwise: &mut Entry,
) {
    let former = qualifier(speech, span) == Some(Role::Old);
    let line = line_kind(speech, span);
    match owner {
        Some(owner) => {
            owner.entry.take_number(Number { written, former, line });
            owner.span.end = owner.span.end.max(span.end);
        }
        None => otherwise.take_number(Number { written, former, line }),
    }
}

/// What kind of line a number is: by the word before it, or in brackets behind it.
fn line_kind(speech: &Speech, span: &Range<usize>) -> LineKind {
    const BEHIND_CHARS: usize = 3;
    let of = |sense: Sense| if sense == Sense::Mobile { LineKind::Mobile } else { LineKind::Fixed };
    let behind = speech.hits.iter().find(|hit| {
        let gap = speech.chars.get(span.end..hit.span.start).unwrap_or_default();
        matches!(hit.sense, Sense::Mobile | Sense::Phone)
            && hit.span.start > span.end
            && gap.len() <= BEHIND_CHARS
            && gap.contains(&'(')
    });
    let said_before =
        speech.hits.iter().filter(|hit| matches!(hit.sense, Sense::Mobile | Sense::Phone)).filter(|hit| {
            let gap = speech.chars.get(hit.span.end..span.start).unwrap_or_default();
            hit.span.end <= span.start
                && gap.len() <= LINE_NEAR_CHARS
                && !gap.iter().any(|c| c.is_ascii_digit() || *c == ',')
        });
    let before = said_before.max_by_key(|hit| (hit.span.end, hit.span.len()));
    behind.or(before).map_or(LineKind::Unsaid, |hit| of(hit.sense))
}

/// Whether the words beside a value call it the former or the new one: right before it, or, in languages that put such
/// words behind, right behind it.
fn qualifier(speech: &Speech, span: &Range<usize>) -> Option<Role> {
    const NEAR_CHARS: usize = 28;
    const BEHIND_CHARS: usize = 2;
    if arrow_ends(&speech.chars, span.start) {
        return Some(Role::New);
    }
    if arrow_starts(&speech.chars, span.end) {
        return Some(Role::Old);
    }
    let role =
        |hit: &Hit| if matches!(hit.sense, Sense::Old | Sense::FromWord) { Role::Old } else { Role::New };
    let particle =
        |hit: &Hit| matches!(hit.sense, Sense::FromWord | Sense::ToWord) && hit.language.puts_verbs_last();
    let behind = speech
        .hits
        .iter()
        .find(|hit| particle(hit) && hit.span.start >= span.end && hit.span.start - span.end <= BEHIND_CHARS);
    let near = |hit: &&Hit| {
        let gap = speech.chars.get(hit.span.end..span.start).unwrap_or_default();
        // `The old one, a@…, will be closed`.
        let apposed = matches!(gap, [',', ' ']) && matches!(hit.sense, Sense::Old | Sense::New);
        hit.span.end <= span.start
            && gap.len() <= NEAR_CHARS
            && (apposed || !gap.iter().any(|c| matches!(c, ',' | ';' | '.' | '(' | '@')))
    };
    let qualifies = |hit: &&Hit| {
        matches!(hit.sense, Sense::Old | Sense::New | Sense::FromWord | Sense::ToWord) && !particle(hit)
    };
    let before =
        speech.hits.iter().filter(qualifies).filter(near).max_by_key(|hit| (hit.span.end, hit.span.len()));
    behind.or(before).map(role)
}

/// Whether `->`, `=>` or `→` ends right before a place: what stands there is the new value.
fn arrow_ends(chars: &[char], place: usize) -> bool {
    let before: Vec<char> =
        chars.get(..place).unwrap_or_default().iter().rev().copied().take(ARROW_NEAR_CHARS).collect();
    let mut signs = before.iter().skip_while(|c| matches!(c, ' ' | '\t' | '<' | '(' | '"'));
    match signs.next() {
        Some('→' | '⇒' | '➔' | '➜' | '»') => true,
        Some('>') => matches!(signs.next(), Some('-' | '=' | '–' | '—')),
        _ => false,
    }
}

/// Whether an arrow starts right behind a place: what stood there is the former value.
pub(super) fn arrow_starts(chars: &[char], place: usize) -> bool {
    let after = chars.get(place..).unwrap_or_default().iter().take(ARROW_NEAR_CHARS);
    let mut signs = after.skip_while(|c| matches!(c, ' ' | '\t' | '>' | ')' | '"'));
    match signs.next() {
        Some('→' | '⇒' | '➔' | '➜') => true,
        Some('-' | '=' | '–' | '—') => {
            let mut rest = signs.skip_while(|c| matches!(c, '-' | '=' | '–' | '—'));
            rest.next() == Some(&'>')
        }
        _ => false,
    }
}

/// A second address that stands before the person it belongs to.
fn merge_second(mentions: &mut Vec<Mention>) {
    let alone = |mention: &Mention| {
        mention.entry.second.is_some() && mention.entry.name.is_none() && mention.entry.emails.is_empty()
    };
    while let Some(place) = mentions.iter().position(alone) {
        let second = mentions.remove(place).entry.second;
        let owner = if place < mentions.len() { Some(place) } else { place.checked_sub(1) };
        match owner.and_then(|owner| mentions.get_mut(owner)) {
            Some(mention) if mention.entry.second.is_none() => {
                mention.entry.second = second;
                mention.entry.value_changes = true;
            }
            _ => return,
        }
    }
}
