//! `store`: the backup, its way back, and the tables made anew.

use std::io;

use crate::cli::arguments::{StoreCommand, StoreOptions};
use crate::cli::open;
use crate::cli::output::{Failure, Output};
use crate::cli::rights;
use crate::store::{export, import, rebuild};

pub(super) fn store(options: &StoreOptions, output: &mut Output) -> Result<(), Failure> {
    match &options.command {
        StoreCommand::Export(place) => {
            let config = open::config(&place.config)?;
            rights::of_store(&config.store)?;
            export(&config.store, output.raw())?;
            output.flush()
        }
        StoreCommand::Import(place) => {
            let config = open::config(&place.config)?;
            rights::of_store(&config.store)?;
            let imported = import(&config.store, &mut io::stdin().lock())?;
            output.line(&format!(
                "Imported {} journal lines, {} records and {} mails.",
                imported.head.seq, imported.records, imported.mails
            ))
        }
        StoreCommand::Rebuild(place) => {
            let config = open::config(&place.config)?;
            rights::of_store(&config.store)?;
            let rebuilt = rebuild(&config.store)?;
            let aside = rebuilt
                .aside
                .map_or_else(String::new, |path| format!("; the former tables lie in {}", path.display()));
            output.line(&format!("The tables were made anew from {} journal lines{aside}.", rebuilt.head.seq))
        }
    }
}
