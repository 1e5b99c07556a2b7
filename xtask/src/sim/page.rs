//! `sim page`: a page is carried while the server dies at every place where a page may be lost.
//!
//! What is simulated, and what is left out, stands at the top of `seaworthy-sim`'s `paging`.

use serde_json::Value;

use crate::args::Args;
use crate::example::{build, measure};
use crate::figures::Figure;
use crate::parts::{Asked, Named, Part};
use crate::shell::{Outcome, Profile};

struct Plan {
    seed: u64,
    crashes: u64,
    profile: Profile,
}

const PARTS: &[Named<Plan>] = &[("crashes", crashes)];

/// Runs it.
///
/// # Errors
/// When it cannot be run, or a figure is missed.
pub(super) fn run(mut args: Args) -> Outcome {
    let plan = Plan {
        seed: args.number("--seed", 1)?,
        crashes: args.number("--crashes", 10_000)?,
        profile: if args.flag("--debug") { Profile::Dev } else { Profile::Release },
    };
    let asked = Asked::new(args, PARTS)?;
    eprintln!("seed {}: another one with --seed N", plan.seed);
    asked.run(&plan, plan.seed)
}

fn crashes(plan: &Plan) -> Outcome<Part> {
    let words = [plan.crashes, plan.seed].map(|number| number.to_string());
    let measured: Value = measure(&mut build("seaworthy-sim", "page", plan.profile)?, &words)?;
    let number = |name: &str| measured[name].as_f64();
    println!(
        "{} pages with {} crashes: {} between deciding and appending, {} appending and folding, {} folding and sending, {} \
         sending and noting",
        measured["pages"],
        measured["crashes"],
        measured["decide_append"],
        measured["append_fold"],
        measured["fold_send"],
        measured["send_note"]
    );
    println!(
        "{} calls, {} messages taken, {} of them once more with the same key",
        measured["calls"], measured["messages"], measured["again"]
    );
    let failed = measured["failed"].as_array().map(Vec::as_slice).unwrap_or_default();
    failed.iter().filter_map(Value::as_str).for_each(|why| println!("wrong: {why}"));
    let found = measured["found"].as_array().map(Vec::as_slice).unwrap_or_default();
    let seen = found.iter().filter(|at| at.is_u64()).count();
    let figures = vec![
        Figure::at_least("crash points", number("crashes"), plan.crashes as f64, ""),
        Figure::at_most("pages lost, sent to somebody else, or sent with two keys", Some(failed.len() as f64), 0.0, ""),
        Figure::in_all("mistakes put in that are found", seen, 3),
    ];
    Ok(Part { measured, figures })
}
