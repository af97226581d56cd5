//! Lines in the notation of the contact repository: `"John Doe, #1, .nl, +31 …" john@nic.example, john@other.example`.

use crate::domain::contact::Rank;
use crate::reading::entry::Entry;
use crate::reading::facts;
use crate::reading::labels::Reader;
use crate::reading::person;
use crate::reading::speech::Speech;
use crate::reading::tlds;
use crate::reading::words::Sense;

/// Reads text that starts with such a line. Says how many of the lines it takes: a long one is folded.
pub(super) fn read(lines: &[&str], reader: &Reader<'_>) -> Option<(Entry, usize)> {
    const FOLDED_MAX: usize = 3;
    let first = lines.first()?.trim();
    if !has_mark(first) {
        return None;
    }
    let mut text = first.to_owned();
    let mut taken = 1;
    // The line goes on where it ends in a comma, has no address yet, or the next line is only an address.
    while taken < FOLDED_MAX {
        let Some(next) = lines.get(taken).map(|next| next.trim()) else { break };
        let open = text.ends_with(',') || facts::addresses(&text.chars().collect::<Vec<_>>()).is_empty();
        let only_address = next.contains('@') && !next.contains(' ') && !has_mark(next);
        if next.is_empty() || has_mark(next) || !(open || only_address) {
            break;
        }
        text = format!("{text} {next}");
        taken += 1;
    }
    entry(&text, reader).map(|entry| (entry, taken))
}

/// `, #1,` with a ccTLD behind it.
fn has_mark(line: &str) -> bool {
    rank(line).is_some() && line.contains(',') && line.contains('.')
}

fn rank(line: &str) -> Option<(usize, Rank)> {
    line.match_indices('#').find_map(|(place, _)| {
        let digit = line.get(place + 1..)?.trim_start().chars().next()?.to_digit(10)?;
        let rank = Rank::try_from(u8::try_from(digit).ok()?).ok()?;
        Some((place, rank))
    })
}

/// `Ann Bee and I are both listed. From now on I should be #1`: more is said than a name.
fn is_sentence(spoken: &Speech) -> bool {
    /// Words of a name with titles and offices.
    const NAME_WORDS_MAX: usize = 9;
    let text = spoken.text(0..spoken.chars.len());
    // `Kagiso Molefe is #1 from now on`.
    let small = text.split_whitespace().next_back().is_some_and(|word| word.chars().all(char::is_lowercase));
    let end = spoken.chars.iter().rposition(|c| !c.is_whitespace()).map_or(0, |place| place + 1);
    let said = spoken.with(Sense::Stop).any(|hit| hit.span.end == end);
    (small && said) || text.split_whitespace().count() > NAME_WORDS_MAX
}

fn entry(text: &str, reader: &Reader<'_>) -> Option<Entry> {
    let (place, rank) = rank(text)?;
    let speech = Speech::of(text, reader.languages);
    let tlds = tlds::named(&speech.chars, &speech.hits, reader.known);
    let name = text
        .get(..place)?
        .trim()
        .trim_end_matches(',')
        .trim_start_matches(['"', '“', '-', '*', '•', ' ', '\'']);
    let spoken = Speech::of(name, reader.languages);
    if tlds.is_empty() || name.contains(':') || is_sentence(&spoken) {
        return None;
    }
    let mut entry = Entry { name: person::name_of(&spoken), rank: Some(rank), ..Entry::default() };
    entry.tlds = tlds.into_iter().map(|found| found.what).collect();
    for (number, address) in facts::addresses(&speech.chars).into_iter().enumerate() {
        if number == 0 { entry.take_email(address.what) } else { entry.take_second(address.what) }
    }
    for number in facts::numbers(&speech.chars) {
        entry.take_phone(number.what);
    }
    Some(entry)
}
