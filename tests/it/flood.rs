//! A flood of hostile mails of all kinds sends no more mails than the caps, and the true request within it is served first.

use tldops::rehearsal::signing::sign;
use tldops::world::Clock as _;

use crate::order_of_checks::{ADMIN, REQUEST, US, stage};

/// Hostile mails; `FLOOD=100000` sends more of them.
const FLOOD: usize = 400;
/// Mails that a stranger's domain gets: help in a week.
const HELP_TO_DOMAIN: usize = 10;

/// The hostile mails, by their number: each kind wants another thing of us. None is signed but the last two.
fn hostile(number: usize) -> (String, &'static str) {
    let (of, head, text, domain) = match number % 8 {
        0 => (
            "robot@stranger.example".to_owned(),
            "Auto-Submitted: auto-replied\nSubject: Away",
            "I am away.",
            "",
        ),
        1 => (
            "mailer-daemon@stranger.example".to_owned(),
            "Return-Path: <>\nSubject: Undelivered",
            "User unknown",
            "",
        ),
        2 => (US.to_owned(), "Subject: Contacts of .nl", REQUEST, ""),
        3 => (
            "admin@nic-ke.example".to_owned(),
            "Subject: Remove .ke",
            "Please remove all contacts of .ke.",
            "",
        ),
        4 => (
            "tld-admin@nic-fr.example".to_owned(),
            "Subject: Re: [TLD-OPS] Please confirm: subscribe .fr [C-7K2M9QXW4TBNPR5D8FHJC6VA3E]",
            "YES",
            "",
        ),
        5 => (
            format!("e{number}@other.example"),
            "Cc: ceo@nic-nz.example\nSubject: Contacts of .nz",
            "Please remove Hana Ngata from .nz.",
            "",
        ),
        6 => (format!("eve+{number}@stranger.example"), "Subject: help", "help", "stranger.example"),
        _ => {
            (format!("e{number}x@stranger.example"), "Subject: Contacts of .nl", REQUEST, "stranger.example")
        }
    };
    let mail = format!(
        "From: {of}\nTo: {US}\n{head}\nDate: {{date}}\nMessage-ID: <{number}@flood.example>\n\n{text}\n"
    );
    (mail, domain)
}

#[test]
fn a_flood_sends_no_more_than_the_caps_and_the_true_request_is_served_first() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = stage(folder.path());
    let now = stage.clock().now();
    let date = now.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string();
    let ready = |mail: &str, domain: &str| {
        let mail = mail.replace("{date}", &date).replace('\n', "\r\n").into_bytes();
        match domain {
            "" => mail,
            "stranger.example" => sign(&mail, domain, "ed25519", now).unwrap(),
            _ => sign(&mail, domain, "rsa", now).unwrap(),
        }
    };
    let flood = std::env::var_os("FLOOD");
    let flood = flood.map_or(FLOOD, |number| number.to_str().unwrap().parse().unwrap());
    for number in 0..flood {
        let (mail, domain) = hostile(number);
        stage.deliver(&ready(&mail, domain), u64::try_from(number).unwrap()).unwrap();
    }
    // The true one came last.
    let request = format!(
        "From: {ADMIN}\nTo: {US}\nSubject: Contacts of .nl\nDate: {{date}}\nMessage-ID: <1@nic-nl.example>\n\n{REQUEST}"
    );
    stage.deliver(&ready(&request, "nic-nl.example"), 9999).unwrap();
    // A turn takes in some hundred.
    for _ in 0..=flood / 500 {
        stage.come_to_rest().unwrap();
    }

    let journal = stage.store().journal().unwrap();
    let asked_for =
        |line: &tldops::store::Line| line.entry.event == "admin_asked" && line.entry.says.starts_with(ADMIN);
    let place = journal.iter().position(asked_for).unwrap();
    let taken_in_before = journal[..place].len();
    assert!(taken_in_before < 10, "{taken_in_before} lines came before the true request");
    let left = std::fs::read_dir(folder.path().join("mail/new")).unwrap().count();
    assert_eq!(left, 0, "mails still wait");

    let to = |address: &str| {
        let address = address.parse().unwrap();
        stage.sent().iter().filter(|mail| mail.recipients.contains(&address)).count()
    };
    let strangers = stage
        .sent()
        .iter()
        .filter(|mail| mail.recipients.iter().any(|one| one.domain() == "stranger.example"));
    assert!(strangers.count() <= HELP_TO_DOMAIN);
    assert_eq!(to(US), 0);
    assert_eq!(to(ADMIN), 1);
    for admin in ["admin@nic-ke.example", "tld-admin@nic-fr.example", "ceo@nic-nz.example"] {
        assert!(to(admin) <= 2, "{admin}: {}", to(admin));
    }
    assert!(to("robot@stranger.example") + to("mailer-daemon@stranger.example") == 0);
    assert!(stage.sent().len() <= 60, "{} mails", stage.sent().len());
}
