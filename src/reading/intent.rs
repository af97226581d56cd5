//! Intent: whether a person's mail asks for a change, asks for contacts, asks for help, or none of these.

use std::ops::Range;

use crate::domain::tld::Tld;
use crate::reading::entry::{Entry, Role};
use crate::reading::facts;
use crate::reading::folding::is_word;
use crate::reading::sentences;
use crate::reading::speech::Speech;
use crate::reading::statement::Statement;
use crate::reading::wishes;
use crate::reading::words::{Hit, Sense};

/// What a mail is about.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Intent {
    /// A change of contacts.
    Change,
    /// Contacts of others.
    Query,
    /// How to join or to change.
    Help,
    /// Something that a person must see: law, an incident, a complaint.
    Alarm,
    /// Nothing of these.
    Nothing,
}

/// What intent is read from.
pub(super) struct Signs<'a> {
    /// The Subject.
    pub(super) subject: &'a Speech,
    /// The writer's own words.
    pub(super) own: &'a Speech,
    /// What the mail states.
    pub(super) statement: &'a Statement,
    /// What it asks for as a whole.
    pub(super) role: Role,
    /// The ccTLDs that it names.
    pub(super) tlds: &'a [Tld],
    /// Whether it names a ccTLD that does not exist.
    pub(super) nearly: bool,
    /// Whether a document or a picture is attached.
    pub(super) attached: bool,
    /// Whether its header says that it went to many, who may sign off.
    pub(super) mass_mail: bool,
}

