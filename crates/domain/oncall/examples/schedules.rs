//! Random schedules over every zone that this machine knows, held against an oracle that was written independently.
//!
//! `cargo run --release -p seaworthy-oncall --example schedules -- CASES SEED`: a case is one schedule at one instant, at two
//! levels. Says what came of it as JSON; progress goes to the error stream.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a measurement says what it measured"
)]

#[path = "../src/schedule/tests/oracle.rs"]
mod oracle;

use std::time::Instant;

use jiff::SignedDuration;
use oracle::{any_case, compare, zones};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::json;

/// Differences that are told one by one; the others are counted.
const TOLD_MAX: usize = 20;

/// Schedules into which a mistake is put: a first hand-over that is a quarter of an hour off.
const MISTAKES: usize = 100;

fn main() {
    let mut words = std::env::args().skip(1).map(|word| word.parse::<u64>().expect("a number"));
    let (cases, seed) = (words.next().unwrap_or(1_000_000), words.next().unwrap_or(1));
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let (any, begin) = (any_case(), Instant::now());
    let (mut done, mut schedules, mut differ) = (0, 0_u64, 0);
    let (mut told, mut put_in, mut found, mut next) = (Vec::new(), 0, 0, cases / 20);
    while done < cases {
        let (schedule, probes) = any.new_tree(&mut runner).expect("nothing is refused").current();
        let compared = compare(&schedule, &schedule, &probes);
        schedules += 1;
        done += compared.instants as u64;
        differ += compared.differences.len();
        told.extend(compared.differences.into_iter().take(TOLD_MAX - told.len().min(TOLD_MAX)));
        // Only a layer that is never covered shows its hand-over: the first alone, for always.
        let shows =
            schedule.layers.len() == 1 && schedule.overrides.is_empty() && schedule.layers[0].restrictions.is_empty();
        if put_in < MISTAKES && shows && schedule.layers[0].rotation.participants.len() > 2 {
            let mut wrong = schedule.clone();
            wrong.layers[0].rotation.start += SignedDuration::from_mins(15);
            put_in += 1;
            found += usize::from(!compare(&schedule, &wrong, &probes).differences.is_empty());
        }
        if done >= next {
            eprintln!("{done} of {cases} cases, {differ} differences, {:.0} s", begin.elapsed().as_secs_f64());
            next += cases / 20;
        }
    }
    println!(
        "{}",
        json!({
            "cases": done, "schedules": schedules, "zones": zones(), "differences": differ, "told": told,
            "mistakes": put_in, "found": found, "seconds": begin.elapsed().as_secs_f64(), "seed": seed,
        })
    );
}
