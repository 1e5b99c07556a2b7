//! Free ports for versions.

use std::io;
use std::net::{Ipv4Addr, TcpListener};

/// Where ports are looked for first: below the range that the kernel takes for outgoing connections (32768-60999,
/// ip(7)), so that a call which happens to go out meanwhile cannot take the port away.
const FIRST: u16 = 20_000;
const LAST: u16 = 32_000;

/// How many are tried before any port will do.
const TRIES: u16 = 200;

/// Gives out free ports of the loopback address, another one each time: a gateway that has not heard of the end of an
/// instance must not find a different one at its address.
#[derive(Debug)]
pub struct Ports {
    next: u16,
}

impl Ports {
    /// Starts at a place that `seed` chooses, so that two supervisors on one machine rarely meet.
    pub fn new(seed: u32) -> Self {
        let width = u32::from(LAST - FIRST);
        // Knuth's multiplicative hash spreads neighbouring process ids.
        let offset = seed.wrapping_mul(2_654_435_761) % width;
        Self { next: FIRST + u16::try_from(offset).unwrap_or(0) }
    }

    /// Returns a port that was free a moment ago. Whoever gets it may still find it taken and must ask again.
    ///
    /// # Errors
    /// When there is none at all.
    pub fn free(&mut self) -> io::Result<u16> {
        for _ in 0..TRIES {
            let port = self.next;
            self.next = if port >= LAST { FIRST } else { port + 1 };
            if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
                return Ok(port);
            }
        }
        TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr().map(|address| address.port())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_in_use_is_not_given() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("some port is free");
        let port = taken.local_addr().expect("bound").port();
        let mut ports = Ports { next: port };
        assert_ne!(ports.free().expect("another is free"), port);
    }

    #[test]
    fn ports_differ_and_wrap() {
        let mut ports = Ports { next: LAST };
        let given: Vec<_> = (0..3).map(|_| ports.free().expect("free")).collect();
        assert!(given[0] != given[1] && given[1] != given[2] && given[2] < LAST, "{given:?}");
        for seed in [0, 1, u32::MAX] {
            assert!((FIRST..LAST).contains(&Ports::new(seed).next), "{seed}");
        }
    }
}
