//! Years of healthy services: each burns half of its budget by chance, and none may page.
//!
//! What is assumed: events and bad events arrive by chance (Poisson), at a rate that is fixed or follows a day. Bad ones are drawn
//! for every 10 s. Good ones matter only where enough bad ones come together, so they are drawn for those looks alone, anew at each
//! look: that gives chance more tries than in truth, so the count of false pages can only be too high. A look is skipped when no
//! tier could fire even if its long window had as few good events as eight deviations below the mean; the screen is worked
//! out from the engine's own rule with that many events. Looks come every 10 s.

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};
use seaworthy_model::Tally;
use seaworthy_slo::{
    Change, Engine, GUARD_CHANCE, Objective, Observation, Period, Reach, Reading, Tier, TierReading, Traffic, Urgency,
    poisson,
};

use super::random::Random;

/// Length of a bucket, in seconds.
const BUCKET: f64 = 10.0;
const BUCKETS_A_YEAR: u64 = 365 * 8_640;
const BUCKETS_A_DAY: u64 = 8_640;
/// Ten minutes: the screen follows the day in such steps.
const BUCKETS_A_SLOT: u64 = 60;

/// How traffic moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// The same at any time.
    Steady,
    /// A sine over the day, from a tenth to nineteen tenths of the mean.
    Daily,
}

/// What decides: the engine, or for comparison the two windows of each tier alone, as most rules have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rules {
    Engine,
    Windows,
}

/// What years of healthy services came to.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Outcome {
    /// Bad events, all of them harmless.
    pub(crate) bad: u64,
    /// Looks that were worth a whole evaluation.
    pub(crate) looks: u64,
    /// Alerts that opened as a page or became one.
    pub(crate) pages: u64,
    /// Alerts that opened as tickets.
    pub(crate) tickets: u64,
}

/// Simulates `years` services for a year each, with rates spread evenly (in the logarithm) over the decade from `from_per_hour`.
pub(crate) fn run(seed: u64, years: u64, from_per_hour: f64, shape: Shape) -> Outcome {
    let mut random = Random::new(seed);
    let mut outcome = Outcome::default();
    for _ in 0..years {
        let per_hour = random.log_between(from_per_hour, from_per_hour * 10.0);
        let target = random.pick(&[0.99, 0.995, 0.999, 0.9995, 0.9999]);
        Service::new(objective(target), per_hour, shape, Rules::Engine).live(&mut random, &mut outcome);
    }
    outcome
}

/// Simulates services of 99.9% at one rate under the windows alone: how often they page shows that the simulation sees what it is
/// to see.
pub(crate) fn control(seed: u64, years: u64, per_hour: f64) -> Outcome {
    let mut random = Random::new(seed);
    let mut outcome = Outcome::default();
    for _ in 0..years {
        Service::new(objective(0.999), per_hour, Shape::Steady, Rules::Windows).live(&mut random, &mut outcome);
    }
    outcome
}

fn objective(target: f64) -> Objective {
    Objective::new(target, Period::Rolling { days: 30 }, &[]).expect("a good objective")
}

/// Bad events of the last window, kept as a running sum.
struct Window {
    buckets: u64,
    seconds: f64,
    bad: u64,
    /// For each tenth minute of the day, the bad events below which nothing can fire; only of long windows.
    screens: Vec<u64>,
    /// How many entries of the queue, counted from the first ever, have left.
    left: u64,
}

struct Service {
    objective: Objective,
    engine: Engine,
    shape: Shape,
    per_bucket: f64,
    windows: Vec<Window>,
    queue: VecDeque<(u64, u64)>,
    /// Number of the first entry that is still in the queue.
    first: u64,
    rules: Rules,
    /// Under the windows alone: the last bucket in which a tier that pages burnt.
    burnt: Option<u64>,
}

impl Service {
    fn new(objective: Objective, per_hour: f64, shape: Shape, rules: Rules) -> Self {
        let window = |seconds: u32, screens: Vec<u64>| Window {
            buckets: u64::from(seconds) / 10,
            seconds: f64::from(seconds),
            bad: 0,
            screens,
            left: 0,
        };
        let screens = |tier: &Tier| screens(&objective, tier, per_hour, shape, rules);
        let windows = (objective.tiers().iter())
            .flat_map(|tier| [window(tier.long_seconds, screens(tier)), window(tier.short_seconds, Vec::new())])
            .collect();
        let per_bucket = per_hour * BUCKET / 3_600.0;
        let engine = Engine::new(objective);
        Self { objective, engine, shape, per_bucket, windows, queue: VecDeque::new(), first: 0, rules, burnt: None }
    }

