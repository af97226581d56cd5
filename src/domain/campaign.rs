//! A campaign: the ccTLDs that are to be invited one after another, in batches with pauses, up to a number in all.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::domain::numbered::numbered;
use crate::domain::policy::days_after;
use crate::domain::tld::Tld;

/// Days without an invitation after which a campaign ends, whoever still waits: what stands in the way for so long is a
/// person's matter.
const GIVEN_UP_DAYS: u16 = 30;

numbered! {
    /// The name of a campaign for ever: `I-3`.
    CampaignId, "I", CampaignIdError, "a campaign is named as in I-3"
}

/// How fast a campaign invites.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Tempo {
    /// Invitations of a batch at the most.
    pub batch: u16,
    /// Hours from the beginning of one batch to that of the next.
    pub pause_hours: u32,
    /// Invitations in all.
    pub cap: u32,
}

/// What somebody wants to be done.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Order {
    /// The name under which it was left, so that it is carried out once.
    pub name: String,
    /// Who wants it.
    pub by: String,
    /// Whom it is about, in words: `all`, `AF` or `.aa .bb`.
    pub scope: String,
    /// The ccTLDs, in the order of inviting.
    pub tlds: Vec<Tld>,
    /// How fast.
    pub tempo: Tempo,
}

/// Why a campaign invites nobody any more.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Over {
    /// Nobody is left to invite.
    Through,
    /// Its number in all is reached.
    Cap,
    /// What stands in the way of the others did not pass.
    GivenUp,
    /// A person stopped it.
    Stopped,
}

impl Over {
    /// For a person.
    pub fn words(&self) -> &'static str {
        match self {
            Self::Through => "nobody is left to invite",
            Self::Cap => "its number of invitations is reached",
            Self::GivenUp => "what stood in the way of the others did not pass",
            Self::Stopped => "it was stopped",
        }
    }
}

/// A campaign.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Campaign {
    /// Its name.
    pub id: CampaignId,
    /// What was wanted.
    pub order: Order,
    /// When it began.
    pub began: Timestamp,
    /// The ccTLDs that are still to be invited.
    pub waiting: Vec<Tld>,
    /// Invitations that left.
    pub sent: u32,
    /// Invitations of the batch under way that are left; 0 between two batches.
    pub batch_left: u16,
    /// When the next batch begins.
    pub next: Timestamp,
    /// When it last invited somebody; its beginning before that.
    pub moved: Timestamp,
    /// When it came to its end, and why; its invitations may still be answered.
    pub over: Option<(Timestamp, Over)>,
}

impl Campaign {
    /// One that begins.
    pub fn new(id: CampaignId, order: Order, now: Timestamp) -> Self {
        let waiting = order.tlds.clone();
        Self { id, order, began: now, waiting, sent: 0, batch_left: 0, next: now, moved: now, over: None }
    }

