//! Speakers: whom `me` means in what a mail says, and in what it passes on.

use crate::domain::address::Address;
use crate::reading::facts;
use crate::reading::languages::Languages;
use crate::reading::layout::Mark;
use crate::reading::letter::Letter;
use crate::reading::names;
use crate::reading::parts::Enclosed;
use crate::reading::speech::Speech;
use crate::reading::words::Sense;

/// Whom `me` in the details of a mail means.
#[derive(Clone, Debug, Default)]
pub(super) enum Speaker {
    /// Who wrote the mail.
    #[default]
    Writer,
    /// Who wrote the mail that is passed on, and speaks of himself in it.
    Another(Writer),
    /// Another, and it is not known who.
    Unknown,
}

/// Who wrote a mail, by its From.
#[derive(Clone, Debug, Default)]
pub(super) struct Writer {
    pub(super) name: Option<String>,
    pub(super) address: Option<Address>,
}

/// Whom `me` means in the mails that the writer encloses and points to.
pub(super) fn of_enclosed(enclosed: &[Enclosed]) -> Speaker {
    match enclosed {
        [] => Speaker::Writer,
        [only] => only.from.clone().map_or(Speaker::Unknown, |(address, name)| {
            Speaker::Another(Writer { name, address: Some(address) })
        }),
        _ => Speaker::Unknown,
    }
}

/// Whom `me` means in a mail that is passed on within the text: whom its head names first.
pub(super) fn of_head(letter: &Letter) -> Speaker {
    for line in letter.layout().with(&[Mark::QuoteIntro]) {
        let speech = Speech::of(&line.text, Languages::ALL);
        let addresses = facts::addresses(&speech.chars);
        let Some(first) = addresses.first() else { continue };
        let before = Speech::of(&speech.text(0..first.span.start), Languages::ALL);
        if !before.has(Sense::HeadFrom) && !before.has(Sense::Wrote) {
            continue;
        }
        let mut names = names::find(&before, &[]).into_iter().filter(|name| !name.what.weak);
        let name = names.next_back().map(|name| name.what.text);
        return Speaker::Another(Writer { name, address: Some(first.what.clone()) });
    }
    Speaker::Unknown
}
