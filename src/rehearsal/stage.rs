//! The stage of a rehearsal: a folder with a mailbox, a post, a store; a zone, a snapshot of IANA, and a clock.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Context as _;
use serde_json::json;

use crate::bot::records::Records;
use crate::bot::settling::Settlement;
use crate::bot::{Bot, Settings, Turn};
use crate::domain::address::Address;
use crate::domain::campaign::Order;
use crate::domain::contact::Roster;
use crate::domain::event::Ruling;
use crate::domain::journal::Entry;
use crate::domain::list_plan::ListPolicy;
use crate::domain::tld::Tld;
use crate::rehearsal::outside::{Closed, Counted, Watched, list_of};
use crate::rehearsal::people::fill_in;
use crate::rehearsal::replaying::with_fields;
use crate::rehearsal::scene::Scene;
use crate::rehearsal::script::{Mood, Step};
use crate::rehearsal::signing::sign;
use crate::shell::chance::SeededChance;
use crate::shell::clock::FixedClock;
use crate::shell::eml_folder::EmlFolder;
use crate::shell::iana_snapshot::IanaSnapshot;
use crate::shell::maildir::Maildir;
use crate::shell::zone_file::ZoneFile;
use crate::store::Store;
use crate::world::{Clock as _, List, Outgoing, Post, Resolver, World};

/// Seeds between two lines of the journal: no two turns of a rehearsal have the same chance, even after a restart.
const SEEDS_A_LINE: u64 = 1000;
/// Turns after a step at the most: a rehearsal comes to rest, or something is wrong.
const TURNS_MAX: usize = 10;

/// What one step brought.
#[derive(Clone, Debug)]
pub struct Scenery {
    /// The mail that arrived, whole.
    pub arrived: Option<Vec<u8>>,
    /// The mails that left, in order.
    pub left: Vec<Outgoing>,
    /// The journal's lines, in order.
    pub journal: Vec<crate::store::Line>,
}

/// A rehearsal under way.
pub struct Stage {
    folder: PathBuf,
    settings: Settings,
    clock: FixedClock,
    store: Store,
    post: Mood,
    dns: Mood,
    asked: Arc<AtomicUsize>,
    bots: u64,
    list: ListMaker,
    sent: Vec<Outgoing>,
    lines: u64,
    /// Lines of the journal whose mails were collected.
    collected: u64,
    arrived: u64,
    watch: Option<Watch>,
}

/// Gives the list anew for each turn.
pub type ListMaker = Box<dyn Fn() -> Box<dyn List + Send>>;

/// Called after each thing that is done outside of the store: a test ends the process there.
pub type Watch = Arc<dyn Fn() + Send + Sync>;

impl Stage {
    /// Sets the stage in a folder. `scene` is the text of `world.json`, `iana` the snapshot at the beginning.
    ///
    /// # Errors
    /// Where the scene is wrong, or the folder cannot be used.
    pub fn set(folder: &Path, scene: &str, iana: &str) -> anyhow::Result<Self> {
        fs::create_dir_all(folder)?;
        let store = Store::open(&folder.join("store"))?;
        Self::set_with(folder, scene, iana, store)
    }

    /// The same on a store that is open already: a test watches its steps.
    ///
    /// # Errors
    /// As above.
    pub fn set_with(folder: &Path, scene: &str, iana: &str, store: Store) -> anyhow::Result<Self> {
        let scene: Scene = serde_json::from_str(scene).context("reading the scene")?;
        fs::write(folder.join("zone.db"), scene.zone()?)?;
        if !folder.join("iana.json").exists() {
            fs::write(folder.join("iana.json"), iana)?;
        }
        let settings = scene.settings()?;
        let mut stage = Self {
            folder: folder.to_owned(),
            settings,
            clock: FixedClock::new(scene.start),
            lines: 0,
            collected: 0,
            store,
            post: Mood::Up,
            dns: Mood::Up,
            asked: Arc::default(),
            bots: 0,
            list: list_of(scene.list_administrator),
            sent: Vec::new(),
            arrived: 0,
            watch: None,
        };
        stage.load(&scene.roster.iter().cloned().collect())?;
        stage.collect_sent()?;
        Ok(stage)
    }

