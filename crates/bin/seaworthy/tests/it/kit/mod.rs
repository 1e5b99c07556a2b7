//! What the tests stand on: a directory of their own, `up` as a child, the command line, the API, users.

mod api;
mod cli;
mod quotes;
mod scratch;
mod shop;
mod up;
mod visitors;

use std::thread;
use std::time::{Duration, Instant};

pub(crate) use api::Api;
pub(crate) use cli::{Said, command, seaworthy};
pub(crate) use quotes::{QUOTE, never_met_a_user, quotes, write_quotes};
pub(crate) use scratch::{Scratch, is_alive, kill};
pub(crate) use shop::{Offer, Shop, running};
pub(crate) use up::Up;
pub(crate) use visitors::{Visitors, get, send};

/// When waiting is given up: far above what a loaded machine needs, below the runner's own limit.
pub(crate) const PATIENCE: Duration = Duration::from_secs(45);

/// How often a condition is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Waits until there is something; `what` is said when there never is.
pub(crate) fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        assert!(start.elapsed() < PATIENCE, "waited {PATIENCE:?} in vain until {what}");
        thread::sleep(LOOK_EVERY);
    }
}
