//! `sim watch`: how soon an outage reaches a person, and whether anybody is woken for nothing or not at all.
//!
//! Each part is an example of the crate that it is about, run with a seed. What they simulate, and what they leave out,
//! stands at the top of each: `seaworthy-sim` (engine, alerts and gateway), `seaworthy-slo` (years of one objective).

use serde_json::Value;

use crate::args::Args;
use crate::example::{build, measure};
use crate::figures::{Figure, percentile, spread};
use crate::parts::{Asked, Named, Part};
use crate::shell::{Outcome, Profile};

/// What mathematics leaves at 99.9% over 30 days, all requests failing: 2% of the budget, in seconds.
const FLOOR: f64 = 51.84;

/// Services that fail at the same moment in a storm.
const STORM_SERVICES: u64 = 48;

/// How much of each part is run, and from where.
struct Plan {
    seed: u64,
    phases: u64,
    storms: u64,
    years: u64,
    faults: u64,
    profile: Profile,
}

const PARTS: &[Named<Plan>] =
    &[("page", page), ("storm", storm), ("probe", probe), ("false-pages", false_pages), ("missed", missed)];

/// Runs the parts that are named, or all of them.
///
/// # Errors
/// When a part cannot be run, or a figure is missed.
pub(super) fn run(mut args: Args) -> Outcome {
    let plan = Plan {
        seed: args.number("--seed", 1)?,
        phases: args.number("--phases", 1_000)?,
        storms: args.number("--storms", 20)?,
        years: args.number("--years", 300)?,
        faults: args.number("--faults", 100_000)?,
        profile: if args.flag("--debug") { Profile::Dev } else { Profile::Release },
    };
    let asked = Asked::new(args, PARTS)?;
    eprintln!("seed {}: another one with --seed N", plan.seed);
    asked.run(&plan, plan.seed)
}

/// Runs an example with words after its name.
fn example(package: &str, name: &str, words: &[String], plan: &Plan) -> Outcome<Value> {
    measure(&mut build(package, name, plan.profile)?, words)
}

/// Numbers of a list, milliseconds, as seconds.
fn seconds(list: &Value) -> Vec<f64> {
    let numbers = list.as_array().map(Vec::as_slice).unwrap_or_default();
    numbers.iter().filter_map(Value::as_f64).map(|ms| ms / 1_000.0).collect()
}

/// Prints a spread, and returns the 99th percentile and the greatest.
fn say(what: &str, values: &[f64]) -> (Option<f64>, Option<f64>) {
    let (least, p50, greatest) = spread(values).unwrap_or_default();
    let p99 = percentile(values, 0.99);
    println!(
        "{what}: {} times, min {least:.3}, p50 {p50:.3}, p99 {:.3}, max {greatest:.3} s",
        values.len(),
        p99.unwrap_or_default()
    );
    (p99, (!values.is_empty()).then_some(greatest))
}

fn outages(plan: &Plan, count: u64, services: u64) -> Outcome<Value> {
    example("seaworthy-sim", "watch", &[count, services, plan.seed].map(|number| number.to_string()), plan)
}

fn page(plan: &Plan) -> Outcome<Part> {
    let measured = outages(plan, plan.phases, 1)?;
    let all = seconds(&measured["all_ms"]);
    let (p99, greatest) = say("first bad request to page", &all);
    let figures = vec![
        counted("random phases, each of which paged", all.len(), plan.phases),
        Figure::at_most("first bad request to page, p99", p99, FLOOR + 1.0, "s"),
        Figure::at_most("first bad request to page, worst", greatest, FLOOR + 1.0, "s"),
    ];
    Ok(Part { measured, figures })
}

fn storm(plan: &Plan) -> Outcome<Part> {
    let measured = outages(plan, plan.storms, STORM_SERVICES)?;
    let last = seconds(&measured["last_ms"]);
    let (_, greatest) = say("48 services at once, last page", &last);
    let figures = vec![
        counted("pages of 48 services at once", seconds(&measured["all_ms"]).len(), plan.storms * STORM_SERVICES),
        Figure::at_most("48 services at once, last page, worst", greatest, FLOOR + 2.0, "s"),
    ];
    Ok(Part { measured, figures })
}

fn probe(plan: &Plan) -> Outcome<Part> {
    let measured = example("seaworthy-sim", "probe", &[plan.phases, plan.seed].map(|number| number.to_string()), plan)?;
    let mut figures = Vec::new();
    for (name, what) in [("refused_ms", "origin down, refused, to page"), ("silent_ms", "origin down, silent, to page")]
    {
        let all = seconds(&measured[name]);
        let (_, greatest) = say(what, &all);
        figures.push(counted(&format!("{what}, phases"), all.len(), plan.phases));
        figures.push(Figure::at_most(&format!("{what}, worst"), greatest, 30.0, "s"));
    }
    Ok(Part { measured, figures })
}

fn counted(what: &str, times: usize, wanted: u64) -> Figure {
    Figure::in_all(what, times, usize::try_from(wanted).unwrap_or(usize::MAX))
}

fn false_pages(plan: &Plan) -> Outcome<Part> {
    let words = [plan.years.to_string(), plan.seed.to_string(), "--json".to_owned()];
    let measured = example("seaworthy-slo", "false_pages", &words, plan)?;
    let rows = measured["decades"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut figures = Vec::new();
    for row in rows {
        let (shape, from) = (row["shape"].as_str().unwrap_or_default(), row["from_per_hour"].as_f64().unwrap_or(0.0));
        println!(
            "{shape:<6} {from:>7} to {:<8} an hour: {} years, {} bad events, {} pages, {} tickets",
            from * 10.0,
            plan.years,
            row["bad"],
            row["pages"],
            row["tickets"]
        );
        // None seen in so many years: 95% sure that there are less than three in as many (rule of three).
        let bound = row["pages"].as_u64().filter(|pages| *pages == 0).map(|_| 3.0 / plan.years as f64);
        let what = format!("false pages a year, 95%, {shape}, {from} to {} an hour", from * 10.0);
        figures.push(Figure::at_most(&what, bound, 0.01, ""));
    }
    figures.push(counted("decades of traffic, steady and by day", rows.len(), 12));
    let control = measured["control"].as_array().map(Vec::as_slice).unwrap_or_default();
    for row in control {
        println!("without the guard, at {} an hour: {:.1} pages a year", row["per_hour"], row["a_year"]);
    }
    let seen = control.iter().filter(|row| row["a_year"].as_f64().is_some_and(|pages| pages > 0.0)).count();
    figures.push(counted("the windows without the guard do page", seen, 2));
    Ok(Part { measured, figures })
}

fn missed(plan: &Plan) -> Outcome<Part> {
    let words = [plan.faults.to_string(), plan.seed.to_string(), "--json".to_owned()];
    let measured = example("seaworthy-slo", "missed_faults", &words, plan)?;
    let number = |name: &str| measured[name].as_f64();
    println!(
        "{} faults: the oracle pages {} and tickets {}; by their rates alone {} should, {} did, the others had luck",
        measured["injected"], measured["pages"], measured["tickets"], measured["expected"], measured["expected_fired"]
    );
    let judged = number("pages").zip(number("tickets")).map(|(pages, tickets)| pages + tickets);
    let figures = vec![
        Figure::at_least("faults that burn past a tier by the oracle", judged, plan.faults as f64, ""),
        Figure::at_most("of these missed, or late", number("missed"), 0.0, ""),
        Figure::at_most("alerts that the oracle does not have", number("made_up"), 0.0, ""),
    ];
    Ok(Part { measured, figures })
}
