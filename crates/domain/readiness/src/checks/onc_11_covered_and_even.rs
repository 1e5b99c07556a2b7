//! ONC-11: the rota ahead has no gap, and nobody is primary for longer than a week at a time.

use jiff::SignedDuration;

use crate::{Check, Clock, Evidence, Exposure, Kind, Section, ServiceSnapshot, Verdict};

/// The check.
pub(super) const CHECK: Check = Check {
    row: "ONC-11",
    title: "Its rota has no gap and no two weeks in a row in the next 30 days",
    remedy: "`seaworthy oncall show ROTATION` says where nobody is and who is on for too long; override or swap",
    section: Section::People,
    needed_at: Exposure::TenPercent,
    reads: &[Kind::Rota],
    evaluate,
};

/// How long a look ahead counts: until tomorrow, when the next one is made.
const COUNTS_FOR: SignedDuration = SignedDuration::from_hours(24);

fn evaluate(facts: &ServiceSnapshot, _: &Clock) -> Verdict {
    let Some(rota) = &facts.rota else {
        return Verdict::Unknown { missing: "no rotation is paged for it".to_owned() };
    };
    let seen = format!(
        "rotation {}: {} minutes without a primary and {} turns of over a week in the next 30 days",
        rota.name, rota.uncovered_minutes, rota.too_long
    );
    let evidence = Evidence {
        position: rota.position,
        at: rota.looked_at,
        seen_by: format!("schedule of rotation {}", rota.name),
    };
    match (rota.uncovered_minutes, rota.too_long) {
        (0, 0) => Verdict::Holds { seen, evidence, expires_at: rota.looked_at + COUNTS_FOR },
        _ => Verdict::DoesNotHold { seen, evidence: Some(evidence) },
    }
}
