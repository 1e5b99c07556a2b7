//! What silence means: nobody asks, nobody measures, or the service is down. Three states that look the same in a sum.
//!
//! In this order, for a source that was heard and a service that served within a day of our beginning to watch:
//!
//! | telemetry | events | target | state |
//! |---|---|---|---|
//! | fresh | as usual, or few enough that chance explains it | any | serving, or no traffic (usual) |
//! | fresh | none, though chance does not explain it | refuses | down |
//! | fresh | none, though chance does not explain it | answers, or nobody knows | no traffic (unusual) |
//! | silent | too few would have come meanwhile | any | no telemetry |
//! | silent | many would have come meanwhile | answers | no telemetry |
//! | silent | many would have come meanwhile | refuses, or nobody knows | down |
//!
//! "Chance does not explain it": at the lower of the recent rate and the usual low of this hour of the week, no event in all
//! this time has a chance of at most [`GUARD_CHANCE`], so 16.1 events are missing. A service that never served is unknown.

use jiff::{SignedDuration, Timestamp};

use crate::tier::GUARD_CHANCE;

/// A service is not called down before this long a silence: an instance that restarts is away for less.
pub const DOWN_AFTER: SignedDuration = SignedDuration::from_secs(30);

/// Down is over when something else has been seen for this long, so that a source that flickers does not flap.
const UP_AFTER: SignedDuration = SignedDuration::from_secs(60);

/// A source that has been silent for this long is a ticket: an objective that nobody measures protects nobody.
pub const BLIND_AFTER: SignedDuration = SignedDuration::from_mins(15);

/// Events are expected again only of who served within this time of our beginning to watch: an objective that is put on a
/// service which left long ago must not page.
const SERVED_WITHIN: SignedDuration = SignedDuration::from_hours(24);

/// A source is silent when this many of its reports are missing in a row ...
const REPORTS_MISSING: i32 = 4;

/// ... and at least for this long, because four fast reports are lost in a hiccup of the network.
const TELEMETRY_SILENT_MIN: SignedDuration = SignedDuration::from_secs(5);

/// What is known about a silence, at a look.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Traffic {
    /// Since when events would have reached us without a gap: the start of this process, or the end of its own last
    /// trouble with taking reports. Silence before it is ours.
    pub watching_since: Timestamp,
    /// The last event that was counted, good or bad; none where there never was one.
    pub last_event_at: Option<Timestamp>,
    /// The last report of the source, also of one that counted nothing; none where there never was one.
    pub last_telemetry_at: Option<Timestamp>,
    /// How often the source reports; none where it sends only when something happened, so that its silence means nothing.
    pub telemetry_every: Option<SignedDuration>,
    /// Events an hour in the hour that ended with the last event.
    pub recent_per_hour: f64,
    /// The least events an hour that this time of the week had in past weeks; none where there is no past.
    pub usual_low_per_hour: Option<f64>,
    /// Whether the target itself can be reached.
    pub reach: Reach,
}

/// Whether the target itself can be reached, by connect errors or probes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Reach {
    /// Nobody tried.
    #[default]
    NotTried,
    /// The last tries were answered.
    Answers,
    /// The last tries failed to connect.
    Refuses,
}

/// What can be seen of a service.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Sight {
    /// It never served as long as we know: no statement is made.
    #[default]
    Unknown,
    /// Events come.
    Serving,
    /// The source reports, and it counts nothing.
    NoTraffic(Quiet),
    /// The source is silent, and nothing says that the service is.
    NoTelemetry,
    /// It served, and it is gone.
    Down,
}

/// Whether chance explains that nobody asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Quiet {
    /// So few ask at this hour that this happens.
    Usual,
    /// Many should have asked: their way to us may be broken.
    Unusual,
}

/// What is seen, and what is needed to leave it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Watcher {
    sight: Sight,
    since: Timestamp,
    other_since: Option<Timestamp>,
}

impl Watcher {
    /// Goes on with what was seen before, since then.
    pub(crate) fn resume(sight: Sight, since: Timestamp) -> Self {
        Self { sight, since, other_since: None }
    }

    pub(crate) fn sight(&self) -> Sight {
        self.sight
    }

    /// Whether the source has been silent for so long that somebody should see to it.
    pub(crate) fn is_blind(&self, now: Timestamp) -> bool {
        self.sight == Sight::NoTelemetry && now.duration_since(self.since) >= BLIND_AFTER
    }

