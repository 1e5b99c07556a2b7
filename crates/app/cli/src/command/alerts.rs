//! `seaworthy alerts`: what is wrong, who has it, keeping it quiet for a while.

mod silence;
mod text;
mod unwell;

use seaworthy_contract::api::{Alert, AlertPage, Status, UnownedAlert};
use seaworthy_model::{AlertId, ServiceId};

use crate::context::Context;
use crate::ids::begin;
use crate::table::{Column, harmless, lay_out};
use crate::view::View;
use crate::words::{ago, count};
use crate::{Exit, Failure};

/// Most alerts that are looked through for one whose id begins so: what the server gives at once.
const LOOKED_THROUGH: usize = 500;

/// Shows what is wrong and who has it; silences it with an end and a reason.
#[derive(Debug, Clone, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Examples:\n  seaworthy alerts\n  seaworthy alerts show\n  seaworthy alerts silence checkout --for 2h --reason \"moving the database\""
)]
pub struct Args {
    /// What to do; without it, the list
    #[command(subcommand)]
    pub action: Option<Action>,
    /// Only those that go on, which is what is shown unless asked otherwise
    #[arg(long, conflicts_with = "all")]
    pub open: bool,
    /// Ended ones as well, the newest hundred
    #[arg(long)]
    pub all: bool,
    /// Only those of this service
    #[arg(long)]
    pub service: Option<ServiceId>,
}

/// What to do with alerts.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum Action {
    /// Shows one: who says so, what it stands for, who has it
    Show {
        /// Its id as `seaworthy alerts` shows it, or how it begins; the one that is open, when there is only one
        alert: Option<String>,
    },
    /// Lets nobody be told of a service, or of one rule of it, for a while
    Silence(silence::Args),
    /// Takes a silence back
    Unsilence(silence::EndArgs),
    /// Lists silences that hold
    Silences {
        /// Only those of this service
        #[arg(long)]
        service: Option<ServiceId>,
    },
    /// Lists what other systems said of services that nobody declared: nobody was told of it
    Unowned,
}

pub(crate) async fn run(args: &Args, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    match &args.action {
        None => list(args, cx).await,
        Some(Action::Show { alert }) => show(alert.as_deref(), cx).await,
        Some(Action::Silence(args)) => silence::run(args, cx).await,
        Some(Action::Unsilence(args)) => silence::end(args, cx).await,
        Some(Action::Silences { service }) => silence::list(service.as_ref(), cx).await,
        Some(Action::Unowned) => unowned(cx).await,
    }
}

async fn list(args: &Args, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    let open = (!args.all).then(|| "open=true".to_owned());
    let service = args.service.as_ref().map(|service| format!("service={}", escaped(service)));
    let query: Vec<String> = open.into_iter().chain(service).collect();
    let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
    let page: AlertPage = cx.api.get_json(&format!("/v1/alerts{query}")).await?;
    if let Some(service) = args.service.as_ref().filter(|_| page.alerts.is_empty()) {
        // Of a service that is not there nothing is ever wrong: a slip of the keyboard would sound like good news.
        let _: serde_json::Value = cx.api.get_json(&format!("/v1/services/{service}")).await?;
    }
    let nothing = match page.alerts.is_empty() && !cx.view.json {
        true => unwell::said(args.service.as_ref(), cx).await?,
        false => String::new(),
    };
    cx.answer(&page, |page, view| match page.alerts.is_empty() {
        true => nothing,
        false => text::table(&page.alerts, page.next.is_some(), view),
    })?;
    Ok(Exit::Ok)
}

/// A name's one character that means something else in a query.
pub(super) fn escaped(service: &ServiceId) -> String {
    service.as_str().replace('+', "%2B")
}

async fn show(asked: Option<&str>, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    let whole: Option<AlertId> = asked.and_then(|asked| asked.parse().ok());
    let id = match whole {
        Some(id) => Some(id),
        None => {
            let open = if asked.is_none() { "open=true&" } else { "" };
            let page: AlertPage = cx.api.get_json(&format!("/v1/alerts?{open}limit={LOOKED_THROUGH}")).await?;
            meant(&page.alerts, asked)?
        }
    };
    let Some(id) = id else {
        let nothing = if cx.view.json { String::new() } else { unwell::said(None, cx).await? };
        cx.answer(&None::<Alert>, |_, _| nothing)?;
        return Ok(Exit::Ok);
    };
    let alert: Alert = cx.api.get_json(&format!("/v1/alerts/{id}")).await?;
    cx.answer(&alert, text::one)?;
    Ok(Exit::Ok)
}

/// Returns the alert whose id begins so, of those that are open where only one of those does; the only one where no id
/// is asked for.
fn meant(alerts: &[Alert], asked: Option<&str>) -> Result<Option<AlertId>, Failure> {
    let found = begin(alerts, asked.unwrap_or_default(), |alert| alert.id, |alert| alert.resolved_at.is_none());
    match (found.as_slice(), asked) {
        ([alert], _) => Ok(Some(alert.id)),
        ([], None) => Ok(None),
        (many, None) => Err(Failure::usage(
            format!("could not show an alert: {} are open", many.len()),
            "name one: `seaworthy alerts` lists them with their ids",
        )),
        ([], Some(asked)) => Err(Failure::refused(
            "not-found",
            format!("could not show an alert: none has an id that begins with \"{}\"", harmless(asked)),
            "`seaworthy alerts --all` lists them with their ids",
        )),
        (many, Some(asked)) => Err(Failure::usage(
            format!("could not show an alert: {} have ids that begin with \"{}\"", many.len(), harmless(asked)),
            "write more of its id: `seaworthy alerts` shows enough of each",
        )),
    }
}

async fn unowned(cx: &mut Context<'_>) -> Result<Exit, Failure> {
    let alerts: Vec<UnownedAlert> = cx.api.get_json("/v1/alerts/unowned").await?;
    if alerts.is_empty() && !cx.view.json {
        let status: Status = cx.api.get_json("/v1/status").await?;
        cx.answer(&alerts, |_, view| none_heard(&status, view))?;
        return Ok(Exit::Ok);
    }
    cx.answer(&alerts, |alerts, view| {
        let columns = [Column::Gives, Column::Text, Column::Text, Column::Gives, Column::Gives];
        let header = ["NAMES", "LAST HEARD", "HEARD", "FROM", "WHAT"].map(str::to_owned).to_vec();
        let rows = alerts.iter().map(|alert| {
            vec![
                if alert.names.is_empty() { "-".to_owned() } else { harmless(&alert.names.join(", ")) },
                ago(view.seconds_since(alert.last_heard_at)),
                count(alert.times, "time"),
                harmless(&alert.by),
                harmless(&alert.sentence),
            ]
        });
        lay_out(&columns, &std::iter::once(header).chain(rows).collect::<Vec<_>>(), view.width()).join("\n")
    })?;
    Ok(Exit::Ok)
}

/// The list is in memory: before this start of the server others may have been heard.
fn none_heard(status: &Status, view: &View) -> String {
    let since = status.started_at.map(|at| format!(" {}", ago(view.seconds_since(at))));
    format!("none heard since the server started{}", since.unwrap_or_default())
}

#[cfg(test)]
mod tests;
