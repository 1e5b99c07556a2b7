//! A team's week as outsiders see it, and where a year has woken people too often. No person's figures leave this file.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use seaworthy_alert::Purpose;
use seaworthy_contract::api::{
    Proposal, RotaPlan, RotaShift, WEEK_PEOPLE_MIN, WakesCrossed, Week, WeekLoad, WeekNights, WeekPage, WeekRest,
    WeekYear,
};
use seaworthy_contract::catalogue::Rotation;
use seaworthy_contract::events::alert::VerdictV1;
use seaworthy_load::{self as load, Called, LINE, Load, Verdict, YEAR};
use seaworthy_model::{PersonId, TeamId};

use super::{Look, review, rota, rota_hours};
use crate::state::PageRecord;

/// How far back a week looks.
const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How far ahead it shows rotas: this turn of a week and the next.
const AHEAD: SignedDuration = SignedDuration::from_hours(14 * 24);

/// Returns the week of a team that ends now.
pub fn week(look: &Look<'_>, team: &TeamId) -> Week {
    let (from, until) = (before(look.now, WEEK), look.now);
    let year = records(look, |page| page.request.team == *team);
    let loads = load::loads(&year.iter().map(|page| told(look, page)).collect::<Vec<_>>());
    let pages: Vec<&PageRecord> = year.into_iter().filter(|page| page.requested_at >= from).collect();
    let rotas: Vec<&Rotation> =
        look.state.catalogue.rotations().map(|(one, _)| one).filter(|r| r.team == *team).collect();
    Week {
        team: team.clone(),
        from,
        until,
        load: of_all(look, team, &pages, &loads, (from, until)),
        year: year_of(look, &rotas, &loads),
        pages: pages.iter().rev().map(|page| shown(look, page)).collect(),
        rules: rules(look, team),
        ahead: ahead(look, &rotas),
        rest: rotas.iter().flat_map(|rotation| rest(look, rotation)).collect(),
        nights: rotas.iter().flat_map(|rotation| nights(look, rotation)).collect(),
    }
}

/// Returns in which rotas somebody was woken by their pages more often than a year should have.
pub fn wakes_crossed(look: &Look<'_>) -> WakesCrossed {
    let mut crossed = WakesCrossed::default();
    for (rotation, _) in look.state.catalogue.rotations() {
        let loads = loads_of(look, rotation);
        if loads.values().any(|load| load::crossed(&load.wakes, look.now)) {
            crossed.rotas += 1;
            let is_many = members(look, &[rotation]).len() >= WEEK_PEOPLE_MIN;
            crossed.named.extend(is_many.then(|| rotation.name.clone()));
        }
    }
    crossed
}

/// Says whether the pages of a rota woke somebody more often than a year should have; none where it has so few members
/// that the answer would be about one of them.
pub(crate) fn rota_woke_too_often(look: &Look<'_>, rotation: &Rotation) -> Option<bool> {
    let is_many = members(look, &[rotation]).len() >= WEEK_PEOPLE_MIN;
    is_many.then(|| loads_of(look, rotation).values().any(|load| load::crossed(&load.wakes, look.now)))
}

/// What the pages of one rota were within a year, for everybody whom they called.
fn loads_of(look: &Look<'_>, rotation: &Rotation) -> BTreeMap<PersonId, Load> {
    let pages = records(look, |page| page.request.rotation.as_ref() == Some(&rotation.name));
    load::loads(&pages.into_iter().map(|page| told(look, page)).collect::<Vec<_>>())
}

/// Pages of the last year, oldest first, without drills.
fn records<'a>(look: &Look<'a>, is_wanted: impl Fn(&PageRecord) -> bool) -> Vec<&'a PageRecord> {
    let from = before(look.now, YEAR);
    let is_drill = |page: &PageRecord| {
        look.state.alerts.of_page(page.request.page).is_some_and(|(_, alert)| alert.purpose == Purpose::Drill)
    };
    let all = look.state.pages.values().filter(|page| page.requested_at > from && is_wanted(page) && !is_drill(page));
    let mut all: Vec<&PageRecord> = all.collect();
    all.sort_by_key(|page| page.requested_at);
    all
}

