//! Hidden text: what an HTML mail holds and no reader sees.

use std::collections::HashMap;

use scraper::{ElementRef, Html, Node};

/// Octets of style sheets that are read at the most.
const SHEET_OCTETS_MAX: usize = 128 * 1024;
/// Points or pixels below which nobody reads a letter.
const SMALLEST_READABLE: f32 = 2.0;
/// Pixels beyond which something stands outside every window.
const OFF_SCREEN: f32 = -200.0;

/// What a mail's style sheets declare, by the names of what they are about: `.class`, `#id` or a tag's name.
#[derive(Default)]
pub(super) struct Sheet(HashMap<String, String>);

impl Sheet {
    /// Reads the style sheets of a mail.
    pub(super) fn of(tree: &Html) -> Self {
        let mut css = String::new();
        for node in tree.tree.nodes() {
            let style = ElementRef::wrap(node).filter(|element| element.value().name() == "style");
            for text in style.into_iter().flat_map(|style| style.children()) {
                if let Node::Text(text) = text.value() {
                    css.push_str(text);
                    css.push('\n');
                }
            }
        }
        css.truncate(css.floor_char_boundary(SHEET_OCTETS_MAX));
        let mut rules: HashMap<String, String> = HashMap::new();
        for rule in css.split('}') {
            let Some((selectors, style)) = rule.rsplit_once('{') else { continue };
            let style = style.to_ascii_lowercase();
            let telling = hidden_by(&style) || declared(&style, "color").is_some() || paper(&style).is_some();
            for name in selectors.split(',').map(str::trim).filter(|_| telling) {
                let declarations = rules.entry(name.to_owned()).or_default();
                declarations.push_str(&style);
                declarations.push(';');
            }
        }
        Self(rules)
    }

    /// Whether this element, by its own marks, is not seen.
    pub(super) fn hides(&self, element: ElementRef<'_>) -> bool {
        let value = element.value();
        let style = self.style_of(element);
        value.attr("hidden").is_some()
            || hidden_by(&style)
            || (value.name() == "font" && value.attr("size").is_some_and(|size| size.trim() == "0"))
            || (value.name() == "details" && value.attr("open").is_none())
            || self.camouflages(element, &style)
    }

    /// What is declared of an element, its own declarations last, in small letters.
    fn style_of(&self, element: ElementRef<'_>) -> String {
        let value = element.value();
        let own = value.attr("style").unwrap_or_default().to_ascii_lowercase();
        if self.0.is_empty() {
            return own;
        }
        let classes = value.classes().map(|class| format!(".{class}"));
        let names = [value.name().to_owned()].into_iter().chain(classes);
        let names = names.chain(value.id().map(|id| format!("#{id}")));
        let declared: Vec<&str> = names.filter_map(|name| self.0.get(&name)).map(String::as_str).collect();
        format!("{};{own}", declared.join(";"))
    }

    /// Whether the text has the colour of what is behind it: of the nearest background set, or of white paper.
    fn camouflages(&self, element: ElementRef<'_>, style: &str) -> bool {
        let value = element.value();
        let ink = declared(style, "color")
            .or_else(|| (value.name() == "font").then(|| value.attr("color")).flatten());
        let Some(ink) = ink.and_then(colour) else { return false };
        // Only so many elements are looked at, that the cost stays bound.
        let above = std::iter::once(element).chain(element.ancestors().take(64).filter_map(ElementRef::wrap));
        let behind =
            above.into_iter().find_map(|element| self.background(element)).unwrap_or((255, 255, 255));
        let near = |a: u8, b: u8| a.abs_diff(b) <= 12;
        near(ink.0, behind.0) && near(ink.1, behind.1) && near(ink.2, behind.2)
    }

    fn background(&self, element: ElementRef<'_>) -> Option<(u8, u8, u8)> {
        let declared = paper(&self.style_of(element));
        declared.or_else(|| element.value().attr("bgcolor").and_then(colour))
    }
}

/// The colour of the background that these declarations set.
fn paper(style: &str) -> Option<(u8, u8, u8)> {
    declared(style, "background-color").or_else(|| declared(style, "background")).and_then(colour)
}

