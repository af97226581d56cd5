//! The mailbox against a scripted IMAP server: each way in which a server, or the way to it, can fail us.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use tldops::shell::chance::SeededChance;
use tldops::shell::imap::{Folders, Imap, ImapSettings, Patience};
use tldops::shell::server::{Login, LoginProof, Security, Server};
use tldops::world::{Filing, Mailbox as _, Wake};

/// How long the scripted server waits for a line before it gives up, and a test for what must come.
const PATIENCE: Duration = Duration::from_secs(20);

/// What the server does with a line.
#[derive(Clone, Copy)]
enum Answer {
    /// Says this; `TAG` is the tag of the command.
    Says(&'static str),
    /// Says this and closes the connection.
    Closes(&'static str),
    /// Says this again and again.
    Drips(&'static str),
}

use Answer::{Closes, Drips, Says};

impl Answer {
    fn words(self) -> &'static str {
        let (Says(words) | Closes(words) | Drips(words)) = self;
        words
    }
}

/// A line that begins so, without its tag, is answered so. The line before any is `GREETING`.
type Rule = (&'static str, Answer);

const USUAL: &[Rule] = &[
    ("GREETING", Says("* OK stub")),
    (
        "CAPABILITY",
        Says("* CAPABILITY IMAP4rev1 IDLE MOVE UIDPLUS SASL-IR AUTH=PLAIN AUTH=XOAUTH2\r\nTAG OK"),
    ),
    ("AUTHENTICATE", Says("TAG OK known")),
    ("LIST \"\" \"\"", Says("* LIST (\\Noselect) \"/\" \"\"\r\nTAG OK")),
    ("LIST", Says("* LIST () \"/\" there\r\nTAG OK")),
    (
        "SELECT",
        Says(
            "* 2 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [PERMANENTFLAGS (\\Seen \\*)] x\r\nTAG OK [READ-WRITE] x",
        ),
    ),
    ("UID SEARCH", Says("* SEARCH 1 2\r\nTAG OK")),
    (
        "UID FETCH 1:2 (UID RFC",
        Says("* 1 FETCH (UID 1 RFC822.SIZE 5)\r\n* 2 FETCH (UID 2 RFC822.SIZE 5)\r\nTAG OK"),
    ),
    (
        "UID FETCH 1:2 (UID BODY",
        Says("* 1 FETCH (UID 1 BODY[] {5}\r\nfirst)\r\n* 2 FETCH (UID 2 BODY[] {5}\r\nother)\r\nTAG OK"),
    ),
    ("UID FETCH 1 (UID BODY", Says("* 1 FETCH (UID 1 BODY[] {5}\r\nfirst)\r\nTAG OK")),
    ("UID FETCH 2 (UID BODY", Says("* 2 FETCH (UID 2 BODY[] {5}\r\nother)\r\nTAG OK")),
    ("IDLE", Says("+ idling")),
    ("DONE", Says("TAG OK idled")),
    ("", Says("TAG OK")),
];

/// A server that answers by the first rule that fits; the last rules hold for all connections that follow.
struct Stub {
    port: u16,
    heard: Receiver<String>,
    folder: tempfile::TempDir,
}

impl Stub {
    fn start(rules: &[Rule]) -> Self {
        Self::start_each(&[rules])
    }

    /// The first connection has the first rules, and so on.
    fn start_each(connections: &[&[Rule]]) -> Self {
        let connections: Vec<Vec<Rule>> =
            connections.iter().map(|rules| rules.iter().chain(USUAL).copied().collect()).collect();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (told, heard) = channel();
        thread::spawn(move || {
            for (number, stream) in listener.incoming().enumerate() {
                let rules = connections.get(number).or(connections.last()).unwrap().clone();
                let told = told.clone();
                thread::spawn(move || {
                    let stream = stream.unwrap();
                    stream.set_read_timeout(Some(PATIENCE)).unwrap();
                    serve(&stream, &rules, &|line| told.send(line).unwrap_or_default());
                });
            }
        });
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("password"), "open sesame\n").unwrap();
        Self { port, heard, folder }
    }

    /// What the clients said since this was asked last: lines without tags, connections as `+`.
    fn heard(&self) -> Vec<String> {
        self.heard.try_iter().collect()
    }

    /// Waits until a client says a line that begins so.
    #[track_caller]
    fn wait_for(&self, start: &str) {
        let deadline = now() + PATIENCE;
        while !self.heard.recv_timeout(PATIENCE).unwrap().starts_with(start) {
            assert!(now() < deadline, "nobody said {start}");
        }
    }

    fn settings(&self) -> ImapSettings {
        let proof = LoginProof::PasswordFile(self.folder.path().join("password"));
        ImapSettings {
            server: Server {
                host: "127.0.0.1".to_owned(),
                port: self.port,
                security: Security::None,
                ca_file: None,
                login: Some(Login { user: "bot".to_owned(), proof }),
            },
            folder: "INBOX".to_owned(),
            filed: None,
            patience: Patience {
                connect: Duration::from_secs(5),
                silence: Duration::from_secs(5),
                command: Duration::from_secs(10),
                whole: Duration::from_secs(20),
                idle: Duration::from_millis(300),
                look: Duration::from_millis(20),
                pause: Duration::from_millis(20),
            },
        }
    }

    fn mailbox(&self) -> Imap {
        open(self.settings())
    }

    /// The same with folders for filed mails.
    fn moving(&self) -> Imap {
        open(ImapSettings { filed: Some(folders()), ..self.settings() })
    }
}

fn serve(mut stream: &TcpStream, rules: &[Rule], told: &dyn Fn(String)) {
    told("+".to_owned());
    let mut tag = String::new();
    let mut lines = BufReader::new(stream).lines();
    let mut line = "GREETING".to_owned();
    loop {
        let (_, answer) = rules.iter().find(|(start, _)| line.starts_with(start)).unwrap();
        let words = answer.words().replace("TAG", &tag);
        if !words.is_empty() && stream.write_all(format!("{words}\r\n").as_bytes()).is_err() {
            return;
        }
        if matches!(answer, Closes(_)) {
            return;
        }
        if matches!(answer, Drips(_)) {
            // It ends when the client goes.
            while stream.write_all(format!("{words}\r\n").as_bytes()).is_ok() {
                thread::sleep(Duration::from_millis(20));
            }
            return;
        }
        let Some(Ok(next)) = lines.next() else { return };
        line = match next.split_once(' ') {
            Some((first, rest)) if first.starts_with('T') => {
                first.clone_into(&mut tag);
                rest.to_owned()
            }
            _ => next,
        };
        told(line.clone());
    }
}

fn open(settings: ImapSettings) -> Imap {
    Imap::open(settings, &mut SeededChance::new(1)).unwrap()
}

#[expect(clippy::disallowed_methods, reason = "what must come is waited for until a deadline")]
fn now() -> Instant {
    Instant::now()
}

fn folders() -> Folders {
    Folders { done: "Done".into(), held: "Held".into(), ignored: "Ignored".into() }
}

fn ids(mailbox: &mut Imap) -> anyhow::Result<Vec<String>> {
    Ok(mailbox.waiting(100)?.into_iter().map(|waiting| waiting.id).collect())
}

/// All that is asked of a mailbox in a turn.
fn turn(mailbox: &mut Imap) -> anyhow::Result<()> {
    assert_eq!(ids(mailbox)?, ["7.1", "7.2"], "what cannot be listed is no empty list");
    for (id, octets) in [("7.1", "first"), ("7.2", "other")] {
        let fetched = mailbox.fetch(id, 100)?;
        assert_eq!(fetched.as_deref(), Some(octets.as_bytes()), "what cannot be fetched is not gone");
        mailbox.file(id, Filing::Done)?;
    }
    mailbox.settle()
}

/// A mailbox that calls, and what tells of each call.
fn woken(mut mailbox: Imap) -> (Imap, Receiver<()>) {
    let (woken, wakes) = channel();
    let wake: Wake = Arc::new(move || woken.send(()).unwrap_or_default());
    mailbox.on_arrival(wake);
    (mailbox, wakes)
}

#[test]
fn a_server_as_it_should_be_is_read_and_told_what_became_of_the_mails() {
    let stub = Stub::start(&[]);
    turn(&mut stub.moving()).unwrap();
    let heard = stub.heard();
    let has = |line: &str| heard.iter().any(|other| other == line);
    assert!(has("AUTHENTICATE PLAIN AGJvdABvcGVuIHNlc2FtZQ=="), "{heard:?}");
    assert!(has("UID STORE 1:2 +FLAGS.SILENT ($TldopsDone \\Seen)"), "{heard:?}");
    assert!(has("UID MOVE 1:2 \"Done\""), "{heard:?}");
    assert!(has("LOGOUT"), "{heard:?}");
    // Of a `*` a server gives the last mail, be it asked for or not; and some honour but the first of bare items.
    assert!(heard.iter().all(|line| !line.contains(":*")), "{heard:?}");
    let fetches: Vec<&String> = heard.iter().filter(|line| line.starts_with("UID FETCH")).collect();
    assert!(fetches.iter().all(|line| line.contains(" (UID ") && line.ends_with(')')), "{fetches:?}");
}

#[test]
fn whatever_is_no_ok_is_a_failure_and_never_an_empty_mailbox() {
    let commands = [
        "GREETING",
        "CAPABILITY",
        "AUTHENTICATE",
        "LIST \"\" \"\"",
        "SELECT",
        "NOOP",
        "UID SEARCH",
        "UID STORE",
        "UID MOVE",
    ];
    let answers = [
        Says("TAG NO it will not"),
        Says("TAG BAD what?"),
        Says("TAG BAD "),
        Says("* SEARCH 1 2 3\r\nTAG NO half of it"),
        Says("* BYE going down"),
        Closes("* SEARCH"),
        Closes("* BYE"),
        Closes("TAG O"),
        Says("A0001 OK of another command"),
        Says("nonsense"),
        Says(""),
    ];
    for command in commands {
        for answer in answers {
            let stub = Stub::start(&[(command, answer)]);
            let mut settings = stub.settings();
            settings.filed = Some(folders());
            settings.patience.silence = Duration::from_millis(200);
            let said = answer.words();
            let ended = turn(&mut open(settings));
            assert!(ended.is_err(), "{command} is answered {said:?}: {:?}", stub.heard());
        }
    }
}

#[test]
fn what_cannot_be_fetched_is_a_failure_and_never_a_mail_that_is_gone() {
    for answer in
        [Says("TAG NO it will not"), Says("TAG BAD"), Closes(""), Says("* BYE"), Says("A0 OK"), Says("")]
    {
        let stub = Stub::start(&[("UID FETCH 1 (UID BODY", answer), ("UID FETCH 1:2 (UID BODY", answer)]);
        let mut settings = stub.settings();
        settings.patience.silence = Duration::from_millis(200);
        let mut mailbox = open(settings);
        ids(&mut mailbox).unwrap();
        let said = answer.words();
        assert!(mailbox.fetch("7.1", 100).is_err(), "{said}");
        // The other goes alone.
        let other = mailbox.fetch("7.2", 100).unwrap();
        assert_eq!(other.as_deref(), Some(b"other".as_slice()), "{said}");
    }
}

#[test]
fn a_mail_that_the_server_cannot_measure_hides_no_other() {
    for answer in
        [Says("TAG NO [SERVERBUG] x"), Says("* 1 FETCH (UID 1 INTERNALDATE NIL)\r\nTAG OK"), Says("TAG OK")]
    {
        let stub = Stub::start(&[
            ("UID FETCH 1:2 (UID RFC", answer),
            (
                "UID FETCH 1 (UID BODY.PEEK[]<0.100>)",
                Says("* 1 FETCH (UID 1 BODY[]<0> {5}\r\nfirst)\r\nTAG OK"),
            ),
        ]);
        let mut mailbox = stub.mailbox();
        let said = answer.words();
        assert_eq!(ids(&mut mailbox).unwrap(), ["7.1", "7.2"], "{said}");
        assert_eq!(mailbox.fetch("7.1", 100).unwrap().as_deref(), Some(b"first".as_slice()), "{said}");
    }
}

#[test]
fn a_mail_that_is_gone_is_gone_and_news_of_others_are_not_taken_for_it() {
    let news =
        "* 2 EXPUNGE\r\n* 1 FETCH (UID 1 FLAGS (\\Seen))\r\n* 3 FETCH (UID 3 BODY[] {5}\r\nthird)\r\nTAG OK";
    let stub = Stub::start(&[("UID FETCH 1 (UID BODY", Says(news)), ("UID FETCH 1:2 (UID BODY", Says(news))]);
    let mut mailbox = stub.mailbox();
    ids(&mut mailbox).unwrap();
    assert_eq!(mailbox.fetch("7.1", 100).unwrap(), None);
    assert_eq!(mailbox.fetch("7.3", 100).unwrap(), None);
}

#[test]
fn a_mail_that_brings_the_connection_down_stops_no_other() {
    let stub = Stub::start(&[("UID FETCH 1:2 (UID BODY", Closes("")), ("UID FETCH 1 (UID BODY", Closes(""))]);
    let mut mailbox = stub.mailbox();
    for _ in 0..3 {
        assert_eq!(ids(&mut mailbox).unwrap(), ["7.1", "7.2"]);
        mailbox.fetch("7.1", 100).unwrap_err();
        assert_eq!(mailbox.fetch("7.2", 100).unwrap().as_deref(), Some(b"other".as_slice()));
    }
}

#[test]
fn after_a_failure_no_mail_is_fetched_with_others() {
    let stub = Stub::start(&[
        ("UID SEARCH", Says("* SEARCH 1 2 3\r\nTAG OK")),
        (
            "UID FETCH 1:3 (UID RFC",
            Says(
                "* 1 FETCH (UID 1 RFC822.SIZE 5)\r\n* 2 FETCH (UID 2 RFC822.SIZE 5)\r\n* 3 FETCH (UID 3 RFC822.SIZE 5)\r\nTAG OK",
            ),
        ),
        ("UID FETCH 1:3 (UID BODY", Says("TAG NO one of them is broken")),
    ]);
    let mut mailbox = stub.mailbox();
    ids(&mut mailbox).unwrap();
    for id in ["7.1", "7.2"] {
        assert!(mailbox.fetch(id, 100).unwrap().is_some());
    }
    assert!(stub.heard().iter().all(|line| !line.starts_with("UID FETCH 2:3")));
}

#[test]
fn of_a_large_mail_only_the_beginning_is_asked_for() {
    let stub = Stub::start(&[
        ("UID FETCH 1:2 (UID RFC", Says("* 1 FETCH (UID 1 RFC822.SIZE 500000000)\r\nTAG OK")),
        ("UID FETCH 1 (UID BODY.PEEK[]<0.3>)", Says("* 1 FETCH (UID 1 BODY[]<0> {3}\r\nfir)\r\nTAG OK")),
    ]);
    let mut mailbox = stub.mailbox();
    assert_eq!(mailbox.waiting(100).unwrap()[0].octets, 500_000_000);
    assert_eq!(mailbox.fetch("7.1", 3).unwrap().as_deref(), Some(b"fir".as_slice()));
}

#[test]
fn a_server_that_says_something_without_end_is_not_listened_to_without_end() {
    // Each piece comes in time; the command never ends.
    let short = Duration::from_millis(300);
    for (command, whole) in [(short, PATIENCE), (PATIENCE, short)] {
        for asked in ["NOOP", "SELECT"] {
            let stub = Stub::start(&[(asked, Drips("* OK wait"))]);
            let mut settings = stub.settings();
            settings.patience.command = command;
            settings.patience.whole = whole;
            let began = now();
            let error = ids(&mut open(settings)).unwrap_err().to_string();
            assert!(error.contains("said nothing in time"), "{error}");
            assert!(began.elapsed() < PATIENCE / 2, "the shorter limit counts");
        }
    }
}

#[test]
fn mails_that_are_larger_than_told_are_not_all_kept_at_once() {
    let large = "x".repeat(3 * 1024 * 1024);
    let both = format!(
        "* 1 FETCH (UID 1 BODY[] {{{0}}}\r\n{large})\r\n* 2 FETCH (UID 2 BODY[] {{{0}}}\r\n{large})\r\nTAG OK",
        large.len()
    );
    let stub = Stub::start(&[("UID FETCH 1:2 (UID BODY", Says(both.leak()))]);
    let mut mailbox = stub.mailbox();
    ids(&mut mailbox).unwrap();
    assert_eq!(mailbox.fetch("7.1", 10_000_000).unwrap().map(|octets| octets.len()), Some(large.len()));
    assert_eq!(mailbox.fetch("7.2", 10_000_000).unwrap().as_deref(), Some(b"other".as_slice()));
}

#[test]
fn a_server_that_announces_more_than_it_should_is_not_listened_to() {
    let huge = Says("* 1 FETCH (UID 1 BODY[] {500000000}\r\nx");
    let stub = Stub::start(&[("UID FETCH 1:2 (UID BODY", huge), ("UID FETCH 1 (UID BODY", huge)]);
    let mut mailbox = stub.mailbox();
    ids(&mut mailbox).unwrap();
    let error = mailbox.fetch("7.1", 100).unwrap_err().to_string();
    assert!(error.contains("longer than"), "{error}");
}

#[test]
fn a_folder_that_may_only_be_read_is_told_in_clear_words() {
    let stub = Stub::start(&[("SELECT", Says("* 2 EXISTS\r\n* OK [UIDVALIDITY 7]\r\nTAG OK [READ-ONLY] x"))]);
    let error = ids(&mut stub.mailbox()).unwrap_err().to_string();
    assert!(error.contains("the folder INBOX may only be read; give the user the right"), "{error}");
    let stub =
        Stub::start(&[("SELECT", Says("* 2 EXISTS\r\n* OK [UIDVALIDITY 7]\r\nTAG OK [READ-WRITE] x"))]);
    let error = ids(&mut stub.mailbox()).unwrap_err().to_string();
    assert!(error.contains("keeps no keywords") && error.contains("move_to_folders = true"), "{error}");
    ids(&mut stub.moving()).unwrap();
    let stub = Stub::start(&[("SELECT", Says("* 2 EXISTS\r\nTAG OK [READ-WRITE] x"))]);
    let error = ids(&mut stub.mailbox()).unwrap_err().to_string();
    assert!(error.contains("UIDVALIDITY"), "{error}");
    let stub = Stub::start(&[("SELECT", Says("TAG NO no such mailbox"))]);
    let error = ids(&mut stub.mailbox()).unwrap_err().to_string();
    assert!(
        error.contains("the folder INBOX cannot be opened (no such mailbox); correct `folder`"),
        "{error}"
    );
}

#[test]
fn who_greets_us_as_another_is_not_believed() {
    let check = |greeting, want: &str| {
        let stub = Stub::start(&[("GREETING", greeting)]);
        let error = ids(&mut stub.mailbox()).unwrap_err().to_string();
        assert!(error.contains(want), "{error}");
        assert_eq!(stub.heard(), ["+"], "nothing is said to it");
    };
    check(Says("* PREAUTH welcome back"), "knows us before we said who we are");
    check(Closes("* BYE too many of you"), "the server ended the connection: too many of you");
    check(Closes("220 a submission server"), "greets as no IMAP server does");
}

#[test]
fn a_password_that_is_refused_is_told_without_it_and_not_tried_again_at_once() {
    let stub = Stub::start(&[("AUTHENTICATE", Says("TAG NO [AUTHENTICATIONFAILED] wrong"))]);
    let mut mailbox = stub.mailbox();
    let error = ids(&mut mailbox).unwrap_err().to_string();
    assert!(error.contains("does not let bot in") && error.contains("check user"), "{error}");
    assert!(!error.contains("sesame"), "{error}");
    assert!(ids(&mut mailbox).is_err());
    assert_eq!(stub.heard().iter().filter(|line| *line == "+").count(), 1);
}

#[test]
fn a_server_that_failed_is_left_alone_for_a_while() {
    let stub = Stub::start_each(&[&[("GREETING", Closes(""))], &[]]);
    let mut settings = stub.settings();
    settings.patience.pause = Duration::from_mins(1);
    let mut mailbox = open(settings);
    assert!(ids(&mut mailbox).is_err());
    assert!(ids(&mut mailbox).is_err());
    assert_eq!(stub.heard(), ["+"]);
    let stub = Stub::start_each(&[&[("GREETING", Closes(""))], &[]]);
    let mut mailbox = stub.mailbox();
    assert!(ids(&mut mailbox).is_err());
    while ids(&mut mailbox).is_err() {}
    assert_eq!(stub.heard().iter().filter(|line| *line == "+").count(), 2);
}

#[test]
fn a_connection_that_was_lost_in_a_quiet_time_is_made_anew_without_a_word() {
    for answer in [Closes(""), Closes("* BYE you were idle")] {
        let stub = Stub::start_each(&[&[("LIST \"\" \"Done\"", answer)], &[]]);
        assert_eq!(stub.moving().try_out().unwrap().missing, Vec::<String>::new());
        // One that is fresh is not made anew: it would go on so for ever.
        let stub = Stub::start_each(&[&[("UID SEARCH", answer)], &[]]);
        let mut mailbox = stub.mailbox();
        ids(&mut mailbox).unwrap_err();
        assert_eq!(ids(&mut mailbox).unwrap(), ["7.1", "7.2"]);
    }
}

#[test]
fn another_generation_of_uids_is_another_mail() {
    let anew =
        "* 2 EXISTS\r\n* OK [UIDVALIDITY 8] x\r\n* OK [PERMANENTFLAGS (\\*)] x\r\nTAG OK [READ-WRITE] x";
    let stub = Stub::start_each(&[
        &[("UID FETCH 1:2 (UID BODY", Closes("")), ("UID STORE", Closes(""))],
        &[("SELECT", Says(anew))],
    ]);
    let mut mailbox = stub.mailbox();
    assert_eq!(ids(&mut mailbox).unwrap(), ["7.1", "7.2"]);
    assert_eq!(mailbox.fetch("7.1", 100).unwrap(), None, "7.1 is gone; 8.1 may be anything");
    mailbox.file("7.1", Filing::Done).unwrap();
    mailbox.settle().unwrap();
    assert!(stub.heard().iter().all(|line| !line.contains("STORE")));
    assert_eq!(ids(&mut mailbox).unwrap(), ["8.1", "8.2"]);
}

#[test]
fn filings_that_fail_are_kept_and_carried_out_later() {
    let stub = Stub::start_each(&[&[("UID MOVE", Closes(""))], &[]]);
    let mut mailbox = stub.moving();
    assert!(turn(&mut mailbox).is_err());
    assert_eq!(ids(&mut mailbox).unwrap(), Vec::<String>::new(), "they are filed, though not yet moved");
    stub.heard();
    mailbox.settle().unwrap();
    assert!(stub.heard().iter().any(|line| line == "UID MOVE 1:2 \"Done\""));
    assert_eq!(ids(&mut mailbox).unwrap(), ["7.1", "7.2"], "whatever lies in the folder waits");
}

#[test]
fn a_folder_that_is_missing_is_made_and_the_move_done() {
    let stub = Stub::start(&[("UID MOVE", Says("TAG NO [TRYCREATE] no such folder"))]);
    assert!(turn(&mut stub.moving()).is_err());
    let heard = stub.heard();
    let moves = heard.iter().filter(|line| line.starts_with("UID MOVE")).count();
    assert!(moves == 2 && heard.iter().any(|line| line == "CREATE \"Done\""), "{heard:?}");
    assert!(heard.iter().any(|line| line == "SUBSCRIBE \"Done\""), "{heard:?}");
}

#[test]
fn where_there_is_no_move_mails_are_copied_and_their_own_uids_removed() {
    let bare = ("CAPABILITY", Says("* CAPABILITY IMAP4rev1 UIDPLUS AUTH=PLAIN\r\nTAG OK"));
    let stub = Stub::start(&[bare, ("UID SEARCH UID 1:2 UNDELETED", Says("* SEARCH 2\r\nTAG OK"))]);
    turn(&mut stub.moving()).unwrap();
    let heard = stub.heard();
    let end: Vec<&str> = heard.iter().rev().skip(1).take(4).rev().map(String::as_str).collect();
    // The first was copied by an earlier try that was cut.
    assert_eq!(
        end,
        [
            "UID SEARCH UID 1:2 UNDELETED",
            "UID COPY 2 \"Done\"",
            "UID STORE 2 +FLAGS.SILENT (\\Deleted)",
            "UID EXPUNGE 1:2"
        ],
        "{heard:?}"
    );
}

#[test]
fn a_token_is_shown_by_xoauth2_and_its_refusal_is_read_to_the_end() {
    let by_token = |stub: &Stub| {
        let mut settings = stub.settings();
        let file = stub.folder.path().join("token");
        std::fs::write(&file, "ya29.token\n").unwrap();
        settings.server.login = Some(Login { user: "bot".to_owned(), proof: LoginProof::TokenFile(file) });
        open(settings)
    };
    let stub = Stub::start(&[]);
    ids(&mut by_token(&stub)).unwrap();
    let words = "AUTHENTICATE XOAUTH2 dXNlcj1ib3QBYXV0aD1CZWFyZXIgeWEyOS50b2tlbgEB";
    assert!(stub.heard().iter().any(|line| line == words));
    let refused = [
        ("GREETING", Says("* OK stub")),
        ("AUTHENTICATE", Says("+ eyJzdGF0dXMiOiI0MDEifQ==")),
        ("CAPABILITY", Says("* CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2\r\nTAG OK")),
        ("LIST", Says("TAG OK")),
        ("", Says("TAG NO [AUTHENTICATIONFAILED] Invalid credentials")),
    ];
    let stub = Stub::start(&refused);
    let mut mailbox = by_token(&stub);
    let error = ids(&mut mailbox).unwrap_err().to_string();
    assert!(error.contains("does not let bot in: ") && error.contains("Invalid credentials"), "{error}");
    assert!(!error.contains("ya29"), "{error}");
}

#[test]
fn a_password_goes_by_the_way_that_the_server_offers() {
    let check = |capabilities, password: &str, want: Result<&str, &str>| {
        let stub = Stub::start(&[("CAPABILITY", Says(capabilities)), ("AUTHENTICATE PLAIN", Says("+ "))]);
        std::fs::write(stub.folder.path().join("password"), password).unwrap();
        let listed = ids(&mut stub.mailbox()).map_err(|error| error.to_string());
        let heard = stub.heard();
        match want {
            Ok(line) => {
                assert!(listed.is_ok() && heard.iter().any(|other| other == line), "{listed:?} {heard:?}");
            }
            Err(why) => assert!(listed.as_ref().is_err_and(|error| error.contains(why)), "{listed:?}"),
        }
    };
    let plain = "* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\nTAG OK";
    check(plain, "pässword", Ok("AGJvdABww6Rzc3dvcmQ="));
    let bare = "* CAPABILITY IMAP4rev1\r\nTAG OK";
    check(bare, "a \"quoted\" one", Ok("LOGIN \"bot\" \"a \\\"quoted\\\" one\""));
    check(bare, "pässword", Err("no letters beyond ASCII"));
    check("* CAPABILITY IMAP4rev1 LOGINDISABLED\r\nTAG OK", "x", Err("takes no password here"));
}

#[test]
fn starttls_that_is_taken_away_or_spoken_over_is_refused() {
    let check = |rules: &[Rule], want: &str| {
        let stub = Stub::start(rules);
        let mut settings = stub.settings();
        settings.server.security = Security::StartTls;
        settings.server.ca_file = None;
        let listed =
            Imap::open(settings, &mut SeededChance::new(1)).and_then(|mut mailbox| ids(&mut mailbox));
        let error = listed.unwrap_err().to_string();
        assert!(error.contains(want), "{error}");
        assert!(stub.heard().iter().all(|line| !line.starts_with("AUTH") && !line.starts_with("LOGIN")));
    };
    check(&[], "does not offer STARTTLS");
    let offered = ("CAPABILITY", Says("* CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN\r\nTAG OK"));
    check(
        &[offered, ("STARTTLS", Says("TAG OK\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN"))],
        "between STARTTLS and TLS",
    );
    check(&[offered, ("STARTTLS", Says("TAG NO not now"))], "not now");
    check(&[offered, ("STARTTLS", Closes("TAG OK"))], "the other side closed the connection");
}

#[test]
fn a_mail_that_comes_before_the_server_waits_is_not_overlooked() {
    let early = Says("* 3 EXISTS\r\n+ idling");
    let stub = Stub::start(&[("IDLE", early)]);
    let mut settings = stub.settings();
    settings.patience.idle = Duration::from_mins(9);
    let (_mailbox, wakes) = woken(open(settings));
    for _ in 0..2 {
        wakes.recv_timeout(PATIENCE).unwrap();
    }
    // It counts once: the server goes on with as many.
    stub.wait_for("DONE");
    stub.wait_for("IDLE");
    assert_eq!(wakes.recv_timeout(Duration::from_millis(100)), Err(RecvTimeoutError::Timeout));
}

#[test]
fn a_server_that_refuses_to_idle_is_looked_at_now_and_then() {
    for answer in [Says("TAG NO not here"), Says("TAG BAD "), Says("TAG OK done")] {
        let stub = Stub::start(&[("IDLE", answer), ("NOOP", Says("* 3 EXISTS\r\nTAG OK"))]);
        let (_mailbox, wakes) = woken(stub.mailbox());
        for _ in 0..3 {
            wakes.recv_timeout(PATIENCE).unwrap();
        }
        stub.wait_for("NOOP");
    }
    let stub = Stub::start(&[("CAPABILITY", Says("* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\nTAG OK"))]);
    let (_mailbox, wakes) = woken(stub.mailbox());
    for _ in 0..3 {
        wakes.recv_timeout(PATIENCE).unwrap();
    }
    assert!(stub.heard().iter().all(|line| line != "IDLE"));
}

#[test]
fn a_watch_that_is_lost_begins_anew() {
    let lost = [
        ("IDLE", Closes("+ idling")),
        ("IDLE", Says("+ idling\r\n* BYE going down")),
        ("IDLE", Says("")),
        ("IDLE", Says("+ idling\r\nnonsense")),
        // The other half of the connection is gone: nobody answers.
        ("DONE", Says("")),
        ("AUTHENTICATE", Says("* BYE")),
        ("EXAMINE", Says("TAG NO not now")),
    ];
    for rule in lost {
        let stub = Stub::start_each(&[&[rule], &[]]);
        let mut settings = stub.settings();
        settings.patience.silence = Duration::from_millis(200);
        settings.patience.idle = Duration::from_millis(100);
        let (_mailbox, wakes) = woken(open(settings));
        stub.wait_for("+");
        stub.wait_for("+");
        stub.wait_for("DONE");
        wakes.recv_timeout(PATIENCE).unwrap();
    }
}

#[test]
fn idle_ends_in_time_whatever_the_server_says_meanwhile() {
    let chatty = Says("+ idling\r\n* OK Still here\r\n* FLAGS (Junk%x)\r\n* 2 RECENT");
    let stub = Stub::start(&[("IDLE", chatty)]);
    let (_mailbox, wakes) = woken(stub.mailbox());
    for _ in 0..2 {
        stub.wait_for("DONE");
        wakes.recv_timeout(PATIENCE).unwrap();
    }
    // It goes on so for ever, and hears nothing: the connection is given up and made anew.
    let stub = Stub::start_each(&[&[("IDLE", Drips("+ idling\r\n* OK Still here"))], &[]]);
    let mut settings = stub.settings();
    settings.patience.silence = Duration::from_millis(200);
    let (_mailbox, _wakes) = woken(open(settings));
    stub.wait_for("+");
    stub.wait_for("+");
}

#[test]
fn a_mailbox_that_is_closed_says_goodbye_on_both_connections() {
    let stub = Stub::start(&[]);
    let mut settings = stub.settings();
    settings.patience.idle = Duration::from_mins(9);
    let (mut mailbox, wakes) = woken(open(settings));
    ids(&mut mailbox).unwrap();
    wakes.recv_timeout(PATIENCE).unwrap();
    stub.wait_for("IDLE");
    drop(mailbox);
    stub.wait_for("DONE");
    stub.wait_for("LOGOUT");
    stub.wait_for("LOGOUT");
}

#[test]
fn a_mailbox_is_closed_in_time_though_the_server_does_not_hear_the_goodbye() {
    let stub = Stub::start(&[("DONE", Says("")), ("LOGOUT", Says(""))]);
    let mut settings = stub.settings();
    settings.patience.idle = Duration::from_mins(9);
    settings.patience.silence = Duration::from_mins(9);
    settings.patience.whole = Duration::from_mins(9);
    settings.patience.command = Duration::from_mins(9);
    let (mut mailbox, _wakes) = woken(open(settings));
    stub.wait_for("IDLE");
    ids(&mut mailbox).unwrap();
    let began = now();
    drop(mailbox);
    assert!(began.elapsed() < PATIENCE / 2);
    // The one connection is that of the listing: nobody watches any more.
    assert_eq!(stub.heard().iter().filter(|line| *line == "+").count(), 1);
}