    /// The contacts at the beginning come into an empty store as an import would bring them.
    fn load(&mut self, roster: &Roster) -> anyhow::Result<()> {
        if self.store.head()?.seq == 0 {
            let writes = roster.iter().map(|(tld, contacts)| Records::write_entry(tld, contacts));
            let entry = Entry {
                at: self.clock.now(),
                case: None,
                event: "roster_loaded".to_owned(),
                says: "The contacts at the beginning were loaded.".to_owned(),
                evidence: json!({ "contacts": roster }),
            };
            self.store.commit(&entry, &writes.collect::<anyhow::Result<Vec<_>>>()?)?;
        }
        self.lines = self.store.head()?.seq;
        Ok(())
    }

    /// One step of the script; `file` finds the files that it names. Turns follow until nothing more happens.
    ///
    /// # Errors
    /// Where the script is wrong, or the program fails.
    pub fn play(
        &mut self,
        step: &Step,
        file: &dyn Fn(&str) -> anyhow::Result<String>,
    ) -> anyhow::Result<Scenery> {
        let before = self.sent.len();
        let mut arrived = None;
        match step {
            Step::Chapter(_) => {}
            Step::Mail { file: name, signatures } => {
                let mut mail = self.filled(&file(name)?)?;
                for (domain, key) in signatures {
                    mail = sign(&mail, domain, key, self.clock.now())?;
                }
                fs::create_dir_all(self.folder.join("arrived"))?;
                fs::write(self.folder.join("arrived").join(name), &mail)?;
                arrived = Some(self.arrive(mail)?);
            }
            Step::Replay { file: name, fields } => {
                let before = fs::read(self.folder.join("arrived").join(name))
                    .context("that mail has not arrived yet")?;
                let fields = self.filled(&file(fields)?)?;
                arrived = Some(self.arrive(with_fields(&before, &fields))?);
            }
            Step::Wait(span) => self.clock.advance(*span),
            Step::Iana(name) => fs::write(self.folder.join("iana.json"), file(name)?)?,
            Step::Watch => {
                self.with_bot(|bot| {
                    let walk = bot.walk_wanted()?;
                    bot.walk_on(walk, usize::MAX)
                })?;
            }
            Step::Invite { tlds, tempo } => {
                let shown: Vec<String> = tlds.iter().map(Tld::for_people).collect();
                let scope = shown.join(" ");
                let order = Order {
                    // The same at the same moment, so that a rehearsal that was cut off can go on.
                    name: format!("{} {scope}", self.clock.now()),
                    by: "the secretariat".to_owned(),
                    scope,
                    tlds: tlds.clone(),
                    tempo: *tempo,
                };
                self.with_bot(|bot| bot.begin_campaign(order))?;
            }
            Step::Rule { verdict, case, note } => {
                let ruling = Ruling {
                    by: "the secretariat".to_owned(),
                    verdict: *verdict,
                    note: note.clone(),
                    mail: None,
                };
                let case = case.parse()?;
                self.with_bot(|bot| bot.rule(case, ruling))?;
            }
            Step::Settle { address, why } => {
                let address: Address = address.parse()?;
                let decided = Settlement { by: "the secretariat", why, since: None };
                self.with_bot(|bot| {
                    bot.settle(&address, decided)?.with_context(|| format!("{address} is on no list"))
                })?;
            }
            Step::Post(mood) => self.post = *mood,
            Step::Dns(mood) => self.dns = *mood,
        }
        self.come_to_rest()?;
        let fresh = self.lines_after(self.lines)?;
        self.lines += u64::try_from(fresh.len())?;
        let left = self.sent.get(before..).unwrap_or_default().to_vec();
        Ok(Scenery { arrived, left, journal: fresh })
    }

    /// Turns until nothing more happens.
    ///
    /// # Errors
    /// Where the program fails.
    pub fn come_to_rest(&mut self) -> anyhow::Result<()> {
        for _ in 0..TURNS_MAX {
            let turn = self.with_bot(one_turn)?;
            self.collect_sent()?;
            if turn.taken_in + turn.moved_by_time + turn.carried_out == 0 {
                break;
            }
        }
        Ok(())
    }

    /// Puts a mail into the mailbox, as its server would; the number makes its name.
    ///
    /// # Errors
    /// Where the mailbox cannot be written.
    pub fn deliver(&self, mail: &[u8], number: u64) -> anyhow::Result<()> {
        let unique = format!("{}.{number:04}.rehearsal", self.clock.now().as_second());
        Maildir::open(&self.folder.join("mail"))?.deliver(mail, &unique)?;
        Ok(())
    }

