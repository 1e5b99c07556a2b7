//! Places that run probes: a prober joins by reporting and leaves by falling silent.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use seaworthy_contract::catalogue::Probe;
use seaworthy_model::Position;

/// Silence after which a place is no longer asked for its opinion where nobody named it, so that those that are left can
/// agree: twelve heartbeats. A shorter one would let a place whose network stutters decide by leaving.
pub const PLACE_GONE: SignedDuration = SignedDuration::from_secs(60);

/// Most places that join by themselves: three are enough, and a dozen is every continent twice.
pub const PLACES_MAX: usize = 32;

/// Places that reported.
#[derive(Debug, Clone, Default)]
pub struct Places {
    joined: BTreeMap<String, PlaceSeen>,
    /// When the first look was: what joined before this process has its chance to come back.
    began: Option<Timestamp>,
    /// Whether who has joined changed and is not stored.
    pub(super) unsaved: bool,
    /// Whether it changed since the last look.
    moved: bool,
}

/// A place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlaceSeen {
    /// When it reported last; none where it has not since this process started.
    pub heard_at: Option<Timestamp>,
    /// Version of the set of probes that it works by.
    pub applied: Position,
}

impl Places {
    /// Returns every place that has joined, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &PlaceSeen)> {
        self.joined.iter().map(|(name, seen)| (name.as_str(), seen))
    }

    pub(super) fn has_room_for(&self, place: &str) -> bool {
        self.joined.len() < PLACES_MAX || self.joined.contains_key(place)
    }

    /// Notes that a place reported.
    pub(super) fn heard(&mut self, place: &str, applied: Position, now: Timestamp) {
        let is_new = self.joined.insert(place.to_owned(), PlaceSeen { heard_at: Some(now), applied }).is_none();
        self.unsaved |= is_new;
        self.moved |= is_new;
    }

    /// Notes that a place had joined before this process started.
    pub(super) fn restore(&mut self, place: String) {
        self.joined.insert(place, PlaceSeen { heard_at: None, applied: 0 });
        self.moved = true;
    }

    /// Lets go of what has fallen silent; says whether anything moved since the last time.
    pub(super) fn settle(&mut self, now: Timestamp) -> bool {
        let began = *self.began.get_or_insert(now);
        let before = self.joined.len();
        self.joined.retain(|_, seen| now.duration_since(seen.heard_at.unwrap_or(began)) <= PLACE_GONE);
        let left = self.joined.len() < before;
        self.unsaved |= left;
        std::mem::take(&mut self.moved) || left
    }

    /// Returns where a probe should run: where it says, or wherever somebody has joined.
    pub(super) fn of(&self, probe: &Probe) -> Vec<String> {
        match probe.places.is_empty() {
            true => self.joined.keys().cloned().collect(),
            false => probe.places.clone(),
        }
    }
}
