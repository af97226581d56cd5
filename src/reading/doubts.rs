//! Doubts: signs in a mail that a person must look before anything is done.

use crate::domain::address::Address;
use crate::domain::contact::Rank;
use crate::reading::belonging::resembles;
use crate::reading::countries;
use crate::reading::entry::{Entry, Role};
use crate::reading::facts::{self, digits};
use crate::reading::labels::rank_of;
use crate::reading::layout::Mark;
use crate::reading::letter::Letter;
use crate::reading::names;
use crate::reading::sentences;
use crate::reading::speech::Speech;
use crate::reading::statement::Statement;
use crate::reading::words::{Languages, Sense};

/// The part of a request's letters, in per cent, that must be understood or be names and values. Measured on some two hundred
/// labelled requests: of those that were understood rightly hardly any had less, of those in languages without a file of
/// words, which can be read wrongly, most.
const UNDERSTOOD_PERCENT_MIN: usize = 65;
/// Letters from which on that part says something.
const UNDERSTOOD_LETTERS_MIN: usize = 30;

/// The doubts that words raise.
const WORDS: [(Sense, &str); 9] = [
    (Sense::Either, "it leaves open which of several is meant"),
    (Sense::ForATime, "it seems to be meant for a time, or from a later day"),
    (Sense::Elsewhere, "it refers to something that is not in the mail"),
    (Sense::Legal, "it speaks of law"),
    (Sense::Complaint, "it may be a complaint"),
    (Sense::Incident, "it may report an incident"),
    (Sense::Delegation, "it speaks of who may decide"),
    (Sense::Recall, "it seems to take an earlier mail back"),
    (Sense::Steer, "it tries to tell the program how to treat it"),
];

/// What the words of a request make doubtful.
pub(super) fn of_words(subject: &Speech, own: &Speech) -> Vec<String> {
    let mut doubts = Vec::new();
    for (sense, why) in WORDS {
        let said = own.quote(sense).or_else(|| subject.quote(sense));
        if let Some(said) = said {
            doubts.push(format!("{why} (\"{said}\")"));
        }
    }
    doubts
}

/// A text of which too much is in words that are not known: what it asks for may stand in those.
pub(super) fn of_unknown_words(own: &Speech) -> Option<String> {
    let mut known = own.mask(|_| true);
    let names = names::find(own, &[]).into_iter().filter(|name| !name.what.weak).map(|name| name.span);
    let values = facts::addresses(&own.chars).into_iter().map(|found| found.span);
    let numbers = facts::numbers(&own.chars).into_iter().map(|found| found.span);
    let countries = countries::find(&own.chars).into_iter().map(|found| found.span);
    for place in names.chain(values).chain(numbers).chain(countries).flatten() {
        if let Some(known) = known.get_mut(place) {
            *known = true;
        }
    }
    let (all, covered) = own.share(&known);
    let few = covered * 100 < all * UNDERSTOOD_PERCENT_MIN;
    (few && all >= UNDERSTOOD_LETTERS_MIN).then(|| "too much of it is in words that are not known".to_owned())
}

/// What the form of a mail makes doubtful.
pub(super) fn of_form(letter: &Letter) -> Vec<String> {
    let mut doubts = Vec::new();
    let hidden: String = letter.layout().hidden.chars().filter(|c| c.is_alphanumeric()).collect();
    if !hidden.is_empty() {
        doubts.push("it holds text that no reader sees".to_owned());
    }
    if letter.layout().forms_differ {
        doubts.push("its plain text and its HTML hold different details".to_owned());
    }
    if letter.layout().refused {
        doubts.push("its HTML is too large or too intricate to be read".to_owned());
    }
    if letter.parts().damaged {
        doubts.push("a part of it could not be decoded without loss".to_owned());
    }
    doubts
}

/// A Subject that asks for one thing, above a text that asks for the contrary.
pub(super) fn of_subject(subject: &Speech, statement: &Statement, role: Role) -> Option<String> {
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
    (contrary && !changes).then(|| "Subject and text ask for different things".to_owned())
}

