//! Hundreds of runs, each from its seed, in groups that run beside each other.
//!
//! `SEAWORTHY_SEED=21` runs that seed alone, `SEAWORTHY_SEED=1000..3000` as many more as one has time for.

use std::ops::Range;

use seaworthy_sim::plan::Plan;

/// Seeds of one group.
const GROUP: u64 = 25;

/// Runs a group; where seeds were asked for, the first group runs those and the others nothing.
fn group(number: u64) {
    let asked = std::env::var("SEAWORTHY_SEED").ok();
    let seeds = match asked.as_deref() {
        None => number * GROUP..(number + 1) * GROUP,
        Some(asked) if number == 0 => range(asked).expect("SEAWORTHY_SEED is a number or a range such as 0..500"),
        Some(_) => return,
    };
    let wrong: Vec<String> = seeds.filter_map(run).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

fn range(text: &str) -> Option<Range<u64>> {
    match text.split_once("..") {
        Some((from, to)) => Some(from.parse().ok()?..to.parse().ok()?),
        None => text.parse().ok().map(|seed| seed..seed + 1),
    }
}

fn run(seed: u64) -> Option<String> {
    let why = Plan::of(seed).run().err()?;
    Some(format!("{why}\nagain: SEAWORTHY_SEED={seed} cargo nextest run -p seaworthy-sim seeds"))
}

macro_rules! groups {
    ($($name:ident = $number:literal),*) => {$(
        #[test]
        fn $name() {
            group($number);
        }
    )*};
}

groups!(a = 0, b = 1, c = 2, d = 3, e = 4, f = 5, g = 6, h = 7);
