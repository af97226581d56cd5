//! Gathering: fields one after another become persons; a repeated field, a heading or a gap starts the next.

use crate::domain::contact::Rank;
use crate::domain::tld::Tld;
use crate::reading::bare::{is_only_address, is_only_number};
use crate::reading::belonging::line_kind;
use crate::reading::changes::arrow;
use crate::reading::entry::{Entry, LineKind, Number, Role};
use crate::reading::facts;
use crate::reading::folding::is_han;
use crate::reading::form::Form;
use crate::reading::labels::{Field, Reader, role_of, tlds_in_field};
use crate::reading::mentions;
use crate::reading::ordinals::rank_of;
use crate::reading::person;
use crate::reading::qualifiers::{is_annotated, qualifier};
use crate::reading::ranks;
use crate::reading::speech::Speech;
use crate::reading::tlds;
use crate::reading::words::Sense;

/// Builds entries from fields.
#[derive(Default)]
pub(super) struct Builder {
    /// What was gathered.
    pub(super) form: Form,
    entry: Entry,
    /// What a heading said of the entries that follow.
    rank: Option<Rank>,
    role: Role,
    first_name: Option<String>,
    last_name: Option<String>,
    section: Vec<Tld>,
    gap: bool,
    /// The line that is being read.
    pub(super) line: usize,
    /// The line that the entry starts in.
    start: usize,
}

impl Builder {
    fn is_open(&self) -> bool {
        !self.entry.is_empty()
    }

    /// Whether a name was taken, and nothing else of that person yet.
    pub(super) fn has_bare_name(&self) -> bool {
        self.entry.name.is_some() && !self.entry.has_contact_data() && !self.gap
    }

    /// A line that is no field stands between.
    pub(super) fn blank(&mut self) {
        self.gap = true;
    }

    /// Takes in a field.
    #[expect(clippy::wildcard_enum_match_arm, reason = "few of the many senses are fields of a person")]
    pub(super) fn take(&mut self, field: &Field, reader: &Reader<'_>) {
        if self.entry.is_empty() {
            self.start = self.line;
        }
        let value = Speech::of(&field.value, reader.languages);
        self.entry.value_changes |= is_annotated(&value);
        if field.sense != Sense::Tld && field.sense != Sense::ContactWord && person::is_nothing(&value) {
            // `Second e-mail: none` says nothing of what follows.
            self.gap = false;
            return;
        }
        match field.sense {
            // `Alterno: Ann Bee, ann@…`, `No. 1: Ann Bee, ann@…`: the word could label a value, but a person stands there.
            Sense::SecondEmail | Sense::Phone | Sense::Position | Sense::OtherLabel
                if field.rank.is_some() && person::is_told(&value, reader) =>
            {
                self.heading(field, &value, reader);
            }
            Sense::ContactWord => self.heading(field, &value, reader),
            Sense::Name => self.name(field, &value),
            Sense::FirstName | Sense::LastName => self.part_of_name(field, &value),
            Sense::Email | Sense::SecondEmail => self.address(field, &value),
            Sense::Phone | Sense::Mobile => self.number(field, &value),
            Sense::Tld => self.tld(field, reader),
            Sense::Rank => self.ranked(&value, reader),
            Sense::Position | Sense::OtherLabel => self.placed(&value),
            Sense::Action => {
                let role = role_of(&value);
                if self.entry.is_empty() {
                    self.form.action = role;
                } else {
                    self.entry.role = role.unwrap_or_default();
                }
            }
            _ => {}
        }
        self.gap = false;
    }

    fn former_or_new(&mut self, role: Role, value: &Speech) {
        let former = role == Role::Old;
        self.entry.role = Role::Change;
        self.entry.value_changes = true;
        for address in facts::addresses(&value.chars) {
            if former {
                self.entry.former_email = Some(address.what);
            } else {
                self.entry.take_email(address.what);
            }
        }
        for number in facts::numbers(&value.chars) {
            self.entry.take_number(Number { written: number.what, former, line: LineKind::Unsaid });
        }
    }

