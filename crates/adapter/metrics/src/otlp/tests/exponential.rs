//! Exponential histograms: how many are at most a threshold, at every scale and where the scale changes, and what OpenTelemetry's
//! own SDK for Python (1.45.2) sent, byte for byte: ten requests of 10 to 460 ms, then one of 40 s and one that took no
//! time, which made its buckets coarser, then one of 200 ms.

use proptest::prelude::*;

use super::*;

const SDK: [&[u8]; 3] = [
    include_bytes!("fixtures/exponential-1.bin"),
    include_bytes!("fixtures/exponential-2.bin"),
    include_bytes!("fixtures/exponential-3.bin"),
];

/// When those were sent, in seconds after [`NOW`].
const SENT: i64 = 10_262;

#[test]
fn what_an_sdk_sends_counts_across_a_change_of_scale() {
    let wanted = wanted(&["http.server.request.duration", "http.server.request.duration/0.3"]);
    let mut intake = Intake::new(second(SENT - 60));
    let mut seen = Vec::new();
    for body in SDK {
        let taken = intake.read(body, Encoding::Protobuf, &wanted, second(SENT)).expect("an export");
        assert_eq!(taken.skipped, []);
        seen.extend(taken.pushed.iter().map(|one| format!("{}/{}", one.tally.bad, one.tally.total)));
        intake.keep(taken, second(SENT));
    }
    assert_eq!(seen, ["0/10", "4/10", "0/2", "1/2", "0/1", "0/1"], "all, and those above 300 ms");
}

/// A histogram of one point: how it counts, when, its scale, its first bucket and its counts.
fn took(temporality: i32, at: i64, scale: i32, offset: i32, counts: &[u64]) -> Value {
    let (total, words): (u64, Vec<String>) = (counts.iter().sum(), counts.iter().map(u64::to_string).collect());
    let positive = json!({ "offset": offset, "bucketCounts": words });
    let (start, at) = (nanos(-70), nanos(at));
    let point = json!({ "startTimeUnixNano": start, "timeUnixNano": at, "count": total.to_string(), "scale": scale,
        "positive": positive });
    json!({ "name": "took", "exponentialHistogram": { "aggregationTemporality": temporality, "dataPoints": [point] } })
}

fn read(threshold: f64, metric: &Value) -> String {
    let (intake, series) = (Intake::new(second(-600)), format!("took/{threshold}"));
    let body = export("checkout", std::slice::from_ref(metric));
    show(&taken(&intake, &body, &wanted(&[&series]))).replace(&format!("checkout {series} 0 "), "")
}

#[test]
fn the_bucket_of_the_threshold_is_split() {
    let scaled = |scale, offset, counts: &[u64]| took(1, 0, scale, offset, counts);
    let coarse = |scale: i32, of: f64| {
        let remedy = "allow it more buckets, or send an explicit histogram";
        format!("took x1: at scale {scale} its buckets are too coarse to tell what is above {of}; {remedy}")
    };
    for (threshold, metric, expected) in [
        // Four buckets from 1 to 2, at 1.19, 1.41 and 1.68.
        (1.0, scaled(2, 0, &[10, 10, 10, 10]), "40/40".to_owned()),
        (2.0, scaled(2, 0, &[10, 10, 10, 10]), "0/40".to_owned()),
        (1.5, scaled(2, 0, &[10, 10, 10, 10]), "17/40".to_owned()),
        (1.5, scaled(2, 2, &[1]), "1/1".to_owned()),
        (1.5, scaled(2, -50, &[1]), "0/1".to_owned()),
        (1.5, scaled(2, 50, &[1]), "1/1".to_owned()),
        (0.5, scaled(0, -2, &[3, 4]), "4/7".to_owned()),
        (0.3, scaled(0, -2, &[3, 4]), coarse(0, 0.3)),
        (0.3, scaled(1, -2, &[3, 4]), coarse(1, 0.3)),
        (4.0, scaled(-1, 0, &[3, 4]), "4/7".to_owned()),
        (0.3, scaled(-10, -1, &[3, 4]), coarse(-10, 0.3)),
        (0.3, scaled(-11, -1, &[3]), "took x1: its scale is -11; there are -10 to 20".to_owned()),
        (0.3, scaled(21, -1, &[3]), "took x1: its scale is 21; there are -10 to 20".to_owned()),
        (0.3, scaled(i32::MIN, i32::MAX, &[3]), "took x1: its scale is -2147483648; there are -10 to 20".to_owned()),
        (0.3, scaled(20, i32::MAX, &[3]), "3/3".to_owned()),
        (0.3, scaled(20, i32::MIN, &[3]), "0/3".to_owned()),
    ] {
        assert_eq!(read(threshold, &metric), expected, "{threshold} {metric}");
    }
}

#[test]
fn what_is_not_positive_is_at_most_any_threshold() {
    let mut metric = took(1, 0, 3, 100, &[5]);
    let point = &mut metric["exponentialHistogram"]["dataPoints"][0];
    (point["count"], point["zeroCount"]) = (json!("10"), json!("2"));
    point["negative"] = json!({ "offset": 100, "bucketCounts": ["3"] });
    assert_eq!(read(0.3, &metric), "5/10");
    assert_eq!(read(0.3, &took(1, 0, 3, 0, &[])), "0/0");
    let number = sum("took", 1, &[point_of(5)]);
    assert_eq!(read(0.3, &number), "took x1: a counter does not tell what is above 0.3; send a histogram");
}

fn point_of(count: i64) -> Value {
    point(-10, 0, count, None)
}

#[test]
fn coarser_buckets_are_no_restart() {
    let (mut intake, wanted) = (Intake::new(second(-600)), wanted(&["took/1.5"]));
    // Two buckets at 1.41 and 1.54 become one up to 1.68, of which 1.5 is a smaller part; then ten events come.
    let exports = [took(2, -60, 3, 4, &[0, 100]), took(2, -50, 2, 2, &[100]), took(2, -40, 2, 2, &[110])];
    let seen: Vec<String> = exports
        .iter()
        .map(|metric| {
            let taken = taken(&intake, &export("checkout", std::slice::from_ref(metric)), &wanted);
            let shown = show(&taken).replace("checkout took/1.5 ", "");
            intake.keep(taken, second(0));
            shown
        })
        .collect();
    assert_eq!(seen, ["-60 100/100", "-50 0/0", "-40 6/10"], "and nothing is counted twice");
}

proptest! {
    #[test]
    fn it_is_wrong_by_one_bucket_at_most(
        scale in 2..=12_i32,
        values in prop::collection::vec(0.001..100.0_f64, 1..60),
        threshold in 0.01..50.0_f64,
    ) {
        let index = |value: f64| ((value.log2() * f64::from(scale).exp2()).ceil() - 1.0) as i64;
        let (first, last) = (values.iter().map(|v| index(*v)).min().expect("one"), values.iter().map(|v| index(*v)).max().expect("one"));
        let count = |bucket: i64| values.iter().filter(|value| index(**value) == bucket).count() as u64;
        let counts: Vec<u64> = (first..=last).map(count).collect();
        let metric = took(1, 0, scale, first as i32, &counts);
        let shown = read(threshold, &metric);
        let bad: u64 = shown.split('/').next().expect("a count").parse().expect("a number");
        let exact = values.iter().filter(|value| **value > threshold).count() as u64;
        prop_assert!(bad.abs_diff(exact) <= count(index(threshold)), "{bad}, not {exact}");
    }
}