/// Whether these declarations take a text out of sight.
fn hidden_by(style: &str) -> bool {
    let mut clips = false;
    let mut flat = false;
    for declaration in style.split(';') {
        let Some((name, value)) = declaration.split_once(':') else { continue };
        let value = value.replace("!important", "");
        let (name, value) = (name.trim(), value.trim());
        let small = pixels(value).is_some_and(|size| size.abs() < SMALLEST_READABLE);
        let away = number(value).is_some_and(|place| place <= OFF_SCREEN);
        let hides = match name {
            "display" => value == "none",
            "visibility" => matches!(value, "hidden" | "collapse"),
            "opacity" => number(value).is_some_and(|part| part < 0.1),
            "mso-hide" => value == "all",
            "font-size" => small,
            "font" => size_in(value).is_some_and(|size| size < SMALLEST_READABLE),
            "color" | "-webkit-text-fill-color" => is_transparent(value),
            "left" | "top" | "right" | "text-indent" | "margin-left" | "margin-top" => away,
            "clip" => value.replace(' ', "").starts_with("rect(0"),
            "clip-path" => value.contains("100%") || value.contains("circle(0"),
            "transform" => value.replace(' ', "").contains("scale(0)"),
            _ => false,
        };
        if hides {
            return true;
        }
        clips |= name.starts_with("overflow") && value == "hidden";
        flat |=
            matches!(name, "height" | "max-height" | "width" | "max-width") && small && !value.contains('%');
    }
    clips && flat
}

fn declared<'a>(style: &'a str, name: &str) -> Option<&'a str> {
    let find = |declaration: &'a str| {
        let (found, value) = declaration.split_once(':')?;
        (found.trim() == name).then_some(value.trim())
    };
    style.split(';').filter_map(find).next_back()
}

fn is_transparent(value: &str) -> bool {
    let value = value.replace(' ', "");
    let alpha = value.strip_prefix("rgba(").and_then(|inner| inner.trim_end_matches(')').rsplit(',').next());
    value == "transparent" || alpha.and_then(number).is_some_and(|alpha| alpha < 0.1)
}

/// The number at the start of a value such as `0.5px`.
fn number(value: &str) -> Option<f32> {
    let digits: String =
        value.trim().chars().take_while(|c| c.is_ascii_digit() || matches!(c, '.' | '-' | '+')).collect();
    digits.parse().ok()
}

/// A size in pixels, whatever its unit; relative ones as of text of the usual size.
fn pixels(value: &str) -> Option<f32> {
    const USUAL_PIXELS: f32 = 16.0;
    let unit = value.trim().trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | '+'));
    let one = match unit {
        "em" | "rem" => USUAL_PIXELS,
        "ex" | "ch" => USUAL_PIXELS / 2.0,
        "%" => USUAL_PIXELS / 100.0,
        "in" => 96.0,
        "cm" => 37.8,
        "mm" => 3.78,
        _ => 1.0,
    };
    number(value).map(|number| number * one)
}

/// The size in `12px/1 Arial`: the first of its words that is a number.
fn size_in(font: &str) -> Option<f32> {
    let mut words = font.split_whitespace().filter_map(|word| word.split('/').next());
    words.find(|word| word.starts_with(|c: char| c.is_ascii_digit() || c == '.')).and_then(pixels)
}

/// A colour as red, green and blue; only the forms that mail programs write.
fn colour(value: &str) -> Option<(u8, u8, u8)> {
    let value = value.trim().trim_end_matches("!important").trim().to_ascii_lowercase();
    if let Some(hex) = value.strip_prefix('#') {
        let digits: Vec<u8> =
            hex.chars().filter_map(|c| c.to_digit(16)).filter_map(|d| u8::try_from(d).ok()).collect();
        return match digits.as_slice() {
            [red, green, blue] => Some((red * 17, green * 17, blue * 17)),
            [red, red_low, green, green_low, blue, blue_low] => {
                Some((red * 16 + red_low, green * 16 + green_low, blue * 16 + blue_low))
            }
            _ => None,
        };
    }
    if let Some(inner) = value.strip_prefix("rgb") {
        let parts: Vec<u8> = inner
            .trim_start_matches(['a', '('])
            .trim_end_matches(')')
            .split([',', ' '])
            .filter_map(|part| part.trim().parse().ok())
            .collect();
        return match parts.as_slice() {
            [red, green, blue, ..] => Some((*red, *green, *blue)),
            _ => None,
        };
    }
    // Of hue, saturation and lightness the last alone tells black and white.
    if let Some(inner) = value.strip_prefix("hsl") {
        let lightness = inner.trim_start_matches(['a', '(']).split([',', ' ', '/', ')']);
        let lightness = lightness.filter(|part| part.ends_with('%')).nth(1).and_then(number)?;
        return match lightness {
            97.0.. => Some((255, 255, 255)),
            ..=3.0 => Some((0, 0, 0)),
            _ => None,
        };
    }
    let first = value.split_whitespace().next()?;
    match first {
        "white" | "snow" | "ivory" | "ghostwhite" | "floralwhite" | "whitesmoke" => Some((255, 255, 255)),
        "black" => Some((0, 0, 0)),
        _ => None,
    }
}
