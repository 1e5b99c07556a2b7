//! `seaworthy apply`: shows what a directory of files would change, asks, and changes it.

use std::io::{BufRead, IsTerminal, Write};
use std::path::PathBuf;

use jiff::Timestamp;
use seaworthy_contract::api::{Change, ChangeKind, Plan};

use super::check;
use crate::context::Context;
use crate::table::harmless;
use crate::view::View;
use crate::words::count;
use crate::{Exit, Failure};

/// Applies a directory of files to the catalogue: services, teams, people, rotations.
///
/// Shows the plan first and asks on a terminal. What the files no longer say is retired. Applying the same files again
/// changes nothing.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  seaworthy apply production --dry-run")]
pub struct Args {
    /// The directory
    #[arg(default_value = ".")]
    pub directory: PathBuf,
    /// Show the plan and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
}

pub(crate) async fn run(args: &Args, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    let loaded = seaworthy_files::load(&args.directory, Timestamp::now())
        .map_err(|source| Failure::Read { path: args.directory.clone(), source })?;
    if loaded.has_errors() {
        let format = if cx.view.json { check::Format::Json } else { check::Format::Text };
        let args = check::CheckArgs { directory: args.directory.clone(), format };
        check::run(&args, Timestamp::now(), &mut cx.err, &mut std::io::stderr());
        cx.say("error: could not apply the files: they have errors; nothing was changed");
        return Ok(Exit::No);
    }
    let plan: Plan = cx.api.post_json("/v1/catalogue/plan", &loaded.document).await?;
    if plan.changes.is_empty() || args.dry_run {
        cx.answer(&plan, text)?;
        return Ok(Exit::Ok);
    }
    if !args.yes && std::io::stdin().is_terminal() && !cx.view.json {
        let question = format!("{}\napply this? [y/N] ", text(&plan, &cx.view));
        if !confirmed(&question, cx.err, &mut std::io::stdin().lock()) {
            cx.say("nothing was changed");
            return Ok(Exit::No);
        }
    } else {
        cx.say(&text(&plan, &cx.view));
    }
    let applied: Plan = cx.api.post_json("/v1/catalogue/apply", &loaded.document).await?;
    cx.answer(&applied, |plan, _| format!("applied {}, ledger #{}", count_of(plan), plan.position))?;
    Ok(Exit::Ok)
}

fn confirmed(question: &str, err: &mut dyn Write, input: &mut impl BufRead) -> bool {
    // A question that nobody can read is answered by nobody: no.
    let asked = err.write_all(question.as_bytes()).and_then(|()| err.flush());
    let mut answer = String::new();
    asked.is_ok() && input.read_line(&mut answer).is_ok() && matches!(answer.trim(), "y" | "Y" | "yes")
}

fn count_of(plan: &Plan) -> String {
    count(plan.changes.len() as u64, "change")
}

fn text(plan: &Plan, _: &View) -> String {
    if plan.changes.is_empty() {
        return "nothing to change: the catalogue says what the files say".to_owned();
    }
    let mut lines: Vec<String> = plan.changes.iter().flat_map(lines).collect();
    let number = |wanted| plan.changes.iter().filter(|change| change.change == wanted).count();
    let [new, changed, retired] = [ChangeKind::Declare, ChangeKind::Change, ChangeKind::Retire].map(number);
    lines.push(format!("{}: {new} new, {changed} changed, {retired} retired", count_of(plan)));
    lines.join("\n")
}

fn lines(change: &Change) -> Vec<String> {
    let word = match change.change {
        ChangeKind::Declare => "+ new    ",
        ChangeKind::Change => "~ change ",
        ChangeKind::Retire => "- retire ",
    };
    let head = format!("{word} {} {}", harmless(&change.kind), harmless(&change.name));
    let details = change.details.iter().map(|detail| format!("             {}", harmless(detail)));
    std::iter::once(head).chain(details).collect()
}

#[cfg(test)]
mod tests;
