//! Which incident a fact is about, what it means for its clocks, and how each instant is known.

use seaworthy_alert::Alert;
use seaworthy_contract::events::Event;
use seaworthy_contract::events::downtime::SeenV1;
use seaworthy_contract::events::incident::{IncidentClockV1, IncidentOpenedV1, IncidentRoleV1};
use seaworthy_downtime::Seen;
use seaworthy_incident::{Event as Happened, Mark, Moment, Role};
use seaworthy_model::{AlertId, IncidentId, PageId, ServiceId};

use super::{IncidentRecord, Line, is_meant, marked};
use crate::Fact;
use crate::state::State;

/// Returns the incident that an event of incidents names.
pub(super) fn incident_of(event: &Event) -> Option<IncidentId> {
    Some(match event {
        Event::IncidentPageJoined(e) => e.incident,
        Event::IncidentJoined(e) => e.incident,
        Event::IncidentRoleTaken(e) => e.incident,
        Event::IncidentUpdatePosted(e) => e.incident,
        Event::IncidentHelpAsked(e) => e.incident,
        Event::IncidentRestored(e) => e.incident,
        Event::IncidentReopened(e) => e.incident,
        Event::IncidentClosed(e) => e.incident,
        Event::IncidentClockSet(e) => e.incident,
        _ => return None,
    })
}

/// Returns the alert that another page of an incident is about.
pub(super) fn alert_of(event: &Event) -> Option<AlertId> {
    match event {
        Event::IncidentPageJoined(e) => Some(e.alert),
        Event::IncidentReopened(e) => Some(e.alert),
        _ => None,
    }
}

/// Returns the service that an event is about, where it belongs into a timeline.
pub(super) fn service_of(state: &State, event: &Event) -> Option<ServiceId> {
    let rollout = |id| state.rollouts.get(id).map(|record| record.service().clone());
    let page = |id: &PageId| state.pages.get(id).map(|record| record.request.service.clone());
    let alert = |id: &AlertId| state.alerts.alerts.get(id).filter(|_| is_meant(state, *id)).map(|a| a.service.clone());
    match event {
        Event::RolloutStarted(e) => Some(e.service.clone()),
        Event::RolloutStepEntered(e) => rollout(&e.rollout),
        Event::RolloutHeld(e) => rollout(&e.rollout),
        Event::RolloutResumed(e) => rollout(&e.rollout),
        Event::RolloutPromoted(e) => rollout(&e.rollout),
        Event::RolloutReverted(e) => rollout(&e.rollout),
        Event::RevertConfirmed(e) => rollout(&e.rollout),
        Event::VersionExited(e) => Some(e.service.clone()),
        Event::VersionFailedToStart(e) => Some(e.service.clone()),
        Event::PageRequested(e) => Some(e.service.clone()),
        Event::PageDelivered(e) => page(&e.page),
        Event::PageUndeliverable(e) => page(&e.page),
        Event::PageAcknowledged(e) => page(&e.page),
        Event::PageEscalated(e) => page(&e.page),
        Event::PageCalled(e) => page(&e.page),
        Event::PageTold(e) => page(&e.page),
        Event::PageExhausted(e) => page(&e.page),
        Event::AlertFired(e) => alert(&e.alert),
        Event::AlertJoined(e) => alert(&e.alert),
        Event::AlertLeft(e) => alert(&e.alert),
        Event::AlertFolded(e) => alert(&e.alert),
        Event::AlertResolved(e) => alert(&e.alert),
        Event::AlertSilenced(e) => Some(e.service.clone()),
        Event::AlertUnsilenced(e) => Some(e.service.clone()),
        Event::DowntimeStateChanged(e) => Some(e.service.clone()),
        Event::GuardTripped(e) => Some(e.service.clone()),
        Event::BreakGlassUsed(e) => Some(e.service.clone()),
        Event::TicketOpened(e) => Some(e.service.clone()),
        Event::ActionAsked(e) if !e.dry_run => Some(e.service.clone()),
        Event::ActionEnded(e) if !state.runs.get(&e.run)?.asked.dry_run => Some(e.service.clone()),
        Event::ControlSet(e) => Some(e.service.clone()),
        Event::ControlCleared(e) => state.controls.get(&e.control).map(|record| record.set.service.clone()),
        Event::ControlConfirmed(e) => state.controls.get(&e.control).map(|record| record.set.service.clone()),
        _ => None,
    }
}

