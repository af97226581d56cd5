//! IANA's contacts from a file: a snapshot that somebody puts there and replaces when he has a newer one.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, Metadata};
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, bail, ensure};
use serde::Deserialize;
use serde_json::Value;

use crate::domain::address::Address;
use crate::domain::registry::{IanaRecord, RegistryAnswer};
use crate::domain::tld::Tld;
use crate::world::Registry;

/// Octets of a snapshot at the most: 16 MiB. All ccTLDs of the world have some 300 KiB.
const SNAPSHOT_OCTETS_MAX: u64 = 16 * 1024 * 1024;

/// The records of a snapshot: a JSON array with one object for each ccTLD.
///
/// `tld` must be there, everything else may be absent or null; fields with other names are left to whoever put them
/// there. A snapshot with any mistake is refused as a whole: half of it would say that the other half has no admin
/// contact. One that was opened from a file is read again whenever the file changed.
#[derive(Clone, Debug)]
pub struct IanaSnapshot {
    records: BTreeMap<Tld, IanaRecord>,
    source: Option<Source>,
}

/// The file that a snapshot is read from.
#[derive(Clone, Debug)]
struct Source {
    path: PathBuf,
    /// What the file looked like when it was read.
    stamp: Stamp,
    /// Why it cannot be relied on now.
    trouble: Option<String>,
}

/// How a file that changed is told from one that did not.
#[derive(Clone, Debug, Eq, PartialEq)]
enum Stamp {
    /// Time of the last change, octets, and the file's number, which tells a file that was put in another's place.
    File { modified: Option<SystemTime>, octets: u64, number: u64 },
    /// A pipe can be read only once.
    Pipe,
}

impl IanaSnapshot {
    /// The snapshot in this file, read again whenever the file changed.
    ///
    /// # Errors
    /// Where it cannot be read, or is wrong: with the line and the cure.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        let (records, stamp) = load(path)?;
        Ok(Self { records, source: Some(Source { path: path.to_owned(), stamp, trouble: None }) })
    }

    /// The snapshot that this text is.
    ///
    /// # Errors
    /// Where it is wrong: with the line and the cure.
    pub fn read(text: &str) -> anyhow::Result<Self> {
        Ok(Self { records: parse(text)?, source: None })
    }

    /// Every record, in the order of the ccTLDs, as they were when the snapshot was last read.
    pub fn records(&self) -> impl Iterator<Item = &IanaRecord> {
        self.records.values()
    }

    /// Reads the file again where it changed. Where it is wrong now, the former records stay for what may be answered
    /// from memory.
    fn refresh(&mut self) {
        let Some(source) = &mut self.source else { return };
        let is_unchanged = fs::metadata(&source.path).is_ok_and(|there| Stamp::of(&there) == source.stamp);
        // A file in trouble is tried every time: a cured permission changes neither time nor length.
        if is_unchanged && source.trouble.is_none() {
            return;
        }
        match load(&source.path) {
            Ok((records, stamp)) => {
                self.records = records;
                source.stamp = stamp;
                source.trouble = None;
            }
            Err(error) => source.trouble = Some(format!("{error:#}")),
        }
    }

    /// Why the file cannot be relied on now, where it cannot.
    fn trouble(&self) -> Option<&str> {
        self.source.as_ref()?.trouble.as_deref()
    }
}

impl Registry for IanaSnapshot {
    fn record(&mut self, tld: &Tld) -> RegistryAnswer {
        self.refresh();
        if let Some(trouble) = self.trouble() {
            return RegistryAnswer::Unreachable(trouble.to_owned());
        }
        self.records
            .get(tld)
            .cloned()
            .map_or(RegistryAnswer::Absent, |record| RegistryAnswer::Found(Box::new(record)))
    }

    fn administered_by(&mut self, address: &Address) -> Vec<Tld> {
        self.refresh();
        let theirs = self.records.values().filter(|record| record.admin_email() == Some(address));
        theirs.map(|record| record.tld.clone()).collect()
    }

    fn tlds(&mut self) -> Vec<Tld> {
        self.refresh();
        self.records.keys().cloned().collect()
    }

    /// What the file holds is what there is: whoever replaces it has looked.
    fn listed(&mut self) -> Result<BTreeSet<Tld>, String> {
        self.refresh();
        match self.trouble() {
            Some(trouble) => Err(trouble.to_owned()),
            None => Ok(self.records.keys().cloned().collect()),
        }
    }
}

impl Stamp {
    fn of(file: &Metadata) -> Self {
        if file.is_file() {
            Self::File { modified: file.modified().ok(), octets: file.len(), number: file.ino() }
        } else {
            Self::Pipe
        }
    }
}

