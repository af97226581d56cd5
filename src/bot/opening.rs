//! Opening the cases of a mail: each once, whatever happens in between.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::bot::Bot;
use crate::bot::answers::holds;
use crate::bot::counting::DAY;
use crate::bot::intake::Item;
use crate::bot::marks::Marks;
use crate::bot::records::Records;
use crate::bot::suppressing::Suppression;
use crate::domain::address::Address;
use crate::domain::admission::{View, is_unproven};
use crate::domain::case::{Case, CaseId, Step};
use crate::domain::digest::Digest;
use crate::domain::event::Event;
use crate::domain::notice::{Notice, NoticeKind};
use crate::domain::open_case::Route;
use crate::domain::request::Reading;
use crate::domain::tld::Tld;
use crate::store::Write;
use crate::world::Filing;

impl Bot<'_> {
    /// Opens the cases of one mail, each in a transaction of its own; the last one marks the mail as seen. After a crash
    /// in between, those that are open already are known by what the mail opened.
    pub(in crate::bot) fn open(
        &mut self,
        item: &Item<'_>,
        marks: &Marks,
        cases: Vec<Case>,
        (view, evidence, clean, former): (&View, Value, Vec<Write>, &[Case]),
    ) -> anyhow::Result<()> {
        let last = cases.len();
        let mut ids = Vec::new();
        for (place, case) in (1..).zip(cases) {
            let mark = format!("opened/{}/{}", item.digest, Digest::of(case.tlds_for_people().as_bytes()));
            let number = match self.records.counter(&mark)? {
                Some(number) => number,
                None => self.records.next_number("case")?,
            };
            let case = self.with_languages(Case { id: CaseId(number), ..case })?;
            ids.push(case.id);
            let mut writes = Vec::new();
            if place == last {
                writes.extend(marks.writes(item, Filing::Done, ids.clone())?);
                writes.extend(clean.clone());
            }
            if self.records.case(case.id)?.is_some() {
                let says = "The rest of a mail was taken in after an interruption.";
                self.note("taken_up_again", says, json!({ "mail": item.digest, "cases": ids }), &writes)?;
                continue;
            }
            for former in self.still_open(former)? {
                self.happen(&former, &Event::Superseded(case.id), Vec::new(), &json!({ "by": case.id }))?;
            }
            self.replace_all(&case)?;
            writes.push(Records::write_next_number("case", number + 1)?);
            writes.push(Records::write_counter(&mark, Some(&number))?);
            if is_unproven(&case) {
                writes.extend(self.count_unproven(&case)?);
            }
            let because = json!({
                "mail": evidence, "requests": case.reading.requests, "changes": case.changes, "doubts": case.doubts,
                "iana": case.registry, "role": case.requester.role, "authority": authority_of(&case, view),
                "must_agree": case.required, "consents": case.consents,
            });
            self.happen(&case, &Event::RequestArrived, writes, &because)?;
        }
        Ok(())
    }

    /// The requests that lacked something, and whose place this mail takes: it answers our question for the details.
    pub(in crate::bot) fn superseded_by(
        &self,
        reading: &Reading,
        from: Option<&Address>,
    ) -> anyhow::Result<Vec<Case>> {
        let mut cases = Vec::new();
        for token in &reading.tokens {
            let Some(row) = self.records.token(token)? else { continue };
            let Some(former) = self.records.case(row.case)? else { continue };
            let same = row.step == Step::Information && Some(&row.asked) == from;
            if same && former.state.is_open() && holds(&former, &row, token) {
                cases.push(former);
            }
        }
        Ok(cases)
    }

    /// Of these cases those that are open still: one that an earlier case of the same mail replaced is not.
    fn still_open(&self, cases: &[Case]) -> anyhow::Result<Vec<Case>> {
        let mut open = Vec::new();
        for case in cases {
            open.extend(self.records.case(case.id)?.filter(|case| case.state.is_open()));
        }
        Ok(open)
    }

    fn count_unproven(&self, case: &Case) -> anyhow::Result<Vec<Write>> {
        let mut writes = Vec::new();
        for tld in case.tlds() {
            self.spend(&requests_key(tld, Route::of(case)), DAY, u32::MAX, &mut writes)?;
        }
        Ok(writes)
    }

    /// Counts a mail that asks the admin contact about an unproven request; a reminder is left out where the day has had
    /// its number for the ccTLD. The first mail of a request was weighed when it was opened, or a person ruled.
    pub(in crate::bot) fn is_left_out(
        &mut self,
        case: &Case,
        notice: &Notice,
        writes: &mut Vec<Write>,
    ) -> anyhow::Result<bool> {
        if self.is_stopped(case, notice, writes)? {
            return Ok(true);
        }
        if notice.kind != NoticeKind::ConfirmAdmin || !is_unproven(case) {
            return Ok(false);
        }
        let keys: Vec<String> = case.tlds().map(|tld| mails_key(tld, Route::of(case))).collect();
        if notice.facts.reminder > 0 {
            let most = u32::from(self.settings.policy.unproven_per_day_max);
            for key in &keys {
                if self.records.spent(key)?.now(self.now()) >= most {
                    let about = format!("the reminder of {} for {}", case.id, case.tlds_for_people());
                    self.suppressed(Suppression::Reminder, &about, writes)?;
                    return Ok(true);
                }
            }
        }
        for key in keys {
            self.spend(&key, DAY, u32::MAX, writes)?;
        }
        Ok(false)
    }

    pub(in crate::bot) fn add_open_cases(
        &mut self,
        view: &mut View,
        superseded: &[CaseId],
    ) -> anyhow::Result<()> {
        view.exemptions = self.records.exemptions()?;
        let named: Vec<Tld> = view.records.keys().cloned().collect();
        let open = self.open_for(named.iter())?;
        view.open.extend(open.into_iter().filter(|case| !superseded.contains(&case.id)));
        let now = self.now();
        for tld in named {
            if let Some(stopped) = self.records.stopped(&tld)? {
                view.stopped.insert(tld.clone(), stopped.by);
            }
            for route in [Route::OwnName, Route::Copy] {
                let requests = self.records.spent(&requests_key(&tld, route))?.now(now);
                let mails = self.records.spent(&mails_key(&tld, route))?.now(now);
                let recent = u16::try_from(requests.max(mails)).unwrap_or(u16::MAX);
                view.unproven_today.insert((tld.clone(), route), recent);
            }
        }
        Ok(())
    }
}

fn requests_key(tld: &Tld, route: Route) -> String {
    format!("unproven/{tld}/{}", route.word())
}

fn mails_key(tld: &Tld, route: Route) -> String {
    format!("confirmations/{tld}/{}", route.word())
}

fn authority_of(case: &Case, view: &View) -> BTreeMap<String, &'static str> {
    let tlds = case.tlds().filter(|tld| view.records.contains_key(tld));
    tlds.map(|tld| (tld.to_string(), case.requester.role.words())).collect()
}
