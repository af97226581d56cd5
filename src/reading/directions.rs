//! Directions: lines that begin with a word for going or coming, and lists that stand under one.

use crate::reading::bare::is_only_address;
use crate::reading::entry::{Entry, Role};
use crate::reading::facts;
use crate::reading::folding::{has_case, is_word};
use crate::reading::labels::{Reader, bullet_end};
use crate::reading::lines::Line;
use crate::reading::prose::is_bulleted;
use crate::reading::speech::Speech;
use crate::reading::words::{Hit, Sense};

/// What a line says that is more than the end of the one above it.
const SAYS: [Sense; 9] = [
    Sense::Keep,
    Sense::Unchanged,
    Sense::Others,
    Sense::Add,
    Sense::Remove,
    Sense::Change,
    Sense::Replace,
    Sense::Left,
    Sense::EveryoneElse,
];
/// Signs before a line that say what the words do.
const SIGNS: [(&str, Role); 4] =
    [("(-)", Role::Remove), ("[-]", Role::Remove), ("(+)", Role::Add), ("[+]", Role::Add)];
/// Signs behind a word for who was or who comes.
const SIGNS_BEHIND: [char; 8] = [')', '）', ']', '］', '】', '〕', '〉', '》'];
/// Lines of one list at the most: some ccTLDs with three contacts each, a few lines for each of them.
const LIST_LINES_MAX: usize = 60;

/// Lines of persons to whom the same is to happen.
#[derive(Debug)]
pub(super) struct Directed {
    /// What.
    pub(super) role: Role,
    /// The lines, without the word.
    pub(super) lines: Vec<Line>,
    /// How many lines it takes.
    pub(super) taken: usize,
}

impl Directed {
    /// Gives a person of these lines his part.
    pub(super) fn place(&self, entry: Entry, line: usize) -> Entry {
        // `- Bob Lee, who replaces Ann` says more than the word above it.
        let open = matches!(entry.role, Role::Unsaid | Role::Change);
        let role = if open { self.role } else { entry.role };
        Entry { role, line, ..entry }
    }
}

/// What these lines say of going and coming, by the number of the first line of each. Nothing where all go, or all come:
/// then the mail says so as a whole.
pub(super) fn of(lines: &[&Line], reader: &Reader<'_>) -> Vec<(usize, Directed)> {
    let spoken: Vec<Speech> = lines.iter().map(|line| Speech::of(&line.text, reader.languages)).collect();
    let mut found: Vec<(usize, Directed)> = Vec::new();
    for (number, line) in lines.iter().enumerate() {
        if line.table == 0
            && let Some((role, text)) = spoken.get(number).and_then(directed)
        {
            let says = |at: usize| spoken.get(at).is_some_and(|speech| speech.has_any(&SAYS));
            let rest = lines.get(number + 1).filter(|next| goes_on(&text, next) && !says(number + 1));
            let taken = 1 + usize::from(rest.is_some());
            let text = rest.map_or(text.clone(), |next| format!("{} {}", text.trim_end(), next.text.trim()));
            found.push((number, Directed { role, lines: vec![Line::new(&text)], taken }));
        } else if let Some(block) = block(lines, &spoken, number) {
            found.push((number, block));
        }
    }
    if !go_and_come(&found) {
        found.clear();
    }
    // `Please remove`, a list, `and add`, a list.
    let moves = |senses: &[Sense]| spoken.iter().any(|speech| speech.has_any(senses));
    if found.is_empty() && moves(&[Sense::Remove, Sense::Left]) && moves(&[Sense::Add]) {
        let headed = (0..lines.len()).filter_map(|number| {
            let speech = spoken.get(number)?;
            let role = heading(speech)?;
            let manner = if stands_alone(speech) { Manner::Plain } else { Manner::Signed };
            list(lines, number + 1, (role, manner))
        });
        found.extend(headed);
    }
    found
}

