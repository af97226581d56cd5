//! The order of the checks: what is turned away, or came in before, costs no question to the DNS; only then is a mail proved.

use tldops::rehearsal::script::Step;
use tldops::rehearsal::stage::{Scenery, Stage};

use crate::stories::{file, stories};

pub(crate) const US: &str = "tld-ops-admin@ops.example";
pub(crate) const ADMIN: &str = "admin@nic-nl.example";

pub(crate) const REQUEST: &str = "Please add this contact for .nl:\n\nName: Joost Terpstra\n\
    Email: joost.terpstra@nic-nl.example\nPhone: +31 26 352 55 00\n";

/// A stage with the world of the stories.
pub(crate) fn stage(folder: &std::path::Path) -> Stage {
    let text = |name: &str| file(&stories(), name).unwrap();
    Stage::set(folder, &text("world.json"), &text("iana.json")).unwrap()
}

fn mail(from: &str, id: u32, fields: &str, text: &str) -> String {
    format!(
        "From: {from}\nTo: {US}\nSubject: Contacts of .nl\nDate: {{date}}\n\
         Message-ID: <{id}@nic-nl.example>\n{fields}\n{text}"
    )
}

/// The mail arrives, signed by the domain behind `from`.
pub(crate) fn arrives(stage: &mut Stage, from: &str, mail: &str) -> Scenery {
    let domain = from.rsplit('@').next().unwrap().to_owned();
    let key = if domain == "stranger.example" { "ed25519" } else { "rsa" };
    let step = Step::Mail { file: "mail.eml".to_owned(), signatures: vec![(domain, key.to_owned())] };
    stage.play(&step, &|_| Ok(mail.to_owned())).unwrap()
}

pub(crate) fn events(scenery: &Scenery) -> Vec<&str> {
    scenery.journal.iter().map(|line| line.entry.event.as_str()).collect()
}

#[test]
fn nothing_that_is_turned_away_asks_the_dns() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = stage(folder.path());
    let automatic = "Auto-Submitted: auto-replied\n";
    for (id, from, fields, event) in [
        (1, US, "", "own_mail"),
        // Of two reasons the first in the order is told.
        (2, US, automatic, "own_mail"),
        (3, ADMIN, "X-Failed-Recipients: x@nic-nl.example\nAuto-Submitted: auto-replied\n", "bounce"),
        (4, ADMIN, automatic, "machines_mail"),
    ] {
        let scenery = arrives(&mut stage, from, &mail(from, id, fields, REQUEST));
        assert_eq!((events(&scenery), scenery.left.len()), (vec![event], 0), "mail {id}");
        assert_eq!(stage.questions(), 0, "mail {id}");
    }
}

#[test]
fn what_came_in_before_asks_the_dns_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = stage(folder.path());
    let first = arrives(&mut stage, ADMIN, &mail(ADMIN, 1, "", REQUEST));
    assert_eq!(events(&first), ["admin_asked", "mail_sent"]);
    let asked = stage.questions();
    assert!(asked > 0);
    // The same mail by another way: its trace differs, so its octets do.
    let mut copy =
        b"Received: from mx2.example by mx.ops.example;\r\n Mon, 2 Nov 2026 09:00:00 +0000\r\n".to_vec();
    copy.extend(first.arrived.unwrap());
    stage.deliver(&copy, 99).unwrap();
    stage.come_to_rest().unwrap();
    let last = stage.store().journal().unwrap().pop().unwrap();
    assert_eq!((last.entry.event.as_str(), stage.questions(), stage.sent().len()), ("duplicate", asked, 1));
    // Another mail is proved for itself.
    arrives(&mut stage, ADMIN, &mail(ADMIN, 2, "", &REQUEST.replace("26 352", "26 353")));
    assert!(stage.questions() > asked);
}
