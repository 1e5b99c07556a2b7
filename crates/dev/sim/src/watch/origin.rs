//! An origin that nobody asks goes away: from that moment to the page that its probe makes leave.
//!
//! Slots, consensus, alert and page are the real ones. Simulated are the runs of the probe, as the prober does them: two
//! tries, its own check, the way to the server.

use std::collections::VecDeque;

use seaworthy_contract::prober::{ProbeOutcome, ProbeReason, ProbeReport, ProbeResult};
use seaworthy_probe::{Code, EVERY_MS, TIMEOUT_MS, schedule};
use uuid::Uuid;

use super::stage::{Life, Stage};
use super::{GIVE_UP, catalogue};
use crate::{Ms, Random};

/// Two slots of every place pass before anything happens, so that the origin was seen up.
const SEEN_UP: Ms = 2 * EVERY_MS + 5_000;

/// Longest time of what is near: an answer, a refusal, the prober's own check, a message.
const NEAR: Ms = 20;

/// How an origin is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gone {
    /// Its machine refuses connections.
    Refused,
    /// Nothing answers: each try takes all the time that it has.
    Silent,
}

/// Lets an origin go at a random moment, watched by one place or by three, and returns the milliseconds until its page
/// left.
///
/// # Errors
/// When no page has left five minutes later, or one left before.
pub fn origin_down(seed: u64, gone: Gone) -> Result<Ms, String> {
    let mut random = Random::new(seed);
    let mut stage = Stage::new(&mut random, 1, Life::Quiet);
    let gone_at = stage.now() + SEEN_UP + random.between(0, EVERY_MS);
    let mut reports = VecDeque::new();
    for _ in 0..*random.pick(&[1, 3]) {
        // Phases follow from names, so names are drawn.
        let place = format!("place-{}", random.bits());
        reports.extend(self::reports(&place, stage.now(), gone_at, gone, &mut random));
    }
    reports.make_contiguous().sort_by_key(|(arrives, _)| *arrives);
    while stage.pages().is_empty() {
        let now = stage.now();
        while let Some((_, report)) = reports.pop_front_if(|(arrives, _)| *arrives <= now) {
            stage.probed(&report);
        }
        if now > gone_at + GIVE_UP {
            return Err(format!("seed {seed}: no page left within five minutes"));
        }
        stage.step();
    }
    let left = stage.pages().values().next().copied().unwrap_or_default();
    left.checked_sub(gone_at).ok_or_else(|| format!("seed {seed}: a page left before anything was wrong"))
}

/// Every report of a place, and when it arrives.
fn reports(place: &str, from: Ms, gone_at: Ms, gone: Gone, random: &mut Random) -> Vec<(Ms, ProbeReport)> {
    let (probe, boot) = (catalogue::probe_name("service-1"), Uuid::from_u128(u128::from(random.bits())));
    let (mut after, end) = (Stage::instant(from), Stage::instant(gone_at + GIVE_UP));
    let mut reports = Vec::new();
    while let Some(slot) = schedule::next_run(&probe, place, EVERY_MS, after).filter(|slot| *slot < end) {
        let at = Ms::try_from(slot.duration_since(Stage::instant(0)).as_millis()).expect("after the beginning");
        let (took_ms, outcome) = tried(at >= gone_at, gone, random);
        let probe = probe.clone();
        let result = ProbeResult { probe, intended_at: slot, started_at: slot, took_ms, outcome, retried: None };
        let seq = reports.len() as u64 + 1;
        let report = ProbeReport { place: place.to_owned(), boot, seq, applied: 1, results: vec![result] };
        reports.push((at + took_ms + random.between(1, NEAR), report));
        after = slot;
    }
    reports
}

/// Returns how long a run takes, and how it ends.
fn tried(is_gone: bool, gone: Gone, random: &mut Random) -> (Ms, ProbeOutcome) {
    let mut near = || random.between(1, NEAR);
    let fail = |code: Code, text: &str| ProbeOutcome::Fail(ProbeReason { code: code.text(), text: text.to_owned() });
    match (is_gone, gone) {
        (false, _) => (near(), ProbeOutcome::Pass),
        (true, Gone::Refused) => (near() + near() + near(), fail(Code::Connection, "refused")),
        (true, Gone::Silent) => (2 * TIMEOUT_MS + near(), fail(Code::Timeout, "no answer")),
    }
}
