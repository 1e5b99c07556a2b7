//! An objective over time, for a plot: counts, how fast they burned the budget, and what that left of it.

use std::ops::Range;

use seaworthy_contract::api::{OBJECTIVE_POINTS_MAX, ObjectivePoint, ObjectiveSeries};
use seaworthy_model::Tally;
use seaworthy_signals::{Bucket, FIVE_MINUTES_KEPT, Resolution, TEN_SECONDS_KEPT};

use crate::view::Look;
use crate::watch::objectives::Watched;

/// What a plot of an objective needs.
#[derive(Debug, Clone, PartialEq)]
pub enum Plot {
    /// Memory has it.
    Ready(ObjectiveSeries),
    /// It reaches further back than memory: the buckets of five minutes of this drawing are on disk.
    OnDisk(Drawing),
}

/// What is drawn, and on which scale.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawing {
    /// Name of the series on disk.
    pub series: String,
    /// The slots.
    pub slots: Range<i64>,
    resolution: Resolution,
    /// Share of events that may be bad.
    allowed_ratio: f64,
    /// What is left of the budget now, and how many bad events are all of it.
    budget: Option<(f64, f64)>,
}

/// Returns the last `window_s` seconds of an objective; none where there is none, or another system keeps its counts.
pub fn plot(look: &Look<'_>, name: &str, window_s: u32) -> Option<Plot> {
    let watched = look.watch.objectives.get(name)?;
    let (series, window) = (watched.series()?, i64::from(window_s));
    let resolution = match window <= TEN_SECONDS_KEPT as i64 * 10 {
        true => Resolution::TenSeconds,
        false => Resolution::FiveMinutes,
    };
    let head = resolution.slot(look.now);
    let slots = head + 1 - window.div_euclid(resolution.seconds()).max(1)..head + 1;
    let is_on_disk = slots.end - slots.start > FIVE_MINUTES_KEPT as i64;
    let drawing = Drawing {
        series: watched.series_name()?.to_owned(),
        slots,
        resolution,
        allowed_ratio: 1.0 - watched.declared.target,
        budget: budget(watched),
    };
    Some(if is_on_disk { Plot::OnDisk(drawing) } else { Plot::Ready(drawing.draw(&series.recent(resolution))) })
}

fn budget(watched: &Watched) -> Option<(f64, f64)> {
    let budget = watched.seen()?.projected()?;
    Some((budget.remaining, budget.allowed_events.filter(|allowed| *allowed > 0.0)?))
}

impl Drawing {
    /// Draws buckets as at most [`OBJECTIVE_POINTS_MAX`] points; neighbours are merged, never dropped.
    pub fn draw(&self, buckets: &[Bucket]) -> ObjectiveSeries {
        let (slots, seconds) = (&self.slots, self.resolution.seconds());
        let count = (slots.end - slots.start).max(1);
        let each = (count + OBJECTIVE_POINTS_MAX as i64 - 1) / OBJECTIVE_POINTS_MAX as i64;
        let mut points: Vec<Option<Tally>> = vec![None; usize::try_from((count + each - 1) / each).unwrap_or(0)];
        for bucket in buckets.iter().filter(|bucket| slots.contains(&bucket.slot)) {
            let index = usize::try_from((bucket.slot - slots.start) / each).unwrap_or(usize::MAX);
            if let Some(point) = points.get_mut(index) {
                point.get_or_insert_default().add(bucket.tally);
            }
        }
        ObjectiveSeries {
            from: self.resolution.start(slots.start),
            step_s: u32::try_from(each * seconds).unwrap_or(u32::MAX),
            allowed_ratio: self.allowed_ratio,
            remaining: self.remaining(&points),
            points: points.into_iter().map(|tally| tally.map(point)).collect(),
        }
    }

    /// Gives back, from now to the past, what each point took.
    fn remaining(&self, points: &[Option<Tally>]) -> Vec<f64> {
        let Some((now, allowed)) = self.budget else { return Vec::new() };
        let mut left = now;
        let mut remaining: Vec<f64> = Vec::with_capacity(points.len());
        for point in points.iter().rev() {
            remaining.push(left);
            left = (left + point.map_or(0.0, |tally| tally.bad as f64 / allowed)).min(1.0);
        }
        remaining.reverse();
        remaining
    }
}

fn point(tally: Tally) -> ObjectivePoint {
    ObjectivePoint { total: tally.total, bad: tally.bad }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawing(slots: Range<i64>, budget: Option<(f64, f64)>) -> Drawing {
        Drawing { series: "s".to_owned(), slots, resolution: Resolution::FiveMinutes, allowed_ratio: 0.001, budget }
    }

    fn bucket(slot: i64, total: u64, bad: u64) -> Bucket {
        Bucket { resolution: Resolution::FiveMinutes, slot, tally: Tally::new(total, bad) }
    }

    #[test]
    fn a_plot_has_a_bounded_number_of_points_and_loses_no_count() {
        for count in [1, 2, 399, 400, 401, 864, 26_496] {
            let slots = 1_000..1_000 + count;
            let buckets: Vec<Bucket> = slots.clone().map(|slot| bucket(slot, 3, 1)).collect();
            let plot = drawing(slots, Some((0.5, 1e6))).draw(&buckets);
            assert!(plot.points.len() <= OBJECTIVE_POINTS_MAX, "{count}: {}", plot.points.len());
            let total: u64 = plot.points.iter().flatten().map(|point| point.total).sum();
            assert_eq!((total, plot.remaining.len()), (3 * count.unsigned_abs(), plot.points.len()));
        }
        let nothing = drawing(5..8, None).draw(&[]);
        assert_eq!(nothing.points, [None, None, None], "nothing counted is a gap, not a zero");
        assert!(nothing.remaining.is_empty(), "a budget that nobody knows is not drawn");
    }

    #[test]
    fn what_is_left_ends_where_it_is_now_and_begins_where_it_came_from() {
        let plot = drawing(0..4, Some((0.4, 10.0))).draw(&[bucket(0, 100, 1), bucket(2, 100, 4), bucket(3, 100, 1)]);
        let rounded: Vec<i64> = plot.remaining.iter().map(|left| (left * 100.0).round() as i64).collect();
        assert_eq!(rounded, [90, 90, 50, 40]);
        let all = drawing(0..2, Some((0.9, 10.0))).draw(&[bucket(0, 9, 9), bucket(1, 9, 9)]);
        assert!((all.remaining[0] - 1.0).abs() < 1e-9, "what left the period was given back: {:?}", all.remaining);
    }
}
