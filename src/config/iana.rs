//! The section `[iana]` as it is written, and what is checked of it.

use std::ops::RangeInclusive;
use std::path::PathBuf;

use serde::Deserialize;

use crate::config::check::Check;
use crate::config::{IanaChannels, IanaConfig};

/// IANA's RDAP service (RFC 9083): the ccTLD follows.
const RDAP: &str = "https://rdap.iana.org/domain/";
/// The root zone database: the ccTLD and `.html` follow.
const PAGE: &str = "https://www.iana.org/domains/root/db/";
/// IANA's WHOIS server (RFC 3912).
const WHOIS: &str = "whois.iana.org:43";
/// The list of all TLDs.
const TLD_LIST: &str = "https://data.iana.org/TLD/tlds-alpha-by-domain.txt";
/// Hours for which a record is good enough: IANA changes some twenty admin contacts in a year.
const MAX_AGE_HOURS: u16 = 24;
/// Hours that may stand there: in more than a week a former admin contact would be asked.
const MAX_AGE_HOURS_READ: RangeInclusive<u16> = 1..=168;
/// Seconds between two ccTLDs: all of them are then looked at within half an hour.
const PAUSE_SECONDS: u16 = 3;
/// Seconds that may stand there. Without any pause we would be a burden; with more a day would not be enough.
const PAUSE_SECONDS_READ: RangeInclusive<u16> = 1..=60;

/// The section. Which settings belong to which kind is checked after reading, so that all mistakes are told at once.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenIana {
    kind: Kind,
    path: Option<PathBuf>,
    rdap: Option<String>,
    page: Option<String>,
    whois: Option<String>,
    tld_list: Option<String>,
    ca_file: Option<PathBuf>,
    max_age_hours: Option<u16>,
    pause_seconds: Option<u16>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    Snapshot,
    Channels,
}

impl WrittenIana {
    /// What is set; none where it cannot be used. The check has collected the mistakes.
    pub(super) fn checked(self, check: &mut Check<'_>) -> Option<IanaConfig> {
        match self.kind {
            Kind::Snapshot => self.snapshot(check),
            Kind::Channels => Some(IanaConfig::Channels(self.channels(check))),
        }
    }

    fn snapshot(self, check: &mut Check<'_>) -> Option<IanaConfig> {
        let others = [
            ("rdap", self.rdap.is_some()),
            ("page", self.page.is_some()),
            ("whois", self.whois.is_some()),
            ("tld_list", self.tld_list.is_some()),
            ("ca_file", self.ca_file.is_some()),
            ("max_age_hours", self.max_age_hours.is_some()),
            ("pause_seconds", self.pause_seconds.is_some()),
        ];
        for (name, _) in others.into_iter().filter(|(_, is_there)| *is_there) {
            let says = format!("iana.{name} has no meaning for kind = \"snapshot\"; remove it");
            check.fault(&format!("iana.{name}"), says);
        }
        let path = check.needed("iana.path", self.path, "path = \"iana.json\" to [iana]")?;
        Some(IanaConfig::Snapshot { path: check.file_there("iana.path", path) })
    }

    fn channels(self, check: &mut Check<'_>) -> IanaChannels {
        if self.path.is_some() {
            let says = "iana.path has no meaning for kind = \"channels\"; remove it. `tldops iana import` takes a snapshot in";
            check.fault("iana.path", says.to_owned());
        }
        IanaChannels {
            rdap: https(check, "iana.rdap", self.rdap, RDAP),
            page: https(check, "iana.page", self.page, PAGE),
            whois: host_and_port(check, self.whois),
            tld_list: https(check, "iana.tld_list", self.tld_list, TLD_LIST),
            ca_file: self.ca_file.map(|path| check.file_there("iana.ca_file", path)),
            max_age_hours: check.within(
                "iana.max_age_hours",
                self.max_age_hours.unwrap_or(MAX_AGE_HOURS),
                &MAX_AGE_HOURS_READ,
            ),
            pause_seconds: check.within(
                "iana.pause_seconds",
                self.pause_seconds.unwrap_or(PAUSE_SECONDS),
                &PAUSE_SECONDS_READ,
            ),
        }
    }
}

