//! The membership as pictures (SVG 2): coverage by region, growth over time, and a map of the world.
//!
//! Each says in words what it shows (`title`, `desc`), and tells nothing by colour alone: what is missing is hatched or hollow.
//! Blue and ochre are told apart by those who see no red or no green.

mod coverage;
mod growth;
mod map;
mod world;

use std::fmt;

use minijinja::HtmlEscape;

use crate::writing::captions::Captions;
pub use crate::writing::charts::coverage::coverage;
pub use crate::writing::charts::growth::growth;
pub use crate::writing::charts::map::map;

/// How all charts look, in light and in dark surroundings.
pub const STYLE: &str = include_str!("charts.css");

/// A chart: what stands between its tags, and how large it is.
#[derive(Clone, Debug)]
pub struct Chart {
    name: &'static str,
    width: i32,
    height: i32,
    language: &'static str,
    direction: &'static str,
    body: String,
}

impl Chart {
    fn new(name: &'static str, (width, height): (i32, i32), captions: &Captions) -> Self {
        let (language, direction) = (captions.language, captions.direction());
        Self { name, width, height, language, direction, body: String::new() }
    }

    /// What it shows, for those who cannot see it.
    fn says(&mut self, title: &str, description: &str) {
        let name = self.name;
        self.put(format_args!("<title id=\"{name}-title\">{}</title>", HtmlEscape(title)));
        self.put(format_args!("<desc id=\"{name}-desc\">{}</desc>", HtmlEscape(description)));
    }

    /// A line of it. What comes from outside is escaped by whoever writes it.
    fn put(&mut self, line: fmt::Arguments<'_>) {
        self.body.push_str(&line.to_string());
        self.body.push('\n');
    }

    /// A text; its class says which way it is anchored.
    fn text(&mut self, class: &str, (x, y): (i32, i32), text: &str) {
        self.put(format_args!("<text class=\"{class}\" x=\"{x}\" y=\"{y}\">{}</text>", HtmlEscape(text)));
    }

    /// The hatching of what is missing. Its name is this chart's own, since a page has several.
    fn hatching(&mut self) {
        let name = self.name;
        self.put(format_args!(
            "<defs><pattern id=\"{name}-hatch\" width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">\
             <rect class=\"hatch-ground\" width=\"8\" height=\"8\"/><path class=\"{name}-line\" d=\"M0 0V8\"/></pattern></defs>"
        ));
    }

    /// As a part of a page that has the style of charts in its own.
    pub fn inline(&self) -> String {
        self.written("")
    }

    /// As a file of its own.
    pub fn file(&self) -> String {
        let style = format!("<style>\n{STYLE}</style>\n");
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{}\n", self.written(&style))
    }

    fn written(&self, style: &str) -> String {
        let Self { name, width, height, language, direction, body } = self;
        // The whole is one picture to a screen reader; the lists of the page have what its parts say.
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart chart-{name}\" viewBox=\"0 0 {width} {height}\" role=\"img\" lang=\"{language}\" \
             direction=\"{direction}\" aria-labelledby=\"{name}-title {name}-desc\">\n{style}{body}</svg>"
        )
    }
}