    /// A heading starts the next entry; it may have the name, or everything, behind it.
    fn heading(&mut self, field: &Field, value: &Speech, reader: &Reader<'_>) {
        // `Old: a@…`, `new: +31 …`: one value of somebody who is named elsewhere.
        let one_value = is_only_address(value) || is_only_number(value);
        if one_value && field.rank.is_none() && matches!(field.role, Role::Old | Role::New) {
            self.former_or_new(field.role, value);
            return;
        }
        self.flush();
        self.rank = field.rank;
        // `Coming:`, and beneath it `Contact 1: …`, `Contact 2: …`.
        if field.role != Role::Unsaid || field.rank.is_none() || self.gap {
            self.role = field.role;
        }
        let tlds = tlds::named(&value.chars, &value.hits, reader.known);
        if !tlds.is_empty() && facts::addresses(&value.chars).is_empty() {
            let tlds = tlds.into_iter().map(|found| found.what).collect();
            self.section = self.with_those_above(tlds);
            self.form.sections.push((self.line, self.section.clone()));
        } else if !value.chars.is_empty() && !self.several(value, reader) {
            self.mixed(value, reader);
        }
    }

    /// `.in` and below it `.np`, with nobody in between: what follows is for both.
    fn with_those_above(&self, tlds: Vec<Tld>) -> Vec<Tld> {
        let Some((line, above)) = self.form.sections.last() else { return tlds };
        let between = self.form.prose.get(line + 1..self.line).unwrap_or_default();
        let nobody = self.form.entries.last().is_none_or(|entry| entry.line < *line);
        if !nobody || between.iter().any(|text| !text.is_empty()) {
            return tlds;
        }
        let others = tlds.into_iter().filter(|tld| !above.contains(tld));
        above.iter().cloned().chain(others).collect()
    }

    /// `Leaving: Ann Bee (ann@…) and Bob Lee (bob@…)`: persons of one heading. Says whether there are several.
    fn several(&mut self, value: &Speech, reader: &Reader<'_>) -> bool {
        let mut loose = Entry::default();
        let mut mentions = mentions::of(value, reader, &[], &mut [], &mut loose);
        let all: Vec<usize> = (0..mentions.len()).collect();
        ranks::assign(value, &(0..value.chars.len()), &all, &mut mentions);
        let whole = |entry: &Entry| entry.name.is_some() && !entry.emails.is_empty();
        let several = mentions.len() > 1 && mentions.iter().all(|mention| whole(&mention.entry));
        if several {
            let (role, line) = (self.role, self.line);
            self.rank = None;
            let tlds = self.section.clone();
            let entries = mentions.into_iter().map(|mention| mention.entry);
            self.form.entries.extend(entries.map(|entry| Entry { role, line, tlds: tlds.clone(), ..entry }));
        }
        several
    }

    /// A value that may hold name, address and number at once.
    fn mixed(&mut self, value: &Speech, reader: &Reader<'_>) {
        let person = person::of_value(value, reader);
        self.entry.name = person.name.or(self.entry.name.take());
        self.entry.rank = self.entry.rank.or(person.rank);
        for address in person.emails {
            self.entry.take_email(address);
        }
        for number in person.phones {
            self.entry.take_number(number);
        }
    }

