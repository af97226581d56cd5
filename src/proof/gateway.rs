//! What the operator's own border server says of a mail that it rewrote: weaker evidence, and only if he trusts it.
//!
//! A gateway that rewrites links or adds disclaimers leaves no signature whole, but it checked them before. Its word
//! never proves a mail; it only tells an honest broken signature from a forged one (RFC 8601 §1.6, §7.1).

use crate::domain::address::Address;
use crate::domain::evidence::Gateway;
use crate::proof::lexer::{Field, Header};

/// The field in which a server writes down what it checked (RFC 8601 §2.1).
const RESULTS: &str = "authentication-results";
/// Fields that servers put on top besides Received, and that say nothing of a check.
const TRACES: [&str; 4] = ["return-path", "delivered-to", "x-original-to", "envelope-to"];

/// What the gateway says for this From address, in words; none where it says nothing that counts.
///
/// Only one block of its name may be in the whole header: a second one is somebody's attempt. Above it only the
/// operator's own servers may have written.
pub(super) fn word_for(raw: &[u8], header: &Header, from: &Address, gateway: &Gateway) -> Option<String> {
    let text = |field: &Field| String::from_utf8(field.unfolded(raw)).ok();
    let blocks = header.all(RESULTS).filter_map(text).filter_map(|value| Results::read(&value));
    let mut named = blocks.filter(|results| gateway.is_named(&results.server));
    let only = named.next().filter(|_| named.next().is_none())?;
    for field in &header.fields {
        if field.name == RESULTS {
            let results = Results::read(&text(field)?)?;
            return if gateway.is_named(&results.server) { only.says_for(from) } else { None };
        }
        let harmless = TRACES.contains(&field.name.as_str())
            || field.name.starts_with("x-")
            || field.name.starts_with("arc-");
        let own =
            field.name == "received" && text(field).is_some_and(|value| is_received_by(&value, gateway));
        if !harmless && !own {
            return None;
        }
    }
    None
}

/// Whether a Received field was written by one of the operator's servers (RFC 5321 §4.4: `by HOST`).
fn is_received_by(value: &str, gateway: &Gateway) -> bool {
    let Some(plain) = without_comments(value) else { return false };
    let mut words = plain.split_whitespace().skip_while(|word| !word.eq_ignore_ascii_case("by"));
    let host = words.nth(1).map(|host| host.trim_end_matches([';', '.']).to_ascii_lowercase());
    host.is_some_and(|host| gateway.received_by.contains(&host))
}

/// One Authentication-Results field.
struct Results {
    server: String,
    statements: Vec<Statement>,
}

/// One method, what came of it, and what it was applied to: `dkim=pass header.d=nic.example`.
struct Statement {
    method: String,
    result: String,
    properties: Vec<(String, String)>,
}

impl Results {
    /// Reads the field's value (RFC 8601 §2.2); none where it is not of that form.
    fn read(value: &str) -> Option<Self> {
        let plain = without_comments(value)?;
        let mut parts = plain.split(';');
        let server = parts.next()?.split_whitespace().next()?.to_ascii_lowercase();
        Some(Self { server, statements: parts.filter_map(Statement::read).collect() })
    }

    fn says_for(&self, from: &Address) -> Option<String> {
        let passed =
            |method: &'static str| move |one: &&Statement| one.method == method && one.result == "pass";
        let names = |key: &'static str| move |one: &Statement| one.has(key, from.domain());
        let dkim = self.statements.iter().filter(passed("dkim")).any(names("header.d"));
        let dmarc = self.statements.iter().filter(passed("dmarc")).any(names("header.from"));
        let server = &self.server;
        let domain = from.domain();
        if dkim {
            Some(format!(
                "our gateway {server} says dkim=pass for d={domain}, aligned; this is weaker evidence than a signature"
            ))
        } else if dmarc {
            Some(format!(
                "our gateway {server} says dmarc=pass for {domain}; this is weaker evidence than a signature"
            ))
        } else {
            None
        }
    }
}

impl Statement {
    fn read(text: &str) -> Option<Self> {
        // White space may stand around an equals sign (RFC 8601 §2.2).
        let joined = text.replace(" =", "=").replace("= ", "=");
        let mut words = joined.split_whitespace();
        let (method, result) = words.next()?.split_once('=')?;
        let method = method.split('/').next()?.to_ascii_lowercase();
        let properties = words.filter_map(|word| word.split_once('=')).map(|(key, value)| {
            (key.to_ascii_lowercase(), value.trim_matches('"').trim_start_matches('@').to_ascii_lowercase())
        });
        Some(Self { method, result: result.to_ascii_lowercase(), properties: properties.collect() })
    }

    /// Whether a property is there once, with this value: a second one would make it say two things.
    fn has(&self, key: &str, value: &str) -> bool {
        let mut found = self.properties.iter().filter(|(name, _)| name == key);
        found.next().is_some_and(|(_, first)| first == value) && found.next().is_none()
    }
}

