//! Idle words: those that were found in a text and say nothing where they stand.

use std::ops::Range;

use crate::domain::address::Address;
use crate::reading::facts::{self, Found};
use crate::reading::folding::{is_lower, is_word};
use crate::reading::languages::Language;
use crate::reading::mailboxes;
use crate::reading::place_words;
use crate::reading::words::{Hit, Sense, spans_of};

/// Characters of a phrase at the most, as far as it is looked for around a word.
const PHRASE_CHARS_MAX: usize = 64;

/// Drops the words that say nothing where they stand.
pub(super) fn drop(chars: &[char], hits: &mut Vec<Hit>) {
    drop_foreign_pronouns(hits);
    let addresses = facts::addresses(chars);
    drop_addressed(&addresses, hits);
    mailboxes::drop_names(chars, &addresses, hits);
    // `(before: a@…)` is a label with its colon, `(before a@…)` a word.
    hits.retain(|hit| chars.get(hit.span.start) != Some(&'(') || chars.get(hit.span.end) != Some(&':'));
    drop_polite(hits);
    drop_surnames(chars, hits);
    drop_ended(hits);
    drop_new_people(hits);
    drop_idle(hits);
    drop_describing(chars, hits);
    drop_codes(chars, hits);
    drop_in_labels(chars, hits);
    drop_torn(hits);
    drop_exchanged(chars, hits);
    drop_his_own(hits);
    place_words::drop_days(chars, hits);
    place_words::tell_former(chars, hits);
    place_words::lead_to_places(chars, hits);
    drop_counted(chars, hits);
}

/// Keeps those words for which it says so.
fn keep(hits: &mut Vec<Hit>, kept: Vec<bool>) {
    let mut kept = kept.into_iter();
    hits.retain(|_| kept.next().unwrap_or(true));
}

/// `من` is `of` in Arabic and `I` in Persian: a word for the writer counts in none of the languages of which the text has much
/// less than of another that has the same word for something else.
fn drop_foreign_pronouns(hits: &mut Vec<Hit>) {
    let share = |language: Language| -> usize {
        let own = hits.iter().filter(|hit| hit.language == language && hit.sense != Sense::Me);
        own.map(|hit| hit.span.len()).sum()
    };
    let foreign = |me: &Hit| {
        let others = hits.iter().filter(|hit| hit.span == me.span && hit.language != me.language);
        let mut others = others.filter(|hit| hit.sense == Sense::Stop);
        me.sense == Sense::Me && others.any(|other| share(other.language) > share(me.language))
    };
    let kept: Vec<bool> = hits.iter().map(|hit| !foreign(hit)).collect();
    keep(hits, kept);
}

/// `連絡先2名分`, `联系人2位`: a number with a word for persons behind it counts them, and names no place.
fn drop_counted(chars: &[char], hits: &mut Vec<Hit>) {
    let counted = |hit: &Hit| {
        let ends_in_digit =
            hit.span.end.checked_sub(1).and_then(|last| chars.get(last)).is_some_and(char::is_ascii_digit);
        let behind = chars.get(hit.span.end..).unwrap_or_default();
        ends_in_digit
            && matches!(behind, ['名' | '人' | '位' | '件' | '個' | '个' | '명' | '분' | '개', ..])
            && !matches!(behind.get(1), Some('目' | '째'))
    };
    hits.retain(|hit| !(matches!(hit.sense, Sense::First | Sense::Second | Sense::Third) && counted(hit)));
}

/// `Ann Bee (a@nic-registro.example)`: what an address is made of says of nobody what is to happen to him.
fn drop_addressed(addresses: &[Found<Address>], hits: &mut Vec<Hit>) {
    const ACTS: [Sense; 21] = [
        Sense::Add,
        Sense::Remove,
        Sense::Change,
        Sense::Replace,
        Sense::Replaces,
        Sense::ReplacedBy,
        Sense::InsteadOf,
        Sense::InsteadAfter,
        Sense::Left,
        Sense::Keep,
        Sense::Slot,
        Sense::Takes,
        Sense::Renamed,
        Sense::Legal,
        Sense::Complaint,
        Sense::Incident,
        Sense::Delegation,
        Sense::Recall,
        Sense::ForATime,
        Sense::FromADay,
        Sense::Steer,
    ];
    let spans: Vec<Range<usize>> = addresses.iter().map(|one| one.span.clone()).collect();
    drop_within(hits, &ACTS, &spans);
}

/// Drops words of these senses that lie within one of these stretches.
fn drop_within(hits: &mut Vec<Hit>, senses: &[Sense], spans: &[Range<usize>]) {
    let within =
        |hit: &Hit| spans.iter().any(|span| span.start <= hit.span.start && hit.span.end <= span.end);
    hits.retain(|hit| !senses.contains(&hit.sense) || !within(hit));
}

