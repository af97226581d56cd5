//! Waiting for new mail: by IDLE (RFC 2177), or by looking now and then where the server has none.

use tokio::sync::oneshot::Receiver;
use tokio::time::{Instant, sleep, sleep_until};

use crate::shell::imap::session::{Failure, Heard, Session};

/// Why the waiting ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Waited {
    /// A mail came.
    Arrival,
    /// None came for a while, and the server is still there.
    Quiet,
    /// We are to stop.
    Stopped,
}

/// Waits until a mail comes, a while is over, or we are told to stop. It has always ended what it began.
pub(super) async fn wait(
    session: &mut Session,
    has_idle: &mut bool,
    stop: &mut Receiver<()>,
) -> Result<Waited, Failure> {
    if *has_idle {
        match idle(session, stop).await {
            // Some servers offer what they then refuse.
            Err(Failure::No(why) | Failure::Bad(why)) => {
                tracing::info!("the IMAP server refuses IDLE ({why}); it is asked for new mail now and then");
                *has_idle = false;
                Ok(Waited::Quiet)
            }
            other => other,
        }
    } else {
        look(session, stop).await
    }
}

async fn look(session: &mut Session, stop: &mut Receiver<()>) -> Result<Waited, Failure> {
    let pause = session.patience().look;
    tokio::select! {
        biased;
        _ = stop => return Ok(Waited::Stopped),
        () = sleep(pause) => {}
    }
    session.run_plainly("NOOP").await?;
    Ok(if session.take_news() { Waited::Arrival } else { Waited::Quiet })
}

/// A server that ends IDLE each time must not be asked without a pause.
async fn ended_by_server(session: &mut Session, stop: &mut Receiver<()>) -> Result<Waited, Failure> {
    if session.take_news() {
        return Ok(Waited::Arrival);
    }
    let pause = session.patience().pause;
    tokio::select! {
        biased;
        _ = stop => Ok(Waited::Stopped),
        () = sleep(pause) => Ok(Waited::Quiet),
    }
}

async fn idle(session: &mut Session, stop: &mut Receiver<()>) -> Result<Waited, Failure> {
    let tag = session.begin("IDLE").await?;
    let answered = Instant::now() + session.patience().silence;
    loop {
        match session.hear(&tag, answered, &mut |_| {}).await? {
            Heard::Continue => break,
            Heard::Done(_) => return Err(Failure::No("it ends IDLE at once".to_owned())),
            Heard::Other => {}
        }
    }
    // One deadline, whatever the server says: its `* OK Still here` proves nothing of our words reaching it.
    let deadline = Instant::now() + session.patience().idle;
    let waited = loop {
        // What came before the server said that it waits counts too.
        if session.take_news() {
            break Waited::Arrival;
        }
        tokio::select! {
            biased;
            _ = &mut *stop => break Waited::Stopped,
            () = sleep_until(deadline) => break Waited::Quiet,
            heard = session.hear_news(&tag) => {
                if let Heard::Done(_) = heard? {
                    return ended_by_server(session, stop).await;
                }
            }
        }
    };
    // A connection of which the other half is gone is noticed here: nobody answers.
    session.say("DONE").await?;
    let answered = Instant::now() + session.patience().silence;
    loop {
        if let Heard::Done(_) = session.hear(&tag, answered, &mut |_| {}).await? {
            return Ok(waited);
        }
    }
}
