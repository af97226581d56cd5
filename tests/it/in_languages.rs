//! Every mail to people outside the secretariat exists in every language of ours, says all in each, and is understood.

use std::sync::LazyLock;

use jiff::Timestamp;
use tldops::domain::address::Address;
use tldops::domain::because::{Asked, Because, Reason, Warning};
use tldops::domain::case::{Role, Step, Thread};
use tldops::domain::cctlds::KnownTlds;
use tldops::domain::contact::{Contact, Roster};
use tldops::domain::notice::{Call, Facts, Field, Label, Missing, Notice, NoticeKind, blank_form};
use tldops::domain::plan::EntryChange;
use tldops::domain::registry::Office;
use tldops::domain::repository::Repository;
use tldops::domain::request::{Action, Kind, Reading};
use tldops::domain::tld::Tld;
use tldops::domain::token::Token;
use tldops::domain::tongue::LANGUAGES;
use tldops::domain::unclear::{About, Unclear};
use tldops::reading::letter::Letter;
use tldops::reading::{Context, understand};
use tldops::writing::templates::{Templates, Text};
use unicode_width::UnicodeWidthStr;

/// The mails that people outside the secretariat get.
const FOR_PEOPLE: [NoticeKind; 29] = [
    NoticeKind::ConfirmAdmin,
    NoticeKind::ConfirmContact,
    NoticeKind::ConfirmOwn,
    NoticeKind::ConfirmAddress,
    NoticeKind::AskPlainly,
    NoticeKind::UnderWay,
    NoticeKind::NeedsInformation,
    NoticeKind::NothingToChange,
    NoticeKind::Applied,
    NoticeKind::Farewell,
    NoticeKind::Refused,
    NoticeKind::Expired,
    NoticeKind::WithPerson,
    NoticeKind::Withdrawn,
    NoticeKind::Replaced,
    NoticeKind::TakenBack,
    NoticeKind::Objected,
    NoticeKind::ObjectionAsked,
    NoticeKind::Undone,
    NoticeKind::Kept,
    NoticeKind::TooLate,
    NoticeKind::Help,
    NoticeKind::Contacts,
    NoticeKind::Stopped,
    NoticeKind::Started,
    NoticeKind::RollCall,
    NoticeKind::NewAdmin,
    NoticeKind::Invitation,
    NoticeKind::Declined,
];

/// Those that ask for a yes or a no.
const QUESTIONS: [NoticeKind; 7] = [
    NoticeKind::ConfirmAdmin,
    NoticeKind::ConfirmContact,
    NoticeKind::ConfirmOwn,
    NoticeKind::ConfirmAddress,
    NoticeKind::AskPlainly,
    NoticeKind::RollCall,
    NoticeKind::NewAdmin,
];

/// Those that tell something, and say by which word to object to it or to take it back.
const NEWS: [NoticeKind; 4] =
    [NoticeKind::Applied, NoticeKind::Farewell, NoticeKind::UnderWay, NoticeKind::NeedsInformation];

/// Read once: each of some thousand mails is made from them.
static TEMPLATES: LazyLock<Templates> = LazyLock::new(|| Templates::built_in().unwrap());

/// Whom every mail about an end, or about a wait, names for questions.
const SECRETARIAT: &str = "secretariat@ops.example";

/// Stands between a mail's own language and English.
const ENGLISH_BELOW: &str = "----- English -----";

fn address() -> Address {
    "ann@nic-nl.example".parse().unwrap()
}

fn moment() -> Timestamp {
    "2026-11-02T09:00:00Z".parse().unwrap()
}

fn contact(json: &str) -> Contact {
    serde_json::from_str(json).unwrap()
}

