//! The mailing list in the configuration: which one it is, how it is changed, and how far.

use std::ops::RangeInclusive;
use std::path::PathBuf;

use serde::Deserialize;

use crate::config::ListConfig;
use crate::config::check::Check;
use crate::config::server::is_here;
use crate::domain::list_plan::{ListPolicy, REMOVALS_MAX};
use crate::domain::members::Secondary;

/// How many members one change may be allowed to take off: more than all ccTLDs have is a slip.
const REMOVALS_READ: RangeInclusive<u16> = 1..=2000;

/// A list of Mailman 3.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct MailmanConfig {
    /// What stands before every path of its REST interface: ends with a slash.
    pub url: String,
    /// The list's address.
    pub list: crate::domain::address::Address,
    /// Our user name.
    pub user: String,
    /// The file with the password.
    pub password_file: PathBuf,
    /// The certificate authorities to trust in place of the system's.
    pub ca_file: Option<PathBuf>,
    /// Whether the list welcomes who is subscribed.
    pub welcome: bool,
}

/// A list of Mailman 2.1.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ToolsConfig {
    /// What stands before every tool: a wrapper with its arguments.
    pub command: Vec<String>,
    /// What stands before a tool's name: a folder with a slash at its end, or nothing.
    pub tools: String,
    /// The list's name.
    pub list: String,
    /// Whether the list welcomes who is subscribed.
    pub welcome: bool,
}

/// The section of the list: which of its keys must be there depends on the kind.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenList {
    kind: ListKind,
    members_file: Option<PathBuf>,
    url: Option<String>,
    list: Option<String>,
    user: Option<String>,
    password_file: Option<PathBuf>,
    ca_file: Option<PathBuf>,
    welcome: Option<bool>,
    command: Option<Vec<String>>,
    tools: Option<String>,
    administrator: Option<String>,
    #[serde(default)]
    secondary: Secondary,
    removals_max: Option<u16>,
    #[serde(default)]
    also_members: Vec<String>,
}

#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
enum ListKind {
    OwnRoster,
    Mailman3,
    Mailman2,
    ByHand,
}

const OWN: &str = "kind = \"own-roster\"";
const MAILMAN_3: &str = "kind = \"mailman3\"";
const MAILMAN: &str = "kind = \"mailman3\" or \"mailman2\"";
const MAILMAN_2: &str = "kind = \"mailman2\"";
const BY_HAND: &str = "kind = \"by-hand\"";

impl WrittenList {
    /// The list, and what is set whichever it is.
    pub(super) fn checked(self, check: &mut Check<'_>) -> Option<(ListConfig, ListPolicy)> {
        let policy = self.policy(check);
        self.foreign(check);
        let list = match self.kind {
            ListKind::OwnRoster => Some(ListConfig::OwnRoster {
                members_file: self.members_file.map(|path| check.path("list.members_file", path)),
            }),
            ListKind::Mailman3 => self.mailman(check).map(ListConfig::Mailman),
            ListKind::Mailman2 => self.tools(check).map(ListConfig::Tools),
            ListKind::ByHand => {
                let as_in =
                    "the address of whoever changes the list, as in administrator = \"lists@ops.example\"";
                let written = check.needed("list.administrator", self.administrator, as_in);
                let administrator = written.and_then(|text| check.address("list.administrator", &text));
                administrator.map(|administrator| ListConfig::ByHand { administrator })
            }
        };
        Some((list?, policy))
    }

    fn policy(&self, check: &mut Check<'_>) -> ListPolicy {
        let most = self.removals_max.map_or(REMOVALS_MAX, |number| {
            usize::from(check.within("list.removals_max", number, &REMOVALS_READ))
        });
        let also_members = check.addresses("list.also_members", &self.also_members).into_iter().collect();
        ListPolicy { secondary: self.secondary, removals_max: most, also_members }
    }

    /// What belongs to another kind of list.
    fn foreign(&self, check: &mut Check<'_>) {
        let kind = self.kind;
        let of_mailman = matches!(kind, ListKind::Mailman3 | ListKind::Mailman2);
        if kind != ListKind::OwnRoster {
            check.not_here("list.members_file", self.members_file.as_ref(), OWN);
        }
        if kind != ListKind::Mailman3 {
            check.not_here("list.url", self.url.as_ref(), MAILMAN_3);
            check.not_here("list.user", self.user.as_ref(), MAILMAN_3);
            check.not_here("list.password_file", self.password_file.as_ref(), MAILMAN_3);
            check.not_here("list.ca_file", self.ca_file.as_ref(), MAILMAN_3);
        }
        if !of_mailman {
            check.not_here("list.list", self.list.as_ref(), MAILMAN);
            check.not_here("list.welcome", self.welcome.as_ref(), MAILMAN);
        }
        if kind != ListKind::Mailman2 {
            check.not_here("list.command", self.command.as_ref(), MAILMAN_2);
            check.not_here("list.tools", self.tools.as_ref(), MAILMAN_2);
        }
        if kind != ListKind::ByHand {
            check.not_here("list.administrator", self.administrator.as_ref(), BY_HAND);
        }
    }

