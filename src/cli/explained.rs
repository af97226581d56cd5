//! A mail as it was understood, told to a person: what it asks for, which line each value comes from, and what each line is.

use crate::cli::inspect::Report;
use crate::cli::output::{Failure, Output};
use crate::domain::evidence::Verdict;
use crate::domain::request::{Change, Named};
use crate::domain::tld::Tld;
use crate::reading::layout::Mark;
use crate::reading::letter::Letter;

/// Digits at the end of a number by which the line that it comes from is found: national and international spellings
/// share them.
const PHONE_DIGITS_SHARED: usize = 6;
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
    let lines = lines(letter);
    for request in report.requests {
        let tld = request.tld.as_ref().map_or_else(|| "an unnamed ccTLD".to_owned(), Tld::for_people);
        let all = if request.replace_all { "; every earlier contact goes" } else { "" };
        output.line(&format!("   asks        {} {tld}{all}", request.action.word()))?;
        for contact in &request.contacts {
            for line in in_words(contact, &lines, letter) {
                output.line(&format!("               {line}"))?;
            }
        }
    }
    let mut list = |title: &str, items: Vec<String>| {
        items.iter().try_for_each(|item| output.line(&format!("   {title:<11} {item}")))
    };
    list("asks for", report.queried_tlds.iter().map(Tld::for_people).collect())?;
    list("missing", report.missing.to_vec())?;
    list("doubt", report.doubts.to_vec())?;
    list(
        "role",
        report.authority.iter().map(|a| format!("{}: {}", a.tld.for_people(), a.role.words())).collect(),
    )?;
    list("would", report.would.clone())?;
    if let Some(letter) = letter {
        output.line(&format!("   subject     {}", letter.subject()))?;
    }
    for (number, (mark, text)) in (1..).zip(&lines) {
        let text: String = text.chars().take(LINE_CHARS_SHOWN).collect();
        output.line(format!("   {number:>4} {:<11} {text}", word(*mark)).trim_end())?;
    }
    output.line("")
}

fn lines(letter: Option<&Letter>) -> Vec<(Mark, String)> {
    let lines = letter.into_iter().flat_map(|letter| letter.layout().lines());
    lines.map(|(mark, text)| (mark, text.to_owned())).collect()
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
fn in_words(contact: &Named, lines: &[(Mark, String)], letter: Option<&Letter>) -> Vec<String> {
    let change = match contact.change {
        Change::Add => "add",
        Change::Remove => "remove",
        Change::Modify => "modify",
    };
    let mut told = vec![change.to_owned()];
    let mut value = |label: &str, value: Option<String>, found: &dyn Fn(&str, &str) -> bool| {
        if let Some(value) = value {
            let origin = origin(&value, lines, letter, found);
            told.push(format!("   {label:<14} {value}{origin}"));
        }
    };
    let as_it_is = |line: &str, value: &str| line.to_lowercase().contains(&value.to_lowercase());
    let by_words = |line: &str, value: &str| {
        let line = line.to_lowercase();
        value.to_lowercase().split_whitespace().all(|word| line.contains(word.trim_matches(',')))
    };
    let by_digits = |line: &str, value: &str| {
        let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        let number = digits(value);
        let end = number.get(number.len().saturating_sub(PHONE_DIGITS_SHARED)..).unwrap_or_default();
        digits(line).contains(end)
    };
    value("name", contact.name.clone(), &by_words);
    value("e-mail", contact.email.as_ref().map(ToString::to_string), &as_it_is);
    value("second e-mail", contact.secondary_email.as_ref().map(ToString::to_string), &as_it_is);
    value("phone", contact.phone.as_ref().map(ToString::to_string), &by_digits);
    value("replaces", contact.replaces.clone(), &by_words);
    if let Some(rank) = contact.rank {
        told.push(format!("   {:<14} {rank}", "rank"));
    }
    told
}

/// Where a value stands: the first of the writer's own lines that has it, or else another, the Subject or the From field.
fn origin(
    value: &str,
    lines: &[(Mark, String)],
    letter: Option<&Letter>,
    found: &dyn Fn(&str, &str) -> bool,
) -> String {
    let has = |own: bool| {
        let mut numbered = (1..).zip(lines);
        numbered.find(|(_, (mark, text))| (*mark == Mark::Own) == own && found(text, value))
    };
    if let Some((number, (mark, _))) = has(true).or_else(|| has(false)) {
        let what = if *mark == Mark::Own { String::new() } else { format!(", {}", word(*mark)) };
        return format!("   (line {number}{what})");
    }
    let Some(letter) = letter else { return String::new() };
    let from = letter.from().map(ToString::to_string).unwrap_or_default();
    if found(letter.subject(), value) {
        "   (Subject)".to_owned()
    } else if found(&from, value) || found(letter.from_name().unwrap_or_default(), value) {
        "   (From)".to_owned()
    } else {
        String::new()
    }
}
