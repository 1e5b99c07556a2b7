//! Decision tables: times and rates in, what is seen out.

use super::*;

fn at(seconds: i64) -> Timestamp {
    Timestamp::new(1_800_000_000 + seconds, 0).unwrap()
}

/// Seconds before now of the last event and of the last report; events an hour lately and at least at this hour.
fn traffic(event: i64, report: i64, recent: f64, low: Option<f64>, reach: Reach) -> Traffic {
    Traffic {
        watching_since: at(-100_000),
        last_event_at: Some(at(-event)),
        last_telemetry_at: Some(at(-report)),
        telemetry_every: Some(SignedDuration::from_millis(250)),
        recent_per_hour: recent,
        usual_low_per_hour: low,
        reach,
    }
}

#[test]
fn the_table() {
    use Quiet::{Unusual, Usual};
    use Reach::{Answers, NotTried, Refuses};
    use Sight::{Down, NoTelemetry, NoTraffic, Serving};
    const BUSY: f64 = 360_000.0;
    for (event, report, recent, low, reach, expected, why) in [
        (0, 0, BUSY, None, NotTried, Serving, "all is well"),
        (29, 0, BUSY, None, NotTried, Serving, "a pause of a restart"),
        (30, 0, BUSY, None, NotTried, NoTraffic(Unusual), "nobody asks a busy service, and it is measured"),
        (30, 0, BUSY, None, Answers, NoTraffic(Unusual), "it answers, so their way to it is broken"),
        (30, 0, BUSY, None, Refuses, Down, "a busy service that nobody can connect to"),
        (6, 6, BUSY, None, NotTried, NoTelemetry, "a source that is silent for six seconds"),
        (30, 30, BUSY, None, NotTried, Down, "a busy service whose source is silent for half a minute"),
        (30, 30, BUSY, None, Refuses, Down, "the same, and nobody can connect"),
        (30, 30, BUSY, None, Answers, NoTelemetry, "the same, but it answers: only the measuring is broken"),
        (1_000, 1_000, BUSY, Some(10.0), NotTried, NoTelemetry, "at this hour it is quiet as a rule"),
        (6_000, 6_000, BUSY, Some(10.0), NotTried, Down, "but not that quiet"),
        (6_000, 0, 10.0, None, NotTried, NoTraffic(Unusual), "16.7 are missing"),
        (5_700, 0, 10.0, None, NotTried, NoTraffic(Usual), "15.8 are missing, which happens"),
        (5_700, 0, 10.0, None, Refuses, NoTraffic(Usual), "nobody was hurt yet as far as chance can tell"),
        (
            5_700,
            20,
            10.0,
            None,
            NotTried,
            NoTelemetry,
            "quiet before the source fell silent: that silence is not its fault",
        ),
        (200, 0, 10.0, None, NotTried, Serving, "a gap between two events"),
        (400, 0, 10.0, None, NotTried, NoTraffic(Usual), "longer than the mean gap"),
        (50_000, 0, 1.0, None, NotTried, NoTraffic(Usual), "a quiet night at one an hour"),
        (50_000, 50_000, 1.0, None, NotTried, NoTelemetry, "a quiet night without telemetry"),
        (60_000, 60_000, 1.0, None, NotTried, Down, "sixteen hours of it"),
        (50_000, 50_000, 0.0, None, Refuses, NoTelemetry, "no rate at all expects nothing"),
        (50_000, 50_000, f64::NAN, None, Refuses, NoTelemetry, "no number expects nothing"),
    ] {
        assert_eq!(see(at(0), &traffic(event, report, recent, low, reach)), expected, "{why}");
    }
}

#[test]
fn who_never_served_is_unknown() {
    let mut never = traffic(0, 0, 0.0, None, Reach::Refuses);
    never.last_event_at = None;
    assert_eq!(see(at(0), &never), Sight::Unknown);
    never.last_telemetry_at = None;
    assert_eq!(see(at(0), &never), Sight::Unknown);
    let left_long_ago = Traffic { watching_since: at(-600), ..traffic(90_000, 90_000, 1e6, None, Reach::Refuses) };
    assert_eq!(see(at(0), &left_long_ago), Sight::Unknown, "an objective that comes a day too late pages nobody");
}

#[test]
fn our_own_absence_is_nobody_s_silence() {
    let just_back = Traffic { watching_since: at(-3), ..traffic(7_200, 7_200, 360_000.0, None, Reach::NotTried) };
    assert_eq!(see(at(0), &just_back), Sight::Serving);
    assert_eq!(see(at(3), &just_back), Sight::NoTelemetry);
    assert_eq!(see(at(27), &just_back), Sight::Down, "half a minute after we came back it still says nothing");
}

#[test]
fn a_slow_source_and_one_that_never_reports_have_their_own_patience() {
    let mut slow = traffic(200, 200, 360_000.0, None, Reach::NotTried);
    slow.telemetry_every = Some(SignedDuration::from_secs(60));
    assert_eq!(see(at(0), &slow), Sight::NoTraffic(Quiet::Unusual), "three scrapes are missing");
    assert_eq!(see(at(41), &slow), Sight::Down, "four are");
    slow.telemetry_every = None;
    assert_eq!(see(at(9_000), &slow), Sight::NoTraffic(Quiet::Unusual));
}

#[test]
fn a_source_that_flickers_does_not_flap() {
    let mut watcher = Watcher::default();
    let mut changes = Vec::new();
    let (mut event, mut now) = (0, 0);
    // It speaks once every 40 seconds, for ten minutes, and then for good.
    while now < 800 {
        if now % 40 == 0 || now > 600 {
            event = now;
        }
        let seen = Traffic {
            last_event_at: Some(at(event)),
            last_telemetry_at: Some(at(event)),
            ..traffic(0, 0, 360_000.0, None, Reach::NotTried)
        };
        changes.extend(watcher.look(at(now), &seen).map(|sight| (now, sight)));
        now += 1;
    }
    use Sight::{Down, NoTelemetry, Serving};
    assert_eq!(changes, [(0, Serving), (6, NoTelemetry), (30, Down), (660, Serving)]);
}

#[test]
fn blindness_becomes_a_ticket_only_after_a_while() {
    let mut watcher = Watcher::default();
    let seen = traffic(60, 60, 360_000.0, None, Reach::Answers);
    assert_eq!(watcher.look(at(0), &seen), Some(Sight::NoTelemetry));
    assert!(!watcher.is_blind(at(899)));
    assert!(watcher.is_blind(at(900)));
}
