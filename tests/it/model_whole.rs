//! The whole program under random plays, compared after every single step with what an onlooker knows who trusts no rule.
//!
//! Several requests for several ccTLDs at once, mails of all kinds, time, rulings and failures. `MODEL_PLAYS=500 MODEL_SEED=7`
//! plays more of them, from another seed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tldops::bot::records::Records;
use tldops::domain::address::Address;
use tldops::domain::case::{Case, CaseId, State};
use tldops::domain::contact::{Contact, Roster};
use tldops::domain::event::ListReceipt;
use tldops::domain::list_plan::{ListPolicy, Permitted, Scope};
use tldops::domain::members::Member;
use tldops::domain::token::hide;
use tldops::rehearsal::script::{Mood, Step};
use tldops::rehearsal::stage::Stage;
use tldops::store::{Line, export, rebuild};
use tldops::world::{Clock as _, List, Outgoing};

use crate::order_of_checks::US;
use crate::stories::{file, stories};

/// Plays of an ordinary run; `MODEL_PLAYS` has others.
const PLAYS: u64 = 16;
/// Deeds of a play.
const DEEDS: usize = 45;
/// Plays at once: each waits for the disk most of the time.
const AT_ONCE: usize = 6;
/// Days after which nothing may be open any more: the secretariat's 90, a question's 15 twice, a line's 30.
const DAYS_TO_END: i64 = 200;
/// Mails that may leave within an hour, in all and for one: few, so that plays reach them.
const MAILS_MAX: usize = 25;
const MAILS_TO_ONE_MAX: usize = 8;

/// A ccTLD of the stories' world: its name, its admin contact, its contacts, and who may come.
struct Office {
    tld: &'static str,
    admin: &'static str,
    people: [(&'static str, &'static str); 4],
}

const OFFICES: [Office; 3] = [
    Office {
        tld: "nz",
        admin: "ceo@nic-nz.example",
        people: [
            ("Wiremu Parata", "wiremu@nic-nz.example"),
            ("Hana Ngata", "hana@nic-nz.example"),
            ("Aroha Tane", "aroha@nic-nz.example"),
            ("Mere Rangi", "mere@nic-nz.example"),
        ],
    },
    Office {
        tld: "br",
        admin: "iana@nic-br.example",
        people: [
            ("Rafael Souza", "rafael@nic-br.example"),
            ("Camila Rocha", "camila@nic-br.example"),
            ("Paulo Lima", "paulo@nic-br.example"),
            ("Renata Alves", "renata@nic-br.example"),
        ],
    },
    Office {
        tld: "nl",
        admin: "admin@nic-nl.example",
        people: [
            ("Joost Terpstra", "joost@nic-nl.example"),
            ("Fenna Dijkman", "fenna@nic-nl.example"),
            ("Sanne Visser", "sanne@nic-nl.example"),
            ("Night Shift", "noc@nic-nl.example"),
        ],
    },
];
/// Whom IANA names for `.nz` later.
const NEXT_ADMIN: &str = "chair@nic-nz.example";
const SECRETARIAT: [&str; 2] = ["kim@ops.example", "lee@ops.example"];
const STRANGERS: [&str; 2] = ["dana@consulting.example", "eve@stranger.example"];
/// Nobody ever signs in this name: whatever comes in it is forged.
const VICTIM: &str = "vic@consulting.example";
/// These get no mail, whatever they write.
const MACHINES: [&str; 3] =
    ["robot@stranger.example", "mailer-daemon@nic-nz.example", "no-reply@consulting.example"];

/// Numbers that look like chance and are the same for the same seed (Steele and others, "Fast splittable pseudorandom
/// number generators", 2014: `SplitMix`).
struct Dice(u64);

impl Dice {
    fn below(&mut self, many: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % u64::try_from(many.max(1)).unwrap()).unwrap()
    }

    fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }

    fn percent(&mut self, chance: usize) -> bool {
        self.below(100) < chance
    }
}

/// A list that fails, or takes nothing, when it is told to.
struct Fickle(Arc<AtomicU8>);

const LIST_FAILS: u8 = 1;
const LIST_REFUSES: u8 = 2;

