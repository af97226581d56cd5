//! Himself: mails in which the writer speaks of himself, `please add me`, and says the rest by From and signature.

use crate::domain::address::Address;
use crate::reading::bare::is_only_name;
use crate::reading::belonging::resembles;
use crate::reading::companions::{adds_others, adds_people};
use crate::reading::entry::{Entry, Number, Role};
use crate::reading::facts;
use crate::reading::folding::is_word;
use crate::reading::languages::Languages;
use crate::reading::layout::Mark;
use crate::reading::leavers::removes_everyone;
use crate::reading::letter::Letter;
use crate::reading::names;
use crate::reading::ordinals::rank_of;
use crate::reading::person;
use crate::reading::sentences;
use crate::reading::speakers::{Speaker, Writer};
use crate::reading::speech::{Speech, is_negated};
use crate::reading::statement::Statement;
use crate::reading::subjects::is_forward;
use crate::reading::values;
use crate::reading::words::{Hit, Sense};

/// Completes the statement of a writer who speaks of himself: his name from From, his address from From, his number,
/// where he is to be added, from his signature.
pub(super) fn complete(
    statement: &mut Statement,
    (subject, own): (&Speech, &Speech),
    role: Role,
    letter: &Letter,
    signed: Statement,
) {
    // `Fwd: my details`: the Subject of a mail that is passed on is another's.
    let titled = subject.has(Sense::Me) && !is_forward(letter.subject());
    let of_the_other = role == Role::Add && names_the_other(own, statement);
    if !(speaks_of_himself(own, role) || titled || of_the_other)
        || !matches!(role, Role::Add | Role::Change | Role::Remove)
    {
        return;
    }
    let written = matches!(statement.speaker, Speaker::Writer);
    let writer = match std::mem::take(&mut statement.speaker) {
        Speaker::Writer => Writer { name: name_of(letter), address: letter.from().cloned() },
        Speaker::Another(another) => another,
        // Whose mail is passed on is not known, and who passes it on speaks of somebody else.
        Speaker::Unknown => {
            let nobodys = |entry: &Entry| entry.name.is_none() && entry.emails.is_empty();
            if statement.entries.is_empty() || statement.entries.iter().any(nobodys) {
                statement.speaker = Speaker::Unknown;
            }
            return;
        }
    };
    if role == Role::Add && statement.entries.is_empty() && adds_others(own) {
        statement.speaker = Speaker::Unknown;
        return;
    }
    // `Please add to the list; details follow`: whose they are is not said.
    let bare = statement.entries.is_empty() && statement.loose.is_empty();
    if role == Role::Add && bare && own.has(Sense::Later) {
        return;
    }
    // `I took over here; please enter our people`: `I` is who writes, and not who is added.
    if role == Role::Add && statement.entries.is_empty() && adds_people(own) {
        return;
    }
    // `Take my old colleague off`, `my colleague's mobile is …`: it is somebody else's, and the name was not understood.
    if written && statement.entries.is_empty() && is_of_another(own, role) {
        return;
    }
    let is_writer = |entry: &Entry| entry.emails.first() == writer.address.as_ref();
    if says_too(own, role) && !statement.entries.is_empty() && !statement.entries.iter().any(is_writer) {
        join_others(statement, writer, role, signed);
        return;
    }
    let name = writer.name.clone();
    let others = statement.entries.iter().all(|entry| entry.role == Role::Keep);
    match statement.entries.as_mut_slice() {
        _ if others => {
            let mut entry = std::mem::take(&mut statement.loose);
            // `Add a backup address to my entry: …`.
            let only_second = entry.second.is_some() && entry.phones.is_empty() && role == Role::Add;
            let has_entry = own.has(Sense::IAmListed) || values::adds_second_addresses(own);
            let role =
                if is_renumbered(&entry, own) || (only_second && has_entry) { Role::Change } else { role };
            entry.value_changes = role == Role::Change;
            entry.name = name;
            entry.role = role;
            // `The main one stays as it is` is said of an address, where a second one is all that comes.
            entry.rank = rank_of(own, 0, own.chars.len()).filter(|_| !(only_second && has_entry));
            if let Some(from) = &writer.address {
                entry.take_email(from.clone());
            }
            if role == Role::Add && entry.phones.is_empty() {
                entry.phones.extend(signed_numbers(signed));
            }
            statement.entries.push(entry);
        }
        [only] => {
            if role == Role::Add && only.name.is_none() && only.phones.is_empty() {
                add_signed(only, &writer, own, signed);
            }
            let bare = only.name.is_none() && only.emails.is_empty() && !only.phones.is_empty();
            complete_entry(only, &writer);
            // `Enter the new number for me`: with his address, too, he is not new.
            only.value_changes |= bare && role == Role::Change;
        }
        // `A becomes primary, and I (me@…) secondary`.
        several => name_writer(several, &writer),
    }
}