    fn mailman(self, check: &mut Check<'_>) -> Option<MailmanConfig> {
        let url = check.needed("list.url", self.url, "url = \"http://127.0.0.1:8001/3.1/\"");
        let url = url.and_then(|url| server(&url, check));
        let list = check.needed(
            "list.list",
            self.list,
            "the list's address, as in list = \"tld-ops@lists.example\"",
        );
        let list = list.and_then(|text| check.address("list.list", &text));
        let user = check.needed("list.user", self.user, "user = \"restadmin\"");
        let as_in = "password_file = \"/etc/tldops/list-password\"";
        let password = check.needed("list.password_file", self.password_file, as_in);
        let password = password.map(|path| check.file_there("list.password_file", path));
        let ca_file = self.ca_file.map(|path| check.file_there("list.ca_file", path));
        let welcome = self.welcome.unwrap_or_default();
        Some(MailmanConfig {
            url: url?,
            list: list?,
            user: user?,
            password_file: password?,
            ca_file,
            welcome,
        })
    }

    fn tools(self, check: &mut Check<'_>) -> Option<ToolsConfig> {
        let list = check.needed("list.list", self.list, "the list's name, as in list = \"tld-ops\"")?;
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        let named = !list.is_empty() && !list.starts_with('-') && list.chars().all(plain);
        if !named {
            let says = "list.list is no name of a list; write it as the tools know it, as in tld-ops";
            check.fault("list.list", says.to_owned());
        }
        let command = self.command.unwrap_or_default();
        if command.iter().any(String::is_empty) {
            check.fault("list.command", "list.command has an empty word; remove it".to_owned());
        }
        let mut tools = self.tools.unwrap_or_default();
        if !tools.is_empty() && !tools.ends_with('/') {
            tools.push('/');
        }
        let welcome = self.welcome.unwrap_or_default();
        Some(ToolsConfig { command, tools, list, welcome })
    }
}

