//! Pages across crashes, many of them, as figures: `cargo xtask sim page` runs it and compares.
//!
//! `cargo run --release -p seaworthy-sim --example page -- CRASHES SEED` prints one JSON object: how many crashes there were and
//! where, what was sent, what went wrong, and at which page each mistake that was put in was found.

use std::process::ExitCode;

use seaworthy_sim::Random;
use seaworthy_sim::paging::{Edge, Played, case};
use serde_json::{Value, json};

/// How often it says how far it is, in pages.
const SAY_EVERY: u64 = 500;

/// Failures that are told; one is enough to look at.
const TOLD_MAX: usize = 10;

/// Pages within which a mistake must be found.
const SEARCHED: u64 = 1_000;

fn main() -> ExitCode {
    let numbers: Option<Vec<u64>> = std::env::args().skip(1).map(|word| word.parse().ok()).collect();
    let Some(&[crashes, seed]) = numbers.as_deref() else {
        eprintln!("error: which? CRASHES SEED");
        return ExitCode::FAILURE;
    };
    println!("{}", run(crashes, seed));
    ExitCode::SUCCESS
}

fn run(crashes: u64, seed: u64) -> Value {
    let mut random = Random::new(seed);
    let (mut all, mut pages, mut failed) = (Played::default(), 0_u64, Vec::new());
    while all.crash_points() < crashes && failed.len() < TOLD_MAX {
        match case(random.bits(), Edge::AsItIs) {
            Ok(played) => all.add(&played),
            Err(why) => failed.push(why),
        }
        pages += 1;
        if pages.is_multiple_of(SAY_EVERY) {
            eprintln!("{} of {crashes} crashes, {pages} pages", all.crash_points());
        }
    }
    let at = |crash: &str| all.crashes.iter().find(|(known, _)| format!("{known:?}") == crash).map_or(0, |(_, n)| *n);
    json!({
        "pages": pages,
        "crashes": all.crash_points(),
        "decide_append": at("DecideAppend"),
        "append_fold": at("AppendFold"),
        "fold_send": at("FoldSend"),
        "send_note": at("SendNote"),
        "messages": all.messages,
        "again": all.again,
        "calls": all.calls,
        "failed": failed,
        "found": Edge::MISTAKES.map(|edge| found(edge, &mut random)),
    })
}

/// Returns the number of the page at which a mistake was found.
fn found(edge: Edge, random: &mut Random) -> Option<u64> {
    (1..=SEARCHED).find(|_| case(random.bits(), edge).is_err())
}
