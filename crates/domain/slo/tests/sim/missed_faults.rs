//! Injects faults at random and compares the engine with the oracle at every look.
//!
//! A fault has a target, a rate of traffic, an error ratio and a length, all random; events arrive by chance, and each is bad
//! by chance. At high rates a record stands for several events, as reports of a gateway do. The engine gets its sums from running
//! totals, the oracle goes through the list. What counts: a fault on which a tier of the oracle fires, and on which the engine
//! does not have an alert of that urgency at the same look, is missed; one that only the engine sees is made up.

use jiff::{SignedDuration, Timestamp};
use seaworthy_model::Tally;
use seaworthy_slo::{Engine, Objective, Observation, Period, Reach, Reading, TierReading, Traffic, Urgency, detection};

use super::{
    oracle::{BOOK, Oracle, Record, Ties},
    random::Random,
};

/// What became of a number of faults.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Outcome {
    /// Faults that were injected.
    pub(crate) injected: u64,
    /// Those that the oracle wants paged.
    pub(crate) pages: u64,
    /// Those that the oracle wants ticketed and not paged.
    pub(crate) tickets: u64,
    /// Those that should fire by rates alone: they last 1.5 times the detection time, the guard's delay included.
    pub(crate) expected: u64,
    /// Of those, how many fired.
    pub(crate) expected_fired: u64,
    /// Looks at which the oracle wanted more than the engine had.
    pub(crate) missed: u64,
    /// Looks at which the engine first had more than the oracle ever wanted.
    pub(crate) made_up: u64,
}

/// Injects faults until `wanted` of them fire by the oracle.
pub(crate) fn run(seed: u64, wanted: u64) -> Outcome {
    let mut random = Random::new(seed);
    let mut oracle = Oracle::default();
    let mut outcome = Outcome::default();
    while outcome.pages + outcome.tickets < wanted {
        inject(&mut random, &mut oracle, &mut outcome);
    }
    outcome
}

struct Fault {
    one_in: f64,
    per_hour: f64,
    error_ratio: f64,
    seconds: f64,
    tier: usize,
}

fn inject(random: &mut Random, oracle: &mut Oracle, outcome: &mut Outcome) {
    let one_in = random.pick(&[20.0, 100.0, 200.0, 1_000.0, 2_000.0, 10_000.0]);
    let objective = Objective::new(1.0 - 1.0 / one_in, Period::Rolling { days: 30 }, &[]).expect("a good objective");
    let tier = (random.bits() % 4) as usize;
    let threshold = objective.threshold_ratio(&objective.tiers()[tier]);
    if threshold >= 0.95 {
        return;
    }
    let per_hour = random.log_between(1.0, 1e6);
    let error_ratio = random.log_between(threshold * 1.05, 1.0);
    let Some(found) = detection(&objective, &objective.tiers()[tier], error_ratio, per_hour) else { return };
    let fault = Fault { one_in, per_hour, error_ratio, seconds: found.seconds * random.log_between(1.0, 3.0), tier };
    let history = history(random, &fault);
    outcome.injected += 1;
    let (wanted, had) = compare(&objective, &fault, &history, oracle, outcome);
    let is_expected = found.seconds * 1.5 <= fault.seconds;
    outcome.pages += u64::from(wanted == Some(Urgency::Page));
    outcome.tickets += u64::from(wanted == Some(Urgency::Ticket));
    outcome.expected += u64::from(is_expected);
    outcome.expected_fired += u64::from(is_expected && had.is_some());
}

/// Everything from one long window before the fault to its end; the fault begins at second 0.
fn history(random: &mut Random, fault: &Fault) -> Vec<Record> {
    /// So many records are told apart; more traffic makes them heavier.
    const BEFORE_MAX: f64 = 250.0;
    const DURING_MAX: f64 = 400.0;
    let (_, long, _, _) = BOOK[fault.tier];
    let healthy = 0.3 / fault.one_in;
    let mut records = Vec::new();
    for (from, to, ratio, most) in
        [(-long, 0.0, healthy, BEFORE_MAX), (0.0, fault.seconds, fault.error_ratio, DURING_MAX)]
    {
        let rate = fault.per_hour / 3_600.0;
        let weight = (rate * (to - from) / most).max(1.0);
        let mut second = from + random.wait(rate / weight);
        while second < to {
            let events = if weight > 1.0 { 1 + random.poisson(weight - 1.0) } else { 1 };
            let bad = random.poisson(events as f64 * ratio).min(events);
            records.push(Record { second, events, bad });
            second += random.wait(rate / weight);
        }
    }
    records
}

