//! The tools of Mailman 2.1: what they do is found out by reading again, since they end well whatever happened.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use tempfile::TempDir;
use tldops::domain::event::ListReceipt;
use tldops::domain::list_plan::{Permitted, Plan, Scope};
use tldops::domain::members::{Delivery, Member};
use tldops::shell::mailman_tools::{MailmanTools, ToolSettings};
use tldops::world::List as _;

const TOOLS: [&str; 4] = ["list_members", "add_members", "remove_members", "clone_member"];

/// A folder with the tools, and a list that uses them.
pub(crate) struct Tools {
    folder: TempDir,
    settings: ToolSettings,
    list: MailmanTools,
}

impl Tools {
    pub(crate) fn new() -> Self {
        Self::behind(&[])
    }

    /// Behind a wrapper.
    fn behind(wrapper: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for tool in TOOLS {
            let path = folder.path().join(tool);
            fs::write(&path, include_str!("list_tools.sh")).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        }
        let settings = ToolSettings {
            wrapper: wrapper.iter().map(ToString::to_string).collect(),
            tools: format!("{}/", folder.path().display()),
            list: "tld-ops".to_owned(),
            welcome: false,
        };
        Self { folder, list: MailmanTools::new(settings.clone()), settings }
    }

    /// Where they are.
    pub(crate) fn settings(&self) -> ToolSettings {
        self.settings.clone()
    }

    /// A file beside them: what they keep, or what is wrong with them.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The members as the tools keep them, and the tools that were run since the last look, without those that only read.
    pub(crate) fn kept(&self) -> (Vec<String>, Vec<String>) {
        let lines = |name: &str| -> Vec<String> {
            fs::read_to_string(self.path(name)).unwrap_or_default().lines().map(str::to_owned).collect()
        };
        let (mut members, mut calls) = (lines("members"), lines("calls"));
        members.sort();
        calls.retain(|call| !call.starts_with("list_members"));
        fs::write(self.path("calls"), "").unwrap();
        (members, calls)
    }

    fn try_make(&mut self, wanted: &[Member]) -> anyhow::Result<ListReceipt> {
        let everybody = Scope::AllBut(BTreeSet::new());
        let now = self.list.members(&everybody)?.unwrap();
        let plan = Plan::new(&now, wanted, &everybody);
        self.list.carry_out(&Permitted::by_operator(plan, wanted.to_vec()))
    }

    /// The list is made to have these members; done again nothing is run.
    #[track_caller]
    pub(crate) fn make(&mut self, wanted: &[Member]) -> (Vec<String>, Vec<String>) {
        assert_eq!(self.try_make(wanted).unwrap(), ListReceipt::Changed);
        let kept = self.kept();
        assert_eq!(self.try_make(wanted).unwrap(), ListReceipt::Changed);
        assert_eq!(self.kept(), (kept.0.clone(), Vec::new()), "done again is done once");
        kept
    }

    #[track_caller]
    fn refuses(&mut self, wanted: &[Member]) -> String {
        let receipt = self.try_make(wanted).unwrap();
        let reason = if let ListReceipt::Refused(reason) = &receipt { Some(reason.clone()) } else { None };
        assert!(reason.is_some(), "it was to be refused: {receipt:?}");
        reason.unwrap()
    }
}

fn member(address: &str, name: &str, delivery: Delivery) -> Member {
    Member { address: address.parse().unwrap(), name: Some(name.to_owned()), delivery }
}

/// A member whom mails go to.
pub(crate) fn ann(address: &str, name: &str) -> Member {
    member(address, name, Delivery::On)
}

#[test]
fn members_come_change_and_go() {
    let mut tools = Tools::new();
    let zoe = ann("zoe@nic-fr.example", "Zoé Martin, #1, .fr, +33 139300000");
    let home = member("ann@home.example", "Ann Bee, #1, .nl", Delivery::Off);
    let (members, calls) =
        tools.make(&[ann("Ann@nic.example", "Ann Bee, #1, .nl"), home.clone(), zoe.clone()]);
    let want = [
        "ann@home.example\toff\tAnn Bee, #1, .nl",
        "ann@nic.example\ton\tAnn Bee, #1, .nl",
        "zoe@nic-fr.example\ton\tZoé Martin, #1, .fr, +33 139300000",
    ];
    assert_eq!(members, want);
    assert_eq!(calls[0], "add_members -r - -w n -a n tld-ops");
    assert!(calls.contains(&"add_members -r - -w n -a n -n tld-ops".to_owned()), "{calls:?}");

    let (members, calls) = tools.make(&[ann("ann@nic.example", "Ann Dee, #1, .nl"), home, zoe.clone()]);
    assert_eq!(members[1], "ann@nic.example\ton\tAnn Dee, #1, .nl");
    let renewed = ["remove_members -n -N tld-ops ann@nic.example", "add_members -r - -w n -a n tld-ops"];
    assert_eq!(calls, renewed);

    let home = member("ann@home.example", "Ann Bee, #1, .nl", Delivery::On);
    let (members, _) = tools.make(&[ann("ann@nic.example", "Ann Dee, #1, .nl"), home, zoe]);
    assert_eq!(members[0], "ann@home.example\ton\tAnn Bee, #1, .nl");
    assert_eq!(tools.make(&[]).0, Vec::<String>::new());
}

