//! The checks of channels: one page, by mail, Slack and PagerDuty, taken by the link in the mail.

use std::time::Duration;

use serde_json::{Value, json};

use super::Seen;
use super::http::{ask, wait};
use super::world::World;
use crate::shell::Outcome;

/// Longest wait for a message: the alert, the call, two seconds until the last contact, one look of the outbox.
const SOON: Duration = Duration::from_secs(60);

/// What customers cannot do.
const SENTENCE: &str = "Ships cannot moor since 02:01";

pub(super) fn channels(world: &World) -> Outcome<Seen> {
    let alert = json!({
        "version": "4", "status": "firing",
        "alerts": [{
            "status": "firing", "fingerprint": "0000000000000001", "startsAt": "2026-11-21T02:01:00Z",
            "labels": { "alertname": "CannotMoor", "service": "pier", "severity": "page" },
            "annotations": { "summary": SENTENCE },
        }],
    });
    ask("POST", &world.portal, "/v1/alerts/alertmanager", &world.token, Some(&alert))?;
    let (mail, took) = wait("mia has a mail", SOON, || Ok(world.post.mails().into_iter().find(|mail| is_page(mail))))?;
    let id = header(&mail, "Message-ID: ")?;
    header(&mail, "Auto-Submitted: auto-generated")?;
    let encrypted = mail.contains("ESMTPSA") && mail.contains("TLS");
    if !encrypted {
        return Err(format!("the mail server did not see TLS and a sign-in:\n{mail}"));
    }
    let text = mail.replace("=\n", "").replace("=3D", "=");
    let link = text.split_whitespace().find(|word| word.contains("/take/")).ok_or("the mail has no link to take it")?;
    let said = |heard: Vec<(seaworthy_receivers::Request, u16)>| -> Vec<Value> {
        heard.into_iter().filter(|(_, status)| *status < 300).map(|(request, _)| request.json()).collect()
    };
    let slack = || said(world.post.slack.heard());
    let (message, _) = wait("mia has a message in Slack", SOON, || Ok(slack().into_iter().next()))?;
    let events = || said(world.post.pagerduty.heard());
    let is = |action: &'static str| move |event: &Value| event["event_action"] == action;
    let (event, _) = wait("PagerDuty has an event", SOON, || Ok(events().into_iter().find(is("trigger"))))?;
    if !message.to_string().contains("moor") || !event["payload"]["summary"].to_string().contains("moor") {
        return Err(format!("it is not said what customers cannot do: {message} {event}"));
    }
    take(world, link)?;
    let (taken, _) = wait("PagerDuty has it acknowledged", SOON, || Ok(events().into_iter().find(is("acknowledge"))))?;
    if taken["dedup_key"] != event["dedup_key"] {
        return Err(format!("acknowledged is {}, triggered was {}", taken["dedup_key"], event["dedup_key"]));
    }
    Ok(Seen::Watched(format!(
        "mail {id} after {:.1} s by STARTTLS and a sign-in, then Slack, then PagerDuty; taken by the link in the mail, and \
         acknowledged there as {}",
        took.as_secs_f64(),
        event["dedup_key"]
    )))
}

fn is_page(mail: &str) -> bool {
    mail.lines().any(|line| line == format!("Subject: [pier] {SENTENCE}"))
}

fn header<'a>(mail: &'a str, start: &str) -> Outcome<&'a str> {
    let found = mail.lines().take_while(|line| !line.is_empty()).find_map(|line| line.strip_prefix(start));
    found.ok_or_else(|| format!("the mail has no header \"{start}\":\n{mail}"))
}

/// Presses the button behind the link.
fn take(world: &World, link: &str) -> Outcome {
    let path = link.strip_prefix(&world.portal).ok_or_else(|| format!("{link} does not lead to {}", world.portal))?;
    match ask("POST", &world.portal, path, "", None) {
        // It leads back to the page.
        Err(error) if error.contains(" 303 ") => Ok(()),
        Err(error) => Err(error),
        Ok(_) => Err("the link was pressed and nothing came of it".to_owned()),
    }
}