impl Signs<'_> {
    /// Weighs the signs.
    pub(super) fn intent(&self) -> Intent {
        let advertises = self.own.has(Sense::Advertising) || self.subject.has(Sense::Advertising);
        if self.mass_mail || (advertises && (self.tlds.is_empty() || !self.has_values())) {
            return Intent::Nothing;
        }
        if is_command(self.subject, "help") && self.asks_how() && !self.has_values() {
            return Intent::Help;
        }
        if wishes::only_thanks(self.own) && !self.is_question() && !self.is_alarming() {
            return Intent::Nothing;
        }
        if self.asks_for_a_change() {
            return Intent::Change;
        }
        if self.leaves_all_as_it_is() && !self.is_question() && !self.is_alarming() {
            return Intent::Nothing;
        }
        let how = self.asks_how();
        let acts = self.own.has_any(&[Sense::Add, Sense::Remove, Sense::Change, Sense::Replace]);
        let alarming = self.is_alarming();
        let queries = self.own.has(Sense::Query) && (!alarming || self.is_question());
        let queries_only_aside =
            queries && !self.asks_in_question(Sense::Query) && self.asks_in_question(Sense::How);
        if queries && self.is_bare_request() && self.adds_whom_it_seems_to_ask_for() {
            return Intent::Change;
        }
        if queries && !self.is_question() && (self.tells_his_number() || self.adds_a_contact_for()) {
            return Intent::Change;
        }
        let in_earnest = queries && !queries_only_aside;
        if !self.has_details() && how && self.is_question() && (!in_earnest || self.tlds.is_empty()) {
            return Intent::Help;
        }
        // Who complains may ask who answers for it, and is no question to us.
        if queries && self.own.has(Sense::Complaint) {
            return Intent::Alarm;
        }
        if self.asks_who() || (queries && !(how && (acts || self.tlds.is_empty()))) {
            return Intent::Query;
        }
        if !alarming && self.names_contacts_only() {
            return Intent::Query;
        }
        if alarming {
            return Intent::Alarm;
        }
        let wonders = self.is_question() && self.own.has(Sense::Question) && self.role != Role::Unsaid;
        if !self.has_details() && (how || self.is_only("help") || wonders) {
            return Intent::Help;
        }
        if self.role != Role::Unsaid && !self.tlds.is_empty() && !self.leaves_all_as_it_is() {
            return Intent::Change;
        }
        // `Whom do I call at .nl when something burns?`
        if self.is_bare_request() && self.names_somebody() {
            return Intent::Change;
        }
        if self.is_bare_request() && self.is_nothing_but_joining() {
            return Intent::Help;
        }
        let asks_of_a_tld = self.is_question() && self.own.has(Sense::Question) && !self.tlds.is_empty();
        if asks_of_a_tld && !acts && !self.has_details() { Intent::Query } else { Intent::Nothing }
    }

    /// `Please add a contact`, `subscribe`: a change, in a few words, and nothing else of it.
    fn is_bare_request(&self) -> bool {
        const WORDS_MAX: usize = 12;
        let whole: String = self.own.chars.iter().collect();
        let acts = self.own.has_any(&[Sense::Add, Sense::Remove, Sense::Change, Sense::Replace]);
        acts && self.role != Role::Unsaid
            && whole.split_whitespace().count() <= WORDS_MAX
            && !self.has_details()
            && !self.is_question()
            && !self.leaves_all_as_it_is()
            && !self.own.has_any(&[Sense::Not, Sense::No, Sense::Yes, Sense::Thanks])
    }

    /// `I am the contact for .nl, and my new number is +31 …`.
    fn tells_his_number(&self) -> bool {
        let new = [Sense::New, Sense::Change, Sense::Now, Sense::IAmListed];
        let told =
            self.statement.entries.iter().chain([&self.statement.loose]).any(|one| !one.phones.is_empty());
        told && !self.tlds.is_empty() && self.own.has(Sense::Me) && self.own.has_any(&new)
    }

    /// `Add a contact for .nl`, in languages in which `contact for` alone would ask for one.
    fn adds_whom_it_seems_to_ask_for(&self) -> bool {
        const NEAR_CHARS: usize = 16;
        let named =
            |query: &Hit| self.own.with(Sense::ContactWord).any(|word| word.span.start == query.span.start);
        let added = |query: &Hit| {
            let ends = query.span.start.saturating_sub(NEAR_CHARS)..=query.span.start;
            self.own.with(Sense::Add).any(|add| ends.contains(&add.span.end))
        };
        self.role == Role::Add
            && !self.own.has(Sense::Question)
            && self.own.with(Sense::Query).all(|query| named(query) && added(query))
    }

    /// `Please register our officer as security contact for .nl`: a word for adding stands before it in its sentence.
    fn adds_a_contact_for(&self) -> bool {
        const FAR_CHARS: usize = 48;
        let added = |query: &Hit| {
            let named = self.own.with(Sense::ContactWord).any(|word| query.covers(word));
            let near = |add: &Hit| {
                let gap = self.own.chars.get(add.span.end..query.span.start).unwrap_or_default();
                add.span.end <= query.span.start
                    && gap.len() <= FAR_CHARS
                    && !gap.iter().any(|c| matches!(c, '.' | '?' | '!' | '\n' | ',' | ';'))
            };
            named && self.own.with(Sense::Add).any(near)
        };
        self.role == Role::Add && !self.own.has(Sense::Question) && self.own.with(Sense::Query).all(added)
    }

    /// `Subscribe`. What a lone `remove` wants removed is a person's to find out.
    fn is_nothing_but_joining(&self) -> bool {
        const WORDS_MAX: usize = 3;
        let whole: String = self.own.chars.iter().collect();
        self.role == Role::Add && whole.split_whitespace().count() <= WORDS_MAX
    }

    /// Whether it says that it is about contacts, or for a ccTLD that is none.
    fn names_somebody(&self) -> bool {
        self.own.has(Sense::ContactWord) || self.nearly
    }

    /// Whether somebody seems to want something of us, and cannot say it: a mail that is empty, or in which nothing was
    /// found that is no request for a reason.
    pub(super) fn is_lost(&self) -> bool {
        const SAID: [Sense; 4] = [Sense::Thanks, Sense::Advertising, Sense::Unchanged, Sense::Yes];
        let said = |speech: &Speech| speech.has_any(&SAID) || speech.has(Sense::No);
        !self.mass_mail && !said(self.own) && !said(self.subject) && !self.is_alarming()
    }

    fn asks_for_a_change(&self) -> bool {
        // `Both contacts stay as they are`, and nothing else is wished.
        let entries = &self.statement.entries;
        let stays = !entries.is_empty() && entries.iter().all(|entry| entry.role == Role::Keep);
        if stays
            && matches!(self.role, Role::Unsaid | Role::Change | Role::Keep)
            && self.statement.loose.is_empty()
        {
            return false;
        }
        if self.leaves_all_as_it_is() {
            return false;
        }
        let said = self.statement.entries.iter().any(|entry| entry.role != Role::Unsaid);
        let whole =
            |entry: &Entry| entry.name.is_some() && !entry.emails.is_empty() && !entry.phones.is_empty();
        let complete = !self.tlds.is_empty() && self.statement.entries.iter().any(whole);
        let second =
            |entry: &Entry| entry.second.is_some() && (entry.name.is_some() || !entry.emails.is_empty());
        let placed = self.statement.entries.iter().any(|entry| entry.rank.is_some());
        let meant = complete
            || placed
            || self.statement.entries.iter().any(second)
            || self.role != Role::Unsaid
            || said
            || self.statement.structured
            || self.own.has(Sense::ContactWord);
        let how = self.own.has(Sense::How);
        let named = !self.tlds.is_empty() && !self.is_question();
        let points_elsewhere = (self.attached && self.own.has_any(&[Sense::Attached, Sense::Below]))
            || (named && self.own.has(Sense::Attached));
        let of_contacts = self.own.has(Sense::ContactWord) && !self.tlds.is_empty();
        let refers = self.own.has(Sense::Elsewhere)
            && (self.role != Role::Unsaid || of_contacts)
            && !self.is_question();
        let all = self.role == Role::Remove && self.own.has(Sense::Everyone);
        (self.has_details() && meant)
            || ((points_elsewhere || refers) && !(how && self.is_question()))
            || (all && !self.tlds.is_empty())
    }

    /// `We checked our data: no changes.` Nothing beside it is to be done, and nobody's number is told.
    fn leaves_all_as_it_is(&self) -> bool {
        const ACTS: [Sense; 7] = [
            Sense::Add,
            Sense::Remove,
            Sense::Change,
            Sense::Replace,
            Sense::ReplacedBy,
            Sense::Left,
            Sense::But,
        ];
        // `Nothing needs to be changed` has words for a change, and for a doubt, in it.
        let unchanged = |at: usize| self.own.with(Sense::Unchanged).any(|hit| hit.span.contains(&at));
        let acts = ACTS.into_iter().flat_map(|act| self.own.with(act)).any(|hit| !unchanged(hit.span.start));
        let told = |entry: &Entry| {
            !entry.phones.is_empty()
                || entry.second.is_some()
                || entry.former_email.is_some()
                || entry.rank.is_some()
                || !matches!(entry.role, Role::Unsaid | Role::Keep)
        };
        self.own.has(Sense::Unchanged)
            && !acts
            && !self.statement.structured
            && !self.statement.entries.iter().any(told)
    }

    /// A ccTLD and its contacts or their numbers, nobody's details, nothing that is to be done: that asks for them.
    fn names_contacts_only(&self) -> bool {
        const WORDS_MAX: usize = 12;
        let asks = self.subject.has(Sense::Question) && self.subject.chars.contains(&'?');
        let contacts = [Sense::ContactWord, Sense::Phone, Sense::Mobile, Sense::Email];
        let whole: String = self.own.chars.iter().collect();
        let acts = [Sense::Add, Sense::Remove, Sense::Change, Sense::Replace, Sense::Left, Sense::How];
        // More than a few words say more than that.
        !self.tlds.is_empty()
            && (asks || self.is_question() || whole.split_whitespace().count() <= WORDS_MAX)
            && !self.has_details()
            && self.own.has_any(&contacts)
            && !self.own.has_any(&acts)
            && !self.own.has_any(&[Sense::Thanks, Sense::Attached])
    }

    fn has_details(&self) -> bool {
        let says =
            |entry: &Entry| entry.has_contact_data() || entry.role != Role::Unsaid || entry.rank.is_some();
        self.statement.entries.iter().any(says)
    }

    fn has_values(&self) -> bool {
        self.statement.entries.iter().any(Entry::has_contact_data)
    }

    /// Whether a word of this sense stands in a sentence that asks.
    fn asks_in_question(&self, sense: Sense) -> bool {
        sentences::of(self.own).into_iter().any(|bound| {
            let end = bound.end.min(self.own.chars.len());
            let asks = self
                .own
                .chars
                .get(bound.start..end)
                .is_some_and(|chars| chars.iter().copied().any(is_question_mark));
            asks && self.own.with(sense).any(|hit| bound.contains(&hit.span.start))
        })
    }

    fn is_question(&self) -> bool {
        self.own.chars.iter().copied().any(is_question_mark)
    }

    fn is_alarming(&self) -> bool {
        const ALARMS: [Sense; 5] =
            [Sense::Incident, Sense::Legal, Sense::Complaint, Sense::Recall, Sense::Delegation];
        self.own.has_any(&ALARMS) || self.subject.has_any(&[Sense::Recall, Sense::Incident])
    }

    /// `Thank you for your help` asks for none.
    fn asks_how(&self) -> bool {
        let thanks =
            self.own.has(Sense::Thanks) && !self.is_question() && self.own.with(Sense::How).count() < 2;
        self.own.has(Sense::How) && !(thanks && self.role == Role::Unsaid)
    }

    /// `who`, and `who .nl`.
    fn asks_who(&self) -> bool {
        let is = |speech: &Speech| {
            let text = speech.text(0..speech.chars.len());
            text.lines().any(|line| {
                let mut words = line.split_whitespace();
                let who = words.next().is_some_and(|word| word.eq_ignore_ascii_case("who"));
                who && words.all(|word| word.starts_with('.'))
            })
        };
        is(self.subject) || is(self.own)
    }

    fn is_only(&self, word: &str) -> bool {
        is_command(self.subject, word) || is_command(self.own, word)
    }
}