/// `Por favor` leads to nothing: a word that leads from or to a value says nothing within a polite phrase.
fn drop_polite(hits: &mut Vec<Hit>) {
    let polite: Vec<Hit> = hits
        .iter()
        .filter(|hit| matches!(hit.sense, Sense::ThisOne | Sense::Greeting | Sense::Closing | Sense::Thanks))
        .cloned()
        .collect();
    let leads = |hit: &Hit| matches!(hit.sense, Sense::ToWord | Sense::FromWord);
    hits.retain(|hit| {
        !(leads(hit) && polite.iter().any(|other| other.language == hit.language && other.exceeds(hit)))
    });
}

/// `Petr Novák má nové číslo`: a surname that is made of the word for new, behind a word with a capital.
fn drop_surnames(chars: &[char], hits: &mut Vec<Hit>) {
    let surname = |hit: &Hit| {
        let capital = chars.get(hit.span.start).is_some_and(|c| c.is_uppercase());
        let before = chars.get(..hit.span.start).unwrap_or_default();
        let first = before.iter().rev().skip(1).take_while(|c| is_word(**c)).last();
        let named = before.last() == Some(&' ') && first.is_some_and(|c| c.is_uppercase());
        let shouts = chars.get(hit.span.clone()).is_some_and(|word| !word.iter().any(|c| c.is_lowercase()));
        capital && named && hit.stretched && !shouts && matches!(hit.sense, Sense::New | Sense::Old)
    };
    let kept: Vec<bool> = hits.iter().map(|hit| !surname(hit)).collect();
    keep(hits, kept);
}

/// `No longer valid` says that something has ended, and nothing of a time or an attack.
fn drop_ended(hits: &mut Vec<Hit>) {
    const ALARMS: [Sense; 5] =
        [Sense::ForATime, Sense::FromADay, Sense::Later, Sense::Recall, Sense::Incident];
    let ended = spans_of(hits, &[Sense::Ended]);
    drop_within(hits, &ALARMS, &ended);
}

/// `Further information` adds nobody, and `being set up` changes nothing: a longer phrase of everyday words takes in the word
/// for adding or changing in it.
fn drop_idle(hits: &mut Vec<Hit>) {
    let everyday: Vec<(Range<usize>, Language)> = hits
        .iter()
        .filter(|hit| hit.sense == Sense::Vocabulary)
        .map(|hit| (hit.span.clone(), hit.language))
        .collect();
    // They are in the order in which they start, and only few start so near before a word that they reach it.
    let idle = |hit: &Hit| {
        let until = everyday.partition_point(|(span, _)| span.start <= hit.span.start);
        let before = everyday.get(..until).unwrap_or_default().iter().rev();
        let mut near = before.take_while(|(span, _)| span.start + PHRASE_CHARS_MAX >= hit.span.start);
        matches!(hit.sense, Sense::Add | Sense::Change)
            && near.any(|(span, language)| {
                *language == hit.language && span.end >= hit.span.end && *span != hit.span
            })
    };
    let kept: Vec<bool> = hits.iter().map(|hit| !idle(hit)).collect();
    keep(hits, kept);
}

/// `We have a new engineer`: what somebody has that is new changes nothing of him where it is a person.
fn drop_new_people(hits: &mut Vec<Hit>) {
    let new = spans_of(hits, &[Sense::New]);
    let people = spans_of(hits, &[Sense::Titles, Sense::ContactWord, Sense::Position]);
    let values = spans_of(
        hits,
        &[Sense::Email, Sense::SecondEmail, Sense::Phone, Sense::Mobile, Sense::Name, Sense::LastName],
    );
    let follows = |spans: &[Range<usize>], end: usize| spans.iter().any(|span| span.start == end + 1);
    let of_a_person = |hit: &Hit| {
        let ends = hit.span.end;
        hit.sense == Sense::Change
            && new.iter().any(|new| new.end == ends && new.start > hit.span.start)
            && follows(&people, ends)
            && !follows(&values, ends)
    };
    let kept: Vec<bool> = hits.iter().map(|hit| !of_a_person(hit)).collect();
    keep(hits, kept);
}

/// `Supprimer tous les contacts enregistrés`: a word for adding right behind one for contacts that are to go says which they are,
/// in languages that put such words there, where nobody is named in between.
fn drop_describing(chars: &[char], hits: &mut Vec<Hit>) {
    const LANGUAGES: [&str; 7] = ["fr", "es", "pt", "it", "ca", "gl", "ro"];
    let contacts = spans_of(hits, &[Sense::ContactWord, Sense::Everyone]);
    let goes = spans_of(hits, &[Sense::Remove]);
    let describes = |add: &Hit| {
        let romance = add.language.code().is_some_and(|code| LANGUAGES.contains(&code));
        let behind = contacts.iter().any(|contact| contact.end + 1 == add.span.start);
        let in_one_sentence = |gap: &[char]| {
            !gap.iter().any(|c| c.is_uppercase() || matches!(c, '.' | ',' | '@' | '\n' | '!' | '?' | ';'))
        };
        let removed =
            || goes.iter().filter_map(|remove| chars.get(remove.end..add.span.start)).any(in_one_sentence);
        romance && add.sense == Sense::Add && behind && removed()
    };
    let kept: Vec<bool> = hits.iter().map(|hit| !describes(hit)).collect();
    keep(hits, kept);
}

