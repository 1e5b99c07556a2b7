//! Stories of one objective: looks in, changes out.

use jiff::SignedDuration;

use super::*;
use crate::{Period, Quiet, Reach, Reading, Tier};

fn at(seconds: i64) -> Timestamp {
    Timestamp::new(1_800_000_000 + seconds, 0).unwrap()
}

fn objective() -> Objective {
    Objective::new(0.999, Period::Rolling { days: 30 }, &[]).unwrap()
}

fn fresh(now: i64) -> Traffic {
    Traffic {
        watching_since: at(-1_000_000),
        last_event_at: Some(at(now)),
        last_telemetry_at: Some(at(now)),
        telemetry_every: Some(SignedDuration::from_millis(250)),
        recent_per_hour: 360_000.0,
        usual_low_per_hour: None,
        reach: Reach::NotTried,
    }
}

/// A look at which each tier's windows have these bad events of a million.
fn look(engine: &mut Engine, now: i64, bad: [(u64, u64); 4]) -> String {
    look_with(engine, now, bad, fresh(now))
}

fn look_with(engine: &mut Engine, now: i64, bad: [(u64, u64); 4], traffic: Traffic) -> String {
    let reading = |bad| Reading::counts(1_000_000, bad);
    let tiers = bad.map(|(long, short)| TierReading { long: reading(long), short: reading(short) });
    match engine.decide(&Observation { now: at(now), tiers: &tiers, traffic }).alert {
        None => "-".to_owned(),
        Some(change) => words(change),
    }
}

fn words(change: Change) -> String {
    let (verb, alert) = match change {
        Change::Opened(alert) => ("opened", alert),
        Change::Raised(alert) => ("raised", alert),
        Change::Lowered(alert) => ("lowered", alert),
        Change::Resolved(alert) => ("resolved", alert),
    };
    let reason = match alert.reason {
        Reason::Down => "down".to_owned(),
        Reason::NoTelemetry => "no telemetry".to_owned(),
        Reason::Burn { tier, .. } => format!("tier {tier}"),
    };
    format!("{verb} {} {reason} after {}", alert.urgency.word(), alert.opened_at.duration_since(at(0)).as_secs())
}

const HOT: (u64, u64) = (900_000, 900_000);
const WARM: (u64, u64) = (20_000, 20_000);
const OVER: (u64, u64) = (20_000, 0);
const COLD: (u64, u64) = (0, 0);

#[test]
fn an_alert_rises_and_falls_as_one() {
    let mut engine = Engine::new(objective());
    for (now, bad, expected, why) in [
        (0, [COLD, COLD, COLD, COLD], "-", "nothing is wrong"),
        (10, [COLD, COLD, COLD, WARM], "opened ticket tier 3 after 10", "a slow burn waits"),
        (11, [COLD, COLD, WARM, WARM], "-", "a second ticket is the same alert"),
        (20, [WARM, COLD, WARM, WARM], "raised page tier 0 after 10", "a fast burn does not wait"),
        (21, [WARM, WARM, WARM, WARM], "-", "a second page is the same alert"),
        (30, [OVER, WARM, WARM, WARM], "-", "the first tier begins to calm"),
        (329, [OVER, OVER, WARM, WARM], "-", "the first tier is over soon"),
        (330, [OVER, OVER, WARM, WARM], "-", "it is over; the second still pages"),
        (2_129, [OVER, OVER, OVER, WARM], "lowered ticket tier 2 after 10", "half an hour of calm: both are over"),
        (9_400, [COLD, COLD, OVER, OVER], "-", "two hours: the third is over, the fourth not"),
        (30_999, [COLD, COLD, COLD, OVER], "-", "nearly six hours"),
        (31_000, [COLD, COLD, COLD, OVER], "resolved ticket tier 3 after 10", "six hours"),
    ] {
        assert_eq!(look(&mut engine, now, bad), expected, "{now}: {why}");
    }
    assert!(engine.alert().is_none());
}

#[test]
fn calm_begins_again_after_each_relapse() {
    let mut engine = Engine::new(objective());
    assert_eq!(look(&mut engine, 0, [HOT, COLD, COLD, COLD]), "opened page tier 0 after 0");
    assert_eq!(look(&mut engine, 10, [OVER, COLD, COLD, COLD]), "-");
    assert_eq!(look(&mut engine, 309, [WARM, COLD, COLD, COLD]), "-", "one second too early");
    assert_eq!(look(&mut engine, 310, [OVER, COLD, COLD, COLD]), "-");
    assert_eq!(look(&mut engine, 609, [OVER, COLD, COLD, COLD]), "-");
    assert_eq!(look(&mut engine, 610, [OVER, COLD, COLD, COLD]), "resolved page tier 0 after 0");
}

#[test]
fn silence_neither_calms_nor_resolves() {
    let mut engine = Engine::new(objective());
    assert_eq!(look(&mut engine, 0, [HOT, COLD, COLD, COLD]), "opened page tier 0 after 0");
    let silent = fresh(0);
    assert_eq!(look_with(&mut engine, 10, [COLD; 4], silent), "-");
    assert_eq!(engine.sight(), Sight::NoTelemetry);
    assert_eq!(look_with(&mut engine, 40, [COLD; 4], silent), "-", "down, and paged already");
    assert_eq!(engine.sight(), Sight::Down);
    assert_eq!(look_with(&mut engine, 9_000, [COLD; 4], silent), "-", "hours later it still is");
    assert_eq!(look(&mut engine, 9_001, [COLD; 4]), "-", "it speaks again");
    assert_eq!(look(&mut engine, 9_061, [COLD; 4]), "-", "it is up, and calm from now on");
    assert_eq!(look(&mut engine, 9_361, [COLD; 4]), "resolved page tier 0 after 0");
}