impl List for Fickle {
    fn members(&mut self, _scope: &Scope) -> anyhow::Result<Option<Vec<Member>>> {
        Ok(None)
    }

    fn carry_out(&mut self, _permitted: &Permitted) -> anyhow::Result<ListReceipt> {
        match self.0.load(Ordering::Relaxed) {
            LIST_FAILS => anyhow::bail!("the list does not answer"),
            LIST_REFUSES => Ok(ListReceipt::Refused("the list is closed".to_owned())),
            _ => Ok(ListReceipt::Changed),
        }
    }

    fn try_out(&mut self) -> anyhow::Result<String> {
        Ok("it is there".to_owned())
    }
}

/// How a mail is signed.
#[derive(Clone, Copy, Debug)]
enum Seal {
    Own,
    None,
    /// With a key that is not the domain's.
    False,
    /// Well, by a domain that is not the sender's.
    Foreign,
}

/// What a mail asks for.
#[derive(Clone)]
struct Wish {
    from: &'static str,
    cc: &'static str,
    tld: &'static str,
    text: String,
}

/// A play, and what an onlooker knows of it.
struct Play {
    stage: Stage,
    dice: Dice,
    list: Arc<AtomicU8>,
    number: usize,
    /// The last request, to be repeated.
    last: Option<Wish>,
    /// The journal, as far as it was looked at.
    journal: Vec<Line>,
    /// Mails that were looked at.
    mails: usize,
    /// Who said a plain yes to a question of which request, from the address that was asked.
    agreed: BTreeSet<(String, String)>,
    /// Strangers of whom a well-signed mail came in.
    proven: BTreeSet<String>,
    /// Whom IANA names now.
    admins: BTreeMap<&'static str, &'static str>,
    /// The state of each request, as the journal tells it.
    states: BTreeMap<String, String>,
    /// When mails left, and for whom.
    left: Vec<(Timestamp, Vec<String>)>,
    /// Mails that came in, to come again.
    arrived: Vec<Vec<u8>>,
    roster: Roster,
    reached: BTreeSet<String>,
}

impl Play {
    fn new(seed: u64, folder: &Path) -> Self {
        let text = file(&stories(), "world.json").unwrap();
        let mut scene: Value = serde_json::from_str(&text).unwrap();
        scene["secretariat"] = SECRETARIAT.to_vec().into();
        scene["keys"]["ops.example"] = "rsa".into();
        scene["summary_hour"] = 6.into();
        scene["policy"] = serde_json::json!({ "mails_per_hour_max": MAILS_MAX, "mails_per_hour_to_one_max": MAILS_TO_ONE_MAX });
        let iana = file(&stories(), "iana.json").unwrap();
        let mut stage = Stage::set(folder, &scene.to_string(), &iana).unwrap();
        let list = Arc::new(AtomicU8::new(0));
        let shared = Arc::clone(&list);
        stage.change_list(Box::new(move || Box::new(Fickle(Arc::clone(&shared)))), ListPolicy::default());
        let roster = stage.roster().unwrap();
        Self {
            journal: stage.store().journal().unwrap(),
            stage,
            dice: Dice(seed),
            list,
            number: 0,
            last: None,
            mails: 0,
            agreed: BTreeSet::new(),
            proven: BTreeSet::new(),
            admins: OFFICES.iter().map(|office| (office.tld, office.admin)).collect(),
            states: BTreeMap::new(),
            left: Vec::new(),
            arrived: Vec::new(),
            roster,
            reached: BTreeSet::new(),
        }
    }

    /// One deed, whichever.
    fn deed(&mut self) {
        match self.dice.below(100) {
            0..28 => self.request(),
            28..54 => self.answer(),
            54..58 => self.machine(),
            58..61 => self.bounce(),
            61..70 => self.ruling(),
            70..74 => self.again(),
            74..77 => self.other_mail(),
            77..93 => self.time(),
            _ => self.failure(),
        }
    }

