//! Commits that reach the disk together: one sync for many, and never less than was promised.
//!
//! A sync costs 0.2 ms on an idle machine and 4 ms on a busy one, so a mailbox full of mails is taken in by groups.
//! Nothing may leave the program on the ground of a group that is not settled.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use crate::domain::digest::Digest;
use crate::store::keeper::Keeper;
use crate::store::tables::{Taken, record_key};
use crate::store::{Head, Shelf, Step, StoreError, Write};

/// What the commits until the next settling have in common.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Group {
    /// Nothing: each is on the disk before it is acknowledged.
    #[default]
    Single,
    /// A stop in the middle leaves the first of them, in their order, or none. For what can be done again from the
    /// beginning, as taking in mails that still lie in the mailbox.
    Whole,
    /// Each outlives the end of the program at once, and a power cut from the settling on. For what has happened
    /// outside already, as mails that left: forgetting it would have it happen once more.
    Lasting,
}

/// What waits for the settling.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    pub(super) group: Group,
    /// The lines, in their order. The tables get them only once they are synced, so they never are ahead of the file.
    lines: Vec<Taken>,
    /// Their records as they will stand: none is deleted.
    records: BTreeMap<Vec<u8>, Option<String>>,
    /// Mails that are to be synced, and how they stand until then.
    mails: BTreeMap<(Shelf, Digest), Standing>,
    /// Mails that go once what says so is on the disk.
    removals: BTreeSet<(Shelf, Digest)>,
}

/// How a mail stands that is to be synced.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Standing {
    /// Under another name than its own: what a power cut leaves of it is never taken for the mail, and goes at the next
    /// start.
    Begun,
    /// In its place, where an earlier run has put it.
    InPlace,
}

impl Waiting {
    /// A record that waits: the inner none is one that is deleted.
    pub(super) fn record(&self, key: &[u8]) -> Option<&Option<String>> {
        self.records.get(key)
    }

    /// The waiting records whose key begins so.
    pub(super) fn records(&self, prefix: Vec<u8>) -> impl Iterator<Item = (&[u8], Option<&str>)> + use<'_> {
        let from = self.records.range(prefix.clone()..);
        let own = from.map(|(key, value)| (key.as_slice(), value.as_deref()));
        own.take_while(move |(key, _)| key.starts_with(&prefix))
    }

    /// The text of a line that waits.
    pub(super) fn line(&self, seq: u64) -> Option<&str> {
        let first = self.lines.first()?.0.seq;
        let place = usize::try_from(seq.checked_sub(first)?).ok()?;
        self.lines.get(place).map(|(_, text, _)| text.as_str())
    }

    /// Takes a line.
    pub(super) fn hold(&mut self, head: Head, text: String, writes: &[Write]) {
        for write in writes {
            self.records.insert(record_key(write.table, &write.key), write.value.clone());
        }
        self.lines.push((head, text, writes.to_vec()));
    }

    /// A mail is to be synced.
    pub(super) fn put(&mut self, on: Shelf, digest: &Digest, standing: Standing) {
        self.mails.insert((on, *digest), standing);
    }

    /// Whether a mail is not yet in its place.
    pub(super) fn has_begun(&self, on: Shelf, digest: &Digest) -> bool {
        self.mails.get(&(on, *digest)) == Some(&Standing::Begun)
    }

    /// The mails of this shelf that are not yet in their place.
    pub(super) fn begun(&self, on: Shelf) -> impl Iterator<Item = Digest> {
        let begun =
            self.mails.iter().filter(move |((of, _), standing)| *of == on && **standing == Standing::Begun);
        begun.map(|((_, digest), _)| *digest)
    }

    /// A mail stays after all.
    pub(super) fn keep(&mut self, on: Shelf, digest: &Digest) {
        self.removals.remove(&(on, *digest));
    }

    /// A mail goes with the settling.
    pub(super) fn remove(&mut self, on: Shelf, digest: &Digest) {
        self.removals.insert((on, *digest));
    }
}

impl Keeper {
    /// Brings all that waits to the disk for good, and goes on with commits of another kind.
    ///
    /// The mails come before the lines that name them, and those before the removals they are the reason of.
    pub(super) fn settle(&mut self, next: Group) -> Result<(), StoreError> {
        let waiting = std::mem::replace(&mut self.waiting, Waiting { group: next, ..Waiting::default() });
        self.settle_mails(&waiting.mails)?;
        let path = self.folder.journal();
        if let Some((last, ..)) = waiting.lines.last() {
            if waiting.group != Group::Lasting {
                let text: String = waiting.lines.iter().flat_map(|(_, text, _)| [text, "\n"]).collect();
                self.disk.write(&mut self.journal, &path, text.as_bytes())?;
            }
            self.disk.sync(&self.journal, &path)?;
            self.disk.tell(&Step::LineWritten(last.seq))?;
            self.tables.apply(&waiting.lines)?;
            self.tables.settle(&mut self.disk)?;
            self.disk.tell(&Step::Committed(last.seq))?;
        }
        for (on, digest) in waiting.removals {
            self.remove_now(on, &digest)?;
        }
        Ok(())
    }

    /// Syncs mails, and then puts each in its place.
    fn settle_mails(&mut self, mails: &BTreeMap<(Shelf, Digest), Standing>) -> Result<(), StoreError> {
        let stands: Vec<PathBuf> =
            mails.iter().map(|((on, digest), standing)| self.path_of(*on, digest, *standing)).collect();
        // All are on their way before the first is waited for: else each waits for a journal of the file system alone.
        for path in &stands {
            self.disk.begin_to_sync(path)?;
        }
        for path in &stands {
            self.disk.sync_path(path)?;
        }
        for ((on, digest), _) in mails.iter().filter(|(_, standing)| **standing == Standing::Begun) {
            self.finish_mail(*on, digest)?;
        }
        let shelves: BTreeSet<Shelf> = mails.keys().map(|(on, _)| *on).collect();
        for on in shelves {
            self.disk.sync_folder(&self.folder.shelf(on))?;
        }
        mails.keys().try_for_each(|(on, digest)| self.disk.tell(&Step::MailKept(*on, *digest)))
    }
}