/// An address that proves who answers. One that the ccTLD follows ends with a slash.
fn https(check: &mut Check<'_>, key: &str, written: Option<String>, usual: &str) -> String {
    let Some(written) = written else { return usual.to_owned() };
    if !written.starts_with("https://") || written.contains(char::is_whitespace) {
        check.fault(
            key,
            format!("{key}: `{}` is no https address; write it as in {usual}", written.escape_debug()),
        );
    } else if usual.ends_with('/') && !written.ends_with('/') {
        check.fault(
            key,
            format!("{key} must end with a slash, since the ccTLD follows; write it as in {usual}"),
        );
    }
    written
}

fn host_and_port(check: &mut Check<'_>, written: Option<String>) -> String {
    let Some(written) = written else { return WHOIS.to_owned() };
    let port = written
        .rsplit_once(':')
        .and_then(|(host, port)| (!host.is_empty()).then_some(port)?.parse::<u16>().ok());
    if port.is_none() {
        let says = format!(
            "iana.whois: `{}` is no host with its port; write it as in {WHOIS}",
            written.escape_debug()
        );
        check.fault("iana.whois", says);
    }
    written
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use crate::config::{Config, IanaChannels, IanaConfig};

    fn read(section: &str) -> Result<IanaConfig, String> {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("dns.zone"), "").unwrap();
        fs::write(folder.path().join("ca.pem"), "").unwrap();
        let text = format!(
            "mailbox_address = \"tldops@list.example\"\nsecretariat = [\"a@list.example\"]\nstore = \"store\"\n\
             [mailbox]\nkind = \"maildir\"\npath = \"Maildir\"\n[post]\nkind = \"folder\"\npath = \"out\"\n\
             [dns]\nkind = \"zone-file\"\npath = \"dns.zone\"\n[iana]\n{section}"
        );
        let config = Config::parse(&text, folder.path()).map(|config| config.iana);
        config.map_err(|error| error.to_string().replace(&folder.path().display().to_string(), ""))
    }

    #[test]
    fn channels_need_no_setting() {
        let IanaConfig::Channels(channels) = read("kind = \"channels\"\n").unwrap() else {
            panic!("no channels")
        };
        let IanaChannels { rdap, page, whois, ca_file, max_age_hours, pause_seconds, .. } = channels;
        assert_eq!(rdap, "https://rdap.iana.org/domain/");
        assert_eq!(page, "https://www.iana.org/domains/root/db/");
        assert_eq!(
            (whois.as_str(), ca_file, max_age_hours, pause_seconds),
            ("whois.iana.org:43", None, 24, 3)
        );
    }

    #[test]
    fn every_setting_is_read() {
        let section = "kind = \"channels\"\nrdap = \"https://rdap.example/d/\"\npage = \"https://page.example/\"\n\
                       whois = \"whois.example:4343\"\ntld_list = \"https://list.example/tlds.txt\"\n\
                       ca_file = \"ca.pem\"\nmax_age_hours = 6\npause_seconds = 1\n";
        let IanaConfig::Channels(channels) = read(section).unwrap() else { panic!("no channels") };
        assert_eq!(channels.whois, "whois.example:4343");
        assert_eq!(channels.tld_list, "https://list.example/tlds.txt");
        assert!(channels.ca_file.is_some_and(|path| path.ends_with(Path::new("ca.pem"))));
        assert_eq!((channels.max_age_hours, channels.pause_seconds), (6, 1));
    }

    #[test]
    fn all_mistakes_are_told_at_once() {
        let section = "kind = \"channels\"\nrdap = \"http://rdap.example/\"\npage = \"https://page.example\"\n\
                       whois = \"whois.example\"\nmax_age_hours = 0\npause_seconds = 61\npath = \"iana.json\"\n";
        assert_eq!(
            read(section).unwrap_err(),
            "line 15: iana.rdap: `http://rdap.example/` is no https address; write it as in https://rdap.iana.org/domain/\n\
             line 16: iana.page must end with a slash, since the ccTLD follows; write it as in \
             https://www.iana.org/domains/root/db/\n\
             line 17: iana.whois: `whois.example` is no host with its port; write it as in whois.iana.org:43\n\
             line 18: iana.max_age_hours is 0; write 1 to 168\n\
             line 19: iana.pause_seconds is 61; write 1 to 60\n\
             line 20: iana.path has no meaning for kind = \"channels\"; remove it. `tldops iana import` takes a snapshot in"
        );
        assert_eq!(
            read("kind = \"snapshot\"\nwhois = \"whois.example:43\"\n").unwrap_err(),
            "line 13: `iana.path` is missing; add path = \"iana.json\" to [iana]\n\
             line 15: iana.whois has no meaning for kind = \"snapshot\"; remove it"
        );
    }
}