    /// Lives for a year, from one bucket with bad events to the next.
    fn live(&mut self, random: &mut Random, outcome: &mut Outcome) {
        let half = self.objective.allowed_ratio() / 2.0;
        let peak = self.per_bucket * half * if self.shape == Shape::Daily { 1.9 } else { 1.0 };
        let (none, mut bucket) = ((-peak).exp(), 0);
        while bucket < BUCKETS_A_YEAR {
            let next = bucket + 1 + (random.unit().ln() / none.ln()) as u64;
            self.pass(bucket + 1, next.min(BUCKETS_A_YEAR), random, outcome);
            bucket = next;
            let bad = at_least_one(random, peak, none);
            let share = load(self.shape, bucket) * self.per_bucket * half / peak;
            let kept = if share < 1.0 { (0..bad).filter(|_| random.unit() < share).count() as u64 } else { bad };
            if kept > 0 {
                self.add(bucket, kept);
                outcome.bad += kept;
            }
            self.look(bucket, random, outcome);
        }
    }

    /// Looks at the buckets between, as long as something could fire or an alert is open.
    fn pass(&mut self, from: u64, to: u64, random: &mut Random, outcome: &mut Outcome) {
        for bucket in from..to {
            if !self.look(bucket, random, outcome) {
                return;
            }
        }
    }

    fn add(&mut self, bucket: u64, bad: u64) {
        self.queue.push_back((bucket, bad));
        self.windows.iter_mut().for_each(|window| window.bad += bad);
    }

    /// Takes a look where it is worth one; says whether it was.
    fn look(&mut self, bucket: u64, random: &mut Random, outcome: &mut Outcome) -> bool {
        self.slide(bucket);
        let slot = (bucket % BUCKETS_A_DAY / BUCKETS_A_SLOT) as usize;
        let is_worth = self.windows.iter().step_by(2).any(|window| window.bad >= window.screens[slot]);
        if !is_worth && self.engine.alert().is_none() {
            return false;
        }
        outcome.looks += 1;
        let mut tiers = [TierReading::default(); 4];
        for (reading, pair) in tiers.iter_mut().zip(self.windows.chunks(2)) {
            *reading = self.draw(bucket, &pair[0], &pair[1], random);
        }
        match self.rules {
            Rules::Engine => self.decide(bucket, &tiers, outcome),
            Rules::Windows => self.compare(bucket, &tiers, outcome),
        }
        true
    }

    fn slide(&mut self, bucket: u64) {
        for window in &mut self.windows {
            while let Some((at, bad)) = self.queue.get((window.left - self.first) as usize)
                && at + window.buckets <= bucket
            {
                window.bad -= bad;
                window.left += 1;
            }
        }
        let gone = self.windows.iter().map(|window| window.left).min().unwrap_or(self.first);
        self.queue.drain(..(gone - self.first) as usize);
        self.first = gone;
    }

    /// Draws the good events of a tier's windows; the short one is a part of the long one.
    fn draw(&self, bucket: u64, long: &Window, short: &Window, random: &mut Random) -> TierReading {
        let good = self.per_bucket * (1.0 - self.objective.allowed_ratio() / 2.0) / BUCKET;
        let late = random.poisson(good * short.seconds * load_over(self.shape, bucket, short.buckets));
        let whole = long.seconds * load_over(self.shape, bucket, long.buckets);
        let early = random.poisson(good * (whole - short.seconds * load_over(self.shape, bucket, short.buckets)));
        TierReading {
            long: Reading::Counts(Tally::new(early + late + long.bad, long.bad)),
            short: Reading::Counts(Tally::new(late + short.bad, short.bad)),
        }
    }

