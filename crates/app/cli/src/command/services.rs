//! `seaworthy services`: what there is, who owns it, where that was read.

use seaworthy_contract::api::Service;
use seaworthy_contract::catalogue::DependencyKind;
use seaworthy_model::ServiceId;

use super::who::person;
use crate::context::Context;
use crate::table::{Column, harmless, lay_out};
use crate::view::View;
use crate::words::{ago, count};
use crate::{Exit, Failure};

/// Lists services with owner, version and the place that says so; one in full when it is named.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  seaworthy services checkout")]
pub struct Args {
    /// This service
    pub service: Option<ServiceId>,
}

pub(crate) async fn run(args: &Args, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    if let Some(name) = &args.service {
        let service: Service = cx.api.get_json(&format!("/v1/services/{name}")).await?;
        cx.answer(&service, one)?;
        return Ok(Exit::Ok);
    }
    let services: Vec<Service> = cx.api.get_json("/v1/services").await?;
    cx.answer(&services, |services, view| table(services, view))?;
    Ok(Exit::Ok)
}

fn table(services: &[Service], view: &View) -> String {
    if services.is_empty() {
        return "no services; `seaworthy apply DIR` declares them".to_owned();
    }
    let columns = [Column::Text, Column::Number, Column::Text, Column::Text, Column::Gives, Column::Path];
    let header = ["SERVICE", "TIER", "OWNER", "VERSION", "DESCRIPTION", "SOURCE"].map(str::to_owned).to_vec();
    let rows = services.iter().map(|service| {
        vec![
            service.name.to_string(),
            service.tier.to_string(),
            service.owner.to_string(),
            service.stable.as_ref().map_or_else(|| "-".to_owned(), ToString::to_string),
            service.description.as_deref().map_or_else(|| "-".to_owned(), harmless),
            harmless(&service.source),
        ]
    });
    lay_out(&columns, &std::iter::once(header).chain(rows).collect::<Vec<_>>(), view.width()).join("\n")
}

fn one(service: &Service, view: &View) -> String {
    let mut lines = vec![harmless(&service.sentence)];
    lines.extend(service.description.as_deref().map(harmless));
    let on_call = match &service.on_call {
        Some(on_call) => person(on_call, view),
        None => view.alarm("nobody"),
    };
    lines.push(format!("owner     {}, tier {}", service.owner, service.tier));
    lines.push(format!("on call   {on_call}"));
    for version in &service.versions {
        let at = version.address.as_deref().map_or_else(String::new, |address| format!(", at {}", harmless(address)));
        let fares = super::status::fares(version, service, view);
        lines.push(format!("version   {} ({}): {fares}{at}", version.version, harmless(&version.role)));
    }
    for route in &service.routes {
        let hosts = if route.hosts.is_empty() { "every host".to_owned() } else { route.hosts.join(", ") };
        lines.push(format!("route     {} of {}", harmless(&route.path), harmless(&hosts)));
    }
    for dependency in &service.dependencies {
        let kind = match dependency.kind {
            DependencyKind::Hard => "needs",
            DependencyKind::Soft => "uses",
        };
        let owner = match (&dependency.owner, dependency.known) {
            (Some(owner), _) => format!("of {owner}"),
            (None, _) => "which nobody declared".to_owned(),
        };
        let calls = count(dependency.calls_seen, "call");
        lines.push(format!("{kind:<9} {} {owner}; {calls} seen since the server started", dependency.service));
    }
    let declared = ago(view.seconds_since(service.declared_at));
    lines.push(format!("source    {}, read {declared}, ledger #{}", harmless(&service.source), service.position));
    lines.join("\n")
}

#[cfg(test)]
mod tests;
