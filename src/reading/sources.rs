//! Sources: which lines a request is read from: the writer's own, and those that he points to.

use crate::domain::address::Address;
use crate::domain::tld::Tld;
use crate::reading::entry::Entry;
use crate::reading::folding::folded;
use crate::reading::forms::Chosen;
use crate::reading::himself;
use crate::reading::in_place;
use crate::reading::labels::{Reader, role_of};
use crate::reading::languages::Languages;
use crate::reading::layout::Mark;
use crate::reading::letter::Letter;
use crate::reading::lines::{self, Line};
use crate::reading::parts::Flowed;
use crate::reading::speakers::{self, Speaker};
use crate::reading::speech::Speech;
use crate::reading::statement::{self, Statement};
use crate::reading::subjects::{Titled, is_forward};
use crate::reading::vcard;
use crate::reading::words::Sense;

/// How a mail is listened to.
#[derive(Clone, Copy, Debug)]
pub(super) enum Ear<'a> {
    /// As whatever it turns out to be.
    Open,
    /// As a request, though it answers a mail of ours: we asked for details, of the earlier mail where there is one.
    Details(Option<&'a Letter>),
    /// The same where nobody had asked for anything: we showed what is held, of this ccTLD alone where there is one.
    News(Option<&'a Tld>),
}

impl<'a> Ear<'a> {
    /// The mail that is answered, where it is known.
    pub(super) fn earlier(self) -> Option<&'a Letter> {
        match self {
            Self::Open | Self::News(_) => None,
            Self::Details(earlier) => earlier,
        }
    }

    /// The ccTLD that we wrote about, which an answer need not name.
    pub(super) fn about(self) -> Option<&'a Tld> {
        match self {
            Self::Open | Self::Details(_) => None,
            Self::News(tld) => tld,
        }
    }

    /// Whether it is heard for itself, and not as the answer to a question of ours.
    pub(super) fn is_open(self) -> bool {
        match self {
            Self::Open => true,
            Self::Details(_) | Self::News(_) => false,
        }
    }
}

/// A mail that may ask for something.
pub(super) struct Sources<'a> {
    /// The mail.
    pub(super) letter: &'a Letter,
    /// How it is listened to.
    pub(super) ear: Ear<'a>,
    /// In which languages it is understood.
    pub(super) languages: Languages,
    /// How its Subject stands to its text.
    pub(super) titled: Titled,
    /// Its Subject.
    pub(super) subject: &'a Speech,
    /// The writer's own words.
    pub(super) own: &'a Speech,
    /// Our own addresses.
    pub(super) ours: &'a [Address],
}

impl Sources<'_> {
    /// What the writer's own lines state, and what he points to: the mail that he forwards or encloses, a card.
    pub(super) fn statement(&self, reader: &Reader<'_>) -> Statement {
        let layout = self.letter.layout();
        let parts = self.letter.parts();
        let points = self.own.has(Sense::Below) || self.own.has(Sense::Attached);
        let mut marks = vec![Mark::Own];
        // Who gives the details himself points to nothing that he needs.
        let own: Vec<&Line> = layout.with(&[Mark::Own]);
        let own = statement::collect(&own, reader, self.ours);
        let complete = own.entries.iter().any(Entry::has_contact_data) || !own.loose.is_empty();
        let points = points && !complete;
        if points && self.own.has(Sense::Below) && (layout.forward || is_forward(self.letter.subject())) {
            marks.push(Mark::Quote);
        }
        let mut lines: Vec<Line> = layout.with(&marks).into_iter().cloned().collect();
        lines = self.beside_subject(lines);
        // One answer below a quoted line is no list, unless we asked for it.
        let least = if self.ear.is_open() { 2 } else { 1 };
        let fields = in_place::answers(self.letter, self.languages, least);
        if !fields.is_empty() {
            lines = fields;
        }
        if !self.ear.is_open() {
            if !complete {
                // Some fill in the form where it stands, in what they quote, with or without a word above it.
                lines.extend(in_place::filled_in(layout));
            }
            let first =
                self.ear.earlier().map(|earlier| earlier.layout().with(&[Mark::Own])).unwrap_or_default();
            let first: Vec<Line> = first.into_iter().cloned().chain([Line::default()]).collect();
            lines.splice(0..0, first);
        }
        let mut speaker = Speaker::Writer;
        if points {
            speaker = speakers::of_enclosed(&parts.enclosed);
            for enclosed in &parts.enclosed {
                lines.push(Line::default());
                let mut inner = Chosen::default();
                inner.take(&enclosed.text);
                lines.append(&mut inner.lines);
            }
        }
        // `We received the attached text` asks for nothing of what it says.
        let asks = role_of(self.own).is_some()
            || role_of(self.subject).is_some()
            || self.own.has(Sense::ContactWord);
        let texts = parts.attached.iter().filter_map(|attached| attached.text.as_deref());
        let texts = texts.filter(|_| points && asks);
        for text in texts {
            lines.push(Line::default());
            lines.append(&mut lines::of_plain(text, Flowed::No));
        }
        let written = vcard::in_text(&mut lines);
        let lines: Vec<&Line> = lines.iter().collect();
        let mut statement = statement::collect(&lines, reader, self.ours);
        statement.entries.extend(written);
        if marks.contains(&Mark::Quote) {
            himself::take_from_head(&mut statement, self.letter);
            if matches!(speaker, Speaker::Writer) {
                speaker = speakers::of_head(self.letter);
            }
        }
        statement.speaker = speaker;
        let data = statement.entries.iter().any(Entry::has_contact_data);
        if points && !data {
            for card in parts.cards.iter().flat_map(|card| vcard::read(card)) {
                // `Please add Ann Bee, her card is attached`: he whom the text names has what his card says.
                match statement.entries.iter_mut().find(|named| is_named(named, &card)) {
                    Some(named) => named.join(card),
                    None => statement.entries.push(card),
                }
            }
        }
        statement
    }

    /// These lines with the Subject, where that is read as well, or instead.
    fn beside_subject(&self, lines: Vec<Line>) -> Vec<Line> {
        let empty = lines.iter().all(|line| line.text.trim().is_empty());
        let titled = if empty { Titled::Alone } else { self.titled };
        titled.with(Line::new(self.subject.text(0..self.subject.chars.len())), Line::default(), lines)
    }
}

/// Whether a person of the text, of whom it says nothing but his name, has the name of a card.
fn is_named(named: &Entry, card: &Entry) -> bool {
    let folded = |entry: &Entry| -> Vec<String> {
        let name = entry.name.as_deref().unwrap_or_default();
        name.split_whitespace().map(|word| word.chars().map(folded).collect()).collect()
    };
    let (text, full) = (folded(named), folded(card));
    let short = text.len() > 1 && text.iter().all(|word| full.contains(word));
    !named.has_contact_data() && !text.is_empty() && (text == full || short)
}
