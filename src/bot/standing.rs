//! Whose mails come first: those of people who are known, or that carry a token of ours, before all others.
//!
//! A mailbox that is flooded is read in turns, each of some hundred mails. What a From says is not proven here; whoever
//! forges a known name comes early and is refused like any other. Among equals each sender has his turn, so that many
//! mails of one do not hold up the one mail of another.

use std::collections::BTreeMap;

use jiff::SignedDuration;

use crate::bot::counting::HOUR;
use crate::bot::desk::Unproved;
use crate::bot::{Bot, Pace};
use crate::domain::address::Address;
use crate::domain::contact::Roster;
use crate::domain::decay::Spent;
use crate::domain::free_mail::is_free_mail;
use crate::domain::token::Token;
use crate::reading::letter::Letter;
use crate::reading::tokens_of;
use crate::world::Waiting;

/// Mails that wait without being looked at for their order: a turn has taken them all in before that has paid.
const UNORDERED_MAX: usize = 64;
/// Octets of a mail in which its From stands: a header has some thousand.
const PEEK_OCTETS: usize = 16 * 1024;
/// How long a turn looks at senders: a slow mailbox must not be all that it does. The rest is looked at in the next turn.
const PEEK_TIME_MAX: SignedDuration = SignedDuration::from_secs(20);

/// Proofs in an hour for one address that is not known: a person writes some mails, not hundreds.
const PROOFS_TO_ONE_MAX: u32 = 20;
/// Proofs in an hour for one domain of such addresses; not for providers at which anybody may be.
const PROOFS_TO_DOMAIN_MAX: u32 = 100;
/// Names whose proofs are counted at the most: what has decayed goes then, and after that everything.
const PROOF_COUNTS_MAX: usize = 10_000;

/// What a mail in the mailbox says of its sender. The order is that in which they are taken in.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(in crate::bot) enum Standing {
    /// An admin contact, a listed contact, the secretariat, or whoever has a token of ours.
    Known(String),
    /// Anybody else, by his domain.
    Stranger(String),
    /// Nobody has looked yet.
    NotSeen,
}

impl Bot<'_> {
    /// These mails in the order in which they are taken in: known people's first, then by turns, then by age.
    pub(in crate::bot) fn known_first(&mut self, mails: Vec<Waiting>) -> anyhow::Result<Vec<Waiting>> {
        if mails.len() <= UNORDERED_MAX {
            return Ok(mails);
        }
        let roster = self.roster()?;
        let before = std::mem::take(&mut self.standings);
        let began = self.now();
        let mut standings = BTreeMap::new();
        for mail in &mails {
            let late = self.now().duration_since(began) >= PEEK_TIME_MAX || (self.pulse)() == Pace::Finish;
            let standing = match before.get(&mail.id) {
                Some(standing) => standing.clone(),
                None if late => continue,
                None => self.peek(&mail.id, &roster)?,
            };
            standings.insert(mail.id.clone(), standing);
        }
        self.standings = standings;
        let mut turns: BTreeMap<&Standing, usize> = BTreeMap::new();
        let mut order = Vec::new();
        for mail in mails {
            let standing = self.standings.get(&mail.id).unwrap_or(&Standing::NotSeen);
            let turn = turns.entry(standing).or_default();
            *turn += 1;
            let class = match standing {
                Standing::Known(_) => 0_u8,
                Standing::Stranger(_) => 1,
                Standing::NotSeen => 2,
            };
            order.push(((class, *turn), mail));
        }
        order.sort_by_key(|(place, _)| *place);
        Ok(order.into_iter().map(|(_, mail)| mail).collect())
    }

    /// Looks at a mail's header. What cannot be read now is a stranger's.
    fn peek(&mut self, id: &str, roster: &Roster) -> anyhow::Result<Standing> {
        let raw = self.world.mailbox.fetch(id, PEEK_OCTETS).ok().flatten().unwrap_or_default();
        let Ok(letter) = Letter::read(&raw) else { return Ok(Standing::Stranger(String::new())) };
        let from = letter.from().map(Address::without_subaddress);
        Ok(if self.is_known(letter.from(), &tokens_of(&letter), roster)? {
            Standing::Known(from.map(|from| from.lower()).unwrap_or_default())
        } else {
            Standing::Stranger(from.map(|from| from.domain().to_owned()).unwrap_or_default())
        })
    }

    /// Whether a mail claims to be from somebody who is known, or has a token of ours.
    fn is_known(
        &mut self,
        from: Option<&Address>,
        tokens: &[Token],
        roster: &Roster,
    ) -> anyhow::Result<bool> {
        for token in tokens {
            if self.records.token(token)?.is_some() {
                return Ok(true);
            }
        }
        Ok(from.is_some_and(|from| {
            self.settings.secretariat.contains(from)
                || !roster.tlds_of(from).is_empty()
                || !self.world.registry.administered_by(from).is_empty()
        }))
    }

    /// Whether so many mails of a stranger, or of his domain, were proved within the hour that this one is not; else it is
    /// counted. The end of the program forgets the counts: that costs some questions, and no mail.
    pub(in crate::bot) fn is_beyond_proof(
        &mut self,
        unproved: &Unproved,
        roster: &Roster,
    ) -> anyhow::Result<bool> {
        let Some(from) = unproved.letter.from() else { return Ok(false) };
        if self.is_known(Some(from), &unproved.reading.tokens, roster)? {
            return Ok(false);
        }
        let now = self.now();
        if self.proofs.len() >= PROOF_COUNTS_MAX {
            self.proofs.retain(|_, spent| !spent.is_over(now));
        }
        if self.proofs.len() >= PROOF_COUNTS_MAX {
            self.proofs.clear();
        }
        let one = (from.without_subaddress().lower(), PROOFS_TO_ONE_MAX);
        let domain = (from.domain().to_owned(), PROOFS_TO_DOMAIN_MAX);
        let counts: Vec<(String, u32)> =
            std::iter::once(one).chain((!is_free_mail(from)).then_some(domain)).collect();
        let spent = |key: &String| self.proofs.get(key).map_or(0, |spent: &Spent| spent.now(now));
        if counts.iter().any(|(key, most)| spent(key) >= *most) {
            return Ok(true);
        }
        for (key, _) in counts {
            let spent = self.proofs.remove(&key).unwrap_or_default().with_one(HOUR, now);
            self.proofs.insert(key, spent);
        }
        Ok(false)
    }
}
