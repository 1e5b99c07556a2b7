//! `seaworthy action`: what a team can do for a service by a program of its own; what it would do; doing it.

use std::collections::BTreeMap;
use std::time::Duration;

use seaworthy_contract::api::{ActionRun, ActionRunState, Hook, RunAction};
use seaworthy_model::ServiceId;
use tokio::time::{Instant, sleep};

use super::alerts::escaped;
use crate::context::Context;
use crate::follow::is_passing;
use crate::table::{Column, harmless, lay_out};
use crate::view::View;
use crate::words::{age, span};
use crate::{Exit, Failure};

/// How often is asked how a run stands.
const PERIOD: Duration = Duration::from_millis(250);

/// Longest wait for the end of a run: a little more than the longest time that one has.
const WAIT_MAX: Duration = Duration::from_secs(11 * 60);

/// Shows what teams declared that can be done for a service, what it would do, and does it.
///
/// A team declares an action in its files, `kind: Action`. Values of parameters go to the ledger: no secrets, nothing of a
/// person.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Examples:\n  seaworthy action list checkout\n  seaworthy action preview restart-workers --with pool=blue\n  seaworthy action run restart-workers --with pool=blue"
)]
pub struct Args {
    /// What to do; without it, `list`
    #[command(subcommand)]
    pub what: Option<What>,
}

/// What to do with actions.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum What {
    /// Shows them, each with when it last worked
    List {
        /// Only those of this service
        service: Option<ServiceId>,
    },
    /// Runs its dry run and shows what it says; nothing else is done
    Preview(RunArgs),
    /// Runs it once and waits for its end
    Run(RunArgs),
}

/// Which action, and with what.
#[derive(Debug, Clone, clap::Args)]
pub struct RunArgs {
    /// Its name
    #[arg(value_parser = plain)]
    pub action: String,
    /// The value of a parameter, `NAME=VALUE`; once for each
    #[arg(long = "with", value_name = "NAME=VALUE", value_parser = named)]
    pub with: Vec<(String, String)>,
}

fn plain(text: &str) -> Result<String, String> {
    let fits = seaworthy_contract::catalogue::is_plain(text);
    fits.then(|| text.to_owned()).ok_or_else(|| "`seaworthy action list` shows their names".to_owned())
}

fn named(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

pub(crate) async fn run(args: &Args, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    match &args.what {
        None => list(None, cx).await,
        Some(What::List { service }) => list(service.as_ref(), cx).await,
        Some(What::Preview(wanted)) => begin(wanted, true, cx).await,
        Some(What::Run(wanted)) => begin(wanted, false, cx).await,
    }
}

async fn list(service: Option<&ServiceId>, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    let of = service.map_or_else(String::new, |service| format!("?service={}", escaped(service)));
    let hooks: Vec<Hook> = cx.api.get_json(&format!("/v1/actions{of}")).await?;
    cx.answer(&hooks, |hooks, view| table(hooks, view))?;
    Ok(Exit::Ok)
}

async fn begin(wanted: &RunArgs, dry_run: bool, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    let parameters: BTreeMap<String, String> = wanted.with.iter().cloned().collect();
    let request = RunAction { parameters, dry_run, elevation: None };
    let path = format!("/v1/actions/{}/runs", wanted.action);
    let mut run: ActionRun = cx.api.post_json(&path, &request).await?;
    let began = Instant::now();
    while !run.state.is_over() && began.elapsed() < WAIT_MAX {
        sleep(PERIOD).await;
        match cx.api.get_json(&format!("/v1/action-runs/{}", run.id)).await {
            Ok(looked) => run = looked,
            // It runs, whatever becomes of the question.
            Err(error) if is_passing(&error) => {}
            Err(error) => return Err(error.into()),
        }
    }
    cx.answer(&run, |run, _| text(run))?;
    Ok(if run.state == ActionRunState::Succeeded { Exit::Ok } else { Exit::No })
}

fn text(run: &ActionRun) -> String {
    let what = if run.dry_run { "dry run of " } else { "" };
    let mut text = format!("{what}{} of {}: {}\n", harmless(&run.action), run.service, harmless(&run.sentence));
    for line in run.tail.iter().flat_map(|tail| tail.lines()) {
        text += &format!("  {}\n", harmless(line));
    }
    text
}

fn table(hooks: &[Hook], view: &View) -> String {
    if hooks.is_empty() {
        return "no team has declared an action: `kind: Action` in its files does".to_owned();
    }
    let columns = [Column::Text, Column::Text, Column::Text, Column::Text, Column::Gives];
    let header = ["ACTION", "SERVICE", "LAST WORKED", "DRY RUN", "DOES"].map(str::to_owned).to_vec();
    let rows = hooks.iter().map(|hook| row(hook, view));
    let rows: Vec<_> = [header].into_iter().chain(rows).collect();
    lay_out(&columns, &rows, view.width()).join("\n")
}

fn row(hook: &Hook, view: &View) -> Vec<String> {
    let ago = |at| age(view.now.duration_since(at).as_secs().max(0));
    let worked = hook.worked.as_ref().map(|worked| format!("{} ago, took {}", ago(worked.at), span(worked.took_s)));
    let grave = if hook.destructive { " (needs a second person)" } else { "" };
    vec![
        harmless(&hook.name),
        hook.service.to_string(),
        worked.unwrap_or_else(|| "never seen".to_owned()),
        if hook.dry_run { "yes" } else { "no" }.to_owned(),
        format!("{}{grave}", harmless(&hook.does)),
    ]
}
