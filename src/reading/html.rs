//! HTML as lines: what a reader sees, tables as tables, quotes as quotes; and whether something was hidden from him.

use std::collections::HashMap;

use ego_tree::iter::Edge;
use scraper::{ElementRef, Html, Node};

use crate::reading::folding::plain;
use crate::reading::hidden::Sheet;
use crate::reading::lines::Line;
use crate::reading::markup::{
    COLUMNS_MAX, is_block, is_data, is_quote, is_silent, starts_quote, starts_signature,
};

/// Octets of HTML that are read at the most. A long letter from Word has some hundred kilobytes.
const HTML_OCTETS_MAX: usize = 512 * 1024;
/// Tags times the greatest number of elements open at once. Building the tree costs as much in the worst case; a long
/// letter from Word has some five thousand tags, fifty deep.
const HTML_WORK_MAX: usize = 4_000_000;
/// Rows that a cell reaches into at the most.
const ROWS_REACHED_MAX: usize = 64;
/// How deep a quote is counted.
const DEPTH_MAX: u8 = 20;

/// What a reader sees of an HTML text.
#[derive(Clone, Debug, Default)]
pub(super) struct Page {
    /// Its lines.
    pub(super) lines: Vec<Line>,
    /// Words that are in it and that no reader sees.
    pub(super) hidden: String,
    /// Whether it is too large or too intricate to be read.
    pub(super) refused: bool,
}

/// Reads an HTML text.
pub(super) fn read(html: &str) -> Page {
    if html.len() > HTML_OCTETS_MAX || work(html) > HTML_WORK_MAX {
        return Page { refused: true, ..Page::default() };
    }
    let tree = Html::parse_document(html);
    let sheet = Sheet::of(&tree);
    let mut writer = Writer { sheet, ..Writer::default() };
    for edge in tree.root_element().traverse() {
        match edge {
            Edge::Open(node) => match node.value() {
                Node::Text(text) => writer.text(text),
                Node::Element(_) => {
                    if let Some(element) = ElementRef::wrap(node) {
                        writer.open(element);
                    }
                }
                Node::Document
                | Node::Fragment
                | Node::Doctype(_)
                | Node::Comment(_)
                | Node::ProcessingInstruction(_) => {}
            },
            Edge::Close(node) => {
                if let Some(element) = ElementRef::wrap(node) {
                    writer.close(element);
                }
            }
        }
    }
    writer.finish()
}

/// What building the tree may cost: tags times elements open at once, by a plain count of tags.
fn work(html: &str) -> usize {
    const NEVER_OPEN: [&str; 20] = [
        "br", "img", "hr", "meta", "link", "input", "col", "wbr", "area", "base", "p", "li", "td", "th",
        "tr", "dd", "dt", "option", "tbody", "o:p",
    ];
    let mut open: HashMap<String, usize> = HashMap::new();
    let (mut tags, mut now, mut most) = (0_usize, 0_usize, 1_usize);
    for piece in html.split('<').skip(1) {
        tags += 1;
        let closing = piece.starts_with('/');
        let name: String = piece
            .trim_start_matches('/')
            .chars()
            .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, ':' | '-'))
            .take(20)
            .collect::<String>()
            .to_ascii_lowercase();
        if name.is_empty() || NEVER_OPEN.contains(&name.as_str()) {
            continue;
        }
        let count = open.entry(name).or_default();
        if !closing {
            *count += 1;
            now += 1;
            most = most.max(now);
        } else if *count > 0 {
            *count -= 1;
            now -= 1;
        }
    }
    tags.saturating_mul(most)
}

/// Writes lines while the tree is walked.
#[derive(Default)]
struct Writer {
    sheet: Sheet,
    lines: Vec<Line>,
    line: String,
    hidden: String,
    /// Open elements whose content is not seen.
    unseen: usize,
    /// Open elements whose content is no text at all: scripts, styles, the head.
    silent: usize,
    depth: u8,
    preformatted: usize,
    quote_starts: bool,
    signature_starts: bool,
    table: Option<Table>,
    tables: usize,
    lists: Vec<usize>,
}

/// A table of data that is being read.
#[derive(Default)]
struct Table {
    row: Vec<String>,
    cell: Option<String>,
    /// Cells that reach into rows further down: their column, how many rows still, their text.
    reaching: Vec<(usize, usize, String)>,
}

