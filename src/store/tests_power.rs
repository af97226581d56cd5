//! The power is cut: only what was synced is there afterwards, and of the rest any part.
//!
//! The model watches every sync. Of a file it remembers the content at its last sync, of a folder the names in it. From
//! that, and from any part of what was changed since, it builds the folder as a machine would find it after the cut, and
//! that must hold all that was acknowledged: as it is, without the journal's file, and without the tables.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use crate::store::tests_sample::{delete, entry, folder, put, text};
use crate::store::{Group, Shelf, Step, Store, Table, Write, verify};

/// What outlives the cut.
#[derive(Default)]
struct Synced {
    /// The content of a file by its inode, so that it goes with it when it is renamed.
    files: HashMap<u64, Vec<u8>>,
    /// The names in a folder.
    folders: BTreeMap<PathBuf, Names>,
}

impl Synced {
    fn see(&mut self, step: &Step) {
        match step {
            Step::FileSynced(path) => {
                let inode = fs::metadata(path).expect("is there").ino();
                self.files.insert(inode, fs::read(path).expect("reads"));
            }
            Step::FolderSynced(path) => {
                drop(self.folders.insert(path.clone(), names_in(path)));
            }
            Step::LeftoverRemoved(_)
            | Step::TornLineCut
            | Step::LinesReplayed(_)
            | Step::LinesRestored(_)
            | Step::Opened
            | Step::MailKept(..)
            | Step::MailRemoved(..)
            | Step::LineWritten(_)
            | Step::Committed(_) => {}
        }
    }

    /// The folder after the cut. `outlives` says which names and pages that were not synced are there all the same.
    fn build(&self, from: &Path, to: &Path, outlives: &mut impl FnMut() -> bool) {
        fs::create_dir_all(to).expect("makes");
        for (path, (inode, is_folder)) in self.names(from, outlives) {
            let to = to.join(path.file_name().expect("has a name"));
            if is_folder {
                self.build(&path, &to, outlives);
            } else {
                let mut content = self.files.get(&inode).cloned().unwrap_or_default();
                let now = fs::metadata(&path).ok().filter(|now| now.ino() == inode);
                add_pages(
                    &mut content,
                    &now.and_then(|_| fs::read(&path).ok()).unwrap_or_default(),
                    outlives,
                );
                fs::write(to, content).expect("writes");
            }
        }
    }

    /// The names in a folder after the cut. A system may keep a name before anybody asks it to, and long before the
    /// content of its file.
    fn names(&self, folder: &Path, outlives: &mut impl FnMut() -> bool) -> Names {
        let mut names = self.folders.get(folder).cloned().unwrap_or_default();
        // sled syncs names by itself, which the model does not see.
        if folder.ends_with("sled") {
            return names;
        }
        let now = if folder.is_dir() { names_in(folder) } else { Names::new() };
        names.retain(|path, _| now.contains_key(path) || !outlives());
        for (path, file) in now {
            if names.get(&path) != Some(&file) && outlives() {
                names.insert(path, file);
            }
        }
        names
    }
}

/// The names in a folder: inode, and whether it is a folder.
type Names = BTreeMap<PathBuf, (u64, bool)>;

fn names_in(folder: &Path) -> Names {
    let names = fs::read_dir(folder).expect("lists").map(|name| {
        let name = name.expect("lists");
        let metadata = name.metadata().expect("is there");
        (name.path(), (metadata.ino(), metadata.is_dir()))
    });
    names.collect()
}

fn add_pages(content: &mut Vec<u8>, now: &[u8], outlives: &mut impl FnMut() -> bool) {
    for (page, octets) in now.chunks(PAGE_OCTETS).enumerate() {
        let start = page * PAGE_OCTETS;
        if content.get(start..start + octets.len()) != Some(octets) && outlives() {
            content.resize(content.len().max(start + octets.len()), 0);
            content[start..start + octets.len()].copy_from_slice(octets);
        }
    }
}

/// Numbers without pattern, the same in every run (xorshift).
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }

    fn size(&mut self) -> usize {
        let most = [10, 1_000, 5_000, 30_000][usize::try_from(self.below(4)).expect("is small")];
        usize::try_from(self.below(most)).expect("is small")
    }
}

/// What a run has acknowledged.
#[derive(Default)]
struct Acknowledged {
    commits: u64,
    /// Commits that were begun, and may be there or not.
    begun: u64,
    records: BTreeMap<String, String>,
    mails: Vec<crate::domain::digest::Digest>,
}

/// Who cuts the power, and looks at what is left.
struct Cutter {
    root: PathBuf,
    synced: Synced,
    chance: Chance,
    /// One moment of so many has a cut.
    one_of: u64,
    acknowledged: Acknowledged,
    check: fn(&Path, &Acknowledged),
}

impl Cutter {
    fn see(&mut self, step: &Step) {
        self.synced.see(step);
        self.cut_perhaps();
    }

    /// At some of the moments at which it is called.
    fn cut_perhaps(&mut self) {
        if self.chance.below(self.one_of) == 0 {
            let left = tempfile::tempdir().expect("a folder");
            let keeps_any = self.chance.below(2) == 0;
            let chance = &mut self.chance;
            self.synced.build(&self.root, left.path(), &mut || keeps_any && chance.below(2) == 0);
            (self.check)(left.path(), &self.acknowledged);
        }
    }
}

