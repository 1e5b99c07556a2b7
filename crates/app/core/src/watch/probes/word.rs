//! What the account of downtime hears of one function from its probes.

use jiff::{SignedDuration, Timestamp};
use seaworthy_contract::catalogue::Target;
use seaworthy_downtime::{Observation, Seen, Source};
use seaworthy_probe::State;

use super::Probed;

/// How often the same word is said again: it counts for 90 s in the account.
const AGAIN: SignedDuration = SignedDuration::from_secs(10);

/// How far behind the present a word is dated at most, so that a change that began before it was found out still comes
/// after it.
const LAG_MAX: SignedDuration = SignedDuration::from_secs(60);

/// What was said last, of which instant, and when.
#[derive(Debug, Clone, Default)]
pub(super) struct Told {
    last: Option<(Seen, Timestamp, Timestamp)>,
}

impl Told {
    /// Returns what must be said of a function now. What nobody sees is not said: the word before it goes stale.
    pub(super) fn say(&mut self, probes: &[&Probed], now: Timestamp) -> Option<Observation> {
        let worst = probes.iter().filter_map(|probed| word(probed));
        // The worst counts, since it first was so.
        let (seen, since) = worst.max_by_key(|(seen, since)| (*seen, std::cmp::Reverse(*since)))?;
        let lag = probes.iter().map(|probed| lag(probed)).max().unwrap_or(LAG_MAX);
        let at = match self.last {
            Some((before, _, said)) if before == seen && now.duration_since(said) < AGAIN => return None,
            Some((before, at, _)) if before == seen => at.max(now.checked_sub(lag).unwrap_or(at)),
            Some((_, at, _)) => at.max(since),
            None => since,
        };
        self.last = Some((seen, at, now));
        Some(Observation { at: at.min(now), source: Source::Probes, seen, share_of_users: None })
    }
}

/// What one probe says, and since when. A certificate that ends soon hurts nobody yet.
fn word(probed: &Probed) -> Option<(Seen, Timestamp)> {
    let seen = match (probed.state(), &probed.declared.target) {
        (State::Unknown(_), _) => return None,
        (State::Up, _) | (State::Degraded, Target::Tls { .. }) => Seen::Up,
        (State::Degraded, _) => Seen::Degraded,
        (State::Down, _) => Seen::Down,
    };
    Some((seen, probed.since))
}

/// How long after its first bad slot a target is known to be down: the slot of the next place, and two tries.
fn lag(probed: &Probed) -> SignedDuration {
    let ms = probed.declared.every_ms.saturating_add(probed.declared.timeout_ms.saturating_mul(2));
    i64::try_from(ms).map_or(LAG_MAX, SignedDuration::from_millis).min(LAG_MAX)
}
