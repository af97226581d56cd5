//! The gate: what is turned away before anything is asked of anybody, so that no loop and no flood of machines costs more than reading.
//!
//! A mail meets the checks in this order, and nothing is answered before the third:
//!
//! 1. our own mail: whatever claims to come from our address,
//! 2. bounces and mails with a null sender (RFC 3834 §2): a bounce of a mail that we sent is an event of its request,
//! 3. machines' mail (RFC 3834 §5),
//! 4. what came in before,
//! 5. limits,
//! 6. proof: the first question to the DNS,
//! 7. understanding, 8. rules, 9. answer.

use crate::domain::address::Address;
use crate::domain::request::Kind;

/// Why a mail goes no further than the gate.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Turned {
    /// It claims to come from our own address.
    OwnMail,
    /// It reports on a mail.
    Bounce,
    /// A machine wrote it.
    Machine,
}

impl Turned {
    /// Its word in the journal.
    pub fn event(self) -> &'static str {
        match self {
            Self::OwnMail => "own_mail",
            Self::Bounce => "bounce",
            Self::Machine => "machines_mail",
        }
    }

    /// The same as a sentence; of a bounce, what is said where it is about no mail of ours.
    pub fn says(self) -> &'static str {
        match self {
            Self::OwnMail => "It claims to come from our own address.",
            Self::Bounce => "It reports on a mail that we did not send.",
            Self::Machine => "A machine wrote it; it is neither an answer nor answered.",
        }
    }
}

/// Whether a mail of this kind and sender is turned away; `mailboxes` are our own addresses, without subaddress.
pub fn turned_away(kind: Kind, from: Option<&Address>, mailboxes: &[Address]) -> Option<Turned> {
    if from.is_some_and(|from| mailboxes.contains(&from.without_subaddress())) {
        return Some(Turned::OwnMail);
    }
    match kind {
        Kind::Bounce => Some(Turned::Bounce),
        Kind::AutoReply => Some(Turned::Machine),
        Kind::Request
        | Kind::ReplyYes
        | Kind::ReplyNo
        | Kind::ReplyUnclear
        | Kind::Ruling
        | Kind::Query
        | Kind::Help
        | Kind::Other => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Turned, turned_away};
    use crate::domain::address::Address;
    use crate::domain::request::Kind;

    #[track_caller]
    fn check(kind: Kind, from: &str, want: Option<Turned>) {
        let ours: Vec<Address> = vec!["tld-ops-admin@ops.example".parse().unwrap()];
        let from: Option<Address> = (!from.is_empty()).then(|| from.parse().unwrap());
        assert_eq!(turned_away(kind, from.as_ref(), &ours), want, "{kind:?} {from:?}");
    }

    #[test]
    fn our_own_mail_is_turned_away_before_its_kind_is_looked_at() {
        for kind in [Kind::Request, Kind::Bounce, Kind::AutoReply, Kind::ReplyYes] {
            check(kind, "TLD-OPS-admin+c-123@OPS.example", Some(Turned::OwnMail));
        }
    }

    #[test]
    fn machines_are_turned_away_and_persons_are_not() {
        check(Kind::Bounce, "", Some(Turned::Bounce));
        check(Kind::AutoReply, "ana@nic.example", Some(Turned::Machine));
        for kind in [Kind::Request, Kind::ReplyYes, Kind::Ruling, Kind::Help, Kind::Other] {
            check(kind, "ana@nic.example", None);
        }
    }
}