/// A page as what it costs people is counted from. What a machine puts right has not ended by itself: only an alert does.
fn told(look: &Look<'_>, page: &PageRecord) -> load::Page {
    let zone = zone(look, page);
    let called = |call: &crate::state::Call| {
        let (at, zone) = (call.at, zone.clone());
        let one = move |person: &PersonId| Called { person: person.clone(), at, zone: zone.clone() };
        call.people.iter().map(one).collect::<Vec<_>>()
    };
    let by = |actor: &String| actor.strip_prefix("person/").and_then(|handle| handle.parse().ok());
    load::Page {
        at: page.requested_at,
        called: page.climb.calls.iter().flat_map(called).collect(),
        taken: page.acknowledged.as_ref().map(|(at, actor)| (*at, by(actor))),
        verdict: page.verdict.map(|verdict| match verdict {
            VerdictV1::Acted => Verdict::Acted,
            VerdictV1::NothingToDo | VerdictV1::NotOurs => Verdict::Nothing,
        }),
        ended_at: look.state.alerts.of_page(page.request.page).and_then(|(_, alert)| alert.resolved_at),
    }
}

/// The wall clock of the rota that a page went to: people have none of their own.
fn zone(look: &Look<'_>, page: &PageRecord) -> TimeZone {
    let rotation = page.request.rotation.as_ref().and_then(|name| look.state.catalogue.rotation(name));
    rotation.map_or(TimeZone::UTC, zone_of)
}

fn zone_of(rotation: &Rotation) -> TimeZone {
    TimeZone::get(&rotation.zone).unwrap_or(TimeZone::UTC)
}

fn before(now: Timestamp, long: SignedDuration) -> Timestamp {
    now.checked_sub(long).unwrap_or(Timestamp::MIN)
}

