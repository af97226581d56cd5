//! The servers, the taps in front of them, and the program as a child between them.

use std::fs;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::thread;
use std::time::Duration;
use std::time::Instant;

use serde_json::json;
use tldops::domain::address::Address;
use tldops::domain::cctlds::KnownTlds;
use tldops::rehearsal::people::fill_in;
use tldops::rehearsal::signing::sign;
use tldops::shell::clock::SystemClock;
use tldops::shell::server::Security;
use tldops::world::Clock as _;
use tldops::world::Outgoing;

use crate::servers::dovecot::USER;
use crate::servers::site::ListKind;
use crate::servers::site::Site;
use crate::tap::Mark;
use crate::tap::Tap;
use crate::tap::of_list;
use crate::tap::of_mailbox;
use crate::tap::of_post;

/// How long one thing may take on a busy machine.
const DEADLINE: Duration = Duration::from_mins(15);
/// How long nothing may happen before a run counts as over: longer than two mails are ever apart.
const QUIET: Duration = Duration::from_millis(1_500);
/// How often a condition is looked at.
const LOOK: Duration = Duration::from_millis(20);

/// Everything outside of the program.
pub(crate) struct Ground {
    pub(crate) site: Site,
    pub(crate) mailbox: Tap,
    pub(crate) post: Tap,
    pub(crate) list: Option<Tap>,
}

impl Ground {
    /// All servers, for the people of these ccTLDs; none where a server is missing, which was said then.
    pub(crate) fn start(tlds: &[String], list: ListKind) -> Option<Self> {
        let keys: serde_json::Map<String, serde_json::Value> =
            tlds.iter().map(|tld| (domain(tld), json!("ed25519"))).collect();
        let scene = json!({ "start": "2026-11-02T09:00:00Z", "mailbox": USER, "secretariat": ["office@list.example"], "keys": keys });
        let iana: Vec<serde_json::Value> = tlds
            .iter()
            .map(|tld| json!({ "tld": tld, "admin": { "name": "Head", "email": admin(tld).to_string() } }))
            .collect();
        let people: Vec<Address> = tlds.iter().flat_map(|tld| [admin(tld), contact(tld)]).collect();
        let site = Site::start(&scene.to_string(), &json!(iana).to_string(), &people, list)?;
        let mailbox = Tap::of(site.dovecot.port(Security::None), of_mailbox);
        let post = Tap::of(site.postfix.mx, of_post);
        let list = site.mailman.as_ref().map(|mailman| Tap::of(mailman.port(), of_list));
        let ground = Self { site, mailbox, post, list };
        ground.configure();
        Some(ground)
    }

    /// The program sees mails by IDLE alone: it looks by itself once an hour.
    fn configure(&self) {
        let list = match (&self.site.mailman, &self.list) {
            (Some(mailman), Some(tap)) => {
                let settings = mailman.settings();
                format!(
                    "kind = \"mailman3\"\nurl = \"http://127.0.0.1:{}/3.1/\"\nlist = \"{}\"\nuser = \"{}\"\npassword_file = \"{}\"\n",
                    tap.port,
                    settings.list,
                    settings.server.user,
                    settings.server.password_file.display()
                )
            }
            _ => "kind = \"own-roster\"\n".to_owned(),
        };
        let text = format!(
            "mailbox_address = \"{USER}\"\nsecretariat = [\"office@list.example\"]\nstore = \"store\"\npoll_seconds = 3600\n\
             [policy]\nmails_per_hour_max = 1000000\nmails_per_hour_to_one_max = 1000000\n\
             [mailbox]\nkind = \"imap\"\nhost = \"127.0.0.1\"\nsecurity = \"none\"\nport = {}\nuser = \"{USER}\"\n\
             password_file = \"{}\"\nmove_to_folders = true\n\
             [post]\nkind = \"smtp\"\nhost = \"127.0.0.1\"\nsecurity = \"none\"\nport = {}\n\
             [dns]\nkind = \"resolver\"\nservers = [\"{}\"]\n[iana]\nkind = \"snapshot\"\npath = \"iana.json\"\n[list]\n{list}",
            self.mailbox.port,
            self.site.dovecot.password_file().display(),
            self.post.port,
            self.site.dns.address()
        );
        fs::write(self.site.path().join("tldops.toml"), text).unwrap();
    }

    /// Forgets what the taps have noted.
    pub(crate) fn forget(&self) {
        self.taps().for_each(Tap::forget);
    }

    /// When the last thing happened: a mail was taken by the mail server, mails were moved, somebody was subscribed.
    pub(crate) fn last(&self) -> Option<Instant> {
        self.taps().filter_map(Tap::last).max()
    }

    /// Waits until so many mails were taken and the inbox is empty, and then until nothing happens any more.
    pub(crate) fn wait_until_over(&self, mails: usize) -> Instant {
        let mut client = self.site.dovecot.client();
        wait_for("the work is done", || {
            self.post.marks(Mark::Taken).len() >= mails && client.search("ALL").is_empty()
        });
        self.wait_until_quiet()
    }

