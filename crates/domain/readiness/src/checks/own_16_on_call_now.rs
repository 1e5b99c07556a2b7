//! OWN-16: "who is on call now" has an answer for every service, or a red "nobody".

use crate::{Check, Clock, Evidence, Exposure, Kind, Section, ServiceSnapshot, Verdict};

/// The check.
pub(super) const CHECK: Check = Check {
    row: "OWN-16",
    title: "Somebody is on call for it now",
    remedy: "add a Rotation of the owning team with at least one participant and a start in the past",
    section: Section::Response,
    needed_at: Exposure::Internal,
    reads: &[Kind::OnCall],
    evaluate,
};

fn evaluate(facts: &ServiceSnapshot, _: &Clock) -> Verdict {
    let Some(shift) = &facts.on_call else {
        return Verdict::DoesNotHold { seen: "nobody is on call".to_owned(), evidence: None };
    };
    // Somebody is on call either way: whether a message reaches them is what a drill shows (TEL-03).
    let unconfirmed = if shift.has_confirmed_contact { "" } else { ", who has confirmed no contact" };
    Verdict::Holds {
        seen: format!("{}, by rotation {}{unconfirmed}", shift.person, shift.rotation),
        // The schedule is asked at this moment: that is when it was seen, and it ends with the shift.
        evidence: Evidence {
            position: shift.position,
            at: shift.looked_at,
            seen_by: format!("schedule of rotation {}", shift.rotation),
        },
        expires_at: shift.until,
    }
}
