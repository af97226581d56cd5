//! Prose: persons in sentences, and what the sentences say is to happen to them.

use std::ops::Range;

use crate::reading::entry::{Entry, Role};
use crate::reading::handovers;
use crate::reading::labels::Reader;
use crate::reading::languages::Languages;
use crate::reading::mentions;
use crate::reading::roles;
use crate::reading::scopes;
use crate::reading::sentences;
use crate::reading::speech::Speech;
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
    /// The line of `… remove A and B, and add:`, where whoever comes is told below.
    pub(super) adds_below: Option<usize>,
}

/// Joins lines that were folded into paragraphs, each with the number of its first line.
pub(super) fn paragraphs(lines: &[String]) -> Vec<(usize, String)> {
    let mut paragraphs: Vec<(usize, String)> = Vec::new();
    let mut open = false;
    let mut adjacent = false;
    for (number, line) in lines.iter().enumerate() {
        let text = line.trim();
        if text.is_empty() {
            open = false;
            adjacent = false;
            continue;
        }
        let bulleted = is_bulleted(text);
        // Whatever the width of a mail program's lines: a sentence goes on in small letters.
        let goes_on = adjacent
            && text.chars().next().is_some_and(char::is_lowercase)
            && paragraphs
                .last()
                .is_some_and(|(_, last)| !last.ends_with(['.', ':', '!', '?', ';', '：', '@']));
        match paragraphs.last_mut() {
            Some((_, last)) if goes_on && last.ends_with('-') && !last.ends_with(" -") => {
                // A word that was parted at the end of its line.
                last.pop();
                last.push_str(text);
            }
            Some((_, last)) if (open || goes_on) && !bulleted => {
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
        adjacent = true;
        // Behind a colon goes on what is no field: `Ann Bee (ann@…) stays, only her mobile is new:`, and a number.
        let leads = text.ends_with([':', '：']);
        let value = leads && text.contains('@') && lines.get(number + 1).is_some_and(|next| is_number(next));
        open = wide >= FULL_LINE_CHARS && (!leads || value);
    }
    paragraphs
}

/// A text whose sentences go on where a mail program folded its lines: a full line without an end goes on in the next, which
/// starts in small letters. As many characters as before, so that a place in it stays one.
pub(super) fn unwrapped(text: &str) -> String {
    let lines: Vec<&str> = text.split('\n').collect();
    let mut whole = String::with_capacity(text.len());
    for (number, line) in lines.iter().enumerate() {
        whole.push_str(line);
        let Some(next) = lines.get(number + 1) else { break };
        let full = line.chars().count() >= FULL_LINE_CHARS;
        let open = line.chars().next_back().is_some_and(|c| c.is_alphanumeric() || matches!(c, ',' | ' '));
        let small = next.chars().next().is_some_and(char::is_lowercase);
        whole.push(if full && open && small { ' ' } else { '\n' });
    }
    whole
}

/// Reads a paragraph.
pub(super) fn read(line: usize, text: &str, reader: &Reader<'_>, named: &[Entry], prose: &mut Prose) {
    let speech = Speech::of(text, reader.languages);
    let known = named.iter().chain(&prose.entries).filter_map(|entry| entry.name.as_deref());
    let known: Vec<String> = known.flat_map(str::split_whitespace).map(str::to_lowercase).collect();
    let mut mentions = mentions::of(&speech, reader, &known, &mut prose.entries, &mut prose.loose);
    for bound in sentences::of(&speech) {
        if prose.replaces {
            handovers::lead_over(&speech, &bound, &mut mentions);
        }
        prose.replaces |= roles::assign(&speech, &bound, &mut mentions, &mut prose.entries);
    }
    if adds_below(&speech, &mentions) {
        prose.adds_below = Some(line);
    }
    let told: Vec<String> = prose
        .entries
        .iter()
        .chain(named)
        .filter_map(|entry| entry.name.as_ref().map(|name| name.to_lowercase()))
        .collect();
    mentions.retain(|mention| {
        // Whoever was named before with his details may be named again by his name alone.
        let again = mention.entry.name.as_ref().is_some_and(|name| {
            let name = name.to_lowercase();
            told.contains(&name) || (mention.entry.rank.is_some() && known.contains(&name))
        });
        // A name without anything beside it is one only where the sentence says something of it.
        let placed = mention.entry.rank.is_some() && !mention.weak;
        let said = mention.entry.role != Role::Unsaid || mention.entry.has_contact_data() || placed || again;
        let sure = !mention.weak || mention.entry.has_contact_data() || again;
        !mention.entry.is_empty() && said && (sure || mention.entry.role != Role::Unsaid)
    });
    let spans: Vec<Range<usize>> = mentions.iter().map(|mention| mention.span.clone()).collect();
    let scopes = scopes::of_paragraph(&speech, reader, &spans);
    // `Add the second address a@…; the main one, b@…, stays`: something of his comes all the same.
    for mention in &mut mentions {
        if mention.entry.role == Role::Keep && mention.entry.second.is_some() && mention.entry.value_changes {
            mention.entry.role = Role::Change;
        }
    }
    for (mention, scope) in mentions.into_iter().zip(scopes) {
        prose.entries.push(Entry { scope, line, ..mention.entry });
    }
}

/// `… remove A and B, and add:`: the last word that acts is one for adding, behind somebody who goes, and leads on.
fn adds_below(speech: &Speech, mentions: &[mentions::Mention]) -> bool {
    const ACTS: [Sense; 5] = [Sense::Add, Sense::Remove, Sense::Replace, Sense::ReplacedBy, Sense::InsteadOf];
    let leads = speech.chars.iter().rfind(|c| !c.is_whitespace()).is_some_and(|c| matches!(c, ':' | '：'));
    let last = speech.hits.iter().filter(|hit| ACTS.contains(&hit.sense)).max_by_key(|hit| hit.span.end);
    let gone = |add: &Hit| {
        mentions.iter().any(|one| one.entry.role == Role::Remove)
            && mentions.iter().all(|one| one.span.end <= add.span.start)
    };
    leads && last.is_some_and(|last| last.sense == Sense::Add && gone(last))
}

fn is_number(line: &str) -> bool {
    line.chars().any(|c| c.is_ascii_digit()) && !line.chars().any(char::is_alphabetic)
}

/// Whether a line starts a new point of a list.
pub(super) fn is_bulleted(text: &str) -> bool {
    text.starts_with(['-', '*', '•', '–', '·', '・', '･'])
        || text.chars().take(2).any(|c| c == ')')
        || starts_with_number(text)
}

fn starts_with_number(text: &str) -> bool {
    let digits = text.chars().take_while(char::is_ascii_digit).count();
    (1..=2).contains(&digits) && text.chars().nth(digits).is_some_and(|c| matches!(c, '.' | ')' | '、'))
}

/// Joins a line that ends in a comma or a hyphen to the next one, where it has an address and the next starts no new point.
pub(super) fn continued(lines: &[&str]) -> Vec<String> {
    let mut joined: Vec<String> = Vec::new();
    let mut open = false;
    for line in lines {
        let text = line.trim();
        match joined.last_mut() {
            Some(last) if open && !text.is_empty() && !is_bulleted(text) => {
                if last.ends_with('-') && !last.ends_with(" -") {
                    last.pop();
                } else {
                    last.push(' ');
                }
                last.push_str(text);
            }
            _ => joined.push((*line).to_owned()),
        }
        let parted = text.ends_with('-') && text.chars().rev().nth(1).is_some_and(char::is_alphabetic);
        open = parted || text.ends_with([',', '،', '，']) || text.ends_with(" -") || text.ends_with(" –");
        open |= ends_in_label(text);
        open &= text.contains('@');
    }
    joined
}

/// `… fixo (11) 3509-4412, celular`: the number that belongs to the last word stands in the next line.
fn ends_in_label(text: &str) -> bool {
    let speech = Speech::of(text, Languages::ALL);
    let end = speech.chars.len();
    speech.hits.iter().any(|hit| matches!(hit.sense, Sense::Phone | Sense::Mobile) && hit.span.end == end)
}