/// `Add me; my second address is …`, `my address for the list is …`: the rest stands in his signature.
fn add_signed(entry: &mut Entry, writer: &Writer, own: &Speech, signed: Statement) {
    entry.phones.extend(signed_numbers(signed));
    // `Apart from this address you can use …`.
    if own.has(Sense::SecondEmail) && entry.second.is_none() && entry.emails.len() == 1 {
        entry.second = entry.emails.pop();
    }
    if entry.emails.is_empty() {
        entry.emails.extend(writer.address.clone());
    }
}

/// Gives the writer's name to the one without a name who has his address.
fn name_writer(entries: &mut [Entry], writer: &Writer) {
    let own = |entry: &&mut Entry| entry.name.is_none() && entry.emails.first() == writer.address.as_ref();
    if let Some(entry) = entries.iter_mut().find(own) {
        entry.name.clone_from(&writer.name);
    }
}

/// `My old number … is dead, list +31 … for me`, `I am a contact; my new number: …`: he is there already.
fn is_renumbered(entry: &Entry, own: &Speech) -> bool {
    let both =
        entry.phones.iter().any(|phone| phone.former) && entry.phones.iter().any(|phone| !phone.former);
    let known = own.has_any(&[Sense::IAmListed, Sense::Old]);
    both || (known && entry.emails.is_empty() && has_new_number(own))
}

/// `List my new number`: a word for what is new and one for a number within one for a change.
fn has_new_number(own: &Speech) -> bool {
    own.with(Sense::Change).any(|change| {
        let within = |sense: Sense| own.with(sense).any(|hit| change.covers(hit));
        within(Sense::New) && (within(Sense::Phone) || within(Sense::Mobile))
    })
}

/// `Please list Ann, as per her mail below`: whose mail is passed on is named, and nothing else of him is told above it.
fn names_the_other(own: &Speech, statement: &Statement) -> bool {
    const LETTERS_MIN: usize = 3;
    let Speaker::Another(writer) = &statement.speaker else { return false };
    let bare = |entry: &Entry| entry.emails.is_empty() || entry.emails.first() == writer.address.as_ref();
    let text = own.text(0..own.chars.len()).to_lowercase();
    let said: Vec<&str> = text.split(|c: char| !is_word(c)).collect();
    let name = writer.name.as_deref().unwrap_or_default().to_lowercase();
    let mut words = name.split(|c: char| !is_word(c)).filter(|word| word.chars().count() >= LETTERS_MIN);
    statement.entries.len() <= 1
        && statement.entries.iter().all(bare)
        && words.any(|word| said.contains(&word))
}

/// Whether the writer speaks of himself. `I hope that you are well` and `please contact me` say nothing of what is wished, and
/// who has all contacts removed does not speak of himself alone.
fn speaks_of_himself(own: &Speech, role: Role) -> bool {
    let polite = |me: &Hit| {
        own.with(Sense::ReachMe).any(|reach| reach.span.start < me.span.end && me.span.start < reach.span.end)
    };
    let all = || {
        sentences::of(own).into_iter().any(|bound| {
            let inside = |sense: Sense| own.with(sense).any(|hit| bound.contains(&hit.span.start));
            inside(Sense::Everyone) && inside(Sense::Remove) && !inside(Sense::Me)
        })
    };
    let all = || all() || removes_everyone(own);
    let everyone = role == Role::Remove && own.has(Sense::Everyone) && !own.has(Sense::RemoveMe) && all();
    !everyone && own.with(Sense::Me).any(|me| !polite(me))
}

/// Whether it is somebody else who goes or has another value, whose name was not understood.
fn is_of_another(own: &Speech, role: Role) -> bool {
    role != Role::Add && ((role == Role::Remove && !goes_himself(own)) || speaks_only_of_others(own))
}

/// `My colleague's number`: each word for the writer is part of one for somebody else.
fn speaks_only_of_others(own: &Speech) -> bool {
    let mut words = own.with(Sense::Me);
    !own.has(Sense::RemoveMe) && words.all(|me| own.with(Sense::Others).any(|others| others.covers(me)))
}

