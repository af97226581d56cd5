//! Forms: lines of the shape `label: value`, headings such as `Contact 1`, and blocks of bare values.

use crate::domain::contact::Rank;
use crate::domain::tld::Tld;
use crate::reading::bare::{
    heading, is_name, is_no_name, is_only_address, is_only_name, is_only_number, is_only_tld,
    name_and_change, surname_first, tld_heading, unmarked_label, waiting_label,
};
use crate::reading::entry::{Entry, Role};
use crate::reading::facts;
use crate::reading::folding::is_word;
use crate::reading::gathering::Builder;
use crate::reading::labels::{Field, Reader, bullet_end, is_data, tlds_in_field};
use crate::reading::languages::Languages;
use crate::reading::names;
use crate::reading::ordinals::rank_of;
use crate::reading::person;
use crate::reading::prose::is_bulleted;
use crate::reading::sentences;
use crate::reading::speech::Speech;
use crate::reading::words::Sense;

/// `旧 ann@…`, `New +31 …`: a word for the former or the new value before an address or a number, and nothing else.
fn old_or_new(line: &Speech) -> Option<(Role, String)> {
    let hit =
        line.hits.iter().filter(|hit| hit.span.start == 0 && matches!(hit.sense, Sense::Old | Sense::New));
    let hit = hit.max_by_key(|hit| hit.span.end)?;
    let value = line.text(hit.span.end..line.chars.len());
    let rest = Speech { chars: value.chars().collect(), hits: Vec::new() };
    let spaced = rest.chars.first().is_some_and(|c| c.is_whitespace());
    let role = if hit.sense == Sense::Old { Role::Old } else { Role::New };
    (spaced && (is_only_address(&rest) || is_only_number(&rest))).then_some((role, value))
}

/// `082 447 1093 (from abroad +27 82 447 1093)`: one number in two spellings, of which the international one is kept.
fn said_twice(line: &Speech) -> Option<String> {
    const SAME_DIGITS: usize = 7;
    let numbers = facts::numbers(&line.chars);
    let [first, second] = numbers.as_slice() else { return None };
    let tail = |text: &str| facts::digits(text).chars().rev().take(SAME_DIGITS).collect::<String>();
    let gap = line.chars.get(first.span.end..second.span.start)?;
    let bare = !line.chars.get(..first.span.start)?.iter().any(|c| is_word(*c));
    let same = tail(&first.what) == tail(&second.what) && gap.iter().any(|c| matches!(c, '(' | '/' | '（'));
    let kept =
        [first, second].into_iter().find(|one| one.what.trim_start().starts_with('+')).unwrap_or(first);
    (same && bare).then(|| kept.what.clone())
}

/// `One more for .gy: our engineer, Ann Bee. He can be reached on …`: a sentence ends before the first value, so it is no
/// value itself.
fn is_told(value: &str) -> bool {
    let speech = Speech::of(value, Languages::ALL);
    let addresses = facts::addresses(&speech.chars).into_iter().map(|found| found.span.start);
    let numbers = facts::numbers(&speech.chars).into_iter().map(|found| found.span.start);
    let first = addresses.chain(numbers).min();
    // `For .na: Ann Bee, who can be reached at a@…`: small words that are understood stand behind the name.
    let told = |first: usize| speech.text(0..first).contains(", ") && is_no_name(&speech.text(0..first));
    first.is_some_and(|first| {
        sentences::of(&speech).first().is_some_and(|bound| bound.end <= first) || told(first)
    })
}

/// `old: ann@…`, `新：ann@…`: the former or the new value of whoever is named above it.
fn is_former_or_new(field: &Field) -> bool {
    let value = Speech { chars: field.value.chars().collect(), hits: Vec::new() };
    field.sense == Sense::ContactWord
        && field.rank.is_none()
        && matches!(field.role, Role::Old | Role::New)
        && (is_only_address(&value) || is_only_number(&value))
}

/// `担当者交代：旧担当 A（a@…）、新担当 B（b@…）`: two persons, and what each of them is.
fn tells_of_both(value: &str) -> bool {
    let speech = Speech::of(value, Languages::ALL);
    speech.has(Sense::Old) && speech.has(Sense::New) && facts::addresses(&speech.chars).len() > 1
}

