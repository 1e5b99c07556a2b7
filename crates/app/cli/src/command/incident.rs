//! `seaworthy incident`: what goes on, who is there, the five clocks; open, join, tell, restore, close.

mod text;

use std::time::Duration;

use jiff::Timestamp;
use seaworthy_contract::api::{
    ClockRequest, Incident, IncidentBrief, IncidentRequest, IncidentState, RoleRequest, UpdateRequest,
};
use seaworthy_contract::events::incident::{IncidentClockV1, IncidentRoleV1};
use seaworthy_model::{IncidentId, ServiceId};
use serde::Serialize;

use super::alerts::escaped;
use crate::context::Context;
use crate::ids::begin;
use crate::table::harmless;
use crate::{Exit, Failure};

/// Shows incidents, opens one, and does in one what people do.
///
/// Sentences and updates go to the ledger and stay there: one line each, nothing of what users sent, no secrets.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Examples:\n  seaworthy incident list\n  seaworthy incident open checkout \"Nobody can pay by card\"\n  seaworthy incident update \"Users are back on v1; we watch\" --next 30m\n  seaworthy incident close"
)]
pub struct Args {
    /// What to do; without it, `list`
    #[command(subcommand)]
    pub action: Option<Action>,
}

/// What to do with incidents. Without an id, the one that goes on, when there is only one.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum Action {
    /// Shows those that go on
    List {
        /// Those that are over as well
        #[arg(long)]
        all: bool,
        /// Only those of this service
        #[arg(long)]
        service: Option<ServiceId>,
    },
    /// Shows one: its clocks with their sources, suspects, what happened
    Show {
        /// Its id as `seaworthy incident list --all` shows it, or how it begins
        incident: Option<String>,
    },
    /// Opens one by hand; a page of an alert opens one by itself
    Open {
        /// The service
        service: ServiceId,
        /// What customers cannot do, in one line; it goes to the ledger
        sentence: String,
        /// Since when, where that is known: `2026-11-21T03:06:00Z`
        #[arg(long, value_name = "TIME")]
        since: Option<Timestamp>,
        /// Nothing is wrong: it is practised
        #[arg(long)]
        drill: bool,
    },
    /// Says that you work on it
    Join {
        /// Its id, or how it begins
        incident: Option<String>,
    },
    /// Takes a role; whoever had it has it no longer
    Role {
        /// The role
        #[arg(value_enum)]
        role: Role,
        /// Its id, or how it begins
        incident: Option<String>,
    },
    /// Says how it stands, and when you will again
    Update {
        /// How it stands, in one line; it goes to the ledger
        sentence: String,
        /// When the next one is promised: `15m`, `1h`; at most a day
        #[arg(long, value_name = "TIME", value_parser = crate::words::long_duration)]
        next: Option<Duration>,
        /// Its id, or how it begins
        #[arg(long = "in", value_name = "INCIDENT")]
        incident: Option<String>,
    },
    /// Says that you need help
    Help {
        /// Its id, or how it begins
        incident: Option<String>,
    },
    /// Sets one of the five instants that you know better than what was measured
    Clock {
        /// Which
        #[arg(value_enum)]
        clock: Clock,
        /// When it was: `2026-11-21T03:06:00Z`
        at: Timestamp,
        /// How you know, in one line; it goes to the ledger
        source: String,
        /// Its id, or how it begins
        #[arg(long = "in", value_name = "INCIDENT")]
        incident: Option<String>,
    },
    /// Says that customers are served again
    Restored {
        /// Its id, or how it begins
        incident: Option<String>,
    },
    /// Closes it
    Close {
        /// Its id, or how it begins
        incident: Option<String>,
    },
}

/// A role in an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Role {
    /// Decides
    Lead,
    /// Changes the system, and nobody else does
    Operator,
    /// Tells everybody outside
    Communicator,
}

/// One of the five instants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Clock {
    /// Customers began to feel it
    Started,
    /// Something or somebody noticed
    Detected,
    /// Somebody began to work on it
    Joined,
    /// Customers were served again
    Restored,
    /// Nothing was left to repair
    Healthy,
}

