//! API types: what the CLI, the portal's forms and strangers send and get. One file a noun.
//!
//! Shares are ratios from 0 to 1 here, times are RFC 3339 in UTC, durations carry their unit in the name.

mod catalogue;
mod error;
mod ledger;
mod page;
mod readiness;
mod rollout;
mod series;
mod service;
mod status;

pub use catalogue::{Change, ChangeKind, Kept, KeptReason, Plan};
pub use error::{ApiError, Code};
pub use ledger::{LedgerPage, LedgerRow, Verification};
pub use page::{Page, PageChannel, PageState};
pub use readiness::{Evidence, Finding, Readiness, Verdict};
pub use rollout::{
    ActRequest, ArmTotals, JudgeView, RevertTimes, Rollout, RolloutState, ShipRequest, Shipped, Step, StepState,
};
pub use series::{Point, Series};
pub use service::{DependencyView, OnCall, Service, VersionState, VersionView, WhoAnswer, WhoCandidate};
pub use status::{GatewayStatus, SignInLink, Status};
