//! The post by SMTP: what a scripted server answers decides what becomes of the mail, and a real one is reached by TLS.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use tldops::shell::server::{Login, LoginProof, Security, Server};
use tldops::shell::smtp::Smtp;
use tldops::world::{Outgoing, Post, Posted};

use crate::program::{tldops, wait_until};
use crate::servers::dovecot::{self, Dovecot};
use crate::servers::postfix::{self, Postfix};

/// How long a system waits before it acknowledges octets by themselves (RFC 1122 §4.2.3.2): 40 ms on Linux.
const ACKNOWLEDGED_AFTER: Duration = Duration::from_millis(40);
/// Mails whose time is measured.
const MAILS_MEASURED: usize = 20;
/// Of those the first ones: on a new connection a system acknowledges at once.
const MAILS_AT_ONCE: usize = 10;
/// How long the scripted server waits for a line before it gives up.
const PATIENCE: Duration = Duration::from_secs(10);

/// A server that answers each line by the first rule whose start it has; a rule without an answer closes the connection, one
/// with an empty answer says nothing.
struct Stub {
    port: u16,
    heard: Receiver<String>,
}

type Rule = (&'static str, Option<&'static str>);

const EHLO: Rule = ("EHLO", Some("250-stub\r\n250-8BITMIME\r\n250-AUTH PLAIN XOAUTH2\r\n250 SMTPUTF8"));
const PLAIN_EHLO: Rule = ("EHLO", Some("250-stub\r\n250 AUTH PLAIN LOGIN"));
const REST: [Rule; 6] = [
    ("MAIL", Some("250 ok")),
    ("RCPT", Some("250 ok")),
    ("DATA", Some("354 go on")),
    (".", Some("250 queued")),
    ("RSET", Some("250 ok")),
    ("NOOP", Some("250 ok")),
];

impl Stub {
    fn start(rules: &[Rule]) -> Self {
        let rules: Vec<Rule> = rules.iter().chain(&[EHLO]).chain(&REST).copied().collect();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (told, heard) = channel();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (rules, told) = (rules.clone(), told.clone());
                thread::spawn(move || {
                    let stream = stream.unwrap();
                    stream.set_read_timeout(Some(PATIENCE)).unwrap();
                    serve(&stream, &rules, &|line| drop(told.send(line)));
                });
            }
        });
        Self { port, heard }
    }

    /// The lines of the client so far, connections marked by `+`.
    fn heard(&self) -> Vec<String> {
        self.heard.try_iter().collect()
    }

    fn post(&self) -> Smtp {
        self.post_as(None)
    }

    fn post_as(&self, login: Option<Login>) -> Smtp {
        let server = Server {
            host: "127.0.0.1".to_owned(),
            port: self.port,
            security: Security::None,
            ca_file: None,
            login,
        };
        Smtp::open(server, "bot.example").unwrap().with_patience(Duration::from_secs(2))
    }
}

fn serve(mut stream: &TcpStream, rules: &[Rule], told: &dyn Fn(String)) {
    told("+".to_owned());
    if stream.write_all(b"220 stub\r\n").is_err() {
        return;
    }
    let mut in_data = false;
    for line in BufReader::new(stream).lines() {
        let Ok(line) = line else { return };
        if in_data && line != "." {
            continue;
        }
        in_data = line == "DATA";
        told(line.clone());
        let rule = rules.iter().find(|(start, _)| line.starts_with(start));
        match rule {
            Some((_, Some(""))) => {}
            Some((_, Some(answer))) => {
                in_data &= answer.starts_with("354");
                if stream.write_all(format!("{answer}\r\n").as_bytes()).is_err() {
                    return;
                }
            }
            Some((_, None)) => return,
            None => {
                if stream.write_all(b"500 what?\r\n").is_err() {
                    return;
                }
            }
        }
    }
}

/// The way to a server that has no TLS.
const NOT_PRIVATE: &str = "security = \"none\"\n";

fn mail(recipients: &[&str]) -> Outgoing {
    Outgoing {
        id: "R-1.1".to_owned(),
        sender: "bot@ops.example".parse().unwrap(),
        recipients: recipients.iter().map(|address| address.parse().unwrap()).collect(),
        octets: b"Subject: x\r\n\r\nx\r\n".to_vec(),
    }
}

