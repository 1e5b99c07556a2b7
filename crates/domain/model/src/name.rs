//! Ids that people choose: short names that are safe in a URL, a header, a file name and a log line.

use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Longest name, in bytes: the limit of a DNS label and of a Kubernetes object name.
pub(crate) const NAME_MAX: usize = 63;

/// Why a text is not a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameError {
    /// The text is empty.
    Empty,
    /// The text is longer than 63 bytes.
    TooLong,
    /// This character is not one of `a-z A-Z 0-9 - _ . +`, or stands first and is neither a letter nor a digit.
    BadCharacter(char),
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("a name cannot be empty"),
            Self::TooLong => write!(f, "a name has at most {NAME_MAX} bytes"),
            Self::BadCharacter(c) => write!(
                f,
                "{c:?} cannot stand there in a name: letters, digits, \"-\", \"_\", \".\" and \"+\", a letter or digit first"
            ),
        }
    }
}

impl std::error::Error for NameError {}

fn check(text: &str) -> Result<(), NameError> {
    let first = text.chars().next().ok_or(NameError::Empty)?;
    if text.len() > NAME_MAX {
        return Err(NameError::TooLong);
    }
    if !first.is_ascii_alphanumeric() {
        return Err(NameError::BadCharacter(first));
    }
    match text.chars().find(|c| !(c.is_ascii_alphanumeric() || "-_.+".contains(*c))) {
        Some(c) => Err(NameError::BadCharacter(c)),
        None => Ok(()),
    }
}

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Box<str>);

        impl $name {
            /// Returns the name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = NameError;

            fn from_str(text: &str) -> Result<Self, NameError> {
                check(text).map(|()| Self(text.into()))
            }
        }

        impl TryFrom<String> for $name {
            type Error = NameError;

            fn try_from(text: String) -> Result<Self, NameError> {
                check(&text).map(|()| Self(text.into()))
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0.into()
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
    )*};
}

names! {
    /// A service: what customers use and exactly one team owns.
    ServiceId;
    /// A team.
    TeamId;
    /// A person, by an opaque handle: display name and contacts live in the directory, outside the ledger.
    PersonId;
    /// A rotation.
    RotationId;
    /// An escalation policy.
    EscalationId;
    /// Another system that hears of a team's tickets, incidents and pages.
    OutletId;
    /// A system: services that belong together.
    SystemId;
    /// A version of a service, as its team calls it: a tag, a build number, a commit.
    VersionId;
    /// A gateway process, stable across its restarts.
    GatewayName;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_checked() {
        for (text, want) in [
            ("checkout", Ok(())),
            ("v4.1+b7", Ok(())),
            ("", Err(NameError::Empty)),
            ("-x", Err(NameError::BadCharacter('-'))),
            ("a b", Err(NameError::BadCharacter(' '))),
            ("a/b", Err(NameError::BadCharacter('/'))),
        ] {
            assert_eq!(text.parse::<ServiceId>().map(drop), want, "{text:?}");
        }
        assert_eq!("x".repeat(64).parse::<VersionId>(), Err(NameError::TooLong));
    }
}
