//! `check`: tries everything that the configuration names, and says what is wrong and how to mend it.

use crate::bot::records::Records;
use crate::cli::arguments::Place;
use crate::cli::journal;
use crate::cli::open;
use crate::cli::output::{Failure, Output};
use crate::cli::rights;
use crate::config::{Config, ImapConfig, ListConfig, MailboxConfig, PostConfig};
use crate::domain::cctlds::KnownTlds;
use crate::domain::evidence::{DnsAnswer, DnsQuestion, Verdict};
use crate::domain::registry::RegistryAnswer;
use crate::proof::Examination;
use crate::shell::clock::SystemClock;
use crate::shell::eml_folder::EmlFolder;
use crate::shell::maildir::Maildir;
use crate::shell::own_roster::OwnRoster;
use crate::store::{Line, Look, Snapshot, StoreError, Table};
use crate::world::{Clock as _, List, Mailbox as _};

/// Signed mails that are looked at: the last ones.
const SIGNED_MAILS: usize = 50;
/// Signed mails of which none holds before that is more than bad luck.
const NONE_HOLDS_OF: usize = 5;

/// Tries one thing after the other; all that is wrong is told.
pub(super) fn check(place: &Place, output: &mut Output) -> Result<(), Failure> {
    let config = open::config(&place.config)?;
    output.line("configuration: good")?;
    let findings = [
        ("secrets", rights::of_secrets(&config)),
        ("store", store(&config)),
        ("mailbox", mailbox(&config)),
        ("post", post(&config)),
        ("our signature", our_signature(&config)),
        ("DNS", dns(&config)),
        ("IANA", iana(&config)),
        ("list", list(&config)),
        ("signatures", signatures(&config)),
    ];
    let mut wrong = Vec::new();
    for (what, finding) in findings {
        match finding {
            Ok(good) => output.line(&format!("{what}: {good}"))?,
            Err(bad) => {
                output.line(&format!("{what}: NOT GOOD: {bad}"))?;
                wrong.push(what);
            }
        }
    }
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(Failure::NeedsPerson(format!("to mend: {}", wrong.join(", "))))
    }
}

fn store(config: &Config) -> Result<String, String> {
    if !Snapshot::exists(&config.store) {
        return Ok(format!("none yet in {}; the first turn makes it", config.store.display()));
    }
    rights::of_store(&config.store).map_err(Failure::words)?;
    match journal::verified(&config.store) {
        Ok(Some(verified)) => Ok(format!("whole, {} journal lines", verified.lines)),
        Ok(None) => match Snapshot::read(&config.store) {
            Ok(snapshot) => Ok(format!(
                "the program is running; its journal file is whole, {} lines",
                snapshot.head().seq
            )),
            Err(error) => Err(error.to_string()),
        },
        Err(error) => Err(format!("{error:#}")),
    }
}

fn mailbox(config: &Config) -> Result<String, String> {
    match &config.mailbox {
        MailboxConfig::Maildir { path } => {
            let waiting = Maildir::open(path).and_then(|mut mailbox| mailbox.waiting(usize::MAX));
            match waiting {
                Ok(waiting) => Ok(format!("{} mails wait in {}", waiting.len(), path.display())),
                Err(error) => Err(format!("{error:#}; check the folder's rights")),
            }
        }
        MailboxConfig::Imap(written) => imap(written),
    }
}

fn imap(written: &ImapConfig) -> Result<String, String> {
    let found =
        open::imap(written).map_err(Failure::words)?.try_out().map_err(|error| format!("{error:#}"))?;
    let place = format!("{} of {}:{}", written.folder, written.server.host, written.server.port);
    let mut says = vec![format!("{} mails wait in {place}", found.waiting)];
    if !found.idle {
        says.push("the server does not tell of new mail (IDLE) and is asked every few seconds".to_owned());
    }
    if written.filed.is_some() && !found.moves {
        says.push("it cannot move mails (MOVE), so they are copied and then removed".to_owned());
    }
    if !found.missing.is_empty() {
        says.push(format!("not there yet, and made when needed: {}", found.missing.join(", ")));
    }
    Ok(says.join("; "))
}

/// The way out, and then whether a rehearsal keeps mails from it.
fn post(config: &Config) -> Result<String, String> {
    let way_out = match &config.post {
        PostConfig::Folder { path } => EmlFolder::open(path)
            .map(|_| format!("mails go to {}", path.display()))
            .map_err(|error| format!("{error:#}; check the folder's rights"))?,
        PostConfig::Smtp(written) => {
            let mut post = open::submission(written, config).map_err(Failure::words)?;
            let known = if written.login.is_some() { ", which lets us in" } else { "" };
            post.try_out().map_err(|error| error.to_string())?;
            format!("mails go to {}:{}{known}", written.host, written.port)
        }
    };
    let but = if config.rehearsal.hold_all {
        "hold_all keeps every mail in the outbox".to_owned()
    } else if let Some(address) = &config.rehearsal.redirect_all_to {
        format!("redirect_all_to sends every mail to {address}")
    } else {
        return Ok(way_out);
    };
    Err(format!("{way_out}; but {but}; take that line out of [post] when the rehearsal is over"))
}

