//! `seaworthy review`: which rules are worth their pages, and what to change.

use seaworthy_contract::api::{Distinct, Proposal, Suggestion};

use crate::context::Context;
use crate::table::{Column, harmless, lay_out};
use crate::view::View;
use crate::words::{count, percent};
use crate::{Exit, Failure};

/// Shows which rules are worth their pages, and the command that changes those that are not.
///
/// The last 30 days count. `seaworthy pages judge` says what a page was worth.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  seaworthy review\n  seaworthy review --week --all")]
pub struct Args {
    /// The last seven days only
    #[arg(long)]
    pub week: bool,
    /// Rules that are fine as they are, too
    #[arg(long)]
    pub all: bool,
}

pub(crate) async fn run(args: &Args, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    let path = if args.week { "/v1/review?days=7" } else { "/v1/review" };
    let proposals: Vec<Proposal> = cx.api.get_json(path).await?;
    cx.answer(&proposals, |proposals, view| text(proposals, args, view))?;
    Ok(Exit::Ok)
}

fn text(proposals: &[Proposal], args: &Args, view: &View) -> String {
    let period = if args.week { "7 days" } else { "30 days" };
    if proposals.is_empty() {
        return format!("no rule fired in the last {period}, and none is declared");
    }
    let shown: Vec<&Proposal> = proposals.iter().filter(|p| args.all || p.suggestion.is_some()).collect();
    let mut lines = vec![sum(proposals, period)];
    if !shown.is_empty() {
        lines.push(String::new());
        lines.extend(table(&shown, view));
        lines.push(String::new());
        lines.extend(shown.iter().flat_map(|proposal| what_to_do(proposal)));
    }
    let fine = proposals.len() - shown.len();
    if fine > 0 {
        lines
            .push(format!("fine as they are: {fine} of {}; `--all` shows them", count(proposals.len() as u64, "rule")));
    }
    lines.join("\n")
}

/// One sentence for whoever hands over.
fn sum(proposals: &[Proposal], period: &str) -> String {
    let total = |of: fn(Distinct) -> u32| proposals.iter().map(|p| u64::from(of(distinct(p)))).sum::<u64>();
    let (paged, judged, acted) = (total(|of| of.paged), total(|of| of.judged), total(|of| of.acted));
    let verdicts = match judged {
        0 => "nobody said what they were worth".to_owned(),
        _ => format!("{judged} judged, {acted} of them acted on"),
    };
    match paged {
        0 => format!("nobody was paged by a rule in the last {period}"),
        _ => format!("rules paged {} in the last {period}: {verdicts}", count(paged, "time")),
    }
}

/// One page of two rules is one; an older server does not say which those are.
fn distinct(proposal: &Proposal) -> Distinct {
    let worth = &proposal.worth;
    proposal.distinct.unwrap_or(Distinct { paged: worth.paged, judged: worth.judged, acted: worth.acted })
}

fn table(proposals: &[&Proposal], view: &View) -> Vec<String> {
    // A rule's name is what its commands take: it stays whole.
    let columns = [
        Column::Text,
        Column::List,
        Column::Number,
        Column::Number,
        Column::Number,
        Column::Number,
        Column::Number,
        Column::Number,
    ];
    let header = ["RULE", "SERVICES", "FIRED", "PAGED", "JUDGED", "ACTED ON", "NOT OURS", "AGAIN"];
    let row = |proposal: &&Proposal| {
        let services: Vec<String> = proposal.services.iter().map(ToString::to_string).collect();
        let worth = &proposal.worth;
        vec![
            harmless(&proposal.rule),
            crate::words::list(&services, "-"),
            worth.fired.to_string(),
            worth.paged.to_string(),
            worth.judged.to_string(),
            worth.actionable_ratio.map_or_else(|| "-".to_owned(), percent),
            worth.not_ours.to_string(),
            worth.repeats.to_string(),
        ]
    };
    let rows: Vec<Vec<String>> =
        std::iter::once(header.map(str::to_owned).to_vec()).chain(proposals.iter().map(row)).collect();
    lay_out(&columns, &rows, view.width())
}

/// Why, and the command that makes it so.
fn what_to_do(proposal: &Proposal) -> Vec<String> {
    let name = harmless(&proposal.rule);
    let mut lines = vec![format!("{name}: {}", harmless(&proposal.because))];
    let change = |to: &str| Some(format!("  seaworthy rules change {name} {to}"));
    lines.extend(match proposal.suggestion {
        Some(Suggestion::Demote) => change("demote"),
        Some(Suggestion::Raise) => change("raise"),
        Some(Suggestion::Delete) => change("delete"),
        Some(Suggestion::Restore) => change("restore"),
        Some(Suggestion::Drill) => Some(format!("  seaworthy rules drill {name}")),
        Some(Suggestion::Mend) | None => None,
    });
    lines
}

#[cfg(test)]
mod tests;
