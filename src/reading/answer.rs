//! Answers: whether what a person wrote above our question is a yes, a no, or neither plainly.

use crate::domain::request::{Action, Kind};
use crate::reading::facts;
use crate::reading::folding::is_word;
use crate::reading::languages::ENGLISH;
use crate::reading::speech::Speech;
use crate::reading::words::{Hit, Sense};

/// Letters that an answer may have and still be only an answer.
const ANSWER_LETTERS_MAX: usize = 400;

/// Reads an answer from the words that its writer wrote himself, without greeting, closing and signature.
///
/// A yes must be a yes throughout: a condition, a correction, a question, a negation, a number or an address in it, or
/// too many words that are not understood, make it unclear. A no may have its reasons beside it.
pub(super) fn read(said: &Speech, action: Option<Action>) -> Kind {
    let asks =
        said.chars.iter().any(|c| matches!(c, '?' | '？' | '؟' | ';' | '՞' | '፧') && !is_semicolon(*c, said));
    let yes = strongest(said, Sense::Yes);
    let no: Vec<&Hit> = strongest(said, Sense::No).into_iter().filter(|no| is_said(said, no)).collect();
    // `I confirm … not` refuses, `this is not correct` corrects; `please do` within `please do not` agrees to nothing.
    let free: Vec<&Hit> = yes.iter().filter(|yes| !no.iter().any(|no| overlap(no, yes))).copied().collect();
    let answers: Vec<&Hit> = said.with(Sense::Yes).chain(no.iter().copied()).collect();
    let weak = |yes: &Hit| said.with(Sense::YesWeak).any(|weak| weak.covers(yes));
    let mut refusals: Vec<&Hit> =
        no.iter().filter(|no| !yes.iter().any(|yes| yes.covers(no))).copied().collect();
    let decided = !refusals.is_empty();
    for yes in free.iter().filter(|yes| !weak(yes)) {
        refusals.extend(negations(said, yes, &answers, Reach::Clause));
    }
    // Behind a plain no, `not the right person` is its reason.
    let agrees = free
        .iter()
        .filter(|yes| !(decided && weak(yes)))
        .any(|yes| negations(said, yes, &answers, Reach::Sentence).is_empty());
    // `Agreed for me, but not for her`: one of two clauses agrees, and nothing is refused outright.
    let parted = |yes: &&Hit| negations(said, yes, &answers, Reach::Clause).is_empty() && !weak(yes);
    if !decided && !refusals.is_empty() && said.has(Sense::But) && free.iter().any(parted) {
        return Kind::ReplyUnclear;
    }
    // `The address is fine, but the number is … now`: who brings the right value agrees with the rest.
    if !free.is_empty() && said.has(Sense::But) && has_details(said) {
        return Kind::ReplyUnclear;
    }
    if asks || (!free.is_empty() && free.iter().all(|yes| weak(yes)) && names_one_value(said)) {
        return Kind::ReplyUnclear;
    }
    match (agrees, !refusals.is_empty()) {
        (false, true) if is_plain_refusal(said, &refusals) && !is_put_off(said, &refusals) => Kind::ReplyNo,
        (true, false) if is_plain_agreement(said, action) && !is_contrary(said, action) => Kind::ReplyYes,
        _ => Kind::ReplyUnclear,
    }
}

/// `Confirmed. Thanks, Ann`: the writer's own name says neither yes nor no.
pub(super) fn know_writer(said: &mut Speech, name: &str) {
    let own: Vec<String> = name.split(|c: char| !is_word(c)).map(str::to_lowercase).collect();
    let mut place = 0;
    while place < said.chars.len() {
        let letters = said.chars.iter().skip(place).take_while(|c| is_word(**c)).count();
        let span = place..place + letters;
        if letters > 1 && own.contains(&said.text(span.clone()).to_lowercase()) {
            let reach = span.end;
            said.hits.push(Hit { span, sense: Sense::Fill, language: ENGLISH, stretched: false, reach });
        }
        place += letters.max(1);
    }
}