    /// Waits until nothing happens any more, and gives the time of the last thing that did.
    pub(crate) fn wait_until_quiet(&self) -> Instant {
        wait_for("all is quiet", || self.last().is_some_and(|last| last.elapsed() > QUIET));
        self.last().unwrap()
    }

    /// How long the program waited for mailbox, post and list.
    pub(crate) fn waits(&self) -> String {
        let list = self.list.as_ref().map(Tap::waited).unwrap_or_default();
        format!(
            "IMAP {:.1} s, Postfix {:.1} s, list {:.1} s",
            self.mailbox.waited().as_secs_f64(),
            self.post.waited().as_secs_f64(),
            list.as_secs_f64()
        )
    }

    fn taps(&self) -> impl Iterator<Item = &Tap> {
        [&self.mailbox, &self.post].into_iter().chain(&self.list)
    }
}

/// The program as its operator starts it.
pub(crate) struct Program(Child);

impl Program {
    pub(crate) fn start(ground: &Ground) -> Self {
        let folder = ground.site.path();
        let log = fs::OpenOptions::new().create(true).append(true).open(folder.join("log")).unwrap();
        let other = std::env::var_os("TLDOPS_PROGRAM");
        let mut program = Command::new(other.unwrap_or_else(|| env!("CARGO_BIN_EXE_tldops").into()));
        program.arg("run").current_dir(folder).stdin(Stdio::null()).stdout(Stdio::null());
        Self(program.stderr(log).spawn().unwrap())
    }

    /// A line of `proc_pid_status(5)`, as in `VmRSS` (resident now) or `VmHWM` (the most until now).
    pub(crate) fn memory(&self, of: &str) -> String {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(of)?.strip_prefix(':'));
        let kib: u32 = line.unwrap_or_default().trim().trim_end_matches(" kB").parse().unwrap();
        format!("{:.1} MiB", f64::from(kib) / 1024.0)
    }

    /// Stops it in order.
    pub(crate) fn stop(mut self) {
        let sent = Command::new("kill").args(["-s", "TERM", &self.0.id().to_string()]).status().unwrap();
        assert!(sent.success());
        assert!(self.0.wait().unwrap().success(), "the program ends well");
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // After an orderly end there is nothing to kill.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// So many ccTLDs, all of two letters.
pub(crate) fn cctlds(count: usize) -> Vec<String> {
    let known = KnownTlds::built_in();
    let tlds = known.iter().map(|one| one.tld.to_string()).filter(|tld| tld.len() == 2);
    tlds.take(count).collect()
}

/// Where the people of a ccTLD have their mailboxes.
pub(crate) fn domain(tld: &str) -> String {
    format!("nic-{tld}.example")
}

/// Whom IANA lists.
pub(crate) fn admin(tld: &str) -> Address {
    format!("admin@{}", domain(tld)).parse().unwrap()
}

/// Who is to be subscribed.
pub(crate) fn contact(tld: &str) -> Address {
    format!("ann.bee@{}", domain(tld)).parse().unwrap()
}

/// The signed request of a ccTLD to subscribe its one contact.
pub(crate) fn request(tld: &str) -> String {
    let domain = domain(tld);
    let text = format!(
        "From: Head <admin@{domain}>\nTo: {USER}\nSubject: Contact of .{tld}\nDate: {{date}}\nMessage-ID: <request@{domain}>\n\
         MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\nPlease subscribe our contact for .{tld}:\n\n\
         Name: Ann Bee\nEmail: ann.bee@{domain}\nPhone: +31 26 352 5500\n"
    );
    written(&text, &[], &domain)
}

/// What somebody says to the question that he got.
pub(crate) fn yes(question: &Outgoing) -> String {
    let person = &question.recipients[0];
    let text = format!(
        "From: <{person}>\nTo: {{reply-to {person}}}\nSubject: Re: {{subject {person}}}\nDate: {{date}}\nMessage-ID: <yes-{person}>\n\
         In-Reply-To: {{message-id {person}}}\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\nYES\n\n\
         > {{quote {person}}}\n"
    );
    written(&text, std::slice::from_ref(question), person.domain())
}

/// A mail with what only the moment knows, signed by a domain's key.
pub(crate) fn written(text: &str, got: &[Outgoing], domain: &str) -> String {
    let now = SystemClock.now();
    let mail = fill_in(text, got, now).unwrap();
    String::from_utf8(sign(&mail, domain, "ed25519", now).unwrap()).unwrap()
}

/// Waits until something holds.
#[track_caller]
pub(crate) fn wait_for(what: &str, mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < DEADLINE, "it does not come to be that {what}");
        thread::sleep(LOOK);
    }
}

/// So many in this time, as a rate for people.
#[expect(clippy::cast_precision_loss, reason = "a rate for people")]
pub(crate) fn rate(number: usize, took: Duration) -> f64 {
    number as f64 / took.as_secs_f64()
}

/// How busy the machine is, by `proc_loadavg(5)`: the last minute.
pub(crate) fn load() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().unwrap_or("unknown").to_owned()
}
