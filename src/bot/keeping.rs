//! Keeping what was read of IANA: raw answers on their shelf, records in the store, each change a line of the journal.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::bot::Bot;
use crate::bot::records::Records;
use crate::domain::channel::{Believed, Judgement};
use crate::domain::digest::Digest;
use crate::domain::registry::IanaRecord;
use crate::domain::remembered::{News, Reading};
use crate::store::{Shelf, Write};

/// The journal's word for the first record of a ccTLD.
pub const FIRST: &str = "iana_first_read";
/// The journal's word for a record that is another one than before.
pub const CHANGED: &str = "iana_changed";
/// The journal's word for channels that contradict each other.
pub const DOUBTFUL: &str = "iana_doubtful";

/// What the journal keeps of a change.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Change {
    /// The ccTLD.
    pub tld: crate::domain::tld::Tld,
    /// The record before; none where it is the first.
    #[serde(default)]
    pub before: Option<IanaRecord>,
    /// The record now, with the answers that it rests on; none where it is in doubt.
    #[serde(default)]
    pub after: Option<Believed>,
    /// Why it is in doubt.
    #[serde(default)]
    pub doubt: Option<String>,
    /// The raw answers, on the shelf.
    #[serde(default)]
    pub raw: Vec<Digest>,
}

impl Bot<'_> {
    /// Keeps what the registry has read since it was asked last because something is decided by it: raw answers too.
    pub(in crate::bot) fn keep_readings(&mut self) -> anyhow::Result<()> {
        for reading in self.world.registry.take_readings() {
            let (_, rest) = self.keep(&reading)?;
            if rest.is_empty() {
                continue;
            }
            let evidence =
                json!({ "tld": reading.tld, "raw": self.shelve(&reading)?, "reading": told(&reading) });
            self.note(
                "iana_read",
                &format!("IANA's record of {} was read.", reading.tld.for_people()),
                evidence,
                &rest,
            )?;
        }
        Ok(())
    }

    /// Keeps one reading. A change is recorded at once, with its raw answers; what else is to be written is given back,
    /// so that a walk through all ccTLDs does not fill the journal.
    pub(in crate::bot) fn keep(&self, reading: &Reading) -> anyhow::Result<(News, Vec<Write>)> {
        let before = self.records.remembered(&reading.tld)?;
        let (after, news) = before.after(reading);
        let mut writes = Records::write_remembered(&reading.tld, &after, news)?;
        let name = reading.tld.for_people();
        let (event, says) = match news {
            News::Same | News::Unreachable | News::StillDoubtful => return Ok((news, writes)),
            News::First => (FIRST, format!("IANA's record of {name} was read for the first time.")),
            News::Changed => {
                let now = after.record();
                let was = before.record();
                if let (Some(was), Some(now)) = (&was, &now) {
                    writes.extend(self.redelegated(was, now)?);
                }
                (
                    CHANGED,
                    format!("IANA's record of {name} changed: {}.", differences(was.as_ref(), now.as_ref())),
                )
            }
            News::Doubtful => (
                DOUBTFUL,
                format!(
                    "IANA's channels contradict each other on {name}: {}.",
                    doubt(reading).unwrap_or_default()
                ),
            ),
        };
        let change = Change {
            tld: reading.tld.clone(),
            before: before.believed.map(|believed| believed.record),
            after: after.believed.filter(|_| news != News::Doubtful),
            doubt: doubt(reading),
            raw: self.shelve(reading)?,
        };
        self.note(event, &says, json!(change), &writes)?;
        Ok((news, Vec::new()))
    }

    /// Puts the raw answers on their shelf, before the transaction that names them.
    fn shelve(&self, reading: &Reading) -> anyhow::Result<Vec<Digest>> {
        let kept = reading.raw.iter().map(|raw| Ok(self.store.put_mail(Shelf::Registry, raw)?));
        kept.collect()
    }
}

fn doubt(reading: &Reading) -> Option<String> {
    match &reading.judgement {
        Judgement::Doubtful(why) => Some(why.clone()),
        Judgement::Believed(_) | Judgement::Unreachable(_) => None,
    }
}

/// A reading without its record, which is in the store already.
fn told(reading: &Reading) -> Value {
    match &reading.judgement {
        Judgement::Believed(believed) => json!({ "believed": believed.sources, "notes": believed.notes }),
        Judgement::Unreachable(why) => json!({ "unreachable": why }),
        Judgement::Doubtful(why) => json!({ "doubtful": why }),
    }
}

/// What differs between two records, in words.
pub fn differences(before: Option<&IanaRecord>, after: Option<&IanaRecord>) -> String {
    let parts = |record: Option<&IanaRecord>| {
        let contact = |contact: Option<&crate::domain::registry::IanaContact>| {
            let Some(contact) = contact else { return [const { String::new() }; 3] };
            let name = contact.name.clone().unwrap_or_default();
            let email = contact.email.as_ref().map(ToString::to_string).unwrap_or_default();
            let rest = [&contact.organisation, &contact.phone]
                .map(|part| part.clone().unwrap_or_default())
                .join(", ");
            [email, name, rest]
        };
        let admin = contact(record.and_then(|record| record.admin.as_ref()));
        let technical = contact(record.and_then(|record| record.technical.as_ref()));
        let manager = record.and_then(|record| record.manager.clone()).unwrap_or_default();
        let changed = record.and_then(|record| record.changed.clone()).unwrap_or_default();
        (manager, admin, technical, changed)
    };
    let (was, is) = (parts(before), parts(after));
    let pairs = [
        ("manager", was.0, is.0),
        ("admin contact", was.1.join(", "), is.1.join(", ")),
        ("technical contact", was.2.join(", "), is.2.join(", ")),
        ("date of its last change", was.3, is.3),
    ];
    let shown = |text: &str| {
        let text = text.trim_matches([',', ' ']);
        if text.is_empty() { "nothing".to_owned() } else { format!("`{text}`") }
    };
    let told = pairs.iter().filter(|(_, was, is)| was != is);
    let told: Vec<String> =
        told.map(|(what, was, is)| format!("{what} from {} to {}", shown(was), shown(is))).collect();
    if told.is_empty() { "nothing that is shown".to_owned() } else { told.join("; ") }
}
