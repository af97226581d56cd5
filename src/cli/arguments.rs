//! The words of the command line, each with its help and an example.

use std::path::PathBuf;

use clap::{Args, CommandFactory as _, Parser, Subcommand};
use clap_complete::Shell;
use jiff::civil::Date;

use crate::cli::demo::DemoOptions;
use crate::cli::digest::DigestOptions;
use crate::cli::exempting::ExemptOptions;
use crate::cli::inviting::InviteOptions;
use crate::cli::persons::PersonOptions;
use crate::cli::regions::RegionOptions;
use crate::cli::report::ReportOptions;
use crate::cli::retention::RetentionOptions;
use crate::cli::roster::RosterOptions;
use crate::cli::stats::StatsOptions;
use crate::domain::address::Address;
use crate::domain::case::CaseId;
use crate::domain::tld::Tld;

/// TLD-OPS: reads the request mailbox, proves who wrote, has changes confirmed, keeps the contact repository.
#[derive(Debug, Parser)]
#[command(name = "tldops", version, arg_required_else_help = true, after_help = "Example:\n  tldops demo")]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Play a sample mailbox through the whole program and show the conversation, mail by mail
    #[command(
        after_help = "Needs no server, no configuration and no network.\n\nExample:\n  tldops demo --keep /tmp/demo"
    )]
    Demo(DemoOptions),
    /// Run for good: take in what comes, watch the clock, send
    #[command(after_help = "Example:\n  tldops run -c /etc/tldops/tldops.toml")]
    Run(Place),
    /// Run one turn: take in all that waits, do what is due, send, end
    #[command(
        after_help = "Example, every five minutes from cron:\n  */5 * * * * tldops once -c /etc/tldops/tldops.toml"
    )]
    Once(Place),
    /// Say how mails are understood, who wrote them and what would be done; store and send nothing
    #[command(
        after_help = "Example:\n  tldops inspect --dns zone.db --iana iana.json --roster roster.jsonl mail.eml"
    )]
    Inspect(InspectOptions),
    /// Try everything that the configuration names; say what is wrong and how to mend it
    #[command(
        after_help = "Ends with 1 where something is wrong.\n\nExample:\n  tldops check -c /etc/tldops/tldops.toml"
    )]
    Check(Place),
    /// List the requests
    #[command(after_help = "Example:\n  tldops cases --open")]
    Cases(CasesOptions),
    /// Show one request's whole story
    #[command(after_help = "Example:\n  tldops show R-17")]
    Show(ShowOptions),
    /// Let a request go on in spite of the doubts
    #[command(
        after_help = "The admin contact and every new contact must still say yes.\n\nExample:\n  tldops approve R-17 --note \"called the registry, it is right\""
    )]
    Approve(RulingOptions),
    /// Close a request; all concerned are told why
    #[command(after_help = "Example:\n  tldops reject R-17 --note \"a role address cannot be a contact\"")]
    Reject(RulingOptions),
    /// Ask the sender of a request for what is missing, and what would settle the doubts
    #[command(
        after_help = "Example:\n  tldops ask R-17 --note \"Is Ann Bee the first or the second contact?\""
    )]
    Ask(RulingOptions),
    /// Deal with a request yourself: the secretariat is told, and you alone are reminded
    #[command(after_help = "Example:\n  tldops take R-17 --by kim@list.example")]
    Take(RulingOptions),
    /// Put a request off: no reminder for some time
    #[command(after_help = "Example:\n  tldops later R-17")]
    Later(RulingOptions),
    /// Ask the standing committee what it thinks of a request
    #[command(after_help = "Example:\n  tldops refer R-17 --note \"is a holding company enough?\"")]
    Refer(RulingOptions),
    /// Undo a change that somebody objects to: the entry becomes what it was before
    #[command(after_help = "Example:\n  tldops undo R-17 --note \"the contacts know nothing of it\"")]
    Undo(RulingOptions),
    /// Let a rule on contacts not hold somebody up, until a day or until it is ended
    #[command(
        after_help = "Example:\n  tldops exempt add noc@registry.example --from role --until 2027-06-30 --why \"a staff of two\""
    )]
    Exempt(ExemptOptions),
    /// Show the contact repository
    #[command(after_help = "Example:\n  tldops roster list --json")]
    Roster(RosterOptions),
    /// Show the mail with the contact repository, or send it
    #[command(after_help = "Example:\n  tldops digest --save repository")]
    Digest(DigestOptions),
    /// How many ccTLDs are members, by region, on any day
    #[command(
        after_help = "Example:\n  tldops stats --at 2026-06-30 --since 2025-12-31 --form markdown\n  tldops stats --form map > map.svg"
    )]
    Stats(StatsOptions),
    /// Write the public page: which ccTLDs are members, and which are not yet
    #[command(
        after_help = "It names no person. The running program writes it after each change and every day, where [page] names a folder.\n\nExample:\n  tldops report --to /var/www/tld-ops"
    )]
    Report(ReportOptions),
    /// The admin contacts that IANA publishes: read them again, show them, tell what changed
    #[command(after_help = "Example:\n  tldops iana show nl")]
    Iana(IanaOptions),
    /// The part of a regional organization: print it, or take in what its own list proposes
    #[command(after_help = "Example:\n  tldops region export CENTR --form csv")]
    Region(RegionOptions),
    /// Invite ccTLDs that are no members: shows whom, in which language, and who is left out, and begins after a yes
    #[command(
        after_help = "One mail to each admin contact, in batches; the running program sends them, repeats them, and remembers who declines.\n\nExample:\n  tldops invite --region AF --batch 5 --pause 1d --plan\n  tldops invite list"
    )]
    Invite(InviteOptions),
    /// What is held of a person: show it, or erase it
    #[command(after_help = "Example:\n  tldops person show jane.doe@registry.example")]
    Person(PersonOptions),
    /// Show what nobody needs any more, and when the running program lets it go
    #[command(
        after_help = "[policy.retention] sets for how many days what is kept. Nothing is removed by this command.\n\nExample:\n  tldops retention"
    )]
    Retention(RetentionOptions),
    /// Check or print the audit trail
    #[command(after_help = "Example:\n  tldops journal verify")]
    Journal(JournalOptions),
    /// Back the store up, bring it back, or make it anew from the journal
    #[command(after_help = "Example:\n  tldops store export > backup.jsonl")]
    Store(StoreOptions),
    /// Print the completions for a shell
    #[command(after_help = "Example:\n  tldops completions bash > /etc/bash_completion.d/tldops")]
    Completions(CompletionsOptions),
}

