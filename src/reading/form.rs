//! Forms: lines of the shape `label: value`, headings such as `Contact 1`, and blocks of bare values.

use crate::domain::cctlds::KnownTlds;
use crate::domain::contact::Rank;
use crate::domain::tld::Tld;
use crate::reading::entry::{Entry, Role};
use crate::reading::facts;
use crate::reading::folding::is_word;
use crate::reading::names;
use crate::reading::speech::Speech;
use crate::reading::tlds;
use crate::reading::words::{Hit, Languages, Sense};

/// Characters that a label has at the most.
const LABEL_CHARS_MAX: usize = 60;

/// A labelled or bare value of a line.
#[derive(Clone, Debug)]
pub(super) struct Field {
    /// What the label says it is.
    pub(super) sense: Sense,
    /// The place that the label names.
    pub(super) rank: Option<Rank>,
    /// The part that the label names: former or new.
    pub(super) role: Role,
    /// What stands behind the label.
    pub(super) value: String,
}

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

/// What a reader of forms has to know.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    /// The languages of the mail.
    pub(super) languages: Languages,
    /// The ccTLDs that are known.
    pub(super) known: &'a KnownTlds,
}

const LABELS: [Sense; 14] = [
    Sense::SecondEmail,
    Sense::FirstName,
    Sense::LastName,
    Sense::Email,
    Sense::Mobile,
    Sense::Fax,
    Sense::Phone,
    Sense::Name,
    Sense::Tld,
    Sense::Action,
    Sense::Rank,
    Sense::Position,
    Sense::Organisation,
    Sense::OtherLabel,
];

impl Reader<'_> {
    /// Reads lines as a form.
    pub(super) fn read(&self, lines: &[&str]) -> Form {
        let mut builder = Builder::default();
        for (number, line) in lines.iter().enumerate() {
            let speech = Speech::of(line.trim(), self.languages);
            if !speech.chars.iter().any(|c| is_word(*c)) {
                builder.blank();
                builder.form.prose.push(String::new());
                continue;
            }
            let mut fields = self.fields(&speech);
            if fields.is_empty() {
                let next = lines.get(number + 1).map(|next| Speech::of(next.trim(), self.languages));
                fields.extend(self.bare(&speech, next.as_ref(), builder.is_open()));
            }
            if fields.is_empty() {
                builder.blank();
                builder.form.prose.push((*line).to_owned());
                continue;
            }
            // The place of the form's lines is kept, so that what stands before and after is not joined.
            builder.form.prose.push(String::new());
            for field in fields {
                builder.line = number;
                builder.take(field, self);
            }
        }
        builder.finish()
    }

    /// The labelled fields of a line; none where it does not start with a label.
    pub(super) fn fields(&self, line: &Speech) -> Vec<Field> {
        let mut starts: Vec<(usize, usize, Field)> = Vec::new();
        let mut place = bullet_end(&line.chars);
        while place < line.chars.len() {
            if let Some((end, field)) = label_at(line, place) {
                starts.push((place, end, field));
                place = end;
            } else if starts.is_empty() {
                return Vec::new();
            }
            match next_start(&line.chars, place) {
                Some(next) => place = next,
                None => break,
            }
        }
        let ends: Vec<usize> = starts
            .iter()
            .skip(1)
            .map(|(start, _, _)| *start)
            .chain(std::iter::once(line.chars.len()))
            .collect();
        starts
            .into_iter()
            .zip(ends)
            .map(|((_, from, field), to)| {
                let value = line.text(from..to);
                let value = value.trim().trim_end_matches([',', ';', '|', '/', '·', '•']).trim().to_owned();
                Field { value, ..field }
            })
            .collect()
    }

    /// What a line of the shape `label:` says.
    pub(super) fn label_of(line: &Speech) -> Option<Field> {
        label_at(line, bullet_end(&line.chars)).map(|(_, field)| field)
    }

    /// A line that is nothing but an address, a number, a name, or a heading.
    fn bare(&self, line: &Speech, next: Option<&Speech>, open: bool) -> Option<Field> {
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
        let next_is_data = next.is_some_and(|next| {
            is_only_address(next)
                || is_only_number(next)
                || self.fields(next).iter().any(|field| is_data(field.sense))
                || unmarked_label(next).is_some()
        });
        (next_is_data && !(open && next.is_none()) && is_only_name(line)).then(|| field(Sense::Name, &whole))
    }
}

