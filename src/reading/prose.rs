//! Prose: persons in sentences, and what the sentences say is to happen to them.

use std::ops::Range;

use crate::domain::address::Address;
use crate::reading::countries;
use crate::reading::entry::{Entry, Role};
use crate::reading::facts::{self, Found};
use crate::reading::folding::{folded, has_case, is_han, is_hangul, is_word};
use crate::reading::form::{Reader, rank_of};
use crate::reading::names::{self, Name};
use crate::reading::speech::Speech;
use crate::reading::tlds;
use crate::reading::words::{Hit, Sense};

/// Characters from which on a line is taken to go on in the next.
const FULL_LINE_CHARS: usize = 55;

/// What prose says.
#[derive(Debug, Default)]
pub(super) struct Prose {
    /// The persons, in the order of the text.
    pub(super) entries: Vec<Entry>,
    /// New values that stand beside no person: the writer speaks of himself, or of a person named elsewhere.
    pub(super) loose: Entry,
    /// Whether a sentence says that one comes in another's place.
    pub(super) replaces: bool,
}

/// Joins lines that were folded into paragraphs, each with the number of its first line.
pub(super) fn paragraphs(lines: &[String]) -> Vec<(usize, String)> {
    let mut paragraphs: Vec<(usize, String)> = Vec::new();
    let mut open = false;
    for (number, line) in lines.iter().enumerate() {
        let text = line.trim();
        if text.is_empty() {
            open = false;
            continue;
        }
        let bulleted = text.starts_with(['-', '*', '•', '–', '·'])
            || text.chars().take(2).any(|c| c == ')')
            || starts_with_number(text);
        match paragraphs.last_mut() {
            Some((_, last)) if open && !bulleted => {
                let spaced = last.chars().last().is_some_and(|c| !crate::reading::folding::is_unspaced(c));
                if spaced {
                    last.push(' ');
                }
                last.push_str(text);
            }
            _ => paragraphs.push((number, text.to_owned())),
        }
        let wide =
            text.chars().map(|c| if crate::reading::folding::is_unspaced(c) { 2 } else { 1 }).sum::<usize>();
        open = wide >= FULL_LINE_CHARS && !text.ends_with([':', '：']);
    }
    paragraphs
}

fn starts_with_number(text: &str) -> bool {
    let digits = text.chars().take_while(char::is_ascii_digit).count();
    (1..=2).contains(&digits) && text.chars().nth(digits).is_some_and(|c| matches!(c, '.' | ')' | '、'))
}

/// Something that belongs to a person, in the order of the text.
#[derive(Clone, Debug)]
enum Item {
    Name(Name),
    Email(Address),
    Phone(String),
}

/// A person as one place of the text names him.
#[derive(Clone, Debug, Default)]
struct Mention {
    span: Range<usize>,
    entry: Entry,
    /// Whether his name might be another word.
    weak: bool,
}

