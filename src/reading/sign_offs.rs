//! Sign-offs: a greeting above the text, a name at the end of its last line, the line that his device adds below it, and his afterthoughts.

use std::ops::Range;

use crate::reading::facts;
use crate::reading::folding::{folded, has_case, is_small, is_unspaced, is_word};
use crate::reading::languages::{self, Languages};
use crate::reading::layout::{FORMULA_CHARS_MAX, Mark, Spoken};
use crate::reading::lines::Line;
use crate::reading::prose::is_bulleted;
use crate::reading::words::{self, Hit, Sense};

/// Devices and programs that add a line of their own, in small letters.
const DEVICES: [&str; 11] = [
    "iphone",
    "ipad",
    "android",
    "samsung",
    "galaxy",
    "huawei",
    "xiaomi",
    "blackberry",
    "yahoo mail",
    "proton mail",
    "protonmail",
];

pub(super) fn mark_greeting(read: &[Spoken], marks: &mut [Mark]) {
    for (line, mark) in read.iter().zip(marks.iter_mut()) {
        if *mark != Mark::Own || line.is_blank() {
            continue;
        }
        let Some(end) = line.starts_with(Sense::Greeting) else { return };
        let rest: String = line.chars.iter().skip(end).collect();
        let whole = rest.trim_end_matches([',', '!', '.', ':', '،', '，', '！', '。', ' ', '：', '、']);
        let short = whole.split_whitespace().count() <= 5 && line.chars.len() <= FORMULA_CHARS_MAX;
        let plain = !whole.contains(['.', '?', '@', ':', ',', '，', '。', '、']);
        if short && (plain || only_greets(line)) {
            *mark = Mark::Greeting;
        }
        return;
    }
}

/// `Olá pessoal, tudo bem?`: a line whose every word greets, with whatever signs.
fn only_greets(line: &Spoken) -> bool {
    let greets =
        |place: usize| line.hits.iter().any(|hit| hit.sense == Sense::Greeting && hit.span.contains(&place));
    line.chars.iter().enumerate().all(|(place, c)| !is_word(*c) || greets(place))
}

/// Whether a line is what a device adds, in words of whatever language: `Enviado a partir do Outlook para iOS`.
pub(super) fn is_of_a_device(line: &Spoken) -> bool {
    const CHARS_MAX: usize = 60;
    const WORDS_MAX: usize = 10;
    const SAYS: [Sense; 6] = [Sense::Yes, Sense::No, Sense::But, Sense::Add, Sense::Remove, Sense::Change];
    let text: String = line.chars.iter().flat_map(|c| c.to_lowercase()).collect();
    text.chars().count() <= CHARS_MAX
        && text.split_whitespace().count() <= WORDS_MAX
        && !text.contains(['@', '?', ':', '+'])
        && (is_of_outlook(&text) || DEVICES.iter().any(|device| text.contains(device)))
        && (is_of_outlook(&text) || !SAYS.into_iter().any(|sense| line.has(sense)))
}

/// `iOS için Outlook’u alın`: both names stand in the line of that program in each language, whose other words are a wish.
fn is_of_outlook(text: &str) -> bool {
    text.contains("outlook") && (text.contains("ios") || text.contains("android"))
}

/// Which of the lines of a signature he wrote as an afterthought below it: a postscript to the end, and whatever asks for
/// something up to the next empty line. These are his own words, as those above.
pub(super) fn afterthoughts(read: &[Spoken], above: &[usize], signed: &[usize]) -> Vec<usize> {
    let own: Vec<char> = above
        .iter()
        .filter_map(|place| read.get(*place))
        .flat_map(|line| line.chars.iter().copied().chain(['\n']))
        .collect();
    let (languages, _) = languages::seeming(&own, &words::find(&own));
    let mut below = Vec::new();
    let mut goes_on = Below::Signature;
    for (number, place) in signed.iter().enumerate() {
        let Some(line) = read.get(*place) else { continue };
        let before = number.checked_sub(1).and_then(|before| signed.get(before));
        // A quote between two lines parts them as an empty line does.
        let torn = before.is_some_and(|before| before + 1 < *place);
        if goes_on == Below::Sentence && (line.is_blank() || torn) {
            goes_on = Below::Signature;
        }
        // Whoever wrote `YES` above may go on in his own language.
        let (its_own, _) = languages::seeming(&line.chars, &line.hits);
        let line = heard_in(line, languages.and(its_own));
        if is_postscript(&line) && matters(&line) {
            goes_on = Below::Postscript;
        } else if goes_on == Below::Signature && asks(&line) {
            goes_on = Below::Sentence;
        }
        if goes_on != Below::Signature {
            below.push(*place);
        }
    }
    below
}

