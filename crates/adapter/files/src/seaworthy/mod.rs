//! Our own kinds, `seaworthy/v1`: what other formats do not say. Every unknown field is a mistake.

mod action;
mod contact;
mod contact_rule;
mod escalation;
mod outlet;
mod probe;
mod rotation;
mod run;
mod service;
mod team;
mod tolerance;
mod tracker;
mod variables;

use crate::draft::{Draft, Drafts, Origin};
use crate::envelope::{Envelope, unknown_kind};
use crate::fields::Fields;
use crate::rule::Rule;

/// The kinds there are.
pub(crate) const KINDS: [&str; 11] = [
    "Service",
    "Team",
    "Person",
    "Rotation",
    "Probe",
    "Tolerance",
    "EscalationPolicy",
    "Action",
    "Tracker",
    "Webhook",
    "Rooms",
];

/// Reads one entity into the drafts.
pub(crate) fn read(envelope: &Envelope<'_>, drafts: &mut Drafts) {
    let at = envelope.kind.at.clone();
    let origin = Origin::Seaworthy;
    match envelope.kind.value.as_str() {
        "Service" => {
            drafts.probes.extend(probe::of_service(envelope));
            drafts.services.extend(service::read(envelope).map(|body| Draft { origin, at, body }));
        }
        "Team" => drafts.teams.extend(team::read_team(envelope).map(|body| Draft { origin, at, body })),
        "Person" => drafts.people.extend(team::read_person(envelope).map(|body| Draft { origin, at, body })),
        "Rotation" => drafts.rotations.extend(rotation::read(envelope).map(|body| Draft { origin, at, body })),
        "Probe" => drafts.probes.extend(probe::read(envelope)),
        "Tolerance" => drafts.tolerances.extend(tolerance::read(envelope)),
        "Action" => drafts.actions.extend(action::read(envelope)),
        "EscalationPolicy" => {
            drafts.policies.extend(escalation::read(envelope).map(|body| Draft { origin, at, body }));
        }
        "Tracker" => drafts.outlets.extend(tracker::read(envelope).map(|body| Draft { origin, at, body })),
        "Webhook" => drafts.outlets.extend(outlet::webhook(envelope).map(|body| Draft { origin, at, body })),
        "Rooms" => drafts.outlets.extend(outlet::rooms(envelope).map(|body| Draft { origin, at, body })),
        _ => unknown_kind(envelope),
    }
    // Only now is every field of the metadata asked for.
    for key in ["name", "title", "description"] {
        envelope.metadata.get(key);
    }
    envelope.metadata.no_more();
}

/// Returns the spec, or reports that a kind that needs one has none.
fn spec<'e, 'a>(envelope: &'e Envelope<'a>) -> Option<&'e Fields<'a>> {
    if envelope.spec.is_none() {
        let message = format!("this {} has no \"spec\"", envelope.kind.value);
        envelope.metadata.scope.report.error(Rule::MissingField, &envelope.kind.at, message, "write a spec");
    }
    envelope.spec.as_ref()
}

/// Returns whether an address is of HTTP and names something.
fn is_web_address(url: &str) -> bool {
    ["http://", "https://"].iter().any(|scheme| url.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty()))
}
