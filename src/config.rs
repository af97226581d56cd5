//! The configuration file: typed, or refused at start with the line and the cure of every mistake.

mod check;
mod dkim;
mod iana;
mod list;
mod mailbox;
mod reconciliation;
mod repository;
mod server;
mod statistics;
mod written;

use std::fmt;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use thiserror::Error;

use crate::config::check::{Check, line_of};
pub use crate::config::list::{MailmanConfig, ToolsConfig};
pub use crate::config::mailbox::{FiledConfig, ImapConfig};
pub use crate::config::reconciliation::ReconciliationConfig;
pub use crate::config::server::{LoginConfig, SecurityConfig, ServerConfig};
pub use crate::config::statistics::PageConfig;
use crate::config::written::Written;
use crate::domain::address::Address;
use crate::domain::contact::PersonName;
use crate::domain::evidence::Gateway;
use crate::domain::list_plan::ListPolicy;
use crate::domain::notice::Replies;
use crate::domain::policy::Policy;
use crate::domain::regions::Regions;
use crate::domain::repository::RepositoryPolicy;

/// Everything that an operator sets. Its paths are absolute, or relative to where the program was started.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// Our own address, which requests are written to and answers come from; without a subaddress.
    pub mailbox_address: Address,
    /// Further addresses of the same mailbox.
    pub mailbox_names: Vec<Address>,
    /// Our name in From fields.
    pub sender_name: PersonName,
    /// The right side of our Message-IDs (RFC 5322 §3.6.4): a domain in lower-case A-labels.
    pub message_id_domain: String,
    /// Where answers to our questions go.
    pub replies: Replies,
    /// The people who rule on doubts: at least one, none of our own addresses among them.
    pub secretariat: Vec<Address>,
    /// The folder of the store.
    pub store: PathBuf,
    /// The folder of templates that take the place of the embedded ones.
    pub templates: Option<PathBuf>,
    /// Where mails come from.
    pub mailbox: MailboxConfig,
    /// Where mails go to.
    pub post: PostConfig,
    /// What becomes of mails in a rehearsal.
    pub rehearsal: RehearsalConfig,
    /// The keys that our mails are signed with; none where the submission server signs them.
    pub dkim: Vec<DkimConfig>,
    /// Who answers questions to the DNS.
    pub dns: DnsConfig,
    /// Where IANA's contacts come from.
    pub iana: IanaConfig,
    /// Which mailing list is changed.
    pub list: ListConfig,
    /// How far it is changed, and who is on it.
    pub list_policy: ListPolicy,
    /// The mail with the contact repository.
    pub repository: RepositoryPolicy,
    /// In which region each ccTLD is counted.
    pub regions: Regions,
    /// The public page; none where it is written by nobody but a person.
    pub page: Option<PageConfig>,
    /// How the registers are compared.
    pub reconciliation: ReconciliationConfig,
    /// The operator's own border server, whose word he trusts on mails that it rewrites; usually none.
    pub trusted_authentication_results: Option<Gateway>,
    /// The rules' settings; free of faults.
    pub policy: Policy,
    /// Seconds between two looks at the mailbox: 1 to 3600.
    pub poll_seconds: u16,
    /// How the program tells what it does.
    pub log: LogConfig,
}

/// Where mails come from.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum MailboxConfig {
    /// A Maildir on this machine.
    Maildir {
        /// Its folder.
        path: PathBuf,
    },
    /// A folder of an IMAP server.
    Imap(ImapConfig),
}

/// Where mails go to.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum PostConfig {
    /// A folder that another program takes them from.
    Folder {
        /// The folder.
        path: PathBuf,
    },
    /// A submission server.
    Smtp(ServerConfig),
}

/// What becomes of mails while the whole is tried out.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct RehearsalConfig {
    /// Every mail goes to this address alone.
    pub redirect_all_to: Option<Address>,
    /// Every mail stays in the outbox.
    pub hold_all: bool,
}

/// A key that mails are signed with (RFC 6376).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DkimConfig {
    /// The domain that signs: that of the mailbox, or one above it.
    pub domain: String,
    /// The first label of the record's name.
    pub selector: String,
    /// The file with the private key in PEM.
    pub key_file: PathBuf,
}

