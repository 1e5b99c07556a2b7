//! One objective and its engine: a look at the windows, and what follows from it.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use seaworthy_alert::{Purpose, Urgency};
use seaworthy_contract::catalogue::{Counting, Indicator, Objective};
use seaworthy_contract::gateway::REPORT_EVERY_MS;
use seaworthy_model::{Position, Tally};
use seaworthy_signals::Refused;
use seaworthy_slo::{
    self as slo, Alert, Budget, Engine, Observation, Reach, Reading, Reason, Sight, Spending, TIERS_MAX, TierReading,
    Traffic,
};

use super::convert;
use super::counts::{Counts, Past};
use super::measure::Measure;
use crate::State;

/// How much of a period must have been seen before what is left of its budget is said, in seconds. What is allowed in all of
/// it is worked out from the events so far; from a few minutes that is one event's luck times thousands. Six hours are the
/// least in which one odd hour is not most of what is known, and no period is shorter than four times that.
const PROJECTED_FROM_SECONDS: f64 = 6.0 * 3_600.0;

/// What another system measured: given by whoever asks it, kept in memory alone.
#[derive(Debug, Clone, PartialEq)]
pub struct Readings {
    /// When it was asked.
    pub at: Timestamp,
    /// How often it is asked.
    pub every: SignedDuration,
    /// Each window by its length in seconds.
    pub windows: Vec<(u32, Reading)>,
    /// The whole period.
    pub period: Reading,
}

/// What is known at a look besides the counts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Around {
    pub(super) now: Timestamp,
    pub(super) watching_since: Timestamp,
    /// The last report of any gateway.
    pub(super) gateways_heard: Option<Timestamp>,
    pub(super) reach: Reach,
    /// How often its probe runs.
    pub(super) probed_every: Option<SignedDuration>,
}

/// One objective that is watched.
#[derive(Debug, Clone)]
pub struct Watched {
    /// As it is declared.
    pub declared: Objective,
    /// Position of the event that declared it.
    pub position: Position,
    /// Why nobody can watch it; none where it is watched.
    pub refused: Option<String>,
    engine: Option<Engine>,
    pub(super) measure: Option<Measure>,
    pub(super) counts: Option<Counts>,
    readings: Option<Readings>,
    /// Why another system does not say, since it last did.
    unread: Option<String>,
    /// Whether its past came back from the store.
    pub(super) is_ready: bool,
    period: (Timestamp, Timestamp),
    zone: TimeZone,
    since: Timestamp,
    recent: (Option<Timestamp>, f64),
    seen: Option<Seen>,
    pub(super) told_at: Option<Timestamp>,
}

/// What the last look showed.
#[derive(Debug, Clone, Copy)]
pub struct Seen {
    /// When.
    pub at: Timestamp,
    /// The windows of each tier, in the engine's order: what was counted in them.
    pub tiers: [TierReading; TIERS_MAX],
    /// The same as they weigh against the whole window, of which a young objective knows a part.
    pub weighed: [TierReading; TIERS_MAX],
    /// The whole period.
    pub so_far: Reading,
    /// Seconds of the period of which counts are known; none where nothing was ever counted.
    pub seen_seconds: Option<f64>,
    budget: Budget,
    /// The last event.
    pub last_event_at: Option<Timestamp>,
    /// The last report of whatever measures it.
    pub last_telemetry_at: Option<Timestamp>,
}

impl Seen {
    /// Returns the error ratio of the period so far; none where nothing happened.
    pub fn error_ratio(&self) -> Option<f64> {
        self.budget.error_ratio
    }

    /// Returns how many times faster than evenly the budget burned in the last hour; none where nothing happened.
    pub fn burn(&self) -> Option<f64> {
        self.budget.burn
    }

    /// Returns the budget of the whole period; none while too little of the period was seen to work it out.
    pub fn projected(&self) -> Option<&Budget> {
        self.seen_seconds.filter(|seen| *seen >= PROJECTED_FROM_SECONDS).map(|_| &self.budget)
    }
}

