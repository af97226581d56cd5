//! Readdressing: one person whose address is another one now, in whatever words the mail tells the two addresses apart.
//!
//! A sentence has more ways to say so than there are phrases for. But where a mail has one person and two addresses, it is
//! enough to see which of them is called former, or left, and which new: each sign points in one direction, and where two
//! contradict each other nothing is concluded.

use std::ops::Range;

use crate::domain::address::Address;
use crate::reading::belonging::resembles;
use crate::reading::entry::{Entry, Role};
use crate::reading::facts::{self, Found};
use crate::reading::himself;
use crate::reading::letter::Letter;
use crate::reading::qualifiers::is_small;
use crate::reading::sentences::ends_sentence;
use crate::reading::speech::Speech;
use crate::reading::statement::Statement;
use crate::reading::words::{Hit, Sense};

/// Characters between a preposition and the address that it leads to at the most.
const LED_CHARS: usize = 28;
/// Characters between an address and the words behind it that say that it ends.
const SAID_CHARS: usize = 48;
/// Characters between an address and a particle behind it.
const PARTICLE_CHARS: usize = 2;
/// Letters that two addresses of one person have in common from the start of their local parts at the least.
const COMMON_CHARS_MIN: usize = 3;

/// Makes one change of one person's two addresses, where it is plain which one is new: in the whole text, or in a paragraph
/// of it that has no others.
pub(super) fn settle(statement: &mut Statement, own: &Speech, letter: &Letter) {
    himself::name_the_writer(statement, letter);
    let addresses = facts::addresses(&own.chars);
    if addresses.len() == 2 {
        settle_in(statement, own, letter, &(0..own.chars.len()), &addresses);
        return;
    }
    for paragraph in paragraphs(&own.chars) {
        let inside: Vec<Found<Address>> =
            addresses.iter().filter(|found| paragraph.contains(&found.span.start)).cloned().collect();
        if inside.len() == 2 {
            settle_in(statement, own, letter, &paragraph, &inside);
        } else {
            settle_pairs(statement, own, letter, &paragraph, &inside);
        }
    }
}

/// `A's number is +31 … now; B's new address (b@…) is c@…`: two addresses beside each other that both went to one of several
/// persons.
fn settle_pairs(
    statement: &mut Statement,
    own: &Speech,
    letter: &Letter,
    paragraph: &Range<usize>,
    addresses: &[Found<Address>],
) {
    for (number, pair) in addresses.windows(2).enumerate() {
        let [first, second] = pair else { continue };
        let both = |entry: &Entry| {
            let has =
                |address: &Address| entry.emails.contains(address) || entry.second.as_ref() == Some(address);
            entry.name.is_some() && entry.rank.is_none() && has(&first.what) && has(&second.what)
        };
        let start = number.checked_sub(1).and_then(|before| addresses.get(before));
        let start = start.map_or(paragraph.start, |before| before.span.end);
        let end = addresses.get(number + 2).map_or(paragraph.end, |next| next.span.start);
        if statement.entries.len() > 1 && statement.entries.iter().any(both) {
            settle_in(statement, own, letter, &(start..end), pair);
        }
    }
}

