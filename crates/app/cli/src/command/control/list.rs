//! `seaworthy controls`: what is set, how it is extended and cleared; and waiting until it is in force.

use std::time::Duration;

use seaworthy_contract::api::{Control, ControlState, ExtendControl};
use seaworthy_model::ServiceId;
use tokio::time::{Instant, sleep};

use super::text;
use crate::context::Context;
use crate::follow::is_passing;
use crate::words::long_duration;
use crate::{Exit, Failure};

/// How often is asked.
const PERIOD: Duration = Duration::from_millis(250);

/// Longest wait until gateways have it: longer than they take to confirm where nobody comes.
const WAIT_MAX: Duration = Duration::from_secs(15);

/// Shows controls, extends and clears them.
#[derive(Debug, Clone, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Examples:\n  seaworthy controls\n  seaworthy controls clear 01954a00\n  seaworthy controls extend 01954a00 --for 30m"
)]
pub struct Args {
    /// One service; all without it
    pub service: Option<ServiceId>,
    /// Also what is over
    #[arg(long)]
    pub all: bool,
    /// What to do with one.
    #[command(subcommand)]
    pub action: Option<Action>,
}

/// What can be done with a control.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum Action {
    /// Takes a control back at once
    Clear {
        /// Its id, or as much of it as tells it apart; or a service, for all of it
        #[arg(value_name = "ID|SERVICE")]
        target: String,
    },
    /// Gives a control another end, counted from now
    Extend {
        /// Its id, or as much of it as tells it apart
        id: String,
        /// For how long from now: `90s`, `30m`, `2h`; a day at most
        #[arg(long = "for", value_name = "TIME", value_parser = long_duration)]
        length: Duration,
    },
}

pub(crate) async fn run(args: &Args, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    match &args.action {
        None => {
            let mut controls = all(args.service.as_ref(), cx).await?;
            controls.retain(|control| args.all || control.state != ControlState::Over);
            cx.answer(&controls, |controls, view| text::table(controls, view))?;
        }
        Some(Action::Clear { target }) => {
            let known = all(None, cx).await?;
            let meant = find(&known, target)?;
            let mut cleared = Vec::new();
            for control in meant {
                let path = format!("/v1/controls/{}/clear", control.id);
                cleared.push(cx.api.post_json::<_, Control>(&path, &serde_json::json!({})).await?);
            }
            cx.answer(&cleared, |cleared, view| text::table(cleared, view))?;
        }
        Some(Action::Extend { id, length }) => {
            let known = all(None, cx).await?;
            let [control] = find(&known, id)?[..] else {
                return Err(Failure::usage(format!("\"{id}\" has several controls"), "name one by its id"));
            };
            let request = ExtendControl { for_ms: u64::try_from(length.as_millis()).unwrap_or(u64::MAX) };
            let extended: Control = cx.api.post_json(&format!("/v1/controls/{}/extend", control.id), &request).await?;
            cx.answer(&extended, |control, view| text::table(std::slice::from_ref(control), view))?;
        }
    }
    Ok(Exit::Ok)
}

async fn all(service: Option<&ServiceId>, cx: &Context<'_>) -> Result<Vec<Control>, Failure> {
    let query = service.map_or_else(String::new, |service| format!("?service={service}"));
    Ok(cx.api.get_json(&format!("/v1/controls{query}")).await?)
}

/// Finds the controls that are set and have an id that begins so, or are of this service.
fn find<'a>(controls: &'a [Control], target: &str) -> Result<Vec<&'a Control>, Failure> {
    let is_set = |control: &&Control| control.state != ControlState::Over;
    let of_service: Vec<&Control> = controls.iter().filter(is_set).filter(|c| c.service.as_str() == target).collect();
    if !of_service.is_empty() {
        return Ok(of_service);
    }
    let begins = crate::ids::begin(controls, target, |control| control.id, |control| is_set(&control));
    match begins.as_slice() {
        [one] => Ok(vec![*one]),
        [] => {
            let text = format!("no control \"{target}\", and no service of that name with one");
            Err(Failure::refused("not-found", text, "`seaworthy controls --all` lists them".to_owned()))
        }
        _ => Err(Failure::usage(format!("\"{target}\" begins several ids"), "give more of it")),
    }
}

/// Waits until every gateway has it, or tells how it stands.
pub(super) async fn settled(set: Control, cx: &mut Context<'_>) -> Result<Control, Failure> {
    let (began, mut latest) = (Instant::now(), set);
    while latest.state == ControlState::Setting && began.elapsed() < WAIT_MAX {
        sleep(PERIOD).await;
        match cx.api.get_json(&format!("/v1/controls/{}", latest.id)).await {
            Ok(looked) => latest = looked,
            // It is set, whatever becomes of the question.
            Err(error) if is_passing(&error) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(latest)
}
