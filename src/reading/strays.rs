//! Strays: details that are missing, and addresses and numbers of which it is not known whose they are.

use std::ops::Range;

use crate::domain::address::Address;
use crate::domain::unclear::{About, Unclear};
use crate::reading::entry::{Entry, Role};
use crate::reading::facts::{self, Found, digits};
use crate::reading::folding::{folded, is_word};
use crate::reading::languages::Languages;
use crate::reading::layout::Mark;
use crate::reading::letter::Letter;
use crate::reading::mentions::is_kept;
use crate::reading::names;
use crate::reading::speech::Speech;
use crate::reading::statement::Statement;
use crate::reading::words::Sense;

/// Digits at the end of a number that two spellings of it have in common at the least.
const SAME_DIGITS: usize = 8;

/// Details that are missing, or that were not understood.
pub(super) fn of_details(
    letter: &Letter,
    statement: &Statement,
    ours: &[Address],
    own: &Speech,
) -> Vec<Unclear> {
    let mut doubts = Vec::new();
    let attached: Vec<String> =
        letter.parts().attached.iter().map(|attached| attached.name.clone()).collect();
    // `I took a picture of our people, enter them`: whom the text names is the writer, by his From alone.
    let by_from = |entry: &Entry| {
        entry.role == Role::Add
            && entry.phones.is_empty()
            && entry.emails.iter().all(|address| Some(address) == letter.from())
    };
    let names_nobody = statement.entries.iter().all(by_from) && !letter.own_text().contains('@');
    if names_nobody && !attached.is_empty() {
        doubts.push(Unclear::with(About::OnlyAttached, attached));
    } else if statement.entries.is_empty() && own.has(Sense::Attached) {
        doubts.push(Unclear::with(About::NothingAttached, own.quote(Sense::Attached)));
    }
    let link = letter.layout().with(&[Mark::Own]).into_iter().find_map(|line| {
        let words = line.text.split_whitespace();
        words.map(str::to_owned).find(|word| word.contains("://") || word.starts_with("www."))
    });
    if let Some(link) = link.filter(|_| statement.entries.is_empty() && statement.loose.is_empty()) {
        doubts.push(Unclear::with(About::Elsewhere, [link]));
    }
    let known = |address: &Address| {
        let has = |entry: &Entry| {
            entry.emails.contains(address)
                || entry.second.as_ref() == Some(address)
                || entry.former_email.as_ref() == Some(address)
        };
        statement.entries.iter().chain(&statement.aside).any(has)
            || ours.contains(&address.without_subaddress())
            || letter.from() == Some(address)
    };
    let told = |number: &str| {
        // `082 447 1093 (from abroad +27 82 447 1093)`: the same number in two spellings.
        let tail = |text: &str| digits(text).chars().rev().take(SAME_DIGITS).collect::<String>();
        let same = |written: &str| {
            let (one, other) = (digits(written), digits(number));
            one == other || (one.len().min(other.len()) > SAME_DIGITS && tail(&one) == tail(&other))
        };
        let has = |entry: &Entry| entry.phones.iter().any(|phone| same(&phone.written));
        statement.entries.iter().chain(&statement.aside).any(has)
    };
    let (mut addresses, mut numbers) = (Vec::new(), Vec::new());
    let mut fax = None;
    for line in letter.layout().with(&[Mark::Own]) {
        let speech = Speech::of(&line.text, Languages::ALL);
        fax = fax_column(&line.cells).or(fax).filter(|_| !line.cells.is_empty());
        let faxes = fax.and_then(|column: usize| line.cells.get(column)).map_or("", String::as_str);
        let loose = facts::addresses(&speech.chars).into_iter().filter(|found| !known(&found.what));
        addresses.extend(loose.map(|found| found.what.to_string()));
        if !speech.has(Sense::Fax) {
            let loose = facts::numbers(&speech.chars).into_iter();
            let loose = loose.filter(|found| !told(&found.what) && !is_kept(&speech, &found.span));
            let loose = loose.filter(|found| !faxes.contains(&found.what));
            let loose = loose.filter(|found| !is_code(&speech.chars, &found.span));
            numbers.extend(loose.map(|found| found.what));
        }
    }
    let mut others = anothers(letter, statement);
    others.extend(torn_lines(letter, statement));
    if !others.is_empty() {
        doubts.push(Unclear::with(About::Misfits, others));
    }
    for (about, loose) in [(About::LooseAddress, addresses), (About::LooseNumber, numbers)] {
        if !loose.is_empty() {
            doubts.push(Unclear::with(about, loose));
        }
    }
    doubts
}

