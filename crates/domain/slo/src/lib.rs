//! Objectives: when a budget burns too fast, and when silence is an outage.
//!
//! An [`Engine`] watches one [`Objective`]. Each look it is given the sums of its windows and what is known about the
//! silence, and it says what changed: an alert opens, is raised, lowered or resolved; what can be seen becomes
//! something else. It keeps no series, reads no clock and allocates nothing.
//!
//! Three rules stand between a window and a person:
//! - **burn**: both windows of a tier burn the budget faster than the tier's rate (SRE Workbook, chapter 5);
//! - **guard**: the bad events of the long window are too many for chance at the budget's own rate ([`poisson`]), so that
//!   one unlucky request of a quiet service wakes nobody;
//! - **calm**: an alert ends when the windows show that the fault has ended, for as long as the short window.

mod budget;
mod detection;
mod engine;
mod explain;
mod finding;
mod objective;
mod period;
pub mod poisson;
mod reading;
mod silence;
mod tier;

pub use budget::{Budget, Spending};
pub use detection::{Detection, PER_HOUR_MAX, detection, detection_after, floor_seconds};
pub use engine::{Alert, Change, Decision, Engine, Observation, Reason};
pub use explain::explain;
pub use finding::{Finding, Severity, validate};
pub use objective::{Objective, TARGET_DEFAULT, TIERS_MAX};
pub use period::{CalendarUnit, PERIOD_DAYS_MAX, Period};
pub use reading::{Reading, TierReading};
pub use silence::{BLIND_AFTER, DOWN_AFTER, Quiet, Reach, Sight, Traffic};
pub use tier::{GUARD_CHANCE, Tier, Urgency};
