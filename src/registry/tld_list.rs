//! The list of all TLDs that are delegated, `tlds-alpha-by-domain.txt`: what is not in it is not in the root zone.

use std::collections::BTreeSet;

use crate::domain::tld::Tld;
use crate::registry::ANSWER_OCTETS_MAX;
use crate::registry::field::{shown, tidy};

/// TLDs that the list has at the least. It has had more than 1,400 since 2017; one that is shorter was cut off, and
/// would say of ccTLDs that they are gone.
const LISTED_MIN: usize = 1_000;

/// The list as it was read.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TldList {
    /// Its version, as its first line tells it.
    pub version: String,
    /// All TLDs in it.
    pub tlds: BTreeSet<Tld>,
}

/// Reads the list.
///
/// # Errors
/// Where it cannot be the whole list: with the reason.
pub fn read(octets: &[u8]) -> Result<TldList, String> {
    if octets.len() > ANSWER_OCTETS_MAX {
        return Err("it is too long".to_owned());
    }
    let text = std::str::from_utf8(octets).map_err(|_| "it is not UTF-8".to_owned())?;
    let mut version = String::new();
    let mut tlds = BTreeSet::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if let Some(comment) = line.strip_prefix('#') {
            if version.is_empty() {
                version = tidy(comment);
            }
            continue;
        }
        tlds.insert(line.parse::<Tld>().map_err(|_| format!("`{}` is not a TLD", shown(line)))?);
    }
    if !text.ends_with('\n') {
        return Err("it ends in the middle of a line".to_owned());
    }
    if tlds.len() < LISTED_MIN {
        return Err(format!("it has only {} TLDs", tlds.len()));
    }
    Ok(TldList { version, tlds })
}

#[cfg(test)]
mod tests {
    use super::read;

    /// A list of this many TLDs.
    fn list(count: usize) -> String {
        let names = (0..count).map(|number| format!("T{number:04}\n")).collect::<Vec<_>>().concat();
        format!("# Version 2026112000, Last Updated Fri Nov 20 07:07:01 2026 UTC\n{names}XN--QXA6A\n")
    }

    #[test]
    fn a_whole_list_is_read() {
        let read = read(list(1400).as_bytes()).unwrap();
        assert_eq!(read.tlds.len(), 1401);
        assert!(read.version.starts_with("Version 2026112000"));
        assert!(read.tlds.contains(&"ευ".parse().unwrap()));
    }

    #[test]
    fn a_list_that_was_cut_off_or_is_none_is_refused() {
        assert_eq!(read(list(10).as_bytes()), Err("it has only 11 TLDs".to_owned()));
        assert_eq!(read(list(1400).trim().as_bytes()), Err("it ends in the middle of a line".to_owned()));
        assert_eq!(read(b"<html>\n"), Err("`<html>` is not a TLD".to_owned()));
        assert_eq!(read(b"\xff"), Err("it is not UTF-8".to_owned()));
        assert!(read(b"").is_err());
    }
}