impl Table {
    /// Puts a cell into the row, behind those that reach into it from above.
    fn put(&mut self, text: &str, element: ElementRef<'_>) {
        let span = |name: &str, most: usize| {
            let said = element.value().attr(name).and_then(|value| value.trim().parse::<usize>().ok());
            said.unwrap_or(1).clamp(1, most)
        };
        self.reach();
        let below = span("rowspan", ROWS_REACHED_MAX) - 1;
        if below > 0 {
            self.reaching.push((self.row.len(), below, text.to_owned()));
        }
        self.row.push(text.to_owned());
        let beside = span("colspan", COLUMNS_MAX) - 1;
        self.row.extend(std::iter::repeat_n(String::new(), beside));
    }

    fn reach(&mut self) {
        while let Some(cell) = self.reaching.iter_mut().find(|cell| cell.0 == self.row.len() && cell.1 > 0) {
            cell.1 -= 1;
            self.row.push(cell.2.clone());
        }
    }

    fn take_row(&mut self) -> Vec<String> {
        if !self.row.is_empty() {
            self.reach();
        }
        self.reaching.retain(|cell| cell.1 > 0);
        std::mem::take(&mut self.row)
    }
}

impl Writer {
    fn open(&mut self, element: ElementRef<'_>) {
        let name = element.value().name();
        if is_silent(name) {
            self.silent += 1;
        }
        if self.sheet.hides(element) {
            self.unseen += 1;
        }
        if starts_quote(element) {
            self.end_line();
            self.quote_starts = true;
        }
        if starts_signature(element) {
            self.end_line();
            self.signature_starts = true;
        }
        match name {
            "blockquote" if is_quote(element) => {
                self.end_line();
                self.depth = DEPTH_MAX.min(self.depth + 1);
            }
            "pre" => {
                self.end_line();
                self.preformatted += 1;
            }
            "br" => self.break_line(),
            "hr" => {
                self.break_line();
                self.push(Line::new("----------"));
            }
            "ol" | "ul" => {
                self.end_line();
                self.lists.push(usize::from(name == "ol"));
            }
            "li" => self.bullet(),
            "table" if self.table.is_none() && is_data(element) => {
                self.end_line();
                self.tables += 1;
                self.table = Some(Table::default());
            }
            "td" | "th" => match &mut self.table {
                Some(table) => table.cell = Some(String::new()),
                None => self.end_line(),
            },
            _ if is_block(name) => self.end_line(),
            _ => {}
        }
    }

    fn close(&mut self, element: ElementRef<'_>) {
        let name = element.value().name();
        match name {
            "blockquote" if is_quote(element) => {
                self.end_line();
                self.depth = self.depth.saturating_sub(1);
            }
            "pre" => {
                self.end_line();
                self.preformatted = self.preformatted.saturating_sub(1);
            }
            "ol" | "ul" => {
                self.end_line();
                self.lists.pop();
            }
            "td" | "th" => match &mut self.table {
                Some(table) => {
                    let cell = table.cell.take().unwrap_or_default();
                    table.put(&cell.split_whitespace().collect::<Vec<_>>().join(" "), element);
                }
                None => self.end_line(),
            },
            "tr" => self.end_row(),
            "table" if self.table.is_some() && is_data(element) => {
                self.end_row();
                self.table = None;
            }
            _ if is_block(name) => self.end_line(),
            _ => {}
        }
        if self.sheet.hides(element) {
            self.unseen = self.unseen.saturating_sub(1);
        }
        if is_silent(name) {
            self.silent = self.silent.saturating_sub(1);
        }
    }

    fn text(&mut self, text: &str) {
        if self.silent > 0 {
            return;
        }
        let text = plain(text);
        if self.unseen > 0 {
            self.hidden.push_str(text.trim());
            return;
        }
        if self.preformatted > 0 && self.table.is_none() {
            for (number, line) in text.split('\n').enumerate() {
                if number > 0 {
                    self.break_line();
                }
                self.line.push_str(line);
            }
            return;
        }
        let target = match &mut self.table {
            Some(Table { cell: Some(cell), .. }) => cell,
            Some(_) => return,
            None => &mut self.line,
        };
        for c in text.chars() {
            if !c.is_whitespace() {
                target.push(c);
            } else if !target.ends_with(' ') && !target.is_empty() {
                target.push(' ');
            }
        }
    }

