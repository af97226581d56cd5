//! `iana`: the contacts that IANA publishes, read again, shown, taken in from a file, and what changed in them.

use std::fs;
use std::path::Path;

use anyhow::Context as _;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::bot::Bot;
use crate::bot::keeping::{CHANGED, DOUBTFUL, FIRST};
use crate::bot::records::Records;
use crate::cli::arguments::{IanaCommand, IanaOptions, Place};
use crate::cli::open::{self, Installation};
use crate::cli::output::{Failure, Output};
use crate::config::{Config, IanaConfig};
use crate::domain::channel::Believed;
use crate::domain::free_mail::is_free_mail;
use crate::domain::registry::{IanaContact, IanaRecord};
use crate::domain::remembered::{News, Remembered, Trouble};
use crate::domain::tld::Tld;
use crate::shell::clock::SystemClock;
use crate::shell::iana_snapshot::IanaSnapshot;
use crate::store::{Line, Look, Snapshot};
use crate::world::{Clock as _, Registry as _};
use crate::writing::layout::{list, minute};

/// ccTLDs between two lines of progress: what a stop in between loses at the most.
const STEP: usize = 5;
/// The file in the store's folder that tells a running program to read all records again.
const REFRESH_WANTED: &str = "refresh-wanted";
/// ccTLDs one after another that could not be read, after which refreshing gives up for now.
const SILENT_MAX: usize = 5;

pub(super) fn iana(options: &IanaOptions, output: &mut Output) -> Result<(), Failure> {
    let form = Form::of(&options.command);
    match &options.command {
        IanaCommand::Refresh { place, .. } => refresh(place, form, output),
        IanaCommand::Show { place, tld, .. } => show(place, tld, form, output),
        IanaCommand::Import { place, file, .. } => import(place, file, form, output),
        IanaCommand::Changes { place, from, to, .. } => changes(place, (*from, *to), form, output),
    }
}

/// For whom the output is.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Form {
    People,
    Json,
}

impl Form {
    fn of(command: &IanaCommand) -> Self {
        let (IanaCommand::Refresh { json, .. }
        | IanaCommand::Show { json, .. }
        | IanaCommand::Import { json, .. }
        | IanaCommand::Changes { json, .. }) = command;
        if *json { Self::Json } else { Self::People }
    }
}

/// Leaves word for the running program that all records are wanted anew.
fn leave_refresh(store: &Path) -> Result<(), Failure> {
    let path = store.join(REFRESH_WANTED);
    fs::write(&path, "").with_context(|| format!("writing {}", path.display()))?;
    Ok(())
}

/// Begins to read all records anew where that was left word of. It is begun before the word is taken away, so that a
/// stop in between repeats it.
pub(super) fn take_in_refresh(store: &Path, bot: &mut Bot<'_>) -> Result<(), Failure> {
    let path = store.join(REFRESH_WANTED);
    if !path.exists() {
        return Ok(());
    }
    bot.want_walk()?;
    if let Err(error) = fs::remove_file(&path) {
        tracing::error!("{} cannot be removed: {error}; mend the rights of its folder", path.display());
    }
    Ok(())
}

fn refresh(place: &Place, form: Form, output: &mut Output) -> Result<(), Failure> {
    let config = open::config(&place.config)?;
    let store = config.store.clone();
    let Some(installation) = Installation::open_alone(config)? else {
        leave_refresh(&store)?;
        let text = "The running program has the store open and reads all records again, from its next turn on, a few at \
                    a time; `tldops iana show TLD` tells when each was read.";
        output.complain(text);
        return Ok(());
    };
    let mut bot = installation.bot()?;
    refresh_all(&mut bot, form, output)
}

fn refresh_all(bot: &mut Bot<'_>, form: Form, output: &mut Output) -> Result<(), Failure> {
    let mut troubled = Vec::new();
    let mut silent = 0;
    if let Some(after) = bot.walk_wanted()?.after {
        output.complain(&format!("goes on after {}, where it was stopped", after.for_people()));
    }
    loop {
        let walk = bot.walk_wanted()?;
        let progress = bot.walk_on(walk, STEP)?;
        for (tld, news) in &progress.seen {
            told(tld, Some(*news), form, output)?;
            silent = if *news == News::Unreachable { silent + 1 } else { 0 };
            if matches!(news, News::Unreachable | News::Doubtful | News::StillDoubtful) {
                troubled.push(tld.for_people());
            }
        }
        output.flush()?;
        output.complain(&format!("{} of {}", progress.done, progress.total));
        if silent >= SILENT_MAX {
            let text = "IANA does not answer; `tldops iana show TLD` tells why. Run it again later: it goes on from here";
            return Err(Failure::NeedsPerson(text.to_owned()));
        }
        if progress.ended {
            break;
        }
    }
    if troubled.is_empty() {
        return Ok(());
    }
    let text = format!(
        "not all could be read, or believed: {}; `tldops iana show TLD` tells why",
        troubled.join(", ")
    );
    Err(Failure::NeedsPerson(text))
}

