//! `seaworthy apply`: shows what a directory of files would change, asks, and changes it.

use std::io::{BufRead, IsTerminal, Write};
use std::path::PathBuf;

use jiff::Timestamp;
use seaworthy_contract::api::{Change, ChangeKind, Kept, Plan};
use seaworthy_contract::catalogue::Document;
use seaworthy_model::ServiceId;

use super::check;
use crate::context::Context;
use crate::table::harmless;
use crate::words::count;
use crate::{Exit, Failure};

/// Applies a directory of files to the catalogue: services, teams, people, rotations.
///
/// Shows the plan first and asks on a terminal. What the files no longer say is retired where the same source declared
/// it; other sources' things are left alone. A service that has users goes only when it is named with --retire. Applying
/// the same files again changes nothing.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Exit code 1: nothing was changed, or a service stays because it has users.\n\nExamples:\n  seaworthy apply production --dry-run\n  seaworthy apply production --yes --retire old-shop\n  seaworthy apply production --source up"
)]
pub struct Args {
    /// The directory
    #[arg(default_value = ".")]
    pub directory: PathBuf,
    /// Whom the files speak for; `up` for the directory of `seaworthy up` [default: REPOSITORY/PATH, or the directory's name]
    #[arg(long, value_name = "NAME")]
    pub source: Option<String>,
    /// Retire this service although it may have users; may be repeated
    #[arg(long, value_name = "SERVICE")]
    pub retire: Vec<ServiceId>,
    /// Take this service over from the source that declared it before; may be repeated
    #[arg(long, value_name = "SERVICE")]
    pub take: Vec<ServiceId>,
    /// Show the plan and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Do not ask; without a terminal nothing is retired unless this is given
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
    let document = document(args, loaded.document)?;
    let plan: Plan = cx.api.post_json("/v1/catalogue/plan", &document).await?;
    if plan.changes.is_empty() || args.dry_run {
        cx.answer(&plan, |plan, _| text(plan))?;
        return Ok(exit(&plan));
    }
    let asked = !args.yes && std::io::stdin().is_terminal() && !cx.view.json;
    if asked {
        let question = format!("{}\napply this? [y/N] ", text(&plan));
        if !confirmed(&question, cx.err, &mut std::io::stdin().lock()) {
            cx.say("nothing was changed");
            return Ok(Exit::No);
        }
    } else if !args.yes && plan.changes.iter().any(|change| change.change == ChangeKind::Retire) {
        cx.say("error: this would retire something, and nobody can be asked; nothing was changed\nhint: look at the plan, then give --yes");
        cx.answer(&plan, |plan, _| text(plan))?;
        return Ok(Exit::No);
    } else {
        cx.say(&text(&plan));
    }
    let applied: Plan = cx.api.post_json("/v1/catalogue/apply", &document).await?;
    cx.answer(&applied, |plan, _| format!("applied {}, ledger #{}", count_of(plan), plan.position))?;
    Ok(exit(&applied))
}

/// Returns what is sent: the files, whom they speak for, and what was said beside them.
fn document(args: &Args, document: Document) -> Result<Document, Failure> {
    let source = match &args.source {
        Some(name) => name.clone(),
        None => seaworthy_files::source_name(&args.directory).map_err(|why| {
            let directory = args.directory.display();
            Failure::usage(format!("could not name \"{directory}\" as a source: {why}"), "name it with --source NAME")
        })?,
    };
    Ok(Document { source: Some(source), retire: args.retire.clone(), take: args.take.clone(), ..document })
}

/// A service that stays although its files are gone is not what was asked for.
fn exit(plan: &Plan) -> Exit {
    if plan.kept.iter().any(|kept| kept.reason.waits_for_a_word()) { Exit::No } else { Exit::Ok }
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

fn text(plan: &Plan) -> String {
    let mut lines: Vec<String> = plan.changes.iter().flat_map(lines).collect();
    lines.extend(plan.kept.iter().flat_map(kept_lines));
    let number = |wanted| plan.changes.iter().filter(|change| change.change == wanted).count();
    let [new, changed, retired] = [ChangeKind::Declare, ChangeKind::Change, ChangeKind::Retire].map(number);
    lines.push(match plan.changes.len() {
        0 if plan.kept.is_empty() => "nothing to change: the catalogue says what the files say".to_owned(),
        0 => "nothing to change".to_owned(),
        _ => format!("{}: {new} new, {changed} changed, {retired} retired", count_of(plan)),
    });
    lines.join("\n")
}

fn kept_lines(kept: &Kept) -> Vec<String> {
    let (kind, name) = (harmless(&kept.kind), harmless(&kept.name));
    let head = format!("= stays   {kind} {name}: {}", harmless(&kept.why));
    let word = kept.reason.waits_for_a_word().then(|| format!("             to retire it: --retire {name}"));
    std::iter::once(head).chain(word).collect()
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
