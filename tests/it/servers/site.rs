//! Everything outside of the program, real: the mailboxes of all people, the mail server, the DNS with their keys, the list.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use mail_parser::MessageParser;
use regex::Regex;
use tempfile::TempDir;
use tldops::bot::records::Records;
use tldops::domain::address::Address;
use tldops::domain::contact::Roster;
use tldops::domain::token::hide;
use tldops::rehearsal::scene::Scene;
use tldops::rehearsal::signing::key_record;
use tldops::rehearsal::stage::Stage;
use tldops::shell::server::Security;
use tldops::store::Store;
use tldops::world::Outgoing;

use crate::servers::dovecot::{self, Dovecot};
use crate::servers::front::Front;
use crate::servers::mailman::{self, Mailman};
use crate::servers::name_server::{self, NameServer};
use crate::servers::postfix::{self, Postfix};

/// All servers of one test, and the folder of the program between them.
pub(crate) struct Site {
    pub(crate) folder: TempDir,
    pub(crate) dovecot: Dovecot,
    pub(crate) postfix: Postfix,
    pub(crate) mailman: Option<Mailman>,
    door: Option<Front>,
    pub(crate) dns: NameServer,
    pub(crate) scene: Scene,
    people: Vec<Address>,
}

/// Whether there is a real list.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum ListKind {
    Mailman3,
    OwnRoster,
}

impl Site {
    /// Starts all servers, and writes the configuration and the store of a program that knows what the scene knows.
    /// These people have mailboxes; nobody else has. None where a server is missing, which was said then.
    pub(crate) fn start(scene: &str, iana: &str, people: &[Address], list: ListKind) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        drop(Stage::set(folder.path(), scene, iana).unwrap());
        let scene: Scene = serde_json::from_str(scene).unwrap();
        // Our own domain publishes nothing, but it is there.
        let own = (scene.mailbox.domain(), Some("@ TXT \"ours\"".to_owned()));
        let keys = scene.keys.iter().map(|(domain, key)| {
            (domain.as_str(), Some(format!("$ORIGIN .\n{}", key_record(domain, key).unwrap())))
        });
        let zones: Vec<(&str, Option<String>)> = keys.chain([own]).collect();
        let Some(dns) = NameServer::start(&zones) else {
            name_server::skip();
            return None;
        };
        let Some(dovecot) = Dovecot::start() else {
            dovecot::skip();
            return None;
        };
        // Each once, whoever names him.
        let people: BTreeSet<&Address> =
            people.iter().chain(&scene.secretariat).chain([&scene.mailbox]).collect();
        let people: Vec<Address> = people.into_iter().cloned().collect();
        for person in &people {
            dovecot.add_user(&person.to_string());
        }
        let Some(postfix) = Postfix::start(&dovecot) else {
            postfix::skip();
            return None;
        };
        let mailman = match list {
            ListKind::OwnRoster => None,
            ListKind::Mailman3 => {
                let Some(mailman) = Mailman::start() else {
                    mailman::skip();
                    return None;
                };
                Some(mailman)
            }
        };
        let door = mailman.as_ref().map(|mailman| Front::of(mailman.port()));
        let site = Self { folder, dovecot, postfix, mailman, door, dns, scene, people };
        site.configure("");
        Some(site)
    }

    /// The folder of the program.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The door in front of the list's server.
    pub(crate) fn list_door(&self) -> &Front {
        self.door.as_ref().unwrap()
    }

    /// Writes the configuration, with more lines at its beginning. Without the daily summary: whether a day ends in a test
    /// is chance.
    pub(crate) fn configure(&self, more: &str) {
        let (mailbox, secretariat) = (&self.scene.mailbox, &self.scene.secretariat[0]);
        let (password, authority) = (self.dovecot.password_file(), self.dovecot.ca_file());
        let login = format!(
            "host = \"localhost\"\nuser = \"{mailbox}\"\npassword_file = \"{}\"\nca_file = \"{}\"\n",
            password.display(),
            authority.display()
        );
        let (imap, submission) = (self.dovecot.port(Security::Tls), self.postfix.submission);
        let list = self.mailman.as_ref().map_or_else(
            || "kind = \"own-roster\"\n".to_owned(),
            |mailman| {
                let settings = mailman.settings();
                let door = self.list_door().port;
                format!(
                    "kind = \"mailman3\"\nurl = \"http://127.0.0.1:{door}/3.1/\"\nlist = \"{}\"\nuser = \"{}\"\npassword_file = \"{}\"\n",
                    settings.list,
                    settings.server.user,
                    settings.server.password_file.display()
                )
            },
        );
        let dns = self.dns.address();
        let text = format!(
            "mailbox_address = \"{mailbox}\"\nsecretariat = [\"{secretariat}\"]\nstore = \"store\"\npoll_seconds = 1\n{more}\
             [mailbox]\nkind = \"imap\"\nport = {imap}\nmove_to_folders = true\n{login}\
             [post]\nkind = \"smtp\"\nport = {submission}\nsecurity = \"starttls\"\n{login}\
             [dns]\nkind = \"resolver\"\nservers = [\"{dns}\"]\n[iana]\nkind = \"snapshot\"\npath = \"iana.json\"\n\
             [policy]\nsummary_hour = 24\nroll_call.every_days = 0\n[list]\n{list}"
        );
        fs::write(self.path().join("tldops.toml"), text).unwrap();
    }

    /// A person hands in a mail; it goes where its To field says.
    pub(crate) fn send(&self, mail: &[u8]) {
        let message = MessageParser::default().parse(mail).unwrap();
        let first = |field: Option<&mail_parser::Address<'_>>| {
            field.and_then(|field| field.first()).and_then(|one| one.address()).map(str::to_owned)
        };
        let to = first(message.to()).unwrap_or_else(|| self.scene.mailbox.to_string());
        self.postfix.hand_in(&first(message.from()).unwrap_or_default(), &to, mail);
    }

    /// All mails that people got, in the order of their arrival with each, as they lie there.
    pub(crate) fn arrived(&self) -> Vec<Outgoing> {
        let mut arrived = Vec::new();
        for person in self.people.iter().filter(|person| **person != self.scene.mailbox) {
            for (number, octets) in self.dovecot.mails_of(&person.to_string()).into_iter().enumerate() {
                let (id, sender) = (format!("{person} {number}"), self.scene.mailbox.clone());
                arrived.push(Outgoing { id, sender, recipients: vec![person.clone()], octets });
            }
        }
        arrived
    }
}