impl Watched {
    pub(super) fn new(declared: &Objective, position: Position, now: Timestamp) -> Self {
        let zone = convert::zone(&declared.period);
        let period = convert::period(&declared.period).bounds(now, &zone);
        let mut watched = Self {
            declared: declared.clone(),
            position,
            refused: None,
            engine: None,
            measure: Measure::of(&declared.indicator),
            counts: None,
            readings: None,
            unread: None,
            is_ready: false,
            period,
            zone,
            since: now,
            recent: (None, 0.0),
            seen: None,
            told_at: None,
        };
        watched.begin(now).unwrap_or_else(|why| watched.refused = Some(why));
        watched
    }

    /// Makes engine and counts.
    fn begin(&mut self, now: Timestamp) -> Result<(), String> {
        let objective = convert::objective(&self.declared)?;
        if !matches!(self.declared.indicator, Indicator::Query(_)) {
            let windows = convert::windows(&objective);
            self.counts = Some(Counts::new(&self.declared, &windows, self.period.0, now)?);
        }
        self.engine = Some(Engine::new(objective));
        Ok(())
    }

    /// Goes on from its past, and with the alert that the ledger says is open: from here on it is watched.
    pub(super) fn restore(&mut self, past: Past, first: Option<Timestamp>, state: &State, now: Timestamp) {
        if let Some(counts) = &mut self.counts {
            counts.restore(past, first, &self.declared, now);
            self.recent = (counts.events().last_event_at(), counts.recent_per_hour());
        }
        let alert = self.open_alert(state);
        if let Some(engine) = self.engine.take() {
            // What was seen before is not written down; the first looks show it again.
            self.engine = Some(Engine::resume(*engine.objective(), alert, Sight::Unknown, now));
        }
        (self.is_ready, self.since) = (true, now);
    }

    /// Returns the alert of its rule, as the ledger has it. Which tier fired is not written there: the first of that urgency
    /// stands for it until it is calm, and others fire again at the next look.
    fn open_alert(&self, state: &State) -> Option<Alert> {
        let id = state.alerts.open(&self.declared.service, &self.symptom(), Purpose::Real)?;
        let open = state.alerts.alerts.get(&id).filter(|alert| alert.rules.contains(&self.rule()))?;
        let urgency = match open.urgency {
            Urgency::Page => slo::Urgency::Page,
            Urgency::Ticket => slo::Urgency::Ticket,
        };
        let tiers = self.engine.as_ref()?.objective().tiers();
        let tier = tiers.iter().position(|tier| tier.urgency == urgency).unwrap_or(0);
        let reason = Reason::Burn { tier, windows: TierReading::default() };
        Some(Alert { urgency, reason, opened_at: open.began_at })
    }

    /// Returns the name of its rule.
    pub fn rule(&self) -> String {
        format!("objective/{}", self.declared.name)
    }

    /// Returns what customers feel when it burns: objectives of one symptom are one alert.
    pub fn symptom(&self) -> String {
        match &self.declared.indicator {
            Indicator::Availability { .. } => "availability".to_owned(),
            Indicator::Latency { .. } => "latency".to_owned(),
            Indicator::Probe { .. } | Indicator::Pushed { .. } | Indicator::Query(_) => self.declared.name.clone(),
        }
    }

    /// Returns its engine; none where it cannot be watched.
    pub fn engine(&self) -> Option<&Engine> {
        self.engine.as_ref()
    }

    /// Returns what the last look showed.
    pub fn seen(&self) -> Option<&Seen> {
        self.seen.as_ref()
    }

    /// Returns the period that now lies in.
    pub fn period(&self) -> (Timestamp, Timestamp) {
        self.period
    }

    /// Returns the series of what it counts: events, or slices of time. None where another system measures.
    pub fn series(&self) -> Option<&seaworthy_signals::Series> {
        self.counts.as_ref().map(Counts::counted)
    }

