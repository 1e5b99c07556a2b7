//! Years of healthy services that burn half their budget, in each decade of traffic: none may page.
//!
//! `cargo run --release -p seaworthy-slo --example false_pages -- [YEARS] [SEED] [--json]`

#[path = "../tests/sim/mod.rs"]
#[expect(dead_code, reason = "each example uses a part of the simulations")]
mod sim;

use sim::false_pages::{Outcome, Shape, control, run};

/// With none seen in so many years, 95% sure that there are less than 3 in as many.
const YEARS: u64 = 300;

/// Years of the rules that have no guard; enough to see that they page.
const CONTROL_YEARS: u64 = 100;

/// Years in one decade of traffic.
struct Decade {
    shape: Shape,
    from_per_hour: f64,
    outcome: Outcome,
}

fn main() {
    let mut args: Vec<String> = std::env::args().skip(1).collect();
    let is_json = args.pop_if(|last| last == "--json").is_some();
    let mut numbers = args.iter().map(|arg| arg.parse::<u64>());
    let years = numbers.next().and_then(Result::ok).unwrap_or(YEARS);
    let seed = numbers.next().and_then(Result::ok).unwrap_or(1);
    let decades: Vec<Decade> = [Shape::Steady, Shape::Daily]
        .into_iter()
        .flat_map(|shape| (0..6).map(move |decade| (shape, decade)))
        .map(|(shape, decade)| {
            let from_per_hour = 10_f64.powi(decade);
            eprintln!("{years} years, {shape:?}, {from_per_hour} to {} an hour", from_per_hour * 10.0);
            let outcome = run(seed ^ ((decade as u64) << 8), years, from_per_hour, shape);
            Decade { shape, from_per_hour, outcome }
        })
        .collect();
    let a_year = |per_hour| control(seed, CONTROL_YEARS, per_hour).pages as f64 / CONTROL_YEARS as f64;
    let control = [10.0, 60.0].map(|per_hour| (per_hour, a_year(per_hour)));
    if is_json {
        print_json(&decades, &control)
    } else {
        print_table(&decades, &control, years, seed)
    }
    let is_paged = decades.iter().any(|decade| decade.outcome.pages > 0);
    let is_blind = control.iter().any(|(_, pages)| *pages == 0.0);
    std::process::exit(i32::from(is_paged || is_blind));
}

fn print_table(decades: &[Decade], control: &[(f64, f64)], years: u64, seed: u64) {
    println!("{years} years in each decade, services that burn half their budget, 99% to 99.99%, seed {seed}");
    println!("traffic         events/h       bad events        looks  tickets  pages  a year (95%)");
    for Decade { shape, from_per_hour, outcome } in decades {
        let bound = if outcome.pages == 0 { format!("< {:.3}", 3.0 / years as f64) } else { "-".to_owned() };
        println!(
            "{:<8} {from_per_hour:>7} to {:<8} {:>12} {:>12} {:>8} {:>6}  {bound}",
            format!("{shape:?}").to_lowercase(),
            from_per_hour * 10.0,
            outcome.bad,
            outcome.looks,
            outcome.tickets,
            outcome.pages,
        );
    }
    println!("{} false pages", decades.iter().map(|decade| decade.outcome.pages).sum::<u64>());
    for (per_hour, pages) in control {
        println!("for comparison, the windows without the guard, 99.9% at {per_hour} an hour: {pages:.1} pages a year");
    }
}

fn print_json(decades: &[Decade], control: &[(f64, f64)]) {
    let decade = |Decade { shape, from_per_hour, outcome }: &Decade| {
        let shape = format!("{shape:?}").to_lowercase();
        let Outcome { bad, looks, pages, tickets } = outcome;
        format!(
            r#"{{"shape":"{shape}","from_per_hour":{from_per_hour},"bad":{bad},"looks":{looks},"tickets":{tickets},"pages":{pages}}}"#
        )
    };
    let decades = decades.iter().map(decade).collect::<Vec<_>>().join(",");
    let control: Vec<String> =
        control.iter().map(|(per_hour, pages)| format!(r#"{{"per_hour":{per_hour},"a_year":{pages}}}"#)).collect();
    let control = control.join(",");
    println!(r#"{{"decades":[{decades}],"control":[{control}]}}"#);
}
