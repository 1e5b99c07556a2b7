//! `seaworthy slo status`: how much of each budget is left, how fast it burns, and what would page.

mod one;
#[cfg(test)]
mod tests;

use seaworthy_contract::api::{Budget, Objective, ObjectiveSeries, ObjectiveState, Sight};
use seaworthy_contract::catalogue::Period;
use serde::Serialize;

use crate::context::Context;
use crate::table::{Column, harmless, lay_out};
use crate::view::View;
use crate::{Exit, Failure};

/// Objectives of one answer; more come in several.
const AT_ONCE: usize = 500;

/// Most objectives that are listed: nobody reads on.
const LISTED_MAX: usize = 5_000;

/// Cells of a bar of budget.
const CELLS: usize = 10;

/// Which objective.
#[derive(Debug, Clone, clap::Args)]
pub struct StatusArgs {
    /// This objective, with its tiers and its budget over time
    pub name: Option<String>,
    /// Only those of this service
    #[arg(long, conflicts_with = "name")]
    pub service: Option<seaworthy_model::ServiceId>,
    /// How much time is drawn, such as 6h or 3d
    #[arg(long, value_name = "TIME", requires = "name")]
    pub window: Option<String>,
}

/// One objective, for programs.
#[derive(Serialize)]
struct Shown {
    objective: Objective,
    /// None where another system keeps its counts.
    series: Option<ObjectiveSeries>,
}

pub(crate) async fn run(args: &StatusArgs, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    if let Some(name) = &args.name {
        let path = format!("/v1/objectives/{}", in_path(name));
        let objective: Objective = cx.api.get_json(&path).await?;
        let window = args.window.clone().unwrap_or_else(|| window(&objective, cx.view.now));
        // The server refuses a window that is none, and knows what is kept; an objective without counts has no plot.
        let series = match counts_here(&objective) {
            true => Some(cx.api.get_json(&format!("{path}/series?window={}", in_path(&window))).await?),
            false => None,
        };
        cx.answer(&Shown { objective, series }, |shown, view| {
            one::text(&shown.objective, shown.series.as_ref(), view)
        })?;
        return Ok(Exit::Ok);
    }
    let objectives = all(args, cx).await?;
    cx.answer(&objectives, |objectives, view| table(objectives, view))?;
    Ok(Exit::Ok)
}

/// Reads page after page.
async fn all(args: &StatusArgs, cx: &mut Context<'_>) -> Result<Vec<Objective>, Failure> {
    let mut objectives: Vec<Objective> = Vec::new();
    let service = args.service.as_ref().map_or_else(String::new, |service| format!("&service={service}"));
    while objectives.len() < LISTED_MAX {
        let after = objectives.last().map_or_else(String::new, |last| format!("&after={}", in_path(&last.name)));
        let path = format!("/v1/objectives?limit={AT_ONCE}{service}{after}");
        let more: Vec<Objective> = cx.api.get_json(&path).await?;
        let is_last = more.len() < AT_ONCE;
        objectives.extend(more);
        if is_last {
            break;
        }
    }
    Ok(objectives)
}

