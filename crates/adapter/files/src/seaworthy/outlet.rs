//! `Webhook` and `Rooms`: other systems that hear of a team's incidents and pages. What a `Tracker` is stands in
//! [`super::tracker`]. What would be a secret is named here, and kept where the server runs.

use seaworthy_contract::catalogue::{Outlet, OutletWay, SecretName};
use seaworthy_model::{OutletId, PersonId, TeamId};

use super::is_web_address;
use super::probe::texts;
use crate::diagnostic::Placed;
use crate::draft::OutletDraft;
use crate::envelope::Envelope;
use crate::fields::Fields;
use crate::rule::Rule;

/// Changes that are told where a file does not say which.
const EVENTS: [&str; 2] = ["incident.*", "page.*"];

/// Where Slack's Web API is.
const SLACK_API: &str = "https://slack.com/api";

/// Reads a `Webhook`.
pub(super) fn webhook(envelope: &Envelope<'_>) -> Option<OutletDraft> {
    let spec = super::spec(envelope)?;
    let team = team(spec);
    spec.require("url", "write the address that takes each change as a POST");
    let url = address(spec, "url");
    spec.require("secret", "write ${secret:NAME}: whoever takes the changes must know that they are ours");
    let secret = secret(spec, "secret");
    let events = events(spec);
    spec.no_more();
    let way = OutletWay::Webhook { url: url?, secret: secret?, events };
    draft(envelope, team?, way)
}

/// Reads `Rooms`.
pub(super) fn rooms(envelope: &Envelope<'_>) -> Option<OutletDraft> {
    let spec = super::spec(envelope)?;
    let team = team(spec);
    spec.require("slack", "write ${secret:NAME}: the token of a bot that may open channels");
    let token = secret(spec, "slack");
    let api = match spec.node.get("api") {
        Some(_) => address(spec, "api")?.trim_end_matches('/').to_owned(),
        None => SLACK_API.to_owned(),
    };
    let people = texts(spec, "people").into_iter().filter_map(|(name, id)| person(spec, &name, id)).collect();
    spec.no_more();
    draft(envelope, team?, OutletWay::Rooms { token: token?, api, people })
}

/// Reads the team whose services are spoken of.
pub(super) fn team(spec: &Fields<'_>) -> Option<Placed<TeamId>> {
    spec.required_name("team", "write the team whose services it hears of")
}

/// Puts an outlet together.
pub(super) fn draft(envelope: &Envelope<'_>, team: Placed<TeamId>, way: OutletWay) -> Option<OutletDraft> {
    let name = envelope.metadata.name::<OutletId>("name")?;
    Some(OutletDraft { outlet: Outlet { name: name.value, team: team.value, way }, team: team.at })
}

/// Reads an address of HTTP.
pub(super) fn address(fields: &Fields<'_>, key: &'static str) -> Option<String> {
    let url = fields.text(key)?;
    if is_web_address(&url.value) {
        return Some(url.value);
    }
    let message = format!("\"{}\" is not an address", url.value);
    fields.scope.report.error(Rule::BadValue, &url.at, message, "write https://host/path or http://host:port/path");
    None
}

/// Reads `${secret:NAME}`. What else stands there may be the secret itself and is not repeated.
pub(super) fn secret(fields: &Fields<'_>, key: &'static str) -> Option<SecretName> {
    let text = fields.text(key)?;
    let named = SecretName::of_reference(&text.value);
    if named.is_none() {
        let message = format!("\"{}.{key}\" does not name a secret", fields.path);
        let remedy = "keep it out of these files: write ${secret:NAME}, and put it where the server runs";
        fields.scope.report.error(Rule::BadValue, &text.at, message, remedy);
    }
    named
}

fn events(spec: &Fields<'_>) -> Vec<String> {
    let written = spec.texts("events");
    if written.is_empty() {
        return EVENTS.map(str::to_owned).to_vec();
    }
    for text in &written {
        if !["incident.", "page."].iter().any(|noun| text.value.starts_with(noun)) {
            let message = format!("no change is called \"{}\"", text.value);
            let remedy = "write incident.*, page.*, or one type such as incident.opened";
            spec.scope.report.error(Rule::BadValue, &text.at, message, remedy);
        }
    }
    written.into_iter().map(|text| text.value).collect()
}

fn person(spec: &Fields<'_>, name: &str, id: Placed<String>) -> Option<(PersonId, String)> {
    let person = name.parse().ok();
    let is_id = !id.value.is_empty() && id.value.chars().all(|c| c.is_ascii_alphanumeric());
    if person.is_none() || !is_id {
        let message = format!("\"{name}: {}\" is no person with an id of Slack", id.value);
        spec.scope.report.error(
            Rule::BadValue,
            &id.at,
            message,
            "write handle: U012AB3CD, as the profile in Slack shows it",
        );
    }
    person.filter(|_| is_id).map(|person| (person, id.value))
}
