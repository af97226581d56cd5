//! Commits that reach the disk together: one sync for many, and never less than was promised.
//!
//! A sync costs 0.2 ms on an idle machine and 4 ms on a busy one, so a mailbox full of mails is taken in by groups.
//! Nothing may leave the program on the ground of a group that is not settled.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::digest::Digest;
use crate::store::keeper::Keeper;
use crate::store::tables::record_key;
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
    lines: Vec<(Head, String, Vec<Write>)>,
    /// Their records as they will stand: none is deleted.
    records: BTreeMap<Vec<u8>, Option<String>>,
    /// Mails in their place, not synced.
    mails: BTreeSet<(Shelf, Digest)>,
    /// Mails that go once what says so is on the disk.
    removals: BTreeSet<(Shelf, Digest)>,
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

    /// A mail is in its place and is not synced.
    pub(super) fn put(&mut self, on: Shelf, digest: &Digest) {
        self.mails.insert((on, *digest));
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
        // All are on their way before the first is waited for: else each waits for a journal of the file system alone.
        for (on, digest) in &waiting.mails {
            self.disk.begin_to_sync(&self.mail_path(*on, digest))?;
        }
        for (on, digest) in &waiting.mails {
            self.disk.sync_path(&self.mail_path(*on, digest))?;
        }
        let shelves: BTreeSet<Shelf> = waiting.mails.iter().map(|(on, _)| *on).collect();
        for on in shelves {
            self.disk.sync_folder(&self.folder.shelf(on))?;
        }
        for (on, digest) in &waiting.mails {
            self.disk.tell(&Step::MailKept(*on, *digest))?;
        }
        let path = self.folder.journal();
        if let Some((last, ..)) = waiting.lines.last() {
            if waiting.group != Group::Lasting {
                let text: String = waiting.lines.iter().flat_map(|(_, text, _)| [text, "\n"]).collect();
                self.disk.write(&mut self.journal, &path, text.as_bytes())?;
            }
            self.disk.sync(&self.journal, &path)?;
            self.disk.tell(&Step::LineWritten(last.seq))?;
            for (head, text, writes) in &waiting.lines {
                self.tables.apply(*head, text, writes)?;
            }
            self.tables.settle(&mut self.disk)?;
            self.disk.tell(&Step::Committed(last.seq))?;
        }
        for (on, digest) in waiting.removals {
            self.remove_now(on, &digest)?;
        }
        Ok(())
    }
}
