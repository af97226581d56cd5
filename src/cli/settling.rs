//! `roster settle`: somebody of whom nothing could be learned was called, and what came of it is written down.

use std::path::Path;

use clap::Args;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::bot::Bot;
use crate::bot::records::Records;
use crate::bot::settling::Settlement;
use crate::cli::arguments::Place;
use crate::cli::left::{self, Outcome};
use crate::cli::open;
use crate::cli::output::{Failure, Output};
use crate::domain::address::Address;

/// The folder, in the store's, of what was settled while the program ran.
const SETTLING: &str = "settlements";

/// What `roster settle` takes.
#[derive(Args, Debug)]
pub(super) struct SettleOptions {
    #[command(flatten)]
    place: Place,
    /// His address, as `tldops roster list` shows it
    address: Address,
    /// What came of it, for whoever asks later
    #[arg(long)]
    why: String,
    /// Who dealt with it, for the journal
    #[arg(long, default_value = "the secretariat, at the shell")]
    by: String,
}

/// A settlement that waits for the program.
#[derive(Debug, Deserialize, Serialize)]
struct Waiting {
    address: Address,
    by: String,
    why: String,
    since: Timestamp,
}

/// Settles at once where no program has the store open; else leaves it for that one.
pub(super) fn settle(options: &SettleOptions, output: &mut Output) -> Result<(), Failure> {
    let SettleOptions { place, address, why, by } = options;
    if why.trim().is_empty() {
        return Err(Failure::Usage("say what came of it, with --why".to_owned()));
    }
    let config = open::config(&place.config)?;
    let Some(stale) = Records::new(&open::snapshot(&config)?).stale_of(address)? else {
        return Err(Failure::Usage(format!(
            "{address} is none of those of whom nothing could be learned; `tldops roster list` shows them"
        )));
    };
    let waiting = Waiting { address: address.clone(), by: by.clone(), why: why.clone(), since: stale.since };
    let Some(installation) = left::open_or_leave(config, (SETTLING, ""), &waiting)? else {
        return output.line("The running program takes it in at its next turn.");
    };
    installation.bot()?.settle(address, Settlement { by, why, since: Some(stale.since) })?;
    output.line(&format!(
        "{address} is off the list. What is held of him stays as it is, and as unconfirmed as it was."
    ))
}

/// Takes in what was settled while the program ran. What is settled already stays so.
pub(super) fn take_in_settlements(store: &Path, bot: &mut Bot<'_>) -> Result<(), Failure> {
    left::take_in(&store.join(SETTLING), "", |_, waiting: Waiting| {
        let Waiting { address, by, why, since } = waiting;
        let settled = bot.settle(&address, Settlement { by: &by, why: &why, since: Some(since) })?;
        tracing::info!(settled = settled.is_some(), "a settlement was taken in");
        Ok(Outcome::TakenIn)
    })
}
