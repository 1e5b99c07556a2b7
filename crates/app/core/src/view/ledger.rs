//! One sentence for each event, for people who read the ledger.

use seaworthy_contract::events::Event;
use seaworthy_contract::events::account::AccountRoleV1;
use seaworthy_contract::events::alert::{AlertFiredV1, RuleChangeV1, Urgency, VerdictV1};
use seaworthy_contract::events::downtime::{CauseV1, DowntimeStateChangedV1, SeenV1};
use seaworthy_contract::events::incident::{IncidentClockV1, IncidentRoleV1};
use seaworthy_contract::events::page::EscalatedBecauseV2;
use seaworthy_contract::events::rollout::RevertCauseV1;
use seaworthy_contract::events::rota::StandInV1;
use seaworthy_contract::events::row::RowSaysV1;
use seaworthy_contract::events::ticket::TicketPlaceV1;
use seaworthy_model::{PersonId, ServiceId};

/// Says what happened, without names of people: the ledger holds handles only.
pub fn sentence(event: &Event) -> String {
    match event {
        Event::EntityDeclared(e) => {
            let (kind, name) = e.entity.key();
            format!("{kind} {name} is as {} says", e.source)
        }
        Event::EntityClaimed(e) => format!("{} {} belongs to source {}", e.kind, e.name, e.source),
        Event::EntityRetired(e) => format!("{} {} left the catalogue", e.kind, e.name),
        Event::VersionRegistered(e) => format!("{} {} exists", e.service, e.version),
        Event::VersionBecameHealthy(e) => {
            format!("{} {} answers at {} after {} ms", e.service, e.version, e.address, e.took_ms)
        }
        Event::VersionFailedToStart(e) => format!("{} {} did not start: {}", e.service, e.version, e.reason),
        Event::VersionExited(e) => format!("{} {} ended by itself: {}", e.service, e.version, e.how),
        Event::RolloutStarted(e) => format!("{} {} is on its way", e.service, e.version),
        Event::RolloutStepEntered(e) => format!("step {} at {} of users", e.step + 1, e.share),
        Event::RolloutHeld(e) => format!("held: {}", e.reason),
        Event::RolloutResumed(_) => "goes on".to_owned(),
        Event::RolloutPromoted(_) => "serves everybody now".to_owned(),
        Event::RolloutReverted(e) if e.reason.is_empty() => "reverted by a person".to_owned(),
        Event::RolloutReverted(e) if e.cause == RevertCauseV1::BreakGlass => {
            format!("reverted: break-glass on the gateway itself, by {}", e.reason)
        }
        Event::RolloutReverted(e) => format!("reverted: {}", e.reason),
        Event::RevertConfirmed(e) => format!(
            "gateways let go {:.1} s after the decision; users saw {} failures of {} requests",
            e.decision_to_last_response_s, e.seen_by_users, e.canary_requests
        ),
        Event::BakeEnded(_) => "the old version is no longer kept warm".to_owned(),
        Event::PageRequested(e) => format!("page about {}: {}", e.service, e.sentence),
        Event::PageDelivered(e) => format!("page left by {}", e.channel),
        Event::PageUndeliverable(e) => format!("page could not leave by {}: {}", e.channel, e.reason),
        Event::PageEscalated(e) => {
            let people: Vec<&str> = e.people.iter().map(PersonId::as_str).collect();
            let why = match e.why {
                EscalatedBecauseV2::Unanswered => "nobody took the page",
                EscalatedBecauseV2::Unreachable => "nobody of those who were called can be reached",
                EscalatedBecauseV2::Nobody => "nobody was there to be called",
                EscalatedBecauseV2::Help => "help was asked for",
            };
            format!("{why}: {} called", people.join(", "))
        }
        Event::PageExhausted(e) if e.again => format!("nobody took the page in round {}: it begins again", e.round),
        Event::PageExhausted(e) => format!("nobody took the page in {} rounds, and nobody else is called", e.round),
        Event::PageCalled(e) => format!("page sent by contact {} of {}", e.contact, e.channel),
        Event::PageTold(e) => format!("contact {} of {} told what became of the page", e.contact, e.channel),
        Event::PageAcknowledged(_) => "somebody has the page".to_owned(),
        Event::PageJudged(e) => match e.verdict {
            VerdictV1::Acted => "the page was acted on",
            VerdictV1::NothingToDo => "the page needed nothing",
            VerdictV1::NotOurs => "the page was another's",
        }
        .to_owned(),
        Event::AlertFired(e) => alert_fired(e),
        Event::AlertJoined(e) => format!("{} says the same", e.rule),
        Event::AlertLeft(e) => format!("{} says so no longer", e.rule),
        Event::AlertFolded(e) => match e.into {
            Some(_) => "a failing dependency stands for it".to_owned(),
            None => "its dependency is well; it stands for itself".to_owned(),
        },
        Event::AlertResolved(_) => "nothing says so any more".to_owned(),
        Event::AlertPaged(_) => "its owner is being told".to_owned(),
        Event::AlertSilenced(e) => match &e.rule {
            Some(rule) => format!("{rule} of {} is silent until {}: {}", e.service, e.until, e.reason),
            None => format!("{} is silent until {}: {}", e.service, e.until, e.reason),
        },
        Event::AlertUnsilenced(e) => format!("{} is no longer silent", e.rule.as_deref().unwrap_or(e.service.as_str())),
        Event::RuleChanged(e) => match e.change {
            RuleChangeV1::Demote => format!("{} asks for a ticket at most", e.rule),
            RuleChangeV1::Raise => format!("{} pages", e.rule),
            RuleChangeV1::Delete => format!("{} says nothing any more", e.rule),
            RuleChangeV1::Restore => format!("{} is as its author wrote it", e.rule),
        },
        Event::DowntimeStateChanged(e) => downtime_changed(e),
        Event::DowntimeWindowAnnounced(e) => {
            format!(
                "{} may be interrupted from {} to {}: {}",
                of(&e.service, e.function.as_ref()),
                e.start,
                e.end,
                e.reason
            )
        }
        Event::DowntimeWindowCancelled(_) => "a window was taken back".to_owned(),
        Event::DowntimeCauseNamed(e) => {
            let why = cause(&e.cause);
            format!("why {} was not well since {}: {why}", of(&e.service, e.function.as_ref()), e.since)
        }
        Event::IncidentOpened(e) => format!("incident of {}: {}", e.service, e.sentence),
        Event::IncidentPageJoined(_) => "another page belongs to the incident".to_owned(),
        Event::IncidentJoined(_) => "somebody works on the incident".to_owned(),
        Event::IncidentRoleTaken(e) => format!("somebody is {} of the incident", role(e.role)),
        Event::IncidentUpdatePosted(e) => format!("update: {}", e.sentence),
        Event::IncidentHelpAsked(_) => "help was asked for".to_owned(),
        Event::IncidentRestored(_) => "somebody says that customers are served again".to_owned(),
        Event::IncidentReopened(_) => "the incident came back".to_owned(),
        Event::IncidentClosed(_) => "the incident is closed".to_owned(),
        Event::IncidentClockSet(e) => format!("{} at {}: {}", instant(e.clock), e.at, e.source),
        Event::TicketOpened(e) => format!("ticket for {} about {}: {}", e.team, e.service, e.sentence),
        Event::TicketJoined(_) => "the ticket's matter is there again".to_owned(),
        Event::TicketEnded(_) => "nothing of the ticket goes on; it waits to be closed".to_owned(),
        Event::TicketClosed(e) => format!("the ticket is closed{}", placed(&e.place)),
        Event::TicketReopened(e) => format!("the ticket is open again{}", placed(&e.place)),
        Event::OutwardDelivered(e) => match &e.made {
            Some(made) => format!("{} has made {} of {}", e.outlet, made.key, e.thread),
            None => format!("{} has heard of #{}", e.outlet, e.about),
        },
        Event::OutwardUndeliverable(e) => format!("{} did not hear of #{}: {}", e.outlet, e.about, e.reason),
        Event::RotaOverrideSet(e) => {
            let what = match &e.change {
                StandInV1::Add(person) => format!("{person} is on call"),
                StandInV1::Remove(person) => format!("{person} is not on call"),
                StandInV1::Replace { who, with } => format!("{with} stands in for {who}"),
            };
            format!("rota {}: {what} from {} to {}", e.rotation, e.from, e.until)
        }
        Event::RotaOverrideCleared(e) => format!("rota {}: an override was taken back", e.rotation),
        Event::RotaSwapOffered(e) => {
            format!("rota {}: {} offers the time from {} to {}", e.rotation, e.by, e.gives.from, e.gives.until)
        }
        Event::RotaSwapAgreed(e) => format!("rota {}: {} agrees to a swap", e.rotation, e.person),
        Event::RotaSwapWithdrawn(e) => format!("rota {}: an offer was taken back", e.rotation),
        Event::RotaMemberAccepted(e) => format!("rota {}: {} joined", e.rotation, e.person),
        Event::RotaMemberLeft(e) => format!("rota {}: {} is no longer a member", e.rotation, e.person),
        Event::RotaStarted(e) => match &e.reason {
            Some(reason) => format!("rota {} began before every condition was met: {reason}", e.rotation),
            None => format!("rota {} began", e.rotation),
        },
        Event::RotaCalendarRead(e) if e.from == e.until => format!("rota {}: the calendar was read", e.rotation),
        Event::RotaCalendarRead(e) => {
            format!("rota {}: the calendar says something else from {} to {}", e.rotation, e.from, e.until)
        }
        Event::RotaCalendarLost(e) => {
            format!("rota {}: the calendar cannot be read: {}", e.rotation, super::rota::trouble(e.why))
        }
        Event::ControlSet(e) => {
            let drill = if e.drill { "drill: " } else { "" };
            format!(
                "{drill}{} until {}: {}",
                super::control::what(&e.service, e.route.as_deref(), &e.what),
                e.until,
                e.reason
            )
        }
        Event::ControlExtended(e) => format!("lasts until {}", e.until),
        Event::ControlConfirmed(e) => {
            format!("in force on {} after {:.1} s", e.gateways.join(", "), e.took_s)
        }
        Event::ControlCleared(e) => super::control::ended(e),
        Event::ActionAsked(e) => {
            let values = e.parameters.iter().map(|(name, value)| format!(" {name}={value}")).collect::<String>();
            let dry = if e.dry_run { "dry run of action" } else { "action" };
            format!("{dry} {} of {} asked for{values}", e.action, e.service)
        }
        Event::ActionStarted(e) => format!("an action of {} began", e.service),
        Event::ActionEnded(e) => format!("an action of {}: {}", e.service, super::hook::outcome(&e.outcome, e.took_s)),
        Event::GatewayJoined(e) => format!("gateway {} reports", e.gateway),
        Event::GuardTripped(e) => format!("gateway {} ejected {} {}: {}", e.gateway, e.service, e.version, e.why),
        Event::BreakGlassUsed(e) => {
            format!("{} {} was taken off on gateway {} by {}", e.service, e.version, e.gateway, e.by)
        }
        Event::ServerStarted(e) => format!("control plane {} started", e.program),
        Event::TokenIssued(e) => format!("credential for {} issued", e.label),
        Event::RowExcepted(e) => format!("{} does not apply to {} until {}: {}", e.row, e.service, e.until, e.because),
        Event::RowExceptionEnded(e) => format!("{} applies to {} again", e.row, e.service),
        Event::RowAttested(e) => {
            let says = if e.says == RowSaysV1::Holds { "holds" } else { "does not hold" };
            format!("{} {says} for {}, by the word of its team: {}", e.row, e.service, e.words)
        }
        Event::RowAttestationEnded(e) => format!("nobody says any more how {} stands for {}", e.row, e.service),
        Event::ObservationTaken(e) => {
            format!("collector {} saw {} facts of {} at {}", e.collector, e.facts.len(), e.service, e.source)
        }
        Event::TokenRevoked(_) => "credential withdrawn".to_owned(),
        Event::AccountOpened(e) => match e.role {
            AccountRoleV1::Person => format!("{} may sign in", e.person),
            AccountRoleV1::Admin => format!("{} may sign in and do everything", e.person),
        },
        Event::AccountInvited(e) => format!("a link was made by which {} signs in", e.person),
        Event::AccountClosed(e) => format!("{} may not sign in any more", e.person),
        Event::Unknown { kind, version } => format!("{kind} version {version}, which this program does not know"),
    }
}

