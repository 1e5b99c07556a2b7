//! When a probe runs: absolute slots, apart from each other by the period, with a phase that follows from the names.
//!
//! No clock is started anywhere: a prober that begins anew goes on in the same slots, and the server knows which slots a
//! place has missed without being told. Places have different phases, so three places look three times in a period.

use jiff::Timestamp;

/// Returns the offset of the slots of a probe at a place within its period, in milliseconds, below `every_ms`.
///
/// FNV-1a over both names with a separator that neither can hold, mixed as SplitMix64 does.
pub fn phase_ms(probe: &str, place: &str, every_ms: u64) -> u64 {
    let bytes = probe.bytes().chain([0]).chain(place.bytes());
    let hash =
        bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    let mixed = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (mixed ^ (mixed >> 31)) % every_ms.max(1)
}

/// Returns the first slot after an instant; none at the end of time.
///
/// ```
/// use seaworthy_probe::schedule::{next_run, phase_ms};
/// let after = "2026-03-01T08:00:00Z".parse().unwrap();
/// let slot = next_run("buy", "oslo", 10_000, after).unwrap();
/// assert_eq!(slot.as_millisecond().rem_euclid(10_000) as u64, phase_ms("buy", "oslo", 10_000));
/// ```
pub fn next_run(probe: &str, place: &str, every_ms: u64, after: Timestamp) -> Option<Timestamp> {
    let every = i64::try_from(every_ms.max(1)).ok()?;
    let phase = i64::try_from(phase_ms(probe, place, every_ms)).ok()?;
    // Whole milliseconds below `after`, so a slot of the same millisecond is not given again.
    let passed = (after.as_millisecond() - phase).div_euclid(every);
    let next = passed.checked_add(1)?.checked_mul(every)?.checked_add(phase)?;
    Timestamp::from_millisecond(next).ok()
}

/// Returns how many slots a place has in a time that begins at `from` and ends before `to`: what coverage is measured by.
pub fn slots(probe: &str, place: &str, every_ms: u64, from: Timestamp, to: Timestamp) -> u64 {
    let (Ok(every), Ok(phase)) = (i64::try_from(every_ms.max(1)), i64::try_from(phase_ms(probe, place, every_ms)))
    else {
        return 0;
    };
    // Slots before an instant, from the first period of all; slots are whole milliseconds.
    let before = |at: Timestamp| {
        let broken = i64::from(at.subsec_nanosecond() % 1_000_000 != 0);
        (at.as_millisecond() + broken - 1 - phase).div_euclid(every)
    };
    u64::try_from(before(to) - before(from)).unwrap_or(0)
}
