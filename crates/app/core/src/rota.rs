//! Rotations as the scheduler takes them: what a file says, then what people did: who joined, when it began, who stands
//! in for whom.
//!
//! A time that is past is resolved by what was declared then, so a change of a file changes nothing that was.

use std::num::NonZeroU16;

use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use seaworthy_contract::catalogue::{self, DayOfWeek, HoursOfWeek, RotationOverride, StandIn, TurnLength};
use seaworthy_contract::events::rota::{CalendarShiftV1, RotaSwapOfferedV1, StandInV1};
use seaworthy_model::{PersonId, RotationId};
use seaworthy_oncall::{
    Duty, Followed, Gap, Kind, Layer, Limits, Member, NAME_OF_ONE, Override, Plan, Restriction, Rotation, Schedule,
    Turn, Weekdays, by_members,
};

use crate::State;
use crate::state::Rota;
use crate::view::why;

/// A rotation over a time.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Resolved {
    /// As it is declared now.
    pub(crate) schedule: Schedule,
    /// Who is on call.
    pub(crate) plan: Plan,
    /// Why, for each duty of the plan.
    pub(crate) why: Vec<String>,
}

/// Returns a rotation as a file alone declares it. A zone that this machine does not know names nobody: `check` and `apply`
/// have said so before.
pub fn schedule(declared: &catalogue::Rotation) -> Option<Schedule> {
    let layered = &declared.layered;
    let zone = TimeZone::get(&declared.zone).ok()?;
    let (participants, start) = (declared.participants.clone(), declared.start);
    let turns = turn(layered.turn.unwrap_or(TurnLength::Days(declared.days)))?;
    let base = Rotation { participants, start, zone, turn: turns };
    let base = Layer::always(NAME_OF_ONE, base, layered.hours.iter().map(restriction).collect());
    let above = layered.layers.iter().map(|layer| {
        let zone = TimeZone::get(&layer.zone).ok()?;
        let participants = layer.participants.clone();
        let rotation = Rotation { participants, start: layer.start, zone, turn: turn(layer.turn)? };
        Some(Layer::always(&layer.name, rotation, layer.hours.iter().map(restriction).collect()))
    });
    // Who is in turn is what the calendar says.
    let base = Some(base).filter(|_| layered.calendar.is_none());
    Some(Schedule {
        layers: base.into_iter().map(Some).chain(above).collect::<Option<_>>()?,
        followed: Vec::new(),
        levels: layered.levels.max(1),
        overrides: layered.overrides.iter().map(stand_in).collect(),
        fallback: layered.fallback.clone(),
        time_off: Vec::new(),
    })
}

/// Returns a rotation with what people did since it was declared.
pub(crate) fn schedule_in(state: &State, declared: &catalogue::Rotation) -> Option<Schedule> {
    let mut schedule = schedule(declared)?;
    let nothing = Rota::default();
    let rota = state.rotas.get(&declared.name).unwrap_or(&nothing);
    schedule.overrides.extend(rota.overrides.values().map(|one| Override {
        kind: match one.change.clone() {
            StandInV1::Add(person) => Kind::Add(person),
            StandInV1::Remove(person) => Kind::Remove(person),
            StandInV1::Replace { who, with } => Kind::Replace { from: who, to: with },
        },
        level: one.level,
        start: one.from,
        end: one.until,
    }));
    if declared.layered.calendar.is_some() {
        follow(&mut schedule, rota);
    }
    if declared.layered.joining.is_some() {
        joined(&mut schedule, rota);
    }
    Some(schedule)
}

/// Puts in what the calendar says; whom it names without a meaning is a gap.
fn follow(schedule: &mut Schedule, rota: &Rota) {
    let followed = |shift: CalendarShiftV1| {
        let CalendarShiftV1 { start, end, level, person } = shift;
        Some(Followed { level, person: person?, start, end })
    };
    schedule.followed = rota.calendar.shifts().filter_map(followed).collect();
    let levels = schedule.followed.iter().map(|one| one.level + 1).max();
    schedule.levels = schedule.levels.max(levels.unwrap_or(1)).min(Limits::LEVELS);
}

/// Leaves in a schedule only who joined, from the time on at which it began.
fn joined(schedule: &mut Schedule, rota: &Rota) {
    let members: Vec<Member> = rota.members.iter().map(member).collect();
    let Some(started) = &rota.started else {
        (schedule.layers, schedule.overrides, schedule.fallback) = <_>::default();
        return;
    };
    let began = |layer: &Layer| Layer { from: started.at, ..layer.clone() };
    schedule.layers = schedule.layers.iter().flat_map(|layer| by_members(&began(layer), &members)).collect();
    let is_one = |person: &PersonId, at: Timestamp| {
        members.iter().any(|one| one.person == *person && one.from <= at && one.until.is_none_or(|until| at < until))
    };
    schedule.overrides.retain_mut(|one| {
        one.start = one.start.max(started.at);
        match &one.kind {
            Kind::Add(person) | Kind::Replace { to: person, .. } => is_one(person, one.start),
            Kind::Remove(_) => true,
        }
    });
    schedule.fallback = schedule.fallback.take().filter(|person| rota.member(person).is_some());
}

fn member(one: &crate::state::Membership) -> Member {
    Member { person: one.person.clone(), from: one.from, until: one.until }
}

