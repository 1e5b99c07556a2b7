//! The safety net: which canary failures stable answers once more, and how many.

use seaworthy_model::Arm;

/// Requests that earn one retry: retries are at most 20% of the requests of the window.
const REQUESTS_A_RETRY: u64 = 5;

/// Retries that need no requests: ten a second, so that a quiet service is rescued too.
const FLOOR: u64 = 10 * SLOTS as u64;

/// The window in seconds, each with its own slot. It is as long as the epoch in which a user counts once.
const SLOTS: usize = 10;

/// The floor of one of several budgets is never below this.
const FLOOR_MIN: u64 = 10;

/// How an attempt failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// No connection.
    Connect,
    /// The connection broke before the response headers were complete.
    Reset,
    /// No response headers in time.
    Timeout,
    /// An answer of 500 or more.
    ServerError,
}

/// Whether the request can be sent a second time, byte for byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body {
    /// No body, or all of it is still in memory.
    Replayable,
    /// Part of it is gone.
    Gone,
}

/// Largest body that is kept in memory for a second attempt, in bytes. Such requests rarely have one at all.
pub const REPLAY_MAX: u64 = 64 * 1024;

/// Returns whether repeating a request of this method changes nothing (the safe methods of RFC 9110 §9.2.1 that a
/// service meets; TRACE is not carried).
pub fn may_repeat(method: &str) -> bool {
    matches!(method, "GET" | "HEAD" | "OPTIONS")
}

/// A failed attempt that might be answered by stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempt<'a> {
    /// The arm that failed.
    pub arm: Arm,
    /// Whether a healthy stable version exists.
    pub stable: bool,
    /// The method.
    pub method: &'a str,
    /// Whether the body can be sent again.
    pub body: Body,
}

/// Returns whether stable answers, and takes it out of the budget. Before response headers went out only: the caller
/// has nothing to undo.
pub fn rescues(attempt: Attempt<'_>, budget: &mut Budget, now_ms: u64) -> bool {
    attempt.arm == Arm::Canary
        && attempt.stable
        && may_repeat(attempt.method)
        && attempt.body == Body::Replayable
        && budget.take(now_ms)
}

/// Requests and retries of the last ten seconds. A storm of retries cannot outgrow the traffic, and a burst of
/// failures (a version that dies with many requests inside) finds what the traffic before it has earned.
#[derive(Debug, Clone)]
pub struct Budget {
    slots: [Slot; SLOTS],
    /// The second of the newest slot.
    second: u64,
    floor: u64,
}

#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    requests: u64,
    retries: u64,
}

impl Budget {
    /// Makes a budget that is one of `parts` equal ones (a gateway has one for each worker). Times are milliseconds
    /// since any fixed instant.
    pub fn new(parts: usize, now_ms: u64) -> Self {
        let parts = u64::try_from(parts.max(1)).unwrap_or(u64::MAX);
        Self { slots: Default::default(), second: now_ms / 1_000, floor: (FLOOR / parts).max(FLOOR_MIN) }
    }

    /// Notes a request.
    pub fn request(&mut self, now_ms: u64) {
        self.slot(now_ms).requests += 1;
    }

    fn take(&mut self, now_ms: u64) -> bool {
        self.slot(now_ms);
        let sum = |of: fn(&Slot) -> u64| self.slots.iter().map(of).sum::<u64>();
        let has_left = sum(|slot| slot.retries) < self.floor + sum(|slot| slot.requests) / REQUESTS_A_RETRY;
        if has_left {
            self.slot(now_ms).retries += 1;
        }
        has_left
    }

