//! `seaworthy status`: is anybody needed, what serves, who is on call.

use seaworthy_contract::api::{GatewayStatus, Page, Rollout, Service, Status, VersionState, VersionView};

use crate::context::Context;
use crate::table::{Column, harmless, lay_out};
use crate::view::View;
use crate::words::{age, ago, capital, count, share};
use crate::{Exit, Failure};

pub(crate) async fn run(cx: &mut Context<'_>) -> Result<Exit, Failure> {
    let status: Status = cx.api.get_json("/v1/status").await?;
    cx.answer(&status, text)?;
    Ok(Exit::Ok)
}

fn text(status: &Status, view: &View) -> String {
    // The server's clock, which the times in the answer were read from.
    let view = &View { now: status.now, ..*view };
    let sentence = harmless(&status.sentence);
    let mut lines = vec![if status.pages.is_empty() { sentence } else { view.alarm(&sentence) }];
    if !status.store_writable {
        lines.push(view.alarm("The store takes no writes: nothing can be shipped or acknowledged; reads go on."));
    }
    let sections = [
        services(status, view),
        status.pages.iter().map(|page| line_of_page(page, view)).collect(),
        status.rollouts.iter().map(|rollout| line_of_rollout(rollout, view)).collect(),
        gateways(&status.gateways),
    ];
    for section in sections.into_iter().filter(|section| !section.is_empty()) {
        lines.push(String::new());
        lines.extend(section);
    }
    lines.join("\n")
}

/// A row for each version that should run: who serves whom is seen at a glance.
fn services(status: &Status, view: &View) -> Vec<String> {
    if status.services.is_empty() {
        return vec!["no services; `seaworthy apply DIR` declares them".to_owned()];
    }
    let columns = [Column::Text, Column::Text, Column::Number, Column::Gives, Column::Gives];
    let header = ["SERVICE", "VERSION", "SERVES", "ON CALL", "STATE"].map(str::to_owned).to_vec();
    let rows = status.services.iter().flat_map(|service| rows(service, &status.rollouts, view));
    lay_out(&columns, &std::iter::once(header).chain(rows).collect::<Vec<_>>(), view.width())
}

fn rows(service: &Service, rollouts: &[Rollout], view: &View) -> Vec<Vec<String>> {
    let on_call = on_call(service, view);
    if service.versions.is_empty() {
        let state = "nothing shipped through Seaworthy".to_owned();
        return vec![vec![service.name.to_string(), "-".to_owned(), "-".to_owned(), on_call, state]];
    }
    let canary = rollouts.iter().find(|rollout| Some(rollout.id) == service.rollout).map_or(0.0, |r| r.share);
    let row = |version: &VersionView| {
        let serves = match version.role.as_str() {
            "stable" => share(1.0 - canary),
            "canary" => share(canary),
            _ => share(0.0),
        };
        let state = format!("{}: {}", harmless(&version.role), fares(version, view));
        vec![service.name.to_string(), version.version.to_string(), serves, on_call.clone(), state]
    };
    service.versions.iter().map(row).collect()
}

/// Says how a version fares, and since when.
pub(crate) fn fares(version: &VersionView, view: &View) -> String {
    let when = version.since.map_or_else(String::new, |at| format!(" {}", ago(view.seconds_since(at))));
    match version.state {
        VersionState::Unknown => "not seen yet".to_owned(),
        VersionState::Healthy => format!("became healthy{when}"),
        VersionState::Exited => format!("went down{when}, is being started again"),
        VersionState::Failed => format!("could not be started{when}"),
    }
}

fn on_call(service: &Service, view: &View) -> String {
    match &service.on_call {
        None => "nobody".to_owned(),
        Some(on_call) => {
            let name = on_call.display_name.as_deref().map_or_else(|| on_call.person.to_string(), harmless);
            format!("{name}, {} more", age(on_call.until.duration_since(view.now).as_secs().max(0)))
        }
    }
}

fn line_of_page(page: &Page, view: &View) -> String {
    let when = ago(view.seconds_since(page.requested_at));
    let (sentence, to) = (harmless(&page.sentence), super::pages::to(page));
    format!("{} {sentence} ({to}, {when}; `seaworthy pages ack {}`)", view.alarm("page:"), page.id)
}

fn line_of_rollout(rollout: &Rollout, view: &View) -> String {
    let shipped = ago(view.seconds_since(rollout.started_at));
    let reason =
        rollout.reason.as_deref().map_or_else(String::new, |reason| format!(" {}.", capital(&harmless(reason))));
    format!("rollout: {} Shipped {shipped}.{reason}", harmless(&rollout.sentence))
}

fn gateways(gateways: &[GatewayStatus]) -> Vec<String> {
    if gateways.is_empty() {
        return vec!["no gateway was heard since the server started".to_owned()];
    }
    let line = |gateway: &GatewayStatus| {
        let requests = match gateway.requests {
            0 => "no requests".to_owned(),
            requests => count(requests, "request"),
        };
        let heard = match gateway.report_age_ms {
            ms @ ..10_000 => format!("{}.{} s ago", ms / 1_000, ms % 1_000 / 100),
            ms => ago(ms as f64 / 1_000.0),
        };
        format!("gateway {}: heard {heard}, config #{}, {requests}", gateway.name, gateway.applied)
    };
    gateways.iter().map(line).collect()
}

#[cfg(test)]
mod tests;
