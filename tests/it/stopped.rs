//! What stands in somebody's way is shown at the shell, and ended there: STOP, and an address that mails came back from.

use serde_json::Value;

use crate::order_of_checks::stage;
use crate::program::{configure, tldops};
use crate::stories::{file, script, stories};

#[test]
fn a_stop_is_shown_as_json_and_ended_at_the_shell() {
    let folder = tempfile::tempdir().unwrap();
    let mut set = stage(folder.path());
    let story = stories().join("stop-and-start");
    let steps = script(&story);
    for step in steps.iter().take(4) {
        set.play(step, &|name| file(&story, name)).unwrap();
    }
    drop(set);
    configure(folder.path(), "");
    let listed_stops = || {
        let listed = tldops(folder.path(), &["roster", "list", "--json"]);
        assert_eq!(listed.status, 0, "{}", listed.told());
        let lines: Vec<Value> =
            listed.lines().iter().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert!(
            lines.iter().any(|line| line["tld"] == "nz" && line["rank"] == 2),
            "the contacts stand there"
        );
        let found = lines.iter().filter_map(|line| Some(line.get("stopped")?.clone()));
        found.map(|stop| (stop["tld"].clone(), stop["by"].clone())).collect::<Vec<_>>()
    };
    assert_eq!(listed_stops(), [("nl".into(), "admin@nic-nl.example".into())]);
    let exported = tldops(folder.path(), &["roster", "export"]);
    assert!(!exported.out.contains("stopped"), "what is read back has contacts alone: {}", exported.out);
    let shown = tldops(folder.path(), &["roster", "list"]);
    assert!(shown.out.contains("tldops roster start nl"), "{}", shown.out);

    let ended = tldops(folder.path(), &["roster", "start", "nl"]);
    assert!(
        ended.status == 0 && ended.out.starts_with("admin@nic-nl.example is asked again"),
        "{}",
        ended.told()
    );
    assert_eq!(listed_stops(), Vec::<(Value, Value)>::new());
    let again = tldops(folder.path(), &["roster", "start", "nl"]);
    assert!(again.status == 0 && again.out.contains("Nobody stopped"), "{}", again.told());
    let journal = tldops(folder.path(), &["journal", "export"]);
    assert!(journal.out.contains("copies_started"), "{}", journal.out);
}
