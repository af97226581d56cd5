//! Labels: `name:`, `phone (mobile):`, `new e-mail:` before values, in every language.

use crate::domain::cctlds::KnownTlds;
use crate::domain::contact::Rank;
use crate::domain::tld::Tld;
use crate::reading::cues;
use crate::reading::entry::Role;
use crate::reading::folding::{is_lower, is_word};
use crate::reading::himself;
use crate::reading::languages::Languages;
use crate::reading::ordinals::rank_of;
use crate::reading::sentences;
use crate::reading::signs::{label_at, next_start};
use crate::reading::speech::{Speech, is_negated};
use crate::reading::tlds;
use crate::reading::words::{Hit, Sense};

/// Characters that a line of a form has at the most; a longer one is prose.
const FORM_LINE_CHARS_MAX: usize = 1000;
/// Characters that a label has at the most.
pub(super) const LABEL_CHARS_MAX: usize = 60;

/// Words of a value that is read as codes without dots.
const CODES_MAX: usize = 8;

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

impl Field {
    /// A value without a label, which tells itself what it is.
    pub(super) fn bare(sense: Sense, value: &str) -> Self {
        Self { sense, rank: None, role: Role::Unsaid, value: value.to_owned() }
    }
}

/// What a reader of forms has to know.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    /// The languages of the mail.
    pub(super) languages: Languages,
    /// The ccTLDs that are known.
    pub(super) known: &'a KnownTlds,
}

