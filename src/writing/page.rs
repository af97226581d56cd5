//! The public page: which ccTLDs are members and which are not, as HTML in each language of ours, as JSON and as rows.
//!
//! It names no person. It loads nothing from anywhere and runs nothing, and its own policy forbids both.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use minijinja::Environment;
use minijinja::value::Serde;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use thiserror::Error;

use crate::domain::cctlds::Cctld;
use crate::domain::growth::yearly;
use crate::domain::regions::Assignment;
use crate::domain::statistics::{Kind, Share};
use crate::domain::tongue::ENGLISH;
use crate::writing::captions::Captions;
use crate::writing::charts::{self, STYLE};
use crate::writing::countries::in_english;
use crate::writing::repository::rows::table;
use crate::writing::statistics::Report;
use crate::writing::texts::{PAGE, PAGE_STYLE};

/// The list for programs.
pub const MEMBERS_JSON: &str = "members.json";
/// The list for spreadsheets.
const MEMBERS_CSV: &str = "members.csv";
/// The charts, as files of their own.
const CHARTS: [&str; 3] = ["map.svg", "coverage.svg", "growth.svg"];

/// A file of the page.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PageFile {
    /// Its name within the page's folder.
    pub name: String,
    /// Its octets.
    pub octets: Vec<u8>,
}

impl PageFile {
    fn new(name: impl Into<String>, text: String) -> Self {
        Self { name: name.into(), octets: text.into_bytes() }
    }
}

