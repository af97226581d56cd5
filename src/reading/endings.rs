//! The endings that languages write together with a name.

use std::ops::Range;

use crate::reading::facts;
use crate::reading::folding::{folded, is_hangul};
use crate::reading::speech::Speech;
use crate::reading::words::{Hit, Sense};

/// Characters between an owner and what is his at the most: ` gamle `.
const OWNED_CHARS_MAX: usize = 7;

/// The name without the endings of its place in the sentence: `Anna's`, `Yılmaz'ın`, `김민수님은`.
pub(super) fn bare(name: &str) -> String {
    let name = if name.chars().any(is_hangul) { without_particle(name) } else { without_case(name) };
    let owner = ["'s", "’s", "'", "’"].iter().find_map(|ending| name.strip_suffix(ending));
    without_ending(owner.unwrap_or(&name)).to_owned()
}

/// The name without the ending that it has in a sentence of a script without capitals, where that can be nothing else:
/// `আরিফ মাহমুদকে`, `रमेश श्रेष्ठलाई`, `ገብረማርያምን`, `நடராஜாவை`.
pub(super) fn without_case(name: &str) -> String {
    const LETTERS_MIN: usize = 3;
    // `Болд Ганбаатар-ийн`: small letters behind a hyphen.
    if let Some((bare, ending)) = name.rsplit_once('-')
        && MONGOLIAN.contains(&ending)
        && bare.contains(' ')
    {
        return bare.to_owned();
    }
    let cut = CASES.iter().find_map(|(ending, put, exceptions)| {
        let bare = name.strip_suffix(ending)?;
        let native = exceptions.iter().any(|other| name.ends_with(other));
        let last = bare.split_whitespace().next_back().unwrap_or_default();
        (!native && last.chars().count() >= LETTERS_MIN).then(|| format!("{bare}{put}"))
    });
    cut.unwrap_or_else(|| name.to_owned())
}

/// The endings that Mongolian writes behind a name with a hyphen.
const MONGOLIAN: [&str; 14] =
    ["ийн", "ын", "ийг", "ыг", "г", "д", "т", "аас", "ээс", "оос", "өөс", "аар", "тай", "тэй"];

/// Endings, what the bare name has in their place, and the ends of names that have the same letters.
const CASES: [(&str, &str, &[&str]); 14] = [
    ("-এর", "", &[]),
    ("-কে", "", &[]),
    ("কে", "", &[]),
    (
        "ের",
        "",
        &[
            "য়ের",
            "তাহের",
            "নাসের",
            "জাহের",
            "বাহের",
            "মেহের",
            "শের",
            "বের",
            "জোহের",
            "কাদের",
            "নাদের",
            "বাদের",
            "সাদের",
        ],
    ),
    ("लाई", "", &[]),
    ("ज्यूको", "", &[]),
    ("ज्यू", "", &[]),
    ("ाको", "ा", &[]),
    (
        "ን",
        "",
        &[
            "ሁን",
            "ዲን",
            "ሞን",
            "ሰን",
            "ሴን",
            "ርሃን",
            "ርሀን",
            "ኮንን",
            "ማን",
            "ዳን",
            "ያን",
            "ሶን",
            "ታን",
            "ሮን",
            "ዖን",
            "ዎን",
            "ጆን",
            "ቃን",
            "ዛን",
            "ሳን",
            "ሊን",
            "ሪን",
            "ፋን",
            "ቪን",
        ],
    ),
    ("ாவை", "ா", &[]),
    ("ாவின்", "ா", &[]),
    ("ாவுக்கு", "ா", &[]),
    ("னை", "ன்", &[]),
    ("னின்", "ன்", &[]),
];

/// `Søren Lindegaards postkasse`: Scandinavian languages write no apostrophe before the ending of an owner. It is one where
/// what is his stands right behind the name, unless names end so, or an address has it.
pub(super) fn owner(speech: &Speech, span: &Range<usize>, name: &str) -> String {
    const SCANDINAVIAN: [&str; 3] = ["sv", "da", "no"];
    const OF_NAMES: [&str; 11] = ["ss", "fors", "ius", "nes", "näs", "ås", "hus", "as", "is", "os", "us"];
    let his = |hit: &Hit| {
        matches!(
            hit.sense,
            Sense::Slot | Sense::Email | Sense::SecondEmail | Sense::Phone | Sense::Mobile | Sense::LastName
        ) && hit.language.code().is_some_and(|code| SCANDINAVIAN.contains(&code))
            && (span.end..=span.end + OWNED_CHARS_MAX).contains(&hit.span.start)
    };
    let folded_text = |text: &str| text.chars().map(folded).collect::<String>();
    let last = folded_text(name.split_whitespace().next_back().unwrap_or_default());
    let in_an_address = || {
        facts::addresses(&speech.chars).iter().any(|found| folded_text(found.what.local()).contains(&last))
    };
    let ends = name.strip_suffix('s').filter(|_| !OF_NAMES.iter().any(|ending| name.ends_with(ending)));
    match ends {
        Some(bare) if name.contains(' ') && speech.hits.iter().any(his) && !in_an_address() => {
            bare.to_owned()
        }
        _ => name.to_owned(),
    }
}

