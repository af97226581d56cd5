//! Bare values: lines that are nothing but an address, a number, a name, a heading or a label.

use crate::reading::entry::Role;
use crate::reading::facts;
use crate::reading::folding::is_word;
use crate::reading::labels::{Field, LABEL_CHARS_MAX, bullet_end, is_data, label};
use crate::reading::names;
use crate::reading::speech::Speech;
use crate::reading::words::{Hit, Sense};

/// Words of a label that stands alone on its line at the most.
const LABEL_WORDS_MAX: usize = 4;

pub(super) fn is_only_address(line: &Speech) -> bool {
    let found = facts::addresses(&line.chars);
    let Some(first) = found.first() else { return false };
    let outside =
        line.chars.iter().enumerate().filter(|(place, _)| !found.iter().any(|one| one.span.contains(place)));
    let rest: String = outside.map(|(_, c)| *c).collect();
    first.span.start <= 9 && !rest.replace("mailto:", "").chars().any(is_word)
}

pub(super) fn is_only_number(line: &Speech) -> bool {
    let found = facts::numbers(&line.chars);
    found.len() == 1
        && !line
            .chars
            .iter()
            .enumerate()
            .any(|(place, c)| is_word(*c) && !found.iter().any(|one| one.span.contains(&place)))
}

/// `Tel +31 …` and `e-mail joe@…`: a label without a sign, before a value that can be nothing else.
pub(super) fn unmarked_label(line: &Speech) -> Option<(Sense, String)> {
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
pub(super) fn heading(line: &Speech) -> Option<Field> {
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

/// A label without a value, alone on its line: the value stands in the next.
pub(super) fn waiting_label(fields: &[Field], line: &Speech) -> Option<Field> {
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

pub(super) fn is_name(sense: Sense) -> bool {
    matches!(sense, Sense::Name | Sense::FirstName | Sense::LastName)
}
