//! The mailbox in the configuration: a Maildir, or a folder of an IMAP server and where filed mails go in it.

use std::path::PathBuf;

use serde::Deserialize;

use crate::config::MailboxConfig;
use crate::config::check::Check;
use crate::config::server::{Ports, SecurityConfig, ServerConfig, WrittenServer};

/// The folder that requests come to where the file does not say it (RFC 3501 §5.1).
const INBOX: &str = "INBOX";

/// A folder of an IMAP server.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ImapConfig {
    /// Where the server is, and who we are to it; always with a login.
    pub server: ServerConfig,
    /// The folder that requests come to.
    pub folder: String,
    /// Where filed mails are moved to; without it they stay, with a keyword.
    pub filed: Option<FiledConfig>,
}

/// The folders of filed mails: `/` stands for what separates a folder from one within it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct FiledConfig {
    /// For what was taken in.
    pub done: String,
    /// For what a person must look at.
    pub held: String,
    /// For what nothing follows from.
    pub ignored: String,
}

/// The section of the mailbox: which of its keys must be there depends on the kind.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenMailbox {
    kind: MailboxKind,
    path: Option<PathBuf>,
    host: Option<String>,
    port: Option<u16>,
    security: Option<SecurityConfig>,
    ca_file: Option<PathBuf>,
    user: Option<String>,
    password_file: Option<PathBuf>,
    token_file: Option<PathBuf>,
    token_command: Option<Vec<String>>,
    folder: Option<String>,
    move_to_folders: Option<bool>,
    done_folder: Option<String>,
    held_folder: Option<String>,
    ignored_folder: Option<String>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum MailboxKind {
    Maildir,
    Imap,
}

impl WrittenMailbox {
    pub(super) fn checked(self, check: &mut Check<'_>) -> Option<MailboxConfig> {
        let server = WrittenServer {
            host: self.host,
            port: self.port,
            security: self.security,
            ca_file: self.ca_file,
            user: self.user,
            password_file: self.password_file,
            token_file: self.token_file,
            token_command: self.token_command,
        };
        let folders = WrittenFolders {
            folder: self.folder,
            move_to_folders: self.move_to_folders,
            done: self.done_folder,
            held: self.held_folder,
            ignored: self.ignored_folder,
        };
        match self.kind {
            MailboxKind::Maildir => {
                let imap = "kind = \"imap\"";
                server.not_here("mailbox", imap, check);
                folders.not_here(imap, check);
                let path = check.needed("mailbox.path", self.path, "path = \"/var/lib/tldops/Maildir\"")?;
                Some(MailboxConfig::Maildir { path: check.path("mailbox.path", path) })
            }
            MailboxKind::Imap => {
                check.not_here("mailbox.path", self.path.as_ref(), "kind = \"maildir\"");
                if server.user.is_none() {
                    check
                        .fault("mailbox", "`mailbox.user` is missing; add user and password_file".to_owned());
                }
                // RFC 8314 §3.2, RFC 3501 §2.1.
                let ports = Ports { tls: 993, starttls: 143, none: 143 };
                let server = server.checked("mailbox", &ports, check);
                let (folder, filed) = folders.checked(check);
                Some(MailboxConfig::Imap(ImapConfig { server: server?, folder, filed }))
            }
        }
    }
}

/// What the section says of folders.
struct WrittenFolders {
    folder: Option<String>,
    move_to_folders: Option<bool>,
    done: Option<String>,
    held: Option<String>,
    ignored: Option<String>,
}

impl WrittenFolders {
    fn not_here(&self, belongs_to: &str, check: &mut Check<'_>) {
        check.not_here("mailbox.folder", self.folder.as_ref(), belongs_to);
        check.not_here("mailbox.move_to_folders", self.move_to_folders.as_ref(), belongs_to);
        check.not_here("mailbox.done_folder", self.done.as_ref(), belongs_to);
        check.not_here("mailbox.held_folder", self.held.as_ref(), belongs_to);
        check.not_here("mailbox.ignored_folder", self.ignored.as_ref(), belongs_to);
    }