/// The endings that Turkish, Azerbaijani, Polish and Finnish write behind an apostrophe.
const PARTED_ENDINGS: [&str; 82] = [
    "ı", "i", "u", "ü", "yı", "yi", "yu", "yü", "nı", "ni", "nu", "nü", "ın", "in", "un", "ün", "nın", "nin",
    "nun", "nün", "a", "e", "ya", "ye", "na", "ne", "da", "de", "ta", "te", "nda", "nde", "dan", "den",
    "tan", "ten", "ndan", "nden", "la", "le", "yla", "yle", "ki", "daki", "deki", "lar", "ler", "dır", "dir",
    "dur", "dür", "tır", "tir", "tur", "tür", "ə", "yə", "nə", "də", "dən", "ndən", "ego", "emu", "go", "mu",
    "em", "owi", "om", "ie", "iem", "ą", "ę", "n", "lle", "lta", "sta", "ssa", "en", "ille", "iin", "ia",
    "illa",
];

/// Turkish parts the endings of names with an apostrophe: `Yılmaz'ın`. `Sa'idu` and `Na'eem` are names.
fn without_ending(name: &str) -> &str {
    match name.rsplit_once(['\'', '’']) {
        Some((bare, ending)) if PARTED_ENDINGS.contains(&ending) && bare.chars().count() > 2 => bare,
        _ => name,
    }
}

/// Korean writes particles and honorifics together with the name.
fn without_particle(name: &str) -> String {
    const ENDINGS: [&str; 24] = [
        "님으로",
        "님에서",
        "씨에서",
        "님을",
        "님은",
        "님이",
        "님의",
        "씨를",
        "씨는",
        "씨가",
        "씨로",
        "에게",
        "에서",
        "으로",
        "님",
        "씨",
        "을",
        "를",
        "은",
        "는",
        "이",
        "가",
        "의",
        "로",
    ];
    let bare =
        ENDINGS.iter().filter_map(|ending| name.strip_suffix(ending)).find(|bare| bare.chars().count() >= 3);
    bare.unwrap_or(name).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::{bare, owner};
    use crate::reading::languages::Languages;
    use crate::reading::speech::Speech;

    #[test]
    fn an_owner_is_written_without_a_sign() {
        for (text, name) in [
            ("Søren Lindegaards postkasse er lukket", "Søren Lindegaard"),
            ("Karin Lindfors adress är nedlagd", "Karin Lindfors"),
            ("Vi har Bo Ekmans adress bo.ekmans@a.example", "Vi har Bo Ekmans"),
        ] {
            let speech = Speech::of(text, Languages::ALL);
            let end = text.chars().take_while(|c| *c != 's').count();
            let end = text.chars().skip(end).position(|c| c == ' ').unwrap() + end;
            let written: String = text.chars().take(end).collect();
            assert_eq!(owner(&speech, &(0..end), &written), name);
        }
    }

    #[test]
    fn an_ending_is_no_part_of_the_name() {
        for (written, name) in [
            ("Anna Berg's", "Anna Berg"),
            ("Ayşe Yılmaz’ın", "Ayşe Yılmaz"),
            ("김민수님은", "김민수"),
            ("আরিফ মাহমুদকে", "আরিফ মাহমুদ"),
            ("করিম হাসানের", "করিম হাসান"),
            ("আবুল খায়ের", "আবুল খায়ের"),
            ("रमेश श्रेष्ठलाई", "रमेश श्रेष्ठ"),
            ("ዳዊት ገብረማርያምን", "ዳዊት ገብረማርያም"),
            ("አበበ ካሳሁን", "አበበ ካሳሁን"),
            ("வாசுகி நடராஜாவை", "வாசுகி நடராஜா"),
            ("Болд Ганбаатар-ийн", "Болд Ганбаатар"),
            ("Салтыков-Щедрин", "Салтыков-Щедрин"),
            ("Sean O'Connor", "Sean O'Connor"),
            ("Fatima Sa’idu", "Fatima Sa’idu"),
            ("Ian Kennedy'ego", "Ian Kennedy"),
        ] {
            assert_eq!(bare(written), name);
        }
    }
}
