//! Who is on call for a service now.

use std::num::NonZeroU16;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use seaworthy_contract::api::OnCall;
use seaworthy_contract::catalogue::{self, Service};
use seaworthy_model::{PersonId, RotationId};
use seaworthy_oncall::{Rotation, Turn};

use super::Look;
use crate::State;

/// Who is on call, by which rotation, until when.
#[derive(Debug, Clone, PartialEq)]
pub struct OnCallNow {
    /// The person.
    pub person: PersonId,
    /// The rotation that says so.
    pub rotation: RotationId,
    /// Until when.
    pub until: Timestamp,
    /// Who takes over.
    pub next: Option<PersonId>,
}

/// Returns who is on call for a service; none when nobody is.
pub fn on_call(state: &State, service: &Service, now: Timestamp) -> Option<OnCallNow> {
    let declared = state.catalogue.rotation_for(service)?;
    let rotation = rotation(declared)?;
    let shift = rotation.on_call_at(now)?;
    Some(OnCallNow {
        person: shift.person,
        rotation: declared.name.clone(),
        until: shift.end,
        next: rotation.next_after(now).map(|shift| shift.person),
    })
}

/// A zone that this machine does not know names nobody: `check` and `apply` have said so before.
fn rotation(declared: &catalogue::Rotation) -> Option<Rotation> {
    Some(Rotation {
        participants: declared.participants.clone(),
        start: declared.start,
        zone: TimeZone::get(&declared.zone).ok()?,
        turn: Turn::Days(NonZeroU16::new(declared.days)?),
    })
}

pub(super) fn view(look: &Look<'_>, service: &Service) -> Option<OnCall> {
    let now = on_call(look.state, service, look.now)?;
    Some(OnCall {
        display_name: look.display_name(&now.person),
        person: now.person,
        rotation: now.rotation,
        until: now.until,
        next: now.next,
    })
}