/// A change with somebody new, changed, leaving and staying.
fn change() -> EntryChange {
    let ann = r#"{"rank":1,"name":"Ann Bee","email":"ann@nic-nl.example","secondary_email":null,"phone":"+31201234567"}"#;
    let carl =
        r#"{"rank":2,"name":"Carl Dee","email":"carl@nic-nl.example","secondary_email":null,"phone":null}"#;
    let moved = r#"{"rank":1,"name":"Ann Cee","email":"ann@nic-nl.example","secondary_email":"ann@registry.example","phone":"+31201234568"}"#;
    let dora = r#"{"rank":3,"name":"Dora Eff","email":"dora@nic-nl.example","secondary_email":"dora@registry.example","phone":"+31201234569"}"#;
    let eve =
        r#"{"rank":3,"name":"Eve Gee","email":"eve@nic-nl.example","secondary_email":null,"phone":null}"#;
    EntryChange {
        tld: "nl".parse().unwrap(),
        action: Action::Update,
        before: vec![contact(ann), contact(carl), contact(eve)],
        after: vec![contact(moved), contact(carl), contact(dora)],
    }
}

fn becauses() -> Vec<Because> {
    let asked = [
        Asked::Formerly(address()),
        Asked::FormerlyUnproven(address()),
        Asked::Signed,
        Asked::Unsigned,
        Asked::Copied(address()),
        Asked::CopiedUnproven(address()),
    ];
    let roles = [Role::Admin, Role::AdminCc, Role::Technical, Role::Contact, Role::Secretariat, Role::None];
    let asked = asked.into_iter().chain(roles.map(|role| Asked::By(address(), role)));
    let mut all: Vec<Because> =
        asked.map(|asked| Because::Decides(Office::Admin, ".nl".to_owned(), asked)).collect();
    all.extend([
        Because::NamedAsWriter,
        Because::Wrote(String::new()),
        Because::Wrote("New contact".to_owned()),
        Because::Decides(Office::Technical, ".nl".to_owned(), Asked::Signed),
        Because::NamedAsContact(Some(address()), Office::Admin),
        Because::NamedAsContact(None, Office::Technical),
        Because::ListedAndAsked(Asked::Signed),
        Because::AddressGiven(address()),
        Because::SecondGiven(address()),
        Because::OwnChanged(".nl".to_owned(), address()),
        Because::AnsweredUnclearly,
        Because::AnsweredFrom(address()),
        Because::AnsweredLate,
        Because::Holds(Office::Admin, ".nl".to_owned()),
        Because::TechnicalAgreed(".nl".to_owned()),
        Because::Listed,
        Because::WasListed,
        Because::AddressReplaced("Ann Bee".to_owned()),
        Because::Sent,
        Because::WasAsked,
        Because::Wished,
        Because::SentAgain(moment()),
    ]);
    all
}

fn reasons() -> Vec<Reason> {
    vec![
        Reason::OfficeAsked(Office::Admin),
        Reason::OfficeAsked(Office::Technical),
        Reason::Held,
        Reason::OnceConfirmed,
        Reason::OnceAllConfirmed,
        Reason::AppliedBefore,
        Reason::RefusedBefore,
        Reason::ExpiredBefore,
        Reason::ReplacedBefore,
        Reason::OfficeRefused(Office::Admin),
        Reason::ContactRefused(address()),
        Reason::SaidNo(address()),
        Reason::YouSaidNo,
        Reason::YouWereSilent,
        Reason::YouObject,
        Reason::TakenBack,
        Reason::NotAllAgreed,
        Reason::Unsaid,
        Reason::NoRuling,
        Reason::Silent(vec![address(), "carl@nic-nl.example".parse().unwrap()]),
        Reason::Newer("R-9".parse().unwrap()),
        Reason::Repeats(moment(), Box::new(Reason::OfficeAsked(Office::Admin))),
        Reason::ContactsAsked(vec![address(), "carl@nic-nl.example".parse().unwrap()]),
        Reason::SenderAsked,
        Reason::BeingApplied,
        Reason::Behind("R-9".parse().unwrap()),
        Reason::StillBehind("R-9".parse().unwrap()),
        Reason::Objected(Some(address())),
        Reason::Objected(None),
        Reason::UndoneBefore,
        Reason::RuledBefore,
        Reason::ObjectionLate,
    ]
}

