//! Walks the journal's file beside the tables' copy and names every line that is not as it was written.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use thiserror::Error;

use crate::store::disk::Disk;
use crate::store::finding::{Fault, Finding};
use crate::store::folder::Folder;
use crate::store::line::{Line, Link};
use crate::store::tables;
use crate::store::tables::Tables;
use crate::store::{Head, StoreError, Table};

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
    #[error("the journal is not as it was written:\n{}", sentences(.0))]
    Findings(Vec<Finding>),
    /// It could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Checks the journal of a store that nobody has open, and changes nothing: the chain of the file, the chain of the
/// tables' copy, the one against the other, and every record against what the lines give.
pub fn verify(folder: &Path) -> Result<Verified, VerifyError> {
    let mut disk = Disk::new();
    let folder = Folder::lock(folder, &mut disk)?;
    let mut findings = Vec::new();
    let copy = Copy::read(&folder, &mut disk, &mut findings);
    let file = match fs::read(folder.journal()) {
        Ok(octets) => octets,
        Err(source) if source.kind() == ErrorKind::NotFound => {
            findings.push(Finding::whole(Fault::NoFile));
            Vec::new()
        }
        Err(source) => return Err(StoreError::io("read", &folder.journal(), source).into()),
    };
    let lines = read_lines(&file);
    let reference = copy.unwrap_or_else(|| reference_of(&lines));
    findings.splice(0..0, Comparison::new(&lines, &reference).findings());
    match (findings.is_empty(), lines.last().and_then(|line| line.link)) {
        (true, Some(link)) => Ok(Verified { lines: lines.len() as u64, head: link.head() }),
        (true, None) => Ok(Verified { lines: 0, head: Head::start() }),
        (false, _) => Err(VerifyError::Findings(findings)),
    }
}

/// What the file should have: the text of each line by its number.
type Reference = BTreeMap<u64, String>;

/// The tables' copy, as far as it is sound.
struct Copy;

impl Copy {
    /// The tables' copy where it is sound. What is wrong with it is among the findings.
    fn read(folder: &Folder, disk: &mut Disk, findings: &mut Vec<Finding>) -> Option<Reference> {
        let no_tables = |why: String| Finding::whole(Fault::NoTables { why });
        if !tables::exists(&folder.sled()) {
            findings.push(no_tables("there are none".to_owned()));
            return None;
        }
        let opened = Tables::open(&folder.sled(), disk);
        let read = opened.and_then(|tables| Ok((tables.lines()?, tables.head()?, tables)));
        match read {
            Err(error) => {
                findings.push(no_tables(error.to_string()));
                None
            }
            Ok((lines, head, tables)) => {
                let before = findings.len();
                Self::check(&lines, head, findings);
                if findings.len() == before {
                    Self::check_records(&lines, &tables, findings);
                    Some(lines)
                } else {
                    None
                }
            }
        }
    }

    fn check(lines: &Reference, head: Head, findings: &mut Vec<Finding>) {
        let mut at = Head::start();
        for (seq, text) in lines {
            let link = match Link::read(text.as_bytes()) {
                Ok(link) => link,
                Err(error) => {
                    findings.push(Finding::of(*seq, Fault::CopyDamaged { what: error.to_string() }));
                    continue;
                }
            };
            if let Err(what) = at.step(&link) {
                findings.push(Finding::of(*seq, Fault::CopyDamaged { what }));
            }
            at = link.head();
        }
        if at != head {
            findings.push(Finding::whole(Fault::HeadDiffers { says: head.seq, hash: head.hash }));
        }
    }