/// What becomes of a mail to Ann and Bob, in a word each.
#[track_caller]
fn check(rules: &[Rule], want: [&str; 2]) {
    let stub = Stub::start(rules);
    let posted = stub.post().send(&mail(&["ann@nic.example", "bob@nic.example"]));
    assert_eq!(words(&posted), want, "{posted:?} {:?}", stub.heard());
}

fn words(posted: &[Posted]) -> Vec<&'static str> {
    let word = |posted: &Posted| match posted {
        Posted::Accepted => "accepted",
        Posted::Refused(_) => "refused",
        Posted::Later(_) => "later",
    };
    posted.iter().map(word).collect()
}

#[test]
fn each_recipient_has_his_own_answer() {
    check(&[], ["accepted", "accepted"]);
    check(&[("RCPT TO:<bob", Some("550 5.1.1 no such user"))], ["accepted", "refused"]);
    check(&[("RCPT TO:<ann", Some("451 4.7.1 come back"))], ["later", "accepted"]);
    check(
        &[("RCPT TO:<ann", Some("551 not here")), ("RCPT TO:<bob", Some("452 too many"))],
        ["refused", "later"],
    );
}

#[test]
fn what_is_said_of_the_whole_mail_is_said_to_all_who_were_taken() {
    check(&[(".", Some("554 5.7.1 spam"))], ["refused", "refused"]);
    check(&[(".", Some("452 4.3.1 no space"))], ["later", "later"]);
    check(&[("DATA", Some("503 no"))], ["refused", "refused"]);
    check(&[("RCPT TO:<ann", Some("550 no")), (".", Some("451 later"))], ["refused", "later"]);
}

#[test]
fn a_server_that_fails_us_fails_no_mail() {
    check(&[("MAIL", Some("550 5.7.1 you may not"))], ["later", "later"]);
    check(&[("MAIL", None)], ["later", "later"]);
    check(&[("EHLO", Some("421 4.3.2 shutting down"))], ["later", "later"]);
    check(&[(".", None)], ["later", "later"]);
    check(&[("RCPT", Some("530 5.7.0 authentication required"))], ["later", "later"]);
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = nobody.local_addr().unwrap().port();
    drop(nobody);
    let server =
        Server { host: "127.0.0.1".to_owned(), port, security: Security::None, ca_file: None, login: None };
    let posted = Smtp::open(server, "bot.example").unwrap().send(&mail(&["ann@nic.example"]));
    assert!(matches!(&posted[..], [Posted::Later(why)] if why.contains("cannot be reached")), "{posted:?}");
}

#[test]
fn a_server_that_says_nothing_is_waited_for_so_long_and_no_longer() {
    check(&[("EHLO", Some(""))], ["later", "later"]);
    check(&[("RCPT", Some(""))], ["later", "later"]);
    check(&[(".", Some(""))], ["later", "later"]);
}

#[test]
fn a_connection_is_used_again_while_it_stands() {
    let stub = Stub::start(&[]);
    let mut post = stub.post();
    for _ in 0..3 {
        assert_eq!(words(&post.send(&mail(&["ann@nic.example"]))), ["accepted"]);
    }
    assert_eq!(stub.heard().iter().filter(|line| *line == "+").count(), 1);
    let closing = Stub::start(&[("NOOP", None)]);
    let mut post = closing.post();
    for _ in 0..3 {
        assert_eq!(words(&post.send(&mail(&["ann@nic.example"]))), ["accepted"]);
    }
    assert_eq!(closing.heard().iter().filter(|line| *line == "+").count(), 3);
}

#[test]
fn addresses_beyond_ascii_go_as_the_server_takes_them() {
    let stub = Stub::start(&[]);
    let posted = stub.post().send(&mail(&["zoe@müller.example", "zoë@nic.example"]));
    assert_eq!(words(&posted), ["accepted", "accepted"]);
    let heard = stub.heard();
    let has = |start: &str| heard.iter().any(|line| line.starts_with(start));
    assert!(has("RCPT TO:<zoe@xn--mller-kva.example>") && has("RCPT TO:<zoë@nic.example>"), "{heard:?}");
    assert!(heard.iter().any(|line| line.starts_with("MAIL") && line.contains("SMTPUTF8")), "{heard:?}");
    let plain = Stub::start(&[PLAIN_EHLO]);
    let posted = plain.post().send(&mail(&["zoe@müller.example", "zoë@nic.example"]));
    assert_eq!(words(&posted), ["accepted", "refused"], "{posted:?}");
}