    fn name(&mut self, field: &Field, value: &Speech) {
        // `Last name: …` above a label that is used for the whole name and for the first one.
        let half = self.last_name.is_some() && self.first_name.is_none() && self.entry.name == self.last_name;
        if half && !self.gap && !self.entry.has_contact_data() && !value.chars.contains(&' ') {
            self.part_of_name(&Field { sense: Sense::FirstName, ..field.clone() }, value);
            return;
        }
        if self.entry.name.is_some()
            || (self.gap && self.entry.has_contact_data())
            || self.changes_role(field)
        {
            self.flush();
        }
        self.form.labelled = true;
        self.qualify(field);
        let first = facts::addresses(&value.chars).first().map(|one| one.span.start);
        let number = facts::numbers(&value.chars).first().map(|one| one.span.start);
        let end = first.into_iter().chain(number).min();
        let end = end.map_or(value.chars.len(), |end| person::before_label(value, end));
        let hits = value.hits.iter().filter(|hit| hit.span.end <= end).cloned().collect();
        let name = Speech { chars: value.chars.get(..end).unwrap_or_default().to_vec(), hits };
        self.entry.name = person::name_of(&name);
        self.entry.also = self.entry.name.as_deref().and_then(|taken| person::other_name(&name, taken));
        // `沈立群（主要联系人）`: what stands in brackets behind a name says his place.
        let bracket = value.chars.iter().position(|c| matches!(c, '(' | '（'));
        if let (None, Some(bracket)) = (self.entry.rank, bracket) {
            self.entry.rank = rank_of(value, bracket, value.chars.len());
        }
        for address in facts::addresses(&value.chars) {
            self.entry.take_email(address.what);
        }
        for number in facts::numbers(&value.chars) {
            self.entry.take_phone(number.what);
        }
    }

    fn part_of_name(&mut self, field: &Field, value: &Speech) {
        let slot_taken = if field.sense == Sense::FirstName {
            self.first_name.is_some()
        } else {
            self.last_name.is_some()
        };
        if slot_taken || (self.gap && self.entry.has_contact_data()) {
            self.flush();
        }
        self.form.labelled = true;
        self.qualify(field);
        let part = person::name_of(value);
        if field.sense == Sense::FirstName {
            self.first_name = part;
        } else {
            self.last_name = part;
        }
        let whole: Vec<String> = [&self.first_name, &self.last_name].into_iter().flatten().cloned().collect();
        let unspaced = whole.iter().all(|part| part.chars().all(is_han));
        if field.sense == Sense::LastName && self.first_name.is_none() && self.entry.name.is_some() {
            // `Nombre` may be the whole name or the first one; a last name behind it says which.
            let first = self.entry.name.take().unwrap_or_default();
            self.entry.name = Some(format!("{first} {}", self.last_name.clone().unwrap_or_default()));
            return;
        }
        if field.sense == Sense::FirstName && self.last_name.is_none() && self.entry.name.is_some() {
            let last = self.entry.name.take().unwrap_or_default();
            let first = self.first_name.clone().unwrap_or_default();
            self.entry.name = Some(format!("{first} {last}"));
            return;
        }
        self.entry.name = if unspaced {
            Some([&self.last_name, &self.first_name].into_iter().flatten().cloned().collect::<String>())
        } else {
            Some(whole.join(" "))
        };
    }

    fn address(&mut self, field: &Field, value: &Speech) {
        let found = facts::addresses(&value.chars);
        let repeated = field.sense == Sense::Email && !self.entry.emails.is_empty() && self.gap;
        if repeated
            || (self.entry.has_contact_data()
                && field.role == Role::Unsaid
                && self.gap
                && self.entry.name.is_some()
                && !self.entry.emails.is_empty())
        {
            self.flush();
        }
        let changed = arrow(&value.chars).map(|(place, _)| place);
        // `a@… -> b@…`, and one more on the next line: each is a person.
        if changed.is_some() && self.entry.former_email.is_some() && self.entry.name.is_none() {
            self.flush();
        }
        self.form.labelled = true;
        for (number, one) in found.into_iter().enumerate() {
            if field.role == Role::Old || changed.is_some_and(|place| one.span.end <= place) {
                self.entry.value_changes |= changed.is_some();
                self.entry.former_email = Some(one.what);
            } else if field.sense == Sense::SecondEmail || (number > 0 && changed.is_none()) {
                self.entry.take_second(one.what);
            } else {
                self.entry.take_email(one.what);
            }
        }
    }