#[test]
fn a_new_address_takes_along_what_is_set_and_gets_the_name_that_is_wanted() {
    let mut tools = Tools::new();
    tools.make(&[ann("ann@nic.example", "Ann Bee, #1, .nl")]);
    let (members, calls) = tools.make(&[ann("ann@new.example", "Ann Bee, #1, .nl")]);
    assert_eq!(members, ["ann@new.example\ton\tAnn Bee, #1, .nl"]);
    assert_eq!(calls, ["clone_member -r -l tld-ops ann@nic.example ann@new.example"]);
    let (members, _) = tools.make(&[ann("ann@nic.example", "Ann Bee, #2, .nl")]);
    assert_eq!(members, ["ann@nic.example\ton\tAnn Bee, #2, .nl"]);
}

#[test]
fn a_name_that_is_shown_with_question_marks_is_no_reason_to_do_anything() {
    let mut tools = Tools::new();
    tools.make(&[ann("zoe@nic.example", "Zoé Martin, #1, .fr")]);
    let listed = tools.list.members(&Scope::AllBut(BTreeSet::new())).unwrap().unwrap();
    assert_eq!(listed[0].name, None);
    let (members, _) = tools.make(&[ann("zoe@new.example", "Zoé Martin, #2, .fr")]);
    assert_eq!(members, ["zoe@new.example\ton\tZoé Martin, #2, .fr"]);
}

#[test]
fn a_tool_that_ends_well_and_does_nothing_is_found_out() {
    for (tool, before, after) in [
        ("add_members", None, Some("ann@nic.example")),
        ("clone_member", Some("ann@nic.example"), Some("ann@new.example")),
        ("remove_members", Some("ann@nic.example"), None),
    ] {
        let mut tools = Tools::new();
        let of = |address: Option<&str>| -> Vec<Member> {
            address.iter().map(|address| ann(address, "Ann Bee, #1, .nl")).collect()
        };
        tools.make(&of(before));
        fs::write(tools.path(&format!("ignores-{tool}")), "").unwrap();
        let reason = tools.refuses(&of(after));
        assert_eq!(reason, format!("{tool} did not do it, and said: Die Adresse ist gesperrt"));
    }
}

#[test]
fn a_tool_that_fails_is_tried_again_later() {
    let mut tools = Tools::new();
    fs::write(tools.path("fails"), "").unwrap();
    let error = format!("{:#}", tools.try_make(&[ann("ann@nic.example", "Ann Bee, #1, .nl")]).unwrap_err());
    assert!(error.contains("list_members failed: No such list: -f tld-ops"), "{error}");
    assert!(error.contains("check command, tools and list of [list]"), "{error}");
    assert!(format!("{:#}", tools.list.try_out().unwrap_err()).contains("No such list"));
    fs::remove_file(tools.path("fails")).unwrap();
    assert_eq!(tools.list.try_out().unwrap(), "tld-ops has 0 members");
}

#[test]
fn a_wrapper_leads_to_the_tools_and_no_address_can_be_a_command() {
    let mut tools = Tools::behind(&["env", "LC_ALL=C"]);
    let (members, _) = tools.make(&[ann("ann@nic.example", "Ann Bee, #1, .nl")]);
    assert_eq!(members.len(), 1);
    // A wrapper as ssh joins the words and gives them to a shell on the other side.
    let mut tools = Tools::behind(&["sh", "-c", "eval \"$0 $*\""]);
    let hostile = "`touch${IFS}x`@nic.example";
    let (members, _) = tools.make(&[ann(hostile, "Eve $(id), #1, .nl")]);
    assert_eq!(members, ["`touch${ifs}x`@nic.example\ton\tEve $(id), #1, .nl"]);
    let reason = tools.refuses(&[]);
    assert!(reason.contains("has characters that are not put on a command line"), "{reason}");
}
