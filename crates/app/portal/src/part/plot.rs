//! Both arms over time, as coordinates. What nobody reported is hatched and breaks the line; zero is at the bottom.

use askama::Template;
use jiff::Timestamp;
use seaworthy_contract::api::{Rollout, Series, StepState};

use super::prints_itself;
use crate::series::{Arm, Bins};
use crate::text;

/// Size of the drawing; it is stretched to its place.
pub(super) const WIDTH: f64 = 600.0;
pub(super) const HEIGHT: f64 = 120.0;

/// Size of a drawing in a line of text.
const SPARK_WIDTH: f64 = 100.0;
const SPARK_HEIGHT: f64 = 20.0;

/// A text under a drawing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AxisLabel {
    /// Its place, in percent.
    pub at: String,
    /// `start`, `middle` or `end`.
    pub anchor: &'static str,
    /// The text.
    pub text: String,
    /// The moment it stands for, RFC 3339: the script shows it in the reader's zone.
    pub time: Option<String>,
}

impl AxisLabel {
    /// Makes one.
    pub fn new(at: impl Into<String>, anchor: &'static str, text: impl Into<String>) -> Self {
        Self { at: at.into(), anchor, text: text.into(), time: None }
    }

    /// Stands for a moment of one day.
    pub(super) fn clock(at: &str, anchor: &'static str, moment: Timestamp) -> Self {
        let time = Some(text::utc(moment, "%Y-%m-%dT%H:%M:%SZ"));
        Self { time, ..Self::new(at, anchor, text::utc(moment, "%H:%M:%S")) }
    }
}

/// A time without data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Band {
    /// Left edge.
    pub x: String,
    /// Width.
    pub width: String,
}

/// A chart of two arms.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "components/plot.html")]
pub struct Plot {
    /// What is drawn.
    pub title: String,
    /// The figures in words, canary first.
    pub values: String,
    /// The chart in a sentence.
    pub label: String,
    /// Top of the scale.
    pub top: String,
    /// Times without data.
    pub gaps: Vec<Band>,
    /// Places where a step began.
    pub events: Vec<String>,
    /// A dashed line to compare with; none where there is nothing to.
    pub limit: Option<String>,
    /// Points of each unbroken piece of the line of stable.
    pub stable: Vec<String>,
    /// The same of the canary.
    pub canary: Vec<String>,
    /// Texts under the drawing.
    pub axis: Vec<AxisLabel>,
    /// Where it comes from.
    pub source: String,
}

/// The three charts of a rollout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charts {
    /// The charts.
    pub plots: Vec<Plot>,
    /// Whether a time without data is drawn, for the key.
    pub gaps: bool,
}

/// Both arms in a line of text.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "components/spark.html")]
pub struct Spark {
    /// The drawing in a sentence.
    pub label: String,
    /// Points of each unbroken piece of the line of stable.
    pub stable: Vec<String>,
    /// The same of the canary.
    pub canary: Vec<String>,
}

/// Draws the charts of a rollout.
pub fn charts(rollout: &Rollout, series: &Series, now: Timestamp) -> Charts {
    let end = rollout.ended_at;
    let bins = Bins::new(series, end.is_none().then_some(now), end);
    let frame = Frame::new(rollout, &bins, now);
    let plots = vec![failing(rollout, &bins, &frame), slow(&bins, &frame), users(rollout, &bins, &frame)];
    Charts { gaps: !frame.gaps.is_empty(), plots }
}

/// Draws the failing share of both arms in a line of text.
pub fn spark(series: &Series) -> Spark {
    let bins = Bins::new(series, None, None);
    let top = nice(bins.highest(Bins::failing), 0.001);
    let line = |arm| lines(bins.len(), |index| bins.failing(arm, index), top, (SPARK_WIDTH, SPARK_HEIGHT));
    Spark {
        label: format!("share of failing requests, canary and stable; the top is {}", text::percent(top)),
        stable: line(Arm::Stable),
        canary: line(Arm::Canary),
    }
}

