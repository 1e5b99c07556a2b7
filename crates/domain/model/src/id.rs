//! Ids that are made, not chosen: each is its own type around a UUIDv7 (RFC 9562 §5.7).
//!
//! Making one takes the time and the randomness as arguments, so a simulated month makes the same ids twice.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Randomness handed in from the edge; each id made from it uses another part.
#[derive(Debug, Clone)]
pub struct Entropy {
    seed: u128,
    taken: u64,
}

impl Entropy {
    /// Wraps 128 random bits.
    pub fn new(seed: u128) -> Self {
        Self { seed, taken: 0 }
    }

    /// Returns the next 80 bits, never the same twice from one seed (SplitMix64 over seed and counter).
    fn next(&mut self) -> [u8; 10] {
        let mut out = [0; 10];
        let (a, b) = (self.mix(), self.mix());
        out[..8].copy_from_slice(&a.to_le_bytes());
        out[8..].copy_from_slice(&b.to_le_bytes()[..2]);
        out
    }

    fn mix(&mut self) -> u64 {
        self.taken += 1;
        let step = 0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(self.taken);
        let mut z = (self.seed as u64 ^ (self.seed >> 64) as u64).wrapping_add(step);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

macro_rules! uuid_ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Makes an id whose first 48 bits are `now` in milliseconds.
            pub fn new(now: Timestamp, entropy: &mut Entropy) -> Self {
                let millis = u64::try_from(now.as_millisecond()).unwrap_or(0);
                Self(uuid::Builder::from_unix_timestamp_millis(millis, &entropy.next()).into_uuid())
            }

            /// Returns the UUID inside.
            pub fn as_uuid(self) -> Uuid {
                self.0
            }

            /// Wraps a UUID that came from outside.
            pub fn from_uuid(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )*};
}

uuid_ids! {
    /// One event of the ledger.
    EventId;
    /// One rollout of one version of one service.
    RolloutId;
    /// One page to a person.
    PageId;
    /// One symptom of one service, from its first rule to its last.
    AlertId;
    /// One incident of one service.
    IncidentId;
    /// One ticket about one symptom or incident.
    TicketId;
    /// One declared maintenance window.
    WindowId;
    /// One change of a rotation for a time.
    OverrideId;
    /// One offer to swap turns, or to be relieved of one.
    OfferId;
    /// One credential; the id is public, the secret is not.
    TokenId;
    /// One control over a service's traffic, from when it was set until it ended.
    ControlId;
    /// One run of a command hook.
    ActionRunId;
    /// What one person asked another to agree to.
    ElevationId;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_from_one_seed_differ_and_repeat() {
        let make = || {
            let mut entropy = Entropy::new(7);
            let now = Timestamp::from_millisecond(1_700_000_000_000).expect("in range");
            [RolloutId::new(now, &mut entropy), RolloutId::new(now, &mut entropy)]
        };
        assert_ne!(make()[0], make()[1]);
        assert_eq!(make(), make());
    }
}
