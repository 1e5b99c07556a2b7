//! Rotas: overrides, swaps that both agree to, joining and leaving, beginning. What is past stays as it was.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use seaworthy_contract::catalogue::{Rotation, StandIn};
use seaworthy_contract::events::rota::{
    HeldV1, RotaMemberAcceptedV1, RotaMemberLeftV1, RotaOverrideClearedV1, RotaOverrideSetV1, RotaStartedV1,
    RotaSwapAgreedV1, RotaSwapOfferedV1, RotaSwapWithdrawnV1, StandInV1,
};
use seaworthy_model::{OfferId, OverrideId, PersonId, RotationId};
use seaworthy_oncall::Limits;

use super::fit::line;
use crate::input::{OfferWanted, OverrideWanted, StartWanted};
use crate::rota::{is_asked, may_be_asked, resolve};
use crate::state::{Offer, Rota};
use crate::{Cx, NewFact, Refusal, State};

/// Longest override: who is away for longer leaves the rota.
const OVERRIDE_MAX: SignedDuration = SignedDuration::from_hours(366 * 24);

/// How far ahead an override may begin: as far as a rota is shown.
const AHEAD_MAX: SignedDuration = SignedDuration::from_hours(Limits::DAYS * 24);

/// How long an offer waits: a holiday of the other person may be in between.
const OFFER_MAX: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Offers of one rota that wait at once: one a day of a month.
const OFFERS_MAX: usize = 31;

/// Members of one rota: as many as a file may list.
const MEMBERS_MAX: usize = 100;

/// Sets an override. One that is there already is none.
pub(super) fn set(state: &State, wanted: &OverrideWanted, cx: &mut Cx) -> Result<Vec<NewFact>, Refusal> {
    let rotation = known(state, &wanted.rotation)?;
    check_time(wanted.from, wanted.until, cx.now)?;
    check_level(rotation, wanted.level)?;
    let change = match wanted.change.clone() {
        StandIn::Add(person) => StandInV1::Add(person),
        StandIn::Remove(person) => StandInV1::Remove(person),
        StandIn::Replace { who, with } if who == with => {
            return Err(Refusal::Invalid("with", format!("{who} cannot stand in for themselves")));
        }
        StandIn::Replace { who, with } => StandInV1::Replace { who, with },
    };
    check_people(state, rotation, &change)?;
    // What was until now is history.
    let from = wanted.from.max(cx.now);
    let (level, until) = (wanted.level, wanted.until);
    let is_this = |one: &RotaOverrideSetV1| {
        one.change == change
            && one.level == level
            && one.until == until
            && (one.from == wanted.from || one.from == from)
    };
    let rota = state.rotas.get(&wanted.rotation);
    if rota.is_some_and(|rota| rota.overrides.values().any(is_this)) {
        return Ok(Vec::new());
    }
    check_room(state, rotation, 1, cx.now)?;
    let id = OverrideId::new(cx.now, &mut cx.entropy);
    let set = RotaOverrideSetV1 { id, rotation: rotation.name.clone(), change, level, from, until, offer: None };
    Ok(vec![about(&rotation.name, set)])
}

/// Takes an override back: of one that has begun, what is past stays.
pub(super) fn clear(state: &State, name: &RotationId, id: OverrideId, cx: &Cx) -> Result<Vec<NewFact>, Refusal> {
    let rotation = known(state, name)?;
    let rota = state.rotas.get(name);
    let Some(one) = rota.and_then(|rota| rota.overrides.get(&id)) else {
        return Err(Refusal::Unknown("override", id.to_string()));
    };
    match one.until <= cx.now {
        true => Err(Refusal::State(format!("the override ended at {}", one.until), "what is past stays as it was")),
        false => Ok(vec![about(&rotation.name, RotaOverrideClearedV1 { id, rotation: name.clone() })]),
    }
}

