//! The words every crate shares: ids, shares, arms, latency buckets, positions.
//!
//! Nothing here decides anything and nothing here reads a clock. Serde is allowed in this crate alone of the
//! inner ring, and only for ids and small scalars whose text form is frozen.

mod control;
mod id;
pub mod latency;
mod name;
mod share;
mod tally;

pub use control::ControlKind;
pub use id::{
    ActionRunId, AlertId, ControlId, ElevationId, Entropy, EventId, IncidentId, OfferId, OverrideId, PageId, RolloutId,
    TicketId, TokenId, WindowId,
};
pub use name::{
    EscalationId, GatewayName, NameError, OutletId, PersonId, RotationId, ServiceId, SystemId, TeamId, VersionId,
};
pub use share::{Arm, Share, ShareError, Tier};
pub use tally::Tally;

/// An instant, in UTC, to the nanosecond.
pub use jiff::Timestamp;

/// A place in the ledger: 1 for the first event, without gaps; 0 means "before the first event".
pub type Position = u64;
