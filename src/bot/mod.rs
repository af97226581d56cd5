//! One turn of the work: take in what waits, watch the clock, carry out what was decided.

pub mod adopting;
pub mod answers;
mod approach_answers;
pub mod approaching;
mod at_hand;
mod bouncing;
pub mod carrying;
pub mod confirming;
mod counting;
pub mod declining;
pub mod desk;
mod echoing;
pub mod effects;
mod exempting;
pub mod explain;
mod forgotten;
mod freeing;
pub mod history;
pub mod importing;
mod inquiring;
pub mod intake;
pub mod inviting;
mod joining;
pub mod keeping;
mod limiting;
pub mod listing;
mod marks;
mod new_admins;
mod open_cases;
pub mod opening;
pub mod overdue;
pub mod persons;
pub mod proposing;
pub mod publishing;
pub mod reconciling;
pub mod records;
pub mod remembering;
pub mod retaining;
mod roll_calling;
pub mod rulings;
mod sending;
pub mod settling;
mod speaking;
mod standing;
pub mod stopping;
mod summary;
mod suppressing;
pub mod taking_back;
mod telling;
mod turning_away;
pub mod unreachable;
pub mod walking;
pub mod watching;

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Context as _;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::bot::at_hand::AtHand;
use crate::bot::open_cases::OpenCases;
use crate::bot::records::Records;
use crate::bot::standing::Standing;
use crate::domain::address::{Address, Ours};
use crate::domain::case::CaseId;
use crate::domain::decay::Spent;
use crate::domain::event::{Event, Moment};
use crate::domain::evidence::Gateway;
use crate::domain::list_plan::ListPolicy;
use crate::domain::policy::Policy;
use crate::domain::regions::Regions;
use crate::domain::repository::RepositoryPolicy;
use crate::store::Store;
use crate::world::World;
use crate::writing::dkim::DkimKey;
use crate::writing::message::Sender;
use crate::writing::templates::Templates;

/// Mails taken in within one turn at the most: then what is due and what is to be sent has its turn.
const MAILS_A_TURN_MAX: usize = 500;
/// Doublings of a pause at the most: a minute becomes weeks, longer than any longest pause.
const DOUBLINGS_MAX: u32 = 16;

/// What is set for the whole program.
pub struct Settings {
    /// Who we are in our mails.
    pub sender: Sender,
    /// All our own addresses, the mailbox among them.
    pub mailboxes: Vec<Address>,
    /// The secretariat's addresses.
    pub secretariat: Vec<Address>,
    /// The rules' settings.
    pub policy: Policy,
    /// The texts of our mails.
    pub templates: Templates,
    /// The operator's own border server, if he trusts its word.
    pub gateway: Option<Gateway>,
    /// The keys that our mails are signed with, where the submission server does not sign them.
    pub keys: Vec<DkimKey>,
    /// Whether mails stay in the outbox: for rehearsals.
    pub hold_all: bool,
    /// What is set about the list.
    pub list: ListPolicy,
    /// What is set about the mail with the contact repository.
    pub repository: RepositoryPolicy,
    /// In which region each ccTLD is counted.
    pub regions: Regions,
}

impl Settings {
    /// The addresses that are nobody's but ours.
    pub(in crate::bot) fn ours(&self) -> Ours<'_> {
        Ours { mailboxes: &self.mailboxes, secretariat: &self.secretariat }
    }
}

/// The program at work: it owns the outside, and writes through the store alone.
pub struct Bot<'a> {
    /// What is set.
    pub settings: &'a Settings,
    /// Everything outside.
    pub world: World,
    /// The store: every change goes through one transaction of it.
    pub store: &'a Store,
    /// The same, typed, for looking things up.
    pub records: Records<'a>,
    pulse: Pulse,
    /// The open requests at hand; none until they are asked for.
    open: Option<OpenCases>,
    /// What each mail is looked at with.
    at_hand: AtHand,
    /// Requests whose turn has come while IANA gave no answer: how often it was asked, and when it is asked next.
    freeing_again: BTreeMap<CaseId, (u32, Timestamp)>,
    /// Who the mails that wait are from, as far as it was looked at.
    standings: BTreeMap<String, Standing>,
    /// How many mails of strangers were proved, by address and by domain.
    proofs: BTreeMap<String, Spent>,
    /// The day on which it was last looked what may be let go.
    retained: Option<Date>,
}

/// Called at every step of a turn, which may take minutes.
pub type Pulse = Arc<dyn Fn() -> Pace + Send + Sync>;

