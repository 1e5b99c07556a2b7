//! Every second in exactly one class.

use proptest::prelude::*;

use super::*;
use crate::{Account, Class, Definition, Silence, account, common, minus, total, union};

/// A log that was kept all the time.
const KEPT: Silence = Silence::UpWithin(Span { start: Timestamp::MIN, end: Timestamp::MAX });

fn accounted(segments: &[Segment], windows: &[Window], silence: Silence) -> Account {
    account(segments, windows, "buy", span(0, 100), silence)
}

/// Writes an account as `0 up 10 down-unplanned 20 ... 100`.
fn text(account: &Account) -> String {
    let mut text = String::new();
    for piece in &account.pieces {
        text += &format!("{} {} ", minute(piece.span.start), piece.class);
    }
    text + &account.pieces.last().map_or_else(String::new, |last| minute(last.span.end).to_string())
}

/// What it shows, what was seen, what was declared, and the account.
type Row<'a> = (&'a str, &'a [Segment], &'a [Window], &'a str);

#[test]
fn a_second_is_in_one_class() {
    use Seen::{Degraded, Down, Unknown, Up};
    let (advance, late) = ([window(-60, 20, 40)], [window(20, 20, 40)]);
    let table: [Row; 14] = [
        ("nobody measured", &[], &[], "0 unknown 100"),
        ("a window alone measures nothing", &[], &advance, "0 unknown 100"),
        ("gaps are unknown", &[seen(Up, 10, 20)], &[], "0 unknown 10 up 20 unknown 100"),
        ("outside the period", &[seen(Up, -50, 0), seen(Down, 100, 150)], &[], "0 unknown 100"),
        ("cut by the period", &[seen(Up, -50, 60), seen(Down, 60, 150)], &[], "0 up 60 down-unplanned 100"),
        ("backwards holds no time", &[seen(Down, 30, 10)], &[], "0 unknown 100"),
        (
            "the worst wins",
            &[seen(Up, 0, 100), seen(Degraded, 10, 50), seen(Down, 20, 30)],
            &[],
            "0 up 10 degraded 20 down-unplanned 30 degraded 50 up 100",
        ),
        (
            "who sees beats who cannot",
            &[seen(Unknown, 0, 100), seen(Up, 20, 80)],
            &[],
            "0 unknown 20 up 80 unknown 100",
        ),
        (
            "planned in the window, not after it",
            &[seen(Up, 0, 25), seen(Down, 25, 60), seen(Up, 60, 100)],
            &advance,
            "0 up 20 up-in-maintenance 25 down-planned 40 down-unplanned 60 up 100",
        ),
        (
            "began before the window",
            &[seen(Down, 10, 30)],
            &advance,
            "0 unknown 10 down-unplanned 20 down-planned 30 unknown 100",
        ),
        ("late is not planned", &[seen(Up, 0, 20), seen(Down, 20, 100)], &late, "0 up 20 down-unplanned 100"),
        (
            "a window does not excuse what its source calls unplanned",
            &[incident(Severity::Major, 10, 50)],
            &advance,
            "0 unknown 10 down-unplanned 50 unknown 100",
        ),
        ("degraded stays degraded in a window", &[seen(Degraded, 0, 100)], &advance, "0 degraded 100"),
        ("cannot see in a window is unknown", &[seen(Unknown, 0, 100)], &advance, "0 unknown 100"),
    ];
    for (name, segments, windows, want) in table {
        assert_eq!(text(&accounted(segments, windows, Silence::Unknown)), want, "{name}");
    }
}

#[test]
fn a_log_claims_nothing_for_when_it_was_not_kept() {
    let kept = Silence::UpWithin(span(20, 60));
    assert_eq!(text(&accounted(&[], &[], kept)), "0 unknown 20 up 60 unknown 100");
    let windows = [window(-60, 50, 80)];
    assert_eq!(text(&accounted(&[], &windows, kept)), "0 unknown 20 up 50 up-in-maintenance 60 unknown 100");
    assert_eq!(
        text(&accounted(&[seen(Seen::Down, 55, 70)], &[], kept)),
        "0 unknown 20 up 55 down-unplanned 70 unknown 100"
    );
    for elsewhere in [span(100, 200), span(-50, 0), span(30, 30)] {
        assert_eq!(text(&accounted(&[], &[], Silence::UpWithin(elsewhere))), "0 unknown 100");
    }
}

