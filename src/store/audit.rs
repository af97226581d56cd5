//! Walks the journal's file beside the tables' copy and names every line, and every mail, that is not as it was written.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use thiserror::Error;

use crate::domain::digest::Digest;
use crate::store::disk::Disk;
use crate::store::erasing::check_erased;
use crate::store::finding::{Fault, Finding, Named};
use crate::store::folder::Folder;
use crate::store::line::{Given, Line, Link};
use crate::store::mails;
use crate::store::tables;
use crate::store::tables::Tables;
use crate::store::{Head, Shelf, StoreError, Table};

/// A journal in which nothing is wrong.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Verified {
    /// How many lines it has.
    pub lines: u64,
    /// The last line: whoever keeps its hash elsewhere can prove later that nothing before it was changed.
    pub head: Head,
}

/// Why a journal is not verified.
#[derive(Debug, Error)]
pub enum VerifyError {
    /// Something is wrong with it.
    #[error("the store is not as it was written:\n{}", sentences(.0))]
    Findings(Vec<Finding>),
    /// It could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Checks the journal of a store that nobody has open: the chain of the file, the chain of the tables' copy, the one
/// against the other, every record against what the lines give, and every mail against its digest. It changes nothing, and
/// holds the whole journal in memory.
pub fn verify(folder: &Path) -> Result<Verified, VerifyError> {
    Folder::must_exist(folder)?;
    let mut disk = Disk::new();
    let folder = Folder::lock(folder, &mut disk)?;
    let mut findings = Vec::new();
    let copy = read_copy(&folder, &mut disk, &mut findings)?;
    let file = match fs::read(folder.journal()) {
        Ok(octets) => octets,
        Err(source) if source.kind() == ErrorKind::NotFound => {
            findings.push(Finding::whole(Fault::NoFile));
            Vec::new()
        }
        Err(source) => return Err(StoreError::io("read", &folder.journal(), source).into()),
    };
    findings.splice(0..0, compare(&file, copy.as_ref()));
    check_erased(&file, &mut findings);
    check_mails(&folder, &file, &mut findings)?;
    let last = file.strip_suffix(b"\n").and_then(|lines| lines.rsplit(|octet| *octet == b'\n').next());
    let head = last.and_then(|line| Link::read(line).ok()).map_or_else(Head::start, |link| link.head());
    if findings.is_empty() {
        Ok(Verified { lines: head.seq, head })
    } else {
        Err(VerifyError::Findings(findings))
    }
}

/// What is wrong with a file beside the tables' copy, or by itself where there is none.
pub(super) fn compare(file: &[u8], copy: Option<&Reference>) -> Vec<Finding> {
    let lines = read_lines(file);
    match copy {
        Some(copy) => Comparison::new(&lines, copy).findings(),
        None => Comparison::new(&lines, &reference_of(&lines)).findings(),
    }
}

/// What the file should have: the text of each line by its number.
pub(super) type Reference = BTreeMap<u64, String>;

/// The tables' copy where it is sound. What is wrong with it is among the findings; that the system lets nobody read it is
/// an error, and says nothing about it.
fn read_copy(
    folder: &Folder,
    disk: &mut Disk,
    findings: &mut Vec<Finding>,
) -> Result<Option<Reference>, StoreError> {
    let no_tables = |why: String| Finding::whole(Fault::NoTables { why });
    if !tables::exists(&folder.sled()) {
        findings.push(no_tables("there are none".to_owned()));
        return Ok(None);
    }
    let opened = Tables::open(&folder.sled(), disk);
    let read = opened.and_then(|tables| Ok((tables.lines()?, tables.head()?, tables)));
    Ok(match read {
        Err(error @ StoreError::Io { .. }) => return Err(error),
        Err(error) => {
            findings.push(no_tables(error.to_string()));
            None
        }
        Ok((lines, head, tables)) => {
            let before = findings.len();
            check_copy(&lines, head, findings);
            if findings.len() == before {
                check_records(&lines, &tables, findings);
                Some(lines)
            } else {
                None
            }
        }
    })
}

fn check_copy(lines: &Reference, head: Head, findings: &mut Vec<Finding>) {
    // None after a line that cannot be read: then nobody knows what should follow.
    let mut at = Some(Head::start());
    for (seq, text) in lines {
        let link = Link::read(text.as_bytes()).map_err(|error| error.to_string());
        let step = link.and_then(|link| at.map_or(Ok(link.head()), |at| at.step(&link)));
        at = step.as_ref().ok().copied();
        if let Err(what) = step {
            findings.push(Finding::of(*seq, Fault::CopyDamaged { what }));
        }
    }
    if at.is_some_and(|at| at != head) {
        findings.push(Finding::whole(Fault::HeadDiffers { says: head.seq, hash: head.hash }));
    }
}

/// Every record must be what the last line that wrote it gives, and none may be there that no line wrote.
fn check_records(lines: &Reference, tables: &Tables, findings: &mut Vec<Finding>) {
    let mut given = Given::new();
    for (seq, text) in lines {
        match Line::read(text) {
            Ok(line) => line.write_to(&mut given),
            Err(error) => {
                findings.push(Finding::of(*seq, Fault::CopyDamaged { what: error.to_string() }));
            }
        }
    }
    for table in Table::ALL {
        let mut found = match tables.scan(table, "") {
            Ok(records) => records.into_iter().collect::<BTreeMap<String, String>>(),
            Err(error) => {
                findings.push(Finding::whole(Fault::NoTables { why: error.to_string() }));
                continue;
            }
        };
        let of_table = given.iter().filter(|((of, _), _)| *of == table);
        let mut differing: BTreeSet<String> = of_table
            .filter(|((_, key), value)| found.remove(key).as_ref() != Some(value))
            .map(|((_, key), _)| key.clone())
            .collect();
        differing.extend(found.into_keys());
        let differs = |key| Finding::whole(Fault::RecordDiffers { table, key });
        findings.extend(differing.into_iter().map(differs));
    }
}

/// Every mail must be what was put on its shelf, which its name tells.
fn check_mails(folder: &Folder, file: &[u8], findings: &mut Vec<Finding>) -> Result<(), StoreError> {
    let journal_is_sound = findings.is_empty();
    let named = |digest: &Digest| {
        let name = digest.to_string();
        let stands_in_file = || file.windows(name.len()).any(|part| part == name.as_bytes());
        if journal_is_sound && !stands_in_file() { Named::ByNone } else { Named::ByLine }
    };
    // A folder that was never opened to the end may lack a shelf.
    for shelf in Shelf::ALL.into_iter().filter(|shelf| folder.shelf(*shelf).is_dir()) {
        for (digest, path) in mails::on(folder, shelf)? {
            let octets = fs::read(&path).map_err(|source| StoreError::io("read", &path, source))?;
            if Digest::of(&octets) != digest {
                let named = named(&digest);
                findings.push(Finding::whole(Fault::MailAltered { shelf, digest, named }));
            }
        }
    }
    Ok(())
}

/// A line of the file as it stands.
struct FileLine {
    /// Its place, counted from 1.
    number: u64,
    /// None where it is not Unicode.
    text: Option<String>,
    /// Its link where its hash is right.
    link: Option<Link>,
    /// What is wrong with it by itself.
    wrong: Option<String>,
    /// The number that it says it has, right or wrong.
    says: Option<u64>,
    /// Whether it has a line end.
    ends: bool,
}

fn read_lines(file: &[u8]) -> Vec<FileLine> {
    let read = |(number, octets): (u64, &[u8])| {
        let ended = octets.strip_suffix(b"\n");
        let content = ended.unwrap_or(octets);
        let text = String::from_utf8(content.to_vec()).ok();
        let says =
            text.as_deref().and_then(|text| serde_json::from_str::<Link>(text).ok()).map(|link| link.seq);
        let (link, wrong) = match Link::read(content) {
            Ok(link) => (Some(link), None),
            Err(error) => (None, Some(error.to_string())),
        };
        FileLine { number, text, link, wrong, says, ends: ended.is_some() }
    };
    (1..).zip(file.split_inclusive(|octet| *octet == b'\n')).map(read).collect()
}

/// Without the tables the file itself says what it should have: of two sound lines of one number the one that its
/// neighbours bind.
fn reference_of(lines: &[FileLine]) -> Reference {
    let hashes: BTreeSet<_> = lines.iter().filter_map(|line| line.link).map(|link| link.hash).collect();
    let named: BTreeSet<_> = lines.iter().filter_map(|line| line.link).map(|link| link.prev).collect();
    let mut best: BTreeMap<u64, (usize, String)> = BTreeMap::new();
    for line in lines {
        let (Some(link), Some(text)) = (line.link, &line.text) else { continue };
        let follows = link.seq == 1 && link.prev == Head::start().hash || hashes.contains(&link.prev);
        let bound = usize::from(follows) + usize::from(named.contains(&link.hash));
        if best.get(&link.seq).is_none_or(|(there, _)| *there < bound) {
            best.insert(link.seq, (bound, text.clone()));
        }
    }
    best.into_iter().map(|(seq, (_, text))| (seq, text)).collect()
}

/// The file beside what it should have.
struct Comparison<'a> {
    lines: &'a [FileLine],
    reference: &'a Reference,
    /// The numbers of the lines that are in the reference, by their place in the file.
    known: BTreeMap<u64, u64>,
    /// The same the other way round; a number that is not here stands nowhere in the file.
    places: BTreeMap<u64, u64>,
    findings: Vec<Finding>,
}

