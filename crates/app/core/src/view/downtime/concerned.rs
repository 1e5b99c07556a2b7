//! Whom announced work would concern, said before it is announced.

use std::collections::BTreeSet;

use seaworthy_contract::catalogue::DependencyKind;
use seaworthy_contract::events::Event;
use seaworthy_model::{Entropy, ServiceId};

use super::tolerance::Promises;
use crate::state::WindowRecord;
use crate::step::downtime::announce;
use crate::view::Look;
use crate::watch::objectives::clock;
use crate::{Cx, Refusal, WindowWanted};

/// Services that are named; of more, their number is what matters.
const NAMED_MAX: usize = 8;

/// Returns whom a window would concern, a sentence each. Nothing is announced.
///
/// # Errors
/// When it would be refused.
pub fn downtime_concerns(look: &Look<'_>, wanted: &WindowWanted) -> Result<Vec<String>, Refusal> {
    let mut cx = Cx { now: look.now, actor: String::new(), entropy: Entropy::new(0) };
    let facts = announce(look.state, wanted, &mut cx)?;
    let announced = facts.into_iter().find_map(|fact| match fact.event {
        Event::DowntimeWindowAnnounced(announced) => Some(announced),
        _ => None,
    });
    let announced = announced.expect("announcing a window gives the event that says so");
    let (service, late) = (announced.service.clone(), announced.start <= look.now);
    let (announced_at, by, position) = (look.now, String::new(), look.state.position);
    let window = WindowRecord { announced, announced_at, by, position, cancelled_at: None };
    let mut said = vec![pages(look, &window, late), needed_by(look, &service)];
    said.extend(Promises::new(look).broken_by(&window));
    Ok(said)
}

fn pages(look: &Look<'_>, window: &WindowRecord, late: bool) -> String {
    let service = &window.announced.service;
    if late {
        return "It has begun: it says what was done and plans nothing, and pages leave as ever.".to_owned();
    }
    let team = look.state.catalogue.service(service).map(|service| format!(" of {}", service.owner));
    format!(
        "Nobody is woken between its start and {} for what customers of {service} feel; what is still wrong then pages whoever \
         is on call{}.",
        clock(window.end()),
        team.unwrap_or_default()
    )
}

fn needed_by(look: &Look<'_>, service: &ServiceId) -> String {
    let found = dependants(look, service);
    let named: Vec<&str> = found.iter().take(NAMED_MAX).map(ServiceId::as_str).collect();
    let more = match found.len().saturating_sub(named.len()) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    match found.len() {
        0 => format!("No service says that it cannot work without {service}."),
        1 => format!("{} cannot work without {service}: it counts in its figure too, and its alerts page.", named[0]),
        _ => format!(
            "{}{more} cannot work without {service}: it counts in their figures too, and their alerts page.",
            named.join(", ")
        ),
    }
}

/// Returns the services that cannot work without one, at any distance.
fn dependants(look: &Look<'_>, service: &ServiceId) -> BTreeSet<ServiceId> {
    let mut found = BTreeSet::from([service.clone()]);
    loop {
        let needs = |needed: &seaworthy_contract::catalogue::Dependency| {
            needed.kind == DependencyKind::Hard && found.contains(&needed.service)
        };
        let services = look.state.catalogue.services().map(|(service, _)| service);
        let more = services.filter(|of| !found.contains(&of.name) && of.dependencies.iter().any(needs));
        let more: Vec<ServiceId> = more.map(|of| of.name.clone()).collect();
        if more.is_empty() {
            break;
        }
        found.extend(more);
    }
    found.remove(service);
    found
}
