//! A folder of an IMAP server as the mailbox (RFC 3501), with a second connection that waits for new mail.
//!
//! A mail's id is the generation of the folder's UIDs and its UID, as in `1763740800.17`: where the server counts anew, no
//! id means another mail. Where filed mails are moved, whatever lies in the folder waits; where they stay, a keyword of ours
//! tells that they wait no more. Neither is the record of what was taken in, which is the store's: a mail that comes up again
//! is known by its octets.

mod connection;
mod filing;
mod idle;
mod inbox;
mod listing;
mod names;
mod pauses;
mod session;
mod watching;
mod wire;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use anyhow::Context as _;
use tokio::runtime::Runtime;
use tokio::time::{Instant, timeout};

pub use crate::shell::imap::filing::Folders;
pub use crate::shell::imap::session::Patience;

use crate::shell::imap::connection::Door;
use crate::shell::imap::inbox::{FILINGS, Inbox, Search};
use crate::shell::imap::listing::{AHEAD_OCTETS_MAX, Listing};
use crate::shell::imap::names::{id_of, parted, sets};
use crate::shell::imap::pauses::Pauses;
use crate::shell::imap::session::Failure;
use crate::shell::imap::watching::{GOODBYE_TIME_MAX, Watch};
use crate::shell::server::Server;
use crate::world::{Chance, Filing, Mailbox, Waiting, Wake};

/// Connections that may be lost between two listings: a server that ends one at each mail is left alone then.
const LOSSES_MAX: u32 = 8;

/// Where mails come from, and where filed ones go.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ImapSettings {
    /// The server, with a login.
    pub server: Server,
    /// The folder that requests come to, as in `INBOX`.
    pub folder: String,
    /// Where filed mails are moved to; without it they stay, with a keyword.
    pub filed: Option<Folders>,
    /// How long the server may take.
    pub patience: Patience,
}

/// A mailbox on an IMAP server.
pub struct Imap {
    door: Door,
    settings: ImapSettings,
    runtime: Runtime,
    open: Option<Inbox>,
    /// The generation of the UIDs that everything below is about.
    validity: Option<u32>,
    listing: Listing,
    to_file: BTreeMap<u32, Filing>,
    pauses: Pauses,
    watch_pauses: Pauses,
    /// After a failure, until when the server is left alone, and why.
    left_alone: Option<(Instant, Failure)>,
    losses: u32,
    watch: Option<Watch>,
}

/// What a try found; see [`Imap::try_out`].
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Found {
    /// Mails that wait.
    pub waiting: usize,
    /// Whether the server tells of new mail (RFC 2177); else it is asked now and then.
    pub idle: bool,
    /// Whether it moves mails at once (RFC 6851); else they are copied, and the old ones removed.
    pub moves: bool,
    /// The folders of filed mails that are not there yet.
    pub missing: Vec<String>,
}

impl Imap {
    /// The mailbox on this server. It is connected to when it is asked for the first time; chance makes the pauses after
    /// failures differ.
    ///
    /// # Errors
    /// Where the certificate authorities cannot be read, or the operating system gives no chance.
    pub fn open(settings: ImapSettings, chance: &mut dyn Chance) -> anyhow::Result<Self> {
        let door = Door::new(settings.server.clone(), settings.patience)?;
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.context("starting the runtime of the mailbox")?;
        let first = settings.patience.pause;
        Ok(Self {
            door,
            runtime,
            open: None,
            validity: None,
            listing: Listing::default(),
            to_file: BTreeMap::new(),
            pauses: Pauses::new(chance.seed()?, first),
            watch_pauses: Pauses::new(chance.seed()?, first),
            left_alone: None,
            losses: 0,
            watch: None,
            settings,
        })
    }

    /// Connects, lists what waits, and looks for the folders; nothing is changed.
    ///
    /// # Errors
    /// What the server, or the way there, says against it, and what to do.
    pub fn try_out(&mut self) -> anyhow::Result<Found> {
        let waiting = self.waiting(usize::MAX)?.len();
        let filed = self.settings.filed.clone();
        let looking = self.ask(&async |inbox: &mut Inbox| {
            let mut missing = Vec::new();
            for folder in filed.iter().flat_map(|filed| [&filed.done, &filed.held, &filed.ignored]) {
                if !inbox.has_folder(folder).await? && !missing.contains(folder) {
                    missing.push(folder.clone());
                }
            }
            let (idle, moves) = (inbox.capabilities.has("IDLE"), inbox.capabilities.has("MOVE"));
            Ok(Found { waiting, idle, moves, missing })
        });
        looking.map_err(|failure| self.told(&failure))
    }

