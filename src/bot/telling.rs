//! The mails that belong to no case: to the secretariat about a mail, and to an authenticated stranger who asks how.

use serde_json::Value;

use crate::bot::Bot;
use crate::bot::counting::{DAY, WEEK, owner_key};
use crate::bot::records::Records;
use crate::bot::suppressing::Suppression;
use crate::domain::admission::Arrival;
use crate::domain::because::Because;
use crate::domain::case::{Step, Thread};
use crate::domain::digest::Digest;
use crate::domain::evidence::Verdict;
use crate::domain::free_mail::is_free_mail;
use crate::domain::help::Help;
use crate::domain::notice::{Facts, Notice, NoticeKind, QUOTED_LINES_MAX, blank_form};
use crate::domain::token::Token;
use crate::domain::tongue::{self, ENGLISH};
use crate::store::Write;

/// How somebody was answered who got the help, in the mail to the secretariat about his.
const TOLD_HOW_TO_ASK: &str = "told how to ask";

/// A mail that belongs to no case, as the secretariat is told of it.
pub(in crate::bot) struct About {
    /// Who it claims to be from.
    pub(in crate::bot) from: String,
    /// How he was answered, as in `told how to ask`; empty where he was not.
    pub(in crate::bot) answered: String,
    /// Why a person should read it.
    pub(in crate::bot) points: Vec<String>,
    /// What is known of it.
    pub(in crate::bot) evidence: Vec<String>,
    /// Its writer's own words.
    pub(in crate::bot) quoted: Vec<String>,
    /// Whether it is proven to be from him: what is not must not use up the attention for what is.
    pub(in crate::bot) proven: bool,
    /// The token by which an answer says that it was dealt with; none where there is nothing to settle.
    pub(in crate::bot) settled_by: Option<Token>,
}

impl About {
    /// A mail that was read and proved.
    pub(in crate::bot) fn mail(arrival: &Arrival, points: Vec<String>) -> Self {
        let mut evidence = arrival.proof.reasons.clone();
        evidence.push(format!("Raw mail: {}.", arrival.mail));
        Self {
            from: arrival.from.as_ref().map_or_else(|| "somebody".to_owned(), ToString::to_string),
            answered: String::new(),
            points,
            evidence,
            quoted: arrival.reading.own_text.lines().map(str::to_owned).collect(),
            proven: arrival.proof.verdict == Verdict::Authenticated,
            settled_by: None,
        }
    }

    fn counter(&self) -> &'static str {
        if self.proven { "notes" } else { "notes-unproven" }
    }
}

