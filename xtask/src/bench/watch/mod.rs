//! `bench watch`: what watching costs beside Prometheus, what it holds in memory, and how soon a page arrives on real sockets.

mod evaluations;
mod hook;
mod memory;
mod origin;
mod prometheus;
mod series;
mod sockets;

use serde_json::{Map, Value, json};

use crate::args::Args;
use crate::figures::{Figure, verdict};
use crate::shell::{Outcome, Profile};

/// How much of each part is run.
struct Plan {
    objectives: u64,
    runs: u64,
    seed: u64,
    binary: Option<String>,
    profile: Profile,
}

/// What a part came to.
struct Part {
    measured: Value,
    figures: Vec<Figure>,
}

/// A part's name, and what runs it.
type Named = (&'static str, fn(&Plan) -> Outcome<Part>);

const PARTS: &[Named] = &[("evaluations", evaluations::run), ("memory", memory::run), ("sockets", sockets::run)];

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
    let file = args.value("--json")?;
    let mut wanted = Vec::new();
    while let Some(word) = args.word() {
        let known = PARTS.iter().find(|(name, _)| *name == word);
        wanted.push(known.ok_or_else(|| format!("unknown part \"{word}\"\nhint: {}", names()))?);
    }
    args.finish()?;
    if wanted.is_empty() {
        wanted = PARTS.iter().collect();
    }
    let (mut all, mut figures) = (Map::new(), Vec::new());
    for (name, part) in wanted {
        let part = part(&plan)?;
        all.insert((*name).to_owned(), part.measured);
        figures.extend(part.figures);
    }
    if let Some(file) = file {
        let all = json!({ "seed": plan.seed, "parts": all });
        std::fs::write(&file, format!("{all:#}\n")).map_err(|error| format!("could not write \"{file}\": {error}"))?;
    }
    verdict(&figures)
}

fn names() -> String {
    PARTS.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
}
