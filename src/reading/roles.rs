//! Roles: what a sentence says is to happen to the persons in it.

use std::ops::Range;

use crate::reading::entry::{Entry, Role};
use crate::reading::facts;
use crate::reading::labels::rank_of;
use crate::reading::mentions::Mention;
use crate::reading::ranks;
use crate::reading::speech::Speech;
use crate::reading::values::{
    is_about_a_value, is_identified_in_brackets, is_of_a_value, is_owner_of_a_value, names_a_value,
};
use crate::reading::words::{Hit, Sense};

/// Gives the persons of a sentence their parts. Says whether one of them comes in another's place.
pub(super) fn assign(
    speech: &Speech,
    bound: &Range<usize>,
    mentions: &mut [Mention],
    earlier: &mut [Entry],
) -> bool {
    let inside: Vec<usize> = (0..mentions.len())
        .filter(|place| mentions.get(*place).is_some_and(|mention| bound.contains(&mention.span.start)))
        .collect();
    let cues: Vec<&Hit> = cues(speech, bound);
    let mut replaced =
        change_over(speech, &cues, &inside, mentions) || gives_way(speech, bound, &cues, &inside, mentions);
    for cue in &cues {
        let side = |before: bool| {
            let stands = |place: &&usize| {
                mentions.get(**place).is_some_and(|mention| (mention.span.start < cue.span.start) == before)
            };
            inside.iter().filter(stands).copied().collect::<Vec<usize>>()
        };
        let sides = Sides { start: bound.start, before: side(true), after: side(false) };
        replaced |= sides.play(speech, cue, mentions, earlier);
    }
    simple(speech, bound, &cues, &inside, mentions);
    ranks::assign(speech, bound, &inside, mentions);
    replaced
}

/// The persons before and after a word that says what is to happen.
struct Sides {
    /// Where the sentence starts.
    start: usize,
    before: Vec<usize>,
    after: Vec<usize>,
}

impl Sides {
    fn last(&self) -> Option<usize> {
        self.before.last().copied()
    }

    fn first(&self) -> Option<usize> {
        self.after.first().copied()
    }

    /// Whether nobody stands behind this word, nothing is said yet of the person before it, and another has left: `A has
    /// retired. B steps into her shoes`.
    fn comes_before(&self, mentions: &[Mention], earlier: &[Entry]) -> bool {
        let mention = |place: Option<usize>| place.and_then(|place| mentions.get(place));
        let gone = |role: Role| matches!(role, Role::Remove | Role::Old);
        let others = self
            .before
            .iter()
            .rev()
            .skip(1)
            .any(|place| mentions.get(*place).is_some_and(|mention| gone(mention.entry.role)));
        let before = mentions.iter().rfind(|mention| mention.span.end <= self.start);
        let before = before.map(|mention| mention.entry.role).or(earlier.last().map(|entry| entry.role));
        let left = others || before.is_some_and(gone);
        let comes = mention(self.last()).is_some_and(|mention| {
            mention.entry.role == Role::Unsaid && (mention.entry.has_contact_data() || !mention.weak)
        });
        self.after.is_empty() && comes && left
    }

    /// Whether details follow this word, one person of whom nothing is said yet stands before it, and another before its
    /// sentence.
    fn leads_on(&self, speech: &Speech, cue: &Hit, mentions: &[Mention]) -> bool {
        let open =
            |place: usize| mentions.get(place).is_some_and(|mention| mention.entry.role == Role::Unsaid);
        let mut next = speech.chars.get(cue.span.end..).unwrap_or_default().iter();
        let before = mentions.iter().rfind(|mention| mention.span.end <= self.start);
        next.find(|c| !c.is_whitespace()).is_some_and(|c| matches!(c, ':' | '：'))
            && self.after.is_empty()
            && matches!(self.before.as_slice(), [only] if open(*only))
            && before.is_some_and(|mention| matches!(mention.entry.role, Role::Unsaid | Role::Remove))
    }

    /// Gives a part to whoever was named last before this sentence, in its paragraph or in an earlier one.
    fn mark_last(&self, mentions: &mut [Mention], earlier: &mut [Entry], role: Role) {
        let before = mentions.iter_mut().rfind(|mention| mention.span.end <= self.start);
        let last = before.map(|mention| &mut mention.entry).or_else(|| earlier.last_mut());
        if let Some(last) = last.filter(|last| matches!(last.role, Role::Unsaid | Role::Remove)) {
            last.role = role;
        }
    }