impl<'a> Comparison<'a> {
    fn new(lines: &'a [FileLine], reference: &'a Reference) -> Self {
        let is_known = |line: &&FileLine| {
            line.ends && line.link.is_some_and(|link| reference.get(&link.seq) == line.text.as_ref())
        };
        let known =
            lines.iter().filter(is_known).filter_map(|line| Some((line.number, line.link?.seq))).collect();
        Self { lines, reference, known, places: BTreeMap::new(), findings: Vec::new() }
    }

    fn findings(mut self) -> Vec<Finding> {
        let strange: Vec<_> =
            self.lines.iter().filter(|line| !self.known.contains_key(&line.number)).collect();
        self.name_duplicates();
        self.places = self.known.iter().map(|(number, seq)| (*seq, *number)).collect();
        self.name_strange(&strange);
        self.name_out_of_place();
        self.name_links();
        self.name_removed();
        self.findings.sort_by_key(|finding| (finding.line, finding.seq));
        self.findings
    }

    /// Of several copies of a line the one counts that stands beside its neighbours.
    fn name_duplicates(&mut self) {
        let is_at = |number: u64, seq: u64| self.known.get(&number) == Some(&seq);
        let mut best: BTreeMap<u64, (usize, u64)> = BTreeMap::new();
        for (number, seq) in &self.known {
            let fits = usize::from(is_at(number - 1, seq.saturating_sub(1)))
                + usize::from(is_at(number + 1, seq + 1));
            if best.get(seq).is_none_or(|(there, _)| *there < fits) {
                best.insert(*seq, (fits, *number));
            }
        }
        let kept: BTreeSet<u64> = best.values().map(|(_, number)| *number).collect();
        let copies: Vec<(u64, u64)> = self.known.extract_if(.., |number, _| !kept.contains(number)).collect();
        for (number, seq) in copies {
            let of_line = best.get(&seq).map_or(0, |(_, number)| *number);
            self.findings.push(Finding::at(number, Some(seq), Fault::Duplicated { of_line }));
        }
    }

