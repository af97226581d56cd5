//! Understanding: the stages one after the other, from a mail taken apart to what it says.

use crate::domain::request::{Kind, Reading};
use crate::domain::tld::Tld;
use crate::domain::unclear::{About, Unclear};
use crate::reading::Context;
use crate::reading::accounts;
use crate::reading::answer;
use crate::reading::bare::is_only_name;
use crate::reading::bounces;
use crate::reading::changes;
use crate::reading::countries;
use crate::reading::doubts;
use crate::reading::drops;
use crate::reading::entry::Role;
use crate::reading::himself;
use crate::reading::inquiry::{self, Whole};
use crate::reading::intent::{self, Intent, Signs};
use crate::reading::kind::{self, Heard};
use crate::reading::labels::Reader;
use crate::reading::languages::{Language, Languages};
use crate::reading::layout::Mark;
use crate::reading::leavers;
use crate::reading::letter::Letter;
use crate::reading::lines::Line;
use crate::reading::matters::{self, Named};
use crate::reading::nearest;
use crate::reading::newcomer;
use crate::reading::picks::{only_line, picked};
use crate::reading::places;
use crate::reading::prose;
use crate::reading::ranks;
use crate::reading::readdressing;
use crate::reading::renaming;
use crate::reading::requests::{self, Frame};
use crate::reading::respelled;
use crate::reading::ruling;
use crate::reading::sharing;
use crate::reading::shortening::{Cut, shortened};
use crate::reading::slips;
use crate::reading::sources::{Ear, Sources};
use crate::reading::speech::{Speech, is_negated, languages_of};
use crate::reading::standings;
use crate::reading::statement::{self, Statement};
use crate::reading::strays;
use crate::reading::subjects::{
    self, OUR_TAG, Titled, around_ours, asked_action, bare_subject, is_reply_to_us,
};
use crate::reading::successions;
use crate::reading::tokens;
use crate::reading::values;
use crate::reading::warnings;
use crate::reading::wishes;
use crate::reading::words::{Hit, Sense};

/// How often a mail of which nothing was understood is heard again with its commands mended.
const MENDED_TIMES_MAX: usize = 2;

/// A mail while it is being understood.
struct Hearing<'a> {
    letter: &'a Letter,
    ear: Ear<'a>,
    context: &'a Context<'a>,
    languages: Languages,
    titled: Titled,
    subject: Speech,
    /// The writer's own words without greeting, closing and signature.
    own: Speech,
    reading: Reading,
}

/// Says what a mail says.
pub(super) fn understand(letter: &Letter, context: &Context<'_>, ear: Ear<'_>) -> Reading {
    let together = ear.earlier().map(|earlier| format!("{}\n{}", earlier.own_text(), letter.own_text()));
    let (whole, cut) = shortened(together.as_deref().unwrap_or_else(|| letter.own_text()));
    let titled = ear.earlier().unwrap_or(letter).subject();
    let subject = bare_subject(titled);
    // What stands in the Subject of a mail of ours is never the words of whoever answers it.
    let subject = if subject.contains(OUR_TAG) { String::new() } else { subject };
    // The Subject of an answer is ours, not the writer's.
    let is_answer = subject != titled;
    let (mut languages, mut likeliest) = languages_of(whole);
    // A signature in another language may have more words than an answer above it.
    let words = letter.layout().text_of(&[Mark::Own, Mark::Greeting, Mark::Closing]);
    let (of_words, first) = languages_of(shortened(&words).0);
    if !likeliest.is_some_and(|likeliest| of_words.has(likeliest)) {
        languages = languages.and(of_words);
        likeliest = first.or(likeliest);
    }
    if likeliest.is_none() || !is_answer {
        let (all, first) = languages_of(&format!("{whole}\n{subject}"));
        languages = languages.and(all);
        likeliest = likeliest.or(first);
    }
    let mut own = prose::unwrapped(shortened(&letter.layout().text_of(&[Mark::Own])).0);
    if let Some(earlier) = ear.earlier() {
        own = format!("{}\n\n{own}", prose::unwrapped(shortened(&earlier.layout().text_of(&[Mark::Own])).0));
    }
    let title = Speech::of(&subject, languages);
    let titled = if is_answer { Titled::Beside } else { Titled::of(&title, &own, languages) };
    own = titled.with(subject.as_str(), "", vec![own.as_str()]).join("\n");
    let mut hearing = Hearing {
        letter,
        ear,
        context,
        languages,
        titled,
        subject: title,
        own: Speech::of(&own, languages),
        reading: Reading {
            kind: Kind::Other,
            language: likeliest.and_then(Language::code).map(str::to_owned),
            requests: Vec::new(),
            missing: Vec::new(),
            queried_tlds: Vec::new(),
            asked: None,
            hold: false,
            doubts: Vec::new(),
            tokens: tokens::of(letter),
            bounce: None,
            meant: Vec::new(),
            lost: false,
            proposed_by: None,
            own_text: letter.own_text().to_owned(),
        },
    };
    warnings::hush_recalled(&mut hearing.own);
    hearing.hear(cut);
    let mut reading = hearing.reading;
    respelled::as_written(&mut reading, &letter.layout().respelled);
    places::settle(&mut reading.doubts, letter);
    reading.hold = !reading.doubts.is_empty();
    reading
}

