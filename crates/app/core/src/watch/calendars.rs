//! What is known of followed calendars beside the ledger: when each was read, and names in it that mean nobody.

use std::collections::BTreeMap;

use jiff::Timestamp;
use seaworthy_model::RotationId;

/// Calendars as they were read, by the rotation that follows them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Calendars(pub BTreeMap<RotationId, CalendarSeen>);

/// A calendar as it was read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CalendarSeen {
    /// When it was read last.
    pub read_at: Option<Timestamp>,
    /// Names in the time ahead that mean nobody. They are people's: kept here and shown, and never in the ledger.
    pub unmapped: Vec<String>,
    /// What could not be read of it, each with its line.
    pub problems: Vec<String>,
}