impl Bot<'_> {
    /// Brings a mail that belongs to no case to the secretariat, up to a number a day; the last one says so.
    pub(in crate::bot) fn tell_of_mail(
        &mut self,
        about: About,
        writes: &mut Vec<Write>,
    ) -> anyhow::Result<Option<Value>> {
        let most = u32::from(self.settings.policy.secretariat_notes_per_day_max);
        let Some(count) = self.spend(about.counter(), DAY, most, writes)? else { return Ok(None) };
        let About { from, answered, mut points, evidence, quoted, settled_by, .. } = about;
        if count == most {
            points.push("this is the last such mail for today: further ones are only kept, in the mailbox and in the journal".to_owned());
        }
        let quoted = quoted.into_iter().take(QUOTED_LINES_MAX).collect();
        let reason = answered.into();
        let facts = Facts { requester: from, reason, points, evidence, quoted, ..Facts::default() };
        let token = settled_by.map(|token| (token, Step::Ruling));
        let about = (None, Thread::default(), facts);
        self.send_with((NoticeKind::HeldMail, ENGLISH, token), Vec::new(), about, writes).map(Some)
    }

    /// Tells the proven sender of a mail how to ask, once in a while; the secretariat hears of the mail if it should.
    pub(in crate::bot) fn send_help(
        &mut self,
        arrival: &Arrival,
        help: &Help,
        writes: &mut Vec<Write>,
    ) -> anyhow::Result<Vec<Value>> {
        let told = self.how_to_ask(arrival, help, writes)?;
        if help.points.is_empty() {
            let kept_back = || {
                format!("a mail of {}", arrival.from.as_ref().map(ToString::to_string).unwrap_or_default())
            };
            return Ok(match told {
                Some(told) => vec![told],
                None => self.suppressed(Suppression::Help, &kept_back(), writes)?.into_iter().collect(),
            });
        }
        let answered = if told.is_some() { TOLD_HOW_TO_ASK.to_owned() } else { String::new() };
        let about = About { answered, ..About::mail(arrival, help.points.clone()) };
        Ok(told.into_iter().chain(self.tell_of_mail(about, writes)?).collect())
    }

    fn how_to_ask(
        &mut self,
        arrival: &Arrival,
        help: &Help,
        writes: &mut Vec<Write>,
    ) -> anyhow::Result<Option<Value>> {
        let Some(from) = &arrival.from else { return Ok(None) };
        let most = u32::from(self.settings.policy.help_per_week_max);
        let most_to_domain = u32::from(self.settings.policy.help_per_week_to_domain_max);
        let to_one = format!("help/{}", owner_key(from));
        let to_domain = format!("help-domain/{}", Digest::of(from.domain().as_bytes()));
        // At a provider for everybody each address is somebody's own.
        let crowded =
            !is_free_mail(from) && self.records.spent(&to_domain)?.now(self.now()) >= most_to_domain;
        if crowded || self.spend(&to_one, WEEK, most, writes)?.is_none() {
            return Ok(None);
        }
        self.spend(&to_domain, WEEK, u32::MAX, writes)?;
        let because = Because::Wrote(arrival.thread.subject.clone());
        let facts = Facts {
            because,
            form: blank_form(help.own.as_ref()),
            example: help.own.clone(),
            ..Facts::default()
        };
        let stored = self.records.language_of(from)?;
        let own = self.told_language(arrival).or(stored.as_deref());
        let language = tongue::choose(own, &help.own);
        let about = (arrival.from_name.clone(), arrival.thread.clone(), facts);
        self.send_in((NoticeKind::Help, language), vec![from.clone()], about, writes).map(Some)
    }

    /// A mail that belongs to no case, in English, for the secretariat.
    pub(in crate::bot) fn send_note(
        &mut self,
        kind: NoticeKind,
        to: Vec<crate::domain::address::Address>,
        about: (Option<String>, Thread, Facts),
        writes: &mut Vec<Write>,
    ) -> anyhow::Result<Value> {
        self.send_in((kind, ENGLISH), to, about, writes)
    }

    /// The same in a language.
    pub(in crate::bot) fn send_in(
        &mut self,
        (kind, language): (NoticeKind, &str),
        to: Vec<crate::domain::address::Address>,
        about: (Option<String>, Thread, Facts),
        writes: &mut Vec<Write>,
    ) -> anyhow::Result<Value> {
        self.send_with((kind, language, None), to, about, writes)
    }

    /// The same with a token, whose meaning its caller records.
    pub(in crate::bot) fn send_with(
        &mut self,
        (kind, language, token): (NoticeKind, &str, Option<(Token, Step)>),
        to: Vec<crate::domain::address::Address>,
        (name, thread, facts): (Option<String>, Thread, Facts),
        writes: &mut Vec<Write>,
    ) -> anyhow::Result<Value> {
        let number = self.next_note(writes)?;
        let mut moment = self.moment()?;
        let notice = Notice { kind, to, name, token, thread, language: Some(language.to_owned()), facts };
        let prepared = self.prepare_mail(&notice, &format!("N-{number}.1"), None, &mut moment)?;
        writes.extend(prepared.writes);
        Ok(prepared.told)
    }

    /// The number of the next mail that belongs to no case: one transaction may bring two.
    pub(in crate::bot) fn next_note(&self, writes: &mut Vec<Write>) -> anyhow::Result<u64> {
        let number = match Records::next_among(writes, "note") {
            Some(number) => number,
            None => self.records.next_number("note")?,
        };
        writes.push(Records::write_next_number("note", number + 1)?);
        Ok(number)
    }
}
