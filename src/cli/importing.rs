//! `roster import`: the contacts that other registers list, shown as a plan, and taken in after a yes.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use serde_json::json;

use crate::bot::records::Records;
use crate::cli::arguments::Place;
use crate::cli::comparing::agreed;
use crate::cli::open::{self, Installation};
use crate::cli::output::{Failure, Output};
use crate::config::Config;
use crate::domain::address::Address;
use crate::domain::cctlds::KnownTlds;
use crate::domain::import::{Ground, ImportPlan, Standing};
use crate::domain::listed::{Listed, Source};
use crate::reading::registers::{self, FILE_OCTETS_MAX, Register};
use crate::shell::clock::SystemClock;
use crate::store::Snapshot;
use crate::world::Clock as _;
use crate::writing::import_plan;

/// Rights of a plan's file: it has telephone numbers in it.
const PLAN_MODE: u32 = 0o600;

/// What `roster import` takes.
#[derive(Args, Debug)]
pub(super) struct ImportOptions {
    #[command(flatten)]
    place: Place,
    /// Member dumps, spreadsheets, cards, or a plan that was settled
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Write the plan into this file, as a table to settle and give back; change nothing
    #[arg(long, value_name = "FILE", conflicts_with = "yes")]
    plan: Option<PathBuf>,
    /// In which letters text files are written, as in windows-1252, where they do not say it themselves
    #[arg(long, value_name = "LABEL")]
    charset: Option<String>,
    /// Do not ask; what is not certain stays out all the same
    #[arg(long)]
    yes: bool,
    /// Who wants it, for the journal
    #[arg(long, default_value = "the secretariat, at the shell")]
    by: String,
    /// Print one JSON object a line that was read
    #[arg(long)]
    json: bool,
}

pub(super) fn import(options: &ImportOptions, output: &mut Output) -> Result<(), Failure> {
    let config = open::config(&options.place.config)?;
    if options.plan.is_none()
        && let Some(installation) = Installation::open_alone(config.clone())?
    {
        let mut bot = installation.bot()?;
        let (plan, sources) = planned(options, &config, &bot.records)?;
        show(&plan, &sources, options, output)?;
        if plan.is_empty() {
            return ended(&plan, output);
        }
        output.flush()?;
        if !options.yes && !agreed(output)? {
            let says = "nothing was taken in; --yes takes in what is certain";
            return Err(Failure::NeedsPerson(says.to_owned()));
        }
        bot.adopt(&plan, &sources, &options.by)?;
        output.line(&format!(
            "Taken in: {} contacts of {} ccTLDs, {} persons without one.",
            plan.count(Standing::Taken),
            plan.changes.len(),
            plan.liaisons.len()
        ))?;
        return ended(&plan, output);
    }
    let (plan, sources) = if Snapshot::exists(&config.store) {
        planned(options, &config, &Records::new(&Snapshot::read(&config.store)?))?
    } else {
        let empty = tempfile::tempdir().context("making a folder")?;
        let store = crate::store::Store::open(empty.path())?;
        planned(options, &config, &Records::new(&store))?
    };
    show(&plan, &sources, options, output)?;
    let Some(path) = &options.plan else {
        let says =
            "the program is running; stop it, import, and start it again; --plan writes the plan meanwhile";
        return Err(Failure::Usage(says.to_owned()));
    };
    write_plan(path, &plan)?;
    output.line(&format!("The plan is written to {}; nothing was changed.", path.display()))?;
    output.line("Write take, skip or liaison into its first column, mend what is wrong, and give it to `tldops roster import`.")?;
    ended(&plan, output)
}

/// What is left for a person.
fn ended(plan: &ImportPlan, output: &mut Output) -> Result<(), Failure> {
    if plan.needs_person() {
        return Err(Failure::NeedsPerson(format!(
            "{} lines are not certain and {} refused; --plan FILE writes them as a table to settle",
            plan.count(Standing::Unsure),
            plan.count(Standing::Refused)
        )));
    }
    if plan.is_empty() { output.line("There is nothing to take in.") } else { Ok(()) }
}

/// The plan for these files against the contacts as they are.
fn planned(
    options: &ImportOptions,
    config: &Config,
    records: &Records<'_>,
) -> Result<(ImportPlan, Vec<Source>), Failure> {
    let known = known(config, records)?;
    let mut listed: Vec<Listed> = Vec::new();
    let mut sources = Vec::new();
    for path in &options.files {
        let Register { source, people } = read(path, options.charset.as_deref(), &known)?;
        sources.push(source);
        listed.extend(people);
    }
    let (roster, exemptions) = (records.roster()?, records.exemptions()?);
    let ground =
        Ground { roster: &roster, exemptions: &exemptions, policy: &config.policy, now: SystemClock.now() };
    Ok((ImportPlan::new(&listed, &ground), sources))
}

/// The ccTLDs that a register may name.
pub(super) fn known(config: &Config, records: &Records<'_>) -> Result<KnownTlds, Failure> {
    Ok(KnownTlds::built_in().with(open::registry(config, records)?.tlds()))
}

/// Reads a register.
pub(super) fn read(path: &Path, charset: Option<&str>, known: &KnownTlds) -> Result<Register, Failure> {
    let octets = octets(path)?;
    let name = path
        .file_name()
        .map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned());
    let file = registers::File { name: &name, octets: &octets, charset };
    registers::read(&file, known).map_err(|error| Failure::Usage(format!("{}: it {error}", path.display())))
}

/// The octets of a file, and one more than is read at the most.
pub(super) fn octets(path: &Path) -> Result<Vec<u8>, Failure> {
    let failed =
        |error: std::io::Error| Failure::Usage(format!("{} cannot be read: {error}", path.display()));
    let mut octets = Vec::new();
    let most = u64::try_from(FILE_OCTETS_MAX).unwrap_or(u64::MAX).saturating_add(1);
    File::open(path).map_err(failed)?.take(most).read_to_end(&mut octets).map_err(failed)?;
    Ok(octets)
}

fn show(
    plan: &ImportPlan,
    sources: &[Source],
    options: &ImportOptions,
    output: &mut Output,
) -> Result<(), Failure> {
    if options.json {
        return plan.items.iter().try_for_each(|item| {
            let person = &item.person;
            output.json(&json!({
                "standing": item.standing, "at": person.at, "written": person.written, "tld": item.tld, "rank": item.rank,
                "name": person.name, "email": person.email.as_ref().map(Address::lower),
                "secondary_email": person.second.as_ref().map(Address::lower), "phone": person.phone,
                "points": item.points,
            }))
        });
    }
    import_plan::lines(plan, sources).iter().try_for_each(|line| output.line(line))
}

/// Writes the plan, where there is no such file: it may have decisions in it.
fn write_plan(path: &Path, plan: &ImportPlan) -> Result<(), Failure> {
    let file = OpenOptions::new().write(true).create_new(true).mode(PLAN_MODE).open(path);
    let mut file = file.map_err(|error| {
        Failure::Usage(format!(
            "{} cannot be written: {error}; name a file that is not there yet",
            path.display()
        ))
    })?;
    file.write_all(import_plan::rows(plan).as_bytes())
        .with_context(|| format!("writing {}", path.display()))?;
    Ok(())
}