/// Whether it is the writer himself who goes, by some word for him: what follows it is no word for another person, and none that
/// is not understood.
fn goes_himself(own: &Speech) -> bool {
    const OF_OTHERS: [Sense; 6] =
        [Sense::Others, Sense::Position, Sense::Titles, Sense::Old, Sense::New, Sense::Only];
    let himself = |me: &Hit| {
        let next = (me.span.end..own.chars.len()).find(|at| own.chars.get(*at).is_some_and(|c| *c != ' '));
        let Some(next) = next.filter(|next| own.chars.get(*next).is_some_and(|c| is_word(*c))) else {
            return true;
        };
        let here: Vec<Sense> =
            own.hits.iter().filter(|hit| hit.span.contains(&next)).map(|hit| hit.sense).collect();
        let others = own.with(Sense::Others).any(|others| others.covers(me));
        // `Solicito mi baja`: the word for what is old is one for leaving, too.
        let leaves = here.contains(&Sense::Remove) || here.contains(&Sense::Left);
        !others && !here.is_empty() && (leaves || !here.iter().any(|sense| OF_OTHERS.contains(sense)))
    };
    own.has(Sense::RemoveMe) || own.with(Sense::Me).any(himself)
}

/// `Our address has changed. Old: a@…, new: b@…`, from one of the two: it is the writer's.
pub(super) fn name_the_writer(statement: &mut Statement, letter: &Letter) {
    let [only] = statement.entries.as_mut_slice() else { return };
    let his = only.emails.first() == letter.from() || only.former_email.as_ref() == letter.from();
    if only.name.is_none() && only.former_email.is_some() && his {
        only.name = name_of(letter);
    }
}

/// The writer's name: by his From, or as he signs where that has all of it and more.
fn name_of(letter: &Letter) -> Option<String> {
    let name = letter.from_name()?;
    let words = |text: &str| -> Vec<String> {
        text.split(|c: char| !is_word(c)).filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
    };
    let short = words(name);
    let signed = letter.layout().with(&[Mark::Signature, Mark::Closing]);
    let longer = signed.into_iter().map(|line| Speech::of(&line.text, Languages::ALL)).find_map(|line| {
        let whole = words(&line.text(0..line.chars.len()));
        let more =
            whole.len() > short.len() && short.len() > 1 && short.iter().all(|word| whole.contains(word));
        person::name_of(&line).filter(|_| more && is_only_name(&line))
    });
    longer.or_else(|| Some(name.to_owned()))
}

/// `Bob takes over from me`, `take me off, and put Bob on`: the writer goes, and somebody comes. Says whether it is so.
pub(super) fn makes_room(statement: &mut Statement, own: &Speech, letter: &Letter) -> bool {
    let said = |sense: Sense| own.with(sense).any(|hit| !is_negated(own, hit));
    let replaced = said(Sense::InMyPlace);
    if !matches!(statement.speaker, Speaker::Writer) || !(replaced || said(Sense::RemoveMe)) {
        return false;
    }
    let Some(address) = letter.from() else { return false };
    let is_writer =
        |entry: &Entry| entry.emails.contains(address) || entry.name.as_deref() == letter.from_name();
    let comes = |entry: &Entry| {
        // `Remove me and Bob (bob@…)`: without a number and a word for it, he does not come.
        let told = replaced || (!entry.emails.is_empty() && !entry.phones.is_empty());
        !is_writer(entry)
            && entry.has_contact_data()
            && match entry.role {
                Role::Add | Role::New => true,
                Role::Unsaid => told,
                // `In my place Bob (bob@…, +31 …) is the contact from now on`.
                Role::Change => replaced && !entry.value_changes && !entry.phones.is_empty(),
                Role::Remove | Role::Old | Role::Keep => false,
            }
    };
    if !statement.entries.iter().any(comes) {
        return false;
    }
    for entry in statement.entries.iter_mut().filter(|entry| comes(entry)) {
        entry.role = Role::New;
    }
    match statement.entries.iter_mut().find(|entry| is_writer(entry)) {
        Some(entry) => entry.role = Role::Old,
        None => statement.entries.push(Entry {
            name: letter.from_name().map(str::to_owned),
            emails: vec![address.clone()],
            role: Role::Old,
            ..Entry::default()
        }),
    }
    true
}

