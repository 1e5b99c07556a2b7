//! What the ledger holds of one function in a period: what was seen of it, what its hard dependencies did to it, and what
//! was declared.

use std::collections::{BTreeSet, VecDeque};

use jiff::Timestamp;
use seaworthy_contract::catalogue::DependencyKind;
use seaworthy_downtime::dependency::{Hard, with_dependencies};
use seaworthy_downtime::{Seen, Segment, Severity, Span, Window};
use seaworthy_model::ServiceId;

use crate::state::{FunctionKey, Recorded};
use crate::view::Look;

/// What is known of a function.
pub(super) struct Told<'a> {
    pub(super) name: &'a str,
    pub(super) key: &'a FunctionKey,
    /// What was seen in the period, in whole milliseconds.
    pub(super) segments: Vec<Segment>,
    /// What was declared, whenever it was.
    pub(super) windows: Vec<Window>,
    recorded: Option<&'a VecDeque<Recorded>>,
}

impl<'a> Told<'a> {
    pub(super) fn new(look: &Look<'a>, name: &'a str, key: &'a FunctionKey, period: Span) -> Self {
        let recorded = look.state.downtime.of(key);
        let mut segments = seen_in(look, key, period);
        // A dependency is declared of a service; which of its functions need it is not said.
        let edges = if key.1.is_none() { hard(look, &key.0) } else { Vec::new() };
        if !edges.is_empty() {
            let needed: BTreeSet<&String> = edges.iter().map(|edge| &edge.dependency).collect();
            for dependency in needed.into_iter().filter(|dependency| **dependency != *name) {
                let Ok(service) = dependency.parse() else { continue };
                segments.extend(seen_in(look, &(service, None), period));
            }
            segments = with_dependencies(&segments, &edges, period);
            segments.retain(|segment| segment.function == name);
        }
        let windows = look.state.downtime.windows().filter(|window| window.is_for(key));
        let windows = windows.filter_map(|window| window.of(key)).map(window_in_ms).collect();
        Self { name, key, segments, windows, recorded }
    }

    /// Returns when anything but silence was recorded first.
    pub(super) fn seen_since(&self) -> Option<Timestamp> {
        let first = self.recorded?.iter().find(|recorded| recorded.segment.seen != Seen::Unknown)?;
        Some(in_ms(first.segment.start))
    }

    /// Returns what the ledger holds at an instant.
    pub(super) fn recorded_at(&self, at: Timestamp) -> Option<&'a Recorded> {
        let recorded = self.recorded?;
        let behind = recorded.partition_point(|recorded| in_ms(recorded.segment.start) <= at);
        recorded.get(behind.checked_sub(1)?)
    }
}

fn seen_in(look: &Look<'_>, key: &FunctionKey, period: Span) -> Vec<Segment> {
    let recorded = look.state.downtime.of(key).into_iter().flatten();
    let segments = recorded.map(|recorded| &recorded.segment);
    let touching = segments.filter(|segment| segment.within(period).is_some());
    touching
        .map(|segment| Segment {
            start: in_ms(segment.start),
            end: segment.end.map(in_ms),
            ..so_far(look, key, segment)
        })
        .collect()
}

/// Returns what goes on with the part of users that met it until now; the event that began it knows the first of them only.
fn so_far(look: &Look<'_>, key: &FunctionKey, segment: &Segment) -> Segment {
    let met = look.watch.downtime.share_of_users(key, segment).filter(|_| segment.end.is_none());
    let Some(share) = met.map(|met| segment.share_of_users.map_or(met, |told| told.max(met))) else {
        return segment.clone();
    };
    Segment { share_of_users: Some(share), severity: Severity::of(segment.seen, Some(share)), ..segment.clone() }
}

/// Returns everything that a service needs hard, near and far, as edges.
fn hard(look: &Look<'_>, service: &ServiceId) -> Vec<Hard> {
    let (mut waiting, mut met) = (vec![service.clone()], BTreeSet::from([service.clone()]));
    let mut edges = Vec::new();
    while let Some(consumer) = waiting.pop() {
        let declared = look.state.catalogue.service(&consumer).map(|service| service.dependencies.as_slice());
        let needed = declared.unwrap_or_default().iter().filter(|needed| needed.kind == DependencyKind::Hard);
        for dependency in needed.map(|needed| &needed.service) {
            edges.push(Hard { consumer: consumer.to_string(), dependency: dependency.to_string() });
            if met.insert(dependency.clone()) {
                waiting.push(dependency.clone());
            }
        }
    }
    edges
}

fn window_in_ms(window: Window) -> Window {
    let (start, end) = (in_ms(window.start), in_ms(window.end));
    let ran = window.ran.iter().map(|ran| Span::new(in_ms(ran.start), in_ms(ran.end))).collect();
    Window { start, end, ran, ..window }
}

/// Whole milliseconds: so the sum of classes is wall time in the answer too, and not only in what it is made from.
pub(super) fn in_ms(at: Timestamp) -> Timestamp {
    let whole = at.as_nanosecond().div_euclid(1_000_000) * 1_000_000;
    Timestamp::from_nanosecond(whole).unwrap_or(at)
}