/// A command of one word, alone in the Subject or on a line of its own.
fn is_command(speech: &Speech, word: &str) -> bool {
    let text = speech.text(0..speech.chars.len());
    text.lines().any(|line| line.trim().trim_end_matches(['.', '!', '?']).eq_ignore_ascii_case(word))
}

/// `Could you put me on the list?`: a question that asks for nothing else.
pub(super) fn asks_for_himself(own: &Speech) -> bool {
    sentences::of(own).into_iter().any(|bound| {
        let inside = |sense: Sense| own.with(sense).any(|hit| bound.contains(&hit.span.start));
        let chars = own.chars.get(bound.start..bound.end.min(own.chars.len()));
        // `¿Podríais darme de alta como contacto de .es?`: what he is to become is no question of his.
        let becomes = |query: &Hit| {
            own.with(Sense::ContactWord)
                .any(|word| word.span.start < query.span.end && query.span.start < word.span.end)
        };
        let mut adds = own.with(Sense::Add).filter(|hit| bound.contains(&hit.span.start));
        let himself = adds.any(|add| is_of_the_writer(own, add) || ends_sentence(own, add, &bound));
        let asks =
            own.with(Sense::Query).any(|hit| bound.contains(&hit.span.start) && !(himself && becomes(hit)));
        chars.is_some_and(|chars| chars.contains(&'?')) && inside(Sense::Me) && inside(Sense::Add) && !asks
    })
}

