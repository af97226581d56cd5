//! Belonging: to which person of a sentence an address or a number belongs, and whether it is his former one.

use std::ops::Range;

use crate::domain::address::Address;
use crate::reading::changes::arrow;
use crate::reading::entry::{Entry, LineKind, Number, Role};
use crate::reading::folding::{folded, is_word};
use crate::reading::mentions::{Gap, Mention};
use crate::reading::speech::Speech;
use crate::reading::values::{is_about_a_value, is_of_a_value};
use crate::reading::words::{Hit, Sense};

/// Characters between a value and an arrow, with the arrow, at the most.
const ARROW_NEAR_CHARS: usize = 8;

/// Characters between the word for a line and its number at the most: `cell is `, `Desk: `.
const LINE_NEAR_CHARS: usize = 8;

/// The label right before a value: `tel. +31 …`, `fax: …`.
pub(super) fn label_before(speech: &Speech, place: usize) -> Option<Sense> {
    let senses = [Sense::SecondEmail, Sense::Email, Sense::Mobile, Sense::Fax, Sense::Phone];
    let near = |hit: &&Hit| {
        let gap = speech.chars.get(hit.span.end..place).unwrap_or_default();
        hit.span.end <= place && gap.len() <= 4 && !gap.iter().any(|c| is_word(*c))
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
        || is_announced_second(speech, span.start);
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
    let small =
        speech.mask(|hit| matches!(hit.sense, Sense::Stop | Sense::Me | Sense::ToWord | Sense::IAmListed));
    speech.with(Sense::SecondEmail).any(|hit| {
        let gap = hit.span.end..start;
        let text = speech.chars.get(gap.clone()).unwrap_or_default();
        hit.span.end <= start
            && gap.len() <= NEAR_CHARS
            && text.iter().filter(|c| matches!(c, ':' | '：')).count() == 1
            && gap.into_iter().all(|place| {
                small.get(place).copied().unwrap_or_default()
                    || speech.chars.get(place).is_some_and(|c| matches!(c, ' ' | ':' | '：'))
            })
    })
}

pub(super) fn take_phone(
    speech: &Speech,
    owner: Option<&mut Mention>,
    span: &Range<usize>,
    written: String,
    otherwise: &mut Entry,
) {
    let former = qualifier(speech, span) == Some(Role::Old);
    let denied = former && is_denied_line(speech, span);
    let line = if denied { LineKind::Unwanted } else { line_kind(speech, span) };
    match owner {
        Some(owner) => {
            owner.entry.take_number(Number { written, former, line });
            owner.span.end = owner.span.end.max(span.end);
        }
        None => otherwise.take_number(Number { written, former, line }),
    }
}

/// `Not his office line +31 …`: the negation is of a kind of line.
fn is_denied_line(speech: &Speech, span: &Range<usize>) -> bool {
    let labelled = speech.hits.iter().any(|hit| {
        matches!(hit.sense, Sense::Phone | Sense::Mobile)
            && hit.span.end <= span.start
            && speech.with(Sense::Not).any(|not| not.span.end <= hit.span.start)
            && is_small(speech, hit.span.end..span.start)
    });
    labelled && is_denied(speech, span)
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
    // `Delete the number +31 …`.
    let deleted = |hit: &Hit| {
        hit.span.end <= span.start
            && span.start - hit.span.end <= NEAR_CHARS
            && is_about_a_value(speech, hit)
            && is_small(speech, hit.span.end..span.start)
    };
    if speech.with(Sense::Remove).any(deleted) {
        return Some(Role::Old);
    }
    if is_denied(speech, span) || speech.with(Sense::InsteadOf).any(|hit| is_of_a_value(speech, hit, span)) {
        return Some(Role::Old);
    }
    let role =
        |hit: &Hit| if matches!(hit.sense, Sense::Old | Sense::FromWord) { Role::Old } else { Role::New };
    let particle =
        |hit: &Hit| matches!(hit.sense, Sense::FromWord | Sense::ToWord) && hit.language.puts_verbs_last();
    // `From today use a@…`, `merci de noter le +33 …`: what is said in between is said of the value.
    let parted = |hit: &Hit| {
        let acts = speech.hits.iter().any(|other| {
            matches!(other.sense, Sense::Add | Sense::Change | Sense::Replace | Sense::ReplacedBy)
                && other.span.start >= hit.span.end
                && other.span.end <= span.start
        });
        // `Mudei de número: +351 …`: what stands behind a label and its colon is what there is now.
        let gap = speech.chars.get(hit.span.end..span.start).unwrap_or_default();
        let told = gap.iter().any(|c| matches!(c, ':' | '：')) && gap.iter().any(|c| is_word(*c));
        acts || (hit.sense == Sense::FromWord && (told || !is_small(speech, hit.span.end..span.start)))
    };
    let behind = speech
        .hits
        .iter()
        .find(|hit| particle(hit) && hit.span.start >= span.end && hit.span.start - span.end <= BEHIND_CHARS);
    let near = |hit: &&Hit| {
        let gap = speech.chars.get(hit.span.end..span.start).unwrap_or_default();
        // `The old one, a@…, will be closed`.
        let commas = gap.iter().filter(|c| **c == ',').count();
        let apposed =
            commas == 1 && gap.ends_with(&[',', ' ']) && matches!(hit.sense, Sense::Old | Sense::New);
        hit.span.end <= span.start
            && gap.len() <= NEAR_CHARS
            && (apposed || !gap.iter().any(|c| matches!(c, ',' | ';' | '.' | '(' | '@')))
    };
    let qualifies = |hit: &&Hit| {
        matches!(hit.sense, Sense::Old | Sense::New | Sense::FromWord | Sense::ToWord) && !particle(hit)
    };
    // `Leaving: a@…, to be added: b@…`: a word that acts speaks of a person.
    let acts = |hit: &Hit| {
        speech
            .hits
            .iter()
            .any(|other| matches!(other.sense, Sense::Add | Sense::Remove | Sense::Left) && other.covers(hit))
    };
    let qualifies = |hit: &&Hit| qualifies(hit) && !acts(hit) && !(role(hit) == Role::Old && parted(hit));
    let before =
        speech.hits.iter().filter(qualifies).filter(near).max_by_key(|hit| (hit.span.end, hit.span.len()));
    behind.or(before).map(role)
}

/// Whether a stretch has no other words than those that stand between `from` and a value: `from his old number …`.
fn is_small(speech: &Speech, stretch: Range<usize>) -> bool {
    let small = speech.mask(|hit| {
        matches!(
            hit.sense,
            Sense::Stop
                | Sense::Old
                | Sense::New
                | Sense::Me
                | Sense::Email
                | Sense::SecondEmail
                | Sense::Phone
                | Sense::Mobile
        )
    });
    stretch.into_iter().all(|place| {
        small.get(place).copied().unwrap_or_default() || speech.chars.get(place).is_some_and(|c| !is_word(*c))
    })
}

/// `Use a@… and not b@…`: whether a negation stands right before a value, or right behind it in a language that puts it
/// there.
fn is_denied(speech: &Speech, span: &Range<usize>) -> bool {
    const NEAR_CHARS: usize = 2;
    const SMALL_CHARS: usize = 28;
    // `Take this one, not her office number +31 …`.
    let small = speech.mask(|hit| {
        let label = matches!(hit.sense, Sense::Phone | Sense::Mobile | Sense::Email);
        label || matches!(hit.sense, Sense::Stop | Sense::ToWord | Sense::Not | Sense::Me)
    });
    let alone = |not: &&Hit| !speech.hits.iter().any(|other| other.exceeds(not));
    let before = |not: &Hit| {
        let gap = not.span.end..span.start;
        not.span.end <= span.start
            && gap.len() <= SMALL_CHARS
            && gap.into_iter().all(|place| {
                small.get(place).copied().unwrap_or_default() || speech.chars.get(place) == Some(&' ')
            })
    };
    let behind = |not: &Hit| {
        not.language.puts_verbs_last() && (span.end..=span.end + NEAR_CHARS).contains(&not.span.start)
    };
    speech.with(Sense::Not).filter(alone).any(|not| before(not) || behind(not))
}

/// Whether an arrow ends right before a place: what stands there is the new value.
fn arrow_ends(chars: &[char], place: usize) -> bool {
    let from = place.saturating_sub(ARROW_NEAR_CHARS);
    let before = chars.get(from..place).unwrap_or_default();
    arrow(before).is_some_and(|(start, length)| is_open(before.get(start + length..).unwrap_or_default()))
}

/// Whether an arrow starts right behind a place: what stood there is the former value.
fn arrow_starts(chars: &[char], place: usize) -> bool {
    let end = (place + ARROW_NEAR_CHARS).min(chars.len());
    let after = chars.get(place..end).unwrap_or_default();
    arrow(after).is_some_and(|(start, _)| is_open(after.get(..start).unwrap_or_default()))
}

/// Whether there is nothing but white space and the brackets around an address.
fn is_open(gap: &[char]) -> bool {
    gap.iter().all(|c| c.is_whitespace() || matches!(c, '<' | '>' | '(' | ')' | '"'))
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
