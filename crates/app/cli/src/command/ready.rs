//! `seaworthy ready`: what is known to hold of a service, with evidence and its age. Rows, never a score.

mod say;

use seaworthy_contract::api::{Finding, NextExercise, Readiness, ReadinessStep, Verdict};
use seaworthy_model::ServiceId;

use crate::context::Context;
use crate::table::{Column, harmless, lay_out};
use crate::view::View;
use crate::words::ago;
use crate::{Exit, Failure};

pub use say::{AttestArgs, ExceptArgs};
pub(crate) use say::{attest, except};

/// Shows what is known of a service's readiness: the one next exercise, what each step of exposure asks for, and a verdict
/// a row with its evidence and what to do.
///
/// What nobody has seen is unknown, never good. Exit code 0 whatever the rows say: they are no score. With --require, 1
/// while a row that this step asks for neither holds nor is excepted from.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  seaworthy ready checkout\n  seaworthy ready checkout --require 10%")]
pub struct Args {
    /// The service
    pub service: ServiceId,
    /// The step of exposure that it must be ready for, as a gate: internal, 1%, 10%, all
    #[arg(long, value_name = "STEP")]
    pub require: Option<String>,
}

pub(crate) async fn run(args: &Args, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    let readiness: Readiness = cx.api.get_json(&format!("/v1/services/{}/readiness", args.service)).await?;
    let Some(wanted) = &args.require else {
        cx.answer(&readiness, text)?;
        return Ok(Exit::Ok);
    };
    let Some(step) = readiness.ladder.iter().find(|step| step.step == *wanted) else {
        let known: Vec<&str> = readiness.ladder.iter().map(|step| step.step.as_str()).collect();
        return Err(Failure::usage(
            format!("no step of exposure \"{wanted}\""),
            format!("say one of {}", known.join(", ")),
        ));
    };
    cx.answer(&readiness, |readiness, _| gate(readiness, step))?;
    Ok(if step.open.is_empty() { Exit::Ok } else { Exit::No })
}

/// What a pipeline reads: whether it may go on, and otherwise what to do about each row.
fn gate(readiness: &Readiness, step: &ReadinessStep) -> String {
    let name = &readiness.service;
    if step.open.is_empty() {
        return format!("{name} has all that {} asks for, for now", step.step);
    }
    let open = |row: &String| readiness.findings.iter().find(|finding| finding.row == *row);
    let mut lines = vec![format!("{name} is not ready for {} yet: {} open", step.step, step.open.len())];
    for finding in step.open.iter().filter_map(open) {
        let said = format!("{}: {}", word(finding.verdict), finding.sentence);
        lines.push(format!("{} {}\n    {}", harmless(&finding.row), harmless(&finding.title), harmless(&said)));
        lines.extend(finding.remedy.as_deref().map(|remedy| format!("    do: {}", harmless(remedy))));
    }
    lines.extend(readiness.next.as_ref().map(next));
    lines.join("\n")
}

fn next(next: &NextExercise) -> String {
    let people = if next.people == 1 { "1 person" } else { &format!("{} people", next.people) };
    let rows = |word: &str, rows: &[String]| {
        if rows.is_empty() { String::new() } else { format!(" {word} {}.", rows.join(", ")) }
    };
    format!(
        "next: {} ({} min, {people}).{}{}\n      {}",
        harmless(&next.title),
        next.minutes,
        rows("Can answer", &next.answers),
        rows("Renews", &next.renews),
        harmless(&next.how)
    )
}

fn text(readiness: &Readiness, view: &View) -> String {
    let header = ["VERDICT", "STATEMENT", "SEEN", "LEDGER", "WHAT WAS SEEN", "ROW"].map(str::to_owned).to_vec();
    let columns = [Column::Text, Column::Gives, Column::Text, Column::Number, Column::Gives, Column::Text];
    let rows = readiness.findings.iter().map(|finding| row(finding, view));
    let mut lines: Vec<String> = readiness.next.as_ref().map(|one| vec![next(one), String::new()]).unwrap_or_default();
    lines.extend(lay_out(&columns, &std::iter::once(header).chain(rows).collect::<Vec<_>>(), view.width()));
    for part in [
        readiness.findings.iter().filter_map(words).collect::<Vec<_>>(),
        readiness.findings.iter().filter_map(remedy).collect(),
        readiness.ladder.iter().map(step).collect(),
        unseen(readiness).into_iter().collect(),
    ] {
        if !part.is_empty() {
            lines.push(String::new());
            lines.extend(part);
        }
    }
    lines.join("\n")
}

fn row(finding: &Finding, view: &View) -> Vec<String> {
    let (seen, position) = match &finding.evidence {
        Some(evidence) => (ago(view.seconds_since(evidence.at)), format!("#{}", evidence.position)),
        None => ("-".to_owned(), "-".to_owned()),
    };
    vec![
        word(finding.verdict).to_owned(),
        harmless(&finding.title),
        seen,
        position,
        harmless(&finding.sentence),
        harmless(&finding.row),
    ]
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Unknown => "unknown",
        Verdict::DoesNotHold => "does not hold",
        Verdict::Holds => "holds",
        Verdict::DoesNotApply => "does not apply",
    }
}

/// What people said of a row, beside what was seen.
fn words(finding: &Finding) -> Option<String> {
    let excepted = finding.exception.as_ref().map(|said| {
        format!("does not apply until {}, says {}: {}", said.until, harmless(&said.by), harmless(&said.because))
    });
    let attested = finding.attested.as_ref().map(|said| {
        let differs = if finding.differs { ", and what was seen differs" } else { "" };
        format!("{} says: {}{differs}", harmless(&said.by), harmless(&said.words))
    });
    let said: Vec<String> = excepted.into_iter().chain(attested).collect();
    (!said.is_empty()).then(|| format!("{}: {}", harmless(&finding.row), said.join("; ")))
}

fn remedy(finding: &Finding) -> Option<String> {
    finding.remedy.as_deref().map(|remedy| format!("{}: {}", harmless(&finding.row), harmless(remedy)))
}

fn step(step: &ReadinessStep) -> String {
    let asks = if step.asks.is_empty() { "nothing more".to_owned() } else { step.asks.join(" ") };
    let open = if step.open.is_empty() { "nothing".to_owned() } else { step.open.join(" ") };
    format!("{} asks for {}; open: {}", harmless(&step.step), harmless(&asks), harmless(&open))
}

fn unseen(readiness: &Readiness) -> Option<String> {
    let rows: Vec<&str> = readiness.unseen.iter().map(|row| row.row.as_str()).collect();
    (!rows.is_empty())
        .then(|| format!("not asked of a service yet, each with why in --json: {}", harmless(&rows.join(" "))))
}

#[cfg(test)]
mod tests;