/// Reads a paragraph.
pub(super) fn read(line: usize, text: &str, reader: &Reader<'_>, prose: &mut Prose) {
    let speech = Speech::of(text, reader.languages);
    let items = items(&speech, reader);
    let mut mentions = mentions(&speech, items, prose);
    merge_second(&mut mentions);
    let bounds = sentences(&speech);
    for bound in bounds {
        let inside: Vec<usize> = (0..mentions.len())
            .filter(|place| mentions.get(*place).is_some_and(|mention| bound.contains(&mention.span.start)))
            .collect();
        prose.replaces |= assign(&speech, &bound, &inside, &mut mentions, &mut prose.entries);
    }
    for mention in mentions {
        // A name without anything beside it is one only where the sentence says something of it.
        let said = mention.entry.role != Role::Unsaid || mention.entry.has_contact_data();
        let sure = !mention.weak || mention.entry.has_contact_data();
        if said && (sure || mention.entry.role != Role::Unsaid) {
            prose.entries.push(Entry { line, ..mention.entry });
        }
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
    for name in names::find(speech, &taken) {
        if !name.what.weak || is_anchored(speech, &name.span, &values) {
            items.push(Found { span: name.span, what: Item::Name(name.what) });
        }
    }
    for address in addresses {
        items.push(Found { span: address.span, what: Item::Email(address.what) });
    }
    for number in numbers.into_iter().filter(|one| !is_fax(speech, &one.span)) {
        items.push(Found { span: number.span, what: Item::Phone(number.what) });
    }
    items.sort_by_key(|item| item.span.start);
    items
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
    let words = speech.chars.get(span.clone()).unwrap_or_default().iter().filter(|c| **c == ' ').count() + 1;
    let uncased = !speech.chars.get(span.start).is_some_and(|c| has_case(*c));
    values.iter().any(|value| near(span.end, value.start) || named_behind(value))
        || (uncased
            && (words >= 2 || speech.chars.get(span.start).is_some_and(|c| is_han(*c) || is_hangul(*c)))
            && speech.hits.iter().filter(acts).any(|hit| beside(&hit.span)))
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

/// Groups what belongs to one person.
fn mentions(speech: &Speech, items: Vec<Found<Item>>, prose: &mut Prose) -> Vec<Mention> {
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
                current = take_email(speech, &mut mentions, span, address, between.as_ref())
            }
            Item::Phone(written) => take_phone(speech, mentions.get_mut(current), span, written, prose),
        }
    }
    mentions
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
    let qualifier = qualifier(speech, span.start);
    let parted = gap.is_none_or(|gap| gap.parted);
    let owner = owner(mentions, &address, parted);
    match owner.and_then(|owner| mentions.get_mut(owner)) {
        Some(last) if second => {
            last.entry.second = Some(address);
            last.span.end = last.span.end.max(span.end);
        }
        Some(last) if qualifier == Some(Role::Old) && last.entry.emails.is_empty() => {
            last.entry.former_email = Some(address);
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
                entry.second = Some(address)
            } else {
                entry.take_email(address)
            }
            mentions.push(Mention { entry, span, weak: false });
            return mentions.len() - 1;
        }
    }
    owner.unwrap_or_default()
}