    fn bullet(&mut self) {
        self.end_line();
        match self.lists.last_mut() {
            Some(0) | None => self.line.push_str("- "),
            Some(number) => {
                self.line.push_str(&number.to_string());
                self.line.push_str(". ");
                *number += 1;
            }
        }
    }

    fn break_line(&mut self) {
        if let Some(table) = &mut self.table {
            if let Some(cell) = &mut table.cell {
                cell.push(' ');
            }
            return;
        }
        if self.line.trim().is_empty() {
            self.line.clear();
            self.push(Line::default());
        } else {
            self.end_line();
        }
    }

    fn end_line(&mut self) {
        if self.table.is_some() {
            if let Some(Table { cell: Some(cell), .. }) = &mut self.table {
                cell.push(' ');
            }
            return;
        }
        let text = std::mem::take(&mut self.line);
        let text = if self.preformatted > 0 { text.trim_end() } else { text.trim() };
        if !text.is_empty() {
            self.push(Line::new(text));
        }
    }

    fn end_row(&mut self) {
        let Some(table) = &mut self.table else { return };
        let cells = table.take_row();
        if cells.iter().all(String::is_empty) {
            return;
        }
        let line = Line { text: cells.join(" | "), cells, table: self.tables, ..Line::default() };
        self.push(line);
    }

    fn push(&mut self, mut line: Line) {
        line.depth = self.depth;
        line.quote_starts = std::mem::take(&mut self.quote_starts);
        line.signature_starts = std::mem::take(&mut self.signature_starts);
        self.lines.push(line);
    }

    fn finish(mut self) -> Page {
        self.table = None;
        self.end_line();
        Page { lines: self.lines, hidden: self.hidden, refused: false }
    }
}

#[cfg(test)]
mod tests {
    use super::read;

    #[track_caller]
    fn check(html: &str, want: &[&str], hidden: &str) {
        let page = read(html);
        let have: Vec<_> = page.lines.iter().map(|line| line.text.as_str()).collect();
        assert_eq!((have.as_slice(), page.hidden.as_str()), (want, hidden));
    }

    #[test]
    fn a_table_stays_a_table() {
        let html = "<p>Hi</p><table><tr><td>Name</td><td>E-mail</td></tr><tr><td>A B</td><td>a@b.example</td></tr></table>";
        check(html, &["Hi", "Name | E-mail", "A B | a@b.example"], "");
    }

    #[test]
    fn what_no_reader_sees_is_no_text() {
        check("<p>a<span style='display:none'>b</span></p>", &["a"], "b");
        check("<p style='font-size:0px;color:transparent'>b</p><p>a</p>", &["a"], "b");
        check("<style>.x{display:none}</style><p>a<i class=x>b</i></p>", &["a"], "b");
        check("<body bgcolor='#ffffff'><font color=white>b</font>a", &["a"], "b");
        check("<style>#x{color:#fff}</style><p>a<i id=x>b</i></p>", &["a"], "b");
        check(
            "<style>.x{background:#000}.y{color:#000}</style><p>a</p><p class=x><i class=y>b</i></p>",
            &["a"],
            "b",
        );
        check("<style>.x{background:#123}.y{color:#fff}</style><p class=x><i class=y>a</i></p>", &["a"], "");
        check("<p>a<i style='font:0/0 x'>b</i><i style='font:12px/1 x'>c</i></p>", &["ac"], "b");
        check(
            "<p>a<i style='color:hsl(0,0%,100%)'>b</i><i style='color:hsl(0,0%,20%)'>c</i></p>",
            &["ac"],
            "b",
        );
        check("<p>a</p><details><summary>b</summary>c</details>", &["a"], "bc");
    }

    #[test]
    fn what_is_too_intricate_is_refused() {
        assert!(read(&"<div>".repeat(100_000)).refused);
        assert!(read(&format!("{}{}", "<b><i>".repeat(200), "<p>x".repeat(50_000))).refused);
        assert!(!read(&"<p>a<br>".repeat(10_000)).refused);
    }
}
