//! What changed before: the changes that state noted, weighed by the domain's rules.

use jiff::Timestamp;
use seaworthy_contract::api::{Confidence, Suspect, SuspectFinding, Suspects};
use seaworthy_contract::events::rollout::RevertCauseV1;
use seaworthy_incident::{self as incident, Arms, Change, Finding, Kind, Relation, Weighed, arms, finding};
use seaworthy_model::{PageId, RolloutId, ServiceId};

use super::{called, spoken};
use crate::state::{IncidentRecord, NotedChange, stands};
use crate::step::hard;
use crate::view::Look;

/// Changes that are shown: the first is what somebody looks at.
const SHOWN_MAX: usize = 12;

/// Evidence of the judge from which a version counts as the worse one: where it holds a share.
const HARM_LOG_E: f64 = 3.0;

/// Returns what changed before an incident, most likely cause first.
pub(super) fn suspects(look: &Look<'_>, record: &IncidentRecord) -> Suspects {
    let known = &record.incident;
    let began = known.known(incident::Moment::Started).map_or(known.opened_at, |mark| mark.at);
    let changes = record.changes.iter().filter(|change| !change.alert.is_some_and(|a| record.alerts.contains(&a)));
    ranked(look, &known.service, began, changes.collect())
}

/// Returns what changed before a page, most likely cause first: its incident's, where it has one.
pub fn suspects_of_page(look: &Look<'_>, page: PageId) -> Option<Suspects> {
    if let Some(record) = super::incident_of_page(look, page).and_then(|id| look.state.incidents.get(id)) {
        return Some(suspects(look, record));
    }
    let record = look.state.pages.get(&page)?;
    let service = &record.request.service;
    let needs = hard(look.state, service);
    let is_of = |of: &Option<ServiceId>| of.as_ref().is_none_or(|of| of == service || needs.contains(of));
    let own = look.state.alerts.of_page(page).map(|(id, _)| id);
    let wanted = |change: &&NotedChange| is_of(&change.service) && (change.alert.is_none() || change.alert != own);
    let changes = look.state.incidents.noted().iter().filter(wanted).collect();
    Some(ranked(look, service, record.request.began_at.unwrap_or(record.requested_at), changes))
}

fn ranked(look: &Look<'_>, service: &ServiceId, began: Timestamp, noted: Vec<&NotedChange>) -> Suspects {
    let noted: Vec<&NotedChange> = noted.into_iter().filter(|change| stands(look.state, change)).collect();
    let changes: Vec<Change> = noted.iter().map(|change| weighable(look, service, change)).collect();
    let (order, comes_to) = finding(&changes, began);
    let shown = order.iter().take(SHOWN_MAX).map(|(i, weighed)| suspect(look, noted[*i], *weighed, began));
    let sentence = said(comes_to, order.first().map(|(i, weighed)| (noted[*i], *weighed)), began);
    Suspects {
        finding: match comes_to {
            Finding::Suspect(_) => SuspectFinding::Suspect,
            Finding::Vendor(_) => SuspectFinding::Vendor,
            Finding::Unattributed => SuspectFinding::Unattributed,
        },
        sentence,
        changes: shown.collect(),
    }
}

fn said(comes_to: Finding, first: Option<(&NotedChange, Weighed)>, began: Timestamp) -> String {
    let Some((change, weighed)) = first else {
        return "Unattributed: nothing changed in the two hours before, for all that is seen here.".to_owned();
    };
    let ago = minutes(began.duration_since(change.at).as_secs_f64());
    match comes_to {
        Finding::Suspect(_) => format!("Suspect: {}, {ago}; {}.", change.words, weighed.why),
        Finding::Vendor(_) => {
            let name = change.service.as_ref().map_or("somebody else's service", ServiceId::as_str);
            format!("Vendor: {name} failed {ago}. Nothing of ours is as likely.")
        }
        Finding::Unattributed => "Unattributed: nothing that changed in the two hours before explains it.".to_owned(),
    }
}

fn minutes(seconds: f64) -> String {
    let (word, seconds) = if seconds < 0.0 { ("after it began", -seconds) } else { ("before it began", seconds) };
    match seconds {
        s if s < 90.0 => format!("{s:.0} s {word}"),
        s => format!("{:.0} min {word}", s / 60.0),
    }
}

fn weighable(look: &Look<'_>, service: &ServiceId, change: &NotedChange) -> Change {
    let relation = match &change.service {
        None => Relation::Everybody,
        Some(of) if of == service => Relation::Itself,
        Some(of) if is_ours(look, of) => Relation::Needed,
        Some(_) => Relation::Vendor,
    };
    let shown = change.rollout.filter(|_| change.kind == Kind::Rollout).map(|id| compared(look, id));
    Change {
        at: change.at,
        service: change.service.clone(),
        kind: change.kind,
        relation,
        arms: shown.unwrap_or(Arms::Unknown),
    }
}

/// A service is ours where a version of it was ever shipped from here, or could be.
fn is_ours(look: &Look<'_>, service: &ServiceId) -> bool {
    look.state.serving.contains_key(service)
        || look.state.catalogue.service(service).is_some_and(|entity| entity.run.is_some())
}

fn compared(look: &Look<'_>, id: RolloutId) -> Arms {
    let record = look.state.rollouts.get(&id);
    let cause = record.and_then(|record| Some(record.reverted.as_ref()?.event.cause));
    let live = look.watch.live.get(&id);
    let harm = matches!(cause, Some(RevertCauseV1::Judge | RevertCauseV1::Guard))
        || live.is_some_and(|live| live.judge.evidence(look.now).log_e_abort >= HARM_LOG_E);
    let (canary, stable) = live.map(|live| (live.canary, live.stable)).unwrap_or_default();
    arms((canary.failures, canary.requests), (stable.failures, stable.requests), harm)
}

fn suspect(look: &Look<'_>, change: &NotedChange, weighed: Weighed, began: Timestamp) -> Suspect {
    Suspect {
        at: change.at,
        before_s: began.duration_since(change.at).as_secs_f64(),
        service: change.service.clone(),
        sentence: spoken(look, &change.words),
        by: called(look, &change.by),
        rollout: change.rollout,
        confidence: match weighed.confidence {
            incident::Confidence::Likely => Confidence::Likely,
            incident::Confidence::Possible => Confidence::Possible,
            incident::Confidence::Unlikely => Confidence::Unlikely,
        },
        why: weighed.why.to_owned(),
        position: change.position,
    }
}
