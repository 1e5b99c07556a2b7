//! Faults that come and go: one alert each, however often they do.

use jiff::{SignedDuration, Timestamp};
use seaworthy_model::Tally;
use seaworthy_slo::{Change, Engine, Objective, Observation, Period, Reach, Reading, TierReading, Traffic, Urgency};

use crate::sim::random::Random;

/// Runs an engine over buckets of ten seconds, one look each; returns its changes with the number of the bucket.
fn changes(target: f64, buckets: &[Tally]) -> Vec<(usize, Change)> {
    let mut engine = Engine::new(Objective::new(target, Period::Rolling { days: 30 }, &[]).unwrap());
    let mut sums = vec![Tally::default()];
    let mut changes = Vec::new();
    for (index, bucket) in buckets.iter().enumerate() {
        let mut sum = sums[index];
        sum.add(*bucket);
        sums.push(sum);
        let reading = |seconds: u32| {
            let mut window = sum;
            window.remove(sums[sums.len().saturating_sub(1 + seconds as usize / 10)]);
            Reading::Counts(window)
        };
        let tiers: Vec<TierReading> = (engine.objective().tiers().iter())
            .map(|tier| TierReading { long: reading(tier.long_seconds), short: reading(tier.short_seconds) })
            .collect();
        let now = Timestamp::from_second(2_000_000_000 + index as i64 * 10).unwrap();
        let decision = engine.decide(&Observation { now, tiers: &tiers, traffic: served(now) });
        changes.extend(decision.alert.map(|change| (index, change)));
    }
    changes
}

fn served(now: Timestamp) -> Traffic {
    Traffic {
        watching_since: now - SignedDuration::from_hours(1),
        last_event_at: Some(now),
        last_telemetry_at: Some(now),
        telemetry_every: None,
        recent_per_hour: 0.0,
        usual_low_per_hour: None,
        reach: Reach::NotTried,
    }
}

fn words(changes: &[(usize, Change)]) -> String {
    let word = |(_, change): &(usize, Change)| match change {
        Change::Opened(alert) => format!("opened {}", alert.urgency.word()),
        Change::Raised(_) => "raised".to_owned(),
        Change::Lowered(_) => "lowered".to_owned(),
        Change::Resolved(_) => "resolved".to_owned(),
    };
    changes.iter().map(word).collect::<Vec<_>>().join(", ")
}

#[test]
fn ten_seconds_of_failure_every_six_minutes_do_not_flap() {
    const DAY: usize = 8_640;
    // A day that is well, two days of it, and two days in which it has been mended, at 100 a second.
    let bucket = |index: usize| {
        Tally::new(1_000, if (DAY..3 * DAY).contains(&index) && index.is_multiple_of(36) { 1_000 } else { 0 })
    };
    let buckets: Vec<Tally> = (0..5 * DAY).map(bucket).collect();
    for (target, expected) in [
        (0.9999, "opened page, lowered, resolved"),
        (0.9995, "opened page, lowered, resolved"),
        (0.999, "opened page, lowered, resolved"),
        (0.998, "opened ticket, raised, lowered, resolved"),
        (0.995, "opened ticket, resolved"),
        (0.99, "opened ticket, resolved"),
        (0.95, ""),
    ] {
        assert_eq!(words(&changes(target, &buckets)), expected, "{target}");
    }
}

#[test]
fn an_outage_is_one_page_that_ends_ten_minutes_after_it() {
    let bucket = |index: usize| Tally::new(1_000, if (1_000..1_030).contains(&index) { 1_000 } else { 0 });
    let buckets: Vec<Tally> = (0..8_640).map(bucket).collect();
    let seen = changes(0.9, &buckets);
    assert_eq!(words(&seen), "", "five minutes are within a budget of a tenth");
    let seen = changes(0.99, &buckets);
    assert_eq!(words(&seen), "opened ticket, resolved", "half of what pages");
    // Eighty seconds, in a service that fills its windows.
    let bucket = |index: usize| Tally::new(1_000, if (26_000..26_008).contains(&index) { 1_000 } else { 0 });
    let buckets: Vec<Tally> = (0..27_000).map(bucket).collect();
    let seen = changes(0.999, &buckets);
    assert_eq!(words(&seen), "opened page, resolved");
    assert_eq!(seen[0].0, 26_005, "52 s");
    assert!((26_060..=26_070).contains(&seen[1].0), "{}", seen[1].0);
}

/// At low traffic a fault of a few per cent looks well for minutes at a time. That must not open an alert each time.
#[test]
fn a_fault_of_a_quiet_service_does_not_page_again_and_again() {
    let mut random = Random::new(11);
    let mut pages = 0;
    let mut runs = 0;
    for per_hour in [60.0, 120.0, 600.0, 3_600.0] {
        for ratio in [0.03, 0.05, 0.1, 0.3] {
            runs += 1;
            let buckets: Vec<Tally> = (0..3 * 8_640)
                .map(|_| {
                    let total = random.poisson(per_hour / 360.0);
                    Tally::new(total, (0..total).filter(|_| random.unit() < ratio).count() as u64)
                })
                .collect();
            let seen = changes(0.999, &buckets);
            let is_page = |change: &Change| match change {
                Change::Opened(alert) | Change::Raised(alert) => alert.urgency == Urgency::Page,
                Change::Lowered(_) | Change::Resolved(_) => false,
            };
            let here = seen.iter().filter(|(_, change)| is_page(change)).count();
            assert!((1..=3).contains(&here), "{per_hour} an hour, {ratio}: {}", words(&seen));
            pages += here;
        }
    }
    assert!(pages <= runs + 4, "{pages} pages of {runs} faults of three days");
}
