//! What the last listing told, and the mails that were fetched ahead.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::shell::imap::inbox::Described;

/// Mails that are fetched by one command at the most: with some forty the way there and back costs nothing any more.
const AHEAD_MAX: usize = 50;
/// Octets that are fetched ahead at the most: 4 MiB, so that a mailbox full of scanned letters needs no more memory.
pub(super) const AHEAD_OCTETS_MAX: usize = 4 * 1024 * 1024;

/// The mails that wait, in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct Listing {
    order: Vec<u32>,
    described: BTreeMap<u32, Described>,
    ahead: BTreeMap<u32, Vec<u8>>,
    alone: bool,
}

impl Listing {
    /// What is known of mails.
    pub(super) fn described(&self) -> BTreeMap<u32, Described> {
        self.described.clone()
    }

    /// These mails wait now; of those that are new this is known. What was fetched ahead is dropped.
    pub(super) fn renew(&mut self, uids: impl Iterator<Item = u32>, new: BTreeMap<u32, Described>) {
        let uids: BTreeSet<u32> = uids.collect();
        self.described.extend(new);
        self.described.retain(|uid, _| uids.contains(uid));
        self.order = uids.into_iter().collect();
        let received = |uid: &u32| self.described.get(uid).and_then(|described| described.received);
        // A mail whose time is not told comes first: it may be the oldest.
        self.order.sort_by_key(|uid| (received(uid).unwrap_or(Timestamp::MIN), *uid));
        self.ahead.clear();
        self.alone = false;
    }

    /// The mails in their order.
    pub(super) fn in_order(&self) -> impl Iterator<Item = (u32, Described)> {
        self.order.iter().map(|uid| (*uid, self.of(*uid)))
    }

    fn of(&self, uid: u32) -> Described {
        self.described.get(&uid).copied().unwrap_or_default()
    }

    /// This mail and those behind it that are to be fetched with it; it alone where it is large or its size is not known.
    pub(super) fn ahead_of(&self, uid: u32, octets_max: usize) -> BTreeSet<u32> {
        let mut chosen = BTreeSet::from([uid]);
        let most = u64::try_from(octets_max.min(AHEAD_OCTETS_MAX)).unwrap_or(u64::MAX);
        let Some(mut octets) = self.of(uid).octets.filter(|octets| *octets <= most) else { return chosen };
        if self.alone {
            return chosen;
        }
        let behind = self.order.iter().skip_while(|other| **other != uid).skip(1);
        for other in behind.take(AHEAD_MAX - 1) {
            let Some(size) = self.of(*other).octets else { break };
            octets = octets.saturating_add(size);
            if octets > most {
                break;
            }
            chosen.insert(*other);
        }
        chosen
    }

    /// How much of a mail is asked for: only the beginning where it is too large, or may be.
    pub(super) fn part_of(&self, uid: u32, octets_max: usize) -> Option<usize> {
        let fits = |octets: u64| usize::try_from(octets).is_ok_and(|octets| octets <= octets_max);
        (!self.of(uid).octets.is_some_and(fits)).then_some(octets_max)
    }

    /// Mails that were fetched ahead.
    pub(super) fn keep(&mut self, bodies: BTreeMap<u32, Vec<u8>>) {
        self.ahead = bodies;
    }

    /// A mail that was fetched ahead.
    pub(super) fn take(&mut self, uid: u32) -> Option<Vec<u8>> {
        self.ahead.remove(&uid)
    }

    /// No mail is fetched ahead until the next listing.
    pub(super) fn go_alone(&mut self) {
        self.ahead.clear();
        self.alone = true;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::{AHEAD_MAX, AHEAD_OCTETS_MAX, Listing};
    use crate::shell::imap::inbox::Described;

    fn listing(mails: &[(u32, Option<u64>, Option<&str>)]) -> Listing {
        let mut listing = Listing::default();
        let described: BTreeMap<u32, Described> = mails
            .iter()
            .map(|(uid, octets, time)| {
                (*uid, Described { octets: *octets, received: time.map(|time| time.parse().unwrap()) })
            })
            .collect();
        listing.renew(mails.iter().map(|(uid, ..)| *uid), described);
        listing
    }

    #[test]
    fn mails_come_in_the_order_of_their_time() {
        let listing = listing(&[
            (1, Some(10), Some("2026-11-20T12:00:00Z")),
            (2, Some(10), Some("2026-11-20T10:00:00Z")),
            (3, None, None),
            (4, Some(10), Some("2026-11-20T12:00:00Z")),
        ]);
        assert_eq!(listing.in_order().map(|(uid, _)| uid).collect::<Vec<_>>(), [3, 2, 1, 4]);
    }

    #[test]
    fn mails_are_fetched_ahead_up_to_a_number_and_a_size() {
        let small: Vec<_> = (1..=200).map(|uid| (uid, Some(2_000), None)).collect();
        assert_eq!(
            listing(&small).ahead_of(7, usize::MAX),
            (7..7 + u32::try_from(AHEAD_MAX).unwrap()).collect()
        );
        let most = u64::try_from(AHEAD_OCTETS_MAX).unwrap();
        let mixed = listing(&[
            (1, Some(1), None),
            (2, Some(most - 1), None),
            (3, Some(1), None),
            (4, None, None),
            (5, Some(most + 1), None),
        ]);
        let ahead = |uid| mixed.ahead_of(uid, usize::MAX).into_iter().collect::<Vec<_>>();
        assert_eq!(ahead(1), [1, 2]);
        assert_eq!(ahead(3), [3]);
        assert_eq!(ahead(4), [4]);
        assert_eq!(ahead(5), [5]);
        assert_eq!(mixed.ahead_of(1, 100), BTreeSet::from([1]));
    }

    #[test]
    fn of_a_mail_that_may_be_too_large_only_the_beginning_is_asked_for() {
        let listing = listing(&[(1, Some(100), None), (2, Some(101), None), (3, None, None)]);
        assert_eq!([1, 2, 3].map(|uid| listing.part_of(uid, 100)), [None, Some(100), Some(100)]);
    }
}
