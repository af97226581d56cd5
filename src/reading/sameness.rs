//! Sameness: whether two places of a mail speak of one person.

use crate::reading::entry::{Entry, Role};

/// The words of a name, as they are compared.
pub(super) fn words_of(name: &str) -> Vec<String> {
    name.split_whitespace().map(str::to_lowercase).collect()
}

/// `Ann Bee` and `Ann Lee`: two names with a word in common that is more than a letter.
pub(super) fn shares_a_word(one: &str, other: &str) -> bool {
    let (one, other) = (words_of(one), words_of(other));
    one != other && one.iter().any(|word| word.chars().count() > 1 && other.contains(word))
}

/// `Gleb (gleb@…)` behind `Gleb Sorokin`: one word of a name that the other has in full, and only one of them has values.
pub(super) fn is_short_for(short_entry: &Entry, full: &Entry) -> bool {
    let words = |entry: &Entry| words_of(entry.name.as_deref().unwrap_or_default());
    let (short, full_words) = (words(short_entry), words(full));
    // `Ann Bee` is `Ms. Ann L. Bee`, where nothing else is said of her.
    let within = short.len() > 1 && short.iter().all(|word| full_words.contains(word));
    if within && short.len() < full_words.len() && short_entry.role == full.role {
        return !short_entry.has_contact_data();
    }
    let [only] = short.as_slice() else { return false };
    // `Lucía is the main one` says nothing else of her.
    let goes = |entry: &Entry| matches!(entry.role, Role::Remove | Role::Old);
    let parts = short_entry.role == full.role
        || [short_entry.role, full.role].contains(&Role::Unsaid)
        || (goes(short_entry) && goes(full));
    let bare = !short_entry.has_contact_data() && (short_entry.rank.is_some() || parts);
    let known =
        full_words.contains(only) || (parts && full_words.iter().any(|word| is_cased_form(only, word)));
    full_words.len() > 1 && known && (bare || !full.has_contact_data())
}

/// `Zielińska` and `Zielińskiej`: one word in two cases.
pub(super) fn is_cased_form(one: &str, other: &str) -> bool {
    const STEM_CHARS_MIN: usize = 5;
    const ENDING_CHARS_MAX: usize = 3;
    let same = one.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
    let rest = |word: &str| word.chars().count() - same;
    same >= STEM_CHARS_MIN && rest(one) <= ENDING_CHARS_MAX && rest(other) <= ENDING_CHARS_MAX
}

/// `Register Тэмүүлэн Ганзоригийг`, and below `name: Тэмүүлэн Ганзориг`: a name with the ending of its case, nothing else
/// said with it, and the same in a form of details.
pub(super) fn is_inflected(first: &Entry, form: &Entry) -> bool {
    const STEM_CHARS_MIN: usize = 3;
    const ENDING_CHARS_MAX: usize = 4;
    let words = |entry: &Entry| -> Vec<Vec<char>> {
        let name = entry.name.as_deref().unwrap_or_default();
        name.split_whitespace().map(|word| word.chars().collect()).collect()
    };
    let (cased, plain) = (words(first), words(form));
    // The last vowel of the plain form may be exchanged.
    let fits = |(cased, plain): (&Vec<char>, &Vec<char>)| {
        let same = cased.iter().zip(plain).take_while(|(a, b)| a == b).count();
        same >= STEM_CHARS_MIN && same + 1 >= plain.len() && cased.len() - same <= ENDING_CHARS_MAX
    };
    let open = !first.has_contact_data() && form.has_contact_data();
    let roles =
        matches!(first.role, Role::Unsaid | Role::Add) && matches!(form.role, Role::Unsaid | Role::Add);
    open && roles && cased.len() > 1 && cased.len() == plain.len() && cased.iter().zip(&plain).all(fits)
}

/// `Милицу Јанковић`, and below `name: Милица Јанковић (Milica Janković)`: a name, in whatever case, that the other bears in
/// another script.
pub(super) fn is_also(one: &Entry, other: &Entry) -> bool {
    let words = |name: Option<&str>| words_of(name.unwrap_or_default());
    let (own, also) = (words(one.name.as_deref()), words(other.also.as_deref()));
    let alike =
        |(one, other): (&String, &String)| one == other || is_cased_form(one, other) || is_near(one, other);
    !own.is_empty() && own.len() == also.len() && own.iter().zip(&also).all(alike)
}

/// `Ана` and `Ану`: short words that differ in their last letters alone.
fn is_near(one: &str, other: &str) -> bool {
    let same = one.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
    same >= 2 && one.chars().count().max(other.chars().count()) <= same + 1
}

/// Whether two entries are one person: the same address, or the same name where an address is missing.
pub(super) fn is_same(a: &Entry, b: &Entry) -> bool {
    let address = b.emails.iter().any(|email| a.emails.contains(email));
    let name = |entry: &Entry| entry.name.as_ref().map(|name| name.to_lowercase());
    let named = name(a).is_some()
        && (name(a) == name(b)
            || is_also(a, b)
            || is_also(b, a)
            || is_short_for(a, b)
            || is_short_for(b, a)
            || is_inflected(a, b));
    (address && (a.tlds == b.tlds || b.tlds.is_empty() || a.tlds.is_empty()))
        || (named && (a.emails.is_empty() || b.emails.is_empty()))
}

/// `Ann has a new number. Her address stays (ann@…)`: an address that stays is his of whom nothing else says who he is.
pub(super) fn identify(entries: &mut Vec<Entry>) {
    let stays = |entry: &Entry| {
        let alone = entry.name.is_none() && entry.phones.is_empty() && entry.emails.len() == 1;
        entry.role == Role::Keep && alone
    };
    let open = |entry: &Entry| {
        let nowhere = entry.emails.is_empty() && entry.former_email.is_none();
        let called = entry.name.is_some() && !entry.phones.is_empty();
        matches!(entry.role, Role::Change | Role::Unsaid) && nowhere && called
    };
    let one = |test: &dyn Fn(&Entry) -> bool| entries.iter().filter(|entry| test(entry)).count() == 1;
    if !one(&stays) || !one(&open) {
        return;
    }
    let Some(place) = entries.iter().position(stays) else { return };
    let emails = entries.remove(place).emails;
    if let Some(entry) = entries.iter_mut().find(|entry| open(entry)) {
        entry.emails = emails;
        entry.value_changes = true;
    }
}