/// Returns since when an incident is there and what detected it. A person who opens one has noticed it; since when it is
/// there is only known where they say so.
pub(super) fn opening(e: &IncidentOpenedV1, alert: Option<&Alert>, fact: &Fact) -> (Option<Mark>, Mark) {
    if let Some(alert) = alert {
        let (began, detected) = of_alert(alert, fact);
        return (Some(began), detected);
    }
    let detected = marked(fact, format!("{} opened it", fact.actor));
    let began = e.began_at.map(|at| Mark { at, ..marked(fact, format!("{} said so", fact.actor)) });
    (began, detected)
}

fn of_alert(alert: &Alert, fact: &Fact) -> (Mark, Mark) {
    let rule = alert.rules.first().map_or("an alert", String::as_str);
    let began = Mark { at: alert.began_at, ..marked(fact, format!("{rule}: the symptom is there since then")) };
    let detected = Mark { at: alert.fired_at, ..marked(fact, format!("{rule} fired")) };
    (began, detected)
}

/// Returns what a fact means for an incident of the service that it is about.
pub(super) fn happened(state: &State, record: &IncidentRecord, fact: &Fact) -> Vec<Happened> {
    let by = || fact.actor.clone();
    let said = |what: &str| marked(fact, format!("{} {what}", fact.actor));
    let paged = |page, alert: AlertId| {
        let (began, detected) = of_alert(state.alerts.alerts.get(&alert)?, fact);
        Some(Happened::Paged { page, alert, began, detected })
    };
    match &fact.event {
        Event::IncidentPageJoined(e) => paged(e.page, e.alert).into_iter().collect(),
        Event::IncidentReopened(e) => paged(e.page, e.alert).into_iter().collect(),
        Event::IncidentJoined(_) => vec![Happened::Joined(by(), said("joined"))],
        Event::IncidentRoleTaken(e) => vec![Happened::RoleTaken(by(), role(e.role), said("took a role"))],
        Event::IncidentUpdatePosted(e) => vec![Happened::Updated(fact.at, e.next_update_at)],
        Event::IncidentHelpAsked(_) => vec![Happened::HelpAsked(fact.at)],
        Event::IncidentRestored(_) => vec![Happened::Restored(said("said so"))],
        Event::IncidentClosed(_) => vec![Happened::Closed(said("closed it"))],
        Event::IncidentClockSet(e) => {
            let mark = Mark { at: e.at, ..said(&format!("said: {}", e.source)) };
            vec![Happened::Set(moment(e.clock), mark)]
        }
        Event::PageAcknowledged(e) if record.incident.pages.contains(&e.page) => {
            vec![Happened::Joined(by(), said("took the page"))]
        }
        Event::RevertConfirmed(_) => vec![Happened::Restored(marked(fact, "every gateway has taken the version off"))],
        Event::AlertResolved(e) => {
            let ended = Happened::AlertEnded(e.alert, marked(fact, "no rule says so any more"));
            [Some(ended), seen_well(state, record, fact)].into_iter().flatten().collect()
        }
        Event::DowntimeStateChanged(e) if e.function.is_none() && e.state == SeenV1::Up => {
            let at = e.since.max(record.incident.opened_at).min(fact.at);
            vec![Happened::SeenWell(Mark { at, ..marked(fact, "gateways and probes see it serve") })]
        }
        _ => Vec::new(),
    }
}

/// What serves while the last of its alerts ends is well from then on.
fn seen_well(state: &State, record: &IncidentRecord, fact: &Fact) -> Option<Happened> {
    let seen = state.downtime.open(&(record.incident.service.clone(), None))?;
    let well = seen.segment.seen == Seen::Up;
    well.then(|| Happened::SeenWell(marked(fact, "it serves, and no rule says otherwise any more")))
}

/// Returns what happened before an incident was opened, as far as the state still shows it.
pub(super) fn before(state: &State, record: &IncidentRecord) -> Vec<Line> {
    let alerts = record.alerts.iter().filter_map(|id| state.alerts.alerts.get(id));
    let fired = alerts.map(|alert| Line {
        at: alert.fired_at,
        position: record.position,
        actor: "alerts".to_owned(),
        service: None,
        words: format!("the alert fired: {}", alert.sentence),
    });
    fired.collect()
}

pub(crate) fn role(role: IncidentRoleV1) -> Role {
    match role {
        IncidentRoleV1::Lead => Role::Lead,
        IncidentRoleV1::Operator => Role::Operator,
        IncidentRoleV1::Communicator => Role::Communicator,
    }
}

pub(crate) fn moment(clock: IncidentClockV1) -> Moment {
    match clock {
        IncidentClockV1::Started => Moment::Started,
        IncidentClockV1::Detected => Moment::Detected,
        IncidentClockV1::Joined => Moment::Joined,
        IncidentClockV1::Restored => Moment::Restored,
        IncidentClockV1::Healthy => Moment::Healthy,
    }
}
