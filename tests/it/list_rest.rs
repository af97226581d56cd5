//! A server that misbehaves in place of Mailman: what it says is never taken for more than it is, and our password stays.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use tldops::domain::event::ListReceipt;
use tldops::domain::list_plan::{Permitted, Plan, Scope};
use tldops::shell::mailman::{Mailman, MailmanSettings};
use tldops::shell::rest::RestSettings;
use tldops::world::List as _;

use crate::list_tools::ann;

/// What a scripted server answers to a question: the status and the body.
type Answer = fn(&str) -> (u16, String);

/// A list behind a server that answers by a script, and the questions that it got.
fn list(answer: Answer) -> (Mailman, Arc<Mutex<Vec<String>>>, tempfile::TempDir) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&asked);
    // It ends with the process: a test has no more questions by then.
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let question = read_question(&mut stream);
            let line = question.lines().next().unwrap_or_default().to_owned();
            let (status, body) = answer(&line);
            seen.lock().unwrap().push(question);
            let place = if status == 302 { "Location: http://127.0.0.1:9/3.1/lists\r\n" } else { "" };
            let length = body.len();
            let answer = format!(
                "HTTP/1.1 {status} X\r\n{place}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
            );
            // A client that has heard enough may be gone.
            drop(stream.write_all(answer.as_bytes()));
        }
    });
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("password"), "open sesame\n").unwrap();
    let settings = MailmanSettings {
        server: RestSettings {
            url: format!("http://127.0.0.1:{port}/3.1/"),
            user: "restadmin".to_owned(),
            password_file: folder.path().join("password"),
            ca_file: None,
        },
        list: "tld-ops@lists.example".parse().unwrap(),
        welcome: false,
    };
    (Mailman::open(&settings).unwrap(), asked, folder)
}

/// The head of a question, and its body.
fn read_question(stream: &mut TcpStream) -> String {
    let mut octets = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&octets).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length =
                |line: &str| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok();
            let wanted: usize = head.lines().find_map(length).unwrap_or(0);
            if body.len() >= wanted {
                return text;
            }
        }
        let read = stream.read(&mut piece).unwrap_or(0);
        if read == 0 {
            return text;
        }
        octets.extend_from_slice(&piece[..read]);
    }
}

fn subscribe(list: &mut Mailman) -> anyhow::Result<ListReceipt> {
    let wanted = vec![ann("ann@nic.example", "Ann Bee, #1, .nl")];
    let scope = Scope::Only([wanted[0].address.clone()].into());
    list.carry_out(&Permitted::by_operator(Plan::new(&[], &wanted, &scope), wanted))
}

#[test]
fn accepted_is_no_membership() {
    let (mut list, asked, _folder) =
        list(|_| (202, r#"{"token": "0123456789", "token_owner": "moderator"}"#.to_owned()));
    let ListReceipt::Refused(reason) = subscribe(&mut list).unwrap() else {
        panic!("202 was taken for done")
    };
    assert!(reason.contains("until somebody agrees there"), "{reason}");
    assert!(!reason.contains("0123456789"), "its token is nobody's business");
    let asked = asked.lock().unwrap();
    let (head, body) = asked[0].split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("POST /3.1/members HTTP/1.1"), "{head}");
    let sent: serde_json::Value = serde_json::from_str(body).unwrap();
    for agreed in ["pre_verified", "pre_confirmed", "pre_approved"] {
        assert_eq!(sent[agreed], true, "{agreed}");
    }
    assert_eq!(
        (&sent["send_welcome_message"], &sent["list_id"]),
        (&false.into(), &"tld-ops.lists.example".into())
    );
}

#[test]
fn trouble_of_the_server_is_tried_again_and_no_refusal() {
    let answers: [(Answer, &str); 4] = [
        (|_| (500, "<html>boom</html>".to_owned()), "the list server answered: <html>boom</html> (500)"),
        (|_| (401, "{}".to_owned()), "check user and password_file of [list]"),
        (|_| (302, String::new()), "the list server answered: status 302"),
        (|_| (201, "x".repeat(2_000_000)), "the answer has more than 1048576 octets"),
    ];
    for (answer, want) in answers {
        let (mut list, asked, _folder) = list(answer);
        let error = format!("{:#}", subscribe(&mut list).unwrap_err());
        assert!(error.contains(want), "{error}");
        assert!(!error.contains("sesame"), "{error}");
        assert_eq!(asked.lock().unwrap().len(), 1, "a redirect is not followed");
    }
}

#[test]
fn a_roster_without_an_end_has_one() {
    let (mut list, asked, _folder) = list(|_| {
        let entry = r#"{"email": "ann@nic.example", "member_id": "1"}"#;
        (200, format!(r#"{{"entries": [{}]}}"#, vec![entry; 100].join(",")))
    });
    let error = list.members(&Scope::AllBut([].into())).unwrap_err().to_string();
    assert!(error.contains("more than 300 pages"), "{error}");
    assert_eq!(asked.lock().unwrap().len(), 300);
}

#[test]
fn somebody_else_is_never_taken_for_the_member_who_was_asked_for() {
    let (mut list, _asked, _folder) = list(|_| {
        (
            200,
            r#"{"entries": [{"email": "other@nic.example", "member_id": "7", "display_name": "Other"}]}"#
                .to_owned(),
        )
    });
    let scope = Scope::Only(["*@nic.example".parse().unwrap()].into());
    assert_eq!(list.members(&scope).unwrap(), Some(Vec::new()));
}

#[test]
fn a_server_that_is_not_there_is_named() {
    let (list, _asked, folder) = list(|_| (200, String::new()));
    drop(list);
    let settings = MailmanSettings {
        server: RestSettings {
            url: "http://127.0.0.1:9/3.1/".to_owned(),
            user: "restadmin".to_owned(),
            password_file: folder.path().join("password"),
            ca_file: None,
        },
        list: "tld-ops@lists.example".parse().unwrap(),
        welcome: false,
    };
    let error = format!("{:#}", Mailman::open(&settings).unwrap().try_out().unwrap_err());
    assert!(error.contains("http://127.0.0.1:9/3.1/ cannot be asked: nothing listens there"), "{error}");
}
