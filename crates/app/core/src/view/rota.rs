//! Rotas as outsiders see them: now, and over a time.

mod ask;
mod follow;
mod hours;
mod ics;
mod say;

use std::collections::BTreeSet;

use jiff::Timestamp;
use seaworthy_contract::api::{
    Rota, RotaFinding, RotaGap, RotaHandOver, RotaHolder, RotaMember, RotaNow, RotaOffer, RotaOfferState, RotaOverride,
    RotaPlan, RotaShadow, RotaShift, RotaState, RotaTime,
};
use seaworthy_contract::catalogue::{Rotation, StandIn};
use seaworthy_contract::events::rota::{HeldV1, RotaOverrideSetV1, StandInV1};
use seaworthy_model::{OfferId, PersonId, RotationId, ServiceId};
use seaworthy_oncall::{Duty, Finding, Plan, Schedule, TimeOff, findings};

use super::Look;
use super::on_call::AHEAD;
use crate::rota::resolve;
use crate::state::{Declared, Offer};

pub use ask::{
    RotaAbout, RotaNotice, RotaQuestion, rota_asks, rota_missing, rota_notices, rota_offer_asks, rota_offer_sentence,
    rota_question,
};
pub(crate) use follow::trouble;
pub(crate) use hours::readiness_facts;
pub use hours::{calendar_shifts, rota_hours};
pub use ics::calendar;
pub(crate) use say::why;
pub use say::{level, local};

/// Returns every rota at this moment, by name.
pub fn rotas(look: &Look<'_>) -> Vec<RotaNow> {
    look.state.catalogue.rotations().map(|(rotation, declared)| at_this_moment(look, declared, rotation)).collect()
}

/// Returns a rota over a time; none for a rotation that is not declared. `away` are times in which people are not available.
pub fn rota(
    look: &Look<'_>,
    name: &RotationId,
    (from, until): (Timestamp, Timestamp),
    away: Vec<TimeOff>,
) -> Option<Rota> {
    let declared = look.state.catalogue.get("rotation", name.as_str())?;
    let rotation = look.state.catalogue.rotation(name)?;
    let resolved = resolve(look.state, name, from, until);
    let plan = resolved.map(|mut resolved| {
        resolved.schedule.time_off = away;
        let mut plan = told(rotation, &resolved.schedule, &resolved.plan, &resolved.why);
        plan.findings.extend(unconfirmed(look, rotation, &resolved.plan));
        plan.findings.extend(follow::findings(look, rotation, &ask::zone_of(&rotation.zone)));
        plan
    });
    let record = look.state.rotas.get(name);
    let overrides = record.into_iter().flat_map(|rota| rota.overrides.values());
    let offers = record.into_iter().flat_map(|rota| rota.offers.values());
    Some(Rota {
        now: at_this_moment(look, declared, rotation),
        from,
        until,
        members: members(look, rotation),
        shadows: shadows(look, rotation),
        overrides: overrides.filter(|one| one.until > look.now).map(changed).collect(),
        offers: offers.filter(|one| one.is_open(look.now)).map(|one| offered(one, look.now)).collect(),
        plan: plan.unwrap_or_default(),
    })
}

/// Returns an offer, whatever became of it.
pub fn rota_offer(look: &Look<'_>, id: OfferId) -> Option<RotaOffer> {
    let offer = look.state.rotas.values().find_map(|rota| rota.offers.get(&id))?;
    Some(offered(offer, look.now))
}

