//! From what the channels said to one judgement: believed, not to be had now, or doubtful.

use crate::domain::address::Address;
use crate::domain::channel::{Believed, Channel, Heard, Judgement, Said, Source};
use crate::domain::free_mail::is_free_mail;
use crate::domain::registry::{IanaContact, IanaRecord};

/// Judges what was heard of one ccTLD; `known` is the record that an unchanged answer stands for.
///
/// The admin contact is believed when an authenticated channel gives his address and no channel that answers gives
/// another. The contacts' addresses contradict; a manager who is written otherwise is only noted, since the channels
/// write organisations each in its own way.
pub fn judge(heard: &[Heard], known: Option<&IanaRecord>) -> Judgement {
    let mut order: Vec<&Heard> = heard.iter().collect();
    order.sort_by_key(|heard| heard.channel);
    let mut answers: Vec<(&Heard, &IanaRecord)> = Vec::new();
    let (mut silent, mut doubts) = (Vec::new(), Vec::new());
    for one in order {
        let word = one.channel.word();
        match (&one.said, known) {
            (Said::Record(record), _) => answers.push((one, record.as_ref())),
            (Said::Unchanged, Some(record)) => answers.push((one, record)),
            (Said::Unchanged, None) => silent.push(format!("{word}: unchanged, but nothing is known")),
            (Said::Nothing(why) | Said::Strange(why), _) => silent.push(format!("{word}: {why}")),
            (Said::Contradiction(why), _) => doubts.push(format!("{word}: {why}")),
        }
    }
    doubts.extend(differences(&answers, "administrative", IanaRecord::admin_email));
    doubts.extend(differences(&answers, "technical", IanaRecord::technical_email));
    if !doubts.is_empty() {
        return Judgement::Doubtful(doubts.join("; "));
    }
    match believed(&answers) {
        Some(record) => {
            let mut notes = silent;
            notes.extend(other_manager(&answers));
            if record.admin_email().is_some_and(is_free_mail) {
                notes.push(
                    "the admin contact is at a free-mail provider, whose signature proves the provider only"
                        .to_owned(),
                );
            }
            let sources = answers.iter().map(|(one, _)| source(one)).collect();
            Judgement::Believed(Box::new(Believed { record, sources, notes }))
        }
        None => Judgement::Unreachable(why_not(&answers, &silent)),
    }
}

/// The first authenticated record with an admin address; what it lacks is taken from other authenticated ones.
fn believed(answers: &[(&Heard, &IanaRecord)]) -> Option<IanaRecord> {
    let authenticated = || answers.iter().filter(|(one, _)| one.channel.is_authenticated());
    // A snapshot may say that a ccTLD has no admin contact: the operator vouches for it.
    let counts = |(one, record): &&&(&Heard, &IanaRecord)| {
        record.admin_email().is_some() || one.channel == Channel::Snapshot
    };
    let (heard, first) = authenticated().find(|answer| counts(&answer))?;
    let mut record = IanaRecord { retrieved: Some(heard.at), ..(*first).clone() };
    for (_, other) in authenticated() {
        record.manager = record.manager.or_else(|| other.manager.clone());
        record.technical = completed(record.technical, other.technical.as_ref());
        record.admin = completed(record.admin, other.admin.as_ref());
        record.changed = record.changed.or_else(|| other.changed.clone());
    }
    Some(record)
}

/// A contact with what another channel knows besides: the addresses were compared before.
fn completed(contact: Option<IanaContact>, other: Option<&IanaContact>) -> Option<IanaContact> {
    let Some(contact) = contact else { return other.cloned() };
    let Some(other) = other else { return Some(contact) };
    Some(IanaContact {
        name: contact.name.or_else(|| other.name.clone()),
        organisation: contact.organisation.or_else(|| other.organisation.clone()),
        email: contact.email.or_else(|| other.email.clone()),
        phone: contact.phone.or_else(|| other.phone.clone()),
    })
}