/// Details that are missing, or that were not understood.
pub(super) fn of_details(
    letter: &Letter,
    statement: &Statement,
    ours: &[Address],
    own: &Speech,
) -> Vec<String> {
    let mut doubts = Vec::new();
    let attached: Vec<&str> = letter.parts().attached.iter().map(|attached| attached.name.as_str()).collect();
    if statement.entries.is_empty() && !attached.is_empty() {
        doubts.push(format!("the details are only in what is attached ({})", attached.join(", ")));
    }
    if statement.entries.is_empty() && attached.is_empty() && own.has(Sense::Attached) {
        doubts.push("the details are said to be attached, and nothing is".to_owned());
    }
    let known = |address: &Address| {
        let has = |entry: &Entry| {
            entry.emails.contains(address)
                || entry.second.as_ref() == Some(address)
                || entry.former_email.as_ref() == Some(address)
        };
        statement.entries.iter().chain(&statement.aside).any(has)
            || ours.contains(&address.without_subaddress())
            || letter.from() == Some(address)
    };
    let told = |number: &str| {
        let has = |entry: &Entry| entry.phones.iter().any(|phone| digits(&phone.written) == digits(number));
        statement.entries.iter().chain(&statement.aside).any(has)
    };
    for line in letter.layout().with(&[Mark::Own]) {
        let speech = Speech::of(&line.text, Languages::ALL);
        if facts::addresses(&speech.chars).iter().any(|found| !known(&found.what)) {
            doubts.push("an address in it belongs to nobody for certain".to_owned());
        }
        if facts::numbers(&speech.chars).iter().any(|found| !told(&found.what)) && !speech.has(Sense::Fax) {
            doubts.push("a number in it belongs to nobody for certain".to_owned());
        }
    }
    doubts.dedup();
    doubts
}

/// What is uncertain about the persons and what is to happen to them.
pub(super) fn of_persons(role: Role, statement: &Statement, own: &Speech) -> Vec<String> {
    let mut doubts = Vec::new();
    let mut doubt = |uncertain: bool, why: &str| {
        if uncertain {
            doubts.push(why.to_owned());
        }
    };
    let any = |test: &dyn Fn(&Entry) -> bool| statement.entries.iter().any(test);
    doubt(any(&|entry| entry.contradicts), "it says two different things of one person");
    doubt(any(&|entry| entry.misfits), "it is not certain which value belongs where");
    doubt(
        any(&|entry| entry.emails.len() + usize::from(entry.second.is_some()) > 2),
        "one person has more than two addresses",
    );
    let replaces = own.has_any(&[Sense::Replace, Sense::Replaces, Sense::ReplacedBy]);
    let goes = |entry: &Entry| matches!(entry.role, Role::Old | Role::Remove);
    let unsaid_beside = |entry: &Entry| entry.role == Role::Unsaid && entry.has_contact_data();
    doubt(
        replaces && any(&|entry| entry.role == Role::New) && !any(&goes) && any(&unsaid_beside),
        "it is not certain who makes room for whom",
    );
    let changes_nobody = |entry: &Entry| {
        let changes = entry.role == Role::Change || (entry.role == Role::Unsaid && role == Role::Change);
        changes && entry.name.is_none() && entry.emails.is_empty() && entry.former_email.is_none()
    };
    doubt(any(&changes_nobody), "it is not certain whose details change");
    // A number is spoken of, and none is there that could be the new one.
    let numbers = own.has_any(&[Sense::Phone, Sense::Mobile]);
    let numberless = |entry: &Entry| {
        let only_named = entry.second.is_none() && entry.former_email.is_none() && entry.rank.is_none();
        numbers
            && entry.role == Role::Change
            && entry.phones.is_empty()
            && only_named
            && entry.emails.len() == 1
    };
    let without = statement.entries.iter().all(|entry| entry.phones.is_empty());
    doubt(
        !statement.renamed && (any(&is_idle) || (without && any(&numberless))),
        "it is not certain what is to change",
    );
    let unsaid = role == Role::Unsaid && statement.entries.iter().all(|entry| entry.role == Role::Unsaid);
    let meant = statement.structured || own.has(Sense::ContactWord) || statement.entries.is_empty();
    doubt(unsaid && !meant, "it is not said what is to happen to these persons");
    doubt(
        any(&|entry| entry.role == Role::New && entry.rank.is_some() && entry.phones.is_empty()),
        "it is not certain whether persons or only their places are exchanged",
    );
    let renamed = own
        .with(Sense::LastName)
        .chain(own.with(Sense::Name))
        .any(|name| !own.with(Sense::ContactWord).any(|word| word.covers(name)));
    let changes =
        |entry: &Entry| entry.role == Role::Change && entry.phones.is_empty() && entry.former_email.is_none();
    let only_number = |entry: &Entry| {
        entry.name.is_none() && entry.emails.is_empty() && entry.second.is_none() && !entry.phones.is_empty()
    };
    doubt(statement.entries.len() > 1 && any(&only_number), "a number in it belongs to nobody for certain");
    doubt(renamed && !statement.renamed && any(&changes), "a name seems to be what changes");
    let nameless = |entry: &Entry| {
        entry.name.is_none()
            && entry.emails.iter().any(|email| {
                let named = statement.entries.iter().filter_map(|other| other.name.as_deref());
                named.into_iter().any(|name| resembles(name, email))
            })
    };
    doubt(any(&nameless), "two addresses may be one person's");
    doubts
}

