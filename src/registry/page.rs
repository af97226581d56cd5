//! The page of a TLD in IANA's root zone database: a heading for each contact, and what stands below it.

use ego_tree::iter::Edge;
use scraper::{Html, Node};

use crate::domain::channel::Said;
use crate::domain::registry::{IanaContact, IanaRecord};
use crate::domain::tld::Tld;
use crate::registry::ANSWER_OCTETS_MAX;
use crate::registry::field::{Post, Written, day, same_tld, shown, tidy};

/// Tags of a page at the most. A real one has some 300; building the tree of a hostile one costs more than it is worth.
const TAGS_MAX: usize = 5_000;
/// What stands in the first heading before the TLD.
const TITLE: &str = "delegation record for";

/// What a page says about this ccTLD.
pub fn read(octets: &[u8], tld: &Tld) -> Said {
    match record(octets, tld) {
        Ok(record) => Said::Record(Box::new(record)),
        Err(said) => said,
    }
}

fn record(octets: &[u8], tld: &Tld) -> Result<IanaRecord, Said> {
    let text = String::from_utf8_lossy(octets);
    if text.trim().is_empty() {
        return Err(Said::Nothing("it is empty".to_owned()));
    }
    if octets.len() > ANSWER_OCTETS_MAX || text.matches('<').count() > TAGS_MAX {
        return Err(Said::Strange("it is too long".to_owned()));
    }
    // A page that was cut off may end in the middle of an address; the reader of HTML would not notice.
    let lower = text.to_ascii_lowercase();
    if !["</main>", "</body>", "</html>"].iter().any(|end| lower.contains(end)) {
        return Err(Said::Strange("it ends before its end".to_owned()));
    }
    let sections = sections(&text);
    let mut titles = sections.iter().filter_map(|section| title(&section.heading));
    let Some(title) = titles.next() else {
        return Err(Said::Strange("it has no heading `Delegation Record for …`".to_owned()));
    };
    same_tld(&title, tld)?;
    if let Some(other) = titles.next() {
        return Err(Said::Strange(format!("it is about `{}` too", shown(&other))));
    }
    let admin = contact(&sections, Post::Administrative)?;
    let technical = contact(&sections, Post::Technical)?;
    if admin.is_none() && technical.is_none() {
        return Err(Said::Nothing("it shows no contact, as that of a TLD that is not assigned".to_owned()));
    }
    let manager = sections.iter().find(|section| section.is("manager"));
    let manager = manager.and_then(|section| section.lines.first()).map(|line| tidy(&line.whole()));
    let dated = sections.iter().flat_map(|section| &section.lines).map(Line::whole);
    let changed = dated
        .filter_map(|line| Some(line.split_once("last updated")?.1.to_owned()))
        .find_map(|rest| day(&rest));
    Ok(IanaRecord { tld: tld.clone(), manager, admin, technical, changed, retrieved: None })
}

fn title(heading: &str) -> Option<String> {
    let begin = heading.get(..TITLE.len()).filter(|begin| begin.eq_ignore_ascii_case(TITLE))?;
    heading.strip_prefix(begin).map(|rest| rest.trim().to_owned())
}

/// The contact below its heading: name, organisation and address line by line, then what has a label.
fn contact(sections: &[Section], post: Post) -> Result<Option<IanaContact>, Said> {
    let word = format!("{} contact", post.word());
    let mut theirs = sections.iter().filter(|section| section.is(&word));
    let Some(section) = theirs.next() else {
        return Err(Said::Strange(format!("it has no heading for the {word}")));
    };
    if theirs.next().is_some() {
        return Err(Said::Contradiction(format!("it has two headings for the {word}")));
    }
    let mut written = Written::default();
    let mut before_labels = 0;
    for line in &section.lines {
        let label = line.bold.trim().strip_suffix(':').map(str::to_ascii_lowercase);
        match label.as_deref() {
            Some("email" | "e-mail") => written.email.push(line.plain.trim().to_owned()),
            Some("voice" | "phone") => written.phone.push(tidy(&line.plain)),
            Some(_) => {}
            None => {
                before_labels += 1;
                match before_labels {
                    1 => written.name.push(tidy(&line.whole())),
                    2 => written.organisation.push(tidy(&line.whole())),
                    _ => {}
                }
            }
        }
    }
    written.checked(post)
}

/// A heading and the lines below it.
#[derive(Debug, Default)]
struct Section {
    heading: String,
    lines: Vec<Line>,
}

impl Section {
    fn is(&self, words: &str) -> bool {
        self.heading.to_lowercase().ends_with(words)
    }
}

/// One line: what is bold in it, and the rest.
#[derive(Clone, Debug, Default)]
struct Line {
    bold: String,
    plain: String,
}

impl Line {
    fn is_empty(&self) -> bool {
        self.bold.trim().is_empty() && self.plain.trim().is_empty()
    }

    fn whole(&self) -> String {
        format!("{} {}", self.bold.trim(), self.plain.trim()).trim().to_owned()
    }
}

/// Where a text goes.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Place {
    Heading,
    Bold,
    Plain,
    Nowhere,
}

