//! What one place says of a target, from its runs.

use std::time::Duration;

use jiff::Timestamp;

use crate::{Outcome, Reason, Run};

/// Degraded runs in a row before a place says so, and good ones before it takes that back.
const DEGRADED_MIN: u32 = 2;

/// One place's memory.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) name: String,
    /// When it was first looked for: until a whole period after that it may still come.
    pub(crate) begun: Option<Timestamp>,
    /// The latest slot that was heard of.
    pub(crate) last: Option<Timestamp>,
    /// Why that slot saw nothing, if it did not.
    pub(crate) blind: Option<Reason>,
    pub(crate) standing: Standing,
    /// Passes in a row until the last run, and the first of them.
    passes: u32,
    /// Since when it has been as it is while it passes: as it should be, or degraded.
    pub(crate) pass_since: Option<Timestamp>,
    /// Runs in a row that speak against `degraded`, and the first of them.
    against: Option<(u32, Timestamp)>,
    pub(crate) degraded: Option<Reason>,
}

/// Whether the target works, as a place has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It has not passed or failed long enough to say.
    New,
    /// It works.
    Good,
    /// It does not, since this slot.
    Bad { since: Timestamp, reason: Reason },
}

impl Place {
    pub(crate) fn new(name: String) -> Self {
        Self {
            name,
            begun: None,
            last: None,
            blind: None,
            standing: Standing::New,
            passes: 0,
            pass_since: None,
            against: None,
            degraded: None,
        }
    }

    /// Takes a run in. One that comes again, or after a later one, changes nothing.
    pub(crate) fn take(&mut self, run: &Run, every_ms: u64) {
        if self.last.is_some_and(|last| run.intended_at <= last) {
            return;
        }
        // Behind a slot that was missed nothing is in a row any more; half a period forgives a change of period.
        let in_row = Duration::from_millis(every_ms.saturating_add(every_ms / 2));
        if self.last.is_some_and(|last| last.checked_add(in_row).is_ok_and(|end| run.intended_at > end)) {
            self.break_row();
        }
        self.last = Some(run.intended_at);
        self.blind = None;
        match &run.outcome {
            Outcome::Pass => self.pass(run.intended_at, None),
            Outcome::Degraded(reason) => self.pass(run.intended_at, Some(reason)),
            Outcome::Fail(reason) => self.fail(run.intended_at, reason),
            Outcome::CannotSee(reason) => {
                self.break_row();
                self.blind = Some(reason.clone());
            }
        }
    }

    fn break_row(&mut self) {
        (self.passes, self.pass_since, self.against) = (0, None, None);
    }

    fn pass(&mut self, at: Timestamp, degraded: Option<&Reason>) {
        self.passes = self.passes.saturating_add(1);
        self.pass_since.get_or_insert(at);
        if degraded.is_some() == self.degraded.is_some() {
            // The latest words: days left, milliseconds taken.
            (self.against, self.degraded) = (None, degraded.cloned());
            return;
        }
        let (count, since) = self.against.map_or((1, at), |(count, since)| (count + 1, since));
        self.against = Some((count, since));
        if count >= DEGRADED_MIN {
            (self.against, self.degraded, self.pass_since) = (None, degraded.cloned(), Some(since));
        }
    }

    fn fail(&mut self, at: Timestamp, reason: &Reason) {
        self.break_row();
        let since = match self.standing {
            Standing::Bad { since, .. } => since,
            Standing::New | Standing::Good => at,
        };
        self.standing = Standing::Bad { since, reason: reason.clone() };
    }

    /// Looks at it: lets it be good again after so many passes in a row.
    pub(crate) fn settle(&mut self, passes_min: u32, now: Timestamp) {
        self.begun.get_or_insert(now);
        if self.passes >= passes_min {
            self.standing = Standing::Good;
        }
    }
}
