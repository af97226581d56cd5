//! The program and a list: it is changed no further than was agreed, read again, tried again, or handed to a person.

use std::fs;

use tldops::domain::event::ListReceipt;
use tldops::domain::list_plan::{ListPolicy, Permitted, Scope};
use tldops::domain::members::Member;
use tldops::rehearsal::script::{Step, read};
use tldops::rehearsal::stage::{ListMaker, Stage};
use tldops::shell::mailman_tools::MailmanTools;
use tldops::world::List;

use crate::list_tools::{Tools, ann};
use crate::stories::{file, script, stories};

const RAFAEL: &str = "rafael@nic-br.example\ton\tRafael Souza, #1, .br, +55 1155093500";
const CAMILA: &str = "camila@nic-br.example\ton\tCamila Rocha, #2, .br, +55 1155093501";
const PAULO: &str = "paulo@nic-br.example\ton\tPaulo Lima, #2, .br, +55 1155093577";
const GUEST: &str = "guest@elsewhere.example\ton\tGuest";

/// The request by which Paulo takes the place of Camila, on a stage of its own.
struct Play {
    stage: Stage,
    _folder: tempfile::TempDir,
}

impl Play {
    fn new(list: ListMaker, policy: ListPolicy) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let story = stories().join("replace-contact");
        let (scene, iana) = (file(&story, "world.json").unwrap(), file(&story, "iana.json").unwrap());
        let mut stage = Stage::set(folder.path(), &scene, &iana).unwrap();
        stage.change_list(list, policy);
        Self { stage, _folder: folder }
    }

    /// With the tools, which have the two contacts of `.br` and somebody whom we do not know.
    fn with(tools: &mut Tools, policy: ListPolicy) -> Self {
        let members = [
            ann("rafael@nic-br.example", "Rafael Souza, #1, .br, +55 1155093500"),
            ann("camila@nic-br.example", "Camila Rocha, #2, .br, +55 1155093501"),
            ann("guest@elsewhere.example", "Guest"),
        ];
        tools.make(&members);
        let settings = tools.settings();
        Self::new(Box::new(move || Box::new(MailmanTools::new(settings.clone()))), policy)
    }

    fn all_agree(&mut self) -> Vec<String> {
        self.steps(&script(&stories().join("replace-contact")))
    }

    /// What the journal says of these steps: `event: sentence`, without mails that left.
    fn then(&mut self, text: &str) -> Vec<String> {
        self.steps(&read(text).unwrap())
    }

    fn steps(&mut self, steps: &[Step]) -> Vec<String> {
        let story = stories().join("replace-contact");
        let mut told = Vec::new();
        for step in steps {
            let scenery = self.stage.play(step, &|name| file(&story, name)).unwrap();
            let lines = scenery.journal.iter().filter(|line| line.entry.event != "mail_sent");
            told.extend(lines.map(|line| format!("{}: {}", line.entry.event, line.entry.says)));
        }
        told
    }

    fn roster(&self) -> String {
        let roster = self.stage.roster().unwrap();
        let contacts = roster.contacts(&"br".parse().unwrap());
        contacts.iter().map(|contact| contact.name.as_str()).collect::<Vec<_>>().join(", ")
    }

    fn last_mail(&self) -> String {
        String::from_utf8(self.stage.sent().last().unwrap().octets.clone()).unwrap()
    }
}

#[track_caller]
fn last_is(told: &[String], event: &str) -> String {
    let last = told.last().unwrap().clone();
    assert!(last.starts_with(&format!("{event}: ")), "{told:#?}");
    last
}

fn sorted(mut lines: Vec<&str>) -> Vec<String> {
    lines.sort_unstable();
    lines.into_iter().map(str::to_owned).collect()
}

#[test]
fn the_list_is_changed_as_agreed_and_nobody_else_is_touched() {
    let mut tools = Tools::new();
    let mut play = Play::with(&mut tools, ListPolicy::default());
    last_is(&play.all_agree(), "applied");
    assert_eq!(tools.kept().0, sorted(vec![RAFAEL, PAULO, GUEST]));
    assert_eq!(play.roster(), "Rafael Souza, Paulo Lima");
}

