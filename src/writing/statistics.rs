//! The tables of the membership, for people, for a report, for a spreadsheet.

use serde_json::{Value, json};

use crate::domain::cctlds::Cctld;
use crate::domain::confirmation::Ages;
use crate::domain::freshness::Freshness;
use crate::domain::growth::Point;
use crate::domain::invited::{HEADS, Outreach, Progress};
use crate::domain::regions::{NO_REGION, Regions, name_of};
use crate::domain::statistics::{Kind, Movement, Share, Statistics};
use crate::domain::tld::Tld;
use crate::writing::countries::in_english;
use crate::writing::invitations::sums;
use crate::writing::repository::rows::table;

/// Columns of a line for people.
const COLUMNS: usize = 96;
/// What stands before the further lines of a sentence.
const INDENT: &str = "   ";

/// The row of all, above those of the regions.
pub(super) const TOTAL: &str = "Total";
/// Columns of the table of confirmations: how many contacts, and how long ago they confirmed their details themselves.
pub(super) const CONFIRMED: [&str; 5] = ["Contacts", "Within a year", "Earlier", "Not yet", "Median days"];
/// The same behind the counts of a ccTLD's row, where no heading stands above them.
const CONFIRMED_BEHIND: [&str; 5] =
    ["Contacts", "Confirmed within a year", "Confirmed earlier", "Not confirmed yet", "Median days"];

/// The membership on a day, and what came and went before it.
pub struct Report<'a> {
    /// The day, as in `2026-11-20`.
    pub day: String,
    /// The membership.
    pub statistics: &'a Statistics,
    /// Since which day what came and went.
    pub movement: Option<(String, Movement)>,
    /// How old the contacts' confirmations are; none where it is not told, as on the public page.
    pub freshness: Option<Freshness>,
    /// How it came to be what it is on that day.
    pub growth: Vec<Point>,
    /// In which region each ccTLD is counted.
    pub regions: &'a Regions,
    /// What became of invitations.
    pub outreach: Outreach,
}

/// One row: what it is of, and the counts.
pub(super) type Row = (String, Share);

