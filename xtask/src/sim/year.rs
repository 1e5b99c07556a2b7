//! `sim year`: a year of an organisation, every alert of which ends with a person or at the end of its ladder.
//!
//! What is simulated, and what is left out, stands at the top of `seaworthy-sim`'s `year`.

use serde_json::Value;

use crate::args::Args;
use crate::example::{build, measure};
use crate::figures::Figure;
use crate::parts::{Asked, Named, Part};
use crate::shell::{Outcome, Profile};

/// Seconds that a year may take.
const YEAR_TAKES: f64 = 60.0;

struct Plan {
    seed: u64,
    services: u64,
    days: u64,
    profile: Profile,
}

const PARTS: &[Named<Plan>] = &[("year", year)];

/// Runs it.
///
/// # Errors
/// When it cannot be run, or a figure is missed.
pub(super) fn run(mut args: Args) -> Outcome {
    let plan = Plan {
        seed: args.number("--seed", 1)?,
        services: args.number("--services", 200)?,
        days: args.number("--days", 365)?,
        profile: if args.flag("--debug") { Profile::Dev } else { Profile::Release },
    };
    let asked = Asked::new(args, PARTS)?;
    eprintln!("seed {}: another one with --seed N", plan.seed);
    asked.run(&plan, plan.seed)
}

fn year(plan: &Plan) -> Outcome<Part> {
    let words = [plan.services, plan.days, plan.seed].map(|number| number.to_string());
    let measured: Value = measure(&mut build("seaworthy-sim", "year", plan.profile)?, &words)?;
    let lived = &measured["lived"];
    let number = |name: &str| lived[name].as_f64();
    println!(
        "{} people in {} teams with {} services, {} days: {} events in the ledger, {} restarts, {} deployments, {} \
         stand-ins",
        lived["people"],
        lived["teams"],
        lived["services"],
        plan.days,
        lived["events"],
        lived["restarts"],
        lived["deploys"],
        lived["stand_ins"]
    );
    println!(
        "{} alerts: {} tickets, {} folded under their dependency, {} silenced, {} over at once, the others paged",
        lived["alerts"], lived["tickets"], lived["folded"], lived["silenced"], lived["brief"]
    );
    println!(
        "{} pages: {} taken by somebody who was called, {} called to the end of the ladder, {} over before; {} calls of \
         later rungs",
        lived["pages"], lived["taken"], lived["exhausted"], lived["over"], lived["escalations"]
    );
    println!(
        "{} messages taken, {} once more with the same key, {} given up; in {} rotas somebody was woken more than twice",
        lived["messages"], lived["again"], lived["given_up"], lived["crossed"]
    );
    if let Some(why) = measured["failed"].as_str() {
        println!("wrong: {why}");
    }
    let found = measured["found"].as_array().map(Vec::as_slice).unwrap_or_default();
    let seen = found.iter().filter(|at| at.is_u64()).count();
    let whole = (plan.services, plan.days) == (200, 365);
    let ended = [number("taken"), number("exhausted"), number("over")].into_iter().sum::<Option<f64>>();
    let without = number("pages").zip(ended).map(|(pages, ended)| pages - ended);
    let mut figures = vec![
        Figure::at_most("pages without a person, an escalation or an end", without, 0.0, ""),
        Figure::in_all("replay equals live, messages right, rungs in time", usize::from(lived.is_object()), 1),
        Figure::in_all("mistakes put in that are found", seen, 3),
    ];
    if whole {
        figures.push(Figure::at_most("a year of 200 services", measured["took_s"].as_f64(), YEAR_TAKES, "s"));
    }
    Ok(Part { measured, figures })
}
