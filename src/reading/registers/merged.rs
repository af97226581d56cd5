//! Cells of an ODS that reach over others (ODF 1.2 part 1 §19.678), which its reader does not tell of: where they begin and end.

use calamine::Dimensions;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// Digits of a number that is read: a sheet has a million rows.
const DIGITS_MAX: usize = 7;

/// The cells of each sheet that reach over rows beneath them, the sheets in their order; up to where the XML is whole.
pub(super) fn of_ods(content: &str) -> Vec<Vec<Dimensions>> {
    let mut reader = Reader::from_str(content);
    let mut sheets: Vec<Vec<Dimensions>> = Vec::new();
    let (mut row, mut column, mut rows) = (0_u32, 0_u32, 1);
    while let Ok(event) = reader.read_event() {
        if let Event::End(tag) = &event
            && tag.name().as_ref() == ROW
        {
            row = row.saturating_add(rows);
        }
        if matches!(event, Event::Eof) {
            break;
        }
        // Texts, comments and declarations are no cells.
        let (Event::Start(tag) | Event::Empty(tag)) = &event else { continue };
        match tag.name().as_ref() {
            TABLE => {
                sheets.push(Vec::new());
                row = 0;
            }
            ROW => {
                column = 0;
                rows = number(tag, "table:number-rows-repeated");
                if matches!(event, Event::Empty(_)) {
                    row = row.saturating_add(rows);
                }
            }
            CELL | COVERED => {
                let below = number(tag, "table:number-rows-spanned") - 1;
                if let (true, Some(sheet)) = (below > 0, sheets.last_mut()) {
                    let end = (row.saturating_add(below), column);
                    sheet.push(Dimensions { start: (row, column), end });
                }
                column = column.saturating_add(number(tag, "table:number-columns-repeated"));
            }
            _ => {}
        }
    }
    sheets
}

/// An attribute that counts; 1 where it is not there or is no number.
fn number(tag: &BytesStart<'_>, name: &str) -> u32 {
    let found = tag.try_get_attribute(name).ok().flatten();
    let text = found.map(|one| one.value.into_owned()).unwrap_or_default();
    let read = if text.len() <= DIGITS_MAX { text.parse().ok() } else { None };
    read.filter(|count| *count > 0).unwrap_or(1)
}

const TABLE: &str = "table:table";
const ROW: &str = "table:table-row";
const CELL: &str = "table:table-cell";
const COVERED: &str = "table:covered-table-cell";

#[cfg(test)]
mod tests {
    use super::of_ods;

    #[test]
    fn a_cell_that_reaches_down_is_found_where_it_stands_behind_all_that_is_repeated() {
        let content = r#"<office:spreadsheet><table:table table:name="A"><table:table-row table:number-rows-repeated="3"><table:table-cell/></table:table-row><table:table-row/>
            <table:table-row><table:table-cell table:number-columns-repeated="2"/><table:table-cell table:number-rows-spanned="2"><text:p>.nl</text:p></table:table-cell></table:table-row>
            </table:table><table:table table:name="B"><table:table-row><table:table-cell table:number-columns-spanned="2"/><table:covered-table-cell/>
            <table:table-cell table:number-rows-spanned="4"/></table:table-row></table:table></office:spreadsheet>"#;
        let found = of_ods(content);
        let spans: Vec<Vec<_>> =
            found.iter().map(|sheet| sheet.iter().map(|one| (one.start, one.end)).collect()).collect();
        assert_eq!(spans, [vec![((4, 2), (5, 2))], vec![((0, 2), (3, 2))]]);
    }

    #[test]
    fn what_lies_about_its_numbers_reaches_nowhere() {
        for value in ["0", "-2", "99999999999", "two", ""] {
            let cell = format!(r#"<table:table-cell table:number-rows-spanned="{value}"/>"#);
            let content = format!("<table:table><table:table-row>{cell}</table:table-row></table:table>");
            assert_eq!(of_ods(&content), [vec![]], "{value}");
        }
        assert_eq!(of_ods("<table:table"), Vec::<Vec<calamine::Dimensions>>::new());
    }
}
