//! Subjects: what stands in one beside the matter, put there by mail programs, by machines and by ourselves.

use crate::domain::request::Action;
use crate::domain::unclear::{About, Place, Unclear};
use crate::reading::entry::{Entry, Role};
use crate::reading::facts;
use crate::reading::folding::{has_case, is_han};
use crate::reading::labels::role_of;
use crate::reading::languages::Languages;
use crate::reading::names;
use crate::reading::sameness::words_of;
use crate::reading::speech::Speech;
use crate::reading::statement::Statement;
use crate::reading::wishes;
use crate::reading::words::Sense;

/// Characters of `Re`, `AW` and `回复` at the most, which may be words of other languages.
const SIGN_CHARS_MAX: usize = 2;

/// What every Subject of ours begins with.
pub(super) const OUR_TAG: &str = "[TLD-OPS]";

/// How a Subject of the writer's own stands to the text below it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Titled {
    /// The text is read for itself.
    Beside,
    /// It says who or what, as the text does not: it is read as the first sentence.
    Ahead,
    /// The text says nothing, or only that all stands there: it is read instead.
    Alone,
}

impl Titled {
    /// How it stands to a text whose own words are these.
    pub(super) fn of(subject: &Speech, own: &str, languages: Languages) -> Self {
        let tells = |speech: &Speech| {
            !facts::addresses(&speech.chars).is_empty() || !facts::numbers(&speech.chars).is_empty()
        };
        if wishes::says_nothing(own, languages) {
            return Self::Alone;
        }
        if role_of(subject).is_some() && tells(subject) && !tells(&Speech::of(own, languages)) {
            return Self::Ahead;
        }
        Self::Beside
    }

    /// What is read of the two.
    pub(super) fn with<T: Clone>(self, subject: T, space: T, own: Vec<T>) -> Vec<T> {
        match self {
            Self::Beside => own,
            Self::Ahead => [subject, space].into_iter().chain(own).collect(),
            Self::Alone => vec![subject],
        }
    }
}

/// A Subject without `Re:`, `AW:`, `回复：` and their kin, which say nothing of the matter.
pub(super) fn bare_subject(subject: &str) -> String {
    let mut rest = subject.trim();
    while let Some((before, after)) = rest.split_once([':', '：']) {
        let short = before.chars().count() <= 5 && before.chars().all(char::is_alphanumeric) && !acts(before);
        if !short {
            break;
        }
        rest = after.trim();
    }
    rest.to_owned()
}

/// What was put before and behind a Subject of ours: `Automatic reply: `, a ticket's number. Ours ends with a bracket.
pub(super) fn around_ours(subject: &str) -> String {
    let Some((before, ours)) = subject.split_once(OUR_TAG) else { return String::new() };
    let after = ours.rsplit_once(']').map_or("", |(_, after)| after);
    format!("{before}\n{after}")
}

/// Whether a Subject answers a mail of ours, or of the list: it has our tag, or our name behind `Re:`.
pub(super) fn is_reply_to_us(subject: &str) -> bool {
    let bare = bare_subject(subject);
    subject.contains(OUR_TAG) || (bare != subject.trim() && bare.to_uppercase().starts_with("TLD-OPS"))
}

/// What our question, quoted in the Subject, asked to confirm.
pub(super) fn asked_action(subject: &str) -> Option<Action> {
    let has =
        |action: Action| subject.split(|c: char| !c.is_ascii_alphabetic()).any(|word| word == action.word());
    [Action::Subscribe, Action::Update, Action::Remove].into_iter().find(|action| has(*action))
}

/// Whether the Subject says that a mail is forwarded, in the mail programs' words of many languages.
pub(super) fn is_forward(subject: &str) -> bool {
    const PREFIXES: [&str; 24] = [
        "fw",
        "fwd",
        "wg",
        "tr",
        "rv",
        "enc",
        "doorst",
        "vl",
        "vb",
        "vs",
        "pd",
        "ilt",
        "i",
        "转发",
        "轉寄",
        "转寄",
        "転送",
        "전달",
        "הועבר",
        "إعادة توجيه",
        "πρθ",
        "továbbítás",
        "redir",
        "trs",
    ];
    subject
        .split([':', '：'])
        .take(3)
        .map(|prefix| prefix.trim().to_lowercase())
        .any(|prefix| PREFIXES.contains(&prefix.as_str()))
}