fn at_this_moment(look: &Look<'_>, declared: &Declared, rotation: &Rotation) -> RotaNow {
    let (now, state) = (look.now, look.state);
    let to = now.checked_add(AHEAD).unwrap_or(Timestamp::MAX);
    let resolved = resolve(state, &rotation.name, now, to);
    let levels = resolved.as_ref().map_or(rotation.layered.levels, |resolved| resolved.schedule.levels);
    let (plan, why) = resolved.map_or_else(Default::default, |resolved| (resolved.plan, resolved.why));
    let held = plan.duties.iter().zip(why).filter(|(duty, _)| duty.start == now);
    let on_call = held.map(|(duty, why)| RotaHolder {
        level: duty.level,
        display_name: look.display_name(&duty.person),
        person: duty.person.clone(),
        until: duty.end,
        why,
    });
    let started = state.rotas.get(&rotation.name).and_then(|rota| rota.started.as_ref());
    let joins = rotation.layered.joining.is_some();
    RotaNow {
        rotation: rotation.name.clone(),
        team: rotation.team.clone(),
        zone: rotation.zone.clone(),
        state: match (joins, started) {
            (false, _) => RotaState::Listed,
            (true, Some(_)) => RotaState::Started,
            (true, None) => RotaState::NotStarted,
        },
        started_at: started.filter(|_| joins).map(|started| started.at),
        services: services(look, rotation),
        on_call: on_call.collect(),
        levels: levels.max(1),
        next: next(look, &plan),
        calendar: follow::followed(look, rotation),
        source: declared.source.clone(),
        position: declared.position,
    }
}

/// The next instant at which the primary is somebody else, or nobody.
fn next(look: &Look<'_>, plan: &Plan) -> Option<RotaHandOver> {
    let mut primary = plan.duties.iter().filter(|duty| duty.level == 0).peekable();
    let now = primary.next_if(|duty| duty.start == look.now);
    let mut at = now.map_or(look.now, |duty| duty.end);
    while let Some(same) = primary.next_if(|duty| duty.start == at && now.is_some_and(|now| now.person == duty.person))
    {
        at = same.end;
    }
    let gap = plan.gaps.iter().find(|gap| gap.level == 0 && gap.start >= at && now.is_some());
    let next = primary.next();
    match (next, gap) {
        (next, Some(gap)) if next.is_none_or(|next| gap.start < next.start) => {
            Some(RotaHandOver { at: gap.start, person: None, display_name: None })
        }
        (Some(next), _) => Some(RotaHandOver {
            at: next.start,
            display_name: look.display_name(&next.person),
            person: Some(next.person.clone()),
        }),
        (None, _) => None,
    }
}

/// The services whose pages a rotation gets.
pub(crate) fn services(look: &Look<'_>, rotation: &Rotation) -> Vec<ServiceId> {
    let paged =
        look.state.catalogue.services().filter(|(service, _)| {
            look.state.catalogue.rotation_for(service).is_some_and(|of| of.name == rotation.name)
        });
    paged.map(|(service, _)| service.name.clone()).collect()
}

fn members(look: &Look<'_>, rotation: &Rotation) -> Vec<RotaMember> {
    let member = |person: &PersonId, joined_at| RotaMember {
        person: person.clone(),
        display_name: look.display_name(person),
        joined_at,
    };
    if rotation.layered.joining.is_none() {
        let above = rotation.layered.layers.iter().flat_map(|layer| &layer.participants);
        let listed: BTreeSet<&PersonId> = rotation.participants.iter().chain(above).collect();
        return listed.into_iter().map(|person| member(person, None)).collect();
    }
    let rota = look.state.rotas.get(&rotation.name);
    let joined = rota.into_iter().flat_map(|rota| rota.members_now());
    let mut members: Vec<RotaMember> = joined.map(|one| member(&one.person, Some(one.from))).collect();
    members.sort_by(|a, b| a.person.cmp(&b.person));
    members
}

fn shadows(look: &Look<'_>, rotation: &Rotation) -> Vec<RotaShadow> {
    let one = |person: &PersonId| RotaShadow {
        person: person.clone(),
        display_name: look.display_name(person),
        shifts: crate::rota::shadowed(look.state, &rotation.name, person, look.now),
    };
    rotation.layered.shadows.iter().map(one).collect()
}

fn told(rotation: &Rotation, schedule: &Schedule, plan: &Plan, why: &[String]) -> RotaPlan {
    let words = plan.duties.iter().zip(why).map(|(duty, why)| (duty, why.clone()));
    // How many people take turns, and for how long, is decided elsewhere where a calendar says who does.
    let follows = rotation.layered.calendar.is_some();
    let ours = |finding: &Finding| !follows || !matches!(finding, Finding::Size { .. });
    in_words(rotation, words, plan, findings(schedule, plan).into_iter().filter(ours).collect())
}

