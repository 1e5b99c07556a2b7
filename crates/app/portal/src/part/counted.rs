//! An objective over time, as coordinates: its budget over the period, and how much is bad now. Times in which nothing was
//! counted are hatched and break the line.

use jiff::{SignedDuration, Timestamp};
use seaworthy_contract::api::{Budget, Objective, ObjectivePoint, ObjectiveSeries, Tier};
use seaworthy_contract::catalogue::{Period, Urgency};

use super::plot::{HEIGHT, WIDTH, lines, nice, number};
use super::{AxisLabel, Band, Plot};
use crate::text;

/// Most points of a line: more cannot be told apart at the width of a phone, and every one costs bytes.
const BINS_MAX: usize = 90;

/// A time this long is shown by its clock; a longer one by its days.
const CLOCK_MAX: SignedDuration = SignedDuration::from_hours(36);

/// Counts in equal bins from one moment to another.
struct Counted {
    from: Timestamp,
    until: Timestamp,
    bins: Vec<Option<ObjectivePoint>>,
    /// What was left at the end of each bin; empty where that is not known.
    remaining: Vec<f64>,
    seconds: f64,
}

impl Counted {
    /// Sums a series up; with `skip`, from the first count on.
    fn new(series: &ObjectiveSeries, skip: bool, now: Timestamp) -> Self {
        let first = series.points.iter().position(Option::is_some).filter(|_| skip).unwrap_or(0);
        let points = &series.points[first..];
        let size = points.len().div_ceil(BINS_MAX).max(1);
        let seconds = |steps: usize| SignedDuration::from_secs(i64::from(series.step_s) * steps as i64);
        let from = series.from.checked_add(seconds(first)).unwrap_or(series.from);
        Self {
            from,
            until: now.max(from),
            bins: points.chunks(size).map(sum).collect(),
            remaining: series
                .remaining
                .get(first..)
                .unwrap_or_default()
                .chunks(size)
                .filter_map(|c| c.last().copied())
                .collect(),
            seconds: f64::from(series.step_s) * size as f64,
        }
    }

    /// Times without counts, on an axis of `len` bins.
    fn gaps(&self, len: f64) -> Vec<Band> {
        let mut gaps: Vec<(usize, usize)> = Vec::new();
        for index in (0..self.bins.len()).filter(|index| self.bins[*index].is_none()) {
            match gaps.last_mut() {
                Some((from, long)) if *from + *long == index => *long += 1,
                _ => gaps.push((index, 1)),
            }
        }
        let width = WIDTH / len;
        let band =
            |(from, long): (usize, usize)| Band { x: number(from as f64 * width), width: number(long as f64 * width) };
        gaps.into_iter().map(band).collect()
    }

    fn is_empty(&self) -> bool {
        self.bins.iter().all(Option::is_none)
    }

    fn source(&self, objective: &Objective) -> String {
        format!("{}, one point for {}", text::counted_by(&objective.indicator), text::seconds(self.seconds))
    }
}

fn sum(points: &[Option<ObjectivePoint>]) -> Option<ObjectivePoint> {
    points.iter().flatten().copied().reduce(|a, b| ObjectivePoint { total: a.total + b.total, bad: a.bad + b.bad })
}

/// Names a moment under a drawing.
fn moment(at: &str, anchor: &'static str, moment: Timestamp, span: SignedDuration) -> AxisLabel {
    match span <= CLOCK_MAX {
        true => AxisLabel::clock(at, anchor, moment),
        false => AxisLabel::new(at, anchor, text::utc(moment, "%-d %b")),
    }
}

