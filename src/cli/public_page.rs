//! The public page while the program runs: written anew after a change of members, and each day.

use std::fs;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use crate::bot::Bot;
use crate::bot::history::history;
use crate::cli::output::Failure;
use crate::cli::report;
use crate::config::Config;
use crate::domain::tld::Tld;
use crate::writing::page::MEMBERS_JSON;

/// After a failure: long enough that the log stays readable, short enough that a mended folder is soon filled.
const AGAIN_AFTER: SignedDuration = SignedDuration::from_mins(10);

/// What the page in the folder shows.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Shown {
    day: Date,
    members: Vec<Tld>,
}

/// The page, as far as it is known to be written.
#[derive(Debug, Default)]
pub(super) struct PublicPage {
    shown: Option<Shown>,
    /// The last line of the journal when the members were compared: without a new one they are the same.
    seen: Option<u64>,
    not_before: Option<Timestamp>,
}

impl PublicPage {
    /// A page that is written at the first turn, whatever is there: its settings may be new.
    pub(super) fn unwritten() -> Self {
        Self::default()
    }

    /// The page that lies in the folder: a program that takes one turn every few minutes need not write it each time.
    pub(super) fn found(config: &Config) -> Self {
        #[derive(Deserialize)]
        struct Member {
            tld: Tld,
        }
        #[derive(Deserialize)]
        struct List {
            day: Date,
            members: Vec<Member>,
        }
        let list = config.page.as_ref().and_then(|page| fs::read(page.folder.join(MEMBERS_JSON)).ok());
        let list = list.and_then(|octets| serde_json::from_slice::<List>(&octets).ok());
        let shown = list.map(|List { day, members }| Shown {
            day,
            members: members.into_iter().map(|member| member.tld).collect(),
        });
        Self { shown, ..Self::default() }
    }

    /// Writes it where the members changed or a day is over. Trouble with the folder is logged and tried again: no mail waits
    /// for a web page. In a rehearsal nothing is written, since its members are none.
    pub(super) fn keep(&mut self, config: &Config, bot: &Bot<'_>) -> Result<(), Failure> {
        let Some(page) = &config.page else { return Ok(()) };
        let now = bot.world.clock.now();
        let day = now.to_zoned(TimeZone::UTC).date();
        let rehearsed = config.rehearsal.hold_all || config.rehearsal.redirect_all_to.is_some();
        let same_day = self.shown.as_ref().is_some_and(|shown| shown.day == day);
        if rehearsed || self.not_before.is_some_and(|then| now < then) {
            return Ok(());
        }
        let line = Some(bot.store.head()?.seq);
        if same_day && self.seen == line {
            return Ok(());
        }
        let roster = bot.records.roster()?;
        let counted = config.regions.counted(day).map(|(tld, _)| tld);
        let members = counted.filter(|tld| !roster.contacts(tld).is_empty()).cloned().collect();
        let shown = Shown { day, members };
        if self.shown.as_ref() == Some(&shown) {
            self.seen = line;
            return Ok(());
        }
        let history = history(&bot.store.journal()?)?;
        match report::write(config, &page.folder, (day, &history)) {
            Ok(written) => {
                tracing::info!("the public page is written: {written} files are new");
                (self.shown, self.seen, self.not_before) = (Some(shown), line, None);
            }
            Err(failure) => {
                tracing::error!("the public page is not written, and is tried again: {}", failure.words());
                self.not_before = now.checked_add(AGAIN_AFTER).ok();
            }
        }
        Ok(())
    }
}