    fn request(&mut self) {
        let wish = match self.last.clone() {
            // The same again, of the same sender or in the admin contact's own name.
            Some(last) if self.dice.percent(20) => {
                let from = if self.dice.percent(70) { last.from } else { self.admins[last.tld] };
                Wish { from, ..last }
            }
            _ => self.wish(),
        };
        self.last = Some(wish.clone());
        let Wish { from, cc, tld, text } = wish;
        let cc = if cc.is_empty() { String::new() } else { format!("Cc: {cc}\n") };
        let machine = if MACHINES.contains(&from) { "Auto-Submitted: auto-generated\n" } else { "" };
        let seal = self.seal();
        self.mail((from, seal), US, &format!("{cc}{machine}Subject: Contacts of .{tld}\n"), &text);
    }

    fn wish(&mut self) -> Wish {
        let office = &OFFICES[self.dice.below(OFFICES.len())];
        let (admin, tld) = (self.admins[office.tld], office.tld);
        let (from, cc) = match self.dice.below(100) {
            0..35 => (admin, ""),
            35..75 => (office.people[self.dice.below(2)].1, ""),
            75..85 => (*self.dice.of(&STRANGERS), admin),
            85..90 => (*self.dice.of(&STRANGERS), ""),
            90..95 => (VICTIM, admin),
            _ => (*self.dice.of(&MACHINES), admin),
        };
        let phone = format!("+31 26 352 55 {:02}", self.dice.below(4));
        let changed = |(name, address): (&str, &str)| {
            format!(
                "please update these details for .{tld}:\n\nName: {name}\nEmail: {address}\nPhone: {phone}\n"
            )
        };
        // A contact may ask for his own details alone, and mostly does.
        let own = office.people.iter().find(|(_, address)| *address == from);
        if let Some(own) = own.filter(|_| self.dice.percent(75)) {
            return Wish { from, cc, tld, text: changed(*own) };
        }
        let (name, address) = office.people[self.dice.below(4)];
        let added = format!("Please add this contact for .{tld}:\n\nName: {name}\nEmail: {address}\n");
        let text = match self.dice.below(10) {
            0..4 => format!("{added}Phone: {phone}\n"),
            4 => added,
            5 | 6 => format!("Please remove {name} ({address}) from the contacts of .{tld}.\n"),
            _ => changed((name, address)),
        };
        Wish { from, cc, tld, text }
    }

    fn seal(&mut self) -> Seal {
        match self.dice.below(10) {
            0..6 => Seal::Own,
            6 | 7 => Seal::None,
            8 => Seal::False,
            _ => Seal::Foreign,
        }
    }

    /// A mail arrives, signed or not. Nothing is ever well signed in the victim's name.
    fn mail(&mut self, (from, seal): (&str, Seal), to: &str, fields: &str, text: &str) {
        self.number += 1;
        let domain = from.rsplit('@').next().unwrap().to_owned();
        let key = match domain.as_str() {
            "nic-nz.example" | "stranger.example" => "ed25519",
            _ => "rsa",
        };
        let (domain, key) = match seal {
            _ if from == VICTIM => ("attacker.example".to_owned(), "forger"),
            Seal::Own => (domain, key),
            Seal::None => (String::new(), ""),
            Seal::False => (domain, "forger"),
            Seal::Foreign => ("attacker.example".to_owned(), "forger"),
        };
        if matches!(seal, Seal::Own) && from != VICTIM {
            self.proven.insert(from.to_owned());
        }
        let signatures = if domain.is_empty() { Vec::new() } else { vec![(domain, key.to_owned())] };
        let mail = format!(
            "From: {from}\nTo: {to}\n{fields}Date: {{date}}\nMessage-ID: <{}@plays.example>\n\n{text}",
            self.number
        );
        let step = Step::Mail { file: "mail.eml".to_owned(), signatures };
        let scenery = self.stage.play(&step, &|_| Ok(mail.clone())).unwrap();
        self.arrived.extend(scenery.arrived);
    }

