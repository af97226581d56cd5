//! `report`: the public page, written to a folder.

use std::path::{Path, PathBuf};

use clap::Args;
use jiff::civil::Date;

use crate::bot::history::history;
use crate::cli::arguments::Place;
use crate::cli::open;
use crate::cli::output::{Failure, Output};
use crate::cli::stats::{Membership, today};
use crate::config::Config;
use crate::domain::history::History;
use crate::shell::public_folder::publish;
use crate::writing::page::files;

/// What `report` takes.
#[derive(Args, Debug)]
pub(super) struct ReportOptions {
    #[command(flatten)]
    place: Place,
    /// The folder, which must be there; that of [page] by default
    #[arg(long, value_name = "DIR")]
    to: Option<PathBuf>,
    /// The day (in UTC) at whose end it is counted; today by default
    #[arg(long, value_name = "YYYY-MM-DD")]
    at: Option<Date>,
}

pub(super) fn report(options: &ReportOptions, output: &mut Output) -> Result<(), Failure> {
    let config = open::config(&options.place.config)?;
    let named = options.to.clone().or_else(|| config.page.as_ref().map(|page| page.folder.clone()));
    let Some(folder) = named else {
        let says = "no folder is named for the page; give one with --to, or write [page] with folder";
        return Err(Failure::Usage(says.to_owned()));
    };
    if !folder.is_dir() {
        let says = format!("{} is no folder; make it, or give another one with --to", folder.display());
        return Err(Failure::Usage(says));
    }
    let day = options.at.unwrap_or_else(today);
    let snapshot = open::snapshot(&config)?;
    let written = write(&config, &folder, (day, &history(snapshot.lines())?))?;
    output.line(&format!("The page of {day} is in {}; {written} of its files are new.", folder.display()))
}

/// Writes the page of a day to a folder; says how many of its files changed.
pub(super) fn write(
    config: &Config,
    folder: &Path,
    (day, history): (Date, &History),
) -> Result<usize, Failure> {
    let membership = Membership::on(day, history, &config.regions)?;
    let links = config.page.as_ref().map(|page| page.links.as_slice()).unwrap_or_default();
    let files = files(&membership.report(&config.regions), links)?;
    let files = files.iter().map(|file| (file.name.as_str(), file.octets.as_slice()));
    Ok(publish(folder, files)?)
}
