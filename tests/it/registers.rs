//! Registers: what leaves in any form comes in as it was, and files that mean harm cost nothing but a word.

use std::io::{Cursor, Write as _};

use proptest::prelude::*;
use tldops::domain::contact::{Contact, Phone, Rank, Roster, RosterLine};
use tldops::domain::import::{ImportPlan, Standing};
use tldops::domain::repository::{Repository, line_of};
use tldops::writing::import_plan;
use tldops::writing::repository::{cards, rows};
use zip::write::SimpleFileOptions;

use crate::importing::{planned, read};

/// A workbook of one sheet with these rows of XML, and what stands behind its cells.
fn workbook(rows: &str, behind: &str, state: &str) -> Vec<u8> {
    const PARTS: [(&str, &str); 3] = [
        (
            "[Content_Types].xml",
            r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>"#,
        ),
        (
            "_rels/.rels",
            r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
        ),
        (
            "xl/_rels/workbook.xml.rels",
            r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#,
        ),
    ];
    let book = format!(
        r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Europe" sheetId="1" r:id="r1"{state}/></sheets></workbook>"#
    );
    let sheet = format!(
        r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData>{behind}</worksheet>"#
    );
    let mut parts: Vec<(&str, &[u8])> = PARTS.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    parts.push(("xl/workbook.xml", book.as_bytes()));
    parts.push(("xl/worksheets/sheet1.xml", sheet.as_bytes()));
    zipped(&parts)
}

fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, octets) in parts {
        archive.start_file(*name, SimpleFileOptions::default()).unwrap();
        archive.write_all(octets).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// A row: a number alone is a number to the spreadsheet, what begins with `=` a formula with its value.
fn row(number: usize, cells: &[&str]) -> String {
    let cell = |(column, text): (char, &&str)| {
        let at = format!("{column}{number}");
        if let Some(value) = text.strip_prefix('=') {
            format!(r#"<c r="{at}" t="str"><f>A1</f><v>{value}</v></c>"#)
        } else if text.parse::<f64>().is_ok() {
            format!(r#"<c r="{at}"><v>{text}</v></c>"#)
        } else {
            format!(r#"<c r="{at}" t="inlineStr"><is><t>{text}</t></is></c>"#)
        }
    };
    let cells: String = ('A'..='Z').zip(cells).filter(|(_, text)| !text.is_empty()).map(cell).collect();
    format!(r#"<row r="{number}">{cells}</row>"#)
}

/// How each line of a workbook stands, with its points.
fn told(octets: &[u8]) -> Vec<String> {
    let found = read("book.xlsx", octets).unwrap();
    let plan = planned(&[found], &Roster::default());
    let line = |item: &tldops::domain::import::Item| {
        let points: Vec<&str> = item.points.iter().map(|point| point.why.as_str()).collect();
        let tld = item.tld.as_ref().map(ToString::to_string).unwrap_or_default();
        format!("{} {tld} {}: {}", item.person.at, item.standing.word(), points.join("; "))
    };
    plan.items.iter().map(line).collect()
}

const HEAD: [&str; 5] = ["ccTLD", "#", "Name", "E-mail", "Phone"];

#[test]
fn a_workbook_is_read_with_all_that_a_spreadsheet_does_to_its_cells() {
    let rows = [
        row(1, &["TLD-OPS, as of June"]),
        row(2, &HEAD),
        row(3, &[".nl", "1", "Joost Terpstra", "joost@tulpnic.example", "+31 6 22479105"]),
        row(4, &["", "2", "Marieke de Wit", "marieke@tulpnic.example", "31202247910"]),
        row(5, &[".fr", "1", "=Zoé Martin", "zoe.martin@nic-fr.example", "+33 139300000"]),
        row(7, &[".be", "1.0", "Luc Peeters", "luc@dnsbelgium.example", "3.1612E+10"]),
    ]
    .concat();
    let merged = r#"<mergeCells count="1"><mergeCell ref="A3:A4"/></mergeCells>"#;
    let want = [
        "book.xlsx, sheet Europe, row 3 nl taken: ",
        "book.xlsx, sheet Europe, row 4 nl unsure: 31202247910 is a number to the spreadsheet, which drops a plus sign and \
         zeros before it",
        "book.xlsx, sheet Europe, row 5 fr unsure: `Zoé Martin` is what a formula came to",
        "book.xlsx, sheet Europe, row 7 be unsure: 31612000000 is a number to the spreadsheet, which drops a plus sign and \
         zeros before it; `31612000000` is no number that could be dialled there",
    ];
    let told_now = told(&workbook(&rows, merged, ""));
    assert_eq!(told_now[..3], want[..3]);
    assert!(told_now[3].starts_with("book.xlsx, sheet Europe, row 7 be "), "{told_now:?}");
    assert!(told_now[3].contains("is a number to the spreadsheet"), "{told_now:?}");
    let hidden = told(&workbook(&rows, merged, r#" state="hidden""#));
    assert!(
        hidden.iter().all(|line| line.contains("the sheet is hidden") && line.contains("unsure")
            || line.contains("refused")),
        "{hidden:?}"
    );
}

/// As a spreadsheet shows several contacts beneath one ccTLD.
#[test]
fn a_cell_that_reaches_over_rows_says_the_same_for_each_of_them_in_both_workbooks() {
    let line = |cells: [&str; 5], over: usize| -> Vec<(String, usize)> {
        cells
            .iter()
            .enumerate()
            .map(|(at, cell)| ((*cell).to_owned(), if at == 0 { over } else { 1 }))
            .collect()
    };
    let rows = [
        line(["ccTLD", "#", "Name", "E-mail", "Phone"], 1),
        line([".nl", "1", "Joost Terpstra", "joost@tulpnic.example", "+31 6 22479105"], 2),
        line(["", "2", "Marieke de Wit", "marieke@tulpnic.example", "+31 20 2247910"], 1),
        line([".fr", "1", "Zoé Martin", "zoe.martin@nic-fr.example", "+33 139300000"], 1),
    ];
    let want = ["nl taken: ", "nl taken: ", "fr taken: "];
    let plain = |told: Vec<String>| -> Vec<String> {
        told.iter().map(|line| line.split_whitespace().skip(5).collect::<Vec<_>>().join(" ") + " ").collect()
    };
    assert_eq!(plain(told(&ods(&rows))), want);
    let rows: String = (1..)
        .zip(&rows)
        .map(|(number, cells)| row(number, &cells.iter().map(|(text, _)| text.as_str()).collect::<Vec<_>>()))
        .collect();
    let merged = r#"<mergeCells count="1"><mergeCell ref="A2:A3"/></mergeCells>"#;
    assert_eq!(plain(told(&workbook(&rows, merged, ""))), want);
}

#[test]
fn a_column_called_place_is_that_of_the_cctlds_where_such_stand_in_it() {
    let table = |place: &str| {
        let text =
            format!("Name,E-mail,Phone,Place\nJoost Terpstra,joost@tulpnic.example,+31 6 22479105,{place}\n");
        let plan = planned(&[read("theirs.csv", text.as_bytes()).unwrap()], &Roster::default());
        plan.items
            .iter()
            .map(|item| (item.tld.as_ref().map(ToString::to_string), item.rank))
            .collect::<Vec<_>>()
    };
    let (one, two) = (Rank::PRIMARY, Rank::try_from(2).unwrap());
    assert_eq!(table(".nl"), [(Some("nl".to_owned()), Some(one))]);
    assert_eq!(table("nl"), [(Some("nl".to_owned()), Some(one))]);
    // Where a column of ccTLDs stands beside it, it is the rank.
    let text = "ccTLD,Place,Name,E-mail,Phone\n.nl,2,Joost Terpstra,joost@tulpnic.example,+31 6 22479105\n";
    let plan = planned(&[read("theirs.csv", text.as_bytes()).unwrap()], &Roster::default());
    assert_eq!(plan.items[0].rank, Some(two));
}

#[test]
fn persons_side_by_side_are_persons_each() {
    let head = [
        "ccTLD",
        "Primary contact name",
        "Primary contact email",
        "Primary contact phone",
        "Secondary contact name",
        "Secondary contact email",
        "Secondary contact phone",
    ];
    let rows = [
        row(1, &head),
        row(
            2,
            &[
                ".nl",
                "Joost Terpstra",
                "joost@tulpnic.example",
                "+31 6 22479105",
                "Marieke de Wit",
                "marieke@tulpnic.example",
                "+31 20 2247910",
            ],
        ),
    ]
    .concat();
    let found = read("book.xlsx", &workbook(&rows, "", "")).unwrap();
    let names: Vec<_> =
        found.people.iter().map(|one| (one.name.clone().unwrap(), one.places().to_vec())).collect();
    let nl = |rank: u8| vec![("nl".parse().unwrap(), Some(Rank::try_from(rank).unwrap()))];
    assert_eq!(names, [("Joost Terpstra".to_owned(), nl(1)), ("Marieke de Wit".to_owned(), nl(2))]);
}

#[test]
fn files_that_mean_harm_cost_a_word() {
    let check = |octets: &[u8], want: &str| {
        let said = read("file", octets).unwrap_err();
        assert!(said.contains(want), "{said}");
    };
    let bomb = vec![b' '; 30 * 1024 * 1024];
    check(&zipped(&[("xl/workbook.xml", &bomb)]), "once it is unpacked");
    check(&zipped(&[("a.txt", b"a")]), "no workbook");
    check(b"PK\x03\x04", "not whole as a workbook");
    check(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1], "before 2007");
    check(&vec![b'a'; 11 * 1024 * 1024], "octets, and");
    check("{\"a\": [".as_bytes(), "is not JSON");
    let repeats = r#"<table:table><table:table-row table:number-rows-repeated="1000000"><table:table-cell office:value-type="string"><text:p>a</text:p></table:table-cell></table:table-row></table:table>"#;
    check(&zipped(&[("content.xml", repeats.as_bytes())]), "more often than any register");
    let mut cut = workbook(&row(1, &HEAD), "", "");
    cut.truncate(cut.len() / 2);
    check(&cut, "not whole as a workbook");
    // A cell at the far end of the sheet is no million cells.
    let far = format!("{}{}", row(1, &HEAD), r#"<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>"#);
    assert_eq!(told(&workbook(&far, "", "")), Vec::<String>::new());
    // Octets that are no letters stay out, or show that they are none.
    let nul =
        read("nul.csv", b"ccTLD,Name,E-mail,Phone\n.nl,Jo\0st,joost@tulpnic.example,+31622479105\n").unwrap();
    assert_eq!(nul.people[0].name.as_deref(), Some("Jo st"));
    let old =
        read("old.csv", b"ccTLD;Name;E-mail;Phone\n.fr;Zo\xe9 Martin;zoe@nic-fr.example;+33139300000\n")
            .unwrap();
    assert_eq!(old.people[0].name.as_deref(), Some("Zoé Martin"));
    assert!(old.people[0].points[0].why.contains("windows-1252"), "{:?}", old.people[0].points);
    let wide: Vec<u8> = "ccTLD\tName\tE-mail\n.fr\tZoé Martin\tzoe@nic-fr.example\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let wide = read("wide.txt", &wide).unwrap();
    assert_eq!((wide.people[0].name.as_deref(), wide.people[0].points.len()), (Some("Zoé Martin"), 0));
}

/// Names with all that a cell, a card or a line could stumble over.
fn a_name(line: &'static str) -> impl Strategy<Value = String> {
    proptest::string::string_regex(line).unwrap()
}

/// Contacts of some ccTLDs whose names are so.
pub(crate) fn a_roster(name: &'static str) -> impl Strategy<Value = Roster> {
    let tlds = prop::sample::select(vec!["nl", "be", "xn--p1ai", "xn--mgbayh7gpa", "zw"]);
    let contact =
        (a_name(name), "[a-z]{1,60}", prop::option::of("[a-z]{1,60}"), prop::option::of("316[1-9]{8}"));
    prop::collection::vec((tlds, prop::collection::vec(contact, 1..4)), 1..6).prop_map(|entries| {
        let mut roster = Roster::default();
        for (tld, contacts) in entries {
            let made =
                contacts.into_iter().zip(Rank::all()).map(|((name, email, second, phone), rank)| Contact {
                    rank,
                    name: name.parse().unwrap(),
                    email: format!("{email}@{email}.example").parse().unwrap(),
                    secondary_email: second.map(|second| format!("{second}@home.example").parse().unwrap()),
                    phone: phone.map(|digits| Phone::try_from(format!("+{digits}")).unwrap()),
                });
            roster.set(tld.parse().unwrap(), made.collect());
        }
        roster
    })
}

/// The cells of the table that we write.
fn cells(roster: &Roster) -> Vec<Vec<String>> {
    let text = rows::write(&Repository { roster: roster.clone(), ..Repository::default() });
    let text = text.strip_prefix(rows::BYTE_ORDER_MARK).unwrap().to_owned();
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// The same as a spreadsheet saves it: XLSX as another library writes it.
fn as_xlsx(roster: &Roster) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (row, cells) in (0..).zip(cells(roster)) {
        for (column, cell) in (0..).zip(cells) {
            sheet.write_string(row, column, cell).unwrap();
        }
    }
    book.save_to_buffer().unwrap()
}

/// And ODS (ODF 1.2 part 1 §9.1), with empty cells left out and the end of the sheet filled as a spreadsheet fills it.
fn as_ods(roster: &Roster) -> Vec<u8> {
    let cells: Vec<Vec<(String, usize)>> =
        cells(roster).into_iter().map(|row| row.into_iter().map(|cell| (cell, 1)).collect()).collect();
    ods(&cells)
}

/// An ODS with these cells, each with the number of rows that it reaches over.
fn ods(rows: &[Vec<(String, usize)>]) -> Vec<u8> {
    let cell = |(text, over): &(String, usize)| {
        let reach = if *over > 1 {
            format!(r#" table:number-rows-spanned="{over}" table:number-columns-spanned="1""#)
        } else {
            String::new()
        };
        let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        match text.as_str() {
            "" => "<table:table-cell/>".to_owned(),
            text => format!(
                r#"<table:table-cell office:value-type="string"{reach}><text:p>{text}</text:p></table:table-cell>"#
            ),
        }
    };
    let row = |row: &Vec<(String, usize)>| {
        let cells: Vec<String> = row.iter().map(cell).collect();
        format!("<table:table-row>{}</table:table-row>", cells.concat())
    };
    let rows = rows.iter().map(row).collect::<Vec<String>>().concat();
    let content = format!(
        r#"<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" office:version="1.2"><office:body><office:spreadsheet><table:table table:name="All">{rows}<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"#
    );
    let kind = "application/vnd.oasis.opendocument.spreadsheet";
    let manifest =
        r#"<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>"#;
    zipped(&[
        ("mimetype", kind.as_bytes()),
        ("META-INF/manifest.xml", manifest.as_bytes()),
        ("content.xml", content.as_bytes()),
    ])
}

/// What a file lists, as a roster.
fn listed(name: &str, octets: &[u8]) -> Roster {
    let found = read(name, octets).unwrap();
    let lines = found.people.into_iter().flat_map(|person| {
        let places = person.places().to_vec();
        places.into_iter().map(move |(tld, rank)| RosterLine {
            tld,
            rank: rank.unwrap(),
            name: person.name.clone().unwrap().parse().unwrap(),
            email: person.email.clone().unwrap(),
            secondary_email: person.second.clone(),
            phone: person.phone.clone(),
        })
    });
    lines.collect()
}

pub(crate) const HOSTILE: &str = "[=+@\"',;:<>\\\\ a-zéßЖ王كא-]{0,60}[a-zЖ王ك]";
const PLAIN: &str = "[A-Z][a-zéß]{1,9} [A-Z][a-zéß]{1,9}";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_leaves_as_a_table_comes_in_as_it_was(roster in a_roster(HOSTILE)) {
        let repository = Repository { roster: roster.clone(), ..Repository::default() };
        prop_assert_eq!(listed("a.csv", rows::write(&repository).as_bytes()), roster);
    }

    /// The secretariat opens the table, saves it as a workbook, and gives that back.
    #[test]
    fn what_was_saved_as_a_workbook_comes_in_as_it_was(roster in a_roster(HOSTILE)) {
        prop_assert_eq!(listed("a.xlsx", &as_xlsx(&roster)), roster.clone());
        prop_assert_eq!(listed("a.ods", &as_ods(&roster)), roster);
    }

    #[test]
    fn what_leaves_as_objects_comes_in_as_it_was(roster in a_roster(HOSTILE)) {
        let repository = Repository { roster: roster.clone(), ..Repository::default() };
        let lines: Vec<String> = repository.contacts()
            .map(|(tld, contact)| serde_json::to_string(&RosterLine::from((tld.clone(), contact.clone()))).unwrap())
            .collect();
        prop_assert_eq!(listed("a.jsonl", lines.join("\n").as_bytes()), roster);
    }

    #[test]
    fn what_leaves_as_cards_comes_in_as_it_was(roster in a_roster(HOSTILE)) {
        let repository = Repository { roster: roster.clone(), ..Repository::default() };
        prop_assert_eq!(listed("a.vcf", cards::write(&repository).as_bytes()), roster);
    }

    #[test]
    fn what_leaves_as_lines_comes_in_as_it_was(roster in a_roster(PLAIN)) {
        let repository = Repository { roster: roster.clone(), ..Repository::default() };
        let lines: Vec<String> = repository.contacts().map(|(tld, contact)| line_of(tld, contact)).collect();
        prop_assert_eq!(listed("a.txt", lines.join("\n").as_bytes()), roster);
    }

    #[test]
    fn no_octets_bring_a_reader_down(octets in prop::collection::vec(any::<u8>(), 0..400), head in 0_usize..4) {
        let heads: [&[u8]; 4] = [b"", b"ccTLD;Name;E-mail\n", b"{\"entries\":[", b"BEGIN:VCARD\n"];
        drop(read("any", &[heads[head], &octets].concat()));
    }

    /// A plan that passes through its own table says the same, and takes nobody whom it did not take.
    #[test]
    fn a_plan_given_back_as_it_is_takes_nobody_more(roster in a_roster(HOSTILE)) {
        let repository = Repository { roster, ..Repository::default() };
        let lines: Vec<String> = repository.contacts().map(|(tld, contact)| line_of(tld, contact)).collect();
        let plan = planned(&[read("a.txt", lines.join("\n").as_bytes()).unwrap()], &Roster::default());
        let again = planned(&[read("plan.csv", import_plan::rows(&plan).as_bytes()).unwrap()], &Roster::default());
        let taken = |plan: &ImportPlan| -> Vec<String> {
            plan.of(Standing::Taken).map(|item| format!("{:?} {:?} {}", item.tld, item.rank, item.person.called())).collect()
        };
        let before = taken(&plan);
        for one in taken(&again) {
            prop_assert!(before.contains(&one), "{} was not taken before: {:?}", one, before);
        }
    }
}
