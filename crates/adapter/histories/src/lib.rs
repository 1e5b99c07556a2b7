//! Other people's histories of outages, as they published them, read into segments and windows of the account.
//!
//! Two layouts are known: `github` is a log of incidents, which claims that everything it does not name was up while it
//! was kept, from its first record to its last;
//! `upptime` is a log of measurements, in which a gap is unknown. What cannot be read is reported with file and line
//! and the rest is read; what is read and not counted is listed with its reason. So nothing is lost in silence.

mod csv;
mod github;
mod lines;
mod upptime;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use seaworthy_downtime::{Segment, Silence, Span, Window};

/// A history that was read.
#[derive(Debug, Clone)]
pub struct History {
    /// How it is laid out.
    pub layout: Layout,
    /// From the first time that a record gives to the last; none where there is no record.
    pub kept: Option<Span>,
    /// What the log speaks of: sites, or one name for the whole log.
    pub functions: Vec<String>,
    /// What was seen.
    pub segments: Vec<Segment>,
    /// What was declared.
    pub windows: Vec<Window>,
    /// What another source says about when something happened; shown beside and never mixed in.
    pub second: Vec<Second>,
    /// What does not count, or not in full.
    pub excluded: Vec<Excluded>,
    /// What could not be read, at most [`PROBLEMS_MAX`].
    pub problems: Vec<Problem>,
    /// How many more could not be read.
    pub more_problems: usize,
    /// What a reader should know about how it was read.
    pub notes: Vec<String>,
}

/// How a history is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// `incidents.jsonl` and `segments.csv`, as the project github-statuses writes them.
    GithubStatuses,
    /// CSV with the columns time, site, state, `http_code`, `response_ms`, as histories of Upptime are written.
    Upptime,
}

impl Layout {
    /// Returns its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::GithubStatuses => "github-statuses",
            Self::Upptime => "upptime",
        }
    }
}

/// A second source's word on when an incident really happened.
#[derive(Debug, Clone, PartialEq)]
pub struct Second {
    /// The incident.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Who says so: `postmortem`.
    pub source: String,
    /// Index of the segment that the log itself gives, in [`History::segments`].
    pub segment: usize,
    /// When it happened by this source.
    pub span: Span,
}

/// Something that was read and does not count, or not in full.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excluded {
    /// Its id: an incident or a site.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Why.
    pub reason: String,
    /// When it was, by its own word; none where it is about all times.
    pub span: Option<(Timestamp, Option<Timestamp>)>,
}

impl Excluded {
    /// Returns whether it belongs into a period: an instant at its start does, one at its end does not.
    pub fn touches(&self, period: Span) -> bool {
        self.span.is_none_or(|(start, end)| {
            let end = end.unwrap_or(period.end);
            start < period.end && (end > period.start || (end <= start && start >= period.start))
        })
    }
}

/// A line that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file.
    pub file: PathBuf,
    /// The line, from 1; 0 where it is about the whole file.
    pub line: usize,
    /// What was attempted and what stood in the way.
    pub what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.file.display(), self.what),
            line => write!(f, "{}:{line}: {}", self.file.display(), self.what),
        }
    }
}

/// Problems kept at most: a person reads some, and a file of another kind has one a line.
pub const PROBLEMS_MAX: usize = 1_000;

/// Why nothing could be read.
#[derive(Debug)]
pub enum Unreadable {
    /// A file or directory could not be opened.
    Open(PathBuf, io::Error),
    /// Nothing there is laid out as a known history.
    NoHistory(PathBuf),
    /// A file has more lines than are kept in memory.
    TooLong(PathBuf),
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open(path, error) => write!(f, "could not read \"{}\": {error}", path.display()),
            Self::NoHistory(path) => write!(f, "could not find a history in \"{}\"", path.display()),
            Self::TooLong(path) => {
                write!(f, "could not read \"{}\": it has more than {} lines", path.display(), lines::LINES_MAX)
            }
        }
    }
}

impl std::error::Error for Unreadable {}

/// Reads the history in a directory, or in one CSV file; the layout is recognised by what is there.
///
/// # Errors
/// When there is none, or a file of it cannot be opened. Lines that cannot be read are no error but [`Problem`]s.
pub fn read(source: &Path) -> Result<History, Unreadable> {
    if source.join(github::INCIDENTS).is_file() {
        return github::read(source);
    }
    match upptime::files(source)? {
        files if files.is_empty() => Err(Unreadable::NoHistory(source.to_owned())),
        files => upptime::read(&files),
    }
}

impl History {
    fn new(layout: Layout) -> Self {
        Self {
            layout,
            kept: None,
            functions: Vec::new(),
            segments: Vec::new(),
            windows: Vec::new(),
            second: Vec::new(),
            excluded: Vec::new(),
            problems: Vec::new(),
            more_problems: 0,
            notes: Vec::new(),
        }
    }

    fn problem(&mut self, file: &Path, line: usize, what: impl Into<String>) {
        if self.problems.len() < PROBLEMS_MAX {
            self.problems.push(Problem { file: file.to_owned(), line, what: what.into() });
        } else {
            self.more_problems += 1;
        }
    }

    /// Returns what a second is that the log does not speak of.
    pub fn silence(&self) -> Silence {
        match (self.layout, self.kept) {
            (Layout::GithubStatuses, Some(kept)) => Silence::UpWithin(kept),
            (Layout::GithubStatuses, None) | (Layout::Upptime, _) => Silence::Unknown,
        }
    }

    /// Notes that the log was kept at an instant, and between it and every other such instant.
    fn kept_at(&mut self, at: Timestamp) {
        let kept = self.kept.get_or_insert(Span::new(at, at));
        *kept = Span::new(kept.start.min(at), kept.end.max(at));
    }

    /// Returns the segments as they were if the second source were right wherever it speaks.
    pub fn by_second_source(&self) -> Vec<Segment> {
        let mut segments = self.segments.clone();
        for second in &self.second {
            let segment = &mut segments[second.segment];
            (segment.start, segment.end) = (second.span.start, Some(second.span.end));
        }
        segments
    }
}

#[cfg(test)]
mod tests;
