//! A folder that is open on a session: which mails wait in it, their sizes and their octets.

use std::collections::{BTreeMap, BTreeSet};

use async_imap::imap_proto::{AttributeValue, MailboxDatum, Response};
use jiff::Timestamp;
use jiff::fmt::strtime;

use crate::shell::imap::connection::{Capabilities, Door, Selected, select};
use crate::shell::imap::names::{encoded, sets};
use crate::shell::imap::session::{Failure, Session, quoted};
use crate::world::Filing;

/// Mails among which a search looks at once: so that its answer stays below a quarter of a MiB in the fullest folder.
const SEARCHED_AT_ONCE: u32 = 20_000;

/// A session with a folder selected.
#[derive(Debug)]
pub(super) struct Inbox {
    pub(super) session: Session,
    pub(super) capabilities: Capabilities,
    pub(super) selected: Selected,
    separator: Option<char>,
}

/// What is known of a mail before it is fetched.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Described {
    /// When the server got it, if it says so.
    pub(super) received: Option<Timestamp>,
    /// Its size as the server tells it; none where it does not.
    pub(super) octets: Option<u64>,
}

/// Among which mails those are looked for that wait.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Search {
    /// All of the folder.
    All,
    /// Those without a keyword of ours.
    Unmarked,
}

/// The keyword of mails filed like this. Whoever looks into the folder with a mail program may make a colour of it.
pub(super) fn keyword(filing: Filing) -> &'static str {
    match filing {
        Filing::Done => "$TldopsDone",
        Filing::Held => "$TldopsHeld",
        Filing::Ignored => "$TldopsIgnored",
    }
}

/// All filings.
pub(super) const FILINGS: [Filing; 3] = [Filing::Done, Filing::Held, Filing::Ignored];

impl Inbox {
    /// Connects, says who we are, and selects the folder.
    pub(super) async fn open(door: &Door, folder: &str) -> Result<Self, Failure> {
        let (mut session, capabilities) = door.enter().await?;
        let separator = separator(&mut session).await?;
        let name = written(folder, separator);
        let selected = select(&mut session, &name, &FILINGS.map(keyword)).await;
        let selected = selected.map_err(|failure| {
            if let Failure::No(why) | Failure::NoFolder(why) = failure {
                let says = format!("the folder {folder} cannot be opened ({why}); correct `folder`");
                return Failure::Unfit(says);
            }
            failure
        })?;
        Ok(Self { session, capabilities, selected, separator })
    }

    /// A folder's name as this server writes it.
    pub(super) fn name(&self, folder: &str) -> Result<String, Failure> {
        quoted(&written(folder, self.separator))
    }

    /// The UIDs of the mails that wait, lowest first. What somebody marked as deleted does not wait.
    pub(super) async fn waiting(&mut self, search: Search, most: usize) -> Result<BTreeSet<u32>, Failure> {
        // So that the server tells what came and went: sequence numbers are counted as it told them last.
        self.session.run_plainly("NOOP").await?;
        let mut keys = "UNDELETED".to_owned();
        if search == Search::Unmarked {
            for filing in FILINGS {
                keys = format!("{keys} UNKEYWORD {}", keyword(filing));
            }
        }
        let mails = self.session.exists();
        let mut uids = BTreeSet::new();
        let mut first = 1;
        while first <= mails && uids.len() < most {
            let last = mails.min(first.saturating_add(SEARCHED_AT_ONCE - 1));
            uids.extend(self.search(&format!("{first}:{last} {keys}")).await?);
            let Some(next) = last.checked_add(1) else { break };
            first = next;
        }
        Ok(uids.into_iter().take(most).collect())
    }

    /// The UIDs of the mails that fit. A server that does not say what it found is not believed to have found nothing.
    pub(super) async fn search(&mut self, keys: &str) -> Result<BTreeSet<u32>, Failure> {
        let mut found: Option<BTreeSet<u32>> = None;
        self.session
            .run(&format!("UID SEARCH {keys}"), |response| {
                if let Response::MailboxData(MailboxDatum::Search(uids)) = response {
                    found.get_or_insert_default().extend(uids);
                }
            })
            .await?;
        found.ok_or_else(|| Failure::Garbled("it does not say what it found".to_owned()))
    }