fn settle_in(
    statement: &mut Statement,
    own: &Speech,
    letter: &Letter,
    stretch: &Range<usize>,
    addresses: &[Found<Address>],
) {
    let [first, second] = addresses else { return };
    let says = |sense: Sense| own.with(sense).any(|hit| is_inside(hit, stretch));
    if first.what == second.what || says(Sense::SecondEmail) {
        return;
    }
    let both = [&first.what, &second.what];
    let text = own.text(stretch.clone());
    let his = |entry: &Entry| {
        let has = |address: &Address| {
            entry.emails.contains(address) || entry.former_email.as_ref() == Some(address)
        };
        both.into_iter().any(has)
            || (!entry.has_contact_data()
                && entry.name.as_ref().is_some_and(|name| text.contains(name.as_str())))
    };
    let (affected, others): (Vec<Entry>, Vec<Entry>) =
        statement.entries.iter().cloned().partition(|entry| his(entry));
    // A form that calls one of them the former has said all; a place is a person's, and so are others of whom nothing is known.
    let said = statement.structured && affected.iter().any(|entry| entry.former_email.is_some());
    let placed = affected.iter().any(|entry| entry.rank.is_some());
    let told = former_and_new(own, stretch, first, second);
    if said {
        // What the sentence says and what stood there as a field are two things: a person looks.
        let other = |entry: &Entry| {
            told.as_ref().is_some_and(|(former, _)| entry.former_email.as_ref() != Some(former))
        };
        for entry in statement.entries.iter_mut().filter(|entry| entry.former_email.is_some()) {
            entry.misfits |= his(entry) && other(entry);
        }
    }
    if said || placed || others.iter().any(|entry| !entry.has_contact_data()) || !statement.aside.is_empty() {
        return;
    }
    let Some(owner) = whose(&affected, own, letter, both, stretch) else { return };
    let Some((former, new)) = told else { return };
    let place = statement.entries.iter().position(his).unwrap_or_default();
    let mut entries = affected.into_iter();
    let mut whole = entries.next().unwrap_or_default();
    for entry in entries {
        let tlds: Vec<_> = entry.tlds.into_iter().filter(|tld| !whole.tlds.contains(tld)).collect();
        whole.tlds.extend(tlds);
        for phone in entry.phones {
            whole.take_number(phone);
        }
    }
    whole.name = owner.name;
    whole.emails = vec![new];
    whole.second = None;
    whole.former_email = Some(former);
    whole.role = Role::Change;
    whole.value_changes = true;
    statement.entries = others;
    let place = place.min(statement.entries.len());
    statement.entries.insert(place, whole);
}

/// Stretches of text between blank lines.
fn paragraphs(chars: &[char]) -> Vec<Range<usize>> {
    let mut paragraphs = Vec::new();
    let mut start = 0;
    for place in 1..chars.len() {
        if matches!(chars.get(place - 1..=place), Some(['\n', '\n'])) {
            paragraphs.push(start..place);
            start = place + 1;
        }
    }
    paragraphs.push(start..chars.len());
    paragraphs
}

/// Whose addresses these are.
struct Owner {
    /// His name, where it is told.
    name: Option<String>,
}

/// Whose addresses these are: the one person's whom the text names, or the writer's own, or somebody's whom nobody names.
fn whose(
    entries: &[Entry],
    own: &Speech,
    letter: &Letter,
    addresses: [&Address; 2],
    stretch: &Range<usize>,
) -> Option<Owner> {
    let spoken_of = own.with(Sense::Email).any(|hit| is_inside(hit, stretch));
    let mut names: Vec<&String> = entries.iter().filter_map(|entry| entry.name.as_ref()).collect();
    names.dedup();
    let [first, second] = addresses;
    let common = first.local().chars().zip(second.local().chars()).take_while(|(a, b)| a == b).count();
    let alike = common >= COMMON_CHARS_MIN
        || first.local() == second.local()
        || resembles(first.local(), second)
        || resembles(second.local(), first);
    let writes = addresses.iter().any(|address| letter.from() == Some(*address));
    match names.as_slice() {
        [name] => {
            let his = addresses.iter().filter(|address| resembles(name, address)).count();
            // Somebody who leaves may be followed by another whose name was not understood.
            let stays = entries.iter().all(|entry| {
                entry.phones.is_empty() && !matches!(entry.role, Role::Remove | Role::Old | Role::New)
            });
            let one = his == 2 || alike || (spoken_of && his == 1 && stays);
            one.then(|| Owner { name: Some((*name).clone()) })
        }
        [] if writes && own.has(Sense::Me) => Some(Owner { name: letter.from_name().map(str::to_owned) }),
        [] if alike && spoken_of => Some(Owner { name: None }),
        _ => None,
    }
}

/// Which of the two makes room for the other.
pub(super) fn former_and_new(
    own: &Speech,
    stretch: &Range<usize>,
    first: &Found<Address>,
    second: &Found<Address>,
) -> Option<(Address, Address)> {
    let begin = sentence_start(own, first.span.start).max(stretch.start);
    let between = first.span.end..second.span.start;
    let close = sentence_start(own, second.span.start).max(first.span.end);
    let end = sentence_end(own, second.span.end).min(stretch.end);
    let told = sentence_end(own, first.span.end).min(second.span.start);
    let leads = Sides { before: begin..first.span.start, after: first.span.end..told };
    let follows = Sides { before: close..second.span.start, after: second.span.end..end };
    let replaced = replaces(own, &leads, &between);
    let becomes = own
        .hits
        .iter()
        .any(|hit| matches!(hit.sense, Sense::Change | Sense::ReplacedBy) && is_inside(hit, &between));
    let identified = leads.identifies(own, &between);
    let first_goes = leads.is_former(own) || follows.is_new(own) || replaced || becomes || identified;
    // `Change it to a@…. Sorry, b@….`: what another sentence calls new says nothing of the one behind it.
    let together = close == first.span.end;
    let second_goes = follows.is_former(own) || (together && !identified && leads.is_new(own));
    match (first_goes, second_goes) {
        (true, false) => Some((first.what.clone(), second.what.clone())),
        (false, true) => Some((second.what.clone(), first.what.clone())),
        _ => None,
    }
}

