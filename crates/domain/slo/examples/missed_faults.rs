//! Faults at random against a second opinion: none that burns past a tier may be missed.
//!
//! `cargo run --release -p seaworthy-slo --example missed_faults -- [FAULTS] [SEED]`

#[path = "../tests/sim/mod.rs"]
#[expect(dead_code, reason = "each example uses a part of the simulations")]
mod sim;

const FAULTS: u64 = 100_000;

fn main() {
    let mut args = std::env::args().skip(1).map(|arg| arg.parse::<u64>());
    let faults = args.next().and_then(Result::ok).unwrap_or(FAULTS);
    let seed = args.next().and_then(Result::ok).unwrap_or(1);
    let outcome = sim::missed_faults::run(seed, faults);
    println!("faults injected                              {:>8}   seed {seed}", outcome.injected);
    println!("that the oracle pages                        {:>8}", outcome.pages);
    println!("that the oracle tickets                      {:>8}", outcome.tickets);
    println!("missed or late by the engine                 {:>8}", outcome.missed);
    println!("made up by the engine                        {:>8}", outcome.made_up);
    println!("that last 1.5 times their detection time     {:>8}", outcome.expected);
    println!("of these, fired                              {:>8}", outcome.expected_fired);
    std::process::exit(i32::from(outcome.missed + outcome.made_up > 0));
}