impl Hearing<'_> {
    fn hear(&mut self, cut: Cut) {
        if let Some(machine) = self.machine() {
            self.reading.kind = machine;
            if machine == Kind::Bounce {
                self.reading.bounce = Some(bounces::bounce_of(self.letter));
            }
        } else if cut == Cut::Shortened {
            self.reading.doubts.push(Unclear::of(About::TooLong));
        } else if ruling::is_ruling(self.letter, &self.reading.tokens, self.context) {
            self.reading.kind = Kind::Ruling;
        } else if self.ear.is_open() && !self.reading.tokens.is_empty() {
            self.answer();
        } else if let Some(asked) =
            inquiry::command(&self.own, self.context.known).filter(|_| self.ear.is_open())
        {
            (self.reading.kind, self.reading.queried_tlds) = (Kind::Query, inquiry::tlds_of(&asked));
            self.reading.asked = Some(asked);
        } else {
            self.request();
            // The first word that is mended may tell in which language the others are.
            for _ in 0..MENDED_TIMES_MAX {
                self.once_more_mended();
            }
        }
    }

    /// Where nothing was understood, commands with a slip are mended and the mail is heard once more. It then asks for
    /// help, or for a change of which all is missing, so that its writer is asked; else it stays as it was.
    fn once_more_mended(&mut self) {
        if self.reading.kind != Kind::Other || !self.reading.doubts.is_empty() || self.answers_a_mail() {
            return;
        }
        let (own, subject) = (nearest::mended(&self.own), nearest::mended(&self.subject));
        if own.is_none() && subject.is_none() {
            return;
        }
        let all = |speech: &Speech| speech.text(0..speech.chars.len());
        let own = own.unwrap_or_else(|| all(&self.own));
        let subject = subject.unwrap_or_else(|| all(&self.subject));
        let (languages, likeliest) = languages_of(&format!("{own}\n{subject}"));
        self.languages = languages;
        self.own = Speech::of(&own, languages);
        self.subject = Speech::of(&subject, languages);
        let before = self.reading.clone();
        self.request();
        if self.reading.kind == Kind::Other {
            self.reading = before;
        } else {
            self.reading.language = likeliest.and_then(Language::code).map(str::to_owned);
        }
    }

    fn machine(&self) -> Option<Kind> {
        let letter = self.letter;
        let in_all = |text: &str| Speech::of(shortened(text).0, Languages::ALL);
        let known = self.context.known;
        let heard = Heard {
            letter,
            subject: &self.subject,
            around: &in_all(&around_ours(letter.subject())),
            body: &self.own,
            whole: &in_all(letter.own_text()),
            answers: self.answers_a_mail() || !self.reading.tokens.is_empty(),
            names_a_tld: kind::names_a_tld(&self.own, known)
                || (kind::names_a_tld(&self.subject, known)
                    && kind::is_away_for_good(&self.own)
                    && !self.answers_a_mail())
                || (self.own.has_any(&[Sense::Add, Sense::Remove, Sense::Replace])
                    && !countries::find(&self.own.chars).is_empty()),
        };
        heard.machine()
    }

    fn answer(&mut self) {
        let text = self.own.text(0..self.own.chars.len());
        let mut lines: Vec<&str> = text.lines().collect();
        // A name alone at the end is a signature.
        let signed = |line: &&str| line.trim().is_empty() || is_only_name(&Speech::of(line, self.languages));
        while lines.len() > 1 && lines.last().is_some_and(signed) {
            lines.pop();
        }
        let mut said = slips::mended(Speech::of(&lines.join("\n"), self.languages), self.languages);
        // `Nobody asked me` makes no condition.
        let denied: Vec<Hit> =
            said.with(Sense::OnBehalf).filter(|hit| is_negated(&said, hit)).cloned().collect();
        let of_one = |hit: &Hit| denied.iter().any(|one| one.covers(hit));
        said.hits.retain(|hit| !(matches!(hit.sense, Sense::But | Sense::OnBehalf) && of_one(hit)));
        answer::know_writer(&mut said, self.letter.from_name().unwrap_or_default());
        self.reading.kind = answer::read(&said, asked_action(self.letter.subject()));
        // `Nobody asked me` says so of nobody; `xác nhận thay` is for another, and `xác nhận thay đổi` confirms a change.
        let longer =
            |hit: &Hit| self.own.with(Sense::Yes).any(|yes| yes.language == hit.language && yes.exceeds(hit));
        let behalf = self.own.with(Sense::OnBehalf).any(|hit| !is_negated(&self.own, hit) && !longer(hit));
        let steers = warnings::steers(self.letter, &self.own);
        if behalf || steers.is_some() {
            self.reading.kind = Kind::ReplyUnclear;
            let said = self.own.quote(Sense::OnBehalf).or(steers);
            self.reading.doubts.push(Unclear::with(About::OnBehalf, said));
        }
    }

    fn query(&mut self, in_text: Vec<Tld>, tlds: Vec<Tld>) {
        self.reading.kind = Kind::Query;
        // Who writes because of an incident may ask for anything; a person should see it soon.
        if self.subject.has(Sense::Incident) && self.own.has(Sense::Incident) {
            let said = self.own.quote(Sense::Incident);
            self.reading.doubts.push(Unclear::with(About::Incident, said));
        }
        // Who asks for the whole list is not asking for his own entry.
        let whole = self.own.has(Sense::WholeList) || self.subject.has(Sense::WholeList);
        let whole = if whole { Whole::Said } else { Whole::Unsaid };
        let speeches = (&self.own, &self.subject);
        let (named, asked) = inquiry::in_words(speeches, (in_text, tlds), whole, self.context.known);
        (self.reading.queried_tlds, self.reading.asked) = (named, asked);
    }

    fn request(&mut self) {
        let reader = Reader { languages: self.languages, known: self.context.known };
        let sources = Sources {
            letter: self.letter,
            ear: self.ear,
            languages: self.languages,
            titled: self.titled,
            subject: &self.subject,
            own: &self.own,
            ours: self.context.mailboxes,
        };
        let mut statement = sources.statement(&reader);
        let role = wishes::of_mail(&statement, &self.subject, &self.own, self.letter);
        let Named { tlds: in_text, doubt } = matters::in_text(&statement, &self.subject, &self.own, &reader);
        self.reading.doubts.extend(doubt);
        let signed = || matters::in_signature(self.letter, &statement, &reader);
        let mut tlds = if in_text.is_empty() { signed() } else { in_text.clone() };
        self.place_writer(&mut statement, role, &reader);
        sharing::settle(&mut statement, &self.own);
        statement.settle_loose();
        statement.name_by_address(&self.own);
        self.reading.doubts.extend(drops::settle(&mut statement.entries, &self.own));
        statement.renamed = renaming::settle(&mut statement, &self.own, self.letter);
        changes::exchange_places(&mut statement.entries, &self.own);
        changes::readdress(&mut statement.entries, &self.own);
        readdressing::settle(&mut statement, &self.own, self.letter);
        successions::settle(&mut statement.entries, &self.own);
        statement.renamed |= changes::rename(&mut statement.entries, role, &self.own);
        if tlds.is_empty() {
            self.reading.meant = nearest::meant((&self.own, &self.subject), self.context.known);
            // Whoever answers what we wrote about one alone means that one, unless something could be a slip for another.
            let ours = || matters::of_our_subject(self.letter, &reader);
            let about = self.ear.about().cloned().or_else(ours);
            tlds.extend(about.filter(|_| self.reading.meant.is_empty()));
        }
        let parts = self.letter.parts();
        let signs = Signs {
            subject: &self.subject,
            own: &self.own,
            statement: &statement,
            role,
            tlds: &tlds,
            nearly: !self.reading.meant.is_empty(),
            attached: !parts.attached.is_empty(),
            mass_mail: self.letter.field("list-unsubscribe").next().is_some(),
        };
        self.reading.doubts.extend(parts.encrypted.then(|| Unclear::of(About::Encrypted)));
        let intent = ranks::swapped(&statement, &self.own).map_or_else(|| signs.intent(), |_| Intent::Change);
        let steers = warnings::steers(self.letter, &self.own).or_else(|| self.subject.quote(Sense::Steer));
        self.reading.doubts.extend(steers.map(|said| Unclear::with(About::Steer, [said])));
        match intent {
            Intent::Change => self.change(&statement, role, tlds),
            Intent::Query => self.query(in_text, tlds),
            Intent::Help => self.reading.kind = Kind::Help,
            Intent::Alarm => {
                let speeches = (&self.subject, &self.own);
                self.reading.doubts.extend(warnings::of_words(speeches, &statement, self.letter.date()));
            }
            Intent::Nothing => {
                self.reading.lost = signs.is_lost() && !self.answers_a_mail();
                self.reading.doubts.extend(warnings::of_what_is_elsewhere(&self.own, &tlds));
            }
        }
    }

    /// Puts the writer where he speaks of himself. Who asks about others says nothing of himself.
    fn place_writer(&self, statement: &mut Statement, role: Role, reader: &Reader<'_>) {
        let of_others = intent::asks_of_others(&self.own, statement);
        let makes_room = himself::makes_room(statement, &self.own, self.letter);
        let of_both = standings::settle(statement, &self.own, self.letter);
        let silent = of_others && statement.loose.phones.is_empty();
        if !makes_room && !of_both && !silent {
            let signature: Vec<&Line> = self.letter.layout().with(&[Mark::Signature]);
            let signed = statement::collect(&signature, reader, self.context.mailboxes);
            newcomer::comes_instead(statement, (&self.own, role), self.letter, &signed);
            himself::complete(statement, (&self.subject, &self.own), role, self.letter, signed);
        }
    }

    /// Whether it goes on with a mail of ours, or of somebody else's: what it answers is a person's to find out.
    fn answers_a_mail(&self) -> bool {
        self.letter.in_reply_to().is_some()
            || !self.letter.references().is_empty()
            || is_reply_to_us(self.letter.subject())
    }

    fn change(&mut self, statement: &Statement, role: Role, tlds: Vec<Tld>) {
        self.reading.doubts.extend(nearest::half_named(&tlds, &self.own, self.context.known));
        let anywhere = statement.entries.iter().any(|entry| entry.tlds.is_empty());
        if statement.interleaved && tlds.len() > 1 && anywhere {
            self.reading.doubts.push(Unclear::with(About::WhichTld, tlds.iter().map(Tld::for_people)));
        }
        let empty = statement.entries.is_empty();
        let instead = successions::all_make_room(role, statement, &self.own);
        let role = if instead { Role::Add } else { role };
        let gives_second = values::gives_second_addresses(role, statement, &self.subject, &self.own);
        let role = if gives_second { Role::Change } else { role };
        let frame = Frame {
            known: self.context.known,
            default_role: role,
            tlds,
            replace_all: instead || (successions::clears(&self.own) && role != Role::Remove && !empty),
            changes_a_value: values::are_what_changes(&self.own),
            only_line: only_line(&self.own),
            picked: picked(&self.own),
            roster: self.context.roster,
            swaps: ranks::swapped(statement, &self.own),
            remove_all: role == Role::Remove
                && self.own.has(Sense::Everyone)
                && empty
                && !leavers::removes_values(&self.own),
        };
        let mut placed = ranks::settle(statement, &self.own);
        for entry in placed.entries.iter_mut().filter(|_| gives_second) {
            (entry.role, entry.value_changes) = (Role::Change, true);
        }
        let statement = &placed;
        let asked = requests::make(statement, &frame);
        self.reading.kind = Kind::Request;
        self.reading.requests = asked.requests;
        self.reading.missing = asked.missing;
        self.reading.doubts.extend(asked.doubts);
        let reader = Reader { languages: self.languages, known: self.context.known };
        self.reading.doubts.extend(matters::left_out(&self.own, &reader, &self.reading.requests));
        self.reading.doubts.extend(doubts::of_nobody(role, statement, &self.own));
        self.reading.doubts.extend(subjects::of_subject((&self.subject, &self.own), statement, role));
        // What stands in the Subject of an answer was written by whoever is answered.
        let is_answer = bare_subject(self.letter.subject()) != self.letter.subject().trim();
        let none = Speech::of("", self.languages);
        let subject = if is_answer { &none } else { &self.subject };
        self.reading.doubts.extend(warnings::of_words((subject, &self.own), statement, self.letter.date()));
        self.reading.doubts.extend(doubts::of_form(self.letter));
        self.reading.doubts.extend(doubts::of_unknown_words(&self.own));
        let ours = self.context.mailboxes;
        self.reading.doubts.extend(strays::of_details(self.letter, statement, ours, &self.own));
        self.reading.doubts.extend(doubts::of_persons(role, statement, &self.own));
        self.reading.doubts.extend(leavers::doubts(role, statement, &self.own));
        if !frame.replace_all {
            self.reading.doubts.extend(accounts::doubts(role, statement, &self.own, self.letter));
        }
        self.reading.doubts.extend(successions::unaccounted(statement, &self.own, self.letter));
        self.reading.doubts.extend(newcomer::doubts(statement, &self.own, self.letter));
        self.reading.doubts.extend(doubts::of_parts(role, statement, &self.own));
    }
}
