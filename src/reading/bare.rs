//! Bare values: lines that are nothing but an address, a number, a name, a heading or a label.

use crate::reading::changes::arrow;
use crate::reading::countries;
use crate::reading::entry::Role;
use crate::reading::facts;
use crate::reading::folding::{has_case, is_word};
use crate::reading::labels::{Field, LABEL_CHARS_MAX, Reader, bullet_end, is_data, label, label_start};
use crate::reading::languages::Languages;
use crate::reading::name_words::PARTICLES;
use crate::reading::names;
use crate::reading::person;
use crate::reading::speech::Speech;
use crate::reading::tlds;
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
    let value = without_remark(&value).to_owned();
    let speech = Speech { chars: value.chars().collect(), hits: Vec::new() };
    let address = matches!(longest.sense, Sense::Email | Sense::SecondEmail) && is_only_address(&speech);
    let number = !matches!(longest.sense, Sense::Email | Sense::SecondEmail) && is_only_number(&speech);
    (address || number).then_some((longest.sense, value))
}

/// `+31 … (please list this one)`: a value without the words in brackets behind it, unless they say that it is no more.
fn without_remark(value: &str) -> &str {
    let Some((before, remark)) =
        value.split_once(['(', '（']).filter(|(before, _)| !before.trim().is_empty())
    else {
        return value;
    };
    let speech = Speech::of(remark, Languages::ALL);
    let plain = speech.has(Sense::ThisOne) && !speech.has_any(&[Sense::Old, Sense::Not, Sense::Ended]);
    if plain { before.trim_end() } else { value }
}

/// A line that only says which contact follows: `Primary contact`, `Contact #2`, `New contact`.
pub(super) fn heading(line: &Speech) -> Option<Field> {
    let end = line.chars.iter().rposition(|c| is_word(*c))? + 1;
    if end > LABEL_CHARS_MAX || line.chars.get(end..)?.iter().any(|c| matches!(c, '.' | '?' | '!')) {
        return None;
    }
    let field = label(line, label_start(line).min(end), end)?;
    // `Contact no. 1`: the words could label a number, but a place stands there.
    let placed = field.rank.is_some() && line.has(Sense::ContactWord);
    let plain =
        placed || (field.sense == Sense::ContactWord && (field.rank.is_some() || field.role != Role::Unsaid));
    let verbs = line.has_any(&[Sense::Me, Sense::How, Sense::Question]);
    (plain && !verbs && end <= 40).then_some(Field { sense: Sense::ContactWord, ..field })
}

/// A line that says for which ccTLD the persons beneath it are: `.lk`, `For .nl:`, `Grenada`.
pub(super) fn tld_heading<'a>(
    line: &Speech,
    reader: &Reader<'_>,
    mut after: impl Iterator<Item = &'a Speech>,
) -> Option<Field> {
    const HEADING_CHARS_MAX: usize = 40;
    let from = bullet_end(&line.chars);
    let to = line.chars.iter().rposition(|c| !matches!(c, ':' | '：' | ' ' | '.' | '-' | '—'))? + 1;
    if line.chars.len() > HEADING_CHARS_MAX || line.has_any(&[Sense::Add, Sense::Remove, Sense::Change]) {
        return None;
    }
    let named = tlds::named(&line.chars, &line.hits, reader.known);
    // `Old contact` has words for a contact in it, not for a country, whatever it begins with.
    let by_name = named.is_empty();
    if by_name && line.has_any(&[Sense::ContactWord, Sense::Old, Sense::New]) {
        return None;
    }
    let found = if by_name { countries::find(&line.chars) } else { named };
    let known = line
        .mask(|hit| matches!(hit.sense, Sense::Tld | Sense::ContactWord | Sense::Stop | Sense::Vocabulary));
    let other = (from..to).any(|place| {
        let word = line.chars.get(place).is_some_and(|c| is_word(*c));
        word && !known.get(place).is_some_and(|known| *known)
            && !found.iter().any(|one| one.span.contains(&place))
    });
    let [only] = found.as_slice() else { return None };
    let person = after.any(|next| !facts::addresses(&next.chars).is_empty());
    (person && !other).then(|| Field::bare(Sense::ContactWord, &format!(".{}", only.what)))
}

/// `.nl`, `- .nl`: a line that is nothing but a ccTLD.
pub(super) fn is_only_tld(line: &Speech, reader: &Reader<'_>) -> bool {
    let named = tlds::named(&line.chars, &line.hits, reader.known);
    let [only] = named.as_slice() else { return false };
    !line.chars.iter().enumerate().any(|(place, c)| is_word(*c) && !only.span.contains(&place))
}

