//! Who counts as a user: once a step for the ratio check, when assigned; once an epoch for the judge, when a request
//! ended; as failed once an epoch, and once a step.
//!
//! Kept by a 64-bit hash, never by the key itself. Bounded: past the limit a request that meets no known user counts
//! as a user of its own, which the judge's minimum counts tolerate.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// The number of an epoch, from 1. The gateway divides time; 0 means "never".
pub type Epoch = u32;

/// The users of one arm in one step of one rollout.
#[derive(Debug)]
pub struct Users {
    marks: HashMap<u64, Mark, BuildHasherDefault<AsItIs>>,
    limit: usize,
}

/// What a user's failure is the first of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FirstFailure {
    /// The first of its epoch.
    pub in_epoch: bool,
    /// The first since the step began, however long the user was seen before.
    pub in_step: bool,
}

impl FirstFailure {
    /// A user of whom nothing is remembered: each request is a user of its own.
    pub const UNKNOWN: Self = Self { in_epoch: true, in_step: true };
}

/// The last epochs in which something of a user was counted.
#[derive(Debug, Clone, Copy, Default)]
struct Mark {
    ended: Epoch,
    failed: Epoch,
}

impl Users {
    /// Makes an empty set that keeps at most `limit` users.
    pub fn new(limit: usize) -> Self {
        Self { marks: HashMap::default(), limit }
    }

    /// Notes a request that is assigned; returns whether it is its user's first in the step.
    pub fn see(&mut self, user: u64) -> bool {
        let full = self.marks.len() >= self.limit;
        let new = !self.marks.contains_key(&user);
        if new && !full {
            self.marks.insert(user, Mark::default());
        }
        new
    }

    /// Notes a request that ended with a verdict and was assigned in `epoch`; returns whether it is its user's first of
    /// that epoch.
    ///
    /// Not before it has ended: users who still wait for an answer would stand for users who got a good one.
    pub fn end(&mut self, user: u64, epoch: Epoch) -> bool {
        self.marks.get_mut(&user).is_none_or(|mark| raise(&mut mark.ended, epoch))
    }

    /// Notes that a request which has just ended failed; returns what it is the user's first failure of.
    ///
    /// One that took so long that the user was counted in a later epoch meanwhile fails in that epoch: it is not lost,
    /// and no epoch has more failed users than users.
    pub fn fail(&mut self, user: u64, epoch: Epoch) -> FirstFailure {
        self.marks.get_mut(&user).map_or(FirstFailure::UNKNOWN, |mark| {
            let in_step = mark.failed == 0;
            FirstFailure { in_epoch: raise(&mut mark.failed, epoch.max(mark.ended)), in_step }
        })
    }
}

/// Raises a mark to an epoch; returns whether it was lower.
fn raise(mark: &mut Epoch, epoch: Epoch) -> bool {
    let is_lower = *mark < epoch;
    *mark = (*mark).max(epoch);
    is_lower
}

/// The key is a keyed hash already; hashing it again would only cost time.
#[derive(Debug, Default)]
struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {
        unreachable!("only 64-bit keys are hashed");
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_user_counts_once_a_step_and_once_an_epoch() {
        let mut users = Users::new(10);
        assert!(users.see(7));
        assert!(!users.see(7));
        assert!(users.end(7, 1));
        assert!(!users.end(7, 1));
        assert!(users.end(7, 2));
        assert!(!users.end(7, 1), "a late answer of an epoch that is over adds nothing after a newer one");
        assert!(users.fail(7, 1).in_epoch, "a late failure counts, in the epoch that the user is counted in");
        assert!(!users.fail(7, 2).in_epoch && !users.fail(7, 1).in_epoch);
        assert!(users.end(7, 3) && users.fail(7, 3).in_epoch);
    }

    #[test]
    fn a_user_fails_once_a_step_also_when_it_was_seen_well_before() {
        let mut users = Users::new(10);
        users.see(7);
        (1..=5).for_each(|epoch| assert!(users.end(7, epoch)));
        assert_eq!(users.fail(7, 5), FirstFailure { in_epoch: true, in_step: true }, "seen for long, failing now");
        users.end(7, 6);
        assert_eq!(users.fail(7, 6), FirstFailure { in_epoch: true, in_step: false });
        assert_eq!(users.fail(7, 6), FirstFailure { in_epoch: false, in_step: false });
    }

    #[test]
    fn past_the_limit_requests_are_users_of_their_own() {
        let mut users = Users::new(1);
        assert!(users.see(1));
        assert!(users.see(2) && users.see(2));
        assert!(users.end(2, 1) && users.end(2, 1));
        assert_eq!([users.fail(2, 1), users.fail(2, 1)], [FirstFailure::UNKNOWN; 2]);
        assert!(!users.see(1) && users.end(1, 1) && !users.end(1, 1));
    }

    proptest! {
        #[test]
        fn failed_users_never_outnumber_users(requests in prop::collection::vec((0..20_u64, 1..4_u32, any::<bool>()), 0..200)) {
            let mut users = Users::new(1_000);
            let (mut ended, mut failed, mut first, mut failing) = ([0; 4], [0; 4], 0, std::collections::BTreeSet::new());
            for (user, epoch, fails) in requests {
                users.see(user);
                ended[epoch as usize] += u32::from(users.end(user, epoch));
                if fails {
                    let is = users.fail(user, epoch);
                    failed[epoch as usize] += u32::from(is.in_epoch);
                    first += usize::from(is.in_step);
                    failing.insert(user);
                }
                prop_assert!(failed.iter().sum::<u32>() <= ended.iter().sum::<u32>());
                prop_assert_eq!(first, failing.len());
            }
        }
    }
}
