//! The runs of a probe over time, as coordinates: one line a place. Slots without a run are hatched and break the line.

use std::collections::BTreeMap;

use seaworthy_contract::api::{ProbeRun, ProbeRuns, ProbeState};

use super::plot::{HEIGHT, WIDTH, lines, nice, number};
use super::{AxisLabel, Band, Plot};
use crate::text;

/// Most points of a line: more cannot be told apart at the width of a phone, and every one costs bytes.
const BINS_MAX: i64 = 90;

/// What a place saw in each bin: how long its slowest run that passed took.
type Line = Vec<Option<f64>>;

/// Draws how long runs took, with the time from which they are slow; none where no two slots are known.
pub fn runs_plot(found: &ProbeRuns) -> Option<Plot> {
    let (first, last) = (found.runs.iter().map(|run| run.at).min()?, found.runs.iter().map(|run| run.at).max()?);
    let every = i64::try_from(found.probe.every_ms).unwrap_or(i64::MAX).max(1);
    let slots = last.duration_since(first).as_millis().clamp(0, i128::from(i64::MAX)) as i64 / every + 1;
    if slots < 2 {
        return None;
    }
    let size = every.saturating_mul((slots + BINS_MAX - 1) / BINS_MAX);
    let bin = |run: &ProbeRun| (run.at.duration_since(first).as_millis() / i128::from(size)) as usize;
    let len = found.runs.iter().map(bin).max()? + 1;
    let (mut places, mut seen, mut failed): (BTreeMap<&str, Line>, Vec<bool>, Vec<bool>) =
        (BTreeMap::new(), vec![false; len], vec![false; len]);
    for run in &found.runs {
        let (at, took) = (bin(run), run.took_ms as f64);
        seen[at] |= run.state != ProbeState::Unknown;
        failed[at] |= run.state == ProbeState::Down;
        if matches!(run.state, ProbeState::Up | ProbeState::Degraded) {
            let point = &mut places.entry(&run.place).or_insert_with(|| vec![None; len])[at];
            *point = Some(point.map_or(took, |known| known.max(took)));
        }
    }
    let slow = found.probe.slow_ms.map(|slow| slow as f64);
    let highest = places.values().flatten().flatten().copied().fold(0.0, f64::max);
    let top = nice(highest.max(slow.unwrap_or(0.0)), 1.0);
    let width = WIDTH / len as f64;
    let bins = |wanted: &[bool], is: bool| (0..len).filter(|at| wanted[*at] == is).collect::<Vec<_>>();
    let band = |at: usize| Band { x: number(at as f64 * width), width: number(width) };
    let over = text::seconds(last.duration_since(first).as_secs_f64());
    let fails = found.runs.iter().filter(|run| run.state == ProbeState::Down).count() as u64;
    let said = match fails {
        0 => "none failed".to_owned(),
        n => format!("{} failed", text::counted(n, "run", "runs")),
    };
    let dashed = slow.map_or_else(String::new, |slow| format!(" · dashed: slow from {}", text::millis(slow)));
    Some(Plot {
        title: "Time of a run".to_owned(),
        values: format!("slowest {}, {said}", text::millis(highest)),
        label: format!("time of runs over {over}: the slowest that passed took {}, {said}", text::millis(highest)),
        top: text::millis(top),
        gaps: bins(&seen, false).into_iter().map(band).collect(),
        events: bins(&failed, true).into_iter().map(|at| number((at as f64 + 0.5) * width)).collect(),
        limit: slow.map(|slow| {
            let y = number(HEIGHT - (slow / top).min(1.0) * HEIGHT);
            format!("0,{y} {WIDTH},{y}")
        }),
        stable: places.values().flat_map(|line| lines(len, |at| line[at], top, (WIDTH, HEIGHT))).collect(),
        canary: Vec::new(),
        axis: vec![AxisLabel::clock("0%", "start", first), AxisLabel::clock("100%", "end", last)],
        source: format!(
            "{}, a point is the slowest of {} · upright: a run failed{dashed}",
            text::counted(places.len() as u64, "place", "places, one line each"),
            text::seconds(size as f64 / 1_000.0)
        ),
    })
}
