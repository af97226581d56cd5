//! `stats`: the tables of the membership, for any day, and its charts.

use clap::{Args, ValueEnum};
use jiff::civil::Date;
use jiff::{Timestamp, tz::TimeZone};

use crate::bot::history::{confirmations_at, history};
use crate::bot::records::Records;
use crate::cli::arguments::Place;
use crate::cli::open;
use crate::cli::output::{Failure, Output};
use crate::domain::freshness::Freshness;
use crate::domain::growth::{Point, growth};
use crate::domain::history::History;
use crate::domain::invited::{Outreach, invited};
use crate::domain::regions::{Assignment, Regions};
use crate::domain::statistics::{Movement, Statistics};
use crate::shell::clock::SystemClock;
use crate::world::Clock as _;
use crate::writing::captions::Captions;
use crate::writing::charts;
use crate::writing::statistics::Report;
use crate::writing::workbook;

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
    /// Count by these regions, in place of those that [statistics] sets
    #[arg(long, value_enum)]
    regions: Option<By>,
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
    /// A workbook, to be put into a file
    Xlsx,
    /// The map of the world (SVG), to be put into a file
    Map,
    /// Bars of the coverage by region (SVG)
    Coverage,
    /// Curves of the growth (SVG)
    Growth,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
enum By {
    /// ICANN's list of geographic regions
    Icann,
    /// The same, but for those that TLD-OPS has counted elsewhere
    TldOps,
}

pub(super) fn stats(options: &StatsOptions, output: &mut Output) -> Result<(), Failure> {
    let day = options.at.unwrap_or_else(today);
    if options.since.is_some_and(|since| since > day) {
        return Err(Failure::Usage("--since is a later day than --at; give an earlier one".to_owned()));
    }
    let config = open::config(&options.place.config)?;
    let regions = match options.regions {
        Some(By::Icann) => Regions::built_in(Assignment::Icann),
        Some(By::TldOps) => Regions::built_in(Assignment::TldOps),
        None => config.regions.clone(),
    };
    let snapshot = open::snapshot(&config)?;
    let history = history(snapshot.lines())?;
    let membership = Membership::on(day, &history, &regions)?;
    let mut report = membership.report(&regions);
    if let Some(since) = options.since {
        let (from, until) = (end_of(since)?, end_of(day)?);
        let moved = Movement::of(&history.between(from, until), history.made(from, until));
        report.movement = Some((since.to_string(), moved));
    }
    let end = end_of(day)?;
    let (roster, confirmations) = (history.roster_at(end), confirmations_at(snapshot.lines(), end)?);
    let now = end.min(SystemClock.now());
    report.freshness = Some(Freshness::of(&roster, &confirmations, &regions, (now, day)));
    let records = Records::new(&snapshot);
    let (declines, unwilling) = (records.declines()?, records.all_unwilling()?);
    let all = invited(&records.invitations()?, (&declines, &unwilling), (&history.roster_at(end), end));
    report.outreach = Outreach::of(&all, &regions, day);
    let captions = Captions::english();
    match if options.json { Form::Json } else { options.form } {
        Form::Text => output.line(&report.text()),
        Form::Markdown => output.line(&report.markdown()),
        Form::Csv => output.line(report.csv().trim_end()),
        Form::Json => output.json(&report.json()),
        Form::Xlsx => output.octets(&workbook::write(&report, day)?),
        Form::Map => output.write(&charts::map(report.statistics, &captions).file()),
        Form::Coverage => output.write(&charts::coverage(report.statistics, &captions).file()),
        Form::Growth => output.write(&charts::growth(&report.growth, &captions).file()),
    }
}

/// The membership on a day: what all forms are made of.
pub(super) struct Membership {
    day: Date,
    statistics: Statistics,
    growth: Vec<Point>,
}

impl Membership {
    /// At the end of this day (in UTC), by the history of the contacts.
    pub(super) fn on(day: Date, history: &History, regions: &Regions) -> Result<Self, Failure> {
        let end = end_of(day)?;
        let statistics = Statistics::of(&history.roster_at(end), regions, day);
        Ok(Self { day, statistics, growth: growth(history, regions, (end, day)) })
    }

    /// As it is reported.
    pub(super) fn report<'a>(&'a self, regions: &'a Regions) -> Report<'a> {
        let (day, growth) = (self.day.to_string(), self.growth.clone());
        Report {
            day,
            statistics: &self.statistics,
            movement: None,
            freshness: None,
            growth,
            regions,
            outreach: Outreach::default(),
        }
    }
}

/// The day of now, in UTC.
pub(super) fn today() -> Date {
    SystemClock.now().to_zoned(TimeZone::UTC).date()
}

/// The last moment of a day.
fn end_of(day: Date) -> Result<Timestamp, Failure> {
    let next = day.tomorrow().and_then(|next| next.to_zoned(TimeZone::UTC));
    let end = next.and_then(|next| next.timestamp().checked_sub(jiff::SignedDuration::from_nanos(1)));
    end.map_err(|error| Failure::Usage(format!("{day} cannot be counted at: {error}; give another day")))
}
