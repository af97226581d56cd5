//! What became of invitations: how each ccTLD stands that was invited, and the sums by region.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use crate::domain::address::Address;
use crate::domain::approach::{Approach, ApproachId, Occasion, Outcome};
use crate::domain::campaign::CampaignId;
use crate::domain::contact::Roster;
use crate::domain::invitation::{Decline, Unwilling};
use crate::domain::regions::Regions;
use crate::domain::statistics::Kind;
use crate::domain::tld::Tld;

/// How a ccTLD stands that was invited.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It has contacts by now.
    Joined,
    /// It answered with a request, and has no contacts yet.
    Answered,
    /// It does not wish to join, or wants no such mails.
    Declined,
    /// It did not answer in time.
    Silent,
    /// The mail came back.
    Unreachable,
    /// It may still answer.
    Waiting,
}

impl Standing {
    /// All of them, in the order of the tables.
    pub const ALL: [Self; 6] =
        [Self::Joined, Self::Answered, Self::Declined, Self::Silent, Self::Unreachable, Self::Waiting];

    /// At the head of a column.
    pub fn title(self) -> &'static str {
        match self {
            Self::Joined => "Joined",
            Self::Answered => "Answered",
            Self::Declined => "Declined",
            Self::Silent => "Silent",
            Self::Unreachable => "Unreachable",
            Self::Waiting => "Waiting",
        }
    }
}

/// The last invitation of a ccTLD.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Invited {
    /// Which.
    pub tld: Tld,
    /// Whom the mail went to.
    pub to: Address,
    /// The invitation.
    pub approach: ApproachId,
    /// The campaign that it belongs to.
    pub campaign: Option<CampaignId>,
    /// When it left.
    pub at: Timestamp,
    /// How often it was repeated.
    pub repeated: u16,
    /// How the ccTLD stands.
    pub standing: Standing,
    /// When it ended; none while an answer is waited for.
    pub ended: Option<Timestamp>,
    /// In which words it declined.
    pub said: Option<String>,
}

/// The last invitation of each ccTLD as it stood at a moment, in the order of their A-labels. What was declined and taken
/// back by a person since counts as answered.
pub fn invited(
    approaches: &[Approach],
    (declines, unwilling): (&[Decline], &[Unwilling]),
    (roster, until): (&Roster, Timestamp),
) -> Vec<Invited> {
    let mut last: BTreeMap<&Tld, Invited> = BTreeMap::new();
    let is_unwilling =
        |address: &Address| unwilling.iter().any(|one| one.address == *address && one.since <= until);
    let mut invitations: Vec<&Approach> =
        approaches.iter().filter(|one| one.occasion == Occasion::Invitation && one.asked <= until).collect();
    invitations.sort_by_key(|one| (one.asked, one.id));
    for one in invitations {
        let ended = one.ended.as_ref().filter(|(at, _)| *at <= until);
        for tld in &one.tlds {
            let decline = declines.iter().find(|decline| decline.tld == *tld && decline.at <= until);
            let standing = if roster.contacts(tld).is_empty() {
                let outcome = ended.map(|(_, outcome)| outcome);
                let taken_back = outcome == Some(&Outcome::Stopped) && !is_unwilling(&one.to);
                standing_of(if taken_back { Some(&Outcome::Requested) } else { outcome }, decline)
            } else {
                Standing::Joined
            };
            let invited = Invited {
                tld: tld.clone(),
                to: one.to.clone(),
                approach: one.id,
                campaign: one.campaign,
                at: one.asked,
                repeated: one.reminders,
                standing,
                ended: ended.map(|(at, _)| *at),
                said: decline.map(|decline| decline.said.clone()).filter(|said| !said.is_empty()),
            };
            last.insert(tld, invited);
        }
    }
    last.into_values().collect()
}

fn standing_of(outcome: Option<&Outcome>, decline: Option<&Decline>) -> Standing {
    if decline.is_some() {
        return Standing::Declined;
    }
    match outcome {
        None => Standing::Waiting,
        Some(Outcome::Stopped) => Standing::Declined,
        Some(Outcome::Confirmed | Outcome::Requested | Outcome::Refused(_)) => Standing::Answered,
        Some(Outcome::Silent | Outcome::Overtaken | Outcome::CalledOff) => Standing::Silent,
        Some(Outcome::Lost(_)) => Standing::Unreachable,
    }
}

/// How many of those that were invited stand how.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Progress(BTreeMap<Standing, usize>);

impl Progress {
    /// One more that stands so.
    fn add(&mut self, standing: Standing) {
        *self.0.entry(standing).or_default() += 1;
    }

    /// All that were invited.
    pub fn invited(&self) -> usize {
        self.0.values().sum()
    }

    /// Those that stand so.
    pub fn of(&self, standing: Standing) -> usize {
        self.0.get(&standing).copied().unwrap_or_default()
    }

    /// The numbers of a row: invited, then each standing.
    pub fn row(&self) -> [usize; 7] {
        let [joined, answered, declined, silent, unreachable, waiting] =
            Standing::ALL.map(|one| self.of(one));
        [self.invited(), joined, answered, declined, silent, unreachable, waiting]
    }
}

/// The heads of such a row.
pub const HEADS: [&str; 7] =
    ["Invited", "Joined", "Answered", "Declined", "Silent", "Unreachable", "Waiting"];

/// The sums of invitations, by kind of label and region, as the membership is counted.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Outreach {
    regions: BTreeMap<(Kind, String), Progress>,
    kinds: BTreeMap<Kind, Progress>,
    all: Progress,
}

impl Outreach {
    /// Counts these. One that is counted in two regions counts in both, and once in the sums.
    pub fn of(invited: &[Invited], regions: &Regions, day: Date) -> Self {
        let places: BTreeMap<&Tld, &[String]> = regions.counted(day).collect();
        let mut outreach = Self::default();
        for one in invited {
            let kind = Kind::of(&one.tld);
            for region in places.get(&one.tld).copied().unwrap_or_default() {
                outreach.regions.entry((kind, region.clone())).or_default().add(one.standing);
            }
            outreach.kinds.entry(kind).or_default().add(one.standing);
            outreach.all.add(one.standing);
        }
        outreach
    }

    /// Of all ccTLDs.
    pub fn all(&self) -> Progress {
        self.all.clone()
    }

    /// Of those with a label of this kind.
    pub fn of_kind(&self, kind: Kind) -> Progress {
        self.kinds.get(&kind).cloned().unwrap_or_default()
    }

    /// Of those of a region with a label of this kind.
    pub fn in_region(&self, kind: Kind, region: &str) -> Progress {
        self.regions.get(&(kind, region.to_owned())).cloned().unwrap_or_default()
    }

    /// By region, whatever the label: in the order of their names.
    pub fn by_region(&self) -> BTreeMap<&str, Progress> {
        let mut by_region: BTreeMap<&str, Progress> = BTreeMap::new();
        for ((_, region), progress) in &self.regions {
            let sum = by_region.entry(region).or_default();
            for (standing, count) in &progress.0 {
                *sum.0.entry(*standing).or_default() += count;
            }
        }
        by_region
    }
}
