//! A small world for whole rollouts: 10,000 sticky users, 200 requests a second, a look every 250 ms.
//!
//! Counts users the way the gateway does: once a step for the ratio check, once an epoch of 10 s for promotion, and the
//! first failure of a step for an abort.

use seaworthy_model::{Share, Timestamp};
use seaworthy_rollout::policy::{ArmCounts, Judge, Policy, Tick, Verdict};
use seaworthy_rollout::{Steps, policy::MetricName};

pub(crate) const TICK_MS: i64 = 250;
const USERS: usize = 10_000;
const REQUESTS_PER_TICK: usize = 50;
const TICKS_PER_EPOCH: i64 = 40;
/// A rollout that has not ended by then is stuck: five minutes.
const TICKS_MAX: i64 = 1_200;

/// A linear congruential generator (Knuth's MMIX constants), its upper bits.
#[derive(Clone)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        let mut made = Self(seed ^ 0x9e37_79b9_7f4a_7c15);
        for _ in 0..8 {
            made.unit();
        }
        made
    }

    /// A number from 0 to under 1.
    pub(crate) fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }
}

#[derive(Clone, Copy)]
struct User {
    /// Where the user's key falls, 0 to 1: he meets the canary while its share is over this.
    key: f64,
    step: i64,
    epoch: i64,
    failed: i64,
    failed_in: i64,
}

/// What happens to the two arms, at `second` of the rollout.
pub(crate) struct World {
    pub(crate) failing: fn(canary: bool, second: f64) -> f64,
    pub(crate) slow: fn(canary: bool, second: f64) -> f64,
    /// Share of users that really meet the canary, over the weight.
    pub(crate) skew: f64,
    /// Who always fails, whatever `failing` says.
    pub(crate) always: Always,
}

/// Who always fails.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Always {
    Nobody,
    /// One client, wherever it is served, that makes this part of all requests; the first steps have it on the canary.
    OneClient(f64),
    /// This part of users, on the canary only, from this second on.
    OnCanary(f64, f64),
    /// This part of users, on both arms.
    OnBoth(f64),
}

impl World {
    pub(crate) fn healthy(failing: fn(bool, f64) -> f64) -> Self {
        Self { failing, slow: |_, _| 0.01, skew: 1.0, always: Always::Nobody }
    }
}

/// How a rollout ended.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Outcome {
    pub(crate) verdict: Verdict,
    pub(crate) seconds: f64,
    /// Seconds from the first canary failure to the end.
    pub(crate) seconds_from_first_bad: f64,
    pub(crate) canary_failed: u64,
    /// Seconds at which each step began.
    pub(crate) steps: Vec<f64>,
}

impl Outcome {
    pub(crate) fn aborted(&self) -> Option<MetricName> {
        match self.verdict {
            Verdict::Abort { metric, .. } => Some(metric),
            _ => None,
        }
    }
}

pub(crate) fn steps(percent: &[u16]) -> Steps {
    let shares: Vec<Share> = percent.iter().map(|p| Share::from_basis_points(p * 100).expect("a share")).collect();
    Steps::new(&shares).expect("growing")
}

/// Runs one rollout to its end: promoted to everybody, aborted, or out of time. `restart` passes the judge on at every
/// look, as a restart of the control plane would.
pub(crate) fn run(world: &World, policy: Policy, steps: Steps, seed: u64, restart: fn(Judge) -> Judge) -> Outcome {
    let mut random = Random::new(seed);
    let fresh = |_| User { key: 0.0, step: -2, epoch: -9, failed: -9, failed_in: -2 };
    let mut users: Vec<User> = (0..USERS).map(fresh).collect();
    users.iter_mut().for_each(|user| user.key = random.unit());
    let victims = Victims::choose(world, &users, &mut random);
    let mut judge = Judge::new(policy, steps);
    let at = |tick: i64| Timestamp::from_millisecond(1_700_000_000_000 + tick * TICK_MS).expect("in range");
    let (mut entered, mut failed, mut first_bad) = (vec![0.0], 0, None);
    // Three seconds before the version is healthy: the judge learns what stable is like.
    for tick in -12..0 {
        let counts = look(&mut users, &mut random, (world, &victims), Share::ZERO, tick, -1);
        judge.observe(&counts.tick(), at(tick));
    }
    judge.enter_step(0, at(0));
    for tick in 0..TICKS_MAX {
        let index = entered.len() - 1;
        let counts = look(&mut users, &mut random, (world, &victims), steps.as_slice()[index], tick, index as i64);
        judge.observe(&counts.tick(), at(tick + 1));
        judge = restart(judge);
        let seconds = (tick + 1) as f64 * TICK_MS as f64 / 1e3;
        failed += counts.arms[0].failed;
        if failed > 0 {
            first_bad = first_bad.or(Some(seconds));
        }
        let verdict = judge.decide(at(tick + 1));
        let last = index + 1 == steps.judged().len();
        let over = match verdict {
            Verdict::Abort { .. } => true,
            Verdict::Promote { .. } => last,
            _ => tick + 1 == TICKS_MAX,
        };
        if over {
            let since = seconds - first_bad.unwrap_or(seconds);
            return Outcome { verdict, seconds, seconds_from_first_bad: since, canary_failed: failed, steps: entered };
        }
        if let Verdict::Promote { .. } = verdict {
            entered.push(seconds);
            judge.enter_step(index + 1, at(tick + 1));
        }
    }
    unreachable!("the last tick returns")
}

