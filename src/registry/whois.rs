//! IANA's WHOIS answers (RFC 3912): blocks of `key: value`, each contact's e-mail in its own block.

use crate::domain::channel::Said;
use crate::domain::registry::IanaRecord;
use crate::domain::tld::Tld;
use crate::registry::ANSWER_OCTETS_MAX;
use crate::registry::field::{Post, Written, day, same_tld, shown, tidy};

/// What an answer says about this ccTLD.
pub fn read(octets: &[u8], tld: &Tld) -> Said {
    match record(octets, tld) {
        Ok(record) => Said::Record(Box::new(record)),
        Err(said) => said,
    }
}

/// The lines of an answer that say something, as key and value.
type Lines<'a> = Vec<(String, &'a str)>;

fn record(octets: &[u8], tld: &Tld) -> Result<IanaRecord, Said> {
    if octets.len() > ANSWER_OCTETS_MAX {
        return Err(Said::Strange("it is too long".to_owned()));
    }
    let text = String::from_utf8_lossy(octets);
    let text = text.trim_start_matches('\u{feff}');
    let lines: Lines<'_> = text.lines().filter_map(pair).collect();
    let Some(start) = lines.iter().position(|(key, _)| key == "domain") else {
        return Err(without_record(text));
    };
    let lines = lines.get(start..).unwrap_or_default();
    check_names(lines, tld)?;
    // An answer that was cut off may end in the middle of an address; IANA's last line is always this one.
    if lines.last().is_none_or(|(key, _)| key != "source") {
        return Err(Said::Strange("it ends before its last line, `source:`".to_owned()));
    }
    let admin = contact(lines, Post::Administrative)?;
    let technical = contact(lines, Post::Technical)?;
    if admin.is_none() && technical.is_none() {
        return Err(Said::Nothing("it shows no contact".to_owned()));
    }
    let head = lines.iter().take_while(|(key, _)| key != "contact");
    let manager = head.filter(|(key, _)| key == "organisation").map(|(_, value)| tidy(value)).next();
    let changed = lines.iter().find(|(key, _)| key == "changed").and_then(|(_, value)| day(value));
    Ok(IanaRecord { tld: tld.clone(), manager, admin, technical, changed, retrieved: None })
}

/// A line as key and value; none for a comment, an empty line or another text.
fn pair(line: &str) -> Option<(String, &str)> {
    let line = line.trim();
    if line.starts_with('%') {
        return None;
    }
    let (key, value) = line.split_once(':')?;
    let is_key = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    is_key.then(|| (key.to_ascii_lowercase(), value.trim()))
}

/// Every name in the answer is that of the ccTLD: the U-label and the A-label of an IDN, and no second record.
fn check_names(lines: &[(String, &str)], tld: &Tld) -> Result<(), Said> {
    for (place, (key, value)) in lines.iter().enumerate() {
        match key.as_str() {
            "domain" if place > 0 => return Err(Said::Strange("it holds two records".to_owned())),
            "domain" | "domain-ace" => same_tld(value, tld)?,
            _ => {}
        }
    }
    Ok(())
}

/// One of the contacts: all its blocks, since two that differ contradict each other.
fn contact(
    lines: &[(String, &str)],
    post: Post,
) -> Result<Option<crate::domain::registry::IanaContact>, Said> {
    let mut written = Written::default();
    let mut within = false;
    for (key, value) in lines {
        match key.as_str() {
            "contact" => within = value.eq_ignore_ascii_case(post.word()),
            // What belongs to the domain again ends a contact, even where the empty line before it is missing.
            "nserver" | "ds-rdata" | "whois" | "status" | "created" | "changed" | "source" => within = false,
            _ if !within || value.is_empty() => {}
            "name" => written.name.push(tidy(value)),
            "organisation" => written.organisation.push(tidy(value)),
            "e-mail" => written.email.push((*value).to_owned()),
            "phone" => written.phone.push(tidy(value)),
            _ => {}
        }
    }
    written.checked(post)
}

