//! Folding: spellings that a reader takes for the same are made the same, one character for one, so that places stay.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::decompose_compatible;

use crate::domain::tld::is_direction_mark;
pub(super) use crate::reading::letters::{folded, is_hangul, is_unspaced};

/// A text for reading: compatibility forms and digits of every script made plain, marks without meaning taken out.
/// Letters keep their case and accents.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    text.nfc().filter(|c| !is_invisible(*c)).for_each(|c| push_plain(&mut out, c));
    out
}

/// The same on one line, without control characters, white space folded.
pub(super) fn one_line(text: &str) -> String {
    let spaced: String = text
        .chars()
        .filter(|c| !is_direction_mark(*c))
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether this is a Chinese character.
pub(super) fn is_han(c: char) -> bool {
    matches!(c, '\u{3005}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Whether this letter belongs to a script that tells upper from lower case. Georgian counts as lower case throughout,
/// and is written without capitals.
pub(super) fn has_case(c: char) -> bool {
    !matches!(c, '\u{10d0}'..='\u{10ff}') && (c.is_uppercase() || c.is_lowercase())
}

/// Whether a letter could have been a capital and is none.
pub(super) fn is_small(c: char) -> bool {
    c.is_lowercase() && has_case(c)
}

/// Whether a gap has no capital and no sign, and is no longer than this.
pub(super) fn is_lower(gap: &[char], chars_max: usize) -> bool {
    gap.len() <= chars_max && gap.iter().all(|c| *c == ' ' || (c.is_alphabetic() && !c.is_uppercase()))
}

/// Whether a letter, digit or mark that is part of a word.
pub(super) fn is_word(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_alphanumeric() } else { c.is_alphanumeric() || is_mark(c) }
}

/// Signs that belong to the letter before them: vowels and accents of many scripts.
pub(super) fn is_mark(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5c7}' | '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}' | '\u{670}'
        | '\u{900}'..='\u{903}' | '\u{93a}'..='\u{94f}' | '\u{951}'..='\u{957}' | '\u{962}'..='\u{963}'
        | '\u{981}'..='\u{983}' | '\u{9bc}'..='\u{9d7}' | '\u{a01}'..='\u{a03}' | '\u{a3c}'..='\u{a51}'
        | '\u{a70}'..='\u{a75}' | '\u{a81}'..='\u{a83}' | '\u{abc}'..='\u{acd}' | '\u{b01}'..='\u{b03}'
        | '\u{b3c}'..='\u{b57}' | '\u{b82}' | '\u{bbe}'..='\u{bd7}' | '\u{c00}'..='\u{c04}' | '\u{c3e}'..='\u{c56}'
        | '\u{c81}'..='\u{c83}' | '\u{cbc}'..='\u{cd6}' | '\u{d00}'..='\u{d03}' | '\u{d3b}'..='\u{d57}'
        | '\u{d81}'..='\u{d83}' | '\u{dca}'..='\u{df3}' | '\u{e31}' | '\u{e34}'..='\u{e3a}' | '\u{e47}'..='\u{e4e}'
        | '\u{eb1}' | '\u{eb4}'..='\u{ebc}' | '\u{ec8}'..='\u{ecd}' | '\u{102b}'..='\u{103e}'
        | '\u{17b4}'..='\u{17d3}' | '\u{200c}' | '\u{200d}')
}

/// Marks that nobody sees: direction, zero width, tags, soft hyphens, and harakat and tatweel that writers add at will.
pub(super) fn is_invisible(c: char) -> bool {
    is_direction_mark(c)
        || matches!(c,
            '\u{ad}' | '\u{200b}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}' | '\u{640}'
            | '\u{64b}'..='\u{655}' | '\u{e0000}'..='\u{e007f}' | '\u{1d173}'..='\u{1d17a}')
}

fn push_plain(out: &mut String, c: char) {
    if c == '\n' || c == '\t' || c.is_ascii_graphic() {
        out.push(c);
    } else if c.is_control() || c.is_whitespace() {
        out.push(' ');
    } else if let Some(digit) = digit(c) {
        out.push(digit);
    } else if c == '№' {
        // Not `No`, which is a word.
        out.push(c);
    } else if matches!(c, '\u{ff01}'..='\u{ff5e}' | '\u{2100}'..='\u{214f}' | '\u{1d400}'..='\u{1d7ff}') {
        decompose_compatible(c, |plain| out.push(plain));
    } else if matches!(c, '\u{2044}' | '\u{2215}') {
        // Big5's stroke, and that of fractions.
        out.push('/');
    } else if c == '\u{2212}' {
        // The minus that some Japanese keyboards give for a hyphen.
        out.push('-');
    } else {
        out.push(c);
    }
}

/// The value of a decimal digit of any script that numbers are written in.
fn digit(c: char) -> Option<char> {
    const ZEROS: [u32; 22] = [
        0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50,
        0xed0, 0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x19d0, 0xff10,
    ];
    let code = u32::from(c);
    let zero = ZEROS.into_iter().find(|zero| (*zero..zero + 10).contains(&code))?;
    char::from_digit(code - zero, 10)
}

#[cfg(test)]
mod tests {
    use super::{folded, plain};

    #[test]
    fn digits_and_full_width_letters_become_plain() {
        assert_eq!(plain("+٩٦٢ ۱۲ ＡＢ１：ｘ\u{200b}y\u{a0}z"), "+962 12 AB1:xy z");
        assert_eq!(plain("Zoe\u{301}"), "Zoé");
    }

    #[test]
    fn case_and_accents_are_folded_one_for_one() {
        let fold = |text: &str| text.chars().map(folded).collect::<String>();
        assert_eq!(fold("Teléfono NÚMERO İ Ёлка Ś Việt"), "telefono numero i елка s viet");
        assert_eq!(fold("한글がガ हिन्दी"), "한글がガ हिन्दी");
    }
}
