//! Who is on call at each level of a rotation, and everybody who is in it: whom a page calls.

use jiff::{SignedDuration, Timestamp};
use seaworthy_contract::catalogue::Rotation;
use seaworthy_model::PersonId;
use seaworthy_oncall::Layer;

use crate::State;
use crate::rota::schedule_in;

/// As far as a plan is made to know who is on call now.
const INSTANT: SignedDuration = SignedDuration::from_secs(1);

/// Returns who is on call at a level of a rotation, 0 being the primary; none where it has a gap.
pub(crate) fn at_level(state: &State, rotation: &Rotation, level: u8, now: Timestamp) -> Option<PersonId> {
    let plan = schedule_in(state, rotation)?.plan(now, now.checked_add(INSTANT).ok()?);
    let mut duties = plan.duties.into_iter();
    duties.find(|duty| duty.level == level && duty.start == now).map(|duty| duty.person)
}

/// Returns everybody who is in a rotation now, each once: whoever is on call first, then the others in turn. Where people join
/// by themselves, whoever has not is in none.
pub(crate) fn everybody(state: &State, rotation: &Rotation, now: Timestamp) -> Vec<PersonId> {
    let Some(schedule) = schedule_in(state, rotation) else { return Vec::new() };
    let holds = |layer: &&Layer| layer.from <= now && now < layer.until;
    let listed = rotation.participants.iter().filter(|_| rotation.layered.calendar.is_some());
    let members = schedule.layers.iter().filter(holds).flat_map(|layer| &layer.rotation.participants).chain(listed);
    let members = members.chain(&schedule.fallback).cloned();
    let mut people: Vec<PersonId> = Vec::new();
    for person in at_level(state, rotation, 0, now).into_iter().chain(members) {
        if !people.contains(&person) {
            people.push(person);
        }
    }
    people
}