/// Whether a turn goes on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Pace {
    /// It does.
    GoOn,
    /// It does, but what can wait makes room: a new mail has come.
    MailWaits,
    /// It ends with the step that is under way; the rest waits for the next turn.
    Finish,
}

/// What one turn did.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Turn {
    /// Mails taken in.
    pub taken_in: usize,
    /// Mails left in the mailbox, to be judged again later.
    pub left: usize,
    /// Cases that time itself moved.
    pub moved_by_time: usize,
    /// Effects carried out.
    pub carried_out: usize,
    /// Effects that are tried again later.
    pub postponed: usize,
}

impl Turn {
    /// Whether more mails may be waiting than one turn takes in.
    pub fn is_full(&self) -> bool {
        self.taken_in >= MAILS_A_TURN_MAX
    }
}

impl<'a> Bot<'a> {
    /// A program that is ready for its first turn. What a former run left behind is cleaned up.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn new(settings: &'a Settings, world: World, store: &'a Store) -> anyhow::Result<Self> {
        let pulse = Arc::new(|| Pace::GoOn);
        let bot = Self {
            settings,
            world,
            store,
            records: Records::new(store),
            pulse,
            open: None,
            at_hand: AtHand::default(),
            freeing_again: BTreeMap::new(),
            standings: BTreeMap::new(),
            proofs: BTreeMap::new(),
            retained: None,
        };
        bot.finish_letting_go().context("letting go what the last run began with")?;
        bot.sweep().context("cleaning up after the last run")?;
        Ok(bot)
    }

    /// Calls this at every step from now on.
    pub fn beat_with(&mut self, pulse: Pulse) {
        self.pulse = pulse;
    }

    /// One turn. Stopping it between any two steps loses nothing.
    ///
    /// # Errors
    /// Where the store fails: then nothing may go on. Trouble of mailbox, post, DNS, IANA or list is waited out.
    pub fn turn(&mut self) -> anyhow::Result<Turn> {
        let mut turn = Turn::default();
        self.take_in_all(MAILS_A_TURN_MAX, &mut turn)?;
        self.watch_the_clock(&mut turn)?;
        self.publish()?;
        self.free_waiting(&mut turn)?;
        self.call_roll()?;
        self.ask_new_admins()?;
        self.invite()?;
        self.summarize()?;
        self.let_go()?;
        self.carry_out_all(&mut turn)?;
        Ok(turn)
    }

    /// Time itself is an event for the cases that waited for this moment.
    fn watch_the_clock(&mut self, turn: &mut Turn) -> anyhow::Result<()> {
        let now = self.world.clock.now();
        for id in self.due_now(now)? {
            let Some(case) = self.records.case(id)? else { continue };
            let due = crate::domain::decide::next_moment(&case, &self.settings.policy);
            if due.is_some_and(|due| due <= now) {
                self.happen(&case, &Event::TimePassed, Vec::new(), &serde_json::json!({ "due": due }))?;
                turn.moved_by_time += 1;
            }
        }
        Ok(())
    }

    /// A moment with fresh chance.
    fn moment(&mut self) -> anyhow::Result<Moment> {
        let seed = self.world.chance.seed().context("the operating system gave no chance")?;
        Ok(Moment::new(self.now(), seed))
    }

    fn now(&self) -> Timestamp {
        self.world.clock.now()
    }

    /// A mail that was sent but for the note of it, or built but never recorded, is of no use any more and may hold a
    /// token: it goes.
    fn sweep(&self) -> anyhow::Result<()> {
        let kept = self.records.mails_in_use()?;
        for digest in self.store.mails(crate::store::Shelf::Outgoing)? {
            if !kept.contains(&digest) {
                self.store.remove_mail(crate::store::Shelf::Outgoing, &digest)?;
            }
        }
        Ok(())
    }

    /// The case of this name.
    ///
    /// # Errors
    /// Where there is none, or the store cannot be read.
    pub fn case(&self, id: CaseId) -> anyhow::Result<crate::domain::case::Case> {
        self.records.case(id)?.with_context(|| format!("there is no case {id}; `tldops cases` lists them"))
    }
}

/// The pause after so many tries without success: it doubles each time, up to the longest.
fn pause_after(tries: u32, first: SignedDuration, longest: SignedDuration) -> SignedDuration {
    first.saturating_mul(1 << tries.min(DOUBLINGS_MAX)).min(longest)
}