/// The client that makes more requests than others, and whether a user is a victim.
struct Victims {
    client: Option<(usize, f64)>,
    part: f64,
}

impl Victims {
    fn choose(world: &World, users: &[User], random: &mut Random) -> Self {
        let mut on_canary = || loop {
            let user = (random.unit() * USERS as f64) as usize;
            if users[user].key < 0.05 {
                return user;
            }
        };
        match world.always {
            Always::Nobody => Self { client: None, part: 0.0 },
            Always::OneClient(part) => Self { client: Some((on_canary(), part)), part: 0.0 },
            Always::OnCanary(part, _) | Always::OnBoth(part) => Self { client: None, part },
        }
    }

    /// Whose request comes next.
    fn next(&self, random: &mut Random) -> usize {
        match self.client {
            Some((client, part)) if random.unit() < part => client,
            _ => (random.unit() * USERS as f64) as usize,
        }
    }

    fn is_hit(&self, world: &World, user: usize, canary: bool, second: f64) -> bool {
        // Independent of the key that chooses the arm.
        let is_victim = (user * 7_919 % USERS) as f64 / (USERS as f64) < self.part;
        match world.always {
            Always::Nobody => false,
            Always::OneClient(_) => self.client.is_some_and(|(client, _)| client == user),
            Always::OnCanary(_, from) => is_victim && canary && second >= from,
            Always::OnBoth(_) => is_victim,
        }
    }
}

#[derive(Default)]
struct ArmSums {
    users_new: u64,
    users: u64,
    failed: u64,
    failed_first: u64,
    requests: u64,
    latency: [(u8, u64); 2],
}

struct Counts {
    arms: [ArmSums; 2],
}

impl Counts {
    fn tick(&self) -> Tick<'_> {
        let [canary, stable] = [&self.arms[0], &self.arms[1]].map(|arm| ArmCounts {
            users_new: arm.users_new,
            users: arm.users,
            users_failed: arm.failed,
            users_failed_first: arm.failed_first,
            requests: arm.requests,
            latency: &arm.latency,
        });
        Tick { canary, stable }
    }
}

/// What both arms do in one tick.
fn look(
    users: &mut [User],
    random: &mut Random,
    (world, victims): (&World, &Victims),
    share: Share,
    tick: i64,
    step: i64,
) -> Counts {
    let second = tick as f64 * TICK_MS as f64 / 1e3;
    let epoch = tick.div_euclid(TICKS_PER_EPOCH);
    let mut arms: [ArmSums; 2] = Default::default();
    for arm in &mut arms {
        arm.latency = [(13, 0), (45, 0)]; // about 2 ms, and about 700 ms
    }
    for _ in 0..REQUESTS_PER_TICK {
        let index = victims.next(random);
        let user = &mut users[index];
        let canary = user.key < share.ratio() * world.skew;
        let arm = &mut arms[usize::from(!canary)];
        arm.requests += 1;
        arm.users_new += u64::from(user.step != step);
        arm.users += u64::from(user.epoch != epoch);
        (user.step, user.epoch) = (step, epoch);
        arm.latency[usize::from(random.unit() < (world.slow)(canary, second))].1 += 1;
        if random.unit() < (world.failing)(canary, second) || victims.is_hit(world, index, canary, second) {
            arm.failed += u64::from(user.failed != epoch);
            arm.failed_first += u64::from(user.failed_in != step);
            (user.failed, user.failed_in) = (epoch, step);
        }
    }
    Counts { arms }
}
