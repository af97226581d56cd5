//! The program as a service: the signals that it is sent, and what systemd is told of it (`sd_notify`).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use sd_notify::NotifyState;
use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Notify;

use crate::bot::{Pace, Pulse};
use crate::world::Wake;

/// What ended the pause between two turns.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Call {
    /// It is time for the next turn.
    Turn,
    /// The configuration is to be read anew (SIGHUP).
    Reload,
    /// The program is to end (SIGTERM, SIGINT).
    Stop,
}

/// The signals, listened to all the time: one that comes in the middle of a turn is not lost.
pub(super) struct Service {
    runtime: Runtime,
    asked: Arc<Asked>,
}

/// What was asked for and not done yet.
#[derive(Default)]
struct Asked {
    stop: AtomicBool,
    reload: AtomicBool,
    mail: AtomicBool,
    wake: Notify,
}

impl Service {
    /// Listens from now on.
    pub(super) fn start() -> anyhow::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.context("starting the runtime")?;
        let asked = Arc::new(Asked::default());
        let listening = Arc::clone(&asked);
        let signals = runtime.block_on(async {
            let of = |kind: SignalKind| signal(kind).context("listening to signals");
            Ok::<_, anyhow::Error>((
                of(SignalKind::terminate())?,
                of(SignalKind::interrupt())?,
                of(SignalKind::hangup())?,
            ))
        });
        let (mut terminate, mut interrupt, mut hangup) = signals?;
        runtime.spawn(async move {
            loop {
                let flag = tokio::select! {
                    _ = terminate.recv() => &listening.stop,
                    _ = interrupt.recv() => &listening.stop,
                    _ = hangup.recv() => &listening.reload,
                };
                flag.store(true, Ordering::SeqCst);
                listening.wake.notify_one();
            }
        });
        Ok(Self { runtime, asked })
    }

    /// Ends the pause: a new mail may have come.
    pub(super) fn waker(&self) -> Wake {
        let asked = Arc::clone(&self.asked);
        Arc::new(move || {
            asked.mail.store(true, Ordering::SeqCst);
            asked.wake.notify_one();
        })
    }

    /// Called at every step of a turn: systemd learns that we are alive, and the turn learns whether to come to its end.
    pub(super) fn pulse(&self) -> Pulse {
        let asked = Arc::clone(&self.asked);
        Arc::new(move || {
            tell(&[NotifyState::Watchdog]);
            if asked.stop.load(Ordering::SeqCst) {
                Pace::Finish
            } else if asked.mail.load(Ordering::SeqCst) {
                Pace::MailWaits
            } else {
                Pace::GoOn
            }
        })
    }

    /// Waits for what comes first.
    pub(super) fn pause(&self, pause: Duration) -> Call {
        if !self.is_asked() {
            self.runtime.block_on(async {
                tokio::select! {
                    () = self.asked.wake.notified() => {}
                    () = tokio::time::sleep(pause) => {}
                }
            });
        }
        // Whatever has come until now, the next turn sees.
        self.asked.mail.store(false, Ordering::SeqCst);
        if self.asked.stop.load(Ordering::SeqCst) {
            Call::Stop
        } else if self.asked.reload.swap(false, Ordering::SeqCst) {
            Call::Reload
        } else {
            Call::Turn
        }
    }

    fn is_asked(&self) -> bool {
        self.asked.stop.load(Ordering::SeqCst) || self.asked.reload.load(Ordering::SeqCst)
    }
}

/// The longest pause that leaves the watchdog content: half of what it waits for.
pub(super) fn pause_max() -> Option<Duration> {
    sd_notify::watchdog_enabled().map(|limit| limit / 2)
}

/// Everything is open and the first turn begins; also after the configuration was read anew.
pub(super) fn tell_ready() {
    tell(&[NotifyState::Ready]);
}

/// The configuration is being read anew.
pub(super) fn tell_reloading() {
    match NotifyState::monotonic_usec_now() {
        Ok(now) => tell(&[NotifyState::Reloading, now]),
        Err(error) => tracing::warn!("the clock cannot be read: {error}"),
    }
}

/// The turn is over and the program ends.
pub(super) fn tell_stopping() {
    tell(&[NotifyState::Stopping]);
}

/// A turn is over: we are alive, and this is what `systemctl status` shows.
pub(super) fn tell_status(words: &str) {
    tell(&[NotifyState::Watchdog, NotifyState::Status(words)]);
}

/// Without systemd nobody listens, and nothing is said.
fn tell(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::debug!("systemd cannot be told: {error}");
    }
}
