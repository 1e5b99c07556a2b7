//! The last minute in steps of a gateway's report, for a plot that somebody looks at; made when it is asked for, dropped
//! when nobody asks.

use jiff::{SignedDuration, Timestamp};
use seaworthy_model::Tally;

use crate::resolution::{slot_of, start_of};
use crate::ring::Ring;

/// Width of a step, in milliseconds: how often a gateway reports.
pub const LIVE_STEP_MS: i64 = 250;

/// Steps that are held: a minute.
const STEPS: usize = 240;

/// How long it is kept after somebody last looked.
const KEPT: SignedDuration = SignedDuration::from_secs(60);

/// The last minute, or as much of it as somebody has been looking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Live {
    /// When the first step begins.
    pub from: Timestamp,
    /// Steps of [`LIVE_STEP_MS`]; the last one is still open.
    pub steps: Vec<Tally>,
}

/// What holds it.
#[derive(Debug, Clone)]
pub(crate) struct Watched {
    ring: Ring,
    /// The first step that was counted whole.
    since: i64,
    asked: Timestamp,
}

impl Watched {
    pub(crate) fn new(now: Timestamp) -> Self {
        let head = slot_of(now, LIVE_STEP_MS);
        Self { ring: Ring::new(STEPS, 1, std::iter::empty(), head), since: head, asked: now }
    }

    pub(crate) fn is_idle(&self, now: Timestamp) -> bool {
        now.duration_since(self.asked) > KEPT
    }

    pub(crate) fn add(&mut self, at: Timestamp, tally: Tally) {
        self.ring.add(slot_of(at, LIVE_STEP_MS), tally);
    }

    pub(crate) fn advance(&mut self, now: Timestamp) {
        self.ring.advance(slot_of(now, LIVE_STEP_MS), |_, _| {});
    }

    pub(crate) fn view(&mut self, now: Timestamp) -> Live {
        self.advance(now);
        self.asked = self.asked.max(now);
        let from = self.since.max(self.ring.oldest());
        let steps = self.ring.slots().filter(|(slot, _)| *slot >= from).map(|(_, tally)| tally).collect();
        Live { from: start_of(from, LIVE_STEP_MS), steps }
    }

    pub(crate) fn bytes(&self) -> usize {
        size_of::<Self>() + self.ring.heap_bytes()
    }
}
