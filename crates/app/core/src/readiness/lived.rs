//! Facts of what a service lived through: its rollouts, pages, incidents, and what happened while a dependency was away.

use std::collections::BTreeMap;

use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use seaworthy_alert::Purpose;
use seaworthy_contract::catalogue::{DependencyKind, Service};
use seaworthy_contract::events::alert::VerdictV1;
use seaworthy_contract::events::control::ControlV1;
use seaworthy_contract::events::rollout::RevertCauseV1;
use seaworthy_downtime::Seen;
use seaworthy_incident::{Moment, Source};
use seaworthy_model::{Position, ServiceId};
use seaworthy_readiness::{Edge, Ended, Fared, Incident, Lost, Page, Rollout, Worth};

use crate::State;
use crate::state::{Recorded, RolloutRecord};

/// How far back is looked: half a year, the longest that anything counts.
pub(super) const LOOK_BACK: SignedDuration = SignedDuration::from_hours(24 * 184);

/// Most rollouts, pages and incidents that a check is shown: the newest of a busy half year.
const SHOWN_MAX: usize = 500;

/// The hours of a working day, by the clock of the rota.
const DAYTIME: std::ops::Range<i8> = 8..18;

/// Returns the rollouts of a service that users met, oldest first.
pub(super) fn rollouts(state: &State, service: &Service, now: Timestamp) -> Vec<Rollout> {
    let from = now.checked_sub(LOOK_BACK).unwrap_or(Timestamp::MIN);
    let mine = state.rollouts.values().filter(|record| *record.service() == service.name && record.started_at >= from);
    let zone = zone(state, service);
    let mut met: Vec<Rollout> = mine.filter_map(|record| rollout(state, record, &zone, now)).collect();
    met.sort_by_key(|one| (one.met_at, one.position));
    newest(met)
}

fn rollout(state: &State, record: &RolloutRecord, zone: &TimeZone, now: Timestamp) -> Option<Rollout> {
    let (_, met_at) = *record.entered.first()?;
    let ended = match (&record.reverted, record.promoted) {
        (Some(reverted), _) => Some((reverted.at, reverted_by(reverted.event.cause)?, reverted.position)),
        (None, Some((at, position))) => {
            let how = if record.promoted_log_e.is_some() { Ended::OnEvidence } else { Ended::Unjudged };
            Some((at, how, position))
        }
        (None, None) => None,
    };
    let until = ended.map_or(now, |(at, ..)| at);
    Some(Rollout {
        version: record.version().to_string(),
        met_at,
        ended: ended.map(|(at, how, _)| (at, how)),
        stepwise: record.lifecycle.baseline.is_none() || record.steps().as_slice().len() > 1,
        in_daytime: is_daytime(met_at, zone),
        lost_s: lost_seconds(state, record.service(), met_at, until),
        by_break_glass: record.break_glass.is_some(),
        commit: state.version(record.service(), record.version()).and_then(|version| version.commit.clone()),
        position: ended.map_or(record.position, |(.., position)| position),
    })
}

fn reverted_by(cause: RevertCauseV1) -> Option<Ended> {
    match cause {
        RevertCauseV1::Judge | RevertCauseV1::Guard => Some(Ended::OnEvidence),
        RevertCauseV1::Hand | RevertCauseV1::BreakGlass => Some(Ended::ByHand),
        // No user met it.
        RevertCauseV1::StartFailure => None,
    }
}

/// Seconds of a time in which a service was seen degraded or down.
fn lost_seconds(state: &State, service: &ServiceId, from: Timestamp, until: Timestamp) -> f64 {
    let bad = segments(state, service).filter(|recorded| recorded.is_bad());
    bad.map(|recorded| overlap(recorded, from, until)).fold(0.0, |sum, s| sum + s)
}

fn overlap(recorded: &Recorded, from: Timestamp, until: Timestamp) -> f64 {
    let (start, end) = (recorded.segment.start.max(from), recorded.segment.end.unwrap_or(until).min(until));
    start.duration_until(end).as_secs_f64().max(0.0)
}

fn segments<'a>(state: &'a State, service: &ServiceId) -> impl DoubleEndedIterator<Item = &'a Recorded> {
    state.downtime.of(&(service.clone(), None)).into_iter().flatten()
}

fn zone(state: &State, service: &Service) -> TimeZone {
    let rotation = state.catalogue.rotation_for(service);
    rotation.and_then(|rotation| TimeZone::get(&rotation.zone).ok()).unwrap_or(TimeZone::UTC)
}

fn is_daytime(at: Timestamp, zone: &TimeZone) -> bool {
    let local = zone.to_datetime(at);
    let is_weekend = matches!(local.weekday(), Weekday::Saturday | Weekday::Sunday);
    !is_weekend && DAYTIME.contains(&local.hour())
}

