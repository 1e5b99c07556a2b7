//! A total outage at 100 requests a second: how long until the page, wherever buckets, reports and looks happen to fall.
//!
//! Reports go out every 250 ms and take 250 ms, looks come every 250 ms, and windows are sums of buckets of 10 s that reach back
//! to the edge before their begin. Mathematics leaves 51.84 s; all of the machinery may add one.

use jiff::Timestamp;
use seaworthy_slo::{
    Change, Engine, Objective, Observation, Period, Reach, Reading, TierReading, Traffic, floor_seconds,
};

use crate::sim::random::Random;

const REPORT_MS: i64 = 250;
const DELAY_MS: i64 = 250;
const LOOK_MS: i64 = 250;
const BUCKET_MS: i64 = 10_000;
const EVENT_MS: i64 = 10;

/// Where everything falls, in milliseconds; the fault begins with the first event from here on.
struct Phase {
    fault: i64,
    event: i64,
    report: i64,
    look: i64,
}

impl Phase {
    /// Events before an instant.
    fn events(&self, at: i64) -> i64 {
        (at - self.event).div_euclid(EVENT_MS) + 1
    }

    /// Sum of the buckets of a window, by the last report that has arrived.
    fn window(&self, now: i64, seconds: u32) -> Reading {
        let known = (now - DELAY_MS - self.report).div_euclid(REPORT_MS) * REPORT_MS + self.report;
        let from = (now - i64::from(seconds) * 1_000).div_euclid(BUCKET_MS) * BUCKET_MS;
        let total = self.events(known) - self.events(from);
        let bad = (self.events(known) - self.events(self.fault)).max(0);
        Reading::counts(total as u64, bad as u64)
    }

    /// Seconds from the first bad event to the page.
    fn seconds(&self) -> f64 {
        let mut engine = Engine::new(Objective::new(0.999, Period::Rolling { days: 30 }, &[]).unwrap());
        let first_bad = self.event + self.events(self.fault) * EVENT_MS;
        let mut now = self.fault.div_euclid(LOOK_MS) * LOOK_MS + self.look;
        loop {
            let tiers: Vec<TierReading> = (engine.objective().tiers().iter())
                .map(|tier| TierReading {
                    long: self.window(now, tier.long_seconds),
                    short: self.window(now, tier.short_seconds),
                })
                .collect();
            let at = Timestamp::from_millisecond(2_000_000_000_000 + now).unwrap();
            let observation = Observation { now: at, tiers: &tiers, traffic: served(at) };
            if let Some(Change::Opened(_)) = engine.decide(&observation).alert {
                return (now - first_bad) as f64 / 1_000.0;
            }
            assert!(now < self.fault + 120_000, "no page in two minutes");
            now += LOOK_MS;
        }
    }
}

fn served(now: Timestamp) -> Traffic {
    Traffic {
        watching_since: now - jiff::SignedDuration::from_hours(1),
        last_event_at: Some(now),
        last_telemetry_at: Some(now),
        telemetry_every: Some(jiff::SignedDuration::from_millis(REPORT_MS)),
        recent_per_hour: 360_000.0,
        usual_low_per_hour: None,
        reach: Reach::NotTried,
    }
}

#[test]
fn a_total_outage_pages_within_a_second_of_the_floor() {
    let mut random = Random::new(3);
    let mut below = |limit: i64| (random.bits() % limit as u64) as i64;
    let mut seconds: Vec<f64> = (0..1_000)
        .map(|_| Phase {
            fault: below(BUCKET_MS),
            event: below(EVENT_MS),
            report: below(REPORT_MS),
            look: below(LOOK_MS),
        })
        .map(|phase| phase.seconds())
        .collect();
    seconds.sort_by(f64::total_cmp);
    let floor = floor_seconds(&Objective::new(0.999, Period::Rolling { days: 30 }, &[]).unwrap()).unwrap();
    assert!((floor - 51.84).abs() < 1e-9);
    let (least, p99, most) = (seconds[0], seconds[989], seconds[999]);
    println!("seconds to the page: least {least}, median {}, p99 {p99}, most {most}", seconds[499]);
    assert!(least >= floor, "{least}: before the budget was spent");
    assert!(p99 <= floor + 1.0 && most <= floor + 1.0, "p99 {p99}, most {most}");
}