/// `Replace a@… by b@…`: the word stands before the first, and only small words between the two.
fn replaces(own: &Speech, leads: &Sides, between: &Range<usize>) -> bool {
    let said = own.with(Sense::Replace).any(|hit| is_inside(hit, &leads.before));
    said && between.len() <= LED_CHARS
}

/// What stands before an address in its sentence, and behind it.
struct Sides {
    before: Range<usize>,
    after: Range<usize>,
}

impl Sides {
    /// Whether the words beside it say that it is left, or was in use until now.
    fn is_former(&self, own: &Speech) -> bool {
        let led = |sense: Sense| own.with(sense).any(|hit| self.leads(own, hit));
        let ends = |hit: &Hit| {
            let said =
                matches!(hit.sense, Sense::Not | Sense::Left | Sense::Ended | Sense::Remove | Sense::Old);
            // `Now a@… instead of the former b@…`: the word is about the other one.
            let of_the_other = own
                .with(Sense::InsteadOf)
                .any(|instead| is_inside(instead, &self.after) && instead.span.end <= hit.span.start);
            said && !of_the_other
                && is_inside(hit, &self.after)
                && hit.span.start - self.after.start <= SAID_CHARS
        };
        let left = |hit: &Hit| {
            let said = matches!(hit.sense, Sense::Not | Sense::Left | Sense::Ended | Sense::Remove);
            said && self.reaches(own, hit)
        };
        led(Sense::InsteadOf)
            || led(Sense::FromWord)
            || led(Sense::Old)
            || self.is_followed(own, Sense::FromWord)
            || self.is_followed(own, Sense::InsteadAfter)
            || own.hits.iter().any(|hit| ends(hit) || left(hit))
    }

    /// `The new address of Ann Bee (a@…) is b@…`: the first stands in brackets behind a name, and says only who she is.
    fn identifies(&self, own: &Speech, between: &Range<usize>) -> bool {
        const SIGNS_MAX: usize = 2;
        let before = own.chars.get(self.before.clone()).unwrap_or_default();
        let Some(opened) = before.iter().rposition(|c| matches!(c, '(' | '（' | '[' | '<')) else {
            return false;
        };
        let opened = self.before.start + opened;
        let closed = own.chars.get(between.clone()).unwrap_or_default().iter().take(SIGNS_MAX);
        let closed = closed.into_iter().any(|c| matches!(c, ')' | '）' | ']' | '>'));
        let led = |hit: &Hit| {
            matches!(hit.sense, Sense::New | Sense::Change)
                && self.before.start <= hit.span.start
                && hit.span.end <= opened
        };
        // `Ann's new address (a@…)`: there it is the value of the word.
        let value = |hit: &Hit| {
            matches!(hit.sense, Sense::Email | Sense::New)
                && hit.span.end <= opened
                && opened - hit.span.end <= SIGNS_MAX
        };
        let turns = |hit: &Hit| {
            matches!(
                hit.sense,
                Sense::Replaces
                    | Sense::Replace
                    | Sense::InsteadOf
                    | Sense::InsteadAfter
                    | Sense::Not
                    | Sense::Old
                    | Sense::FromWord
                    | Sense::Ended
                    | Sense::Remove
            ) && is_inside(hit, between)
        };
        closed && own.hits.iter().any(led) && !own.hits.iter().any(|hit| value(hit) || turns(hit))
    }

    /// Whether the words beside it say that it is in use from now on.
    fn is_new(&self, own: &Speech) -> bool {
        let led = |sense: Sense| own.with(sense).any(|hit| self.leads(own, hit));
        let near = |hit: &Hit| {
            let gap = own.chars.get(self.after.start..hit.span.start).unwrap_or_default();
            is_inside(hit, &self.after) && gap.len() <= PARTICLE_CHARS && gap.contains(&'(')
        };
        // `Listed with a@…` says so of no change.
        let changes = |hit: &Hit| {
            matches!(hit.sense, Sense::Change | Sense::Replace | Sense::ReplacedBy)
                && is_inside(hit, &self.before)
        };
        (led(Sense::ToWord) && own.hits.iter().any(changes))
            || led(Sense::New)
            || led(Sense::Now)
            || self.is_followed(own, Sense::ToWord)
            || own.with(Sense::New).any(near)
    }

