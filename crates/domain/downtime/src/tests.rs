//! Decision tables, and the laws that hold for every history. Times are minutes after midnight of 1 January 2026, UTC.

mod accounts;
#[path = "../examples/tolerance/brute.rs"]
mod brute;
mod definitions;
mod dependencies;
mod recorders;
mod tolerance_laws;
mod tolerances;
mod views;

use jiff::{SignedDuration, Timestamp};

use crate::tolerance;
use crate::{Planning, Seen, Segment, Severity, Source, Span, Window};

/// 2026-01-01T00:00:00Z, a Thursday.
const MIDNIGHT: i64 = 1_767_225_600;

fn at(minute: i64) -> Timestamp {
    Timestamp::from_second(MIDNIGHT + 60 * minute).unwrap()
}

fn span(start: i64, end: i64) -> Span {
    Span::new(at(start), at(end))
}

fn minutes(time: SignedDuration) -> i64 {
    assert_eq!(time.as_secs() % 60, 0, "whole minutes");
    time.as_mins()
}

fn minute(at: Timestamp) -> i64 {
    (at.as_second() - MIDNIGHT) / 60
}

fn seen(what: Seen, start: i64, end: i64) -> Segment {
    Segment::measured("buy", what, at(start), Some(at(end)), Source::Probes)
}

fn incident(severity: Severity, start: i64, end: i64) -> Segment {
    let segment = seen(if severity == Severity::Minor { Seen::Degraded } else { Seen::Down }, start, end);
    Segment { severity: Some(severity), planning: Planning::Unplanned, ..segment }
}

fn window(declared_at: i64, start: i64, end: i64) -> Window {
    Window::new("w", "buy", at(declared_at), span(start, end))
}