#[test]
fn we_say_who_we_are_by_password_or_token_and_a_wrong_one_fails_no_mail() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secret");
    std::fs::write(&file, "sesame\n").unwrap();
    let login = |proof| Some(Login { user: "bot".to_owned(), proof });
    let by_password = login(LoginProof::PasswordFile(file.clone()));
    let stub = Stub::start(&[("AUTH PLAIN AGJvdABzZXNhbWU=", Some("235 welcome"))]);
    let posted = stub.post_as(by_password.clone()).send(&mail(&["ann@nic.example"]));
    assert_eq!(words(&posted), ["accepted"], "{posted:?} {:?}", stub.heard());
    let stub = Stub::start(&[("AUTH XOAUTH2 ", Some("235 welcome"))]);
    let posted = stub.post_as(login(LoginProof::TokenFile(file))).send(&mail(&["ann@nic.example"]));
    assert_eq!(words(&posted), ["accepted"], "{posted:?} {:?}", stub.heard());
    let stub = Stub::start(&[("AUTH", Some("535 5.7.8 wrong"))]);
    let posted = stub.post_as(by_password).send(&mail(&["ann@nic.example"]));
    assert!(
        matches!(&posted[..], [Posted::Later(why)] if why.contains("does not let bot in") && !why.contains("sesame")),
        "{posted:?}"
    );
}

/// A first turn of the program, with a server on this machine as its post.
fn installation(port: u16, more: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write(
        "tldops.toml",
        &format!(
            "mailbox_address = \"tldops@list.example\"\nsecretariat = [\"a@list.example\", \"b@list.example\"]\n\
             store = \"store\"\n[mailbox]\nkind = \"maildir\"\npath = \"mail\"\n[post]\nkind = \"smtp\"\n\
             host = \"127.0.0.1\"\nport = {port}\n{more}[dns]\nkind = \"zone-file\"\n\
             path = \"dns.zone\"\n[iana]\nkind = \"snapshot\"\npath = \"iana.json\"\n"
        ),
    );
    write("dns.zone", "");
    write(
        "iana.json",
        "[{\"tld\":\"nl\",\"manager\":\"R\",\"admin\":{\"name\":null,\"organisation\":null,\"email\":\"admin@nic-nl.example\",\
         \"phone\":null},\"technical\":null,\"changed\":null,\"retrieved\":\"2026-11-01T00:00:00Z\"}]",
    );
    // An admin contact who is not proven, and names no ccTLD, is a matter for the secretariat.
    let mail = "From: Admin <admin@nic-nl.example>\r\nTo: tldops@list.example\r\nSubject: contact\r\n\
                Message-ID: <1@nic-nl.example>\r\nDate: Fri, 20 Nov 2026 10:00:00 +0000\r\n\r\n\
                Please add one contact:\r\nName: Ann Bee\r\nE-mail: ann@nic-nl.example\r\nPhone: +31 26 352 5500\r\n";
    let maildir = tldops::shell::maildir::Maildir::open(&folder.path().join("mail")).unwrap();
    maildir.deliver(mail.as_bytes(), "1.request").unwrap();
    folder
}

#[test]
fn the_secretariat_gets_its_mail_though_one_of_them_is_refused() {
    let stub = Stub::start(&[("RCPT TO:<a@", Some("550 5.1.1 gone")), ("QUIT", Some("221 bye"))]);
    let folder = installation(stub.port, NOT_PRIVATE);
    let ended = tldops(folder.path(), &["check"]);
    let told = ended.told();
    assert!(ended.status == 0 && told.contains("post: mails go to 127.0.0.1:"), "{told}");
    let ended = tldops(folder.path(), &["once"]);
    let told = ended.told();
    assert!(ended.status == 0 && told.contains("1 mails taken in"), "{told}");
    let journal = tldops(folder.path(), &["journal", "export"]).out;
    assert!(journal.contains("A mail left for b@list.example."), "{journal}");
    assert!(journal.contains("A mail to a@list.example was refused: "), "{journal}");
    let before = stub.heard().len();
    tldops(folder.path(), &["once"]);
    assert_eq!(stub.heard(), Vec::<String>::new(), "after {before} lines nothing more is sent");
}