    /// A mail of ours that carries a token, for somebody of these.
    fn question(&mut self, of_the_office: Whom) -> Option<Outgoing> {
        let carries = |mail: &&Outgoing| {
            let office = mail.recipients.iter().any(|one| SECRETARIAT.contains(&one.lower().as_str()));
            field(mail, "Reply-To").is_some_and(|to| to.contains("+c-"))
                && office == matches!(of_the_office, Whom::Secretariat)
        };
        let all: Vec<Outgoing> = self.stage.sent().iter().filter(carries).cloned().collect();
        // The latest are answered most.
        let from = if self.dice.percent(70) { all.len().saturating_sub(4) } else { 0 };
        (!all.is_empty()).then(|| self.dice.of(&all[from..]).clone())
    }

    fn answer(&mut self) {
        let Some(question) = self.question(Whom::Others) else { return };
        let asked = question.recipients[0].lower();
        let from = if self.dice.percent(88) { asked.clone() } else { (*self.dice.of(&STRANGERS)).to_owned() };
        let word = match self.dice.below(10) {
            0..8 => "YES",
            8 => "NO",
            _ => "I am not sure what you mean.",
        };
        if word == "YES" && from == asked {
            self.agreed.insert((case_of(&question), from.clone()));
        }
        let seal = self.seal();
        self.reply(&question, (&from, seal), word, "");
    }

    fn reply(&mut self, question: &Outgoing, (from, seal): (&str, Seal), words: &str, fields: &str) {
        let to = field(question, "Reply-To").unwrap_or_default();
        let subject = field(question, "Subject").unwrap_or_default();
        let id = field(question, "Message-ID").unwrap_or_default();
        let fields = format!("{fields}Subject: Re: {subject}\nIn-Reply-To: {id}\n");
        self.mail((from, seal), &to, &fields, &format!("{words}\n"));
    }

    /// A machine answers a question: its yes is nobody's.
    fn machine(&mut self) {
        let Some(question) = self.question(Whom::Others) else { return };
        let from = question.recipients[0].lower();
        let marks =
            ["Auto-Submitted: auto-replied\n", "X-Autoreply: yes\nPrecedence: bulk\n", "Return-Path: <>\n"];
        let marks = *self.dice.of(&marks);
        self.reply(&question, (&from, Seal::None), "YES", marks);
    }

    fn bounce(&mut self) {
        let sent = self.stage.sent();
        if sent.is_empty() {
            return;
        }
        let mail = sent[self.dice.below(sent.len())].clone();
        let true_one = self.dice.percent(50);
        let id = field(&mail, "Message-ID").unwrap_or_default();
        let id = if true_one { id } else { format!("<{}x@ops.example>", self.number) };
        let text = file(&stories().join("bounce"), "3-forged-bounce.eml").unwrap();
        let (head, body) = text.split_once("\n\n").unwrap();
        let body = body.replace("admin@nic-nl.example", &mail.recipients[0].lower());
        let body = body.replace("<r-1.1@ops.example>", &id);
        self.number += 1;
        let head = head.replace("bounce-forged", &self.number.to_string());
        let step = Step::Mail { file: "mail.eml".to_owned(), signatures: Vec::new() };
        self.stage.play(&step, &|_| Ok(format!("{head}\n\n{body}"))).unwrap();
        self.reached.insert(format!("a bounce, {}", if true_one { "true" } else { "forged" }));
    }

    /// The secretariat rules by mail, or somebody in its place: that moves nothing.
    fn ruling(&mut self) {
        let Some(question) = self.question(Whom::Secretariat) else { return };
        let word = *self.dice.of(&[
            "approve",
            "approve",
            "approve",
            "reject: not now",
            "ask: who is that?",
            "take",
            "later",
        ]);
        let (from, seal) = match self.dice.below(10) {
            0..7 => (*self.dice.of(&SECRETARIAT), Seal::Own),
            7 => (*self.dice.of(&SECRETARIAT), Seal::None),
            8 => (*self.dice.of(&SECRETARIAT), Seal::False),
            _ => (STRANGERS[0], Seal::Own),
        };
        let good = SECRETARIAT.contains(&from) && matches!(seal, Seal::Own);
        let before = self.journal.len();
        self.reply(&question, (from, seal), word, "");
        self.check();
        let ruled = |event: &str| event.starts_with("secretariat_") && event != "secretariat_reminded";
        for line in self.journal[before..].iter().filter(|_| !good) {
            assert!(!ruled(&line.entry.event), "{from} {seal:?} ruled: {}", line.entry.says);
        }
    }

