//! What a control decides, and what it remembers while configs come and go.

use uuid::Uuid;

use super::*;

fn config(what: ControlV1, lasts_s: i64) -> ControlConfig {
    ControlConfig {
        control: ControlId::from_uuid(Uuid::from_u128(1)),
        service: "checkout".parse().unwrap(),
        route: None,
        what,
        until: Timestamp::now() + jiff::SignedDuration::from_secs(lasts_s),
        drill: false,
    }
}

fn throttle(per_second: u32, burst: u32) -> ControlV1 {
    ControlV1::Throttle { per_second: Some(per_second), burst, users: None, status: 429 }
}

fn refused(held: &Held, now: Instant) -> bool {
    matches!(held.decide("/", None, now, 0), Said::Refuse(_))
}

#[test]
fn a_config_that_comes_again_does_not_fill_the_bucket() {
    let first = Held::new(config(throttle(1, 2), 60), None);
    let now = Instant::now();
    assert!(!refused(&first, now) && !refused(&first, now) && refused(&first, now));
    let again = Held::new(config(throttle(1, 2), 90), Some(&first));
    assert!(refused(&again, now), "the burst is spent");
    assert_eq!(again.did.totals(), (2, 2));
}

#[test]
fn what_is_over_lets_everybody_pass_and_counts_nothing() {
    for lasts_s in [0, -10] {
        let held = Held::new(config(throttle(1, 1), lasts_s), None);
        let now = Instant::now();
        assert!(!refused(&held, now) && !refused(&held, now));
        assert_eq!((held.did.totals(), held.left(now)), ((0, 0), None));
    }
}

#[test]
fn the_first_refusal_has_an_age() {
    let held = Held::new(config(throttle(1, 1), 60), None);
    let now = Instant::now();
    assert!(!refused(&held, now));
    assert_eq!(held.did.first_refused_age_ms(now), None);
    assert!(refused(&held, now));
    let later = now + Duration::from_millis(700);
    assert!(refused(&held, later - Duration::from_millis(100)));
    assert_eq!(held.did.first_refused_age_ms(later).map(|age| age / 100), Some(7));
}

#[test]
fn a_status_that_says_all_is_well_is_503() {
    for (code, want) in [(429, 429), (503, 503), (404, 404), (200, 503), (302, 503), (0, 503), (9_999, 503)] {
        assert_eq!(status(code).as_u16(), want, "{code}");
    }
}
