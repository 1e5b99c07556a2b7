//! What proves that all is quiet, or says that nothing does.

use seaworthy_contract::api::{Reach, Status, VersionState};

use super::super::objectives::{is_measured, remaining, source, worst_first};
use super::{HomeFacts, noted};
use crate::part::Chip;
use crate::text;

/// Age of a gateway's report from which it counts as silent, in milliseconds: ten reports missed.
const SILENT_MS: u64 = 2_500;

/// Something that proves quiet, or says that nothing does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// Its state.
    pub chip: Chip,
    /// What is so.
    pub title: String,
    /// Who saw it, when.
    pub source: String,
}

/// Returns them.
pub(super) fn proofs(facts: &HomeFacts<'_>) -> Vec<Proof> {
    let status = facts.status;
    let mut proofs = gateways(status);
    proofs.extend(objectives(facts));
    proofs.extend(versions(status));
    if let Some(until) = status.services.iter().filter_map(|s| s.on_call.as_ref()).map(|on_call| on_call.until).min() {
        let (chip, title) = staffed(status);
        proofs.push(Proof {
            chip,
            title,
            source: format!("rotations of the catalogue, read now; next hand-over {}", text::age(until, status.now)),
        });
    }
    proofs.push(match status.store_writable {
        true => Proof {
            chip: Chip::ok("Kept"),
            title: format!("{} on record, and the store takes more", text::counted(status.position, "event", "events")),
            source: format!("ledger, last write succeeded; program {}", status.program),
        },
        false => Proof {
            chip: Chip::bad("Stopped"),
            title: "The store takes no writes".to_owned(),
            source: format!("ledger, last write failed; program {}", status.program),
        },
    });
    proofs
}

/// Whether a page finds somebody: a name on a rota without a contact is nobody who wakes.
fn staffed(status: &Status) -> (Chip, String) {
    let all = status.services.len();
    let staffed = status.services.iter().filter(|service| service.on_call.is_some()).count();
    let only = "a page would only stand in the portal";
    match (staffed == all, without_contact(status)) {
        (true, 0) => (Chip::ok("Staffed"), "Every service has somebody on call".to_owned()),
        (true, n) if n == all => (Chip::bad("No contact"), format!("Nobody who is on call has a contact: {only}")),
        (true, n) => {
            let of = format!("{n} of {}", services(status));
            (Chip::bad("No contact"), format!("Who is on call for {of} has no contact: {only}"))
        }
        (false, 0) => (Chip::bad("Not all"), format!("{staffed} of {} have somebody on call", services(status))),
        (false, n) => {
            let who = format!("{n} of these without a contact");
            (Chip::bad("Not all"), format!("{staffed} of {} have somebody on call, {who}", services(status)))
        }
    }
}

/// For how many services somebody is on call who has no contact.
pub(super) fn without_contact(status: &Status) -> usize {
    let on_call = status.services.iter().filter_map(|service| service.on_call.as_ref());
    on_call.filter(|on_call| on_call.reach == Reach::None).count()
}

/// What is wanted of the services, and how much of it holds.
fn objectives(facts: &HomeFacts<'_>) -> Option<Proof> {
    let all = facts.objectives.len();
    let noted = noted(facts.objectives).count();
    if facts.status.services.is_empty() {
        return None;
    }
    let worst_first = worst_first(facts.objectives);
    let known = worst_first.iter().filter_map(|objective| Some((*objective, remaining(objective)?)));
    let source = match known.min_by(|a, b| a.1.total_cmp(&b.1)) {
        Some((least, left)) => {
            format!("the least budget is that of {}: {}; {}", least.name, text::left_of_budget(left), source(least))
        }
        None if worst_first.iter().any(|objective| is_measured(objective)) => {
            let whose = if all == 1 { "its budget" } else { "their budgets" };
            format!("too little was seen to say what is left of {whose}")
        }
        None => "nothing was counted for any of them yet".to_owned(),
    };
    Some(match (all, noted) {
        (0, _) => Proof {
            chip: Chip::unknown("No objective"),
            title: "No service says how good it must be for its users".to_owned(),
            source: "so nobody is woken when they suffer; a line objective: 99.9% in a service's file ends that"
                .to_owned(),
        },
        (1, 0) => Proof { chip: Chip::ok("Met"), title: "The one objective is met".to_owned(), source },
        (all, 0) => Proof { chip: Chip::ok("Met"), title: format!("All {all} objectives are met"), source },
        (all, noted) => Proof {
            chip: Chip::warn("Not all"),
            title: format!("{} of {} met", all - noted, text::counted(all as u64, "objective", "objectives")),
            source,
        },
    })
}

fn services(status: &Status) -> String {
    text::counted(status.services.len() as u64, "service", "services")
}

fn gateways(status: &Status) -> Vec<Proof> {
    if status.gateways.is_empty() {
        return vec![Proof {
            chip: Chip::unknown("Not seen"),
            title: "No gateway has reported since the server started".to_owned(),
            source: "so nothing is known of traffic, and nothing can be judged".to_owned(),
        }];
    }
    let proof = |gateway: &seaworthy_contract::api::GatewayStatus| {
        let age = text::seconds(gateway.report_age_ms as f64 / 1_000.0);
        let requests = text::counted(gateway.requests, "request", "requests");
        Proof {
            chip: match gateway.report_age_ms {
                0..SILENT_MS => Chip::ok("Watched"),
                _ => Chip::unknown("Silent"),
            },
            title: format!("Gateway {} has carried {requests} since it started", gateway.name),
            source: format!("its own report, {age} ago; it applies config #{}", text::count(gateway.applied)),
        }
    };
    status.gateways.iter().map(proof).collect()
}

fn versions(status: &Status) -> Option<Proof> {
    let all: Vec<_> = status.services.iter().flat_map(|service| &service.versions).collect();
    if all.is_empty() {
        return None;
    }
    let healthy = all.iter().filter(|version| version.state == VersionState::Healthy).count();
    let unknown = all.iter().filter(|version| version.state == VersionState::Unknown).count();
    let chip = match (healthy == all.len(), unknown) {
        (true, _) => Chip::ok("Running"),
        (false, 0) => Chip::bad("Not all"),
        (false, _) => Chip::unknown("Not all seen"),
    };
    let title = match (healthy == all.len(), all.len()) {
        (true, 1) => "The one version that should run answers".to_owned(),
        (true, n) => format!("All {n} versions that should run answer"),
        (false, n) => format!("{healthy} of {} that should run answer", text::counted(n as u64, "version", "versions")),
    };
    Some(Proof {
        chip,
        title,
        source: format!("supervisor, health checks of every version, as last reported{}", failing(status)),
    })
}

/// The last check of each version that should serve and is not well.
fn failing(status: &Status) -> String {
    let versions = status.services.iter().flat_map(|service| service.versions.iter().map(move |v| (&service.name, v)));
    let failing = versions.filter(|(_, version)| version.state == VersionState::Failing);
    failing
        .map(|(service, version)| {
            format!("; {service} {}: {}", version.version, version.reason.as_deref().unwrap_or("it fails"))
        })
        .collect()
}
