//! `retention`: what nobody needs any more, and when it is let go.

use std::collections::BTreeMap;

use clap::Args;
use jiff::Timestamp;
use serde_json::json;

use crate::bot::overdue::{Shelves, Thing};
use crate::bot::records::Records;
use crate::cli::arguments::Place;
use crate::cli::open;
use crate::cli::output::{Failure, Output};
use crate::domain::policy::days_after;
use crate::domain::retention::{Kept, RetentionPolicy};
use crate::shell::clock::SystemClock;
use crate::store::{Shelf, mails_on};
use crate::world::Clock as _;

/// Days that the plan looks ahead, each a column: today, a month, a year.
const AHEAD_DAYS: [u16; 3] = [0, 30, 365];

/// What `retention` takes.
#[derive(Args, Debug)]
pub(super) struct RetentionOptions {
    #[command(flatten)]
    place: Place,
    /// Print one JSON object for each kind
    #[arg(long)]
    json: bool,
}

pub(super) fn retention(options: &RetentionOptions, output: &mut Output) -> Result<(), Failure> {
    let config = open::config(&options.place.config)?;
    let snapshot = open::snapshot(&config)?;
    let on = |shelf| Ok::<_, Failure>(mails_on(&config.store, shelf)?);
    let shelves = Shelves { incoming: on(Shelf::Incoming)?, registry: on(Shelf::Registry)? };
    let (records, policy) = (Records::new(&snapshot), &config.policy.retention);
    let now = SystemClock.now();
    let plan = AHEAD_DAYS.map(|days| counts(&records, (&shelves, policy), days_after(now, days)));
    let mut columns = Vec::new();
    for column in plan {
        columns.push(column?);
    }
    let count = |kept: Kept| columns.iter().map(move |column| column.get(&kept).copied().unwrap_or_default());
    if options.json {
        return Kept::ALL.into_iter().try_for_each(|kept| {
            let over: Vec<usize> = count(kept).collect();
            output.json(
                &json!({ "kept": kept, "days": kept.days(policy), "ahead_days": AHEAD_DAYS, "let_go": over }),
            )
        });
    }
    output.line(&format!(
        "{:<44}{:>12}{:>8}{:>12}{:>12}",
        "Let go", "kept days", "today", "in 30 days", "in a year"
    ))?;
    for kept in Kept::ALL {
        let days = match kept.days(policy) {
            None => "-".to_owned(),
            Some(0) => "for ever".to_owned(),
            Some(days) => days.to_string(),
        };
        let over: Vec<String> =
            count(kept).zip([8, 12, 12]).map(|(over, width)| format!("{over:>width$}")).collect();
        output.line(&format!("{:<44}{days:>12}{}", kept.words(), over.concat()))?;
    }
    output.line("")?;
    output.line("The running program lets it go once a day, and counts it in the journal (let_go). Each column has those before it.")?;
    output.line("The journal itself keeps every line; `tldops person erase` takes a person out of it.")
}

/// How many of each kind are let go until a moment, if nothing else happens.
fn counts(
    records: &Records<'_>,
    (shelves, policy): (&Shelves, &RetentionPolicy),
    at: Timestamp,
) -> Result<BTreeMap<Kept, usize>, Failure> {
    let mut counts: BTreeMap<Kept, usize> = BTreeMap::new();
    for Thing { kept, .. } in records.overdue(shelves, policy, at)? {
        if let Some(kept) = kept {
            *counts.entry(kept).or_default() += 1;
        }
    }
    Ok(counts)
}
