//! `bench watch`: what watching costs beside Prometheus, what it holds in memory, and how soon a page arrives on real sockets.

mod evaluations;
mod memory;
pub(super) mod origin;
mod prometheus;
mod series;
mod sockets;

use crate::args::Args;
use crate::parts::{Asked, Named};
use crate::shell::{Outcome, Profile};

/// How much of each part is run.
struct Plan {
    objectives: u64,
    runs: u64,
    seed: u64,
    binary: Option<String>,
    profile: Profile,
}

const PARTS: &[Named<Plan>] = &[("evaluations", evaluations::run), ("memory", memory::run), ("sockets", sockets::run)];

/// Runs the parts that are named, or all of them.
///
/// # Errors
/// When a part cannot be run, or a figure is missed.
pub(super) fn run(mut args: Args) -> Outcome {
    let plan = Plan {
        objectives: args.number("--objectives", 1_000)?,
        runs: args.number("--runs", 20)?,
        seed: args.number("--seed", 1)?,
        binary: args.value("--binary")?,
        profile: if args.flag("--debug") { Profile::Dev } else { Profile::Release },
    };
    let asked = Asked::new(args, PARTS)?;
    asked.run(&plan, plan.seed)
}
