//! Sign-offs: a name at the end of the writer's last line, and the line that his device adds below it.

use std::ops::Range;

use crate::reading::facts;
use crate::reading::folding::{folded, is_word};
use crate::reading::layout::Spoken;
use crate::reading::lines::Line;
use crate::reading::words::Sense;

/// Devices and programs that add a line of their own, in small letters.
const DEVICES: [&str; 22] = [
    "iphone",
    "ipad",
    "android",
    "outlook for ios",
    "outlook para ios",
    "outlook pour ios",
    "outlook für ios",
    "outlook per ios",
    "outlook voor ios",
    "outlook til ios",
    "outlook för ios",
    "outlook dla systemu",
    "outlook для ios",
    "outlook ios",
    "samsung",
    "galaxy",
    "huawei",
    "xiaomi",
    "blackberry",
    "yahoo mail",
    "proton mail",
    "protonmail",
];

/// Whether a line is what a device adds, in words of whatever language: `Enviado a partir do Outlook para iOS`.
pub(super) fn is_of_a_device(line: &Spoken) -> bool {
    const CHARS_MAX: usize = 60;
    const WORDS_MAX: usize = 10;
    const SAYS: [Sense; 6] = [Sense::Yes, Sense::No, Sense::But, Sense::Add, Sense::Remove, Sense::Change];
    let text: String = line.chars.iter().flat_map(|c| c.to_lowercase()).collect();
    text.chars().count() <= CHARS_MAX
        && text.split_whitespace().count() <= WORDS_MAX
        && !text.contains(['@', '?', ':', '+'])
        && DEVICES.iter().any(|device| text.contains(device))
        && !SAYS.into_iter().any(|sense| line.has(sense))
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
    fn a_device_signs_in_every_language() {
        check("Sim\n\nEnviado a partir do Outlook para iOS", "Sim", "");
        check("Ja\n\nSendt fra min Galaxy", "Ja", "");
        check("No iPhone app, please.", "No iPhone app, please.", "");
    }
}