#[test]
fn a_server_that_is_down_is_named_and_the_mail_goes_when_it_is_back() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = nobody.local_addr().unwrap().port();
    drop(nobody);
    let folder = installation(port, NOT_PRIVATE);
    let ended = tldops(folder.path(), &["check"]);
    let told = ended.told();
    assert!(ended.status == 1 && told.contains("post: NOT GOOD: the submission server 127.0.0.1:"), "{told}");
    let ended = tldops(folder.path(), &["once"]);
    let told = ended.told();
    assert!(ended.status == 0 && told.contains("postponed"), "{told}");
    let journal = tldops(folder.path(), &["journal", "export"]).out;
    assert!(journal.contains("could not be carried out and is tried again"), "{journal}");
}

#[test]
fn a_real_server_takes_our_mail_by_tls_from_the_first_octet_and_by_starttls() {
    let Some(dovecot) = Dovecot::start() else { return dovecot::skip() };
    let Some(postfix) = Postfix::start(&dovecot) else { return postfix::skip() };
    let secretariat = ["a@list.example", "b@list.example"];
    for address in secretariat {
        dovecot.add_user(address);
    }
    let login = format!(
        "user = \"{}\"\npassword_file = \"{}\"\nca_file = \"{}\"\n",
        dovecot::USER,
        dovecot.password_file().display(),
        dovecot.ca_file().display()
    );
    // What nothing is said of is TLS from the first octet.
    let ways = [(postfix.submissions, ""), (postfix.submission, "security = \"starttls\"\n")];
    for (number, (port, security)) in (1..).zip(ways) {
        let folder = installation(port, &format!("{security}{login}"));
        let told = tldops(folder.path(), &["check"]).told();
        let want = format!("post: mails go to 127.0.0.1:{port}, which lets us in");
        assert!(told.contains(&want), "{told}");
        let ended = tldops(folder.path(), &["once"]);
        assert!(ended.status == 0 && !ended.err.contains("postponed"), "{}", ended.told());
        for address in secretariat {
            wait_until("the mail is there", folder.path(), || dovecot.mails_of(address).len() == number);
            let mail = dovecot.mails_of(address).pop().unwrap();
            // Private, and from somebody who is known (RFC 3848).
            assert!(String::from_utf8_lossy(&mail).contains("with ESMTPSA id"));
        }
    }
}

/// Guards that each word is sent at once: else the end of every mail waits until what was sent before is acknowledged.
#[test]
#[expect(clippy::disallowed_methods, reason = "how long a mail takes is measured by the clock")]
fn no_mail_waits_for_the_acknowledgement_of_its_own_octets() {
    let Some(dovecot) = Dovecot::start() else { return dovecot::skip() };
    let Some(postfix) = Postfix::start(&dovecot) else { return postfix::skip() };
    for (port, security) in [(postfix.submissions, Security::Tls), (postfix.submission, Security::StartTls)] {
        let server = Server { port, security, ..dovecot.settings(security, None).server };
        let mut post = Smtp::open(server, "bot.example").unwrap();
        let mut handing_over = || {
            let began = Instant::now();
            assert_eq!(words(&post.send(&mail(&[dovecot::USER]))), ["accepted"]);
            began.elapsed()
        };
        // What takes its time on a busy machine takes it now and then, and a wait for the other side always.
        let quickest = (0..MAILS_MEASURED).map(|_| handing_over()).skip(MAILS_AT_ONCE).min();
        assert!(quickest.is_some_and(|quickest| quickest < ACKNOWLEDGED_AFTER), "{security:?} {quickest:?}");
    }
}

#[test]
fn no_mail_goes_where_a_real_server_is_not_reached_by_tls() {
    let Some(dovecot) = Dovecot::start() else { return dovecot::skip() };
    let Some(postfix) = Postfix::start(&dovecot) else { return postfix::skip() };
    let at = |port, security| Server { port, security, ..dovecot.settings(security, None).server };
    let of_strangers = Server { ca_file: None, ..at(postfix.submissions, Security::Tls) };
    let wrong = [
        (at(postfix.submission, Security::Tls), "it does not begin with TLS on that port"),
        // Either waits for the other to begin.
        (at(postfix.submissions, Security::StartTls), "did not answer in time"),
        (of_strangers, "its certificate is from an authority that is not trusted here"),
    ];
    for (server, why) in wrong {
        let mut post = Smtp::open(server, "bot.example").unwrap().with_patience(Duration::from_secs(2));
        let posted = post.send(&mail(&["ann@nic.example"]));
        assert!(matches!(&posted[..], [Posted::Later(said)] if said.contains(why)), "{posted:?}");
    }
}
