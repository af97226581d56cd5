//! The letters of a text file: UTF-8, UTF-16 or what somebody says; what is merely likely is a point on each line with such letters.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::domain::listed::{Listed, Point};
use crate::reading::registers::Unreadable;

/// Octets at the beginning by which UTF-16 without its mark is told: in it every other octet of most texts is NUL.
const LOOKED_AT_OCTETS: usize = 4096;

/// A text, and whether its letters are certain.
pub(super) struct Decoded {
    pub(super) text: String,
    likely: Option<&'static str>,
}

/// The text of some octets.
pub(super) fn decode(octets: &[u8], charset: Option<&str>) -> Result<Decoded, Unreadable> {
    let certain = |text: String| Decoded { text, likely: None };
    if let Some((encoding, mark)) = Encoding::for_bom(octets) {
        return whole(encoding, octets.get(mark..).unwrap_or_default()).map(certain);
    }
    if let Some(label) = charset {
        let Some(encoding) = Encoding::for_label(label.as_bytes()) else {
            let cure = "name one as in utf-8, windows-1252, iso-8859-2, shift_jis";
            return Err(Unreadable::new(format!("`{label}` is no charset that is known; {cure}")));
        };
        return whole(encoding, octets).map(certain);
    }
    if let Some(encoding) = wide(octets) {
        return whole(encoding, octets).map(certain);
    }
    let (text, lossy) = UTF_8.decode_without_bom_handling(octets);
    if !lossy {
        return Ok(certain(text.into_owned()));
    }
    let (text, _) = WINDOWS_1252.decode_without_bom_handling(octets);
    Ok(Decoded { text: text.into_owned(), likely: Some(WINDOWS_1252.name()) })
}

fn whole(encoding: &'static Encoding, octets: &[u8]) -> Result<String, Unreadable> {
    let (text, lossy) = encoding.decode_without_bom_handling(octets);
    if lossy {
        let cure = "save it once more as UTF-8, or name its charset with --charset";
        return Err(Unreadable::new(format!("is not {} throughout; {cure}", encoding.name())));
    }
    Ok(text.into_owned())
}

/// UTF-16 without its mark.
fn wide(octets: &[u8]) -> Option<&'static Encoding> {
    let head = octets.get(..octets.len().min(LOOKED_AT_OCTETS))?;
    let nul = |parity: usize| head.iter().skip(parity).step_by(2).filter(|octet| **octet == 0).count();
    let (even, odd) = (nul(0), nul(1));
    let most = head.len() / 4;
    match (even > most, odd > most) {
        (false, true) if even == 0 => Some(UTF_16LE),
        (true, false) if odd == 0 => Some(UTF_16BE),
        _ => None,
    }
}

impl Decoded {
    /// Gives each line whose letters are merely likely its point.
    pub(super) fn mark(&self, people: &mut [Listed]) {
        let Some(name) = self.likely else { return };
        for person in people.iter_mut().filter(|person| !person.written.is_ascii()) {
            let why = format!("its letters are taken for {name}, which the file does not say");
            person.points.push(Point::unsure(why, format!("look at the name, or give --charset {name}")));
        }
    }
}
