//! Alerts: one a symptom and service, whoever says so; folded, silenced, and judged by whether anybody could act.
//!
//! A [`Signal`] is what one rule says: an objective that burns, a probe that fails, another system's alert. [`decide`]
//! turns signals into [`Event`]s, [`Alerts::apply`] folds them, and [`due`] names the alerts whose owner must be told
//! now. Who that is follows from ownership alone; there is no second routing table, so there is none in here.

mod alerts;
mod decide;
mod index;
mod review;
mod rule;
mod signal;

pub use alerts::{Alert, Alerts, Event, Silence};
pub use decide::{FOLD_WITHIN, OPEN_MAX, RULES_PER_ALERT_MAX, decide, due, end, regroup};
pub use review::{Distinct, LOOK_BACK_DAYS_MAX, Proposal, Suggestion, UNTESTED_DAYS, review};
pub use rule::{Change, FIRINGS_MAX, Firing, RULES_MAX, Rule, Verdict, rule_of};
pub use signal::{Nature, Phase, Purpose, Signal, Urgency};

#[cfg(test)]
mod tests;
