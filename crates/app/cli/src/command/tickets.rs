//! `seaworthy tickets`: what wakes nobody and waits to be looked at.

use seaworthy_contract::api::{Ticket, TicketState};
use seaworthy_model::{ServiceId, TeamId, TicketId};

use super::alerts::escaped;
use crate::context::Context;
use crate::ids::{begin, beginning, tell_apart};
use crate::table::{Column, harmless, lay_out};
use crate::view::View;
use crate::words::{actor, ago};
use crate::{Exit, Failure};

/// Shows tickets that nobody has closed; closes one, or opens it again.
#[derive(Debug, Clone, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Examples:\n  seaworthy tickets\n  seaworthy tickets close 01954a00"
)]
pub struct Args {
    /// What to do; without it, the list
    #[command(subcommand)]
    pub action: Option<Action>,
    /// Closed ones as well
    #[arg(long)]
    pub all: bool,
    /// Only those of this service
    #[arg(long)]
    pub service: Option<ServiceId>,
    /// Only those of this team
    #[arg(long)]
    pub team: Option<TeamId>,
}

/// What to do with tickets.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum Action {
    /// Shows one
    Show {
        /// Its id as `seaworthy tickets` shows it, or how it begins; the open one, when there is only one
        ticket: Option<String>,
    },
    /// Closes one: nobody needs to look at it any more
    Close {
        /// Its id as `seaworthy tickets` shows it, or how it begins; the open one, when there is only one
        ticket: Option<String>,
    },
    /// Opens a closed one again
    Reopen {
        /// Its id as `seaworthy tickets --all` shows it, or how it begins
        ticket: String,
    },
}

pub(crate) async fn run(args: &Args, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    match &args.action {
        None => list(args, cx).await,
        Some(Action::Show { ticket }) => {
            let id = meant(cx, ticket.as_deref()).await?;
            let ticket: Ticket = cx.api.get_json(&format!("/v1/tickets/{id}")).await?;
            cx.answer(&ticket, whole)?;
            Ok(Exit::Ok)
        }
        Some(Action::Close { ticket }) => act(cx, ticket.as_deref(), "close").await,
        Some(Action::Reopen { ticket }) => act(cx, Some(ticket), "reopen").await,
    }
}

async fn list(args: &Args, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    let service = args.service.as_ref().map(|service| format!("&service={}", escaped(service))).unwrap_or_default();
    let team = args.team.as_ref().map(|team| format!("&team={}", team.as_str().replace('+', "%2B")));
    let path = format!("/v1/tickets?all={}{service}{}", args.all, team.unwrap_or_default());
    let found: Vec<Ticket> = cx.api.get_json(&path).await?;
    cx.answer(&found, |found, view| table(found, view))?;
    Ok(Exit::Ok)
}

async fn act(cx: &mut Context<'_>, asked: Option<&str>, verb: &str) -> Result<Exit, Failure> {
    let id = meant(cx, asked).await?;
    let ticket: Ticket = cx.api.post_json(&format!("/v1/tickets/{id}/{verb}"), &serde_json::json!({})).await?;
    cx.answer(&ticket, whole)?;
    Ok(Exit::Ok)
}

/// Finds the ticket that is meant: by how its id begins, or the only one that is open.
async fn meant(cx: &mut Context<'_>, asked: Option<&str>) -> Result<TicketId, Failure> {
    if let Some(id) = asked.and_then(|asked| asked.parse().ok()) {
        return Ok(id);
    }
    let known: Vec<Ticket> = cx.api.get_json("/v1/tickets?all=true").await?;
    let is_open = |ticket: &Ticket| ticket.state != TicketState::Closed;
    let found = match asked {
        Some(asked) => begin(&known, asked, |ticket| ticket.id, is_open),
        None => known.iter().filter(|ticket| is_open(ticket)).collect(),
    };
    let hint = "`seaworthy tickets --all` lists them with their ids";
    match (found.as_slice(), asked) {
        ([one], _) => Ok(one.id),
        ([], Some(asked)) => {
            let why = format!("no ticket has an id that begins with \"{}\"", harmless(asked));
            Err(Failure::refused("not-found", why, hint))
        }
        ([], None) => Err(Failure::refused("not-found", "no ticket is open", hint)),
        (many, Some(_)) => Err(Failure::usage(format!("{} tickets have ids that begin so", many.len()), hint)),
        (many, None) => Err(Failure::usage(format!("{} tickets are open: say which one", many.len()), hint)),
    }
}

fn table(tickets: &[Ticket], view: &View) -> String {
    if tickets.is_empty() {
        return "no ticket is open".to_owned();
    }
    let columns = [Column::Text, Column::Text, Column::Text, Column::Text, Column::Gives, Column::Text];
    let header = ["SERVICE", "TEAM", "OPENED", "STATE", "WHAT", "ID"].map(str::to_owned).to_vec();
    let chars = tell_apart(tickets.iter().map(|ticket| ticket.id));
    let row = |ticket: &Ticket| {
        vec![
            ticket.service.to_string(),
            ticket.team.to_string(),
            ago(view.seconds_since(ticket.opened_at)),
            state(ticket).to_owned(),
            harmless(&ticket.sentence),
            beginning(ticket.id, chars),
        ]
    };
    let rows: Vec<_> = std::iter::once(header).chain(tickets.iter().map(row)).collect();
    lay_out(&columns, &rows, view.width()).join("\n")
}

fn state(ticket: &Ticket) -> &'static str {
    match ticket.state {
        TicketState::Open => "goes on",
        TicketState::Over => "over, not closed",
        TicketState::Closed => "closed",
    }
}

fn whole(ticket: &Ticket, view: &View) -> String {
    let mut lines = vec![
        format!("{}: {} ({})", ticket.service, harmless(&ticket.sentence), state(ticket)),
        format!("  ticket {}, team {}, opened {}", ticket.id, ticket.team, ago(view.seconds_since(ticket.opened_at))),
    ];
    if let Some(tracker) = &ticket.tracker {
        let place = tracker.url.as_deref().map(|url| format!(", {}", harmless(url))).unwrap_or_default();
        let waits = tracker.waits_since.map(|at| format!("; it has not heard all since {at}")).unwrap_or_default();
        let key = tracker.key.as_deref().map_or_else(|| "not made yet".to_owned(), harmless);
        lines.push(format!("  in {}: {key}{place}{waits}", tracker.outlet));
    }
    if ticket.times > 1 {
        lines.push(format!("  came {} times; each joined this ticket", ticket.times));
    }
    if let Some(over) = ticket.over_since {
        lines.push(format!("  nothing of it goes on since {over}"));
    }
    if let Some((at, by)) = ticket.closed_at.zip(ticket.closed_by.as_deref()) {
        lines.push(format!("  closed {} by {}", ago(view.seconds_since(at)), harmless(&actor(by))));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests;
