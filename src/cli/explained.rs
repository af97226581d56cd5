//! A mail as it was understood, told to a person: what it asks for, which line each value comes from, and what each line is.

use crate::cli::inspect::Report;
use crate::cli::output::{Failure, Output};
use crate::domain::evidence::Verdict;
use crate::domain::request::{Change, Detail, Named};
use crate::domain::tld::Tld;
use crate::reading::layout::Mark;
use crate::reading::letter::Letter;
use crate::reading::places::{Spelling, line_of};

/// Characters of a line that are shown.
const LINE_CHARS_SHOWN: usize = 160;

/// Tells a person how a mail was understood.
pub(super) fn tell(report: &Report<'_>, letter: Option<&Letter>, output: &mut Output) -> Result<(), Failure> {
    output.title(report.file)?;
    let from = report.proof.from.as_deref().unwrap_or("nobody in particular");
    let verdict = match report.proof.verdict {
        Verdict::Authenticated => "authenticated",
        Verdict::NotAuthenticated => "not authenticated",
        Verdict::TemporaryFailure => "to be judged again later",
    };
    let kind = serde_json::to_value(report.kind)?;
    let kind = kind.as_str().unwrap_or_default().replace('_', " ");
    output.line(&format!("   kind        {kind}, language {}", report.language.unwrap_or("unknown")))?;
    output.line(&format!("   from        {from}: {verdict}"))?;
    for reason in report.proof.reasons {
        output.line(&format!("               {reason}"))?;
    }
    for request in report.requests {
        let tld = request.tld.as_ref().map_or_else(|| "an unnamed ccTLD".to_owned(), Tld::for_people);
        let all = if request.replace_all { "; every earlier contact goes" } else { "" };
        output.line(&format!("   asks        {} {tld}{all}", request.action.word()))?;
        if let Some([one, other]) = request.swaps {
            output.line(&format!("               {one} and {other} exchange places"))?;
        }
        for contact in &request.contacts {
            for line in in_words(contact, letter) {
                output.line(&format!("               {line}"))?;
            }
        }
    }
    let mut list = |title: &str, items: Vec<String>| {
        items.iter().try_for_each(|item| output.line(&format!("   {title:<11} {item}")))
    };
    list("asks for", report.queried_tlds.iter().map(Tld::for_people).collect())?;
    list("missing", report.missing.iter().map(|missing| needed(missing)).collect())?;
    list("doubt", report.doubts.clone())?;
    list(
        "role",
        report.authority.iter().map(|a| format!("{}: {}", a.tld.for_people(), a.role.words())).collect(),
    )?;
    list("would", report.would.clone())?;
    if let Some(letter) = letter {
        output.line(&format!("   subject     {}", letter.subject()))?;
    }
    let lines = letter.into_iter().flat_map(|letter| letter.layout().lines());
    for (number, (mark, text)) in (1..).zip(lines) {
        let text: String = text.chars().take(LINE_CHARS_SHOWN).collect();
        output.line(format!("   {number:>4} {:<11} {text}", word(mark)).trim_end())?;
    }
    output.line("")
}

/// What is missing, as a person would say it: `phone of ann@reg.example`.
fn needed(missing: &str) -> String {
    match missing.split_once(':') {
        Some((what, "")) => what.to_owned(),
        Some((what, who)) => format!("{what} of {who}"),
        None if missing == "tld" => "ccTLD".to_owned(),
        None => missing.to_owned(),
    }
}

/// What a line is, in one word or two.
fn word(mark: Mark) -> &'static str {
    match mark {
        Mark::Own => "own",
        Mark::Greeting => "greeting",
        Mark::Closing => "closing",
        Mark::Signature => "signature",
        Mark::Footer => "footer",
        Mark::Disclaimer => "disclaimer",
        Mark::QuoteIntro => "quote head",
        Mark::Quote => "quote",
    }
}

/// A person of a request, a value a line, each with where it comes from.
fn in_words(contact: &Named, letter: Option<&Letter>) -> Vec<String> {
    let change = match contact.change {
        Change::Add => "add",
        Change::Remove => "remove",
        Change::Modify => "change",
    };
    let mut told = vec![change.to_owned()];
    let mut value = |label: &str, value: Option<String>, spelling: Spelling| {
        if let Some(value) = value {
            let origin = letter.and_then(|letter| origin(&value, letter, spelling));
            told.push(format!("   {label:<14} {value}{}", origin.unwrap_or_default()));
        }
    };
    value("name", contact.name.clone(), Spelling::Words);
    value("e-mail", contact.email.as_ref().map(ToString::to_string), Spelling::AsItIs);
    value("second e-mail", contact.secondary_email.as_ref().map(ToString::to_string), Spelling::AsItIs);
    value("phone", contact.phone.as_ref().map(ToString::to_string), Spelling::Digits);
    // Of one who stays it is what he had, of one who comes whose place he takes.
    let replaced = match contact.change {
        Change::Modify => "so far",
        Change::Add | Change::Remove => "in place of",
    };
    value(replaced, contact.replaces.clone(), Spelling::Words);
    for Detail::SecondaryEmail in &contact.drops {
        told.push(format!("   {:<14} second e-mail", "drops"));
    }
    if let Some(rank) = contact.rank {
        told.push(format!("   {:<14} {rank}", "rank"));
    }
    told
}

/// Where a value stands: a line, or else the Subject or the From field.
fn origin(value: &str, letter: &Letter, spelling: Spelling) -> Option<String> {
    if let Some((number, mark)) = line_of(letter, value, spelling) {
        let what = if mark == Mark::Own { String::new() } else { format!(", {}", word(mark)) };
        return Some(format!("   (line {number}{what})"));
    }
    let from = letter.from().map(ToString::to_string).unwrap_or_default();
    if spelling.found(letter.subject(), value) {
        Some("   (Subject)".to_owned())
    } else if spelling.found(&from, value) || spelling.found(letter.from_name().unwrap_or_default(), value) {
        Some("   (From)".to_owned())
    } else {
        None
    }
}