fn is_data(sense: Sense) -> bool {
    matches!(sense, Sense::Email | Sense::SecondEmail | Sense::Phone | Sense::Mobile)
}

/// Where the text of a line starts behind a bullet or a number.
fn bullet_end(chars: &[char]) -> usize {
    let mut place = 0;
    let skip = |place: usize, f: &dyn Fn(char) -> bool| {
        place + chars.get(place..).unwrap_or_default().iter().take_while(|c| f(**c)).count()
    };
    let after_marks = skip(place, &|c| {
        matches!(c, '-' | '*' | '•' | '·' | '–' | '>' | '◦' | '▪' | '■' | '●' | '○' | '→' | '"')
    });
    if after_marks > 0 {
        place = after_marks;
    } else {
        let digits = skip(0, &|c| c.is_ascii_digit());
        if (1..=2).contains(&digits) && chars.get(digits).is_some_and(|c| matches!(c, '.' | ')' | '、')) {
            place = digits + 1;
        } else if chars.first() == Some(&'(') && chars.get(2) == Some(&')') {
            place = 3;
        }
    }
    skip(place, &|c| c.is_whitespace())
}

/// The next place where a label may start: behind a sign that parts fields, or behind a wide gap.
fn next_start(chars: &[char], from: usize) -> Option<usize> {
    (from..chars.len()).find_map(|place| {
        let c = chars.get(place)?;
        let parts = matches!(c, ',' | ';' | '/' | '|' | '·' | '•' | '\t' | '，' | '；' | '、' | '،' | '。')
            || (*c == ' ' && chars.get(place + 1) == Some(&' '))
            || (*c == '-' && chars.get(place + 1) == Some(&' '));
        let next = place + 1 + chars.get(place + 1..)?.iter().take_while(|c| c.is_whitespace()).count();
        (parts && next < chars.len()).then_some(next)
    })
}

/// The label that starts here, and where its value starts.
fn label_at(line: &Speech, start: usize) -> Option<(usize, Field)> {
    let rest = line.chars.get(start..)?;
    let colon = rest.iter().take(LABEL_CHARS_MAX).position(|c| matches!(c, ':' | '：' | '=' | '\t' | '︰'));
    let dash =
        rest.windows(3).take(LABEL_CHARS_MAX).position(|gap| matches!(gap, [' ', '-' | '–' | '—', ' ']));
    let (length, sign) = match (colon, dash) {
        (Some(colon), Some(dash)) if dash < colon => (dash, 3),
        (Some(colon), _) => (colon, 1),
        (None, Some(dash)) => (dash, 3),
        (None, None) => return None,
    };
    let field = label(line, start, start + length)?;
    Some((start + length + sign, field))
}

