//! How often somebody may try to sign in: by account and by address, whether or not there is such an account, so that being
//! sent away tells nothing. Whoever is signed in stays so, and links go on working.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

/// How long tries count.
const WINDOW: SignedDuration = SignedDuration::from_mins(15);

/// Tries of one account in that time: a person mistypes a few times, a program tries thousands.
const OF_ACCOUNT_MAX: u32 = 10;

/// Tries from one address in that time: many people may share one, behind a proxy all of them.
const OF_ADDRESS_MAX: u32 = 100;

/// Accounts and addresses that are counted at once; past it, nobody tries until the oldest are over. It takes as many
/// addresses to get there.
const COUNTED_MAX: usize = 20_000;

/// What is counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Of {
    Account(String),
    Address(IpAddr),
}

/// Counts tries. In memory: starting again forgives, which costs whoever guesses more than it gives.
#[derive(Debug, Default)]
pub(crate) struct Tries(Mutex<HashMap<Of, (Timestamp, u32)>>);

impl Tries {
    /// Counts a try before it is made; says whether it may be made.
    pub(crate) fn begin(&self, account: &str, address: Option<IpAddr>, now: Timestamp) -> bool {
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counted.len() + 2 > COUNTED_MAX {
            counted.retain(|_, (since, _)| now.duration_since(*since) < WINDOW);
        }
        if counted.len() + 2 > COUNTED_MAX {
            return false;
        }
        let mut count = |of: Of, most: u32| {
            let (since, tries) = counted.entry(of).or_insert((now, 0));
            if now.duration_since(*since) >= WINDOW {
                (*since, *tries) = (now, 0);
            }
            *tries = tries.saturating_add(1);
            *tries <= most
        };
        let by_address = address.is_none_or(|address| count(Of::Address(address), OF_ADDRESS_MAX));
        // Whoever has no more tries themselves uses up nobody's account.
        by_address && count(Of::Account(account.to_owned()), OF_ACCOUNT_MAX)
    }

    /// Forgets an account's tries: one worked.
    pub(crate) fn worked(&self, account: &str) {
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counted.remove(&Of::Account(account.to_owned()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("in range")
    }

    fn address(n: u32) -> Option<IpAddr> {
        Some(IpAddr::V4(n.into()))
    }

    #[test]
    fn an_account_and_an_address_have_so_many_tries() {
        let tries = Tries::default();
        for n in 0..OF_ACCOUNT_MAX {
            assert!(tries.begin("ines", address(n), at(0)), "{n}");
        }
        assert!(!tries.begin("ines", address(99), at(0)), "from wherever");
        assert!(tries.begin("omar", address(99), at(0)), "others go on");
        assert!(!tries.begin("ines", address(99), at(899)) && tries.begin("ines", address(99), at(900)));
        for n in 0..OF_ADDRESS_MAX {
            assert!(tries.begin(&format!("person-{n}"), address(7), at(2_000)));
        }
        assert!(!tries.begin("lena", address(7), at(2_000)));
        for _ in 0..OF_ACCOUNT_MAX {
            assert!(tries.begin("lena", address(8), at(2_000)), "an address without tries used up nobody's");
        }
    }

    #[test]
    fn one_that_worked_begins_again() {
        let tries = Tries::default();
        for _ in 0..50 {
            assert!(tries.begin("ines", None, at(0)));
            tries.worked("ines");
        }
    }

    #[test]
    fn what_is_counted_is_bounded_and_begins_again() {
        let tries = Tries::default();
        for n in 0..30_000 {
            tries.begin(&format!("person-{n}"), None, at(0));
        }
        assert!(tries.0.lock().expect("nobody panics").len() <= COUNTED_MAX);
        assert!(!tries.begin("ines", None, at(1)) && tries.begin("ines", None, at(900)));
    }
}