/// Offers somebody's time. Nothing changes until both have agreed.
pub(super) fn offer(state: &State, wanted: &OfferWanted, cx: &mut Cx) -> Result<Vec<NewFact>, Refusal> {
    let rotation = known(state, &wanted.rotation)?;
    if wanted.to.is_none() && wanted.takes.is_some() {
        return Err(Refusal::Invalid("takes", "say whose time it is: name who is asked".to_owned()));
    }
    if wanted.to.as_ref() == Some(&wanted.by) {
        return Err(Refusal::Invalid("to", format!("{} cannot swap with themselves", wanted.by)));
    }
    check_holds(state, &wanted.rotation, &wanted.by, &wanted.gives, cx.now)?;
    if let (Some(to), Some(takes)) = (&wanted.to, &wanted.takes) {
        check_holds(state, &wanted.rotation, to, takes, cx.now)?;
    }
    if let Some(to) = wanted.to.as_ref().filter(|to| !may_be_asked(state, rotation, to)) {
        return Err(Refusal::State(format!("{to} is not in the rota {}", rotation.name), ASKED));
    }
    let open = |rota: &Rota| rota.offers.values().filter(|one| one.is_open(cx.now)).cloned().collect::<Vec<Offer>>();
    let open = state.rotas.get(&wanted.rotation).map(open).unwrap_or_default();
    let is_this = |one: &Offer| {
        let said = &one.offered;
        (&said.by, &said.gives, &said.to, &said.takes) == (&wanted.by, &wanted.gives, &wanted.to, &wanted.takes)
    };
    if open.iter().any(is_this) {
        return Ok(Vec::new());
    }
    if open.len() >= OFFERS_MAX {
        let why = format!("{OFFERS_MAX} offers of the rota {} wait already", rotation.name);
        return Err(Refusal::State(why, "take one back that nobody needs: `seaworthy oncall withdraw ID`"));
    }
    let last = cx.now + OFFER_MAX;
    let ends_at = [Some(&wanted.gives), wanted.takes.as_ref()].into_iter().flatten();
    let ends_at =
        ends_at.map(|time| if time.from > cx.now { time.from } else { time.until }).fold(last, Timestamp::min);
    let offered = RotaSwapOfferedV1 {
        id: OfferId::new(cx.now, &mut cx.entropy),
        rotation: wanted.rotation.clone(),
        by: wanted.by.clone(),
        gives: wanted.gives.clone(),
        to: wanted.to.clone(),
        takes: wanted.takes.clone(),
        ends_at,
    };
    Ok(vec![about(&rotation.name, offered)])
}

const ASKED: &str = "ask somebody whom `seaworthy oncall show ROTATION` names";

/// Notes that a person agreed; once both have, the overrides follow in the same append.
pub(super) fn agree(state: &State, id: OfferId, person: &PersonId, cx: &mut Cx) -> Result<Vec<NewFact>, Refusal> {
    let (rota, offer) = found(state, id)?;
    if !offer.is_open(cx.now) {
        return Err(Refusal::State("this offer is over".to_owned(), "what was agreed stands in the rota"));
    }
    let said = &offer.offered;
    let rotation = known(state, &said.rotation)?;
    if !is_asked(state, rotation, said, person) {
        return Err(Refusal::State(format!("{person} was not asked"), ASKED));
    }
    if offer.agreed.contains(person) {
        return Ok(Vec::new());
    }
    let agreed = RotaSwapAgreedV1 { id, rotation: said.rotation.clone(), person: person.clone() };
    let mut facts = vec![about(&said.rotation, agreed)];
    let others = offer.agreed.iter().chain([person]);
    let other = others.clone().find(|one| **one != said.by);
    if let Some(other) = other.filter(|_| others.clone().any(|one| *one == said.by)) {
        facts.extend(swapped(state, rotation, rota, offer, other, cx)?);
    }
    Ok(facts)
}

/// A swap is a pair of overrides. What changed since it was offered is not swapped over anybody's head.
fn swapped(
    state: &State,
    rotation: &Rotation,
    _rota: &Rota,
    offer: &Offer,
    other: &PersonId,
    cx: &mut Cx,
) -> Result<Vec<NewFact>, Refusal> {
    let said = &offer.offered;
    check_holds(state, &said.rotation, &said.by, &said.gives, cx.now)?;
    if let Some(takes) = &said.takes {
        check_holds(state, &said.rotation, other, takes, cx.now)?;
    }
    check_room(state, rotation, 2, cx.now)?;
    let mut stands_in = |time: &HeldV1, who: &PersonId, with: &PersonId| RotaOverrideSetV1 {
        id: OverrideId::new(cx.now, &mut cx.entropy),
        rotation: said.rotation.clone(),
        change: StandInV1::Replace { who: who.clone(), with: with.clone() },
        level: Some(time.level),
        from: time.from.max(cx.now),
        until: time.until,
        offer: Some(said.id),
    };
    let mut pair = vec![stands_in(&said.gives, &said.by, other)];
    pair.extend(said.takes.as_ref().map(|takes| stands_in(takes, other, &said.by)));
    Ok(pair.into_iter().map(|one| about(&said.rotation, one)).collect())
}