    /// Gives the persons beside this word their parts. Says whether one of them comes in another's place.
    #[expect(clippy::wildcard_enum_match_arm, reason = "few of the many senses matter here")]
    fn play(&self, speech: &Speech, cue: &Hit, mentions: &mut [Mention], earlier: &mut [Entry]) -> bool {
        let verb_last = self.after.is_empty() && cue.language.puts_verbs_last();
        let other = self.before.len().checked_sub(2).and_then(|place| self.before.get(place)).copied();
        let (old, new) = match cue.sense {
            // `A takes over from B`; with the verb at the end `A B's successor is`.
            Sense::Replaces if verb_last && other.is_some() => (self.last(), other),
            Sense::Replaces => (self.first(), self.last()),
            // `A has left; it is B (b@…) who takes over`: he who comes stands before the word.
            Sense::ReplacedBy if self.comes_before(mentions, earlier) => (None, self.last()),
            Sense::ReplacedBy if changes_a_value(speech, cue, self.last(), mentions) => {
                set(mentions, self.last(), Role::Change);
                if let Some(mention) = self.last().and_then(|place| mentions.get_mut(place)) {
                    mention.entry.value_changes = true;
                }
                return false;
            }
            Sense::ReplacedBy if verb_last => (None, self.last()),
            // `Take A off and put B in his place`.
            Sense::ReplacedBy if self.after.is_empty() && other.is_some() => (other, self.last()),
            // `A has left; strike his name and list B in his place: …`.
            Sense::ReplacedBy if self.leads_on(speech, cue, mentions) => {
                self.mark_last(mentions, earlier, Role::Old);
                (None, self.last())
            }
            Sense::ReplacedBy => {
                if self.before.is_empty() {
                    self.mark_last(mentions, earlier, Role::Old);
                }
                (self.last(), self.first())
            }
            Sense::Replace if self.after.len() >= 2 => (self.first(), self.after.get(1).copied()),
            Sense::Replace if self.after.is_empty() && other.is_some() => (other, self.last()),
            Sense::Replace if self.after.len() == 1 && self.before.is_empty() => (self.first(), None),
            // `A has left; replace him by B.`
            Sense::Replace if self.after.len() == 1 => (self.last(), self.first()),
            Sense::Replace => return true,
            Sense::InsteadOf => (self.first(), self.last().or(self.after.get(1).copied())),
            Sense::InsteadAfter => (self.last(), self.first()),
            Sense::Left => {
                match self.last().or(self.first()) {
                    Some(place) => set(mentions, Some(place), Role::Remove),
                    None => self.mark_last(mentions, earlier, Role::Remove),
                }
                return false;
            }
            _ => return false,
        };
        set(mentions, old, Role::Old);
        set(mentions, new, Role::New);
        true
    }
}

fn set(mentions: &mut [Mention], place: Option<usize>, role: Role) {
    if let Some(mention) = place.and_then(|place| mentions.get_mut(place))
        && (mention.entry.role == Role::Unsaid || (role == Role::Old && mention.entry.role == Role::Remove))
    {
        mention.entry.role = role;
    }
}

/// `The number of A has changed to …`: the word stands within what is said of one person, or right behind a value.
fn changes_a_value(speech: &Speech, cue: &Hit, before: Option<usize>, mentions: &[Mention]) -> bool {
    let Some(mention) = before.and_then(|place| mentions.get(place)) else { return false };
    // `Put B in his place (b@…)`: what follows a bracket or a colon is said of the person, and is not what the word leads to.
    let next = speech.chars.get(cue.span.end..).unwrap_or_default().iter().find(|c| !c.is_whitespace());
    let apart = next.is_some_and(|c| matches!(c, '(' | '（' | ':' | '：' | ','));
    let within = cue.span.start < mention.span.end && !apart;
    let last =
        speech.chars.get(..cue.span.start).unwrap_or_default().iter().rev().find(|c| !c.is_whitespace());
    let behind = mention.span.end <= cue.span.start
        && cue.span.start - mention.span.end <= 1
        && last.is_some_and(char::is_ascii_digit);
    (within || behind) && mention.entry.has_contact_data()
}

/// `From A to B`: the first makes room for the second. Two addresses without names are two of one person.
fn change_over(speech: &Speech, cues: &[&Hit], inside: &[usize], mentions: &mut [Mention]) -> bool {
    let changes =
        cues.iter().any(|hit| matches!(hit.sense, Sense::Change | Sense::Replace | Sense::ReplacedBy));
    let nameless = |place: &&usize| mentions.get(**place).is_some_and(|mention| mention.entry.name.is_none());
    let addresses: Vec<usize> = inside.iter().filter(nameless).copied().collect();
    let pair = if addresses.len() == 2 { addresses.as_slice() } else { inside };
    let [first, second] = pair else { return false };
    let span = |place: &usize| mentions.get(*place).map(|mention| mention.span.clone());
    let Some((from, to)) = span(first).zip(span(second)) else { return false };
    if !(changes && is_from_to(speech, &from, &to)) {
        return false;
    }
    if addresses.len() == 2 {
        let former = mentions.get(*first).and_then(|mention| mention.entry.emails.first().cloned());
        // The person himself may be named before the two addresses.
        let owner = inside.iter().find(|place| !addresses.contains(place));
        let name = owner.and_then(|owner| mentions.get_mut(*owner)).and_then(|owner| owner.entry.name.take());
        if let Some(mention) = mentions.get_mut(*first) {
            mention.entry = Entry::default();
        }
        if let Some(mention) = mentions.get_mut(*second) {
            mention.entry.former_email = former;
            mention.entry.name = name;
            mention.entry.role = Role::Change;
            mention.entry.value_changes = true;
        }
        return false;
    }
    for (place, role) in [(*first, Role::Old), (*second, Role::New)] {
        if let Some(mention) = mentions.get_mut(place) {
            mention.entry.role = role;
        }
    }
    true
}