/// What a line below the writer's name belongs to.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Below {
    Signature,
    Sentence,
    Postscript,
}

/// A line with the words of these languages alone: `Registry` registers somebody elsewhere.
fn heard_in(line: &Spoken, languages: Languages) -> Spoken {
    Spoken { chars: line.chars.clone(), hits: languages.choose(&line.chars, line.hits.clone()) }
}

/// `PS: …`. `P.S. Raman` is a name, and `PS Networks` a firm.
fn is_postscript(line: &Spoken) -> bool {
    let Some(end) = line.starts_with(Sense::Postscript) else { return false };
    let rest = line.chars.get(end..).unwrap_or_default();
    let sign = rest.iter().find(|c| !matches!(c, ' ' | '.'));
    sign.is_some_and(|c| matches!(c, ':' | '：' | '-' | '–' | '—' | '，' | '、')) || asks(line)
}

/// Whether a postscript says anything of the matter: `PS: see you at the meeting!` does not.
fn matters(line: &Spoken) -> bool {
    const TELLING: [Sense; 33] = [
        Sense::Add,
        Sense::Remove,
        Sense::RemoveMe,
        Sense::Replace,
        Sense::Replaces,
        Sense::ReplacedBy,
        Sense::InsteadOf,
        Sense::Left,
        Sense::New,
        Sense::Old,
        Sense::Change,
        Sense::Ended,
        Sense::Keep,
        Sense::Only,
        Sense::Swap,
        Sense::Everyone,
        Sense::ContactWord,
        Sense::Phone,
        Sense::Mobile,
        Sense::Email,
        Sense::First,
        Sense::Second,
        Sense::Third,
        Sense::But,
        Sense::No,
        Sense::Not,
        Sense::Delegation,
        Sense::Legal,
        Sense::Complaint,
        Sense::Incident,
        Sense::Recall,
        Sense::Steer,
        Sense::OnBehalf,
    ];
    // `Until the next meeting`.
    let of_time = |hit: &Hit| {
        let time = |other: &Hit| other.sense == Sense::ForATime && (other.covers(hit) || hit.covers(other));
        hit.sense == Sense::But && line.hits.iter().any(time)
    };
    let mut telling = line.hits.iter().filter(|hit| TELLING.contains(&hit.sense) && !of_time(hit));
    line.chars.iter().any(char::is_ascii_digit) || line.chars.contains(&'@') || telling.next().is_some()
}

/// The same lines, afterthoughts without the word that says they are some: `Nota: …` above a signature labels a remark.
pub(super) fn without_postscript(lines: &[(Mark, Line)]) -> Vec<(Mark, Line)> {
    let mut lines = lines.to_vec();
    let signed = lines.iter().position(|(mark, _)| matches!(mark, Mark::Closing | Mark::Signature));
    for (mark, line) in lines.iter_mut().skip(signed.unwrap_or(usize::MAX)) {
        if *mark == Mark::Own
            && let Some((_, rest)) = line.text.split_once([':', '：'])
            && is_postscript(&Spoken::of(line))
            && !rest.trim().is_empty()
        {
            line.text = rest.trim_start().to_owned();
        }
    }
    lines
}

