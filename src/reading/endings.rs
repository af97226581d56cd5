//! The endings that languages write together with a name.

use crate::reading::folding::is_hangul;

/// The name without the endings of its place in the sentence: `Anna's`, `Yılmaz'ın`, `김민수님은`.
pub(super) fn bare(name: &str) -> String {
    let name = if name.chars().any(is_hangul) { without_particle(name) } else { name.to_owned() };
    let owner = ["'s", "’s", "'", "’"].iter().find_map(|ending| name.strip_suffix(ending));
    without_ending(owner.unwrap_or(&name)).to_owned()
}

/// Turkish parts the endings of names with an apostrophe: `Yılmaz'ın`.
fn without_ending(name: &str) -> &str {
    const ENDING_LETTERS_MAX: usize = 4;
    match name.rsplit_once(['\'', '’']) {
        Some((bare, ending))
            if ending.chars().count() <= ENDING_LETTERS_MAX
                && ending.chars().all(char::is_lowercase)
                && bare.chars().count() > 2 =>
        {
            bare
        }
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
    use super::bare;

    #[test]
    fn an_ending_is_no_part_of_the_name() {
        for (written, name) in [
            ("Anna Berg's", "Anna Berg"),
            ("Ayşe Yılmaz’ın", "Ayşe Yılmaz"),
            ("김민수님은", "김민수"),
            ("Sean O'Connor", "Sean O'Connor"),
        ] {
            assert_eq!(bare(written), name);
        }
    }
}