/// The mails of each person, each as text without what differs from run to run: who carried it, tokens, times, numbers, names
/// made by chance.
pub(crate) fn letters(mails: &[Outgoing]) -> BTreeMap<Address, Vec<String>> {
    let mut letters: BTreeMap<Address, Vec<String>> = BTreeMap::new();
    for mail in mails {
        for recipient in &mail.recipients {
            letters.entry(recipient.clone()).or_default().push(masked(&mail.octets));
        }
    }
    for of_one in letters.values_mut() {
        of_one.sort();
    }
    letters
}

/// The contacts of a roster, a line each.
pub(crate) fn shown(roster: &Roster) -> String {
    let mut lines = String::new();
    for (tld, contacts) in roster.iter() {
        for contact in contacts {
            writeln!(lines, ".{tld} {contact}").unwrap();
        }
    }
    lines
}

/// The contacts that the store of a site has in the end, the same way.
pub(crate) fn stored(site: &Site) -> String {
    let store = Store::open(&site.path().join("store")).unwrap();
    shown(&Records::new(&store).roster().unwrap())
}

/// Says whose letters are not as they were told.
#[track_caller]
pub(crate) fn compare_letters(got: &[Outgoing], told: &BTreeMap<Address, Vec<String>>) {
    let got = letters(got);
    for person in got.keys().chain(told.keys()) {
        assert_eq!(got.get(person), told.get(person), "the letters of {person}");
    }
}

/// The Message-ID of a mail.
pub(crate) fn message_id(mail: &Outgoing) -> String {
    id_of(&mail.octets)
}

/// The Message-ID of a mail by its octets.
pub(crate) fn id_of(octets: &[u8]) -> String {
    let message = MessageParser::default().parse(octets).unwrap();
    message.message_id().unwrap_or_default().to_owned()
}

fn masked(octets: &[u8]) -> String {
    static CHANCE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(concat!(
            r"(?m)^Date: .*$|\d{4}-\d\d-\d\d((=20)?\s+\d\d:\d\d)?|\.[0-9a-z]{12}@|[0-9a-f]{64}|",
            r"\b[0-9]+ octets|\b[RrNn]-[0-9]+\b|--[0-9A-Za-z_=.]{10,}|boundary=.*"
        ))
        .unwrap()
    });
    let text = String::from_utf8_lossy(octets).replace("\r\n", "\n");
    // What the servers on the way put on top is theirs.
    let own = text.find("\nFrom: ").and_then(|at| text.get(at + 1..)).filter(|_| !text.starts_with("From: "));
    CHANCE.replace_all(&hide(own.unwrap_or(&text)), "*").trim_end().to_owned()
}
