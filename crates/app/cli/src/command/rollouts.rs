//! `seaworthy rollouts`: what was shipped, by whom, and what became of it.

use seaworthy_contract::api::{Rollout, RolloutState, StepState};
use seaworthy_model::{RolloutId, ServiceId};

use super::ship::{ended, reached};
use crate::context::Context;
use crate::table::{Column, harmless, lay_out};
use crate::view::View;
use crate::words::{actor, ago, share, span, thousands};
use crate::{Exit, Failure};

/// Shows what was shipped, newest first, and what became of it; one rollout step by step with `--id`.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  seaworthy rollouts checkout")]
pub struct Args {
    /// Only of this service
    pub service: Option<ServiceId>,
    /// This rollout, step by step
    #[arg(long, value_name = "ROLLOUT", conflicts_with_all = ["service", "limit"])]
    pub id: Option<RolloutId>,
    /// Rows shown at most; `--json` shows all
    #[arg(long, value_name = "ROWS", default_value_t = 20)]
    pub limit: usize,
}

pub(crate) async fn run(args: &Args, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    if let Some(id) = args.id {
        let rollout: Rollout = cx.api.get_json(&format!("/v1/rollouts/{id}")).await?;
        cx.answer(&rollout, one)?;
        return Ok(Exit::Ok);
    }
    let filter = args.service.as_ref().map_or_else(String::new, |service| format!("?service={}", escaped(service)));
    let rollouts: Vec<Rollout> = cx.api.get_json(&format!("/v1/rollouts{filter}")).await?;
    cx.answer(&rollouts, |rollouts, view| table(rollouts, args.limit, view))?;
    Ok(Exit::Ok)
}

/// A name's one character that means something else in a query.
fn escaped(service: &ServiceId) -> String {
    service.as_str().replace('+', "%2B")
}

fn table(rollouts: &[Rollout], limit: usize, view: &View) -> String {
    if rollouts.is_empty() {
        return "nothing was shipped yet; `seaworthy ship SERVICE VERSION` ships".to_owned();
    }
    let columns =
        [Column::Text, Column::Text, Column::Text, Column::Text, Column::Number, Column::Number, Column::Gives];
    let header = ["SERVICE", "VERSION", "STATE", "SHIPPED", "REACHED", "TOOK", "WHY"].map(str::to_owned).to_vec();
    let rows = rollouts.iter().take(limit).map(|rollout| row(rollout, view));
    let mut lines = lay_out(&columns, &std::iter::once(header).chain(rows).collect::<Vec<_>>(), view.width());
    if rollouts.len() > limit {
        lines.push(format!("{} more; `--limit` shows them", rollouts.len() - limit));
    }
    lines.join("\n")
}

fn row(rollout: &Rollout, view: &View) -> Vec<String> {
    let took = rollout.ended_at.map(|end| span(end.duration_since(rollout.started_at).as_secs_f64()));
    vec![
        rollout.service.to_string(),
        rollout.version.to_string(),
        word(rollout.state).to_owned(),
        ago(view.seconds_since(rollout.started_at)),
        share(reached(rollout)),
        took.unwrap_or_else(|| "-".to_owned()),
        rollout.reason.as_deref().map_or_else(String::new, harmless),
    ]
}

fn word(state: RolloutState) -> &'static str {
    match state {
        RolloutState::Starting => "starting",
        RolloutState::Stepping => "stepping",
        RolloutState::Held => "held",
        RolloutState::Promoted => "promoted",
        RolloutState::Reverting => "reverting",
        RolloutState::Reverted => "reverted",
    }
}

/// Tells of one rollout: how it stands or ended, its steps, its evidence.
fn one(rollout: &Rollout, view: &View) -> String {
    let baseline = rollout.baseline.as_ref().map_or_else(String::new, |b| format!(", compared with {b}"));
    let mut lines = vec![
        ended(rollout, view),
        format!(
            "shipped {} by {}{baseline}; ledger #{}",
            ago(view.seconds_since(rollout.started_at)),
            actor(&rollout.by),
            rollout.position
        ),
        String::new(),
    ];
    let header = ["STEP", "STATE", "LASTED", "NEEDS"].map(str::to_owned).to_vec();
    let steps = rollout.steps.iter().map(|step| {
        let state = match step.state {
            StepState::Passed => "passed",
            StepState::Now => "now",
            StepState::Next => "ahead",
            StepState::Stopped => "ended here",
            StepState::Never => "never reached",
        };
        let lasted = step.seconds.map_or_else(|| "-".to_owned(), span);
        vec![share(step.share), state.to_owned(), lasted, step.needs.as_deref().map_or_else(String::new, harmless)]
    });
    let columns = [Column::Number, Column::Text, Column::Number, Column::Gives];
    lines.extend(lay_out(&columns, &std::iter::once(header).chain(steps).collect::<Vec<_>>(), view.width()));
    if let Some(judge) = &rollout.judge {
        let waits_for = judge.waits_for.as_deref().filter(|_| rollout.ended_at.is_none());
        let waits_for = waits_for.map_or_else(String::new, |why| format!("; {}", harmless(why)));
        lines.push(String::new());
        lines.push(format!(
            "judge: {} on {}; odds that it does harm: {} (1,000 to 1 takes it off), that the next step is safe: {} \
             (20 to 1 goes on); looked {}{waits_for}",
            harmless(&judge.decision),
            harmless(&judge.metric),
            odds(judge.log_e),
            odds(judge.log_e_promote),
            ago(view.seconds_since(judge.at))
        ));
    }
    lines.join("\n")
}

/// Writes evidence, a natural logarithm, as the odds that it is; truncated, so that 19.96 is not yet 20.
fn odds(log_e: f64) -> String {
    match log_e.exp() {
        odds if odds >= 1e9 => "over 1,000,000,000 to 1".to_owned(),
        odds if odds >= 100.0 => format!("{} to 1", thousands(odds as u64)),
        odds if odds > 1.0 => format!("{:.1} to 1", (odds * 10.0).floor() / 10.0),
        // Evidence that leans the other way is no evidence for it.
        _ => "none".to_owned(),
    }
}

#[cfg(test)]
mod tests;
