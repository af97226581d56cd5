//! vCards: name, addresses and numbers of a person (RFC 6350), as far as a request needs them.

use crate::domain::address::Address;
use crate::reading::entry::Entry;
use crate::reading::folding::one_line;
use crate::reading::lines::Line;

/// The cards that stand in a text, pasted between its lines; they are taken out of it.
pub(super) fn in_text(lines: &mut Vec<Line>) -> Vec<Entry> {
    let mut entries = Vec::new();
    let at = |lines: &[Line], from: usize, mark: &str| {
        lines
            .iter()
            .skip(from)
            .position(|line| line.text.trim().eq_ignore_ascii_case(mark))
            .map(|place| place + from)
    };
    while let Some(start) = at(lines, 0, "BEGIN:VCARD") {
        let Some(end) = at(lines, start, "END:VCARD") else { break };
        let card: Vec<String> = lines.drain(start..=end).map(|line| line.text).collect();
        entries.extend(read(&card.join("\r\n")));
    }
    entries
}

/// The persons of a vCard file. Fax numbers are left out.
pub(super) fn read(card: &str) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut entry = Entry::default();
    let mut structured_name = None;
    for line in unfolded(card) {
        let Some((head, value)) = line.split_once(':') else { continue };
        let mut parameters = head.split(';').map(str::to_ascii_uppercase);
        let name = parameters.next().unwrap_or_default();
        let fax = parameters.any(|parameter| parameter.contains("FAX"));
        // A property may stand in a group: `item1.EMAIL`.
        let property = name.rsplit('.').next().unwrap_or_default();
        let value = one_line(&value.replace("\\,", ",").replace("\\;", ";").replace("\\n", " "));
        match property {
            "FN" => entry.name = Some(value),
            "N" => structured_name = name_of(&value),
            "EMAIL" => {
                if let Ok(address) = value.trim_start_matches("mailto:").parse::<Address>() {
                    entry.take_email(address);
                }
            }
            "TEL" if !fax => entry.take_phone(value.trim_start_matches("tel:").to_owned()),
            "END" => {
                let mut whole = std::mem::take(&mut entry);
                whole.name = whole.name.filter(|name| !name.is_empty()).or(structured_name.take());
                if !whole.is_empty() {
                    entries.push(whole);
                }
            }
            _ => {}
        }
    }
    entries
}

/// `Terpstra;Joost;;;` is last name, first name, and what is rarely used (RFC 6350 §6.2.2).
fn name_of(value: &str) -> Option<String> {
    let mut parts = value.split(';');
    let (last, first) = (parts.next()?, parts.next().unwrap_or_default());
    let name = one_line(&format!("{first} {last}"));
    (!name.is_empty()).then_some(name)
}

/// Lines that start with white space go on from the line before (RFC 6350 §3.2).
fn unfolded(card: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in card.lines() {
        match (line.strip_prefix([' ', '\t']), lines.last_mut()) {
            (Some(rest), Some(last)) => last.push_str(rest),
            _ => lines.push(line.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn a_card_is_a_person() {
        let card = "BEGIN:VCARD\nN:Terpstra;Joost;;;\nitem1.EMAIL;TYPE=WORK:joost@tulpnic.exa\n mple\nTEL;TYPE=FAX:+31 1\nTEL:+31 6 2247 9105\nEND:VCARD\n";
        let entries = read(card);
        assert_eq!(entries.len(), 1);
        assert_eq!(entries[0].name.as_deref(), Some("Joost Terpstra"));
        assert_eq!(entries[0].emails[0].to_string(), "joost@tulpnic.example");
        assert_eq!(entries[0].phones.len(), 1);
    }
}
