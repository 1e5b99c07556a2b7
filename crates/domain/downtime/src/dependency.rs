//! A dependency's outage is the consumer's outage too: it counts in full and is labelled, never subtracted (OWN-21).

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::span::{common, minus, union};
use crate::{Cause, Seen, Segment, Source, Span};

/// A hard dependency: the consumer cannot serve without it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hard {
    /// Who needs it.
    pub consumer: String,
    /// What is needed.
    pub dependency: String,
}

/// Returns the segments of a period with what hard dependencies, near and far, did to their consumers:
///
/// - the part of a consumer's bad time without a known cause that falls into a dependency's downtime gets it as cause;
/// - where nobody watched the consumer, a dependency's downtime counts as its own.
///
/// A consumer that was seen to serve all the same keeps its good time. The nearest dependency gives the label; only what
/// a dependency itself met counts, so cycles end.
pub fn with_dependencies(segments: &[Segment], hard: &[Hard], period: Span) -> Vec<Segment> {
    let consumers: BTreeSet<&str> = hard.iter().map(|edge| edge.consumer.as_str()).collect();
    let others = segments.iter().filter(|segment| !consumers.contains(segment.function.as_str()));
    let mut all: Vec<Segment> = others.cloned().collect();
    for consumer in consumers {
        let mut own: Vec<Segment> = segments.iter().filter(|segment| segment.function == consumer).cloned().collect();
        let mut watched = union(own.iter().filter(|s| s.seen != Seen::Unknown).filter_map(|s| s.within(period)));
        for dependency in reached(consumer, hard) {
            let theirs = segments.iter().filter(|segment| segment.function == dependency);
            let down = union(theirs.filter(|s| s.seen == Seen::Down).filter_map(|s| s.within(period)));
            own = own.into_iter().flat_map(|segment| labelled(segment, dependency, &down, period)).collect();
            let unwatched = minus(&down, &watched);
            own.extend(unwatched.iter().map(|span| inherited(consumer, dependency, *span)));
            watched = union(watched.into_iter().chain(unwatched));
        }
        all.extend(own);
    }
    all
}

/// Everything that a consumer needs hard, the nearest first, itself left out.
fn reached<'a>(consumer: &'a str, hard: &'a [Hard]) -> Vec<&'a str> {
    let mut edges: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for edge in hard {
        edges.entry(&edge.consumer).or_default().push(&edge.dependency);
    }
    let (mut seen, mut order) = (BTreeSet::from([consumer]), Vec::new());
    let mut queue = VecDeque::from([consumer]);
    while let Some(at) = queue.pop_front() {
        for next in edges.get(at).into_iter().flatten() {
            if seen.insert(next) {
                order.push(*next);
                queue.push_back(next);
            }
        }
    }
    order
}

/// Splits a bad segment of unknown cause where a dependency was down at the same time.
fn labelled(segment: Segment, dependency: &str, down: &[Span], period: Span) -> Vec<Segment> {
    let bad = matches!(segment.seen, Seen::Down | Seen::Degraded) && segment.cause == Cause::Unknown;
    let Some(span) = segment.within(period).filter(|_| bad) else { return vec![segment] };
    let shared = common(&[span], down);
    if shared.is_empty() {
        return vec![segment];
    }
    let part = |span: Span, cause: &Cause| Segment {
        // What goes on goes on, and what began before the period did.
        start: if span.start <= period.start { segment.start } else { span.start },
        end: if span.end >= period.end { segment.end } else { Some(span.end) },
        cause: cause.clone(),
        ..segment.clone()
    };
    let (theirs, rest) = (Cause::Dependency(dependency.to_owned()), minus(&[span], &shared));
    let mut parts: Vec<Segment> = shared.iter().map(|span| part(*span, &theirs)).collect();
    parts.extend(rest.iter().map(|span| part(*span, &Cause::Unknown)));
    parts.sort_by_key(|part| part.start);
    parts
}

fn inherited(consumer: &str, dependency: &str, span: Span) -> Segment {
    let source = Source::Dependency(dependency.to_owned());
    let segment = Segment::measured(consumer, Seen::Down, span.start, Some(span.end), source);
    Segment { cause: Cause::Dependency(dependency.to_owned()), ..segment }
}