/// `【新】中村 由紀子`, and below it his address and number, to the next empty line.
fn block(lines: &[&Line], spoken: &[Speech], number: usize) -> Option<Directed> {
    const LINES_MAX: usize = 4;
    let speech = spoken.get(number)?;
    let (role, name) = old_or_new(speech, opening(speech))?;
    let is_name = !name.trim().is_empty() && !name.contains(['@', ':', '：']);
    let goes_on = |at: &usize| {
        let line = lines.get(*at).filter(|line| line.table == 0 && !line.text.trim().is_empty());
        let marked = spoken.get(*at).is_some_and(|next| old_or_new(next, opening(next)).is_some());
        line.is_some() && !marked
    };
    let below: Vec<usize> = (number + 1..=number + LINES_MAX).take_while(goes_on).collect();
    let text = |at: &usize| lines.get(*at).map(|line| line.text.trim().to_owned());
    let rest: Vec<String> = below.iter().filter_map(text).collect();
    let valued = rest.iter().any(|line| line.contains('@'));
    let first = std::iter::once(name.trim().to_owned());
    (is_name && valued && lines.get(number)?.table == 0).then(|| Directed {
        role,
        lines: first.chain(rest).map(Line::new).collect(),
        taken: 1 + below.len(),
    })
}

/// `New: Ann Bee, ann@…, +31 …,` and in the next line `deputy`: whether a line that is broken goes on there.
fn goes_on(text: &str, next: &Line) -> bool {
    let line = next.text.trim();
    let broken = text.trim_end().ends_with([',', '،', '，', '-', '–']);
    broken && !line.is_empty() && next.table == 0 && !line.contains('@') && !is_bulleted(line)
}

fn go_and_come(found: &[(usize, Directed)]) -> bool {
    let has = |role: Role| found.iter().any(|(_, directed)| directed.role == role);
    (has(Role::Remove) && has(Role::Add)) || (has(Role::Old) && has(Role::New))
}

/// `OUT  Ann Bee  ann@…`, `in: Bob Lee, bob@…`: the part that the first word of a line gives, and what stands behind it.
fn directed(line: &Speech) -> Option<(Role, String)> {
    let whole = line.text(0..line.chars.len());
    let text = whole.trim_start();
    let signed = SIGNS.iter().find_map(|(sign, role)| Some((*role, text.strip_prefix(sign)?.to_owned())));
    let (role, rest) = signed.or_else(|| worded(line))?;
    is_person(rest.trim_start()).then(|| (role, rest.trim_start().to_owned()))
}

fn worded(line: &Speech) -> Option<(Role, String)> {
    let start = opening(line);
    let part = |hit: &Hit| part_of(hit, &[Sense::LineOut, Sense::Remove], &[Sense::LineIn, Sense::Add]);
    if let Some(found) = old_or_new(line, start) {
        return Some(found);
    }
    let first = line.hits.iter().filter(|hit| hit.span.start == start && part(hit).is_some());
    let first = first.max_by_key(|hit| hit.span.end)?;
    let mut rest = line.text(first.span.end..line.chars.len());
    let spaced = rest.starts_with([' ', '\t', '\u{a0}', '\u{3000}']);
    let trimmed = rest.trim_start().trim_start_matches([':', '：', '=', '–', '—', '-', '>', '→']);
    let marked = trimmed.len() < rest.trim_start().len();
    if !spaced && !marked {
        return None;
    }
    rest = trimmed.to_owned();
    Some((part(first)?, rest))
}

/// Where the first word of a line begins: behind its bullet, and a bracket around the word.
fn opening(line: &Speech) -> usize {
    let start = bullet_end(&line.chars);
    let bracket = matches!(line.chars.get(start), Some('【' | '[' | '［' | '〔' | '〈' | '《'));
    start + usize::from(bracket)
}

/// `旧）A a@…`, `New    B b@…`: a word for who was or who comes, apart from what follows by a bracket or a gap.
fn old_or_new(line: &Speech, start: usize) -> Option<(Role, String)> {
    const GAP_CHARS_MIN: usize = 2;
    let hits = line.hits.iter().filter(|hit| hit.span.start == start);
    let hit =
        hits.filter(|hit| matches!(hit.sense, Sense::Old | Sense::New)).max_by_key(|hit| hit.span.end)?;
    let rest = line.text(hit.span.end..line.chars.len());
    let gap = rest.chars().take_while(|c| c.is_whitespace()).count();
    let wide = gap >= GAP_CHARS_MIN || rest.starts_with(['\t', '\u{3000}']);
    let marked = rest.starts_with(SIGNS_BEHIND);
    let role = if hit.sense == Sense::Old { Role::Old } else { Role::New };
    (wide || marked).then(|| (role, rest.trim_start_matches(SIGNS_BEHIND).trim_start().to_owned()))
}