/// Whether a mail that is signed with each key is believed by way of the DNS, as a receiver would.
fn our_signature(config: &Config) -> Result<String, String> {
    if config.dkim.is_empty() {
        return Ok("none of our own; the submission server should sign (DKIM)".to_owned());
    }
    let mut resolver = open::resolver(&config.dns).map_err(Failure::words)?;
    let now = SystemClock.now();
    for written in &config.dkim {
        let key = open::key(written).map_err(Failure::words)?;
        let from = &config.mailbox_address;
        let date = jiff::fmt::rfc2822::to_string(&now.to_zoned(jiff::tz::TimeZone::UTC))
            .map_err(|error| error.to_string())?;
        let probe =
            format!("Date: {date}\r\nFrom: <{from}>\r\nTo: <{from}>\r\nSubject: Probe\r\n\r\nProbe\r\n");
        let probe = key.sign(probe.as_bytes(), now).map_err(|error| error.to_string())?;
        let examination = Examination::new(&probe, &[], now);
        let answers = resolver.answers(&examination.questions());
        let proof = examination.judge(&answers);
        if proof.verdict != Verdict::Authenticated {
            let why = proof.reasons.join("; ");
            let cure = "publish the public half of the key there, and see that its domain is the mailbox's";
            return Err(format!("the key of {} does not hold: {why}; {cure}", key.record_name()));
        }
    }
    let names: Vec<&str> = config.dkim.iter().map(|key| key.selector.as_str()).collect();
    Ok(format!("the DNS has the keys of {}", names.join(" and ")))
}

/// Whether the DNS answers at all: that a name is not there is an answer too.
fn dns(config: &Config) -> Result<String, String> {
    let name = format!("_dmarc.{}", config.mailbox_address.domain());
    let question = DnsQuestion { name: name.clone() };
    let mut resolver = open::resolver(&config.dns).map_err(Failure::words)?;
    match resolver.answers(std::slice::from_ref(&question)).remove(&question) {
        Some(DnsAnswer::Records(_) | DnsAnswer::Absent) => Ok(format!("it answers ({name})")),
        Some(DnsAnswer::Temporary(reason)) => {
            Err(format!("{name}: {reason}; see that the servers of [dns] run, or name others"))
        }
        None => Err(format!("{name}: no answer; see that the servers of [dns] run, or name others")),
    }
}

/// Whether the record of any ccTLD can be had.
fn iana(config: &Config) -> Result<String, String> {
    let mut registry = open::registry(config, &Records::new(&Nothing)).map_err(Failure::words)?;
    let known = registry.tlds().into_iter().next();
    let first = known.or_else(|| {
        KnownTlds::built_in().iter().find(|cctld| cctld.delegated).map(|cctld| cctld.tld.clone())
    });
    let Some(tld) = first else { return Err("no ccTLD is known".to_owned()) };
    match registry.record(&tld) {
        RegistryAnswer::Found(record) => {
            let admin = record.admin_email().map_or_else(|| "none".to_owned(), ToString::to_string);
            Ok(format!("{} has the admin contact {admin}", tld.for_people()))
        }
        RegistryAnswer::Absent => {
            Err(format!("it has no record of {}; check what [iana] names", tld.for_people()))
        }
        RegistryAnswer::Doubtful(doubt) => {
            Err(format!("what it says of {} contradicts itself: {doubt:?}", tld.for_people()))
        }
        RegistryAnswer::Unreachable(reason) => Err(format!("{}: {reason}", tld.for_people())),
    }
}

/// Whether the list could be changed.
fn list(config: &Config) -> Result<String, String> {
    let mut list: Box<dyn List> = match &config.list {
        // Opened as always it would show the members of a roster that was not read.
        ListConfig::OwnRoster { members_file: Some(path) } => {
            Box::new(OwnRoster::to_be_shown_in(path.clone()))
        }
        ListConfig::OwnRoster { members_file: None }
        | ListConfig::Mailman(_)
        | ListConfig::Tools(_)
        | ListConfig::ByHand { .. } => open::list(config, &Records::new(&Nothing)).map_err(Failure::words)?,
    };
    list.try_out().map_err(|error| format!("{error:#}"))
}

/// Whether signatures survive the way to this mailbox. Where none does, something on the way rewrites the mails.
fn signatures(config: &Config) -> Result<String, String> {
    let Ok(snapshot) = Snapshot::read(&config.store) else { return Ok("no mail has come in yet".to_owned()) };
    let signed = snapshot.lines().iter().rev().filter_map(signed_and_held).take(SIGNED_MAILS);
    let held: Vec<bool> = signed.collect();
    let good = held.iter().filter(|held| **held).count();
    if good == 0 && held.len() >= NONE_HOLDS_OF {
        return Err(format!(
            "none of the last {} signed mails has a signature that holds. A gateway before this mailbox seems to rewrite \
             mails (links, disclaimers): let it pass them unchanged, or see trusted_authentication_results in the \
             example configuration",
            held.len()
        ));
    }
    Ok(format!("{good} of the last {} signed mails have one that holds", held.len()))
}

/// Of a mail that was taken in and is signed, whether a signature of it holds.
fn signed_and_held(line: &Line) -> Option<bool> {
    let evidence = &line.entry.evidence;
    let places = [
        "/proof/signatures",
        "/mail/proof/signatures",
        "/because/mail/proof/signatures",
        "/because/proof/signatures",
    ];
    let signatures = places.iter().find_map(|place| evidence.pointer(place))?.as_array()?;
    let holds = |signature: &serde_json::Value| {
        signature.get("passed").and_then(serde_json::Value::as_bool) == Some(true)
    };
    (!signatures.is_empty()).then(|| signatures.iter().any(holds))
}

/// A store without records: nothing that is remembered may pass for an answer of now.
struct Nothing;

impl Look for Nothing {
    fn read(&self, _table: Table, _key: &str) -> Result<Option<String>, StoreError> {
        Ok(None)
    }

    fn scan(&self, _table: Table, _prefix: &str) -> Result<Vec<(String, String)>, StoreError> {
        Ok(Vec::new())
    }
}
