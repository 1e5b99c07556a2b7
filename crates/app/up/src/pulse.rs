//! Whether a role that runs does anything: it is asked for its health, again and again. One that hangs is alive for
//! the kernel, which goes on opening connections in its name, so only its silence tells.
//!
//! Any answer counts, a refusal too: a role that is too busy for health is busy with users. And a round that took us
//! longer than it can says nothing: then we were stopped ourselves, with the whole machine or by too much load on it.

use std::time::Duration;

use seaworthy_process::health;
use tokio::time::{Instant, sleep};

/// Between an answer and the next question.
const EVERY: Duration = Duration::from_millis(500);

/// How late a round may end: waking up takes far less, unless we were stopped or starved.
pub(crate) const LATE: Duration = Duration::from_millis(500);

/// How long a role may be silent before it is taken for hung.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pulse {
    /// Longest wait for one answer.
    pub answer_max: Duration,
    /// Questions in a row without an answer; at least 1.
    pub misses_max: u32,
}

impl Pulse {
    /// The gateway answers from memory, in a millisecond, and all users wait while it does not: about 8 s together. One
    /// wait is shorter than the 2 s after which its workers answer for a control thread that does not.
    pub const GATEWAY: Self = Self { answer_max: Duration::from_millis(1_500), misses_max: 4 };

    /// The server answers from memory too, while its disk is slow or a ledger of a year is verified: its stores have
    /// threads of their own. Users are served without it, but nobody judges a canary meanwhile, and the gateways' own
    /// guard knows fewer faults: about 8 s together. It is not asked before it serves, so a long replay is none of this.
    pub const SERVER: Self = Self { answer_max: Duration::from_secs(2), misses_max: 3 };
}

/// Where a role is asked, and how long it is waited for.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// `host:port`.
    pub(crate) address: String,
    pub(crate) path: &'static str,
    pub(crate) pulse: Pulse,
}

impl Asked {
    /// Waits until it has been silent for too long; returns since when it was.
    pub(crate) async fn silence(&self) -> Instant {
        let Pulse { answer_max, misses_max } = self.pulse;
        let (mut misses, mut since) = (Misses::default(), Instant::now());
        loop {
            let begun = Instant::now();
            sleep(EVERY).await;
            let round = match health::answers(&self.address, self.path, answer_max).await {
                true => Round::Answered,
                false if begun.elapsed() > EVERY + answer_max + LATE => Round::Late,
                false => Round::Silent,
            };
            let missed = misses.after(round);
            if missed == 1 {
                since = begun + EVERY;
            }
            if missed >= misses_max {
                return since;
            }
        }
    }
}

/// What came of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Round {
    Answered,
    Silent,
    /// We did not look in time.
    Late,
}

/// Questions without an answer, in a row.
#[derive(Debug, Default)]
pub(crate) struct Misses(u32);

impl Misses {
    /// Counts a round.
    pub(crate) fn after(&mut self, round: Round) -> u32 {
        self.0 = if round == Round::Silent { self.0.saturating_add(1) } else { 0 };
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_silence_in_a_row_and_in_time_counts() {
        use Round::{Answered, Late, Silent};
        for (rounds, want) in [
            (&[Silent, Silent, Silent][..], 3),
            (&[Silent, Silent, Answered, Silent], 1),
            // Everything was stopped: what was silent before is not known any more.
            (&[Silent, Silent, Late], 0),
            (&[Late, Late, Late, Silent], 1),
        ] {
            let mut misses = Misses::default();
            assert_eq!(rounds.iter().map(|round| misses.after(*round)).last(), Some(want), "{rounds:?}");
        }
    }

    #[test]
    fn no_role_is_taken_for_hung_sooner_than_a_loaded_machine_answers() {
        for pulse in [Pulse::GATEWAY, Pulse::SERVER] {
            assert!(pulse.answer_max * pulse.misses_max >= Duration::from_secs(6), "{pulse:?}");
        }
    }

    #[test]
    fn a_hung_role_is_found_within_ten_seconds() {
        for pulse in [Pulse::GATEWAY, Pulse::SERVER] {
            assert!((EVERY + pulse.answer_max) * pulse.misses_max <= Duration::from_secs(10), "{pulse:?}");
        }
    }
}