    /// A mail that was here before comes again, as it was or by another way.
    fn again(&mut self) {
        if self.arrived.is_empty() {
            return;
        }
        let mut mail = self.arrived[self.dice.below(self.arrived.len())].clone();
        if self.dice.percent(50) {
            let trace = "Received: from a.example by b.example; Mon, 2 Nov 2026 09:00:00 +0000\r\n";
            mail.splice(0..0, trace.bytes());
        }
        self.number += 1;
        self.stage.deliver(&mail, 90_000 + u64::try_from(self.number).unwrap()).unwrap();
        self.stage.come_to_rest().unwrap();
    }

    fn other_mail(&mut self) {
        let from =
            *self.dice.of(&[STRANGERS[0], STRANGERS[1], VICTIM, MACHINES[0], "rafael@nic-br.example", US]);
        let (subject, text) = *self.dice.of(&[("help", "help\n"), ("Lunch", "Shall we meet?\n"), ("", "\n")]);
        let seal = self.seal();
        let machine = if MACHINES.contains(&from) { "Auto-Submitted: auto-replied\n" } else { "" };
        self.mail((from, seal), US, &format!("{machine}Subject: {subject}\n"), text);
    }

    fn time(&mut self) {
        let hours = match self.dice.below(10) {
            0..5 => 1,
            5..8 => 1 + self.dice.below(30),
            _ => 24 * (1 + self.dice.below(6)),
        };
        self.wait(i64::try_from(hours).unwrap());
    }

    fn wait(&mut self, hours: i64) {
        let step = Step::Wait(SignedDuration::from_hours(hours));
        self.stage.play(&step, &|_| anyhow::bail!("a pause reads no file")).unwrap();
    }

    /// Something fails, or works again; or IANA names another admin contact.
    fn failure(&mut self) {
        let none = |_: &str| anyhow::bail!("a failure reads no file");
        let mood = if self.dice.percent(40) { Mood::Down } else { Mood::Up };
        match self.dice.below(4) {
            0 => drop(self.stage.play(&Step::Post(mood), &none).unwrap()),
            1 => drop(self.stage.play(&Step::Dns(mood), &none).unwrap()),
            2 => self.list.store(*self.dice.of(&[0, 0, LIST_FAILS, LIST_REFUSES]), Ordering::Relaxed),
            _ => {
                let admin = *self.dice.of(&["ceo@nic-nz.example", NEXT_ADMIN]);
                self.admins.insert("nz", admin);
                let iana = file(&stories(), "iana.json").unwrap().replace("ceo@nic-nz.example", admin);
                self.stage.play(&Step::Iana("iana.json".to_owned()), &|_| Ok(iana.clone())).unwrap();
                self.check();
                self.stage.play(&Step::Watch, &none).unwrap();
            }
        }
    }

    /// Everything that must hold, whatever was done.
    fn check(&mut self) {
        self.check_mails();
        let store = self.stage.store();
        let seen = u64::try_from(self.journal.len()).unwrap();
        let fresh = store.journal_tail(store.head().unwrap().seq - seen).unwrap();
        for line in &fresh {
            let entry = &line.entry;
            self.reached.insert(entry.event.clone());
            let (Some(case), Some(to)) = (&entry.case, entry.evidence.get("to_state")) else { continue };
            let from = entry.evidence["from_state"].as_str().unwrap();
            let before = self.states.get(case).map_or("received", String::as_str);
            assert_eq!(before, from, "{case}: {}", entry.says);
            self.states.insert(case.clone(), to.as_str().unwrap().to_owned());
            self.reached.insert(to.as_str().unwrap().to_owned());
        }
        self.journal.extend(fresh);
        let cases = Records::new(self.stage.store()).cases().unwrap();
        for case in &cases {
            let told = self.states.get(&case.id.to_string()).map(String::as_str);
            assert_eq!(told, Some(case.state.name()), "{}: the journal does not explain its state", case.id);
            check_line(case, &cases);
        }
        self.check_roster(&cases);
    }

