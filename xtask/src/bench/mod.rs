//! `bench`: measures the figures the project promises and says which are kept.
//!
//! Stands outside CI: the figures hold on a quiet machine with two cores, and each run takes minutes.

mod build;
mod child;
mod demo;
mod hook;
mod page;
mod product;
mod report;
mod tolerance;
mod up;
mod watch;

use crate::args::Args;
use crate::shell::Outcome;

/// Runs the measurement that the first word names.
///
/// # Errors
/// When it cannot be measured, or a figure is missed.
pub(crate) fn run(mut args: Args) -> Outcome {
    match args.word().as_deref() {
        Some("demo") => demo::run(args),
        Some("up") => up::run(args),
        Some("build") => build::run(args),
        Some("watch") => watch::run(args),
        Some("page") => page::run(args),
        Some("tolerance") => tolerance::run(args),
        Some(other) => Err(format!("unknown bench \"{other}\"\nhint: demo, up, build, watch, page or tolerance")),
        None => Err("which bench? demo, up, build, watch, page or tolerance".into()),
    }
}