/// Whether a line is a sentence with a word for what is to be done, or with a value that is a new one. Its end tells it from
/// the lines of an address, and a small letter within it from `Example Registry Ltd.`
fn asks(line: &Spoken) -> bool {
    const WORDS_MIN: usize = 3;
    const UNSPACED_MIN: usize = 6;
    const ACTS: [Sense; 7] = [
        Sense::Add,
        Sense::Remove,
        Sense::RemoveMe,
        Sense::Replace,
        Sense::ReplacedBy,
        Sense::Left,
        Sense::InsteadOf,
    ];
    let text: String = line.chars.iter().collect();
    let words = || text.split_whitespace();
    let small =
        words().any(|word| word.starts_with(|c: char| !has_case(c) && c.is_alphabetic() || is_small(c)));
    let long = words().count() >= WORDS_MIN && small
        || line.chars.iter().filter(|c| is_unspaced(**c)).count() >= UNSPACED_MIN;
    let ends = line.chars.last().is_some_and(|c| matches!(c, '.' | '!' | '?' | '。' | '！' | '？'));
    let valued = || !facts::addresses(&line.chars).is_empty() || !facts::numbers(&line.chars).is_empty();
    let acts = ACTS.into_iter().any(|sense| line.has(sense));
    let renews = [Sense::New, Sense::Change, Sense::Now].into_iter().any(|sense| line.has(sense));
    long && ends && !line.has(Sense::Advertising) && (acts || (renews && valued()))
}

/// Gives the writer's name a line of its own where it ends his text: `Could you …? Thanks, Ann Bee (.nl)`. What stands
/// behind it says who he is, and not what he asks for.
pub(super) fn part_sign_off(lines: Vec<Line>, writer: Option<&str>) -> Vec<Line> {
    let Some(name) = writer.map(words_of).filter(|name| name.len() > 1) else { return lines };
    let last = lines
        .iter()
        .position(|line| line.depth > 0 || line.quote_starts || line.signature_starts)
        .map_or(lines.as_slice(), |end| lines.get(..end).unwrap_or_default())
        .iter()
        .rposition(|line| !line.text.trim().is_empty());
    let parted = last.and_then(|place| Some((place, sign_off(lines.get(place)?, &name)?)));
    let Some((place, start)) = parted else { return lines };
    let mut out = Vec::with_capacity(lines.len() + 1);
    for (number, mut line) in lines.into_iter().enumerate() {
        if number == place {
            let signed: String = line.text.chars().skip(start).collect();
            let own: String = line.text.chars().take(start).collect();
            own.trim_end().clone_into(&mut line.text);
            out.push(line);
            out.push(Line { signature_starts: true, ..Line::new(signed) });
        } else {
            out.push(line);
        }
    }
    out
}

/// Where the writer's name starts at the end of a line, thanks or a closing right before it.
fn sign_off(line: &Line, name: &[String]) -> Option<usize> {
    const BEFORE_CHARS_MAX: usize = 3;
    const BEHIND_CHARS_MAX: usize = 40;
    if !line.cells.is_empty() {
        return None;
    }
    let chars: Vec<char> = line.text.chars().collect();
    let named = last_name(&chars, name)?;
    let behind = chars.get(named.end..)?;
    let bare = facts::addresses(behind).is_empty() && facts::numbers(behind).is_empty();
    let read = Spoken::of(line);
    // `Spoken` leaves blanks at the start of a line out.
    let blanks = chars.iter().take_while(|c| c.is_whitespace()).count();
    let polite =
        read.hits.iter().filter(|hit| matches!(hit.sense, Sense::Thanks | Sense::Closing)).any(|hit| {
            let gap = chars.get(hit.span.end + blanks..named.start).unwrap_or(&['x'; 9]);
            hit.span.start > 0 && gap.len() <= BEFORE_CHARS_MAX && !gap.iter().any(|c| is_word(*c))
        });
    (polite && bare && behind.len() <= BEHIND_CHARS_MAX).then_some(named.start)
}

