//! Watches one objective: window sums in, what changed out.
//!
//! One objective has one alert, at the highest urgency that anything gives a reason for. A state is only as large as its
//! tiers; no look allocates.

use jiff::Timestamp;

use crate::{
    Objective, Reading, Sight, TierReading, Traffic, Urgency, objective::TIERS_MAX, silence::Watcher, tier::Threshold,
};

/// What is seen at one look.
#[derive(Debug, Clone, Copy)]
pub struct Observation<'a> {
    /// The time of the look.
    pub now: Timestamp,
    /// The windows of each tier, in the order of [`Objective::tiers`]. A tier without readings is one without data.
    pub tiers: &'a [TierReading],
    /// What is known about silence.
    pub traffic: Traffic,
}

/// What changed at one look.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
#[must_use]
pub struct Decision {
    /// What became of the alert.
    pub alert: Option<Change>,
    /// What is seen now, where that changed.
    pub sight: Option<Sight>,
}

/// What became of the alert.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Change {
    /// It opened.
    Opened(Alert),
    /// A ticket became a page.
    Raised(Alert),
    /// A page became a ticket: what paged is over, the budget still burns slowly.
    Lowered(Alert),
    /// It ended; the alert as it was last.
    Resolved(Alert),
}

/// The one alert of an objective.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Alert {
    /// Whether it wakes somebody.
    pub urgency: Urgency,
    /// Why it is at this urgency.
    pub reason: Reason,
    /// When it opened, at whatever urgency.
    pub opened_at: Timestamp,
}

/// Why there is an alert.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reason {
    /// It served, and it is gone; always a page.
    Down,
    /// A tier fired.
    Burn {
        /// Its index in [`Objective::tiers`].
        tier: usize,
        /// Its windows at this look.
        windows: TierReading,
    },
    /// The source has been silent for [`crate::BLIND_AFTER`]; always a ticket.
    NoTelemetry,
}

/// Whether a tier fires, and how far it has calmed.
#[derive(Debug, Clone, Copy, Default)]
enum Heat {
    #[default]
    Cold,
    Firing {
        calm_since: Option<Timestamp>,
    },
}

/// Watches one objective. Under 2 KiB, without anything elsewhere.
#[derive(Debug, Clone)]
pub struct Engine {
    objective: Objective,
    thresholds: [Threshold; TIERS_MAX],
    heats: [Heat; TIERS_MAX],
    watcher: Watcher,
    alert: Option<Alert>,
}

impl Engine {
    /// Begins to watch, with no alert.
    pub fn new(objective: Objective) -> Self {
        let mut thresholds = [Threshold { ratio: f64::INFINITY, allowed: 0.0 }; TIERS_MAX];
        for (threshold, tier) in thresholds.iter_mut().zip(objective.tiers()) {
            *threshold = objective.threshold(tier);
        }
        let heats = [Heat::Cold; TIERS_MAX];
        Self { objective, thresholds, heats, watcher: Watcher::default(), alert: None }
    }

    /// Goes on where another engine of this objective stopped: with the alert that was open, and what was seen since when.
    /// The tier that gave the reason fires until it is calm; the others fire again at the first look if they do.
    pub fn resume(objective: Objective, alert: Option<Alert>, sight: Sight, sight_since: Timestamp) -> Self {
        let mut engine = Self { watcher: Watcher::resume(sight, sight_since), ..Self::new(objective) };
        if let Some(Reason::Burn { tier, .. }) = alert.map(|alert| alert.reason)
            && tier < engine.objective.tiers().len()
        {
            engine.heats[tier] = Heat::Firing { calm_since: None };
        }
        engine.alert = alert;
        engine
    }

    /// Returns what it watches.
    pub fn objective(&self) -> &Objective {
        &self.objective
    }

    /// Returns the open alert.
    pub fn alert(&self) -> Option<&Alert> {
        self.alert.as_ref()
    }