    /// A strange line that stands where one is missing is that one, altered; any other was inserted.
    fn name_strange(&mut self, strange: &[&FileLine]) {
        let mut end = self.end();
        for line in strange {
            let before = self.known.range(..line.number).next_back().map_or(0, |(_, seq)| *seq);
            let candidates = [line.says, Some(before + 1)].into_iter().flatten();
            let altered = candidates
                .filter(|seq| self.reference.contains_key(seq))
                .find(|seq| !self.places.contains_key(seq));
            let next = end.zip(line.link).and_then(|(end, link)| end.step(&link).ok());
            let fault = match (altered, next) {
                _ if !line.ends => Fault::Torn,
                (Some(_), _) => Fault::Altered { how: how(line, "another line of this number was written") },
                (None, Some(_)) => Fault::OnlyInFile,
                (None, None) => Fault::Inserted { how: how(line, "it was never written") },
            };
            end = next.or(end);
            if let Some(seq) = altered {
                self.known.insert(line.number, seq);
                self.places.insert(seq, line.number);
            }
            self.findings.push(Finding::at(line.number, altered.or(line.says), fault));
        }
    }

    /// Where the reference ends.
    fn end(&self) -> Option<Head> {
        let last = self.reference.last_key_value();
        last.map_or(Some(Head::start()), |(_, text)| Link::read(text.as_bytes()).ok().map(|link| link.head()))
    }