/// The page as headings with their lines, in the order of the text.
fn sections(html: &str) -> Vec<Section> {
    let tree = Html::parse_document(html);
    let mut all = vec![Section::default()];
    let mut line = Line::default();
    let mut open: Vec<Place> = Vec::new();
    for edge in tree.root_element().traverse() {
        match edge {
            Edge::Open(node) => match node.value() {
                Node::Text(text) => {
                    let Some(section) = all.last_mut() else { continue };
                    match open.last().copied().unwrap_or(Place::Plain) {
                        Place::Heading => section.heading.push_str(text),
                        // Some lines end in the source only, as an indented `<br>` does: the break alone counts.
                        Place::Bold => line.bold.push_str(&text.replace(['\n', '\r'], " ")),
                        Place::Plain => line.plain.push_str(&text.replace(['\n', '\r'], " ")),
                        Place::Nowhere => {}
                    }
                }
                Node::Element(element) => {
                    let name = element.name();
                    if breaks(name) {
                        end_line(&mut all, &mut line);
                    }
                    if is_heading(name) {
                        all.push(Section::default());
                    }
                    open.push(place(name, open.last().copied()));
                }
                Node::Document
                | Node::Fragment
                | Node::Doctype(_)
                | Node::Comment(_)
                | Node::ProcessingInstruction(_) => {}
            },
            Edge::Close(node) => {
                if let Node::Element(element) = node.value() {
                    open.pop();
                    if breaks(element.name()) {
                        end_line(&mut all, &mut line);
                    }
                }
            }
        }
    }
    end_line(&mut all, &mut line);
    for section in &mut all {
        section.heading = tidy(&section.heading);
    }
    all
}

fn end_line(all: &mut [Section], line: &mut Line) {
    let ended = std::mem::take(line);
    if let (Some(section), false) = (all.last_mut(), ended.is_empty()) {
        section.lines.push(ended);
    }
}

fn is_heading(name: &str) -> bool {
    matches!(name, "h1" | "h2" | "h3")
}

fn breaks(name: &str) -> bool {
    is_heading(name)
        || matches!(name, "br" | "p" | "div" | "tr" | "table" | "li" | "ul" | "main" | "hr" | "footer")
}

fn place(name: &str, around: Option<Place>) -> Place {
    match (name, around) {
        ("script" | "style" | "template", _) | (_, Some(Place::Nowhere)) => Place::Nowhere,
        ("h1" | "h2" | "h3", _) | (_, Some(Place::Heading)) => Place::Heading,
        ("b" | "strong", _) | (_, Some(Place::Bold)) => Place::Bold,
        (_, Some(Place::Plain) | None) => Place::Plain,
    }
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::domain::channel::Said;
    use crate::registry::tests_sample::{GOOD, told};

    const NL: &str = include_str!("../../fixtures/iana/nl.page.html");

    #[track_caller]
    fn check(text: &str, tld: &str, want: &str) {
        let said = read(text.as_bytes(), &tld.parse().unwrap());
        assert_eq!(told(&said), want);
    }

    #[test]
    fn contacts_stand_below_their_headings() {
        check(NL, "nl", GOOD);
        let linked =
            NL.replace("admin@registry-nl.example", "<a href=\"mailto:x\">admin@registry-nl.example</a>");
        check(&linked, "nl", GOOD);
        check(&NL.replace("<b>Email:</b>", "<!-- --><strong>Email:</strong>"), "nl", GOOD);
    }

    #[test]
    fn a_tld_that_is_not_assigned_gives_no_answer() {
        let empty = include_str!("../../fixtures/iana/tp.not-assigned.page.html");
        check(empty, "tp", "Nothing(\"it shows no contact, as that of a TLD that is not assigned\")");
        check("", "nl", "Nothing(\"it is empty\")");
    }

    #[test]
    fn what_is_strange_is_refused_loudly() {
        check(NL, "be", "Strange(\"it is about `.NL`, not about .be\")");
        let no_title = "Strange(\"it has no heading `Delegation Record for …`\")";
        check("<html><body>Please solve this puzzle</body></html>", "nl", no_title);
        check(
            &NL.replace("Technical Contact", "Technisch contact"),
            "nl",
            "Strange(\"it has no heading for the technical contact\")",
        );
        let hidden = NL.replace("admin@registry-nl.example", "[email&#32;protected]");
        check(
            &hidden,
            "nl",
            "Strange(\"the administrative contact's address: `[email protected]` is not an e-mail address of the form name@domain.example\")",
        );
        check(&"<i>".repeat(100_000), "nl", "Strange(\"it is too long\")");
    }

    #[test]
    fn a_page_that_was_cut_off_is_refused_wherever_it_was() {
        let end = NL.find("</main>").unwrap();
        for cut in 1..end {
            let said = read(&NL.as_bytes()[..cut], &"nl".parse().unwrap());
            assert!(!matches!(said, Said::Record(_)), "cut after {cut} octets: {said:?}");
        }
    }

    #[test]
    fn a_second_heading_or_address_is_a_contradiction() {
        let two = NL.replace("<h2>Name Servers</h2>", "<h2>Administrative Contact</h2>");
        check(&two, "nl", "Contradiction(\"it has two headings for the administrative contact\")");
        let script = NL.replace("<h2>Name Servers</h2>", "<script><h2>Administrative Contact</h2></script>");
        check(&script, "nl", GOOD);
    }
}