    /// Returns the series of its events.
    pub(super) fn events(&self) -> Option<&seaworthy_signals::Series> {
        self.counts.as_ref().map(Counts::events)
    }

    /// Returns the name of its series on disk.
    pub fn series_name(&self) -> Option<&str> {
        self.counts.as_ref().map(Counts::name)
    }

    /// Adds events; what is not ready takes none, because what it writes replaces what is stored.
    pub(super) fn add(&mut self, at: Timestamp, tally: Tally, now: Timestamp) -> Result<(), Refused> {
        match self.counts.as_mut().filter(|_| self.is_ready) {
            Some(counts) => counts.add(at, tally, now),
            None => Ok(()),
        }
    }

    /// Takes what another system measured.
    pub(super) fn read(&mut self, readings: Readings) {
        (self.readings, self.unread) = (Some(readings), None);
    }

    /// Returns why another system does not say what it measures; none where it does.
    pub fn unread(&self) -> Option<&str> {
        self.unread.as_deref()
    }
}

impl super::Objectives {
    /// Notes why another system does not say what an objective asks it; `false` where there is none of that name that asks
    /// one. What it said before grows old: after four of its intervals nobody sees, and that is no outage.
    pub fn unread(&mut self, objective: &str, why: String) -> bool {
        let asks = |watched: &&mut Box<Watched>| matches!(watched.declared.indicator, Indicator::Query(_));
        self.all.get_mut(objective).filter(asks).map(|watched| watched.unread = Some(why)).is_some()
    }
}

/// A look.
impl Watched {
    /// Takes a look; the engine's alert is then what is asked for.
    pub(super) fn look(&mut self, around: &Around) {
        let now = around.now;
        if !self.is_ready || self.engine.is_none() {
            return;
        }
        self.turn(now);
        if let Some(counts) = &mut self.counts {
            counts.close(now);
        }
        let traffic = self.traffic(around);
        let Some(engine) = &mut self.engine else { return };
        let objective = *engine.objective();
        let is_ratio = matches!(self.declared.counting, Counting::RatioTimeslices { .. });
        let mut window = |seconds: u32| match (&mut self.counts, &self.readings) {
            (Some(counts), _) => Counts::reading(counts.sum(seconds, now), is_ratio),
            (None, Some(readings)) => readings.of(seconds),
            (None, None) => Reading::Nothing,
        };
        let mut tiers = [TierReading::default(); TIERS_MAX];
        for (reading, tier) in tiers.iter_mut().zip(objective.tiers()) {
            *reading = TierReading { long: window(tier.long_seconds), short: window(tier.short_seconds) };
        }
        let recent = window(convert::HOUR_SECONDS);
        let known_seconds = self.counts.as_ref().and_then(|counts| counts.known_seconds(now));
        let weigh = |reading: Reading, seconds: u32| convert::weighed(reading, seconds, known_seconds);
        let recent = weigh(recent, convert::HOUR_SECONDS);
        let mut weighed = tiers;
        for (reading, tier) in weighed.iter_mut().zip(objective.tiers()) {
            (reading.long, reading.short) =
                (weigh(reading.long, tier.long_seconds), weigh(reading.short, tier.short_seconds));
        }
        let tiers_seen = &weighed[..objective.tiers().len()];
        // What changed shows in the engine; whoever tells others compares with what they were told.
        let _ = engine.decide(&Observation { now, tiers: tiers_seen, traffic });
        let so_far = match (&mut self.counts, &self.readings) {
            (Some(counts), _) => Counts::reading(counts.period_sum(now), is_ratio),
            (None, readings) => readings.as_ref().map_or(Reading::Nothing, |readings| readings.period),
        };
        let budget = Budget::of(&objective, &self.spending(so_far, recent, now));
        let seen_seconds = self.seen_seconds(so_far, now);
        let (last_event_at, last_telemetry_at) = (traffic.last_event_at, traffic.last_telemetry_at);
        self.seen =
            Some(Seen { at: now, tiers, weighed, so_far, seen_seconds, budget, last_event_at, last_telemetry_at });
    }

