//! Statement: all that a mail states of persons and ccTLDs, collected from its forms, tables, lines and sentences.

use crate::domain::address::Address;
use crate::domain::tld::Tld;
use crate::reading::bare::is_only_name;
use crate::reading::belonging::resembles;
use crate::reading::changes::{self, Changed};
use crate::reading::directions::{self, Directed};
use crate::reading::entry::{Entry, Role};
use crate::reading::facts;
use crate::reading::form;
use crate::reading::labels::Reader;
use crate::reading::lines::Line;
use crate::reading::names;
use crate::reading::prose::{self, Prose};
use crate::reading::roster_line;
use crate::reading::rows;
use crate::reading::sameness::{
    again_for_another, identify, is_also, is_inflected, is_same, is_short_for, join_nameless,
};
use crate::reading::scopes;
use crate::reading::speakers::Speaker;
use crate::reading::speech::Speech;
use crate::reading::table;
use crate::reading::tlds;
use crate::reading::words::Sense;

/// What the lines of a mail state.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own, and none of the others' states"
)]
#[derive(Clone, Debug, Default)]
pub(super) struct Statement {
    /// The persons, each once.
    pub(super) entries: Vec<Entry>,
    /// Those whom nothing happens to, and what others were before: it is known whose these values are.
    pub(super) aside: Vec<Entry>,
    /// New values that stand beside no person.
    pub(super) loose: Entry,
    /// The ccTLDs, each once, in the order of the mail.
    pub(super) tlds: Vec<Tld>,
    /// Whether persons and ccTLDs stand in turn, so that it matters which belongs to which.
    pub(super) interleaved: bool,
    /// What a field `action` says.
    pub(super) action: Option<Role>,
    /// Whether one comes in another's place.
    pub(super) replaces: bool,
    /// Whom `me` means where the details are.
    pub(super) speaker: Speaker,
    /// Whether one person's name is what changes.
    pub(super) renamed: bool,
    /// Whether there is a form, a table or a line of the repository.
    pub(super) structured: bool,
}

/// Collects what these lines state. Our own addresses are nobody's details.
pub(super) fn collect(lines: &[&Line], reader: &Reader<'_>, ours: &[Address]) -> Statement {
    let mut statement = Statement::default();
    let mut rest: Vec<&str> = Vec::new();
    let mut place = 0;
    // The first line behind the last one of the repository.
    let mut since = 0;
    let directions = directions::of(lines, reader);
    while let Some(line) = lines.get(place) {
        if let Some((_, directed)) = directions.iter().find(|(number, _)| *number == place) {
            statement.take_directed(directed, place, reader, ours);
            rest.extend(std::iter::repeat_n("", directed.taken));
            place += directed.taken;
            continue;
        }
        if let Some(changed) = changes::of_lines(lines.get(place..).unwrap_or_default()) {
            let above = rest.last().copied().and_then(|line| only_name(line, reader));
            if statement.take_changed(&changed, reader, ours, above) {
                rest.pop();
            }
            rest.push("");
            place += changed.taken;
            continue;
        }
        if let Some(found) = rows::of(lines.get(place..).unwrap_or_default(), reader)
            && let Some(entries) = table::read(&found.rows, reader)
        {
            statement.structured = true;
            statement.entries.extend(entries);
            rest.push("");
            place += found.taken;
            continue;
        }
        // A table of two columns without a head is a form: label and value.
        statement.structured |= line.cells.len() == 2 && line.table > 0;
        let texts: Vec<&str> = lines.iter().skip(place).take(3).map(|line| line.text.as_str()).collect();
        if let Some((mut entry, taken)) = roster_line::read(&texts, reader) {
            statement.structured = true;
            // `"Ann Bee, #2, …" should become "Ann Bee, #1, …"`.
            let between = rest.get(since..).unwrap_or_default();
            let before = statement.entries.last_mut().filter(|before| before.name == entry.name);
            if let Some(before) = before.filter(|_| leads_to_new(between, reader)) {
                before.role = Role::Old;
                entry.role = Role::New;
            }
            statement.entries.push(entry);
            rest.push("");
            since = rest.len();
            place += taken;
            continue;
        }
        rest.push(line.text.as_str());
        place += 1;
    }
    let rest = prose::continued(&rest);
    let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
    statement.take_text(&rest, reader);
    statement.name_tlds(lines, reader);
    if statement.tlds.is_empty() {
        // A column of codes without dots.
        let told: Vec<Tld> = statement.entries.iter().flat_map(|entry| entry.tlds.clone()).collect();
        for tld in told {
            if !statement.tlds.contains(&tld) {
                statement.tlds.push(tld);
            }
        }
    }
    statement.scope(&rest, reader);
    identify(&mut statement.entries);
    let former = changes::pair(&mut statement.entries);
    statement.aside.extend(former);
    statement.clean(ours);
    statement
}