#[test]
fn a_service_that_is_gone_pages_without_any_bad_event() {
    let mut engine = Engine::new(objective());
    assert_eq!(look(&mut engine, 0, [COLD; 4]), "-");
    assert_eq!(look_with(&mut engine, 29, [COLD; 4], fresh(0)), "-");
    assert_eq!(look_with(&mut engine, 30, [COLD; 4], fresh(0)), "opened page down after 30");
    assert_eq!(look(&mut engine, 50, [COLD; 4]), "-");
    assert_eq!(look(&mut engine, 110, [COLD; 4]), "resolved page down after 30");
}

#[test]
fn an_objective_that_nobody_measures_is_a_ticket_after_a_while() {
    let mut engine = Engine::new(objective());
    let silent = |now| Traffic {
        reach: Reach::Answers,
        last_telemetry_at: Some(at(0)),
        last_event_at: Some(at(0)),
        ..fresh(now)
    };
    assert_eq!(look(&mut engine, 0, [COLD; 4]), "-");
    assert_eq!(look_with(&mut engine, 6, [COLD; 4], silent(6)), "-");
    assert_eq!(look_with(&mut engine, 905, [COLD; 4], silent(905)), "-");
    assert_eq!(look_with(&mut engine, 906, [COLD; 4], silent(906)), "opened ticket no telemetry after 906");
    let dead = Traffic { reach: Reach::Refuses, ..silent(0) };
    assert_eq!(look_with(&mut engine, 907, [COLD; 4], dead), "raised page down after 906");
}

#[test]
fn no_traffic_is_seen_and_wakes_nobody() {
    let mut engine = Engine::new(objective());
    let quiet = Traffic { last_event_at: Some(at(-900)), ..fresh(0) };
    let decision = engine.decide(&Observation { now: at(0), tiers: &[], traffic: quiet });
    assert_eq!(decision, Decision { alert: None, sight: Some(Sight::NoTraffic(Quiet::Unusual)) });
}

#[test]
fn an_engine_goes_on_where_another_stopped() {
    let mut engine = Engine::new(objective());
    look(&mut engine, 0, [HOT, COLD, COLD, COLD]);
    let alert = engine.alert().copied();
    let mut other = Engine::resume(objective(), alert, engine.sight(), at(0));
    assert_eq!(look(&mut other, 10, [OVER, COLD, COLD, COLD]), "-", "it does not page twice");
    assert_eq!(look(&mut other, 310, [OVER, COLD, COLD, COLD]), "resolved page tier 0 after 0");
}

#[test]
fn a_restart_of_ours_ends_nobody_s_outage() {
    let down = Alert { urgency: Urgency::Page, reason: Reason::Down, opened_at: at(0) };
    for (every, reach) in [(250, Reach::NotTried), (60_000, Reach::NotTried), (250, Reach::Refuses)] {
        let mut engine = Engine::resume(objective(), Some(down), Sight::Down, at(0));
        for now in 500_000..500_600 {
            let silent = Traffic {
                watching_since: at(500_000),
                telemetry_every: Some(SignedDuration::from_millis(every)),
                reach,
                recent_per_hour: 100.0,
                ..fresh(-30)
            };
            assert_eq!(look_with(&mut engine, now, [COLD; 4], silent), "-", "{now} {every}");
        }
        let answers = Traffic { reach: Reach::Answers, watching_since: at(500_000), ..fresh(-30) };
        look_with(&mut engine, 500_600, [COLD; 4], answers);
        assert_eq!(look_with(&mut engine, 500_660, [COLD; 4], answers), "resolved page down after 0");
    }
    let blind = Alert { urgency: Urgency::Ticket, reason: Reason::NoTelemetry, opened_at: at(0) };
    let mut engine = Engine::resume(objective(), Some(blind), Sight::NoTelemetry, at(-900));
    let silent = Traffic { watching_since: at(10), reach: Reach::Answers, ..fresh(-1_000) };
    assert_eq!(look_with(&mut engine, 11, [COLD; 4], silent), "-");
    assert_eq!(look(&mut engine, 12, [COLD; 4]), "resolved ticket no telemetry after 0");
}

#[test]
fn a_reason_that_no_longer_fits_the_objective_resolves() {
    let two = &objective().tiers()[..2].to_vec();
    let fewer = Objective::new(0.999, Period::Rolling { days: 30 }, two).unwrap();
    let reason = Reason::Burn { tier: 3, windows: TierReading::default() };
    let alert = Alert { urgency: Urgency::Ticket, reason, opened_at: at(0) };
    let mut engine = Engine::resume(fewer, Some(alert), Sight::Serving, at(0));
    assert_eq!(look(&mut engine, 1, [COLD; 4]), "resolved ticket tier 3 after 0");
}

#[test]
fn bare_ratios_alert_and_resolve() {
    let mut engine = Engine::new(objective());
    let mut change = |now, long, short| {
        let windows = TierReading { long: Reading::Ratio(long), short: Reading::Ratio(short) };
        engine.decide(&Observation { now: at(now), tiers: &[windows], traffic: fresh(now) }).alert.map(words)
    };
    assert_eq!(change(0, 0.02, 0.5).as_deref(), Some("opened page tier 0 after 0"));
    assert_eq!(change(10, 0.02, 0.0), None);
    assert_eq!(change(310, 0.02, 0.0).as_deref(), Some("resolved page tier 0 after 0"));
}

#[test]
fn an_engine_is_small() {
    assert!(size_of::<Engine>() <= 1024, "{}", size_of::<Engine>());
    let tiers = [Tier { budget: 0.5, ..objective().tiers()[0] }; TIERS_MAX];
    assert!(Objective::new(0.999, Period::Rolling { days: 30 }, &tiers).is_ok());
}