#[test]
fn a_log_that_is_silent_claims_up() {
    assert_eq!(text(&accounted(&[seen(Seen::Down, 10, 20)], &[], KEPT)), "0 up 10 down-unplanned 20 up 100");
    assert_eq!(text(&accounted(&[], &[window(-60, 20, 40)], KEPT)), "0 up 20 up-in-maintenance 40 up 100");
    let open = Segment { end: None, ..seen(Seen::Unknown, 60, 0) };
    assert_eq!(text(&accounted(&[open], &[], KEPT)), "0 up 60 unknown 100");
}

#[test]
fn others_functions_do_not_count() {
    let other = Segment { function: "search".to_owned(), ..seen(Seen::Down, 0, 100) };
    let window = Window { function: "search".to_owned(), ..window(-60, 0, 100) };
    assert_eq!(text(&accounted(&[other, seen(Seen::Down, 0, 50)], &[window], KEPT)), "0 down-unplanned 50 up 100");
}

#[test]
fn an_empty_period_holds_nothing() {
    let account = account(&[seen(Seen::Down, 0, 9)], &[], "buy", span(5, 5), KEPT);
    assert_eq!(account.pieces, []);
    assert_eq!((account.totals().availability(), account.totals().coverage()), (None, None));
}

#[test]
fn figures_are_those_of_the_formulas() {
    let segments = [seen(Seen::Up, 0, 60), seen(Seen::Down, 60, 80), seen(Seen::Degraded, 80, 90)];
    let totals = accounted(&segments, &[window(-60, 70, 80)], Silence::Unknown).totals();
    assert_eq!(totals.availability(), Some(60.0 / 70.0));
    assert_eq!(totals.availability_all(), Some(60.0 / 80.0));
    assert_eq!(totals.coverage(), Some(0.9));
}

#[test]
fn served_again_is_not_yet_healthy() {
    let segments = [
        seen(Seen::Up, 0, 10),
        seen(Seen::Down, 10, 20),
        seen(Seen::Degraded, 20, 30),
        seen(Seen::Down, 30, 35),
        seen(Seen::Degraded, 35, 50),
        seen(Seen::Up, 50, 60),
        seen(Seen::Down, 60, 70),
    ];
    let outages = accounted(&segments, &[], Silence::Unknown).outages();
    let text: Vec<_> = outages
        .iter()
        .map(|outage| (minute(outage.start), outage.served_at.map(minute), outage.healthy_at.map(minute)))
        .collect();
    assert_eq!(text, [(10, Some(35), Some(50)), (60, None, None)]);
}

#[test]
fn a_window_knows_its_overrun_and_its_notice() {
    let window = window(10, 20, 40);
    assert_eq!(minutes(window.overrun(&[span(25, 55)])), 15);
    assert_eq!(minutes(window.overrun(&[span(25, 40), span(50, 60)])), 0);
    assert_eq!((minutes(window.notice()), window.is_late()), (10, false));
    assert!(Window { declared_at: at(20), ..window }.is_late(), "declared as it begins is late");
}

prop_compose! {
    fn any_segment()(what in 0..4_usize, start in -20..120_i64, length in -5..60_i64, said in any::<bool>(), open in any::<bool>()) -> Segment {
        let what = [Seen::Unknown, Seen::Up, Seen::Degraded, Seen::Down][what];
        let planning = if said { Planning::Unplanned } else { Planning::ByWindows };
        let end = (!open || length % 5 != 0).then(|| at(start + length));
        Segment { end, planning, ..seen(what, start, 0) }
    }
}

prop_compose! {
    fn any_window()(declared in -60..60_i64, start in -10..110_i64, length in -5..40_i64) -> Window {
        window(declared, start, start + length)
    }
}

prop_compose! {
    fn any_spans()(spans in prop::collection::vec((-10..110_i64, -5..30_i64), 0..8)) -> Vec<Span> {
        union(spans.into_iter().map(|(start, length)| span(start, start + length)))
    }
}

