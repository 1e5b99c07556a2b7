//! Who is on call for a service now.

use jiff::{SignedDuration, Timestamp};
use seaworthy_contract::api::OnCall;
use seaworthy_contract::catalogue::{self, Service};
use seaworthy_model::{PersonId, RotationId};

use super::Look;
use crate::State;
use crate::rota::{schedule, schedule_in};

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

/// How far ahead an end or the next person is looked for: far enough for a turn of a month and its neighbour.
pub(crate) const AHEAD: SignedDuration = SignedDuration::from_hours(62 * 24);

/// Returns who is on call for a service; none when nobody is.
pub fn on_call(state: &State, service: &Service, now: Timestamp) -> Option<OnCallNow> {
    let declared = state.catalogue.rotation_for(service)?;
    let has_changes = state.rotas.get(&declared.name).is_some_and(|rota| !rota.overrides.is_empty());
    let (person, until, next) = match declared.layered.names_by_turn_alone() && !has_changes {
        true => plain(declared, now)?,
        false => layered(state, declared, now)?,
    };
    Some(OnCallNow { person, rotation: declared.name.clone(), until, next })
}

type Now = (PersonId, Timestamp, Option<PersonId>);

fn plain(declared: &catalogue::Rotation, now: Timestamp) -> Option<Now> {
    let rotation = schedule(declared)?.layers.pop()?.rotation;
    let shift = rotation.on_call_at(now)?;
    Some((shift.person, shift.end, rotation.next_after(now).map(|shift| shift.person)))
}

fn layered(state: &State, declared: &catalogue::Rotation, now: Timestamp) -> Option<Now> {
    let plan = schedule_in(state, declared)?.plan(now, now.checked_add(AHEAD).unwrap_or(Timestamp::MAX));
    let mut primary = plan.duties.into_iter().filter(|duty| duty.level == 0);
    let duty = primary.next().filter(|duty| duty.start == now)?;
    let next = primary.find(|next| next.person != duty.person);
    Some((duty.person, duty.end, next.map(|next| next.person)))
}

pub(super) fn view(look: &Look<'_>, service: &Service) -> Option<OnCall> {
    let now = on_call(look.state, service, look.now)?;
    Some(OnCall {
        display_name: look.display_name(&now.person),
        reach: super::contact::reach(look, &now.person),
        person: now.person,
        rotation: now.rotation,
        until: now.until,
        next: now.next,
    })
}