    fn decide(&mut self, bucket: u64, tiers: &[TierReading; 4], outcome: &mut Outcome) {
        let now = Timestamp::UNIX_EPOCH + SignedDuration::from_secs(2_000_000_000 + bucket as i64 * 10);
        let traffic = Traffic {
            watching_since: Timestamp::UNIX_EPOCH,
            last_event_at: Some(now),
            last_telemetry_at: Some(now),
            telemetry_every: None,
            recent_per_hour: 0.0,
            usual_low_per_hour: None,
            reach: Reach::NotTried,
        };
        let decision = self.engine.decide(&Observation { now, tiers, traffic });
        if let Some(Change::Opened(alert) | Change::Raised(alert)) = decision.alert {
            outcome.pages += u64::from(alert.urgency == Urgency::Page);
            outcome.tickets += u64::from(alert.urgency == Urgency::Ticket);
        }
    }

    /// Counts a page where both windows of a tier that pages burn, and did not within the last hour.
    fn compare(&mut self, bucket: u64, tiers: &[TierReading; 4], outcome: &mut Outcome) {
        let burns = (self.objective.tiers().iter().zip(tiers)).filter(|(tier, _)| tier.urgency == Urgency::Page).any(
            |(tier, windows)| {
                let ratio = self.objective.threshold_ratio(tier);
                [windows.long, windows.short].into_iter().all(|window| window.ratio().is_some_and(|seen| seen > ratio))
            },
        );
        if burns {
            outcome.pages += u64::from(self.burnt.is_none_or(|last| bucket - last > 360));
            self.burnt = Some(bucket);
        }
    }
}

/// Load of a bucket, as a multiple of the mean.
fn load(shape: Shape, bucket: u64) -> f64 {
    match shape {
        Shape::Steady => 1.0,
        Shape::Daily => 1.0 + 0.9 * angle(bucket as f64).sin(),
    }
}

/// Mean load of the so many buckets before one.
fn load_over(shape: Shape, bucket: u64, buckets: u64) -> f64 {
    match shape {
        Shape::Steady => 1.0,
        Shape::Daily => {
            let (from, to) = (bucket as f64 - buckets as f64, bucket as f64);
            1.0 + 0.9 * (angle(from).cos() - angle(to).cos()) / (angle(to) - angle(from))
        }
    }
}

fn angle(bucket: f64) -> f64 {
    std::f64::consts::TAU * bucket / BUCKETS_A_DAY as f64
}

/// For each slot of the day, the bad events of a long window below which it cannot fire.
fn screens(objective: &Objective, tier: &Tier, per_hour: f64, shape: Shape, rules: Rules) -> Vec<u64> {
    let of_slot = |slot: u64| {
        if rules == Rules::Windows && tier.urgency == Urgency::Ticket {
            return u64::MAX;
        }
        let edge = |slot: u64| load_over(shape, slot * BUCKETS_A_SLOT, u64::from(tier.long_seconds) / 10);
        // A sine that turns within a slot is beyond both of its edges by less than this.
        let lowest = (edge(slot).min(edge(slot + 1)) - 0.001).max(0.0);
        let mean = per_hour * lowest * f64::from(tier.long_seconds) / 3_600.0;
        let good = (mean - 8.0 * mean.sqrt()).max(0.0).floor();
        screen(good, objective.threshold_ratio(tier), objective.allowed_ratio(), rules)
    };
    (0..BUCKETS_A_DAY / BUCKETS_A_SLOT).map(of_slot).collect()
}

/// Bad events of a long window below which it cannot fire while it has at least this many good ones.
fn screen(good: f64, ratio: f64, allowed: f64, rules: Rules) -> u64 {
    let fires = |bad: u64| {
        let total = good + bad as f64;
        let is_no_chance = rules == Rules::Windows || poisson::upper_tail_within(bad, total * allowed, GUARD_CHANCE);
        bad as f64 > ratio * total && is_no_chance
    };
    let (mut below, mut at) = (0, 1);
    while !fires(at) && at < 1 << 40 {
        (below, at) = (at, at * 2);
    }
    while at - below > 1 {
        let middle = below.midpoint(at);
        if fires(middle) {
            at = middle;
        } else {
            below = middle;
        }
    }
    at
}

/// A count of a Poisson process that is known not to be zero; `none` is the chance of zero.
fn at_least_one(random: &mut Random, mean: f64, none: f64) -> u64 {
    if mean > 3.0 {
        return random.poisson(mean).max(1);
    }
    let mut left = random.unit() * (1.0 - none) / none;
    let (mut count, mut term) = (1, mean);
    while left > term && count < 400 {
        left -= term;
        count += 1;
        term *= mean / count as f64;
    }
    count
}