/// The last place of a name of several words.
fn last_name(chars: &[char], name: &[String]) -> Option<Range<usize>> {
    let mut words: Vec<(Range<usize>, String)> = Vec::new();
    let mut start = None;
    for place in 0..=chars.len() {
        let within = chars.get(place).is_some_and(|c| is_word(*c));
        if within {
            start = start.or(Some(place));
        } else if let Some(start) = start.take() {
            let word = chars.get(start..place).unwrap_or_default().iter().map(|c| folded(*c)).collect();
            words.push((start..place, word));
        }
    }
    let mut places = words.windows(name.len()).rev();
    let found = places.find(|window| window.iter().zip(name).all(|((_, word), part)| word == part))?;
    Some(found.first()?.0.start..found.last()?.0.end)
}

/// The words of a name in folded letters.
fn words_of(name: &str) -> Vec<String> {
    let words = name.split(|c: char| !is_word(c)).filter(|word| !word.is_empty());
    words.map(|word| word.chars().map(folded).collect()).collect()
}

/// `• Ann Bee` above `• Bob Lee`: a point of a list with another below it is no signature, though the writer has that name.
pub(super) fn is_point(lines: &[Line], own: &[usize], number: usize) -> bool {
    let text = |number: usize| {
        own.get(number).and_then(|place| lines.get(*place)).map_or("", |line| line.text.trim_start())
    };
    let sign = text(number).chars().next().filter(|_| is_bulleted(text(number)));
    let same = |sign: char| (number + 1..own.len()).any(|below| text(below).starts_with(sign));
    sign.is_some_and(|sign| !sign.is_alphanumeric() && same(sign))
}

#[cfg(test)]
mod tests {
    use crate::reading::layout::Mark;
    use crate::reading::letter::Letter;

    /// Whether a text of Ann Bee holds this of her own, and this as her signature.
    #[track_caller]
    fn check(text: &str, own: &str, signature: &str) {
        let mail =
            format!("From: Ann Bee <ann@nic.example>\nContent-Type: text/plain; charset=utf-8\n\n{text}\n");
        let letter = Letter::read(mail.as_bytes()).unwrap();
        let have = [[Mark::Own], [Mark::Signature]].map(|marks| letter.layout().text_of(&marks));
        assert_eq!(have, [own, signature], "{text}");
    }

    #[test]
    fn a_name_behind_thanks_is_a_signature() {
        check(
            "Whom can I call at .fr? Thanks, Ann Bee (.nl)",
            "Whom can I call at .fr? Thanks,",
            "Ann Bee (.nl)",
        );
        check("Whom can I call? Merci, Ann Bee", "Whom can I call? Merci,", "Ann Bee");
        check("Please add Ann Bee for .nl", "Please add Ann Bee for .nl", "");
        let thanks = "Who is it? Thanks, Ann Bee, ann@nic.example";
        check(thanks, thanks, "");
    }

    #[test]
    fn an_afterthought_is_no_signature() {
        for more in ["Please also remove Bo Lee.", "Bo Lee's new number is +31 26 352 5500."] {
            check(
                &format!("Yes\n\nRegards\nAnn Bee\nNIC\n\n{more}"),
                &format!("Yes\n\n{more}"),
                "Ann Bee\nNIC",
            );
        }
        check("Yes\n\nRegards\nAnn Bee\n\nPS: but only Bo Lee.", "Yes\n\nbut only Bo Lee.", "Ann Bee");
        check("Yes\n\nRegards\nAnn Bee\n\nPS: see you!", "Yes", "Ann Bee\n\nPS: see you!");
        let firm = "Ann Bee\nExample Registry Ltd.\nTel: +31 26 352 5500 | registry@nic.example";
        check(&format!("Yes\n\nRegards\n{firm}"), "Yes", firm);
        check("Yes\n\nRegards\nP.S. Raman\nPS Networks, Delhi", "Yes", "P.S. Raman\nPS Networks, Delhi");
    }

    #[test]
    fn a_device_signs_in_every_language() {
        check("Sim\n\nEnviado a partir do Outlook para iOS", "Sim", "");
        check("Ja\n\nSendt fra min Galaxy", "Ja", "");
        check("No iPhone app, please.", "No iPhone app, please.", "");
    }
}
