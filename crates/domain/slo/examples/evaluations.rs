//! How many objectives one core evaluates in a second, and what one engine holds.
//!
//! `cargo run --release -p seaworthy-slo --example evaluations`

use std::{hint::black_box, time::Duration};

use jiff::{SignedDuration, Timestamp};
use seaworthy_slo::{Engine, Objective, Observation, Period, Reach, Reading, TierReading, Traffic};

/// Objectives that are looked at in turn, so that the processor's caches do not hold one alone.
const ENGINES: usize = 10_000;
const LOOKS: usize = 200;

fn main() {
    let objective = Objective::new(0.999, Period::Rolling { days: 30 }, &[]).expect("a good objective");
    for (name, bad) in [("well", 100), ("near its limit", 14_300), ("burning", 20_000)] {
        let mut engines = vec![Engine::new(objective); ENGINES];
        let reading = Reading::counts(1_000_000, bad);
        let tiers = [TierReading { long: reading, short: reading }; 4];
        let took = timed(|| {
            for look in 0..LOOKS {
                let now = Timestamp::UNIX_EPOCH + SignedDuration::from_millis(2_000_000_000_000 + 250 * look as i64);
                engines.iter_mut().for_each(|engine| {
                    let decision = engine.decide(&Observation { now, tiers: black_box(&tiers), traffic: served(now) });
                    black_box(decision.alert.is_some());
                });
            }
        });
        let a_second = (ENGINES * LOOKS) as f64 / took.as_secs_f64();
        println!("{name:<15} {a_second:>12.0} evaluations a second on one core");
    }
    println!("an engine holds {} bytes, and nothing elsewhere", size_of::<Engine>());
}

#[expect(clippy::disallowed_methods, reason = "a measurement reads the clock; nothing is decided by it")]
fn timed(work: impl FnOnce()) -> Duration {
    let begin = std::time::Instant::now();
    work();
    begin.elapsed()
}

fn served(now: Timestamp) -> Traffic {
    Traffic {
        watching_since: Timestamp::UNIX_EPOCH,
        last_event_at: Some(now),
        last_telemetry_at: Some(now),
        telemetry_every: Some(SignedDuration::from_millis(250)),
        recent_per_hour: 360_000.0,
        usual_low_per_hour: Some(36_000.0),
        reach: Reach::NotTried,
    }
}
