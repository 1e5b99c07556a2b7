//! The simulations in small; the examples run them whole.

use crate::sim::{false_pages, missed_faults};

#[test]
fn no_healthy_service_pages() {
    for (from, shape, years) in [
        (1.0, false_pages::Shape::Steady, 30),
        (10.0, false_pages::Shape::Steady, 10),
        (100.0, false_pages::Shape::Daily, 2),
        (1_000.0, false_pages::Shape::Steady, 1),
    ] {
        let outcome = false_pages::run(7, years, from, shape);
        assert_eq!(outcome.pages, 0, "seed 7, {from} an hour: {outcome:?}");
        assert!(outcome.bad > 0, "nothing bad ever happened, so nothing was shown: {outcome:?}");
    }
}

#[test]
fn no_fault_is_missed_and_none_is_made_up() {
    let outcome = missed_faults::run(7, 150);
    assert_eq!((outcome.missed, outcome.made_up), (0, 0), "seed 7: {outcome:?}");
    assert!(outcome.pages > 30 && outcome.tickets > 5, "{outcome:?}");
}

/// Without the guard the same services page; about as often as the rules that people run were seen to.
#[test]
fn the_windows_alone_page_often() {
    for (per_hour, a_year) in [(10.0, 44.8), (60.0, 237.8)] {
        let pages = false_pages::control(7, 5, per_hour).pages as f64 / 5.0;
        assert!((pages / a_year - 1.0).abs() < 0.2, "seed 7: {pages} a year at {per_hour} an hour");
    }
}