/// The text without its comments (RFC 5322 §3.2.2). A quoted string is kept only where nothing in it could be taken for
/// the field's own signs; none where something is left open.
fn without_comments(value: &str) -> Option<String> {
    let mut plain = String::with_capacity(value.len());
    let (mut depth, mut quoted, mut escaped) = (0_u32, false, false);
    for c in value.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' if depth == 0 => quoted = !quoted,
            ';' | '=' | '(' | ')' if quoted => return None,
            '(' => depth += 1,
            ')' => depth = depth.checked_sub(1)?,
            _ if depth == 0 => plain.push(c),
            _ => {}
        }
    }
    (depth == 0 && !quoted && !escaped).then_some(plain)
}

#[cfg(test)]
mod tests {
    use super::word_for;
    use crate::domain::evidence::Gateway;
    use crate::proof::lexer::Header;

    /// Whether the gateway's word is heard.
    #[derive(Debug, Eq, PartialEq)]
    enum Word {
        Counts,
        IsNothing,
    }

    /// What a gateway `mx.ops.example` is taken to say of a mail with these fields on top.
    #[track_caller]
    fn check(top: &str, wanted: &Word) {
        let mail = format!("{top}From: admin@nic.example\r\nSubject: x\r\n\r\ntext\r\n");
        let header = Header::read(mail.as_bytes()).unwrap();
        let gateway = Gateway {
            identifier: "*.ops.example".to_owned(),
            received_by: vec!["in.ops.example".to_owned(), "mx.ops.example".to_owned()],
        };
        let word = word_for(mail.as_bytes(), &header, &"admin@nic.example".parse().unwrap(), &gateway);
        let found = if word.is_some() { Word::Counts } else { Word::IsNothing };
        assert_eq!(found, *wanted, "{word:?}");
    }

    const OURS: &str =
        "Received: from mx.ops.example by in.ops.example with LMTP; Mon, 2 Nov 2026 09:00:00 +0000\r\n";
    const BORDER: &str = "Received: from a.nic.example (a.nic.example [192.0.2.1])\r\n\tby mx.ops.example (Postfix) with ESMTPS\r\n";
    const PASS: &str = "Authentication-Results: mx.ops.example; spf=pass smtp.mailfrom=nic.example;\r\n\tdkim=pass (2048-bit key) header.d=nic.example header.s=s1\r\n";

    #[test]
    fn the_word_of_our_own_border_server_counts() {
        check(&format!("Return-Path: <admin@nic.example>\r\n{OURS}{PASS}{BORDER}"), &Word::Counts);
        check(&format!("{OURS}X-Spam: no\r\n{BORDER}{PASS}"), &Word::Counts);
        check(
            &PASS.replace(
                "dkim=pass (2048-bit key) header.d=nic.example",
                "dmarc=pass header.from=nic.example",
            ),
            &Word::Counts,
        );
    }

    #[test]
    fn a_block_below_somebody_elses_server_does_not_count() {
        let foreign =
            "Received: from x by relay.attacker.example with SMTP; Mon, 2 Nov 2026 09:00:00 +0000\r\n";
        check(&format!("{OURS}{foreign}{PASS}"), &Word::IsNothing);
        check(&format!("{OURS}Subject2: x\r\n{PASS}"), &Word::IsNothing);
    }

    #[test]
    fn a_second_block_of_our_name_makes_both_worthless() {
        check(&format!("{PASS}{BORDER}{PASS}"), &Word::IsNothing);
    }

    #[test]
    fn the_word_of_another_server_does_not_count() {
        check(&PASS.replace("mx.ops.example", "mx.attacker.example"), &Word::IsNothing);
        check(&PASS.replace("mx.ops.example", "evilops.example"), &Word::IsNothing);
        check(&format!("{}{PASS}", PASS.replace("mx.ops.example", "mx.attacker.example")), &Word::IsNothing);
    }

    #[test]
    fn a_pass_for_another_domain_or_no_pass_does_not_count() {
        check(&PASS.replace("header.d=nic.example", "header.d=attacker.example"), &Word::IsNothing);
        check(
            &PASS.replace("header.d=nic.example", "header.d=attacker.example header.d=nic.example"),
            &Word::IsNothing,
        );
        check(&PASS.replace("dkim=pass", "dkim=fail"), &Word::IsNothing);
        check(
            &PASS.replace("dkim=pass (2048-bit key)", "x-dkim=pass (dkim=pass header.d=nic.example)"),
            &Word::IsNothing,
        );
        check(
            &PASS
                .replace("header.s=s1", "reason=\"; dkim=pass header.d=nic.example\"")
                .replace("dkim=pass (", "dkim=fail ("),
            &Word::IsNothing,
        );
    }
}
