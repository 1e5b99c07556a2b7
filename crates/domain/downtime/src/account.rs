//! The account: a sweep over what sources saw, which puts every second of a period into exactly one class.
//!
//! Where sources overlap, the worst counts (the order of [`Class`]); a second that a source saw beats one that another
//! could not see. So overlapping incidents count once, and nothing is counted twice or lost.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use crate::segment::planned;
use crate::span::{common, minus, union};
use crate::{Class, Planning, Seen, Segment, Span, Window};

/// What a second is that no segment speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Silence {
    /// Nobody measured: for probes, gateways and other measurements.
    Unknown,
    /// The log claims to name everything that was wrong while it was kept: for logs of incidents. It is the log's claim,
    /// not ours. Outside the span nobody kept it, and it is unknown, whatever period is asked for.
    UpWithin(Span),
}

/// Time in one class, and the segment that put it there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    /// When.
    pub span: Span,
    /// The class.
    pub class: Class,
    /// Index of the segment in the list that was accounted; none where no segment speaks.
    pub by: Option<usize>,
}

/// A period of one function: pieces without gap or overlap, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The pieces.
    pub pieces: Vec<Piece>,
}

/// Puts every second of a period into one class, for one function. Segments and windows of other functions are skipped.
pub fn account(segments: &[Segment], windows: &[Window], function: &str, period: Span, silence: Silence) -> Account {
    let planned = planned(windows, function);
    let mut claims = background(&planned, period, silence);
    for (index, segment) in segments.iter().enumerate().filter(|(_, segment)| segment.function == function) {
        let Some(span) = segment.within(period) else { continue };
        claims.extend(classified(segment, span, &planned).into_iter().map(|(span, class)| Claim {
            span,
            rank: (true, class),
            by: Some(index),
        }));
    }
    Account { pieces: sweep(&claims) }
}

/// Somebody's word on a span. Saying anything beats silence, except that "cannot see" is beaten by whoever sees.
struct Claim {
    span: Span,
    rank: (bool, Class),
    by: Option<usize>,
}

fn background(planned: &[Span], period: Span, silence: Silence) -> Vec<Claim> {
    if period.is_empty() {
        return Vec::new();
    }
    let claim = |class| move |span| Claim { span, rank: (false, class), by: None };
    let kept = match silence {
        Silence::Unknown => Vec::new(),
        Silence::UpWithin(kept) => kept.clip(period).into_iter().collect::<Vec<Span>>(),
    };
    let unkept = minus(&[period], &kept).into_iter().map(claim(Class::Unknown));
    let inside = common(planned, &kept).into_iter().map(claim(Class::UpInMaintenance));
    let outside = minus(&kept, planned).into_iter().map(claim(Class::Up));
    unkept.chain(inside).chain(outside).collect()
}

/// Splits what a segment saw by the windows that were declared in advance.
fn classified(segment: &Segment, span: Span, planned: &[Span]) -> Vec<(Span, Class)> {
    let (inside, outside) = match segment.seen {
        Seen::Unknown => (Class::Unknown, Class::Unknown),
        Seen::Up => (Class::UpInMaintenance, Class::Up),
        Seen::Degraded => (Class::Degraded, Class::Degraded),
        Seen::Down if segment.planning == Planning::Unplanned => (Class::DownUnplanned, Class::DownUnplanned),
        Seen::Down => (Class::DownPlanned, Class::DownUnplanned),
    };
    if inside == outside {
        return vec![(span, inside)];
    }
    let within = common(&[span], planned).into_iter().map(|span| (span, inside));
    within.chain(minus(&[span], planned).into_iter().map(|span| (span, outside))).collect()
}

/// Walks over all starts and ends and takes the strongest claim between each two.
fn sweep(claims: &[Claim]) -> Vec<Piece> {
    let ends = |(index, claim): (usize, &Claim)| [(claim.span.start, index, true), (claim.span.end, index, false)];
    let mut edges: Vec<(Timestamp, usize, bool)> = claims.iter().enumerate().flat_map(ends).collect();
    edges.sort_unstable();
    let mut open: BTreeSet<((bool, Class), Reverse<usize>)> = BTreeSet::new();
    let mut pieces: Vec<Piece> = Vec::new();
    let mut last: Option<Timestamp> = None;
    for (at, index, opens) in edges {
        if let (Some(start), Some((_, Reverse(winner)))) = (last, open.last()) {
            push(&mut pieces, Span::new(start, at), &claims[*winner]);
        }
        let key = (claims[index].rank, Reverse(index));
        if opens {
            open.insert(key)
        } else {
            open.remove(&key)
        };
        last = Some(at);
    }
    pieces
}