/// Whether a line is one person, or one value, and nothing more of him follows: no other line beneath it without a label.
fn is_one_line(line: &Speech, after: &[Speech]) -> bool {
    let valued = |line: &Speech| !facts::addresses(&line.chars).is_empty() || is_only_number(line);
    let told = line.chars.iter().any(|c| matches!(c, '.' | '!' | '?')) && sentences::of(line).len() > 2;
    let ends = after
        .first()
        .is_none_or(|next| !next.chars.iter().any(|c| is_word(*c)) || !Reader::fields(next).is_empty());
    valued(line)
        && !told
        && ends
        && Reader::fields(line).is_empty()
        && !is_bulleted(&line.text(0..line.chars.len()))
}

/// `… of the zone .ua. Main` and in the next line `contact - Ann Bee (…)`: a long line without an end goes on in the next, which
/// starts in small letters. `Ann Bee (ann@…) stays, only her mobile is new:` leads to the number in the next line.
fn goes_on(before: &Speech, line: &Speech, fields: &[Field]) -> bool {
    const FULL_LINE_CHARS: usize = 55;
    let led = before.chars.last().is_some_and(|c| matches!(c, ':' | '：'));
    if led && fields.is_empty() && is_only_number(line) {
        return before.chars.len() >= FULL_LINE_CHARS && !facts::addresses(&before.chars).is_empty();
    }
    let open = before.chars.len() >= FULL_LINE_CHARS && before.chars.last().is_some_and(|c| is_word(*c));
    let small = line.chars.first().is_some_and(|c| c.is_lowercase());
    let heading = fields.first().is_some_and(|first| matches!(first.sense, Sense::ContactWord | Sense::Name));
    open && small && heading
}

/// The place that a line begins with, and what stands behind it.
fn place_before(line: &Speech) -> Option<(Rank, String)> {
    const PLACES: [Sense; 3] = [Sense::First, Sense::Second, Sense::Third];
    let hit = line.hits.iter().filter(|hit| hit.span.start == 0 && PLACES.contains(&hit.sense));
    let hit = hit.max_by_key(|hit| hit.span.end)?;
    let rank = rank_of(line, hit.span.start, hit.span.end)?;
    let marked = line.chars.first().is_some_and(|c| !is_word(*c));
    let rest = line.text(hit.span.end..line.chars.len());
    marked.then(|| (rank, rest.trim_start_matches(|c: char| !is_word(c)).to_owned()))
}

/// `Digicel: +675 …`: a carrier's name, or another word that is not known, before an international number and nothing else.
fn carrier(line: &Speech) -> Vec<Field> {
    let text = line.text(0..line.chars.len());
    let Some((word, value)) = text.split_once(':') else { return Vec::new() };
    let plain = word.trim().chars().all(char::is_alphabetic)
        && line.hits.iter().all(|hit| hit.span.start > word.chars().count());
    let number = Speech { chars: value.trim().chars().collect(), hits: Vec::new() };
    let international = value.trim().starts_with('+') && is_only_number(&number);
    if plain && international { vec![Field::bare(Sense::Phone, value.trim())] } else { Vec::new() }
}

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
    /// The lines that head a section with a ccTLD, and which.
    pub(super) sections: Vec<(usize, Vec<Tld>)>,
}

