//! Answers DNS questions from a zone file in master format instead of the network (RFC 1035 §5).
//!
//! Besides records it has lines for what a network does: `;!SERVFAIL name`, `;!TIMEOUT name`, or any other word in
//! their place, make the questions for that name fail for now. Only texts and aliases are kept; owners may have any
//! visible character, since a forger's zone has, and general readers of zone files refuse them.

use std::collections::BTreeMap;

use thiserror::Error;

use crate::domain::evidence::DnsAnswer;
use crate::domain::evidence::DnsQuestion;
use crate::world::Resolver;

/// Aliases that are followed from one name to the next: resolvers stop after some such number, and loops end.
const ALIASES_MAX: usize = 8;

/// The text records, aliases and failures of a zone file.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct ZoneFile {
    texts: BTreeMap<String, Vec<Vec<u8>>>,
    aliases: BTreeMap<String, String>,
    failures: BTreeMap<String, String>,
}

/// Why a text is not a zone file. Lines are counted from 1, as an editor counts.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum ZoneFileError {
    /// A quoted string or a parenthesis does not end, or an escape is broken (RFC 1035 §5.1).
    #[error("line {line}: a quote, a parenthesis or an escape is not complete")]
    Incomplete {
        /// Where the record begins.
        line: usize,
    },
    /// A record without a name, a type or content.
    #[error("line {line}: a record is a name, a type and its content, as in `a.example. TXT \"words\"`")]
    Record {
        /// Where the record begins.
        line: usize,
    },
    /// It asks for another file to be read in.
    #[error("line {line}: $INCLUDE is not read; put all records into one file")]
    Include {
        /// Where it does.
        line: usize,
    },
    /// A line like `;!SERVFAIL` without a name.
    #[error("line {line}: write it as in `;!SERVFAIL name.example`")]
    Failure {
        /// Where it stands.
        line: usize,
    },
}

impl ZoneFile {
    /// Reads a whole file. Names without a final dot are below `$ORIGIN`, or below the root where none is given.
    ///
    /// # Errors
    /// Where a line is not in master format.
    pub fn read(text: &str) -> Result<Self, ZoneFileError> {
        let mut zone = Self::default();
        let (mut origin, mut owner) = (String::new(), String::new());
        let mut lines = text.lines().zip(1_usize..);
        while let Some((content, line)) = lines.next() {
            if let Some(failure) = content.strip_prefix(";!") {
                zone.add_failure(failure, line)?;
                continue;
            }
            let mut entry = Entry::default();
            entry.add(content).ok_or(ZoneFileError::Incomplete { line })?;
            while entry.depth > 0 {
                let (more, _) = lines.next().ok_or(ZoneFileError::Incomplete { line })?;
                entry.add(more).ok_or(ZoneFileError::Incomplete { line })?;
            }
            let mut words = entry.words.into_iter();
            if !content.starts_with([' ', '\t']) {
                match words.next() {
                    None => continue,
                    Some(word) if word == b"$INCLUDE" => return Err(ZoneFileError::Include { line }),
                    Some(word) if word == b"$TTL" => continue,
                    Some(word) if word == b"$ORIGIN" => {
                        let name = words.next().ok_or(ZoneFileError::Record { line })?;
                        origin = absolute(&name, &origin);
                        continue;
                    }
                    Some(word) => owner = absolute(&word, &origin),
                }
            }
            let words: Vec<Vec<u8>> = words.collect();
            if !words.is_empty() {
                zone.add_record(&owner, &origin, &words).ok_or(ZoneFileError::Record { line })?;
            }
        }
        Ok(zone)
    }

    /// The answer to a question, aliases followed. A name that the file does not have does not exist.
    pub fn answer(&self, question: &DnsQuestion) -> DnsAnswer {
        let mut name = absolute(question.name.as_bytes(), "");
        for _ in 0..ALIASES_MAX {
            if let Some(reason) = self.failures.get(&name) {
                return DnsAnswer::Temporary(reason.clone());
            }
            if let Some(texts) = self.texts.get(&name) {
                return DnsAnswer::Records(texts.clone());
            }
            match self.aliases.get(&name) {
                Some(target) => name.clone_from(target),
                None => return DnsAnswer::Absent,
            }
        }
        DnsAnswer::Temporary("too many aliases".to_owned())
    }

    fn add_failure(&mut self, text: &str, line: usize) -> Result<(), ZoneFileError> {
        let mut words = text.split_whitespace();
        let (Some(reason), Some(name), None) = (words.next(), words.next(), words.next()) else {
            return Err(ZoneFileError::Failure { line });
        };
        self.failures.insert(absolute(name.as_bytes(), ""), reason.to_owned());
        Ok(())
    }

    /// Adds a record from its words after the owner: life time and class in either order, type, content.
    fn add_record(&mut self, owner: &str, origin: &str, words: &[Vec<u8>]) -> Option<()> {
        let is_life_or_class =
            |word: &[u8]| word.first().is_some_and(u8::is_ascii_digit) || word.eq_ignore_ascii_case(b"IN");
        let mut words = words.iter().skip_while(|word| is_life_or_class(word));
        let kind = words.next()?.to_ascii_uppercase();
        let content: Vec<&[u8]> = words.map(Vec::as_slice).collect();
        let first = content.first()?;
        match kind.as_slice() {
            b"TXT" => self.texts.entry(owner.to_owned()).or_default().push(content.concat()),
            b"CNAME" => {
                self.aliases.insert(owner.to_owned(), absolute(first, origin));
            }
            // Questions are for text records only; an address or a name server answers none.
            _ => {}
        }
        Some(())
    }
}

