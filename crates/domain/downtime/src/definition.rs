//! Six definitions of downtime. They differ by more than most teams improve in a year, so the one in use is always said.

use std::fmt;
use std::str::FromStr;

use jiff::SignedDuration;

use crate::segment::planned;
use crate::span::{common, minus, total, union};
use crate::{Planning, Segment, Severity, Span, Window};

/// What is counted as downtime.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Definition {
    /// Critical only.
    Critical,
    /// Major and worse.
    Major,
    /// Minor and worse, overlaps counted once.
    UnplannedMerged,
    /// Minor and worse, overlaps counted as often as they occur.
    UnplannedSummed,
    /// Unplanned, and maintenance that is really in progress, merged.
    MaintenanceInProgress,
    /// Unplanned, and maintenance from its announcement on, merged.
    MaintenanceAnnounced,
}

impl Definition {
    /// All of them, from the kindest to the harshest.
    pub const ALL: [Self; 6] = [
        Self::Critical,
        Self::Major,
        Self::UnplannedMerged,
        Self::UnplannedSummed,
        Self::MaintenanceInProgress,
        Self::MaintenanceAnnounced,
    ];

    /// Returns its name: `critical`, `major`, `unplanned-merged`, `unplanned-summed`, `maintenance-in-progress`,
    /// `maintenance-announced`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::Major => "major",
            Self::UnplannedMerged => "unplanned-merged",
            Self::UnplannedSummed => "unplanned-summed",
            Self::MaintenanceInProgress => "maintenance-in-progress",
            Self::MaintenanceAnnounced => "maintenance-announced",
        }
    }

    /// Returns it in words, to be printed beside every figure made by it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Critical => "critical only, overlaps once",
            Self::Major => "major and worse, overlaps once",
            Self::UnplannedMerged => "minor and worse, overlaps once",
            Self::UnplannedSummed => "minor and worse, overlaps as often as they occur",
            Self::MaintenanceInProgress => "minor and worse, and maintenance really in progress, overlaps once",
            Self::MaintenanceAnnounced => "minor and worse, and maintenance from its announcement, overlaps once",
        }
    }

    fn least(self) -> Severity {
        match self {
            Self::Critical => Severity::Critical,
            Self::Major => Severity::Major,
            _ => Severity::Minor,
        }
    }

    /// Returns what it counts in a period, over all segments and windows given: choose the function before. `known` is the
    /// account's [`crate::Account::known`]: what nobody measured is no downtime either, whatever was declared then.
    pub fn count(self, segments: &[Segment], windows: &[Window], period: Span, known: &[Span]) -> Counted {
        let mut spans = unplanned(segments, windows, period, self.least());
        let declared: Vec<Span> = windows.iter().flat_map(|window| self.of_window(window)).collect();
        let declared = declared.into_iter().filter_map(|span| span.clip(period));
        spans.extend(common(&union(declared), known));
        if self != Self::UnplannedSummed {
            spans = union(spans);
        }
        Counted { time: total(&spans), spans }
    }

    /// Returns what it counts of a window. Work is announced for at least as long as it is in progress: one that was
    /// declared late counts from its start in both.
    fn of_window(self, window: &Window) -> Vec<Span> {
        let announced = Span::new(window.declared_at.min(window.start), window.end);
        match self {
            Self::MaintenanceInProgress => window.ran.clone(),
            Self::MaintenanceAnnounced => window.ran.iter().copied().chain([announced]).collect(),
            _ => Vec::new(),
        }
    }
}

/// Unplanned time of at least a severity, one span a segment and stretch outside windows.
fn unplanned(segments: &[Segment], windows: &[Window], period: Span, least: Severity) -> Vec<Span> {
    let counted = segments.iter().filter(|segment| segment.severity.is_some_and(|severity| severity >= least));
    let clipped = counted.filter_map(|segment| Some((segment, segment.within(period)?)));
    clipped
        .flat_map(|(segment, span)| match segment.planning {
            Planning::Unplanned => vec![span],
            Planning::ByWindows => minus(&[span], &planned(windows, &segment.function)),
        })
        .collect()
}

/// What a definition counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// The time; more than wall time is possible where overlaps are summed.
    pub time: SignedDuration,
    /// When; sorted and apart, unless overlaps are summed.
    pub spans: Vec<Span>,
}

impl Counted {
    /// Returns 1 - counted / known, 0 to 1, where `known` is wall time without what is unknown; none where nothing is.
    pub fn availability(&self, known: SignedDuration) -> Option<f64> {
        let known = known.as_secs_f64();
        (known > 0.0).then(|| ((known - self.time.as_secs_f64()) / known).max(0.0))
    }
}

impl fmt::Display for Definition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The text is not the name of a definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownDefinition(pub String);

impl fmt::Display for UnknownDefinition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = Definition::ALL.map(Definition::name).join(", ");
        write!(f, "no definition of downtime is called {:?}: there are {names}", self.0)
    }
}

impl std::error::Error for UnknownDefinition {}

impl FromStr for Definition {
    type Err = UnknownDefinition;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|definition| definition.name() == text);
        found.ok_or_else(|| UnknownDefinition(text.to_owned()))
    }
}
