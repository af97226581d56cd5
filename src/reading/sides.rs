//! Sides: the persons before and after a word that says that one comes in another's place, or that somebody leaves.

use crate::reading::cues::removes;
use crate::reading::ends::{changes_a_value, is_of_his_value, is_said_of_a_value, is_said_of_both};
use crate::reading::entry::{Entry, Role};
use crate::reading::groups;
use crate::reading::handovers::leaves_to;
use crate::reading::mentions::Mention;
use crate::reading::speech::Speech;
use crate::reading::values::is_about_a_value;
use crate::reading::words::{Hit, Sense};

/// The persons before and after a word that says what is to happen.
pub(super) struct Sides {
    /// Where the sentence starts.
    pub(super) start: usize,
    pub(super) before: Vec<usize>,
    pub(super) after: Vec<usize>,
}

impl Sides {
    fn last(&self) -> Option<usize> {
        self.before.last().copied()
    }

    fn first(&self) -> Option<usize> {
        self.after.first().copied()
    }

    fn last_of_two(&self) -> bool {
        self.after.is_empty() && self.before.len() > 1
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

    /// Whether the person right before this word makes room for the one right behind it.
    fn leaves_to_the_next(&self, speech: &Speech, cue: &Hit, mentions: &[Mention]) -> bool {
        let mention = |place: Option<usize>| mentions.get(place?);
        let both = mention(self.last()).zip(mention(self.first()));
        cue.language.is_free_in_order() && both.is_some_and(|(goes, comes)| leaves_to(speech, goes, comes))
    }

    /// Whether a comma or a word for what is to be done parts this word from the next person.
    fn is_pronoun(&self, speech: &Speech, cue: &Hit) -> bool {
        speech.chars.get(cue.span.end) == Some(&',') && !self.after.is_empty()
    }

    /// Whether the person named last before this sentence, or in it before this word, goes.
    fn has_left(&self, mentions: &[Mention], earlier: &[Entry]) -> bool {
        let before = mentions.iter().rfind(|mention| mention.span.end <= self.start);
        let inside = self.last().and_then(|place| mentions.get(place));
        let role = inside.or(before).map(|mention| mention.entry.role);
        role.or(earlier.last().map(|entry| entry.role)).is_some_and(|role| role == Role::Remove)
    }

    /// `A and B have left`: whoever stands before the last person with nothing but a small word between leaves with him.
    fn mark_joined(&self, speech: &Speech, mentions: &mut [Mention]) {
        const JOINED_CHARS_MAX: usize = 6;
        for pair in self.before.windows(2).rev() {
            let [one, other] = pair else { return };
            let span = |place: &usize| mentions.get(*place).map(|mention| mention.span.clone());
            let Some((from, to)) = span(one).zip(span(other)) else { return };
            let gap = speech.chars.get(from.end..to.start).unwrap_or_default();
            let words = gap.iter().filter(|c| c.is_alphabetic()).count();
            if gap.len() > JOINED_CHARS_MAX || words == 0 {
                return;
            }
            set(mentions, Some(*one), Role::Remove);
        }
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

    /// Whether a word that puts the first for the second stands here, and one that leads on right before the second.
    fn is_put_for(&self, speech: &Speech, cue: &Hit, mentions: &[Mention]) -> bool {
        const LED_CHARS: usize = 8;
        let span = |place: usize| Some(mentions.get(*self.after.get(place)?)?.span.clone());
        let Some((first, second)) = span(0).zip(span(1)) else { return false };
        speech.with(Sense::PutFor).any(|hit| {
            let begins = hit.span.start <= cue.span.end && cue.span.start <= hit.span.end;
            begins
                && hit.reach > first.start
                && hit.reach <= second.start
                && second.start - hit.reach <= LED_CHARS
        })
    }

    /// Whether nothing is said of the person before this word but his number, and no number of the one behind it.
    fn come_before(&self, mentions: &[Mention]) -> bool {
        let entry = |place: Option<usize>| Some(&mentions.get(place?)?.entry);
        let told = entry(self.last()).is_some_and(|one| one.role == Role::Unsaid && !one.phones.is_empty());
        told && entry(self.first()).is_some_and(|one| one.phones.is_empty())
    }

    /// Whether one person stands behind a word in two pieces, right behind the second of them, or behind one that leads from
    /// all contacts to him: `replace all our contacts by A`.
    fn is_led_to_one(&self, speech: &Speech, cue: &Hit, mentions: &[Mention]) -> bool {
        let start = self.first().and_then(|place| mentions.get(place)).map(|mention| mention.span.start);
        let leads = |hit: &Hit| hit.span.start == cue.span.start && hit.reach > cue.span.end;
        let led = start.is_some_and(|start| {
            let two_pieces = speech.with(cue.sense).any(|hit| leads(hit) && start >= hit.reach);
            two_pieces || groups::come_for_all(speech, cue.span.end..start)
        });
        led && self.after.len() == 1 && self.before.is_empty()
    }

    /// Whether one stands before this word and somebody behind it, in a language that puts an owner before what is his.
    fn is_between_two(&self, cue: &Hit) -> bool {
        let possessed = matches!(cue.language.code(), Some("ja" | "ko"));
        possessed && self.before.len() == 1 && !self.after.is_empty()
    }

    /// Whether a word for all contacts stands between this word and the person behind it.
    fn speaks_of_all(&self, speech: &Speech, cue: &Hit, mentions: &[Mention]) -> bool {
        let first = self.first().and_then(|place| mentions.get(place));
        let gap = cue.span.end..first.map_or(cue.span.end, |mention| mention.span.start);
        let all = [Sense::Everyone, Sense::EveryoneElse].into_iter().flat_map(|sense| speech.with(sense));
        all.into_iter().any(|hit| gap.contains(&hit.span.start))
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
    pub(super) fn play(
        &self,
        speech: &Speech,
        cue: &Hit,
        mentions: &mut [Mention],
        earlier: &mut [Entry],
    ) -> bool {
        let verb_last = self.after.is_empty() && cue.language.puts_verbs_last();
        let other = self.before.len().checked_sub(2).and_then(|place| self.before.get(place)).copied();
        let (old, new) = match cue.sense {
            // `A takes over from B`; with the verb at the end `A B's successor is`.
            Sense::Replaces if verb_last && other.is_some() => (self.last(), other),
            // `Panią A, która odeszła, zastępuje B`: who has left replaces nobody, wherever he is named.
            Sense::Replaces if self.leaves_to_the_next(speech, cue, mentions) => (self.last(), self.first()),
            // `Aの後任としてB`, `A의 후임으로 B`: the word stands behind him who makes room.
            Sense::Replaces if self.is_between_two(cue) => (self.last(), self.first()),
            Sense::Replaces => (self.first(), self.last()),
            // `A has left; it is B (b@…) who takes over`: he who comes stands before the word.
            Sense::ReplacedBy if self.comes_before(mentions, earlier) => (None, self.last()),
            // `Take A off and put B in his place. b@…`: no value changes.
            Sense::ReplacedBy if self.last_of_two() && removes(speech, self.start..cue.span.start) => {
                (other, self.last())
            }
            Sense::ReplacedBy if changes_a_value(speech, cue, self.last(), mentions) => {
                return set_value_changes(mentions, self.last());
            }
            Sense::ReplacedBy if verb_last => (None, self.last()),
            Sense::ReplacedBy if self.last_of_two() => (other, self.last()),
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
            // `Replace the number of A by +31 …`.
            Sense::Replace if self.after.len() == 1 && is_about_a_value(speech, cue) => {
                return set_value_changes(mentions, self.first());
            }
            // `Substituer B à A`: who comes is named first.
            Sense::Replace if self.after.len() >= 2 && self.is_put_for(speech, cue, mentions) => {
                (self.after.get(1).copied(), self.first())
            }
            // `Replace everyone except A by B`: A is one of all, and may be who stays.
            Sense::Replace if self.after.len() >= 2 && self.speaks_of_all(speech, cue, mentions) => {
                return true;
            }
            Sense::Replace if self.after.len() >= 2 => (self.first(), self.after.get(1).copied()),
            Sense::Replace if self.after.is_empty() && other.is_some() => (other, self.last()),
            // `A has left; replace Ann by B`, where `Ann` alone is no name: the second piece leads to B.
            Sense::Replace if self.is_led_to_one(speech, cue, mentions) => {
                self.mark_last(mentions, earlier, Role::Old);
                (None, self.first())
            }
            Sense::Replace if self.after.len() == 1 && self.before.is_empty() => (self.first(), None),
            // `A (a@…, +31 …) and B (b@…, +31 …) replace C`: they who come have numbers.
            Sense::Replace if self.after.len() == 1 && self.come_before(mentions) => {
                (self.first(), self.last())
            }
            // `A has left; replace him by B.`
            Sense::Replace if self.after.len() == 1 => (self.last(), self.first()),
            Sense::Replace => return true,
            // `A has left. In her place, enter B`: the word is about who was named before.
            Sense::InsteadOf if self.is_pronoun(speech, cue) && self.has_left(mentions, earlier) => {
                if self.before.is_empty() {
                    self.mark_last(mentions, earlier, Role::Old);
                }
                (self.last(), self.first())
            }
            Sense::InsteadOf => {
                let joined = self.joined_behind(speech, mentions);
                for place in &joined {
                    set(mentions, Some(*place), Role::Old);
                }
                (self.first(), self.last().or(self.after.get(joined.len().max(1)).copied()))
            }
            Sense::InsteadAfter => (self.last(), self.first()),
            Sense::Left => {
                self.leave(speech, cue, mentions, earlier);
                return false;
            }
            _ => return false,
        };
        set(mentions, old, Role::Old);
        set(mentions, new, Role::New);
        true
    }

    /// `A has left`: whoever stands before this word goes, or else who stands behind it, or was named last.
    fn leave(&self, speech: &Speech, cue: &Hit, mentions: &mut [Mention], earlier: &mut [Entry]) {
        // Whoever leaves comes with no number: `… has left, and Ann Bee (a@…, +31 …) succeeds`.
        let numbered =
            |place: &usize| mentions.get(*place).is_some_and(|mention| !mention.entry.phones.is_empty());
        let first = self.first().filter(|place| !(cue.language.puts_verbs_last() && numbered(place)));
        let Some(place) = self.last().or(first) else {
            self.mark_last(mentions, earlier, Role::Remove);
            return;
        };
        // `The number of A is no longer in use` is said of the number.
        let of_a_value = is_of_his_value(speech, place, mentions)
            || (is_about_a_value(speech, cue) && !is_said_of_both(speech, cue))
            || is_said_of_a_value(speech, self.start, cue);
        if of_a_value {
            set(mentions, Some(place), Role::Change);
            if let Some(mention) = mentions.get_mut(place) {
                mention.entry.value_changes = true;
            }
            return;
        }
        set(mentions, Some(place), Role::Remove);
        self.mark_joined(speech, mentions);
    }

    /// `Instead of A and B`: the first behind this word and whoever is joined to him by nothing but a small word, without a
    /// number, where others follow or nobody stands between that could come.
    fn joined_behind(&self, speech: &Speech, mentions: &[Mention]) -> Vec<usize> {
        const JOINED_CHARS_MAX: usize = 6;
        let mut joined: Vec<usize> = self.first().into_iter().collect();
        for pair in self.after.windows(2) {
            let [one, other] = pair else { break };
            let span = |place: &usize| mentions.get(*place).map(|mention| mention.span.clone());
            let Some((from, to)) = span(one).zip(span(other)) else { break };
            let gap = speech.chars.get(from.end..to.start).unwrap_or_default();
            let words = gap.iter().filter(|c| c.is_alphabetic()).count();
            let numbered = mentions.get(*other).is_some_and(|mention| !mention.entry.phones.is_empty());
            if gap.len() > JOINED_CHARS_MAX || words == 0 || numbered {
                break;
            }
            joined.push(*other);
        }
        joined
    }
}

/// A value of his changes, and nobody comes in another's place.
fn set_value_changes(mentions: &mut [Mention], place: Option<usize>) -> bool {
    set(mentions, place, Role::Change);
    if let Some(mention) = place.and_then(|place| mentions.get_mut(place)) {
        mention.entry.value_changes = true;
    }
    false
}

fn set(mentions: &mut [Mention], place: Option<usize>, role: Role) {
    if let Some(mention) = place.and_then(|place| mentions.get_mut(place))
        && (mention.entry.role == Role::Unsaid || (role == Role::Old && mention.entry.role == Role::Remove))
    {
        mention.entry.role = role;
    }
}