/// Does a hundred commits in a store that is opened anew now and then, and cuts the power about forty times, at any
/// moment in between; `check` gets each folder that is left, and what had been acknowledged.
fn run(seed: u64, check: fn(&Path, &Acknowledged)) {
    let folder = folder();
    let root = folder.path().join("new/store");
    let (synced, acknowledged) = (Synced::default(), Acknowledged::default());
    let cutter = Cutter { root: root.clone(), synced, chance: Chance(seed), one_of: 20, acknowledged, check };
    let cutter = Arc::new(Mutex::new(cutter));
    let open = || {
        let watching = Arc::clone(&cutter);
        Store::open_watched(&root, move |step| watching.lock().expect("is sound").see(step)).expect("opens")
    };
    let mut chance = Chance(seed + 1);
    let mut store = Some(open());
    let (mut group, mut waiting) = (Group::Single, Vec::new());
    for number in 1..=100 {
        if chance.below(20) == 0 {
            // A group that is not settled when the store closes is as if the power was cut.
            settle(store.as_ref(), Group::Single, &mut waiting, &cutter);
            group = Group::Single;
            drop(store.take());
        }
        let store = store.get_or_insert_with(open);
        if chance.below(8) == 0 {
            group = [Group::Single, Group::Whole, Group::Lasting]
                [usize::try_from(chance.below(3)).expect("is small")];
            settle(Some(store), group, &mut waiting, &cutter);
        }
        let digest = store.put_mail(Shelf::Incoming, text(chance.size(), 3).as_bytes()).expect("keeps");
        // In a group this is no step: nothing of it has reached the disk for good.
        cutter.lock().expect("is sound").cut_perhaps();
        let key = format!("{}", chance.below(20));
        let value =
            (chance.below(5) > 0).then(|| text(chance.size(), usize::try_from(number).expect("is small")));
        let write =
            value.as_ref().map_or_else(|| delete(Table::Cases, &key), |value| put(Table::Cases, &key, value));
        let count = put(Table::Counters, "last", &number.to_string());
        cutter.lock().expect("is sound").acknowledged.begun = number;
        store.commit(&entry(number), &[write, count]).expect("commits");
        assert_eq!(store.read(Table::Cases, &key).expect("reads"), value);
        waiting.push((number, digest, key, value));
        if group == Group::Single {
            acknowledge(&mut waiting, &cutter);
        }
    }
    settle(store.as_ref(), Group::Single, &mut waiting, &cutter);
    assert_eq!(store.expect("is open").head().expect("has not failed").seq, 100);
}

/// A commit that is not yet acknowledged: its number, its mail, its record.
type Waiting = (u64, crate::domain::digest::Digest, String, Option<String>);

fn settle(store: Option<&Store>, next: Group, waiting: &mut Vec<Waiting>, cutter: &Mutex<Cutter>) {
    if let Some(store) = store {
        store.settle(next).expect("settles");
        acknowledge(waiting, cutter);
    }
}

fn acknowledge(waiting: &mut Vec<Waiting>, cutter: &Mutex<Cutter>) {
    let known = &mut cutter.lock().expect("is sound").acknowledged;
    for (number, digest, key, value) in waiting.drain(..) {
        known.commits = number;
        known.mails.push(digest);
        match value {
            Some(value) => drop(known.records.insert(key, value)),
            None => drop(known.records.remove(&key)),
        }
    }
}

/// Opens what is left: it must have every acknowledged commit, and of those under way the first ones or none. Each mail
/// that lies there is whole, also one that nothing names: else no backup could be taken any more.
fn check_opened(left: &Path, known: &Acknowledged) {
    let store = Store::open(left).unwrap_or_else(|error| panic!("after {} commits: {error}", known.commits));
    let lines = store.journal().expect("reads");
    let count = lines.len() as u64;
    assert!(
        (known.commits..=known.begun).contains(&count),
        "{count} of {} to {}",
        known.commits,
        known.begun
    );
    let mut records = known.records.clone();
    for under_way in lines.iter().skip(usize::try_from(known.commits).expect("is small")) {
        for Write { table, key, value } in &under_way.writes {
            match value {
                Some(value) if *table == Table::Cases => drop(records.insert(key.clone(), value.clone())),
                None => drop(records.remove(key)),
                Some(_) => {}
            }
        }
    }
    assert!(store.scan(Table::Cases, "").expect("scans") == records.into_iter().collect::<Vec<_>>());
    for digest in &known.mails {
        assert!(store.mail(Shelf::Incoming, digest).expect("is as it was").is_some(), "{digest}");
    }
    store.export(&mut std::io::sink()).expect("is backed up");
    drop(store);
    assert_eq!(verify(left).expect("is sound").lines, count);
}

/// Guards rules 3 and 4, and the syncs of the journal, of the mails and of all folders.
#[test]
fn a_power_cut_takes_back_nothing() {
    run(0x5eed, check_opened);
}

/// Guards rules 3, 4 and 5 in sled alone: without the second copy its own syncs must hold.
#[test]
fn after_a_power_cut_the_tables_alone_have_everything() {
    run(0x7ab1e, |left, known| {
        drop(fs::remove_file(left.join("journal.jsonl")));
        check_opened(left, known);
    });
}

/// Guards rule 8: the journal's file alone must hold.
#[test]
fn after_a_power_cut_the_file_alone_has_everything() {
    run(0xf11e, |left, known| {
        drop(fs::remove_dir_all(left.join("sled")));
        check_opened(left, known);
    });
}

/// Guards the sync of the folder above: the store itself must not vanish.
#[test]
fn the_folder_itself_outlives_a_power_cut() {
    let folder = folder();
    let path = folder.path().join("new/store");
    let synced = Arc::new(Mutex::new(Synced::default()));
    let seen = Arc::clone(&synced);
    let store =
        Store::open_watched(&path, move |step| seen.lock().expect("is sound").see(step)).expect("opens");
    let synced = synced.lock().expect("is sound");
    assert!(synced.folders[&folder.path().join("new")].contains_key(&path));
    assert!(synced.folders[folder.path()].contains_key(&folder.path().join("new")));
    drop(store);
}

const PAGE_OCTETS: usize = 4096;