/// Whose address it is: the last person's within a sentence; across sentences, his whose name it resembles, or the only
/// one's who has none.
fn owner(mentions: &[Mention], address: &Address, parted: bool) -> Option<usize> {
    let last = mentions.len().checked_sub(1)?;
    if !parted {
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
    span: Range<usize>,
    written: String,
    prose: &mut Prose,
) {
    let former = qualifier(speech, span.start) == Some(Role::Old);
    match owner {
        Some(owner) => {
            owner.entry.take_phone(written, former);
            owner.span.end = owner.span.end.max(span.end);
        }
        None => match prose.entries.last_mut() {
            Some(last) => last.take_phone(written, former),
            None => prose.loose.take_phone(written, former),
        },
    }
}

/// Whether the words right before a value call it the former or the new one.
fn qualifier(speech: &Speech, place: usize) -> Option<Role> {
    const NEAR_CHARS: usize = 28;
    let near = |hit: &&Hit| {
        let gap = speech.chars.get(hit.span.end..place).unwrap_or_default();
        hit.span.end <= place
            && gap.len() <= NEAR_CHARS
            && !gap.iter().any(|c| matches!(c, ',' | ';' | '.' | '(' | '@'))
    };
    let hits = speech
        .hits
        .iter()
        .filter(|hit| matches!(hit.sense, Sense::Old | Sense::New | Sense::FromWord | Sense::ToWord))
        .filter(near);
    hits.max_by_key(|hit| (hit.span.end, hit.span.len())).map(|hit| match hit.sense {
        Sense::Old | Sense::FromWord => Role::Old,
        _ => Role::New,
    })
}

/// The sentences of a text.
fn sentences(speech: &Speech) -> Vec<Range<usize>> {
    let mut bounds = Vec::new();
    let mut start = 0;
    for (place, c) in speech.chars.iter().enumerate() {
        if ends_sentence(speech, place, *c) {
            bounds.push(start..place + 1);
            start = place + 1;
        }
    }
    bounds.push(start..speech.chars.len() + 1);
    bounds
}

fn ends_sentence(speech: &Speech, place: usize, c: char) -> bool {
    let next = speech.chars.get(place + 1);
    match c {
        '。' | '！' | '？' | '\n' | '।' | '؟' | '۔' => next.is_none_or(|next| *next != '.'),
        '!' | '?' => true,
        '.' => {
            let spaced = next.is_none_or(|next| next.is_whitespace());
            let before: String =
                speech.chars.get(place.saturating_sub(4)..place).unwrap_or_default().iter().collect();
            let word = before.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
            let initial = word.chars().count() == 1 && word.chars().all(|c| !c.is_ascii_digit());
            let title = speech.hits.iter().any(|hit| {
                matches!(hit.sense, Sense::Titles | Sense::Phone | Sense::Mobile) && hit.span.end == place
            });
            let capital =
                speech.chars.get(place + 1..).unwrap_or_default().iter().find(|c| !c.is_whitespace());
            let lower = capital.is_some_and(|c| c.is_lowercase() && !c.is_ascii_digit());
            spaced && !initial && !title && !lower
        }
        _ => false,
    }
}

/// Gives the persons of a sentence their parts. Says whether one of them comes in another's place.
fn assign(
    speech: &Speech,
    bound: &Range<usize>,
    inside: &[usize],
    mentions: &mut [Mention],
    earlier: &mut [Entry],
) -> bool {
    let cues: Vec<&Hit> = cues(speech, bound);
    let mut replaced = change_over(speech, &cues, inside, mentions);
    let set = |place: Option<usize>, role: Role, mentions: &mut [Mention]| {
        if let Some(mention) = place.and_then(|place| mentions.get_mut(place))
            && mention.entry.role == Role::Unsaid
        {
            mention.entry.role = role;
        }
    };
    for cue in &cues {
        let before = inside
            .iter()
            .rev()
            .find(|place| mentions.get(**place).is_some_and(|m| m.span.start < cue.span.start))
            .copied();
        let after: Vec<usize> = inside
            .iter()
            .copied()
            .filter(|place| mentions.get(*place).is_some_and(|m| m.span.start >= cue.span.start))
            .collect();
        match cue.sense {
            Sense::Replaces => {
                replaced = true;
                set(before, Role::New, mentions);
                set(after.first().copied(), Role::Old, mentions);
            }
            Sense::ReplacedBy if changes_a_value(speech, cue, before, mentions) => {
                set(before, Role::Change, mentions);
                if let Some(mention) = before.and_then(|place| mentions.get_mut(place)) {
                    mention.entry.value_changes = true;
                }
            }
            Sense::ReplacedBy if after.is_empty() && cue.language.puts_verbs_last() => {
                replaced = true;
                set(before, Role::New, mentions);
            }
            Sense::ReplacedBy => {
                replaced = true;
                set(after.first().copied(), Role::New, mentions);
                match before {
                    Some(_) => set(before, Role::Old, mentions),
                    None => mark_last(earlier, Role::Old),
                }
            }
            Sense::Replace if after.len() >= 2 => {
                replaced = true;
                set(after.first().copied(), Role::Old, mentions);
                set(after.get(1).copied(), Role::New, mentions);
            }
            Sense::Replace => {
                replaced = true;
                if after.len() == 1 && before.is_none() {
                    set(after.first().copied(), Role::Old, mentions);
                }
            }
            Sense::InsteadOf => {
                replaced = true;
                set(after.first().copied(), Role::Old, mentions);
                let other = before.or(after.get(1).copied());
                set(other, Role::New, mentions);
            }
            Sense::InsteadAfter => {
                replaced = true;
                set(before, Role::Old, mentions);
                set(after.first().copied(), Role::New, mentions);
            }
            Sense::Left => match before.or(after.first().copied()) {
                Some(place) => set(Some(place), Role::Remove, mentions),
                None => mark_last(earlier, Role::Remove),
            },
            _ => {}
        }
    }
    simple(speech, &cues, inside, mentions);
    rank_alone(speech, bound, inside, mentions);
    replaced
}

/// `The number of A has changed to …`: the word stands within what is said of one person, or right behind a value.
fn changes_a_value(speech: &Speech, cue: &Hit, before: Option<usize>, mentions: &[Mention]) -> bool {
    let Some(mention) = before.and_then(|place| mentions.get(place)) else { return false };
    let within = cue.span.start < mention.span.end;
    let last =
        speech.chars.get(..cue.span.start).unwrap_or_default().iter().rev().find(|c| !c.is_whitespace());
    let behind = mention.span.end <= cue.span.start
        && cue.span.start - mention.span.end <= 1
        && last.is_some_and(char::is_ascii_digit);
    (within || behind) && mention.entry.has_contact_data()
}

/// `From A to B`: the first makes room for the second.
fn change_over(speech: &Speech, cues: &[&Hit], inside: &[usize], mentions: &mut [Mention]) -> bool {
    const NEAR_CHARS: usize = 12;
    let [first, second] = inside else { return false };
    let changes =
        cues.iter().any(|hit| matches!(hit.sense, Sense::Change | Sense::Replace | Sense::ReplacedBy));
    let Some((from, to)) =
        mentions.get(*first).map(|m| m.span.clone()).zip(mentions.get(*second).map(|m| m.span.clone()))
    else {
        return false;
    };
    let said = speech.with(Sense::FromWord).any(|hit| {
        let before = hit.span.end <= from.start && from.start - hit.span.end <= NEAR_CHARS;
        let behind = hit.span.start >= from.end && hit.span.end <= to.start && hit.span.start - from.end <= 2;
        before || behind
    });
    if !(changes && said) {
        return false;
    }
    for (place, role) in [(*first, Role::Old), (*second, Role::New)] {
        if let Some(mention) = mentions.get_mut(place) {
            mention.entry.role = role;
        }
    }
    true
}

fn mark_last(earlier: &mut [Entry], role: Role) {
    if let Some(last) = earlier.last_mut()
        && matches!(last.role, Role::Unsaid | Role::Remove)
    {
        last.role = role;
    }
}

/// The cues of a sentence, each the longest of its place.
fn cues<'a>(speech: &'a Speech, bound: &Range<usize>) -> Vec<&'a Hit> {
    const CUES: [Sense; 10] = [
        Sense::Replaces,
        Sense::ReplacedBy,
        Sense::InsteadOf,
        Sense::InsteadAfter,
        Sense::Left,
        Sense::Replace,
        Sense::Remove,
        Sense::Keep,
        Sense::Change,
        Sense::Add,
    ];
    let inside: Vec<&Hit> = speech
        .hits
        .iter()
        .filter(|hit| CUES.contains(&hit.sense) && bound.contains(&hit.span.start))
        .collect();
    inside
        .iter()
        .filter(|hit| {
            !inside.iter().any(|other| {
                other.span.start <= hit.span.start
                    && hit.span.end <= other.span.end
                    && other.span.len() > hit.span.len()
            })
        })
        .copied()
        .collect()
}