/// What the charts of one rollout have in common.
struct Frame {
    gaps: Vec<Band>,
    events: Vec<(f64, f64)>,
    axis: Vec<AxisLabel>,
    interval: String,
}

impl Frame {
    fn new(rollout: &Rollout, bins: &Bins, now: Timestamp) -> Self {
        let width = WIDTH / bins.len() as f64;
        let band =
            |(from, len): (usize, usize)| Band { x: number(from as f64 * width), width: number(len as f64 * width) };
        let end = rollout.ended_at;
        let mut axis = vec![AxisLabel::clock("0%", "start", bins.from())];
        let events = starts(rollout, bins, end.unwrap_or(now));
        axis.extend(labels(&events));
        axis.push(match end {
            None => AxisLabel::new("100%", "end", "now"),
            Some(_) => AxisLabel::clock("100%", "end", bins.end()),
        });
        Self {
            gaps: bins.gaps().into_iter().map(band).collect(),
            events,
            axis,
            interval: text::seconds(bins.seconds()),
        }
    }

    fn plot(&self, title: &str, values: String, label: String, top: String) -> Plot {
        Plot {
            title: title.to_owned(),
            values,
            label,
            top,
            gaps: self.gaps.clone(),
            events: self.events.iter().map(|(x, _)| number(x * WIDTH)).collect(),
            limit: None,
            stable: Vec::new(),
            canary: Vec::new(),
            axis: self.axis.clone(),
            source: format!("gateways, one point for {}", self.interval),
        }
    }
}

/// Where each step began, as parts of the width, with its share: counted back from the end, because a step tells how
/// long it lasted.
fn starts(rollout: &Rollout, bins: &Bins, end: Timestamp) -> Vec<(f64, f64)> {
    let mut left = end.duration_since(bins.from()).as_secs_f64();
    let mut found = Vec::new();
    for step in rollout.steps.iter().rev() {
        if let (Some(seconds), StepState::Passed | StepState::Now | StepState::Stopped) = (step.seconds, step.state) {
            left -= seconds;
            found.push(((left / bins.span()).clamp(0.0, 1.0), step.share));
        }
    }
    found.reverse();
    found
}

/// Names steps where there is room for it.
fn labels(events: &[(f64, f64)]) -> Vec<AxisLabel> {
    let mut last = 0.36;
    let mut found = Vec::new();
    for (x, share) in events {
        if *x > last && *x < 0.66 {
            found.push(AxisLabel::new(format!("{:.1}%", x * 100.0), "middle", text::percent(*share)));
            last = x + 0.16;
        }
    }
    found
}

fn failing(rollout: &Rollout, bins: &Bins, frame: &Frame) -> Plot {
    let top = nice(bins.highest(Bins::failing), 0.001);
    let share = |requests, failures| text::percent_of(failures, requests).unwrap_or_else(|| "unknown".to_owned());
    let (canary, stable) = (rollout.canary, rollout.stable);
    let (c, s) = (share(canary.requests, canary.failures), share(stable.requests, stable.failures));
    let label = format!("share of requests that fail: canary {c}, stable {s} over the whole rollout");
    let mut plot = frame.plot("Requests that fail", format!("{c} / {s}"), label, text::percent(top));
    plot.stable = lines(bins.len(), |index| bins.failing(Arm::Stable, index), top, (WIDTH, HEIGHT));
    plot.canary = lines(bins.len(), |index| bins.failing(Arm::Canary, index), top, (WIDTH, HEIGHT));
    plot
}

fn slow(bins: &Bins, frame: &Frame) -> Plot {
    let top = nice(bins.highest(Bins::p90), 1.0);
    let said = |arm| bins.latest_p90(arm).map_or_else(|| "unknown".to_owned(), text::millis);
    let (c, s) = (said(Arm::Canary), said(Arm::Stable));
    let label = format!("time within which 9 of 10 requests are answered: canary {c}, stable {s} at the end");
    let mut plot = frame.plot("9 of 10 within", format!("{c} / {s}"), label, text::millis(top));
    plot.stable = lines(bins.len(), |index| bins.p90(Arm::Stable, index), top, (WIDTH, HEIGHT));
    plot.canary = lines(bins.len(), |index| bins.p90(Arm::Canary, index), top, (WIDTH, HEIGHT));
    plot.source.push_str(", the median of its points; at most 12.5% off");
    plot
}