    /// Every record must be what the last line that wrote it gives, and none may be there that no line wrote.
    fn check_records(lines: &Reference, tables: &Tables, findings: &mut Vec<Finding>) {
        let mut given: BTreeMap<(Table, String), String> = BTreeMap::new();
        for (seq, text) in lines {
            match Line::read(text) {
                Ok(line) => line.writes.into_iter().for_each(|write| {
                    let key = (write.table, write.key);
                    match write.value {
                        Some(value) => drop(given.insert(key, value)),
                        None => drop(given.remove(&key)),
                    }
                }),
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
    /// The lines that are as they should be, in the order of the file: place and number.
    sound: Vec<(u64, u64)>,
    /// The numbers that stand nowhere in the file.
    missing: BTreeSet<u64>,
    findings: Vec<Finding>,
}

impl<'a> Comparison<'a> {
    fn new(lines: &'a [FileLine], reference: &'a Reference) -> Self {
        let last = reference.last_key_value().map_or(0, |(seq, _)| *seq);
        let missing = (1..=last).collect();
        Self { lines, reference, sound: Vec::new(), missing, findings: Vec::new() }
    }

    fn findings(mut self) -> Vec<Finding> {
        let strange = self.match_lines();
        self.name_strange(strange);
        self.name_out_of_place();
        self.name_links();
        self.findings.extend(self.missing.iter().map(|seq| Finding::of(*seq, Fault::Removed)));
        self.findings.sort_by_key(|finding| (finding.line.is_none(), finding.line, finding.seq));
        self.findings
    }

    /// Finds each line of the file in the reference; gives those that are not there.
    fn match_lines(&mut self) -> Vec<&'a FileLine> {
        let mut strange = Vec::new();
        let mut places: BTreeMap<u64, u64> = BTreeMap::new();
        for line in self.lines {
            let seq = line.link.map(|link| link.seq);
            let is_known = seq.is_some_and(|seq| self.reference.get(&seq) == line.text.as_ref());
            let Some(seq) = seq.filter(|_| is_known && line.ends) else {
                strange.push(line);
                continue;
            };
            if let Some(of_line) = places.get(&seq) {
                let fault = Fault::Duplicated { of_line: *of_line };
                self.findings.push(Finding::at(line.number, Some(seq), fault));
            } else {
                places.insert(seq, line.number);
                self.missing.remove(&seq);
                self.sound.push((line.number, seq));
            }
        }
        strange
    }

    /// A strange line that stands where one is missing is that one, altered; any other was inserted.
    fn name_strange(&mut self, strange: Vec<&FileLine>) {
        for line in strange {
            let before = self.sound.iter().filter(|(number, _)| *number < line.number);
            let expected = before.map(|(_, seq)| *seq).max().unwrap_or(0) + 1;
            let candidates = [line.says, Some(expected)];
            let altered = candidates.into_iter().flatten().find(|seq| self.missing.remove(seq));
            let fault = match altered {
                _ if !line.ends => Fault::Torn,
                Some(_) => Fault::Altered { how: how_altered(line) },
                None if self.is_next(line) => Fault::OnlyInFile,
                None => Fault::Inserted { how: how_inserted(line) },
            };
            if let Some(seq) = altered {
                self.sound.push((line.number, seq));
            }
            self.findings.push(Finding::at(line.number, altered.or(line.says), fault));
        }
        self.sound.sort_unstable();
    }

    /// Whether a line goes on where the reference ends.
    fn is_next(&self, line: &FileLine) -> bool {
        let end = match self.reference.last_key_value() {
            Some((_, text)) => Link::read(text.as_bytes()).ok().map(|link| link.head()),
            None => Some(Head::start()),
        };
        let is_last = self.lines.last().is_some_and(|last| last.number == line.number);
        is_last && end.zip(line.link).is_some_and(|(end, link)| end.step(&link).is_ok())
    }

    fn name_out_of_place(&mut self) {
        let mut sorted: Vec<u64> = self.sound.iter().map(|(_, seq)| *seq).collect();
        sorted.sort_unstable();
        for ((number, seq), expected) in self.sound.iter().zip(sorted) {
            if *seq != expected {
                self.findings.push(Finding::at(*number, Some(*seq), Fault::OutOfPlace { expected }));
            }
        }
    }

    /// Without tables nothing else tells that two sound lines do not belong together.
    fn name_links(&mut self) {
        for (seq, text) in self.reference {
            let before = seq.checked_sub(1).and_then(|before| self.reference.get(&before));
            let links = before.map(|before| (Link::read(before.as_bytes()), Link::read(text.as_bytes())));
            let Some((Ok(before), Ok(link))) = links else { continue };
            if before.hash != link.prev {
                let how = "it does not follow the line before: that has another hash".to_owned();
                let place = self.sound.iter().find(|(_, of)| of == seq).map(|(number, _)| *number);
                self.findings.push(Finding { line: place, seq: Some(*seq), fault: Fault::Altered { how } });
            }
        }
    }
}

fn how_altered(line: &FileLine) -> String {
    line.wrong.clone().map_or_else(
        || "its own hash is right, and the tables have another line of this number".to_owned(),
        |wrong| format!("it {wrong}"),
    )
}

fn how_inserted(line: &FileLine) -> String {
    line.wrong.clone().map_or_else(
        || "its own hash is right, and the tables do not have it".to_owned(),
        |wrong| format!("it {wrong}"),
    )
}

fn sentences(findings: &[Finding]) -> String {
    findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}
