//! Sending a mail again as somebody does who cannot sign: with other fields, where the signature does not cover them.

/// The mail with these fields on top, in place of those that have the same names. The rest stays octet for octet.
pub fn with_fields(mail: &[u8], fields: &[u8]) -> Vec<u8> {
    let end = mail.windows(4).position(|four| four == b"\r\n\r\n").map_or(mail.len(), |at| at + 2);
    let (header, rest) = mail.split_at_checked(end).unwrap_or((mail, &[]));
    let fresh = split(fields);
    let names: Vec<Vec<u8>> = fresh.iter().map(|field| name(field)).collect();
    let kept = split(header).into_iter().filter(|field| !names.contains(&name(field)));
    let mut octets: Vec<u8> = fresh.iter().copied().chain(kept).flatten().copied().collect();
    octets.extend_from_slice(rest);
    octets
}

/// The fields of a header, each with its continuation lines and line ends.
fn split(header: &[u8]) -> Vec<&[u8]> {
    let mut fields = Vec::new();
    let mut rest = header;
    while !rest.is_empty() {
        let is_end = |pair: &[u8]| matches!(pair, [b'\n', next] if *next != b' ' && *next != b'\t');
        let length = rest.windows(2).position(is_end).map_or(rest.len(), |at| at + 1);
        let (field, after) = rest.split_at_checked(length).unwrap_or((rest, &[]));
        fields.push(field);
        rest = after;
    }
    fields
}

fn name(field: &[u8]) -> Vec<u8> {
    field.split(|octet| *octet == b':').next().unwrap_or_default().trim_ascii().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::with_fields;

    #[test]
    fn fields_take_the_place_of_those_with_their_name() {
        let mail = b"A: 1\r\nMessage-ID: <x>\r\n y\r\nB: 2\r\n\r\nMessage-ID: z\r\n";
        let want = b"message-id: <n>\r\nC: 3\r\n 4\r\nA: 1\r\nB: 2\r\n\r\nMessage-ID: z\r\n";
        assert_eq!(with_fields(mail, b"message-id: <n>\r\nC: 3\r\n 4\r\n"), want);
    }
}
