//! ccTLDs as people name them: code, U-label, A-label, `dot nl`, or the country's name.

use std::collections::HashMap;
use std::ops::Range;

use crate::domain::cctlds::KnownTlds;
use crate::domain::tld::Tld;
use crate::reading::facts::{self, Found};
use crate::reading::folding::{folded, has_case, is_mark, is_unspaced, is_word};
use crate::reading::words::{Hit, Sense};

/// The ccTLDs that a text names outright, by code or label. Parts of domain names and addresses are none.
pub(super) fn named(text: &[char], hits: &[Hit], known: &KnownTlds) -> Vec<Found<Tld>> {
    let taken: Vec<Range<usize>> = facts::addresses(text).into_iter().map(|found| found.span).collect();
    let labels = known.labels(folded);
    let mut found = Vec::new();
    for (span, word) in labels_of(text) {
        if taken.iter().any(|taken| taken.start < span.end && span.start < taken.end) {
            continue;
        }
        let dotted = dot_before(text, span.start);
        let other = dotted == Dot::None && (goes_on(text, span.end) || is_explained(text, span.end));
        if other || is_lookalike(text, &span) {
            continue;
        }
        let a_label = word.starts_with("xn--");
        let said =
            a_label || dotted == Dot::Leading || (dotted == Dot::None && is_announced(text, &span, hits));
        if !said || dotted == Dot::Inner {
            continue;
        }
        let tld = labels.get(&word).cloned().or_else(|| longest_prefix(&word, labels, dotted));
        if let Some(what) = tld.or_else(|| word.parse().ok().filter(|tld| known.has(tld))) {
            found.push(Found { span, what });
        }
    }
    found
}

/// The labels that are written as if they were ccTLDs and are none, as written: behind a dot, or as the value of a label.
pub(super) fn unknown(text: &[char], hits: &[Hit], known: &KnownTlds) -> Vec<String> {
    let taken: Vec<Range<usize>> = facts::addresses(text).into_iter().map(|found| found.span).collect();
    let found = named(text, hits, known);
    let mut all = Vec::new();
    for (span, word) in labels_of(text) {
        let within = |other: &Range<usize>| other.start < span.end && span.start < other.end;
        if taken.iter().any(within) || found.iter().any(|found| within(&found.span)) {
            continue;
        }
        let dot = dot_before(text, span.start);
        let said = dot == Dot::Leading || (dot == Dot::None && is_value(text, &span, hits));
        if said && (2..=LABEL_CHARS_MAX).contains(&word.chars().count()) {
            all.push(text.get(span).unwrap_or_default().iter().collect());
        }
    }
    all
}

/// Letters of a label that is looked at for what was meant by it: the longest ccTLDs have some twenty.
const LABEL_CHARS_MAX: usize = 24;

/// `ccTLD: nll`: what stands behind a label for a ccTLD and its colon.
fn is_value(text: &[char], span: &Range<usize>, hits: &[Hit]) -> bool {
    hits.iter().filter(|hit| hit.sense == Sense::Tld && hit.span.end < span.start).any(|hit| {
        let gap = text.get(hit.span.end..span.start).unwrap_or_default();
        gap.iter().any(|c| matches!(c, ':' | '：')) && gap.iter().all(|c| matches!(c, ' ' | ':' | '：'))
    })
}

/// `nI`: nobody writes a code so who does not mean another letter, since `i` is in small letters like the one before it.
fn is_lookalike(text: &[char], span: &Range<usize>) -> bool {
    let word = text.get(span.clone()).unwrap_or_default();
    matches!(word, [first, 'I'] if first.is_ascii_lowercase())
}