/// What a label can be a sign of.
pub(super) const LABELS: [Sense; 14] = [
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
    /// The labelled fields of a line; none where it does not start with a label.
    pub(super) fn fields(line: &Speech) -> Vec<Field> {
        if line.chars.len() > FORM_LINE_CHARS_MAX {
            return Vec::new();
        }
        let mut starts: Vec<(usize, usize, Field)> = Vec::new();
        let mut place = label_start(line);
        while place < line.chars.len() {
            if let Some((end, field)) = label_at(line, place) {
                let heads = field.sense == Sense::ContactWord;
                starts.push((place, end, field));
                let spaces = line.chars.iter().skip(end).take_while(|c| c.is_whitespace()).count();
                place = end;
                // `Contact 1: Name: …`
                if heads && label_at(line, end + spaces).is_some() {
                    place = end + spaces;
                    continue;
                }
            } else if starts.is_empty() {
                return Vec::new();
            }
            match next_start(line, place) {
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
        label_at(line, label_start(line)).map(|(_, field)| field)
    }
}

pub(super) fn is_data(sense: Sense) -> bool {
    matches!(sense, Sense::Email | Sense::SecondEmail | Sense::Phone | Sense::Mobile)
}

/// Where the text of a line starts behind a bullet or a number.
pub(super) fn bullet_end(chars: &[char]) -> usize {
    let mut place = 0;
    let skip = |place: usize, f: &dyn Fn(char) -> bool| {
        place + chars.get(place..).unwrap_or_default().iter().take_while(|c| f(**c)).count()
    };
    let after_marks = skip(place, &|c| {
        matches!(c, '-' | '*' | '•' | '·' | '–' | '>' | '◦' | '▪' | '■' | '●' | '○' | '・' | '･' | '→' | '"')
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

/// Where a label of a line would start: `1. Kontakt` is a place, and its number no point of a list.
pub(super) fn label_start(line: &Speech) -> usize {
    let start = bullet_end(&line.chars);
    let place = |hit: &Hit| {
        matches!(hit.sense, Sense::First | Sense::Second | Sense::Third)
            && hit.span.start == 0
            && hit.span.end > start
    };
    if line.hits.iter().any(place) { 0 } else { start }
}

/// Reads a stretch as a label: it must consist of words that are labels, and little else.
pub(super) fn label(line: &Speech, start: usize, end: usize) -> Option<Field> {
    let inside: Vec<&Hit> =
        line.hits.iter().filter(|hit| hit.span.start >= start && hit.span.end <= end).collect();
    let stretch = line.chars.get(start..end)?;
    let comma =
        |(place, c): (usize, &char)| matches!(c, ',' | '，' | '、') && !parts_a_name(&inside, start + place);
    // `Please change the order:` asks for something; `Changed number:` is a label.
    let act = |hit: &&&Hit| {
        let covered = |other: &&Hit| LABELS.contains(&other.sense) && other.covers(hit);
        matches!(hit.sense, Sense::Change | Sense::Replace) && !inside.iter().any(covered)
    };
    let orders = inside.iter().any(|hit| hit.sense == Sense::Rank) && inside.iter().filter(act).count() > 0
        || inside.iter().any(|hit| hit.sense == Sense::Swap);
    let sentence = orders
        || stretch.iter().enumerate().any(comma)
        || stretch.iter().any(|c| matches!(c, '?' | '!' | '@'))
        || inside.iter().any(|hit| hit.sense == Sense::Me && !is_part_of_label(hit, &inside));
    if sentence || !is_understood(line, &inside, start, end) {
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
    // `جهة الاتصال البديلة`, the alternate contact: its last word alone is one for a successor.
    let places = [Sense::First, Sense::Second, Sense::Third];
    let within = |hit: &Hit| inside.iter().any(|place| places.contains(&place.sense) && place.exceeds(hit));
    let new = inside.iter().filter(|hit| hit.sense == Sense::New && !within(hit)).map(|hit| hit.span.len());
    // `Prima persona`, the first one: the word alone means before.
    let old = inside.iter().filter(|hit| hit.sense == Sense::Old && !within(hit)).map(|hit| hit.span.len());
    let role = match (old.max(), new.max(), best(Sense::Remove), best(Sense::Add)) {
        (Some(old), None, _, add) if add <= Some(old) => Role::Old,
        (None, Some(new), remove, _) if remove <= Some(new) => Role::New,
        // `변경 전`, before the change: the longer phrase has the shorter word in it.
        (Some(old), Some(new), _, _) if old > new => Role::Old,
        (Some(old), Some(new), _, _) if new > old => Role::New,
        (None, None, Some(_), None) => Role::Old,
        (None, None, None, Some(_)) => Role::New,
        _ => Role::Unsaid,
    };
    let fallback = (rank.is_some() || role != Role::Unsaid || best(Sense::ContactWord).is_some())
        .then_some((Sense::ContactWord, 0));
    let (mut sense, length) = sense.or(fallback)?;
    if is_part(sense) && stretch.contains(&',') {
        sense = Sense::Name;
    }
    // `New contact for the domain .nl:` names its ccTLD itself.
    let names_it = stretch.windows(2).any(|pair| matches!(pair, ['.', c] if c.is_alphabetic()));
    if sense == Sense::Tld && names_it && best(Sense::ContactWord).is_some() {
        sense = Sense::ContactWord;
    }
    // `Primary contact:` is a heading, though `contact` alone may be a label.
    let ranked = best(Sense::First).max(best(Sense::Second)).max(best(Sense::Third));
    let heads = ranked.is_some_and(|ranked| ranked >= length || sense == Sense::Rank)
        || role != Role::Unsaid
        || (rank.is_some() && sense == Sense::Rank);
    // In some languages the word for a contact is also the label of his name.
    let told = role != Role::Unsaid && !inside.iter().any(|hit| is_data(hit.sense));
    let ranked_or_told = rank.is_some() || told;
    let called = ranked_or_told && sense == Sense::Name && best(Sense::ContactWord) == Some(length);
    if called || (heads && matches!(sense, Sense::Rank | Sense::OtherLabel)) {
        sense = Sense::ContactWord;
    }
    Some(Field { sense, rank, role, value: String::new() })
}

/// Polish `i` within a label is no English `I`.
fn is_part_of_label(hit: &Hit, inside: &[&Hit]) -> bool {
    inside.iter().any(|other| {
        LABELS.contains(&other.sense) && other.span.start < hit.span.start && hit.span.end <= other.span.end
    })
}

/// `Surname, first name:`, with the parts of a name on both sides of a comma.
fn parts_a_name(inside: &[&Hit], comma: usize) -> bool {
    const GAP_CHARS_MAX: usize = 2;
    let name = |hit: &&&Hit| hit.sense == Sense::Name || is_part(hit.sense);
    inside.iter().filter(name).any(|hit| hit.span.end == comma)
        && inside
            .iter()
            .filter(name)
            .any(|hit| hit.span.start > comma && hit.span.start - comma <= GAP_CHARS_MAX)
}

fn is_part(sense: Sense) -> bool {
    matches!(sense, Sense::FirstName | Sense::LastName)
}

/// Whether three letters in four of a stretch stand in words that labels are made of.
fn is_understood(line: &Speech, inside: &[&Hit], start: usize, end: usize) -> bool {
    const QUALIFIERS: [Sense; 10] = [
        Sense::First,
        Sense::Second,
        Sense::Third,
        Sense::Old,
        Sense::New,
        Sense::ContactWord,
        Sense::Stop,
        Sense::Add,
        Sense::Remove,
        Sense::Vocabulary,
    ];
    let counts = |place: usize| {
        inside.iter().any(|hit| {
            hit.span.contains(&place) && (LABELS.contains(&hit.sense) || QUALIFIERS.contains(&hit.sense))
        })
    };
    let letters: Vec<usize> =
        (start..end).filter(|place| line.chars.get(*place).is_some_and(|c| c.is_alphabetic())).collect();
    let understood = letters.iter().filter(|place| counts(**place)).count();
    !letters.is_empty() && understood * 4 >= letters.len() * 3 && !holds_a_name(line, start, end, counts)
}

/// `Jan Wójcik ma od dziś nowy numer telefonu:`: two words beside each other that are not understood, each with a capital.
fn holds_a_name(line: &Speech, start: usize, end: usize, counts: impl Fn(usize) -> bool) -> bool {
    let stretch = line.chars.get(start..end).unwrap_or_default();
    let mut place = start;
    let mut before = false;
    for word in stretch.split(|c| *c == ' ') {
        let spelled = word.len() > 1 && word.first().is_some_and(|c| c.is_uppercase());
        let small = word.iter().skip(1).any(|c| c.is_lowercase()) && word.iter().all(|c| is_word(*c));
        let strange = spelled && small && !(place..place + word.len()).any(&counts);
        if strange && before {
            return true;
        }
        before = strange;
        place += word.len() + 1;
    }
    false
}

/// What a word in the field `action` asks for.
#[expect(clippy::wildcard_enum_match_arm, reason = "three senses were chosen above")]
pub(super) fn role_of(value: &Speech) -> Option<Role> {
    const NEAR_CHARS: usize = 6;
    // `Delete all others` says that these replace them.
    let bounds = sentences::of(value);
    let of_others = |hit: &&Hit| {
        let bound = bounds.iter().find(|bound| bound.contains(&hit.span.start));
        bound.is_some_and(|bound| cues::is_of_all_others(value, bound, hit))
    };
    let cues = [Sense::Remove, Sense::Change, Sense::Add];
    let denied =
        |hit: &&Hit| hit.sense != Sense::Change && (is_negated(value, hit) || is_unwanted(value, hit));
    let mut found: Vec<&Hit> = value
        .hits
        .iter()
        .filter(|hit| cues.contains(&hit.sense) && !of_others(hit) && !denied(hit))
        .filter(|hit| !himself::is_listed_already(value, hit) && !cues::is_unchanged(value, hit))
        .filter(|hit| !(hit.sense == Sense::Change && brings_a_contact(value, hit)))
        .collect();
    // `Become a contact` is no change, though `become` may be one.
    found.sort_by_key(|hit| (hit.span.start, std::cmp::Reverse(hit.span.end)));
    // `Anmeldung löschen`: what is registered goes.
    let undone = found.windows(2).any(|pair| match pair {
        [a, b] => {
            a.sense == Sense::Add && b.sense == Sense::Remove && b.span.start <= a.span.end + NEAR_CHARS
        }
        _ => false,
    });
    let main = found.first().filter(|hit| !hit.language.puts_verbs_last()).or(found.last())?;
    Some(match main.sense {
        _ if undone => Role::Remove,
        Sense::Remove => Role::Remove,
        Sense::Change => Role::Change,
        _ => Role::Add,
    })
}

/// `Botswana has a new security contact`, `each island now has a contact of its own`: what is new is a person, and no value.
fn brings_a_contact(value: &Speech, change: &Hit) -> bool {
    const NEAR_CHARS: usize = 16;
    let inside = |sense: Sense| value.with(sense).any(|hit| change.covers(hit));
    let new = value.with(Sense::New).any(|new| new.span.end == change.span.end && change.covers(new));
    let behind = |hit: &Hit| hit.span.start == change.span.end + 1;
    let leads = |hit: &Hit| {
        value.chars.get(change.span.end..hit.span.start).is_some_and(|gap| is_lower(gap, NEAR_CHARS))
    };
    let person = |hit: &Hit| matches!(hit.sense, Sense::ContactWord | Sense::Name) && leads(hit);
    let of_a_value = |hit: &Hit| is_data(hit.sense) && leads(hit);
    let has_one = inside(Sense::Now) && value.hits.iter().any(person) && !value.hits.iter().any(of_a_value);
    ((new && value.with(Sense::ContactWord).any(behind)) || has_one) && value.has(Sense::Add)
}

/// `We no longer wish to take part`: a negation before a word for adding in its clause.
fn is_unwanted(value: &Speech, add: &Hit) -> bool {
    const NEAR_CHARS: usize = 24;
    add.sense == Sense::Add
        && value.with(Sense::Not).any(|not| {
            let gap = value.chars.get(not.span.end..add.span.start).unwrap_or_default();
            not.span.end <= add.span.start
                && gap.len() <= NEAR_CHARS
                && gap.iter().all(|c| is_word(*c) || matches!(c, ' ' | '\''))
        })
}

/// The ccTLDs in a field for them, where a bare code or label will do: `NL`, `nl, be`, `.nl`.
pub(super) fn tlds_in_field(value: &str, reader: &Reader<'_>) -> Vec<Tld> {
    let speech = Speech::of(value, reader.languages);
    let mut found: Vec<Tld> =
        tlds::named(&speech.chars, &speech.hits, reader.known).into_iter().map(|found| found.what).collect();
    // Codes without dots stand alone, or with the country's name: `de`, `at` and `in` are words elsewhere.
    let parts = |c: char| [',', ';', '/', '&', ' ', '、', '，', '+', '|', '(', ')', '"'].contains(&c);
    let words: Vec<&str> = value.split(parts).filter(|word| word.chars().any(char::is_alphabetic)).collect();
    let code =
        |word: &&&str| word.trim_end_matches('.').parse::<Tld>().is_ok_and(|tld| reader.known.has(&tld));
    let codes = words.iter().filter(code).count();
    let bare = words.len() <= CODES_MAX && words.len() <= codes * 2 + 1;
    if found.is_empty() && bare {
        for word in words {
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
