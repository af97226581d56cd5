//! What a rehearsal's program meets outside: shells that are closed, and shells that are watched.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::domain::address::Address;
use crate::domain::evidence::{DnsAnswer, DnsQuestion};
use crate::rehearsal::stage::{ListMaker, Watch};
use crate::shell::by_hand::ByHand;
use crate::shell::own_roster::OwnRoster;
use crate::world::{Filing, Mailbox, Outgoing, Post, Posted, Resolver, Waiting};

/// The list that this person changes; without one the roster is the list.
pub(super) fn list_of(administrator: Option<Address>) -> ListMaker {
    Box::new(move || match &administrator {
        Some(administrator) => Box::new(ByHand::new(administrator.clone())),
        None => Box::new(OwnRoster::new()),
    })
}

/// A post that takes nothing, a DNS that answers nothing.
pub(super) struct Closed;

impl Resolver for Closed {
    fn answers(&mut self, questions: &[DnsQuestion]) -> BTreeMap<DnsQuestion, DnsAnswer> {
        let none = || DnsAnswer::Temporary("no answer came".to_owned());
        questions.iter().map(|question| (question.clone(), none())).collect()
    }
}

impl Post for Closed {
    fn send(&mut self, mail: &Outgoing) -> Vec<Posted> {
        vec![Posted::Later("the post is closed".to_owned()); mail.recipients.len()]
    }
}

/// A DNS whose questions are counted.
pub(super) struct Counted {
    pub(super) inner: Box<dyn Resolver + Send>,
    pub(super) asked: Arc<AtomicUsize>,
}

impl Resolver for Counted {
    fn answers(&mut self, questions: &[DnsQuestion]) -> BTreeMap<DnsQuestion, DnsAnswer> {
        self.asked.fetch_add(questions.len(), Ordering::Relaxed);
        self.inner.answers(questions)
    }
}

/// A shell whose doings are watched.
pub(super) struct Watched<T> {
    pub(super) inner: T,
    pub(super) watch: Option<Watch>,
}

impl<T> Watched<T> {
    fn tell(&self) {
        if let Some(watch) = &self.watch {
            watch();
        }
    }
}

impl<T: Post> Post for Watched<T> {
    fn send(&mut self, mail: &Outgoing) -> Vec<Posted> {
        let posted = self.inner.send(mail);
        self.tell();
        posted
    }
}

impl<T: Mailbox> Mailbox for Watched<T> {
    fn waiting(&mut self, most: usize) -> anyhow::Result<Vec<Waiting>> {
        self.inner.waiting(most)
    }

    fn fetch(&mut self, id: &str, octets_max: usize) -> anyhow::Result<Option<Vec<u8>>> {
        self.inner.fetch(id, octets_max)
    }

    fn file(&mut self, id: &str, filing: Filing) -> anyhow::Result<()> {
        self.inner.file(id, filing)?;
        self.tell();
        Ok(())
    }

    fn settle(&mut self) -> anyhow::Result<()> {
        self.inner.settle()
    }
}