    /// Begins the next period of the calendar where one has ended.
    fn turn(&mut self, now: Timestamp) {
        let before = self.period.0;
        self.period = convert::period(&self.declared.period).bounds(now, &self.zone);
        if self.period.0 > before
            && let Some(counts) = &mut self.counts
        {
            counts.begin_period(self.period.0, now);
        }
    }

    /// Another system does not say since when it counts: what it answers is taken to be of the whole period.
    fn seen_seconds(&self, so_far: Reading, now: Timestamp) -> Option<f64> {
        let since = match &self.counts {
            Some(counts) => counts.first_at()?.max(self.period.0),
            None => so_far.ratio().and(Some(self.period.0))?,
        };
        Some(now.duration_since(since).as_secs_f64().max(0.0))
    }

    fn spending(&self, so_far: Reading, recent: Reading, now: Timestamp) -> Spending {
        let is_calendar = matches!(self.declared.period, seaworthy_contract::catalogue::Period::Calendar { .. });
        let first = self.counts.as_ref().and_then(Counts::first_at).filter(|_| !is_calendar);
        let from = first.map_or(self.period.0, |first| first.max(self.period.0));
        let seconds = |from: Timestamp, to: Timestamp| to.duration_since(from).as_secs_f64().max(0.0);
        Spending {
            so_far,
            covered_seconds: seconds(from, now),
            left_seconds: is_calendar.then(|| seconds(now, self.period.1)),
            recent,
            recent_seconds: f64::from(convert::HOUR_SECONDS),
        }
    }

    /// What is known about silence. Only gateways carry all of a service's traffic, so only their silence can be an outage:
    /// where a prober, a job or another system is silent, nobody sees, and that is all that is said.
    fn traffic(&mut self, around: &Around) -> Traffic {
        let (last_event_at, last_telemetry_at, telemetry_every) = match (&self.declared.indicator, self.events()) {
            (Indicator::Probe { .. }, Some(events)) => {
                (events.last_event_at(), events.last_report_at(), around.probed_every)
            }
            (Indicator::Pushed { .. }, Some(events)) => (events.last_event_at(), events.last_report_at(), None),
            (_, Some(events)) => {
                let every = SignedDuration::from_millis(REPORT_EVERY_MS as i64);
                (events.last_event_at(), around.gateways_heard, Some(every))
            }
            (_, None) => self.readings.as_ref().map_or((None, None, None), Readings::heard),
        };
        if self.recent.0 != last_event_at {
            self.recent = (last_event_at, self.events_an_hour(around.now));
        }
        Traffic {
            watching_since: around.watching_since.max(self.since),
            last_event_at,
            last_telemetry_at,
            telemetry_every,
            recent_per_hour: self.recent.1,
            // Past weeks are on disk, and no look reads the disk: the recent rate alone decides.
            usual_low_per_hour: None,
            reach: if self.measure.is_some() { around.reach } else { Reach::NotTried },
        }
    }

    fn events_an_hour(&mut self, now: Timestamp) -> f64 {
        match (&self.measure, &mut self.counts) {
            (Some(_), Some(counts)) => counts.events_in_last_hour(now) as f64,
            _ => 0.0,
        }
    }
}

impl Readings {
    fn of(&self, seconds: u32) -> Reading {
        self.windows.iter().find(|(window, _)| *window == seconds).map_or(Reading::Nothing, |(_, reading)| *reading)
    }

    fn heard(&self) -> (Option<Timestamp>, Option<Timestamp>, Option<SignedDuration>) {
        let is_event = self.windows.iter().any(|(_, reading)| reading.ratio().is_some());
        (is_event.then_some(self.at), Some(self.at), Some(self.every))
    }
}
