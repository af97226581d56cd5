//! `run` and `once`: the program at work.

use std::time::Duration;

use anyhow::Context as _;

use crate::bot::records::Records;
use crate::bot::{Bot, Turn};
use crate::cli::arguments::Place;
use crate::cli::cases::take_in_rulings;
use crate::cli::open;
use crate::cli::output::{Failure, Output};
use crate::config::{Config, LogFormat};
use crate::store::Store;

/// One turn.
pub(super) fn once(place: &Place, output: &mut Output) -> Result<(), Failure> {
    let config = open::config(&place.config)?;
    start_log(&config);
    let settings = open::settings(&config)?;
    let store = Store::open(&config.store)?;
    let world = open::world(&config, &Records::new(&store))?;
    let mut bot = Bot::new(&settings, world, &store)?;
    take_in_rulings(&config.store, &mut bot)?;
    bot.watch()?;
    let turn = bot.turn()?;
    output.line(&in_words(&turn))
}

/// Turn after turn, until it is told to stop. A stop waits for the end of the turn.
pub(super) fn run(place: &Place, output: &mut Output) -> Result<(), Failure> {
    let config = open::config(&place.config)?;
    start_log(&config);
    let settings = open::settings(&config)?;
    let store = Store::open(&config.store)?;
    let world = open::world(&config, &Records::new(&store))?;
    let mut bot = Bot::new(&settings, world, &store)?;
    output.line("tldops runs; stop it with Ctrl-C or SIGTERM")?;
    output.flush()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let runtime = runtime.context("starting the runtime")?;
    let pause = Duration::from_secs(config.poll_seconds.into());
    loop {
        take_in_rulings(&config.store, &mut bot)?;
        bot.watch()?;
        let turn = bot.turn()?;
        if turn != Turn::default() {
            tracing::info!("{}", in_words(&turn));
        }
        if runtime.block_on(stopped_within(pause))? {
            return output.line("tldops was stopped, between two turns");
        }
    }
}

/// Waits for the next turn; true where a signal to stop came first.
async fn stopped_within(pause: Duration) -> Result<bool, Failure> {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        () = tokio::time::sleep(pause) => Ok(false),
        result = tokio::signal::ctrl_c() => { result?; Ok(true) }
        _ = terminate.recv() => Ok(true),
    }
}

fn in_words(turn: &Turn) -> String {
    let Turn { taken_in, left, moved_by_time, carried_out, postponed } = turn;
    format!("{taken_in} mails taken in, {left} left for later, {moved_by_time} cases moved by time, {carried_out} effects carried out, {postponed} postponed")
}

/// The log goes to standard error. Libraries that would show secrets are never louder than `info`.
fn start_log(config: &Config) {
    let filter = tracing_subscriber::EnvFilter::new(format!("{},sled=warn,mail_auth=warn", config.log.level.as_str()));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second start within one process is a test's; it keeps the first.
    let started = match config.log.format {
        LogFormat::Text => builder.with_ansi(false).try_init(),
        LogFormat::Json => builder.json().try_init(),
    };
    drop(started);
}