/// `Contact de remplacement : Ann Bee`, `andra e-post: a@…`: a word for a place or a value that is, or ends, a label says of
/// nobody that he comes or goes, and of nothing that it changes.
fn drop_in_labels(chars: &[char], hits: &mut Vec<Hit>) {
    const LABELS: [Sense; 7] = [
        Sense::First,
        Sense::Second,
        Sense::Third,
        Sense::Email,
        Sense::SecondEmail,
        Sense::Phone,
        Sense::Mobile,
    ];
    const ACTS: [Sense; 13] = [
        Sense::Old,
        Sense::Add,
        Sense::Remove,
        Sense::Change,
        Sense::Replace,
        Sense::Replaces,
        Sense::ReplacedBy,
        Sense::InsteadOf,
        Sense::InsteadAfter,
        Sense::InMyPlace,
        Sense::Left,
        Sense::OnBehalf,
        Sense::ForATime,
    ];
    let labels = |place: &Range<usize>| {
        let sign = chars.get(place.end..).unwrap_or_default().iter().find(|c| !matches!(c, ' ' | ')' | '*'));
        sign.is_none_or(|c| matches!(c, ':' | '：' | '\n'))
    };
    let mut spans = spans_of(hits, &LABELS);
    spans.retain(labels);
    drop_within(hits, &ACTS, &spans);
}

/// `.gl`, which is no Danish `gl.` for what is old: the two letters behind a dot that begins a word are a code, and no word.
fn drop_codes(chars: &[char], hits: &mut Vec<Hit>) {
    const CODE_CHARS: usize = 2;
    let code = |hit: &Hit| {
        let before = |back: usize| hit.span.start.checked_sub(back).and_then(|at| chars.get(at));
        let code = chars.get(hit.span.clone()).unwrap_or_default();
        code.len() == CODE_CHARS
            && code.iter().all(char::is_ascii_alphabetic)
            && before(1) == Some(&'.')
            && before(2).is_none_or(|c| !is_word(*c) && *c != '.')
            && chars.get(hit.span.end).is_none_or(|c| !is_word(*c))
    };
    // What such a word says is no matter; that it is a word tells how much of a text is understood.
    let idle = |hit: &Hit| matches!(hit.sense, Sense::Stop | Sense::Vocabulary);
    hits.retain(|hit| idle(hit) || !code(hit));
}

/// `電話番号に変更はございません`, the number does not change: `に変更`, changed to, is torn out of it.
fn drop_torn(hits: &mut Vec<Hit>) {
    let unchanged: Vec<Hit> = hits.iter().filter(|hit| hit.sense == Sense::Unchanged).cloned().collect();
    let torn = |hit: &Hit| {
        unchanged.iter().any(|whole| {
            whole.language == hit.language
                && hit.span.start < whole.span.start
                && whole.span.start < hit.span.end
                && hit.span.end < whole.span.end
        })
    };
    hits.retain(|hit| !matches!(hit.sense, Sense::ReplacedBy | Sense::ToWord) || !torn(hit));
}

/// `I have taken over from Bob`: who comes is the writer, and not whoever is named next.
fn drop_his_own(hits: &mut Vec<Hit>) {
    let succeeds: Vec<Hit> = hits.iter().filter(|hit| hit.sense == Sense::Succeeds).cloned().collect();
    let meets = |hit: &Hit| {
        succeeds.iter().any(|one| {
            one.language == hit.language && one.span.start < hit.span.end && hit.span.start < one.reach
        })
    };
    hits.retain(|hit| hit.sense != Sense::Replaces || !meets(hit));
}

/// `Please swap our two contacts`: who is called so behind a word for an exchange is there already.
fn drop_exchanged(chars: &[char], hits: &mut Vec<Hit>) {
    const GAP_CHARS: usize = 16;
    let swaps = spans_of(hits, &[Sense::Swap]);
    let object = |add: &Hit| {
        let gaps = swaps.iter().filter_map(|swap| chars.get(swap.end..add.span.start));
        gaps.into_iter().any(|gap| is_lower(gap, GAP_CHARS))
    };
    let kept: Vec<bool> = hits.iter().map(|hit| hit.sense != Sense::Add || !object(hit)).collect();
    keep(hits, kept);
}
