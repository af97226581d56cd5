//! `stats`: the tables of the membership, for any day.

use clap::{Args, ValueEnum};
use jiff::civil::Date;
use jiff::{Timestamp, tz::TimeZone};

use crate::bot::history::history;
use crate::cli::arguments::Place;
use crate::cli::open;
use crate::cli::output::{Failure, Output};
use crate::domain::cctlds::KnownTlds;
use crate::domain::statistics::{Movement, Statistics};
use crate::shell::clock::SystemClock;
use crate::world::Clock as _;
use crate::writing::statistics::Report;

/// What `stats` takes.
#[derive(Args, Debug)]
pub(super) struct StatsOptions {
    #[command(flatten)]
    place: Place,
    /// The day (in UTC) at whose end it is counted; today by default
    #[arg(long, value_name = "YYYY-MM-DD")]
    at: Option<Date>,
    /// Tell what joined, left and was updated after this day
    #[arg(long, value_name = "YYYY-MM-DD")]
    since: Option<Date>,
    /// The form
    #[arg(long, value_enum, default_value_t = Form::Text)]
    form: Form,
    /// Print one JSON object: the same as `--form json`
    #[arg(long, conflicts_with = "form")]
    json: bool,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
enum Form {
    /// Columns for a terminal or a mail
    Text,
    /// Tables of Markdown
    Markdown,
    /// Rows for a spreadsheet
    Csv,
    /// One JSON object
    Json,
}

pub(super) fn stats(options: &StatsOptions, output: &mut Output) -> Result<(), Failure> {
    let today = SystemClock.now().to_zoned(TimeZone::UTC).date();
    let day = options.at.unwrap_or(today);
    if options.since.is_some_and(|since| since > day) {
        return Err(Failure::Usage("--since is a later day than --at; give an earlier one".to_owned()));
    }
    let config = open::config(&options.place.config)?;
    let snapshot = open::snapshot(&config)?;
    let history = history(snapshot.lines())?;
    let end = end_of(day)?;
    let statistics = Statistics::of(&history.roster_at(end), &KnownTlds::built_in());
    let movement = match options.since {
        Some(since) => Some((since.to_string(), Movement::of(&history.between(end_of(since)?, end)))),
        None => None,
    };
    let report = Report { day: day.to_string(), statistics: &statistics, movement };
    match if options.json { Form::Json } else { options.form } {
        Form::Text => output.line(&report.text()),
        Form::Markdown => output.line(&report.markdown()),
        Form::Csv => output.line(report.csv().trim_end()),
        Form::Json => output.json(&report.json()),
    }
}

/// The last moment of a day.
fn end_of(day: Date) -> Result<Timestamp, Failure> {
    let next = day.tomorrow().and_then(|next| next.to_zoned(TimeZone::UTC));
    let end = next.and_then(|next| next.timestamp().checked_sub(jiff::SignedDuration::from_nanos(1)));
    end.map_err(|error| Failure::Usage(format!("{day} cannot be counted at: {error}; give another day")))
}
