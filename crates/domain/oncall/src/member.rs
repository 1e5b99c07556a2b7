//! People who come and go: who joins or leaves counts from the next hand-over on, and what was stays as it was.
//!
//! Between two such hand-overs the layer is one of its own, with the same numbered turns, so hand-overs keep their wall
//! clock. The next in turn stays the next; whoever is new comes where the list has them.

use std::collections::BTreeSet;

use jiff::Timestamp;
use seaworthy_model::PersonId;

use crate::layer::Layer;
use crate::rotation::Rotation;

/// A time in which a person is a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub person: PersonId,
    /// Since when.
    pub from: Timestamp,
    /// Until when, exclusive; none while they have not left.
    pub until: Option<Timestamp>,
}

impl Member {
    fn is_one_at(&self, at: Timestamp) -> bool {
        self.from <= at && self.until.is_none_or(|until| at < until)
    }
}

/// Returns a layer as its members come and go, in parts that follow each other. The layer's own participants say who may be
/// in it and in which order; of them only members count.
pub fn by_members(layer: &Layer, members: &[Member]) -> Vec<Layer> {
    let mut changes: Vec<Timestamp> =
        members.iter().flat_map(|one| [Some(one.from), one.until]).flatten().filter(|at| *at < layer.until).collect();
    changes.sort_unstable();
    changes.dedup();
    let mut parts = vec![part(layer, layer.from, Vec::new())];
    for at in changes {
        let present: BTreeSet<&PersonId> =
            members.iter().filter(|one| one.is_one_at(at)).map(|one| &one.person).collect();
        let listed = layer.rotation.participants.iter().filter(|person| present.contains(person));
        let listed: Vec<PersonId> = listed.cloned().collect();
        let effective = next_change(layer, parts.last(), at);
        // Several changes before one hand-over are one.
        while parts.len() > 1 && parts.last().is_some_and(|last| last.from >= effective) {
            parts.pop();
        }
        let before = parts.last_mut().expect("the first one stays");
        let in_turn = in_turn(&before.rotation, listed, turn(&layer.rotation, effective));
        if in_turn == before.rotation.participants {
            before.until = layer.until;
            continue;
        }
        before.until = effective.max(before.from);
        parts.push(part(layer, effective, in_turn));
    }
    parts.retain(|part| part.from < part.until);
    parts
}

fn part(layer: &Layer, from: Timestamp, participants: Vec<PersonId>) -> Layer {
    Layer { rotation: Rotation { participants, ..layer.rotation.clone() }, from, ..layer.clone() }
}

/// Where nobody was in turn a change counts at once; otherwise at the next hand-over.
fn next_change(layer: &Layer, before: Option<&Layer>, at: Timestamp) -> Timestamp {
    let is_empty = before.is_none_or(|before| before.rotation.participants.is_empty());
    match layer.rotation.turn_at(at).filter(|_| !is_empty) {
        Some(turn) => layer.rotation.hand_over(turn + 1).max(layer.from),
        None => at.max(layer.from),
    }
}

fn turn(rotation: &Rotation, at: Timestamp) -> u64 {
    rotation.turn_at(at).unwrap_or(0)
}

/// Puts a list in such an order that at `turn` the next of those before is in turn, or whoever of them comes after; nobody
/// has two turns in a row where somebody else could have the second.
fn in_turn(before: &Rotation, mut listed: Vec<PersonId>, turn: u64) -> Vec<PersonId> {
    let count = listed.len();
    if count == 0 {
        return listed;
    }
    let place = |person: &PersonId| listed.iter().position(|one| one == person);
    let last = turn.checked_sub(1).and_then(|turn| before.person(turn, 0));
    let order = (0..=u8::MAX).take(before.participants.len()).filter_map(|level| before.person(turn, level));
    let next = order.filter(|person| Some(*person) != last).find_map(place);
    let next = next.or_else(|| Some((place(last?)? + 1) % count)).unwrap_or(0);
    let offset = usize::try_from(turn % count as u64).expect("less than a list's length");
    listed.rotate_left((next + count - offset) % count);
    listed
}

#[cfg(test)]
mod tests;
