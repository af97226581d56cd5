//! `run` and `once`: the program at work.

use std::io::IsTerminal as _;
use std::time::Duration;

use crate::bot::records::Records;
use crate::bot::{Bot, Settings, Turn};
use crate::cli::arguments::Place;
use crate::cli::cases::take_in_rulings;
use crate::cli::digest::take_in_sending;
use crate::cli::exempting::take_in_exemptions;
use crate::cli::iana::take_in_refresh;
use crate::cli::inviting::take_in_inviting;
use crate::cli::open::{self, Installation};
use crate::cli::output::{Failure, Output};
use crate::cli::public_page::PublicPage;
use crate::cli::reconciling::reconcile_when_due;
use crate::cli::service::{self, Call, Service};
use crate::cli::settling::take_in_settlements;
use crate::config::{Config, LogFormat};
use crate::store::Store;
use crate::world::World;

/// One turn.
pub(super) fn once(place: &Place, output: &mut Output) -> Result<(), Failure> {
    let installation = installation(place)?;
    warn_of_rehearsal(&installation.config);
    let mut bot = installation.bot()?;
    let turn = one_turn(&installation.config, &mut bot)?;
    PublicPage::found(&installation.config).keep(&installation.config, &bot)?;
    output.line(&in_words(&turn))
}

/// Turn after turn, until it is told to stop. A stop waits for the end of the step that is under way; a configuration
/// that is read anew takes the place of the old one between two turns.
pub(super) fn run(place: &Place, output: &mut Output) -> Result<(), Failure> {
    let Installation { mut config, mut settings, store } = installation(place)?;
    let service = Service::start()?;
    let mut world = open::world(&config, &Records::new(&store))?;
    output.line("tldops runs; stop it with Ctrl-C or SIGTERM")?;
    output.flush()?;
    loop {
        service::tell_ready();
        warn_of_rehearsal(&config);
        let mut bot = Bot::new(&settings, world, &store)?;
        bot.beat_with(service.pulse());
        bot.world.mailbox.on_arrival(service.waker());
        let mut page = PublicPage::unwritten();
        let next = loop {
            let turn = one_turn(&config, &mut bot)?;
            page.keep(&config, &bot)?;
            if turn != Turn::default() {
                tracing::info!("{}", in_words(&turn));
            }
            service::tell_status(&in_words(&turn));
            match service.pause(pause_after(&config, &turn)) {
                Call::Turn => {}
                Call::Reload => {
                    service::tell_reloading();
                    match read_anew(place, &config, &store) {
                        Ok(next) => break next,
                        Err(failure) => {
                            tracing::error!(
                                "the new configuration cannot be used, and the old one stays: {}",
                                failure.words()
                            );
                            service::tell_ready();
                        }
                    }
                }
                Call::Stop => {
                    service::tell_stopping();
                    return output.line("tldops was stopped, between two turns");
                }
            }
        };
        drop(bot);
        (config, settings, world) = next;
        tracing::info!("the configuration was read anew");
    }
}

/// Where the turn was full, more is waiting.
fn pause_after(config: &Config, turn: &Turn) -> Duration {
    let pause = if turn.is_full() { Duration::ZERO } else { Duration::from_secs(config.poll_seconds.into()) };
    service::pause_max().map_or(pause, |most| pause.min(most))
}

/// The configuration as it is in the file now, with all that it names opened.
fn read_anew(place: &Place, old: &Config, store: &Store) -> Result<(Config, Settings, World), Failure> {
    let config = open::config(&place.config)?;
    if config.store != old.store {
        let says =
            "`store` is another folder; a running program keeps its store: write the old one, or restart it";
        return Err(Failure::Usage(says.to_owned()));
    }
    if config.log != old.log {
        tracing::warn!("the section [log] counts from the next start on");
    }
    let settings = open::settings(&config)?;
    let world = open::world(&config, &Records::new(store))?;
    Ok((config, settings, world))
}

/// What a rehearsal changes is easily forgotten.
fn warn_of_rehearsal(config: &Config) {
    if config.rehearsal.hold_all {
        tracing::warn!("post.hold_all is set: no mail leaves");
    }
    if let Some(address) = &config.rehearsal.redirect_all_to {
        tracing::warn!("post.redirect_all_to is set: all mails go to {address}");
    }
}

/// What other commands left for the program, then a turn, then the part of the watch that is due.
fn one_turn(config: &Config, bot: &mut Bot<'_>) -> Result<Turn, Failure> {
    take_in_rulings(&config.store, bot)?;
    take_in_exemptions(&config.store, bot)?;
    take_in_refresh(&config.store, bot)?;
    take_in_sending(&config.store, bot)?;
    take_in_settlements(&config.store, bot)?;
    take_in_inviting(&config.store, bot)?;
    reconcile_when_due(config, bot)?;
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

fn in_words(turn: &Turn) -> String {
    let Turn { taken_in, left, moved_by_time, carried_out, postponed } = turn;
    format!(
        "{taken_in} mails taken in, {left} left for later, {moved_by_time} cases moved by time, {carried_out} effects carried out, {postponed} postponed"
    )
}

/// The log goes to standard error. Libraries that would show secrets are never louder than `info`.
fn start_log(config: &Config) {
    let filter = tracing_subscriber::EnvFilter::new(format!(
        "{},async_imap=info,sled=warn,mail_auth=warn,hickory_net=warn,hickory_resolver=warn,lettre=info,rustls=info,reqwest=info,hyper=info",
        config.log.level.as_str()
    ));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second start within one process is a test's; it keeps the first.
    let people = match config.log.format {
        LogFormat::Auto => std::io::stderr().is_terminal(),
        LogFormat::Text => true,
        LogFormat::Json => false,
    };
    let started = if people { builder.with_ansi(false).try_init() } else { builder.json().try_init() };
    drop(started);
}