/// Tells a plan of a rotation that was made without a server, with what was found in it.
pub fn rota_plan(rotation: &Rotation, schedule: &Schedule, plan: &Plan, findings: Vec<Finding>) -> RotaPlan {
    let words = plan.duties.iter().map(|duty| (duty, why(schedule, duty.why)));
    in_words(rotation, words, plan, findings)
}

fn in_words<'p>(
    rotation: &Rotation,
    duties: impl Iterator<Item = (&'p Duty, String)>,
    plan: &Plan,
    findings: Vec<Finding>,
) -> RotaPlan {
    let (name, zone) = (&rotation.name, &rotation.zone);
    let shifts = duties.map(|(duty, why)| RotaShift {
        rotation: name.clone(),
        level: duty.level,
        person: duty.person.clone(),
        start: duty.start,
        end: duty.end,
        zone: zone.clone(),
        why,
    });
    let gaps = plan.gaps.iter().map(|gap| RotaGap {
        rotation: name.clone(),
        level: gap.level,
        start: gap.start,
        end: gap.end,
        zone: zone.clone(),
    });
    let clock = ask::zone_of(zone);
    let finding = |finding| {
        let (kind, person, start, end) = say::parts(&finding);
        let says = say::finding(&finding, &clock);
        RotaFinding { rotation: name.clone(), kind: kind.to_owned(), person, start, end, says }
    };
    let findings = findings.into_iter().map(finding).collect();
    RotaPlan { shifts: shifts.collect(), gaps: gaps.collect(), findings }
}

/// Whoever is on call in that time and has confirmed no contact: nobody knows yet whom a message reaches.
fn unconfirmed(look: &Look<'_>, rotation: &Rotation, plan: &Plan) -> Vec<RotaFinding> {
    let people: BTreeSet<&PersonId> = plan.duties.iter().map(|duty| &duty.person).collect();
    let has_one = |person: &&&PersonId| look.directory.get(**person).is_some_and(|known| !known.contacts.is_empty());
    let is_unsure = |person: &&&PersonId| !look.watch.confirmed.any(person);
    let finding = |person: &PersonId| RotaFinding {
        rotation: rotation.name.clone(),
        kind: "unconfirmed".to_owned(),
        person: Some(person.clone()),
        start: None,
        end: None,
        says: format!("{person} has confirmed no contact: `seaworthy contacts verify {person}` asks them"),
    };
    people.iter().filter(has_one).filter(is_unsure).map(|person| finding(person)).collect()
}

fn changed(one: &RotaOverrideSetV1) -> RotaOverride {
    let change = match one.change.clone() {
        StandInV1::Add(person) => StandIn::Add(person),
        StandInV1::Remove(person) => StandIn::Remove(person),
        StandInV1::Replace { who, with } => StandIn::Replace { who, with },
    };
    let RotaOverrideSetV1 { id, level, from, until, offer, .. } = *one;
    RotaOverride { id, change, level, from, until, offer }
}

fn offered(offer: &Offer, now: Timestamp) -> RotaOffer {
    let time = |held: &HeldV1| RotaTime { level: held.level, from: held.from, until: held.until };
    let said = &offer.offered;
    RotaOffer {
        id: said.id,
        rotation: said.rotation.clone(),
        by: said.by.clone(),
        gives: time(&said.gives),
        to: said.to.clone(),
        takes: said.takes.as_ref().map(time),
        ends_at: said.ends_at,
        agreed: offer.agreed.clone(),
        state: match (offer.is_withdrawn, offer.became.is_empty()) {
            (true, _) => RotaOfferState::Withdrawn,
            (false, false) => RotaOfferState::Agreed,
            (false, true) if offer.is_open(now) => RotaOfferState::Open,
            (false, true) => RotaOfferState::Over,
        },
    }
}