/// `From: Ann Bee <ann@…>` above a mail that is passed on: her address, where her mail has her name and none.
pub(super) fn take_from_head(statement: &mut Statement, letter: &Letter) {
    for line in letter.layout().with(&[Mark::QuoteIntro]) {
        let chars: Vec<char> = line.text.chars().collect();
        for found in facts::addresses(&chars) {
            let before: String = chars.iter().take(found.span.start).collect();
            let his = |entry: &&mut Entry| {
                let named = entry.name.as_ref().is_some_and(|name| before.contains(name.as_str()));
                named && entry.emails.is_empty() && entry.former_email.is_none()
            };
            if let Some(entry) = statement.entries.iter_mut().find(his) {
                entry.take_email(found.what);
                continue;
            }
            // Her name stands in the head alone.
            let nameless = |entry: &&mut Entry| entry.name.is_none() && entry.emails.contains(&found.what);
            if let Some(entry) = statement.entries.iter_mut().find(nameless) {
                let before = Speech::of(&before, Languages::ALL);
                let mut names = names::find(&before, &[]).into_iter().filter(|name| !name.what.weak);
                entry.name = names.next_back().map(|name| name.what.text);
            }
        }
    }
}

/// `I am registered as a contact`: the word says what the writer is, and not what is to be done.
pub(super) fn is_listed_already(own: &Speech, cue: &Hit) -> bool {
    const NEAR_CHARS: usize = 24;
    let within = |hit: &Hit| hit.span.start < cue.span.end && cue.span.start < hit.reach;
    let called = || own.with(Sense::ContactWord).any(|word| cue.covers(word));
    let behind = |hit: &Hit| (hit.reach..hit.reach + NEAR_CHARS).contains(&cue.span.start) && called();
    cue.sense == Sense::Add && own.with(Sense::IAmListed).any(|hit| within(hit) || behind(hit))
}

/// The numbers of a signature.
pub(super) fn signed_numbers(signed: Statement) -> Vec<Number> {
    let numbers = signed.entries.into_iter().flat_map(|signed| signed.phones);
    numbers.chain(signed.loose.phones).collect()
}

/// `Add me and Bob Lee (bob@…)`: the writer stands beside another in a sentence that says what is to happen.
fn says_too(own: &Speech, role: Role) -> bool {
    let act = match role {
        Role::Add => Sense::Add,
        Role::Remove => Sense::Remove,
        Role::Unsaid | Role::Old | Role::New | Role::Change | Role::Keep => return false,
    };
    sentences::of(own).into_iter().any(|bound| {
        let inside = |sense: Sense| own.with(sense).any(|hit| bound.contains(&hit.span.start));
        inside(Sense::MeToo) && inside(act) && !inside(Sense::Keep)
    })
}

/// Puts the writer beside those whom he names.
fn join_others(statement: &mut Statement, writer: Writer, role: Role, signed: Statement) {
    // `Remove me and Bob (bob@…)`: the word is about both.
    for entry in statement.entries.iter_mut().filter(|entry| entry.role == Role::Unsaid) {
        entry.role = role;
    }
    let phones = if role == Role::Add { signed_numbers(signed) } else { Vec::new() };
    let emails = writer.address.into_iter().collect();
    statement.entries.push(Entry { name: writer.name, emails, phones, role, ..Entry::default() });
}

fn complete_entry(entry: &mut Entry, writer: &Writer) {
    let Writer { name, address } = writer;
    let former = entry.former_email.is_some();
    let his = |name: &String| entry.emails.first().is_none_or(|email| resembles(name, email));
    let knows = |email: &Address| {
        address.as_ref() == Some(email) || name.as_ref().is_some_and(|name| resembles(name, email))
    };
    let formerly = former && entry.former_email.iter().chain(&entry.emails).any(knows);
    if entry.name.is_none()
        && (formerly
            || entry.emails.first() == address.as_ref()
            || (!former && name.as_ref().is_some_and(his)))
    {
        entry.name.clone_from(name);
    }
    // `BEE, Ann` signs who is called Ann Bee in his From.
    let words = |name: &Option<String>| {
        let name = name.as_deref().unwrap_or_default().to_lowercase();
        let mut words: Vec<String> = name.split_whitespace().map(str::to_owned).collect();
        words.sort();
        words
    };
    let same = entry.name == *name || (name.is_some() && words(&entry.name) == words(name));
    if same && entry.emails.is_empty() && !former {
        entry.emails.extend(address.clone());
    }
}
