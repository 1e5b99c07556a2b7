//! What comes out of an export, and which times of whatever is pushed are believed.

use jiff::{SignedDuration, Timestamp};
use seaworthy_model::{ServiceId, Tally};

/// How far ahead of ours the sender's clock may be: more is a clock that nobody set.
pub const AHEAD_MAX: SignedDuration = SignedDuration::from_secs(60);

/// How old a count may be when it comes: the longest window of an objective (92 days) ends there.
pub const AGE_MAX: SignedDuration = SignedDuration::from_hours(92 * 24);

/// Counts of one series at one time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pushed {
    /// The series, as the objective names it.
    pub series: String,
    /// The service.
    pub service: ServiceId,
    /// When they were counted.
    pub at: Timestamp,
    /// How many.
    pub tally: Tally,
}

/// Why a body was not taken: what, in lower case, with what to send instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotUnderstood(pub String);

/// Says what is wrong with a time, if anything is.
pub(crate) fn unbelievable(at: Timestamp, now: Timestamp) -> Option<String> {
    let ahead = at.duration_since(now);
    if ahead > AHEAD_MAX {
        return Some(format!("{at} is more than a minute ahead of this clock ({now}); set the sender's clock"));
    }
    (-ahead > AGE_MAX).then(|| format!("{at} is longer ago than 92 days; nothing looks back that far"))
}