/// Whether lines say that what stands before them is to become what stands behind them.
fn leads_to_new(lines: &[&str], reader: &Reader<'_>) -> bool {
    const LEADS: [Sense; 4] = [Sense::Change, Sense::ToWord, Sense::Replace, Sense::ReplacedBy];
    lines.iter().any(|line| Speech::of(line, reader.languages).has_any(&LEADS))
}

/// The name that a line is, if it is nothing else.
fn only_name(line: &str, reader: &Reader<'_>) -> Option<String> {
    let speech = Speech::of(line.trim().trim_end_matches(':'), reader.languages);
    is_only_name(&speech).then(|| names::clean(&speech)).flatten()
}

impl Statement {
    /// Whether of each person whom it adds it tells all that is needed, and of no other person or value anything: what is said
    /// elsewhere is not needed.
    pub(super) fn tells_all(&self) -> bool {
        let whole = |entry: &Entry| {
            let told = entry.name.is_some() && !entry.emails.is_empty() && !entry.phones.is_empty();
            told && matches!(entry.role, Role::Unsaid | Role::Add | Role::New)
        };
        !self.entries.is_empty() && self.loose.is_empty() && self.entries.iter().all(whole)
    }

    /// Lines that go and lines that come in their places. Where they name nobody, they are of whom the line above them names.
    /// Says whether they are.
    fn take_changed(
        &mut self,
        changed: &Changed,
        reader: &Reader<'_>,
        ours: &[Address],
        above: Option<String>,
    ) -> bool {
        let [old, new] = [&changed.old, &changed.new].map(|lines| {
            let lines: Vec<&Line> = lines.iter().collect();
            collect(&lines, reader, ours).entries
        });
        let is_nobody = |entries: &[Entry]| matches!(entries, [only] if only.name.is_none());
        let name = above.filter(|_| is_nobody(&old) && is_nobody(&new));
        for (entries, role) in [(old, Role::Old), (new, Role::New)] {
            let named = |entry: Entry| Entry { role, name: name.clone().or(entry.name.clone()), ..entry };
            self.entries.extend(entries.into_iter().map(named));
        }
        let same: Vec<&Line> = changed.same.iter().collect();
        self.aside.extend(collect(&same, reader, ours).entries);
        self.structured = true;
        name.is_some()
    }

    /// Lines of persons who go, or who come.
    fn take_directed(&mut self, directed: &Directed, line: usize, reader: &Reader<'_>, ours: &[Address]) {
        let lines: Vec<&Line> = directed.lines.iter().collect();
        let stated = collect(&lines, reader, ours).entries.into_iter();
        self.entries.extend(stated.map(|entry| directed.place(entry, line)));
        self.structured = true;
    }

