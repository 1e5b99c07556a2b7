//! Probes as outsiders see them.

use std::borrow::Cow;

use jiff::Timestamp;
use seaworthy_alert::Purpose;
use seaworthy_contract::api::{Probe, ProbePlace, ProbeRun, ProbeRuns, ProbeState, ProbeUnseen, Prober};
use seaworthy_contract::catalogue::Probe as Declared;
use seaworthy_model::{AlertId, ServiceId};
use seaworthy_probe::{Outcome, PlaceView, Run, Says, State, Unseen};

use super::Look;
use crate::desired::probe_set;
use crate::watch::probes::{Probed, rule};

/// Returns every probe, of one service where it is named; by name.
pub fn probes(look: &Look<'_>, service: Option<&ServiceId>) -> Vec<Probe> {
    let wanted = |declared: &&Declared| service.is_none_or(|service| declared.service == *service);
    look.state.catalogue.probes().filter(wanted).map(|declared| view(look, &watched(look, declared))).collect()
}

/// Returns a probe with the runs that are kept of it, newest slot first.
pub fn probe(look: &Look<'_>, name: &str) -> Option<ProbeRuns> {
    let probed = watched(look, look.state.catalogue.probe(name)?);
    let mut runs: Vec<ProbeRun> = probed.runs().map(run).collect();
    runs.sort_by(|one, other| other.at.cmp(&one.at).then_with(|| one.place.cmp(&other.place)));
    Some(ProbeRuns { probe: view(look, &probed), runs })
}

/// Returns the places that run probes, by name.
pub fn probers(look: &Look<'_>) -> Vec<Prober> {
    let prober = |(place, seen): (&str, &crate::watch::probes::PlaceSeen)| Prober {
        place: place.to_owned(),
        heard_at: seen.heard_at,
        probes: probe_set(look.state, place).probes.len(),
        current: seen.applied >= look.state.config_version,
    };
    look.watch.probes.places.iter().map(prober).collect()
}

/// One that was declared just now is not watched yet.
fn watched<'a>(look: &Look<'a>, declared: &Declared) -> Cow<'a, Probed> {
    let known = look.watch.probes.get(&declared.name).map(Cow::Borrowed);
    known.unwrap_or_else(|| Cow::Owned(Probed::unwatched(declared)))
}

fn view(look: &Look<'_>, probed: &Probed) -> Probe {
    let declared = &probed.declared;
    let (state, unseen) = state(probed.state());
    let source = look.state.catalogue.get("probe", &declared.name);
    Probe {
        name: declared.name.clone(),
        service: declared.service.clone(),
        function: declared.function.clone(),
        target: declared.target.clone(),
        every_ms: declared.every_ms,
        timeout_ms: declared.timeout_ms,
        slow_ms: declared.slow_ms,
        state,
        unseen,
        since: Some(probed.since).filter(|since| *since > Timestamp::UNIX_EPOCH),
        reason: probed.words(),
        flapping: probed.is_flapping(),
        places: probed.places(look.now).into_iter().map(place).collect(),
        alert: alert(look, probed),
        source: source.map(|declared| declared.source.clone()).unwrap_or_default(),
        position: source.map_or(0, |declared| declared.position),
    }
}

/// The open alert that its rule is part of.
fn alert(look: &Look<'_>, probed: &Probed) -> Option<AlertId> {
    let rule = rule(&probed.declared.name);
    let is_its = |alert: &seaworthy_alert::Alert| alert.purpose == Purpose::Real && alert.rules.contains(&rule);
    look.state.alerts.all_open().find(|(_, alert)| is_its(alert)).map(|(id, _)| id)
}

fn state(state: State) -> (ProbeState, Option<ProbeUnseen>) {
    let unseen = |unseen| match unseen {
        Unseen::NotYet => ProbeUnseen::NotYet,
        Unseen::NeverUp => ProbeUnseen::NeverUp,
        Unseen::Silent => ProbeUnseen::Silent,
        Unseen::Blind => ProbeUnseen::Blind,
        Unseen::Undecided => ProbeUnseen::Undecided,
    };
    match state {
        State::Unknown(why) => (ProbeState::Unknown, Some(unseen(why))),
        State::Up => (ProbeState::Up, None),
        State::Degraded => (ProbeState::Degraded, None),
        State::Down => (ProbeState::Down, None),
    }
}

fn place(view: PlaceView) -> ProbePlace {
    let (state, reason) = match view.says {
        Says::Up => (ProbeState::Up, None),
        Says::Degraded(why) => (ProbeState::Degraded, Some(why.text)),
        Says::Down(_, why) => (ProbeState::Down, Some(why.text)),
        Says::Blind(why) => (ProbeState::Unknown, Some(why.text)),
        Says::Silent => (ProbeState::Unknown, Some("no result for its last slot".to_owned())),
        Says::NotYet => (ProbeState::Unknown, None),
    };
    ProbePlace { place: view.place, state, reason, last_at: view.last }
}

fn run(run: &Run) -> ProbeRun {
    let state = match run.outcome {
        Outcome::Pass => ProbeState::Up,
        Outcome::Degraded(_) => ProbeState::Degraded,
        Outcome::Fail(_) => ProbeState::Down,
        Outcome::CannotSee(_) => ProbeState::Unknown,
    };
    ProbeRun {
        place: run.place.clone(),
        at: run.intended_at,
        took_ms: run.took_ms,
        state,
        code: run.outcome.reason().map(|why| why.code.text()),
        reason: run.outcome.reason().map(|why| why.text.clone()),
        retried: run.retried.as_ref().map(|why| why.text.clone()),
    }
}