/// Reads a stretch as a label: it must consist of words that are labels, and little else.
fn label(line: &Speech, start: usize, end: usize) -> Option<Field> {
    let inside: Vec<_> =
        line.hits.iter().filter(|hit| hit.span.start >= start && hit.span.end <= end).collect();
    let letters = |from: usize, to: usize| {
        line.chars.get(from..to).unwrap_or_default().iter().filter(|c| c.is_alphabetic()).count()
    };
    let qualifies = |sense: Sense| {
        LABELS.contains(&sense)
            || matches!(
                sense,
                Sense::First
                    | Sense::Second
                    | Sense::Third
                    | Sense::Old
                    | Sense::New
                    | Sense::ContactWord
                    | Sense::Stop
                    | Sense::Add
                    | Sense::Remove
                    | Sense::Vocabulary
            )
    };
    let mut covered = vec![false; end - start];
    for hit in inside.iter().filter(|hit| qualifies(hit.sense)) {
        for place in hit.span.clone() {
            if let Some(covered) = covered.get_mut(place - start) {
                *covered = true;
            }
        }
    }
    let understood = covered
        .iter()
        .zip(line.chars.get(start..end)?)
        .filter(|(covered, c)| **covered && c.is_alphabetic())
        .count();
    if letters(start, end) == 0 || understood * 4 < letters(start, end) * 3 {
        return None;
    }
    let best = |sense: Sense| inside.iter().filter(|hit| hit.sense == sense).map(|hit| hit.span.len()).max();
    let mut sense: Option<(Sense, usize)> = None;
    for candidate in LABELS {
        if let Some(length) = best(candidate)
            && sense.is_none_or(|(_, longest)| length > longest)
        {
            sense = Some((candidate, length));
        }
    }
    let rank = rank_of(line, start, end);
    let role = match (best(Sense::Old).max(best(Sense::Remove)), best(Sense::New).max(best(Sense::Add))) {
        (Some(_), None) => Role::Old,
        (None, Some(_)) => Role::New,
        _ => Role::Unsaid,
    };
    let fallback = (rank.is_some() || role != Role::Unsaid || best(Sense::ContactWord).is_some())
        .then_some((Sense::ContactWord, 0));
    let (mut sense, length) = sense.or(fallback)?;
    // `Primary contact:` is a heading, though `contact` alone may be a label.
    let ranked = inside
        .iter()
        .filter(|hit| matches!(hit.sense, Sense::First | Sense::Second | Sense::Third))
        .map(|hit| hit.span.len())
        .max();
    let labels_person_data = matches!(
        sense,
        Sense::SecondEmail
            | Sense::FirstName
            | Sense::LastName
            | Sense::Email
            | Sense::Mobile
            | Sense::Fax
            | Sense::Phone
            | Sense::Name
            | Sense::Tld
            | Sense::Action
            | Sense::Position
            | Sense::Organisation
    );
    if !labels_person_data && (ranked.is_some_and(|ranked| ranked >= length) || role != Role::Unsaid) {
        sense = Sense::ContactWord;
    }
    Some(Field { sense, rank, role, value: String::new() })
}

/// The place that a stretch of a line names.
pub(super) fn rank_of(line: &Speech, start: usize, end: usize) -> Option<Rank> {
    let longest = |sense: Sense| {
        let inside = line.with(sense).filter(|hit| hit.span.start >= start && hit.span.end <= end);
        // `Secondary e-mail` says nothing of a place.
        let of_a_value = |hit: &&Hit| {
            line.hits.iter().any(|label| {
                is_data(label.sense)
                    && label.span.start <= hit.span.start
                    && hit.span.end <= label.span.end
                    && label.span.len() > hit.span.len()
            })
        };
        inside.filter(|hit| !of_a_value(hit)).map(|hit| hit.span.len()).max().unwrap_or_default()
    };
    let ranks = [(1, longest(Sense::First)), (2, longest(Sense::Second)), (3, longest(Sense::Third))];
    let best = ranks.iter().map(|(_, length)| *length).max().filter(|length| *length > 0)?;
    let mut which = ranks.iter().filter(|(_, length)| *length == best);
    let (number, _) = which.next()?;
    which.next().is_none().then(|| Rank::try_from(*number).ok()).flatten()
}

fn is_only_address(line: &Speech) -> bool {
    let found = facts::addresses(&line.chars);
    let Some(first) = found.first() else { return false };
    let outside =
        line.chars.iter().enumerate().filter(|(place, _)| !found.iter().any(|one| one.span.contains(place)));
    let rest: String = outside.map(|(_, c)| *c).collect();
    first.span.start <= 9 && !rest.replace("mailto:", "").chars().any(is_word)
}

fn is_only_number(line: &Speech) -> bool {
    let found = facts::numbers(&line.chars);
    found.len() == 1
        && !line
            .chars
            .iter()
            .enumerate()
            .any(|(place, c)| is_word(*c) && !found.iter().any(|one| one.span.contains(&place)))
}

/// `Tel +31 …` and `e-mail joe@…`: a label without a sign, before a value that can be nothing else.
fn unmarked_label(line: &Speech) -> Option<(Sense, String)> {
    let start = bullet_end(&line.chars);
    let senses = [Sense::SecondEmail, Sense::Email, Sense::Mobile, Sense::Phone, Sense::Fax];
    let longest = senses.iter().filter_map(|sense| line.at(start, *sense)).max_by_key(|hit| hit.span.end)?;
    let value = line.text(longest.span.end..line.chars.len());
    let value = value.trim_start_matches(|c: char| matches!(c, '.' | ' ' | '\t' | ')')).to_owned();
    let speech = Speech { chars: value.chars().collect(), hits: Vec::new() };
    let address = matches!(longest.sense, Sense::Email | Sense::SecondEmail) && is_only_address(&speech);
    let number = !matches!(longest.sense, Sense::Email | Sense::SecondEmail) && is_only_number(&speech);
    (address || number).then_some((longest.sense, value))
}