proptest! {
    #[test]
    fn the_sum_of_classes_is_wall_time(
        segments in prop::collection::vec(any_segment(), 0..12),
        windows in prop::collection::vec(any_window(), 0..4),
        up in any::<bool>(),
    ) {
        let account = accounted(&segments, &windows, if up { KEPT } else { Silence::Unknown });
        prop_assert_eq!(minutes(account.totals().wall()), 100);
        for pair in account.pieces.windows(2) {
            prop_assert_eq!(pair[0].span.end, pair[1].span.start);
            prop_assert!((pair[0].class, pair[0].by) != (pair[1].class, pair[1].by));
        }
    }

    /// A plain reading of the rules, minute by minute, agrees.
    #[test]
    fn each_minute_is_what_the_rules_say(
        segments in prop::collection::vec(any_segment(), 0..12),
        windows in prop::collection::vec(any_window(), 0..4),
    ) {
        let account = accounted(&segments, &windows, Silence::Unknown);
        for at_minute in 0..100 {
            let now = at(at_minute);
            let planned = windows.iter().any(|w| w.declared_at < w.start && w.start <= now && now < w.end);
            let here = segments.iter().filter(|s| s.start <= now && s.end.is_none_or(|end| now < end));
            let class = here.map(|s| match (s.seen, planned, s.planning) {
                (Seen::Unknown, ..) => Class::Unknown,
                (Seen::Up, false, _) => Class::Up,
                (Seen::Up, true, _) => Class::UpInMaintenance,
                (Seen::Degraded, ..) => Class::Degraded,
                (Seen::Down, true, Planning::ByWindows) => Class::DownPlanned,
                (Seen::Down, ..) => Class::DownUnplanned,
            });
            let want = class.max().unwrap_or(Class::Unknown);
            let found = account.pieces.iter().find(|p| p.span.start <= now && now < p.span.end).unwrap();
            prop_assert_eq!(found.class, want, "minute {}", at_minute);
        }
    }

    #[test]
    fn more_downtime_never_raises_availability(
        segments in prop::collection::vec(any_segment(), 0..8),
        start in 0..90_i64, length in 1..50_i64,
    ) {
        let before = accounted(&segments, &[], KEPT).totals();
        let more: Vec<Segment> = segments.into_iter().chain([seen(Seen::Down, start, start + length)]).collect();
        let after = accounted(&more, &[], KEPT).totals();
        prop_assert!(after.availability().unwrap() <= before.availability().unwrap_or(1.0));
    }

    /// From the kindest definition to the harshest, and none above what is known.
    #[test]
    fn a_harsher_definition_never_counts_less(
        segments in prop::collection::vec(any_segment(), 0..8),
        windows in prop::collection::vec(any_window(), 0..5),
        up in any::<bool>(),
    ) {
        let account = accounted(&segments, &windows, if up { KEPT } else { Silence::Unknown });
        let (known, period) = (account.known(), span(0, 100));
        let count = |definition: Definition| definition.count(&segments, &windows, period, &known).time;
        let merged = [
            Definition::Critical,
            Definition::Major,
            Definition::UnplannedMerged,
            Definition::MaintenanceInProgress,
            Definition::MaintenanceAnnounced,
        ];
        for pair in merged.windows(2) {
            prop_assert!(count(pair[0]) <= count(pair[1]), "{} above {}", pair[0], pair[1]);
        }
        prop_assert!(count(Definition::MaintenanceAnnounced) <= total(&known));
        prop_assert!(count(Definition::UnplannedMerged) <= count(Definition::UnplannedSummed));
    }

    #[test]
    fn lists_of_spans_are_sets(one in any_spans(), other in any_spans()) {
        let (both, left) = (common(&one, &other), minus(&one, &other));
        prop_assert_eq!(total(&both) + total(&left), total(&one));
        prop_assert_eq!(&both, &common(&other, &one));
        prop_assert_eq!(union(both.iter().copied().chain(left)), one);
        prop_assert_eq!(union(both.clone()), both);
    }
}
