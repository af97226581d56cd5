//! Letters: the one under which each is looked up. It is compiled into the program that makes the table of phrases, too.

/// The letter under which it is looked up: lower case, without accents, one for one.
pub(super) fn folded(c: char) -> char {
    // Most letters of most mails: none of the rest is about them.
    if c.is_ascii() {
        return if c == '`' { '\'' } else { c.to_ascii_lowercase() };
    }
    let lower = c.to_lowercase().next().unwrap_or(c);
    match lower {
        'a'..='z' | '0'..='9' => lower,
        'ł' => 'l',
        'ı' => 'i',
        'ə' => 'e',
        'ø' | 'œ' => 'o',
        'đ' | 'ð' => 'd',
        'ß' => 's',
        'æ' => 'a',
        'ς' => 'σ',
        'أ' | 'إ' | 'آ' | 'ٱ' => 'ا',
        'ى' | 'ی' | 'ې' | 'ئ' => 'ي',
        'ة' | 'ہ' | 'ۃ' | 'ە' | 'ۀ' => 'ه',
        'ک' => 'ك',
        'ؤ' => 'و',
        '’' | '‘' | 'ʼ' | '´' => '\'',
        '‐' | '‑' | '–' | '—' | '−' => '-',
        '“' | '”' | '„' | '«' | '»' => '"',
        _ => without_accent(lower),
    }
}

fn without_accent(c: char) -> char {
    if !c.is_alphabetic() || is_unspaced(c) || is_hangul(c) {
        return c;
    }
    let mut letters = Vec::new();
    unicode_normalization::char::decompose_canonical(c, |letter| letters.push(letter));
    match letters.split_first() {
        Some((base, marks)) if marks.iter().all(|mark| matches!(mark, '\u{300}'..='\u{36f}')) => *base,
        _ => c,
    }
}

/// Whether this letter belongs to a script that is written without spaces between words.
pub(super) fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{3040}'..='\u{30ff}' | '\u{3005}'..='\u{3007}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}' | '\u{0e00}'..='\u{0eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}')
}

/// Whether this is a Korean syllable.
pub(super) fn is_hangul(c: char) -> bool {
    matches!(c, '\u{ac00}'..='\u{d7a3}' | '\u{1100}'..='\u{11ff}')
}