fn of(service: &ServiceId, function: Option<&String>) -> String {
    function.map_or_else(|| service.to_string(), |function| format!("{service}/{function}"))
}

fn placed(place: &TicketPlaceV1) -> String {
    match place {
        TicketPlaceV1::Here => String::new(),
        TicketPlaceV1::Tracker { status } => format!(": its tracker says {status}"),
    }
}

fn role(role: IncidentRoleV1) -> &'static str {
    match role {
        IncidentRoleV1::Lead => "lead",
        IncidentRoleV1::Operator => "operator",
        IncidentRoleV1::Communicator => "communicator",
    }
}

fn instant(clock: IncidentClockV1) -> &'static str {
    match clock {
        IncidentClockV1::Started => "it started",
        IncidentClockV1::Detected => "it was detected",
        IncidentClockV1::Joined => "somebody joined",
        IncidentClockV1::Restored => "customers were served again",
        IncidentClockV1::Healthy => "all was well again",
    }
}

fn downtime_changed(event: &DowntimeStateChangedV1) -> String {
    let what = match event.state {
        SeenV1::Unknown => "is watched by nobody",
        SeenV1::Up => "serves",
        SeenV1::Degraded => "is degraded",
        SeenV1::Down => "is down",
    };
    format!("{} {what} since {}", of(&event.service, event.function.as_ref()), event.since)
}

fn cause(cause: &CauseV1) -> String {
    match cause {
        CauseV1::Change => "a change".to_owned(),
        CauseV1::Dependency(name) => format!("its dependency {name}"),
        CauseV1::Capacity => "capacity".to_owned(),
        CauseV1::Credential => "a credential".to_owned(),
        CauseV1::Vendor(name) => format!("vendor {name}"),
        CauseV1::Maintenance => "declared work".to_owned(),
    }
}

fn alert_fired(event: &AlertFiredV1) -> String {
    let what = match (event.drill, event.urgency) {
        (true, _) => "drill",
        (false, Urgency::Page) => "page",
        (false, Urgency::Ticket) => "ticket",
    };
    format!("{what}: {}", event.sentence)
}
