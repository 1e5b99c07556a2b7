//! What people are asked and told because of rotas: to join, to agree to a swap, that somebody else's page came; and what is
//! missing before a rota may begin.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use seaworthy_alert::Purpose;
use seaworthy_contract::api::Verdict;
use seaworthy_contract::catalogue::{DayOfWeek, HoursOfWeek, Rotation, TurnLength};
use seaworthy_model::{OfferId, PageId, PersonId, RotationId, ServiceId, TeamId};

use super::{local, services};
use crate::rota::{is_asked, schedule, shadowed, was_primary};
use crate::state::Offer;
use crate::view::{Look, readiness};

/// How long after a page somebody who learns is still told of it: later it is history.
const SHADOWED_FOR: SignedDuration = SignedDuration::from_hours(1);

/// The row of one owning team (OWN-12 asks it of each service; this is where it is answered).
const OWNED: &str = "OWN-09";

/// What a person reads before they say yes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RotaQuestion {
    /// Whose rota it is.
    pub team: TeamId,
    /// Services whose pages it gets.
    pub services: Vec<ServiceId>,
    /// When and how long, in sentences.
    pub hours: Vec<String>,
    /// The team's words, by line.
    pub terms: Vec<String>,
    /// Whether the file still asks for this person.
    pub is_asked: bool,
    /// When they joined; none while they have not.
    pub joined_at: Option<Timestamp>,
    /// Whether the terms that they acknowledged are those of now.
    pub is_current: bool,
    /// When it would count: the next hand-over; none before it began.
    pub next: Option<Timestamp>,
}

/// Somebody who is to be told something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RotaNotice {
    /// The same for every try.
    pub key: String,
    /// Who.
    pub to: PersonId,
    /// The rota's team.
    pub team: TeamId,
    /// What to say.
    pub sentence: String,
    /// What it is about.
    pub about: RotaAbout,
}

/// What a notice is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RotaAbout {
    /// An offer that waits for them.
    Swap(OfferId),
    /// A page of somebody else, to learn from.
    Page {
        /// The page.
        page: PageId,
        /// The service.
        service: ServiceId,
        /// When it began.
        began_at: Option<Timestamp>,
    },
}

/// Returns what a person is asked who may join a rota; none where nobody joins it.
pub fn rota_question(look: &Look<'_>, name: &RotationId, person: &PersonId) -> Option<RotaQuestion> {
    let rotation = look.state.catalogue.rotation(name)?;
    let joining = rotation.layered.joining.as_ref()?;
    let rota = look.state.rotas.get(name)?;
    let member = rota.member(person);
    let next = rota.started.as_ref().and_then(|_| {
        let turns = schedule(rotation)?.layers.into_iter().next()?.rotation;
        Some(turns.next_after(look.now)?.start)
    });
    Some(RotaQuestion {
        team: rotation.team.clone(),
        services: services(look, rotation),
        hours: hours(rotation),
        terms: joining.terms.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect(),
        is_asked: named(rotation).contains(person),
        joined_at: member.map(|member| member.from),
        is_current: member.is_some_and(|member| rota.terms_at(member.terms) == Some(joining.terms.as_str())),
        next,
    })
}

/// Returns whom a file names for a rota that people join, and who has not joined.
pub fn rota_asks(look: &Look<'_>, name: &RotationId) -> Vec<PersonId> {
    let rotation = look.state.catalogue.rotation(name).filter(|one| one.layered.joining.is_some());
    let rota = look.state.rotas.get(name);
    let joined = |person: &&&PersonId| rota.is_some_and(|rota| rota.member(person).is_some());
    let named = rotation.map(named).unwrap_or_default();
    named.iter().filter(|person| !joined(person)).map(|person| (*person).clone()).collect()
}

/// Everybody whom turns may name.
fn named(rotation: &Rotation) -> BTreeSet<&PersonId> {
    let above = rotation.layered.layers.iter().flat_map(|layer| &layer.participants);
    rotation.participants.iter().chain(above).collect()
}

