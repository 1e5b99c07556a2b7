//! Outages in virtual time, many of them, as figures: `cargo xtask sim watch` runs it and compares.
//!
//! `cargo run --release -p seaworthy-sim --example watch -- OUTAGES SERVICES SEED` prints one JSON object with the
//! milliseconds from the first bad request to the page: of every service, and of the last one of each outage.

use std::process::ExitCode;

use seaworthy_sim::{Random, watch};
use serde_json::json;

/// How often it says how far it is.
const SAY_EVERY: u64 = 100;

fn main() -> ExitCode {
    let numbers: Option<Vec<u64>> = std::env::args().skip(1).map(|word| word.parse().ok()).collect();
    let Some(&[outages, services, seed]) = numbers.as_deref() else {
        eprintln!("error: which? OUTAGES SERVICES SEED");
        return ExitCode::FAILURE;
    };
    match run(outages, usize::try_from(services).unwrap_or(usize::MAX), seed) {
        Ok((all, last)) => {
            println!("{}", json!({ "all_ms": all, "last_ms": last }));
            ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("error: {why}");
            ExitCode::FAILURE
        }
    }
}

fn run(outages: u64, services: usize, seed: u64) -> Result<(Vec<u64>, Vec<u64>), String> {
    let mut random = Random::new(seed);
    let (mut all, mut last) = (Vec::new(), Vec::new());
    for number in 1..=outages {
        let paged = watch::outage(random.bits(), services)?;
        let ms = paged.iter().map(|paged| paged.after_ms);
        last.extend(ms.clone().max());
        all.extend(ms);
        if number.is_multiple_of(SAY_EVERY) || number == outages {
            eprintln!("{number} of {outages} outages of {services} services");
        }
    }
    Ok((all, last))
}
