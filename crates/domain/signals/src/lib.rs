//! Signals: counts and latencies in time buckets that coarsen with age.
//!
//! ```text
//! add(at, tally, now) ─► Series: 250 ms (asked for) · 10 s (65 min) · 5 min (3 days) ─► sum(window, now), O(1)
//!                              │ take_dirty: absolute buckets            ▲ restore, settle: what was stored
//!                              ▼                                         │
//!                        a store on disk: 10 s for a restart, 5 min for as long as a period is
//! ```
//!
//! A [`Series`] counts one thing, [`Slices`] turns counts into slices of time, [`Arms`] keeps latencies for each service,
//! route, version and arm. Buckets leave as absolute values, so that writing one twice changes nothing. Who reports twice
//! is the caller's business: nothing here knows where a count came from.

mod arms;
mod cells;
mod histogram;
mod live;
mod resolution;
mod ring;
mod series;
mod slices;
mod total;

pub use arms::{ARMS_MAX, ArmBucket, ArmRefused, Arms, Bin};
pub use histogram::{HISTOGRAM_BYTES_MAX, Histogram};
pub use live::{LIVE_STEP_MS, Live};
pub use resolution::{Bucket, FIVE_MINUTES_KEPT, NAME_BYTES_MAX, Resolution, TEN_SECONDS_KEPT};
pub use series::{FUTURE_MAX, PAST_DAYS_MAX, Refused, STANDARD_WINDOWS, Series, SeriesError, WINDOWS_MAX};
pub use slices::{LATENESS, SLICE_WEIGHT, Slice, SliceRule, Slices, SlicesError};
pub use total::{PERIOD_DAYS_MAX, Period};