/// `The name is correct` says so of the name alone.
fn names_one_value(said: &Speech) -> bool {
    said.has_any(&[Sense::Name, Sense::Email, Sense::Phone, Sense::Mobile]) && !said.has(Sense::No)
}

/// The Greek question mark looks like a semicolon, and is one elsewhere.
fn is_semicolon(c: char, said: &Speech) -> bool {
    c == ';' && !said.chars.iter().any(|c| matches!(c, '\u{370}'..='\u{3ff}'))
}

/// The phrases of this sense that are in no longer one of the same, and in none that says neither yes nor no.
fn strongest(said: &Speech, sense: Sense) -> Vec<&Hit> {
    let hits: Vec<&Hit> =
        said.with(sense).filter(|hit| !is_aside(said, hit) && !is_conjunction(said, hit)).collect();
    hits.iter().filter(|hit| !hits.iter().any(|other| other.exceeds(hit))).copied().collect()
}

/// `Molim da ostane`: what is a yes at the start of a clause is `that` within one.
fn is_conjunction(said: &Speech, hit: &Hit) -> bool {
    const LANGUAGES: [&str; 4] = ["sr", "sl", "mk", "bg"];
    let short = said
        .chars
        .get(hit.span.clone())
        .is_some_and(|word| matches!(word, ['d' | 'D', 'a'] | ['д' | 'Д', 'а']));
    let before = said.chars.get(..hit.span.start).unwrap_or_default().iter().rev().find(|c| **c != ' ');
    let after = said.chars.get(hit.span.end..).unwrap_or_default().iter().find(|c| **c != ' ');
    let within = before.is_some_and(|c| is_word(*c)) && after.is_some_and(|c| is_word(*c));
    short && within && hit.language.code().is_some_and(|code| LANGUAGES.contains(&code))
}

/// `No` in `no problem`, `object` in `I do not object`: part of a phrase that says neither yes nor no.
fn is_aside(said: &Speech, hit: &Hit) -> bool {
    said.with(Sense::Neither).any(|aside| aside.span.contains(&hit.span.start))
}

/// `Yes, remove me` to the question whether somebody is to be subscribed.
fn is_contrary(said: &Speech, action: Option<Action>) -> bool {
    match action {
        Some(Action::Subscribe) => said.has(Sense::Remove),
        Some(Action::Remove) => said.has(Sense::Add),
        Some(Action::Update) | None => false,
    }
}

/// A word that also negates, such as `no` in Spanish, is a refusal only where it stands alone.
fn is_said(said: &Speech, no: &Hit) -> bool {
    let negates = said.with(Sense::Not).any(|not| not.span == no.span);
    let next = said.chars.get(no.span.end..).unwrap_or_default().iter().find(|c| **c != ' ');
    let before = said.chars.get(..no.span.start).unwrap_or_default().iter().rev().find(|c| **c != ' ');
    let apart = |c: Option<&char>| c.is_none_or(|c| !is_word(*c));
    let thanks = said.hits.iter().any(|hit| {
        let polite = matches!(hit.sense, Sense::Thanks | Sense::Closing);
        polite && hit.span.start >= no.span.end && hit.span.start - no.span.end <= 2
    });
    !negates || ((apart(next) || thanks) && apart(before))
}

fn overlap(a: &Hit, b: &Hit) -> bool {
    a.span.start < b.span.end && b.span.start < a.span.end
}

/// How far a word of negation reaches.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Reach {
    /// To the next comma.
    Clause,
    /// To the end of the sentence.
    Sentence,
}