    fn checked(self, check: &mut Check<'_>) -> (String, Option<FiledConfig>) {
        let folder = named("folder", self.folder, INBOX, check);
        if !self.move_to_folders.unwrap_or(false) {
            let with_it = "move_to_folders = true";
            for (key, value) in
                [("done_folder", &self.done), ("held_folder", &self.held), ("ignored_folder", &self.ignored)]
            {
                if value.is_some() {
                    let says = format!("mailbox.{key} counts only with {with_it}; add that, or remove it");
                    check.fault(&format!("mailbox.{key}"), says);
                }
            }
            return (folder, None);
        }
        let filed = FiledConfig {
            done: named("done_folder", self.done, "Done", check),
            held: named("held_folder", self.held, "Held", check),
            ignored: named("ignored_folder", self.ignored, "Ignored", check),
        };
        for (key, name) in
            [("done_folder", &filed.done), ("held_folder", &filed.held), ("ignored_folder", &filed.ignored)]
        {
            // INBOX is the one name that is the same in upper and lower case.
            let is_inbox = name.eq_ignore_ascii_case(INBOX) && folder.eq_ignore_ascii_case(INBOX);
            if *name == folder || is_inbox {
                let says = format!("mailbox.{key} is the folder that requests come to; name another");
                check.fault(&format!("mailbox.{key}"), says);
            }
        }
        (folder, Some(filed))
    }
}

/// The name of a folder, or the usual one. Wildcards would name many (RFC 3501 §6.3.8).
fn named(key: &str, written: Option<String>, usual: &str, check: &mut Check<'_>) -> String {
    let name = written.unwrap_or_else(|| usual.to_owned());
    let inner = name.split('/').all(|part| !part.is_empty());
    if !inner || name.chars().any(|c| c.is_control() || "%*\\\"".contains(c)) {
        let key = format!("mailbox.{key}");
        check.fault(
            &key,
            format!("{key} is no folder's name; write one as in \"{usual}\" or \"Requests/{usual}\""),
        );
    }
    name
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{FiledConfig, ImapConfig};
    use crate::config::{Config, LoginConfig, MailboxConfig, SecurityConfig};

    const REST: &str = "[post]\nkind = \"folder\"\npath = \"out\"\n[dns]\nkind = \"resolver\"\n[iana]\nkind = \"channels\"\n";

    /// The section of the mailbox stands from line 4 on.
    fn read(section: &str) -> Result<ImapConfig, String> {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("password"), "x").unwrap();
        let text = format!(
            "mailbox_address = \"tldops@list.example\"\nsecretariat = [\"a@list.example\"]\nstore = \"store\"\n\
             [mailbox]\nkind = \"imap\"\n{section}\n{REST}"
        );
        match Config::parse(&text, folder.path()) {
            Ok(Config { mailbox: MailboxConfig::Imap(imap), .. }) => Ok(imap),
            Ok(config) => panic!("{config:?}"),
            Err(error) => Err(error.to_string()),
        }
    }

    const LEAST: &str = "host = \"mail.list.example\"\nuser = \"tldops\"\npassword_file = \"password\"";

    #[test]
    fn an_imap_server_needs_a_host_and_a_login() {
        let imap = read(LEAST).unwrap();
        assert_eq!((imap.server.port, imap.server.security), (993, SecurityConfig::Tls));
        assert!(matches!(imap.server.login, Some((user, LoginConfig::PasswordFile(_))) if user == "tldops"));
        assert_eq!((imap.folder.as_str(), imap.filed), ("INBOX", None));
        let imap = read(&format!(
            "{LEAST}\nsecurity = \"starttls\"\nmove_to_folders = true\nheld_folder = \"Look/Held\""
        ));
        let imap = imap.unwrap();
        assert_eq!(imap.server.port, 143);
        let filed = FiledConfig { done: "Done".into(), held: "Look/Held".into(), ignored: "Ignored".into() };
        assert_eq!(imap.filed, Some(filed));
    }

    #[test]
    fn what_cannot_work_of_an_imap_server_is_told_with_its_line_and_its_cure() {
        let check = |section: &str, want: &str| assert_eq!(read(section).unwrap_err(), want, "{section}");
        check(
            "host = \"mail.list.example\"",
            "line 4: `mailbox.user` is missing; add user and password_file",
        );
        check(
            &format!("{LEAST}\npath = \"x\""),
            "line 9: mailbox.path belongs to kind = \"maildir\"; remove it, or change the kind",
        );
        check(
            &format!("{LEAST}\nsecurity = \"none\""),
            "line 9: mailbox.security = \"none\" is for a server on this machine only (localhost, 127.0.0.1); use \"tls\" \
             or \"starttls\"",
        );
        check(
            &format!("{LEAST}\nfolder = \"a*\""),
            "line 9: mailbox.folder is no folder's name; write one as in \"INBOX\" or \"Requests/INBOX\"",
        );
        check(
            &format!("{LEAST}\ndone_folder = \"Old\""),
            "line 9: mailbox.done_folder counts only with move_to_folders = true; add that, or remove it",
        );
        check(
            &format!("{LEAST}\nmove_to_folders = true\ndone_folder = \"inbox\""),
            "line 10: mailbox.done_folder is the folder that requests come to; name another",
        );
    }
}
