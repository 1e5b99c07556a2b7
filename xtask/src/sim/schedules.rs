//! `sim schedules`: who is on call by a million random schedules over all zones, and by an oracle that was written independently.

use serde_json::Value;

use crate::args::Args;
use crate::example::{build, measure};
use crate::figures::Figure;
use crate::parts::{Asked, Named, Part};
use crate::shell::{Outcome, Profile};

struct Plan {
    seed: u64,
    cases: u64,
    profile: Profile,
}

const PARTS: &[Named<Plan>] = &[("schedules", schedules)];

/// Runs it.
///
/// # Errors
/// When it cannot be run, or a figure is missed.
pub(super) fn run(mut args: Args) -> Outcome {
    let plan = Plan {
        seed: args.number("--seed", 1)?,
        cases: args.number("--cases", 1_000_000)?,
        profile: if args.flag("--debug") { Profile::Dev } else { Profile::Release },
    };
    let asked = Asked::new(args, PARTS)?;
    eprintln!("seed {}: another one with --seed N", plan.seed);
    asked.run(&plan, plan.seed)
}

fn schedules(plan: &Plan) -> Outcome<Part> {
    let words = [plan.cases, plan.seed].map(|number| number.to_string());
    let measured: Value = measure(&mut build("seaworthy-oncall", "schedules", plan.profile)?, &words)?;
    let number = |name: &str| measured[name].as_f64();
    println!(
        "{} instants of {} schedules over {} zones in {:.0} s",
        measured["cases"],
        measured["schedules"],
        measured["zones"],
        number("seconds").unwrap_or(f64::NAN)
    );
    let told = measured["told"].as_array().map(Vec::as_slice).unwrap_or_default();
    told.iter().filter_map(Value::as_str).for_each(|one| println!("differs: {one}"));
    let count = |name: &str| measured[name].as_u64().and_then(|count| usize::try_from(count).ok()).unwrap_or(0);
    let figures = vec![
        Figure::at_least("cases", number("cases"), plan.cases as f64, ""),
        Figure::at_most("differences from the oracle", number("differences"), 0.0, ""),
        Figure::in_all("mistakes put in that are found", count("found"), count("mistakes")),
    ];
    Ok(Part { measured, figures })
}
