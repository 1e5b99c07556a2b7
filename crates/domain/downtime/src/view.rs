//! The account by week or month in a time zone: what a page shows, one row a function, stacked by cause.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use crate::account::Piece;
use crate::{Account, Cause, Class, Definition, Segment, Silence, Span, Totals, Window, account};

/// How a view is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Every {
    /// Calendar months.
    Month,
    /// ISO weeks, from Monday.
    Week,
    /// Days.
    Day,
}

/// What to show.
#[derive(Debug, Clone)]
pub struct View {
    /// What is counted as downtime.
    pub definition: Definition,
    /// Whose midnights.
    pub zone: TimeZone,
    /// The cut.
    pub every: Every,
    /// A day in the first cell.
    pub from: Date,
    /// Number of cells, at most [`CELLS_MAX`]; more are left out.
    pub cells: usize,
    /// Where knowledge ends, usually now. Later time is in no cell.
    pub until: Timestamp,
    /// What a second is that no segment speaks of.
    pub silence: Silence,
    /// When each function crossed to no planned downtime, or will.
    pub crossings: Vec<Crossing>,
}

/// Cells at most: ten years of months, two of weeks, four months of days, and a bound for what strangers may ask for.
pub const CELLS_MAX: usize = 120;

/// The day from which a function has no planned downtime.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crossing {
    /// The function.
    pub function: String,
    /// The day.
    pub on: Date,
}

/// One function's cells.
#[derive(Debug, Clone, PartialEq)]
pub struct FunctionRow {
    /// The function.
    pub function: String,
    /// One for each week or month, in order.
    pub cells: Vec<Cell>,
    /// When it crosses, and the cell of that day if it is shown.
    pub crossing: Option<(Date, Option<usize>)>,
}

/// One function's week or month.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// Its first day.
    pub first: Date,
    /// Its time, up to where knowledge ends; months across a change of clock are an hour longer or shorter.
    pub span: Span,
    /// Time in each class; the sum is the span's length.
    pub totals: Totals,
    /// Time that was not simply up, by class and cause, longest first within a class.
    pub stacks: Vec<Stack>,
    /// What the definition counts.
    pub counted: SignedDuration,
    /// 1 - counted / known, 0 to 1; none where nothing is known.
    pub availability: Option<f64>,
}

/// Time of one class and cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stack {
    /// The class.
    pub class: Class,
    /// The cause; unknown where no segment speaks.
    pub cause: Cause,
    /// How long.
    pub time: SignedDuration,
}

impl View {
    /// Makes a view of measurements, in which a gap is unknown: `from` is any day of the first cell, `until` where
    /// knowledge ends.
    pub fn new(
        definition: Definition,
        zone: TimeZone,
        every: Every,
        from: Date,
        cells: usize,
        until: Timestamp,
    ) -> Self {
        Self { definition, zone, every, from, cells, until, silence: Silence::Unknown, crossings: Vec::new() }
    }

    /// Returns the first day and the time of each cell. A cell that begins after knowledge ends holds no time.
    pub fn spans(&self) -> Vec<(Date, Span)> {
        let (first, step) = match self.every {
            Every::Month => (self.from.first_of_month(), 1.month()),
            Every::Week => {
                let since_monday = i64::from(self.from.weekday().to_monday_zero_offset());
                (self.from.saturating_sub(since_monday.days()), 1.week())
            }
            Every::Day => (self.from, 1.day()),
        };
        // Midnight may not exist on the day of a change of clock; then the day begins at its first instant.
        let starts = |date: Date| date.to_zoned(self.zone.clone()).ok().map(|zoned| zoned.timestamp());
        let dates = std::iter::successors(Some(first), |date| date.checked_add(step).ok());
        let dates: Vec<Date> = dates.take(self.cells.min(CELLS_MAX) + 1).collect();
        let cut = |pair: &[Date]| {
            let start = starts(pair[0])?.min(self.until);
            Some((pair[0], Span::new(start, starts(pair[1])?.min(self.until))))
        };
        dates.windows(2).filter_map(cut).collect()
    }
}

/// Shows a row for each function that has a segment, a window or a crossing, by name.
pub fn month_view(segments: &[Segment], windows: &[Window], shown: &View) -> Vec<FunctionRow> {
    let cells = shown.spans();
    let named = segments.iter().map(|segment| &segment.function);
    let named = named.chain(windows.iter().map(|window| &window.function));
    let functions: BTreeSet<&String> = named.chain(shown.crossings.iter().map(|crossing| &crossing.function)).collect();
    functions.into_iter().map(|function| row(function, &cells, segments, windows, shown)).collect()
}

/// Shows the row of one function, also where nothing is known of it.
pub fn function_row(function: &str, segments: &[Segment], windows: &[Window], shown: &View) -> FunctionRow {
    row(function, &shown.spans(), segments, windows, shown)
}

fn row(function: &str, cells: &[(Date, Span)], all: &[Segment], windows: &[Window], shown: &View) -> FunctionRow {
    let segments: Vec<Segment> = all.iter().filter(|segment| segment.function == function).cloned().collect();
    let windows: Vec<Window> = windows.iter().filter(|window| window.function == function).cloned().collect();
    let whole = cells.first().zip(cells.last()).map(|((_, first), (_, last))| Span::new(first.start, last.end));
    let account = whole
        .map_or(Account { pieces: Vec::new() }, |whole| account(&segments, &windows, function, whole, shown.silence));
    let cell = |(first, span): &(Date, Span)| cell(*first, *span, &account, &segments, &windows, shown.definition);
    let crossing = shown.crossings.iter().find(|crossing| crossing.function == function);
    FunctionRow {
        function: function.to_owned(),
        cells: cells.iter().map(cell).collect(),
        crossing: crossing.map(|crossing| (crossing.on, cell_of(crossing.on, cells, shown.every))),
    }
}

fn cell_of(day: Date, cells: &[(Date, Span)], every: Every) -> Option<usize> {
    let step = match every {
        Every::Month => 1.month(),
        Every::Week => 1.week(),
        Every::Day => 1.day(),
    };
    cells.iter().position(|(first, _)| *first <= day && first.checked_add(step).is_ok_and(|next| day < next))
}

fn cell(
    first: Date,
    span: Span,
    account: &Account,
    segments: &[Segment],
    windows: &[Window],
    definition: Definition,
) -> Cell {
    let account = account.within(span);
    let totals = account.totals();
    let counted = definition.count(segments, windows, span, &account.known());
    let known = totals.wall() - totals.of(Class::Unknown);
    let (availability, counted) = (counted.availability(known), counted.time);
    Cell { first, span, totals, stacks: stacks(&account.pieces, segments), counted, availability }
}

/// Sums time that was not simply up by class and cause, longest first within a class; `segments` is the list that was
/// accounted.
pub fn stacks(pieces: &[Piece], segments: &[Segment]) -> Vec<Stack> {
    let mut times: BTreeMap<(Class, Cause), SignedDuration> = BTreeMap::new();
    for piece in pieces.iter().filter(|piece| !matches!(piece.class, Class::Up | Class::UpInMaintenance)) {
        let cause = piece.by.map_or(Cause::Unknown, |by| segments[by].cause.clone());
        *times.entry((piece.class, cause)).or_default() += piece.span.length();
    }
    let mut stacks: Vec<Stack> = times.into_iter().map(|((class, cause), time)| Stack { class, cause, time }).collect();
    stacks.sort_by(|one, other| one.class.cmp(&other.class).then(other.time.cmp(&one.time)));
    stacks
}
