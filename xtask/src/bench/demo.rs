//! `bench demo`: the demo's story, headless, many times, against the figures that were promised.

use std::fs::File;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::child;
use super::report::{self, Run};
use crate::args::Args;
use crate::figures::{Figure, spread, verdict};
use crate::shell::{Outcome, Profile, command, seaworthy, target};

/// Runs when nobody says how many.
const RUNS: u64 = 3;

/// Twice the time a good run may take; one that is still going then has hung.
const RUN_MAX: Duration = Duration::from_secs(300);

/// Runs the demo `--runs` times and prints a line for each, the spread, and the verdict.
///
/// # Errors
/// When the binary does not build or a figure is missed. A run that breaks is a run that missed them all.
pub(super) fn run(mut args: Args) -> Outcome {
    let wanted = args.number("--runs", RUNS)?;
    let file = args.value("--json")?;
    args.finish()?;
    let binary = seaworthy(Profile::Release)?;
    println!("{}", HEAD.map(|word| format!("{word:>10}")).join(""));
    let mut reports = Vec::new();
    let mut runs = Vec::new();
    for number in 1..=wanted {
        let (report, seconds) = once(&binary, number)?;
        let run = report::read(&report, seconds);
        println!("{number:>10}{}", cells(&run));
        reports.push(report);
        runs.push(run);
    }
    spreads(&runs);
    if let Some(file) = file {
        write(&file, &reports, &runs)?;
    }
    verdict(&figures(&runs))
}

const HEAD: [&str; 12] =
    ["run", "v2", "v3", "assigned", "response", "idem", "other", "page", "row", "story", "v3 s", "total"];

fn cells(run: &Run) -> String {
    let word = |word: &Option<String>| word.clone().unwrap_or("-".into());
    let seconds = |value: Option<f64>| value.map_or("-".into(), |value| format!("{value:.2}"));
    let count = |value: Option<u64>| value.map_or("-".into(), |value| value.to_string());
    let row = if run.ready { "seen" } else { "-" };
    let cells = [
        word(&run.bad_outcome),
        word(&run.healthy_outcome),
        seconds(run.last_assigned),
        seconds(run.last_response),
        count(run.idempotent),
        count(run.other),
        seconds(run.page),
        row.into(),
        seconds(run.story()),
        seconds(run.healthy),
        seconds(Some(run.total)),
    ];
    cells.map(|cell| format!("{cell:>10}")).join("")
}

/// Runs the demo once: its report (null when it gave none) and the seconds it took. What it says on its error
/// stream goes to a file beside the binary, named when something goes wrong.
fn once(binary: &Path, number: u64) -> Outcome<(Value, f64)> {
    let folder = target().join("bench");
    std::fs::create_dir_all(&folder).map_err(|error| format!("could not make \"{}\": {error}", folder.display()))?;
    let (out, log) = (folder.join(format!("demo-{number}.json")), folder.join(format!("demo-{number}.log")));
    let create =
        |path: &Path| File::create(path).map_err(|error| format!("could not write \"{}\": {error}", path.display()));
    let mut demo = command(binary);
    demo.args(["demo", "--headless", "--json"]).stdout(create(&out)?).stderr(create(&log)?);
    let start = Instant::now();
    let fine = ends_well(&mut demo)?;
    let seconds = start.elapsed().as_secs_f64();
    let text = std::fs::read_to_string(&out).unwrap_or_default();
    let report = serde_json::from_str(&text).unwrap_or(Value::Null);
    if !fine || report.is_null() {
        eprintln!("run {number} broke; what it said is in {}", log.display());
    }
    Ok((report, seconds))
}

/// Waits for the end, at most [`RUN_MAX`]; true when it ended with 0.
fn ends_well(demo: &mut Command) -> Outcome<bool> {
    let mut child = demo.spawn().map_err(|error| format!("could not start the demo: {error}"))?;
    let status = child::wait(&mut child, RUN_MAX);
    if status.is_none() {
        eprintln!("the demo did not end within {RUN_MAX:?}");
        child::stop(&mut child);
    }
    Ok(status.is_some_and(|status| status.success()))
}

