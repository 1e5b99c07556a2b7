//! Keeps true: an outside service hears from us while the whole loop works, and only then, so that our silence pages.
//!
//! `SEAWORTHY_HEARTBEAT` is an address that is sent a POST every `SEAWORTHY_HEARTBEAT_EVERY` seconds. Before each, the loop
//! that decides is asked to decide, the store must take writes, and no page may wait in the outbox for too long. What a
//! dead machine cannot do, it need not: whoever listens calls somebody when nothing comes.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use seaworthy_contract::catalogue::Contact;
use seaworthy_core::{Input, State, outbox};
use seaworthy_integrations::{Channels, Kind, Note};

use crate::kernel::Kernel;

/// Seconds between two heartbeats where nothing is said.
const EVERY_S: u64 = 30;

/// Fewest and most seconds: less is a load on the listener, more tells nobody in time.
const EVERY_RANGE_S: std::ops::RangeInclusive<u64> = 5..=3_600;

/// How long the loop may take to decide that nothing is due; it takes milliseconds.
const DECIDE_MAX: Duration = Duration::from_secs(5);

/// A message that waits for so long is stuck: every channel is given up sooner than that.
const STUCK_AFTER: SignedDuration = SignedDuration::from_mins(20);

/// Where it goes, and how often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Heartbeat {
    url: String,
    every: Duration,
}

impl Heartbeat {
    /// Reads the settings; none where no address is set. A number that is none, or out of range, is the default, loudly.
    pub(crate) fn from_settings(setting: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let url = setting("SEAWORTHY_HEARTBEAT").filter(|url| !url.trim().is_empty())?;
        let written = setting("SEAWORTHY_HEARTBEAT_EVERY");
        let seconds = written.as_ref().map(|text| text.trim().parse().ok().filter(|s| EVERY_RANGE_S.contains(s)));
        if seconds == Some(None) {
            tracing::error!(written, "SEAWORTHY_HEARTBEAT_EVERY is not a number of seconds from 5 to 3600: 30 it is");
        }
        let every = Duration::from_secs(seconds.flatten().unwrap_or(EVERY_S));
        Some(Self { url, every })
    }
}

/// Runs for ever; without an address it has nothing to do.
pub(crate) async fn run(kernel: Kernel, channels: Arc<Channels>, heartbeat: Option<Heartbeat>) {
    let Some(Heartbeat { url, every }) = heartbeat else { return std::future::pending().await };
    let listener = Contact::Webhook { url, secret: None };
    loop {
        match beat(&kernel, &channels, &listener).await {
            Ok(()) => {}
            Err(why) => tracing::error!(why, "no heartbeat is sent"),
        }
        tokio::time::sleep(every).await;
    }
}

async fn beat(kernel: &Kernel, channels: &Channels, listener: &Contact) -> Result<(), String> {
    // It is decided in the one place where everything is: an answer says that time passes there.
    match tokio::time::timeout(DECIDE_MAX, kernel.command(Input::Tick, "heartbeat")).await {
        Ok(Ok(_)) => {}
        Ok(Err(error)) => return Err(error.to_string()),
        Err(_) => return Err("nothing was decided for 5 s".to_owned()),
    }
    if !kernel.writable() {
        return Err("the store takes no writes".to_owned());
    }
    if let Some(stuck) = kernel.look(|look| stuck(look.state, look.now)) {
        return Err(format!("a message waits for too long: {stuck}"));
    }
    let note = Note {
        kind: Kind::Test,
        key: "heartbeat".to_owned(),
        sentence: "The whole loop works; when this stops coming, somebody must look.".to_owned(),
        ..Note::default()
    };
    channels.send(listener, &note).await.map_err(|not| not.why)
}

/// Returns the key of a message that should long have left or have been given up.
fn stuck(state: &State, now: Timestamp) -> Option<String> {
    let is_old = |message: &outbox::Message<'_>| now.duration_since(message.called_at) > STUCK_AFTER;
    outbox::waiting(state).find(is_old).map(|message| message.key())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_an_address_and_seconds() {
        let read = |url: &str, every: Option<&str>| {
            Heartbeat::from_settings(|name| match name {
                "SEAWORTHY_HEARTBEAT" => Some(url.to_owned()),
                _ => every.map(str::to_owned),
            })
        };
        assert_eq!((Heartbeat::from_settings(|_| None), read(" ", None)), (None, None));
        for (every, want) in [(None, 30), (Some("60"), 60), (Some("4"), 30), (Some("often"), 30), (Some("3600"), 3_600)]
        {
            let found = read("http://127.0.0.1:1/", every).expect("an address");
            assert_eq!(found.every.as_secs(), want, "{every:?}");
        }
    }
}