/// The words of negation that reach a yes; one within another answer, as a `no` that stands alone, is none.
fn negations<'a>(said: &'a Speech, yes: &Hit, answers: &[&Hit], reach: Reach) -> Vec<&'a Hit> {
    let of_an_answer = |not: &Hit| is_aside(said, not) || answers.iter().any(|answer| answer.covers(not));
    said.with(Sense::Not).filter(|not| !of_an_answer(not) && !parted(said, not, yes, reach)).collect()
}

fn parted(said: &Speech, a: &Hit, b: &Hit, reach: Reach) -> bool {
    let (from, to) = (a.span.end.min(b.span.end), a.span.start.max(b.span.start));
    said.chars.get(from..to).unwrap_or_default().iter().any(|c| {
        matches!(c, '.' | '!' | ';' | '。' | '！' | '；' | '\n')
            || (reach == Reach::Clause && matches!(c, ',' | '，' | '、' | '،'))
    })
}

fn has_details(said: &Speech) -> bool {
    let address = !facts::addresses(&said.chars).is_empty();
    address || !facts::numbers(&said.chars).is_empty()
}

/// A yes, and next to nothing that is not understood.
fn is_plain_agreement(said: &Speech, action: Option<Action>) -> bool {
    // A yes that is a doubt in the same language, as with a letter of the future tense before it, stays doubtful.
    let inside_yes = |hit: &Hit| {
        let other = |yes: &Hit| yes.span != hit.span || yes.language != hit.language;
        said.with(Sense::Yes).any(|yes| yes.covers(hit) && other(yes))
    };
    // `Go ahead and add me` says once more what was asked.
    let asked = match action {
        Some(Action::Subscribe) => Some(Sense::Add),
        Some(Action::Remove) => Some(Sense::Remove),
        Some(Action::Update) | None => None,
    };
    let repeats = |hit: &Hit| {
        hit.sense == Sense::But && said.hits.iter().any(|act| Some(act.sense) == asked && hit.covers(act))
    };
    // `As it stands`.
    let stays = |hit: &Hit| hit.sense == Sense::But && said.with(Sense::Keep).any(|keep| keep.covers(hit));
    let doubtful = |hit: &&Hit| {
        !repeats(hit)
            && !stays(hit)
            && matches!(hit.sense, Sense::But | Sense::Not | Sense::OnBehalf | Sense::Steer | Sense::ForATime)
            && !inside_yes(hit)
            && !is_aside(said, hit)
    };
    if said.hits.iter().any(|hit| doubtful(&hit)) || has_details(said) {
        return false;
    }
    let mask = said.mask(|hit| {
        matches!(
            hit.sense,
            Sense::Yes
                | Sense::Fill
                | Sense::Neither
                | Sense::Greeting
                | Sense::Closing
                | Sense::Thanks
                | Sense::Me
                | Sense::Add
                | Sense::Remove
                | Sense::Change
                | Sense::ContactWord
        )
    });
    let (letters, understood) = said.share(&mask);
    letters <= ANSWER_LETTERS_MAX && understood * 10 >= letters * 7
}

/// `I cannot confirm this yet`: who refuses nothing but for the time being.
fn is_put_off(said: &Speech, no: &[&Hit]) -> bool {
    let put_off = |no: &Hit| said.with(Sense::Yet).any(|yet| !parted(said, no, yet, Reach::Sentence));
    no.iter().all(|no| put_off(no))
}

/// A no, and it comes first or nearly so.
fn is_plain_refusal(said: &Speech, no: &[&Hit]) -> bool {
    let letters = said.chars.iter().filter(|c| is_word(**c)).count();
    let first = no.iter().map(|hit| hit.span.start).min().unwrap_or_default();
    // `Not quite` is no refusal.
    let hedged = no.iter().all(|no| said.with(Sense::But).any(|but| but.exceeds(no)));
    let before = said.chars.iter().take(first).filter(|c| is_word(**c)).count();
    letters <= ANSWER_LETTERS_MAX
        && before <= 80
        && !hedged
        && !said.has_any(&[Sense::Steer, Sense::OnBehalf])
}
