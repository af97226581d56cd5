//! The roll call, once a day: whose turn it is, who is reminded, who is given up.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::bot::Bot;
use crate::bot::approaching::{Question, names};
use crate::bot::confirming::key;
use crate::bot::counting::DAY;
use crate::bot::records::Records;
use crate::domain::address::Address;
use crate::domain::approach::{Approach, Due, Occasion, Outcome};
use crate::domain::confirmation::{Confirmations, is_within};
use crate::domain::contact::Roster;
use crate::domain::remembered::{Age, Remembered};
use crate::domain::roll_call::{NextTurn, Stale, Unasked, turn_after};
use crate::domain::tld::Tld;
use crate::store::Write;

/// The day on which it was looked at last, among the counters.
const LOOKED: &str = "roll-call/looked";
/// The prefix of whose turn comes when.
const TURN: &str = "roll-call/turn/";
/// The name of the day's cap among the counts.
const CAP: &str = "roll-call";
/// Hours for which IANA's record of a ccTLD counts here: it is read each day, and a day may fail.
pub(in crate::bot) const FRESH_HOURS: i64 = 72;

/// Somebody who has a part in the roll call.
#[derive(Default)]
struct Person {
    tlds: Vec<Tld>,
    decides: Vec<Tld>,
    /// Those of them of which IANA's record is too old to write to somebody because of it.
    doubtful: Vec<Tld>,
}

/// What the day's decisions rest on.
pub(in crate::bot) struct Scene {
    pub(in crate::bot) roster: Roster,
    confirmations: Confirmations,
    /// The admin contacts as they are remembered.
    pub(in crate::bot) admins: BTreeMap<Tld, (Address, Age)>,
    /// ccTLDs with an open request.
    pub(in crate::bot) busy: BTreeSet<Tld>,
    /// Who waits for no second question.
    asked: BTreeSet<String>,
}

impl Records<'_> {
    /// The ccTLDs with an open request.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn busy(&self) -> anyhow::Result<BTreeSet<Tld>> {
        let mut busy = BTreeSet::new();
        for id in self.open_cases()? {
            busy.extend(self.case(id)?.iter().flat_map(|case| case.tlds().cloned()));
        }
        Ok(busy)
    }

    /// The admin contacts of ccTLDs as they are remembered, each with whether IANA's record is fresh enough to write to him.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn admins_by_age(&self, now: Timestamp) -> anyhow::Result<BTreeMap<Tld, (Address, Age)>> {
        Ok(admins_among(&self.all_remembered()?, now))
    }
}

/// The admin contacts in what is remembered, likewise.
pub(in crate::bot) fn admins_among(
    remembered: &BTreeMap<Tld, Remembered>,
    now: Timestamp,
) -> BTreeMap<Tld, (Address, Age)> {
    let fresh = |at| now.duration_since(at) < SignedDuration::from_hours(FRESH_HOURS);
    let all = remembered.iter().filter_map(|(tld, memory)| {
        let clear = memory.checked.trouble.is_none() && memory.checked.confirmed.is_some_and(fresh);
        let admin = memory.record()?.admin_email()?.clone();
        Some((tld.clone(), (admin, if clear { Age::Fresh } else { Age::Old })))
    });
    all.collect()
}