    /// Does something in the folder. A connection that was quiet may be gone without our knowing: then a fresh one is tried.
    fn ask<T>(&mut self, work: &impl AsyncFn(&mut Inbox) -> Result<T, Failure>) -> Result<T, Failure> {
        let was_open = self.open.is_some();
        match self.ask_once(work) {
            Err(Failure::Lost(_) | Failure::Bye(_)) if was_open => self.ask_once(work),
            other => other,
        }
    }

    fn ask_once<T>(&mut self, work: &impl AsyncFn(&mut Inbox) -> Result<T, Failure>) -> Result<T, Failure> {
        let mut inbox = match self.open.take() {
            Some(inbox) => inbox,
            None => self.enter()?,
        };
        let outcome = self.runtime.block_on(within(self.settings.patience.whole, work(&mut inbox)));
        match &outcome {
            Err(failure) if !failure.is_answer() => self.losses += 1,
            _ => self.open = Some(inbox),
        }
        outcome
    }

    /// A fresh connection. Where the last one failed, the server is left alone for a while.
    fn enter(&mut self) -> Result<Inbox, Failure> {
        if let Some((until, failure)) = &self.left_alone
            && Instant::now() < *until
        {
            return Err(failure.clone());
        }
        if self.losses > LOSSES_MAX {
            return Err(Failure::Lost(" again and again".to_owned()));
        }
        let opening = Inbox::open(&self.door, &self.settings.folder);
        let opened = self.runtime.block_on(within(self.settings.patience.whole, opening));
        let inbox = opened.inspect_err(|failure| {
            self.left_alone = Some((Instant::now() + self.pauses.next(failure), failure.clone()));
        })?;
        if !inbox.selected.keywords && self.settings.filed.is_none() {
            let says = "the server keeps no keywords, so that nothing would tell which mails are done with; write \
                        move_to_folders = true";
            return Err(Failure::Unfit(says.to_owned()));
        }
        self.left_alone = None;
        self.pauses.reset();
        let validity = Some(inbox.selected.validity);
        if self.validity.is_some() && self.validity != validity {
            tracing::warn!(
                "the IMAP server counts the mails of the folder anew; those known are known by their octets"
            );
        }
        if self.validity != validity {
            self.validity = validity;
            self.listing = Listing::default();
            self.to_file.clear();
        }
        Ok(inbox)
    }

    /// A failure in words, with the server and what to do.
    fn told(&self, failure: &Failure) -> anyhow::Error {
        let cure = match failure {
            Failure::Unknown(_) => "; check user, and password or token",
            Failure::Silent => "; see that it runs, and correct host, port or security",
            Failure::No(_)
            | Failure::NoFolder(_)
            | Failure::Away(_)
            | Failure::Lost(_)
            | Failure::Bad(_)
            | Failure::Bye(_)
            | Failure::Garbled(_)
            | Failure::Unfit(_) => "",
        };
        anyhow::anyhow!("the IMAP server {}: {failure}{cure}", self.settings.server.shown())
    }

    /// The UID of an id; none where it belongs to another generation.
    fn uid_of(&self, id: &str) -> Option<u32> {
        parted(id).filter(|(validity, _)| Some(*validity) == self.validity).map(|(_, uid)| uid)
    }

    /// Fetches a mail, and with it those behind it, where nothing is wrong with any of them.
    fn fetch_now(&mut self, uid: u32, octets_max: usize) -> Result<Option<Vec<u8>>, Failure> {
        let validity = self.validity;
        let ahead = self.listing.ahead_of(uid, octets_max);
        if ahead.len() > 1 {
            let fetched = self.ask(&async |inbox: &mut Inbox| {
                // A connection that was made anew may have found another generation.
                if Some(inbox.selected.validity) != validity {
                    return Ok(BTreeMap::new());
                }
                inbox.bodies(&ahead, (None, AHEAD_OCTETS_MAX)).await
            });
            match fetched {
                Ok(bodies) => self.listing.keep(bodies),
                // One of them may bring the server down: from here on each goes alone.
                Err(failure) => {
                    tracing::warn!("mails are fetched one by one now: {failure}");
                    self.listing.go_alone();
                }
            }
            if let Some(octets) = self.listing.take(uid) {
                return Ok(Some(octets));
            }
        }
        let alone = [uid].into();
        let part = self.listing.part_of(uid, octets_max);
        let fetched = self.ask(&async |inbox: &mut Inbox| {
            if Some(inbox.selected.validity) != validity {
                return Ok(BTreeMap::new());
            }
            // So that the server tells what is gone; some answer NO for a mail that is.
            inbox.session.run_plainly("NOOP").await?;
            inbox.bodies(&alone, (part, octets_max)).await
        });
        Ok(fetched?.remove(&uid))
    }
}

