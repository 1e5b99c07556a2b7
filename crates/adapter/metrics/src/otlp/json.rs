//! Numbers as protobuf's JSON writes them: 64 bits as text, and doubles that JSON has no words for.

use serde::{Deserialize, Deserializer, de::Error};

#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Unsigned(u64),
    Signed(i64),
    Double(f64),
    Text(String),
}

impl Written {
    fn unsigned(self) -> Option<u64> {
        match self {
            Self::Unsigned(number) => Some(number),
            Self::Text(text) => text.parse().ok(),
            Self::Signed(_) | Self::Double(_) => None,
        }
    }

    fn signed(self) -> Option<i64> {
        match self {
            Self::Unsigned(number) => number.try_into().ok(),
            Self::Signed(number) => Some(number),
            Self::Text(text) => text.parse().ok(),
            Self::Double(_) => None,
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "a double was meant")]
    fn double(self) -> Option<f64> {
        match self {
            Self::Unsigned(number) => Some(number as f64),
            Self::Signed(number) => Some(number as f64),
            Self::Double(number) => Some(number),
            // "NaN", "Infinity" and "-Infinity" among them.
            Self::Text(text) => text.parse().ok(),
        }
    }
}

pub(super) fn unsigned<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
    Written::deserialize(from)?.unsigned().ok_or_else(|| Error::custom("no whole number of 64 bits"))
}

pub(super) fn unsigned_list<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u64>, D::Error> {
    let list = Vec::<Written>::deserialize(from)?;
    let numbers = list.into_iter().map(Written::unsigned).collect::<Option<_>>();
    numbers.ok_or_else(|| Error::custom("a count is no whole number of 64 bits"))
}

pub(super) fn signed<'de, D: Deserializer<'de>>(from: D) -> Result<Option<i64>, D::Error> {
    let Some(written) = Option::<Written>::deserialize(from)? else { return Ok(None) };
    written.signed().map(Some).ok_or_else(|| Error::custom("no whole number of 64 bits"))
}

pub(super) fn double<'de, D: Deserializer<'de>>(from: D) -> Result<Option<f64>, D::Error> {
    let Some(written) = Option::<Written>::deserialize(from)? else { return Ok(None) };
    written.double().map(Some).ok_or_else(|| Error::custom("no number"))
}