    /// Names as few lines as can be: those that are not in the longest run of lines that are in order.
    fn name_out_of_place(&mut self) {
        let in_order = longest_run(self.known.values());
        let moved = self.known.iter().filter(|(_, seq)| !in_order.contains(seq));
        let out_of_place = |(number, seq): (&u64, &u64)| {
            Finding::at(*number, Some(*seq), Fault::OutOfPlace { after: seq.saturating_sub(1) })
        };
        self.findings.extend(moved.map(out_of_place));
    }

    /// Without tables nothing else tells that two sound lines do not belong together.
    fn name_links(&mut self) {
        for ((before_seq, before), (seq, text)) in self.reference.iter().zip(self.reference.iter().skip(1)) {
            let links = (Link::read(before.as_bytes()), Link::read(text.as_bytes()));
            if let (Ok(before), Ok(link)) = links
                && before_seq + 1 == *seq
                && before.hash != link.prev
            {
                let how = "it does not follow the line before: that has another hash".to_owned();
                let place = self.places.get(seq).copied();
                self.findings.push(Finding { line: place, seq: Some(*seq), fault: Fault::Altered { how } });
            }
        }
    }

    /// Names what is missing by its number and by the place where it should stand.
    fn name_removed(&mut self) {
        let end = self.reference.last_key_value().map_or(0, |(seq, _)| *seq);
        let (mut seq, mut place) = (0, 0);
        for (next, next_place) in self.places.iter().chain([(&(end + 1), &0)]) {
            if *next > seq + 1 {
                let fault = Fault::Removed { to: next - 1 };
                self.findings.push(Finding::at(place + 1, Some(seq + 1), fault));
            }
            (seq, place) = (*next, *next_place);
        }
    }
}

/// What is wrong with a line by itself, or else beside the others.
fn how(line: &FileLine, beside: &str) -> String {
    let own_hash_is_right = || format!("its own hash is right, but {beside}");
    line.wrong.as_ref().map_or_else(own_hash_is_right, |wrong| format!("it {wrong}"))
}

/// The longest run of numbers that go up.
fn longest_run<'a>(seqs: impl Iterator<Item = &'a u64>) -> BTreeSet<u64> {
    // For each length of a run the smallest number that one of this length ends with, and for each number the one
    // before it in its run.
    let mut ends: Vec<u64> = Vec::new();
    let mut before: BTreeMap<u64, u64> = BTreeMap::new();
    for seq in seqs {
        let length = ends.partition_point(|end| end < seq);
        if let Some(end) = length.checked_sub(1).and_then(|last| ends.get(last)) {
            before.insert(*seq, *end);
        }
        match ends.get_mut(length) {
            Some(end) => *end = *seq,
            None => ends.push(*seq),
        }
    }
    std::iter::successors(ends.last().copied(), |seq| before.get(seq).copied()).collect()
}

fn sentences(findings: &[Finding]) -> String {
    findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}
