//! Who is on call for a service now.

use std::num::NonZeroU16;

use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use seaworthy_contract::api::OnCall;
use seaworthy_contract::catalogue::{self, DayOfWeek, HoursOfWeek, RotationOverride, Service, StandIn, TurnLength};
use seaworthy_model::{PersonId, RotationId};
use seaworthy_oncall::{Kind, Layer, NAME_OF_ONE, Override, Restriction, Rotation, Schedule, Turn, Weekdays};

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

/// How far ahead an end or the next person is looked for: far enough for a turn of a month and its neighbour.
const AHEAD: SignedDuration = SignedDuration::from_hours(62 * 24);

/// Returns who is on call for a service; none when nobody is.
pub fn on_call(state: &State, service: &Service, now: Timestamp) -> Option<OnCallNow> {
    let declared = state.catalogue.rotation_for(service)?;
    let (person, until, next) = match declared.layered.is_plain() {
        true => plain(declared, now)?,
        false => layered(declared, now)?,
    };
    Some(OnCallNow { person, rotation: declared.name.clone(), until, next })
}

type Now = (PersonId, Timestamp, Option<PersonId>);

fn plain(declared: &catalogue::Rotation, now: Timestamp) -> Option<Now> {
    let rotation = schedule(declared)?.layers.pop()?.rotation;
    let shift = rotation.on_call_at(now)?;
    Some((shift.person, shift.end, rotation.next_after(now).map(|shift| shift.person)))
}

fn layered(declared: &catalogue::Rotation, now: Timestamp) -> Option<Now> {
    let plan = schedule(declared)?.plan(now, now.checked_add(AHEAD).unwrap_or(Timestamp::MAX));
    let mut primary = plan.duties.into_iter().filter(|duty| duty.level == 0);
    let duty = primary.next().filter(|duty| duty.start == now)?;
    let next = primary.find(|next| next.person != duty.person);
    Some((duty.person, duty.end, next.map(|next| next.person)))
}

/// Returns a rotation as the scheduler takes it. A zone that this machine does not know names nobody: `check` and `apply` have
/// said so before.
pub fn schedule(declared: &catalogue::Rotation) -> Option<Schedule> {
    let layered = &declared.layered;
    let base = Layer {
        name: NAME_OF_ONE.to_owned(),
        rotation: Rotation {
            participants: declared.participants.clone(),
            start: declared.start,
            zone: TimeZone::get(&declared.zone).ok()?,
            turn: turn(layered.turn.unwrap_or(TurnLength::Days(declared.days)))?,
        },
        restrictions: layered.hours.iter().map(restriction).collect(),
    };
    let above = layered.layers.iter().map(|layer| {
        Some(Layer {
            name: layer.name.clone(),
            rotation: Rotation {
                participants: layer.participants.clone(),
                start: layer.start,
                zone: TimeZone::get(&layer.zone).ok()?,
                turn: turn(layer.turn)?,
            },
            restrictions: layer.hours.iter().map(restriction).collect(),
        })
    });
    Some(Schedule {
        layers: [Some(base)].into_iter().chain(above).collect::<Option<_>>()?,
        levels: layered.levels.max(1),
        overrides: layered.overrides.iter().map(stand_in).collect(),
        fallback: layered.fallback.clone(),
        time_off: Vec::new(),
    })
}

fn turn(length: TurnLength) -> Option<Turn> {
    Some(match length {
        TurnLength::Hours(count) => Turn::Hours(NonZeroU16::new(count)?),
        TurnLength::Days(count) => Turn::Days(NonZeroU16::new(count)?),
        TurnLength::Months(count) => Turn::Months(NonZeroU16::new(count)?),
    })
}

fn restriction(hours: &HoursOfWeek) -> Restriction {
    let day = |day: &DayOfWeek| match day {
        DayOfWeek::Mon => Weekday::Monday,
        DayOfWeek::Tue => Weekday::Tuesday,
        DayOfWeek::Wed => Weekday::Wednesday,
        DayOfWeek::Thu => Weekday::Thursday,
        DayOfWeek::Fri => Weekday::Friday,
        DayOfWeek::Sat => Weekday::Saturday,
        DayOfWeek::Sun => Weekday::Sunday,
    };
    let days: Vec<Weekday> = hours.days.iter().map(day).collect();
    Restriction { days: Weekdays::of(&days), from: hours.from, until: hours.until }
}

fn stand_in(declared: &RotationOverride) -> Override {
    let kind = match declared.change.clone() {
        StandIn::Add(person) => Kind::Add(person),
        StandIn::Remove(person) => Kind::Remove(person),
        StandIn::Replace { who, with } => Kind::Replace { from: who, to: with },
    };
    Override { kind, level: declared.level, start: declared.from, end: declared.until }
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
