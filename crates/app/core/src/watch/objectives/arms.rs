//! Latencies of each service, route, version and arm: they are drawn, and nothing is decided by them.

use jiff::Timestamp;
use seaworthy_contract::gateway::{Count, Report};
use seaworthy_model::{Arm, Tally};
use seaworthy_signals::{Arms, Bin, Histogram, NAME_BYTES_MAX};

use super::convert::fnv;

/// What the names of these series begin with.
pub const ARM: &str = "arm/";

/// Adds what a report says of each arm. What does not fit is left out: [`Arms::refused`] says how much.
pub(super) fn take(arms: &mut Arms, report: &Report, at: Timestamp, now: Timestamp) {
    for count in report.counts.iter().filter(|count| count.ended.judged() > 0 || !count.latency.is_empty()) {
        let mut latency = Histogram::default();
        count.latency.iter().for_each(|(bucket, n)| latency.add(*bucket, *n));
        let bin = Bin { tally: Tally::new(count.ended.judged(), count.ended.failed()), latency };
        // A quarter of an hour later nobody draws it: what belongs to older rows is dropped.
        drop(arms.add(&arm_name(count), at, &bin, now));
    }
}

/// Returns the name of a count's series; a long one ends in a hash of the whole.
pub(super) fn arm_name(count: &Count) -> String {
    let arm = if count.arm == Arm::Canary { "canary" } else { "stable" };
    let name = format!("{ARM}{}/{}/{arm}/{}", count.service, count.version, count.route);
    if name.len() <= NAME_BYTES_MAX {
        return name;
    }
    let hash = format!("~{:016x}", fnv(name.as_bytes()));
    let end = (0..=NAME_BYTES_MAX - hash.len()).rev().find(|at| name.is_char_boundary(*at)).unwrap_or(0);
    format!("{}{hash}", &name[..end])
}
