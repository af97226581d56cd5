//! `roster diff`, and the same each week: the store beside the mailing list, the page of members and other files.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use crate::bot::Bot;
use crate::bot::reconciling::{Others, ReconciliationPolicy};
use crate::bot::records::Records;
use crate::cli::arguments::Place;
use crate::cli::comparing::nothing_to_compare;
use crate::cli::importing::{known, octets, read};
use crate::cli::open;
use crate::cli::output::{Failure, Output};
use crate::config::{Config, ListConfig};
use crate::domain::cctlds::KnownTlds;
use crate::reading::registers::{self, Page};
use crate::shell::clock::SystemClock;
use crate::world::Clock as _;
use crate::writing::differences;

/// What `roster diff` takes.
#[derive(Args, Debug)]
pub(super) struct DiffOptions {
    #[command(flatten)]
    place: Place,
    /// A spreadsheet, member dump or file of cards to compare as well; those that [reconciliation] names always are
    #[arg(long, value_name = "FILE")]
    with: Vec<PathBuf>,
    /// The page of member ccTLDs to compare as well, as a file
    #[arg(long, value_name = "FILE")]
    page: Option<PathBuf>,
    /// In which letters text files are written, where they do not say it themselves
    #[arg(long, value_name = "LABEL")]
    charset: Option<String>,
    /// The form
    #[arg(long, value_enum, default_value_t = DiffForm::Text)]
    form: DiffForm,
    /// Print one JSON object a difference: the same as `--form json`
    #[arg(long, conflicts_with = "form")]
    json: bool,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
enum DiffForm {
    /// Lines for people
    Text,
    /// Rows for a spreadsheet
    Csv,
    /// One JSON object a difference
    Json,
}

/// Shows what differs, and changes nothing.
pub(super) fn diff(options: &DiffOptions, output: &mut Output) -> Result<(), Failure> {
    let config = open::config(&options.place.config)?;
    let snapshot = open::snapshot(&config)?;
    let records = Records::new(&snapshot);
    let form = if options.json { DiffForm::Json } else { options.form };
    let paths: Vec<&PathBuf> = config.reconciliation.with.iter().chain(&options.with).collect();
    let page = options.page.as_ref().or(config.reconciliation.page.as_ref());
    let now = SystemClock.now();
    let mut others = Others::default();
    match nothing_to_compare(&config) {
        Ok(None) => {
            let scope = records.list_scope(&config.list_policy, now)?;
            others.members = open::list(&config, &records)?.members(&scope)?;
        }
        Ok(Some(says)) if paths.is_empty() && page.is_none() => {
            return if form == DiffForm::Text { output.line(&says) } else { Ok(()) };
        }
        Err(failure) if paths.is_empty() && page.is_none() => return Err(failure),
        Ok(Some(_)) | Err(_) => {}
    }
    let known = known(&config, &records)?;
    let charset = options.charset.as_deref();
    for path in paths {
        others.registers.push(read(path, charset, &known)?);
    }
    if let Some(path) = page {
        others.page = Some(read_page(path, charset, &known)?);
    }
    let found = records.reconciliation(&others, snapshot.lines(), (&config.list_policy, now))?;
    match form {
        DiffForm::Text if found.is_empty() => output.line("Nothing differs.")?,
        DiffForm::Text => {
            for line in differences::lines(&found, usize::MAX) {
                output.line(&line)?;
            }
        }
        DiffForm::Csv => output.octets(differences::rows(&found).as_bytes())?,
        DiffForm::Json => found.differences.iter().try_for_each(|one| output.json(one))?,
    }
    if found.is_empty() {
        return Ok(());
    }
    let count = found.differences.len();
    let points = if count == 1 { "one point".to_owned() } else { format!("{count} points") };
    Err(Failure::NeedsPerson(format!(
        "the registers differ in {points}; what is to be done stands with each"
    )))
}

fn read_page(path: &Path, charset: Option<&str>, known: &KnownTlds) -> Result<(String, Page), Failure> {
    let octets = octets(path)?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let file = registers::File { name: &name, octets: &octets, charset };
    let page = registers::page(&file, known)
        .map_err(|error| Failure::Usage(format!("{}: it {error}", path.display())))?;
    Ok((name, page))
}

/// Compares the registers where that is due. A file that cannot be read is told as a difference: somebody has moved it.
pub(super) fn reconcile_when_due(config: &Config, bot: &mut Bot<'_>) -> Result<(), Failure> {
    let set = &config.reconciliation;
    let policy = ReconciliationPolicy { every_days: set.every_days, again_days: set.again_days };
    let no_list = match &config.list {
        ListConfig::OwnRoster { .. } | ListConfig::ByHand { .. } => true,
        ListConfig::Mailman(_) | ListConfig::Tools(_) => false,
    };
    let nothing = no_list && set.with.is_empty() && set.page.is_none();
    if nothing || !bot.reconciliation_is_due(policy)? {
        return Ok(());
    }
    let known = known(config, &bot.records)?;
    let mut others = Others::default();
    for path in &set.with {
        match read(path, None, &known) {
            Ok(register) => others.registers.push(register),
            Err(failure) => others.unread.push((path.display().to_string(), failure.words())),
        }
    }
    if let Some(path) = &set.page {
        match read_page(path, None, &known) {
            Ok(page) => others.page = Some(page),
            Err(failure) => others.unread.push((path.display().to_string(), failure.words())),
        }
    }
    bot.reconcile(others, policy)?;
    Ok(())
}
