//! Pages across crashes: the kernel's own engine pages people through a channel that is simulated, and is killed between
//! deciding and appending, appending and folding, folding and sending, sending and noting.
//!
//! [`case`] plays one page from its seed to its end and holds every message against the ledger and against an oracle of its
//! own (`oracle`): none is lost, none goes to the wrong person, and what comes twice has one key. What is left out: the
//! server's tasks and sockets. The edge here sends what the core's outbox says is to be sent, as the server's does.

mod channel;
mod oracle;
mod stage;

pub use channel::Edge;
pub use stage::Crash;

use std::collections::BTreeMap;

use crate::random::Random;

/// What came of one page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Played {
    /// Crashes, by where they were.
    pub crashes: BTreeMap<Crash, u64>,
    /// Messages that a contact took.
    pub messages: u64,
    /// Those of them that had come before, with the same key.
    pub again: u64,
    /// Rungs that were called.
    pub calls: u64,
}

impl Played {
    /// Adds what came of another page.
    pub fn add(&mut self, other: &Self) {
        for (crash, count) in &other.crashes {
            *self.crashes.entry(*crash).or_default() += count;
        }
        self.messages += other.messages;
        self.again += other.again;
        self.calls += other.calls;
    }

    /// Returns how many crashes there were.
    pub fn crash_points(&self) -> u64 {
        self.crashes.values().sum()
    }
}

/// Plays one page with a few crashes, all of it from the seed.
///
/// # Errors
/// When a page is lost, a message goes to the wrong person, or what comes twice has two keys; the text says which.
pub fn case(seed: u64, edge: Edge) -> Result<Played, String> {
    let mut random = Random::new(seed);
    let mut stage = stage::Stage::new(&mut random, edge);
    stage.play();
    stage.check().map_err(|why| format!("seed {seed}: {why}"))
}
