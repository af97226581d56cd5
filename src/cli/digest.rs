//! `digest`: the mail with the contact repository, shown or sent.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use serde::{Deserialize, Serialize};

use crate::bot::Bot;
use crate::bot::history::history;
use crate::bot::records::Records;
use crate::cli::arguments::Place;
use crate::cli::left::{self, Outcome};
use crate::cli::open;
use crate::cli::output::{Failure, Output};
use crate::config::Config;
use crate::domain::case::Thread;
use crate::domain::notice::{Facts, Notice, NoticeKind};
use crate::domain::repository::Repository;
use crate::shell::clock::SystemClock;
use crate::store::Snapshot;
use crate::world::Clock as _;
use crate::writing::repository::attachments;

/// Where wishes to send it wait for the running program, in the store's folder.
const SENDING: &str = "sending";

/// What `digest` takes.
#[derive(Args, Debug)]
pub(super) struct DigestOptions {
    #[command(flatten)]
    place: Place,
    /// Send it now, to the address that [repository] names
    #[arg(long, conflicts_with = "save")]
    send: bool,
    /// Write the mail's text, the cards and the table into this folder
    #[arg(long, value_name = "DIR")]
    save: Option<PathBuf>,
}

/// The wish that it be sent, as it waits for the program.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
enum Wish {
    SendRepository,
}

pub(super) fn digest(options: &DigestOptions, output: &mut Output) -> Result<(), Failure> {
    let config = open::config(&options.place.config)?;
    if options.send {
        return send(config, output);
    }
    let snapshot = open::snapshot(&config)?;
    let (repository, text) = written(&config, &snapshot)?;
    match &options.save {
        Some(folder) => save(folder, &repository, &text, output),
        None => show(&repository, &text, output),
    }
}

/// The repository of now, and the text of its mail.
fn written(config: &Config, snapshot: &Snapshot) -> Result<(Repository, String), Failure> {
    let settings = open::settings(config)?;
    let history = history(snapshot.lines())?;
    let repository = Records::new(snapshot).repository(&settings, &history, SystemClock.now())?;
    let notice = Notice {
        kind: NoticeKind::Repository,
        to: Vec::new(),
        name: None,
        token: None,
        thread: Thread::default(),
        language: None,
        facts: Facts { repository: Some(Box::new(repository.clone())), ..Facts::default() },
    };
    let text = settings.templates.write(&notice, &settings.sender.name).map_err(anyhow::Error::from)?;
    Ok((repository, format!("Subject: {}\n\n{}", text.subject, text.body.replace("\r\n", "\n"))))
}

fn show(repository: &Repository, text: &str, output: &mut Output) -> Result<(), Failure> {
    for line in text.lines() {
        output.line(line.trim_end())?;
    }
    for file in attachments(repository) {
        output.line(&format!("[attached: {}, {} octets]", file.name, file.octets.len()))?;
    }
    Ok(())
}

fn save(folder: &Path, repository: &Repository, text: &str, output: &mut Output) -> Result<(), Failure> {
    std::fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    let mail = (format!("tld-ops-{}.txt", repository.day()), text.as_bytes().to_vec());
    let files = attachments(repository).into_iter().map(|file| (file.name, file.octets));
    for (name, octets) in std::iter::once(mail).chain(files) {
        let path = folder.join(name);
        std::fs::write(&path, octets).with_context(|| format!("writing {}", path.display()))?;
        output.line(&format!("{} is written.", path.display()))?;
    }
    Ok(())
}

/// Sends it at once where no program has the store open; else leaves the wish for that one.
fn send(config: Config, output: &mut Output) -> Result<(), Failure> {
    let Some(to) = config.repository.to.clone() else {
        let says = "[repository] names nobody to send it to; write to = \"the list's address\" there";
        return Err(Failure::Usage(says.to_owned()));
    };
    let Some(installation) = left::open_or_leave(config, (SENDING, ""), &Wish::SendRepository)? else {
        return output.line(&format!("The running program sends it to {to} at its next turn."));
    };
    let mut bot = installation.bot()?;
    bot.send_repository()?;
    bot.turn()?;
    output.line(&format!("It is on its way to {to}."))
}

/// Sends it where somebody wished so while the program ran. A stop in between sends it once more, which harms nobody.
pub(super) fn take_in_sending(store: &Path, bot: &mut Bot<'_>) -> Result<(), Failure> {
    left::take_in(&store.join(SENDING), "", |_, wish: Wish| match wish {
        Wish::SendRepository => {
            bot.send_repository()?;
            tracing::info!("the contact repository is sent, as somebody asked");
            Ok(Outcome::TakenIn)
        }
    })
}