/// An answer without a record: what it says instead. "0 objects" was once the answer for ccTLDs that were well and alive.
fn without_record(text: &str) -> Said {
    let old = ["sponsoring organization:", "administrative contact:"];
    let has = |line: &str, begin: &str| {
        line.trim().get(..begin.len()).is_some_and(|s| s.eq_ignore_ascii_case(begin))
    };
    if text.lines().any(|line| old.iter().any(|begin| has(line, begin))) {
        return Said::Strange("it has the shape that IANA used before 2010, which is not read".to_owned());
    }
    let mut comments = text.lines().map(|line| line.trim_start_matches('%').trim());
    let telling = comments.clone().find(|line| line.to_ascii_lowercase().contains("returned 0 objects"));
    if telling.is_some() {
        return Said::Nothing("it says that it has 0 objects".to_owned());
    }
    match comments.find(|line| !line.is_empty()) {
        Some(line) => Said::Nothing(format!("it has no record; it begins with `{}`", shown(line))),
        None => Said::Nothing("it is empty".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::domain::channel::Said;

    const NL: &str = include_str!("../../fixtures/iana/nl.whois.txt");
    const EU: &str = include_str!("../../fixtures/iana/xn--qxa6a.whois.txt");

    #[track_caller]
    fn check(text: &str, tld: &str, want: &str) {
        let said = read(text.as_bytes(), &tld.parse().unwrap());
        let said = if let Said::Record(record) = &said {
            format!(
                "{} / {} / {} / {}",
                record.manager.as_deref().unwrap_or("-"),
                record.admin_email().map_or("-".to_owned(), ToString::to_string),
                record.technical_email().map_or("-".to_owned(), ToString::to_string),
                record.changed.as_deref().unwrap_or("-"),
            )
        } else {
            format!("{said:?}")
        };
        assert_eq!(said, want);
    }

    const GOOD: &str =
        "Lowland Names Foundation / Admin@registry-nl.example / dns@hosting-nl.example / 2024-06-20";

    #[test]
    fn each_contact_has_the_address_of_its_own_block() {
        check(NL, "nl", GOOD);
        check(&NL.replace('\n', "\r\n"), ".NL", GOOD);
        // The empty line between the blocks is missing.
        check(&NL.replace("\n\ncontact", "\ncontact"), "nl", GOOD);
        let without = NL.replace("e-mail:       Admin@registry-nl.example\n", "");
        check(&without, "nl", "Lowland Names Foundation / - / dns@hosting-nl.example / 2024-06-20");
    }

    #[test]
    fn an_idn_is_known_by_both_its_labels_and_may_have_two_lines_of_organisation() {
        check(
            EU,
            "ευ",
            "Οργανισμός Παράδειγμα / admin@names-eu.example / tech@names-eu.example / 2023-03-07",
        );
        let Said::Record(record) = read(EU.as_bytes(), &"xn--qxa6a".parse().unwrap()) else {
            panic!("no record")
        };
        let admin = record.admin.unwrap();
        assert_eq!(admin.organisation.unwrap(), "Example Names vzw, Administration");
        assert_eq!(admin.phone.unwrap(), "+32 2 555 01 60, +32 2 555 01 61 ext. 8");
        check(
            EU.replace("XN--QXA6A", "XN--P1AI").as_str(),
            "ευ",
            "Strange(\"it is about `XN--P1AI`, not about .ευ (xn--qxa6a)\")",
        );
    }

    #[test]
    fn what_is_no_answer_never_means_that_there_is_no_contact() {
        let zero = include_str!("../../fixtures/iana/tp.zero-objects.whois.txt");
        check(zero, "tp", "Nothing(\"it says that it has 0 objects\")");
        check("", "nl", "Nothing(\"it is empty\")");
        check("\n\n", "nl", "Nothing(\"it is empty\")");
        check(
            "% Query rate limit exceeded\n",
            "nl",
            "Nothing(\"it has no record; it begins with `Query rate limit exceeded`\")",
        );
        let bare = "domain:       NL\nstatus:       ACTIVE\nsource:       IANA\n";
        check(bare, "nl", "Nothing(\"it shows no contact\")");
    }

    #[test]
    fn what_is_strange_is_refused_loudly() {
        let old = include_str!("../../fixtures/iana/nl.before-2010.whois.txt");
        check(old, "nl", "Strange(\"it has the shape that IANA used before 2010, which is not read\")");
        check(NL, "be", "Strange(\"it is about `NL`, not about .be\")");
        check(&format!("{NL}{EU}"), "nl", "Strange(\"it holds two records\")");
        check(&NL.repeat(200), "nl", "Strange(\"it holds two records\")");
        let wrong = NL.replace("Admin@registry-nl.example", "ask the office");
        check(
            &wrong,
            "nl",
            "Strange(\"the administrative contact's address: `ask the office` is not an e-mail address of the form name@domain.example\")",
        );
    }

    #[test]
    fn an_answer_that_was_cut_off_is_refused_wherever_it_was() {
        let end = NL.find("source:").unwrap();
        for (cut, _) in NL.char_indices().filter(|(cut, _)| *cut < end) {
            let said = read(&NL.as_bytes()[..cut], &"nl".parse().unwrap());
            assert!(!matches!(said, Said::Record(_)), "cut after {cut} octets: {said:?}");
        }
    }

    #[test]
    fn two_addresses_of_the_administrative_contact_contradict_each_other() {
        let second = "e-mail:       Admin@registry-nl.example\ne-mail:       other@registry-nl.example";
        let two = NL.replace("e-mail:       Admin@registry-nl.example", second);
        check(
            &two,
            "nl",
            "Contradiction(\"it gives the administrative contact two addresses, Admin@registry-nl.example and other@registry-nl.example\")",
        );
        let same = NL.replace("e-mail:       Admin@registry-nl.example", &second.replace("other", "ADMIN"));
        check(&same, "nl", GOOD);
    }
}
