//! The tables of the membership, for people, for a report, for a spreadsheet.

use serde_json::{Value, json};

use crate::domain::cctlds::Cctld;
use crate::domain::statistics::{Kind, Movement, Share, Statistics};
use crate::domain::tld::Tld;
use crate::writing::repository::rows::table;

/// The membership on a day, and what came and went before it.
pub struct Report<'a> {
    /// The day, as in `2026-11-20`.
    pub day: String,
    /// The membership.
    pub statistics: &'a Statistics,
    /// Since which day what came and went.
    pub movement: Option<(String, Movement)>,
}

/// One row: what it is of, and the counts.
type Row = (String, Share);

impl Report<'_> {
    /// The tables with their headings: all, ASCII with its regions, IDN with its regions.
    fn tables(&self) -> Vec<(String, Vec<Row>)> {
        let mut tables = vec![("All".to_owned(), vec![("Total".to_owned(), self.statistics.all())])];
        for kind in Kind::ALL {
            let mut rows = vec![("Total".to_owned(), self.statistics.of_kind(kind))];
            rows.extend(self.statistics.regions(kind).map(|(region, share)| (region.to_owned(), *share)));
            tables.push((kind.to_string(), rows));
        }
        tables
    }

    fn title(&self) -> String {
        format!("TLD-OPS members on {}", self.day)
    }

    /// What does not stand in the tables, a sentence each.
    fn notes(&self) -> Vec<String> {
        let Statistics { people, alone, strangers, .. } = self.statistics;
        let mut notes = vec![format!("{people} persons; {alone} ccTLDs have a single contact.")];
        if !strangers.is_empty() {
            notes.push(format!(
                "Counted nowhere, since they are not in the root zone: {}.",
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
        }
        notes
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
                let (percent, rest) =
                    (format!("{}%", share.percent()), format!("{}%", share.percent_missing()));
                format!("{name:<8}{members:>8}{percent:>7}{missing:>9}{rest:>7}{:>7}", share.total())
            }));
        }
        lines.push(String::new());
        lines.extend(self.notes());
        for (region, cctlds) in self.statistics.missing() {
            lines.push(String::new());
            lines.push(format!("Missing, {region} ({}):", cctlds.len()));
            lines.extend(
                cctlds.iter().map(|cctld| format!("   {:<28} {}", cctld.tld.for_people(), cctld.country)),
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
                let (percent, rest) = (share.percent(), share.percent_missing());
                format!("| {name} | {members} | {percent}% | {missing} | {rest}% | {} |", share.total())
            }));
        }
        lines.push(String::new());
        lines.extend(self.notes().iter().map(|note| format!("- {note}")));
        for (region, cctlds) in self.statistics.missing() {
            lines.push(format!(
                "\n## Missing, {region} ({})\n\n| ccTLD | Country or territory |\n|---|---|",
                cctlds.len()
            ));
            let cell = |text: &str| text.replace('|', "\\|");
            lines.extend(
                cctlds
                    .iter()
                    .map(|cctld| format!("| {} | {} |", cctld.tld.for_people(), cell(&cctld.country))),
            );
        }
        lines.join("\n")
    }

    /// For a spreadsheet: a row a region.
    pub fn csv(&self) -> String {
        let mut rows = vec![["Day", "Labels", "Region", "Members", "Missing", "Total"].map(str::to_owned)];
        for (heading, counted) in self.tables() {
            rows.extend(counted.into_iter().map(|(name, share)| {
                let counts = [share.members, share.missing, share.total()].map(|count| count.to_string());
                let [members, missing, total] = counts;
                [self.day.clone(), heading.clone(), name, members, missing, total]
            }));
        }
        table(rows.iter().map(|row| row.iter().map(String::as_str)))
    }

    /// For a program: one object.
    pub fn json(&self) -> Value {
        let regions = |kind| {
            let shares = self.statistics.regions(kind);
            shares
                .map(|(region, share)| (region.to_owned(), counts(*share)))
                .collect::<serde_json::Map<_, _>>()
        };
        let missing = |cctlds: &[Cctld]| cctlds.iter().map(|cctld| cctld.tld.to_string()).collect::<Vec<_>>();
        let missing: serde_json::Map<_, _> = self
            .statistics
            .missing()
            .map(|(region, cctlds)| (region.to_owned(), json!(missing(cctlds))))
            .collect();
        let named = |list: &[Tld]| list.iter().map(ToString::to_string).collect::<Vec<_>>();
        let movement = self.movement.as_ref().map(|(since, movement)| {
            let Movement { joined, left, updated } = movement;
            json!({ "since": since, "joined": named(joined), "left": named(left), "updated": named(updated) })
        });
        let of_kind =
            |kind| json!({ "total": counts(self.statistics.of_kind(kind)), "regions": regions(kind) });
        json!({
            "day": self.day,
            "all": counts(self.statistics.all()),
            "ascii": of_kind(Kind::Ascii),
            "idn": of_kind(Kind::Idn),
            "people": self.statistics.people,
            "single_contact": self.statistics.alone,
            "movement": movement,
            "missing": missing,
        })
    }
}

fn counts(share: Share) -> Value {
    json!({ "members": share.members, "missing": share.missing, "total": share.total() })
}

fn tlds<'a>(list: impl Iterator<Item = &'a Tld>) -> String {
    list.map(Tld::for_people).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::Report;
    use crate::domain::cctlds::KnownTlds;
    use crate::domain::contact::Roster;
    use crate::domain::statistics::{Movement, Statistics};

    #[test]
    fn every_form_has_the_same_numbers() {
        let statistics = Statistics::of(&Roster::default(), &KnownTlds::built_in());
        let movement = Some(("2026-01-01".to_owned(), Movement::default()));
        let report = Report { day: "2026-11-20".to_owned(), statistics: &statistics, movement };
        let text = report.text();
        assert!(text.contains("\nTotal          0     0%      308   100%    308\n"), "{text}");
        assert!(text.contains("\n   .nl                          Netherlands\n"), "{text}");
        assert!(text.contains("\nJoined since 2026-01-01: 0.\n"), "{text}");
        assert!(report.markdown().contains("| Total | 0 | 0% | 308 | 100% | 308 |"));
        assert!(report.csv().contains("2026-11-20,All,Total,0,308,308\r\n"), "{}", report.csv());
        assert_eq!(report.json()["all"]["missing"], 308);
    }
}