/// Which channels give a contact another address than the first that gives one.
fn differences(
    answers: &[(&Heard, &IanaRecord)],
    contact: &str,
    email: fn(&IanaRecord) -> Option<&Address>,
) -> Option<String> {
    let given = answers.iter().filter_map(|(one, record)| Some((one.channel.word(), email(record)?)));
    let given: Vec<(&str, &Address)> = given.collect();
    let (_, first) = given.first()?;
    if given.iter().all(|(_, address)| address == first) {
        return None;
    }
    let told: Vec<String> =
        given.iter().map(|(channel, address)| format!("{channel} gives {address}")).collect();
    Some(format!("the {contact} contact's address differs: {}", told.join(", ")))
}

/// A manager who is named otherwise by another channel.
fn other_manager(answers: &[(&Heard, &IanaRecord)]) -> Option<String> {
    let given =
        answers.iter().filter_map(|(one, record)| Some((one.channel.word(), record.manager.as_deref()?)));
    let given: Vec<(&str, &str)> = given.collect();
    let (_, first) = given.first()?;
    let (channel, other) = given.iter().find(|(_, manager)| letters(manager) != letters(first))?;
    Some(format!("{channel} names the manager `{other}`, not `{first}`"))
}

/// Letters and digits only, in lower case: what is left of a name when its marks and spaces go.
fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn source(heard: &Heard) -> Source {
    let authenticated = heard.channel.is_authenticated();
    // What is unchanged was not given anew.
    let manager = if let Said::Record(record) = &heard.said { record.manager.clone() } else { None };
    Source { channel: heard.channel, authenticated, at: heard.at, raw: heard.raw, manager }
}

fn why_not(answers: &[(&Heard, &IanaRecord)], silent: &[String]) -> String {
    let mut reasons = Vec::new();
    for (one, record) in answers {
        let word = one.channel.word();
        reasons.push(match (record.admin_email(), one.channel.is_authenticated()) {
            (None, _) => format!("{word}: it gives no address of the admin contact"),
            (Some(_), false) => format!("{word}: it answers, but anybody could have written that answer"),
            (Some(_), true) => format!("{word}: it answers"),
        });
    }
    reasons.extend(silent.iter().cloned());
    if reasons.is_empty() { "no channel was asked".to_owned() } else { reasons.join("; ") }
}

#[cfg(test)]
mod tests {
    use super::judge;
    use crate::domain::channel::{Channel, Heard, Judgement, Said};
    use crate::domain::registry::{IanaContact, IanaRecord};

    fn record(manager: &str, admin: &str, technical: &str) -> Said {
        let contact = |email: &str| {
            (email != "-").then(|| IanaContact { email: email.parse().ok(), ..IanaContact::default() })
        };
        Said::Record(Box::new(IanaRecord {
            tld: "nl".parse().unwrap(),
            manager: (manager != "-").then(|| manager.to_owned()),
            admin: contact(admin),
            technical: contact(technical),
            changed: None,
            retrieved: None,
        }))
    }

    fn nothing() -> Said {
        Said::Nothing("no answer".to_owned())
    }

    /// Judges what RDAP, the page and WHOIS say, in this order; `known` was read before.
    #[track_caller]
    fn check(said: [Said; 3], known: Option<&IanaRecord>, want: &str) {
        let channels = [Channel::Rdap, Channel::Page, Channel::Whois];
        let at = "2026-11-20T00:00:00Z".parse().unwrap();
        let heard: Vec<Heard> = channels
            .into_iter()
            .zip(said)
            .map(|(channel, said)| Heard { channel, at, said, raw: None })
            .collect();
        let got = match judge(&heard, known) {
            Judgement::Believed(believed) => {
                let admin = believed.record.admin_email().map_or("-".to_owned(), ToString::to_string);
                let technical = believed.record.technical_email().map_or("-".to_owned(), ToString::to_string);
                let sources: Vec<&str> =
                    believed.sources.iter().map(|source| source.channel.word()).collect();
                format!("{admin} {technical} by {}; {}", sources.join(", "), believed.notes.join("; "))
            }
            Judgement::Unreachable(why) => format!("unreachable: {why}"),
            Judgement::Doubtful(why) => format!("doubtful: {why}"),
        };
        assert_eq!(got, want);
    }