/// `Please let me know who is registered for .np`: who is asked for, and nothing is to be entered. A word for adding stands in
/// what is asked alone, and no value is told.
pub(super) fn asks_indirectly(own: &Speech) -> bool {
    let told = own.chars.contains(&'@') || !facts::numbers(&own.chars).is_empty();
    !told
        && sentences::of(own).into_iter().any(|bound| {
            let mut queries = own.with(Sense::Query).filter(|hit| bound.contains(&hit.span.start));
            queries.any(|query| {
                let who = own.with(Sense::Question).any(|who| query.covers(who) || who.covers(query));
                who && own
                    .with(Sense::Add)
                    .all(|add| bound.contains(&add.span.start) && add.span.start >= query.span.start)
            })
        })
}

/// `Add me`, `darme de alta`: the word has the writer in it, or right behind it.
fn is_of_the_writer(own: &Speech, add: &Hit) -> bool {
    const NEAR_CHARS: usize = 3;
    own.with(Sense::Me).any(|me| {
        (me.span.start < add.span.end && add.span.start < me.span.end)
            || (add.span.end..=add.span.end + NEAR_CHARS).contains(&me.span.start)
    })
}

/// `Könnten Sie mich als Kontakt für .de eintragen?`: in languages that put the verb there, it is what is asked for.
fn ends_sentence(own: &Speech, add: &Hit, bound: &Range<usize>) -> bool {
    let last = add.language.puts_verbs_last() || matches!(add.language.code(), Some("de" | "nl" | "af"));
    let rest = own.chars.get(add.span.end..bound.end.min(own.chars.len())).unwrap_or_default();
    last && !rest.iter().any(|c| is_word(*c))
}

/// Whether a mail asks about others, or how something is done, and says nothing of its writer.
pub(super) fn asks_of_others(own: &Speech, statement: &Statement) -> bool {
    // `Could you mail me the whole list?`
    let list = own.has(Sense::WholeList);
    // `I am on the list myself; whom can I call at .nl?`
    let who = own.has(Sense::Query) && own.chars.contains(&'?') && !asks_for_himself(own);
    own.has(Sense::How) || (statement.entries.is_empty() && (list || who || asks_indirectly(own)))
}

fn is_question_mark(c: char) -> bool {
    matches!(c, '?' | '？' | '؟' | '⸮' | '՞' | '፧')
}
