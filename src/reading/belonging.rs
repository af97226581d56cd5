//! Belonging: to which person of a sentence an address or a number belongs, and whether it is his former one.

use std::ops::Range;

use crate::domain::address::Address;
use crate::reading::entry::{Entry, LineKind, Number, Role};
use crate::reading::facts;
use crate::reading::folding::{folded, is_word};
use crate::reading::mentions::{Gap, Mention};
use crate::reading::qualifiers::{is_denied_line, is_not_to_be_listed, is_small, qualifier};
use crate::reading::sentences;
use crate::reading::speech::Speech;
use crate::reading::words::{Hit, Sense};

/// Characters between the word for a line and its number at the most: `cell is `, `Desk: `.
const LINE_NEAR_CHARS: usize = 8;

/// The label right before a value: `tel. +31 …`, `fax: …`.
pub(super) fn label_before(speech: &Speech, place: usize) -> Option<Sense> {
    // `İkinci adres olarak a@…`.
    const LED_CHARS: usize = 9;
    let senses = [Sense::SecondEmail, Sense::Email, Sense::Mobile, Sense::Fax, Sense::Phone];
    let near = |hit: &&Hit| {
        let gap = speech.chars.get(hit.span.end..place).unwrap_or_default();
        let led = hit.sense == Sense::SecondEmail
            && hit.language.puts_verbs_last()
            && gap.len() <= LED_CHARS
            && is_small(speech, hit.span.end..place);
        hit.span.end <= place && (led || (gap.len() <= 4 && !gap.iter().any(|c| is_word(*c))))
    };
    let labels = speech.hits.iter().filter(|hit| senses.contains(&hit.sense)).filter(near);
    labels.max_by_key(|hit| (hit.span.end, hit.span.len())).map(|hit| hit.sense)
}

