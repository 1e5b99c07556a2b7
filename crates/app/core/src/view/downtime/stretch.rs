//! Stretches of time that were not simply up, with everything that is known of each, and windows beside them.

use std::fmt;

use jiff::Timestamp;
use seaworthy_contract::api::{DowntimeStretch, DowntimeWindow};
use seaworthy_downtime::{Account, Class, Piece, Seen, Source, Span, Window, union};

use super::figure::{class, ms};
use super::told::{Told, in_ms};
use crate::state::{WindowRecord, function_name};
use crate::step::downtime::named;
use crate::view::Look;

/// The place of a stretch in the list of all: newest first, then by name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cursor {
    start: Timestamp,
    name: String,
}

impl Cursor {
    pub(super) fn of(stretch: &DowntimeStretch) -> Self {
        Self { start: stretch.start, name: stretch.name.clone() }
    }

    /// Reads what [`fmt::Display`] writes; none of anything else.
    pub(super) fn read(text: &str) -> Option<Self> {
        let (start, name) = text.split_once('~')?;
        Some(Self { start: start.parse().ok()?, name: name.to_owned() })
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}~{}", self.start, self.name)
    }
}

/// Returns every stretch of an account that was not simply up.
pub(super) fn of(look: &Look<'_>, told: &Told<'_>, account: &Account, period: Span) -> Vec<DowntimeStretch> {
    let goes_on = period.end == in_ms(look.now);
    let before = |index: usize| index.checked_sub(1).map(|before| account.pieces[before]);
    let pieces = account.pieces.iter().enumerate().filter(|(_, piece)| piece.class != Class::Up);
    pieces
        .map(|(index, piece)| DowntimeStretch {
            overruns: overrun(told, before(index), piece).and_then(|window| window.id.parse().ok()),
            goes_on: goes_on && piece.span.end == period.end,
            ..stretch(told, piece)
        })
        .collect()
}

fn stretch(told: &Told<'_>, piece: &Piece) -> DowntimeStretch {
    let (service, function) = told.key.clone();
    let segment = piece.by.map(|by| &told.segments[by]);
    let is_inherited = segment.is_some_and(|segment| matches!(segment.source, Source::Dependency(_)));
    let recorded = told.recorded_at(piece.span.start).filter(|_| segment.is_some() && !is_inherited);
    let is_planned = matches!(piece.class, Class::DownPlanned | Class::UpInMaintenance);
    let planning = is_planned.then(|| planned_by(&told.windows, piece.span.start)).flatten();
    DowntimeStretch {
        name: told.name.to_owned(),
        service,
        function,
        start: piece.span.start,
        end: piece.span.end,
        goes_on: false,
        class: class(piece.class),
        share_of_users: segment.and_then(|segment| segment.share_of_users),
        announced_at: planning.map(|window| window.declared_at),
        window: planning.and_then(|window| window.id.parse().ok()),
        overruns: None,
        cause: segment.and_then(|segment| named(&segment.cause)),
        cause_named_by: recorded.and_then(|recorded| recorded.named_by.clone()),
        source: segment.map(|segment| source_name(&segment.source)),
        position: recorded.map(|recorded| recorded.position),
    }
}

/// Of the windows that were declared in advance and hold an instant, the one that was declared first.
fn planned_by(windows: &[Window], at: Timestamp) -> Option<&Window> {
    let holds = |window: &&Window| !window.is_late() && window.start <= at && at < window.end;
    windows.iter().filter(holds).min_by_key(|window| window.declared_at)
}

/// Returns the window that ended where this began, with downtime in it up to its end.
fn overrun<'a>(told: &'a Told<'_>, before: Option<Piece>, piece: &Piece) -> Option<&'a Window> {
    let went_on = before.is_some_and(|b| b.class == Class::DownPlanned && b.span.end == piece.span.start);
    let ended = |window: &&Window| !window.is_late() && window.end == piece.span.start;
    told.windows.iter().find(ended).filter(|_| went_on && piece.class == Class::DownUnplanned)
}

/// Names who saw it.
pub(super) fn source_name(source: &Source) -> String {
    match source {
        Source::Probes => "probes".to_owned(),
        Source::Gateway => "gateway".to_owned(),
        Source::Supervisor => "supervisor".to_owned(),
        Source::Person(who) => format!("person {who}"),
        Source::Dependency(name) => format!("dependency {name}"),
        Source::History(id) => format!("history {id}"),
    }
}

/// Shows a window.
pub(super) fn window(look: &Look<'_>, record: &WindowRecord) -> DowntimeWindow {
    let announced = record.announced.clone();
    let end = record.end().max(announced.start);
    DowntimeWindow {
        id: announced.window,
        late: record.announced_at >= announced.start,
        overrun_ms: overran(look, record),
        service: announced.service,
        function: announced.function,
        start: announced.start,
        end,
        reason: announced.reason,
        announced_at: record.announced_at,
        by: look.called(&record.by),
        cancelled_at: record.cancelled_at,
        position: record.position,
    }
}

/// How long the functions of a window were down after its end without a break, in milliseconds; of one that planned
/// something.
fn overran(look: &Look<'_>, record: &WindowRecord) -> u64 {
    if record.never_began() || record.announced_at >= record.announced.start || record.end() > look.now {
        return 0;
    }
    let until = Span::new(Timestamp::MIN, look.now);
    let functions = look.state.downtime.functions().filter(|(key, _)| record.is_for(key));
    let longest = functions.filter_map(|(key, kept)| {
        let down = kept.iter().map(|recorded| &recorded.segment).filter(|segment| segment.seen == Seen::Down);
        let window = Window { function: function_name(key), ..record.of(key)? };
        Some(ms(window.overrun(&union(down.filter_map(|segment| segment.within(until))))))
    });
    longest.max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_what_it_writes_and_nothing_else() {
        let at: Timestamp = "2026-03-01T10:00:00.25Z".parse().unwrap();
        let cursor = Cursor { start: at, name: "checkout/a~b".to_owned() };
        assert_eq!(Cursor::read(&cursor.to_string()), Some(cursor));
        for text in ["", "~", "checkout", "2026-03-01~x", "x~2026-03-01T10:00:00Z"] {
            assert_eq!(Cursor::read(text), None, "{text}");
        }
    }
}