impl Resolver for ZoneFile {
    fn answers(&mut self, questions: &[DnsQuestion]) -> BTreeMap<DnsQuestion, DnsAnswer> {
        questions.iter().map(|question| (question.clone(), self.answer(question))).collect()
    }
}

/// The words of one entry, which may go over several lines in parentheses.
#[derive(Debug, Default)]
struct Entry {
    words: Vec<Vec<u8>>,
    depth: usize,
}

impl Entry {
    /// Adds the words of a line; none where a quote or an escape does not end in it.
    fn add(&mut self, line: &str) -> Option<()> {
        let mut octets = line.bytes();
        let mut word: Option<Vec<u8>> = None;
        let mut quoted = false;
        while let Some(octet) = octets.next() {
            match octet {
                b'"' if quoted => {
                    quoted = false;
                    self.words.extend(word.take());
                }
                b'"' => {
                    self.words.extend(word.replace(Vec::new()));
                    quoted = true;
                }
                b'\\' => word.get_or_insert_default().push(unescape(&mut octets)?),
                _ if quoted => word.get_or_insert_default().push(octet),
                b';' => break,
                b' ' | b'\t' => self.words.extend(word.take()),
                b'(' => self.depth += 1,
                b')' => self.depth = self.depth.checked_sub(1)?,
                _ => word.get_or_insert_default().push(octet),
            }
        }
        self.words.extend(word.take());
        (!quoted).then_some(())
    }
}

/// What comes after a backslash: three digits of an octet, or a character as it is (RFC 1035 §5.1).
fn unescape(octets: &mut std::str::Bytes<'_>) -> Option<u8> {
    let first = octets.next()?;
    if !first.is_ascii_digit() {
        return Some(first);
    }
    let digits = [first, octets.next()?, octets.next()?];
    std::str::from_utf8(&digits).ok()?.parse().ok()
}

/// A name in lower case without its final dot; one that has none is below the origin.
fn absolute(name: &[u8], origin: &str) -> String {
    let name = String::from_utf8_lossy(name).to_ascii_lowercase();
    match name.strip_suffix('.') {
        Some(whole) => whole.to_owned(),
        None if name == "@" => origin.to_owned(),
        None if origin.is_empty() => name,
        None => format!("{name}.{origin}"),
    }
}

#[cfg(test)]
mod tests {
    use super::ZoneFile;
    use crate::domain::evidence::DnsAnswer;
    use crate::domain::evidence::DnsQuestion;

    #[track_caller]
    fn check(zone: &str, name: &str, want: &str) {
        let zone = ZoneFile::read(zone).unwrap();
        let got = match zone.answer(&DnsQuestion { name: name.to_owned() }) {
            DnsAnswer::Records(records) => {
                let texts: Vec<_> = records.iter().map(|text| String::from_utf8_lossy(text)).collect();
                texts.join(" | ")
            }
            DnsAnswer::Absent => "absent".to_owned(),
            DnsAnswer::Temporary(reason) => format!("temporary: {reason}"),
        };
        assert_eq!(got, want);
    }

    #[test]
    fn the_strings_of_a_record_are_joined_and_records_are_kept_apart() {
        let zone = "a.example. 60 IN TXT \"v=1; \" \"p=x\"\n           IN TXT b\nb.example. TXT c ; d\n";
        check(zone, "A.example", "v=1; p=x | b");
        check(zone, "b.example.", "c");
        check(zone, "c.example", "absent");
    }

    #[test]
    fn names_are_below_the_origin() {
        check("$TTL 60\n$ORIGIN nic.example.\nk TXT x\n@ TXT y\nl CNAME k\n", "k.nic.example", "x");
        check("$ORIGIN nic.example.\n@ TXT y\n", "nic.example", "y");
        check("$ORIGIN nic.example.\nl CNAME k\nk TXT x", "l.nic.example", "x");
    }

    #[test]
    fn parentheses_and_escapes_are_read() {
        check("a. TXT ( \"x\" ; first\n  \"y\\\"\\065\" )\n", "a", "xy\"A");
        check("a'b. TXT x", "a'b", "x");
    }

    #[test]
    fn failures_come_before_records_and_loops_end() {
        let zone = ";!SERVFAIL a.example.\na.example. TXT x\nb. CNAME c.\nc. CNAME b.\n";
        check(zone, "a.example", "temporary: SERVFAIL");
        check(zone, "b", "temporary: too many aliases");
    }

    #[test]
    fn mistakes_name_their_line() {
        let error = |text: &str| ZoneFile::read(text).unwrap_err().to_string();
        assert_eq!(error("\n$INCLUDE x"), "line 2: $INCLUDE is not read; put all records into one file");
        assert_eq!(error(";!TIMEOUT"), "line 1: write it as in `;!SERVFAIL name.example`");
        assert_eq!(error("a. TXT \"x"), "line 1: a quote, a parenthesis or an escape is not complete");
        assert_eq!(
            error("a. TXT"),
            "line 1: a record is a name, a type and its content, as in `a.example. TXT \"words\"`"
        );
    }
}