/// Where a script needs no spaces, a label may be followed by other words at once: the longest label counts.
fn longest_prefix(word: &str, labels: &HashMap<String, Tld>, dot: Dot) -> Option<Tld> {
    const SUFFIX_CHARS_MAX: usize = 3;
    const ENDING_CHARS_MAX: usize = 6;
    let first = word.chars().next()?;
    if dot != Dot::Leading {
        return None;
    }
    let letters = word.chars().count();
    if first.is_ascii() {
        // `.kr과`, `.bdএর`, `.etን`: particles and endings of scripts without capitals stand right behind a code, too.
        let code: String = word.chars().take_while(char::is_ascii_alphabetic).collect();
        let ending = |c: char| is_mark(c) || (c.is_alphabetic() && !c.is_ascii() && !has_case(c));
        let particle = letters - code.len() <= ENDING_CHARS_MAX && word.chars().skip(code.len()).all(ending);
        return labels.get(&code).cloned().filter(|_| particle);
    }
    let ends: Vec<usize> = word.char_indices().map(|(place, _)| place).skip(1).collect();
    // `.한국의`: elsewhere a label in a script of its own may have the ending of its case, and no more.
    let near = |start: &&str| is_unspaced(first) || letters - start.chars().count() <= SUFFIX_CHARS_MAX;
    let starts = ends.into_iter().rev().filter_map(|end| word.get(..end));
    starts.filter(near).find_map(|start| labels.get(start).cloned())
}

/// Words that could be labels: runs of letters, digits, marks and hyphens, folded.
fn labels_of(text: &[char]) -> Vec<(Range<usize>, String)> {
    let mut words = Vec::new();
    let mut start = None;
    for place in 0..=text.len() {
        let inside = text.get(place).is_some_and(|c| is_word(*c) || *c == '-');
        // A code in Latin letters ends where a script without spaces begins.
        let changes = start.is_some()
            && place > 0
            && matches!((text.get(place - 1), text.get(place)), (Some(a), Some(b)) if is_unspaced(*a) != is_unspaced(*b));
        if let Some(from) = start.filter(|_| !inside || changes) {
            let word: String = text.get(from..place).unwrap_or_default().iter().map(|c| folded(*c)).collect();
            // `.fi-yhteyshenkilö`, `.de-Domain`: codes have no hyphen.
            let bare = if word.starts_with("xn--") {
                word.trim_end_matches('-')
            } else {
                word.split('-').next().unwrap_or_default()
            };
            let span = from..place - (word.chars().count() - bare.chars().count());
            words.push((span, bare.to_owned()));
            start = None;
        }
        if inside && start.is_none() {
            start = Some(place);
        }
    }
    words
}

/// `Bo‘yicha`: an apostrophe and another letter behind what looks like a code.
fn goes_on(text: &[char], end: usize) -> bool {
    let apostrophe = text.get(end).is_some_and(|c| matches!(c, '\'' | '’' | '‘' | 'ʻ' | 'ʼ' | '`'));
    apostrophe && text.get(end + 1).is_some_and(|c| is_word(*c))
}

/// `نطاق قطر (.qa)`: the name of a country, and in brackets behind it the ccTLD that is meant.
fn is_explained(text: &[char], end: usize) -> bool {
    let rest = text.get(end..).unwrap_or_default();
    let rest = if rest.first() == Some(&' ') { rest.get(1..).unwrap_or_default() } else { rest };
    matches!(rest, ['(' | '（', '.', c, ..] if c.is_ascii_alphabetic())
}

/// What dot stands before a word.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Dot {
    /// None.
    None,
    /// One that starts the name: `.nl`.
    Leading,
    /// One within a domain name: `nic.nl`.
    Inner,
}

fn dot_before(text: &[char], start: usize) -> Dot {
    let at = |back: usize| start.checked_sub(back).and_then(|place| text.get(place)).copied();
    match at(1) {
        Some('.' | '．' | '。' | '｡') => match at(2) {
            Some(c) if is_word(c) && !is_unspaced(c) && !is_prefix(text, start - 1) => Dot::Inner,
            Some('.') => Dot::None,
            _ => Dot::Leading,
        },
        Some('@' | '/' | '_') => Dot::Inner,
        _ => Dot::None,
    }
}

/// `و.السعودية`, `ל.ישראל`, `ለ.et`: Arabic, Hebrew and Amharic write `and`, `for` and `in` at the word itself, a letter or two
/// of them.
fn is_prefix(text: &[char], dot: usize) -> bool {
    const LETTERS: [char; 19] =
        ['و', 'ل', 'ب', 'ف', 'ك', 'ـ', 'ו', 'ל', 'ב', 'מ', 'ה', 'ש', 'כ', 'ለ', 'የ', 'በ', 'ከ', 'ስ', 'እ'];
    const LETTERS_MAX: usize = 3;
    let before = text.get(..dot).unwrap_or_default();
    let word: Vec<&char> = before.iter().rev().take_while(|c| is_word(**c)).take(LETTERS_MAX + 1).collect();
    word.len() <= LETTERS_MAX && word.iter().all(|c| LETTERS.contains(c))
}

