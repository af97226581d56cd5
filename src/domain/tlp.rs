//! The Traffic Light Protocol: how widely what is written may be shared (FIRST, TLP 2.0; in force since August 2022).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The labels of version 2.0.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(try_from = "String", into = "String")]
pub enum Tlp {
    /// Those who read it, and nobody else.
    Red,
    /// Their organisation.
    AmberStrict,
    /// Their organisation and its clients, as far as they need to know.
    #[default]
    Amber,
    /// The community.
    Green,
    /// Everybody.
    Clear,
}

/// A text that is none of the labels.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[error(
    "`{0}` is no label of the Traffic Light Protocol; write TLP:RED, TLP:AMBER+STRICT, TLP:AMBER, TLP:GREEN or TLP:CLEAR"
)]
pub struct TlpError(String);

/// Reads the spelling of 2.0, that of TLD-OPS from 2015 (`[TLP-AMBER]`, with WHITE for CLEAR), and the colour alone.
impl FromStr for Tlp {
    type Err = TlpError;

    fn from_str(text: &str) -> Result<Self, TlpError> {
        let upper = text.trim().to_ascii_uppercase();
        let bare = upper.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(&upper);
        let colour = bare.strip_prefix("TLP").map_or(bare, |rest| rest.trim_start_matches([':', '-', ' ']));
        match colour {
            "RED" => Ok(Self::Red),
            "AMBER+STRICT" => Ok(Self::AmberStrict),
            "AMBER" => Ok(Self::Amber),
            "GREEN" => Ok(Self::Green),
            "CLEAR" | "WHITE" => Ok(Self::Clear),
            _ => Err(TlpError(text.to_owned())),
        }
    }
}

impl fmt::Display for Tlp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Red => "TLP:RED",
            Self::AmberStrict => "TLP:AMBER+STRICT",
            Self::Amber => "TLP:AMBER",
            Self::Green => "TLP:GREEN",
            Self::Clear => "TLP:CLEAR",
        })
    }
}

impl TryFrom<String> for Tlp {
    type Error = TlpError;

    fn try_from(text: String) -> Result<Self, TlpError> {
        text.parse()
    }
}

impl From<Tlp> for String {
    fn from(label: Tlp) -> Self {
        label.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::Tlp;

    #[test]
    fn both_spellings_are_read_and_the_new_one_is_written() {
        for (text, want) in [
            ("TLP:AMBER", "TLP:AMBER"),
            ("[TLP-AMBER]", "TLP:AMBER"),
            ("tlp white", "TLP:CLEAR"),
            ("TLP:AMBER+STRICT", "TLP:AMBER+STRICT"),
            ("green", "TLP:GREEN"),
            ("TLP-RED", "TLP:RED"),
        ] {
            assert_eq!(text.parse::<Tlp>().map(|label| label.to_string()).as_deref(), Ok(want), "{text}");
        }
        for wrong in ["", "TLP", "AMBER RED", "TLP:PINK", "[TLP-AMBER"] {
            assert!(wrong.parse::<Tlp>().is_err(), "{wrong}");
        }
    }
}