    /// Takes a look; returns what is seen now where that changed.
    pub(crate) fn look(&mut self, now: Timestamp, traffic: &Traffic) -> Option<Sight> {
        let seen = see(now, traffic);
        if seen == self.sight || !self.may_leave(seen, traffic) {
            self.other_since = None;
            return None;
        }
        let other_since = *self.other_since.get_or_insert(now);
        if self.sight == Sight::Down && now.duration_since(other_since) < UP_AFTER {
            return None;
        }
        *self = Self { sight: seen, since: now, other_since: None };
        Some(seen)
    }

    /// Silence ends with a sound. That we were away ourselves, and count from anew, is none.
    fn may_leave(&self, seen: Sight, traffic: &Traffic) -> bool {
        match self.sight {
            Sight::NoTelemetry => seen == Sight::Down || was_heard(self.since, traffic),
            Sight::Down => traffic.reach == Reach::Answers || was_heard(self.since, traffic),
            Sight::Unknown | Sight::Serving | Sight::NoTraffic(_) => true,
        }
    }
}

/// Whether something was heard since then: a report, or an event of a source that sends no reports.
fn was_heard(since: Timestamp, traffic: &Traffic) -> bool {
    traffic.last_telemetry_at.max(traffic.last_event_at).is_some_and(|at| at >= since)
}

/// What one look shows.
fn see(now: Timestamp, traffic: &Traffic) -> Sight {
    let Some(last_event) = traffic.last_event_at.filter(|at| *at >= earliest_use(traffic)) else {
        return Sight::Unknown;
    };
    let quiet_since = last_event.max(traffic.watching_since);
    let Some(telemetry_since) = silent_telemetry(now, traffic) else {
        return match chance_explains(now, quiet_since, traffic) {
            true if now.duration_since(quiet_since) < DOWN_AFTER => Sight::Serving,
            true => few(now, quiet_since, traffic),
            false if traffic.reach == Reach::Refuses => Sight::Down,
            false => Sight::NoTraffic(Quiet::Unusual),
        };
    };
    // What came in since the telemetry fell silent is not known, so only that time counts against the service.
    let silent_since = telemetry_since.max(quiet_since);
    match traffic.reach {
        Reach::Answers => Sight::NoTelemetry,
        _ if chance_explains(now, silent_since, traffic) => Sight::NoTelemetry,
        Reach::NotTried | Reach::Refuses => Sight::Down,
    }
}

/// A gap that is as long as the mean between two events is still service.
fn few(now: Timestamp, quiet_since: Timestamp, traffic: &Traffic) -> Sight {
    let is_gap = missing(now, quiet_since, traffic.recent_per_hour) <= 1.0 && traffic.recent_per_hour > 0.0;
    if is_gap { Sight::Serving } else { Sight::NoTraffic(Quiet::Usual) }
}

fn earliest_use(traffic: &Traffic) -> Timestamp {
    traffic.watching_since.saturating_sub(SERVED_WITHIN).unwrap_or(Timestamp::MIN)
}

/// Returns since when the source has been silent; none where it is not.
fn silent_telemetry(now: Timestamp, traffic: &Traffic) -> Option<Timestamp> {
    let every = traffic.telemetry_every?;
    let heard = traffic.last_telemetry_at.map_or(traffic.watching_since, |at| at.max(traffic.watching_since));
    let limit = every.saturating_mul(REPORTS_MISSING).max(TELEMETRY_SILENT_MIN);
    (now.duration_since(heard) > limit).then_some(heard)
}

/// Whether chance, or a short pause, explains that there was no event since then.
fn chance_explains(now: Timestamp, since: Timestamp, traffic: &Traffic) -> bool {
    let recent = traffic.recent_per_hour;
    let low = traffic.usual_low_per_hour.map_or(recent, |low| if low < recent { low } else { recent });
    // The chance of no event at all is e to the minus of what was expected.
    now.duration_since(since) < DOWN_AFTER || missing(now, since, low) < -GUARD_CHANCE.ln()
}

/// How many events should have come since then; not a number counts as none.
fn missing(now: Timestamp, since: Timestamp, per_hour: f64) -> f64 {
    (per_hour * now.duration_since(since).as_secs_f64() / 3_600.0).max(0.0)
}

#[cfg(test)]
mod tests;
