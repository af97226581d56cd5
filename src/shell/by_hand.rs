//! The list that a person changes: we know whom to ask, and cannot look.

use crate::domain::address::Address;
use crate::domain::event::ListReceipt;
use crate::domain::list_plan::{Permitted, Scope};
use crate::domain::members::Member;
use crate::world::List;

/// A list without a way in: whoever administers it gets a mail with what is to be done, and says when it is done.
#[derive(Clone, Debug)]
pub struct ByHand {
    administrator: Address,
}

impl ByHand {
    /// The list that this person administers.
    pub fn new(administrator: Address) -> Self {
        Self { administrator }
    }
}

impl List for ByHand {
    fn members(&mut self, _scope: &Scope) -> anyhow::Result<Option<Vec<Member>>> {
        Ok(None)
    }

    fn carry_out(&mut self, _permitted: &Permitted) -> anyhow::Result<ListReceipt> {
        Ok(ListReceipt::ByPerson(self.administrator.clone()))
    }

    fn try_out(&mut self) -> anyhow::Result<String> {
        Ok(format!("{} changes it by hand, on a mail of ours", self.administrator))
    }
}

#[cfg(test)]
mod tests {
    use super::ByHand;
    use crate::domain::event::ListReceipt;
    use crate::domain::list_plan::{Permitted, Plan, Scope};
    use crate::world::List as _;

    #[test]
    fn a_person_is_named_and_nothing_is_done() {
        let administrator: crate::domain::address::Address = "lists@ops.example".parse().unwrap();
        let mut list = ByHand::new(administrator.clone());
        let nothing = Permitted::by_operator(Plan::default(), Vec::new());
        assert_eq!(list.carry_out(&nothing).unwrap(), ListReceipt::ByPerson(administrator));
        assert_eq!(list.members(&Scope::AllBut([].into())).unwrap(), None);
        assert_eq!(list.try_out().unwrap(), "lists@ops.example changes it by hand, on a mail of ours");
    }
}
