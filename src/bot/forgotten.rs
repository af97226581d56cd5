//! What has no date of its own and nobody needs any more: addresses, answers of IANA, marks. It is dated when that is seen.

use std::collections::BTreeSet;

use crate::bot::confirming::{CONFIRMED, STALE, key};
use crate::bot::overdue::{IDLE, Scene, Thing, gone};
use crate::bot::persons::GONE;
use crate::bot::records::{Records, parse};
use crate::bot::speaking::LANGUAGE;
use crate::bot::unreachable::UNREACHABLE;
use crate::domain::address::Address;
use crate::domain::confirmation::Confirmed;
use crate::domain::contact::Contact;
use crate::domain::digest::Digest;
use crate::domain::registry::IanaRecord;
use crate::domain::remembered::Remembered;
use crate::domain::retention::Kept;
use crate::store::{Shelf, Table, Write};

impl Records<'_> {
    /// What is remembered of addresses that are nobody's here.
    pub(in crate::bot) fn addresses(&self, scene: &mut Scene<'_>) -> anyhow::Result<()> {
        let owners = self.owners(scene)?;
        for prefix in [LANGUAGE, UNREACHABLE, STALE] {
            for name in self.counters(prefix)? {
                if !name.strip_prefix(prefix).is_some_and(|owner| owners.contains(owner)) {
                    scene.idle(Kept::Address, &name, Thing::of_row(&name));
                }
            }
        }
        for (name, text) in self.store.scan(Table::Counters, CONFIRMED)? {
            let confirmed: Confirmed = parse(&name, &text)?;
            if !confirmed.own.iter().chain(&confirmed.entries).any(|digest| scene.held.contains(digest)) {
                scene.idle(Kept::Address, &name, Thing::of_row(&name));
            }
        }
        Ok(())
    }

    /// The addresses of contacts, of IANA's contacts and of all requests that are kept, as the names of rows have them.
    fn owners(&self, scene: &Scene<'_>) -> anyhow::Result<BTreeSet<String>> {
        let mut all: Vec<&Address> = Vec::new();
        for (_, contacts) in scene.roster.iter() {
            all.extend(contacts.iter().flat_map(Contact::addresses));
        }
        let remembered = self.all_remembered()?;
        let records: Vec<IanaRecord> = remembered.values().filter_map(Remembered::record).collect();
        for record in &records {
            let contacts = [&record.admin, &record.technical].into_iter().flatten();
            all.extend(contacts.filter_map(|contact| contact.email.as_ref()));
        }
        for case in scene.cases.values() {
            let contacts = case.changes.iter().flat_map(|change| change.before.iter().chain(&change.after));
            all.extend(contacts.flat_map(Contact::addresses));
            all.extend(case.admin.iter().chain([&case.requester.address]));
        }
        Ok(all.into_iter().map(|address| key(address).to_string()).collect())
    }

    /// IANA's answers on which nothing rests that is kept.
    pub(in crate::bot) fn iana_answers(
        &self,
        lying: &BTreeSet<Digest>,
        scene: &mut Scene<'_>,
    ) -> anyhow::Result<()> {
        let needed = self.answers_needed()?;
        for digest in lying.difference(&needed) {
            let mails = vec![(Shelf::Registry, *digest)];
            let thing = Thing { kept: Some(Kept::IanaAnswer), mails, writes: Vec::new() };
            scene.idle(Kept::IanaAnswer, &format!("{}/{digest}", Shelf::Registry.word()), thing);
        }
        Ok(())
    }

    /// Every digest that a record of IANA or a request names.
    pub(in crate::bot) fn answers_needed(&self) -> anyhow::Result<BTreeSet<Digest>> {
        let mut needed = BTreeSet::new();
        for table in [Table::Iana, Table::Cases] {
            for (_, text) in self.store.scan(table, "")? {
                let words = text.split(|letter: char| !letter.is_ascii_alphanumeric());
                needed.extend(words.filter_map(|word| word.parse::<Digest>().ok()));
            }
        }
        Ok(needed)
    }

    /// That a mail was removed need not be known where nothing names it any more.
    pub(in crate::bot) fn marks_of_removed(&self, scene: &mut Scene<'_>) -> anyhow::Result<()> {
        let marks = self.counters(GONE)?;
        if marks.is_empty() {
            return Ok(());
        }
        let named: BTreeSet<Digest> = scene.cases.values().map(|case| case.requester.mail).collect();
        let sent = self.mails_in_use()?;
        for name in marks {
            let digest = name.rsplit('/').next().and_then(|digest| digest.parse::<Digest>().ok());
            if digest.is_some_and(|digest| !named.contains(&digest) && !sent.contains(&digest)) {
                scene.things.push(Thing { kept: Some(Kept::Mark), ..Thing::of_row(&name) });
            }
        }
        Ok(())
    }
}

impl Scene<'_> {
    /// Something that has no date of its own is needed by nobody: since today, or for so long that it goes.
    pub(in crate::bot) fn idle(&mut self, kept: Kept, name: &str, mut thing: Thing) {
        let row = format!("{IDLE}{name}");
        match self.idle.remove(name) {
            Some(since) if kept.is_over(since, self.policy, self.now) => {
                thing.kept = Some(kept);
                thing.writes.push(gone(row));
                self.things.push(thing);
            }
            Some(_) => {}
            // What is kept for ever needs no date.
            None if kept.days(self.policy) == Some(0) => {}
            None => {
                let value = Some(format!("\"{}\"", self.now));
                self.things.push(Thing::noted(Write { table: Table::Counters, key: row, value }));
            }
        }
    }
}
