//! What runs of a pipeline mean, whoever recorded them: is main green, for how long was it red, what waited for people.

use jiff::{SignedDuration, Timestamp};

use crate::Facts;

/// How far back red minutes are counted.
const WINDOW: SignedDuration = SignedDuration::from_hours(30 * 24);

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// It succeeded.
    Passed,
    /// It did not.
    Failed,
    /// It goes on, or somebody called it off: it says nothing about the code.
    Neither,
}

/// One run.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    /// What tells it from others; a record may hold one several times.
    pub(crate) id: u64,
    /// Which pipeline of the repository: each is red or green by itself.
    pub(crate) pipeline: String,
    pub(crate) started_at: Option<Timestamp>,
    pub(crate) ended_at: Option<Timestamp>,
    pub(crate) on_main: bool,
    pub(crate) end: End,
}

/// One wait for a person.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Wait {
    pub(crate) id: u64,
    /// Minutes, where the record says when it began and ended.
    pub(crate) minutes: Option<f64>,
}

/// Says what runs and waits mean.
pub(crate) fn tell(facts: &mut Facts, mut runs: Vec<Run>, mut waits: Vec<Wait>, now: Timestamp) {
    // The newest word on a run is the last one that ended.
    runs.sort_by_key(|run| (run.id, run.ended_at, run.end == End::Neither));
    runs.reverse();
    runs.dedup_by_key(|run| run.id);
    runs.sort_by_key(|run| run.ended_at);
    waits.sort_by(|a, b| (a.id, b.minutes.is_some()).cmp(&(b.id, a.minutes.is_some())));
    waits.dedup_by_key(|wait| wait.id);
    facts.count("pipeline.runs", runs.len());
    let main: Vec<&Run> =
        runs.iter().filter(|run| run.on_main && run.end != End::Neither && run.ended_at.is_some()).collect();
    facts.count("pipeline.runs_on_main", main.len());
    facts.count("pipeline.failed_on_main", main.iter().filter(|run| run.end == End::Failed).count());
    if !main.is_empty() {
        let mut names: Vec<&str> = main.iter().map(|run| run.pipeline.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        let of = |name: &str| main.iter().filter(|run| run.pipeline == name).copied().collect::<Vec<_>>();
        let green = names.iter().all(|name| of(name).last().is_some_and(|run| run.end == End::Passed));
        facts.is("pipeline.main_is_green", green);
        facts.number("pipeline.red_minutes_on_main_30d", red_minutes(&main, &names, now));
    }
    facts.count("pipeline.manual_waits", waits.len());
    let timed: Vec<f64> = waits.iter().filter_map(|wait| wait.minutes).collect();
    if !timed.is_empty() {
        facts.number("pipeline.manual_wait_minutes", timed.iter().sum::<f64>().round());
    }
    durations(facts, &runs);
    if let Some(last) = runs.iter().filter_map(|run| run.ended_at).max() {
        facts.days("pipeline.last_run_days", last, now);
    }
}

/// Minutes in which the newest finished run of any pipeline on main had failed; overlapping ones count once.
fn red_minutes(main: &[&Run], names: &[&str], now: Timestamp) -> f64 {
    let from = now.checked_sub(WINDOW).unwrap_or(Timestamp::MIN);
    let mut red: Vec<(Timestamp, Timestamp)> = Vec::new();
    for name in names {
        let mut since = None;
        for run in main.iter().filter(|run| run.pipeline == *name) {
            let Some(at) = run.ended_at else { continue };
            match (run.end, since) {
                (End::Failed, None) => since = Some(at),
                (End::Passed, Some(start)) => {
                    red.push((start, at));
                    since = None;
                }
                _ => {}
            }
        }
        red.extend(since.map(|start| (start, now)));
    }
    red.sort();
    let (mut minutes, mut counted_to) = (0.0, from);
    for (start, end) in red {
        let start = start.max(counted_to);
        if end > start {
            minutes += end.duration_since(start).as_secs_f64() / 60.0;
            counted_to = end;
        }
    }
    minutes.round()
}

fn durations(facts: &mut Facts, runs: &[Run]) {
    let seconds = |run: &Run| {
        let (start, end) = (run.started_at?, run.ended_at?);
        (run.end != End::Neither && end >= start).then(|| end.duration_since(start).as_secs_f64())
    };
    let mut all: Vec<f64> = runs.iter().filter_map(seconds).collect();
    all.sort_by(f64::total_cmp);
    if let (Some(median), Some(longest)) = (all.get(all.len() / 2), all.last()) {
        facts.number("pipeline.median_seconds", median.round());
        facts.number("pipeline.longest_seconds", longest.round());
    }
}
