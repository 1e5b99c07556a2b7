//! PromQL of an error ratio over a window.

use seaworthy_contract::catalogue::{Counting, RatioQuery};

use crate::duration::prometheus;
use crate::number::short;
use crate::query::filled;

/// Returns the error ratio over a window, in seconds.
pub(super) fn ratio(query: &RatioQuery, counting: Counting, window: u64) -> String {
    match counting {
        Counting::Occurrences => plain(query, window),
        Counting::Timeslices { slice_seconds, slice_target } => {
            let slice = plain(query, slice_seconds.into());
            over_slices(&format!("(\n{slice}\n) > bool {}", short(1.0 - slice_target)), window, slice_seconds)
        }
        Counting::RatioTimeslices { slice_seconds } => {
            // A slice without traffic has no ratio, and one that is none would spoil the mean.
            let slice = plain(query, slice_seconds.into());
            over_slices(&format!("(\n{slice}\n) >= 0"), window, slice_seconds)
        }
    }
}

fn over_slices(slice: &str, window: u64, slice_seconds: u32) -> String {
    format!("avg_over_time((\n{slice}\n)[{}:{}])", prometheus(window), prometheus(slice_seconds.into()))
}

fn plain(query: &RatioQuery, window: u64) -> String {
    match query {
        RatioQuery::Bad { bad, total } => format!("({})\n/\n({})", over(bad, window), over(total, window)),
        RatioQuery::Good { good, total } => {
            format!("1 - (\n  ({})\n  /\n  ({})\n)", over(good, window), over(total, window))
        }
        RatioQuery::Raw { ratio } => format!("({})", over(ratio, window)),
    }
}

/// Returns bad and all events over a window; none where only a ratio is known.
pub(super) fn counts(query: &RatioQuery, window: u64) -> Option<(String, String)> {
    match query {
        RatioQuery::Bad { bad, total } => Some((over(bad, window), over(total, window))),
        RatioQuery::Good { good, total } => {
            let (good, total) = (over(good, window), over(total, window));
            Some((format!("({total})\n-\n({good})"), total))
        }
        RatioQuery::Raw { .. } => None,
    }
}

/// Fills the window in. Readers see to it that a query has a place for it.
fn over(query: &str, window: u64) -> String {
    let query = query.trim();
    filled(query, &prometheus(window)).unwrap_or_else(|| query.to_owned())
}
