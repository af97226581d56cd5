//! Invitations of ccTLDs that are no members: campaigns in batches, each mail in one transaction with what it leaves to do.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::json;

use crate::bot::Bot;
use crate::bot::approaching::{Question, names};
use crate::bot::counting::DAY;
use crate::bot::records::Records;
use crate::bot::roll_calling::{Scene, admins_among};
use crate::domain::address::Ours;
use crate::domain::approach::{Approach, Due, Occasion, Outcome};
use crate::domain::campaign::{Campaign, CampaignId, Order, Over};
use crate::domain::invitation::{Ground, InvitationPlan, Why, plan};
use crate::domain::notice::{Field, form_for};
use crate::domain::remembered::Age;
use crate::domain::tld::Tld;
use crate::store::Write;

/// The prefix of the campaigns, among the counters.
const CAMPAIGN: &str = "invite/campaign/";
/// When something last happened that the secretariat may want to read of.
const HAPPENED: &str = "invite/happened";
/// The name of the day's cap among the counts.
const CAP: &str = "invite";
/// Contacts that the form of an invitation has room for: two are wanted at the least.
const FORM_CONTACTS: usize = 2;
/// Members from which on an invitation says how many there are: fewer persuade nobody.
const JOINED_TOLD_MIN: usize = 100;

impl Records<'_> {
    /// All campaigns, in the order of beginning.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn campaigns(&self) -> anyhow::Result<Vec<Campaign>> {
        self.counters_of(CAMPAIGN)
    }

    /// The campaign that still invites; there is one at the most.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn campaign_under_way(&self) -> anyhow::Result<Option<Campaign>> {
        Ok(self.campaigns()?.into_iter().find(|campaign| campaign.over.is_none()))
    }

    /// All invitations that ever left, in the order of asking.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn invitations(&self) -> anyhow::Result<Vec<Approach>> {
        let mut all = self.ended_approaches()?;
        all.extend(self.open_approaches()?);
        all.retain(|approach| approach.occasion == Occasion::Invitation);
        all.sort_by_key(|approach| approach.id);
        Ok(all)
    }

    /// Who of these is invited now, and who is not: `ours` are the addresses that nobody else has.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn invitation_plan(
        &self,
        tlds: &[Tld],
        (ours, again_days, now): (Ours<'_>, u16, Timestamp),
    ) -> anyhow::Result<InvitationPlan> {
        let (roster, remembered, busy) = (self.roster()?, self.all_remembered()?, self.busy()?);
        let admins = admins_among(&remembered, now);
        let known = remembered.into_iter().filter(|(_, memory)| memory.record().is_some());
        let read = known.map(|(tld, _)| tld).collect();
        let mut closed: BTreeMap<String, Why> = BTreeMap::new();
        for unwilling in self.all_unwilling()? {
            closed.insert(unwilling.address.lower(), Why::Stopped);
        }
        for lost in self.all_unreachable()? {
            closed.insert(lost.address.lower(), Why::Unreachable);
        }
        for (admin, _) in admins.values() {
            if ours.have(admin) {
                closed.insert(admin.lower(), Why::Ours);
            }
        }
        let mut invited: BTreeMap<String, Timestamp> = BTreeMap::new();
        for approach in self.invitations()? {
            let last = invited.entry(approach.to.lower()).or_insert(approach.asked);
            *last = approach.asked.max(*last);
        }
        let stopped = self.all_stopped()?.into_iter().map(|stopped| (stopped.tld, stopped.by));
        let ground = Ground {
            roster: &roster,
            admins: &admins,
            read: &read,
            busy: &busy,
            declined: self.declines()?.into_iter().map(|decline| (decline.tld, decline.at)).collect(),
            stopped: stopped.collect(),
            closed,
            invited,
            now,
            again_days,
        };
        Ok(plan(tlds, &ground))
    }

    /// When something last happened to an invitation or a campaign.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn invitations_happened(&self) -> anyhow::Result<Option<Timestamp>> {
        self.counter(HAPPENED)
    }

    fn write_campaign(campaign: &Campaign) -> anyhow::Result<Write> {
        Self::write_counter(&format!("{CAMPAIGN}{}", campaign.id.key()), Some(campaign))
    }
}