    /// Returns the slot of this second; what is older than the window is forgotten. A clock that steps back is now.
    fn slot(&mut self, now_ms: u64) -> &mut Slot {
        let second = (now_ms / 1_000).max(self.second);
        for passed in (self.second + 1..=second).rev().take(SLOTS) {
            self.slots[passed as usize % SLOTS] = Slot::default();
        }
        self.second = second;
        &mut self.slots[second as usize % SLOTS]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn drain(budget: &mut Budget, now_ms: u64) -> u32 {
        let mut taken = 0;
        while budget.take(now_ms) {
            taken += 1;
        }
        taken
    }

    #[test]
    fn who_is_rescued() {
        let get = Attempt { arm: Arm::Canary, stable: true, method: "GET", body: Body::Replayable };
        for (attempt, want) in [
            (get, true),
            (Attempt { method: "HEAD", ..get }, true),
            (Attempt { method: "OPTIONS", ..get }, true),
            (Attempt { method: "POST", ..get }, false),
            (Attempt { method: "PUT", ..get }, false),
            (Attempt { method: "DELETE", ..get }, false),
            (Attempt { method: "get", ..get }, false),
            (Attempt { body: Body::Gone, ..get }, false),
            (Attempt { stable: false, ..get }, false),
            (Attempt { arm: Arm::Stable, ..get }, false),
        ] {
            assert_eq!(rescues(attempt, &mut Budget::new(1, 0), 0), want, "{attempt:?}");
        }
    }

    #[test]
    fn an_empty_budget_rescues_nobody() {
        let attempt = Attempt { arm: Arm::Canary, stable: true, method: "GET", body: Body::Replayable };
        let mut budget = Budget::new(1, 0);
        drain(&mut budget, 0);
        assert!(!rescues(attempt, &mut budget, 9_999));
        assert!(rescues(attempt, &mut budget, 10_000), "the window has moved on");
    }

    #[test]
    fn the_floor_is_ten_a_second() {
        let mut budget = Budget::new(1, 0);
        assert_eq!(drain(&mut budget, 0), 100);
        assert_eq!(drain(&mut budget, 9_000), 0);
        assert_eq!(drain(&mut budget, 10_000), 100);
        assert_eq!(drain(&mut budget, 1_000_000), 100);
    }

    #[test]
    fn requests_earn_a_fifth_for_ten_seconds() {
        let mut budget = Budget::new(1, 0);
        (0..5_000).for_each(|_| budget.request(0));
        assert_eq!(drain(&mut budget.clone(), 9_999), 1_100, "a burst finds what traffic has earned");
        assert_eq!(drain(&mut budget, 10_000), 100);
    }

    #[test]
    fn parts_share_the_floor_and_keep_a_minimum() {
        assert_eq!(drain(&mut Budget::new(4, 0), 0), 25);
        assert_eq!(drain(&mut Budget::new(1_000, 0), 0), 10);
        assert_eq!(drain(&mut Budget::new(0, 0), 0), 100);
    }

    proptest! {
        #[test]
        fn retries_of_a_window_never_exceed_a_fifth_plus_the_floor(
            steps in prop::collection::vec((0..4_000_u64, 0..50_u64, 0..50_u64), 1..50),
        ) {
            let mut budget = Budget::new(1, 0);
            let (mut now, mut seen) = (0, Vec::new());
            for (pause, requests, failures) in steps {
                now += pause;
                (0..requests).for_each(|_| budget.request(now));
                let taken = (0..failures).filter(|_| budget.take(now)).count() as u64;
                seen.push((now / 1_000, requests, taken));
                // Earned at the time it was taken: by the requests of the ten seconds up to then.
                let window = |(at, ..): &&(u64, u64, u64)| at + 10 > now / 1_000;
                let (requests, retries) = seen
                    .iter()
                    .filter(window)
                    .fold((0, 0), |(requests, retries), (_, r, t)| (requests + r, retries + t));
                prop_assert!(taken == 0 || retries <= 100 + requests / 5, "{retries} for {requests}");
                prop_assert!(taken == failures || retries >= 100 + requests / 5, "denied too early");
            }
        }

        #[test]
        fn a_clock_that_steps_back_gives_nothing(now in 10_000..1_000_000_u64, back in 0..1_000_000_u64) {
            let mut budget = Budget::new(1, now);
            drain(&mut budget, now);
            prop_assert_eq!(drain(&mut budget, now.saturating_sub(back)), 0);
        }
    }
}
