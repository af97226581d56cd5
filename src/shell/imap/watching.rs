//! The second connection: it waits for new mail all the time and calls out when some came.

use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use crate::shell::imap::connection::Door;
use crate::shell::imap::idle::{Waited, wait};
use crate::shell::imap::inbox::{separator, written};
use crate::shell::imap::pauses::Pauses;
use crate::shell::imap::session::{Failure, quoted};
use crate::world::Wake;

/// How long a connection may take to say goodbye to the server.
pub(super) const GOODBYE_TIME_MAX: Duration = Duration::from_secs(2);

/// A watch under way; it ends with [`Watch::end`].
pub(super) struct Watch {
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Watch {
    /// Starts to watch this folder.
    pub(super) fn start(
        runtime: &Runtime,
        door: Door,
        folder: String,
        (pauses, wake): (Pauses, Wake),
    ) -> Self {
        let (stop, stopped) = oneshot::channel();
        let task = runtime.spawn(watch(door, folder, (pauses, wake), stopped));
        Self { stop, task }
    }

    /// Ends it: by a word to the server where it listens, else without.
    pub(super) fn end(self, runtime: &Runtime) {
        let Self { stop, task } = self;
        let abort = task.abort_handle();
        if stop.send(()).is_ok() {
            let ended = runtime.block_on(async { timeout(GOODBYE_TIME_MAX, task).await });
            if ended.is_err() {
                abort.abort();
            }
        }
    }
}

async fn watch(
    door: Door,
    folder: String,
    (mut pauses, wake): (Pauses, Wake),
    mut stop: oneshot::Receiver<()>,
) {
    loop {
        let Err(failure) = visit(&door, &folder, (&mut pauses, &wake), &mut stop).await else { return };
        // The goodbye failed, and the word to stop comes but once.
        if stop.is_terminated() {
            return;
        }
        let pause = pauses.next(&failure);
        let server = door.server().shown();
        tracing::warn!(
            "new mail at {server} is not noticed at once ({failure}); tried again within {} s",
            pause.as_secs() + 1
        );
        tokio::select! {
            biased;
            _ = &mut stop => return,
            () = sleep(pause) => {}
        }
    }
}

/// One connection, until it fails; Ok where we were told to stop.
async fn visit(
    door: &Door,
    folder: &str,
    (pauses, wake): (&mut Pauses, &Wake),
    stop: &mut oneshot::Receiver<()>,
) -> Result<(), Failure> {
    // Whoever is still on the way in has begun nothing that he must end.
    let entered = tokio::select! {
        biased;
        _ = &mut *stop => return Ok(()),
        entered = enter(door, folder) => entered?,
    };
    let (mut session, mut has_idle) = entered;
    // What came while nobody watched.
    wake();
    loop {
        match wait(&mut session, &mut has_idle, stop).await? {
            Waited::Stopped => {
                return match session.run_plainly("LOGOUT").await {
                    Err(Failure::Bye(_)) | Ok(_) => Ok(()),
                    Err(failure) => Err(failure),
                };
            }
            Waited::Arrival | Waited::Quiet => {
                pauses.reset();
                wake();
            }
        }
    }
}

/// A session that only looks at the folder (RFC 3501 §6.3.2), and whether the server has IDLE.
async fn enter(door: &Door, folder: &str) -> Result<(crate::shell::imap::session::Session, bool), Failure> {
    let (mut session, capabilities) = door.enter().await?;
    let separator = separator(&mut session).await?;
    let name = quoted(&written(folder, separator))?;
    session.run_plainly(&format!("EXAMINE {name}")).await?;
    session.take_news();
    Ok((session, capabilities.has("IDLE")))
}