impl Report<'_> {
    /// The tables with their headings: all, ASCII with its regions, IDN with its regions.
    pub(super) fn tables(&self) -> Vec<(String, Vec<Row>)> {
        let mut tables = vec![("All".to_owned(), vec![(TOTAL.to_owned(), self.statistics.all())])];
        for kind in Kind::ALL {
            let mut rows = vec![(TOTAL.to_owned(), self.statistics.of_kind(kind))];
            rows.extend(self.statistics.regions(kind).map(|(region, share)| (region.to_owned(), share)));
            tables.push((kind.to_string(), rows));
        }
        tables
    }

    /// The table of confirmations: of all contacts, and by region. Empty where it is not told.
    pub(super) fn confirmed(&self) -> Vec<(String, Ages)> {
        let rows = |freshness: &Freshness| {
            let regions = freshness.regions().map(|(region, ages)| (region.to_owned(), ages));
            std::iter::once((TOTAL.to_owned(), freshness.all())).chain(regions).collect()
        };
        self.freshness.as_ref().map(rows).unwrap_or_default()
    }

    pub(super) fn title(&self) -> String {
        format!("TLD-OPS members on {}", self.day)
    }

    /// What does not stand in the tables, a sentence each.
    pub(super) fn notes(&self) -> Vec<String> {
        let Statistics { people, alone, strangers, .. } = self.statistics;
        let mut notes = vec![format!("{people} persons; {alone} ccTLDs have a single contact.")];
        notes.extend(self.counted_twice());
        if !strangers.is_empty() {
            notes.push(format!(
                "Counted nowhere, since they are not in the root zone, or in no region by the file of regions: {}.",
                tlds(strangers.iter())
            ));
        }
        if let Some((since, movement)) = &self.movement {
            for (what, list) in
                [("Joined", &movement.joined), ("Left", &movement.left), ("Updated", &movement.updated)]
            {
                let named = if list.is_empty() { String::new() } else { format!(": {}", tlds(list.iter())) };
                notes.push(format!("{what} since {since}: {}{named}.", list.len()));
            }
            notes.push(format!("Updates made since {since}: {}.", movement.updates));
        }
        notes.push(format!("Regions: {}.", self.regions));
        notes
    }

    /// What the tables count twice, since two of their rows have it.
    fn counted_twice(&self) -> Option<String> {
        let twice = &self.statistics.twice;
        let named: Vec<String> = twice
            .iter()
            .map(|(tld, regions)| format!("{} in {}", tld.for_people(), regions.join(" and ")))
            .collect();
        let counts = Kind::ALL.map(|kind| {
            let once = self.statistics.each_once(kind);
            format!("{} {kind} members, {} missing, {} in all", once.members, once.missing, once.total())
        });
        (!named.is_empty()).then(|| {
            format!(
                "These tables count twice: {}. Each ccTLD once, there are {}.",
                named.join(", "),
                counts.join("; ")
            )
        })
    }

    /// For people, in columns.
    pub fn text(&self) -> String {
        let mut lines = vec![self.title()];
        for (heading, rows) in self.tables() {
            lines.push(String::new());
            lines.push(format!(
                "{heading:<8}{:>8}{:>7}{:>9}{:>7}{:>7}",
                "Members", "%", "Missing", "%", "Total"
            ));
            lines.extend(rows.iter().map(|(name, share)| {
                let (members, missing) = (share.members, share.missing);
                let [percent, rest] = share.percents();
                format!("{name:<8}{members:>8}{percent:>7}{missing:>9}{rest:>7}{:>7}", share.total())
            }));
        }
        let confirmed = self.confirmed();
        if !confirmed.is_empty() {
            let [contacts, within, before, never, median] = CONFIRMED;
            lines.push(String::new());
            lines.push(format!(
                "{:<9}{contacts:>9}{within:>15}{before:>9}{never:>9}{median:>13}",
                "Confirmed"
            ));
        }
        lines.extend(confirmed.iter().map(|(name, ages)| {
            let [contacts, within, before, never, median] = cells(ages);
            let row = format!("{name:<9}{contacts:>9}{within:>15}{before:>9}{never:>9}{median:>13}");
            row.trim_end().to_owned()
        }));
        lines.push(String::new());
        let folded = textwrap::Options::new(COLUMNS).subsequent_indent(INDENT);
        lines.extend(self.notes().iter().map(|note| textwrap::fill(note, &folded)));
        if self.outreach.all().invited() > 0 {
            lines.push(String::new());
            lines.extend(sums(&self.outreach));
        }
        for (region, cctlds) in self.statistics.missing() {
            lines.push(String::new());
            lines.push(format!("Missing, {} ({}):", of_region(region), how_many(cctlds)));
            lines.extend(
                cctlds.iter().map(|cctld| format!("   {:<28} {}", cctld.tld.for_people(), in_english(cctld))),
            );
        }
        lines.join("\n")
    }

    /// For a wiki or a mail: tables of Markdown.
    pub fn markdown(&self) -> String {
        let mut lines = vec![format!("# {}", self.title())];
        for (heading, rows) in self.tables() {
            lines.push(format!(
                "\n| {heading} | Members | % | Missing | % | Total |\n|---|--:|--:|--:|--:|--:|"
            ));
            lines.extend(rows.iter().map(|(name, share)| {
                let (members, missing) = (share.members, share.missing);
                let [percent, rest] = share.percents();
                format!("| {name} | {members} | {percent} | {missing} | {rest} | {} |", share.total())
            }));
        }
        let confirmed = self.confirmed();
        if !confirmed.is_empty() {
            lines.push(format!("\n| Confirmed | {} |\n|---|--:|--:|--:|--:|--:|", CONFIRMED.join(" | ")));
        }
        lines
            .extend(confirmed.iter().map(|(name, ages)| format!("| {name} | {} |", cells(ages).join(" | "))));
        lines.push(String::new());
        lines.extend(self.notes().iter().map(|note| format!("- {note}")));
        lines.extend(self.invitations_in_markdown());
        for (region, cctlds) in self.statistics.missing() {
            lines.push(format!(
                "\n## Missing, {} ({})\n\n| ccTLD | Country or territory |\n|---|---|",
                of_region(region),
                how_many(cctlds)
            ));
            let cell = |text: &str| text.replace('|', "\\|");
            lines.extend(
                cctlds
                    .iter()
                    .map(|cctld| format!("| {} | {} |", cctld.tld.for_people(), cell(&in_english(cctld)))),
            );
        }
        lines.join("\n")
    }

    /// What became of invitations, where there were any.
    fn invitations_in_markdown(&self) -> Option<String> {
        let row = |name: &str, progress: &Progress| {
            let counts = progress.row().map(|count| count.to_string());
            format!("| {name} | {} |", counts.join(" | "))
        };
        let mut lines = vec![
            format!("\n## Invitations\n\n| Region | {} |", HEADS.join(" | ")),
            format!("|---|{}", "--:|".repeat(HEADS.len())),
            row("Total", &self.outreach.all()),
        ];
        lines.extend(
            self.outreach.by_region().iter().map(|(region, progress)| row(&of_region(region), progress)),
        );
        (self.outreach.all().invited() > 0).then(|| lines.join("\n"))
    }

    /// For a spreadsheet: a row a region. What programs read already keeps its place; confirmations and invitations stand
    /// behind it.
    pub fn csv(&self) -> String {
        let counts = ["Day", "Labels", "Region", "Members", "Missing", "Total"];
        let behind = self.freshness.iter().flat_map(|_| CONFIRMED_BEHIND).chain(HEADS);
        let mut rows = vec![counts.into_iter().chain(behind).map(str::to_owned).collect::<Vec<_>>()];
        for (heading, counted) in self.tables() {
            for (name, share) in counted {
                let ages = self.ages_beside(&heading, &name);
                let invited = self.progress_of(&heading, &name).row().map(|count| count.to_string());
                let counts = [share.members, share.missing, share.total()].map(|count| count.to_string());
                let [members, missing, total] = counts;
                let row = [self.day.clone(), heading.clone(), name, members, missing, total];
                rows.push(row.into_iter().chain(ages.iter().flat_map(cells)).chain(invited).collect());
            }
        }
        table(rows.iter().map(|row| row.iter().map(String::as_str)))
    }

    /// The confirmations of the contacts that a row of a table counts.
    fn ages_beside(&self, heading: &str, name: &str) -> Option<Ages> {
        let freshness = self.freshness.as_ref()?;
        let is_whole = name == TOTAL;
        let kind = Kind::ALL.into_iter().find(|kind| kind.to_string() == heading);
        Some(match kind {
            None => freshness.all(),
            Some(kind) if is_whole => freshness.of_kind(kind),
            Some(kind) => freshness.in_region(name, kind),
        })
    }

    /// What became of the invitations of those whom a row counts.
    fn progress_of(&self, heading: &str, region: &str) -> Progress {
        match Kind::ALL.into_iter().find(|kind| kind.to_string() == heading) {
            None => self.outreach.all(),
            Some(kind) if region == TOTAL => self.outreach.of_kind(kind),
            Some(kind) => self.outreach.in_region(kind, region),
        }
    }

    /// For a program: one object.
    pub fn json(&self) -> Value {
        let missing = |cctlds: &[Cctld]| cctlds.iter().map(|cctld| cctld.tld.to_string()).collect::<Vec<_>>();
        let missing: serde_json::Map<_, _> = self
            .statistics
            .missing()
            .map(|(region, cctlds)| (region.to_owned(), json!(missing(cctlds))))
            .collect();
        let named = |list: &[Tld]| list.iter().map(ToString::to_string).collect::<Vec<_>>();
        let movement = self.movement.as_ref().map(|(since, movement)| {
            let Movement { joined, left, updated, updates } = movement;
            json!({
                "since": since, "joined": named(joined), "left": named(left), "updated": named(updated),
                "updates": updates,
            })
        });
        let growth: Vec<Value> = self
            .growth
            .iter()
            .map(|point| json!({ "day": point.day, "ascii": point.ascii, "idn": point.idn }))
            .collect();
        let mut object = self.counts();
        let more = [
            ("day", json!(self.day)),
            ("people", json!(self.statistics.people)),
            ("single_contact", json!(self.statistics.alone)),
            ("movement", json!(movement)),
            ("confirmed", self.confirmed_json()),
            ("missing", json!(missing)),
            ("growth", json!(growth)),
            ("invitations", invitations(&self.outreach)),
            ("regions_by", json!(self.regions.to_string())),
        ];
        object.extend(more.into_iter().map(|(key, value)| (key.to_owned(), value)));
        Value::Object(object)
    }

    fn confirmed_json(&self) -> Value {
        let Some(freshness) = &self.freshness else { return Value::Null };
        let regions: serde_json::Map<_, _> =
            freshness.regions().map(|(region, ages)| (region.to_owned(), json!(ages))).collect();
        json!({ "total": freshness.all(), "regions": regions })
    }

    /// The numbers of the tables: all, ASCII and IDN with their regions, and what is counted twice.
    pub(super) fn counts(&self) -> serde_json::Map<String, Value> {
        let regions = |kind| {
            let shares = self.statistics.regions(kind);
            shares
                .map(|(region, share)| (region.to_owned(), counts(share)))
                .collect::<serde_json::Map<_, _>>()
        };
        let of_kind =
            |kind| json!({ "total": counts(self.statistics.of_kind(kind)), "regions": regions(kind) });
        let twice: Vec<Value> = self
            .statistics
            .twice
            .iter()
            .map(|(tld, regions)| json!({ "tld": tld, "regions": regions }))
            .collect();
        let parts = [
            ("all", counts(self.statistics.all())),
            ("ascii", of_kind(Kind::Ascii)),
            ("idn", of_kind(Kind::Idn)),
            ("counted_twice", json!(twice)),
        ];
        parts.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
    }
}

