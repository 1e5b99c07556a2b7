//! Origins that go away in virtual time, many of them, as figures: `cargo xtask sim watch probe` runs it and compares.
//!
//! `cargo run --release -p seaworthy-sim --example probe -- ORIGINS SEED` prints one JSON object with the milliseconds until
//! the page of each left, of those that refuse connections and of those that are silent.

use std::process::ExitCode;

use seaworthy_sim::Random;
use seaworthy_sim::watch::{Gone, origin_down};
use serde_json::json;

fn main() -> ExitCode {
    let numbers: Option<Vec<u64>> = std::env::args().skip(1).map(|word| word.parse().ok()).collect();
    let Some(&[origins, seed]) = numbers.as_deref() else {
        eprintln!("error: which? ORIGINS SEED");
        return ExitCode::FAILURE;
    };
    match (run(origins, seed, Gone::Refused), run(origins, seed, Gone::Silent)) {
        (Ok(refused), Ok(silent)) => {
            println!("{}", json!({ "refused_ms": refused, "silent_ms": silent }));
            ExitCode::SUCCESS
        }
        (Err(why), _) | (_, Err(why)) => {
            eprintln!("error: {why}");
            ExitCode::FAILURE
        }
    }
}

fn run(origins: u64, seed: u64, gone: Gone) -> Result<Vec<u64>, String> {
    let mut random = Random::new(seed);
    let all = (0..origins).map(|_| origin_down(random.bits(), gone)).collect();
    eprintln!("{origins} origins, {gone:?}");
    all
}