/// `Ann Bee (ann@…) and Bob Lee (bob@…)`, of whom one was taken for both: a name right before an address that was given to
/// somebody who has no word of it.
fn anothers(letter: &Letter, statement: &Statement) -> Vec<String> {
    let mut others = Vec::new();
    for line in letter.layout().with(&[Mark::Own]) {
        let speech = Speech::of(&line.text, Languages::ALL);
        let addresses = facts::addresses(&speech.chars);
        let taken: Vec<Range<usize>> = addresses.iter().map(|found| found.span.clone()).collect();
        for name in names::find(&speech, &taken).into_iter().filter(|name| !name.what.weak) {
            let beside = |found: &&Found<Address>| {
                let gap = speech.chars.get(name.span.end..found.span.start).unwrap_or_default();
                found.span.start > name.span.end && matches!(gap, [' ', '(' | '<'] | ['(' | '（' | ' '])
            };
            let Some(address) = addresses.iter().find(beside) else { continue };
            let has = |entry: &&Entry| {
                entry.emails.contains(&address.what) || entry.second.as_ref() == Some(&address.what)
            };
            let owners: Vec<&Entry> = statement.entries.iter().chain(&statement.aside).filter(has).collect();
            let is_his = |entry: &&Entry| {
                let called = [entry.name.as_deref(), entry.also.as_deref()];
                entry.name.is_none() || called.into_iter().flatten().any(|own| is_alike(own, &name.what.text))
            };
            if !owners.is_empty() && !owners.iter().any(is_his) {
                others.push(name.what.text);
            }
        }
    }
    others
}

/// `Ann Bee, +31 …, ann@…`, of which the number went to somebody else: a line with one address and one number is one person's.
fn torn_lines(letter: &Letter, statement: &Statement) -> Vec<String> {
    let mut torn = Vec::new();
    for line in letter.layout().with(&[Mark::Own]) {
        let chars: Vec<char> = line.text.chars().collect();
        let (addresses, numbers) = (facts::addresses(&chars), facts::numbers(&chars));
        let ([address], [number]) = (addresses.as_slice(), numbers.as_slice()) else { continue };
        let all = || statement.entries.iter().chain(&statement.aside);
        let called = |entry: &Entry| {
            entry.emails.contains(&address.what)
                || entry.second.as_ref() == Some(&address.what)
                || entry.former_email.as_ref() == Some(&address.what)
        };
        let rung =
            |entry: &Entry| entry.phones.iter().any(|phone| digits(&phone.written) == digits(&number.what));
        // Whose number it is must be known, and the address must be somebody's who has another one.
        let elsewhere = all().any(|entry| called(entry) && !entry.phones.is_empty() && !rung(entry));
        if elsewhere
            && all().any(|entry| rung(entry) && !called(entry))
            && !all().any(|entry| rung(entry) && called(entry))
        {
            torn.push(number.what.clone());
        }
    }
    torn
}

/// Whether two names share a word, or the start of one, whatever ending it has.
fn is_alike(one: &str, other: &str) -> bool {
    const START_CHARS: usize = 3;
    let words = |name: &str| -> Vec<Vec<char>> {
        let words = name.split(|c: char| !is_word(c)).filter(|word| !word.is_empty());
        words.map(|word| word.chars().map(folded).take(START_CHARS).collect()).collect()
    };
    let (one, other) = (words(one), words(other));
    one.iter().any(|word| other.contains(word))
}

/// `REF: SRK/ADM/4/27 (118)`, `0317/ANDC/2026`: digits that a stroke joins to letters are a sign of a file.
fn is_code(chars: &[char], span: &Range<usize>) -> bool {
    let at = |place: Option<usize>| place.and_then(|place| chars.get(place)).copied();
    let joined = |stroke: Option<usize>, letter: Option<usize>| {
        at(stroke) == Some('/') && at(letter).is_some_and(char::is_alphabetic)
    };
    joined(span.start.checked_sub(1), span.start.checked_sub(2)) || joined(Some(span.end), Some(span.end + 1))
}

/// The column of a table whose head is a word for a fax.
fn fax_column(cells: &[String]) -> Option<usize> {
    cells.iter().position(|cell| {
        let speech = Speech::of(cell, Languages::ALL);
        speech.has(Sense::Fax) && facts::numbers(&speech.chars).is_empty()
    })
}