impl Bot<'_> {
    /// Begins a campaign. None: one that still invites is under way. The same order again, as after a stop in between, gives
    /// the campaign that it began.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn begin_campaign(&mut self, order: Order) -> anyhow::Result<Option<CampaignId>> {
        let campaigns = self.records.campaigns()?;
        if let Some(known) = campaigns.iter().find(|campaign| campaign.order.name == order.name) {
            return Ok(Some(known.id));
        }
        if campaigns.iter().any(|campaign| campaign.over.is_none()) {
            return Ok(None);
        }
        let number = self.records.next_number("campaign")?;
        let campaign = Campaign::new(CampaignId(number), order, self.now());
        let writes = [
            Records::write_next_number("campaign", number + 1)?,
            Records::write_campaign(&campaign)?,
            self.something_happened()?,
        ];
        let Order { by, scope, tlds, tempo, .. } = &campaign.order;
        let says = format!(
            "{}: {by} has {} ccTLDs invited ({scope}), {} in a batch, {} hours apart, {} in all.",
            campaign.id,
            tlds.len(),
            tempo.batch,
            tempo.pause_hours,
            tempo.cap
        );
        self.note("campaign_began", &says, json!({ "campaign": campaign }), &writes)?;
        Ok(Some(campaign.id))
    }

    /// Ends all campaigns and the invitations that wait for an answer: nobody is reminded any more. Says how many there were.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn stop_inviting(&mut self, by: &str) -> anyhow::Result<usize> {
        let now = self.now();
        let mut stopped = 0;
        if let Some(mut campaign) = self.records.campaign_under_way()? {
            campaign.over = Some((now, Over::Stopped));
            let writes = [Records::write_campaign(&campaign)?, self.something_happened()?];
            let says = format!(
                "{}: {by} stopped it; {} ccTLDs are not invited.",
                campaign.id,
                campaign.waiting.len()
            );
            self.note("campaign_over", &says, json!({ "campaign": campaign, "by": by }), &writes)?;
            stopped += 1;
        }
        for approach in self.records.open_approaches()? {
            if approach.occasion == Occasion::Invitation {
                self.end_approach(approach, Outcome::CalledOff, (json!({ "by": by }), Vec::new()))?;
                stopped += 1;
            }
        }
        Ok(stopped)
    }

    /// The batch that is due, or was cut off: one mail to each admin contact, for all of his ccTLDs that wait.
    pub(in crate::bot) fn invite(&mut self) -> anyhow::Result<()> {
        let now = self.now();
        let under_way = self.records.campaign_under_way()?.filter(|campaign| campaign.is_due(now));
        let Some(campaign) = under_way else { return Ok(()) };
        let again_days = self.settings.policy.invitations.again_days;
        let plan =
            self.records.invitation_plan(&campaign.waiting, (self.settings.ours(), again_days, now))?;
        let mut campaign = campaign.in_batch(now);
        let most = u32::from(self.settings.policy.invitations.per_day_max);
        for invitee in plan.invite {
            let mut writes = Vec::new();
            if !campaign.has_room() || self.spend(CAP, DAY, most, &mut writes)?.is_none() {
                break;
            }
            campaign = campaign.with_one_invited(&invitee.tlds, now);
            writes.push(Records::write_campaign(&campaign)?);
            let (to, tlds) = (invitee.to, invitee.tlds);
            let occasion = Occasion::Invitation;
            let question =
                Question { occasion, campaign: Some(campaign.id), to, decides: tlds.clone(), tlds };
            self.approach(question, writes)?;
        }
        let (wait, gone): (Vec<_>, Vec<_>) = plan.left_out.into_iter().partition(|(_, why)| why.passes());
        let gone_tlds: Vec<Tld> = gone.iter().map(|(tld, _)| tld.clone()).collect();
        let campaign = campaign.after_batch(&gone_tlds, now);
        let told: Vec<String> = gone
            .iter()
            .chain(&wait)
            .map(|(tld, why)| format!("{} ({})", tld.for_people(), why.words()))
            .collect();
        let left_out =
            if told.is_empty() { String::new() } else { format!("; left out: {}", told.join(", ")) };
        let says = format!("{}{left_out}.", campaign.in_words());
        let mut writes = vec![Records::write_campaign(&campaign)?];
        if campaign.over.is_some() {
            writes.push(self.something_happened()?);
        }
        let event = if campaign.over.is_some() { "campaign_over" } else { "campaign_batch" };
        self.note(event, &says, json!({ "campaign": campaign.id, "left_out": gone, "waits": wait }), &writes)
    }

    /// The follow-ups and the end of an invitation that nobody answered.
    pub(in crate::bot) fn watch_invitation(
        &mut self,
        mut approach: Approach,
        scene: &Scene,
    ) -> anyhow::Result<()> {
        // He may have said it to another invitation.
        if self.records.is_unwilling(&approach.to)? {
            return self.end_approach(approach, Outcome::Stopped, (json!({}), Vec::new()));
        }
        let mut missing = Vec::new();
        for tld in &approach.tlds {
            if scene.roster.contacts(tld).is_empty() && self.records.decline(tld)?.is_none() {
                missing.push(tld.clone());
            }
        }
        if missing.is_empty() {
            return self.end_approach(approach, Outcome::Overtaken, (json!({}), Vec::new()));
        }
        let due = approach.due(self.now(), self.remind_days(Occasion::Invitation));
        if due == Due::Nothing || missing.iter().any(|tld| scene.busy.contains(tld)) {
            return Ok(());
        }
        // What is not missing any more is not asked about again, and need not be his any more.
        let remaining = Approach { decides: missing.clone(), ..approach.clone() };
        match (due, remaining.decides_yet(&scene.admins)) {
            (Due::End, None) => self.end_approach(approach, Outcome::Overtaken, (json!({}), Vec::new())),
            (Due::End, Some(_)) => self.end_approach(approach, Outcome::Silent, (json!({}), Vec::new())),
            (Due::Reminder, Some(Age::Fresh)) => {
                (approach.tlds, approach.decides) = (missing.clone(), missing);
                self.remind_of(approach, &scene.roster)
            }
            // Who is not the admin contact now, or not for certain, is not written to.
            (Due::Reminder, Some(Age::Old) | None) | (Due::Nothing, _) => Ok(()),
        }
    }

    /// How many ccTLDs take part, where somebody is invited and it is worth telling; else 0.
    pub(in crate::bot) fn joined_told(&self, occasion: Occasion) -> anyhow::Result<usize> {
        match occasion {
            Occasion::RollCall | Occasion::NewAdmin => Ok(0),
            Occasion::Invitation => {
                let joined = self.records.roster()?.iter().count();
                Ok(if joined < JOINED_TOLD_MIN { 0 } else { joined })
            }
        }
    }

    /// What records that the summary has something to tell.
    pub(in crate::bot) fn something_happened(&self) -> anyhow::Result<Write> {
        Records::write_counter(HAPPENED, Some(&self.now()))
    }

    /// What campaigns did since the last summary, a line each; nothing where nothing happened.
    pub(in crate::bot) fn invitations_told(&self, since: Option<Timestamp>) -> anyhow::Result<Vec<String>> {
        let is_new = |at: Timestamp| since.is_none_or(|since| at > since);
        if !self.records.invitations_happened()?.is_some_and(is_new) {
            return Ok(Vec::new());
        }
        let mut lines = Vec::new();
        let newly_over = |campaign: &Campaign| campaign.over.as_ref().is_none_or(|(at, _)| is_new(*at));
        lines.extend(self.records.campaigns()?.iter().filter(|one| newly_over(one)).map(Campaign::in_words));
        let mut asked: Vec<String> = Vec::new();
        for one in self.records.invitations()? {
            if is_new(one.asked) {
                asked.push(names(&one.tlds));
            }
            let Some((_, outcome)) = one.ended.as_ref().filter(|(at, _)| is_new(*at)) else { continue };
            lines.push(format!("{}, {}: {}", names(&one.tlds), one.to, told_of(outcome)));
        }
        if !asked.is_empty() {
            lines.push(format!("invited: {}", asked.join(", ")));
        }
        Ok(lines)
    }
}

/// The form of an invitation; no other question has one.
pub(in crate::bot) fn form_of(approach: &Approach) -> Vec<Field> {
    match approach.occasion {
        Occasion::Invitation => form_for(&approach.tlds, FORM_CONTACTS),
        Occasion::RollCall | Occasion::NewAdmin => Vec::new(),
    }
}

/// What became of an invitation, for the secretariat.
fn told_of(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Confirmed | Outcome::Requested => "answered with a request".to_owned(),
        Outcome::Refused(said) => format!("declined: \"{said}\""),
        Outcome::Stopped => "wants no more invitations".to_owned(),
        Outcome::Overtaken => "need not answer any more: it joined, or IANA lists another".to_owned(),
        Outcome::Silent => "did not answer".to_owned(),
        Outcome::Lost(why) => format!("unreachable: {why}"),
        Outcome::CalledOff => "not waited for any more".to_owned(),
    }
}
