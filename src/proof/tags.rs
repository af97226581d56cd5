//! Reads the tag lists of signatures, key records and DMARC records (RFC 6376 §3.2).

use std::collections::BTreeMap;

use thiserror::Error;

/// A list like `v=1; a=rsa-sha256; d=b.example`: each name once, values without white space at their ends.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct TagList(BTreeMap<String, String>);

/// Why a text is not a tag list.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub(crate) enum TagError {
    #[error("it is not a list of name=value")]
    Malformed,
    #[error("it has the tag {0}= twice")]
    Twice(String),
}

impl TagList {
    /// Reads a whole list. A name that comes twice, in any case of letters, makes the list invalid: readers differ
    /// in which of the two they take.
    pub(crate) fn read(text: &[u8]) -> Result<Self, TagError> {
        let text = std::str::from_utf8(text).map_err(|_| TagError::Malformed)?;
        if text.chars().any(|c| c.is_control() && !"\t\r\n".contains(c)) {
            return Err(TagError::Malformed);
        }
        let text = text.trim_matches(is_space);
        let text = text.strip_suffix(';').unwrap_or(text);
        let mut tags = BTreeMap::new();
        let mut seen = std::collections::BTreeSet::new();
        for tag in text.split(';') {
            let (name, value) = tag.split_once('=').ok_or(TagError::Malformed)?;
            let name = name.trim_matches(is_space);
            if !is_tag_name(name) {
                return Err(TagError::Malformed);
            }
            if !seen.insert(name.to_ascii_lowercase()) {
                return Err(TagError::Twice(name.chars().take(TAG_NAME_CHARS_SHOWN).collect()));
            }
            tags.insert(name.to_owned(), value.trim_matches(is_space).to_owned());
        }
        Ok(Self(tags))
    }

    /// Reads a record of the DNS: the same, but for semicolons too many, which their owners write and nobody misreads.
    pub(crate) fn read_record(record: &[u8]) -> Result<Self, TagError> {
        // Notes in other charsets say nothing; what a letter outside ASCII makes of a value is refused where it is read.
        let record = String::from_utf8_lossy(record).into_owned().into_bytes();
        let tags = record.split(|octet| *octet == b';').filter(|tag| !tag.trim_ascii().is_empty());
        Self::read(&tags.collect::<Vec<_>>().join(&b';'))
    }

    /// The value of a tag, as written.
    pub(crate) fn find(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The value of a tag without any white space: for domains, hashes and signatures, which may be folded.
    pub(crate) fn compact(&self, name: &str) -> Option<String> {
        self.find(name).map(|value| value.chars().filter(|c| !is_space(*c)).collect())
    }

    /// The values of a tag that is a list with colons, without white space.
    pub(crate) fn list(&self, name: &str) -> Option<Vec<String>> {
        self.compact(name).map(|value| value.split(':').map(str::to_owned).collect())
    }
}

/// Characters of a tag's name that are shown to people.
const TAG_NAME_CHARS_SHOWN: usize = 20;

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

fn is_tag_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|octet| octet.is_ascii_alphanumeric() || octet == b'_')
}