    /// Whether a batch is due, or under way.
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.over.is_none() && (self.batch_left > 0 || now >= self.next)
    }

    /// The same with a batch under way: the one that a stop cut off, or the next.
    #[must_use]
    pub fn in_batch(mut self, now: Timestamp) -> Self {
        if self.batch_left == 0 {
            self.batch_left = self.order.tempo.batch;
            let pause = SignedDuration::from_hours(self.order.tempo.pause_hours.into());
            self.next = now.checked_add(pause).unwrap_or(Timestamp::MAX);
        }
        self
    }

    /// Whether the batch under way has room for one more.
    pub fn has_room(&self) -> bool {
        self.batch_left > 0 && self.sent < self.order.tempo.cap
    }

    /// The same once somebody was invited for these ccTLDs.
    #[must_use]
    pub fn with_one_invited(mut self, tlds: &[Tld], now: Timestamp) -> Self {
        self.waiting.retain(|tld| !tlds.contains(tld));
        self.sent += 1;
        self.batch_left = self.batch_left.saturating_sub(1);
        self.moved = now;
        self
    }

    /// The same after a batch, without the ccTLDs that cannot be invited; over where nothing is left to do.
    #[must_use]
    pub fn after_batch(mut self, gone: &[Tld], now: Timestamp) -> Self {
        self.waiting.retain(|tld| !gone.contains(tld));
        self.batch_left = 0;
        let over = if self.waiting.is_empty() {
            Some(Over::Through)
        } else if self.sent >= self.order.tempo.cap {
            Some(Over::Cap)
        } else if now >= days_after(self.moved, GIVEN_UP_DAYS) {
            Some(Over::GivenUp)
        } else {
            None
        };
        self.over = over.map(|over| (now, over));
        self
    }

    /// One line for a person.
    pub fn in_words(&self) -> String {
        let day = self.began.strftime("%Y-%m-%d");
        let end = match &self.over {
            None => {
                let next = self.next.strftime("%Y-%m-%d %H:%M UTC");
                format!("{} to be invited, the next batch from {next} on", count(self.waiting.len(), "ccTLD"))
            }
            Some((at, over)) => format!("over since {}: {}", at.strftime("%Y-%m-%d"), over.words()),
        };
        let left = if self.over.is_some() && !self.waiting.is_empty() {
            format!("; {} not invited", count(self.waiting.len(), "ccTLD"))
        } else {
            String::new()
        };
        let sent = count(usize::try_from(self.sent).unwrap_or(usize::MAX), "invitation");
        format!("{}, {}, begun on {day}: {sent}; {end}{left}", self.id, self.order.scope)
    }
}

/// `1 ccTLD`, `2 ccTLDs`.
pub fn count(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::{Campaign, CampaignId, Order, Over, Tempo, Tld};
    use crate::domain::policy::days_after;

    fn now() -> Timestamp {
        "2026-11-02T09:00:00Z".parse().unwrap()
    }

    fn tlds(labels: &[&str]) -> Vec<Tld> {
        labels.iter().map(|label| label.parse().unwrap()).collect()
    }

    fn campaign(cap: u32) -> Campaign {
        let order = Order {
            name: "1".to_owned(),
            by: "kim".to_owned(),
            scope: "AF".to_owned(),
            tlds: tlds(&["ke", "fr", "re", "nl"]),
            tempo: Tempo { batch: 2, pause_hours: 24, cap },
        };
        Campaign::new(CampaignId(1), order, now())
    }

    #[test]
    fn a_batch_that_a_stop_cut_off_goes_on_and_the_next_waits_for_its_day() {
        let one = campaign(9).in_batch(now()).with_one_invited(&tlds(&["fr", "re"]), now());
        assert_eq!((one.batch_left, one.sent, one.waiting.len()), (1, 1, 2));
        // The program starts again an hour later: one is left of this batch, and the next one is no later for it.
        let later = days_after(now(), 1);
        assert!(one.is_due(now()) && one.clone().in_batch(later).next == later);
        let full = one.in_batch(now()).with_one_invited(&tlds(&["ke"]), now());
        assert!(!full.has_room());
        let rests = full.after_batch(&[], now());
        assert!(rests.over.is_none() && !rests.is_due(now()) && rests.is_due(later));
    }

    #[test]
    fn it_ends_with_the_last_with_its_number_or_after_a_month_without_any() {
        let ended = |one: Campaign, gone: &[&str], at| one.in_batch(at).after_batch(&tlds(gone), at).over;
        assert_eq!(ended(campaign(9), &["ke", "fr", "re", "nl"], now()), Some((now(), Over::Through)));
        let capped = campaign(1).in_batch(now()).with_one_invited(&tlds(&["ke"]), now());
        assert!(!capped.has_room());
        assert_eq!(ended(capped, &[], now()), Some((now(), Over::Cap)));
        assert_eq!(ended(campaign(9), &["ke"], days_after(now(), 29)), None);
        let last = days_after(now(), 30);
        assert_eq!(ended(campaign(9), &["ke"], last), Some((last, Over::GivenUp)));
    }

    #[test]
    fn its_name_is_read_as_it_is_written() {
        assert_eq!("i-3".parse(), Ok(CampaignId(3)));
        assert_eq!(CampaignId(3).to_string(), "I-3");
        assert!("A-3".parse::<CampaignId>().is_err() && "3".parse::<CampaignId>().is_err());
    }
}
