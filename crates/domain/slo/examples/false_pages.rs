//! Years of healthy services that burn half their budget, in each decade of traffic: none may page.
//!
//! `cargo run --release -p seaworthy-slo --example false_pages -- [YEARS] [SEED]`

#[path = "../tests/sim/mod.rs"]
#[expect(dead_code, reason = "each example uses a part of the simulations")]
mod sim;

use sim::false_pages::{Outcome, Shape, control, run};

/// With none seen in so many years, 95% sure that there are less than 3 in as many.
const YEARS: u64 = 300;

/// Years of the rules that have no guard; enough to see that they page.
const CONTROL_YEARS: u64 = 100;

fn main() {
    let mut args = std::env::args().skip(1).map(|arg| arg.parse::<u64>());
    let years = args.next().and_then(Result::ok).unwrap_or(YEARS);
    let seed = args.next().and_then(Result::ok).unwrap_or(1);
    println!("{years} years in each decade, services that burn half their budget, 99% to 99.99%, seed {seed}");
    println!("traffic         events/h       bad events        looks  tickets  pages  a year (95%)");
    let mut pages = 0;
    for shape in [Shape::Steady, Shape::Daily] {
        for decade in 0..6 {
            let from = 10_f64.powi(decade);
            let outcome = run(seed ^ ((decade as u64) << 8), years, from, shape);
            row(shape, from, years, &outcome);
            pages += outcome.pages;
        }
    }
    println!("{pages} false pages");
    let mut is_seen = true;
    for per_hour in [10.0, 60.0] {
        let outcome = control(seed, CONTROL_YEARS, per_hour);
        println!(
            "for comparison, the windows without the guard, 99.9% at {per_hour} an hour: {:.1} pages a year",
            outcome.pages as f64 / CONTROL_YEARS as f64
        );
        is_seen &= outcome.pages > 0;
    }
    std::process::exit(i32::from(pages > 0 || !is_seen));
}

fn row(shape: Shape, from: f64, years: u64, outcome: &Outcome) {
    let bound = if outcome.pages == 0 { format!("< {:.3}", 3.0 / years as f64) } else { "-".to_owned() };
    println!(
        "{:<8} {:>7} to {:<8} {:>12} {:>12} {:>8} {:>6}  {bound}",
        format!("{shape:?}").to_lowercase(),
        from,
        from * 10.0,
        outcome.bad,
        outcome.looks,
        outcome.tickets,
        outcome.pages,
    );
}