/// Who answers questions to the DNS.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum DnsConfig {
    /// A zone file in master format (RFC 1035 §5).
    ZoneFile {
        /// The file.
        path: PathBuf,
    },
    /// Resolvers, over the network.
    Resolver {
        /// Which ones, each once; those of the system where none is named.
        servers: Vec<SocketAddr>,
    },
}

/// Where IANA's contacts come from.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum IanaConfig {
    /// A file in JSON, read again whenever it changes.
    Snapshot {
        /// The file.
        path: PathBuf,
    },
    /// IANA itself: RDAP, WHOIS and the pages of the root zone database.
    Channels(IanaChannels),
}

/// How IANA itself is asked.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct IanaChannels {
    /// What stands before the ccTLD in RDAP: an `https` address that ends with a slash.
    pub rdap: String,
    /// What stands before the ccTLD in the addresses of the pages: an `https` address that ends with a slash.
    pub page: String,
    /// The WHOIS server, as in `whois.iana.org:43`.
    pub whois: String,
    /// The list of all TLDs: an `https` address.
    pub tld_list: String,
    /// The certificate authorities to trust in place of the system's.
    pub ca_file: Option<PathBuf>,
    /// Hours for which a record that was read is good enough to look at a mail with: 1 to 168.
    pub max_age_hours: u16,
    /// Seconds between two ccTLDs: 1 to 60.
    pub pause_seconds: u16,
}

/// Which mailing list is changed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum ListConfig {
    /// None: the store's own roster is the list.
    OwnRoster {
        /// A file that shows the addresses that a list would have.
        members_file: Option<PathBuf>,
    },
    /// A list of Mailman 3, by its REST interface.
    Mailman(MailmanConfig),
    /// A list of Mailman 2.1, by its tools.
    Tools(ToolsConfig),
    /// A list that a person changes.
    ByHand {
        /// Who.
        administrator: Address,
    },
}

/// How the program tells what it does.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(default, deny_unknown_fields)]
pub struct LogConfig {
    /// In which form.
    pub format: LogFormat,
    /// How much.
    pub level: LogLevel,
}

/// The form of the log.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub enum LogFormat {
    /// Lines for people on a terminal, else JSON.
    #[default]
    Auto,
    /// Lines for people.
    Text,
    /// One JSON object a line.
    Json,
}

/// How much the log tells; each level includes those before it.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub enum LogLevel {
    /// What went wrong.
    Error,
    /// What may need a person.
    Warn,
    /// What happens to each case.
    #[default]
    Info,
    /// Why.
    Debug,
    /// Everything.
    Trace,
}

impl LogLevel {
    /// As it stands in the file, and in a filter of `tracing`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
            Self::Trace => "trace",
        }
    }
}

/// Why a configuration cannot be used; its text is for an operator, one line for each mistake.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub struct ConfigError {
    /// The file, where it came from one.
    pub file: Option<PathBuf>,
    /// The mistakes, in the order of their lines. Never empty.
    pub faults: Vec<Fault>,
}

/// One mistake.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Fault {
    /// The line, counted from 1, as an editor counts. None where something is missing from the whole.
    pub line: Option<usize>,
    /// What is wrong and how to mend it.
    pub says: String,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, fault) in self.faults.iter().enumerate() {
            if place > 0 {
                writeln!(f)?;
            }
            match (&self.file, fault.line) {
                (Some(file), Some(line)) => write!(f, "{}, line {line}: ", file.display())?,
                (Some(file), None) => write!(f, "{}: ", file.display())?,
                (None, Some(line)) => write!(f, "line {line}: ")?,
                (None, None) => {}
            }
            f.write_str(&fault.says)?;
        }
        Ok(())
    }
}

