//! Forms: lines of the shape `label: value`, headings such as `Contact 1`, and blocks of bare values.

use crate::domain::contact::Rank;
use crate::domain::tld::Tld;
use crate::reading::bare::{
    heading, is_name, is_only_address, is_only_name, is_only_number, unmarked_label, waiting_label,
};
use crate::reading::entry::{Entry, LineKind, Number, Role};
use crate::reading::facts;
use crate::reading::folding::is_word;
use crate::reading::labels::{Field, Reader, is_data, rank_of, role_of, tlds_in_field};
use crate::reading::mentions::arrow_starts;
use crate::reading::names;
use crate::reading::speech::Speech;
use crate::reading::words::{Languages, Sense};

/// Lines between a name and the first of its values at the most.
const BLOCK_LINES_MAX: usize = 3;
/// Characters that a line with somebody's position has at the most.
const POSITION_CHARS_MAX: usize = 50;

/// What a text holds in the shape of a form, and the lines that are something else.
#[derive(Debug, Default)]
pub(super) struct Form {
    /// The persons.
    pub(super) entries: Vec<Entry>,
    /// ccTLDs in fields of their own.
    pub(super) tlds: Vec<Tld>,
    /// What the field `action` says.
    pub(super) action: Option<Role>,
    /// The lines that are no form.
    pub(super) prose: Vec<String>,
    /// Whether there was a labelled field for a person's data.
    pub(super) labelled: bool,
}

impl Reader<'_> {
    /// Reads lines as a form.
    pub(super) fn read(&self, lines: &[&str]) -> Form {
        let mut builder = Builder::default();
        let spoken: Vec<Speech> = lines.iter().map(|line| Speech::of(line.trim(), self.languages)).collect();
        let mut waiting: Option<Field> = None;
        for (number, speech) in spoken.iter().enumerate() {
            if !speech.chars.iter().any(|c| is_word(*c)) {
                builder.blank();
                builder.form.prose.push(String::new());
                continue;
            }
            builder.line = number;
            let mut fields = Self::labelled(speech);
            if let (Some(label), true) = (waiting.take(), fields.is_empty())
                && self.may_be(&label, speech)
            {
                fields.push(Field { value: speech.text(0..speech.chars.len()), ..label });
            }
            let after = spoken.get(number + 1..).unwrap_or_default();
            if fields.is_empty() {
                fields.extend(Self::bare(speech, after, &builder));
            }
            if let Some(label) = waiting_label(&fields, speech) {
                waiting = Some(label);
                fields.clear();
            } else if fields.is_empty() {
                builder.blank();
                let prose = lines.get(number).copied().unwrap_or_default();
                builder.form.prose.push(prose.to_owned());
                continue;
            }
            // The place of the form's lines is kept, so that what stands before and after is not joined.
            builder.form.prose.push(String::new());
            for field in fields {
                builder.take(&field, self);
            }
        }
        builder.finish()
    }

    /// Whether a line may be the value of the label that stood alone above it.
    fn may_be(&self, label: &Field, line: &Speech) -> bool {
        let is_rank = |line: &Speech| rank_of(line, 0, line.chars.len()).is_some();
        if is_data(label.sense) {
            return !facts::addresses(&line.chars).is_empty() || !facts::numbers(&line.chars).is_empty();
        }
        if label.sense == Sense::Tld {
            return !tlds_in_field(&line.text(0..line.chars.len()), self).is_empty();
        }
        label.sense != Sense::Rank || is_rank(line) || line.chars.iter().any(char::is_ascii_digit)
    }

    /// The labelled fields of a line. A form may have labels in two languages, of which only one is the mail's.
    fn labelled(line: &Speech) -> Vec<Field> {
        let fields = Self::fields(line);
        if !fields.is_empty() || !line.chars.iter().any(|c| matches!(c, ':' | '：')) {
            return fields;
        }
        let text = line.text(0..line.chars.len());
        let fields = Self::fields(&Speech::of(&text, Languages::ALL));
        let personal =
            |field: &Field| is_data(field.sense) || is_name(field.sense) || field.sense == Sense::Tld;
        if fields.iter().all(personal) { fields } else { Vec::new() }
    }

    /// A line that is nothing but an address, a number, a name, or a heading.
    fn bare(line: &Speech, after: &[Speech], builder: &Builder) -> Option<Field> {
        let whole: String = line.chars.iter().collect();
        let field =
            |sense, value: &str| Field { sense, rank: None, role: Role::Unsaid, value: value.to_owned() };
        if is_only_address(line) {
            return Some(field(Sense::Email, &whole));
        }
        if is_only_number(line) {
            return Some(field(Sense::Phone, &whole));
        }
        if let Some((sense, value)) = unmarked_label(line) {
            return Some(field(sense, &value));
        }
        if let Some(heading) = heading(line) {
            return Some(heading);
        }
        let is_data_line = |next: &Speech| {
            is_only_address(next)
                || is_only_number(next)
                || Self::fields(next).iter().any(|field| is_data(field.sense))
                || unmarked_label(next).is_some()
        };
        // Between a name and its values the person's position may stand.
        let block: Vec<&Speech> =
            after.iter().take(BLOCK_LINES_MAX).take_while(|next| !next.chars.is_empty()).collect();
        let data = block.iter().position(|next| is_data_line(next))?;
        let plain =
            whole.chars().count() <= POSITION_CHARS_MAX && !whole.ends_with(['.', ':', '?', '!', ',']);
        if is_only_name(line) && (data == 0 || plain) {
            return Some(field(Sense::Name, &whole));
        }
        // `Maria Papa (primary)`: what is understood behind a name says something of its person.
        let name = names::without_addition(line);
        if name.chars.len() < line.chars.len() && is_only_name(&name) && data == 0 {
            let rank = rank_of(line, name.chars.len(), line.chars.len());
            return Some(Field { rank, ..field(Sense::Name, &whole) });
        }
        (plain && builder.has_bare_name()).then(|| field(Sense::Position, &whole))
    }
}