/// Writes a text as a part of an address: every byte that has a meaning there as `%XX`.
fn in_path(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

fn counts_here(objective: &Objective) -> bool {
    use seaworthy_contract::catalogue::Indicator;
    objective.state != ObjectiveState::Unwatched && !matches!(objective.indicator, Indicator::Query(_))
}

/// Returns the whole period so far.
fn window(objective: &Objective, now: jiff::Timestamp) -> String {
    match (&objective.period, &objective.budget) {
        (Period::Rolling { days }, _) => format!("{days}d"),
        (Period::Calendar { .. }, Some(budget)) => {
            let hours = now.duration_since(budget.from).as_hours().max(0) + 1;
            format!("{hours}h")
        }
        (Period::Calendar { .. }, None) => "1d".to_owned(),
    }
}

fn table(objectives: &[Objective], view: &View) -> String {
    if objectives.is_empty() {
        return "no objectives; a line \"objective: 99.9%\" in a Service declares one".to_owned();
    }
    let columns =
        [Column::Text, Column::Text, Column::Number, Column::Text, Column::Text, Column::Number, Column::Gives];
    let header = ["OBJECTIVE", "SERVICE", "TARGET", "STATE", "BUDGET LEFT", "BURN", "SAYS"];
    let rows = objectives.iter().map(row);
    let header = header.map(str::to_owned).to_vec();
    let mut lines = lay_out(&columns, &std::iter::once(header).chain(rows).collect::<Vec<_>>(), view.width());
    // In full, because a table has no room for a reason and what to do about it.
    lines.extend(objectives.iter().filter_map(|one| Some(format!("{}: {}", harmless(&one.name), unread(one)?))));
    lines.join("\n")
}

/// Why what another system measures is not known.
fn unread(objective: &Objective) -> Option<String> {
    objective.unread.as_deref().map(|why| format!("its source does not answer: {}", harmless(why)))
}

fn row(objective: &Objective) -> Vec<String> {
    let budget = objective.budget.as_ref();
    let name = harmless(&objective.name);
    vec![
        if objective.by_default { format!("{name} (default)") } else { name },
        objective.service.to_string(),
        exact(objective.target),
        state(objective).to_owned(),
        budget.map_or_else(|| "-".to_owned(), left),
        budget.and_then(|budget| budget.burn).map_or_else(|| "-".to_owned(), |burn| format!("{burn:.1}")),
        harmless(&objective.sentence),
    ]
}

/// How it stands, in a word; silence is said before what is not known because of it.
fn state(objective: &Objective) -> &'static str {
    match (objective.state, objective.sight) {
        (ObjectiveState::Page, _) => "page",
        (_, _) if objective.failing_since.is_some() => "failing",
        (ObjectiveState::Ticket, _) => "ticket",
        (ObjectiveState::Unwatched, _) => "not watched",
        (_, Sight::NoTelemetry) => "not seen",
        (_, Sight::Down) => "down",
        (_, Sight::Unknown) => "no data yet",
        (_, Sight::NoTraffic | Sight::NoTrafficUnusual) => "no traffic",
        (ObjectiveState::Spent, Sight::Serving) => "broken",
        (ObjectiveState::Met, Sight::Serving) => "met",
    }
}

/// What is left of a budget: a bar where that is known, else why not.
fn left(budget: &Budget) -> String {
    match (budget.error_ratio, budget.remaining_ratio) {
        (None, _) => "nothing measured".to_owned(),
        (Some(_), Some(ratio)) => bar(ratio),
        (Some(_), None) => {
            let period = budget.to.duration_since(budget.from).as_secs_f64();
            format!("too little seen ({} of {})", roughly(budget.seen_s.unwrap_or(0.0)), roughly(period))
        }
    }
}

/// A length of time in its largest unit: `7 min`, `30 d`.
fn roughly(seconds: f64) -> String {
    let whole = seconds.max(0.0) as u64;
    match whole {
        0..60 => format!("{whole} s"),
        60..3_600 => format!("{} min", whole / 60),
        3_600..86_400 => format!("{} h", whole / 3_600),
        _ => format!("{} d", whole / 86_400),
    }
}

/// `[########--]  82%`: a share of the budget, and in figures; what is overdrawn has no cells.
fn bar(remaining_ratio: f64) -> String {
    let left = remaining_ratio.clamp(0.0, 1.0);
    // The nearest tenth, but something that is left is a cell; the figure beside it is rounded down.
    let full = ((left * CELLS as f64).round() as usize).max(usize::from(left > 0.0));
    let percent = (remaining_ratio * 100.0).floor();
    format!("[{}{}] {percent:>4.0}%", "#".repeat(full), "-".repeat(CELLS - full))
}

/// A ratio in per cent with all the digits that it has.
fn exact(ratio: f64) -> String {
    let text = format!("{:.6}", ratio * 100.0);
    format!("{}%", text.trim_end_matches('0').trim_end_matches('.'))
}