impl Config {
    /// Reads a configuration file; relative paths in it count from its folder.
    ///
    /// # Errors
    /// Where it cannot be read or has mistakes: with all of them that can be told at once.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let file = Some(path.to_owned());
        let text = fs::read_to_string(path).map_err(|error| {
            let says = format!(
                "cannot be read ({error}); name another file with -c, or copy deploy/tldops.toml there"
            );
            ConfigError { file: file.clone(), faults: vec![Fault { line: None, says }] }
        })?;
        let folder = path.parent().unwrap_or(Path::new(""));
        Self::parse(&text, folder).map_err(|error| ConfigError { file, ..error })
    }

    /// Understands a configuration's text; relative paths in it count from this folder.
    ///
    /// # Errors
    /// Where it has mistakes: what is no TOML, or of the wrong type, stops at the first; of the others all are told.
    pub fn parse(text: &str, folder: &Path) -> Result<Self, ConfigError> {
        let written: Written = toml::from_str(text).map_err(|error| {
            let line = error.span().map(|span| line_of(text, &span));
            let says = format!("{}; {}", error.message().replace('\n', " "), cure(error.message()));
            ConfigError { file: None, faults: vec![Fault { line, says }] }
        })?;
        let mut check = Check::new(text, folder);
        let config = written.checked(&mut check);
        let mut faults = check.into_faults();
        faults.sort_by_key(|fault| fault.line);
        config.filter(|_| faults.is_empty()).ok_or(ConfigError { file: None, faults })
    }
}

/// What to do about a mistake that the reader of TOML found, by the beginning of what it says.
fn cure(message: &str) -> &'static str {
    let cures = [
        ("unknown field", "correct its name or remove it"),
        ("unknown variant", "write one of those"),
        ("missing field", "add it to this section"),
        ("duplicate key", "remove one of the two"),
        ("invalid type", "write a value of that type; a text stands in quotation marks, a number does not"),
        ("invalid value", "write a whole number from 0 to 65535"),
    ];
    let known = cures.iter().find(|(beginning, _)| message.starts_with(beginning));
    known
        .map_or("write it as TOML: key = \"text\", key = 20, key = [\"a\", \"b\"], [section]", |(_, cure)| {
            cure
        })
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use tempfile::TempDir;

    use super::{
        Config, DnsConfig, IanaConfig, ListConfig, LogFormat, LoginConfig, MailboxConfig, PostConfig,
        SecurityConfig,
    };
    use crate::domain::policy::Policy;

    const EXAMPLE: &str = include_str!("../deploy/tldops.toml");
    const LEAST: &str = r#"mailbox_address = "tldops@list.example"
