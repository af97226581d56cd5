//! Dumps of a list's members: an address and a name beside it, in the form of the contact repository or nearly so.
//!
//! `list_members -f` of Mailman 2.1, `mailman members` of Mailman 3, lines of a repository mail, and rows of a table whose
//! columns nothing names.

use crate::domain::contact::Rank;
use crate::domain::listed::{Listed, Point, Serves};
use crate::domain::tld::Tld;
use crate::reading::facts;
use crate::reading::folding::is_word;
use crate::reading::labels::{Reader, tlds_in_field};
use crate::reading::languages::{ENGLISH, Languages};
use crate::reading::registers::Desk;
use crate::reading::registers::cells::{shown, take_addresses, take_name, take_phone};
use crate::reading::registers::rows::{CELL_CHARS_MAX, Cell, CellKind, Sheet};
use crate::reading::speech::Speech;
use crate::reading::tlds;

/// Characters of a piece that is a bare code or a place and nothing else.
const SHORT_CHARS_MAX: usize = 12;

/// The members of a text, one a line. A line without an address says nothing of anybody.
pub(super) fn read(text: &str, desk: &Desk<'_>) -> Vec<Listed> {
    let mut people = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for (number, line) in (1..).zip(text.lines()) {
        // A mail folds a long line behind a comma.
        let (number, line) = match open.take() {
            Some((first, start)) => (first, format!("{start} {}", line.trim())),
            None => (number, line.to_owned()),
        };
        if line.trim_end().ends_with(',') && line.len() <= CELL_CHARS_MAX {
            open = Some((number, line));
            continue;
        }
        people.extend(member(&line, number, desk));
    }
    people.extend(open.and_then(|(number, line)| member(&line, number, desk)));
    people
}

/// The members of rows whose columns nothing names.
pub(super) fn of_rows(sheet: &Sheet, desk: &Desk<'_>) -> Vec<Listed> {
    let found = sheet.rows.iter().filter_map(|row| {
        let cells = row.cells.iter().map(|cell| cell.text.as_str()).filter(|text| !text.is_empty());
        let mut person = member(&cells.collect::<Vec<_>>().join(", "), row.number, desk)?;
        person.at.sheet.clone_from(&sheet.name);
        Some(person)
    });
    found.collect()
}

fn member(line: &str, number: usize, desk: &Desk<'_>) -> Option<Listed> {
    if !line.contains('@') {
        return None;
    }
    let short: String = line.chars().take(CELL_CHARS_MAX).collect();
    let chars: Vec<char> = short.chars().collect();
    let found = facts::addresses(&chars);
    let addresses: Vec<String> = found.iter().map(|one| one.what.to_string()).collect();
    let beside: String = (0..)
        .zip(&chars)
        .map(|(place, c)| if found.iter().any(|one| one.span.contains(&place)) { ',' } else { *c })
        .collect();
    let mut person = of_display(&beside, desk);
    person.at = desk.spot(None, number);
    person.written = shown(line);
    take_addresses(&mut person, &addresses.join(", "));
    if addresses.is_empty() {
        person.points.push(Point::refused("it has no e-mail address", "write it as in ann@registry.example"));
    }
    Some(person)
}

/// What a piece of a display name is.
enum Piece {
    Rank(Option<Rank>),
    Tld(Tld),
}

/// The person whom a display name tells: `John Doe, #1, .nl, +31 123456789`, its parts in any order.
pub(super) fn of_display(text: &str, desk: &Desk<'_>) -> Listed {
    let mut person = Listed { written: shown(text), ..Listed::default() };
    let plain: String =
        text.chars().map(|c| if matches!(c, '"' | '\\' | '<' | '>' | '“' | '”') { ' ' } else { c }).collect();
    let (mut pieces, mut names, mut numbers) = (Vec::new(), Vec::new(), Vec::new());
    for part in plain.split([',', ';', '|', '\t']) {
        let rest = taken_apart(part.trim(), &mut pieces, &mut numbers, (&mut person, desk));
        if rest.chars().any(is_word) {
            names.push(rest);
        }
        if part.trim() == "…" || part.trim() == "..." {
            let why = "the list cut the name short, and ccTLDs with it";
            person.points.push(Point::unsure(why, "write all ccTLDs of this person"));
        }
    }
    person.serves = serves(&pieces, &mut person.points);
    for number in numbers {
        take_phone(&mut person, &Cell { text: number, kind: CellKind::Text }, desk);
    }
    let mut names = names.into_iter();
    if let Some(first) = names.next() {
        take_name(&mut person, &first);
    }
    for further in names {
        let why = format!("`{further}` is not understood");
        person.points.push(Point::unsure(why, "say who it is, and leave out what is no part of the name"));
    }
    person
}

