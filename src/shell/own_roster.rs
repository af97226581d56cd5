//! The list that is our own roster: it takes every approved change.

use std::path::PathBuf;

use anyhow::Context;

use crate::domain::event::ListReceipt;
use crate::domain::list_plan::{Permitted, Scope};
use crate::domain::members::Member;
use crate::shell::whole_file;
use crate::world::List;

/// A list without a server: the store's own roster is the list, so every approved change is taken.
///
/// With a file of members it also shows whom a mailing list would have: one address in lower case a line, sorted.
#[derive(Clone, Debug, Default)]
pub struct OwnRoster {
    members_file: Option<PathBuf>,
}

impl OwnRoster {
    /// The list that only says yes: the store records what was approved.
    pub fn new() -> Self {
        Self::default()
    }

    /// The list that is to keep a file of members, and has not written it: to try it out.
    pub fn to_be_shown_in(members_file: PathBuf) -> Self {
        Self { members_file: Some(members_file) }
    }

    /// The list that also keeps a file of members, written now and after every change.
    ///
    /// The file is only ever derived from the roster. So one that was lost or edited is right again after the next start.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn with_members_file(members_file: PathBuf, members: &[Member]) -> anyhow::Result<Self> {
        let list = Self::to_be_shown_in(members_file);
        list.show(members)?;
        Ok(list)
    }

    fn show(&self, members: &[Member]) -> anyhow::Result<()> {
        let Some(path) = &self.members_file else { return Ok(()) };
        let mut lines: Vec<String> = members.iter().map(|member| member.address.lower() + "\n").collect();
        lines.sort();
        whole_file::replace(path, lines.concat().as_bytes())
            .with_context(|| format!("the file of members, {}, cannot be written", path.display()))
    }
}

impl List for OwnRoster {
    fn members(&mut self, _scope: &Scope) -> anyhow::Result<Option<Vec<Member>>> {
        Ok(None)
    }

    fn carry_out(&mut self, permitted: &Permitted) -> anyhow::Result<ListReceipt> {
        self.show(permitted.wanted())?;
        Ok(ListReceipt::Changed)
    }

    fn try_out(&mut self) -> anyhow::Result<String> {
        let Some(path) = &self.members_file else {
            return Ok("the roster in the store is the list".to_owned());
        };
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let there = folder.is_none_or(std::path::Path::is_dir);
        anyhow::ensure!(there, "there is no folder for {}; make it, or correct members_file", path.display());
        Ok(format!("the roster in the store is the list, shown in {}", path.display()))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::OwnRoster;
    use crate::domain::event::ListReceipt;
    use crate::domain::list_plan::{Permitted, Plan};
    use crate::domain::members::{Delivery, Member};
    use crate::world::List as _;

    fn members(addresses: &[&str]) -> Vec<Member> {
        let member = |address: &&str| Member {
            address: address.parse().unwrap(),
            name: Some("Somebody".to_owned()),
            delivery: Delivery::On,
        };
        addresses.iter().map(member).collect()
    }

    fn permitted(addresses: &[&str]) -> Permitted {
        Permitted::by_operator(Plan::default(), members(addresses))
    }

    #[test]
    fn without_a_file_every_change_is_taken() {
        assert_eq!(OwnRoster::new().carry_out(&permitted(&["a@nl.example"])).unwrap(), ListReceipt::Changed);
    }

    #[test]
    fn the_file_shows_the_members_as_they_are_to_be() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("members");
        let at_first = members(&["b@be.example", "Both@be.example"]);
        let mut list = OwnRoster::with_members_file(file.clone(), &at_first).unwrap();
        let shown = || fs::read_to_string(&file).unwrap();
        assert_eq!(shown(), "b@be.example\nboth@be.example\n");
        for _ in 0..2 {
            list.carry_out(&permitted(&["Both@be.example", "a@nl.example"])).unwrap();
            assert_eq!(shown(), "a@nl.example\nboth@be.example\n");
        }
        list.carry_out(&permitted(&[])).unwrap();
        assert_eq!(shown(), "");
        assert!(list.try_out().unwrap().contains("shown in"));
    }

    #[test]
    fn a_file_that_cannot_be_written_is_an_error_and_right_again_later() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        fs::create_dir(&out).unwrap();
        let mut list = OwnRoster::with_members_file(out.join("members"), &[]).unwrap();
        fs::remove_dir_all(&out).unwrap();
        let joined = permitted(&["a@nl.example"]);
        assert!(list.carry_out(&joined).unwrap_err().to_string().contains("members"));
        assert!(list.try_out().unwrap_err().to_string().contains("correct members_file"));
        fs::create_dir(&out).unwrap();
        assert_eq!(list.carry_out(&joined).unwrap(), ListReceipt::Changed);
        assert_eq!(fs::read_to_string(out.join("members")).unwrap(), "a@nl.example\n");
    }
}
