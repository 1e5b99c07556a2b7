//! Our own kinds, `seaworthy/v1`: what other formats do not say. Every unknown field is a mistake.

mod probe;
mod rotation;
mod run;
mod service;
mod team;
mod tolerance;
mod variables;

use seaworthy_contract::catalogue::Contact;

use crate::draft::{Draft, Drafts, Origin};
use crate::envelope::{Envelope, unknown_kind};
use crate::fields::Fields;
use crate::rule::Rule;

/// The kinds there are.
pub(crate) const KINDS: [&str; 6] = ["Service", "Team", "Person", "Rotation", "Probe", "Tolerance"];

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

/// Returns how to reach a person, or reports why not.
fn contact(fields: &Fields<'_>) -> Option<Contact> {
    let webhook = fields.text("webhook");
    let command = run::command(fields, "command");
    let email = fields.text("email");
    fields.no_more();
    let scope = &fields.scope;
    match (webhook, command, email) {
        (Some(url), None, None) if is_web_address(&url.value) => Some(Contact::Webhook { url: url.value }),
        (Some(url), None, None) => {
            let message = format!("webhook \"{}\" is not an address", url.value);
            scope.report.error(Rule::BadValue, &url.at, message, "write https://host/path or http://host:port/path");
            None
        }
        (None, Some(command), None) => Some(Contact::Command { command }),
        (None, None, Some(address)) if address.value.contains('@') => Some(Contact::Email { address: address.value }),
        (None, None, Some(address)) => {
            let message = format!("\"{}\" is not an e-mail address", address.value);
            scope.report.error(Rule::BadValue, &address.at, message, "write name@host");
            None
        }
        _ => {
            let message = "a contact is one of webhook, command and email";
            scope.report.error(
                Rule::BadValue,
                &fields.at(),
                message,
                "write one of them, such as email: ann@shop.example",
            );
            None
        }
    }
}

/// Returns whether an address is of HTTP and names something.
fn is_web_address(url: &str) -> bool {
    ["http://", "https://"].iter().any(|scheme| url.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty()))
}