    /// No mail goes to a machine, to us, to who was only ever forged, or to a stranger who is not proven; and no hour has
    /// more than its caps.
    fn check_mails(&mut self) {
        let now = self.stage.clock().now();
        for mail in &self.stage.sent()[self.mails..] {
            let to: Vec<String> = mail.recipients.iter().map(Address::lower).collect();
            for one in &to {
                assert!(
                    !MACHINES.contains(&one.as_str()) && one != US && one != VICTIM,
                    "{}: to {one}",
                    mail.id
                );
                let stranger = STRANGERS.contains(&one.as_str());
                assert!(!stranger || self.proven.contains(one), "{}: {one} is not proven", mail.id);
            }
            // That mail goes whatever the limit is.
            if !field(mail, "Subject").unwrap().contains("Mails are waiting") {
                self.left.push((now, to));
            }
        }
        self.mails = self.stage.sent().len();
        let hour = SignedDuration::from_hours(1);
        let recent = || self.left.iter().filter(|(at, _)| now.duration_since(*at) < hour);
        assert!(recent().count() <= MAILS_MAX, "{} mails within an hour", recent().count());
        let mut to_one: BTreeMap<&String, usize> = BTreeMap::new();
        for one in recent().flat_map(|(_, to)| to) {
            *to_one.entry(one).or_default() += 1;
        }
        let most = to_one.iter().find(|(_, count)| **count > MAILS_TO_ONE_MAX);
        assert!(most.is_none(), "{most:?} within an hour");
    }

    /// What changed in the roster was agreed to by the admin contact whom IANA names, and by everybody who is new; the
    /// journal has each yes.
    fn check_roster(&mut self, cases: &[Case]) {
        let roster = self.stage.roster().unwrap();
        for office in &OFFICES {
            let tld = office.tld.parse().unwrap();
            let (before, after) = (self.roster.contacts(&tld), roster.contacts(&tld));
            if before == after {
                continue;
            }
            let made = |case: &&Case| {
                let change = case.changes.iter().find(|change| change.tld == tld);
                matches!(case.state, State::Done(_))
                    && change.is_some_and(|change| change.before == before && change.after == after)
            };
            let case = cases.iter().rev().find(made);
            assert!(case.is_some(), ".{tld} changed without a request");
            let case = case.unwrap();
            let known: Vec<String> = before.iter().map(|contact| contact.email.lower()).collect();
            let new = after
                .iter()
                .map(|contact: &Contact| contact.email.lower())
                .filter(|one| !known.contains(one));
            let admin = self.admins[office.tld].to_owned();
            // A contact, proven, decides on his own details; on all else the admin contact does.
            let first = if case.is_his_own() {
                ("contact_confirmed", case.requester.address.lower())
            } else {
                ("admin_confirmed", admin)
            };
            let must: Vec<(&str, String)> =
                [first].into_iter().chain(new.map(|one| ("contact_confirmed", one))).collect();
            for (event, who) in must {
                let id = case.id.to_string();
                assert!(self.agreed.contains(&(id.clone(), who.clone())), "{id}: {who} did not agree");
                let has_it = |line: &&Line| {
                    line.entry.case.as_ref() == Some(&id)
                        && line.entry.event == event
                        && line.entry.says.starts_with(&who)
                };
                assert!(
                    self.journal.iter().any(|line| has_it(&line)),
                    "{id}: the journal has no yes of {who}"
                );
            }
            self.reached.insert("the roster changed".to_owned());
        }
        self.roster = roster;
    }

    fn all_have_ended(&self) -> bool {
        self.states.values().all(|state| ENDS.contains(&state.as_str()))
    }

    /// Nobody does anything any more, and everything works: what is open ends.
    fn end(&mut self) {
        let none = |_: &str| anyhow::bail!("nothing is read");
        self.list.store(0, Ordering::Relaxed);
        self.stage.play(&Step::Post(Mood::Up), &none).unwrap();
        self.stage.play(&Step::Dns(Mood::Up), &none).unwrap();
        self.check();
        for _ in 0..DAYS_TO_END / 10 {
            self.wait(10 * 24);
            self.check();
            if self.all_have_ended() {
                return;
            }
        }
        assert!(self.all_have_ended(), "open after {DAYS_TO_END} days: {:?}", self.states);
    }
}

