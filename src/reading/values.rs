//! Values: whether a sentence is about a number or an address of a person, and not about the person.

use std::ops::Range;

use crate::reading::entry::{Entry, Role};
use crate::reading::facts;
use crate::reading::names;
use crate::reading::sentences;
use crate::reading::speech::Speech;
use crate::reading::statement::Statement;
use crate::reading::words::{Hit, Sense};

/// `New number`, `teléfono nuevo`: the word for the change names what changes.
pub(super) fn names_a_value(speech: &Speech, cue: &Hit) -> bool {
    speech.hits.iter().any(|hit| {
        matches!(hit.sense, Sense::SecondEmail | Sense::Email | Sense::Phone | Sense::Mobile)
            && cue.covers(hit)
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

/// `Instead of +33 …`, `her address is a@… instead of b@…`: a word for what makes room stands right before a value, and it
/// is a value that does. An address may stand for its person, unless addresses are spoken of.
pub(super) fn is_of_a_value(speech: &Speech, cue: &Hit, value: &Range<usize>) -> bool {
    const NEAR_CHARS: usize = 28;
    let gap = cue.span.end..value.start;
    let known = [Sense::Stop, Sense::Old, Sense::Me, Sense::Phone, Sense::Mobile, Sense::Email];
    let small = speech.mask(|hit| known.contains(&hit.sense));
    let near = cue.span.end <= value.start
        && gap.len() <= NEAR_CHARS
        && gap.into_iter().all(|place| {
            small.get(place).copied().unwrap_or_default()
                || speech.chars.get(place).is_some_and(|c| matches!(c, ' ' | ':'))
        });
    let address = speech.chars.get(value.clone()).is_some_and(|chars| chars.contains(&'@'));
    let bound = sentences::of(speech).into_iter().find(|bound| bound.contains(&cue.span.start));
    let spoken_of = || {
        let inside = |hit: &Hit| bound.as_ref().is_some_and(|bound| bound.contains(&hit.span.start));
        speech.with(Sense::Email).any(inside)
            && speech.hits.iter().any(|hit| matches!(hit.sense, Sense::Change | Sense::New) && inside(hit))
    };
    near && (!address || spoken_of())
}

/// `List this one instead of the former number`: a value makes room, so its person is there already.
pub(super) fn replaces_a_value(speech: &Speech) -> bool {
    const NEAR_CHARS: usize = 30;
    let former = |cue: &Hit| {
        let near = cue.span.end..cue.span.end + NEAR_CHARS;
        speech.with(Sense::Old).any(|old| near.contains(&old.span.start))
    };
    speech.with(Sense::InsteadOf).any(|cue| is_about_a_value(speech, cue) && former(cue))
}

/// Whether the words for a change are about a number or an address.
pub(super) fn are_what_changes(own: &Speech) -> bool {
    let value = |cue: &Hit| is_about_a_value(own, cue) || names_a_value(own, cue);
    own.with(Sense::Change).any(value) || replaces_a_value(own) || renews_numbers(own)
}

/// `Please update our contacts' phone numbers for .nl:`, and names with numbers below it: a sentence without any value that
/// says so of numbers alone, wherever in it they stand.
fn renews_numbers(own: &Speech) -> bool {
    const OTHERS: [Sense; 8] = [
        Sense::Remove,
        Sense::Replace,
        Sense::Replaces,
        Sense::ReplacedBy,
        Sense::InsteadOf,
        Sense::Left,
        Sense::Email,
        Sense::SecondEmail,
    ];
    // `Our contacts` adds nobody here, and `new contact` does.
    let adds = |hit: &Hit| {
        let covers = |sense: Sense| own.with(sense).any(|word| hit.covers(word));
        !covers(Sense::ContactWord) || covers(Sense::New)
    };
    // `New persons:` says that they are not there yet.
    let announced = sentences::of(own).into_iter().any(|bound| {
        let inside = |sense: Sense| own.with(sense).any(|hit| bound.contains(&hit.span.start));
        inside(Sense::New) && inside(Sense::ContactWord) && !inside(Sense::Phone) && !inside(Sense::Mobile)
    });
    !announced
        && sentences::of(own).into_iter().any(|bound| {
            let chars = own.chars.get(bound.start..bound.end.min(own.chars.len())).unwrap_or_default();
            let hits = |sense: Sense| own.with(sense).filter(|hit| bound.contains(&hit.span.start));
            let inside = |sense: Sense| hits(sense).next().is_some();
            inside(Sense::Change)
                && !chars.contains(&'(')
                && (inside(Sense::Phone) || inside(Sense::Mobile))
                && !OTHERS.into_iter().any(inside)
                && !hits(Sense::Add).any(adds)
                && facts::addresses(chars).is_empty()
                && facts::numbers(chars).is_empty()
        })
}

/// `Zoé Martin (zoe@…) … +33 …`: what stands in brackets says who, what stands behind them is new.
pub(super) fn is_identified_in_brackets(speech: &Speech, span: &Range<usize>) -> bool {
    let text = speech.chars.get(span.clone()).unwrap_or_default();
    let close = text.iter().position(|c| matches!(c, ')' | '）' | ']'));
    let address = text.iter().position(|c| *c == '@');
    let Some((close, _)) = close.zip(address).filter(|(close, address)| address < close) else {
        return false;
    };
    text.get(close..).unwrap_or_default().iter().filter(|c| c.is_ascii_digit()).count()
        >= facts::NUMBER_DIGITS_MIN
}

/// `鈴木一郎（suzuki@…）の電話番号`: a particle right behind somebody, and behind it the word for a value.
pub(super) fn owns_the_next(speech: &Speech, span: &Range<usize>) -> bool {
    let behind = speech.chars.get(span.end..).unwrap_or_default();
    let closed = behind.iter().take_while(|c| matches!(c, ')' | '）' | '>' | ' ')).count();
    let next = span.end + closed + 1;
    let owned = |hit: &Hit| {
        let value = matches!(hit.sense, Sense::SecondEmail | Sense::Email | Sense::Phone | Sense::Mobile);
        value && (next..=next + 1).contains(&hit.span.start)
    };
    matches!(behind.get(closed), Some('の' | '的' | '의')) && speech.hits.iter().any(owned)
}

/// `The number of Zoé Martin`, `Zoé Martin's number`.
pub(super) fn is_owner_of_a_value(speech: &Speech, span: &Range<usize>) -> bool {
    const NEAR_CHARS: usize = 16;
    const OWNED_CHARS: usize = 8;
    let labels = speech
        .hits
        .iter()
        .filter(|hit| matches!(hit.sense, Sense::SecondEmail | Sense::Email | Sense::Phone | Sense::Mobile));
    let small = speech.mask(|hit| matches!(hit.sense, Sense::Stop | Sense::Titles | Sense::FromWord));
    if owns_the_next(speech, span) {
        return true;
    }
    // `Ann Bee's new number`.
    let end = if matches!(speech.chars.get(span.end..span.end + 2), Some(['\'' | '’', 's'])) {
        span.end + 2
    } else {
        span.end
    };
    let genitive =
        end > span.end || matches!(speech.chars.get(end.saturating_sub(2)..end), Some(['\'' | '’', 's']));
    let owned = |label: &Hit| (end..=end + OWNED_CHARS).contains(&label.span.start);
    if genitive && labels.clone().any(owned) {
        return true;
    }
    labels.into_iter().any(|label| {
        let gap = label.span.end..span.start;
        let near = label.span.end <= span.start && gap.len() <= NEAR_CHARS;
        let plain = gap.clone().all(|place| {
            small.get(place).copied().unwrap_or_default() || speech.chars.get(place) == Some(&' ')
        });
        near && plain && !gap.is_empty()
    })
}

/// Whether each word for adding has a label for a second address right behind it.
pub(super) fn adds_second_addresses(speech: &Speech) -> bool {
    const NEAR_CHARS: usize = 4;
    const LED_CHARS: usize = 14;
    const SMALL_CHARS: usize = 16;
    // `Második e-mail címként felvenni`, with the verb at the end.
    let beside = |hit: &Hit, label: &Hit| {
        let before =
            hit.language.puts_verbs_last() || matches!(hit.language.code(), Some("hu" | "de" | "nl"));
        let led = label.span.end <= hit.span.start && hit.span.start - label.span.end <= LED_CHARS;
        // `Agréguenle porfa un segundo correo`: small letters and nothing else.
        let gap = speech.chars.get(hit.span.end..label.span.start).unwrap_or_default();
        let small = hit.span.end <= label.span.start
            && gap.len() <= SMALL_CHARS
            && gap.iter().all(|c| c.is_whitespace() || c.is_lowercase());
        (hit.span.end..=hit.span.end + NEAR_CHARS).contains(&label.span.start) || small || (before && led)
    };
    // `Our contact for .hu, Ann Bee`: a word for a contact adds nobody here.
    let noun = |hit: &Hit| speech.with(Sense::ContactWord).any(|word| hit.covers(word));
    let mut adds = speech.with(Sense::Add).filter(|hit| !noun(hit));
    adds.all(|hit| {
        speech.with(Sense::SecondEmail).any(|label| beside(hit, label)) || speaks_on_of_one(speech, hit)
    })
}

/// `Ann Bee should get mail at her backup address a@… as well. Please add it.`: a sentence that names nobody and nothing,
/// behind one with a word for a second address and an address.
fn speaks_on_of_one(speech: &Speech, add: &Hit) -> bool {
    let bounds = sentences::of(speech);
    let Some(number) = bounds.iter().position(|bound| bound.contains(&add.span.start)) else { return false };
    let Some(before) = number.checked_sub(1).and_then(|before| bounds.get(before)) else { return false };
    let Some(bound) = bounds.get(number) else { return false };
    let addresses = facts::addresses(&speech.chars);
    let valued = |bound: &Range<usize>| addresses.iter().any(|found| bound.contains(&found.span.start));
    let told =
        |bound: &Range<usize>, sense: Sense| speech.with(sense).any(|hit| bound.contains(&hit.span.start));
    let named = || {
        let spans: Vec<Range<usize>> = addresses.iter().map(|found| found.span.clone()).collect();
        names::find(speech, &spans).iter().any(|name| !name.what.weak && bound.contains(&name.span.start))
    };
    valued(before)
        && told(before, Sense::SecondEmail)
        && !told(before, Sense::Add)
        && !valued(bound)
        && !told(bound, Sense::ContactWord)
        && !named()
}

/// `a@… is Ann's second address`, `add a second e-mail for this contact`: nothing else is said of anybody, so they are listed
/// already.
pub(super) fn gives_second_addresses(
    role: Role,
    statement: &Statement,
    subject: &Speech,
    own: &Speech,
) -> bool {
    let second_only = |entry: &Entry| {
        let named = entry.name.is_some() || !entry.emails.is_empty();
        matches!(entry.role, Role::Unsaid | Role::Add)
            && entry.second.is_some()
            && entry.phones.is_empty()
            && named
    };
    let said = match role {
        Role::Unsaid => !statement.structured && !own.has(Sense::ContactWord),
        Role::Add => adds_second_addresses(own) && adds_second_addresses(subject),
        Role::Remove | Role::Old | Role::New | Role::Change | Role::Keep => false,
    };
    said && !statement.entries.is_empty() && statement.entries.iter().all(second_only)
}
