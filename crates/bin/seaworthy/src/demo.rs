//! Options of the demo and of what it is made of.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use seaworthy_cli::Global;
use seaworthy_demo::{DemoOptions, LoadOptions, Sample, SampleOptions, load};

/// Shows the whole loop on this machine, in a directory of its own.
///
/// Starts a control plane, a gateway, two sample services and users; ships a version that fails 30% of requests, which
/// is caught, reverted and paged; then a healthy one. Exit code 0 when all of that happened.
///
/// With `--json` it runs headless and prints one report. Its figures are measured by the users and the gateway; what was
/// not measured is null. `judge` is the evidence that decided, as a natural logarithm of odds: for a reverted version
/// that it harms (6.9, 1,000 to 1, reverts), for a promoted one that it does not, at the last step that was judged
/// (3.0, 20 to 1, lets a step end). `seconds_first_bad_..` are null for a version that never failed.
#[derive(Debug, clap::Args)]
pub(crate) struct DemoArgs {
    /// Tell the story and end, without keys
    #[arg(long)]
    headless: bool,
    /// Keep everything in DIR, which must be empty or not there yet
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
    /// Requests a second of all users together
    #[arg(long, value_name = "REQUESTS", default_value_t = DemoOptions::default().rate)]
    rate: f64,
    /// How many users there are
    #[arg(long, default_value_t = DemoOptions::default().users)]
    users: u32,
}

impl DemoArgs {
    pub(crate) fn options(self, global: &Global) -> DemoOptions {
        let Self { headless, keep, rate, users } = self;
        DemoOptions { headless, json: global.json, keep_dir: keep, rate, users, program: None }
    }
}

/// Runs a sample service on `$PORT`.
#[derive(Debug, clap::Args)]
pub(crate) struct SampleArgs {
    /// `checkout` or `payments`
    sample: Sample,
}

impl SampleArgs {
    pub(crate) fn options(self) -> SampleOptions {
        SampleOptions { sample: self.sample }
    }
}

/// Sends users to a gateway and prints what they saw as JSON.
#[derive(Debug, clap::Args)]
pub(crate) struct LoadArgs {
    /// `http://host:port` of the gateway
    gateway: String,
    /// Requests a second
    #[arg(long, default_value_t = 200.0)]
    rate: f64,
    /// How many users there are
    #[arg(long, default_value_t = 10_000)]
    users: u32,
    /// Ratio of requests that are POSTs, 0 to 1
    #[arg(long, default_value_t = 0.2)]
    post_ratio: f64,
    /// How long a user waits for an answer, in seconds
    #[arg(long, default_value_t = 10)]
    patience: u64,
    /// Repeats the same arrivals
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// For how long, in seconds [default: until Ctrl-C]
    #[arg(long)]
    seconds: Option<f64>,
}

impl LoadArgs {
    pub(crate) fn run(self) -> ExitCode {
        let options = LoadOptions {
            gateway: self.gateway,
            rate: self.rate,
            users: self.users,
            post_ratio: self.post_ratio,
            patience: Duration::from_secs(self.patience),
            seed: self.seed,
        };
        load(options, self.seconds)
    }
}
