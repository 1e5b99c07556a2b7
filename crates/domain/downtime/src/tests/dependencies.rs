//! What a dependency's outage does to its consumers' figures.

use super::*;
use crate::dependency::{Hard, with_dependencies};
use crate::{Cause, Class, Silence, account};

fn hard(edges: &[(&str, &str)]) -> Vec<Hard> {
    let edge = |(consumer, dependency): &(&str, &str)| Hard {
        consumer: (*consumer).to_owned(),
        dependency: (*dependency).to_owned(),
    };
    edges.iter().map(edge).collect()
}

fn of(function: &str, what: Seen, start: i64, end: i64) -> Segment {
    Segment { function: function.to_owned(), ..seen(what, start, end) }
}

/// Writes a function's bad time as `START-END CAUSE`.
fn bad(segments: &[Segment], function: &str) -> Vec<String> {
    let account = account(segments, &[], function, span(0, 100), Silence::Unknown);
    let bad = account.pieces.iter().filter(|piece| matches!(piece.class, Class::DownUnplanned | Class::Degraded));
    bad.map(|piece| {
        let cause = match &segments[piece.by.unwrap()].cause {
            Cause::Dependency(name) => name.as_str(),
            other => other.kind(),
        };
        format!("{}-{} {cause}", minute(piece.span.start), minute(piece.span.end))
    })
    .collect()
}

#[test]
fn outages_of_dependencies_count_and_are_labelled() {
    use Seen::{Degraded, Down, Up};
    let edges = hard(&[("buy", "pay"), ("pay", "bank")]);
    let known = Segment { cause: Cause::Change, ..of("buy", Down, 10, 30) };
    let table: [(&str, Vec<Segment>, &[&str]); 8] = [
        ("own", vec![of("buy", Down, 10, 30)], &["10-30 unknown"]),
        (
            "same time",
            vec![of("buy", Down, 10, 30), of("pay", Down, 15, 20)],
            &["10-15 unknown", "15-20 pay", "20-30 unknown"],
        ),
        (
            "degraded by it",
            vec![of("buy", Degraded, 10, 30), of("pay", Down, 0, 50)],
            &["0-10 pay", "10-30 pay", "30-50 pay"],
        ),
        ("a known cause stays", vec![known, of("pay", Down, 10, 30)], &["10-30 change"]),
        ("nobody watched", vec![of("pay", Down, 15, 20)], &["15-20 pay"]),
        ("it served all the same", vec![of("buy", Up, 0, 100), of("pay", Down, 15, 20)], &[]),
        ("from afar", vec![of("bank", Down, 15, 20)], &["15-20 bank"]),
        (
            "the nearest gives the label",
            vec![of("bank", Down, 10, 20), of("pay", Down, 15, 25)],
            &["10-15 bank", "15-25 pay"],
        ),
    ];
    for (name, segments, want) in table {
        assert_eq!(bad(&with_dependencies(&segments, &edges, span(0, 100)), "buy"), want, "{name}");
    }
}

#[test]
fn cycles_end_and_nobody_blames_himself() {
    let edges = hard(&[("buy", "pay"), ("pay", "buy"), ("buy", "buy")]);
    let all = with_dependencies(&[of("pay", Seen::Down, 15, 20)], &edges, span(0, 100));
    assert_eq!(bad(&all, "buy"), ["15-20 pay"]);
    assert_eq!(bad(&all, "pay"), ["15-20 unknown"]);
}

#[test]
fn what_goes_on_goes_on_after_it_was_labelled() {
    let open = Segment { end: None, ..of("buy", Seen::Down, -10, 0) };
    let all = with_dependencies(&[open, of("pay", Seen::Down, -10, 50)], &hard(&[("buy", "pay")]), span(0, 100));
    let buy: Vec<_> =
        all.iter().filter(|s| s.function == "buy").map(|s| (minute(s.start), s.end.map(minute))).collect();
    assert_eq!(buy, [(-10, Some(50)), (50, None)]);
}
