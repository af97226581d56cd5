//! Mails that a cap keeps back: the first of each kind is told to the secretariat, once a day.

use serde_json::Value;

use crate::bot::Bot;
use crate::bot::counting::DAY;
use crate::domain::case::Thread;
use crate::domain::notice::{Facts, NoticeKind};
use crate::store::Write;

/// What is kept back.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::bot) enum Suppression {
    /// A confirmation mail to an admin contact whom somebody else copied.
    Confirmation,
    /// The reminder of one.
    Reminder,
    /// A help mail.
    Help,
    /// The proof of a stranger's mail.
    Proof,
    /// The contacts that a contact asked for.
    Query,
}

impl Suppression {
    fn word(self) -> &'static str {
        match self {
            Self::Confirmation => "confirmation",
            Self::Reminder => "reminder",
            Self::Help => "help",
            Self::Proof => "proof",
            Self::Query => "query",
        }
    }

    /// What it is and which cap stands in the way.
    fn says(self) -> &'static str {
        match self {
            Self::Confirmation => {
                "unproven requests have caused as many confirmation mails for one ccTLD as they may in a day (unproven_per_day_max); further requests lie among the held mails"
            }
            Self::Reminder => {
                "unproven requests have caused as many confirmation mails for one ccTLD as they may in a day (unproven_per_day_max); reminders of others are left out"
            }
            Self::Help => {
                "strangers of one address or domain have got as many help mails as they may in a week (help_per_week_max for an address); further mails of theirs are not answered"
            }
            Self::Query => {
                "a listed contact has asked for contacts as often as he is answered in a day (queries_per_day_max); further questions of his lie among the held mails"
            }
            Self::Proof => {
                "strangers of one address or domain have sent as many mails as are proved in an hour; further ones lie among the held mails, unread"
            }
        }
    }
}

impl Bot<'_> {
    /// Tells the secretariat that something is kept back, the first time in a day; `example` says what.
    pub(in crate::bot) fn suppressed(
        &mut self,
        what: Suppression,
        example: &str,
        writes: &mut Vec<Write>,
    ) -> anyhow::Result<Option<Value>> {
        if self.spend(&format!("suppressed/{}", what.word()), DAY, 1, writes)?.is_none() {
            return Ok(None);
        }
        let points = vec![what.says().to_owned(), format!("the first of them: {example}")];
        let facts = Facts { points, ..Facts::default() };
        self.send_note(NoticeKind::Suppressed, Vec::new(), (None, Thread::default(), facts), writes).map(Some)
    }
}
