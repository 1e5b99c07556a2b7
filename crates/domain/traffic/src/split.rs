//! The weighted split: which arm a request goes to.
//!
//! A user's place is SipHash-1-3 of the user key, keyed by the rollout's 128 bits: the same in every gateway and
//! after every restart, independent from one rollout to the next. A growing share keeps the users it has, because
//! the places below a limit stay below every larger limit.

use seaworthy_model::{Arm, Share};

use crate::sip::siphash;

/// A place in the unit interval, in 2^-64ths: the canary has everything below its share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Point(u64);

impl Point {
    /// Returns the place of a user in a rollout.
    pub fn of_user(rollout: u128, key: &[u8]) -> Self {
        Self(siphash::<1, 3>(rollout, key))
    }

    /// Returns a place from 64 random bits, for a request without user key.
    pub fn from_random(bits: u64) -> Self {
        Self(bits)
    }

    /// Returns the 64 bits: they also stand for the user where users are counted.
    pub fn bits(self) -> u64 {
        self.0
    }

    /// Returns whether the place lies in the share.
    pub fn is_within(self, share: Share) -> bool {
        (u128::from(self.0) * 10_000) >> 64 < u128::from(share.basis_points())
    }
}

/// What a service has at this moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arms {
    /// Whether a healthy stable version exists.
    pub stable: bool,
    /// The canary, if a healthy one exists.
    pub canary: Option<Trial>,
}

/// The canary at this moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trial {
    /// The share that the control plane gave it.
    pub share: Share,
    /// Taken off by this gateway itself: local guard or break-glass.
    pub off: bool,
}

/// Returns the arm for a place, or none if nothing healthy exists.
///
/// The last healthy version serves everybody, whatever its share: a certain failure is worse than a doubtful answer.
pub fn assign(arms: Arms, point: Point) -> Option<Arm> {
    match (arms.stable, arms.canary) {
        (true, Some(trial)) if !trial.off && point.is_within(trial.share) => Some(Arm::Canary),
        (true, _) => Some(Arm::Stable),
        (false, Some(_)) => Some(Arm::Canary),
        (false, None) => None,
    }
}

/// Returns the value of a cookie in one `Cookie` header (RFC 6265 §4.2.1), without quotes; none if absent or empty.
pub fn cookie<'a>(header: &'a str, name: &str) -> Option<&'a str> {
    header
        .split(';')
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.trim_matches('"'))
        .filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn share(points: u16) -> Share {
        Share::from_basis_points(points).expect("in range")
    }

    #[test]
    fn assignment_table() {
        let low = Point::from_random(0);
        let high = Point::from_random(u64::MAX);
        let trial = |points, off| Some(Trial { share: share(points), off });
        for (stable, canary, point, want) in [
            (true, None, low, Some(Arm::Stable)),
            (true, trial(0, false), low, Some(Arm::Stable)),
            (true, trial(1, false), low, Some(Arm::Canary)),
            (true, trial(9_999, false), high, Some(Arm::Stable)),
            (true, trial(10_000, false), high, Some(Arm::Canary)),
            (true, trial(10_000, true), low, Some(Arm::Stable)),
            (false, trial(0, false), high, Some(Arm::Canary)),
            (false, trial(500, true), high, Some(Arm::Canary)),
            (false, None, low, None),
        ] {
            assert_eq!(assign(Arms { stable, canary }, point), want, "{stable} {canary:?} {point:?}");
        }
    }

    #[test]
    fn cookies_are_found() {
        for (header, want) in [
            ("user=7", Some("7")),
            ("a=b; user=7; c=d", Some("7")),
            ("xuser=1; user=\"7\"", Some("7")),
            ("user=", None),
            ("user", None),
            ("User=7", None),
            ("", None),
        ] {
            assert_eq!(cookie(header, "user"), want, "{header:?}");
        }
    }

    #[test]
    fn ten_thousand_users_split_evenly() {
        for rollout in [1_u128, 77, u128::MAX] {
            for points in [100, 500, 2_500, 5_000, 9_900] {
                let users = 20_000_u32;
                let hit = (0..users)
                    .filter(|u| Point::of_user(rollout, format!("user-{u}").as_bytes()).is_within(share(points)))
                    .count() as f64;
                let p = share(points).ratio();
                let expected = f64::from(users) * p;
                let sigma = (expected * (1.0 - p)).sqrt();
                assert!((hit - expected).abs() < 4.5 * sigma, "{rollout} {points}: {hit} of {expected}");
            }
        }
    }

    proptest! {
        #[test]
        fn a_growing_share_keeps_its_users(rollout: u128, key: Vec<u8>, a in 0..=10_000_u16, b in 0..=10_000_u16) {
            let point = Point::of_user(rollout, &key);
            if point.is_within(share(a.min(b))) {
                prop_assert!(point.is_within(share(a.max(b))));
            }
        }

        #[test]
        fn the_ends_are_exact(bits: u64) {
            prop_assert!(!Point::from_random(bits).is_within(Share::ZERO));
            prop_assert!(Point::from_random(bits).is_within(Share::ALL));
        }

        #[test]
        fn another_rollout_meets_other_users_first(a: u128, b: u128) {
            prop_assume!(a != b);
            let in_both = (0..2_000_u32)
                .filter(|u| [a, b].iter().all(|r| Point::of_user(*r, &u.to_le_bytes()).is_within(share(1_000))))
                .count();
            // Independent: 20 expected, standard deviation 4.5.
            prop_assert!(in_both < 50, "{in_both}");
        }
    }
}