/// Resolves a rotation over a time, by what was declared at each part of it; none for one that is not declared now.
pub(crate) fn resolve(state: &State, name: &RotationId, from: Timestamp, to: Timestamp) -> Option<Resolved> {
    let declared = state.catalogue.rotation(name)?;
    let schedule = schedule_in(state, declared)?;
    let rota = state.rotas.get(name)?;
    let mut all: Vec<(Duty, String)> = Vec::new();
    let mut gaps: Vec<Gap> = Vec::new();
    for (index, version) in rota.declared.iter().enumerate() {
        // What was before the first declaration that is known was as it says.
        let start = if index == 0 { from } else { from.max(version.at) };
        let end = rota.declared.get(index + 1).map_or(to, |next| to.min(next.at));
        if start >= end {
            continue;
        }
        let is_last = index + 1 == rota.declared.len();
        let then = if is_last { schedule.clone() } else { schedule_in(state, &version.rotation)? };
        let plan = since_it_began(&then, rota, declared, (start, end));
        all.extend(plan.duties.into_iter().map(|duty| (duty.clone(), why(&then, duty.why))));
        gaps.extend(plan.gaps);
    }
    let (duties, why) = joined_up(all);
    Some(Resolved { schedule, plan: Plan { duties, gaps: one_gap(gaps) }, why })
}

/// A fallback is there always, so what was before the beginning is left out here.
fn since_it_began(
    schedule: &Schedule,
    rota: &Rota,
    declared: &catalogue::Rotation,
    (from, to): (Timestamp, Timestamp),
) -> Plan {
    let began = rota.started.as_ref().map(|started| started.at).filter(|_| declared.layered.joining.is_some());
    let split = began.map_or(from, |began| began.clamp(from, to));
    let mut plan = Schedule { levels: schedule.levels, ..Schedule::default() }.plan(from, split);
    let after = schedule.plan(split, to);
    plan.duties.extend(after.duties);
    plan.gaps.extend(after.gaps);
    plan
}

/// Joins what belongs together where one declaration followed another.
fn joined_up(mut all: Vec<(Duty, String)>) -> (Vec<Duty>, Vec<String>) {
    all.sort_by_key(|(duty, _)| (duty.level, duty.start));
    let (mut duties, mut reasons): (Vec<Duty>, Vec<String>) = (Vec::new(), Vec::new());
    for (duty, why) in all {
        let is_same = |last: &Duty| last.end == duty.start && last.level == duty.level && last.person == duty.person;
        match duties.last_mut().filter(|last| is_same(last)).filter(|_| reasons.last() == Some(&why)) {
            Some(last) => last.end = duty.end,
            None => {
                duties.push(duty);
                reasons.push(why);
            }
        }
    }
    (duties, reasons)
}

fn one_gap(mut gaps: Vec<Gap>) -> Vec<Gap> {
    gaps.sort_by_key(|gap| (gap.level, gap.start));
    let mut joined: Vec<Gap> = Vec::new();
    for gap in gaps {
        match joined.last_mut().filter(|last| last.level == gap.level && last.end == gap.start) {
            Some(last) => last.end = gap.end,
            None => joined.push(gap),
        }
    }
    joined
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

/// How far back shadowed shifts are looked for: who learned it longer ago learns it again.
const LOOKED_BACK: SignedDuration = SignedDuration::from_hours(366 * 24);

/// Returns how many whole turns of a primary somebody shadowed in a rotation.
pub(crate) fn shadowed(state: &State, name: &RotationId, person: &PersonId, now: Timestamp) -> u32 {
    let Some(rota) = state.rotas.get(name) else { return 0 };
    let mut spans: Vec<(Timestamp, Timestamp)> = Vec::new();
    for (index, version) in rota.declared.iter().enumerate() {
        let end = rota.declared.get(index + 1).map_or(now, |next| next.at);
        if !version.rotation.layered.shadows.contains(person) {
            continue;
        }
        match spans.last_mut().filter(|last| last.1 == version.at) {
            Some(last) => last.1 = end,
            None => spans.push((version.at, end)),
        }
    }
    let Some(first) = spans.first() else { return 0 };
    let from = first.0.max(now.checked_sub(LOOKED_BACK).unwrap_or(Timestamp::MIN));
    let Some(resolved) = resolve(state, name, from, now) else { return 0 };
    let shift = |duty: &&Duty| duty.level == 0 && from < duty.start && duty.end < now;
    let within = |duty: &&Duty| spans.iter().any(|(start, end)| *start <= duty.start && duty.end <= *end);
    u32::try_from(resolved.plan.duties.iter().filter(shift).filter(within).count()).unwrap_or(u32::MAX)
}

/// Whether somebody was primary in any rota within the last year.
pub(crate) fn was_primary(state: &State, person: &PersonId, now: Timestamp) -> bool {
    let from = now.checked_sub(LOOKED_BACK).unwrap_or(Timestamp::MIN);
    let held = |name| resolve(state, name, state.began_at.unwrap_or(from).max(from), now);
    let mut plans = state.rotas.keys().filter_map(held);
    plans.any(|resolved| resolved.plan.duties.iter().any(|duty| duty.level == 0 && duty.person == *person))
}

/// Whether a person may be asked for their time.
pub(crate) fn may_be_asked(state: &State, rotation: &catalogue::Rotation, person: &PersonId) -> bool {
    match rotation.layered.joining {
        Some(_) => state.rotas.get(&rotation.name).is_some_and(|rota| rota.member(person).is_some()),
        None => {
            let above = rotation.layered.layers.iter().flat_map(|layer| &layer.participants);
            rotation.participants.iter().chain(above).any(|one| one == person)
        }
    }
}

/// Whether an offer waits for a person: it is theirs, to them, or to whoever agrees first and they may be asked.
pub(crate) fn is_asked(
    state: &State,
    rotation: &catalogue::Rotation,
    said: &RotaSwapOfferedV1,
    person: &PersonId,
) -> bool {
    let to = said.to.as_ref();
    *person == said.by || to.map_or_else(|| may_be_asked(state, rotation, person), |to| to == person)
}