/// Takes an offer back.
pub(super) fn withdraw(state: &State, id: OfferId, cx: &Cx) -> Result<Vec<NewFact>, Refusal> {
    let (_, offer) = found(state, id)?;
    if offer.is_withdrawn {
        return Ok(Vec::new());
    }
    if !offer.is_open(cx.now) {
        let hint = "take its overrides back one by one: `seaworthy oncall show ROTATION` lists them";
        return Err(Refusal::State("this offer is over".to_owned(), hint));
    }
    let rotation = offer.offered.rotation.clone();
    Ok(vec![about(&rotation.clone(), RotaSwapWithdrawnV1 { id, rotation })])
}

/// A person joins a rota that asks for them, or acknowledges its terms again where these have changed.
pub(super) fn join(state: &State, name: &RotationId, person: &PersonId) -> Result<Vec<NewFact>, Refusal> {
    let rotation = known(state, name)?;
    let Some(joining) = &rotation.layered.joining else {
        return Err(Refusal::State(format!("the rota {name} is a list in a file"), "nobody joins it"));
    };
    let above = rotation.layered.layers.iter().flat_map(|layer| &layer.participants);
    if !rotation.participants.iter().chain(above).any(|one| one == person) {
        return Err(Refusal::State(format!("the rota {name} no longer asks for {person}"), ""));
    }
    let position = state.catalogue.get("rotation", name.as_str()).map_or(0, |declared| declared.position);
    let rota = state.rotas.get(name);
    let known = rota.and_then(|rota| rota.member(person).map(|member| (rota, member)));
    if known.is_some_and(|(rota, member)| rota.terms_at(member.terms) == Some(joining.terms.as_str())) {
        return Ok(Vec::new());
    }
    if rota.is_some_and(|rota| rota.members_now().count() >= MEMBERS_MAX) {
        return Err(Refusal::State(format!("the rota {name} has {MEMBERS_MAX} members"), "make another rotation"));
    }
    let accepted = RotaMemberAcceptedV1 { rotation: name.clone(), person: person.clone(), terms: position };
    Ok(vec![about(name, accepted)])
}

/// A person leaves. Who is no member has nothing to leave.
pub(super) fn leave(state: &State, name: &RotationId, person: &PersonId) -> Vec<NewFact> {
    match state.rotas.get(name).and_then(|rota| rota.member(person)) {
        Some(_) => vec![about(name, RotaMemberLeftV1 { rotation: name.clone(), person: person.clone() })],
        None => Vec::new(),
    }
}

/// Begins a rota that people joined; before every condition is met only with a name and a reason.
pub(super) fn start(state: &State, wanted: &StartWanted) -> Result<Vec<NewFact>, Refusal> {
    let rotation = known(state, &wanted.rotation)?;
    if rotation.layered.joining.is_none() {
        let why = format!("the rota {} is a list in a file: it counts from its start on", rotation.name);
        return Err(Refusal::State(why, "write joining: accepted in the file for one that people join"));
    }
    let rota = state.rotas.get(&rotation.name);
    if rota.is_some_and(|rota| rota.started.is_some()) {
        return Ok(Vec::new());
    }
    if rota.is_none_or(|rota| rota.members_now().next().is_none()) {
        return Err(Refusal::State(
            format!("nobody has joined the rota {}", rotation.name),
            "invite people: `seaworthy oncall invite ROTATION`",
        ));
    }
    let anyway = wanted.decided_by.as_ref().zip(wanted.reason.as_ref());
    if !wanted.missing.is_empty() {
        let Some((by, reason)) = anyway else {
            let hint = "meet what is missing, or decide: --decided-by PERSON --reason TEXT";
            return Err(Refusal::State(format!("not yet: {}", wanted.missing.join("; ")), hint));
        };
        line("reason", reason)?;
        if reason.trim().is_empty() {
            return Err(Refusal::Invalid("reason", "say why it begins before".to_owned()));
        }
        if state.catalogue.get("person", by.as_str()).is_none() {
            return Err(Refusal::Unknown("person", by.to_string()));
        }
    }
    let anyway = anyway.filter(|_| !wanted.missing.is_empty());
    let started = RotaStartedV1 {
        rotation: rotation.name.clone(),
        missing: wanted.missing.clone(),
        decided_by: anyway.map(|(by, _)| by.clone()),
        reason: anyway.map(|(_, reason)| reason.clone()),
    };
    Ok(vec![about(&rotation.name, started)])
}