/// Which configuration.
#[derive(Args, Clone, Debug)]
pub(super) struct Place {
    /// The configuration file
    #[arg(short = 'c', long = "config", value_name = "FILE", default_value = "tldops.toml")]
    pub(super) config: PathBuf,
}

/// What `inspect` takes.
#[derive(Args, Debug)]
pub(super) struct InspectOptions {
    /// Print one JSON object a mail
    #[arg(long)]
    pub(super) json: bool,
    /// Answer every DNS question from this zone file instead of asking the system's DNS servers
    #[arg(long, value_name = "ZONE")]
    pub(super) dns: Option<PathBuf>,
    /// A snapshot of IANA's contacts
    #[arg(long, value_name = "FILE")]
    pub(super) iana: Option<PathBuf>,
    /// The current roster, as `tldops roster export` writes it
    #[arg(long, value_name = "FILE")]
    pub(super) roster: Option<PathBuf>,
    /// Our own address; a mail that has none of them in To or Cc was not written to us. May be repeated
    #[arg(long, value_name = "ADDRESS")]
    pub(super) mailbox: Vec<Address>,
    /// An address of the secretariat. May be repeated
    #[arg(long, value_name = "ADDRESS")]
    pub(super) secretariat: Vec<Address>,
    /// The time at which it is judged, as in 2026-11-20T18:00:00Z; now by default
    #[arg(long, value_name = "RFC3339")]
    pub(super) now: Option<jiff::Timestamp>,
    /// Mails: `.eml` files, folders of them, mbox files, or `-` for standard input
    #[arg(required = true, value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
}

/// What `cases` takes.
#[derive(Args, Debug)]
pub(super) struct CasesOptions {
    #[command(flatten)]
    pub(super) place: Place,
    /// Only those that are open
    #[arg(long)]
    pub(super) open: bool,
    /// Print one JSON object a case
    #[arg(long)]
    pub(super) json: bool,
}

/// What `show` takes.
#[derive(Args, Debug)]
pub(super) struct ShowOptions {
    #[command(flatten)]
    pub(super) place: Place,
    /// The case, as in R-17
    #[arg(value_parser = CaseId::named)]
    pub(super) case: CaseId,
    /// Print one JSON object
    #[arg(long)]
    pub(super) json: bool,
}

/// What a ruling takes.
#[derive(Args, Debug)]
pub(super) struct RulingOptions {
    #[command(flatten)]
    pub(super) place: Place,
    /// The case, as in R-17
    #[arg(value_parser = CaseId::named)]
    pub(super) case: CaseId,
    /// Why; with `reject` it is shown to all concerned
    #[arg(long, default_value = "")]
    pub(super) note: String,
    /// Who rules, for the journal
    #[arg(long, default_value = "the secretariat, at the shell")]
    pub(super) by: String,
}

