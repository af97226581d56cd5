//! Filed mails: a keyword, and a move where folders are set, many mails by one command.
//!
//! The keyword comes first. A move that is cut in the middle leaves mails either here or there, and each of those that stay
//! is listed again, known again by its octets, and filed again.

use async_imap::imap_proto::{MailboxDatum, Response};

use crate::shell::imap::inbox::{Inbox, keyword};
use crate::shell::imap::names::sets;
use crate::shell::imap::session::Failure;
use crate::world::Filing;

/// The folders of filed mails: `/` stands for what separates a folder from one within it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Folders {
    /// For what was taken in.
    pub done: String,
    /// For what a person must look at.
    pub held: String,
    /// For what nothing follows from.
    pub ignored: String,
}

impl Folders {
    /// The folder of mails filed like this.
    pub(super) fn of(&self, filing: Filing) -> &str {
        match filing {
            Filing::Done => &self.done,
            Filing::Held => &self.held,
            Filing::Ignored => &self.ignored,
        }
    }
}

impl Inbox {
    /// Files a set of mails. Doing it twice is the same as once.
    pub(super) async fn file(
        &mut self,
        set: &str,
        filing: Filing,
        folders: Option<&Folders>,
    ) -> Result<(), Failure> {
        self.mark(set, filing).await?;
        match folders {
            Some(folders) => self.take_away(set, folders.of(filing)).await,
            None => Ok(()),
        }
    }

    /// Sets the keyword. Held mails come up as unseen, so that a person notices them; the others as seen.
    async fn mark(&mut self, set: &str, filing: Filing) -> Result<(), Failure> {
        let keyword = if self.selected.keywords { keyword(filing) } else { "" };
        let (with, without) = match filing {
            Filing::Held => (keyword.to_owned(), "\\Seen"),
            Filing::Done | Filing::Ignored => (format!("{keyword} \\Seen"), ""),
        };
        for (sign, flags) in [("+", with.trim()), ("-", without)] {
            if !flags.is_empty() {
                self.session.run_plainly(&format!("UID STORE {set} {sign}FLAGS.SILENT ({flags})")).await?;
            }
        }
        Ok(())
    }

    /// Moves mails to a folder, which is made where it is not there.
    async fn take_away(&mut self, set: &str, folder: &str) -> Result<(), Failure> {
        match self.move_once(set, folder).await {
            Err(Failure::NoFolder(_)) => {
                self.make(folder).await?;
                self.move_once(set, folder).await
            }
            other => other,
        }
    }

    async fn move_once(&mut self, set: &str, folder: &str) -> Result<(), Failure> {
        let name = self.name(folder)?;
        if self.capabilities.has("MOVE") {
            return self.session.run_plainly(&format!("UID MOVE {set} {name}")).await.map(drop);
        }
        // Whatever is marked as deleted was copied by an earlier try.
        let still_here = self.search(&format!("UID {set} UNDELETED")).await?;
        for set in sets(&still_here) {
            self.session.run_plainly(&format!("UID COPY {set} {name}")).await?;
            self.session.run_plainly(&format!("UID STORE {set} +FLAGS.SILENT (\\Deleted)")).await?;
        }
        // A bare EXPUNGE would take along what others marked; without UIDPLUS (RFC 4315) the mark must do.
        if self.capabilities.has("UIDPLUS") {
            self.session.run_plainly(&format!("UID EXPUNGE {set}")).await?;
        }
        Ok(())
    }

    /// Makes a folder, and has mail programs show it.
    async fn make(&mut self, folder: &str) -> Result<(), Failure> {
        let name = self.name(folder)?;
        tracing::info!(folder, "a folder is made on the IMAP server");
        self.session.run_plainly(&format!("CREATE {name}")).await?;
        match self.session.run_plainly(&format!("SUBSCRIBE {name}")).await {
            // It is there, which is what counts.
            Err(failure) if failure.is_answer() => Ok(()),
            other => other.map(drop),
        }
    }

    /// Whether a folder is there.
    pub(super) async fn has_folder(&mut self, folder: &str) -> Result<bool, Failure> {
        let name = self.name(folder)?;
        let mut found = false;
        self.session
            .run(&format!("LIST \"\" {name}"), |response| {
                found |= matches!(response, Response::MailboxData(MailboxDatum::List(_)));
            })
            .await?;
        Ok(found)
    }
}