secretariat = ["a@list.example", "b@list.example"]
store = "store"
[mailbox]
kind = "maildir"
path = "Maildir"
[post]
kind = "folder"
path = "/srv/outgoing"
[dns]
kind = "zone-file"
path = "dns.zone"
[iana]
kind = "snapshot"
path = "iana.json"
"#;

    /// A folder in which the files are that the configurations name.
    fn folder() -> TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("dns.zone"), "").unwrap();
        fs::write(folder.path().join("iana.json"), "[]").unwrap();
        for password in ["mailbox-password", "submission-password", "list-password"] {
            fs::write(folder.path().join(password), "x").unwrap();
        }
        folder
    }

    /// What is said of the least configuration where this stands in place of that.
    #[track_caller]
    fn check(that: &str, this: &str, want: &str) {
        assert!(LEAST.contains(that), "{that}");
        let folder = folder();
        let error = Config::parse(&LEAST.replacen(that, this, 1), folder.path()).unwrap_err().to_string();
        assert_eq!(error.replace(&folder.path().display().to_string(), "/etc/tldops"), want);
    }

    #[test]
    fn the_least_configuration_has_safe_defaults() {
        let folder = folder();
        let config = Config::parse(LEAST, folder.path()).unwrap();
        assert_eq!(config.message_id_domain, "list.example");
        assert_eq!(config.sender_name.as_str(), "TLD-OPS Admin");
        assert_eq!(config.poll_seconds, 20);
        assert_eq!(config.policy, Policy::default());
        assert_eq!(config.list, ListConfig::OwnRoster { members_file: None });
        assert_eq!((config.log.format, config.log.level.as_str()), (LogFormat::Auto, "info"));
        assert_eq!(config.secretariat.len(), 2);
    }

    #[test]
    fn a_relative_path_counts_from_the_files_folder() {
        let folder = folder();
        let path = folder.path();
        fs::write(path.join("tldops.toml"), LEAST).unwrap();
        let config = Config::read(&path.join("tldops.toml")).unwrap();
        assert_eq!(config.store, path.join("store"));
        assert_eq!(config.mailbox, MailboxConfig::Maildir { path: path.join("Maildir") });
        assert_eq!(config.post, PostConfig::Folder { path: "/srv/outgoing".into() });
        assert_eq!(config.dns, DnsConfig::ZoneFile { path: path.join("dns.zone") });
        assert_eq!(config.iana, IanaConfig::Snapshot { path: path.join("iana.json") });
    }

    #[test]
    fn the_example_is_good_and_its_commented_defaults_are_the_true_ones() {
        let folder = folder();
        let example = Config::parse(EXAMPLE, folder.path()).unwrap();
        let is_setting = |line: &str| {
            line.strip_prefix('#')
                .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_lowercase() || c == ']'))
        };
        let mut within_list = false;
        let mut spelled_out = String::new();
        for line in EXAMPLE.lines() {
            let taken = is_setting(line) || within_list;
            within_list = taken && !line.ends_with(']') && (within_list || line.ends_with('['));
            spelled_out.push_str(if taken { line.trim_start_matches('#') } else { line });
            spelled_out.push('\n');
        }
        assert_eq!(Config::parse(&spelled_out, folder.path()).unwrap(), example);
        // Whoever starts it as it is writes to nobody.
        assert!(example.rehearsal.hold_all);
        assert_eq!(example.policy, Policy::default());

        let table: toml::Table = spelled_out.parse().unwrap();
        let policy = serde_json::to_value(Policy::default()).unwrap();
        for setting in policy.as_object().unwrap().keys() {
            assert!(
                table["policy"].as_table().unwrap().contains_key(setting),
                "policy.{setting} is not shown"
            );
        }
        for setting in ["mailbox_names", "sender_name", "message_id_domain", "poll_seconds", "list", "log"] {
            assert!(table.contains_key(setting), "{setting} is not shown");
        }
    }

    #[test]
    fn the_example_shows_the_other_kinds_in_lines_that_can_be_taken_over() {
        let shown: Vec<&str> = EXAMPLE.lines().filter_map(|line| line.strip_prefix("#     ")).collect();
        for line in &shown {
            assert!(line.parse::<toml::Table>().is_ok(), "{line}");
        }
        for setting in [
            "templates",
            "path",
            "token_file",
            "token_command",
            "ca_file",
            "redirect_all_to",
            "selector",
            "key_file",
            "domain",
            "rdap",
            "tools",
            "command",
            "administrator",
            "members_file",
            "identifier",
        ] {
            let is_it = |line: &&str| line.split(" = ").next() == Some(setting);
            assert!(shown.iter().any(is_it), "{setting} is not shown");
        }
    }

    #[test]
    fn a_rehearsal_and_keys_are_read_and_their_mistakes_told() {
        let folder = folder();
        fs::write(folder.path().join("key.pem"), "").unwrap();
        let with = |post: &str, more: &str| {
            let text = LEAST.replacen("[post]\n", &format!("[post]\n{post}"), 1) + more;
            Config::parse(&text, folder.path())
        };
        let post = "redirect_all_to = \"all@list.example\"\nhold_all = true\n";
        let key = "[[dkim]]\nselector = \"s1\"\nkey_file = \"key.pem\"\n";
        let config = with(post, key).unwrap();
        assert_eq!(config.rehearsal.redirect_all_to, Some("all@list.example".parse().unwrap()));
        assert!(config.rehearsal.hold_all);
        assert_eq!(
            (config.dkim[0].domain.as_str(), config.dkim[0].selector.as_str()),
            ("list.example", "s1")
        );
        let wrong = "[[dkim]]\nselector = \"s 1\"\ndomain = \"other.example\"\nkey_file = \"gone.pem\"\n";
        let error = with("redirect_all_to = \"nobody\"\n", wrong).unwrap_err().to_string();
        for said in [
            "line 8: post.redirect_all_to",
            "line 17: dkim.domain is `other.example`",
            "line 17: dkim.selector",
            "line 17: dkim.key_file",
        ] {
            assert!(error.contains(said), "{said}: {error}");
        }
    }

    #[test]
    fn every_setting_is_read() {
        let folder = folder();
        fs::create_dir(folder.path().join("words")).unwrap();
        let text = format!(
            "mailbox_names = [\"old@list.example\"]\nsender_name = \"Zoé\"\nmessage_id_domain = \"IDs.example\"\n\
             templates = \"words\"\npoll_seconds = 3600\n{LEAST}[list]\nkind = \"own-roster\"\n\
             members_file = \"members\"\n[log]\nformat = \"json\"\nlevel = \"debug\"\n[policy]\nconfirm_days = 20\n"
        );
        let config = Config::parse(&text, folder.path()).unwrap();
        assert_eq!(config.mailbox_names, ["old@list.example".parse().unwrap()]);
        assert_eq!(config.sender_name.as_str(), "Zoé");
        assert_eq!(config.message_id_domain, "ids.example");
        assert_eq!(config.templates, Some(folder.path().join("words")));
        assert_eq!(config.list, ListConfig::OwnRoster { members_file: Some(folder.path().join("members")) });
        assert_eq!((config.log.format, config.log.level.as_str()), (LogFormat::Json, "debug"));
        assert_eq!(config.policy.confirm_days, 20);
    }

    #[test]
    fn what_has_a_wrong_form_is_told_with_its_line_and_its_cure() {
        check(
            "store = \"store\"",
            "stroe = \"store\"",
            "line 3: unknown field `stroe`, expected one of `mailbox_address`, `mailbox_names`, `sender_name`, \
             `message_id_domain`, `subaddresses`, `secretariat`, `store`, `templates`, `mailbox`, `post`, `dkim`, `dns`, `iana`, `list`, `repository`, `statistics`, `page`, `reconciliation`, \
             `trusted_authentication_results`, `policy`, `poll_seconds`, `log`; correct its name or remove it",
        );
        check(
            "kind = \"maildir\"",
            "kind = \"pop3\"",
            "line 5: unknown variant `pop3`, expected `maildir` or `imap`; write one of those",
        );
        check("kind = \"snapshot\"", "", "line 13: missing field `kind`; add it to this section");
        check(
            "path = \"Maildir\"",
            "path = 1",
            "line 6: invalid type: integer `1`, expected path string; write a value of that type; a text stands in \
             quotation marks, a number does not",
        );
        check(
            "store = \"store\"",
            "store = \"store\"\npoll_seconds = -1",
            "line 4: invalid value: integer `-1`, expected u16; write a whole number from 0 to 65535",
        );
        check("[post]", "[mailbox]", "line 7: duplicate key; remove one of the two");
        check(
            "store = \"store\"",
            "store = store",
            "line 3: string values must be quoted, expected literal string; write it as TOML: key = \"text\", \
             key = 20, key = [\"a\", \"b\"], [section]",
        );
    }

    #[test]
    fn what_cannot_work_is_told_with_its_line_and_its_cure() {
        check(
            "\"b@list.example\"",
            "\"TLDOPS+x@LIST.example\"",
            "line 2: secretariat has our own address TLDOPS+x@list.example, and we would write to ourselves; remove it",
        );
        check(
            "\"b@list.example\"",
            "\n \"A@list.example\"",
            "line 3: secretariat has A@list.example twice; remove one",
        );
        check(
            "[\"a@list.example\", \"b@list.example\"]",
            "[]",
            "line 2: `secretariat` names nobody; add the people who rule on doubts, as in \
             secretariat = [\"name@domain.example\"]",
        );
        check(
            "tldops@list",
            "tldops+x@list",
            "line 1: mailbox_address has a subaddress; write it without `+` and what follows: we put our own there",
        );
        check(
            "tldops@list",
            "an-address-that-is-too-long-for-tokens@list",
            "line 1: mailbox_address is too long: `+c-` and 26 digits are put to it; use a shorter one",
        );
        check("store = \"store\"", "store = \"\"", "line 3: store is empty; write a path");
        check("\"Maildir\"", "\"store\"", "line 6: mailbox.path is the same folder as store; use another");
        check(
            "\"dns.zone\"",
            "\"zone\"",
            "line 12: dns.path: /etc/tldops/zone cannot be found (No such file or directory (os error 2)); put the \
             file there, or correct the path",
        );
        check("\"iana.json\"", "\"/\"", "line 15: iana.path: / is a folder; write the path of a file");
    }

    /// What the section of the DNS comes to, or what is said of it.
    #[track_caller]
    fn check_dns(section: &str, want: &str) {
        let folder = folder();
        let text = LEAST.replacen("kind = \"zone-file\"\npath = \"dns.zone\"", section, 1);
        let got = match Config::parse(&text, folder.path()) {
            Ok(config) => format!("{:?}", config.dns),
            Err(error) => error.to_string(),
        };
        assert_eq!(got, want);
    }

    #[test]
    fn resolvers_are_those_of_the_system_or_those_that_are_named() {
        check_dns("kind = \"resolver\"", "Resolver { servers: [] }");
        check_dns(
            "kind = \"resolver\"\nservers = [\"127.0.0.1\", \"127.0.0.1:5353\", \"::1\", \"[::1]:5353\"]",
            "Resolver { servers: [127.0.0.1:53, 127.0.0.1:5353, [::1]:53, [::1]:5353] }",
        );
        check_dns(
            "kind = \"resolver\"\nservers = [\"127.0.0.1\",\n\"dns.example\", \"127.0.0.1:53\"]",
            "line 12: dns.servers: `dns.example` is no address as in 127.0.0.1, 127.0.0.1:5353 or [::1]:53; correct it\n\
             line 12: dns.servers has 127.0.0.1:53 twice; remove one",
        );
        check_dns(
            "kind = \"resolver\"\nservers = []",
            "line 12: dns.servers is empty; name a server, or remove the line and those of the system are asked",
        );
    }

    #[test]
    fn what_belongs_to_another_kind_of_dns_is_told() {
        check_dns(
            "kind = \"resolver\"\npath = \"dns.zone\"",
            "line 12: dns.path belongs to kind = \"zone-file\"; remove it, or change the kind",
        );
        check_dns(
            "kind = \"zone-file\"\npath = \"dns.zone\"\nservers = [\"127.0.0.1\"]",
            "line 13: dns.servers belongs to kind = \"resolver\"; remove it, or change the kind",
        );
        check_dns("kind = \"zone-file\"", "line 10: `dns.path` is missing; add path = \"dns.zone\"");
        check_dns(
            "kind = \"hosts\"",
            "line 11: unknown variant `hosts`, expected `zone-file` or `resolver`; write one of those",
        );
    }

    #[test]
    fn settings_that_may_be_left_out_are_checked_where_they_stand() {
        let with = |setting: &str| format!("store = \"store\"\n{setting}");
        check(
            "store = \"store\"",
            &with("message_id_domain = \"list\""),
            "line 4: message_id_domain: `list` is not a domain as in tldops.example; correct it, or remove the line \
             and the domain of mailbox_address is used",
        );
        check(
            "store = \"store\"",
            &with("templates = \"words\""),
            "line 4: templates: /etc/tldops/words is no folder; make it, correct the path, or remove the line",
        );
        check(
            "store = \"store\"",
            &with("sender_name = \"\""),
            "line 4: sender_name: a name has 1 to 120 characters, with a letter among them; correct it",
        );
        check("store = \"store\"", &with("poll_seconds = 0"), "line 4: poll_seconds is 0; write 1 to 3600");
        check(
            "store = \"store\"",
            &with("[policy]\n\nconfirm_days = 10"),
            "line 4: policy.remind_days go beyond confirm_days = 10; lower them",
        );
        check(
            "store = \"store\"",
            &with("policy.confirm_days = 30\npolicy.remind_days = [7, 3]"),
            "line 5: policy.remind_days must rise, from 1 on; write them as in [5, 10]",
        );
        check(
            "store = \"store\"",
            &with("[policy]\nfree_mail_domains = []\n\nadmin_confirms = \"unless-proven\""),
            "line 7: policy.admin_confirms is \"unless-proven\" and free_mail_domains is empty, so that whoever has a \
             mailbox at a provider for everybody would need no answer; name the providers, or set \"always\"",
        );
        check(
            "store = \"store\"",
            &with("[policy]\ncommittee = [\"a@list.example\"]"),
            "line 5: policy.committee has a@list.example, which is of the secretariat and would be asked what \
             it asks; remove it",
        );
    }

    #[test]
    fn all_mistakes_are_told_at_once_in_the_order_of_their_lines() {
        let error = Config::parse(
            "secretariat = [\"nobody\"]\nmailbox_names = [\n \"a@\"]\n[log]\n",
            Path::new("/etc"),
        );
        assert_eq!(
            error.unwrap_err().to_string(),
            "`mailbox_address` is missing; add the address that requests are written to\n\
             `store` is missing; add store = \"/var/lib/tldops/store\"\n\
             `mailbox` is missing; add [mailbox] with kind = \"imap\" and host, or with kind = \"maildir\" and path\n\
             `post` is missing; add [post] with kind = \"smtp\" and host, or with kind = \"folder\" and path\n\
             `dns` is missing; add [dns] with kind = \"resolver\"\n\
             `iana` is missing; add [iana] with kind = \"channels\", or with kind = \"snapshot\" and path\n\
             line 1: secretariat: `nobody` is not an e-mail address of the form name@domain.example; correct it\n\
             line 3: mailbox_names: `a@` is not an e-mail address of the form name@domain.example; correct it"
        );
    }

    #[test]
    fn a_submission_server_is_read_and_what_cannot_work_of_it_is_refused() {
        const POST: &str = "kind = \"folder\"\npath = \"/srv/outgoing\"";
        let folder = folder();
        fs::write(folder.path().join("password"), "x").unwrap();
        let with = |lines: &str| LEAST.replacen(POST, &format!("kind = \"smtp\"\n{lines}"), 1);
        let read = |lines: &str| match Config::parse(&with(lines), folder.path()) {
            Ok(Config { post: PostConfig::Smtp(server), .. }) => Ok(server),
            Ok(config) => panic!("{config:?}"),
            Err(error) => Err(error.to_string()),
        };
        let server = read("host = \"mail.list.example\"").unwrap();
        assert_eq!((server.port, server.security, server.login), (465, SecurityConfig::Tls, None));
        let server = read("host = \"localhost\"\nsecurity = \"none\"").unwrap();
        assert_eq!((server.port, server.security), (25, SecurityConfig::None));
        let login =
            "host = \"m.example\"\nsecurity = \"starttls\"\nuser = \"bot\"\npassword_file = \"password\"";
        let server = read(login).unwrap();
        let password = LoginConfig::PasswordFile(folder.path().join("password"));
        assert_eq!((server.port, server.login), (587, Some(("bot".to_owned(), password))));
        let check = |lines: &str, want: &str| assert_eq!(read(lines).unwrap_err(), want, "{lines}");
        check("port = 25", "line 7: `post.host` is missing; add host = \"mail.list.example\"");
        check(
            "host = \"m.example\"\nsecurity = \"none\"",
            "line 10: post.security = \"none\" is for a server on this machine only (localhost, 127.0.0.1); use \"tls\" or \
             \"starttls\"",
        );
        check(
            "host = \"m.example\"\nuser = \"bot\"",
            "line 10: post.user needs one of password_file, token_file and token_command, and only one",
        );
        check(
            "host = \"m.example\"\ntoken_command = [\"give\"]",
            "line 7: post: a password or token without `user`; add the user name",
        );
        check(
            "host = \"m.example\"\nport = 0",
            "line 10: post.port is 0; write the port that the server listens on",
        );
        check(
            "host = \"m.example\"\npath = \"x\"",
            "line 10: post.path belongs to kind = \"folder\"; remove it, or change the kind",
        );
    }

    #[test]
    fn a_gateway_that_any_server_could_be_is_refused() {
        let section = |identifier: &str| {
            format!(
                "{LEAST}[trusted_authentication_results]\nidentifier = \"{identifier}\"\nreceived_by = [\"MX.list.example\"]\n"
            )
        };
        let (folder, text) = (folder(), section("MX.list.example"));
        let gateway = Config::parse(&text, folder.path()).unwrap().trusted_authentication_results.unwrap();
        assert!(gateway.is_named("mx.list.example") && gateway.received_by == ["mx.list.example"]);
        for wrong in ["*", "*.example", "a b.example"] {
            assert!(Config::parse(&section(wrong), folder.path()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_file_is_named() {
        let folder = folder();
        let path = folder.path().join("tldops.toml");
        let error = Config::read(&path).unwrap_err().to_string();
        assert!(error.starts_with(&format!("{}: cannot be read (No such file", path.display())), "{error}");
        fs::write(&path, LEAST.replace("tldops@", "tldops")).unwrap();
        let error = Config::read(&path).unwrap_err().to_string();
        assert!(error.starts_with(&format!("{}, line 1: mailbox_address: ", path.display())), "{error}");
    }
}