/// Draws the budget over the period, from untouched to what is left now; none where its events are not known.
pub fn budget_plot(objective: &Objective, series: &ObjectiveSeries, now: Timestamp) -> Option<Plot> {
    let budget = objective.budget.as_ref()?;
    let is_calendar = matches!(objective.period, Period::Calendar { .. });
    let counted = Counted::new(series, !is_calendar, now);
    if counted.is_empty() || counted.remaining.len() != counted.bins.len() {
        return None;
    }
    let left = |index: usize| counted.bins.get(index)?.as_ref().map(|_| counted.remaining[index].max(0.0));
    // A period of the calendar is drawn whole: what is ahead of now stays empty.
    let whole = |to: Timestamp| to.duration_since(counted.from).as_secs_f64() / counted.seconds;
    let len = if is_calendar { whole(budget.to).max(1.0).ceil() as usize } else { counted.bins.len() };
    let said = text::left_of_budget(budget.remaining_ratio?);
    let end = if is_calendar { budget.to } else { counted.until };
    let span = end.duration_since(counted.from);
    let last = match is_calendar {
        true => moment("100%", "end", end, span),
        false => AxisLabel::new("100%", "end", "now"),
    };
    Some(Plot {
        title: "Budget left".to_owned(),
        label: format!(
            "budget that is left, from all of it at {}: {said}",
            text::utc(counted.from, "%-d %b %H:%M UTC")
        ),
        values: said,
        top: "100%".to_owned(),
        gaps: counted.gaps(len as f64),
        events: Vec::new(),
        limit: is_calendar.then(|| format!("0,0 {WIDTH},{HEIGHT}")),
        stable: lines(len, left, 1.0, (WIDTH, HEIGHT)),
        canary: Vec::new(),
        axis: vec![moment("0%", "start", counted.from, span), last],
        source: format!("{}{}", counted.source(objective), budget_notes(budget, is_calendar)),
    })
}

fn budget_notes(budget: &Budget, is_calendar: bool) -> String {
    let by_now = budget
        .allowed
        .map(|allowed| format!(" · the whole period may have {}", text::about(allowed, "bad one", "bad ones")));
    let even = if is_calendar { " · dashed: spent evenly" } else { "" };
    format!("{}{even}", by_now.unwrap_or_default())
}

/// Draws the share of bad events of the last hour, with the share at which somebody is paged.
pub fn bad_plot(objective: &Objective, series: &ObjectiveSeries, now: Timestamp) -> Option<Plot> {
    let counted = Counted::new(series, true, now);
    if counted.is_empty() {
        return None;
    }
    let share = |index: usize| counted.bins[index].filter(|p| p.total > 0).map(|p| p.bad as f64 / p.total as f64);
    let highest = (0..counted.bins.len()).filter_map(share).fold(0.0, f64::max);
    let limit =
        objective.tiers.iter().find(|tier| tier.urgency == Urgency::Page).map(|tier: &Tier| tier.bad_ratio_limit);
    let limit = limit.filter(|limit| *limit < 1.0);
    let top = nice(highest.max(limit.unwrap_or(0.0) * 1.2), 0.001).min(1.0);
    let all = counted.bins.iter().flatten().fold((0, 0), |(bad, total), p| (bad + p.bad, total + p.total));
    let said = text::percent_of(all.0, all.1).unwrap_or_else(|| "unknown".to_owned());
    let y = |limit: f64| number(HEIGHT - (limit / top).min(1.0) * HEIGHT);
    let span = counted.until.duration_since(counted.from);
    let dashed = limit.map_or_else(String::new, |limit| {
        format!(" · dashed: {}, at which the fastest tier pages", text::share(limit))
    });
    Some(Plot {
        title: "Bad, of all".to_owned(),
        values: format!("{} of {}", text::count(all.0), text::count(all.1)),
        label: format!("share of bad events in the last {}: {said} of all", text::seconds(span.as_secs_f64())),
        top: text::percent(top),
        gaps: counted.gaps(counted.bins.len() as f64),
        events: Vec::new(),
        limit: limit.map(|limit| format!("0,{0} {WIDTH},{0}", y(limit))),
        stable: lines(counted.bins.len(), share, top, (WIDTH, HEIGHT)),
        canary: Vec::new(),
        axis: vec![moment("0%", "start", counted.from, span), AxisLabel::new("100%", "end", "now")],
        source: format!("{}{dashed}", counted.source(objective)),
    })
}