    fn number(&mut self, field: &Field, value: &Speech) {
        let found = facts::numbers(&value.chars);
        if self.gap && !self.entry.phones.is_empty() && !self.entry.emails.is_empty() {
            self.flush();
        }
        self.form.labelled = true;
        let changed = arrow(&value.chars).map(|(place, _)| place);
        for one in found {
            // `New number: +31 … (instead of +31 …)`.
            let replaced = self.entry.phones.iter().any(|phone| !phone.former)
                && matches!(qualifier(value, &one.span), Some(Role::Old));
            let former = changed.is_some_and(|place| one.span.end <= place) || replaced;
            self.entry.value_changes |= former;
            let labelled = if field.sense == Sense::Mobile { LineKind::Mobile } else { LineKind::Fixed };
            let line = match line_kind(value, &one.span) {
                LineKind::Unsaid => labelled,
                said @ (LineKind::Mobile | LineKind::Fixed | LineKind::Unwanted) => said,
            };
            let former = former || field.role == Role::Old;
            self.entry.take_number(Number { written: one.what, former, line });
        }
    }

    fn tld(&mut self, field: &Field, reader: &Reader<'_>) {
        let found = tlds_in_field(&field.value, reader);
        if found.is_empty() {
            return;
        }
        let complete = self.entry.name.is_some() && !self.entry.emails.is_empty();
        if self.entry.is_empty() || (complete && self.gap) {
            self.flush();
            self.section.clone_from(&found);
        } else {
            self.entry.tlds.extend(found.iter().cloned());
        }
        for tld in found {
            if !self.form.tlds.contains(&tld) {
                self.form.tlds.push(tld);
            }
        }
    }

    fn ranked(&mut self, value: &Speech, reader: &Reader<'_>) {
        let number = value.chars.iter().find(|c| c.is_ascii_digit()).and_then(|c| c.to_digit(10));
        let said = rank_of(value, 0, value.chars.len());
        let numbered = number
            .and_then(|number| u8::try_from(number).ok())
            .and_then(|number| Rank::try_from(number).ok());
        let rank = said.or(numbered.filter(|_| value.chars.len() <= 12));
        if rank.is_some() {
            if self.entry.is_empty() { self.rank = rank } else { self.entry.rank = rank }
        } else if !value.chars.is_empty()
            && (self.entry.is_empty() || !facts::addresses(&value.chars).is_empty())
        {
            self.flush();
            self.mixed(value, reader);
        }
    }

    /// `Position: primary contact` says a place, `Position: deputy director` an office.
    fn placed(&mut self, value: &Speech) {
        let words = [Sense::First, Sense::Second, Sense::Third, Sense::ContactWord, Sense::Stop];
        let known = value.mask(|hit| words.contains(&hit.sense));
        let whole = value.chars.iter().zip(&known).all(|(c, known)| !c.is_alphabetic() || *known);
        if whole && value.has(Sense::ContactWord) && !self.entry.is_empty() {
            self.entry.rank = self.entry.rank.or(rank_of(value, 0, value.chars.len()));
        }
    }

    fn changes_role(&self, field: &Field) -> bool {
        field.role != Role::Unsaid && self.is_open() && field.role != self.entry.role
    }

    fn qualify(&mut self, field: &Field) {
        if field.role != Role::Unsaid {
            self.entry.role = field.role;
        }
        if field.rank.is_some() {
            self.entry.rank = field.rank;
        }
    }

    fn flush(&mut self) {
        let mut entry = std::mem::take(&mut self.entry);
        entry.line = std::mem::replace(&mut self.start, self.line);
        self.first_name = None;
        self.last_name = None;
        if entry.is_empty() {
            return;
        }
        // `Current e-mail: …, second e-mail: …`: it stays, and says who he is.
        if entry.emails.is_empty() && entry.second.is_some() {
            entry.emails.extend(entry.former_email.take());
        }
        entry.rank = entry.rank.or(self.rank.take());
        if entry.role == Role::Unsaid {
            entry.role = self.role;
        }
        if entry.tlds.is_empty() {
            entry.tlds.clone_from(&self.section);
        }
        self.form.entries.push(entry);
    }

    /// All persons.
    pub(super) fn finish(mut self) -> Form {
        self.flush();
        self.form
    }
}
