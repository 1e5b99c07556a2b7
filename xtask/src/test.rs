//! `test`: every test there is, on a machine that has nothing yet but Rust and a C compiler.
//!
//! The last lines are the runner's own summary, so nothing is printed after it.

use crate::args::Args;
use crate::crash;
use crate::prepare::{Install, chromium, prepare};
use crate::shell::{Outcome, cargo, run as start, target};

/// Tests that drive a browser live in a module of this name, in any crate's `tests/it/`.
const BROWSER: &str = "browser::";

/// Enough to notice a writer that acknowledges too early, in under ten seconds.
const KILLS_SHORT: u64 = 5;

/// Which five; `cargo xtask crash --seed N` tries others.
const SEED: u64 = 1;

/// Installs, builds, kills the ledger's writer a few times, then runs the tests.
///
/// Arguments it does not know go to the runner; then only the tests they choose run, without the kills.
///
/// # Errors
/// When something cannot be installed or built, or a test fails.
pub(crate) fn run(mut args: Args) -> Outcome {
    let offline = args.flag("--offline");
    let install = if args.flag("--no-install") || offline { Install::Nothing } else { Install::Missing };
    let chosen = args.rest();
    prepare(install)?;
    let net: &[&str] = if offline { &["--offline"] } else { &[] };
    if chosen.is_empty() {
        // The runner alone would leave out a binary that no test of its crate starts, and the kills want it.
        start(cargo(&["build", "--workspace", "--bins", "--tests"]).args(net))?;
        kills()?;
    }
    let mut nextest = cargo(&["nextest", "run"]);
    // Asked for the workspace and for a package, cargo takes the workspace.
    if !chosen.iter().any(|word| word.starts_with("-p") || word.starts_with("--package")) {
        nextest.arg("--workspace");
    }
    nextest.args(net).args(&chosen);
    match chromium() {
        Some(browser) => nextest.env("SEAWORTHY_CHROMIUM", browser),
        None => {
            eprintln!("SKIPPED: the browser tests. There is no chromium on this machine; its package is \"chromium\".");
            nextest.args(["--", "--skip", BROWSER])
        }
    };
    start(&mut nextest)
}

/// The short form of `crash`, when the binary has the writer it needs.
fn kills() -> Outcome {
    let binary = target().join("debug/seaworthy");
    if !crash::can(&binary) {
        eprintln!("SKIPPED: the crash run. {} has no ledger writer.", binary.display());
        return Ok(());
    }
    crash::kill(&binary, KILLS_SHORT, SEED)
}
