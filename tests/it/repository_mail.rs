//! The contact repository goes to the list at its times, whole, in a form that every mail program leaves as it is.

use std::fs;
use std::path::{Path, PathBuf};

use mail_parser::{MessageParser, MimeHeaders as _};
use proptest::prelude::*;
use tldops::domain::repository::Repository;
use tldops::writing::repository::{BEFORE_A_LINE, attachments, lines};

use crate::program::{Running, tldops, wait_until};
use crate::registers::{HOSTILE, a_roster};

/// The demo's store, with a configuration that sends the repository to a list.
fn installation() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let played = tldops(folder.path(), &["demo", "--fast", "--keep", "kept"]);
    assert_eq!(played.status, 0, "{}", played.told());
    for name in ["box", "out"] {
        fs::create_dir(folder.path().join(name)).unwrap();
    }
    let text = "mailbox_address = \"tld-ops-admin@ops.example\"\nsecretariat = [\"secretariat@ops.example\"]\nstore = \"kept/store\"\npoll_seconds = 1\n\
        [mailbox]\nkind = \"maildir\"\npath = \"box\"\n[post]\nkind = \"folder\"\npath = \"out\"\n\
        [dns]\nkind = \"zone-file\"\npath = \"kept/zone.db\"\n[iana]\nkind = \"snapshot\"\npath = \"kept/iana.json\"\n\
        [repository]\nto = \"list@lists.example\"\nlabel = \"[TLP-AMBER]\"\nlinks = [\"Playbook: https://www.ops.example/p\"]\n";
    fs::write(folder.path().join("tldops.toml"), text).unwrap();
    folder
}

/// The mails with the repository that left.
fn sent(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder.join("out")).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| {
        path.extension().is_some_and(|e| e == "eml")
            && fs::read_to_string(path).unwrap().contains("Repository")
    });
    paths.sort();
    paths
}

#[test]
fn it_goes_to_the_list_once_until_something_changes() {
    let folder = installation();
    let shown = tldops(folder.path(), &["digest"]);
    assert_eq!(shown.status, 0, "{}", shown.told());
    assert!(shown.out.contains("\n   \"Zoé Martin, #1, .re, +33 139300000\" zoe.martin@nic-fr.example\n"));
    assert_eq!(sent(folder.path()), Vec::<PathBuf>::new(), "showing it sends nothing");
    for _ in 0..2 {
        assert_eq!(tldops(folder.path(), &["once"]).status, 0);
        assert_eq!(sent(folder.path()).len(), 1);
    }
    let octets = fs::read(sent(folder.path()).first().unwrap()).unwrap();
    let mail = MessageParser::default().parse(&octets).unwrap();
    assert_eq!(mail.to().unwrap().first().unwrap().address(), Some("list@lists.example"));
    assert!(
        mail.subject().unwrap().starts_with("[TLP:AMBER] TLD-OPS Incident Response Community Repository")
    );
    let text = mail.body_text(0).unwrap();
    assert!(
        !text.contains("Changed since") && text.contains("Playbook: https://www.ops.example/p"),
        "{text}"
    );
    let names: Vec<_> = mail.attachments().filter_map(|part| part.attachment_name()).collect();
    assert!(names.iter().map(|name| name.rsplit('.').next()).eq([Some("vcf"), Some("csv")]), "{names:?}");
}

#[test]
fn a_person_may_send_it_at_once_while_the_program_runs_too() {
    let folder = installation();
    let on_its_way = tldops(folder.path(), &["digest", "--send"]);
    assert!(on_its_way.status == 0 && on_its_way.out.contains("list@lists.example"), "{}", on_its_way.told());
    assert_eq!(sent(folder.path()).len(), 1);
    let running = Running::start(folder.path(), &[]);
    wait_until("the program has its store", folder.path(), || {
        let asked = tldops(folder.path(), &["digest", "--send"]);
        asked.out.contains("The running program") || sent(folder.path()).len() > 4
    });
    wait_until("it was sent once more", folder.path(), || sent(folder.path()).len() > 1);
    running.ends_well(folder.path());
    let last = fs::read(sent(folder.path()).last().unwrap()).unwrap();
    let mail = MessageParser::default().parse(&last).unwrap();
    assert!(mail.body_text(0).unwrap().contains("Changed since "));
    let nobody = fs::read_to_string(folder.path().join("tldops.toml"))
        .unwrap()
        .replace("to = \"list@lists.example\"\n", "");
    fs::write(folder.path().join("tldops.toml"), nobody).unwrap();
    let refused = tldops(folder.path(), &["digest", "--send"]);
    assert!(refused.status == 2 && refused.err.contains("[repository]"), "{}", refused.told());
}

#[test]
fn the_members_of_any_day_are_counted() {
    let folder = installation();
    let all = |arguments: &[&str]| {
        let counted = tldops(folder.path(), &[&["stats", "--json"], arguments].concat());
        assert_eq!(counted.status, 0, "{}", counted.told());
        let told: serde_json::Value = serde_json::from_str(&counted.out).unwrap();
        (told["all"]["members"].as_u64().unwrap(), told["movement"]["joined"].clone())
    };
    let joined = serde_json::json!(["br", "fr", "nl", "nz", "re"]);
    assert_eq!(all(&["--since", "2026-01-01"]), (5, joined));
    assert_eq!(all(&["--at", "2026-01-01"]), (0, serde_json::Value::Null));
    assert!(tldops(folder.path(), &["stats"]).out.contains("\n   .be "), "who is missing is told");
    let wrong = tldops(folder.path(), &["stats", "--at", "2026-01-01", "--since", "2026-02-01"]);
    assert!(wrong.status == 2 && wrong.err.contains("--since"), "{}", wrong.told());
}

proptest! {
    #[test]
    fn no_mail_program_joins_its_lines_and_none_is_too_long(roster in a_roster(HOSTILE)) {
        let repository = Repository { roster, ..Repository::default() };
        let written = lines(&repository);
        prop_assert_eq!(written.len(), repository.contacts().count());
        for line in &written {
            prop_assert!(line.starts_with(BEFORE_A_LINE) && !line.contains(['\r', '\n']), "{}", line);
            prop_assert!(line.len() <= 998, "{} octets", line.len());
        }
    }

    #[test]
    fn the_table_has_a_row_for_each_contact_and_no_cell_is_computed(roster in a_roster(HOSTILE)) {
        let repository = Repository { roster, ..Repository::default() };
        let files = attachments(&repository);
        let text = String::from_utf8(files[1].octets.clone()).unwrap();
        let mut reader = csv::Reader::from_reader(text.strip_prefix('\u{feff}').unwrap().as_bytes());
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        prop_assert_eq!(rows.len(), repository.contacts().count());
        for (row, (tld, contact)) in rows.iter().zip(repository.contacts()) {
            prop_assert_eq!(&row[1], tld.as_str());
            prop_assert_eq!(row[4].trim_start_matches('\''), contact.name.as_str().trim_start_matches('\''));
            for cell in row.iter().take(7) {
                prop_assert!(!cell.starts_with(['=', '+', '-', '@']), "{}", cell);
            }
        }
    }
}
