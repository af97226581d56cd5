//! Statistics and the public page in the configuration: by which regions ccTLDs are counted, and where the page is written to.

use std::fs;
use std::path::PathBuf;

use serde::Deserialize;

use crate::config::check::Check;
use crate::domain::regions::{Assignment, FILE_OCTETS_MAX, Regions};

/// Lines of the page's own at the most: more is a text of its own.
const LINKS_MAX: usize = 10;
/// Characters of such a line at the most.
const LINK_CHARS_MAX: usize = 200;

/// Where the public page is written to, and what it says besides.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PageConfig {
    /// The folder, which a web server shows.
    pub folder: PathBuf,
    /// Lines below the list of missing ccTLDs, such as where to read how to join.
    pub links: Vec<String>,
}

/// The section of the statistics as it is written.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenStatistics {
    #[serde(default)]
    regions: Assignment,
    regions_file: Option<PathBuf>,
}

impl WrittenStatistics {
    /// In which region each ccTLD is counted, where nothing is wrong with the file.
    pub(super) fn checked(self, check: &mut Check<'_>) -> Regions {
        let key = "statistics.regions_file";
        let built_in = Regions::built_in(self.regions);
        let Some(path) = self.regions_file else { return built_in };
        let before = check.count();
        let path = check.file_there(key, path);
        if check.count() > before {
            return built_in;
        }
        let file = path.display();
        if fs::metadata(&path).is_ok_and(|file| file.len() > FILE_OCTETS_MAX as u64) {
            let says = format!(
                "{key}: {file} has more than {FILE_OCTETS_MAX} octets; name a table of ccTLDs and regions"
            );
            check.fault(key, says);
            return built_in;
        }
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) => {
                check
                    .fault(key, format!("{key}: {file} cannot be read ({error}); write it as text in UTF-8"));
                return built_in;
            }
        };
        built_in.clone().with(&text).unwrap_or_else(|faults| {
            for fault in faults {
                check.fault(key, format!("{key}: {file}, line {}: {}", fault.line, fault.says));
            }
            built_in
        })
    }
}

/// The section of the page as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenPage {
    folder: Option<PathBuf>,
    #[serde(default)]
    links: Vec<String>,
}

impl WrittenPage {
    /// What is set, where the folder is named.
    pub(super) fn checked(self, check: &mut Check<'_>) -> Option<PageConfig> {
        let long =
            |line: &String| line.chars().count() > LINK_CHARS_MAX || line.chars().any(char::is_control);
        if self.links.len() > LINKS_MAX || self.links.iter().any(long) {
            let says =
                format!("has at most {LINKS_MAX} lines of at most {LINK_CHARS_MAX} characters; shorten it");
            check.fault("page.links", format!("page.links {says}"));
        }
        let folder = check.needed("page.folder", self.folder, "folder = \"/var/www/tld-ops\"")?;
        Some(PageConfig { folder: check.folder_there("page.folder", folder), links: self.links })
    }
}