fn load(path: &Path) -> anyhow::Result<(BTreeMap<Tld, IanaRecord>, Stamp)> {
    let name = || format!("the snapshot of IANA's contacts, {}", path.display());
    let file = File::open(path).with_context(|| format!("{}, cannot be read", name()))?;
    // Taken before reading: what is written meanwhile makes the next look read it again.
    let stamp = Stamp::of(&file.metadata().with_context(|| format!("{}, cannot be read", name()))?);
    let mut octets = Vec::new();
    file.take(SNAPSHOT_OCTETS_MAX + 1)
        .read_to_end(&mut octets)
        .with_context(|| format!("{}, cannot be read", name()))?;
    ensure!(
        octets.len() as u64 <= SNAPSHOT_OCTETS_MAX,
        "{}, has more than {SNAPSHOT_OCTETS_MAX} octets; is it the right file?",
        name()
    );
    let text =
        String::from_utf8(octets).ok().with_context(|| format!("{}, is not UTF-8; convert it", name()))?;
    let records = parse(&text).with_context(|| format!("{}, is wrong", name()))?;
    Ok((records, stamp))
}

fn parse(text: &str) -> anyhow::Result<BTreeMap<Tld, IanaRecord>> {
    // Some editors begin a file with a byte order mark, which JSON must not have (RFC 8259 §8.1).
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let read: Vec<IanaRecord> = match serde_json::from_str(text) {
        Ok(read) => read,
        Err(error) => bail!("{}", explained(text, &error)),
    };
    let mut records = BTreeMap::new();
    for (place, record) in read.into_iter().enumerate() {
        let tld = record.tld.clone();
        if records.insert(tld.clone(), record).is_some() {
            let line = lines_of_records(text).get(place).copied().unwrap_or_default();
            bail!("line {line}: the ccTLD `{tld}` stands there twice; remove one of its records");
        }
    }
    Ok(records)
}

/// What is wrong, in which record, and what to do.
fn explained(text: &str, error: &serde_json::Error) -> String {
    let (line, column) = (error.line(), error.column());
    // The position stands in front, where people look for it.
    let what = error.to_string();
    let what = what.strip_suffix(&format!(" at line {line} column {column}")).unwrap_or(&what);
    let Ok(values) = serde_json::from_str::<Vec<Value>>(text) else {
        return format!(
            "line {line}, column {column}: {what}; a snapshot is a JSON array of objects: \
             [{{\"tld\":\"nl\",\"admin\":{{\"email\":\"…\"}}}}, …]"
        );
    };
    let wrong = values.iter().enumerate().find(|(_, value)| IanaRecord::deserialize(*value).is_err());
    let record = wrong.map_or_else(String::new, |(place, value)| {
        let tld = value.get("tld").and_then(Value::as_str).unwrap_or("none");
        format!("record {} (tld `{}`): ", place + 1, tld.escape_debug())
    });
    format!("line {line}, column {column}: {record}{what}; correct it, or write null where it is not known")
}