#[test]
fn a_list_that_is_down_is_tried_again_and_the_roster_waits_for_it() {
    let mut tools = Tools::new();
    let mut play = Play::with(&mut tools, ListPolicy::default());
    fs::write(tools.path("fails"), "").unwrap();
    let says = last_is(&play.all_agree(), "effect_postponed");
    assert!(says.contains("list_members failed: No such list"), "{says}");
    assert_eq!(play.roster(), "Rafael Souza, Camila Rocha");
    last_is(&play.then("wait 1h"), "effect_postponed");
    fs::remove_file(tools.path("fails")).unwrap();
    assert_eq!(tools.kept().0, sorted(vec![RAFAEL, CAMILA, GUEST]));
    last_is(&play.then("wait 1d"), "applied");
    assert_eq!(tools.kept().0, sorted(vec![RAFAEL, PAULO, GUEST]));
    assert_eq!(play.roster(), "Rafael Souza, Paulo Lima");
}

#[test]
fn a_list_that_refuses_is_told_to_the_secretariat_in_its_own_words() {
    let mut tools = Tools::new();
    let mut play = Play::with(&mut tools, ListPolicy::default());
    fs::write(tools.path("ignores-remove_members"), "").unwrap();
    let says = last_is(&play.all_agree(), "handed_to_secretariat");
    let reason = "remove_members did not do it, and said: Die Adresse ist gesperrt. Before that it took: subscribe \
                  \"Paulo Lima, #2, .br, +55 1155093577\" paulo@nic-br.example";
    assert!(says.contains(reason), "{says}");
    assert!(play.last_mail().contains("Die Adresse ist gesperrt"));
    assert_eq!(play.roster(), "Rafael Souza, Camila Rocha");
    fs::remove_file(tools.path("ignores-remove_members")).unwrap();
    last_is(&play.then("approve R-1 the list is mended"), "applied");
    assert_eq!(tools.kept().0, sorted(vec![RAFAEL, PAULO, GUEST]));
}

#[test]
fn more_removals_than_are_allowed_are_a_persons_to_pass() {
    let mut tools = Tools::new();
    let policy = ListPolicy { removals_max: 0, ..ListPolicy::default() };
    let mut play = Play::with(&mut tools, policy);
    let says = last_is(&play.all_agree(), "handed_to_secretariat");
    assert!(says.contains("it would take 1 members off, and removals_max is 0"), "{says}");
    assert_eq!(tools.kept().0, sorted(vec![RAFAEL, CAMILA, GUEST]), "nothing was done");
    last_is(&play.then("approve R-1 she leaves"), "applied");
    assert_eq!(tools.kept().0, sorted(vec![RAFAEL, PAULO, GUEST]));
}

#[test]
fn what_is_so_already_is_not_done_again() {
    let mut tools = Tools::new();
    let mut play = Play::with(&mut tools, ListPolicy::default());
    let members = [
        ann("rafael@nic-br.example", "Rafael Souza, #1, .br, +55 1155093500"),
        ann("paulo@nic-br.example", "Paulo Lima, #2, .br, +55 1155093577"),
    ];
    tools.make(&members);
    last_is(&play.all_agree(), "applied");
    assert_eq!(tools.kept(), (sorted(vec![RAFAEL, PAULO]), Vec::new()));
}

/// A list that says yes and never shows anything.
struct Forgetful;

impl List for Forgetful {
    fn members(&mut self, _scope: &Scope) -> anyhow::Result<Option<Vec<Member>>> {
        Ok(Some(Vec::new()))
    }

    fn carry_out(&mut self, _permitted: &Permitted) -> anyhow::Result<ListReceipt> {
        Ok(ListReceipt::Changed)
    }

    fn try_out(&mut self) -> anyhow::Result<String> {
        Ok("it is there".to_owned())
    }
}

#[test]
fn a_list_that_says_yes_and_does_not_show_it_is_not_believed() {
    let mut play = Play::new(Box::new(|| Box::new(Forgetful)), ListPolicy::default());
    let says = last_is(&play.all_agree(), "effect_postponed");
    assert!(
        says.contains("says that it took the change, and does not show it: to do is still: subscribe"),
        "{says}"
    );
    assert_eq!(play.roster(), "Rafael Souza, Camila Rocha");
}