/// Adding, removing, changing and keeping: each person goes with the nearest of these words, one before him first.
fn simple(speech: &Speech, cues: &[&Hit], inside: &[usize], mentions: &mut [Mention]) {
    let plain: Vec<&&Hit> = cues
        .iter()
        .filter(|hit| matches!(hit.sense, Sense::Remove | Sense::Add | Sense::Change | Sense::Keep))
        .collect();
    for place in inside {
        let Some(mention) = mentions.get_mut(*place) else { continue };
        mention.entry.rank = mention.entry.rank.or_else(|| near_rank(speech, &mention.span));
        mention.entry.value_changes |= is_owner_of_a_value(speech, &mention.span)
            || is_identified_in_brackets(speech, &mention.span)
            || plain.iter().any(|hit| {
                hit.sense == Sense::Change && (names_a_value(speech, hit) || is_about_a_value(speech, hit))
            });
        if mention.entry.role != Role::Unsaid {
            continue;
        }
        let before = plain.iter().rev().find(|hit| hit.span.end <= mention.span.start);
        let after = plain.iter().find(|hit| hit.span.start >= mention.span.start);
        let chosen = before.or(after);
        mention.entry.role = chosen.map_or(Role::Unsaid, |hit| match hit.sense {
            Sense::Add | Sense::Remove if is_about_a_value(speech, hit) => Role::Change,
            Sense::Remove => Role::Remove,
            Sense::Add => Role::Add,
            Sense::Change => Role::Change,
            _ => Role::Keep,
        });
        if mention.entry.role == Role::Add
            && mention.entry.value_changes
            && mention.entry.phones.is_empty()
            && mention.entry.second.is_some()
        {
            mention.entry.role = Role::Change;
        }
    }
}

