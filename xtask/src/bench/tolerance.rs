//! `bench tolerance`: how long it takes to work out tolerance anew when one word or one hard dependency changes, and whether
//! brute force finds the same contradictions.

use crate::args::Args;
use crate::example::{build, measure};
use crate::figures::{Figure, spread, verdict};
use crate::shell::{Outcome, Profile};

/// Longest update.
const UPDATE_MS_MAX: f64 = 100.0;

/// Draws a graph, changes it so many times, and says how long the updates took.
///
/// # Errors
/// When it does not build, or a figure is missed.
pub(super) fn run(mut args: Args) -> Outcome {
    let words = [args.number("--services", 10_000)?, args.number("--updates", 200)?, args.number("--seed", 1)?];
    let profile = if args.flag("--debug") { Profile::Dev } else { Profile::Release };
    args.finish()?;
    let measured =
        measure(&mut build("seaworthy-downtime", "tolerance", profile)?, words.map(|word| word.to_string()))?;
    println!(
        "{} services, {} of which said something, {} hard dependencies: {} contradictions",
        measured["services"], measured["stated"], measured["edges"], measured["contradictions"]
    );
    let took: Vec<f64> = measured["update_ms"].as_array().into_iter().flatten().filter_map(|ms| ms.as_f64()).collect();
    let took = spread(&took);
    println!("an update: {:.1} ms in the median", took.map_or(f64::NAN, |(_, median, _)| median));
    verdict(&[
        Figure::at_most("an update, the longest", took.map(|(.., worst)| worst), UPDATE_MS_MAX, "ms"),
        Figure::at_most("what brute force finds otherwise", measured["wrong"].as_f64(), 0.0, ""),
    ])
}
