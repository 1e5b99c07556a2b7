//! The rehearsal itself: everything is asked with the person and without, and the difference is told.

use std::collections::{BTreeMap, BTreeSet};

use seaworthy_escalation::{Policy, Step, Target};
use seaworthy_model::{PersonId, RotationId, ServiceId};
use seaworthy_oncall::{Kind, Override, Plan, Schedule};

use crate::stop::{MEMBERS_MIN, Stop};
use crate::world::{Period, Rota, Service, World};

/// Tells what stops when a person leaves: turns first, then rungs, ways and teams.
pub fn rehearse(world: &World, person: &PersonId, period: Period) -> Vec<Stop> {
    let uncovered = world.rotas.iter().flat_map(|rota| uncovered(world, rota, person, period));
    let held = Held::of(world, person, period);
    let rungs = world.policies.iter().flat_map(|policy| rungs(&held, policy, person));
    let ways = world.rotas.iter().filter_map(|rota| unreachable(world, rota, person));
    uncovered.chain(rungs).chain(ways).chain(teams(world, person)).collect()
}

/// Takes the person off for the whole period: the next layer that has somebody else counts, then the fallback.
fn without(schedule: &Schedule, person: &PersonId, period: Period) -> Schedule {
    let gone = Override { kind: Kind::Remove(person.clone()), level: None, start: period.from, end: period.to };
    let mut schedule = schedule.clone();
    // The last word counts: it also takes the person off where they stand in for somebody else.
    schedule.overrides.push(gone);
    schedule
}

fn uncovered(world: &World, rota: &Rota, person: &PersonId, period: Period) -> Vec<Stop> {
    let before = rota.schedule.plan(period.from, period.to);
    let after = without(&rota.schedule, person, period).plan(period.from, period.to);
    let levels: BTreeSet<u8> = after.gaps.iter().map(|gap| gap.level).collect();
    levels.into_iter().filter_map(|level| uncovered_at(world, rota, (&before, &after), level)).collect()
}

fn uncovered_at(world: &World, rota: &Rota, (before, after): (&Plan, &Plan), level: u8) -> Option<Stop> {
    let held = before.duties.iter().filter(|duty| duty.level == level);
    let pieces = held.flat_map(|duty| {
        let gaps = after.gaps.iter().filter(move |gap| gap.level == level);
        gaps.filter_map(|gap| {
            let (start, end) = (gap.start.max(duty.start), gap.end.min(duty.end));
            (start < end).then_some((start, end))
        })
    });
    let pieces: Vec<_> = pieces.collect();
    let first = pieces.iter().map(|(start, _)| *start).min()?;
    let seconds = pieces.iter().map(|(start, end)| end.duration_since(*start).as_secs()).sum();
    Some(Stop::Uncovered { rota: rota.name.clone(), level, seconds, first, services: paged(world, &rota.name) })
}

/// The services whose pages go to a rotation.
fn paged(world: &World, rota: &RotationId) -> Vec<ServiceId> {
    let of = world.services.iter().filter(|service| service.rota.as_ref() == Some(rota));
    of.map(|service| service.name.clone()).collect()
}

/// The levels of each rotation at which anybody is on call at any time of the period: with the person, and without.
struct Held<'a> {
    world: &'a World,
    with: BTreeMap<&'a RotationId, BTreeSet<u8>>,
    without: BTreeMap<&'a RotationId, BTreeSet<u8>>,
}

impl<'a> Held<'a> {
    fn of(world: &'a World, person: &PersonId, period: Period) -> Self {
        let levels = |schedule: &Schedule| -> BTreeSet<u8> {
            schedule.plan(period.from, period.to).duties.iter().map(|duty| duty.level).collect()
        };
        let with = world.rotas.iter().map(|rota| (&rota.name, levels(&rota.schedule)));
        let left = |rota: &'a Rota| (&rota.name, levels(&without(&rota.schedule, person, period)));
        Self { world, with: with.collect(), without: world.rotas.iter().map(left).collect() }
    }

    fn has(&self, rota: Option<&RotationId>, level: u8, gone: Option<&PersonId>) -> bool {
        let held = if gone.is_some() { &self.without } else { &self.with };
        rota.and_then(|rota| held.get(rota)).is_some_and(|levels| levels.contains(&level))
    }

    /// Whether a target is anybody at any time, with `gone` gone; `own` is the rotation of the service.
    fn reaches(&self, own: Option<&RotationId>, target: &Target, gone: Option<&PersonId>) -> bool {
        match target {
            Target::OnCall { level } => self.has(own, *level, gone),
            Target::Rotation { rotation, level } => self.has(Some(rotation), *level, gone),
            Target::Person(person) => Some(person) != gone,
            Target::Team => {
                let own = self.world.rotas.iter().find(|rota| Some(&rota.name) == own);
                own.is_some_and(|rota| rota.people.iter().any(|one| Some(one) != gone))
            }
            // The policy that it hands over to is asked by itself.
            Target::Policy(_) => true,
        }
    }
}

/// The steps of a policy that called somebody before and call nobody after, with the services that climb them.
fn rungs(held: &Held<'_>, policy: &Policy, person: &PersonId) -> Vec<Stop> {
    let climbed: Vec<&Service> = held.world.services.iter().filter(|service| service.policy == policy.name).collect();
    let stop = |(at, step): (usize, &Step)| {
        let falls = |service: &&&Service| {
            let reaches = |gone| step.targets.iter().any(|target| held.reaches(service.rota.as_ref(), target, gone));
            reaches(None) && !reaches(Some(person))
        };
        let services: Vec<ServiceId> = climbed.iter().filter(falls).map(|service| service.name.clone()).collect();
        (!services.is_empty()).then(|| Stop::Rung { policy: policy.name.clone(), step: at + 1, services })
    };
    policy.steps.iter().enumerate().filter_map(stop).collect()
}

fn unreachable(world: &World, rota: &Rota, person: &PersonId) -> Option<Stop> {
    let reachable = world.reachable.as_ref()?;
    let others: Vec<&PersonId> = rota.people.iter().filter(|one| *one != person).collect();
    let was = rota.people.contains(person) && reachable.contains(person);
    let falls = was && !others.is_empty() && !others.iter().any(|one| reachable.contains(*one));
    let stop = || Stop::Unreachable { rota: rota.name.clone(), left: others.len(), services: paged(world, &rota.name) };
    falls.then(stop)
}

fn teams(world: &World, person: &PersonId) -> impl Iterator<Item = Stop> {
    let theirs = world.teams.iter().filter(|team| team.members.contains(person));
    let left = move |members: &[PersonId]| members.iter().filter(|one| *one != person).collect::<BTreeSet<_>>().len();
    theirs.filter_map(move |team| {
        let left = left(&team.members);
        let small = left < MEMBERS_MIN && !team.owns.is_empty();
        small.then(|| Stop::Team { team: team.name.clone(), left, services: team.owns.clone() })
    })
}
