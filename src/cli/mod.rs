//! The command line: what an operator types, and what he gets to read.

mod arguments;
mod cases;
mod checking;
mod comparing;
mod demo;
mod digest;
mod exempting;
mod explained;
mod iana;
mod importing;
mod inspect;
mod inviting;
mod journal;
mod left;
mod open;
mod output;
mod persons;
mod public_page;
mod reconciling;
mod regions;
mod report;
mod retention;
mod rights;
mod roster;
mod running;
mod service;
mod settling;
mod stats;
mod storing;

use std::process::ExitCode;

use clap::Parser as _;

use crate::cli::arguments::{Arguments, Command};
use crate::cli::output::{Failure, Output};
use crate::domain::event::RulingVerdict;

/// Runs the command that was typed. Exit status: 0 done, 1 done but something needs a person, 2 wrong usage or
/// configuration, nothing done.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let wrong = error.use_stderr();
            // Where even that cannot be printed, the exit status still tells.
            drop(error.print());
            return if wrong { ExitCode::from(2) } else { ExitCode::SUCCESS };
        }
    };
    let mut output = Output::standard();
    let result = run(arguments.command, &mut output).and_then(|()| output.flush());
    match result {
        Err(Failure::NeedsPerson(text)) => {
            output.complain(&text);
            ExitCode::from(1)
        }
        Err(Failure::Usage(text)) => {
            output.complain(&text);
            ExitCode::from(2)
        }
        Err(Failure::Trouble(error)) => {
            output.complain(&output::told(&error));
            ExitCode::from(1)
        }
        // Whoever reads us may have heard enough, as `| head` does.
        Ok(()) | Err(Failure::Closed) => ExitCode::SUCCESS,
    }
}

fn run(command: Command, output: &mut Output) -> Result<(), Failure> {
    match command {
        Command::Demo(options) => demo::demo(&options, output),
        Command::Run(place) => running::run(&place, output),
        Command::Once(place) => running::once(&place, output),
        Command::Inspect(options) => inspect::inspect(&options, output),
        Command::Check(place) => checking::check(&place, output),
        Command::Cases(options) => cases::cases(&options, output),
        Command::Show(options) => cases::show(&options, output),
        Command::Approve(options) => cases::rule(&options, RulingVerdict::Approve, output),
        Command::Ask(options) => cases::rule(&options, RulingVerdict::Ask, output),
        Command::Reject(options) => cases::reject(&options, output),
        Command::Take(options) => cases::rule(&options, RulingVerdict::Take, output),
        Command::Later(options) => cases::rule(&options, RulingVerdict::Later, output),
        Command::Refer(options) => cases::rule(&options, RulingVerdict::Refer, output),
        Command::Undo(options) => cases::rule(&options, RulingVerdict::Undo, output),
        Command::Exempt(options) => exempting::exempt(options, output),
        Command::Roster(options) => roster::roster(&options, output),
        Command::Digest(options) => digest::digest(&options, output),
        Command::Stats(options) => stats::stats(&options, output),
        Command::Report(options) => report::report(&options, output),
        Command::Iana(options) => iana::iana(&options, output),
        Command::Region(options) => regions::region(&options, output),
        Command::Invite(options) => inviting::invite(options, output),
        Command::Person(options) => persons::person(options, output),
        Command::Retention(options) => retention::retention(&options, output),
        Command::Journal(options) => journal::journal(&options, output),
        Command::Store(options) => storing::store(&options, output),
        Command::Completions(options) => output.completions(options.shell),
    }
}
