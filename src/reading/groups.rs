//! Groups: those whom a sentence joins by `and`. Where one stands for another, it is said of all of a group alike.

use std::ops::Range;

use crate::reading::crossings::is_right_behind;
use crate::reading::entry::Role;
use crate::reading::mentions::Mention;
use crate::reading::speech::Speech;
use crate::reading::words::{Hit, Sense};

/// Those of a sentence by whom it can be told who comes in whose place, and who shares their part.
#[derive(Debug)]
pub(super) struct Groups {
    /// One for each group, in the order of the text.
    pub(super) heads: Vec<usize>,
    /// The others, each with the one whose part is also his.
    others: Vec<(usize, usize)>,
}

impl Groups {
    /// The groups of a sentence. Without a word for a replacement everybody stands for himself.
    pub(super) fn of(speech: &Speech, cues: &[&Hit], inside: &[usize], mentions: &[Mention]) -> Self {
        let alone = || Self { heads: inside.to_vec(), others: Vec::new() };
        if !cues.iter().any(|cue| puts_in_place(cue)) {
            return alone();
        }
        if let Some(pairs) = Self::pairs(speech, inside, mentions) {
            return pairs;
        }
        let sentence = Sentence { speech, cues, mentions };
        let mut groups = alone();
        groups.heads.clear();
        let mut rest = inside;
        while let Some((head, behind)) = rest.split_first() {
            let members = sentence.joined_to(*head, behind);
            groups.heads.push(*head);
            groups.others.extend(behind.iter().take(members).map(|other| (*other, *head)));
            rest = behind.get(members..).unwrap_or_default();
        }
        groups
    }

    /// `Replace A by B, and C by D`: what is said of the first two is said of every two.
    fn pairs(speech: &Speech, inside: &[usize], mentions: &[Mention]) -> Option<Self> {
        let words = |from: usize, to: usize| {
            let text = speech.chars.get(gap(mentions, *inside.get(from)?, *inside.get(to)?)?)?;
            let letters: String = text.iter().map(|c| if c.is_alphabetic() { *c } else { ' ' }).collect();
            Some(letters.split_whitespace().map(str::to_lowercase).collect::<Vec<String>>())
        };
        let [first, second, ..] = inside else { return None };
        let way = words(0, 1)?;
        let mut others = Vec::new();
        for (number, pair) in inside.chunks(2).enumerate().skip(1) {
            let [one, other] = pair else { return None };
            let again = words(2 * number, 2 * number + 1)?;
            let parted = gap(mentions, *inside.get(2 * number - 1)?, *one)?;
            if again.is_empty() || !way.ends_with(&again) || !goes_on(speech, parted) {
                return None;
            }
            others.extend([(*one, *first), (*other, *second)]);
        }
        (!others.is_empty()).then(|| Self { heads: vec![*first, *second], others })
    }

    /// Gives all of a group the part of the one by whom it was told.
    pub(super) fn share(&self, mentions: &mut [Mention]) {
        for (other, head) in &self.others {
            let role = mentions.get(*head).map(|mention| mention.entry.role);
            let Some(mention) = mentions.get_mut(*other) else { continue };
            if let Some(role @ (Role::Old | Role::New)) = role
                && matches!(mention.entry.role, Role::Unsaid | Role::Remove)
            {
                mention.entry.role = role;
            }
        }
    }
}

/// `All our contacts for .nl by`: a stretch before a person that names those on the list, and ends in a word that leads on.
pub(super) fn come_for_all(speech: &Speech, stretch: Range<usize>) -> bool {
    const LED_CHARS: usize = 24;
    let inside = |hit: &Hit| stretch.start <= hit.span.start && hit.span.end <= stretch.end;
    let colon = speech.text(stretch.clone()).trim_end().ends_with(':');
    let led = |listed: &Hit| {
        let leads = |to: &Hit| {
            inside(to) && to.span.start >= listed.span.end && stretch.end - to.span.end <= LED_CHARS
        };
        colon || speech.with(Sense::ToWord).chain(speech.with(Sense::Below)).any(leads)
    };
    let listed = [Sense::ContactWord, Sense::Everyone, Sense::EveryoneElse].into_iter();
    listed.flat_map(|sense| speech.with(sense)).any(|hit| inside(hit) && led(hit))
}

/// A sentence and those whom it names.
struct Sentence<'a> {
    speech: &'a Speech,
    cues: &'a [&'a Hit],
    mentions: &'a [Mention],
}