/// `Joost Terpstra  joost@old.example -> joost@new.example`: whose value changes, and how.
pub(super) fn name_and_change(line: &Speech) -> Option<Vec<Field>> {
    let (place, length) = arrow(&line.chars)?;
    let addresses: Vec<_> =
        facts::addresses(&line.chars).into_iter().map(|one| (Sense::Email, one.span)).collect();
    let numbers: Vec<_> =
        facts::numbers(&line.chars).into_iter().map(|one| (Sense::Phone, one.span)).collect();
    let values = if addresses.len() == 2 && numbers.is_empty() { addresses } else { numbers };
    let [(sense, before), (_, after)] = values.as_slice() else { return None };
    let name = line.text(0..before.start);
    let name = name.trim_matches([' ', ':', '-', '–', '—', ',', '\t', '*', '•']);
    let apart = before.end <= place && place + length <= after.start;
    let nothing_else = !line.chars.get(after.end..)?.iter().any(|c| is_word(*c));
    let known = line.hits.iter().filter(|hit| hit.span.end <= before.start).cloned().collect();
    let spoken = Speech { chars: line.chars.get(..before.start)?.to_vec(), hits: known };
    let fields =
        || vec![Field::bare(Sense::Name, name), Field::bare(*sense, &line.text(before.start..after.end))];
    (apart && nothing_else && is_only_name(&spoken)).then(fields)
}

/// `Baptiste, Octavia — octavia@nic.example — +1 767 …`: a name with the last name first, and a comma in it, in a line
/// whose parts are divided by another sign.
pub(super) fn surname_first(line: &Speech) -> Option<Vec<Field>> {
    const NAME_WORDS_MAX: usize = 5;
    let text = line.text(bullet_end(&line.chars)..line.chars.len());
    let divider =
        [" - ", " – ", " — ", " | ", ";", "\t", " / ", " · "].iter().find(|sign| text.contains(**sign))?;
    let mut parts = text.split(*divider).map(str::trim).filter(|part| !part.is_empty());
    let name = parts.next()?;
    let (last, first) = name.split_once(", ")?;
    let hits = |hit: &Hit| hit.sense != Sense::Titles && line.text(hit.span.clone()).chars().all(is_word);
    let known: Vec<String> =
        line.hits.iter().filter(|hit| hits(hit)).map(|hit| line.text(hit.span.clone())).collect();
    let is_part = |part: &str| {
        part.split_whitespace().all(|word| {
            let small = word.chars().all(char::is_lowercase);
            let capital = word.chars().next().is_some_and(|c| c.is_uppercase() || !has_case(c));
            (small || capital)
                && !word.contains(['@', ':', ',', '('])
                && !known.iter().any(|known| known == word)
        }) && part.chars().next().is_some_and(char::is_alphabetic)
    };
    if name.split_whitespace().count() > NAME_WORDS_MAX || !is_part(last) || !is_part(first) {
        return None;
    }
    let mut fields = vec![Field::bare(Sense::Name, name)];
    for part in parts {
        let part = Speech { chars: part.chars().collect(), hits: Vec::new() };
        let sense = match (is_only_address(&part), is_only_number(&part)) {
            (true, _) => Sense::Email,
            (_, true) => Sense::Phone,
            _ => return None,
        };
        fields.push(Field::bare(sense, &part.chars.iter().collect::<String>()));
    }
    fields.iter().any(|field| field.sense == Sense::Email).then_some(fields)
}

/// Words that could be a name and are nothing else, or the same name in two scripts.
pub(super) fn is_only_name(line: &Speech) -> bool {
    if let [first, second] = person::parts_of(line).as_slice() {
        let scripts = person::is_latin(first).zip(person::is_latin(second));
        if scripts.is_some_and(|(first, second)| first != second) {
            return is_one_name(first) && is_one_name(second);
        }
    }
    is_one_name(line)
}

/// Whether what was taken for a name is a sentence: it is long, names an address or a ccTLD, or has several small words that
/// are understood.
pub(super) fn is_no_name(name: &str) -> bool {
    const WORDS_MAX: usize = 8;
    const SMALL_WORDS_MAX: usize = 2;
    let speech = Speech::of(name, Languages::ALL);
    let known = speech.mask(|hit| hit.sense != Sense::Titles);
    let small = speech.chars.split(|c| !is_word(*c)).scan(0, |place, word| {
        let start = *place;
        *place += word.len() + 1;
        Some((start, word))
    });
    let small = small.filter(|(start, word)| {
        word.first().is_some_and(|c| c.is_lowercase())
            && known.get(*start).copied().unwrap_or_default()
            && !PARTICLES.contains(&word.iter().collect::<String>().as_str())
    });
    name.split_whitespace().count() > WORDS_MAX
        || name.contains(['@', '#', '?', '!', ':', ';'])
        || name.contains(" .")
        || small.count() > SMALL_WORDS_MAX
}

fn is_one_name(line: &Speech) -> bool {
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