/// A mail with every fact that a text can name.
fn full() -> Facts {
    Facts {
        case: Some("R-7".parse().unwrap()),
        action: "update".to_owned(),
        tlds: ".nl".to_owned(),
        changes: vec![change()],
        because: Because::Sent,
        until: Some("2026-11-20T09:00:00Z".parse::<Timestamp>().unwrap()),
        reason: Reason::Held,
        warnings: vec![
            Warning::OneContact(".nl".to_owned()).to_string(),
            Warning::ListedElsewhere("Ann Bee".to_owned(), ".fr, .re".to_owned()).to_string(),
        ],
        missing: vec!["phone:ann@nic-nl.example".into()],
        unclear: vec![Unclear::with(About::Country, ["020 1234567".to_owned()])],
        form: vec![Field { label: Label::Tld, value: Some(".nl".to_owned()) }],
        copied: true,
        whom: SECRETARIAT.to_owned(),
        ..Facts::default()
    }
}

fn written(kind: NoticeKind, language: &str, facts: Facts) -> Text {
    let token: Token = "C-7K2M9QXW4TBNPR5D8FHJC6VA3E".parse().unwrap();
    let notice = Notice {
        kind,
        to: Vec::new(),
        name: Some("Ann Bee".to_owned()),
        token: Some((token, Step::Admin)),
        thread: Thread::default(),
        language: Some(language.to_owned()),
        facts,
    };
    TEMPLATES.write(&notice, "TLD-OPS Admin").unwrap()
}

/// What stands in the reader's own language.
fn own(text: &Text) -> &str {
    text.body.split_once(ENGLISH_BELOW).map_or(text.body.as_str(), |(own, _)| own)
}

fn source(folder: &str, language: &str) -> String {
    let root = env!("CARGO_MANIFEST_DIR");
    std::fs::read_to_string(format!("{root}/templates/{folder}/{language}.txt")).unwrap_or_default()
}

/// Whether a text names a fact, in a place or in a condition.
fn names(text: &str, fact: &str) -> bool {
    let mut rest = text;
    while let Some((_, after)) = rest.split_once('{') {
        let inside = after.split_once('}').map_or(after, |(inside, _)| inside);
        if inside.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == fact) {
            return true;
        }
        rest = after;
    }
    false
}

