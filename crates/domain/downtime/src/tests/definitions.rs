//! Six answers to one question.

use super::*;
use crate::Definition;

fn counted(segments: &[Segment], windows: &[Window]) -> [i64; 6] {
    Definition::ALL.map(|definition| minutes(definition.count(segments, windows, span(0, 100), &[span(0, 100)]).time))
}

/// What it shows, incidents, maintenance; minutes by critical, major, merged, summed, in progress, announced.
type Row<'a> = (&'a str, &'a [Segment], &'a [Window], [i64; 6]);

#[test]
fn definitions_differ_as_they_say() {
    use Severity::{Critical, Major, Minor};
    let ran = Window { ran: vec![span(60, 65), span(70, 75)], ..window(-500, 60, 80) };
    let never = Window { ran: Vec::new(), ..window(-500, 60, 80) };
    let announced = Window { ran: vec![span(60, 80)], ..window(50, 60, 80) };
    let table: [Row; 13] = [
        ("nothing", &[], &[], [0; 6]),
        (
            "one of each",
            &[incident(Minor, 0, 1), incident(Major, 10, 12), incident(Critical, 20, 24)],
            &[],
            [4, 6, 7, 7, 7, 7],
        ),
        ("overlapping", &[incident(Minor, 0, 10), incident(Major, 5, 15)], &[], [0, 10, 15, 20, 15, 15]),
        ("touching", &[incident(Major, 0, 10), incident(Major, 10, 20)], &[], [0, 20, 20, 20, 20, 20]),
        (
            "clipped, half open",
            &[incident(Major, -10, 10), incident(Major, 95, 120), incident(Major, 100, 110)],
            &[],
            [0, 15, 15, 15, 15, 15],
        ),
        ("maintenance that ran twice", &[], &[ran], [0, 0, 0, 0, 10, 80]),
        ("maintenance that never ran", &[], &[never], [0, 0, 0, 0, 0, 80]),
        (
            "incident inside maintenance",
            &[incident(Minor, 55, 65)],
            std::slice::from_ref(&announced),
            [0, 0, 10, 10, 25, 30],
        ),
        (
            "measured in a window is planned",
            &[seen(Seen::Down, 55, 90)],
            std::slice::from_ref(&announced),
            [15, 15, 15, 15, 35, 40],
        ),
        ("measured in a late window is not", &[seen(Seen::Down, 60, 80)], &[window(60, 60, 80)], [20; 6]),
        ("late work counts from its start in both", &[], &[window(75, 60, 80)], [0, 0, 0, 0, 20, 20]),
        ("declared when it was over too", &[], &[window(95, 60, 80)], [0, 0, 0, 0, 20, 20]),
        (
            "ran beyond what was declared",
            &[],
            &[Window { ran: vec![span(60, 90)], ..window(50, 60, 80) }],
            [0, 0, 0, 0, 30, 40],
        ),
    ];
    for (name, segments, windows, want) in table {
        assert_eq!(counted(segments, windows), want, "{name}");
    }
}

#[test]
fn work_that_was_declared_for_unknown_time_is_no_downtime_of_it() {
    // Seven hours before anybody looked, and four minutes after.
    let (windows, period) = ([window(425, 0, 430)], span(0, 1_000));
    let known = [span(426, 1_000)];
    for definition in [Definition::MaintenanceInProgress, Definition::MaintenanceAnnounced] {
        assert_eq!(minutes(definition.count(&[], &windows, period, &known).time), 4, "{definition}");
    }
}

#[test]
fn declared_work_has_no_severity_of_its_own() {
    let work = Segment { severity: None, ..seen(Seen::Down, 60, 80) };
    assert_eq!(counted(&[work], &[]), [0; 6]);
}

#[test]
fn availability_is_of_what_is_known() {
    let counted = Definition::Major.count(&[incident(Severity::Major, 0, 30)], &[], span(0, 100), &[span(0, 100)]);
    assert_eq!(counted.availability(SignedDuration::from_mins(100)), Some(0.7));
    assert_eq!(counted.availability(SignedDuration::from_mins(60)), Some(0.5));
    assert_eq!(counted.availability(SignedDuration::ZERO), None);
    assert_eq!(counted.availability(SignedDuration::from_mins(20)), Some(0.0), "never below zero, sums may be");
}

#[test]
fn names_are_read_back() {
    for definition in Definition::ALL {
        assert_eq!(definition.name().parse(), Ok(definition));
    }
    let error = "all".parse::<Definition>().unwrap_err().to_string();
    assert!(error.starts_with("no definition of downtime is called \"all\": there are critical, major"), "{error}");
}

#[test]
fn severity_follows_from_the_share_of_users() {
    for (what, share, want) in [
        (Seen::Up, None, None),
        (Seen::Unknown, Some(1.0), None),
        (Seen::Degraded, Some(1.0), Some(Severity::Minor)),
        (Seen::Down, None, Some(Severity::Critical)),
        (Seen::Down, Some(0.99), Some(Severity::Critical)),
        (Seen::Down, Some(0.989), Some(Severity::Major)),
    ] {
        assert_eq!(Severity::of(what, share), want, "{what:?} {share:?}");
    }
}