/// `The contact changes from A to the person below`: A makes room for him whose details follow.
fn gives_way(
    speech: &Speech,
    bound: &Range<usize>,
    cues: &[&Hit],
    inside: &[usize],
    mentions: &mut [Mention],
) -> bool {
    const NEAR_CHARS: usize = 2;
    let changes =
        cues.iter().any(|hit| matches!(hit.sense, Sense::Change | Sense::Replace | Sense::ReplacedBy));
    let [only] = inside else { return false };
    let Some(mention) = mentions.get_mut(*only).filter(|mention| mention.entry.name.is_some()) else {
        return false;
    };
    let near = |from: usize, to: usize| from <= to && to - from <= NEAR_CHARS;
    let leaves = speech.with(Sense::FromWord).any(|hit| {
        near(hit.span.end, mention.span.start)
            || (hit.language.puts_verbs_last() && near(mention.span.end, hit.span.start))
    });
    let follows = |hit: &Hit| bound.contains(&hit.span.start) && hit.span.start >= mention.span.end;
    let gives_way = changes && leaves && speech.with(Sense::Below).any(follows);
    if gives_way {
        mention.entry.role = Role::Old;
    }
    gives_way
}

/// Whether these two stand in `from A to B`, in languages that put such words before or behind.
fn is_from_to(speech: &Speech, from: &Range<usize>, to: &Range<usize>) -> bool {
    const NEAR_CHARS: usize = 12;
    const BEHIND_CHARS: usize = 2;
    let before = |sense: Sense, span: &Range<usize>, floor: usize| {
        speech.with(sense).any(|hit| {
            hit.span.start >= floor && hit.span.end <= span.start && span.start - hit.span.end <= NEAR_CHARS
        })
    };
    let behind = |sense: Sense, span: &Range<usize>| {
        speech.with(sense).any(|hit| hit.span.start >= span.end && hit.span.start - span.end <= BEHIND_CHARS)
    };
    let prepositions = before(Sense::FromWord, from, 0) && before(Sense::ToWord, to, from.end);
    prepositions || (behind(Sense::FromWord, from) && behind(Sense::ToWord, to))
}

/// The cues of a sentence, each the longest of its place.
fn cues<'a>(speech: &'a Speech, bound: &Range<usize>) -> Vec<&'a Hit> {
    const CUES: [Sense; 10] = [
        Sense::Replaces,
        Sense::ReplacedBy,
        Sense::InsteadOf,
        Sense::InsteadAfter,
        Sense::Left,
        Sense::Replace,
        Sense::Remove,
        Sense::Keep,
        Sense::Change,
        Sense::Add,
    ];
    let values: Vec<Range<usize>> = {
        let addresses = facts::addresses(&speech.chars).into_iter().map(|found| found.span);
        addresses.chain(facts::numbers(&speech.chars).into_iter().map(|found| found.span)).collect()
    };
    let of_a_value = |hit: &Hit| {
        hit.sense == Sense::InsteadOf && values.iter().any(|value| is_of_a_value(speech, hit, value))
    };
    let inside: Vec<&Hit> = speech
        .hits
        .iter()
        .filter(|hit| CUES.contains(&hit.sense) && bound.contains(&hit.span.start))
        .filter(|hit| !of_a_value(hit) && !is_nobodys(speech, hit))
        .collect();
    inside
        .iter()
        .filter(|hit| {
            !inside
                .iter()
                .any(|other| other.exceeds(hit) || (other.covers(hit) && hit.stretched && !other.stretched))
        })
        .copied()
        .collect()
}

/// `Nobody leaves`: a negation right before a word that somebody goes.
fn is_nobodys(speech: &Speech, cue: &Hit) -> bool {
    let before = |not: &Hit| not.span.end < cue.span.start && cue.span.start - not.span.end <= 1;
    cue.sense == Sense::Left && speech.with(Sense::Not).any(before)
}

