//! Events of observations: what collectors saw of a service outside Seaworthy.

use jiff::Timestamp;
use seaworthy_model::ServiceId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A collector looked at one source and saw this of one service. It replaces, whole, what the same collector saw of the
/// same source and service before; no facts at all say that there is nothing to be seen any more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ObservationTakenV1 {
    /// What looked: `git`, `prometheus`, `csv`.
    pub collector: String,
    /// At what: a repository, a file, an address. Never a secret.
    pub source: String,
    /// The service.
    #[schema(value_type = String)]
    pub service: ServiceId,
    /// When it looked, by its own clock.
    #[schema(value_type = String, format = DateTime)]
    pub seen_at: Timestamp,
    /// What it saw.
    pub facts: Vec<ObservedFactV1>,
}

/// One thing that was seen. A key may stand several times, once for each place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ObservedFactV1 {
    /// `noun.field`, in lower case: `git.branches_older_than_7_days`.
    pub key: String,
    /// What it is.
    pub value: ObservedValueV1,
    /// Where, more closely than the source: `file:line`, or a URL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
}

/// The value of a fact. Nobody's name or address and no secret: people appear by handle, or as a count.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum ObservedValueV1 {
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Whole(i64),
    /// Any other number.
    Number(f64),
    /// A text of one line.
    Text(String),
    /// Several of them.
    List(Vec<String>),
}

impl ObservedValueV1 {
    /// Returns it as a number; none where it is not one.
    pub fn as_number(&self) -> Option<f64> {
        match self {
            #[expect(clippy::cast_precision_loss, reason = "counts and sizes; none is near 2^53")]
            Self::Whole(number) => Some(*number as f64),
            Self::Number(number) => Some(*number),
            Self::Bool(_) | Self::Text(_) | Self::List(_) => None,
        }
    }
}
