//! `run` and `once`: the program at work.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::Notify;

use crate::bot::{Bot, Turn};
use crate::cli::arguments::Place;
use crate::cli::cases::take_in_rulings;
use crate::cli::iana::take_in_refresh;
use crate::cli::open::{self, Installation};
use crate::cli::output::{Failure, Output};
use crate::config::{Config, LogFormat};

/// One turn.
pub(super) fn once(place: &Place, output: &mut Output) -> Result<(), Failure> {
    let installation = installation(place)?;
    let mut bot = installation.bot()?;
    let turn = one_turn(&installation.config, &mut bot)?;
    output.line(&in_words(&turn))
}

/// Turn after turn, until it is told to stop. A stop waits for the end of the turn.
pub(super) fn run(place: &Place, output: &mut Output) -> Result<(), Failure> {
    let installation = installation(place)?;
    let config = &installation.config;
    let mut bot = installation.bot()?;
    output.line("tldops runs; stop it with Ctrl-C or SIGTERM")?;
    output.flush()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let runtime = runtime.context("starting the runtime")?;
    let mut stop = runtime.block_on(async { Stop::listen() })?;
    let arrival = Arc::new(Notify::new());
    let waker = Arc::clone(&arrival);
    bot.world.mailbox.on_arrival(Arc::new(move || waker.notify_one()));
    let pause = Duration::from_secs(config.poll_seconds.into());
    loop {
        let turn = one_turn(config, &mut bot)?;
        if turn != Turn::default() {
            tracing::info!("{}", in_words(&turn));
        }
        // Where the turn was full, more is waiting.
        let pause = if turn.is_full() { Duration::ZERO } else { pause };
        if runtime.block_on(stop.came_within(pause, &arrival)) {
            return output.line("tldops was stopped, between two turns");
        }
    }
}

/// What other commands left for the program, then a turn, then the part of the watch that is due.
fn one_turn(config: &Config, bot: &mut Bot<'_>) -> Result<Turn, Failure> {
    take_in_rulings(&config.store, bot)?;
    take_in_refresh(&config.store, bot)?;
    let turn = bot.turn()?;
    // After the mails, which must not wait behind IANA; what follows from it is sent by the next turn.
    bot.watch()?;
    Ok(turn)
}

/// What the configuration names, with the log going.
fn installation(place: &Place) -> Result<Installation, Failure> {
    let config = open::config(&place.config)?;
    start_log(&config);
    Installation::open(config)
}

/// The signals to stop. They are listened to all the time: one that comes in the middle of a turn is not lost.
struct Stop {
    terminate: Signal,
    interrupt: Signal,
}

impl Stop {
    fn listen() -> std::io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    /// Waits for the next turn, which a new mail brings sooner; true where a signal came first, or had come already.
    async fn came_within(&mut self, pause: Duration, arrival: &Notify) -> bool {
        tokio::select! {
            biased;
            _ = self.terminate.recv() => true,
            _ = self.interrupt.recv() => true,
            () = arrival.notified() => false,
            () = tokio::time::sleep(pause) => false,
        }
    }
}

fn in_words(turn: &Turn) -> String {
    let Turn { taken_in, left, moved_by_time, carried_out, postponed } = turn;
    format!(
        "{taken_in} mails taken in, {left} left for later, {moved_by_time} cases moved by time, {carried_out} effects carried out, {postponed} postponed"
    )
}

/// The log goes to standard error. Libraries that would show secrets are never louder than `info`.
fn start_log(config: &Config) {
    let filter = tracing_subscriber::EnvFilter::new(format!(
        "{},sled=warn,mail_auth=warn,hickory_net=warn,hickory_resolver=warn",
        config.log.level.as_str()
    ));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second start within one process is a test's; it keeps the first.
    let started = match config.log.format {
        LogFormat::Text => builder.with_ansi(false).try_init(),
        LogFormat::Json => builder.json().try_init(),
    };
    drop(started);
}