pub(super) fn take_email(
    speech: &Speech,
    mentions: &mut Vec<Mention>,
    span: Range<usize>,
    address: Address,
    gap: Option<&Gap>,
) -> usize {
    let second = label_before(speech, span.start) == Some(Sense::SecondEmail)
        || is_called_second(speech, span.end)
        || is_announced_second(speech, span.start)
        || is_led_to_second(speech, span.start)
        || is_given_second(speech, &span);
    let qualifier = qualifier(speech, &span);
    let parted = gap.is_none_or(|gap| gap.parted);
    let mut owner = owner(mentions, &address, gap).filter(|_| !is_the_writers(speech, span.start));
    let former =
        owner.filter(|_| qualifier == Some(Role::New)).and_then(|owner| take_former(mentions, owner));
    if former.is_some() {
        owner = owner.and_then(|owner| owner.checked_sub(1));
    }
    if let Some(last) = owner.and_then(|owner| mentions.get_mut(owner))
        && former.is_some()
    {
        last.entry.former_email = former;
        last.entry.value_changes = true;
    }
    match owner.and_then(|owner| mentions.get_mut(owner)) {
        Some(last) if second && last.entry.second.is_none() => {
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

/// `A (a@…) becomes the first, and I (b@…) the second`: the address is the writer's, and not that of whom he named before.
fn is_the_writers(speech: &Speech, start: usize) -> bool {
    speech.with(Sense::Me).any(|me| {
        let gap = speech.chars.get(me.span.end..start).unwrap_or_default();
        me.span.end <= start && matches!(gap, [' ', '(' | '<'] | ['（' | '('])
    })
}

/// `The mailbox a@… was closed; use Ann Bee's new address …`: an address without a name, right before a person whose name it
/// is made of and who gets a new one, was his.
fn take_former(mentions: &mut Vec<Mention>, owner: usize) -> Option<Address> {
    let name = mentions.get(owner).filter(|mention| !mention.entry.has_contact_data())?.entry.name.clone()?;
    let before = owner.checked_sub(1)?;
    let entry = &mentions.get(before)?.entry;
    let [only] = entry.emails.as_slice() else { return None };
    let bare = entry.name.is_none() && entry.phones.is_empty() && entry.second.is_none();
    let former = Some(only.clone()).filter(|only| bare && resembles(&name, only))?;
    mentions.remove(before);
    Some(former)
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
            && !gap.iter().any(|c| matches!(c, ',' | '.' | ';' | ':' | '\n' | '@' | '(' | ')'))
    })
}

/// `A second address for my entry: …`: small words between the label and the colon before the address.
fn is_announced_second(speech: &Speech, start: usize) -> bool {
    const NEAR_CHARS: usize = 32;
    // `Passa a ser` and `is now` are longer than `to` and `para`.
    const COPULA_CHARS_MIN: usize = 6;
    let small =
        speech.mask(|hit| matches!(hit.sense, Sense::Stop | Sense::Me | Sense::ToWord | Sense::IAmListed));
    speech.with(Sense::SecondEmail).any(|hit| {
        let gap = hit.span.end..start;
        let text = speech.chars.get(gap.clone()).unwrap_or_default();
        let becomes = speech.with(Sense::ToWord).any(|to| {
            to.span.len() >= COPULA_CHARS_MIN && gap.start <= to.span.start && to.span.end <= gap.end
        });
        let signs = text.iter().filter(|c| matches!(c, ':' | '：')).count();
        hit.span.end <= start
            && gap.len() <= NEAR_CHARS
            && (signs == 1 || (signs == 0 && becomes))
            && gap.into_iter().all(|place| {
                small.get(place).copied().unwrap_or_default()
                    || speech.chars.get(place).is_some_and(|c| matches!(c, ' ' | ':' | '：'))
            })
    })
}

/// `I would like to give A (a@…) a second address, in case our server fails: b@…`: a colon right before the address, and the
/// label before it in its sentence, with no other address between.
fn is_led_to_second(speech: &Speech, start: usize) -> bool {
    let blank = |at: &usize| speech.chars.get(*at).is_some_and(|c| c.is_whitespace());
    let before = (0..start).rev().find(|at| !blank(at));
    let colon = before.filter(|at| matches!(speech.chars.get(*at), Some(':' | '：')));
    let bound = sentences::of(speech).into_iter().find(|bound| bound.contains(&start));
    let Some((colon, bound)) = colon.zip(bound) else { return false };
    speech.with(Sense::SecondEmail).any(|label| {
        let gap = speech.chars.get(label.span.end..colon).unwrap_or_default();
        label.span.end <= colon
            && bound.contains(&label.span.start)
            && !gap.iter().any(|c| matches!(c, '@' | ':'))
    })
}

/// `…, Bob Lee, bob@…`: whether a word with a capital that says nothing stands right before a value.
fn is_behind_a_name(speech: &Speech, span: &Range<usize>) -> bool {
    let before = speech.chars.get(..span.start).unwrap_or_default();
    let gap = before.iter().rev().take_while(|c| matches!(c, ' ' | ',')).count();
    let end = span.start - gap;
    let letters =
        before.get(..end).unwrap_or_default().iter().rev().take_while(|c| c.is_alphabetic()).count();
    let word = end - letters..end;
    let capital = speech.chars.get(word.start).is_some_and(|c| c.is_uppercase());
    capital
        && letters > 1
        && !speech.hits.iter().any(|hit| hit.span.start <= word.start && word.end <= hit.span.end)
}

/// `Add a backup address for A (a@…), which is x@…`, `add the second address x@… for A (a@…)`: of two addresses in a sentence the
/// one in brackets behind a name says who he is, and the other one is the second that the sentence speaks of.
fn is_given_second(speech: &Speech, span: &Range<usize>) -> bool {
    const OTHERS: [Sense; 8] = [
        Sense::Old,
        Sense::Left,
        Sense::Ended,
        Sense::Change,
        Sense::Replace,
        Sense::ReplacedBy,
        Sense::InsteadOf,
        Sense::Keep,
    ];
    let Some(bound) = sentences::of(speech).into_iter().find(|bound| bound.contains(&span.start)) else {
        return false;
    };
    let bracketed = |span: &Range<usize>| {
        let before = speech.chars.get(..span.start).unwrap_or_default();
        matches!(before, [.., '(' | '（' | '<'])
    };
    let addresses = facts::addresses(&speech.chars).into_iter().map(|found| found.span);
    let inside: Vec<Range<usize>> = addresses.filter(|span| bound.contains(&span.start)).collect();
    let [first, second] = inside.as_slice() else { return false };
    let other = if first == span { second } else { first };
    let said = |sense: &Sense| speech.with(*sense).any(|hit| bound.contains(&hit.span.start));
    let led = speech
        .with(Sense::SecondEmail)
        .any(|label| bound.contains(&label.span.start) && label.span.end <= span.start);
    led && !bracketed(span) && bracketed(other) && !OTHERS.iter().any(said) && !is_behind_a_name(speech, span)
}

pub(super) fn take_phone(
    speech: &Speech,
    owner: Option<&mut Mention>,
    span: &Range<usize>,
    written: String,
    otherwise: &mut Entry,
) {
    let former = qualifier(speech, span) == Some(Role::Old);
    let refused = is_not_to_be_listed(speech, span);
    let denied = (former && is_denied_line(speech, span)) || refused;
    let former = former || refused;
    let line = if denied { LineKind::Unwanted } else { line_kind(speech, span) };
    match owner {
        Some(owner) => {
            owner.entry.take_number(Number { written, former, line });
            owner.span.end = owner.span.end.max(span.end);
        }
        None => otherwise.take_number(Number { written, former, line }),
    }
}

/// What kind of line a number is: by the word before it, or in brackets behind it.
pub(super) fn line_kind(speech: &Speech, span: &Range<usize>) -> LineKind {
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

/// A second address that stands before the person it belongs to.
pub(super) fn merge_second(mentions: &mut Vec<Mention>, loose: &mut Entry) {
    let alone = |mention: &Mention| {
        mention.entry.second.is_some() && mention.entry.name.is_none() && mention.entry.emails.is_empty()
    };
    while let Some(place) = mentions.iter().position(alone) {
        let Some(second) = mentions.remove(place).entry.second else { return };
        let owner = if place < mentions.len() { Some(place) } else { place.checked_sub(1) };
        match owner.and_then(|owner| mentions.get_mut(owner)) {
            Some(mention) if mention.entry.second.is_none() => {
                mention.entry.second = Some(second);
                mention.entry.value_changes = true;
            }
            // `Add a backup address to my entry: …` names nobody.
            None if loose.second.is_none() => loose.second = Some(second),
            _ => return,
        }
    }
}