/// Steps that each end in time may take too long together.
async fn within<T>(limit: Duration, steps: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    timeout(limit, steps).await.unwrap_or(Err(Failure::Silent))
}

impl Mailbox for Imap {
    /// Those that are filed but could not be marked yet are not listed.
    fn waiting(&mut self, most: usize) -> anyhow::Result<Vec<Waiting>> {
        self.losses = 0;
        let search = if self.settings.filed.is_some() { Search::All } else { Search::Unmarked };
        let known = self.listing.described();
        let listed = self.ask(&async |inbox: &mut Inbox| {
            let uids = inbox.waiting(search, most).await?;
            let unknown = uids.iter().filter(|uid| !known.contains_key(uid)).copied().collect();
            let described = inbox.described(&unknown).await?;
            Ok((inbox.selected.validity, uids, described))
        });
        let (validity, uids, described) = listed.map_err(|failure| self.told(&failure))?;
        let uids = uids.into_iter().filter(|uid| !self.to_file.contains_key(uid));
        self.listing.renew(uids, described);
        let waiting = self.listing.in_order().map(|(uid, described)| Waiting {
            id: id_of(validity, uid),
            octets: described.octets.unwrap_or_default(),
        });
        Ok(waiting.collect())
    }

    fn fetch(&mut self, id: &str, octets_max: usize) -> anyhow::Result<Option<Vec<u8>>> {
        let Some(uid) = self.uid_of(id) else { return Ok(None) };
        let fetched = match self.listing.take(uid) {
            Some(octets) => Some(octets),
            None => self.fetch_now(uid, octets_max).map_err(|failure| self.told(&failure))?,
        };
        Ok(fetched.map(|mut octets| {
            octets.truncate(octets_max);
            octets
        }))
    }

    /// It is put off until the mailbox settles. A mail of another generation is left as it is: it is listed again.
    fn file(&mut self, id: &str, filing: Filing) -> anyhow::Result<()> {
        if let Some(uid) = self.uid_of(id) {
            self.to_file.insert(uid, filing);
        }
        Ok(())
    }

    /// What fails is tried again when the mailbox settles next.
    fn settle(&mut self) -> anyhow::Result<()> {
        if self.to_file.is_empty() {
            return Ok(());
        }
        let filed = self.settings.filed.clone();
        // So that the server tells what is gone; and a connection that is lost is noticed before anything is begun.
        let present = self.ask(&async |inbox: &mut Inbox| inbox.session.run_plainly("NOOP").await);
        present.map_err(|failure| self.told(&failure))?;
        for filing in FILINGS {
            // Another generation may have been found, of which nothing is to be filed.
            let chosen = self.to_file.iter().filter(|(_, other)| **other == filing);
            let uids: BTreeSet<u32> = chosen.map(|(uid, _)| *uid).collect();
            for set in sets(&uids) {
                let outcome =
                    self.ask_once(&async |inbox: &mut Inbox| inbox.file(&set, filing, filed.as_ref()).await);
                outcome.map_err(|failure| self.told(&failure))?;
            }
            self.to_file.retain(|_, other| *other != filing);
        }
        Ok(())
    }

    fn on_arrival(&mut self, wake: Wake) {
        let (door, folder) = (self.door.clone(), self.settings.folder.clone());
        let before =
            self.watch.replace(Watch::start(&self.runtime, door, folder, (self.watch_pauses.clone(), wake)));
        if let Some(before) = before {
            before.end(&self.runtime);
        }
    }
}

impl Drop for Imap {
    fn drop(&mut self) {
        if let Some(watch) = self.watch.take() {
            watch.end(&self.runtime);
        }
        if let Some(mut inbox) = self.open.take() {
            // Whatever the server says to it: we are gone.
            let goodbye = within(GOODBYE_TIME_MAX, inbox.session.run_plainly("LOGOUT"));
            drop(self.runtime.block_on(goodbye));
        }
    }
}