fn spreads(runs: &[Run]) {
    let row = |name: &str, values: Vec<f64>| {
        if let Some((least, median, greatest)) = spread(&values) {
            println!("{name:<32} min {least:>7.2}   median {median:>7.2}   max {greatest:>7.2}");
        }
    };
    println!();
    row("first bad to last assignment, s", runs.iter().filter_map(|run| run.last_assigned).collect());
    row("first bad to last response, s", runs.iter().filter_map(|run| run.last_response).collect());
    row("first bad to page, s", runs.iter().filter_map(|run| run.page).collect());
    row("other failures of users", runs.iter().filter_map(|run| run.other).map(|count| count as f64).collect());
    row("story, s", runs.iter().filter_map(Run::story).collect());
    row("healthy rollout, s", runs.iter().filter_map(|run| run.healthy).collect());
    row("total, s", runs.iter().map(|run| run.total).collect());
}

fn figures(runs: &[Run]) -> Vec<Figure> {
    let all = |what: &str, holds: fn(&Run) -> bool| {
        Figure::in_all(what, runs.iter().filter(|run| holds(run)).count(), runs.len())
    };
    // A missing value makes the whole figure missing: the worst of 19 is not the worst of 20.
    let each = |value: fn(&Run) -> Option<f64>| runs.iter().map(value).collect::<Option<Vec<f64>>>();
    let worst = |value: fn(&Run) -> Option<f64>| each(value).and_then(|values| Some(spread(&values)?.2));
    let assigned = each(|run| run.last_assigned).and_then(|values| spread(&values));
    vec![
        all("the bad version was reverted", Run::reverted),
        all("the healthy version was promoted", Run::promoted),
        all("the readiness row became evidence", |run| run.ready),
        all("the ledger verified", |run| run.verified),
        all("somebody was paged", |run| run.page.is_some()),
        Figure::at_most("first bad to last canary assignment, median", assigned.map(|spread| spread.1), 1.5, "s"),
        Figure::at_most("first bad to last canary assignment, worst", assigned.map(|spread| spread.2), 4.0, "s"),
        Figure::at_most("failed idempotent requests, worst", worst(|run| run.idempotent.map(|n| n as f64)), 0.0, ""),
        Figure::at_most("steps 1 to 3, worst", worst(Run::story), 60.0, "s"),
        Figure::at_most("the healthy rollout, worst", worst(|run| run.healthy), 90.0, "s"),
    ]
}

fn write(file: &str, reports: &[Value], runs: &[Run]) -> Outcome {
    let seconds: Vec<f64> = runs.iter().map(|run| run.total).collect();
    let all = json!({ "reports": reports, "total_seconds": seconds });
    std::fs::write(file, format!("{all:#}\n")).map_err(|error| format!("could not write \"{file}\": {error}"))
}

#[cfg(test)]
mod tests {
    use super::{Run, figures};
    use crate::figures::verdict;

    fn good() -> Run {
        Run {
            bad_outcome: Some("reverted".into()),
            healthy_outcome: Some("promoted".into()),
            last_assigned: Some(1.0),
            last_response: Some(1.1),
            idempotent: Some(0),
            other: Some(3),
            page: Some(1.2),
            healthy: Some(40.0),
            ready: true,
            verified: true,
            total: 60.0,
        }
    }

    #[test]
    fn good_runs_pass() {
        assert_eq!(verdict(&figures(&[good(), good()])), Ok(()));
    }

    #[test]
    fn one_bad_run_among_good_ones_fails() {
        let bad: [fn(&mut Run); 8] = [
            |run| run.bad_outcome = Some("promoted".into()),
            |run| run.healthy_outcome = None,
            |run| run.last_assigned = Some(4.5),
            |run| run.last_assigned = None,
            |run| run.idempotent = Some(1),
            |run| run.healthy = Some(91.0),
            |run| run.total = 101.0,
            |run| run.verified = false,
        ];
        for spoil in bad {
            let mut run = good();
            spoil(&mut run);
            assert!(verdict(&figures(&[good(), good(), run.clone()])).is_err(), "{run:?}");
        }
    }

    #[test]
    fn no_runs_prove_nothing() {
        assert!(verdict(&figures(&[])).is_err());
    }
}
