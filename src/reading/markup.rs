//! Markup: what the elements of an HTML mail are for, and the marks by which mail programs tell quotes and signatures.

use scraper::ElementRef;

/// Columns of a table of data at the most.
pub(super) const COLUMNS_MAX: usize = 16;
/// Characters of a cell at the most, for its table to be one of data.
const CELL_CHARS_MAX: usize = 160;
/// Elements whose content is no text.
pub(super) fn is_silent(name: &str) -> bool {
    matches!(
        name,
        "script" | "style" | "head" | "title" | "template" | "noscript" | "xml" | "select" | "textarea"
    )
}

/// Elements that stand on lines of their own.
pub(super) fn is_block(name: &str) -> bool {
    matches!(
        name,
        "p" | "div"
            | "table"
            | "tr"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "section"
            | "article"
            | "header"
            | "footer"
            | "center"
            | "dl"
            | "dt"
            | "dd"
            | "address"
            | "form"
            | "fieldset"
            | "blockquote"
            | "caption"
            | "body"
            | "li"
    )
}

/// A block quote that a mail program made, not one for indentation.
pub(super) fn is_quote(element: ElementRef<'_>) -> bool {
    let value = element.value();
    let style = value.attr("style").unwrap_or_default().replace(' ', "");
    value.attr("type").is_some_and(|kind| kind.eq_ignore_ascii_case("cite"))
        || value.attr("class").is_some()
        || value.attr("cite").is_some()
        || style.contains("border-left")
}

/// Marks by which mail programs say that an earlier mail starts.
pub(super) fn starts_quote(element: ElementRef<'_>) -> bool {
    const CLASSES: [&str; 8] = [
        "gmail_quote",
        "yahoo_quoted",
        "moz-cite-prefix",
        "protonmail_quote",
        "zmail_extra",
        "moz-forward-container",
        "tutanota_quote",
        "WordSection1-quote",
    ];
    const IDS: [&str; 6] = [
        "appendonsend",
        "divRplyFwdMsg",
        "mail-editor-reference-message-container",
        "ms-outlook-mobile-reference-message",
        "isReplyContent",
        "replySplit",
    ];
    let value = element.value();
    value.classes().any(|class| CLASSES.contains(&class)) || value.id().is_some_and(|id| IDS.contains(&id))
}

/// Marks by which mail programs say that the signature starts.
pub(super) fn starts_signature(element: ElementRef<'_>) -> bool {
    const CLASSES: [&str; 4] =
        ["gmail_signature", "moz-signature", "protonmail_signature_block", "signature"];
    let value = element.value();
    let named = value.id().is_some_and(|id| matches!(id, "Signature" | "ms-outlook-mobile-signature"));
    named || value.classes().any(|class| CLASSES.contains(&class))
}

/// Whether a table holds data: no table within it, a row of two cells or more, and no cell that is a text of its own.
pub(super) fn is_data(table: ElementRef<'_>) -> bool {
    let mut wide = 0;
    let mut cells = 0;
    for node in table.descendants().skip(1) {
        let Some(element) = ElementRef::wrap(node) else { continue };
        match element.value().name() {
            "table" => return false,
            "tr" => {
                let count = cells_of(element);
                if count > COLUMNS_MAX {
                    return false;
                }
                wide += usize::from(count >= 2);
                cells += count;
            }
            "td" | "th"
                if element.text().map(|text| text.chars().count()).sum::<usize>() > CELL_CHARS_MAX =>
            {
                return false;
            }
            _ => {}
        }
    }
    wide >= 1 && cells >= 4
}

fn cells_of(row: ElementRef<'_>) -> usize {
    row.child_elements().filter(|cell| matches!(cell.value().name(), "td" | "th")).count()
}
