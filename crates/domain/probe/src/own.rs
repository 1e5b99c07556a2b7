//! The prober's look at itself: before it blames a target it must know that the fault is not its own.

use std::time::Duration;

use crate::{Code, Reason};

/// Started later than this after its slot, a run says more about the prober's machine than about the target.
pub const LATE_MAX: Duration = Duration::from_secs(1);

/// How long an own check stays good: two failing probes in a row need not check twice.
pub const CHECK_FRESH: Duration = Duration::from_secs(2);

/// Longest time of one own check: addresses are near, and the failing run waits for it.
pub const CHECK_TIMEOUT: Duration = Duration::from_secs(2);

/// Most addresses of an own check: one that answers is enough.
pub const CHECKS_MAX: usize = 8;

/// Returns why a run that starts so late cannot be believed; none where it can.
pub fn late(by: Duration) -> Option<Reason> {
    (by > LATE_MAX).then(|| {
        Reason::new(
            Code::Late,
            format!("this prober started {:.1} s late: its machine is overloaded", by.as_secs_f64()),
        )
    })
}

/// Returns why a failure cannot be blamed on its target, from what the own check found: the addresses that were tried
/// and whether each answered. No addresses, no check: then the failure stands.
pub fn offline(checks: &[(String, bool)]) -> Option<Reason> {
    if checks.is_empty() || checks.iter().any(|(_, answered)| *answered) {
        return None;
    }
    let tried: Vec<&str> = checks.iter().map(|(address, _)| address.as_str()).collect();
    Some(Reason::new(Code::Offline, format!("this prober reaches nothing: {} did not answer either", tried.join(", "))))
}