#[test]
fn every_language_has_every_mail_and_names_in_it_what_english_names() {
    const FACTS: [&str; 33] = [
        "contacts",
        "day",
        "entries",
        "label",
        "last",
        "meant",
        "moved",
        "requester",
        "unfound",
        "words",
        "reminder",
        "action",
        "tlds",
        "token",
        "name",
        "changes",
        "until",
        "warnings",
        "because",
        "case",
        "reason",
        "missing",
        "questions",
        "form",
        "example",
        "cure",
        "ask",
        "quoted",
        "yes",
        "no",
        "copied",
        "stop",
        "start",
    ];
    let mut wrong = Vec::new();
    for kind in FOR_PEOPLE {
        let english = source(kind.folder(), "en");
        for language in LANGUAGES.into_iter().filter(|language| *language != "en") {
            let text = source(kind.folder(), language);
            let asks = kind == NoticeKind::NeedsInformation;
            // What is missing is said again in English below, with who asks and why.
            let left = |fact: &&str| asks && matches!(*fact, "action" | "because" | "case");
            let lacks = |fact: &&&str| names(&english, fact) && !names(&text, fact) && !left(fact);
            wrong.extend(
                FACTS.iter().filter(lacks).map(|fact| format!("{}/{language}: {fact}", kind.folder())),
            );
            // Whose own word is the English one has it by its name.
            let says = |word: &str, key: &str| text.contains(word) || sentence(language, key) == word;
            if QUESTIONS.contains(&kind) && !(says("YES", "yes") && says("NO", "no")) {
                wrong.push(format!("{}/{language}: YES, NO", kind.folder()));
            }
            if !names(&english, "action") || asks {
                continue;
            }
            if !text.lines().next().is_some_and(|subject| names(subject, "command")) {
                wrong.push(format!("{}/{language}: its subject has no `command`", kind.folder()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What a template compares a fact with, as in `one.kind == "no-tld"`.
fn compared(text: &str) -> Vec<&str> {
    text.split("== \"").skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[test]
fn every_language_has_the_branches_of_the_english_text_and_none_of_its_words() {
    for kind in FOR_PEOPLE {
        let english = source(kind.folder(), "en");
        for language in LANGUAGES.into_iter().filter(|language| *language != "en") {
            let text = source(kind.folder(), language);
            let about = format!("{}/{language}", kind.folder());
            assert_eq!(compared(&text), compared(&english), "{about}");
            // A line of places alone is the same in every language.
            let is_words = |line: &&str| line.split("{{").next().is_some_and(|before| before.len() > 20);
            let mut lines = english.lines().filter(|line| !line.starts_with('{')).filter(is_words);
            let left = lines.find(|line| text.contains(*line));
            assert_eq!(left, None, "{about}: this line is English");
        }
    }
    for key in source("sentences", "en").lines().filter_map(|line| line.split_once(": ")).map(|(key, _)| key)
    {
        let english = sentence("en", key);
        let long = english.len() > 20;
        for language in LANGUAGES.into_iter().filter(|language| *language != "en" && long) {
            assert_ne!(sentence(language, key), english, "{language}: {key}");
        }
    }
}

#[test]
fn a_persons_own_words_are_quoted_and_it_is_said_whose_they_are() {
    let said = "Which of the two numbers is right?";
    let kinds =
        [NoticeKind::Refused, NoticeKind::Kept, NoticeKind::NeedsInformation, NoticeKind::ObjectionAsked];
    for kind in kinds {
        for language in LANGUAGES {
            let text = written(kind, language, Facts { reason: said.into(), ..full() });
            let quoted = format!("\r\n\r\n> {said}\r\n\r\n");
            let (before, _) = own(&text).split_once(&quoted).unwrap();
            let introduction = before.trim_end().lines().next_back().unwrap().trim_end();
            assert!(introduction.ends_with([':', '：']), "{kind:?} {language}: {introduction}");
            assert_eq!(own(&text).matches(said).count(), 1, "{kind:?} {language}: {}", text.body);
        }
    }
}

#[test]
fn every_branch_of_every_mail_is_said_in_every_language() {
    for kind in FOR_PEOPLE {
        for language in LANGUAGES {
            let mut all: Vec<Facts> = vec![full(), Facts { reminder: 2, ..full() }, Facts::default()];
            let reasons = reasons().into_iter().cycle();
            let said = becauses().into_iter().zip(reasons);
            all.extend(said.map(|(because, reason)| Facts { because, reason, ..full() }));
            for action in ["subscribe", "update", "remove"] {
                all.push(Facts { action: action.to_owned(), ..full() });
            }
            for facts in all {
                let about = format!("{kind:?} {language} {:?} {:?}", facts.because, facts.reason);
                let text = written(kind, language, facts);
                assert!(text.subject.starts_with("[TLD-OPS] "), "{about}: {}", text.subject);
                let below = text.body.contains(ENGLISH_BELOW);
                assert_eq!(below, language != "en", "{about}: {}", text.body);
                let left = |c: char| text.body.contains(c) || text.subject.contains(c);
                assert!(!left('{') && !left('}'), "{about}: {}", text.body);
                let lines: Vec<&str> = text.body.lines().chain([""]).collect();
                for (line, next) in lines.iter().zip(lines.iter().skip(1)) {
                    let goes_on = !next.is_empty() && !next.starts_with(' ');
                    let ends_well = !line.ends_with([' ', '\u{3000}']) || (goes_on && line.trim_end() != "");
                    assert!(ends_well || *line == "-- ", "{about}: `{line}`");
                }
            }
        }
    }
}

#[test]
fn a_cctld_that_does_not_exist_is_asked_back_in_every_language() {
    let meant = ["nl".parse().unwrap(), "xn--p1ai".parse().unwrap()];
    for language in LANGUAGES {
        let missing = vec![Missing::of("tld", &meant)];
        let text = written(NoticeKind::NeedsInformation, language, Facts { missing, ..full() });
        for name in [".nl", ".рф (xn--p1ai)"] {
            assert!(own(&text).contains(name), "{language}: {}", text.body);
        }
        assert!(!own(&text).contains("{who}"), "{language}: {}", text.body);
    }
}

#[test]
fn every_end_and_every_wait_says_in_every_language_what_helps_and_whom_to_ask() {
    const KINDS: [NoticeKind; 5] = [
        NoticeKind::UnderWay,
        NoticeKind::Refused,
        NoticeKind::Expired,
        NoticeKind::Withdrawn,
        NoticeKind::TooLate,
    ];
    let folded = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    // What stands alone in a mail that has another cure is the cure of this one.
    let cure = |kind: NoticeKind, language: &str, reason: &Reason| {
        let facts = Facts { reason: reason.clone(), because: Because::Sent, ..full() };
        let text = written(kind, language, facts);
        assert!(own(&text).contains(SECRETARIAT), "{kind:?} {language}: {}", text.body);
        let paragraphs = own(&text).split("\r\n\r\n").map(folded).collect::<Vec<_>>();
        let asks = paragraphs.iter().position(|paragraph| paragraph.contains(SECRETARIAT)).unwrap();
        paragraphs[asks - 1].clone()
    };
    for kind in KINDS {
        for reason in reasons() {
            let english = cure(kind, "en", &reason);
            assert!(english.len() > 20, "{kind:?} {reason:?}: {english}");
            for language in LANGUAGES.into_iter().filter(|language| *language != "en") {
                assert_ne!(cure(kind, language, &reason), english, "{kind:?} {language} {reason:?}");
            }
        }
        for language in LANGUAGES {
            let before = cure(kind, language, &Reason::AppliedBefore);
            assert_ne!(before, cure(kind, language, &Reason::NoRuling), "{kind:?} {language}");
        }
    }
    for (kind, language) in [NoticeKind::NothingToChange, NoticeKind::Help].into_iter().zip(LANGUAGES) {
        assert!(own(&written(kind, language, full())).contains(SECRETARIAT), "{kind:?} {language}");
    }
}

#[test]
fn what_details_are_for_is_said_once_where_they_are_asked_for_and_in_no_news() {
    const ASKING: [NoticeKind; 6] = [
        NoticeKind::ConfirmAdmin,
        NoticeKind::ConfirmOwn,
        NoticeKind::NeedsInformation,
        NoticeKind::RollCall,
        NoticeKind::NewAdmin,
        NoticeKind::Help,
    ];
    // Lines are folded, and those of Arabic begin with a mark.
    let is_layout = |c: char| c.is_whitespace() || c == '\u{200f}';
    let unfolded = |text: &str| text.chars().filter(|c| !is_layout(*c)).collect::<String>();
    for kind in FOR_PEOPLE {
        let wanted = usize::from(ASKING.contains(&kind));
        for language in LANGUAGES {
            let text = written(kind, language, full());
            let purpose = unfolded(&sentence(language, "purpose"));
            assert_eq!(
                unfolded(own(&text)).matches(&purpose).count(),
                wanted,
                "{kind:?} {language}: {}",
                text.body
            );
            let english = unfolded(&sentence("en", "purpose"));
            assert_eq!(
                unfolded(&text.body).matches(&english).count(),
                wanted,
                "{kind:?} {language}: {}",
                text.body
            );
            // A new contact reads what his yes means; whom to ask stands there, too.
            let asks = wanted > 0 || matches!(kind, NoticeKind::ConfirmContact | NoticeKind::ConfirmAddress);
            assert!(!asks || own(&text).contains(SECRETARIAT), "{kind:?} {language}: {}", text.body);
        }
    }
}

#[test]
fn no_sentence_is_the_english_one_in_another_language() {
    for (kind, facts) in [(NoticeKind::Applied, becauses()), (NoticeKind::Farewell, becauses())] {
        for because in facts {
            let english = written(kind, "en", Facts { because: because.clone(), ..full() });
            let last =
                |text: &str| text.replace("\r\n", " ").split("Why you get this: ").nth(1).map(str::to_owned);
            let sentence = last(&english.body).unwrap();
            let sentence = sentence.split(" -- ").next().unwrap().trim().to_owned();
            for language in LANGUAGES.into_iter().filter(|language| *language != "en") {
                let text = written(kind, language, Facts { because: because.clone(), ..full() });
                assert!(!own(&text).replace("\r\n", " ").contains(&sentence), "{language}: {because:?}");
            }
        }
    }
}

#[test]
fn the_journal_and_the_english_mail_say_the_same() {
    let folded = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    for reason in reasons() {
        let text = written(NoticeKind::TooLate, "en", Facts { reason: reason.clone(), ..full() });
        assert!(folded(&text.body).contains(&folded(&reason.to_string())), "{reason}: {}", text.body);
    }
    for because in becauses() {
        let Because::Decides(_, _, asked) = &because else { continue };
        let said = asked.to_string();
        let text = written(NoticeKind::Applied, "en", Facts { because, ..full() });
        assert!(folded(&text.body).contains(&said), "{said}: {}", text.body);
    }
    let text = written(NoticeKind::ConfirmAdmin, "en", full());
    for warning in full().warnings {
        assert!(folded(&text.body).contains(&warning), "{}", text.body);
    }
}

/// The mail as it comes back, with `words` above it.
fn answered(text: &Text, words: &str) -> Reading {
    let known = KnownTlds::built_in();
    let context = Context { known: &known, roster: &Roster::default(), mailboxes: &[], secretariat: &[] };
    let quoted: Vec<String> = text.body.lines().map(|line| format!("> {line}")).collect();
    let raw = format!(
        "From: Ann <ann@nic-nl.example>\nTo: box@ops.example\nSubject: Re: {}\nMIME-Version: 1.0\n\
         Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{words}\n\n\
         On Mon, 2 Nov 2026 at 10:00, TLD-OPS Admin <box@ops.example> wrote:\n{}\n",
        text.subject,
        quoted.join("\n")
    );
    understand(&Letter::read(raw.as_bytes()).unwrap(), &context)
}

/// A sentence of the file of a language.
fn sentence(language: &str, key: &str) -> String {
    let all = source("sentences", language);
    let line = all.lines().find_map(|line| line.strip_prefix(&format!("{key}: ")));
    line.unwrap().to_owned()
}

#[test]
fn the_words_to_answer_with_stand_in_the_mail_and_are_understood() {
    let templates = &*TEMPLATES;
    let mut wrong = Vec::new();
    for kind in QUESTIONS {
        for language in LANGUAGES {
            let text = written(kind, language, full());
            for (key, english, want) in [("yes", "YES", Kind::ReplyYes), ("no", "NO", Kind::ReplyNo)] {
                let word = sentence(language, key);
                assert!(own(&text).contains(&word), "{language} {kind:?}: {word}: {}", text.body);
                assert!(templates.is_a_word_asked_for(&word), "{language}: {word}");
                assert!(templates.is_a_word_asked_for(&format!("«{word}»")), "{language}: {word}");
                assert_eq!(templates.is_the_yes_asked_for(&word), key == "yes", "{language}: {word}");
                for said in [
                    word.clone(),
                    word.to_lowercase(),
                    format!("{word}."),
                    english.to_owned(),
                    format!("\u{200f}{word}"),
                    format!("«{word}»"),
                ] {
                    let reading = answered(&text, &said);
                    if reading.kind != want || reading.hold {
                        wrong.push(format!("{language} {kind:?} {said}: {:?}", reading.kind));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_words_that_stop_and_start_stand_in_the_mail_and_are_no_other_answer() {
    let others = [Kind::AutoReply, Kind::Bounce, Kind::Ruling, Kind::ReplyYes];
    for language in LANGUAGES {
        for (kind, key, english) in
            [(NoticeKind::ConfirmAdmin, "stop", "STOP"), (NoticeKind::Stopped, "start", "START")]
        {
            let word = sentence(language, key);
            let text = written(kind, language, full());
            assert!(own(&text).contains(&word), "{language}: {word}: {}", text.body);
            for said in [word.as_str(), english] {
                let is = |stop: bool| {
                    let (on, off) =
                        (TEMPLATES.is_the_stop_asked_for(said), TEMPLATES.is_the_start_asked_for(said));
                    if stop { on && !off } else { off && !on }
                };
                assert!(is(key == "stop"), "{language}: {said}");
                assert!(
                    TEMPLATES.is_a_word_asked_for(said) && !TEMPLATES.is_the_yes_asked_for(said),
                    "{said}"
                );
                let reading = answered(&text, said);
                assert!(
                    !others.contains(&reading.kind) && !reading.hold,
                    "{language} {said}: {:?}",
                    reading.kind
                );
                assert_eq!(reading.own_text.trim(), said, "{language}");
            }
        }
        let silent = written(NoticeKind::ConfirmAdmin, language, Facts { copied: false, ..full() });
        assert!(!silent.body.contains(&sentence(language, "stop")), "{language}: {}", silent.body);
    }
}

#[test]
fn the_word_to_object_or_take_back_with_stands_in_the_mail_and_is_understood() {
    for kind in NEWS {
        for language in LANGUAGES {
            let text = written(kind, language, full());
            let word = sentence(language, "no");
            assert!(own(&text).contains(&word), "{language} {kind:?}: {word}: {}", text.body);
            assert!(text.body.contains("NO"), "{language} {kind:?}");
            for said in [word.as_str(), "NO"] {
                let reading = answered(&text, said);
                assert_eq!(
                    (reading.kind, reading.hold),
                    (Kind::ReplyNo, false),
                    "{language} {kind:?} {said}"
                );
                assert_eq!(reading.tokens.len(), 1, "{language} {kind:?}: {}", text.subject);
            }
        }
    }
}

#[test]
fn what_to_say_on_the_telephone_is_there_in_every_language_with_whom_and_where() {
    for language in LANGUAGES {
        for office in [Some(Office::Admin), None] {
            let call = Call {
                office,
                name: Some("Ann Bee".to_owned()),
                address: address(),
                phone: Some("+31 20 123 4567".to_owned()),
                language: language.to_owned(),
                asked: "2026-11-02T09:00:00Z".parse().unwrap(),
            };
            let facts = Facts { calls: vec![call.clone()], ..full() };
            let text = written(NoticeKind::Escalation, "en", facts);
            let body = text.body.split_whitespace().collect::<Vec<_>>().join(" ");
            let below = body.split_once("Please call:").unwrap().1;
            for said in ["Ann Bee", "+31 20 123 4567", "ann@nic-nl.example", "2026-11-02", "Good day."] {
                assert!(below.contains(said), "{language} {office:?}: {said}: {below}");
            }
            for key in ["yes", "no"] {
                assert!(below.contains(&sentence(language, key)), "{language} {office:?}: {key}: {below}");
            }
            assert_eq!(below.matches("----- To say, in ").count(), if language == "en" { 1 } else { 2 });
            // Where no number is known, it is said where to look.
            let facts = Facts { calls: vec![Call { phone: None, ..call }], ..full() };
            let text = written(NoticeKind::Escalation, "en", facts);
            assert!(text.body.contains("Telephone: none is known here; "), "{}", text.body);
        }
    }
}

#[test]
fn a_subject_in_any_language_still_tells_what_was_asked() {
    for language in LANGUAGES {
        // What is asked without a request names no action.
        let asked = |kind: &NoticeKind| !matches!(kind, NoticeKind::RollCall | NoticeKind::NewAdmin);
        for kind in QUESTIONS.into_iter().filter(asked) {
            let facts = Facts { action: "subscribe".to_owned(), ..full() };
            let text = written(kind, language, facts);
            let reading = answered(&text, "Yes, remove me");
            assert_eq!(reading.kind, Kind::ReplyUnclear, "{language}: {}", text.subject);
            assert_eq!(reading.tokens.len(), 1, "{language}: {}", text.subject);
        }
    }
}

#[test]
fn the_form_of_the_help_is_understood_in_every_language() {
    let known = KnownTlds::built_in();
    let context = Context { known: &known, roster: &Roster::default(), mailboxes: &[], secretariat: &[] };
    for language in LANGUAGES {
        let french = "fr".parse().unwrap();
        let facts = Facts { form: blank_form(Some(&french)), example: Some(french), ..Facts::default() };
        let text = written(NoticeKind::Help, language, facts);
        let is_form = |line: &&str| line.starts_with("   ");
        let lines: Vec<&str> = own(&text).lines().filter(is_form).map(str::trim).collect();
        let (blank, form) = lines.split_at(lines.len() / 2);
        for (empty, filled) in blank.iter().skip(1).zip(form.iter().skip(1)) {
            assert!(filled.starts_with(empty) && filled != empty, "{language}: {lines:?}");
        }
        let raw = format!(
            "From: Ann <ann@nic-nl.example>\nTo: box@ops.example\nSubject: TLD-OPS\nMIME-Version: 1.0\n\
             Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{}\n",
            form.join("\n")
        );
        let reading = understand(&Letter::read(raw.as_bytes()).unwrap(), &context);
        let told: Vec<String> = reading
            .requests
            .iter()
            .flat_map(|request| {
                request.contacts.iter().map(move |named| {
                    let tld = request.tld.as_ref().map(ToString::to_string).unwrap_or_default();
                    let email = named.email.as_ref().map(ToString::to_string).unwrap_or_default();
                    let phone = named.phone.as_ref().map(ToString::to_string).unwrap_or_default();
                    let rank = named.rank.map(|rank| rank.to_string()).unwrap_or_default();
                    format!("{tld} {} {email} {phone} {rank}", named.name.clone().unwrap_or_default())
                })
            })
            .collect();
        let want = "fr Jane Doe jane.doe@registry.example +33123456789 #1";
        assert_eq!(told, [want], "{language}: {form:?}");
    }
}

/// What is held, as whoever is asked sees it, or as it is sent to who asked for it.
fn with_contacts() -> Facts {
    let tld: Tld = "nl".parse().unwrap();
    let arabic = r#"{"rank":2,"name":"\u0645\u064a \u0646\u0648\u0631","email":"mai@nic-nl.example","secondary_email":"mai@registry.example","phone":"+31201234567"}"#;
    let contacts = [change().after, vec![contact(arabic)]].concat();
    let mut roster = Roster::default();
    roster.set(tld.clone(), contacts.clone());
    let repository = Repository { at: moment(), roster, ..Repository::default() };
    let entries = contacts.into_iter().map(|contact| (tld.clone(), contact)).collect();
    Facts { entries, repository: Some(Box::new(repository)), ..full() }
}

#[test]
fn a_contact_that_is_held_runs_from_left_to_right_in_every_mail_and_no_day_runs_backwards() {
    for kind in [NoticeKind::RollCall, NoticeKind::NewAdmin, NoticeKind::Contacts] {
        let text = written(kind, "ar", with_contacts());
        let held: Vec<&str> = own(&text).lines().filter(|line| line.contains('"')).collect();
        assert_eq!(held.len(), 4, "{kind:?}: {}", text.body);
        for line in held {
            assert!(!line.contains('\u{200f}'), "{kind:?}: {line}");
            assert!(line.trim_start().starts_with(['"', '\u{2066}']), "{kind:?}: {line}");
        }
    }
    let text = written(NoticeKind::Contacts, "ar", with_contacts());
    assert!(own(&text).contains("\u{2068}2026-11-02\u{2069}"), "{}", text.body);
}

#[test]
fn no_line_of_a_question_about_what_is_held_is_too_long() {
    for kind in [NoticeKind::RollCall, NoticeKind::NewAdmin] {
        for language in LANGUAGES {
            let text = written(kind, language, with_contacts());
            for line in text.body.lines().map(str::trim_end) {
                assert!(line.width() <= 72, "{kind:?} {language}: {line}");
            }
        }
    }
}

#[test]
fn arabic_isolates_what_runs_from_left_to_right() {
    let text = written(NoticeKind::ConfirmAdmin, "ar", full());
    let own = own(&text);
    for value in [".nl", "eve@nic-nl.example", "2026-11-20\u{a0}09:00\u{a0}UTC", "+31 20 123 4569", "#3"] {
        assert!(own.contains(&format!("\u{2068}{value}\u{2069}")), "{value}: {own}");
    }
    assert_eq!(own.matches('\u{2068}').count(), own.matches('\u{2069}').count(), "{own}");
    assert!(!text.body.split_once(ENGLISH_BELOW).unwrap().1.contains('\u{2068}'));
}
