//! Pieces that several pages show. Each has its own template and prints itself, so pages only name it.

mod chip;
mod counted;
mod evidence;
mod gauge;
mod ladder;
mod ladder_of_calls;
mod meter;
mod plot;
mod prose;
mod runs;
mod when;

pub use chip::Chip;
pub use counted::{bad_plot, budget_plot};
pub use evidence::{EvidenceLine, LedgerLink, Life};
pub use gauge::{BudgetBar, BurnBar};
pub use ladder::{MiniLadder, Rung, ladder, mini_ladder};
pub use ladder_of_calls::{CalledLine, LadderOfCalls};
pub use meter::{Mark, Meter, abort_meter, promote_meter};
pub use plot::{AxisLabel, Band, Charts, Plot, Spark, charts, spark};
pub use prose::Prose;
pub use runs::runs_plot;
pub use when::When;

/// Lets a piece print itself inside a page: its own template has escaped what came from outside.
macro_rules! prints_itself {
    ($($name:ty),*) => {$(impl askama::filters::HtmlSafe for $name {})*};
}
use prints_itself;
