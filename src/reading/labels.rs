//! Labels: `name:`, `phone (mobile):`, `new e-mail:` before values, in every language.

use crate::domain::cctlds::KnownTlds;
use crate::domain::contact::Rank;
use crate::domain::tld::Tld;
use crate::reading::entry::Role;
use crate::reading::speech::Speech;
use crate::reading::spelling::otherwise_spelled;
use crate::reading::tlds;
use crate::reading::words::{Hit, Languages, Sense};

/// Characters that a line of a form has at the most; a longer one is prose.
const FORM_LINE_CHARS_MAX: usize = 1000;
/// Characters that a label has at the most.
pub(super) const LABEL_CHARS_MAX: usize = 60;

/// Dots, lines or the like from which on they lead from a label to its value.
const LEADERS_MIN: usize = 3;

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
    /// The labelled fields of a line; none where it does not start with a label.
    pub(super) fn fields(line: &Speech) -> Vec<Field> {
        if line.chars.len() > FORM_LINE_CHARS_MAX {
            return Vec::new();
        }
        let mut starts: Vec<(usize, usize, Field)> = Vec::new();
        let mut place = bullet_end(&line.chars);
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
        label_at(line, bullet_end(&line.chars)).map(|(_, field)| field)
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

/// The next place where a label may start: behind a sign that parts fields, behind a wide gap, or where a label with
/// its colon stands behind any space.
fn next_start(line: &Speech, from: usize) -> Option<usize> {
    let chars = &line.chars;
    (from..chars.len()).find_map(|place| {
        let c = chars.get(place)?;
        let parts = matches!(c, ',' | ';' | '/' | '|' | '·' | '•' | '\t' | '，' | '；' | '、' | '،' | '。')
            || (*c == ' ' && chars.get(place + 1) == Some(&' '))
            || (*c == '-' && chars.get(place + 1) == Some(&' '));
        let next = place + 1 + chars.get(place + 1..)?.iter().take_while(|c| c.is_whitespace()).count();
        let starts = parts || (*c == ' ' && is_label_with_colon(line, next));
        (starts && next < chars.len()).then_some(next)
    })
}

/// Whether one of the words for a label starts here, with nothing but a colon behind it.
fn is_label_with_colon(line: &Speech, start: usize) -> bool {
    line.hits.iter().filter(|hit| hit.span.start == start && LABELS.contains(&hit.sense)).any(|hit| {
        let mut behind = line.chars.get(hit.span.end..).unwrap_or_default().iter().filter(|c| **c != ' ');
        behind.next().is_some_and(|c| is_colon(*c))
    })
}

/// Signs that stand between a label and its value, in the scripts that have their own.
fn is_colon(c: char) -> bool {
    matches!(c, ':' | '：' | '=' | '\t' | '︰' | '﹕' | '៖' | '፦' | '՝')
}

/// The label that starts here, and where its value starts.
fn label_at(line: &Speech, start: usize) -> Option<(usize, Field)> {
    let rest = line.chars.get(start..)?;
    let colon = rest.iter().take(LABEL_CHARS_MAX).position(|c| is_colon(*c)).map(|place| (place, 1));
    let dash =
        rest.windows(3).take(LABEL_CHARS_MAX).position(|gap| matches!(gap, [' ', '-' | '–' | '—', ' ']));
    let sign = [colon, dash.map(|place| (place, 3)), leaders(rest)].into_iter().flatten().min();
    if let Some((length, sign)) = sign
        && let Some(field) = label(line, start, start + length)
    {
        return Some((start + length + sign, field));
    }
    if let Some((length, sign)) = sign
        && let Some(field) = otherwise_spelled(&line.text(start..start + length))
    {
        return Some((start + length + sign, field));
    }
    let (length, sign) = gap(rest)?;
    let whole =
        line.hits.iter().any(|hit| hit.span == (start..start + length) && LABELS.contains(&hit.sense));
    let field = label(line, start, start + length).filter(|_| whole)?;
    let value = start + length + sign;
    label_at(line, value).is_none().then_some((value, field))
}

/// `Label ........ value`: where the leaders start, and how long they are.
fn leaders(rest: &[char]) -> Option<(usize, usize)> {
    let leads = |c: &char| matches!(c, '.' | '_' | '…' | '‥' | '·' | '┈' | '･');
    let start = rest.windows(LEADERS_MIN).take(LABEL_CHARS_MAX).position(|run| run.iter().all(leads))?;
    let dots = rest.get(start..)?.iter().take_while(|c| leads(c)).count();
    // `Name ....... : Joost`
    let behind = rest.get(start + dots..)?;
    let colon = behind
        .iter()
        .position(|c| *c != ' ')
        .filter(|place| behind.get(*place).is_some_and(|c| is_colon(*c)));
    Some((start, dots + colon.map_or(0, |place| place + 1)))
}

/// `Label    value`: where a wide gap starts, and how wide it is.
fn gap(rest: &[char]) -> Option<(usize, usize)> {
    let start = rest.windows(2).take(LABEL_CHARS_MAX).position(|gap| matches!(gap, [' ', ' ']))?;
    let wide = rest.get(start..)?.iter().take_while(|c| **c == ' ').count();
    (start > 0 && start + wide < rest.len()).then_some((start, wide))
}

/// Reads a stretch as a label: it must consist of words that are labels, and little else.
pub(super) fn label(line: &Speech, start: usize, end: usize) -> Option<Field> {
    let inside: Vec<&Hit> =
        line.hits.iter().filter(|hit| hit.span.start >= start && hit.span.end <= end).collect();
    let stretch = line.chars.get(start..end)?;
    let sentence = stretch.iter().any(|c| matches!(c, ',' | '，' | '、' | '?' | '!'))
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
    let role = match (best(Sense::Old), best(Sense::New), best(Sense::Remove), best(Sense::Add)) {
        (Some(old), None, _, add) if add <= Some(old) => Role::Old,
        (None, Some(new), remove, _) if remove <= Some(new) => Role::New,
        (None, None, Some(_), None) => Role::Old,
        (None, None, None, Some(_)) => Role::New,
        _ => Role::Unsaid,
    };
    let fallback = (rank.is_some() || role != Role::Unsaid || best(Sense::ContactWord).is_some())
        .then_some((Sense::ContactWord, 0));
    let (mut sense, length) = sense.or(fallback)?;
    // `Primary contact:` is a heading, though `contact` alone may be a label.
    let ranked = best(Sense::First).max(best(Sense::Second)).max(best(Sense::Third));
    let heads = ranked.is_some_and(|ranked| ranked >= length || sense == Sense::Rank) || role != Role::Unsaid;
    // `Contact person (primary)`: the same word may label a name.
    let twofold = |hit: &&Hit| {
        let contact = |other: &&Hit| other.sense == Sense::ContactWord && other.span == hit.span;
        hit.sense == Sense::Name && hit.span.len() == length && inside.iter().any(contact)
    };
    let person = sense == Sense::Name && rank.is_some() && inside.iter().any(twofold);
    if person || (heads && matches!(sense, Sense::Rank | Sense::OtherLabel)) {
        sense = Sense::ContactWord;
    }
    Some(Field { sense, rank, role, value: String::new() })
}

/// Polish `i` within a label is no English `I`.
fn is_part_of_label(hit: &Hit, inside: &[&Hit]) -> bool {
    inside.iter().any(|other| {
        LABELS.contains(&other.sense) && other.span.start < hit.span.start && hit.span.end < other.span.end
    })
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
    !letters.is_empty() && understood * 4 >= letters.len() * 3
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

/// What a word in the field `action` asks for.
#[expect(clippy::wildcard_enum_match_arm, reason = "three senses were chosen above")]
pub(super) fn role_of(value: &Speech) -> Option<Role> {
    const NEAR_CHARS: usize = 6;
    // `Delete all others` says that these replace them.
    let of_others = |hit: &&Hit| {
        let near = |other: &Hit| other.span.start >= hit.span.start && other.span.start <= hit.span.end + 12;
        hit.sense == Sense::Remove && value.with(Sense::EveryoneElse).any(near)
    };
    let cues = [Sense::Remove, Sense::Change, Sense::Add];
    let mut found: Vec<&Hit> =
        value.hits.iter().filter(|hit| cues.contains(&hit.sense) && !of_others(hit)).collect();
    found.sort_by_key(|hit| hit.span.start);
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