impl Bot<'_> {
    /// What is due of approaches and of the roll call: at the first turn of each day.
    pub(in crate::bot) fn call_roll(&mut self) -> anyhow::Result<()> {
        let today = self.today();
        let looked: Option<Date> = self.records.counter(LOOKED)?;
        if looked.is_some_and(|looked| looked >= today) {
            return Ok(());
        }
        let calls = self.settings.policy.roll_call.every_days > 0;
        if !calls && self.records.open_approaches()?.is_empty() {
            return Ok(());
        }
        self.watch_approaches()?;
        let mut writes = vec![Records::write_counter(LOOKED, Some(&today))?];
        if calls {
            let people = self.people()?;
            writes.extend(self.seated(&people, today)?);
            self.ask_whose_turn_it_is(&people, today)?;
        }
        // A line each day for years says nothing but in doubt.
        self.write_down("roll_call", &format!("The roll call of {today} was looked at."), json!({}), &writes)
    }

    pub(in crate::bot) fn today(&self) -> Date {
        self.now().to_zoned(TimeZone::UTC).date()
    }

    /// Reminders and ends of what nobody answered. Nobody is reminded while a request for his ccTLD is open.
    fn watch_approaches(&mut self) -> anyhow::Result<()> {
        let open = self.records.open_approaches()?;
        if open.is_empty() {
            return Ok(());
        }
        let scene = self.scene()?;
        for approach in open {
            if approach.occasion == Occasion::Invitation {
                self.watch_invitation(approach, &scene)?;
                continue;
            }
            if !approach.is_as_shown(&scene.roster) {
                self.end_approach(approach, Outcome::Overtaken, (json!({}), Vec::new()))?;
                continue;
            }
            match approach.due(self.now(), self.remind_days(approach.occasion)) {
                Due::Nothing => {}
                Due::Reminder if approach.tlds.iter().any(|tld| scene.busy.contains(tld)) => {}
                // Whole entries are for their admin contact alone, and IANA may have another one by now, or be in doubt.
                Due::Reminder if approach.decides_yet(&scene.admins) != Some(Age::Fresh) => {}
                Due::End if approach.decides_yet(&scene.admins).is_none() => {
                    self.end_approach(approach, Outcome::Overtaken, (json!({}), Vec::new()))?;
                }
                Due::Reminder => self.remind_of(approach, &scene.roster)?,
                Due::End => self.give_up(approach)?,
            }
        }
        Ok(())
    }

    fn give_up(&mut self, approach: Approach) -> anyhow::Result<()> {
        let writes = vec![self.stale(&approach, Unasked::Silent)?];
        self.end_approach(approach, Outcome::Silent, (json!({}), writes))
    }

    /// The open questions about what is held: an invitation, which may stay open for months, holds up none of them.
    pub(in crate::bot) fn questions(&self) -> anyhow::Result<Vec<Approach>> {
        let mut open = self.records.open_approaches()?;
        open.retain(|approach| approach.occasion != Occasion::Invitation);
        Ok(open)
    }

    fn scene(&self) -> anyhow::Result<Scene> {
        Ok(Scene {
            roster: self.records.roster()?,
            confirmations: self.records.confirmations()?,
            admins: self.records.admins_by_age(self.now())?,
            busy: self.records.busy()?,
            asked: self.questions()?.iter().map(|approach| approach.to.lower()).collect(),
        })
    }

    /// Everybody of the roll call: the contacts, and the admin contacts of members; our own addresses are nobody's.
    fn people(&self) -> anyhow::Result<BTreeMap<String, (Address, Person)>> {
        let mut people: BTreeMap<String, (Address, Person)> = BTreeMap::new();
        let mut person = |address: &Address, tld: &Tld| {
            let new = || (address.clone(), Person::default());
            let (_, person) = people.entry(address.lower()).or_insert_with(new);
            if !person.tlds.contains(tld) {
                person.tlds.push(tld.clone());
            }
        };
        let (roster, admins) = (self.records.roster()?, self.records.admins_by_age(self.now())?);
        for (tld, contacts) in roster.iter() {
            for contact in contacts {
                person(&contact.email, tld);
            }
            if let Some((admin, _)) = admins.get(tld) {
                person(admin, tld);
            }
        }
        for (tld, _) in roster.iter() {
            let Some((admin, age)) = admins.get(tld) else { continue };
            if let Some((_, person)) = people.get_mut(&admin.lower()) {
                person.decides.push(tld.clone());
                person.doubtful.extend((*age == Age::Old).then(|| tld.clone()));
            }
        }
        people.retain(|_, (address, _)| !self.settings.ours().have(address));
        Ok(people)
    }

    /// A day for everybody who has none yet; who has left loses his.
    fn seated(
        &self,
        people: &BTreeMap<String, (Address, Person)>,
        today: Date,
    ) -> anyhow::Result<Vec<Write>> {
        let every = self.settings.policy.roll_call.every_days;
        let known: BTreeSet<String> = self.records.counters(TURN)?.into_iter().collect();
        let mut writes = Vec::new();
        let mut present = BTreeSet::new();
        for (address, _) in people.values() {
            let name = turn_key(address);
            if !known.contains(&name) {
                let turn = NextTurn { address: address.clone(), next: turn_after(address, today, every) };
                writes.push(Records::write_counter(&name, Some(&turn))?);
            }
            present.insert(name);
        }
        for gone in known.difference(&present) {
            writes.push(Records::write_counter::<NextTurn>(gone, None)?);
        }
        Ok(writes)
    }

    fn ask_whose_turn_it_is(
        &mut self,
        people: &BTreeMap<String, (Address, Person)>,
        today: Date,
    ) -> anyhow::Result<()> {
        let turns: Vec<NextTurn> = self.records.counters_of(TURN)?;
        let mut due: Vec<NextTurn> = turns.into_iter().filter(|turn| turn.next <= today).collect();
        if due.is_empty() {
            return Ok(());
        }
        due.sort_by_key(|turn| (turn.next, turn.address.lower()));
        let scene = self.scene()?;
        let most = u32::from(self.settings.policy.roll_call.per_day_max);
        for turn in due {
            let Some((_, person)) = people.get(&turn.address.lower()) else { continue };
            let waits = person.tlds.iter().any(|tld| scene.busy.contains(tld));
            // He is asked on one of the next days, once the request or the other question has ended, or IANA was read.
            if waits || !person.doubtful.is_empty() || scene.asked.contains(&turn.address.lower()) {
                continue;
            }
            let mut writes = vec![self.next_turn(&turn.address, today)?];
            if self.confirmed_lately(&turn.address, person, &scene) {
                let says = format!("{} confirmed lately, and is not asked this time.", turn.address);
                self.note("roll_call_left_out", &says, json!({ "address": turn.address }), &writes)?;
                continue;
            }
            let Some(question) = self.question_for(&turn.address, person, &mut writes)? else {
                let says = format!("{} cannot be asked.", turn.address);
                self.note("roll_call_left_out", &says, json!({ "address": turn.address }), &writes)?;
                continue;
            };
            if self.spend(CAP, DAY, most, &mut writes)?.is_none() {
                break;
            }
            self.approach(question, writes)?;
        }
        Ok(())
    }

    fn next_turn(&self, address: &Address, today: Date) -> anyhow::Result<Write> {
        let next = turn_after(address, today, self.settings.policy.roll_call.every_days);
        Records::write_counter(&turn_key(address), Some(&NextTurn { address: address.clone(), next }))
    }

    /// Whether all that he would be shown was confirmed lately by himself.
    fn confirmed_lately(&self, address: &Address, person: &Person, scene: &Scene) -> bool {
        let (now, days) = (self.now(), self.settings.policy.roll_call.fresh_days);
        person.tlds.iter().all(|tld| {
            let contacts = scene.roster.contacts(tld);
            let own = contacts.iter().find(|contact| contact.email == *address);
            let own = own.is_none_or(|own| is_within(scene.confirmations.of_contact(own), days, now));
            let decides = person.decides.contains(tld);
            own && (!decides || is_within(scene.confirmations.of_entry(tld, contacts), days, now))
        })
    }

    /// What he is asked; none where he must not be, and then `writes` puts him on the secretariat's list.
    fn question_for(
        &self,
        address: &Address,
        person: &Person,
        writes: &mut Vec<Write>,
    ) -> anyhow::Result<Option<Question>> {
        let stale = |why, tlds: Vec<Tld>| {
            let stale = Stale { address: address.clone(), tlds, since: self.now(), why };
            Records::write_stale(address, Some(&stale))
        };
        if self.records.unreachable(address)?.is_some() {
            writes.push(stale(Unasked::Unreachable, person.tlds.clone())?);
            return Ok(None);
        }
        for tld in &person.decides {
            if self.records.stopped(tld)?.is_some_and(|stopped| stopped.by == *address) {
                tracing::debug!("the roll call leaves out who stopped questions for {}", names(&person.tlds));
                writes.push(stale(Unasked::Stopped, person.tlds.clone())?);
                return Ok(None);
            }
        }
        let (tlds, decides) = (person.tlds.clone(), person.decides.clone());
        Ok(Some(Question {
            occasion: Occasion::RollCall,
            campaign: None,
            to: address.clone(),
            tlds,
            decides,
        }))
    }
}

fn turn_key(address: &Address) -> String {
    format!("{TURN}{}", key(address))
}
