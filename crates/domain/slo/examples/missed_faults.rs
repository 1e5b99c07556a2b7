//! Faults at random against a second opinion: none that burns past a tier may be missed.
//!
//! `cargo run --release -p seaworthy-slo --example missed_faults -- [FAULTS] [SEED] [--json]`

#[path = "../tests/sim/mod.rs"]
#[expect(dead_code, reason = "each example uses a part of the simulations")]
mod sim;

use sim::missed_faults::Outcome;

const FAULTS: u64 = 100_000;

fn main() {
    let mut args: Vec<String> = std::env::args().skip(1).collect();
    let is_json = args.pop_if(|last| last == "--json").is_some();
    let mut numbers = args.iter().map(|arg| arg.parse::<u64>());
    let faults = numbers.next().and_then(Result::ok).unwrap_or(FAULTS);
    let seed = numbers.next().and_then(Result::ok).unwrap_or(1);
    let outcome = sim::missed_faults::run(seed, faults);
    if is_json {
        print_json(&outcome)
    } else {
        print_table(&outcome, seed)
    }
    std::process::exit(i32::from(outcome.missed + outcome.made_up > 0));
}

fn print_table(outcome: &Outcome, seed: u64) {
    println!("faults injected                              {:>8}   seed {seed}", outcome.injected);
    println!("that the oracle pages                        {:>8}", outcome.pages);
    println!("that the oracle tickets                      {:>8}", outcome.tickets);
    println!("missed or late by the engine                 {:>8}", outcome.missed);
    println!("made up by the engine                        {:>8}", outcome.made_up);
    println!("that last 1.5 times their detection time     {:>8}", outcome.expected);
    println!("of these, fired                              {:>8}", outcome.expected_fired);
}

fn print_json(outcome: &Outcome) {
    let Outcome { injected, pages, tickets, missed, made_up, expected, expected_fired } = outcome;
    println!(
        r#"{{"injected":{injected},"pages":{pages},"tickets":{tickets},"missed":{missed},"made_up":{made_up},"expected":{expected},"expected_fired":{expected_fired}}}"#
    );
}
