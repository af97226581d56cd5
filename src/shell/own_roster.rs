//! The list that is our own roster: it takes every approved change.

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::Context;

use crate::domain::contact::Roster;
use crate::domain::event::{Approved, ListReceipt};
use crate::domain::plan::EntryChange;
use crate::shell::whole_file;
use crate::world::List;

/// A list without a server: the store's own roster is the list, so every approved change is taken.
///
/// With a file of members it also shows whom a mailing list would have: one address in lower case a line, sorted.
#[derive(Clone, Debug, Default)]
pub struct OwnRoster {
    shown: Option<Shown>,
}

#[derive(Clone, Debug)]
struct Shown {
    members_file: PathBuf,
    roster: Roster,
}

impl OwnRoster {
    /// The list that only says yes: the store records what was approved.
    pub fn new() -> Self {
        Self::default()
    }

    /// The list that also keeps a file of members, written from the store's roster now and after every change.
    ///
    /// The file is only ever derived from the roster. So a person who leaves one ccTLD stays while he serves another,
    /// and a file that was lost or edited is right again after the next start.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn with_members_file(members_file: PathBuf, roster: Roster) -> anyhow::Result<Self> {
        let shown = Shown { members_file, roster };
        shown.write()?;
        Ok(Self { shown: Some(shown) })
    }

    fn take(&mut self, changes: &[EntryChange]) -> anyhow::Result<ListReceipt> {
        if let Some(shown) = &mut self.shown {
            for change in changes {
                shown.roster.set(change.tld.clone(), change.after.clone());
            }
            shown.write()?;
        }
        Ok(ListReceipt::Changed)
    }
}

impl List for OwnRoster {
    fn change(&mut self, approved: &Approved) -> anyhow::Result<ListReceipt> {
        self.take(approved.changes())
    }
}

impl Shown {
    fn write(&self) -> anyhow::Result<()> {
        let contacts = self.roster.iter().flat_map(|(_, contacts)| contacts);
        let members: BTreeSet<String> = contacts.map(|contact| contact.email.lower()).collect();
        let text: String = members.into_iter().map(|member| member + "\n").collect();
        whole_file::replace(&self.members_file, text.as_bytes()).with_context(|| {
            format!("the file of members, {}, cannot be written", self.members_file.display())
        })
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::OwnRoster;
    use crate::domain::contact::{Contact, Rank, Roster};
    use crate::domain::event::ListReceipt;
    use crate::domain::plan::EntryChange;
    use crate::domain::request::Action;

    fn contacts(addresses: &[&str]) -> Vec<Contact> {
        let contact = |(rank, address): (Rank, &&str)| Contact {
            rank,
            name: "Somebody".parse().unwrap(),
            email: address.parse().unwrap(),
            secondary_email: Some("elsewhere@second.example".parse().unwrap()),
            phone: None,
        };
        Rank::all().zip(addresses).map(contact).collect()
    }

    fn change(tld: &str, after: &[&str]) -> EntryChange {
        EntryChange {
            tld: tld.parse().unwrap(),
            action: Action::Update,
            before: Vec::new(),
            after: contacts(after),
        }
    }

    #[test]
    fn without_a_file_every_change_is_taken() {
        assert_eq!(OwnRoster::new().take(&[change("nl", &["a@nl.example"])]).unwrap(), ListReceipt::Changed);
    }

    #[test]
    fn the_file_shows_each_member_once_and_as_long_as_one_cctld_has_him() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("members");
        let mut roster = Roster::default();
        roster.set("be".parse().unwrap(), contacts(&["Both@be.example", "b@be.example"]));
        let mut list = OwnRoster::with_members_file(file.clone(), roster).unwrap();
        let members = || fs::read_to_string(&file).unwrap();
        assert_eq!(members(), "b@be.example\nboth@be.example\n");

        let joined = [change("nl", &["a@nl.example", "both@be.example"])];
        assert_eq!(list.take(&joined).unwrap(), ListReceipt::Changed);
        assert_eq!(list.take(&joined).unwrap(), ListReceipt::Changed);
        assert_eq!(members(), "a@nl.example\nb@be.example\nboth@be.example\n");

        list.take(&[change("be", &[])]).unwrap();
        assert_eq!(members(), "a@nl.example\nboth@be.example\n");
        list.take(&[change("nl", &[])]).unwrap();
        assert_eq!(members(), "");
    }

    #[test]
    fn a_file_that_cannot_be_written_is_an_error_and_right_again_later() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        fs::create_dir(&out).unwrap();
        let mut list = OwnRoster::with_members_file(out.join("members"), Roster::default()).unwrap();
        fs::remove_dir_all(&out).unwrap();
        let joined = [change("nl", &["a@nl.example"])];
        assert!(list.take(&joined).unwrap_err().to_string().contains("members"));
        fs::create_dir(&out).unwrap();
        assert_eq!(list.take(&joined).unwrap(), ListReceipt::Changed);
        assert_eq!(fs::read_to_string(out.join("members")).unwrap(), "a@nl.example\n");
    }
}