    /// Returns what was seen at the last look.
    pub fn sight(&self) -> Sight {
        self.watcher.sight()
    }

    /// Takes a look and says what changed. Looks may come at any distance and should not go back in time.
    pub fn decide(&mut self, seen: &Observation<'_>) -> Decision {
        let sight = self.watcher.look(seen.now, &seen.traffic);
        for index in 0..self.objective.tiers().len() {
            self.warm(index, &windows(seen, index), seen.now);
        }
        let highest = self.highest(seen);
        Decision { alert: self.change(highest, seen.now), sight }
    }

    /// Says whether so many bad events, were they all of the long windows, would wake somebody: a fault that begins while the
    /// alert of the one before is open changes nothing else here.
    pub fn wakes_alone(&self, bad: u64, tiers: &[TierReading]) -> bool {
        let each = self.objective.tiers().iter().zip(&self.thresholds).zip(tiers);
        each.filter(|((tier, _), _)| tier.urgency == Urgency::Page).any(|((_, threshold), reading)| {
            match reading.long {
                Reading::Counts(long) => {
                    let long = Reading::counts(long.total, bad.min(long.bad));
                    threshold.fires(&TierReading { long, short: reading.short })
                }
                // A bare ratio does not say which fault it is of.
                Reading::Ratio(_) | Reading::Nothing => false,
            }
        })
    }

    /// Moves one tier between cold, firing and calming.
    fn warm(&mut self, index: usize, windows: &TierReading, now: Timestamp) {
        let threshold = self.thresholds[index];
        if threshold.fires(windows) {
            self.heats[index] = Heat::Firing { calm_since: None };
            return;
        }
        let Heat::Firing { calm_since } = self.heats[index] else { return };
        // Who sees nothing cannot say that it is over.
        let is_seen = !matches!(self.watcher.sight(), Sight::NoTelemetry | Sight::Down);
        let calm_since = (is_seen && threshold.is_calm(windows)).then(|| calm_since.unwrap_or(now));
        let hold = jiff::SignedDuration::from_secs(i64::from(self.objective.tiers()[index].short_seconds));
        let is_over = calm_since.is_some_and(|since| now.duration_since(since) >= hold);
        self.heats[index] = if is_over { Heat::Cold } else { Heat::Firing { calm_since } };
    }

    /// The highest urgency that there is a reason for; among equals the most telling.
    fn highest(&self, seen: &Observation<'_>) -> Option<(Urgency, Reason)> {
        if self.watcher.sight() == Sight::Down {
            return Some((Urgency::Page, Reason::Down));
        }
        let mut highest = None;
        for (tier, spec) in self.objective.tiers().iter().enumerate() {
            let is_higher = highest.is_none_or(|(urgency, _)| spec.urgency > urgency);
            if is_higher && matches!(self.heats[tier], Heat::Firing { .. }) {
                highest = Some((spec.urgency, Reason::Burn { tier, windows: windows(seen, tier) }));
            }
        }
        let is_blind = self.watcher.is_blind(seen.now);
        highest.or_else(|| is_blind.then_some((Urgency::Ticket, Reason::NoTelemetry)))
    }

    fn change(&mut self, highest: Option<(Urgency, Reason)>, now: Timestamp) -> Option<Change> {
        let before = self.alert;
        self.alert = highest.map(|(urgency, reason)| {
            let opened_at = before.map_or(now, |alert| alert.opened_at);
            Alert { urgency, reason, opened_at }
        });
        match (before, self.alert) {
            (None, Some(alert)) => Some(Change::Opened(alert)),
            (Some(alert), None) => Some(Change::Resolved(alert)),
            (Some(before), Some(alert)) if alert.urgency > before.urgency => Some(Change::Raised(alert)),
            (Some(before), Some(alert)) if alert.urgency < before.urgency => Some(Change::Lowered(alert)),
            _ => None,
        }
    }
}

fn windows(seen: &Observation<'_>, index: usize) -> TierReading {
    seen.tiers.get(index).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests;