    #[test]
    fn channels_that_agree_are_believed() {
        let same = || record("Names", "a@nic.example", "t@nic.example");
        check([same(), same(), same()], None, "a@nic.example t@nic.example by RDAP, the web page, WHOIS; ");
        let other_case = record("NAMES.", "A@NIC.example", "-");
        check(
            [other_case, nothing(), same()],
            None,
            "A@nic.example - by RDAP, WHOIS; the web page: no answer",
        );
    }

    #[test]
    fn one_authenticated_channel_is_enough_and_whois_alone_is_not() {
        let one = || record("Names", "a@nic.example", "-");
        check(
            [nothing(), one(), nothing()],
            None,
            "a@nic.example - by the web page; RDAP: no answer; WHOIS: no answer",
        );
        check(
            [nothing(), nothing(), one()],
            None,
            "unreachable: WHOIS: it answers, but anybody could have written that answer; RDAP: no answer; the web page: \
             no answer",
        );
        check(
            [nothing(), nothing(), nothing()],
            None,
            "unreachable: RDAP: no answer; the web page: no answer; WHOIS: no answer",
        );
        let mute = record("Names", "-", "t@nic.example");
        check(
            [mute, nothing(), one()],
            None,
            "unreachable: RDAP: it gives no address of the admin contact; WHOIS: it answers, but anybody could have \
             written that answer; the web page: no answer",
        );
    }

    #[test]
    fn an_address_that_differs_is_doubtful_whoever_gives_it() {
        let good = || record("Names", "a@nic.example", "t@nic.example");
        check(
            [good(), nothing(), record("Names", "evil@nic.example", "-")],
            None,
            "doubtful: the administrative contact's address differs: RDAP gives a@nic.example, WHOIS gives evil@nic.example",
        );
        check(
            [good(), record("-", "-", "x@nic.example"), nothing()],
            None,
            "doubtful: the technical contact's address differs: RDAP gives t@nic.example, the web page gives x@nic.example",
        );
        let torn = Said::Contradiction("it gives two addresses".to_owned());
        check([good(), torn, nothing()], None, "doubtful: the web page: it gives two addresses");
    }

    #[test]
    fn what_one_lacks_is_taken_from_authenticated_channels_only() {
        let bare = || record("-", "a@nic.example", "-");
        let full = || record("Names", "a@nic.example", "t@nic.example");
        check(
            [bare(), full(), nothing()],
            None,
            "a@nic.example t@nic.example by RDAP, the web page; WHOIS: no answer",
        );
        check([bare(), nothing(), full()], None, "a@nic.example - by RDAP, WHOIS; the web page: no answer");
    }

    #[test]
    fn a_manager_who_is_written_otherwise_is_noted() {
        let said = [record("Names", "a@nic.example", "-"), record("Other", "a@nic.example", "-"), nothing()];
        let want = "a@nic.example - by RDAP, the web page; WHOIS: no answer; the web page names the manager `Other`, not `Names`";
        check(said, None, want);
    }

    #[test]
    fn an_unchanged_answer_stands_for_what_is_known() {
        let Said::Record(known) = record("Names", "a@nic.example", "-") else { panic!("no record") };
        check(
            [nothing(), Said::Unchanged, nothing()],
            Some(&known),
            "a@nic.example - by the web page; RDAP: no answer; WHOIS: no answer",
        );
        check(
            [nothing(), Said::Unchanged, nothing()],
            None,
            "unreachable: RDAP: no answer; the web page: unchanged, but nothing is known; WHOIS: no answer",
        );
        check(
            [record("Names", "new@nic.example", "-"), Said::Unchanged, nothing()],
            Some(&known),
            "doubtful: the administrative contact's address differs: RDAP gives new@nic.example, the web page gives a@nic.example",
        );
    }
}