/// Returns the highest urgency that the oracle wanted, and the highest that the engine had.
fn compare(
    objective: &Objective,
    fault: &Fault,
    history: &[Record],
    oracle: &mut Oracle,
    outcome: &mut Outcome,
) -> (Option<Urgency>, Option<Urgency>) {
    let totals = Totals::new(history);
    let mut engine = Engine::new(*objective);
    let (mut wanted, mut allowed, mut had, mut missed, mut made_up) = (None, None, None, false, false);
    for second in looks(fault, history) {
        look(&mut engine, &totals, second);
        let has = engine.alert().map(|alert| alert.urgency);
        let now = urgency(oracle, fault.one_in, history, second, Ties::DoNotFire);
        if has > allowed {
            allowed = allowed.max(urgency(oracle, fault.one_in, history, second, Ties::Fire));
        }
        missed |= has < now;
        made_up |= has > allowed;
        wanted = wanted.max(now);
        had = had.max(has);
    }
    outcome.missed += u64::from(missed);
    outcome.made_up += u64::from(made_up);
    (wanted, had)
}

/// Each moment of the fault at which something changes, or every so-manieth of them.
fn looks(fault: &Fault, history: &[Record]) -> Vec<f64> {
    const LOOKS_MAX: usize = 40;
    let moments: Vec<f64> = history.iter().map(|record| record.second).filter(|second| *second >= 0.0).collect();
    let step = moments.len().div_ceil(LOOKS_MAX).max(1);
    moments.into_iter().step_by(step).chain([fault.seconds]).collect()
}

fn urgency(oracle: &mut Oracle, one_in: f64, history: &[Record], now: f64, ties: Ties) -> Option<Urgency> {
    let mut fires =
        |page: bool| (0..4).any(|tier| BOOK[tier].3 == page && oracle.fires(tier, one_in, history, now, ties));
    if fires(true) {
        return Some(Urgency::Page);
    }
    fires(false).then_some(Urgency::Ticket)
}

fn look(engine: &mut Engine, totals: &Totals, second: f64) {
    let reading = |window: u32| Reading::Counts(totals.between(second - f64::from(window), second));
    let windows = |tier: &seaworthy_slo::Tier| TierReading {
        long: reading(tier.long_seconds),
        short: reading(tier.short_seconds),
    };
    let tiers: Vec<TierReading> = engine.objective().tiers().iter().map(windows).collect();
    let now = instant(second);
    let traffic = Traffic {
        watching_since: instant(-1e6),
        last_event_at: Some(now),
        last_telemetry_at: Some(now),
        telemetry_every: None,
        recent_per_hour: 0.0,
        usual_low_per_hour: None,
        reach: Reach::NotTried,
    };
    // The alert is read from the engine afterwards, whatever changed now.
    let _changed = engine.decide(&Observation { now, tiers: &tiers, traffic });
}

fn instant(second: f64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(2_000_000_000) + SignedDuration::from_secs_f64(second)
}

/// Running totals: what happened up to each record.
struct Totals(Vec<(f64, Tally)>);

impl Totals {
    fn new(history: &[Record]) -> Self {
        let mut sum = Tally::default();
        let add = |record: &Record| {
            sum.add(Tally::new(record.events, record.bad));
            (record.second, sum)
        };
        Self(history.iter().map(add).collect())
    }

    fn up_to(&self, second: f64) -> Tally {
        let after = self.0.partition_point(|(at, _)| *at <= second);
        after.checked_sub(1).map_or(Tally::default(), |last| self.0[last].1)
    }

    fn between(&self, after: f64, to: f64) -> Tally {
        let mut sum = self.up_to(to);
        sum.remove(self.up_to(after));
        sum
    }
}