fn push(pieces: &mut Vec<Piece>, span: Span, claim: &Claim) {
    if span.is_empty() {
        return;
    }
    match pieces.last_mut() {
        Some(last) if last.class == claim.rank.1 && last.by == claim.by => last.span.end = span.end,
        _ => pieces.push(Piece { span, class: claim.rank.1, by: claim.by }),
    }
}

impl Account {
    /// Returns the part of it inside a span.
    pub fn within(&self, span: Span) -> Self {
        let clipped = |piece: &Piece| piece.span.clip(span).map(|span| Piece { span, ..*piece });
        Self { pieces: self.pieces.iter().filter_map(clipped).collect() }
    }

    /// Returns the time that is not unknown, sorted and apart.
    pub fn known(&self) -> Vec<Span> {
        union(self.pieces.iter().filter(|piece| piece.class != Class::Unknown).map(|piece| piece.span))
    }

    /// Returns the time in each class.
    pub fn totals(&self) -> Totals {
        let mut totals = Totals::default();
        for piece in &self.pieces {
            totals.add(piece.class, piece.span.length());
        }
        totals
    }

    /// Returns each outage with both ends: customers served again, and fully healthy (PRACTICES DWN-16).
    pub fn outages(&self) -> Vec<Outage> {
        let mut outages: Vec<Outage> = Vec::new();
        for piece in &self.pieces {
            let open = outages.last_mut().filter(|outage| outage.healthy_at.is_none());
            match (open, piece.class) {
                (None, Class::DownUnplanned | Class::DownPlanned) => {
                    outages.push(Outage { start: piece.span.start, served_at: None, healthy_at: None });
                }
                (Some(outage), Class::DownUnplanned | Class::DownPlanned) => outage.served_at = None,
                (Some(outage), Class::Degraded) => outage.served_at = outage.served_at.or(Some(piece.span.start)),
                (Some(outage), Class::Up | Class::UpInMaintenance) => {
                    outage.served_at = outage.served_at.or(Some(piece.span.start));
                    outage.healthy_at = Some(piece.span.start);
                }
                (_, Class::Unknown) | (None, _) => {}
            }
        }
        outages
    }
}

/// One outage. Down again before it was healthy is the same outage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outage {
    /// When it began.
    pub start: Timestamp,
    /// When customers were served again, perhaps degraded; none while they are not known to be.
    pub served_at: Option<Timestamp>,
    /// When everything was healthy; none while it is not known to be.
    pub healthy_at: Option<Timestamp>,
}

/// Time in each class; the sum is wall time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals([SignedDuration; 6]);

impl Totals {
    fn add(&mut self, class: Class, length: SignedDuration) {
        self.0[class as usize] += length;
    }

    /// Returns the time in a class.
    pub fn of(&self, class: Class) -> SignedDuration {
        self.0[class as usize]
    }

    /// Returns wall time: the sum of all classes.
    pub fn wall(&self) -> SignedDuration {
        self.0.iter().fold(SignedDuration::ZERO, |sum, each| sum + *each)
    }

    /// Returns U = up / (up + down unplanned), 0 to 1; none where neither was seen. Degraded time and time in windows
    /// stand on neither side: they are shown by themselves.
    pub fn availability(&self) -> Option<f64> {
        ratio(self.of(Class::Up), self.of(Class::DownUnplanned))
    }

    /// Returns U with planned downtime counted as down.
    pub fn availability_all(&self) -> Option<f64> {
        ratio(self.of(Class::Up), self.of(Class::DownUnplanned) + self.of(Class::DownPlanned))
    }

    /// Returns the part of wall time that is not unknown, 0 to 1; none where there is no time.
    pub fn coverage(&self) -> Option<f64> {
        ratio(self.wall() - self.of(Class::Unknown), self.of(Class::Unknown))
    }
}

fn ratio(good: SignedDuration, bad: SignedDuration) -> Option<f64> {
    let (good, all) = (good.as_secs_f64(), (good + bad).as_secs_f64());
    (all > 0.0).then(|| good / all)
}