    /// Whether a word leads to the address: it stands before it in the clause, and no sign parts them.
    fn leads(&self, own: &Speech, hit: &Hit) -> bool {
        let particle = matches!(hit.sense, Sense::FromWord | Sense::ToWord) && puts_behind(hit);
        let gap = own.chars.get(hit.span.end..self.before.end).unwrap_or_default();
        !particle
            && is_inside(hit, &self.before)
            && gap.len() <= LED_CHARS
            && !gap.iter().any(|c| matches!(c, ',' | ';' | '@' | ')' | '،' | '，'))
            && (hit.sense != Sense::FromWord || is_small(own, hit.span.end..self.before.end))
            && !(hit.sense == Sense::New && is_of_a_person(own, hit))
            // `From now on`, `au lieu de`: a small word within a phrase leads nowhere.
            && !own.hits.iter().any(|other| {
                matches!(
                    other.sense,
                    Sense::Now | Sense::InsteadOf | Sense::Old | Sense::Left | Sense::ReplacedBy
                ) && other.exceeds(hit)
            })
    }

    /// Whether a word of ending stands before the address in its clause, and no word for what comes between them.
    fn reaches(&self, own: &Speech, hit: &Hit) -> bool {
        let gap = hit.span.end..self.before.end;
        let text = own.chars.get(gap.clone()).unwrap_or_default();
        let comes = own.hits.iter().any(|other| {
            matches!(
                other.sense,
                Sense::But | Sense::New | Sense::Now | Sense::ToWord | Sense::Add | Sense::Change
            ) && is_inside(other, &gap)
        });
        is_inside(hit, &self.before)
            && text.len() <= SAID_CHARS
            && !comes
            && !text.iter().any(|c| matches!(c, ',' | ';' | ':' | '@' | '،' | '，'))
    }

    /// Whether a particle stands right behind the address.
    fn is_followed(&self, own: &Speech, sense: Sense) -> bool {
        own.with(sense).any(|hit| {
            puts_behind(hit)
                && is_inside(hit, &self.after)
                && hit.span.start - self.after.start <= PARTICLE_CHARS
        })
    }
}

/// `Our new contact: Ann Bee, ann@…, bee@…`: the word beside it is one for a person, and none for an address.
fn is_of_a_person(own: &Speech, new: &Hit) -> bool {
    let near = |before: usize, behind: usize| (before..=before + 1).contains(&behind);
    let beside = |hit: &Hit| {
        near(new.span.end, hit.span.start) || near(hit.span.end, new.span.start) || new.exceeds(hit)
    };
    let person =
        |hit: &Hit| matches!(hit.sense, Sense::ContactWord | Sense::Name | Sense::Position) && beside(hit);
    let of_a_value = |hit: &Hit| {
        let value = matches!(hit.sense, Sense::Email | Sense::SecondEmail);
        value && hit.span.end > new.span.end && hit.span.start <= new.span.end + 1
    };
    own.hits.iter().any(person) && !own.hits.iter().any(of_a_value)
}

/// Whether a language puts such words behind what they belong to. Persian and Amharic put verbs last, and these before.
fn puts_behind(hit: &Hit) -> bool {
    hit.language.puts_verbs_last() && !matches!(hit.language.code(), Some("fa" | "am"))
}

fn is_inside(hit: &Hit, stretch: &Range<usize>) -> bool {
    stretch.start <= hit.span.start && hit.span.end <= stretch.end
}

fn sentence_start(own: &Speech, place: usize) -> usize {
    let ends = |at: &usize| own.chars.get(*at).is_some_and(|c| ends_sentence(own, *at, *c) && *c != '\n');
    (0..place).rev().find(ends).map_or(0, |at| at + 1)
}

fn sentence_end(own: &Speech, place: usize) -> usize {
    let ends = |at: &usize| own.chars.get(*at).is_some_and(|c| ends_sentence(own, *at, *c) && *c != '\n');
    (place..own.chars.len()).find(ends).unwrap_or(own.chars.len())
}