/// The part that a word gives: one of those for going, or for coming.
fn part_of(hit: &Hit, going: &[Sense], coming: &[Sense]) -> Option<Role> {
    let comes = coming.contains(&hit.sense).then_some(Role::Add);
    if going.contains(&hit.sense) { Some(Role::Remove) } else { comes }
}

/// Whether a text begins with a name, and has an address behind it.
fn is_person(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    let named = chars.first().is_some_and(|c| c.is_alphabetic() && (c.is_uppercase() || !has_case(*c)));
    let address = facts::addresses(&chars).first().map(|found| found.span.start);
    named && address.is_some_and(|start| start > 2)
}

/// The part that a line gives to those of the list below it: its last word that acts, with nothing behind it that is not
/// understood.
fn heading(line: &Speech) -> Option<Role> {
    let part = |hit: &Hit| part_of(hit, &[Sense::Remove, Sense::Left], &[Sense::Add]);
    let acts = line.hits.iter().filter(|hit| part(hit).is_some());
    let last = acts.max_by_key(|hit| (hit.span.end, hit.span.len()))?;
    // `A (a@…) and B (b@…) leave; joining are` heads a list; `A (a@…), who has left` does not.
    let addresses = facts::addresses(&line.chars);
    let valued = addresses.iter().any(|found| found.span.end > last.span.start)
        || (!addresses.is_empty() && last.sense != Sense::Add)
        || bullet_end(&line.chars) > 0;
    let known = line.mask(|_| true);
    let understood = (last.span.end..line.chars.len()).all(|place| {
        known.get(place).copied().unwrap_or_default()
            || line.chars.get(place).is_some_and(|c| !is_word(*c) && !matches!(c, '.' | '!' | '?'))
    });
    if valued || !understood { None } else { part(last) }
}

/// How the points of a list are told.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Manner {
    /// Each begins with a sign.
    Signed,
    /// They stand beneath a word that stands alone, one a line, to the next empty one.
    Plain,
}

/// `REMOVE`, alone on its line.
fn stands_alone(line: &Speech) -> bool {
    const WORDS_MAX: usize = 2;
    let text = line.text(0..line.chars.len());
    text.split_whitespace().count() <= WORDS_MAX && line.has_any(&[Sense::Remove, Sense::Add])
}

/// The list that starts at this line, or behind empty ones: each point begins with a sign.
fn list(lines: &[&Line], from: usize, (role, manner): (Role, Manner)) -> Option<(usize, Directed)> {
    let text = |number: usize| lines.get(number).map(|line| line.text.trim());
    let start = (from..lines.len()).find(|number| text(*number).is_some_and(|text| !text.is_empty()))?;
    let mut taken = 0;
    let mut open = false;
    while let Some(text) = text(start + taken).filter(|_| taken < LIST_LINES_MAX) {
        let indented = lines.get(start + taken).is_some_and(|line| line.text.starts_with([' ', '\t']));
        let goes_on = open
            && (indented || is_only_address(&Speech { chars: text.chars().collect(), hits: Vec::new() }));
        if text.is_empty() {
            if manner == Manner::Plain && taken > 0 {
                break;
            }
            open = false;
        } else if is_bulleted(text) || (manner == Manner::Plain && text.contains('@')) {
            open = true;
        } else if !goes_on {
            break;
        }
        taken += 1;
    }
    let lines: Vec<Line> = lines.get(start..start + taken)?.iter().map(|line| (*line).clone()).collect();
    let has_address = lines.iter().any(|line| line.text.contains('@'));
    has_address.then_some((start, Directed { role, lines, taken }))
}
