//! `--stdin`: one configuration, then ticks; a line out per tick, at once.

use std::collections::BTreeMap;
use std::io::{BufRead, Read, Write};

use seaworthy_rollout::judge::{Decision, Trial};
use serde::{Deserialize, Serialize};

use super::{Config, EXIT_OK, JudgeError};

/// Longest line, in bytes: 16 metrics need about two thousand; what is longer is not a tick.
const LINE_MAX: u64 = 1 << 20;

/// A tick, or a change point.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    share: Option<f64>,
    metrics: Option<BTreeMap<String, Counts>>,
    step: Option<f64>,
}

/// Units and events of both arms since the last tick.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Counts {
    n_c: u64,
    n_b: u64,
    x_c: u64,
    x_b: u64,
}

#[derive(Serialize)]
struct Answer<'a> {
    decision: &'static str,
    log_e: f64,
    metric: Option<&'a str>,
}

/// Reads lines and says which number the last one had.
struct Lines<R> {
    input: R,
    number: usize,
    text: String,
}

impl<R: BufRead> Lines<R> {
    /// Returns the next line that is not blank.
    fn next(&mut self) -> Result<Option<&str>, JudgeError> {
        loop {
            self.number += 1;
            self.text.clear();
            let number = self.number;
            let read = self.input.by_ref().take(LINE_MAX + 1).read_line(&mut self.text);
            let count = read.map_err(|source| JudgeError::Read { number, source })?;
            if count as u64 > LINE_MAX {
                return Err(JudgeError::Line { number, why: format!("it is longer than {LINE_MAX} bytes") });
            }
            if count == 0 {
                return Ok(None);
            }
            if !self.text.trim().is_empty() {
                return Ok(Some(self.text.trim()));
            }
        }
    }
}

pub(super) fn judge(input: impl BufRead, out: &mut impl Write) -> Result<u8, JudgeError> {
    let mut lines = Lines { input, number: 0, text: String::new() };
    let (config, mut trial) = configured(lines.next()?).map_err(JudgeError::Config)?;
    while let Some(text) = lines.next()? {
        let read = serde_json::from_str(text).map_err(|e| said(&e));
        let taken = read.and_then(|line| take(&config, &mut trial, &line));
        if taken.map_err(|why| JudgeError::Line { number: lines.number, why })? {
            answer(&config, &mut trial, out)?;
        }
    }
    Ok(EXIT_OK)
}

/// Returns what is wrong with a line of JSON, without the line number that it has of itself (always 1).
fn said(error: &serde_json::Error) -> String {
    error.to_string().replace(" at line 1 column ", " at column ")
}

fn configured(line: Option<&str>) -> Result<(Config, Trial), String> {
    let text = line.ok_or("the standard input is empty; expected {\"metrics\": [..], \"alpha\": .., ..}")?;
    let config: Config = serde_json::from_str(text).map_err(|e| said(&e))?;
    for (i, metric) in config.metrics.iter().enumerate() {
        if config.metrics[..i].iter().any(|m| m.name == metric.name) {
            return Err(format!("metric \"{}\" stands there twice", metric.name));
        }
    }
    let trial = config.trial().map_err(|e| e.to_string())?;
    Ok((config, trial))
}

/// Feeds one line; says whether it was a tick.
fn take(config: &Config, trial: &mut Trial, line: &Line) -> Result<bool, String> {
    match (line.step, line.share, &line.metrics) {
        (Some(mass), None, None) => step(trial, mass).map(|()| false),
        (None, Some(share), Some(metrics)) => tick(config, trial, share, metrics).map(|()| true),
        _ => Err("expected {\"share\": .., \"metrics\": {..}} or {\"step\": ..}".to_owned()),
    }
}

/// Moves mass to a change point here; evidence for a promotion starts anew, evidence for an abort carries.
fn step(trial: &mut Trial, mass: f64) -> Result<(), String> {
    if !(0.0..=1.0).contains(&mass) {
        return Err(format!("\"step\" is a mass from 0 to 1, not {mass}"));
    }
    for metric in trial.metrics_mut() {
        metric.restart(mass, metric.ceiling()).map_err(|e| e.to_string())?;
    }
    Ok(())
}

fn tick(config: &Config, trial: &mut Trial, share: f64, counts: &BTreeMap<String, Counts>) -> Result<(), String> {
    if !(0.0..=1.0).contains(&share) {
        return Err(format!("\"share\" lies between 0 and 1, not at {share}"));
    }
    let place = |name: &String| config.metrics.iter().position(|m| m.name == *name);
    for (name, counts) in counts {
        let known = || config.metrics.iter().map(|m| m.name.as_str()).collect::<Vec<_>>().join("\", \"");
        place(name).ok_or_else(|| format!("metric \"{name}\" is not configured; known are \"{}\"", known()))?;
        if counts.x_c > counts.n_c || counts.x_b > counts.n_b {
            return Err(format!("metric \"{name}\" has more events than units in one arm"));
        }
    }
    for (name, counts) in counts {
        let metric = place(name).and_then(|i| trial.metrics_mut().get_mut(i)).expect("looked up above");
        metric.update(share, counts.n_c, counts.x_c, counts.x_b, 1.0);
    }
    Ok(())
}