/// Builds entries from fields.
#[derive(Default)]
struct Builder {
    form: Form,
    entry: Entry,
    /// What a heading said of the entries that follow.
    rank: Option<Rank>,
    role: Role,
    first_name: Option<String>,
    last_name: Option<String>,
    section: Vec<Tld>,
    gap: bool,
    /// The line that is being read, and the one that the entry starts in.
    line: usize,
    start: usize,
}

impl Builder {
    fn is_open(&self) -> bool {
        !self.entry.is_empty()
    }

    /// Whether a name was taken, and nothing else of that person yet.
    fn has_bare_name(&self) -> bool {
        self.entry.name.is_some() && !self.entry.has_contact_data() && !self.gap
    }

    fn blank(&mut self) {
        self.gap = true;
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "few of the many senses are fields of a person")]
    fn take(&mut self, field: &Field, reader: &Reader<'_>) {
        if self.entry.is_empty() {
            self.start = self.line;
        }
        let value = Speech::of(&field.value, reader.languages);
        match field.sense {
            Sense::ContactWord => self.heading(field, &value, reader),
            Sense::Name => self.name(field, &value),
            Sense::FirstName | Sense::LastName => self.part_of_name(field, &value),
            Sense::Email | Sense::SecondEmail => self.address(field, &value),
            Sense::Phone | Sense::Mobile => self.number(field, &value),
            Sense::Tld => self.tld(field, reader),
            Sense::Rank => self.ranked(&value, reader),
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

    /// A heading starts the next entry; it may have the name, or everything, behind it.
    fn heading(&mut self, field: &Field, value: &Speech, reader: &Reader<'_>) {
        self.flush();
        self.rank = field.rank;
        self.role = field.role;
        if !value.chars.is_empty() {
            self.mixed(value, reader);
        }
    }

    /// A value that may hold name, address and number at once.
    fn mixed(&mut self, value: &Speech, reader: &Reader<'_>) {
        let addresses = facts::addresses(&value.chars);
        let numbers = facts::numbers(&value.chars);
        let first =
            addresses.iter().map(|one| one.span.start).chain(numbers.iter().map(|one| one.span.start)).min();
        let name = Speech::of(&value.text(0..first.unwrap_or(value.chars.len())), reader.languages);
        let rank = rank_of(value, 0, value.chars.len());
        if let Some(name) = names::clean(&name).filter(|_| is_only_name(&name) || first.is_some()) {
            self.entry.name = Some(name);
        }
        if self.entry.rank.is_none() && rank.is_some() {
            self.entry.rank = rank;
        }
        for address in addresses {
            self.entry.take_email(address.what);
        }
        for number in numbers {
            self.entry.take_phone(number.what);
        }
    }

    fn name(&mut self, field: &Field, value: &Speech) {
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
        let end = first.into_iter().chain(number).min().unwrap_or(value.chars.len());
        let hits = value.hits.iter().filter(|hit| hit.span.end <= end).cloned().collect();
        let name = Speech { chars: value.chars.get(..end).unwrap_or_default().to_vec(), hits };
        self.entry.name = names::clean(&name);
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
        let part = names::clean(value);
        if field.sense == Sense::FirstName {
            self.first_name = part;
        } else {
            self.last_name = part;
        }
        let whole: Vec<String> = [&self.first_name, &self.last_name].into_iter().flatten().cloned().collect();
        let unspaced = whole.iter().all(|part| part.chars().all(crate::reading::folding::is_han));
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
        self.form.labelled = true;
        for (number, one) in found.into_iter().enumerate() {
            if field.role == Role::Old || arrow_starts(&value.chars, one.span.end) {
                self.entry.value_changes |= field.role != Role::Old;
                self.entry.former_email = Some(one.what);
            } else if field.sense == Sense::SecondEmail || (number > 0 && !self.entry.emails.is_empty()) {
                self.entry.second = Some(one.what);
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
        self.entry.structured |= found.is_empty();
        for one in found {
            let changes = arrow_starts(&value.chars, one.span.end);
            self.entry.value_changes |= changes;
            let line = if field.sense == Sense::Mobile { LineKind::Mobile } else { LineKind::Fixed };
            let former = changes || field.role == Role::Old;
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
        entry.rank = entry.rank.or(self.rank.take());
        if entry.role == Role::Unsaid {
            entry.role = self.role;
        }
        if entry.tlds.is_empty() {
            entry.tlds.clone_from(&self.section);
        }
        self.form.entries.push(entry);
    }

    fn finish(mut self) -> Form {
        self.flush();
        self.form
    }
}
