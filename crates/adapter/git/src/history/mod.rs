//! Who changed what, and when: the output of `git log`, read as it comes and folded at once.

mod activity;
mod log;
mod people;

pub use activity::{Activity, Tally};
pub use log::{Change, Commit, FORMAT, LogParser};
pub use people::{Known, People, Person};