    /// When these mails came and how large they are. Of those that are gone, or that the server cannot read, there is
    /// nothing.
    pub(super) async fn described(
        &mut self,
        uids: &BTreeSet<u32>,
    ) -> Result<BTreeMap<u32, Described>, Failure> {
        let mut found = BTreeMap::new();
        for set in sets(uids) {
            let command = format!("UID FETCH {set} (UID RFC822.SIZE INTERNALDATE)");
            let looked = self.session.run(&command, |response| {
                let Response::Fetch(_, values) = response else { return };
                if let Some(uid) = uid_of(values).filter(|uid| uids.contains(uid)) {
                    let told: &mut Described = found.entry(uid).or_default();
                    told.take(values);
                }
            });
            match looked.await {
                // One broken mail may be enough for that, and must not hide the others: they are fetched without.
                Err(failure) if failure.is_answer() => {
                    tracing::warn!("of some mails neither size nor time is known: {failure}");
                }
                other => {
                    other?;
                }
            }
        }
        Ok(found)
    }

    /// The octets of these mails, all of each, or the first so many; together not much more than `octets_max`. Of those
    /// that are gone, and of those beyond, there is nothing.
    pub(super) async fn bodies(
        &mut self,
        uids: &BTreeSet<u32>,
        (part, octets_max): (Option<usize>, usize),
    ) -> Result<BTreeMap<u32, Vec<u8>>, Failure> {
        let part = part.map(|octets| format!("<0.{octets}>")).unwrap_or_default();
        let (mut found, mut octets) = (BTreeMap::new(), 0_usize);
        for set in sets(uids) {
            let command = format!("UID FETCH {set} (UID BODY.PEEK[]{part})");
            self.session
                .run(&command, |response| {
                    let Response::Fetch(_, values) = response else { return };
                    let body = values.iter().find_map(body_of);
                    let uid = uid_of(values).filter(|uid| uids.contains(uid));
                    if let (Some(uid), Some(body)) = (uid, body)
                        && (octets == 0 || octets.saturating_add(body.len()) <= octets_max)
                    {
                        octets = octets.saturating_add(body.len());
                        found.insert(uid, body.to_vec());
                    }
                })
                .await?;
        }
        Ok(found)
    }
}

impl Described {
    fn take(&mut self, values: &[AttributeValue<'_>]) {
        for value in values {
            if let AttributeValue::Rfc822Size(octets) = value {
                self.octets = Some(u64::from(*octets));
            } else if let AttributeValue::InternalDate(date) = value {
                self.received = received(date);
            }
        }
    }
}

/// The time that a server tells (RFC 3501 §9, date-time), as in ` 7-Feb-1994 21:52:25 -0800`.
fn received(date: &str) -> Option<Timestamp> {
    strtime::parse("%d-%b-%Y %H:%M:%S %z", date.trim_start()).and_then(|time| time.to_timestamp()).ok()
}

fn uid_of(values: &[AttributeValue<'_>]) -> Option<u32> {
    values.iter().find_map(|value| if let AttributeValue::Uid(uid) = value { Some(*uid) } else { None })
}

/// The whole mail or its beginning. NIL stands for a mail that is gone.
fn body_of<'a>(value: &'a AttributeValue<'_>) -> Option<&'a [u8]> {
    let AttributeValue::BodySection { section: None, index: None | Some(0), data } = value else {
        return None;
    };
    data.as_deref()
}

/// What stands between a folder and one within it (RFC 3501 §6.3.8). Where nothing does, there are no folders within others.
pub(super) async fn separator(session: &mut Session) -> Result<Option<char>, Failure> {
    let mut separator = None;
    session
        .run("LIST \"\" \"\"", |response| {
            if let Response::MailboxData(MailboxDatum::List(list)) = response {
                separator = list.delimiter.as_deref().and_then(|text| text.chars().next());
            }
        })
        .await?;
    Ok(separator)
}

/// A folder's name as a server with this separator writes it.
pub(super) fn written(folder: &str, separator: Option<char>) -> String {
    encoded(&separator.map_or_else(|| folder.to_owned(), |own| folder.replace('/', &own.to_string())))
}

#[cfg(test)]
mod tests {
    use super::{received, written};

    #[test]
    fn a_servers_time_is_read() {
        let check = |text: &str, want: Option<&str>| {
            assert_eq!(received(text).map(|time| time.to_string()).as_deref(), want, "{text}");
        };
        check("17-Jul-1996 02:44:25 -0700", Some("1996-07-17T09:44:25Z"));
        check(" 7-Feb-1994 21:52:25 +0000", Some("1994-02-07T21:52:25Z"));
        check("yesterday", None);
    }

    #[test]
    fn a_folder_within_another_is_written_as_the_server_does() {
        assert_eq!(written("Requests/Done", Some('.')), "Requests.Done");
        assert_eq!(written("Anträge/Done", Some('/')), "Antr&AOQ-ge/Done");
        assert_eq!(written("Done", None), "Done");
    }
}
