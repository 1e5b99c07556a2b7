//! The whole in one answer.

use seaworthy_contract::api::{GatewayStatus, PageState, RolloutState, Status};
use uuid::Uuid;

use super::{Look, pages, rollouts, services};

/// Returns the whole. `boot` and `writable` are the server's own.
pub fn status(look: &Look<'_>, boot: Uuid, writable: bool) -> Status {
    let mut pages = pages(look);
    pages.retain(|page| page.state != PageState::Acknowledged);
    let mut live = rollouts(look, None);
    live.retain(|rollout| !matches!(rollout.state, RolloutState::Promoted | RolloutState::Reverted));
    let services = services(look);
    let sentence = match (pages.as_slice(), live.as_slice()) {
        ([], []) if services.is_empty() => "Nothing is declared yet.".to_owned(),
        ([], []) => "Nobody is needed.".to_owned(),
        ([], [one]) => one.sentence.clone(),
        ([], many) => format!("{} changes are on their way to users; nobody is needed.", many.len()),
        ([one], _) => format!("{} is needed: {}", one.to_name.as_deref().unwrap_or("Somebody"), one.sentence),
        (many, _) => format!("{} pages wait for somebody to take them.", many.len()),
    };
    Status {
        sentence,
        now: look.now,
        boot,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        position: look.state.position,
        store_writable: writable,
        services,
        rollouts: live,
        pages,
        gateways: gateways(look),
    }
}

fn gateways(look: &Look<'_>) -> Vec<GatewayStatus> {
    let age = |at| u64::try_from(look.now.duration_since(at).as_millis()).unwrap_or(0);
    let view = |(name, seen): (&seaworthy_model::GatewayName, &crate::watch::GatewaySeen)| GatewayStatus {
        name: name.clone(),
        applied: seen.applied,
        report_age_ms: age(seen.reported_at),
        requests: seen.requests,
    };
    look.watch.gateways.0.iter().map(view).collect()
}