/// The password goes to this address: over TLS, or within this machine.
fn server(url: &str, check: &mut Check<'_>) -> Option<String> {
    let key = "list.url";
    let read = reqwest::Url::parse(url).ok().filter(|url| url.query().is_none() && url.fragment().is_none());
    let host = read.as_ref().and_then(|url| url.host_str()).unwrap_or_default();
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let named = read.as_ref().is_some_and(|url| url.username().is_empty() && url.password().is_none());
    let scheme = read.as_ref().map_or("", |url| url.scheme());
    if !named || host.is_empty() || !matches!(scheme, "http" | "https") {
        let says = "is no address as in https://lists.example/3.1/ (without user or password); correct it";
        check.fault(key, format!("{key} {says}"));
        return None;
    }
    if scheme == "http" && !is_here(host) {
        let says = "goes to another machine without TLS, and the password with it; write https://";
        check.fault(key, format!("{key} {says}"));
    }
    let whole = if url.ends_with('/') { url.to_owned() } else { format!("{url}/") };
    if !whole.ends_with("/3.1/") {
        let says = "names no version of the interface; put /3.1/ at its end";
        check.fault(key, format!("{key} {says}"));
    }
    Some(whole)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{MailmanConfig, ToolsConfig};
    use crate::config::{Config, ListConfig};
    use crate::domain::list_plan::ListPolicy;
    use crate::domain::members::Secondary;

    /// What the section comes to, or what is said of it; its first line is the first one.
    fn read(section: &str) -> Result<(ListConfig, ListPolicy), String> {
        let folder = tempfile::tempdir().unwrap();
        for file in ["zone", "iana.json", "password"] {
            fs::write(folder.path().join(file), "[]").unwrap();
        }
        let rest = "[mailbox]\nkind = \"maildir\"\npath = \"mail\"\n[post]\nkind = \"folder\"\npath = \"out\"\n[dns]\n\
                    kind = \"zone-file\"\npath = \"zone\"\n[iana]\nkind = \"snapshot\"\npath = \"iana.json\"\n";
        let top = "mailbox_address = \"tldops@list.example\"\nsecretariat = [\"a@list.example\"]\nstore = \"store\"\n";
        let text = format!("{top}[list]\n{section}\n{rest}");
        let config = Config::parse(&text, folder.path()).map_err(|error| error.to_string())?;
        let within = |path: std::path::PathBuf| path.strip_prefix(folder.path()).unwrap().to_owned();
        let list = match config.list {
            ListConfig::Mailman(list) => {
                ListConfig::Mailman(MailmanConfig { password_file: within(list.password_file), ..list })
            }
            other @ (ListConfig::OwnRoster { .. } | ListConfig::Tools(_) | ListConfig::ByHand { .. }) => {
                other
            }
        };
        Ok((list, config.list_policy))
    }

    const REST: &str = "kind = \"mailman3\"\nurl = \"http://127.0.0.1:8001/3.1\"\nlist = \"tld-ops@lists.example\"\n\
                        user = \"restadmin\"\npassword_file = \"password\"";

    #[test]
    fn each_kind_of_list_is_read() {
        let mailman = MailmanConfig {
            url: "http://127.0.0.1:8001/3.1/".to_owned(),
            list: "tld-ops@lists.example".parse().unwrap(),
            user: "restadmin".to_owned(),
            password_file: "password".into(),
            ca_file: None,
            welcome: false,
        };
        assert_eq!(read(REST).unwrap(), (ListConfig::Mailman(mailman), ListPolicy::default()));
        let tools = ToolsConfig {
            command: vec!["ssh".to_owned(), "lists.example".to_owned()],
            tools: "/usr/lib/mailman/bin/".to_owned(),
            list: "tld-ops".to_owned(),
            welcome: true,
        };
        let section = "kind = \"mailman2\"\nlist = \"tld-ops\"\ncommand = [\"ssh\", \"lists.example\"]\n\
                       tools = \"/usr/lib/mailman/bin\"\nwelcome = true";
        assert_eq!(read(section).unwrap().0, ListConfig::Tools(tools));
        let administrator = "lists@ops.example".parse().unwrap();
        let section = "kind = \"by-hand\"\nadministrator = \"lists@ops.example\"\nsecondary = \"no_delivery\"\n\
                       removals_max = 3\nalso_members = [\"liaison@ops.example\"]";
        let policy = ListPolicy {
            secondary: Secondary::NoDelivery,
            removals_max: 3,
            also_members: ["liaison@ops.example".parse().unwrap()].into(),
        };
        assert_eq!(read(section).unwrap(), (ListConfig::ByHand { administrator }, policy));
    }

    #[test]
    fn what_cannot_work_is_told_with_its_line_and_its_cure() {
        let check = |section: &str, want: &str| assert_eq!(read(section).unwrap_err(), want, "{section}");
        let with = |from: &str, to: &str| REST.replace(from, to);
        check(
            &with("http://127.0.0.1:8001", "http://lists.example"),
            "line 6: list.url goes to another machine without TLS, and the password with it; write https://",
        );
        check(
            &with("http://127.0.0.1:8001", "http://root:secret@127.0.0.1"),
            "line 6: list.url is no address as in https://lists.example/3.1/ (without user or password); correct it",
        );
        check(&with("/3.1", ""), "line 6: list.url names no version of the interface; put /3.1/ at its end");
        check(
            "kind = \"mailman3\"",
            "line 4: `list.url` is missing; add url = \"http://127.0.0.1:8001/3.1/\"\n\
             line 4: `list.list` is missing; add the list's address, as in list = \"tld-ops@lists.example\"\n\
             line 4: `list.user` is missing; add user = \"restadmin\"\n\
             line 4: `list.password_file` is missing; add password_file = \"/etc/tldops/list-password\"",
        );
        check(
            "kind = \"mailman2\"\nlist = \"tld-ops; id\"\ncommand = [\"\"]",
            "line 6: list.list is no name of a list; write it as the tools know it, as in tld-ops\n\
             line 7: list.command has an empty word; remove it",
        );
        check(
            "kind = \"by-hand\"\nurl = \"x\"",
            "line 4: `list.administrator` is missing; add the address of whoever changes the list, as in \
             administrator = \"lists@ops.example\"\n\
             line 6: list.url belongs to kind = \"mailman3\"; remove it, or change the kind",
        );
        check(
            "kind = \"own-roster\"\nwelcome = true\nremovals_max = 0",
            "line 6: list.welcome belongs to kind = \"mailman3\" or \"mailman2\"; remove it, or change the kind\n\
             line 7: list.removals_max is 0; write 1 to 2000",
        );
        check(
            "kind = \"own-roster\"\nsecondary = \"maybe\"",
            "line 6: unknown variant `maybe`, expected one of `shown`, `no_delivery`, `delivery`; write one of those",
        );
    }
}
