//! One sentence for each event, for people who read the ledger.

use seaworthy_contract::events::Event;

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
        Event::RolloutReverted(e) => format!("reverted: {}", e.reason),
        Event::RevertConfirmed(e) => format!(
            "gateways let go {:.1} s after the decision; users saw {} failures of {} requests",
            e.decision_to_last_response_s, e.seen_by_users, e.canary_requests
        ),
        Event::BakeEnded(_) => "the old version is no longer kept warm".to_owned(),
        Event::PageRequested(e) => format!("page about {}: {}", e.service, e.sentence),
        Event::PageDelivered(e) => format!("page left by {}", e.channel),
        Event::PageUndeliverable(e) => format!("page could not leave by {}: {}", e.channel, e.reason),
        Event::PageAcknowledged(_) => "somebody has the page".to_owned(),
        Event::GatewayJoined(e) => format!("gateway {} reports", e.gateway),
        Event::GuardTripped(e) => format!("gateway {} ejected {} {}: {}", e.gateway, e.service, e.version, e.why),
        Event::BreakGlassUsed(e) => {
            format!("{} {} was taken off on gateway {} by {}", e.service, e.version, e.gateway, e.by)
        }
        Event::ServerStarted(e) => format!("control plane {} started", e.program),
        Event::TokenIssued(e) => format!("credential for {} issued", e.label),
        Event::TokenRevoked(_) => "credential withdrawn".to_owned(),
        Event::Unknown { kind, version } => format!("{kind} version {version}, which this program does not know"),
    }
}