/// One line a ccTLD; people hear only of what is new.
fn told(tld: &Tld, news: Option<News>, form: Form, output: &mut Output) -> Result<(), Failure> {
    let (word, says) = match news {
        None => ("kept", "what is known was read later; it stays"),
        Some(News::First) => ("first", "read for the first time"),
        Some(News::Changed) => ("changed", "changed"),
        Some(News::Same) => ("same", ""),
        Some(News::Unreachable) => ("unreachable", "could not be read"),
        Some(News::Doubtful | News::StillDoubtful) => ("doubtful", "the channels contradict each other"),
    };
    if form == Form::Json {
        return output.json(&json!({ "tld": tld, "news": word }));
    }
    if says.is_empty() { Ok(()) } else { output.line(&format!("{:<12} {says}", tld.for_people())) }
}

fn import(place: &Place, file: &Path, form: Form, output: &mut Output) -> Result<(), Failure> {
    let raw = fs::read(file).with_context(|| format!("reading {}", file.display()));
    let raw = raw.map_err(Failure::usage)?;
    let text = String::from_utf8_lossy(&raw).into_owned();
    let wrong = |error: anyhow::Error| Failure::Usage(format!("{}: {error:#}", file.display()));
    let snapshot = IanaSnapshot::read(&text).map_err(wrong)?;
    let records: Vec<IanaRecord> = snapshot.records().cloned().collect();
    let Some(installation) = Installation::open_alone(open::config(&place.config)?)? else {
        let text = "the running program has the store open, and reads IANA by itself; stop it first";
        return Err(Failure::Usage(text.to_owned()));
    };
    let seen = installation.bot()?.import(&records, &raw)?;
    for (tld, news) in &seen {
        told(tld, *news, form, output)?;
    }
    if form == Form::People {
        let taken = seen.iter().filter(|(_, news)| news.is_some()).count();
        output.line(&format!("{taken} of {} records were taken in.", seen.len()))?;
    }
    Ok(())
}

fn show(place: &Place, tld: &Tld, form: Form, output: &mut Output) -> Result<(), Failure> {
    let config = open::config(&place.config)?;
    let snapshot = open::snapshot(&config);
    let mut memory = Remembered::default();
    let (mut missing, mut history): (Vec<Date>, Vec<Line>) = (Vec::new(), Vec::new());
    if let Ok(snapshot) = &snapshot {
        let records = Records::new(snapshot as &dyn Look);
        memory = records.remembered(tld)?;
        missing = records.missing_days(tld)?;
        history = snapshot.lines().iter().filter(|line| is_about(line, tld)).cloned().collect();
    }
    if memory.believed.is_none() {
        memory.believed = in_file(&config, tld);
    }
    if memory == Remembered::default() {
        let name = tld.for_people();
        let text =
            format!("nothing is known of {name} yet; `tldops iana refresh` reads all records from IANA");
        return Err(Failure::NeedsPerson(text));
    }
    if form == Form::Json {
        let history: Vec<Value> = history.iter().map(change_in_json).collect();
        return output.json(&json!({
            "tld": tld, "record": memory.record(), "believed": memory.believed, "checked": memory.checked,
            "missing_on": missing, "history": history,
        }));
    }
    show_to_people(tld, &memory, &missing, output)?;
    output.line("History:")?;
    history.iter().try_for_each(|line| output.line(&change_in_words(line)))
}

/// The record in the snapshot file, where that is what the configuration names.
fn in_file(config: &Config, tld: &Tld) -> Option<Believed> {
    let IanaConfig::Snapshot { path } = &config.iana else { return None };
    let record = IanaSnapshot::open(path).ok()?.record(tld).record().cloned()?;
    let at = record.retrieved.unwrap_or_else(|| SystemClock.now());
    Some(Believed::by_snapshot(record, at, None))
}