/// The states in which nothing more happens.
const ENDS: [&str; 4] = ["done", "refused", "expired", "withdrawn"];

#[derive(Clone, Copy)]
enum Whom {
    Secretariat,
    Others,
}

/// The case of a mail: `R-3` of `R-3.2`.
fn case_of(mail: &Outgoing) -> String {
    mail.id.rsplit_once('.').unwrap().0.to_owned()
}

/// A field of a mail of ours, on one line.
fn field(mail: &Outgoing, name: &str) -> Option<String> {
    let text = String::from_utf8_lossy(&mail.octets).into_owned();
    let head = text.split("\r\n\r\n").next()?.replace("\r\n ", " ").replace("\r\n\t", " ");
    let mut lines = head.split("\r\n");
    lines.find_map(|line| line.strip_prefix(&format!("{name}: ")).map(str::to_owned))
}

/// What waits, waits for something that is open, and nothing waits in a ring.
fn check_line(case: &Case, cases: &[Case]) {
    let mut at = case;
    let mut seen: BTreeSet<CaseId> = BTreeSet::new();
    while let State::Queued(queued) = &at.state {
        assert!(seen.insert(at.id), "{} waits for itself", at.id);
        let first = cases.iter().find(|one| one.id == queued.behind).unwrap();
        assert!(first.state.is_open(), "{} waits for {}, which has ended", at.id, first.id);
        at = first;
    }
}

/// One play from its seed; what it reached.
fn play(seed: u64) -> BTreeSet<String> {
    // Nothing here is about the disk: where there is a folder in memory, nothing waits for one.
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap();
    let mut play = Play::new(seed, folder.path());
    for _ in 0..DEEDS {
        play.deed();
        play.check();
    }
    play.end();
    let reached = std::mem::take(&mut play.reached);
    drop(play);
    // The journal's file alone gives everything again.
    let store = folder.path().join("store");
    let kept = std::fs::read_to_string(store.join("journal.jsonl")).unwrap();
    assert_eq!(hide(&kept), kept, "a token lies in the journal");
    let backup = || {
        let mut backup = Vec::new();
        export(&store, &mut backup).unwrap();
        backup
    };
    let before = backup();
    rebuild(&store).unwrap();
    assert!(before == backup(), "the tables are not those of the journal");
    reached
}

fn number_of(name: &str, usual: u64) -> u64 {
    std::env::var_os(name).map_or(usual, |number| number.to_str().unwrap().parse().unwrap())
}

#[test]
fn whatever_happens_nothing_is_done_that_must_not_be() {
    let (plays, first) = (number_of("MODEL_PLAYS", PLAYS), number_of("MODEL_SEED", 1));
    let next = AtomicU64::new(0);
    let reached = Mutex::new(BTreeSet::new());
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= plays {
                        break;
                    }
                    let seed = first + number;
                    // Whoever sees a failure plays it again by its seed.
                    eprintln!("seed {seed}");
                    let one = play(seed);
                    reached.lock().unwrap().extend(one);
                }
            });
        }
    });
    let reached = reached.into_inner().unwrap();
    if plays < PLAYS {
        return;
    }
    // Plays that reached nothing would prove nothing.
    for must in [
        "a bounce, forged",
        "a bounce, true",
        "admin_confirmed",
        "answered_by_other",
        "awaiting_contacts",
        "awaiting_secretariat",
        "contact_confirmed",
        "done",
        "duplicate",
        "expired",
        "freed",
        "joined",
        "judged_again_later",
        "machines_mail",
        "mail_limited",
        "needs_information",
        "own_mail",
        "queued",
        "refused",
        "replaced",
        "secretariat_approved",
        "summarized",
        "the roster changed",
        "withdrawn",
    ] {
        assert!(reached.contains(must), "no play reached {must}: {reached:?}");
    }
}