/// A line that only says which contact follows: `Primary contact`, `Contact #2`, `New contact`.
fn heading(line: &Speech) -> Option<Field> {
    let end = line.chars.iter().rposition(|c| is_word(*c))? + 1;
    if end > LABEL_CHARS_MAX || line.chars.get(end..)?.iter().any(|c| matches!(c, '.' | '?' | '!')) {
        return None;
    }
    let field = label(line, bullet_end(&line.chars).min(end), end)?;
    let plain = field.sense == Sense::ContactWord && (field.rank.is_some() || field.role != Role::Unsaid);
    let verbs = line.has_any(&[Sense::Me, Sense::How, Sense::Question]);
    (plain && !verbs && end <= 40).then_some(field)
}

/// Words that could be a name and are nothing else.
pub(super) fn is_only_name(line: &Speech) -> bool {
    let found = names::find(line, &[]);
    let [name] = found.as_slice() else { return false };
    let titles = line.mask(|hit| hit.sense == Sense::Titles);
    !line.chars.iter().enumerate().any(|(place, c)| {
        is_word(*c) && !name.span.contains(&place) && !titles.get(place).copied().unwrap_or_default()
    })
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

    fn blank(&mut self) {
        self.gap = true;
    }

    fn take(&mut self, field: Field, reader: &Reader<'_>) {
        if self.entry.is_empty() {
            self.start = self.line;
        }
        let value = Speech::of(&field.value, reader.languages);
        match field.sense {
            Sense::ContactWord => self.heading(&field, &value, reader),
            Sense::Name => self.name(&field, &value),
            Sense::FirstName | Sense::LastName => self.part_of_name(&field, &value),
            Sense::Email | Sense::SecondEmail => self.address(&field, &value),
            Sense::Phone | Sense::Mobile => self.number(&field, &value),
            Sense::Tld => self.tld(&field, reader),
            Sense::Rank => self.ranked(&value, reader),
            Sense::Action => {
                let role = role_of(&value);
                if self.entry.is_empty() {
                    self.form.action = role
                } else {
                    self.entry.role = role.unwrap_or_default()
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
            self.entry.take_phone(number.what, false);
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
            self.entry.take_phone(number.what, false);
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
            if field.role == Role::Old {
                self.entry.former_email = Some(one.what);
            } else if field.sense == Sense::SecondEmail || number > 0 {
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
            self.entry.take_phone(one.what, field.role == Role::Old);
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
        } else if self.entry.is_empty() && !value.chars.is_empty() {
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

/// What a word in the field `action` asks for.
pub(super) fn role_of(value: &Speech) -> Option<Role> {
    let first = |sense: Sense| value.with(sense).map(|hit| hit.span.start).min();
    let roles = [
        (Role::Remove, first(Sense::Remove)),
        (Role::Change, first(Sense::Change)),
        (Role::Add, first(Sense::Add)),
    ];
    roles
        .into_iter()
        .filter_map(|(role, place)| place.map(|place| (place, role)))
        .min_by_key(|(place, _)| *place)
        .map(|(_, role)| role)
}

/// The ccTLDs in a field for them, where a bare code or label will do: `NL`, `nl, be`, `.nl`.
pub(super) fn tlds_in_field(value: &str, reader: &Reader<'_>) -> Vec<Tld> {
    let speech = Speech::of(value, reader.languages);
    let mut found: Vec<Tld> =
        tlds::named(&speech.chars, &speech.hits, reader.known).into_iter().map(|found| found.what).collect();
    if found.is_empty() {
        for word in value.split([',', ';', '/', '&', ' ', '、', '，', '+', '|', '(', ')', '"']) {
            let bare = word.trim().trim_end_matches('.');
            if let Ok(tld) = bare.parse::<Tld>()
                && reader.known.has(&tld)
                && !found.contains(&tld)
            {
                found.push(tld);
            }
        }
    }
    found
}
