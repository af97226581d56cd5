//! What is decided at the shell while the program runs: a file each in the store's folder, which it takes in at its next turn.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::cli::open::Installation;
use crate::cli::output::Failure;
use crate::config::Config;
use crate::shell::clock::SystemClock;
use crate::world::Clock as _;

/// What became of a decision that was left.
pub(super) enum Outcome {
    /// It was taken in, now or before.
    TakenIn,
    /// It cannot be used, for this reason.
    Unusable(anyhow::Error),
}

/// The store, where no program has it open; else the decision is left for the one that has.
pub(super) fn open_or_leave<T: Serialize>(
    config: Config,
    (folder, prefix): (&str, &str),
    decision: &T,
) -> Result<Option<Installation>, Failure> {
    let folder = config.store.join(folder);
    let installation = Installation::open_alone(config)?;
    if installation.is_none() {
        leave(&folder, prefix, decision)?;
    }
    Ok(installation)
}

/// Leaves a decision where the running program finds it: whole or not at all. Two of the same words at two times are two.
fn leave<T: Serialize>(folder: &Path, prefix: &str, decision: &T) -> Result<(), Failure> {
    fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    let text = serde_json::to_string(decision)?;
    let name = format!("{prefix}{}-{}", SystemClock.now().as_millisecond(), std::process::id());
    let unfinished = folder.join(format!("{name}.tmp"));
    fs::write(&unfinished, text).with_context(|| format!("writing {}", unfinished.display()))?;
    let finished = folder.join(format!("{name}.json"));
    fs::rename(&unfinished, &finished).with_context(|| format!("writing {}", finished.display()))?;
    Ok(())
}

/// Takes in what was left, each under its name, in their order. `take` must know again what it took in before a stop. What
/// cannot be used is put aside, with the reason in the log, which calls it `what`.
pub(super) fn take_in<T: DeserializeOwned>(
    folder: &Path,
    what: &str,
    mut take: impl FnMut(&str, T) -> Result<Outcome, Failure>,
) -> Result<(), Failure> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
    let mut paths: Vec<PathBuf> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    paths.sort();
    for path in paths {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let read = fs::read_to_string(&path).map_err(anyhow::Error::from);
        let outcome = match read.and_then(|text| Ok(serde_json::from_str(&text)?)) {
            Ok(decision) => take(&name, decision)?,
            Err(error) => Outcome::Unusable(error),
        };
        let put_aside = match outcome {
            Outcome::TakenIn => fs::remove_file(&path),
            Outcome::Unusable(error) => {
                tracing::error!("{what}{} cannot be used and is put aside: {error:#}", path.display());
                fs::rename(&path, path.with_extension("unusable"))
            }
        };
        if let Err(error) = put_aside {
            // It is not taken in twice; somebody must mend the folder's rights.
            tracing::error!(
                "{} cannot be put aside: {error}; mend the rights of that folder",
                path.display()
            );
        }
    }
    Ok(())
}