fn show_to_people(
    tld: &Tld,
    memory: &Remembered,
    missing: &[Date],
    output: &mut Output,
) -> Result<(), Failure> {
    output.title(&tld.for_people())?;
    if let Some(believed) = &memory.believed {
        let record = &believed.record;
        output.line(&format!("   manager            {}", record.manager.as_deref().unwrap_or("-")))?;
        contact("admin contact", record.admin.as_ref(), output)?;
        contact("technical contact", record.technical.as_ref(), output)?;
        output.line(&format!("   changed at IANA    {}", record.changed.as_deref().unwrap_or("-")))?;
        for source in &believed.sources {
            let proof = if source.authenticated { "authenticated" } else { "proves nothing" };
            let raw = source.raw.map_or_else(String::new, |raw| format!(", raw answer {}", raw.short()));
            output.line(&format!(
                "   given by           {}, {proof}, {}{raw}",
                source.channel.word(),
                minute(source.at)
            ))?;
        }
        for note in &believed.notes {
            output.line(&format!("   note               {note}"))?;
        }
    }
    let checked = &memory.checked;
    let confirmed = checked.confirmed.map_or_else(|| "never, as far as is known".to_owned(), age);
    output.line(&format!("   last found so      {confirmed}"))?;
    match &checked.trouble {
        Some(Trouble::Unreachable(why)) => {
            output.line(&format!("   not read           {}: {why}", tried(memory)))?;
        }
        Some(Trouble::Doubtful(why)) => {
            output.line(&format!("   IN DOUBT           {}: {why}", tried(memory)))?;
        }
        None => {}
    }
    if !missing.is_empty() {
        output.line(&format!("   not in the list of TLDs on {}", list(missing)))?;
    }
    Ok(())
}

fn contact(what: &str, contact: Option<&IanaContact>, output: &mut Output) -> Result<(), Failure> {
    let Some(contact) = contact else { return output.line(&format!("   {what:<18} none")) };
    let email = contact.email.as_ref().map(ToString::to_string);
    let parts = [email, contact.name.clone(), contact.organisation.clone(), contact.phone.clone()];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    output.line(&format!("   {what:<18} {}", parts.join(", ")))?;
    if contact.email.as_ref().is_some_and(is_free_mail) {
        output.line("                      at a free-mail provider: a signature proves the provider, the address is all that counts")?;
    }
    Ok(())
}

fn tried(memory: &Remembered) -> String {
    memory.checked.tried.map_or_else(|| "at no known time".to_owned(), minute)
}

fn age(at: Timestamp) -> String {
    let hours = SystemClock.now().duration_since(at).as_hours();
    if at == Timestamp::UNIX_EPOCH {
        "at no known time".to_owned()
    } else {
        format!("{}, {hours} hours ago", minute(at))
    }
}

/// Whether a line of the journal tells of a change of this ccTLD's record.
fn is_about(line: &Line, tld: &Tld) -> bool {
    let named = line.entry.evidence.get("tld").and_then(Value::as_str);
    [FIRST, CHANGED, DOUBTFUL].contains(&line.entry.event.as_str()) && named == Some(tld.as_str())
}

fn changes(
    place: &Place,
    (from, to): (Option<Date>, Option<Date>),
    form: Form,
    output: &mut Output,
) -> Result<(), Failure> {
    if let (Some(from), Some(to)) = (from, to)
        && from > to
    {
        return Err(Failure::Usage(format!("--from {from} is later than --to {to}; exchange them")));
    }
    let config = open::config(&place.config)?;
    let snapshot: Snapshot = open::snapshot(&config)?;
    let is_within = |line: &&Line| {
        let day = line.entry.at.to_zoned(TimeZone::UTC).date();
        from.is_none_or(|from| from <= day) && to.is_none_or(|to| day <= to)
    };
    let is_change = |line: &&Line| [CHANGED, DOUBTFUL, "iana_missing"].contains(&line.entry.event.as_str());
    let mut none = true;
    for line in snapshot.lines().iter().filter(is_change).filter(is_within) {
        none = false;
        match form {
            Form::Json => output.json(&change_in_json(line))?,
            Form::People => output.line(&change_in_words(line))?,
        }
    }
    if none && form == Form::People { output.line("Nothing changed.") } else { Ok(()) }
}

fn change_in_json(line: &Line) -> Value {
    json!({ "at": line.entry.at, "event": line.entry.event, "says": line.entry.says, "evidence": line.entry.evidence })
}

fn change_in_words(line: &Line) -> String {
    format!("   {}  {}", minute(line.entry.at), line.entry.says)
}
