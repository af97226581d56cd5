//! From a decision to one transaction: the next state, the journal line, and every effect, built and ready.

use anyhow::Context as _;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::bot::Bot;
use crate::bot::records::{OutboxRow, Records, TokenRow, What};
use crate::domain::case::{Case, CaseId};
use crate::domain::decide::{decide, evolve};
use crate::domain::digest::Digest;
use crate::domain::event::{Decision, Effect, Event, Moment};
use crate::domain::journal::Entry;
use crate::domain::notice::Notice;
use crate::store::{Shelf, Write};
use crate::writing::message::{Stamp, message_id, write};
use crate::writing::templates::Text;

/// Digits of chance in a Message-ID without token: 60 bits are beyond guessing for a bounce that must be right at once.
const SALT_DIGITS: usize = 12;

/// An effect and what records it.
pub(in crate::bot) struct Prepared {
    pub(in crate::bot) writes: Vec<Write>,
    pub(in crate::bot) told: Value,
}

impl Bot<'_> {
    /// Something happens to a case: the rules decide, and what they decide is recorded in one transaction, together
    /// with `writes`. Nothing has left yet when it returns.
    pub(in crate::bot) fn happen(
        &mut self,
        case: &Case,
        event: &Event,
        mut writes: Vec<Write>,
        evidence: &Value,
    ) -> anyhow::Result<Case> {
        let mut moment = self.moment()?;
        let decision = decide(case, event, &self.settings.policy, &mut moment);
        let next = evolve(case, &decision);
        let told = self.effects_of(case, &decision, &mut moment, &mut writes)?;
        writes.extend(Records::write_case(&next)?);
        let entry = Entry {
            at: moment.now,
            case: Some(case.id.to_string()),
            event: decision.event.to_owned(),
            says: decision.says.clone(),
            evidence: json!({
                "from_state": case.state.name(),
                "to_state": next.state.name(),
                "effects": told,
                "because": evidence,
            }),
        };
        self.store.commit(&entry, &writes)?;
        self.keep_in_view(&next);
        tracing::info!(case = %case.id, event = decision.event, from = case.state.name(), to = next.state.name());
        Ok(next)
    }

    /// The rows of a decision's effects, each under its id for ever.
    pub(in crate::bot) fn effects_of(
        &mut self,
        case: &Case,
        decision: &Decision,
        moment: &mut Moment,
        writes: &mut Vec<Write>,
    ) -> anyhow::Result<Vec<Value>> {
        let mut told = Vec::new();
        for (number, effect) in (case.next_effect..).zip(&decision.effects) {
            let id = format!("{}.{number}", case.id);
            let what = match effect {
                Effect::Send(notice) => {
                    if self.is_left_out(case, notice, writes)? {
                        told.push(json!({ "id": id, "left_out": notice.kind }));
                        continue;
                    }
                    let prepared = self.prepare_mail(notice, &id, Some(case.id), moment)?;
                    writes.extend(prepared.writes);
                    told.push(prepared.told);
                    continue;
                }
                Effect::ReadRegistry => What::ReadRegistry,
                Effect::ChangeList => What::ChangeList,
                Effect::RecordChange => What::RecordChange,
            };
            told.push(json!({ "id": id, "does": what }));
            let row =
                OutboxRow { id, case: Some(case.id), what, tries: 0, not_before: moment.now, ended: None };
            writes.extend(Records::write_effect(&row)?);
        }
        Ok(told)
    }

    /// Builds a mail, once: its octets lie on the shelf before the transaction that names them.
    pub(in crate::bot) fn prepare_mail(
        &self,
        notice: &Notice,
        id: &str,
        case: Option<CaseId>,
        moment: &mut Moment,
    ) -> anyhow::Result<Prepared> {
        let sender = &self.settings.sender;
        let mut notice = notice.clone();
        if notice.to.is_empty() {
            notice.to.clone_from(&self.settings.secretariat);
        }
        notice.facts.whom = self.settings.secretariat.first().map(ToString::to_string).unwrap_or_default();
        let text = self.settings.templates.write(&notice, &sender.name)?;
        let salt = moment.token().lower().chars().skip(2).take(SALT_DIGITS).collect();
        let stamp = Stamp { effect: id.to_owned(), case, at: moment.now, salt };
        let octets = self.signed(write(&notice, &text, sender, &stamp)?, moment.now)?;
        let token = notice.token.as_ref().map(|(token, _)| token);
        let name = message_id(&stamp, token, &sender.message_id_domain);
        let store = self.store;
        let mail = store.put_mail(Shelf::Outgoing, &octets)?;
        let hide = |text: &str| token.map_or_else(|| text.to_owned(), |token| token.hidden_in(text));
        let hidden = Text { subject: hide(&text.subject), body: hide(&text.body), spaces: text.spaces };
        let copy = match token {
            Some(_) => store.put_mail(
                Shelf::Outgoing,
                &write(&Notice { token: None, ..notice.clone() }, &hidden, sender, &stamp)?,
            )?,
            None => mail,
        };
        let what = What::Send {
            kind: notice.kind,
            mail,
            copy,
            message_id: Digest::of(name.as_bytes()),
            recipients: notice.to.clone(),
            answered: Vec::new(),
            subject: hidden.subject.clone(),
        };
        let row = OutboxRow { id: id.to_owned(), case, what, tries: 0, not_before: moment.now, ended: None };
        let mut writes = Records::write_effect(&row)?;
        if let (Some((token, step)), Some(case), Some(asked)) = (&notice.token, case, notice.to.first()) {
            writes.push(Records::write_token(token, &TokenRow { case, step: *step, asked: asked.clone() })?);
        }
        let told = json!({ "id": id, "mail": notice.kind, "to": notice.to, "subject": hidden.subject, "copy": copy });
        Ok(Prepared { writes, told })
    }

    /// The mail with all our signatures; without keys, as it is.
    fn signed(&self, mail: Vec<u8>, at: Timestamp) -> anyhow::Result<Vec<u8>> {
        let keys = self.settings.keys.iter();
        keys.rev().try_fold(mail, |mail, key| key.sign(&mail, at)).context("signing a mail")
    }

    /// Writes something down that belongs to no case, with what follows from it.
    pub(in crate::bot) fn note(
        &self,
        event: &str,
        says: &str,
        evidence: Value,
        writes: &[Write],
    ) -> anyhow::Result<()> {
        self.write_down(event, says, evidence, writes)?;
        tracing::info!(event);
        Ok(())
    }

    /// The same without a word in the log.
    pub(in crate::bot) fn write_down(
        &self,
        event: &str,
        says: &str,
        evidence: Value,
        writes: &[Write],
    ) -> anyhow::Result<()> {
        let entry =
            Entry { at: self.now(), case: None, event: event.to_owned(), says: says.to_owned(), evidence };
        self.store.commit(&entry, writes).context("writing the journal")?;
        Ok(())
    }
}