/// `Africa (AF)`; an operator's own, and none, as it is.
pub(super) fn of_region(region: &str) -> String {
    let name = name_of(region);
    if name == region || region == NO_REGION { name.to_owned() } else { format!("{name} ({region})") }
}

/// `33, 3 of them IDN`: the documents' lists have those in ASCII alone.
fn how_many(cctlds: &[Cctld]) -> String {
    let idn = cctlds.iter().filter(|cctld| Kind::of(&cctld.tld) == Kind::Idn).count();
    if idn == 0 { cctlds.len().to_string() } else { format!("{}, {idn} of them IDN", cctlds.len()) }
}

/// A row of the table of confirmations; no median where nobody confirmed anything.
pub(super) fn cells(ages: &Ages) -> [String; 5] {
    let counts = [ages.total(), ages.within_a_year, ages.older, ages.never].map(|count| count.to_string());
    let [contacts, within, before, never] = counts;
    [contacts, within, before, never, ages.median_days.map(|days| days.to_string()).unwrap_or_default()]
}

/// All, and by region.
fn invitations(outreach: &Outreach) -> Value {
    let counts = |progress: &Progress| {
        let counted = HEADS.into_iter().zip(progress.row());
        counted.map(|(head, count)| (head.to_lowercase(), json!(count))).collect::<serde_json::Map<_, _>>()
    };
    let by_region = outreach.by_region();
    let regions = by_region.iter().map(|(region, progress)| ((*region).to_owned(), json!(counts(progress))));
    json!({ "all": counts(&outreach.all()), "regions": regions.collect::<serde_json::Map<_, _>>() })
}

