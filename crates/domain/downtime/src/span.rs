//! Half-open spans of time and the four things one does with lists of them. Lists that come out are sorted, apart and
//! not empty, so their total is time that counts once.

use jiff::{SignedDuration, Timestamp};

/// A half-open span of time `[start, end)`. One whose end is not after its start holds no time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The first instant inside.
    pub start: Timestamp,
    /// The first instant after.
    pub end: Timestamp,
}

impl Span {
    /// Makes the span.
    pub fn new(start: Timestamp, end: Timestamp) -> Self {
        Self { start, end }
    }

    /// Returns whether no instant is inside.
    pub fn is_empty(&self) -> bool {
        self.end <= self.start
    }

    /// Returns its length, never negative.
    pub fn length(&self) -> SignedDuration {
        self.end.duration_since(self.start).max(SignedDuration::ZERO)
    }

    /// Returns what lies in both, if that is any time at all.
    pub fn clip(&self, to: Self) -> Option<Self> {
        let both = Self::new(self.start.max(to.start), self.end.min(to.end));
        (!both.is_empty()).then_some(both)
    }
}

/// Returns the time that is in any of the spans.
pub fn union(spans: impl IntoIterator<Item = Span>) -> Vec<Span> {
    let mut spans: Vec<Span> = spans.into_iter().filter(|span| !span.is_empty()).collect();
    spans.sort_unstable();
    let mut merged: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match merged.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => merged.push(span),
        }
    }
    merged
}

/// Returns the time that is in both lists; both must come from [`union`].
pub fn common(one: &[Span], other: &[Span]) -> Vec<Span> {
    let (mut at, mut found) = (0, Vec::new());
    for span in one {
        while at < other.len() && other[at].end <= span.start {
            at += 1;
        }
        let overlapping = other[at..].iter().take_while(|next| next.start < span.end);
        found.extend(overlapping.filter_map(|next| span.clip(*next)));
    }
    found
}

/// Returns the time that is in the first list and not in the second; both must come from [`union`].
pub fn minus(from: &[Span], taken: &[Span]) -> Vec<Span> {
    let mut left = Vec::new();
    let mut at = 0;
    for span in from {
        while at < taken.len() && taken[at].end <= span.start {
            at += 1;
        }
        let mut start = span.start;
        for hole in taken[at..].iter().take_while(|hole| hole.start < span.end) {
            left.push(Span::new(start, hole.start));
            start = start.max(hole.end);
        }
        left.push(Span::new(start, span.end));
    }
    left.retain(|span| !span.is_empty());
    left
}

/// Returns the sum of the lengths.
pub fn total(spans: &[Span]) -> SignedDuration {
    spans.iter().fold(SignedDuration::ZERO, |sum, span| sum + span.length())
}
