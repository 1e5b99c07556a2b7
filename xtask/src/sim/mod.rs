//! `sim`: runs in virtual time what would take days on a clock, and says which promises are kept.
//!
//! Stands outside CI, like `bench`: a whole run takes minutes. Small ones of the same are among the tests.

mod page;
mod schedules;
mod watch;
mod year;

use crate::args::Args;
use crate::shell::Outcome;

/// Runs the simulation that the first word names.
///
/// # Errors
/// When it cannot be run, or a figure is missed.
pub(crate) fn run(mut args: Args) -> Outcome {
    match args.word().as_deref() {
        Some("page") => page::run(args),
        Some("schedules") => schedules::run(args),
        Some("watch") => watch::run(args),
        Some("year") => year::run(args),
        Some(other) => Err(format!("unknown simulation \"{other}\"\nhint: page, schedules, watch, year")),
        None => Err("which simulation? page, schedules, watch, year".into()),
    }
}
