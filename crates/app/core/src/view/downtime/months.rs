//! The account by month, week or day.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use seaworthy_contract::api::{
    DOWNTIME_CELLS_MAX, DOWNTIME_FUNCTIONS_MAX, DowntimeCell, DowntimeEvery, DowntimeMonths, DowntimeRow, DowntimeRule,
};
use seaworthy_downtime::{CELLS_MAX, Cell, Every, Span, View, function_row};
use seaworthy_model::ServiceId;

use super::figure::{classes, definition, ms};
use super::page_of;
use super::told::{Told, in_ms};
use super::tolerance::Promises;
use crate::view::Look;

/// Which table.
#[derive(Debug, Clone)]
pub struct MonthsAsked {
    /// Only the functions of one service.
    pub service: Option<ServiceId>,
    /// The definition.
    pub rule: DowntimeRule,
    /// How it is cut.
    pub every: DowntimeEvery,
    /// A day in the first cell; so that the last is the present one where it is not said.
    pub from: Option<Date>,
    /// Number of cells, at most [`DOWNTIME_CELLS_MAX`].
    pub cells: usize,
    /// Only functions behind this name.
    pub after: Option<String>,
    /// At most so many functions; never more than [`DOWNTIME_FUNCTIONS_MAX`].
    pub limit: usize,
}

const _: () = assert!(DOWNTIME_CELLS_MAX <= CELLS_MAX, "no cell that is asked for is left out");

/// Returns the account by month, week or day. Midnights are those of UTC: one account for readers of all zones.
pub fn downtime_months(look: &Look<'_>, asked: &MonthsAsked) -> DowntimeMonths {
    let cells = asked.cells.clamp(1, DOWNTIME_CELLS_MAX);
    let now = in_ms(look.now);
    let from = asked.from.unwrap_or_else(|| first_day(asked.every, cells, now));
    let every = match asked.every {
        DowntimeEvery::Month => Every::Month,
        DowntimeEvery::Week => Every::Week,
        DowntimeEvery::Day => Every::Day,
    };
    let definition = definition(asked.rule);
    let view = View::new(definition, TimeZone::UTC, every, from, cells, now);
    let limit = asked.limit.clamp(1, DOWNTIME_FUNCTIONS_MAX);
    let (keys, next) = page_of(look, asked.service.as_ref(), asked.after.as_deref(), limit);
    let promises = Promises::new(look);
    let spans = view.spans();
    let whole = spans.first().zip(spans.last()).map(|((_, first), (_, last))| Span::new(first.start, last.end));
    let row = |(name, key): (&String, &crate::state::FunctionKey)| {
        let told = Told::new(look, name, key, whole.unwrap_or(Span::new(now, now)));
        row(&told, &view, &promises)
    };
    DowntimeMonths {
        every: asked.every,
        rule: asked.rule,
        rule_words: definition.words().to_owned(),
        ledger_began_at: look.state.began_at,
        position: look.state.position,
        rows: keys.iter().map(row).collect(),
        next,
        contradictions: promises.contradictions(asked.service.as_ref()),
    }
}

/// A day of the first of so many cells, the last of which is the present one.
fn first_day(every: DowntimeEvery, cells: usize, now: Timestamp) -> Date {
    let today = now.to_zoned(TimeZone::UTC).date();
    let back = i64::try_from(cells).unwrap_or(1) - 1;
    match every {
        DowntimeEvery::Month => today.first_of_month().saturating_sub(back.months()),
        DowntimeEvery::Week => today.saturating_sub(back.weeks()),
        DowntimeEvery::Day => today.saturating_sub(back.days()),
    }
}

fn row(told: &Told<'_>, view: &View, promises: &Promises) -> DowntimeRow {
    let (service, function) = told.key.clone();
    DowntimeRow {
        name: told.name.to_owned(),
        tolerance: promises.of(&service),
        service,
        function,
        seen_since: told.seen_since(),
        cells: function_row(told.name, &told.segments, &told.windows, view).cells.iter().map(cell).collect(),
    }
}

fn cell(cell: &Cell) -> DowntimeCell {
    DowntimeCell {
        first: cell.first,
        from: cell.span.start,
        to: cell.span.end,
        classes: classes(&cell.totals),
        counted_ms: ms(cell.counted),
        availability: cell.availability,
    }
}