fn counts(share: Share) -> Value {
    json!({ "members": share.members, "missing": share.missing, "total": share.total() })
}

fn tlds<'a>(list: impl Iterator<Item = &'a Tld>) -> String {
    list.map(Tld::for_people).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::Report;
    use crate::domain::contact::Roster;
    use crate::domain::invited::Outreach;
    use crate::domain::regions::Regions;
    use crate::domain::statistics::{Movement, Statistics};

    #[test]
    fn every_form_has_the_same_numbers() {
        let regions = Regions::default();
        let statistics = Statistics::of(&Roster::default(), &regions, date(2026, 11, 20));
        let movement = Some(("2026-01-01".to_owned(), Movement::default()));
        let day = "2026-11-20".to_owned();
        let report = Report {
            day,
            statistics: &statistics,
            movement,
            freshness: None,
            growth: Vec::new(),
            regions: &regions,
            outreach: Outreach::default(),
        };
        let text = report.text();
        assert!(text.contains("\nTotal          0     0%      308   100%    308\n"), "{text}");
        assert!(text.contains("\n   .nl                          Netherlands\n"), "{text}");
        assert!(text.contains("\nJoined since 2026-01-01: 0.\n"), "{text}");
        assert!(
            text.contains("\nLAC            0               0             0\n"),
            "nothing of nothing: {text}"
        );
        assert!(report.markdown().contains("| Total | 0 | 0% | 308 | 100% | 308 |"));
        assert!(
            report.csv().contains("2026-11-20,All,Total,0,308,308,0,0,0,0,0,0,0\r\n"),
            "{}",
            report.csv()
        );
        assert_eq!(report.json()["all"]["missing"], 308);
    }

    #[test]
    fn what_is_counted_twice_is_said() {
        let regions = Regions::default().with("tc,AP+LAC").unwrap();
        let statistics = Statistics::of(&Roster::default(), &regions, date(2015, 6, 17));
        let day = "2015-06-17".to_owned();
        let report = Report {
            day,
            statistics: &statistics,
            movement: None,
            freshness: None,
            growth: Vec::new(),
            regions: &regions,
            outreach: Outreach::default(),
        };
        let says = "These tables count twice: .tc in AP and LAC. Each ccTLD once, there are 0 ASCII members, 247 missing, \
                    247 in all; 0 IDN members, 61 missing, 61 in all.";
        assert!(report.markdown().contains(says), "{}", report.markdown());
        assert!(report.text().contains("\nThese tables count twice: .tc in AP and LAC. "));
        assert_eq!(report.json()["counted_twice"][0]["tld"], "tc");
    }
}
