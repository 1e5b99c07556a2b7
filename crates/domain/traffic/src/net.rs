//! The safety net: which canary failures stable answers once more, and how many.

use seaworthy_model::Arm;

/// What a request adds to the budget, in millionths of a retry: retries are at most 20% of requests.
const REQUEST_ADDS: u64 = 200_000;

/// What time adds, in millionths of a retry a millisecond: 10 a second, so that a quiet service is rescued too.
const MILLISECOND_ADDS: u64 = 10_000;

/// How much quiet time can be saved up, in milliseconds; it bounds a burst.
const SAVED_MS: u64 = 10_000;

/// One retry.
const RETRY: u64 = 1_000_000;

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

/// A token bucket: requests and time fill it, retries empty it. A storm of retries cannot outgrow the traffic.
#[derive(Debug, Clone)]
pub struct Budget {
    /// In millionths of a retry.
    tokens: u64,
    at_ms: u64,
    /// The floor is shared by this many buckets.
    parts: u64,
}

impl Budget {
    /// Makes a full bucket that is one of `parts` equal ones (a gateway has one for each worker).
    pub fn new(parts: usize, now_ms: u64) -> Self {
        let parts = u64::try_from(parts.max(1)).unwrap_or(1);
        let mut budget = Self { tokens: 0, at_ms: now_ms, parts };
        budget.tokens = budget.limit();
        budget
    }

    /// Never below ten retries, however many parts there are.
    fn limit(&self) -> u64 {
        (MILLISECOND_ADDS * SAVED_MS / self.parts).max(10 * RETRY)
    }

    /// Notes a request.
    pub fn request(&mut self, now_ms: u64) {
        self.fill(now_ms);
        self.tokens = (self.tokens + REQUEST_ADDS).min(self.limit());
    }

    fn take(&mut self, now_ms: u64) -> bool {
        self.fill(now_ms);
        let enough = self.tokens >= RETRY;
        if enough {
            self.tokens -= RETRY;
        }
        enough
    }

    fn fill(&mut self, now_ms: u64) {
        let passed = now_ms.saturating_sub(self.at_ms).min(SAVED_MS);
        self.at_ms = self.at_ms.max(now_ms);
        self.tokens = (self.tokens + passed * MILLISECOND_ADDS / self.parts).min(self.limit());
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
        assert!(!rescues(attempt, &mut budget, 0));
        assert!(rescues(attempt, &mut budget, 100), "ten a second come back");
    }

    #[test]
    fn the_floor_is_ten_a_second_and_saves_ten_seconds() {
        let mut budget = Budget::new(1, 0);
        assert_eq!(drain(&mut budget, 0), 100);
        assert_eq!(drain(&mut budget, 1_000), 10);
        assert_eq!(drain(&mut budget, 1_000_000), 100);
    }

    #[test]
    fn requests_add_a_fifth() {
        let mut budget = Budget::new(1, 0);
        drain(&mut budget, 0);
        (0..50).for_each(|_| budget.request(0));
        assert_eq!(drain(&mut budget, 0), 10);
    }

    #[test]
    fn parts_share_the_floor_and_keep_a_minimum() {
        let mut budget = Budget::new(4, 0);
        assert_eq!(drain(&mut budget, 0), 25);
        assert_eq!(drain(&mut budget, 2_000), 5);
        assert_eq!(drain(&mut Budget::new(1_000, 0), 0), 10);
    }

    proptest! {
        #[test]
        fn retries_never_exceed_a_fifth_plus_the_floor(steps in prop::collection::vec((0..2_000_u64, 0..50_u64), 1..50)) {
            let mut budget = Budget::new(1, 0);
            let (mut now, mut requests, mut taken) = (0, 0, 0);
            for (pause, burst) in steps {
                now += pause;
                (0..burst).for_each(|_| budget.request(now));
                requests += burst;
                taken += u64::from(drain(&mut budget, now));
                prop_assert!(taken <= 100 + requests / 5 + now / 100 + 1);
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
