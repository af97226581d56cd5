//! Forms: lines of the shape `label: value`, headings such as `Contact 1`, and blocks of bare values.

use crate::domain::tld::Tld;
use crate::reading::entry::{Entry, Role};
use crate::reading::facts;
use crate::reading::folding::is_word;
use crate::reading::gathering::Builder;
use crate::reading::labels::{Field, LABEL_CHARS_MAX, Reader, bullet_end, is_data, label};
use crate::reading::names;
use crate::reading::speech::Speech;
use crate::reading::words::{Hit, Languages, Sense};

/// Words of a label that stands alone on its line at the most.
const LABEL_WORDS_MAX: usize = 4;
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
            if let (Some(label), true) = (waiting.take(), fields.is_empty()) {
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
        (plain && builder.has_bare_name()).then(|| field(Sense::Position, &whole))
    }
}

fn is_name(sense: Sense) -> bool {
    matches!(sense, Sense::Name | Sense::FirstName | Sense::LastName)
}

/// A label without a value, alone on its line: the value stands in the next.
fn waiting_label(fields: &[Field], line: &Speech) -> Option<Field> {
    let personal = |field: &Field| {
        is_name(field.sense) || is_data(field.sense) || matches!(field.sense, Sense::Tld | Sense::Rank)
    };
    let text = line.text(0..line.chars.len());
    let short = text.split_whitespace().count() <= LABEL_WORDS_MAX
        && !text.trim_end_matches(['.', ':', ' ']).contains('.');
    if !short {
        return None;
    }
    if let [only] = fields {
        return (only.value.is_empty() && personal(only)).then(|| only.clone());
    }
    let end = line.chars.len();
    let whole = |hit: &&Hit| hit.span.start == 0 && hit.span.end == end;
    let alone = fields.is_empty() && line.hits.iter().filter(whole).any(|hit| hit.sense != Sense::Greeting);
    let field = if alone && end > 1 { label(line, 0, end) } else { None };
    field.filter(personal)
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
    let value = value.trim_start_matches(['.', ' ', '\t', ')']).to_owned();
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