fn after(now: Timestamp, long: SignedDuration) -> Timestamp {
    now.checked_add(long).unwrap_or(Timestamp::MAX)
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn of_all(
    look: &Look<'_>,
    team: &TeamId,
    pages: &[&PageRecord],
    loads: &BTreeMap<PersonId, Load>,
    (from, until): (Timestamp, Timestamp),
) -> WeekLoad {
    let total = load::total(&pages.iter().map(|page| told(look, page)).collect::<Vec<_>>());
    let held = rota_hours(look, team, (from, until)).people;
    // Of the year, so that a half hour which began before the week does not begin again with it.
    let wakes = loads.values().flat_map(|load| &load.wakes).filter(|at| **at >= from).count();
    WeekLoad {
        pages: count(total.pages),
        at_night: count(pages.iter().filter(|page| load::is_night(page.requested_at, &zone(look, page))).count()),
        wakes: count(wakes),
        actionable: count(total.actionable),
        nothing: count(total.nothing),
        taken_after_seconds: total.taken_after.map(|after| after.as_secs()),
        held_minutes: held.iter().map(|one| one.minutes).sum(),
        weekend_minutes: held.iter().map(|one| one.weekend_minutes).sum(),
    }
}

fn year_of(look: &Look<'_>, rotas: &[&Rotation], loads: &BTreeMap<PersonId, Load>) -> WeekYear {
    let woken = |load: &Load| load::in_year(&load.wakes, look.now);
    let members = members(look, rotas);
    let people = (members.len() >= WEEK_PEOPLE_MIN).then(|| {
        let mut people = [0; LINE + 2];
        for member in &members {
            people[loads.get(member).map_or(0, woken).min(LINE + 1)] += 1;
        }
        people
    });
    WeekYear { wakes: count(loads.values().map(woken).sum()), people }
}

/// Everybody who is in one of these rotas.
fn members(look: &Look<'_>, rotas: &[&Rotation]) -> BTreeSet<PersonId> {
    let soon = (look.now, after(look.now, SignedDuration::from_secs(1)));
    let shown = rotas.iter().filter_map(|rotation| rota(look, &rotation.name, soon, vec![]));
    shown.flat_map(|rota| rota.members).map(|member| member.person).collect()
}

fn shown(look: &Look<'_>, page: &PageRecord) -> WeekPage {
    WeekPage {
        id: page.request.page,
        service: page.request.service.clone(),
        sentence: page.request.sentence.clone(),
        at: page.requested_at,
        at_night: load::is_night(page.requested_at, &zone(look, page)),
        taken: page.acknowledged.is_some(),
        verdict: page.verdict,
    }
}

fn rules(look: &Look<'_>, team: &TeamId) -> Vec<Proposal> {
    let services = look.state.catalogue.services().map(|(service, _)| service).filter(|service| service.owner == *team);
    let theirs: BTreeSet<_> = services.map(|service| &service.name).collect();
    let mut proposals = review(look, None);
    proposals.retain(|one| one.suggestion.is_some() && one.services.iter().any(|service| theirs.contains(service)));
    proposals
}

fn ahead(look: &Look<'_>, rotas: &[&Rotation]) -> RotaPlan {
    let period = (look.now, after(look.now, AHEAD));
    let mut all = RotaPlan::default();
    for shown in rotas.iter().filter_map(|rotation| rota(look, &rotation.name, period, vec![])) {
        all.shifts.extend(shown.plan.shifts);
        all.gaps.extend(shown.plan.gaps);
        all.findings.extend(shown.plan.findings);
    }
    all
}

/// Who is primary in how many of the nights ahead: by the rota, which everybody of the team sees, not by what came of them.
fn nights(look: &Look<'_>, rotation: &Rotation) -> Vec<WeekNights> {
    let (zone, until) = (zone_of(rotation), after(look.now, AHEAD));
    let Some(shown) = rota(look, &rotation.name, (look.now, until), vec![]) else { return Vec::new() };
    let next = |at: &Timestamp| load::night_after(*at, &zone).map(|night| night.start).filter(|start| *start < until);
    let begin = std::iter::successors(next(&look.now), next);
    let mut held: BTreeMap<PersonId, u32> = BTreeMap::new();
    for start in begin {
        let is_on = |shift: &&RotaShift| shift.level == 0 && shift.start <= start && start < shift.end;
        let primary = shown.plan.shifts.iter().find(is_on);
        primary.into_iter().for_each(|shift| *held.entry(shift.person.clone()).or_default() += 1);
    }
    let one = |(person, nights)| WeekNights { rotation: rotation.name.clone(), person, nights };
    let mut all: Vec<WeekNights> = held.into_iter().map(one).collect();
    all.sort_by(|a, b| b.nights.cmp(&a.nights).then_with(|| a.person.cmp(&b.person)));
    all
}

/// The coming night of a rota, as far as whoever was woken in the last one holds it.
fn rest(look: &Look<'_>, rotation: &Rotation) -> Vec<WeekRest> {
    let zone = zone_of(rotation);
    let woken: Vec<(PersonId, Timestamp)> =
        loads_of(look, rotation).into_iter().filter_map(|(who, load)| Some((who, *load.wakes.last()?))).collect();
    let night = |at| load::night_after(at, &zone).filter(|night| night.end > look.now);
    let nights = woken.into_iter().filter_map(|(who, at)| Some((who, night(at)?)));
    let held = nights.flat_map(|(who, night)| {
        let from = night.start.max(look.now);
        let shown = rota(look, &rotation.name, (from, night.end), vec![]);
        let shifts = shown.into_iter().flat_map(|rota| rota.plan.shifts).filter(move |shift| shift.person == who);
        shifts.map(|shift| WeekRest {
            rotation: shift.rotation,
            level: shift.level,
            from: shift.start,
            until: shift.end,
        })
    });
    held.collect()
}
