//! STOP and START: whether an admin contact is asked about requests that nothing but a copy to him brings.
//!
//! STOP counts as a yes does: by the token of such a question and the address that it went to. It holds for the ccTLDs of
//! that question and for as long as IANA lists this address, until START. A request that he sends himself does not end
//! it: it says nothing of what strangers may bring him. The same two words hold for invitations (`declining`).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::bot::Bot;
use crate::bot::answers::first_line;
use crate::bot::intake::Item;
use crate::bot::marks::Marks;
use crate::bot::records::Records;
use crate::bot::telling::About;
use crate::domain::address::Address;
use crate::domain::admission::{Arrival, View};
use crate::domain::because::Because;
use crate::domain::case::{Case, CaseId, Step};
use crate::domain::event::{Answer, Event, Moment, Word};
use crate::domain::evidence::Verdict;
use crate::domain::notice::{Facts, Notice, NoticeKind};
use crate::domain::request::Reading;
use crate::domain::tld::{Tld, in_a_row};
use crate::domain::tongue;
use crate::store::{Table, Write};
use crate::world::Filing;
use crate::writing::layout::list;

/// What the names of these rows begin with, among the counters.
const STOPPED: &str = "stopped/";

/// A ccTLD whose admin contact is not asked about requests that merely copy him.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Stopped {
    /// Which.
    pub tld: Tld,
    /// Who said so.
    pub by: Address,
    /// When.
    pub since: Timestamp,
}

impl Stopped {
    /// One line for a person.
    pub fn words(&self) -> String {
        let (tld, day) = (self.tld.for_people(), self.since.strftime("%Y-%m-%d"));
        format!(
            "{tld}: since {day} {} gets no questions about requests that merely copy him; START, written from there, or `tldops roster start {}` ends it",
            self.by, self.tld
        )
    }
}

/// What somebody wishes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Wish {
    Stop,
    Start,
}

impl Records<'_> {
    /// Who stopped the questions for a ccTLD; none where nobody did.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn stopped(&self, tld: &Tld) -> anyhow::Result<Option<Stopped>> {
        self.counter(&key(tld))
    }

    /// All ccTLDs for which they are stopped.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn all_stopped(&self) -> anyhow::Result<Vec<Stopped>> {
        self.counters_of(STOPPED)
    }
}

