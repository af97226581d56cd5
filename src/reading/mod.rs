//! Octets to meaning: what a mail says. Pure.

mod accounts;
mod anchors;
mod answer;
mod bare;
mod belonging;
mod borders;
mod bounces;
mod cases;
mod changes;
mod codes;
mod companions;
mod conjunctions;
mod countries;
mod couples;
mod courtesies;
mod crossings;
mod cues;
mod days;
mod decoding;
mod directions;
mod doubts;
mod drops;
mod durations;
mod endings;
mod ends;
mod entry;
mod equalities;
pub mod everything;
mod facts;
mod folding;
mod form;
mod forms;
mod gathering;
mod groups;
mod handovers;
mod hidden;
mod himself;
mod html;
mod idle_words;
mod in_place;
mod inquiry;
mod intent;
mod kind;
mod labels;
mod languages;
pub mod layout;
mod leavers;
pub mod letter;
mod letters;
mod lexicon;
mod lines;
mod mailboxes;
mod manners;
mod markup;
mod matters;
mod mentions;
mod name_words;
mod names;
mod nearest;
mod newcomer;
mod ordinals;
mod parts;
mod person;
mod phones;
mod picks;
mod place_words;
pub mod places;
mod prose;
mod qualifiers;
mod quotes;
mod ranks;
mod readdressing;
mod regions;
pub mod registers;
mod renaming;
mod requests;
mod respelled;
mod roles;
mod roster_line;
mod rows;
pub mod ruling;
mod sameness;
mod scopes;
mod sentences;
mod sharing;
mod shortening;
mod sides;
mod sign_offs;
mod signs;
mod slips;
mod slots;
mod sources;
mod speakers;
mod speech;
mod spelling;
mod standings;
mod statement;
mod strays;
mod subjects;
mod successions;
mod table;
#[cfg(test)]
mod tests_changes;
#[cfg(test)]
mod tests_wishes;
mod tlds;
mod tokens;
mod understanding;
mod unfolding;
mod values;
mod vcard;
mod warnings;
mod wishes;
mod words;

use crate::domain::address::Address;
use crate::domain::cctlds::KnownTlds;
use crate::domain::contact::Roster;
use crate::domain::request::Reading;
use crate::domain::tld::Tld;
use crate::domain::token::Token;
use crate::reading::letter::Letter;
use crate::reading::sources::Ear;

/// What a reader has to know besides the mail.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The ccTLDs that a request may name.
    pub known: &'a KnownTlds,
    /// The contacts as they are.
    pub roster: &'a Roster,
    /// Our own addresses.
    pub mailboxes: &'a [Address],
    /// The secretariat's addresses.
    pub secretariat: &'a [Address],
}

/// Says what a mail says.
pub fn understand(letter: &Letter, context: &Context<'_>) -> Reading {
    understanding::understand(letter, context, Ear::Open)
}

/// The tokens of ours that a mail carries outside of its text, each once: they can be seen by its header alone.
pub fn tokens_of(letter: &Letter) -> Vec<Token> {
    tokens::of(letter)
}

/// Says what a mail says that answers our question for details: a request, though it carries a token of ours.
///
/// With the `earlier` mail, that we asked about, both are read as one: whoever answers with a number alone says whose it is
/// by what he wrote before.
pub fn understand_details(letter: &Letter, earlier: Option<&Letter>, context: &Context<'_>) -> Reading {
    understanding::understand(letter, context, Ear::Details(earlier))
}

/// Says what a mail says that answers what we showed somebody: a request as well. `about` is the ccTLD that we wrote about,
/// where it was one alone: it is meant where the answer names none.
pub fn understand_news(letter: &Letter, about: Option<&Tld>, context: &Context<'_>) -> Reading {
    understanding::understand(letter, context, Ear::News(about))
}