/// Why there is no page.
#[derive(Debug, Error)]
#[error("the public page cannot be written: {0}")]
pub struct PageError(#[from] minijinja::Error);

/// All files of the page, those that show the others last. `links` are lines such as where to read how to join.
///
/// # Errors
/// Where the page's template is broken.
pub fn files(report: &Report<'_>, links: &[String]) -> Result<Vec<PageFile>, PageError> {
    let english = Captions::english();
    let [map, coverage, growth] = CHARTS;
    let mut files = vec![
        PageFile::new(MEMBERS_JSON, format!("{:#}\n", members_json(report))),
        PageFile::new(MEMBERS_CSV, members_csv(report)),
        PageFile::new(map, charts::map(report.statistics, &english).file()),
        PageFile::new(coverage, charts::coverage(report.statistics, &english).file()),
        PageFile::new(growth, charts::growth(&report.growth, &english).file()),
    ];
    let mut environment = Environment::new();
    environment.set_undefined_behavior(minijinja::UndefinedBehavior::Strict);
    environment.add_template("page.html", PAGE)?;
    let template = environment.get_template("page.html")?;
    let all = Captions::all();
    // The English page last: whoever finds it finds all others.
    for captions in all.iter().rev() {
        let html = template.render(Serde(values(report, captions, &all, links)))?;
        files.push(PageFile::new(file_of(captions), html + "\n"));
    }
    Ok(files)
}

/// The page's name in a language; that in English is what a web server shows for its folder.
fn file_of(captions: &Captions) -> String {
    match captions.language {
        ENGLISH => "index.html".to_owned(),
        language => format!("index.{language}.html"),
    }
}

/// All that the template shows.
fn values(report: &Report<'_>, captions: &Captions, all: &[Captions], links: &[String]) -> Value {
    let style = format!("\n{PAGE_STYLE}{STYLE}");
    let digest = STANDARD.encode(Sha256::digest(style.as_bytes()));
    let policy =
        format!("default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'");
    let share = report.statistics.all();
    let [members, total, percent] =
        [share.members, share.total(), share.percent()].map(|count| count.to_string());
    let lead = [("members", members.as_str()), ("total", &total), ("percent", &percent)];
    let languages: Vec<Value> = all
        .iter()
        .map(|other| json!({ "language": other.language, "name": other.word("language"), "file": file_of(other) }))
        .collect();
    let words: serde_json::Map<String, Value> =
        captions.plain().map(|(key, text)| (key.to_owned(), json!(text))).collect();
    let statistics = report.statistics;
    json!({
        "language": captions.language,
        "direction": captions.direction(),
        "policy": policy,
        "style": style,
        "languages": languages,
        "t": words,
        "day": report.day,
        "lead": captions.filled("lead", &lead),
        "charts": {
            "map": charts::map(statistics, captions).inline(),
            "coverage": charts::coverage(statistics, captions).inline(),
            "growth": charts::growth(&report.growth, captions).inline(),
        },
        "tables": tables(report, captions),
        "twice": twice(report, captions),
        "regions": regions_told(report, captions),
        "growth": growth_told(report, captions),
        "years": yearly(&report.growth).iter().map(|year| {
            json!({ "day": year.day, "all": year.all(), "ascii": year.ascii, "idn": year.idn })
        }).collect::<Vec<_>>(),
        "links": links.iter().map(|line| link(line)).collect::<Vec<_>>(),
        "lists": [
            list(("members", "yes"), "members-by-region", statistics.members().collect(), captions),
            list(("missing", "no"), "missing-by-region", statistics.missing().collect(), captions),
        ],
        "files": [MEMBERS_JSON, MEMBERS_CSV, CHARTS[0], CHARTS[1], CHARTS[2]],
    })
}

/// The tables of the slides: all, ASCII with its regions, IDN with its regions.
fn tables(report: &Report<'_>, captions: &Captions) -> Vec<Value> {
    let row = |name: &str, share: Share| {
        let [percent, rest] = share.percents();
        json!({
            "name": name, "members": share.members, "percent": percent, "missing": share.missing, "rest": rest,
            "total": share.total(),
        })
    };
    let total = captions.word("total");
    let statistics = report.statistics;
    let mut tables = vec![json!({ "caption": captions.word("all"), "rows": [row(total, statistics.all())] })];
    for (kind, key) in [(Kind::Ascii, "ascii"), (Kind::Idn, "idn")] {
        let mut rows = vec![row(total, statistics.of_kind(kind))];
        rows.extend(statistics.regions(kind).map(|(region, share)| row(&captions.region(region), share)));
        tables.push(json!({ "caption": captions.word(key), "rows": rows }));
    }
    tables
}

fn twice(report: &Report<'_>, captions: &Captions) -> Option<String> {
    let twice = &report.statistics.twice;
    let named: Vec<String> =
        twice.iter().map(|(tld, regions)| format!(".{} ({})", tld.unicode(), regions.join(", "))).collect();
    (!named.is_empty()).then(|| captions.filled("twice", &[("tlds", &named.join(" "))]))
}

fn growth_told(report: &Report<'_>, captions: &Captions) -> Option<String> {
    let (first, last) = (report.growth.first()?, report.growth.last()?);
    let [before, after] = [first.all(), last.all()].map(|count| count.to_string());
    let [from, until] = [first.day, last.day].map(|day| day.to_string());
    let values = [("first", before.as_str()), ("last", &after), ("from", &from), ("until", &until)];
    Some(captions.filled("growth-about", &values))
}

/// By which list ccTLDs have their regions.
fn regions_told(report: &Report<'_>, captions: &Captions) -> String {
    let base = match report.regions.base() {
        Assignment::Icann => captions.word("regions-icann"),
        Assignment::TldOps => captions.word("regions-tld-ops"),
    };
    match report.regions.own() {
        0 => base.to_owned(),
        own => format!("{base} {}", captions.filled("regions-own", &[("count", &own.to_string())])),
    }
}

/// A line of the operator's, with the address at its end as a link.
fn link(line: &str) -> Value {
    let href = line.split_whitespace().next_back().filter(|word| word.starts_with("https://"));
    let text = href.map_or(line, |href| line.trim_end().trim_end_matches(href).trim_end());
    json!({ "text": text, "href": href })
}

/// A list of ccTLDs by region. Each of them is marked with whether it is a member, so that a program that reads the page
/// (`reading::registers::page`, in a comparison of the registers) need not know in which list it stands.
fn list(
    (id, member): (&str, &str),
    heading: &str,
    regions: Vec<(&str, &[Cctld])>,
    captions: &Captions,
) -> Value {
    let regions: Vec<Value> = regions
        .into_iter()
        .map(|(region, cctlds)| {
            let cctlds: Vec<Value> = cctlds
                .iter()
                .map(|cctld| {
                    let a_label = (cctld.tld.as_str() != cctld.unicode).then(|| cctld.tld.to_string());
                    json!({
                        "tld": cctld.tld,
                        "label": format!(".{}", cctld.unicode),
                        "a_label": a_label,
                        "country": captions.country(cctld),
                    })
                })
                .collect();
            json!({ "name": captions.region(region), "cctlds": cctlds })
        })
        .collect();
    json!({ "id": id, "member": member, "heading": captions.word(heading), "regions": regions })
}

/// Each ccTLD with its regions and whether it is a member, by label.
fn each<'a>(report: &Report<'a>) -> Vec<(&'a Cctld, Vec<&'a str>, &'static str)> {
    let mut each: Vec<(&Cctld, Vec<&str>, &str)> = Vec::new();
    let members = report.statistics.members().map(|list| (list, "yes"));
    let missing = report.statistics.missing().map(|list| (list, "no"));
    for ((region, cctlds), member) in members.chain(missing) {
        for cctld in cctlds {
            match each.iter_mut().find(|(known, _, _)| known.tld == cctld.tld) {
                Some((_, regions, _)) => regions.push(region),
                None => each.push((cctld, vec![region], member)),
            }
        }
    }
    each.sort_by_key(|(cctld, _, _)| &cctld.tld);
    each
}

/// The list for programs: counts and names of ccTLDs, and no person.
fn members_json(report: &Report<'_>) -> Value {
    let of = |wanted: &str| {
        let of: Vec<Value> = each(report)
            .into_iter()
            .filter(|(_, _, member)| *member == wanted)
            .map(|(cctld, regions, _)| {
                json!({ "tld": cctld.tld, "label": cctld.unicode, "country": in_english(cctld), "regions": regions })
            })
            .collect();
        of
    };
    let growth: Vec<Value> = report
        .growth
        .iter()
        .map(|point| json!({ "day": point.day, "ascii": point.ascii, "idn": point.idn }))
        .collect();
    json!({
        "day": report.day,
        "regions_by": report.regions.to_string(),
        "counts": report.counts(),
        "members": of("yes"),
        "missing": of("no"),
        "growth": growth,
    })
}

/// The list for spreadsheets.
fn members_csv(report: &Report<'_>) -> String {
    let headings = ["ccTLD", "A-label", "Country or territory", "Region", "Member"].map(str::to_owned);
    let rows = each(report).into_iter().map(|(cctld, regions, member)| {
        [
            format!(".{}", cctld.unicode),
            cctld.tld.to_string(),
            in_english(cctld),
            regions.join("+"),
            member.to_owned(),
        ]
    });
    table(std::iter::once(headings).chain(rows))
}