impl Bot<'_> {
    /// An answer of the admin contact with nothing but STOP or START on its first line. None: it is another answer.
    pub(in crate::bot) fn stopped_or_started(
        &mut self,
        item: &Item<'_>,
        arrival: &Arrival,
        marks: &Marks,
        (case, answer): (&Case, &Answer),
    ) -> anyhow::Result<Option<Filing>> {
        // From must be one plain mailbox in a mail that can be read in one way only.
        let plain = arrival.proof.from.as_ref() == Some(&answer.asked);
        if answer.step != Step::Admin || !plain || arrival.reading.hold {
            return Ok(None);
        }
        let wish = self.wish(&arrival.reading);
        // Who is asked for another reason than a copy was not told of STOP.
        let Some(wish) = wish.filter(|wish| *wish == Wish::Start || case.copied) else { return Ok(None) };
        let tlds: Vec<Tld> = case.tlds().cloned().collect();
        let mut writes = marks.writes(item, Filing::Done, vec![case.id])?;
        let told = self.wished(wish, &tlds, (arrival, Some(case)), &mut writes)?;
        let says = wish.says(&answer.asked, &tlds);
        let evidence = json!({ "mail": item.digest, "wish": says, "proof": arrival.proof, "effects": told });
        if wish == Wish::Stop && case.state.is_open() {
            // STOP is said to this request as well, and was announced so.
            let refuses = Answer { word: Word::No, ..answer.clone() };
            self.happen(case, &Event::Answered(refuses), writes, &evidence)?;
        } else {
            self.note(wish.event(), &says, evidence, &writes)?;
        }
        Ok(Some(Filing::Done))
    }

    /// START in a mail without token, proven to be the admin contact's who wrote STOP to such a question, or to an invitation.
    pub(in crate::bot) fn started_by_mail(
        &mut self,
        item: &Item<'_>,
        arrival: &Arrival,
        marks: &Marks,
        view: &View,
    ) -> anyhow::Result<Option<Filing>> {
        let proven = arrival.proof.verdict == Verdict::Authenticated && !arrival.reading.hold;
        let Some(from) = arrival.from.as_ref().filter(|_| proven) else { return Ok(None) };
        if self.wish(&arrival.reading) != Some(Wish::Start) {
            return Ok(None);
        }
        let mut tlds = Vec::new();
        for tld in &view.administered {
            let stopped = self.records.stopped(tld)?;
            tlds.extend(stopped.filter(|stopped| stopped.by == *from).map(|stopped| stopped.tld));
        }
        let uninvited = self.records.uninvited(from)?;
        if tlds.is_empty() && uninvited.is_none() {
            return Ok(None);
        }
        let mut writes = Vec::new();
        let told = self.wished(Wish::Start, &tlds, (arrival, None), &mut writes)?;
        let evidence = json!({ "mail": item.digest, "proof": arrival.proof, "effects": told });
        if let Some(uninvited) = uninvited {
            let said = (from.clone(), uninvited);
            return self.invite_again((item, arrival, marks), said, (evidence, writes)).map(Some);
        }
        writes.extend(marks.writes(item, Filing::Done, Vec::new())?);
        self.note(Wish::Start.event(), &Wish::Start.says(from, &tlds), evidence, &writes)?;
        Ok(Some(Filing::Done))
    }

    /// Ends a STOP, as a person said at the shell. Gives whose it was; none where there is none.
    ///
    /// # Errors
    /// Where the store cannot be written.
    pub fn start_again(&mut self, tld: &Tld) -> anyhow::Result<Option<Address>> {
        let Some(stopped) = self.records.stopped(tld)? else { return Ok(None) };
        let writes = vec![Records::write_counter::<Stopped>(&key(tld), None)?];
        let says = Wish::Start.says(&stopped.by, std::slice::from_ref(tld));
        let evidence = json!({ "stopped": stopped, "because": "a person said so" });
        self.note(Wish::Start.event(), &says, evidence, &writes)?;
        Ok(Some(stopped.by))
    }

    /// Whether a mail that asks somebody is left out, since he stopped such mails: the reminder of a question that came
    /// by a copy to him, and the word that this request is refused, which stands in the answer to his STOP.
    pub(in crate::bot) fn is_stopped(
        &self,
        case: &Case,
        notice: &Notice,
        writes: &[Write],
    ) -> anyhow::Result<bool> {
        let reminds = notice.kind == NoticeKind::ConfirmAdmin && notice.facts.reminder > 0;
        if !case.copied || !(reminds || notice.kind == NoticeKind::Refused) {
            return Ok(false);
        }
        for tld in case.tlds() {
            let key = key(tld);
            let just_now = writes
                .iter()
                .any(|write| write.table == Table::Counters && write.key == key && write.value.is_some());
            let stopped = self.records.stopped(tld)?.is_some_and(|stopped| notice.to.contains(&stopped.by));
            let to_him = case.admin.as_ref().is_some_and(|admin| notice.to.contains(admin));
            if (reminds && stopped) || (!reminds && just_now && to_him) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether a mail says STOP and nothing else on its first line.
    pub(in crate::bot) fn says_stop(&self, reading: &Reading) -> bool {
        self.wish(reading) == Some(Wish::Stop)
    }

    /// Whether a mail says START and nothing else on its first line.
    pub(in crate::bot) fn says_start(&self, reading: &Reading) -> bool {
        self.wish(reading) == Some(Wish::Start)
    }

    fn wish(&self, reading: &Reading) -> Option<Wish> {
        let line = first_line(&reading.own_text);
        let templates = &self.settings.templates;
        if templates.is_the_stop_asked_for(line) {
            Some(Wish::Stop)
        } else if templates.is_the_start_asked_for(line) {
            Some(Wish::Start)
        } else {
            None
        }
    }

    /// What records a wish and answers it; nothing where all is so already.
    fn wished(
        &mut self,
        wish: Wish,
        tlds: &[Tld],
        (arrival, case): (&Arrival, Option<&Case>),
        writes: &mut Vec<Write>,
    ) -> anyhow::Result<Vec<Value>> {
        let Some(by) = arrival.from.clone() else { return Ok(Vec::new()) };
        let mut changed = Vec::new();
        for tld in tlds {
            let stopped = self.records.stopped(tld)?.is_some_and(|stopped| stopped.by == by);
            if stopped == (wish == Wish::Stop) {
                continue;
            }
            let row = Stopped { tld: tld.clone(), by: by.clone(), since: self.now() };
            writes.push(Records::write_counter(&key(tld), Some(&row).filter(|_| wish == Wish::Stop))?);
            changed.push(tld.clone());
        }
        if changed.is_empty() {
            return Ok(Vec::new());
        }
        let mut told = vec![self.answer_to_wish(wish, &changed, (arrival, &by, case), writes)?];
        let about = About {
            answered: "told what holds from now on".to_owned(),
            ..About::mail(arrival, wish.points(&by, &changed))
        };
        told.extend(self.tell_of_mail(about, writes)?);
        Ok(told)
    }

    /// The mail that says what holds from now on. It has a token where there is a case to bind it to, so that START needs
    /// no signature either.
    fn answer_to_wish(
        &mut self,
        wish: Wish,
        tlds: &[Tld],
        (arrival, by, case): (&Arrival, &Address, Option<&Case>),
        writes: &mut Vec<Write>,
    ) -> anyhow::Result<Value> {
        let mut moment: Moment = self.moment()?;
        let refused = case.filter(|case| wish == Wish::Stop && case.state.is_open()).map(|case| case.id);
        let facts =
            Facts { case: refused, tlds: in_a_row(tlds), because: Because::Wished, ..Facts::default() };
        let stored = self.records.language_of(by)?;
        let answered = case.and_then(|case| case.answered_in(by));
        let own = self.told_language(arrival).or(answered).or(stored.as_deref());
        let language = tongue::choose(own, tlds);
        let bound: Option<CaseId> = case.filter(|_| wish == Wish::Stop).map(|case| case.id);
        let notice = Notice {
            kind: wish.kind(),
            to: vec![by.clone()],
            name: None,
            token: bound.map(|_| (moment.token(), Step::Admin)),
            thread: arrival.thread.clone(),
            language: Some(language.to_owned()),
            facts,
        };
        let number = self.next_note(writes)?;
        let prepared = self.prepare_mail(&notice, &format!("N-{number}.1"), bound, &mut moment)?;
        writes.extend(prepared.writes);
        Ok(prepared.told)
    }
}

impl Wish {
    fn event(self) -> &'static str {
        match self {
            Self::Stop => "copies_stopped",
            Self::Start => "copies_started",
        }
    }

    fn kind(self) -> NoticeKind {
        match self {
            Self::Stop => NoticeKind::Stopped,
            Self::Start => NoticeKind::Started,
        }
    }

    fn says(self, by: &Address, tlds: &[Tld]) -> String {
        let tlds: Vec<String> = tlds.iter().map(Tld::for_people).collect();
        let tlds = list(&tlds);
        match self {
            Self::Stop => {
                format!("{by} wants no more questions about requests for {tlds} that merely copy him.")
            }
            Self::Start => format!("{by} is asked again about requests for {tlds} that copy him."),
        }
    }

    /// What the secretariat should know, a line each.
    fn points(self, by: &Address, tlds: &[Tld]) -> Vec<String> {
        let follows: &[&str] = match self {
            Self::Stop => &[
                "such requests of people without a role of their own lie among the held mails from now on, and nobody is told",
                "what he himself, the technical contact or a listed contact asks for goes on as before",
                "START, written from his address, or `tldops roster start` ends it; `tldops roster list` shows for which ccTLDs it holds",
            ],
            Self::Start => &["such requests are put to him as before"],
        };
        let follows = follows.iter().map(|line| (*line).to_owned());
        [self.says(by, tlds)].into_iter().chain(follows).collect()
    }
}

fn key(tld: &Tld) -> String {
    format!("{STOPPED}{tld}")
}
