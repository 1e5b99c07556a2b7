//! Follows the control plane's config: one long-lived stream of lines, opened again whenever it breaks or is silent.

use std::rc::Rc;
use std::time::Duration;

use seaworthy_client::{Client, Error};
use seaworthy_contract::gateway::Config;
use tokio::time::sleep;

use crate::compiled::Refused;
use crate::control::backoff::Backoff;
use crate::control::{Control, keep};

/// A stream that says nothing for this long is dead: three heartbeats.
const SILENCE: Duration = Duration::from_secs(15);

/// Follows for ever.
pub(crate) async fn follow(control: Rc<Control>, client: Client) {
    let mut backoff = Backoff::new();
    let mut is_away = false;
    loop {
        let ended = read(&control, &client, &mut backoff, &mut is_away).await;
        if !std::mem::replace(&mut is_away, true) {
            match ended {
                Ok(()) => tracing::warn!("the control plane ended the config stream; the last good config stays"),
                Err(error) => tracing::warn!(%error, "no config stream; the last good config stays"),
            }
        }
        sleep(backoff.next()).await;
    }
}

async fn read(control: &Control, client: &Client, backoff: &mut Backoff, is_away: &mut bool) -> Result<(), Error> {
    let mut lines = client.get_lines(&format!("/v1/gateways/{}/config", control.name), SILENCE).await?;
    let mut last = String::new();
    while let Some(line) = lines.next().await {
        let line = line?;
        if std::mem::take(is_away) {
            tracing::info!("the control plane is back");
        }
        control.heard();
        backoff.reset();
        // A heartbeat is the same line again.
        if line != last && !line.is_empty() {
            take(control, &line);
            last = line;
        }
        if !control.is_kept.get() {
            keep(control).await;
        }
    }
    Ok(())
}

/// Puts a config in force.
fn take(control: &Control, line: &str) {
    let config: Config = match serde_json::from_str(line) {
        Ok(config) => config,
        Err(error) => return control.refuse(&Refused::Unreadable(error)),
    };
    if control.shared.current().config.as_ref() == Some(&config) {
        control.health.borrow_mut().refused = None;
        return;
    }
    // A refusal was noted where it shows; the last good config stays.
    drop(control.put_in_force(config));
}

/// Keeps the config in force on disk; a disk that is full is tried again with the next heartbeat.
async fn keep(control: &Control) {
    let (dir, compiled) = (control.data_dir.clone(), control.shared.current());
    let Some(config) = compiled.config.clone() else { return };
    let saved = tokio::task::spawn_blocking(move || keep::save(&dir, &config)).await;
    match saved.expect("saving a config does not panic") {
        Ok(()) => control.is_kept.set(true),
        Err(error) => tracing::error!(%error, "the config is in force but could not be kept on disk"),
    }
}