/// Adding, removing, changing and keeping: each person goes with the nearest of these words, one before him first.
#[expect(clippy::wildcard_enum_match_arm, reason = "few of the many senses matter here")]
fn simple(speech: &Speech, bound: &Range<usize>, cues: &[&Hit], inside: &[usize], mentions: &mut [Mention]) {
    let plain: Vec<&&Hit> = cues
        .iter()
        .filter(|hit| matches!(hit.sense, Sense::Remove | Sense::Add | Sense::Change | Sense::Keep))
        .collect();
    let behind = stand_behind(&plain, inside, mentions);
    let turns = turns(speech, inside, mentions);
    for place in inside {
        let Some(mention) = mentions.get_mut(*place) else { continue };
        mention.entry.value_changes |= is_owner_of_a_value(speech, &mention.span)
            || is_identified_in_brackets(speech, &mention.span)
            || plain.iter().any(|hit| {
                hit.sense == Sense::Change && (names_a_value(speech, hit) || is_about_a_value(speech, hit))
            });
        if mention.entry.role != Role::Unsaid {
            continue;
        }
        let before = plain.iter().rev().find(|hit| hit.span.end <= mention.span.start);
        let after = plain.iter().find(|hit| hit.span.start >= mention.span.start);
        // `Remove A, and make B the first one`, with the second word at its end.
        let contrasted = before.is_some_and(|cue| {
            turns.iter().any(|turn| cue.span.end <= turn.start && turn.end <= mention.span.start)
        });
        let chosen = if behind || contrasted { after.or(before) } else { before.or(after) };
        mention.entry.role = chosen.map_or(Role::Unsaid, |hit| match hit.sense {
            // `Add the address x@… as third contact`: a place is a person's.
            Sense::Add if is_placed(speech, bound) => Role::Add,
            Sense::Add | Sense::Remove if is_about_a_value(speech, hit) => Role::Change,
            Sense::Remove => Role::Remove,
            Sense::Add => Role::Add,
            Sense::Change => Role::Change,
            _ => Role::Keep,
        });
        // `A stays, but her phone is now …`.
        let moves = |hit: &Hit| matches!(hit.sense, Sense::Change | Sense::ToWord | Sense::New);
        let later = chosen.filter(|hit| hit.sense == Sense::Keep).is_some_and(|keep| {
            let behind = |hit: &Hit| bound.contains(&hit.span.start) && hit.span.start >= keep.span.end;
            speech.hits.iter().any(|hit| moves(hit) && behind(hit)) && mention.span.end > keep.span.end
        });
        if mention.entry.role == Role::Keep && later && !mention.entry.phones.is_empty() {
            mention.entry.role = Role::Change;
            mention.entry.value_changes = true;
        }
        // `Give A the second address x@… and replace his number`: A is there already.
        let other_value = plain.iter().any(|hit| hit.sense == Sense::Change && is_about_a_value(speech, hit))
            || cues.iter().any(|hit| hit.sense == Sense::Replace && is_about_a_value(speech, hit));
        if mention.entry.role == Role::Add && mention.entry.second.is_some() && other_value {
            mention.entry.role = Role::Change;
            mention.entry.value_changes = true;
        }
        if mention.entry.role == Role::Add
            && mention.entry.value_changes
            && mention.entry.phones.is_empty()
            && mention.entry.second.is_some()
        {
            mention.entry.role = Role::Change;
        }
    }
}

/// Words of contrast between two persons, such as `while` and `but`.
fn turns(speech: &Speech, inside: &[usize], mentions: &[Mention]) -> Vec<Range<usize>> {
    let spans: Vec<&Range<usize>> =
        inside.iter().filter_map(|place| mentions.get(*place)).map(|mention| &mention.span).collect();
    let between = |hit: &&Hit| {
        spans.windows(2).any(|pair| match pair {
            [one, other] => one.end <= hit.span.start && hit.span.end <= other.start,
            _ => false,
        })
    };
    speech.with(Sense::But).filter(between).map(|hit| hit.span.clone()).collect()
}

fn is_placed(speech: &Speech, bound: &Range<usize>) -> bool {
    let inside = |hit: &Hit| bound.contains(&hit.span.start);
    rank_of(speech, bound.start, bound.end).is_some() && speech.with(Sense::ContactWord).any(inside)
}

/// Whether the words of a sentence stand behind the persons they are about: `A abmelden und B anmelden`.
fn stand_behind(cues: &[&&Hit], inside: &[usize], mentions: &[Mention]) -> bool {
    let place =
        |number: Option<&usize>| number.and_then(|number| mentions.get(*number)).map(|mention| &mention.span);
    let (Some(first), Some(last)) = (place(inside.first()), place(inside.last())) else { return false };
    let (Some(first_cue), Some(last_cue)) = (cues.first(), cues.last()) else { return false };
    first.start < first_cue.span.start && last.end <= last_cue.span.start
}
