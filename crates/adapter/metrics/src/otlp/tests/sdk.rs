//! What OpenTelemetry's own SDK for Python (1.45.2) sent, byte for byte: ten orders of which two failed, then five of
//! which one failed; ten requests of 10 to 460 ms, one of them a failure, then one of 2 s.

use super::*;

const CUMULATIVE: [&[u8]; 2] =
    [include_bytes!("fixtures/cumulative-1.bin"), include_bytes!("fixtures/cumulative-2.bin")];
const DELTA: [&[u8]; 2] = [include_bytes!("fixtures/delta-1.bin"), include_bytes!("fixtures/delta-2.bin")];

#[test]
fn both_ways_of_counting_come_to_the_same() {
    let wanted = wanted(&["orders", "http.server.request.duration", "http.server.request.duration/0.3"]);
    for exports in [CUMULATIVE, DELTA] {
        let mut intake = Intake::new(second(-60));
        let mut seen = Vec::new();
        for body in exports {
            let taken = intake.read(body, Encoding::Protobuf, &wanted, second(0)).expect("an export");
            assert_eq!((taken.passed_over, taken.skipped.len()), (2, 0), "a queue and a gauge nobody asked for");
            let counts = taken.pushed.iter().filter(|one| one.tally.total > 0);
            seen.extend(counts.map(|one| format!("{} {}/{}", one.series, one.tally.bad, one.tally.total)));
            intake.keep(taken, second(0));
        }
        let expected = [
            "http.server.request.duration 1/10",
            "http.server.request.duration/0.3 5/10",
            "orders 2/10",
            "http.server.request.duration 0/1",
            "http.server.request.duration/0.3 1/1",
            "orders 1/5",
        ];
        assert_eq!(seen, expected);
    }
}

#[test]
fn what_began_before_we_watched_is_not_ours_to_count() {
    let mut intake = Intake::new(second(0));
    let wanted = wanted(&["orders"]);
    let first = intake.read(CUMULATIVE[0], Encoding::Protobuf, &wanted, second(0)).expect("an export");
    assert_eq!(first.pushed, [], "nobody knows when these were");
    intake.keep(first, second(0));
    let second = intake.read(CUMULATIVE[1], Encoding::Protobuf, &wanted, second(0)).expect("an export");
    assert_eq!(second.pushed[0].tally, seaworthy_model::Tally::new(5, 1));
}