/// `"nl"`: whether quotes stand around a word.
fn is_quoted(text: &[char], span: &Range<usize>) -> bool {
    let quote = |c: Option<&char>| {
        c.is_some_and(|c| {
            matches!(c, '"' | '“' | '”' | '„' | '«' | '»' | '‘' | '’' | '\'' | '「' | '」' | '`')
        })
    };
    quote(span.start.checked_sub(1).and_then(|before| text.get(before))) && quote(text.get(span.end))
}

/// A code without a dot counts only beside a word that says what it is: `ccTLD nl`, `nl domain`, `dot nl`.
fn is_announced(text: &[char], span: &Range<usize>, hits: &[Hit]) -> bool {
    let word = text.get(span.clone()).unwrap_or_default();
    let before = text.get(span.start.saturating_sub(4)..span.start).unwrap_or_default();
    if before.len() == 4 && before.iter().zip("dot ".chars()).all(|(c, dot)| c.eq_ignore_ascii_case(&dot)) {
        return true;
    }
    let ascii = word.iter().all(char::is_ascii);
    if ascii && word.len() != 2 {
        return false;
    }
    let upper = word.iter().all(|c| !c.is_lowercase());
    let quoted = is_quoted(text, span);
    let common =
        hits.iter().any(|hit| hit.span == *span && !matches!(hit.sense, Sense::Vocabulary | Sense::Titles));
    if common && !upper {
        return false;
    }
    if quoted && ascii && !common {
        return true;
    }
    let beside = |hit: &&Hit| {
        let gap = |from: usize, to: usize| {
            text.get(from..to).is_some_and(|gap| {
                gap.len() <= 3
                    && gap.iter().all(|c| {
                        matches!(c, ' ' | ':' | '：' | '-' | '"' | '«' | '»' | '“' | '”' | '„' | '‘' | '’')
                    })
            })
        };
        hit.sense == Sense::Tld
            && (gap(hit.span.end, span.start) || ((upper || quoted) && gap(span.end, hit.span.start)))
    };
    hits.iter().any(|hit| beside(&hit))
}

#[cfg(test)]
mod tests {
    use super::named;
    use crate::domain::cctlds::KnownTlds;
    use crate::reading::words;

    #[track_caller]
    fn check(text: &str, want: &[&str]) {
        let chars: Vec<char> = text.chars().collect();
        let hits = words::find(&chars);
        let found = named(&chars, &hits, &KnownTlds::built_in());
        assert_eq!(found.iter().map(|found| found.what.as_str()).collect::<Vec<_>>(), want, "{text}");
    }

    #[test]
    fn a_cctld_is_named_by_code_or_label() {
        check("for .nl and .BE.", &["nl", "be"]);
        check("請為 .mo 及 .澳門 新增", &["mo", "xn--mix891f"]);
        check("域名：.新加坡", &["xn--yfro4i67o"]);
        check("для .kz и xn--80ao21a:", &["kz", "xn--80ao21a"]);
        check("ccTLD: NL", &["nl"]);
        check("dot nl", &["nl"]);
        check("for \"nl\" and “sx”", &["nl", "sx"]);
        check("say \"no\" to it", &[]);
        check("النطاق: .ma و .المغرب", &["ma", "xn--mgbc0a9azcg"]);
        check("للنطاقين .sa و.السعودية", &["sa", "xn--mgberp4a5d4ar"]);
        check("עבור .il ול.ישראל", &["il", "xn--4dbrk0ce"]);
        check("ለ.et የ.et ከ.et .etን", &["et", "et", "et", "et"]);
        check("ስለ.et .bdএর .inக்கு", &["et", "bd", "in"]);
        check(".kr과 .한국의 연락처", &["kr", "xn--3e0b707e"]);
        check("عن نطاق قطر (.qa) ونطاق .قطر", &["qa", "xn--wgbl6a"]);
        check(".сингапурだ .சிங்கப்பூர்", &["xn--clchc0ea0b2g2a9gcd"]);
    }

    #[test]
    fn a_part_of_a_name_is_no_cctld() {
        check("www.nic.nl, joe@nic.be, v1.no good. in it", &[]);
    }
}
