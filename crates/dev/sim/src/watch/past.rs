//! Three healthy days of a service, as the store would hold them.

use jiff::Timestamp;
use seaworthy_model::Tally;
use seaworthy_signals::{Bucket, Resolution};
use seaworthy_store::Row;

/// Returns every bucket of one series that memory would hold at an instant, with events at a fixed rate and none bad.
pub fn healthy(series: &str, per_second: u64, now: Timestamp) -> Vec<Row> {
    let all = Resolution::ALL.into_iter().flat_map(|resolution| {
        let head = resolution.slot(now);
        (head + 1 - resolution.kept() as i64..=head).map(move |slot| (resolution, slot))
    });
    all.map(|(resolution, slot)| {
        let passed = now.duration_since(resolution.start(slot)).as_millis().unsigned_abs();
        let ms = passed.min(u128::from(resolution.seconds().unsigned_abs()) * 1_000);
        let total = u64::try_from(ms).expect("a bucket is short") * per_second / 1_000;
        Row::new(series, Bucket { resolution, slot, tally: Tally::new(total, 0) })
    })
    .collect()
}
