//! Names that are a letter and a number, as `R-17`: one shape for all that is counted up for ever.

/// Defines such a name, and the error of a text that is none.
///
/// It is read in any case and with blanks around it, and only with its letter: a number alone could be anything. It is kept
/// and shown as the text that people read.
macro_rules! numbered {
    ($(#[$doc:meta])* $name:ident, $letter:literal, $error:ident, $says:literal) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, serde::Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, serde::Serialize,
        )]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(pub u64);

        /// A text that is no such name.
        #[derive(Clone, Debug, Eq, thiserror::Error, PartialEq)]
        #[error($says)]
        pub struct $error;

        impl $name {
            /// The key under which it is kept: keys stand in the order of the numbers.
            pub fn key(self) -> String {
                format!("{:012}", self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = $error;

            fn from_str(text: &str) -> Result<Self, $error> {
                let upper = text.trim().to_ascii_uppercase();
                let number = upper.strip_prefix(concat!($letter, "-")).ok_or($error)?;
                number.parse().map(Self).map_err(|_| $error)
            }
        }

        impl TryFrom<String> for $name {
            type Error = $error;

            fn try_from(text: String) -> Result<Self, $error> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.to_string()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!($letter, "-{}"), self.0)
            }
        }
    };
}

pub(in crate::domain) use numbered;
