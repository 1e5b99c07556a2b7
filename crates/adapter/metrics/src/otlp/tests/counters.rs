//! Counters that only grow: first sights, restarts, repeats, late arrivals, and processes that are mixed up.

use proptest::prelude::*;
use seaworthy_model::Tally;

use super::*;

/// Reads exports one after the other, each kept; says what each adds.
fn story(watching_since: i64, exports: &[Vec<Value>]) -> Vec<String> {
    let mut intake = Intake::new(second(watching_since));
    let wanted = wanted(&["orders"]);
    exports
        .iter()
        .map(|points| {
            let taken = taken(&intake, &export("checkout", &[sum("orders", 2, points)]), &wanted);
            let shown = show(&taken).replace("checkout orders ", "");
            intake.keep(taken, second(0));
            shown
        })
        .collect()
}

#[test]
fn a_count_since_the_start_becomes_a_count_since_the_last_export() {
    let at = |start, at, count| vec![point(start, at, count, None)];
    let table = [
        ("it grows", -600, vec![at(-590, -60, 5), at(-590, -50, 7), at(-590, -40, 7)], vec!["", "-50 0/2", "-40 0/0"]),
        ("young, and we watched when it began", -600, vec![at(-70, -60, 5)], vec!["-60 0/5"]),
        ("young, and we did not", -65, vec![at(-70, -60, 5)], vec![""]),
        ("old when it is first seen", -600, vec![at(-300, -60, 5)], vec![""]),
        ("it says no start", -600, vec![vec![json!({ "timeUnixNano": nanos(-60), "asInt": "5" })]], vec![""]),
        ("the same export again", -600, vec![at(-70, -60, 5), at(-70, -60, 5)], vec!["-60 0/5", ""]),
        (
            "an older export comes late",
            -600,
            vec![at(-70, -50, 9), at(-70, -60, 5), at(-70, -40, 10)],
            vec!["-50 0/9", "", "-40 0/1"],
        ),
        ("the process began again", -600, vec![at(-70, -60, 50), at(-55, -50, 3)], vec!["-60 0/50", "-50 0/3"]),
        ("it fell under the same start", -600, vec![at(-70, -60, 50), at(-70, -50, 3)], vec!["-60 0/50", "-50 0/3"]),
        (
            "the start moves without a restart",
            -600,
            vec![at(-70, -60, 50), at(-65, -50, 53)],
            vec!["-60 0/50", "-50 0/3"],
        ),
        (
            "two processes as one",
            -600,
            vec![at(-70, -60, 50), at(-500, -50, 900)],
            vec!["-60 0/50", "orders x1: two processes send it as one; give each its \"service.instance.id\""],
        ),
    ];
    for (what, since, exports, expected) in table {
        assert_eq!(story(since, &exports), expected, "{what}");
    }
}

#[test]
fn a_stream_that_joins_later_began_at_nothing() {
    let seen = story(
        -600,
        &[
            vec![point(-590, -60, 100, Some(200))],
            vec![point(-590, -50, 110, Some(200)), point(-590, -50, 4, Some(500))],
        ],
    );
    assert_eq!(seen, ["", "-50 4/14"], "the first error of an old process is an error of now");
}

#[test]
fn what_was_not_kept_counts_when_it_comes_again() {
    let intake = Intake::new(second(-600));
    let body = export("checkout", &[sum("orders", 2, &[point(-70, -60, 5, None)])]);
    let wanted = wanted(&["orders"]);
    let (one, other) = (taken(&intake, &body, &wanted), taken(&intake, &body, &wanted));
    assert_eq!((show(&one).as_str(), &one), ("checkout orders -60 0/5", &other));
}

#[test]
fn delta_points_add_up_and_a_repeat_does_not() {
    let mut intake = Intake::new(second(-600));
    let wanted = wanted(&["orders"]);
    let mut seen = Vec::new();
    for (start, at, count) in [(-70, -60, 5), (-60, -50, 6), (-60, -50, 6), (-50, -40, 0)] {
        let taken = taken(&intake, &export("checkout", &[sum("orders", 1, &[point(start, at, count, None)])]), &wanted);
        seen.push(show(&taken).replace("checkout orders ", ""));
        intake.keep(taken, second(0));
    }
    assert_eq!(seen, ["-60 0/5", "-50 0/6", "", "-40 0/0"]);
}