/// Takes the places, ccTLDs and numbers out of a part; what is left of it.
fn taken_apart(
    part: &str,
    pieces: &mut Vec<Piece>,
    numbers: &mut Vec<String>,
    (person, desk): (&mut Listed, &Desk<'_>),
) -> String {
    let speech = Speech::of(part, Languages::default().with(ENGLISH));
    let mut found: Vec<(std::ops::Range<usize>, Option<Piece>)> = Vec::new();
    for tld in tlds::named(&speech.chars, &speech.hits, desk.known) {
        let start = tld.span.start.checked_sub(1).filter(|dot| speech.chars.get(*dot) == Some(&'.'));
        found.push((start.unwrap_or(tld.span.start)..tld.span.end, Some(Piece::Tld(tld.what))));
    }
    for (span, rank) in ranks(&speech.chars) {
        if rank.is_none() {
            let written = speech.text(span.clone());
            person.points.push(Point::refused(format!("`{written}` is no place"), "write #1, #2 or #3"));
        }
        found.push((span, Some(Piece::Rank(rank))));
    }
    for number in facts::numbers(&speech.chars) {
        numbers.push(number.what);
        found.push((number.span, None));
    }
    let unknown = tlds::unknown(&speech.chars, &speech.hits, desk.known);
    for label in &unknown {
        let why = format!("`.{label}` is no ccTLD that is known");
        person.points.push(Point::refused(why, "write the ccTLD as in .nl"));
    }
    found.sort_by_key(|(span, _)| span.start);
    let rest: String = (0..)
        .zip(&speech.chars)
        .map(|(place, c)| if found.iter().any(|(span, _)| span.contains(&place)) { ' ' } else { *c })
        .collect();
    pieces.extend(found.into_iter().filter_map(|(_, piece)| piece));
    let is_label = |word: &&str| unknown.iter().any(|label| word.strip_prefix('.') == Some(label));
    let rest = rest.split_whitespace().filter(|word| !is_label(word)).collect::<Vec<_>>().join(" ");
    bare(&rest, pieces, (person, desk))
}

/// `NL` or `2` alone between commas: a code without its dot, a place without its sign. It may be something else.
fn bare(rest: &str, pieces: &mut Vec<Piece>, (person, desk): (&mut Listed, &Desk<'_>)) -> String {
    if rest.chars().count() > SHORT_CHARS_MAX || !rest.chars().any(is_word) {
        return rest.to_owned();
    }
    if let Ok(rank) = rest.trim_matches(['(', ')', '.']).parse::<u8>() {
        pieces.push(Piece::Rank(Rank::try_from(rank).ok()));
        let why = format!("`{rest}` stands where a place would");
        person.points.push(Point::unsure(why, "write the place as in #1"));
        return String::new();
    }
    let reader = Reader { languages: Languages::default().with(ENGLISH), known: desk.known };
    let code = rest.len() == 2 && rest.chars().all(|c| c.is_ascii_alphabetic());
    match tlds_in_field(rest, &reader).as_slice() {
        [only] if code => {
            pieces.push(Piece::Tld(only.clone()));
            let why = format!("`{rest}` has no dot, as a ccTLD would");
            person.points.push(Point::unsure(why, format!("write {}", only.for_people())));
            String::new()
        }
        _ => rest.to_owned(),
    }
}

/// `#1`, `# 2`: none behind it where it is no place that there is.
fn ranks(chars: &[char]) -> Vec<(std::ops::Range<usize>, Option<Rank>)> {
    let mut found = Vec::new();
    for (place, _) in chars.iter().enumerate().filter(|(_, c)| **c == '#') {
        let spaces = chars.iter().skip(place + 1).take_while(|c| c.is_whitespace()).count();
        let from = place + 1 + spaces;
        let digits: String = chars.iter().skip(from).take_while(|c| c.is_ascii_digit()).take(9).collect();
        if !digits.is_empty() {
            let rank = digits.parse::<u8>().ok().and_then(|number| Rank::try_from(number).ok());
            found.push((place..from + digits.len(), rank));
        }
    }
    found
}

/// Whom he serves in which place: a place counts for the ccTLDs that follow it, or stands behind each of them.
fn serves(pieces: &[Piece], points: &mut Vec<Point>) -> Serves {
    let ranks: Vec<Option<Rank>> = pieces
        .iter()
        .filter_map(|piece| match piece {
            Piece::Rank(rank) => Some(*rank),
            Piece::Tld(_) => None,
        })
        .collect();
    let tlds: Vec<&Tld> = pieces
        .iter()
        .filter_map(|piece| match piece {
            Piece::Tld(tld) => Some(tld),
            Piece::Rank(_) => None,
        })
        .collect();
    if tlds.is_empty() {
        return Serves::Unsaid;
    }
    let mut places: Vec<(Tld, Option<Rank>)> = Vec::new();
    let mut add = |tld: &Tld, rank| {
        if places.iter().all(|(known, _)| known != tld) {
            places.push((tld.clone(), rank));
        } else {
            points.push(Point::unsure(format!("{} is named twice", tld.for_people()), "write it once"));
        }
    };
    match ranks.as_slice() {
        [] | [_] => {
            let rank = ranks.first().copied().flatten();
            for tld in tlds {
                add(tld, rank);
            }
        }
        _ if matches!(pieces.first(), Some(Piece::Rank(_))) => {
            let mut rank = None;
            for piece in pieces {
                match piece {
                    Piece::Rank(next) => rank = *next,
                    Piece::Tld(tld) => add(tld, rank),
                }
            }
        }
        _ => {
            let mut waiting: Vec<&Tld> = Vec::new();
            for piece in pieces {
                match piece {
                    Piece::Tld(tld) => waiting.push(tld),
                    Piece::Rank(rank) => waiting.drain(..).for_each(|tld| add(tld, *rank)),
                }
            }
            for tld in waiting {
                add(tld, None);
            }
        }
    }
    Serves::Cctlds(places)
}
