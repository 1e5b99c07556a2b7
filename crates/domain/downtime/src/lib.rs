//! The account of downtime: every second of wall time in exactly one class, under a definition that is always named.
//!
//! [`Segment`]s are what sources saw, [`Window`]s what was declared; [`account`] puts every second of a period into one
//! [`Class`], so the sum of classes is wall time; [`Definition`] says what is counted as downtime, [`month_view`] cuts
//! both by week or month. [`Recorder`] makes segments of live observations; [`dependency`] labels what came from elsewhere;
//! [`tolerance`] says what the business puts up with. What each second was is decided here; where it is kept is not.

mod account;
mod class;
mod definition;
pub mod dependency;
mod recorder;
mod segment;
mod span;
pub mod tolerance;
mod view;

pub use account::{Account, Outage, Piece, Silence, Totals, account};
pub use class::{Class, Seen, Severity};
pub use definition::{Counted, Definition, UnknownDefinition};
pub use recorder::{Change, Confirm, Observation, Recorder, Rules, Word};
pub use segment::{Cause, Planning, Segment, Source, Window};
pub use span::{Span, common, minus, total, union};
pub use view::{CELLS_MAX, Cell, Crossing, Every, FunctionRow, Stack, View, function_row, month_view, stacks};

#[cfg(test)]
mod tests;