#[test]
fn streams_have_a_limit_and_silent_groups_make_room() {
    let wanted = wanted(&["orders"]);
    let points = |at: i64, from: usize, count: usize| -> Vec<Value> {
        (from..from + count)
            .map(|n| {
                let mut point = point(at - 1, at, 1, None);
                point["attributes"] = json!([{ "key": "user", "value": { "intValue": n } }]);
                point
            })
            .collect()
    };
    let mut intake = Intake::new(second(-9_000));
    for from in (0..super::super::STREAMS_MAX).step_by(20_000) {
        let taken = taken(&intake, &export("checkout", &[sum("orders", 2, &points(-5_000, from, 20_000))]), &wanted);
        assert_eq!(taken.pushed[0].tally, Tally::new(20_000, 0));
        // Kept at the time of the export: nothing is silent yet.
        intake.keep(taken, second(-5_000));
    }
    let one_more = export("checkout", &[sum("orders", 2, &points(-5_000, 1_000_000, 1))]);
    let full = taken(&intake, &one_more, &wanted);
    assert_eq!(show(&full), "orders x1: too many streams are watched; use fewer attributes");
    intake.keep(full, second(0));
    let after = taken(&intake, &export("checkout", &[sum("orders", 2, &points(0, 1_000_000, 1))]), &wanted);
    assert_eq!(show(&after), "checkout orders 0 0/1", "an hour of silence made room");
}

#[test]
fn processes_have_a_limit_that_counts_processes() {
    let body = |from: usize, processes: usize, at: i64| {
        let process = |n: usize| {
            let attributes = json!([
                { "key": "service.name", "value": { "stringValue": "checkout" } },
                { "key": "service.instance.id", "value": { "intValue": n } },
            ]);
            let points = [point(-61, at, 1, Some(200)), point(-61, at, 1, Some(500))];
            let scope = json!({ "metrics": [sum("orders", 2, &points)] });
            json!({ "resource": { "attributes": attributes }, "scopeMetrics": [scope] })
        };
        let all: Vec<Value> = (from..from + processes).map(process).collect();
        json!({ "resourceMetrics": all }).to_string().into_bytes()
    };
    let (mut intake, wanted, half) = (Intake::new(second(-600)), wanted(&["orders"]), super::super::GROUPS_MAX / 2);
    for from in [0, half] {
        let taken = taken(&intake, &body(from, half, -60), &wanted);
        assert_eq!(show(&taken), format!("checkout orders -60 {half}/{}", 2 * half));
        intake.keep(taken, second(0));
    }
    let known = taken(&intake, &body(0, half, -50), &wanted);
    assert_eq!(show(&known), "checkout orders -50 0/0", "who is known goes on");
    let new = taken(&intake, &body(2 * half, 1, -50), &wanted);
    assert_eq!(show(&new), "orders x2: too many streams are watched; use fewer attributes");
}

proptest! {
    /// However exports of one process are lost, repeated or late, what is counted is at most what it counted; and with the
    /// last one there, exactly that.
    #[test]
    fn nothing_is_counted_twice(steps in prop::collection::vec((0_u8..4, 0_u32..1_000, 0_u32..1_000), 1..20)) {
        let mut exports = Vec::new();
        let (mut good, mut bad) = (0_i64, 0_i64);
        for (n, (_, more, worse)) in steps.iter().enumerate() {
            good += i64::from(*more);
            bad += i64::from(*worse);
            let at = -100 + n as i64;
            exports.push(export("checkout", &[sum("orders", 2, &[point(-101, at, good, Some(200)), point(-101, at, bad, Some(500))])]));
        }
        let wanted = wanted(&["orders"]);
        let mut intake = Intake::new(second(-600));
        let mut sum = Tally::default();
        let mut take = |body: &Vec<u8>| {
            let taken = taken(&intake, body, &wanted);
            taken.pushed.iter().for_each(|one| sum.add(one.tally));
            intake.keep(taken, second(0));
        };
        take(&exports[0]);
        for (n, (fate, _, _)) in steps.iter().enumerate() {
            match fate {
                0 => {}                                                // lost
                1 => take(&exports[n]),                                // as it should be
                2 => { take(&exports[n]); take(&exports[n]); }         // repeated
                _ => { take(&exports[n]); take(&exports[n / 2]); }     // an older one again
            }
        }
        take(exports.last().expect("at least one"));
        prop_assert_eq!(sum, Tally::new((good + bad).unsigned_abs(), bad.unsigned_abs()));
    }
}