/// The line on which each object of the array begins, in a text that is known to be JSON.
fn lines_of_records(text: &str) -> Vec<usize> {
    let (mut lines, mut line, mut depth, mut in_string, mut escaped) = (Vec::new(), 1, 0_usize, false, false);
    for octet in text.bytes() {
        match octet {
            b'\n' => line += 1,
            _ if escaped => escaped = false,
            b'\\' => escaped = in_string,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'[' | b'{' => {
                if octet == b'{' && depth == 1 {
                    lines.push(line);
                }
                depth += 1;
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::IanaSnapshot;
    use crate::domain::registry::RegistryAnswer;
    use crate::world::Registry;

    const SNAPSHOT: &str = r#"[
  {"tld":"nl","manager":"A \"registry\" [of] {names}","admin":{"name":"A. Admin","organisation":null,
   "email":"Admin@nic-nl.example","phone":"+31 6"},"technical":{"email":"tech@nic-nl.example"},
   "changed":"2024-06-20","retrieved":"2026-11-20T00:00:00Z"},
  {"tld":".be"},
  {"tld":"рф","admin":{"email":"admin@nic-nl.example"},"whois":"left to others"}
]"#;

    #[track_caller]
    fn refused(text: &str, want: &str) {
        assert_eq!(IanaSnapshot::read(text).unwrap_err().to_string(), want);
    }

    fn admin(answer: &RegistryAnswer) -> String {
        match answer {
            RegistryAnswer::Found(record) => {
                record.admin_email().map_or("none".to_owned(), ToString::to_string)
            }
            RegistryAnswer::Absent => "absent".to_owned(),
            RegistryAnswer::Unreachable(reason) | RegistryAnswer::Doubtful(reason) => {
                format!("unreachable: {reason}")
            }
        }
    }

    #[test]
    fn a_snapshot_answers_as_iana_would() {
        let mut snapshot = IanaSnapshot::read(SNAPSHOT).unwrap();
        assert_eq!(admin(&snapshot.record(&"nl".parse().unwrap())), "Admin@nic-nl.example");
        assert_eq!(admin(&snapshot.record(&"be".parse().unwrap())), "none");
        assert_eq!(admin(&snapshot.record(&"de".parse().unwrap())), "absent");
        let theirs = snapshot.administered_by(&"ADMIN@nic-nl.example".parse().unwrap());
        assert_eq!(theirs.iter().map(ToString::to_string).collect::<Vec<_>>(), ["nl", "xn--p1ai"]);
        assert_eq!(snapshot.administered_by(&"tech@nic-nl.example".parse().unwrap()), []);
        assert_eq!(snapshot.tlds().len(), 3);
        assert_eq!(snapshot.records().filter(|record| record.technical_email().is_some()).count(), 1);
    }

    #[test]
    fn a_mistake_is_told_with_its_line_its_cctld_and_its_cure() {
        refused(
            "[{\"tld\":\"nl\"},\n {\"tld\":\"be\",\"admin\":\n  {\"email\":\"nobody\"}}]",
            "line 3, column 20: record 2 (tld `be`): `nobody` is not an e-mail address of the form \
             name@domain.example; correct it, or write null where it is not known",
        );
        refused(
            "[{\"tld\":\"nl\"},\n {\"manager\":\"x\"}]",
            "line 2, column 16: record 2 (tld `none`): missing field `tld`; correct it, or write null where it is \
             not known",
        );
        refused(
            &SNAPSHOT.replace(".be", ".NL"),
            "line 5: the ccTLD `nl` stands there twice; remove one of its records",
        );
    }

    #[test]
    fn what_is_no_snapshot_at_all_is_refused() {
        let shape =
            "a snapshot is a JSON array of objects: [{\"tld\":\"nl\",\"admin\":{\"email\":\"…\"}}, …]";
        refused("", &format!("line 1, column 0: EOF while parsing a value; {shape}"));
        refused("[{\"tld\":\"nl\"},\n", &format!("line 2, column 0: EOF while parsing a value; {shape}"));
        refused(
            "{\"tld\":\"nl\"}",
            &format!("line 1, column 0: invalid type: map, expected a sequence; {shape}"),
        );
        assert!(IanaSnapshot::read("\u{feff}[]").is_ok());
    }

    #[test]
    fn a_snapshot_that_is_replaced_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("iana.json");
        let nl = "nl".parse().unwrap();
        let write = |address: &str| {
            // Put in its place under another name first: same length, maybe same time, another file.
            let text = format!("[{{\"tld\":\"nl\",\"admin\":{{\"email\":\"{address}\"}}}}]");
            fs::write(folder.path().join("next"), text).unwrap();
            fs::rename(folder.path().join("next"), &path).unwrap();
        };
        write("one@nic.example");
        let mut snapshot = IanaSnapshot::open(&path).unwrap();
        assert_eq!(admin(&snapshot.record(&nl)), "one@nic.example");
        write("two@nic.example");
        assert_eq!(admin(&snapshot.record(&nl)), "two@nic.example");
    }

    #[test]
    fn a_snapshot_that_went_wrong_is_unreachable_and_never_absent() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("iana.json");
        fs::write(&path, SNAPSHOT).unwrap();
        let mut snapshot = IanaSnapshot::open(&path).unwrap();
        let unknown = "de".parse().unwrap();
        for (text, want) in [
            ("", "line 1, column 0"),
            ("[{\"tld\":\"nl\"}", "line 1, column 13"),
            ("[{\"tld\":\"n l\"}]", "tld `n l`"),
        ] {
            fs::write(&path, text).unwrap();
            let answer = admin(&snapshot.record(&unknown));
            assert!(answer.starts_with("unreachable: the snapshot of IANA's contacts, /"), "{answer}");
            assert!(answer.contains(want), "{answer}");
            // What may be answered from memory is.
            assert_eq!(snapshot.tlds().len(), 3);
        }
        fs::remove_file(&path).unwrap();
        assert!(admin(&snapshot.record(&unknown)).contains("cannot be read"));
        fs::write(&path, SNAPSHOT).unwrap();
        assert_eq!(admin(&snapshot.record(&unknown)), "absent");
        fs::write(&path, b"[\"\xff\"]").unwrap();
        assert!(admin(&snapshot.record(&unknown)).contains("UTF-8"));
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let error = IanaSnapshot::open("/nowhere/iana.json".as_ref()).unwrap_err();
        assert!(format!("{error:#}").contains("/nowhere/iana.json"));
    }
}