fn hours(rotation: &Rotation) -> Vec<String> {
    let layered = &rotation.layered;
    let turn = match layered.turn.unwrap_or(TurnLength::Days(rotation.days)) {
        TurnLength::Hours(n) => format!("{n} hours"),
        TurnLength::Days(7) => "a week".to_owned(),
        TurnLength::Days(1) => "a day".to_owned(),
        TurnLength::Days(n) => format!("{n} days"),
        TurnLength::Months(n) => format!("{n} months"),
    };
    let people = named(rotation).len();
    let mut said =
        vec![format!("A turn is {turn}, on the wall clock of {}; the file names {people} people.", rotation.zone)];
    if layered.levels > 1 {
        said.push("Whoever is secondary has the next turn as primary.".to_owned());
    }
    match layered.hours.is_empty() {
        true => said.push("It counts at all hours.".to_owned()),
        false => said.push(format!("It counts {}.", layered.hours.iter().map(window).collect::<Vec<_>>().join(", "))),
    }
    said
}

fn window(hours: &HoursOfWeek) -> String {
    let day = |day: &DayOfWeek| format!("{day:?}");
    let days: Vec<String> = hours.days.iter().map(day).collect();
    format!("{} {} to {}", days.join(" "), hours.from.strftime("%H:%M"), hours.until.strftime("%H:%M"))
}

/// Returns whoever is to be told something because of a rota, oldest first.
pub fn rota_notices(look: &Look<'_>) -> Vec<RotaNotice> {
    let mut notices = Vec::new();
    for (name, rota) in &look.state.rotas {
        let Some(rotation) = look.state.catalogue.rotation(name) else { continue };
        for (id, offer) in rota.offers.iter().filter(|(_, offer)| offer.is_open(look.now)) {
            let waits = asked(look, rotation, offer).into_iter().filter(|person| !offer.agreed.contains(person));
            notices.extend(waits.map(|to| RotaNotice {
                key: format!("swap/{id}/{to}"),
                sentence: rota_offer_words(offer, rotation),
                to,
                team: rotation.team.clone(),
                about: RotaAbout::Swap(*id),
            }));
        }
    }
    let recent =
        look.state.pages.iter().rev().take_while(|(_, page)| look.now.duration_since(page.requested_at) < SHADOWED_FOR);
    for (id, page) in recent {
        let rotation = page.request.rotation.as_ref().and_then(|name| look.state.catalogue.rotation(name));
        let Some(rotation) = rotation else { continue };
        let learners = rotation.layered.shadows.iter().filter(|person| page.request.to.as_ref() != Some(person));
        notices.extend(learners.map(|person| RotaNotice {
            key: format!("shadow/{id}/{person}"),
            to: person.clone(),
            team: rotation.team.clone(),
            sentence: page.request.sentence.clone(),
            about: RotaAbout::Page {
                page: *id,
                service: page.request.service.clone(),
                began_at: page.request.began_at,
            },
        }));
    }
    notices
}

/// Who is asked for an offer: whose time it is, and who would take it.
fn asked(look: &Look<'_>, rotation: &Rotation, offer: &Offer) -> Vec<PersonId> {
    let said = &offer.offered;
    let others = match &said.to {
        Some(to) => vec![to.clone()],
        None => super::members(look, rotation).into_iter().map(|one| one.person).collect(),
    };
    let others = others.into_iter().filter(|person| *person != said.by);
    [said.by.clone()].into_iter().chain(others).collect()
}

/// Says an offer in a sentence, for those who are asked.
pub(super) fn rota_offer_words(offer: &Offer, rotation: &Rotation) -> String {
    let said = &offer.offered;
    let at = |at: Timestamp| local(at, &rotation.zone);
    let to = said.to.as_ref().map_or_else(|| "somebody".to_owned(), ToString::to_string);
    let gives = format!("{to} takes {}'s time from {} to {}", said.by, at(said.gives.from), at(said.gives.until));
    let back = said.takes.as_ref().map(|takes| format!(", for theirs from {} to {}", at(takes.from), at(takes.until)));
    format!("Rota {}: {gives}{}. Do you agree?", rotation.name, back.unwrap_or_default())
}

