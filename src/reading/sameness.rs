//! Sameness: whether two places of a mail speak of one person.

use crate::reading::belonging::resembles;
use crate::reading::entry::{Entry, Role};
use crate::reading::folding::is_han;

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
    (full_words.len() > 1 && known && (bare || !full.has_contact_data()))
        || (bare && parts && full_words.iter().any(|word| is_family_name(only, word)))
}

/// `鈴木` of `鈴木一郎`: the family name, which stands first, of a name that is written without a space.
pub(super) fn is_family_name(short: &str, full: &str) -> bool {
    const LETTERS_MAX: usize = 5;
    let letters = full.chars().count();
    full.chars().all(is_han)
        && full.starts_with(short)
        && (2..letters).contains(&short.chars().count())
        && letters <= LETTERS_MAX
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

/// `.bd: Primary: A, a@…, +880 …` and below it `.in: Primary: A (the same)`: he who has all his details under one ccTLD, and is
/// named again without any under another.
pub(super) fn again_for_another(known: &Entry, entry: &Entry) -> Option<Entry> {
    let alone = !entry.has_contact_data() && entry.former_email.is_none();
    let apart = !entry.tlds.is_empty()
        && !known.tlds.is_empty()
        && entry.tlds.iter().all(|tld| !known.tlds.contains(tld));
    let named = entry.name.is_some() && entry.name == known.name;
    let whole = known.name.is_some() && !known.emails.is_empty() && !known.phones.is_empty();
    (alone && apart && named && whole).then(|| Entry {
        tlds: entry.tlds.clone(),
        rank: entry.rank,
        role: entry.role,
        line: entry.line,
        ..known.clone()
    })
}

/// `His details: …`: values without a name belong to the one person who has a name and no values yet.
pub(super) fn join_nameless(entries: Vec<Entry>) -> Vec<Entry> {
    let mut kept: Vec<Entry> = Vec::new();
    for entry in entries {
        let open = |known: &&mut Entry| {
            known.name.is_some() && !known.has_contact_data() && known.role != Role::Keep
        };
        let waiting = kept.iter_mut().filter(open).count();
        let incoming =
            kept.iter_mut().filter(open).filter(|known| matches!(known.role, Role::New | Role::Add)).count();
        let fits =
            |known: &&mut Entry| open(known) && (waiting == 1 || matches!(known.role, Role::New | Role::Add));
        // `Phones: …` on a line of its own is the one person's who has none.
        let only_numbers = entry.name.is_none()
            && entry.emails.is_empty()
            && entry.second.is_none()
            && entry.former_email.is_none()
            && !entry.phones.is_empty();
        let silent = |known: &&mut Entry| {
            known.phones.is_empty() && !matches!(known.role, Role::Keep | Role::Remove | Role::Old)
        };
        if only_numbers && kept.iter_mut().filter(silent).count() == 1 {
            if let Some(known) = kept.iter_mut().find(silent) {
                known.join(entry);
            }
            continue;
        }
        // `Give him a second address, too: …`; `Update Ann Bee (ann@…):`, and below it her number and a second address.
        let only_second = entry.name.is_none()
            && entry.emails.is_empty()
            && entry.former_email.is_none()
            && entry.second.is_some();
        if only_second
            && let [known] = kept.as_mut_slice()
            && known.second.is_none()
            && (entry.phones.is_empty() || (known.phones.is_empty() && known.role != Role::Remove))
        {
            known.value_changes = true;
            known.join(entry);
            continue;
        }
        let owner =
            kept.iter_mut().find(fits).filter(|_| entry.name.is_none() && (waiting == 1 || incoming == 1));
        match owner {
            Some(known) => known.join(entry),
            None => match kept.iter_mut().find(|known| is_made_of_his_name(known, &entry)) {
                Some(known) => known.join(entry),
                None => kept.push(entry),
            },
        }
    }
    kept
}

/// `She can be reached at +31 … and at ann.bee@…`: an address alone that is made of the name of one who has none.
fn is_made_of_his_name(known: &Entry, entry: &Entry) -> bool {
    let alone = entry.name.is_none() && entry.phones.is_empty() && entry.former_email.is_none();
    let open = known.emails.is_empty() && known.former_email.is_none() && known.second.is_none();
    let comes = !matches!(known.role, Role::Keep | Role::Remove | Role::Old);
    let alike =
        |name: &str| entry.emails.len() == 1 && entry.emails.iter().all(|email| resembles(name, email));
    alone && open && comes && !known.phones.is_empty() && known.name.as_deref().is_some_and(alike)
}
