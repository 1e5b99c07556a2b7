//! One run of a probe from one place.

use jiff::Timestamp;
use seaworthy_model::Tally;

use crate::Reason;

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// As it should be.
    Pass,
    /// It works, worse than it should: slow, or on a certificate that ends soon.
    Degraded(Reason),
    /// It does not work.
    Fail(Reason),
    /// Whether it works could not be seen from there.
    CannotSee(Reason),
}

impl Outcome {
    /// Returns why it is not [`Self::Pass`].
    pub fn reason(&self) -> Option<&Reason> {
        match self {
            Self::Pass => None,
            Self::Degraded(reason) | Self::Fail(reason) | Self::CannotSee(reason) => Some(reason),
        }
    }
}

/// One run, with its retry if there was one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Where it ran.
    pub place: String,
    /// The slot: when it should have started. With the place its identity.
    pub intended_at: Timestamp,
    /// When it did start.
    pub started_at: Timestamp,
    /// How long the try that decided took, in milliseconds: the first from the intended start, so that a stall of the
    /// prober is not left out; a retry from its own.
    pub took_ms: u64,
    /// How it ended; after a retry, how that ended.
    pub outcome: Outcome,
    /// What the first try came to, where there was a second. It is recorded and does not count.
    pub retried: Option<Reason>,
}

impl Run {
    /// Returns what it counts for an objective: one, whether or not it was tried twice; nothing where nothing was seen.
    pub fn tally(&self) -> Option<Tally> {
        match self.outcome {
            Outcome::Pass | Outcome::Degraded(_) => Some(Tally::new(1, 0)),
            Outcome::Fail(_) => Some(Tally::new(1, 1)),
            Outcome::CannotSee(_) => None,
        }
    }
}