/// `删除联系人：…`, `Add: …`: what stands before a colon asks for something, and is no sign of an answer.
fn acts(before: &str) -> bool {
    const ACTS: [Sense; 4] = [Sense::Add, Sense::Remove, Sense::Change, Sense::Replace];
    // Two characters are a word in Chinese: `删除`.
    let least = if before.starts_with(is_han) { SIGN_CHARS_MAX } else { SIGN_CHARS_MAX + 1 };
    Speech::of(before, Languages::ALL)
        .hits
        .iter()
        .any(|hit| ACTS.contains(&hit.sense) && hit.span.start == 0 && hit.span.len() >= least)
}

/// A Subject that asks for one thing, above a text that asks for the contrary.
pub(super) fn of_subject(
    (subject, own): (&Speech, &Speech),
    statement: &Statement,
    role: Role,
) -> Option<Unclear> {
    let roles: Vec<Role> = statement
        .entries
        .iter()
        .map(|entry| if entry.role == Role::Unsaid { role } else { entry.role })
        .collect();
    let only = |wanted: Role| !roles.is_empty() && roles.iter().all(|role| *role == wanted);
    let contrary = match (subject.has(Sense::Add), subject.has(Sense::Remove)) {
        (true, false) => only(Role::Remove),
        (false, true) => only(Role::Add),
        _ => false,
    };
    let changes = subject.has_any(&[Sense::Change, Sense::Replace]);
    let other = other_person((subject, own), statement);
    let words = if contrary && !changes { Some(None) } else { other.map(Some) };
    words.map(|words| Unclear {
        places: vec![Place::Subject],
        ..Unclear::with(About::SubjectContradicts, words)
    })
}

/// A name in a script without capitals in the Subject, of which a clause of the text says that it stays.
fn kept_in(subject: &Speech, own: &Speech) -> Option<String> {
    let ends = |c: &char| matches!(c, ',' | '，' | '、' | '،' | '.' | '。' | ';' | '；' | '\n');
    let stays = |name: &String| {
        let letters: Vec<char> = name.chars().collect();
        let found = own.chars.windows(letters.len()).position(|part| part == letters.as_slice());
        found.is_some_and(|place| {
            let before = own.chars.get(..place).unwrap_or_default();
            let start = before.iter().rposition(ends).map_or(0, |end| end + 1);
            let after = own.chars.get(place..).unwrap_or_default();
            let end = after.iter().position(ends).map_or(own.chars.len(), |end| place + end);
            own.with(Sense::Keep).any(|hit| (start..end).contains(&hit.span.start))
        })
    };
    let uncased = |name: &String| name.chars().next().is_some_and(|c| !has_case(c));
    let names = names::find(subject, &[]).into_iter().map(|name| name.what.text);
    names.filter(uncased).find(stays)
}

/// A person whom the Subject names and the text does not, or of whom the text says that he stays: somebody else goes, or comes, in
/// each.
fn other_person((subject, own): (&Speech, &Speech), statement: &Statement) -> Option<String> {
    if !subject.has_any(&[Sense::Add, Sense::Remove]) {
        return None;
    }
    let stays = |entry: &&Entry| entry.role == Role::Keep;
    let acts: Vec<&Entry> = statement.entries.iter().filter(|entry| !stays(entry)).collect();
    let words = |entry: &Entry| words_of(entry.name.as_deref().unwrap_or_default());
    let kept: Vec<&Entry> = statement.entries.iter().filter(stays).chain(&statement.aside).collect();
    let told: Vec<String> = acts.iter().chain(&kept).flat_map(|entry| words(entry)).collect();
    let unknown = |name: &String| !words_of(name).iter().any(|word| told.contains(word));
    let names =
        names::find(subject, &[]).into_iter().filter(|name| !name.what.weak).map(|name| name.what.text);
    if !told.is_empty()
        && let Some(name) = names.into_iter().find(unknown)
    {
        return Some(name);
    }
    let title = subject.text(0..subject.chars.len());
    let titled = |entry: &&&Entry| entry.name.as_deref().is_some_and(|name| title.contains(name));
    let kept = kept.iter().find(titled).and_then(|entry| entry.name.clone());
    kept.or_else(|| kept_in(subject, own))
        .filter(|_| !acts.is_empty() && !acts.iter().any(|entry| titled(&entry)))
}
