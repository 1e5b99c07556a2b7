//! Channels over real sockets: what a good, a slow, a busy and a wrong receiver make of a page.

mod contracts;
mod hooks;

use std::sync::Arc;

use seaworthy_tls::Connector;

use crate::{Channels, Note, PAGERDUTY, Relay, Settings};

/// A page as it leaves.
pub(crate) fn page() -> Note {
    Note {
        key: "page/1/contacts".to_owned(),
        page: "1".to_owned(),
        service: "checkout".to_owned(),
        team: "shop".to_owned(),
        to: "ines".to_owned(),
        sentence: "1 in 3 orders fails".to_owned(),
        began_at: Some("2026-11-21T02:01:09Z".parse().expect("a time")),
        link: "http://portal.test/pages/1".to_owned(),
        take: Some("http://portal.test/take/1/2/3".to_owned()),
        ..Note::default()
    }
}

/// Channels with these secrets, and with PagerDuty at this address.
fn channels(secrets: &[(&str, &str)], pagerduty: Option<String>) -> Channels {
    let secrets: Vec<(String, String)> = secrets.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    let at = "2026-11-21T02:01:30Z".parse().expect("a time");
    Channels::new(Settings {
        relay: Err("the server is told no mail relay".to_owned()),
        pagerduty: pagerduty.unwrap_or_else(|| PAGERDUTY.to_owned()),
        secrets: Arc::new(move |name| Some(secrets.iter().find(|(known, _)| known == name)?.1.clone())),
        clock: Arc::new(move || at),
        tls: Connector::shared().clone(),
    })
}

fn relay(url: &str) -> Relay {
    Relay::parse(url, "pager@shop.example").expect("a relay")
}
