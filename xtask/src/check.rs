//! `check`: everything that is not a test, cheapest first.

use crate::args::Args;
use crate::shell::{Outcome, cargo, run as start};
use crate::{fmt, tidy};

/// Runs the formatter's check, tidy, clippy and rustdoc; warnings are errors.
///
/// # Errors
/// With the first of them that complains.
pub(crate) fn run(args: Args) -> Outcome {
    args.finish()?;
    fmt::run(Args::new(vec!["--check".into()]))?;
    tidy::run(Args::new(Vec::new()))?;
    start(&mut cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))?;
    start(cargo(&["doc", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings"))
}