/// Returns the pages about a service, oldest first.
pub(super) fn pages(state: &State, service: &ServiceId, now: Timestamp) -> Vec<Page> {
    let from = now.checked_sub(LOOK_BACK).unwrap_or(Timestamp::MIN);
    let mine = state.pages.values().filter(|page| page.request.service == *service && page.requested_at >= from);
    let mut pages: Vec<Page> = mine
        .map(|page| {
            let alert = state.alerts.of_page(page.request.page).map(|(_, alert)| alert);
            let named = page.request.to.as_ref().map(|person| format!("person/{person}"));
            let taken = page.acknowledged.as_ref().filter(|(_, actor)| Some(actor) == named.as_ref());
            Page {
                at: page.requested_at,
                position: page.position,
                drill: alert.is_some_and(|alert| alert.purpose == Purpose::Drill),
                worth: page.verdict.map(|verdict| match verdict {
                    VerdictV1::Acted => Worth::Acted,
                    VerdictV1::NothingToDo | VerdictV1::NotOurs => Worth::Nothing,
                }),
                taken_by_named: taken.map(|(at, _)| *at).zip(page.reached),
            }
        })
        .collect();
    pages.sort_by_key(|page| (page.at, page.position));
    newest(pages)
}

/// Returns the incidents of a service, drills apart, oldest first.
pub(super) fn incidents(state: &State, service: &ServiceId, now: Timestamp) -> Vec<Incident> {
    let from = now.checked_sub(LOOK_BACK).unwrap_or(Timestamp::MIN);
    let is_mine = |incident: &seaworthy_incident::Incident| {
        incident.service == *service && incident.source != Source::Drill && incident.opened_at >= from
    };
    let clocks = [
        (Moment::Started, "when it began"),
        (Moment::Detected, "when it was noticed"),
        (Moment::Joined, "when somebody joined"),
        (Moment::Restored, "when customers were served again"),
        (Moment::Healthy, "when it was well"),
    ];
    let shown = state.incidents.iter().map(|(_, record)| record).filter(|record| is_mine(&record.incident));
    let one = |record: &crate::state::IncidentRecord| Incident {
        at: record.incident.opened_at,
        position: record.position,
        noticed_by_rule: record.incident.source == Source::Page,
        is_over: !record.incident.is_open(),
        unknown_clocks: clocks
            .iter()
            .filter(|(moment, _)| record.incident.known(*moment).is_none())
            .map(|(_, word)| *word)
            .collect(),
    };
    newest(shown.map(one).collect())
}

fn newest<T>(mut all: Vec<T>) -> Vec<T> {
    all.drain(..all.len().saturating_sub(SHOWN_MAX));
    all
}

/// Returns what files say that a service needs.
pub(super) fn edges(service: &Service) -> Vec<Edge> {
    let edge = |needed: &seaworthy_contract::catalogue::Dependency| Edge {
        to: needed.service.to_string(),
        hard: needed.kind == DependencyKind::Hard,
        has_reason: needed.reason.as_deref().is_some_and(|reason| !reason.trim().is_empty()),
    };
    service.dependencies.iter().map(edge).collect()
}

/// Returns the last time that each dependency was away, and how the service fared meanwhile.
pub(super) fn lost(state: &State, service: &Service, now: Timestamp) -> Vec<Lost> {
    let mut last: BTreeMap<&ServiceId, Lost> = BTreeMap::new();
    for needed in &service.dependencies {
        let isolated = isolated(state, &service.name, &needed.service, now);
        let newest = isolated.into_iter().chain(was_down(state, &service.name, &needed.service, now));
        if let Some(lost) = newest.max_by_key(|lost| lost.at) {
            last.insert(&needed.service, lost);
        }
    }
    last.into_values().collect()
}

/// The last isolation of it that was seen to refuse a call.
fn isolated(state: &State, service: &ServiceId, needed: &ServiceId, now: Timestamp) -> Option<Lost> {
    let worked = state.controls_of(service).rev().filter_map(|(_, record)| Some((record, record.worked()?)));
    let is_it = |what: &ControlV1| matches!(what, ControlV1::Isolate { dependency, .. } if dependency == needed);
    let (record, confirmed) = worked.into_iter().find(|(record, _)| is_it(&record.set.what))?;
    let until = record.cleared.as_ref().map_or(now, |cleared| cleared.at);
    let fared = fared(state, service, confirmed.at, until);
    let how = "isolated on purpose";
    Some(Lost { dependency: needed.to_string(), at: confirmed.at, position: confirmed.position, how, fared })
}

/// The last time that it was seen down.
fn was_down(state: &State, service: &ServiceId, needed: &ServiceId, now: Timestamp) -> Option<Lost> {
    let down = segments(state, needed).rev().find(|recorded| recorded.segment.seen == Seen::Down)?;
    let (from, until) = (down.segment.start, down.segment.end.unwrap_or(now));
    let position: Position = down.position;
    Some(Lost {
        dependency: needed.to_string(),
        at: from,
        position,
        how: "down",
        fared: fared(state, service, from, until),
    })
}

/// How a service fared over a time: the worst that was seen; what nobody watched is not seen.
fn fared(state: &State, service: &ServiceId, from: Timestamp, until: Timestamp) -> Fared {
    let mut worst = Fared::NotSeen;
    let mut seen_s = 0.0;
    for recorded in segments(state, service) {
        let held = overlap(recorded, from, until);
        if held <= 0.0 {
            continue;
        }
        let how = match recorded.segment.seen {
            Seen::Up => Fared::Well,
            Seen::Unknown => continue,
            Seen::Degraded => Fared::Degraded,
            Seen::Down => Fared::Down,
        };
        seen_s += held;
        worst = if worst == Fared::NotSeen { how } else { worst.max(how) };
    }
    let is_whole = seen_s + 1.0 >= from.duration_until(until).as_secs_f64();
    if worst == Fared::Well && !is_whole { Fared::NotSeen } else { worst }
}
