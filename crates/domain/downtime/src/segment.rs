//! What the account is made of: what a source saw, and what was declared.

use jiff::{SignedDuration, Timestamp};

use crate::span::{Span, union};
use crate::{Seen, Severity};

/// Why a function was not served. Minutes are stacked by it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// A rollout, a flag, a migration of ours.
    Change,
    /// Another service of ours, by name. Counts in full.
    Dependency(String),
    /// Too much traffic, too few resources.
    Capacity,
    /// An expired or wrong credential or certificate.
    Credential,
    /// Somebody else's service, by name. Counts in full: our users do not know them.
    Vendor(String),
    /// Work that was declared.
    Maintenance,
    /// Nobody has said yet.
    Unknown,
}

impl Cause {
    /// Returns the kind as a word: `change`, `dependency`, `capacity`, `credential`, `vendor`, `maintenance`, `unknown`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Change => "change",
            Self::Dependency(_) => "dependency",
            Self::Capacity => "capacity",
            Self::Credential => "credential",
            Self::Vendor(_) => "vendor",
            Self::Maintenance => "maintenance",
            Self::Unknown => "unknown",
        }
    }
}

/// Who saw it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// The consensus of our probes.
    Probes,
    /// What users met, counted by the gateway.
    Gateway,
    /// The machine that runs it: its process has ended, so nothing answers.
    Supervisor,
    /// A person, by handle.
    Person(String),
    /// Concluded from a hard dependency's outage while nobody watched the consumer itself.
    Dependency(String),
    /// A history that somebody else published, with its own id of the row.
    History(String),
}

/// Who says whether it was planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Planning {
    /// The declared windows of the function: for everything that was measured.
    ByWindows,
    /// The source itself calls it unplanned, and a window at the same time does not excuse it.
    Unplanned,
}

/// What one source saw of one function, from a start to an end.
#[derive(Debug, Clone, PartialEq)]
pub struct Segment {
    /// When it began: the first observation of it, not the one that confirmed it.
    pub start: Timestamp,
    /// When it ended; none while it goes on.
    pub end: Option<Timestamp>,
    /// The function or service, as people call it.
    pub function: String,
    /// What was seen.
    pub seen: Seen,
    /// How bad it was; none where nothing was wrong, and for declared work, which has no severity of its own.
    pub severity: Option<Severity>,
    /// Part of users met, 0 to 1; none where nobody measured it.
    pub share_of_users: Option<f64>,
    /// Why.
    pub cause: Cause,
    /// Who saw it.
    pub source: Source,
    /// Who says whether it was planned.
    pub planning: Planning,
}

impl Segment {
    /// Makes a segment of something measured: severity by [`Severity::of`], planned as the windows say.
    pub fn measured(function: &str, seen: Seen, start: Timestamp, end: Option<Timestamp>, source: Source) -> Self {
        Self {
            start,
            end,
            function: function.to_owned(),
            seen,
            severity: Severity::of(seen, None),
            share_of_users: None,
            cause: Cause::Unknown,
            source,
            planning: Planning::ByWindows,
        }
    }

    /// Returns its time inside a period; what goes on goes on to the period's end.
    pub fn within(&self, period: Span) -> Option<Span> {
        Span::new(self.start, self.end.unwrap_or(period.end)).clip(period)
    }
}

/// Work that was declared: a maintenance window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// Its id where it was declared.
    pub id: String,
    /// The function it is for.
    pub function: String,
    /// When it was declared.
    pub declared_at: Timestamp,
    /// Its declared start.
    pub start: Timestamp,
    /// Its declared end. What is still down after it is unplanned.
    pub end: Timestamp,
    /// When work was really going on; the declared span where nobody said otherwise.
    pub ran: Vec<Span>,
}

impl Window {
    /// Makes a window whose work goes on for the declared span.
    pub fn new(id: &str, function: &str, declared_at: Timestamp, declared: Span) -> Self {
        Self {
            id: id.to_owned(),
            function: function.to_owned(),
            declared_at,
            start: declared.start,
            end: declared.end,
            ran: vec![declared],
        }
    }

    /// Returns how long before its start it was declared; zero or less is late, and late is not planned.
    pub fn notice(&self) -> SignedDuration {
        self.start.duration_since(self.declared_at)
    }

    /// Returns whether it was declared too late to plan anything.
    pub fn is_late(&self) -> bool {
        self.notice() <= SignedDuration::ZERO
    }

    /// Returns how much of its function's downtime in `down` lies after its end and without a break from inside it.
    pub fn overrun(&self, down: &[Span]) -> SignedDuration {
        let across = down.iter().find(|span| span.start < self.end && span.end > self.end);
        across.map_or(SignedDuration::ZERO, |span| span.end.duration_since(self.end))
    }
}

/// Returns the time of a function that was declared in advance, merged.
pub(crate) fn planned(windows: &[Window], function: &str) -> Vec<Span> {
    let ours = windows.iter().filter(|window| window.function == function && !window.is_late());
    union(ours.map(|window| Span::new(window.start, window.end)))
}