fn answer(config: &Config, trial: &mut Trial, out: &mut impl Write) -> Result<(), JudgeError> {
    let decision = trial.decide();
    let guilty = matches!(decision, Decision::Hold | Decision::Abort);
    let metric = guilty.then(|| config.metrics[trial.leading()].name.as_str());
    let line = Answer { decision: decision.as_str(), log_e: trial.log_e(), metric };
    serde_json::to_writer(&mut *out, &line).map_err(std::io::Error::from)?;
    out.write_all(b"\n")?;
    // A tick is answered before the next one is asked for.
    out.flush()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::{JudgeArgs, run};

    const CONFIG: &str = r#"{"metrics": [{"name": "errors", "weight": 0.5, "ceiling": 0.01}, {"name": "slow_p99", "weight": 0.5}], "margin": 2.0, "tolerance": 1.0, "alpha": 0.001, "hold": 0.05, "beta": 0.05, "min_n": 50}"#;

    fn judged(input: &str) -> (u8, String, String) {
        let args = JudgeArgs { vectors: None, stdin: true, json: false };
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let code = run(&args, input.as_bytes(), &mut out, &mut err);
        (code, String::from_utf8(out).expect("UTF-8"), String::from_utf8(err).expect("UTF-8"))
    }

    fn tick(n_c: u64, x_c: u64) -> String {
        format!(r#"{{"share": 0.05, "metrics": {{"errors": {{"n_c": {n_c}, "n_b": 190, "x_c": {x_c}, "x_b": 0}}}}}}"#)
    }

    #[test]
    fn ticks_are_answered_line_by_line() {
        let ticks = [tick(10, 0), tick(10, 2), r#"{"step": 0.3}"#.to_owned(), tick(10, 9)].join("\n");
        let (code, out, err) = judged(&format!("{CONFIG}\n\n{ticks}\n"));
        let words: Vec<serde_json::Value> = out.lines().map(|l| serde_json::from_str(l).expect("JSON")).collect();
        let seen: Vec<_> = words.iter().map(|w| (w["decision"].as_str(), w["metric"].as_str())).collect();
        assert_eq!(seen, [(Some("wait"), None), (Some("hold"), Some("errors")), (Some("abort"), Some("errors"))]);
        assert_eq!((code, err.as_str()), (0, ""));
    }

    #[test]
    fn a_vector_of_the_reference_is_its_own_configuration() {
        let text = include_str!("../../../../../domain/rollout/vectors/canary.json");
        let all: serde_json::Value = serde_json::from_str(text).expect("JSON");
        for vector in all["vectors"].as_array().expect("a list").iter().filter(|v| v["kind"] == "rollout") {
            let line = |t: &serde_json::Value| {
                let counts = |c: usize| serde_json::json!({"n_c": t[1], "n_b": 100_000, "x_c": t[c], "x_b": t[c + 1]});
                serde_json::json!({"share": t[0], "metrics": {"errors": counts(2), "slow_p99": counts(4)}}).to_string()
            };
            let ticks: Vec<String> = vector["ticks"].as_array().expect("a list").iter().map(line).collect();
            let (code, out, err) = judged(&format!("{vector}\n{}", ticks.join("\n")));
            assert_eq!((code, err.as_str()), (0, ""));
            let got: Vec<serde_json::Value> = out.lines().map(|l| serde_json::from_str(l).expect("JSON")).collect();
            let got: Vec<_> = got.into_iter().map(|mut l| l["decision"].take()).collect();
            assert_eq!(serde_json::Value::Array(got), vector["decisions"], "{}", vector["name"]);
        }
    }

    #[test]
    fn bad_input_is_named_by_line() {
        let good = tick(10, 0);
        for (input, want) in [
            (String::new(), "on line 1: the standard input is empty"),
            ("{".to_owned(), "on line 1: EOF"),
            (r#"{"metrics": []}"#.to_owned(), "1 to 16 metrics"),
            (r#"{"alpha": 2}"#.to_owned(), "\"alpha\" must lie between 0 and 1, is 2"),
            (r#"{"metrics": [{"name": "a", "weight": 0.7}]}"#.to_owned(), "add up to 0.7"),
            (r#"{"metrics": [{"name": "a", "weight": 0.5}, {"name": "a", "weight": 0.5}]}"#.to_owned(), "twice"),
            (format!("{CONFIG}\n{good}\n\nnope\n"), "line 4: expected ident at column 2"),
            (format!("{CONFIG}\n{}", tick(1, 2)), "line 2: metric \"errors\" has more events than units"),
            (format!("{CONFIG}\n{}", good.replace("errors", "erors")), "line 2: metric \"erors\" is not configured"),
            (format!("{CONFIG}\n{}", good.replace("0.05", "5")), "line 2: \"share\" lies between 0 and 1"),
            (format!("{CONFIG}\n{}", good.replace("10", "-1")), "line 2: invalid value"),
            (format!("{CONFIG}\n{}", good.replace("share", "shere")), "line 2: unknown field"),
            (format!("{CONFIG}\n{{}}"), "line 2: expected {\"share\""),
            (format!("{CONFIG}\n{{\"step\": 7}}"), "line 2: \"step\" is a mass"),
            (format!("{CONFIG}\n{}", "x".repeat(super::LINE_MAX as usize + 1)), "line 2: it is longer than"),
        ] {
            let (code, _, err) = judged(&input);
            assert_eq!(code, 2, "{want}");
            assert!(err.starts_with("error: could not ") && err.contains(want), "{err:?} lacks {want:?}");
        }
    }
}