fn about(rotation: &RotationId, event: impl Into<seaworthy_contract::events::Event>) -> NewFact {
    NewFact::new(format!("rota/{rotation}"), event)
}

fn known<'s>(state: &'s State, name: &RotationId) -> Result<&'s Rotation, Refusal> {
    state.catalogue.rotation(name).ok_or_else(|| Refusal::Unknown("rotation", name.to_string()))
}

fn found(state: &State, id: OfferId) -> Result<(&Rota, &Offer), Refusal> {
    let offer = state.rotas.values().find_map(|rota| Some((rota, rota.offers.get(&id)?)));
    offer.ok_or_else(|| Refusal::Unknown("offer", id.to_string()))
}

fn check_time(from: Timestamp, until: Timestamp, now: Timestamp) -> Result<(), Refusal> {
    let wrong = |why: &str| Err(Refusal::Invalid("until", why.to_owned()));
    if until <= from {
        return wrong("it ends before it begins");
    }
    if until <= now {
        return wrong("it is past, and what is past stays as it was");
    }
    if from.max(now).duration_until(until) > OVERRIDE_MAX || now.duration_until(from) > AHEAD_MAX {
        return wrong("at most a year long, and at most two years ahead");
    }
    Ok(())
}

fn check_level(rotation: &Rotation, level: Option<u8>) -> Result<(), Refusal> {
    let levels = rotation.layered.levels.max(1);
    match level.filter(|level| *level >= levels) {
        Some(_) => Err(Refusal::Invalid("level", format!("the rota has levels 0 to {}", levels - 1))),
        None => Ok(()),
    }
}

/// Everybody must be known; who is put on call in a rota that people join must have joined it.
fn check_people(state: &State, rotation: &Rotation, change: &StandInV1) -> Result<(), Refusal> {
    let (all, put_on): (BTreeSet<&PersonId>, Option<&PersonId>) = match change {
        StandInV1::Add(person) => ([person].into(), Some(person)),
        StandInV1::Remove(person) => ([person].into(), None),
        StandInV1::Replace { who, with } => ([who, with].into(), Some(with)),
    };
    if let Some(stranger) = all.into_iter().find(|person| state.catalogue.get("person", person.as_str()).is_none()) {
        return Err(Refusal::Unknown("person", stranger.to_string()));
    }
    let must_join = put_on.filter(|_| rotation.layered.joining.is_some());
    match must_join.filter(|person| !may_be_asked(state, rotation, person)) {
        Some(person) => Err(Refusal::State(
            format!("{person} is not in the rota {}, and nobody else can put them there", rotation.name),
            "invite them: `seaworthy oncall invite ROTATION --person PERSON`",
        )),
        None => Ok(()),
    }
}

fn check_room(state: &State, rotation: &Rotation, more: usize, now: Timestamp) -> Result<(), Refusal> {
    let rota = state.rotas.get(&rotation.name);
    let lasting = rota.map_or(0, |rota| rota.overrides.values().filter(|one| one.until > now).count());
    match lasting + rotation.layered.overrides.len() + more > Limits::OVERRIDES {
        true => Err(Refusal::State(
            format!("{} overrides of the rota {} hold already", Limits::OVERRIDES, rotation.name),
            "take one back that nobody needs: `seaworthy oncall clear ROTATION ID`",
        )),
        false => Ok(()),
    }
}

/// Checks that a person is on call at a level for all of a time.
fn check_holds(
    state: &State,
    rotation: &RotationId,
    person: &PersonId,
    time: &HeldV1,
    now: Timestamp,
) -> Result<(), Refusal> {
    check_time(time.from, time.until, now)?;
    let from = time.from.max(now);
    let held = resolve(state, rotation, from, time.until).is_some_and(|resolved| {
        let theirs = resolved.plan.duties.iter().filter(|duty| duty.level == time.level && duty.person == *person);
        let all: SignedDuration = theirs.map(|duty| duty.start.duration_until(duty.end)).sum();
        all == from.duration_until(time.until)
    });
    match held {
        true => Ok(()),
        false => Err(Refusal::State(
            format!("{person} is not on call at that level from {from} to {}", time.until),
            "`seaworthy oncall show ROTATION` says who is, and when",
        )),
    }
}