/// What is uncertain about places, and about persons who may come where they seem to go.
pub(super) fn of_parts(role: Role, statement: &Statement, own: &Speech) -> Vec<String> {
    let mut doubts = Vec::new();
    let mut doubt = |uncertain: bool, why: &str| {
        if uncertain {
            doubts.push(why.to_owned());
        }
    };
    let any = |test: &dyn Fn(&Entry) -> bool| statement.entries.iter().any(test);
    let comes = |entry: &Entry| {
        matches!(entry.role, Role::Add | Role::New | Role::Unsaid)
            && !entry.value_changes
            && !entry.emails.is_empty()
    };
    let makes_room = |entry: &Entry| {
        matches!(entry.role, Role::Old | Role::Remove | Role::Change) || entry.former_email.is_some()
    };
    let replaces = own.has_any(&[Sense::ReplacedBy, Sense::Replaces, Sense::InsteadOf])
        && !own.has_any(&[Sense::EveryoneElse, Sense::Everyone]);
    let pairs = || {
        statement
            .entries
            .iter()
            .enumerate()
            .flat_map(|(at, one)| statement.entries.iter().skip(at + 1).map(move |other| (one, other)))
    };
    // `Tau, who was primary until now, becomes secondary`: a former place read as the present one.
    let stays = |entry: &Entry| !matches!(entry.role, Role::Old | Role::Remove);
    let same_place = |(one, other): (&Entry, &Entry)| {
        one.rank.is_some() && one.rank == other.rank && stays(one) && stays(other)
    };
    doubt(pairs().any(same_place), "two persons would have the same place");
    // `Eszter Balogh is called Eszter Balogh-Fekete now`: one person under two names.
    let longer = |one: &str, other: &str| {
        one.strip_prefix(other).is_some_and(|rest| rest.starts_with([' ', '-', '\u{2010}', '\u{2011}']))
    };
    let same_name = |(one, other): (&Entry, &Entry)| match (&one.name, &other.name) {
        (Some(one), Some(other)) => longer(one, other) || longer(other, one),
        _ => false,
    };
    doubt(pairs().any(same_name), "two of the persons may be one under two names");
    doubt(
        replaces && any(&comes) && !any(&makes_room),
        "somebody seems to come in another's place, and it is not certain in whose",
    );
    let loose_place = has_loose_place(statement, own) || has_torn_place(statement, own);
    doubt(loose_place, "a place is named, and it is not certain whose");
    let leaves = |entry: &Entry| {
        let goes = entry.role == Role::Remove || (entry.role == Role::Unsaid && role == Role::Remove);
        goes && entry.name.is_some() && !entry.emails.is_empty() && !entry.phones.is_empty()
    };
    let instead = own.has_any(&[Sense::Add, Sense::InsteadAfter, Sense::InsteadOf, Sense::EveryoneElse]);
    doubt(instead && any(&leaves), "persons who seem to leave come with all their details, as new ones do");
    doubts
}

/// `Each is the main contact of his own zone`: a sentence without anybody names a place that nobody has.
fn has_loose_place(statement: &Statement, own: &Speech) -> bool {
    if statement.entries.len() < 2 || statement.entries.iter().any(|entry| entry.rank.is_some()) {
        return false;
    }
    sentences::of(own).into_iter().any(|bound| {
        let end = bound.end.min(own.chars.len());
        let chars = own.chars.get(bound.start..end).unwrap_or_default();
        let bare = facts::addresses(chars).is_empty() && facts::numbers(chars).is_empty();
        let called = own.with(Sense::ContactWord).any(|hit| bound.contains(&hit.span.start));
        bare && called && rank_of(own, bound.start, end).is_some()
    })
}

/// One has the second place and another none, though a first is named: a line break tore it off.
fn has_torn_place(statement: &Statement, own: &Speech) -> bool {
    let had: Vec<Rank> = statement.entries.iter().filter_map(|entry| entry.rank).collect();
    let named = [Sense::First, Sense::Second, Sense::Third].into_iter().flat_map(|sense| own.with(sense));
    let mut ranks = named.filter_map(|hit| rank_of(own, hit.span.start, hit.span.end));
    !had.is_empty() && had.len() < statement.entries.len() && ranks.any(|rank| !had.contains(&rank))
}

/// Somebody is to change, and nothing of his is said to.
fn is_idle(entry: &Entry) -> bool {
    let known = usize::from(!entry.emails.is_empty());
    entry.role == Role::Change
        && entry.phones.is_empty()
        && entry.second.is_none()
        && entry.former_email.is_none()
        && entry.rank.is_none()
        && (known == 0 || !entry.value_changes)
}
