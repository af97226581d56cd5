//! The tables of the membership as a workbook (ISO/IEC 29500), with a sheet a table, for the secretariat's own spreadsheet.

use jiff::civil::Date;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError};

use crate::domain::cctlds::Cctld;
use crate::domain::invited::HEADS;
use crate::writing::countries::in_english;
use crate::writing::statistics::{CONFIRMED, Report, TOTAL, of_region};

/// Columns of a table of counts.
const COUNTS: [&str; 6] = ["Region", "Members", "%", "Missing", "%", "Total"];
/// Width of a column of names, and of one of numbers, in characters.
const NAMES_WIDE: f64 = 34.0;
const NUMBERS_WIDE: f64 = 11.0;

/// The octets of the workbook. The same report gives the same octets: its date is the report's day, and not of now.
///
/// # Errors
/// Where the workbook cannot be made; its text says why.
pub fn write(report: &Report<'_>, day: Date) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let [year, month, date] = [i32::from(day.year()), day.month().into(), day.day().into()];
    let made = ExcelDateTime::from_ymd(
        u16::try_from(year).unwrap_or_default(),
        u8::try_from(month).unwrap_or_default(),
        u8::try_from(date).unwrap_or_default(),
    )?;
    book.set_properties(&DocProperties::new().set_title(report.title()).set_creation_datetime(&made));
    counts(book.add_worksheet(), report)?;
    let members: Vec<_> = report.statistics.members().collect();
    let missing: Vec<_> = report.statistics.missing().collect();
    cctlds(book.add_worksheet().set_name("Members")?, &members)?;
    cctlds(book.add_worksheet().set_name("Missing")?, &missing)?;
    growth(book.add_worksheet().set_name("Growth")?, report)?;
    invitations(book.add_worksheet().set_name("Invitations")?, report)?;
    moved(book.add_worksheet().set_name("Notes")?, report)?;
    book.save_to_buffer()
}

fn heading() -> Format {
    Format::new().set_bold().set_text_wrap()
}

/// The tables of the slides, one below the other, with per cent as formulas do not need to be trusted: they are values.
fn counts(sheet: &mut Worksheet, report: &Report<'_>) -> Result<(), XlsxError> {
    sheet.set_name("Membership")?.set_column_width(0, NAMES_WIDE)?;
    for column in 1..=5 {
        sheet.set_column_width(column, NUMBERS_WIDE)?;
    }
    sheet.write_with_format(0, 0, report.title(), &heading())?;
    let right = heading().set_align(FormatAlign::Right);
    let mut row = 2;
    for (name, rows) in report.tables() {
        sheet.write_with_format(row, 0, name, &heading())?;
        for (column, title) in (1..).zip(COUNTS.iter().skip(1)) {
            sheet.write_with_format(row, column, *title, &right)?;
        }
        row += 1;
        for (region, share) in rows {
            sheet.write(row, 0, region)?;
            let [percent, rest] = share.percents();
            sheet.write(row, 1, number(share.members))?;
            percentage(sheet, (row, 2), &percent)?;
            sheet.write(row, 3, number(share.missing))?;
            percentage(sheet, (row, 4), &rest)?;
            sheet.write(row, 5, number(share.total()))?;
            row += 1;
        }
        row += 1;
    }
    confirmed(sheet, row, report)
}

/// How long ago the contacts confirmed their details themselves, below the tables.
fn confirmed(sheet: &mut Worksheet, mut row: u32, report: &Report<'_>) -> Result<(), XlsxError> {
    let right = heading().set_align(FormatAlign::Right);
    for (name, ages) in report.confirmed() {
        if name == TOTAL {
            sheet.write_with_format(row, 0, "Confirmed", &heading())?;
            for (column, title) in (1..).zip(CONFIRMED) {
                sheet.write_with_format(row, column, title, &right)?;
            }
            row += 1;
        }
        sheet.write(row, 0, name)?;
        for (column, count) in (1..).zip([ages.total(), ages.within_a_year, ages.older, ages.never]) {
            sheet.write(row, column, number(count))?;
        }
        if let Some(days) = ages.median_days {
            sheet.write(row, 5, days)?;
        }
        row += 1;
    }
    Ok(())
}

/// The whole per cent of the other forms, as a number that a spreadsheet shows with its sign.
fn percentage(sheet: &mut Worksheet, (row, column): (u32, u16), written: &str) -> Result<(), XlsxError> {
    if let Ok(percent) = written.trim_end_matches('%').parse::<u8>() {
        let format = Format::new().set_num_format("0%");
        sheet.write_with_format(row, column, f64::from(percent) / 100.0, &format)?;
    }
    Ok(())
}

fn cctlds(sheet: &mut Worksheet, regions: &[(&str, &[Cctld])]) -> Result<(), XlsxError> {
    for (column, title) in (0..).zip(["Region", "ccTLD", "A-label", "Country or territory"]) {
        sheet.write_with_format(0, column, title, &heading())?;
        sheet.set_column_width(column, if column == 1 { NUMBERS_WIDE } else { NAMES_WIDE })?;
    }
    sheet.set_freeze_panes(1, 0)?;
    let rows = regions.iter().flat_map(|(region, cctlds)| cctlds.iter().map(move |cctld| (region, cctld)));
    let mut last = 0;
    for (row, (region, cctld)) in (1..).zip(rows) {
        sheet.write(row, 0, of_region(region))?;
        sheet.write(row, 1, format!(".{}", cctld.unicode))?;
        sheet.write(row, 2, cctld.tld.as_str())?;
        sheet.write(row, 3, in_english(cctld))?;
        last = row;
    }
    sheet.autofilter(0, 0, last, 3)?;
    Ok(())
}

fn growth(sheet: &mut Worksheet, report: &Report<'_>) -> Result<(), XlsxError> {
    for (column, title) in (0..).zip(["Day", "All", "ASCII", "IDN"]) {
        sheet.write_with_format(0, column, title, &heading())?;
        sheet.set_column_width(column, NUMBERS_WIDE)?;
    }
    for (row, point) in (1..).zip(&report.growth) {
        sheet.write(row, 0, point.day.to_string())?;
        for (column, count) in (1..).zip([point.all(), point.ascii, point.idn]) {
            sheet.write(row, column, number(count))?;
        }
    }
    Ok(())
}

/// What became of invitations, by region.
fn invitations(sheet: &mut Worksheet, report: &Report<'_>) -> Result<(), XlsxError> {
    for (column, title) in (0..).zip(["Region"].into_iter().chain(HEADS)) {
        sheet.write_with_format(0, column, title, &heading())?;
        sheet.set_column_width(column, if column == 0 { NAMES_WIDE } else { NUMBERS_WIDE })?;
    }
    let regions = report.outreach.by_region();
    let rows = regions.iter().map(|(region, progress)| (of_region(region), progress.row()));
    let total = ("Total".to_owned(), report.outreach.all().row());
    for (row, (name, counts)) in (1..).zip([total].into_iter().chain(rows)) {
        sheet.write(row, 0, name)?;
        for (column, count) in (1..).zip(counts) {
            sheet.write(row, column, number(count))?;
        }
    }
    Ok(())
}

/// What came and went, and what else the report says.
fn moved(sheet: &mut Worksheet, report: &Report<'_>) -> Result<(), XlsxError> {
    sheet.set_column_width(0, 3.0 * NAMES_WIDE)?;
    let wrapped = Format::new().set_text_wrap();
    for (row, note) in (0..).zip(report.notes()) {
        sheet.write_with_format(row, 0, note, &wrapped)?;
    }
    Ok(())
}

/// A count as a spreadsheet has numbers: below a million it is exact.
fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
