//! `seaworthy judge`: the core of the judge on its own, against reference vectors or as a filter. Reads no store and
//! asks no server; the policy (dwell, freeze, ratio check) is not part of it.

mod stream;
mod vectors;

use std::io::{self, BufRead, Write};
use std::path::PathBuf;

use seaworthy_rollout::judge::{MetricSpec, Trial, TrialSpec, Unusable};
use serde::Deserialize;

/// Everything agreed, or every tick was judged.
pub const EXIT_OK: u8 = 0;
/// A vector is off by more than the tolerance, or a decision differs.
pub const EXIT_DIFFERS: u8 = 1;
/// The input could not be read or makes no sense.
pub const EXIT_BAD_INPUT: u8 = 2;

/// Checks the judge against vectors, or judges counts from standard input.
#[derive(Debug, Clone, clap::Args)]
#[group(required = true, multiple = false)]
pub struct JudgeArgs {
    /// Print the worst difference to each vector of FILE; exit 1 when one is over 1e-9 * max(1, |value|)
    #[arg(long, value_name = "FILE")]
    pub vectors: Option<PathBuf>,
    /// Judge JSON lines: first {"metrics": [{"name", "weight", "ceiling"}], "alpha", "hold", "beta", "min_n", "margin",
    /// "tolerance"}, then {"share", "metrics": {NAME: {"n_c", "n_b", "x_c", "x_b"}}} a tick, answered by a line each, or
    /// {"step": MASS} at a change point
    #[arg(long)]
    pub stdin: bool,
    /// Print JSON in place of a table; set by the caller from the global flag.
    #[arg(skip)]
    pub json: bool,
}

/// Why nothing could be judged.
#[derive(Debug, thiserror::Error)]
enum JudgeError {
    #[error("could not read \"{path}\"")]
    Open { path: String, source: io::Error },
    #[error("could not read \"{path}\" as vectors")]
    Vectors { path: String, source: serde_json::Error },
    #[error("could not use vector {number} (\"{name}\") of \"{path}\": {why}")]
    Vector { path: String, number: usize, name: String, why: String },
    #[error("could not read the configuration on line 1: {0}")]
    Config(String),
    #[error("could not judge line {number}: {why}")]
    Line { number: usize, why: String },
    #[error("could not read line {number} of the standard input")]
    Read { number: usize, source: io::Error },
    #[error("could not write the result")]
    Write(#[from] io::Error),
}

/// Runs the command and returns its exit code: [`EXIT_OK`], [`EXIT_DIFFERS`] or [`EXIT_BAD_INPUT`]. Results go to
/// `out`, what went wrong to `err`.
pub fn run(args: &JudgeArgs, input: impl BufRead, out: &mut impl Write, err: &mut impl Write) -> u8 {
    let done = match &args.vectors {
        Some(path) => vectors::check(path, args.json, out),
        None => stream::judge(input, out),
    };
    match done {
        Ok(code) => code,
        // Whoever read the output has seen enough (`| head`).
        Err(JudgeError::Write(gone)) if gone.kind() == io::ErrorKind::BrokenPipe => EXIT_OK,
        Err(error) => {
            report(&error, err);
            EXIT_BAD_INPUT
        }
    }
}

fn report(error: &JudgeError, err: &mut impl Write) {
    let cause = std::error::Error::source(error).map_or_else(String::new, |source| format!(": {source}"));
    // With standard error gone there is nobody left to tell; the exit code still says it.
    writeln!(err, "error: {error}{cause}").unwrap_or_default();
}

/// A rollout's configuration in the form of the vectors. Fields of a whole vector (`kind`, `ticks`, ...) may stand
/// beside these and are not looked at.
#[derive(Debug, Clone, Deserialize)]
struct Config {
    #[serde(default = "reference_metrics")]
    metrics: Vec<MetricConfig>,
    #[serde(default = "one")]
    tolerance: f64,
    #[serde(default = "default_margin")]
    margin: f64,
    #[serde(default = "default_alpha")]
    alpha: f64,
    #[serde(default = "default_evidence")]
    hold: f64,
    #[serde(default = "default_evidence")]
    beta: f64,
    #[serde(default)]
    min_n: u64,
    #[serde(default = "one")]
    start_mass: f64,
}

#[derive(Debug, Clone, Deserialize)]
struct MetricConfig {
    name: String,
    weight: f64,
    #[serde(default)]
    ceiling: Option<f64>,
}

impl Config {
    fn trial(&self) -> Result<Trial, Unusable> {
        let metric = |m: &MetricConfig| MetricSpec {
            weight: m.weight,
            tolerance: self.tolerance,
            margin: self.margin,
            ceiling: m.ceiling,
            start_mass: self.start_mass,
        };
        Trial::new(&TrialSpec {
            metrics: self.metrics.iter().map(metric).collect(),
            alpha: self.alpha,
            hold: self.hold,
            beta: self.beta,
            min_n: self.min_n,
        })
    }
}

/// The metrics of the reference's rollouts.
fn reference_metrics() -> Vec<MetricConfig> {
    let metric = |name: &str, ceiling| MetricConfig { name: name.to_owned(), weight: 0.5, ceiling };
    vec![metric("errors", Some(0.01)), metric("slow_p99", None)]
}

fn one() -> f64 {
    1.0
}

fn default_margin() -> f64 {
    2.0
}

fn default_alpha() -> f64 {
    0.001
}

fn default_evidence() -> f64 {
    0.05
}