    /// From now on `watch` is called after each mail that is sent or filed.
    pub fn watch(&mut self, watch: Watch) {
        self.watch = Some(watch);
    }

    /// From now on this is the list, changed no further than the policy says.
    pub fn change_list(&mut self, list: ListMaker, policy: ListPolicy) {
        self.list = list;
        self.settings.list = policy;
    }

    /// The store.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The clock: it stands still until it is moved.
    pub fn clock(&self) -> &FixedClock {
        &self.clock
    }

    /// Questions that the DNS was asked so far.
    pub fn questions(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }

    /// All mails that have left.
    pub fn sent(&self) -> &[Outgoing] {
        &self.sent
    }

    /// The contacts as they are now.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn roster(&self) -> anyhow::Result<Roster> {
        Records::new(&self.store).roster()
    }

    /// What a person writes, with the words that only this moment knows.
    fn filled(&self, template: &str) -> anyhow::Result<Vec<u8>> {
        fill_in(template, &self.sent, self.clock.now()).map_err(anyhow::Error::msg)
    }

    /// Puts the next mail into the mailbox.
    fn arrive(&mut self, mail: Vec<u8>) -> anyhow::Result<Vec<u8>> {
        self.arrived += 1;
        self.deliver(&mail, self.arrived)?;
        Ok(mail)
    }

    /// One program works: without this each turn of a rehearsal has a new one, as after a restart.
    ///
    /// # Errors
    /// Where the program fails.
    pub fn with_bot<T>(&mut self, work: impl FnOnce(&mut Bot<'_>) -> anyhow::Result<T>) -> anyhow::Result<T> {
        self.bots += 1;
        let seed = self.store.head()?.seq * SEEDS_A_LINE + self.bots;
        let sent = self.folder.join("sent");
        let post: Box<dyn Post + Send> = match self.post {
            Mood::Up => Box::new(Watched { inner: EmlFolder::open(&sent)?, watch: self.watch.clone() }),
            Mood::Down => Box::new(Closed),
        };
        let mailbox = Maildir::open(&self.folder.join("mail"))?;
        let resolver: Box<dyn Resolver + Send> = match self.dns {
            Mood::Up => Box::new(ZoneFile::read(&fs::read_to_string(self.folder.join("zone.db"))?)?),
            Mood::Down => Box::new(Closed),
        };
        let resolver = Box::new(Counted { inner: resolver, asked: Arc::clone(&self.asked) });
        let world = World {
            mailbox: Box::new(Watched { inner: mailbox, watch: self.watch.clone() }),
            post,
            resolver,
            registry: Box::new(IanaSnapshot::open(&self.folder.join("iana.json"))?),
            list: (self.list)(),
            clock: Box::new(self.clock.clone()),
            // Chance that can be repeated: a story's tokens are the same each time it is played.
            chance: Box::new(SeededChance::new(seed)),
        };
        let mut bot = Bot::new(&self.settings, world, &self.store)?;
        work(&mut bot)
    }

    /// The lines of the journal after so many.
    fn lines_after(&self, known: u64) -> anyhow::Result<Vec<crate::store::Line>> {
        Ok(self.store.journal_tail(self.store.head()?.seq.saturating_sub(known))?)
    }

    /// What lies in the folder of sent mails and was not there before, in the order of sending: as the journal has it.
    fn collect_sent(&mut self) -> anyhow::Result<()> {
        let folder = self.folder.join("sent");
        let lines = self.lines_after(self.collected)?;
        self.collected += u64::try_from(lines.len())?;
        for line in lines {
            let id = line.entry.evidence.get("effect").and_then(serde_json::Value::as_str).map(str::to_owned);
            let Some(id) = id.filter(|_| line.entry.event == "mail_sent") else { continue };
            if self.sent.iter().any(|mail| mail.id == id) {
                continue;
            }
            let octets = fs::read(folder.join(format!("{id}.eml")))
                .with_context(|| format!("reading the mail {id}"))?;
            let to = line.entry.evidence.get("to").cloned().unwrap_or_default();
            let recipients: Vec<Address> = serde_json::from_value(to)?;
            self.sent.push(Outgoing { id, sender: self.settings.sender.mailbox.clone(), recipients, octets });
        }
        Ok(())
    }
}

fn one_turn(bot: &mut Bot<'_>) -> anyhow::Result<Turn> {
    bot.turn()
}