impl Reader<'_> {
    /// Reads lines as a form.
    pub(super) fn read(&self, lines: &[&str]) -> Form {
        let mut builder = Builder::default();
        let spoken: Vec<Speech> = lines.iter().map(|line| Speech::of(line.trim(), self.languages)).collect();
        let mut waiting: Option<Field> = None;
        let mut headed: Option<Field> = None;
        for (number, speech) in spoken.iter().enumerate() {
            if !speech.chars.iter().any(|c| is_word(*c)) {
                builder.blank();
                builder.form.prose.push(String::new());
                continue;
            }
            builder.line = number;
            let mut fields = self.labelled_apart(speech);
            if let [only] = fields.as_slice()
                && matches!(only.sense, Sense::ContactWord | Sense::Name)
                && ((only.sense == Sense::ContactWord && is_told(&only.value))
                    || self.tells_who_goes(&only.value)
                    || tells_of_both(&only.value))
            {
                fields.clear();
            }
            if let (Some(label), true) = (waiting.take(), fields.is_empty())
                && self.may_be(&label, speech)
            {
                fields.push(Field { value: speech.text(0..speech.chars.len()), ..label });
            }
            let after = spoken.get(number + 1..).unwrap_or_default();
            let before = number.checked_sub(1).and_then(|before| spoken.get(before));
            if before.is_some_and(|before| goes_on(before, speech, &fields)) {
                fields.clear();
                builder.blank();
                builder.form.prose.push(lines.get(number).copied().unwrap_or_default().to_owned());
                continue;
            }
            // `Primary:`, and beneath it a person in one line.
            if let (Some(heading), true) = (headed.take(), fields.is_empty())
                && is_one_line(speech, after)
            {
                fields.push(Field { value: speech.text(0..speech.chars.len()), ..heading });
            } else if let [only] = fields.as_slice()
                && only.sense == Sense::ContactWord
                && only.value.is_empty()
                && after.first().is_some_and(|next| is_one_line(next, after.get(1..).unwrap_or_default()))
            {
                headed = Some(only.clone());
                builder.form.prose.push(String::new());
                continue;
            }
            if fields.is_empty() {
                fields = self.bare(speech, after, &builder);
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

    /// `Our contact has changed: instead of Ann Bee (ann@…) it is Bob Lee now`: what stands behind the colon is a sentence.
    fn tells_who_goes(&self, value: &str) -> bool {
        let speech = Speech::of(value, self.languages);
        let before = speech.with(Sense::InsteadOf).any(|hit| hit.span.start == 0);
        value.contains('@') && (before || speech.has(Sense::InsteadAfter))
    }

    /// The labelled fields of a line, each of one person and one value.
    fn labelled_apart(&self, line: &Speech) -> Vec<Field> {
        let fields = Self::labelled(line);
        let several = match fields.as_slice() {
            [only] => self.in_sentences(only),
            _ => None,
        };
        let named = |field: Field| self.named_values(&field).unwrap_or_else(|| vec![field]);
        several.unwrap_or(fields).into_iter().flat_map(named).collect()
    }

    /// `New number: Ann Bee – +31 …. New address: …`: a sentence ends in the value, and another label begins the next.
    fn in_sentences(&self, field: &Field) -> Option<Vec<Field>> {
        let value = Speech::of(&field.value, self.languages);
        let end =
            sentences::of(&value).first().map(|bound| bound.end).filter(|end| *end < value.chars.len())?;
        let rest = value.text(end..value.chars.len());
        let others = Self::labelled(&Speech::of(rest.trim(), self.languages));
        let first = value.text(0..end);
        let first = Field { value: first.trim().trim_end_matches('.').to_owned(), ..field.clone() };
        (is_data(field.sense) && !others.is_empty()).then(|| [vec![first], others].concat())
    }

    /// `New number: Ann Bee, +31 …`: the value of a label for what is new tells whose it is.
    fn named_values(&self, field: &Field) -> Option<Vec<Field>> {
        const SEPARATORS: [char; 9] = [' ', ',', ';', ':', '-', '–', '—', '(', '='];
        if !is_data(field.sense) || field.role != Role::New {
            return None;
        }
        let value = Speech::of(&field.value, self.languages);
        let found: Vec<_> = if field.sense == Sense::Email {
            facts::addresses(&value.chars).into_iter().map(|one| one.span).collect()
        } else {
            facts::numbers(&value.chars).into_iter().map(|one| one.span).collect()
        };
        let mut fields = Vec::new();
        let mut start = 0;
        for span in found {
            let name = value.text(start..span.start);
            let name = name.trim_matches(SEPARATORS);
            if !name.contains(' ') || !is_only_name(&Speech::of(name, self.languages)) {
                return None;
            }
            fields.push(Field::bare(Sense::Name, name));
            fields.push(Field { value: value.text(span.clone()), ..field.clone() });
            start = span.end;
        }
        let rest = value.chars.get(start..).unwrap_or_default();
        (!fields.is_empty() && !rest.iter().any(|c| is_word(*c))).then_some(fields)
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
        if fields.is_empty() {
            return carrier(line);
        }
        if fields.iter().all(personal) { fields } else { Vec::new() }
    }

    /// A line that is nothing but an address, a number, a name, or a heading.
    fn bare(&self, line: &Speech, after: &[Speech], builder: &Builder) -> Vec<Field> {
        let whole: String = line.chars.iter().collect();
        if is_only_address(line) {
            return vec![Field::bare(Sense::Email, &whole)];
        }
        if is_only_number(line) {
            return vec![Field::bare(Sense::Phone, &whole)];
        }
        if let Some(number) = said_twice(line) {
            return vec![Field::bare(Sense::Phone, &number)];
        }
        if let Some((role, value)) = old_or_new(line) {
            return vec![Field { role, ..Field::bare(Sense::ContactWord, &value) }];
        }
        if let Some((sense, value)) = unmarked_label(line) {
            return vec![Field::bare(sense, &value)];
        }
        if let Some(fields) = name_and_change(line).or_else(|| surname_first(line)) {
            return fields;
        }
        // Between a name and its values the person's position may stand.
        let block: Vec<&Speech> =
            after.iter().take(BLOCK_LINES_MAX).take_while(|next| !next.chars.is_empty()).collect();
        let below = after.iter().filter(|next| !next.chars.is_empty());
        let near = below.skip_while(|next| is_only_tld(next, self)).take(BLOCK_LINES_MAX);
        if let Some(heading) = tld_heading(line, self, near) {
            return vec![heading];
        }
        if let Some(heading) = heading(line) {
            return vec![heading];
        }
        let is_data_line = |next: &Speech| {
            is_only_address(next)
                || is_only_number(next)
                || Self::fields(next).iter().any(|field| is_data(field.sense) || is_former_or_new(field))
                || unmarked_label(next).is_some()
        };
        let Some(data) = block.iter().position(|next| is_data_line(next)) else { return Vec::new() };
        let plain =
            whole.chars().count() <= POSITION_CHARS_MAX && !whole.ends_with(['.', ':', '?', '!', ',']);
        // `【正】西村 恭平`: a place stands in brackets, or behind a sign, before the name.
        if let Some((rank, name)) = place_before(line)
            && data == 0
            && is_only_name(&Speech::of(&name, self.languages))
        {
            return vec![Field { rank: Some(rank), ..Field::bare(Sense::Name, &name) }];
        }
        let start = bullet_end(&line.chars);
        // `Guðrún Ósk Bjarnadóttir`, right above her address: `ósk` is a word, too.
        let half_known = data == 0 && plain && person::is_half_known(line);
        if (is_only_name(line) && (data == 0 || plain)) || half_known {
            return vec![Field::bare(Sense::Name, &line.text(start..line.chars.len()))];
        }
        // `1) Ann Bee`, and beneath it her values.
        let pointed = Speech::of(&line.text(start..line.chars.len()), self.languages);
        if start > 0 && data == 0 && is_only_name(&pointed) {
            return vec![Field::bare(Sense::Name, &line.text(start..line.chars.len()))];
        }
        // `Maria Papa (primary)`: what is understood behind a name says something of its person.
        let name = names::without_addition(line);
        if name.chars.len() < line.chars.len() && is_only_name(&name) && data == 0 {
            let rank = rank_of(line, name.chars.len(), line.chars.len());
            return vec![Field { rank, ..Field::bare(Sense::Name, &whole) }];
        }
        if plain && builder.has_bare_name() { vec![Field::bare(Sense::Position, &whole)] } else { Vec::new() }
    }
}

/// `ann@… (second address: bee@…)`: what stands in brackets right behind an address, with a label of its own, stands behind a
/// comma.
pub(super) fn unbracketed(line: &str) -> String {
    let Some((before, rest)) = line.split_once(" (") else { return line.to_owned() };
    let Some((inside, after)) = rest.split_once(')') else { return line.to_owned() };
    let last = before.split_whitespace().next_back().unwrap_or_default();
    let labelled =
        inside.split_once(':').is_some_and(|(label, value)| !label.contains('@') && value.contains('@'));
    if last.contains('@') && labelled && !inside.contains('(') {
        format!("{before}, {inside}{after}")
    } else {
        line.to_owned()
    }
}