pub(crate) async fn run(args: &Args, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    match args.action.clone() {
        None => list(cx, false, None).await,
        Some(Action::List { all, service }) => list(cx, all, service.as_ref()).await,
        Some(Action::Show { incident }) => {
            let id = meant(cx, incident.as_deref()).await?;
            let incident: Incident = cx.api.get_json(&format!("/v1/incidents/{id}")).await?;
            cx.answer(&incident, text::whole)?;
            Ok(Exit::Ok)
        }
        Some(Action::Open { service, sentence, since, drill }) => {
            let request = IncidentRequest { service, sentence, began_at: since, drill };
            let incident: Incident = cx.api.post_json("/v1/incidents", &request).await?;
            cx.answer(&incident, text::whole)?;
            Ok(Exit::Ok)
        }
        Some(Action::Join { incident }) => act(cx, incident, "join", &serde_json::json!({})).await,
        Some(Action::Help { incident }) => act(cx, incident, "help", &serde_json::json!({})).await,
        Some(Action::Restored { incident }) => act(cx, incident, "restored", &serde_json::json!({})).await,
        Some(Action::Close { incident }) => act(cx, incident, "close", &serde_json::json!({})).await,
        Some(Action::Role { role, incident }) => act(cx, incident, "role", &RoleRequest { role: taken(role) }).await,
        Some(Action::Update { sentence, next, incident }) => {
            let next_update_at = next.and_then(|next| cx.view.now.checked_add(next).ok());
            act(cx, incident, "update", &UpdateRequest { sentence, next_update_at }).await
        }
        Some(Action::Clock { clock, at, source, incident }) => {
            act(cx, incident, "clock", &ClockRequest { clock: set(clock), at, source }).await
        }
    }
}

async fn list(cx: &mut Context<'_>, all: bool, service: Option<&ServiceId>) -> Result<Exit, Failure> {
    let of = service.map_or_else(String::new, |service| format!("&service={}", escaped(service)));
    let found: Vec<IncidentBrief> = cx.api.get_json(&format!("/v1/incidents?open={}{of}", !all)).await?;
    cx.answer(&found, |found, view| text::table(found, view))?;
    Ok(Exit::Ok)
}

async fn act(
    cx: &mut Context<'_>,
    incident: Option<String>,
    verb: &str,
    body: &impl Serialize,
) -> Result<Exit, Failure> {
    let id = meant(cx, incident.as_deref()).await?;
    let incident: Incident = cx.api.post_json(&format!("/v1/incidents/{id}/{verb}"), body).await?;
    cx.answer(&incident, text::whole)?;
    Ok(Exit::Ok)
}

/// Finds the incident that is meant: by how its id begins, or the one that goes on.
async fn meant(cx: &mut Context<'_>, asked: Option<&str>) -> Result<IncidentId, Failure> {
    if let Some(id) = asked.and_then(|asked| asked.parse().ok()) {
        return Ok(id);
    }
    let known: Vec<IncidentBrief> = cx.api.get_json("/v1/incidents").await?;
    let goes_on = |incident: &IncidentBrief| incident.state != IncidentState::Closed;
    let found = match asked {
        Some(asked) => begin(&known, asked, |incident| incident.id, goes_on),
        None => known.iter().filter(|incident| goes_on(incident)).collect(),
    };
    let hint = "`seaworthy incident list --all` lists them with their ids";
    match (found.as_slice(), asked) {
        ([one], _) => Ok(one.id),
        ([], Some(asked)) => {
            let why = format!("no incident has an id that begins with \"{}\"", harmless(asked));
            Err(Failure::refused("not-found", why, hint))
        }
        ([], None) => Err(Failure::refused("not-found", "no incident goes on", hint)),
        (many, Some(_)) => Err(Failure::usage(format!("{} incidents have ids that begin so", many.len()), hint)),
        (many, None) => Err(Failure::usage(format!("{} incidents go on: say which one", many.len()), hint)),
    }
}

fn taken(role: Role) -> IncidentRoleV1 {
    match role {
        Role::Lead => IncidentRoleV1::Lead,
        Role::Operator => IncidentRoleV1::Operator,
        Role::Communicator => IncidentRoleV1::Communicator,
    }
}

fn set(clock: Clock) -> IncidentClockV1 {
    match clock {
        Clock::Started => IncidentClockV1::Started,
        Clock::Detected => IncidentClockV1::Detected,
        Clock::Joined => IncidentClockV1::Joined,
        Clock::Restored => IncidentClockV1::Restored,
        Clock::Healthy => IncidentClockV1::Healthy,
    }
}

#[cfg(test)]
mod tests;
