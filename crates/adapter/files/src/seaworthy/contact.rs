//! How to reach a person: one way each. What would be a secret is named here, and kept where the server runs.

use seaworthy_contract::catalogue::{Contact, SecretName};

use super::{is_web_address, run};
use crate::diagnostic::Placed;
use crate::fields::Fields;
use crate::rule::Rule;

/// Returns how to reach a person, or reports why not.
pub(super) fn contact(fields: &Fields<'_>) -> Option<Contact> {
    let (webhook, signed) = (fields.text("webhook"), fields.text("secret"));
    let command = run::command(fields, "command");
    let (email, slack, pagerduty) = (fields.text("email"), fields.text("slack"), fields.text("pagerduty"));
    fields.no_more();
    if let (None, Some(signed)) = (&webhook, &signed) {
        let message = "only a webhook is signed by a \"secret\"";
        let remedy = "write it beside a webhook, or leave it out";
        fields.scope.report.error(Rule::BadValue, &signed.at, message, remedy);
    }
    match (webhook, command, email, slack, pagerduty) {
        (Some(url), None, None, None, None) => hook(fields, url, signed),
        (None, Some(command), None, None, None) => Some(Contact::Command { command }),
        (None, None, Some(address), None, None) => mail(fields, address),
        (None, None, None, Some(named), None) => {
            Some(Contact::Slack { secret: secret(fields, &named, "slack", "the address of the incoming webhook")? })
        }
        (None, None, None, None, Some(named)) => {
            Some(Contact::PagerDuty { secret: secret(fields, &named, "pagerduty", "the routing key")? })
        }
        _ => {
            let message = "a contact is one of webhook, command, email, slack and pagerduty";
            let remedy = "write one of them, such as email: ann@shop.example";
            fields.scope.report.error(Rule::BadValue, &fields.at(), message, remedy);
            None
        }
    }
}

fn hook(fields: &Fields<'_>, url: Placed<String>, signed: Option<Placed<String>>) -> Option<Contact> {
    if !is_web_address(&url.value) {
        let message = format!("webhook \"{}\" is not an address", url.value);
        let remedy = "write https://host/path or http://host:port/path";
        fields.scope.report.error(Rule::BadValue, &url.at, message, remedy);
        return None;
    }
    let named = |signed: Placed<String>| secret(fields, &signed, "secret", "what signs the message");
    Some(Contact::Webhook { url: url.value, secret: signed.and_then(named) })
}

fn mail(fields: &Fields<'_>, address: Placed<String>) -> Option<Contact> {
    if !is_mail_address(&address.value) {
        let message = format!("\"{}\" is not an e-mail address", address.value);
        fields.scope.report.error(Rule::BadValue, &address.at, message, "write name@host");
        return None;
    }
    Some(Contact::Email { address: address.value })
}

/// Reads `${secret:NAME}`. What else stands there may be the secret itself and is not repeated.
pub(super) fn secret(fields: &Fields<'_>, text: &Placed<String>, field: &str, what: &str) -> Option<SecretName> {
    let named = SecretName::of_reference(&text.value);
    if named.is_none() {
        let message = format!("\"{field}\" does not name a secret");
        let remedy =
            format!("keep {what} out of these files: write ${{secret:NAME}}, and put it where the server runs");
        fields.scope.report.error(Rule::BadValue, &text.at, message, remedy);
    }
    named
}

/// Returns whether a text is a mailbox as relays take it everywhere: `local@host` of visible ASCII, nothing quoted.
fn is_mail_address(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_graphic() && !"<>()[],;:\\\"".contains(c);
    text.len() <= 254
        && text.chars().all(plain)
        && text
            .split_once('@')
            .is_some_and(|(local, host)| !local.is_empty() && !host.is_empty() && !host.contains('@'))
}
