//! Who counts as a user: once a step for the ratio check, once an epoch for the judge, once an epoch as failed.
//!
//! Kept by a 64-bit hash, never by the key itself. Bounded: past the limit a request that meets no known user counts
//! as a user of its own, which the judge's minimum counts tolerate.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// The number of an epoch, from 1. The gateway divides time; 0 means "never".
pub type Epoch = u32;

/// What is new about a request's user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// First seen since the step began.
    pub in_step: bool,
    /// First seen in this epoch.
    pub in_epoch: bool,
}

impl Seen {
    /// A request that is a user of its own.
    pub const ALONE: Self = Self { in_step: true, in_epoch: true };
}

/// The users of one arm in one step of one rollout.
#[derive(Debug)]
pub struct Users {
    marks: HashMap<u64, Mark, BuildHasherDefault<AsItIs>>,
    limit: usize,
}

#[derive(Debug, Clone, Copy)]
struct Mark {
    seen: Epoch,
    failed: Epoch,
}

impl Users {
    /// Makes an empty set that keeps at most `limit` users.
    pub fn new(limit: usize) -> Self {
        Self { marks: HashMap::default(), limit }
    }

    /// Notes a request of a user.
    pub fn see(&mut self, user: u64, epoch: Epoch) -> Seen {
        let full = self.marks.len() >= self.limit;
        match self.marks.get_mut(&user) {
            Some(mark) => {
                let in_epoch = mark.seen < epoch;
                mark.seen = mark.seen.max(epoch);
                Seen { in_step: false, in_epoch }
            }
            None if full => Seen::ALONE,
            None => {
                self.marks.insert(user, Mark { seen: epoch, failed: 0 });
                Seen::ALONE
            }
        }
    }

    /// Notes a failure of a request that was seen in `epoch`; returns whether it is the user's first in that epoch.
    ///
    /// The epoch is the one of the assignment, so that no epoch has more failed users than users.
    pub fn fail(&mut self, user: u64, epoch: Epoch) -> bool {
        match self.marks.get_mut(&user) {
            Some(mark) if mark.failed < epoch => {
                mark.failed = epoch;
                true
            }
            Some(_) => false,
            None => true,
        }
    }
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
        assert_eq!(users.see(7, 1), Seen::ALONE);
        assert_eq!(users.see(7, 1), Seen { in_step: false, in_epoch: false });
        assert_eq!(users.see(7, 2), Seen { in_step: false, in_epoch: true });
        assert!(users.fail(7, 2));
        assert!(!users.fail(7, 2));
        assert!(!users.fail(7, 1), "a late failure of an epoch that is over adds nothing after a newer one");
        assert!(users.fail(7, 3));
    }

    #[test]
    fn past_the_limit_requests_are_users_of_their_own() {
        let mut users = Users::new(1);
        users.see(1, 1);
        assert_eq!(users.see(2, 1), Seen::ALONE);
        assert_eq!(users.see(2, 1), Seen::ALONE);
        assert_eq!(users.see(1, 1), Seen { in_step: false, in_epoch: false });
        assert!(users.fail(2, 1) && users.fail(2, 1));
    }

    proptest! {
        #[test]
        fn failed_users_never_outnumber_users(requests in prop::collection::vec((0..20_u64, 1..4_u32, any::<bool>()), 0..200)) {
            let mut users = Users::new(1_000);
            let mut requests = requests;
            requests.sort_by_key(|(_, epoch, _)| *epoch);
            let (mut seen, mut failed) = ([0; 4], [0; 4]);
            for (user, epoch, fails) in requests {
                seen[epoch as usize] += u32::from(users.see(user, epoch).in_epoch);
                failed[epoch as usize] += u32::from(fails && users.fail(user, epoch));
            }
            for epoch in 0..4 {
                prop_assert!(failed[epoch] <= seen[epoch]);
            }
        }
    }
}
