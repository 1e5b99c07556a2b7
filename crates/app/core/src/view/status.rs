//! The whole in one answer.

use seaworthy_alert::Urgency;
use seaworthy_contract::api::{GatewayStatus, Page, PageState, Rollout, RolloutState, Status};
use uuid::Uuid;

use super::alert::counts;
use super::{Look, open_alerts, page, pages, rollouts, services};

/// Returns the whole. `boot` and `writable` are the server's own.
pub fn status(look: &Look<'_>, boot: Uuid, writable: bool) -> Status {
    let mut pages = pages(look);
    pages.retain(|page| page.state != PageState::Acknowledged);
    let mut live = rollouts(look, None);
    live.retain(|rollout| !matches!(rollout.state, RolloutState::Promoted | RolloutState::Reverted));
    let services = services(look);
    let failing =
        services.iter().find(|service| service.failing_since.is_some()).map(|service| service.sentence.as_str());
    let sentence = sentence(look, &pages, &live, failing, services.is_empty());
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
        alerts: open_alerts(look, None),
        gateways: gateways(look),
    }
}

/// Is anybody needed? A page that nobody has beats everything, then what is wrong although somebody has it; a page whose
/// matter is over waits for a word only.
fn sentence(look: &Look<'_>, pages: &[Page], live: &[Rollout], failing: Option<&str>, is_empty: bool) -> String {
    let open: Vec<_> = look.state.alerts.all_open().map(|(_, alert)| alert).filter(|a| counts(look, a)).collect();
    let (urgent, tickets): (Vec<_>, Vec<_>) = open.into_iter().partition(|alert| alert.urgency == Urgency::Page);
    let calm = match tickets.len() {
        0 => "Nobody is needed.".to_owned(),
        1 => "Nobody is needed now; 1 alert waits for working hours.".to_owned(),
        many => format!("Nobody is needed now; {many} alerts wait for working hours."),
    };
    let (over, pages): (Vec<_>, Vec<_>) = pages.iter().partition(|page| page::is_over(look, page));
    if let ([], [], Some(failing)) = (pages.as_slice(), urgent.as_slice(), failing) {
        return format!("{failing} Nobody is paged yet: that takes a share of its budget.");
    }
    match (pages.as_slice(), urgent.as_slice(), live) {
        ([one], ..) => format!("{} is needed: {}", one.to_name.as_deref().unwrap_or("Somebody"), one.sentence),
        ([_, _, ..], ..) => format!("{} pages wait for somebody to take them.", pages.len()),
        ([], [one], _) => format!("{} is not well: {}", one.service, one.sentence),
        ([], [_, _, ..], _) => format!("{} things are wrong; no page waits for anybody.", urgent.len()),
        ([], [], _) if !over.is_empty() => waits_for_a_word(&over),
        ([], [], []) if is_empty => "Nothing is declared yet.".to_owned(),
        ([], [], []) => calm,
        ([], [], [one]) => one.sentence.clone(),
        ([], [], many) => format!("{} changes are on their way to users; nobody is needed.", many.len()),
    }
}

fn waits_for_a_word(over: &[&Page]) -> String {
    match over {
        [one] => {
            let who = one.to_name.as_deref().unwrap_or("somebody");
            format!("It is over, and its page waits for {who} to acknowledge it: {}", one.sentence)
        }
        many => format!("It is over; {} pages wait to be acknowledged.", many.len()),
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
