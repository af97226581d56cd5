//! The procedure as people read it: `src/domain/PROCEDURE.md` has what the rules say, cell by cell.
//!
//! `BLESS=1 cargo test --test it procedure_table` writes the tables anew; the difference is then read like any other change.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use tldops::domain::case::Role;
use tldops::domain::policy::{AdminConfirms, Policy, TechnicalContact, Weighty};
use tldops::domain::procedure::{Deed, Outcome, Procedure, Proven, Told, Waits, Who, Whose, procedure};

/// What stands before and behind the tables.
const BEGIN: &str = "<!-- tables: written by a test, see CONTRIBUTING.md -->\n";
const END: &str = "<!-- end of tables -->\n";

/// Who asks, in the order of the tables, and how the document names him.
pub(crate) const ROLES: [(Role, &str); 6] = [
    (Role::Admin, "The IANA admin contact"),
    (Role::AdminCc, "Somebody with a copy to the IANA admin contact"),
    (Role::Technical, "The IANA technical contact"),
    (Role::Contact, "A listed contact, about himself"),
    (Role::Secretariat, "The secretariat"),
    (Role::None, "A stranger"),
];

pub(crate) fn document() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/domain/PROCEDURE.md")
}

/// Whose matter a deed is where a contact asks for it in his table: his own where it can be.
fn whose(deed: Deed) -> Whose {
    match deed {
        Deed::ChangeDetails | Deed::RemoveOne | Deed::AddSecond | Deed::DropSecond => Whose::HisOwn,
        Deed::Subscribe | Deed::Replace | Deed::SwapRanks | Deed::RemoveTld => Whose::Others,
    }
}

/// What becomes of it, and who must confirm.
fn cell(role: Role, deed: (Deed, Whose), proven: Proven, policy: &Policy) -> String {
    let found = procedure(role, deed, proven, policy);
    let confirm = confirm(role, proven, &found, policy);
    match found.outcome {
        Outcome::GoesOn => confirm,
        Outcome::Held => format!("{}: {confirm}", held(&found, policy)),
        Outcome::AskedLater => "later".to_owned(),
        Outcome::Help => "help".to_owned(),
        Outcome::Nothing => "nothing".to_owned(),
    }
}

fn confirm(role: Role, proven: Proven, found: &Procedure, policy: &Policy) -> String {
    let accepted = role == Role::Technical
        && policy.technical_contact == TechnicalContact::Accept
        && proven == Proven::Authenticated;
    let office = match (found.waived, accepted) {
        (true, _) => "the request",
        (false, true) => "technical",
        (false, false) => "admin",
    };
    let word = |who: &Who| match who {
        Who::Office => office,
        Who::Himself => "himself",
        Who::NewAddress => "new",
        Who::NewSecond => "second",
    };
    let (first, then): (Vec<&Who>, Vec<&Who>) = found.confirm.iter().partition(|who| **who == Who::Office);
    let joined = |who: Vec<&Who>| who.into_iter().map(word).collect::<Vec<_>>().join(" + ");
    let parts = [joined(first), joined(then)];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" → ")
}

/// Who lets it pass.
fn held(found: &Procedure, policy: &Policy) -> &'static str {
    let unproven =
        found.waits.contains(&Waits::Unproven) && policy.two_must_agree.contains(&Weighty::Unproven);
    let not_his =
        found.waits.contains(&Waits::NotHisOwn) && policy.two_must_agree.contains(&Weighty::NotHisOwn);
    if unproven || not_his { "two people" } else { "a person" }
}

fn told(found: &Procedure) -> String {
    let words = found.told.iter().map(|told| match told {
        Told::Admin => "admin",
        Told::Contacts => "all contacts",
        Told::WhoLeaves => "who leaves",
        Told::Sender => "sender",
    });
    words.collect::<Vec<_>>().join(", ")
}

fn waits(found: &Procedure) -> String {
    let words = found.waits.iter().filter_map(|waits| match waits {
        // What holds the request as a whole stands in its cell.
        Waits::Unproven | Waits::NotHisOwn => None,
        Waits::TooMany => Some("a fourth contact"),
        Waits::RoleAddress => Some("a role's address"),
        Waits::FreeMail => Some("free mail"),
        Waits::NoPhone => Some("no phone"),
        Waits::NoneLeft => Some("nobody left"),
    });
    words.collect::<Vec<_>>().join(", ")
}

fn row(role: Role, deed: (Deed, Whose), name: &str, policy: &Policy) -> String {
    let cells = Proven::ALL.map(|proven| cell(role, deed, proven, policy)).join(" | ");
    let found = procedure(role, deed, Proven::Authenticated, policy);
    let row = format!("| {name} | {cells} | {} | {} |", told(&found), waits(&found));
    // Empty cells have one space.
    row.replace("|  |", "| |").replace("|  |", "| |")
}

fn head(first: &str) -> String {
    format!(
        "| {first} | authenticated | unsigned | failed | temporary | told once it is done | a person decides on |\n\
         |---|---|---|---|---|---|---|\n"
    )
}

fn tables() -> String {
    let policy = Policy::default();
    let mut text = String::new();
    for (role, title) in ROLES {
        writeln!(text, "\n### {title}\n").unwrap();
        text.push_str(&head("asks to"));
        for deed in Deed::ALL {
            writeln!(text, "{}", row(role, (deed, whose(deed)), deed.words(), &policy)).unwrap();
        }
        if role == Role::Contact {
            let others = (Deed::ChangeDetails, Whose::Others);
            writeln!(text, "{}", row(role, others, "change another's details", &policy)).unwrap();
        }
    }
    text.push_str("\n### Where the policy says otherwise\n\n");
    text.push_str(&head("setting, who, and what"));
    let set = |policy: Policy, role, deed, name: &str| {
        let row = row(role, (deed, Whose::Others), name, &policy);
        format!("{row}\n")
    };
    let accept = Policy { technical_contact: TechnicalContact::Accept, ..Policy::default() };
    let refuse = Policy { technical_contact: TechnicalContact::Refuse, ..Policy::default() };
    let unless = Policy { admin_confirms: AdminConfirms::UnlessProven, ..Policy::default() };
    let one = Policy { two_must_agree: Vec::new(), ..Policy::default() };
    let name = |setting: &str, who: &str, deed: Deed| format!("`{setting}`: {who}, {}", deed.words());
    for (policy, setting, (role, who), deed) in [
        (&accept, "technical_contact = \"accept\"", (Role::Technical, "technical contact"), Deed::Subscribe),
        (&refuse, "technical_contact = \"refuse\"", (Role::Technical, "technical contact"), Deed::Subscribe),
        (&unless, "admin_confirms = \"unless-proven\"", (Role::Admin, "admin contact"), Deed::Subscribe),
        (&unless, "admin_confirms = \"unless-proven\"", (Role::Admin, "admin contact"), Deed::RemoveTld),
        (&one, "two_must_agree = []", (Role::Admin, "admin contact"), Deed::Subscribe),
    ] {
        text.push_str(&set(policy.clone(), role, deed, &name(setting, who, deed)));
    }
    text.push('\n');
    text
}

#[test]
fn the_document_has_what_the_rules_say() {
    let path = document();
    let text = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = text.split_once(BEGIN).unwrap();
    let (told, after) = rest.split_once(END).unwrap();
    let tables = tables();
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, format!("{before}{BEGIN}{tables}{END}{after}")).unwrap();
        return;
    }
    for (want, have) in tables.lines().zip(told.lines()) {
        assert_eq!(want, have, "{} is not what the rules say", path.display());
    }
    assert_eq!(tables.lines().count(), told.lines().count());
}
