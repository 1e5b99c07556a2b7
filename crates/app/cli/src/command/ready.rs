//! `seaworthy ready`: what is known to hold of a service, with evidence and its age. Rows, never a score.

use seaworthy_contract::api::{Finding, Readiness, Verdict};
use seaworthy_model::ServiceId;

use crate::context::Context;
use crate::table::{Column, harmless, lay_out};
use crate::view::View;
use crate::words::ago;
use crate::{Exit, Failure};

/// Shows what is known of a service's readiness: a verdict a row, its evidence, and what to do.
///
/// What nobody has seen is unknown, never good. Exit code 0 whatever the rows say: they are no score.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  seaworthy ready checkout")]
pub struct Args {
    /// The service
    pub service: ServiceId,
}

pub(crate) async fn run(args: &Args, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    let readiness: Readiness = cx.api.get_json(&format!("/v1/services/{}/readiness", args.service)).await?;
    cx.answer(&readiness, text)?;
    Ok(Exit::Ok)
}

fn text(readiness: &Readiness, view: &View) -> String {
    let header = ["VERDICT", "STATEMENT", "SEEN", "LEDGER", "WHAT WAS SEEN", "ROW"].map(str::to_owned).to_vec();
    let columns = [Column::Text, Column::Gives, Column::Text, Column::Number, Column::Gives, Column::Text];
    let rows = readiness.findings.iter().map(|finding| row(finding, view));
    let mut lines = lay_out(&columns, &std::iter::once(header).chain(rows).collect::<Vec<_>>(), view.width());
    let remedies: Vec<String> = readiness.findings.iter().filter_map(remedy).collect();
    if !remedies.is_empty() {
        lines.push(String::new());
        lines.extend(remedies);
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

fn remedy(finding: &Finding) -> Option<String> {
    finding.remedy.as_deref().map(|remedy| format!("{}: {}", harmless(&finding.row), harmless(remedy)))
}

#[cfg(test)]
mod tests;