fn users(rollout: &Rollout, bins: &Bins, frame: &Frame) -> Plot {
    let all = rollout.canary.users + rollout.stable.users;
    let share = text::percent_of(rollout.canary.users, all).unwrap_or_else(|| "unknown".to_owned());
    let label = format!("share of users first seen in a step, by arm: canary {share} of {}", text::count(all));
    let values = format!("{} / {}", text::count(rollout.canary.users), text::count(rollout.stable.users));
    let mut plot = frame.plot("New users per arm", values, label, "100%".to_owned());
    plot.stable = lines(bins.len(), |index| bins.users(Arm::Stable, index), 1.0, (WIDTH, HEIGHT));
    plot.canary = lines(bins.len(), |index| bins.users(Arm::Canary, index), 1.0, (WIDTH, HEIGHT));
    plot.limit = set_share(&frame.events);
    plot.source.push_str(" · dashed: the share that was set for the canary");
    plot
}

/// The share that was set, as a staircase.
fn set_share(events: &[(f64, f64)]) -> Option<String> {
    let ends = events.iter().skip(1).map(|(x, _)| *x).chain([1.0]);
    let stairs = events.iter().zip(ends).flat_map(|((x, share), end)| {
        let y = number(HEIGHT - share * HEIGHT);
        [format!("{},{y}", number(x * WIDTH)), format!("{},{y}", number(end * WIDTH))]
    });
    let points: Vec<_> = stairs.collect();
    (!points.is_empty()).then(|| points.join(" "))
}

/// The unbroken pieces of a line through the middles of `len` bins. A lone point becomes a short dash, so that it is seen.
pub(super) fn lines(len: usize, value: impl Fn(usize) -> Option<f64>, top: f64, size: (f64, f64)) -> Vec<String> {
    let (width, height) = size;
    let at = |index: usize| (index as f64 + 0.5) / len as f64 * width;
    let mut pieces: Vec<Vec<(f64, f64)>> = vec![Vec::new()];
    for index in 0..len {
        match value(index) {
            Some(value) => {
                let y = height - (value / top).clamp(0.0, 1.0) * height;
                pieces.last_mut().expect("never empty").push((at(index), y));
            }
            None if pieces.last().is_some_and(|piece| !piece.is_empty()) => pieces.push(Vec::new()),
            None => {}
        }
    }
    let text = |piece: Vec<(f64, f64)>| {
        let dash = (piece.len() == 1).then(|| (piece[0].0 + width / 150.0, piece[0].1));
        let points = piece.into_iter().chain(dash).map(|(x, y)| format!("{},{}", number(x), number(y)));
        points.collect::<Vec<_>>().join(" ")
    };
    pieces.into_iter().filter(|piece| !piece.is_empty()).map(text).collect()
}

/// The next of 1, 2, 5, 10, .. of a unit at or above a value: scales that people can read.
pub(super) fn nice(value: f64, unit: f64) -> f64 {
    let scales = (0..12).flat_map(|power| [1.0, 2.0, 5.0].map(|step| unit * step * 10_f64.powi(power)));
    // Nothing real is above the last one.
    scales.into_iter().find(|scale| value <= scale * (1.0 + 1e-9)).unwrap_or(unit)
}

/// A coordinate with one decimal where it needs one.
pub(super) fn number(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

prints_itself!(Plot, Spark);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_are_round_and_hold_the_value() {
        for (value, unit, top) in [(0.0, 0.001, 0.001), (0.3, 0.001, 0.5), (1.0, 0.001, 1.0), (47.0, 1.0, 50.0)] {
            let found = nice(value, unit);
            assert!((found - top).abs() < 1e-9, "{value}: {found}");
        }
        assert!(nice(f64::INFINITY, 1.0).is_finite());
        assert!(nice(f64::NAN, 1.0).is_finite());
    }
}