/// Says an offer in a sentence; none where there is no such offer.
pub fn rota_offer_sentence(look: &Look<'_>, id: OfferId) -> Option<String> {
    let (name, offer) = look.state.rotas.iter().find_map(|(name, rota)| Some((name, rota.offers.get(&id)?)))?;
    Some(rota_offer_words(offer, look.state.catalogue.rotation(name)?))
}

/// Says whether a person may agree to an offer, whatever its state; not where there is no such offer.
pub fn rota_offer_asks(look: &Look<'_>, id: OfferId, person: &PersonId) -> bool {
    let mut all = look.state.rotas.iter();
    let found = all.find_map(|(name, rota)| Some((look.state.catalogue.rotation(name)?, rota.offers.get(&id)?)));
    found.is_some_and(|(rotation, offer)| is_asked(look.state, rotation, &offer.offered, person))
}

/// Returns what is missing before a rota that people join may begin. `unconfirmed` is how many members have not said, to
/// nobody but the server, that they feel ready: their number, never their names.
pub fn rota_missing(look: &Look<'_>, name: &RotationId, unconfirmed: usize) -> Vec<String> {
    let Some(rotation) = look.state.catalogue.rotation(name) else { return Vec::new() };
    let Some(joining) = &rotation.layered.joining else { return Vec::new() };
    let Some(rota) = look.state.rotas.get(name) else { return Vec::new() };
    let members: Vec<_> = rota.members_now().collect();
    let all = members.len();
    let mut missing = Vec::new();
    if all == 0 {
        missing.push("nobody has joined yet".to_owned());
    }
    let mut count = |n: usize, what: String| {
        if n > 0 {
            missing.push(format!("{n} of {all} members {what}"));
        }
    };
    let has_old = |terms: u64| rota.terms_at(terms) != Some(joining.terms.as_str());
    let old = members.iter().filter(|member| has_old(member.terms)).count();
    count(old, "acknowledged other terms than those of now".to_owned());
    let fresh: Vec<&PersonId> = members
        .iter()
        .map(|member| &member.person)
        .filter(|person| !was_primary(look.state, person, look.now))
        .collect();
    let shadowed = |person: &PersonId| -> u32 {
        look.state.rotas.keys().map(|rota| shadowed(look.state, rota, person, look.now)).sum()
    };
    let few = fresh.iter().filter(|person| shadowed(person) < u32::from(joining.shadow_shifts)).count();
    count(few, format!("have not had {} shadow shifts", joining.shadow_shifts));
    let few = fresh.iter().filter(|person| drilled(look, person) < usize::from(joining.drills)).count();
    count(few, format!("have not taken the page of {} drills", joining.drills));
    count(unconfirmed, "have not confirmed, in private, that they are ready".to_owned());
    for service in services(look, rotation) {
        missing.extend(rows_missing(look, &service, &joining.readiness));
    }
    missing
}

fn rows_missing(look: &Look<'_>, service: &ServiceId, rows: &[String]) -> Vec<String> {
    let findings = readiness(look, service).map(|found| found.findings).unwrap_or_default();
    let wanted = [OWNED].into_iter().chain(rows.iter().map(String::as_str));
    let holds = |row: &str| {
        findings.iter().any(|one| one.row == row && matches!(one.verdict, Verdict::Holds | Verdict::DoesNotApply))
    };
    wanted.filter(|row| !holds(row)).map(|row| format!("{row} does not hold for {service}")).collect()
}

/// How many drills' pages a person took, by their own link.
fn drilled(look: &Look<'_>, person: &PersonId) -> usize {
    let actor = format!("person/{person}");
    let drills = look.state.alerts.alerts.values().filter(|alert| alert.purpose == Purpose::Drill);
    let pages = drills.filter_map(|alert| look.state.pages.get(&alert.page?.0));
    pages.filter(|page| page.acknowledged.as_ref().is_some_and(|(_, by)| *by == actor)).count()
}

/// Returns a zone by its name; UTC where this machine does not know it.
pub(super) fn zone_of(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}
