//! What the operator tells the channels, in variables of the server as for everything else that it asks others for.

use std::sync::Arc;

use seaworthy_integrations::{Channels, PAGERDUTY, Relay, Settings};
use seaworthy_prober::Secrets;
use seaworthy_tls::Connector;

/// Where mails go: `smtp://[user@]host[:port]`, or with `smtps` or `smtp-plain`.
const SMTP: &str = "SEAWORTHY_SMTP";

/// The mailbox that mails are from.
const MAIL_FROM: &str = "SEAWORTHY_MAIL_FROM";

/// Where PagerDuty takes events, for another service region than that of the United States.
const PAGERDUTY_EVENTS: &str = "SEAWORTHY_PAGERDUTY";

/// Makes the channels of this server from its variables.
pub(crate) fn channels(secrets: Secrets, variable: impl Fn(&str) -> Option<String>) -> Channels {
    let relay = relay(&variable);
    match &relay {
        Ok(relay) => tracing::info!(%relay, "mails leave by this relay"),
        Err(why) if variable(SMTP).is_some() => tracing::error!(why, "no mail leaves"),
        Err(_) => {}
    }
    Channels::new(Settings {
        relay,
        pagerduty: variable(PAGERDUTY_EVENTS).unwrap_or_else(|| PAGERDUTY.to_owned()),
        secrets: Arc::new(move |name| secrets.get(name)),
        clock: Arc::new(jiff::Timestamp::now),
        tls: Connector::shared().clone(),
    })
}

fn relay(variable: &impl Fn(&str) -> Option<String>) -> Result<Relay, String> {
    let missing = || format!("the server is told no mail relay: set {SMTP}");
    let url = variable(SMTP).filter(|url| !url.is_empty()).ok_or_else(missing)?;
    let from = variable(MAIL_FROM).unwrap_or_default();
    Relay::parse(&url, &from).map_err(|error| format!("the server's mail relay is no good: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_the_relay_is_what_a_page_will_say() {
        for (smtp, from, want) in [
            (None, None, "the server is told no mail relay: set SEAWORTHY_SMTP"),
            (Some(""), None, "the server is told no mail relay: set SEAWORTHY_SMTP"),
            (Some("mail.example"), Some("a@b"), "the server's mail relay is no good: write smtp://host"),
            (Some("smtp://mail.example"), None, "the server's mail relay is no good: mails need a sender"),
        ] {
            let variable = |name: &str| if name == SMTP { smtp } else { from }.map(str::to_owned);
            let why = relay(&variable).expect_err(want);
            assert!(why.starts_with(want), "{why}");
        }
        let variable = |name: &str| Some(if name == SMTP { "smtp://mail.example" } else { "a@b" }.to_owned());
        assert_eq!(relay(&variable).map(|relay| relay.to_string()), Ok("mail.example:587".to_owned()));
    }
}