/// Where a sentence names one person only, a place named anywhere in it is his.
fn rank_alone(speech: &Speech, bound: &Range<usize>, inside: &[usize], mentions: &mut [Mention]) {
    if let [only] = inside
        && let Some(mention) = mentions.get_mut(*only)
        && mention.entry.rank.is_none()
    {
        mention.entry.rank = rank_of(speech, bound.start, bound.end);
    }
}

/// `New number`, `teléfono nuevo`: the word for the change names what changes.
pub(super) fn names_a_value(speech: &Speech, cue: &Hit) -> bool {
    speech.hits.iter().any(|hit| {
        matches!(hit.sense, Sense::SecondEmail | Sense::Email | Sense::Phone | Sense::Mobile)
            && cue.span.start <= hit.span.start
            && hit.span.end <= cue.span.end
    })
}

/// `Zoé Martin (zoe@…) … +33 …`: what stands in brackets says who, what stands behind them is new.
fn is_identified_in_brackets(speech: &Speech, span: &Range<usize>) -> bool {
    let text = speech.chars.get(span.clone()).unwrap_or_default();
    let close = text.iter().position(|c| matches!(c, ')' | '）' | ']'));
    let address = text.iter().position(|c| *c == '@');
    let Some((close, _)) = close.zip(address).filter(|(close, address)| address < close) else {
        return false;
    };
    text.get(close..).unwrap_or_default().iter().filter(|c| c.is_ascii_digit()).count()
        >= facts::NUMBER_DIGITS_MIN
}

/// `The number of Zoé Martin`, `Zoé Martin's number`.
fn is_owner_of_a_value(speech: &Speech, span: &Range<usize>) -> bool {
    const NEAR_CHARS: usize = 16;
    let labels = speech
        .hits
        .iter()
        .filter(|hit| matches!(hit.sense, Sense::SecondEmail | Sense::Email | Sense::Phone | Sense::Mobile));
    let small = speech.mask(|hit| matches!(hit.sense, Sense::Stop | Sense::Titles | Sense::FromWord));
    labels.into_iter().any(|label| {
        let gap = label.span.end..span.start;
        let near = label.span.end <= span.start && gap.len() <= NEAR_CHARS;
        let plain = gap.clone().all(|place| {
            small.get(place).copied().unwrap_or_default() || speech.chars.get(place) == Some(&' ')
        });
        near && plain && !gap.is_empty()
    })
}

/// `Add the second address`: what is added is not a person.
pub(super) fn is_about_a_value(speech: &Speech, cue: &Hit) -> bool {
    const NEAR_CHARS: usize = 24;
    let label = speech.hits.iter().filter(|hit| {
        matches!(hit.sense, Sense::SecondEmail | Sense::Email | Sense::Phone | Sense::Mobile)
            && hit.span.start >= cue.span.end
    });
    let Some(label) = label.min_by_key(|hit| hit.span.start) else { return false };
    let gap = speech.chars.get(cue.span.end..label.span.start).unwrap_or_default();
    let plain = speech.mask(|hit| {
        matches!(
            hit.sense,
            Sense::Stop | Sense::New | Sense::Me | Sense::Second | Sense::ToWord | Sense::FromWord
        )
    });
    let small = (cue.span.end..label.span.start).all(|place| {
        plain.get(place).copied().unwrap_or_default()
            || speech.chars.get(place).is_some_and(|c| *c == ' ' || *c == '\'')
    });
    gap.len() <= NEAR_CHARS && small
}

/// The place that stands beside a person: within, right before or right after what is said of him.
fn near_rank(speech: &Speech, span: &Range<usize>) -> Option<crate::domain::contact::Rank> {
    const NEAR_CHARS: usize = 34;
    let stop = |c: &char| matches!(c, ';' | '\n' | '。' | '；');
    let end = speech
        .chars
        .get(span.end..)
        .unwrap_or_default()
        .iter()
        .take(NEAR_CHARS)
        .position(stop)
        .map_or((span.end + NEAR_CHARS).min(speech.chars.len()), |length| span.end + length);
    let start = span.start.saturating_sub(24);
    rank_of(speech, span.start, end).or_else(|| rank_of(speech, start, span.end))
}
