//! Years of healthy services that burn half their budget, in each decade of traffic: none may page.
//!
//! `cargo run --release -p seaworthy-slo --example false_pages -- [YEARS] [SEED]`

#[path = "../tests/sim/mod.rs"]
#[expect(dead_code, reason = "each example uses a part of the simulations")]
mod sim;

use sim::false_pages::{Outcome, Shape, run};

/// With none seen in so many years, 95% sure that there are less than 3 in as many.
const YEARS: u64 = 300;

fn main() {
    let mut args = std::env::args().skip(1).map(|arg| arg.parse::<u64>());
    let years = args.next().and_then(Result::ok).unwrap_or(YEARS);
    let seed = args.next().and_then(Result::ok).unwrap_or(1);
    println!("{years} years in each decade, healthy services that burn half their budget, seed {seed}");
    println!(
        "traffic  events/h              years    bad events   looks      held by guard a year   tickets   pages   95% bound a year"
    );
    let mut pages = 0;
    for shape in [Shape::Steady, Shape::Daily] {
        for decade in 0..6 {
            let from = 10_f64.powi(decade);
            let outcome = run(seed ^ (decade as u64) << 8, years, from, shape);
            row(shape, from, &outcome);
            pages += outcome.pages;
        }
    }
    println!("{pages} false pages");
    std::process::exit(i32::from(pages > 0));
}

fn row(shape: Shape, from: f64, outcome: &Outcome) {
    println!(
        "{:<8} {:>9} to {:<9} {:>5} {:>13} {:>10} {:>18.1} {:>13} {:>7}   {}",
        format!("{shape:?}").to_lowercase(),
        from,
        from * 10.0,
        outcome.years,
        outcome.bad,
        outcome.looks,
        outcome.held as f64 / outcome.years,
        outcome.tickets,
        outcome.pages,
        if outcome.pages == 0 { format!("{:.3}", 3.0 / outcome.years) } else { "-".to_owned() },
    );
}