impl Sentence<'_> {
    /// How many of those behind him are joined to somebody.
    fn joined_to(&self, head: usize, behind: &[usize]) -> usize {
        let mut last = head;
        let (mut members, mut listed) = (0, 0);
        for place in behind {
            let gap = gap(self.mentions, last, *place);
            let joint = gap.as_ref().is_some_and(|gap| is_joint(self.speech, gap.clone()));
            let comma = gap.is_some_and(|gap| is_comma(self.speech, gap));
            if !(joint || comma) || !self.are_alike(head, *place) {
                break;
            }
            listed += 1;
            // `A, B and C` is a list; `A, B` may be none.
            if joint {
                members = listed;
            }
            last = *place;
        }
        members
    }

    /// Whether two are named alike, and nothing else is said of the second: of those who come all have a number, of those
    /// who go none has.
    fn are_alike(&self, one: usize, other: usize) -> bool {
        let numbered = |place: usize| self.mentions.get(place).map(|one| !one.entry.phones.is_empty());
        let addressed = |place: usize| self.mentions.get(place).map(|one| !one.entry.emails.is_empty());
        let both = addressed(one) == Some(true) && addressed(other) == Some(true);
        let Some(span) = self.mentions.get(other).map(|mention| &mention.span) else { return false };
        let told = self.cues.iter().any(|cue| !puts_in_place(cue) && is_right_behind(self.speech, span, cue));
        (both || numbered(one) == numbered(other)) && !told
    }
}

/// Whether a word says that one comes in another's place.
fn puts_in_place(cue: &Hit) -> bool {
    matches!(
        cue.sense,
        Sense::Replace | Sense::Replaces | Sense::ReplacedBy | Sense::InsteadOf | Sense::InsteadAfter
    )
}

/// What stands between two persons.
fn gap(mentions: &[Mention], one: usize, other: usize) -> Option<Range<usize>> {
    Some(mentions.get(one)?.span.end..mentions.get(other)?.span.start)
}

/// Whether nothing but `and` stands in a gap. Arabic and Hebrew write it together with the name behind it.
pub(super) fn is_joint(speech: &Speech, gap: Range<usize>) -> bool {
    // A bracket, a comma and `together with` at the most: a longer gap need not be looked at.
    const JOINT_CHARS_MAX: usize = 24;
    if gap.len() > JOINT_CHARS_MAX {
        return false;
    }
    let text = speech.chars.get(gap.clone()).unwrap_or_default();
    let prefixed = text.ends_with(&['و']) || text.ends_with(&['ו']);
    let words = gap.start..gap.end - usize::from(prefixed);
    let joins = |place: usize| speech.with(Sense::Joins).any(|hit| hit.span.contains(&place));
    let said = prefixed || speech.with(Sense::Joins).any(|hit| gap.contains(&hit.span.start));
    let small = words.into_iter().all(|place| {
        joins(place) || speech.chars.get(place).is_some_and(|c| !c.is_alphanumeric() && !parts(*c))
    });
    said && small
}

/// Whether nothing but a comma stands in a gap.
fn is_comma(speech: &Speech, gap: Range<usize>) -> bool {
    let text = speech.chars.get(gap).unwrap_or_default();
    text.iter().any(|c| matches!(c, ',' | '、' | '，' | '،'))
        && text.iter().all(|c| !c.is_alphanumeric() && !parts(*c))
}

/// Whether a gap leads from two persons to the next two: a comma or `and`, and small words at the most, as `y a`, `και την`.
fn goes_on(speech: &Speech, gap: Range<usize>) -> bool {
    const CHARS_MAX: usize = 12;
    const WORD_CHARS_MAX: usize = 4;
    let text = speech.chars.get(gap.clone()).unwrap_or_default();
    let joins = speech.with(Sense::Joins).any(|hit| gap.contains(&hit.span.start));
    let comma = text.iter().any(|c| matches!(c, ',' | '、' | '，' | '،' | ';'));
    let small = text.split(|c| !c.is_alphabetic()).all(|word| word.len() <= WORD_CHARS_MAX);
    let parted = text.iter().any(|c| c.is_ascii_digit() || matches!(c, '.' | ':' | '。'));
    (joins || comma || text.contains(&'\n')) && small && !parted && text.len() <= CHARS_MAX
}

/// Whether a sign parts what stands before it from what stands behind it.
fn parts(c: char) -> bool {
    matches!(c, '.' | ';' | ':' | '。' | '→' | '>' | '=' | '/' | '|' | '\n')
}
