//! Calendars that rotations follow: only what they say differently from now on is an event.

use jiff::{SignedDuration, Timestamp};
use seaworthy_contract::catalogue::FollowedCalendar;
use seaworthy_contract::events::rota::{CalendarShiftV1, CalendarTroubleV1, RotaCalendarLostV1, RotaCalendarReadV1};
use seaworthy_model::RotationId;

use crate::input::CalendarSays;
use crate::state::{CalendarRecord, joined, within};
use crate::{NewFact, State};

/// Shifts of one calendar that are known ahead, so that they fit into one event: three hand-overs a day for 13 weeks. Of a
/// calendar with more a shorter time is known.
const SHIFTS_MAX: usize = 300;

/// Takes what a calendar says; nothing where it says what it did.
pub(super) fn read(state: &State, says: &CalendarSays, now: Timestamp) -> Vec<NewFact> {
    let Some((_, record)) = followed(state, &says.rotation) else { return Vec::new() };
    let (new, known_until) = ahead(says, now);
    let old: Vec<_> = record.said().iter().filter_map(|shift| within(shift, now, Timestamp::MAX)).collect();
    let (from, until) = changed(&old, &new).unwrap_or((now, now));
    let is_same = from == until && record.known_until == Some(known_until) && record.lost.is_none();
    if is_same {
        return Vec::new();
    }
    let shifts = new.iter().filter_map(|shift| within(shift, from, until)).collect();
    let rotation = says.rotation.clone();
    let stream = format!("rota/{rotation}");
    vec![NewFact::new(stream, RotaCalendarReadV1 { rotation, from, until, known_until, shifts })]
}

/// Notes that a calendar cannot be read, once.
pub(super) fn lost(
    state: &State,
    rotation: &RotationId,
    why: CalendarTroubleV1,
    read_at: Option<Timestamp>,
    now: Timestamp,
) -> Vec<NewFact> {
    let Some((calendar, record)) = followed(state, rotation).filter(|(_, record)| record.lost.is_none()) else {
        return Vec::new();
    };
    let read_at = read_at.max(record.read_at);
    let trusted = SignedDuration::from_hours(calendar.trusted_hours.into());
    let trusted_until = read_at.map_or(now, |at| at.checked_add(trusted).unwrap_or(Timestamp::MAX));
    let event = RotaCalendarLostV1 { rotation: rotation.clone(), why, read_at, trusted_until };
    vec![NewFact::new(format!("rota/{rotation}"), event)]
}

fn followed<'s>(state: &'s State, name: &RotationId) -> Option<(&'s FollowedCalendar, &'s CalendarRecord)> {
    let calendar = state.catalogue.rotation(name)?.layered.calendar.as_ref()?;
    Some((calendar, &state.rotas.get(name)?.calendar))
}

/// Returns what is said from now on, as much of it as one event holds, and until when that is.
fn ahead(says: &CalendarSays, now: Timestamp) -> (Vec<CalendarShiftV1>, Timestamp) {
    let cut = |shift: &CalendarShiftV1| within(shift, now, says.known_until);
    let mut shifts = joined(says.shifts.iter().filter_map(cut).collect());
    let Some(first_left_out) = shifts.get(SHIFTS_MAX).map(|shift| shift.start) else {
        return (shifts, says.known_until);
    };
    shifts.truncate(SHIFTS_MAX);
    (shifts.iter().filter_map(|shift| within(shift, now, first_left_out)).collect(), first_left_out)
}

/// Returns between which instants two lists of shifts differ; none where they are the same.
fn changed(old: &[CalendarShiftV1], new: &[CalendarShiftV1]) -> Option<(Timestamp, Timestamp)> {
    let same = |(a, b): &(&CalendarShiftV1, &CalendarShiftV1)| a == b;
    let before = old.iter().zip(new).take_while(same).count();
    let (old, new) = (&old[before..], &new[before..]);
    let after = old.iter().rev().zip(new.iter().rev()).take_while(same).count();
    let differ = || old[..old.len() - after].iter().chain(&new[..new.len() - after]);
    Some((differ().map(|shift| shift.start).min()?, differ().map(|shift| shift.end).max()?))
}
