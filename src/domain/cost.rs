//! What of a mail's octets would cost a parser more than it is worth: counted before any parser sees it.

/// Words that make a part a letter of its own, in lower case: `message/rfc822`, `message/global`, and the default of
/// `multipart/digest` (RFC 2046 §5.1.5, §5.2.1; RFC 6532 §3.7).
const NESTING_WORDS: [&[u8]; 3] = [b"rfc822", b"global", b"digest"];
/// How often such words may stand in a mail. A forward of a forward has a handful; a mail of two thousand reports of
/// undelivered mail may be read by a person.
const NESTING_WORDS_MAX: usize = 500;
/// How often the mark of extended parameters (RFC 2231) may stand in a mail, wherever it does.
const ASTERISKS_MAX: usize = 20_000;
/// How often the beginning of a delimiter may stand in a mail; every part of a multipart costs some hundred octets.
const HYPHEN_PAIRS_MAX: usize = 200_000;

/// Whether a mail nests so deep, or has so many parameters or delimiters, that the parser of MIME would use up its
/// stack (a crash that nothing can catch) or time that grows with the square. A person may read such a mail.
pub fn is_too_costly(raw: &[u8]) -> bool {
    let is_nesting = |place: &[u8]| {
        NESTING_WORDS
            .iter()
            .any(|word| place.get(..word.len()).is_some_and(|seen| seen.eq_ignore_ascii_case(word)))
    };
    let first_letters = b"rRgGdD";
    let places = raw.iter().enumerate().filter(|(_, octet)| first_letters.contains(octet));
    let nesting = places.filter(|(at, _)| raw.get(*at..).is_some_and(is_nesting)).count();
    let asterisks = raw.split(|octet| *octet == b'*').count();
    let hyphens = raw.split(|octet| *octet == b'-').count();
    nesting > NESTING_WORDS_MAX || asterisks > ASTERISKS_MAX || hyphens / 2 > HYPHEN_PAIRS_MAX
}

#[cfg(test)]
mod tests {
    use super::is_too_costly;

    #[test]
    fn a_mail_of_thousands_of_mails_within_each_other_is_too_costly() {
        assert!(is_too_costly(&b"Content-Type: message/rfc822\r\n\r\n".repeat(1000)));
    }

    #[test]
    fn a_forward_of_a_forward_is_not() {
        assert!(!is_too_costly(&b"Content-Type: message/rfc822\r\n\r\n".repeat(10)));
    }
}