    fn take_text(&mut self, rest: &[&str], reader: &Reader<'_>) {
        let opened = |line: &&str| form::unbracketed(line).replacen(" | ", ": ", 1);
        let joined: Vec<String> = rest.iter().map(opened).collect();
        let lines: Vec<&str> = joined.iter().map(String::as_str).collect();
        let form = reader.read(&lines);
        self.structured |= form.labelled;
        self.action = form.action;
        let mut prose = Prose::default();
        for (line, paragraph) in prose::paragraphs(&form.prose) {
            prose::read(line, &paragraph, reader, &form.entries, &mut prose);
        }
        self.replaces |= prose.replaces;
        let comes = Self::who_comes(&prose);
        let adds_below = prose.adds_below;
        self.loose = prose.loose;
        // Prose that speaks of persons of the form says what is to happen to them.
        self.entries.extend(form.entries);
        // What stands beneath a heading for a ccTLD is said of that one.
        let of_section = |mut entry: Entry| {
            let above = form.sections.iter().rfind(|(line, _)| *line < entry.line);
            if let Some((_, tlds)) = above.filter(|_| entry.tlds.is_empty()) {
                entry.tlds.clone_from(tlds);
            }
            entry
        };
        self.entries.extend(prose.entries.into_iter().map(of_section));
        self.interleaved |= !form.sections.is_empty();
        self.entries.sort_by_key(|entry| entry.line);
        if let Some(line) = adds_below {
            let below = |entry: &&mut Entry| entry.line > line && entry.role == Role::Unsaid;
            for entry in self.entries.iter_mut().filter(below).filter(|entry| entry.has_contact_data()) {
                entry.role = Role::Add;
            }
        }
        if let Some(line) = comes {
            // `Her place is taken by:`, and a block of details; or the block first, and behind it `she replaces Ann`.
            let behind = self.entries.iter().any(|entry| entry.line > line && entry.has_contact_data());
            let placed = |entry: &&mut Entry| {
                entry.has_contact_data() && if behind { entry.line > line } else { entry.line < line }
            };
            let mut others = self.entries.iter_mut().filter(placed);
            if let (Some(only), None) = (others.next(), others.next())
                && only.role == Role::Unsaid
            {
                only.role = Role::New;
            }
        }
        self.tlds = form.tlds;
    }

    /// The line of the one who makes room, where nobody who comes in his place is named with him.
    fn who_comes(prose: &Prose) -> Option<usize> {
        let goes = |entry: &&Entry| matches!(entry.role, Role::Old | Role::Remove);
        let mut old = prose.entries.iter().filter(goes);
        let (Some(only), None) = (old.next(), old.next()) else { return None };
        let follow = |entry: &Entry| entry.line > only.line && entry.role == Role::Unsaid;
        let others = prose.entries.iter().filter(|entry| !goes(entry)).all(follow);
        (prose.replaces && others).then_some(only.line)
    }

    /// The ccTLDs named anywhere in these lines, and whether persons stand between them.
    fn name_tlds(&mut self, lines: &[&Line], reader: &Reader<'_>) {
        let mut person_since = false;
        let mut seen = false;
        for line in lines {
            let speech = Speech::of(&line.text, reader.languages);
            let named = tlds::named(&speech.chars, &speech.hits, reader.known);
            let persons: Vec<usize> =
                facts::addresses(&speech.chars).into_iter().map(|found| found.span.start).collect();
            // `He remains our contact for .nl`: what is said of that one is that nothing happens there.
            let kept = persons.is_empty() && speech.has_any(&[Sense::Keep, Sense::Unchanged]);
            // `Add A (a@…, +254 …) to .ke and, for .ug, B (b@…, +256 …)`.
            let numbers: Vec<usize> =
                facts::numbers(&speech.chars).into_iter().map(|found| found.span.start).collect();
            let ends = named.first().zip(named.last()).filter(|(first, last)| first.what != last.what);
            self.interleaved |= ends.is_some_and(|(first, last)| {
                let around = |places: &[usize]| {
                    places.iter().any(|place| *place < first.span.start)
                        && places.iter().any(|place| *place > last.span.end)
                };
                around(&persons) && around(&numbers)
            });
            let mut from = 0;
            for found in named {
                let place = found.span.start;
                // `For .gg add A (a@…), for .je B (b@…)`.
                person_since |= persons.iter().any(|person| (from..place).contains(person));
                if !self.tlds.contains(&found.what) {
                    self.interleaved |= seen && person_since && !kept;
                    self.tlds.push(found.what);
                }
                seen = true;
                person_since = false;
                from = place;
            }
            person_since |= persons.iter().any(|person| *person >= from);
        }
    }