/// What `iana` takes.
#[derive(Args, Debug)]
pub(super) struct IanaOptions {
    #[command(subcommand)]
    pub(super) command: IanaCommand,
}

/// What can be done with IANA's contacts.
#[derive(Debug, Subcommand)]
pub(super) enum IanaCommand {
    /// Read the records of all ccTLDs again, one after another with pauses; goes on where it was stopped
    #[command(
        after_help = "Takes some twenty minutes. Stop it with Ctrl-C; the next one goes on from there.\n\nExample:\n  tldops iana refresh -c /etc/tldops/tldops.toml"
    )]
    Refresh {
        #[command(flatten)]
        place: Place,
        /// Print one JSON object a ccTLD
        #[arg(long)]
        json: bool,
    },
    /// Show both contacts of a ccTLD, which channels gave them, when, and what they were before
    #[command(after_help = "Example:\n  tldops iana show nl")]
    Show {
        #[command(flatten)]
        place: Place,
        /// The ccTLD, as in nl or .рф
        tld: Tld,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Take a snapshot file into the store; what was read from IANA later stays
    #[command(
        after_help = "The file is a JSON array:\n  [{\"tld\":\"nl\",\"admin\":{\"email\":\"…\"},\"retrieved\":\"2026-11-20T00:00:00Z\"}, …]\n\nExample:\n  tldops iana import iana.json"
    )]
    Import {
        #[command(flatten)]
        place: Place,
        /// The snapshot
        file: PathBuf,
        /// Print one JSON object a ccTLD
        #[arg(long)]
        json: bool,
    },
    /// Tell which records changed, and how
    #[command(after_help = "Example:\n  tldops iana changes --from 2026-01-01 --to 2026-03-31")]
    Changes {
        #[command(flatten)]
        place: Place,
        /// The first day (UTC); from the beginning by default
        #[arg(long, value_name = "DATE")]
        from: Option<Date>,
        /// The last day (UTC); until today by default
        #[arg(long, value_name = "DATE")]
        to: Option<Date>,
        /// Print one JSON object a change
        #[arg(long)]
        json: bool,
    },
}

/// What `journal` takes.
#[derive(Args, Debug)]
pub(super) struct JournalOptions {
    #[command(subcommand)]
    pub(super) command: JournalCommand,
}

/// What can be done with the journal.
#[derive(Debug, Subcommand)]
pub(super) enum JournalCommand {
    /// Find any altered, removed or reordered line, and name it
    Verify(Place),
    /// Print it, one line an event
    Export {
        #[command(flatten)]
        place: Place,
        /// Print one JSON object a line, with all evidence
        #[arg(long)]
        json: bool,
    },
}

/// What `store` takes.
#[derive(Args, Debug)]
pub(super) struct StoreOptions {
    #[command(subcommand)]
    pub(super) command: StoreCommand,
}

/// What can be done with the store.
#[derive(Debug, Subcommand)]
pub(super) enum StoreCommand {
    /// Print the whole store as JSON lines: the backup
    Export(Place),
    /// Bring a backup back, from standard input, into an empty store
    Import(Place),
    /// Make the tables anew from the journal file
    Rebuild(Place),
}

/// What `completions` takes.
#[derive(Args, Debug)]
pub(super) struct CompletionsOptions {
    /// The shell
    pub(super) shell: Shell,
}

/// The whole command, for completions.
pub(super) fn command() -> clap::Command {
    Arguments::command()
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::Arguments;

    const GUIDE: &str = include_str!("../../deploy/README.md");

    /// The words of a command as a shell parts them, up to where its output goes.
    fn words(command: &str) -> Vec<String> {
        let command = command.split(['<', '>', '|']).next().unwrap();
        let parts = command.split('"').enumerate();
        parts
            .flat_map(|(place, part)| match place % 2 {
                0 => part.split_whitespace().map(str::to_owned).collect(),
                _ => vec![part.to_owned()],
            })
            .collect()
    }

    #[test]
    fn every_command_of_the_guide_is_one() {
        let commands: Vec<&str> = GUIDE
            .lines()
            .filter_map(|line| Some(line.strip_prefix("runuser -u tldops -- tldops ")?.trim()))
            .collect();
        assert!(commands.len() >= 15, "{commands:?}");
        for command in commands {
            let typed = std::iter::once("tldops".to_owned()).chain(words(command));
            assert!(Arguments::try_parse_from(typed).is_ok(), "{command}");
        }
    }
}
