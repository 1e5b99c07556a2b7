//! `--vectors FILE`: every value and every decision of the reference's vectors, recomputed.

use std::io::Write;
use std::path::Path;

use seaworthy_rollout::judge::{BelowCeiling, JointShift, RateRatio, Unusable};
use serde::{Deserialize, Serialize};

use super::{Config, EXIT_DIFFERS, EXIT_OK, JudgeError};

/// A value may be off by this times `max(1, |value|)`: far over rounding, far under anything that changes a decision.
const TOLERANCE: f64 = 1e-9;

#[derive(Deserialize)]
struct File {
    vectors: Vec<Vector>,
}

#[derive(Deserialize)]
struct Vector {
    #[serde(default)]
    name: String,
    /// What the values must be, as decimal text with more digits than a float has.
    log_e: Vec<String>,
    #[serde(flatten)]
    what: What,
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum What {
    RateRatio { grid: Vec<f64>, r0: f64, start_mass: f64, temper: f64, ops: Vec<Op> },
    JointShift { theta_b: f64, odds: [f64; 4], ops: Vec<(f64, u64, u64, u64, u64)> },
    BelowCeiling { q: f64, ops: Vec<(u64, u64)> },
    Rollout(Box<Rollout>),
}

#[derive(Deserialize)]
struct Rollout {
    #[serde(flatten)]
    config: Config,
    /// Share, canary units, then canary and comparator events of each metric.
    ticks: Vec<(f64, u64, u64, u64, u64, u64)>,
    decisions: Vec<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Op {
    Update(UpdateTag, f64, u64, u64),
    Restart(RestartTag, f64),
}

#[derive(Deserialize)]
enum UpdateTag {
    #[serde(rename = "u")]
    U,
}

#[derive(Deserialize)]
enum RestartTag {
    #[serde(rename = "r")]
    R,
}

/// What one vector came to.
#[derive(Serialize)]
struct Row {
    kind: &'static str,
    name: String,
    values: usize,
    decisions: usize,
    /// Largest difference, over `max(1, |value|)`.
    worst: f64,
    decisions_wrong: usize,
}

pub(super) fn check(path: &Path, json: bool, out: &mut impl Write) -> Result<u8, JudgeError> {
    let shown = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|source| JudgeError::Open { path: shown.clone(), source })?;
    let file: File =
        serde_json::from_str(&text).map_err(|source| JudgeError::Vectors { path: shown.clone(), source })?;
    let mut rows = Vec::with_capacity(file.vectors.len());
    for (i, vector) in file.vectors.iter().enumerate() {
        let bad = |why| JudgeError::Vector { path: shown.clone(), number: i + 1, name: vector.name.clone(), why };
        rows.push(vector.row().map_err(bad)?);
    }
    let agrees = rows.iter().all(Row::agrees) && !rows.is_empty();
    if json {
        print_json(&rows, agrees, out)?
    } else {
        print_table(&rows, agrees, out)?
    }
    Ok(if agrees { EXIT_OK } else { EXIT_DIFFERS })
}

impl Vector {
    fn row(&self) -> Result<Row, String> {
        let (kind, computed) = self.what.compute().map_err(|e| e.to_string())?;
        let (got, decided) = computed;
        if got.len() != self.log_e.len() {
            return Err(format!("it has {} steps and {} values", got.len(), self.log_e.len()));
        }
        let mut worst = 0.0_f64;
        for (got, want) in got.iter().zip(&self.log_e) {
            let want: f64 = want.parse().map_err(|_| format!("\"{want}\" is not a number"))?;
            let off = (got - want).abs() / want.abs().max(1.0);
            // A value that is no number is as far off as can be.
            worst = if off.is_nan() { f64::INFINITY } else { worst.max(off) };
        }
        let wanted = match &self.what {
            What::Rollout(rollout) => rollout.decisions.as_slice(),
            _ => &[],
        };
        if decided.len() != wanted.len() {
            return Err(format!("it has {} ticks and {} decisions", decided.len(), wanted.len()));
        }
        let decisions_wrong = decided.iter().zip(wanted).filter(|(got, want)| *got != want).count();
        let (values, decisions) = (got.len(), decided.len());
        Ok(Row { kind, name: self.name.clone(), values, decisions, worst, decisions_wrong })
    }
}

type Computed = (Vec<f64>, Vec<&'static str>);

impl What {
    /// Returns the kind, the values and the decisions.
    fn compute(&self) -> Result<(&'static str, Computed), Unusable> {
        Ok(match self {
            Self::RateRatio { grid, r0, start_mass, temper, ops } => {
                let mut e = RateRatio::new(grid, *r0, *start_mass)?;
                let feed = |op: &Op| {
                    match op {
                        Op::Update(UpdateTag::U, share, x_c, x_b) => e.update(*share, *x_c, *x_b, *temper),
                        Op::Restart(RestartTag::R, mass) => e.restart(*mass),
                    }
                    e.log_e()
                };
                ("rate_ratio", (ops.iter().map(feed).collect(), Vec::new()))
            }
            Self::JointShift { theta_b, odds, ops } => {
                let mut e = JointShift::new(*theta_b, *odds)?;
                let feed = |&(share, n_c, n_b, x_c, x_b): &(f64, u64, u64, u64, u64)| {
                    e.update(share, [n_c, n_b], [x_c, x_b], 1.0);
                    e.log_e()
                };
                ("joint_shift", (ops.iter().map(feed).collect(), Vec::new()))
            }
            Self::BelowCeiling { q, ops } => {
                let mut e = BelowCeiling::new(*q)?;
                let feed = |&(n_c, x_c): &(u64, u64)| {
                    e.update(n_c, x_c);
                    e.log_e()
                };
                ("below_ceiling", (ops.iter().map(feed).collect(), Vec::new()))
            }
            Self::Rollout(rollout) => ("rollout", rollout.compute()?),
        })
    }
}

impl Rollout {
    fn compute(&self) -> Result<Computed, Unusable> {
        let mut trial = self.config.trial()?;
        let feed = |&(share, n_c, x0_c, x0_b, x1_c, x1_b): &(f64, u64, u64, u64, u64, u64)| {
            for (metric, (x_c, x_b)) in trial.metrics_mut().iter_mut().zip([(x0_c, x0_b), (x1_c, x1_b)]) {
                metric.update(share, n_c, x_c, x_b, 1.0);
            }
            let decision = trial.decide().as_str();
            (trial.log_e(), decision)
        };
        Ok(self.ticks.iter().map(feed).unzip())
    }
}

impl Row {
    fn agrees(&self) -> bool {
        self.worst <= TOLERANCE && self.decisions_wrong == 0
    }

    fn note(&self) -> String {
        match self {
            Row { decisions_wrong: wrong @ 1.., .. } => format!("  {wrong} decisions differ"),
            Row { worst, .. } if *worst > TOLERANCE => "  over tolerance".to_owned(),
            _ => String::new(),
        }
    }
}

/// Returns the sums over all rows: values, decisions, worst difference.
fn total(rows: &[Row]) -> (usize, usize, f64) {
    rows.iter().fold((0, 0, 0.0), |(v, d, w), r| (v + r.values, d + r.decisions, r.worst.max(w)))
}

fn print_table(rows: &[Row], agrees: bool, out: &mut impl Write) -> Result<(), JudgeError> {
    let wide = rows.iter().map(|r| r.name.chars().count()).max().unwrap_or(0).max(4);
    writeln!(out, "{:<13}  {:<wide$}  {:>6}  {:>9}  {:>10}", "kind", "name", "values", "decisions", "worst")?;
    for r in rows {
        let (kind, name, values, decisions) = (r.kind, &r.name, r.values, r.decisions);
        let name = if name.is_empty() { "-" } else { name };
        writeln!(out, "{kind:<13}  {name:<wide$}  {values:>6}  {decisions:>9}  {:>10.1e}{}", r.worst, r.note())?;
    }
    let (values, decisions, worst) = total(rows);
    let verdict = if agrees { "all agree" } else { "they differ" };
    writeln!(
        out,
        "{} vectors, {values} values, {decisions} decisions: {verdict}; worst difference {worst:.1e}, tolerance {TOLERANCE:e}",
        rows.len()
    )?;
    Ok(())
}

fn print_json(rows: &[Row], agrees: bool, out: &mut impl Write) -> Result<(), JudgeError> {
    let (values, decisions, worst) = total(rows);
    let report = serde_json::json!({
        "vectors": rows, "values": values, "decisions": decisions, "worst": worst, "tolerance": TOLERANCE,
        "agrees": agrees,
    });
    writeln!(out, "{report}")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::super::{JudgeArgs, run};

    static FILES: AtomicUsize = AtomicUsize::new(0);

    const VECTORS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../domain/rollout/vectors/canary.json");

    fn checked(path: &str, json: bool) -> (u8, String, String) {
        let args = JudgeArgs { vectors: Some(path.into()), stdin: false, json };
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let code = run(&args, &b""[..], &mut out, &mut err);
        (code, String::from_utf8(out).expect("UTF-8"), String::from_utf8(err).expect("UTF-8"))
    }

    /// Checks the vectors after a change to their text.
    fn changed(from: &str, to: &str) -> (u8, String, String) {
        let text = std::fs::read_to_string(VECTORS).expect("the vectors");
        assert!(text.contains(from), "{from}");
        let number = FILES.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("seaworthy-vectors-{}-{number}", std::process::id()));
        std::fs::write(&path, text.replacen(from, to, 1)).expect("a temporary file");
        let seen = checked(path.to_str().expect("UTF-8"), false);
        std::fs::remove_file(&path).expect("it was just written");
        seen
    }

    #[test]
    fn the_reference_agrees() {
        let (code, out, err) = checked(VECTORS, false);
        assert_eq!((code, err.as_str()), (0, ""));
        let last = out.lines().last().expect("a total");
        assert!(last.starts_with("21 vectors, 603 values, 180 decisions: all agree; worst difference"), "{last}");
        assert_eq!(out.lines().count(), 23);
        let json: serde_json::Value = serde_json::from_str(&checked(VECTORS, true).1).expect("JSON");
        assert_eq!((&json["values"], &json["agrees"]), (&603.into(), &true.into()));
    }

    #[test]
    fn a_wrong_value_or_decision_is_found() {
        let (code, out, _) = changed("\"3.140345456", "\"3.140345476");
        assert!(code == 1 && out.contains("over tolerance") && out.contains("they differ"), "{code} {out}");
        let (code, out, _) = changed("\"decisions\": [\n", "\"decisions\": [ ");
        assert_eq!((code, out.contains("all agree")), (0, true), "a change that changes nothing");
        let (code, out, _) = changed("\"hold\": 0.05", "\"hold\": 0.999999");
        assert!(code == 1 && out.contains("decisions differ"), "{code} {out}");
    }

    #[test]
    fn files_that_are_no_vectors_are_refused() {
        let (code, _, err) = checked("/nowhere/vectors.json", false);
        assert!(code == 2 && err.starts_with("error: could not read \"/nowhere/vectors.json\": "), "{err}");
        for (from, to, want) in [
            ("\"kind\": \"rate_ratio\"", "\"kind\": \"rate\"", "unknown variant"),
            ("\"3.140345456836790272575124\"", "\"three\"", "\"three\" is not a number"),
            ("\"3.140345456836790272575124\",", "", "4 steps and 3 values"),
            ("\"r0\": 1.0", "\"r0\": 7.0", "a grid has"),
        ] {
            let (code, _, err) = changed(from, to);
            assert!(code == 2 && err.contains(want), "{code} {err}");
        }
    }
}