    /// Where persons and ccTLDs stand in turn, each person is for the ccTLDs that he stands with.
    fn scope(&mut self, lines: &[&str], reader: &Reader<'_>) {
        let headings = scopes::headings(lines, reader);
        let mut all = self.tlds.clone();
        if all.is_empty() {
            // Islands of one registry may be named by their names alone.
            let scopes = self.entries.iter().flat_map(|entry| entry.scope.iter());
            let named = headings.iter().filter(|heading| heading.nobody).flat_map(|heading| &heading.named);
            for tld in named.chain(scopes) {
                if !all.contains(tld) {
                    all.push(tld.clone());
                }
            }
        }
        let in_turn = self.interleaved || self.tlds.is_empty();
        if all.len() > 1
            && in_turn
            && scopes::assign(&mut self.entries, &headings, &all) == scopes::Assigned::Yes
        {
            self.interleaved = false;
        }
    }

    /// Persons without a name whose address is made of one that the text names, and that is nobody's yet.
    pub(super) fn name_by_address(&mut self, own: &Speech) {
        let taken =
            |name: &str, entries: &[Entry]| entries.iter().any(|entry| entry.name.as_deref() == Some(name));
        let names: Vec<String> = names::find(own, &[])
            .into_iter()
            .filter(|name| !name.what.weak)
            .map(|name| name.what.text)
            .filter(|name| !taken(name, &self.entries) && !taken(name, &self.aside))
            .collect();
        for entry in self.entries.iter_mut().filter(|entry| entry.name.is_none()) {
            let alike = |name: &&String| entry.emails.iter().any(|email| resembles(name, email));
            let mut found = names.iter().filter(alike);
            if let (Some(name), None) = (found.next(), found.next()) {
                entry.name = Some(name.clone());
            }
        }
    }

    /// New values that stand beside no person are the one person's who has none yet.
    pub(super) fn settle_loose(&mut self) {
        if self.loose.is_empty() {
            return;
        }
        let open = |entry: &Entry| entry.phones.is_empty() && entry.role != Role::Keep;
        // Whoever goes needs no number where somebody comes.
        let comes = |entry: &Entry| open(entry) && !matches!(entry.role, Role::Old | Role::Remove);
        let others = self.entries.iter().any(comes);
        let mut waiting =
            self.entries.iter_mut().filter(|entry| if others { comes(entry) } else { open(entry) });
        if let (Some(entry), None) = (waiting.next(), waiting.next()) {
            entry.join(std::mem::take(&mut self.loose));
        }
    }

    /// Takes out our own addresses, and joins what belongs to one person.
    fn clean(&mut self, ours: &[Address]) {
        let is_ours = |address: &Address| ours.contains(&address.without_subaddress());
        let mut entries: Vec<Entry> = Vec::new();
        for mut entry in std::mem::take(&mut self.entries) {
            entry.emails.retain(|email| !is_ours(email));
            let entry = entry.without_repeats();
            if entry.is_empty() {
                continue;
            }
            let again = entries.iter().find_map(|known| again_for_another(known, &entry));
            if let Some(again) = again {
                entries.push(again);
                continue;
            }
            match entries.iter_mut().find(|known| is_same(known, &entry)) {
                Some(known) => {
                    if is_inflected(known, &entry) || is_short_for(known, &entry) || is_also(known, &entry) {
                        known.name.clone_from(&entry.name);
                    }
                    known.join(entry);
                }
                None => entries.push(entry),
            }
        }
        self.aside.extend(changes::of_the_named(&mut entries));
        self.entries = join_nameless(entries);
    }
}
