//! Every objective, worst first: is it met, how much of its budget is left, and who sees that.

use askama::Template;
use jiff::Timestamp;
use seaworthy_contract::api::{Budget, Objective, ObjectiveState, Sight};
use seaworthy_contract::catalogue::{CalendarUnit, Indicator, Period};

use crate::chrome::{Nav, PageView};
use crate::part::{BudgetBar, Chip};
use crate::text;

/// Most objectives on the page: the worst are first, and a phone loads it in two seconds.
const ROWS_MAX: usize = 40;

/// An objective in a list.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "components/objective_row.html")]
pub struct ObjectiveRow {
    /// How it stands.
    pub chip: Chip,
    /// Its name.
    pub name: String,
    /// The service.
    pub service: String,
    /// Is it well?
    pub sentence: String,
    /// Its budget.
    pub bar: BudgetBar,
    /// How much of it is left, in words.
    pub left: String,
    /// What is wanted, over which time.
    pub target: String,
    /// How fast it burned in the last hour.
    pub burn: Option<String>,
    /// Who counts, and how old that is.
    pub source: String,
}

impl askama::filters::HtmlSafe for ObjectiveRow {}

impl ObjectiveRow {
    /// Says an objective in a row.
    pub fn of(objective: &Objective, now: Timestamp) -> Self {
        let budget = objective.budget.as_ref().filter(|_| is_measured(objective));
        Self {
            chip: objective_chip(objective),
            name: objective.name.clone(),
            service: objective.service.to_string(),
            sentence: objective.sentence.clone(),
            bar: bar(objective, now),
            left: left(objective),
            target: match objective.by_default {
                true => format!("{} over {}, by default", target(objective.target), period(&objective.period)),
                false => format!("{} over {}", target(objective.target), period(&objective.period)),
            },
            burn: budget
                .and_then(|budget| budget.burn)
                .map(|burn| format!("burns {} the even speed", text::times(burn))),
            source: source(objective),
        }
    }
}

/// Whether anything was ever counted: without that a full budget would be made up.
pub(super) fn is_measured(objective: &Objective) -> bool {
    objective.budget.as_ref().is_some_and(|budget| budget.error_ratio.is_some())
}

/// Returns the share of the budget that is left; none where nothing was counted, or too little to say it.
pub(super) fn remaining(objective: &Objective) -> Option<f64> {
    objective.budget.as_ref().filter(|_| is_measured(objective))?.remaining_ratio
}

/// Draws its budget.
pub(super) fn bar(objective: &Objective, now: Timestamp) -> BudgetBar {
    let is_calendar = matches!(objective.period, Period::Calendar { .. });
    let time_left = objective.budget.as_ref().filter(|_| is_calendar).map(|budget| {
        let whole = budget.to.duration_since(budget.from).as_secs_f64();
        budget.to.duration_since(now).as_secs_f64() / whole.max(1.0)
    });
    BudgetBar::new(remaining(objective), time_left)
}

fn left(objective: &Objective) -> String {
    let budget = objective.budget.as_ref().filter(|_| is_measured(objective));
    match (remaining(objective), budget) {
        (Some(ratio), _) => text::left_of_budget(ratio),
        (None, Some(budget)) => format!("too little seen ({})", part_seen(budget)),
        (None, None) => "unknown".to_owned(),
    }
}

/// Says of how much of its period something is known: `7 min of 30 d`.
pub(super) fn part_seen(budget: &Budget) -> String {
    let period = budget.to.duration_since(budget.from).as_secs_f64();
    format!("{} of {}", text::seconds(budget.seen_s.unwrap_or(0.0).round()), text::seconds(period))
}

/// Says a target with every nine that it has.
pub(super) fn target(target: f64) -> String {
    let digits = format!("{:.5}", target * 100.0);
    format!("{}%", digits.trim_end_matches('0').trim_end_matches('.'))
}

/// Says the time over which it holds.
pub(super) fn period(period: &Period) -> String {
    match period {
        Period::Rolling { days: 1 } => "the last day".to_owned(),
        Period::Rolling { days } => format!("the last {days}{}days", text::NBSP),
        Period::Calendar { unit, .. } => match unit {
            CalendarUnit::Day => "the day",
            CalendarUnit::Week => "the week",
            CalendarUnit::Month => "the month",
            CalendarUnit::Quarter => "the quarter",
        }
        .to_owned(),
    }
}

/// Says who counts, and how old that is.
pub(super) fn source(objective: &Objective) -> String {
    let by = match &objective.indicator {
        Indicator::Availability { .. } | Indicator::Latency { .. } => "counted by gateways".to_owned(),
        Indicator::Probe { .. } => format!("runs of {}", text::counted_by(&objective.indicator)),
        Indicator::Pushed { .. } => text::counted_by(&objective.indicator),
        Indicator::Query(_) => format!("asked of {}", text::counted_by(&objective.indicator)),
    };
    match objective.data_age_ms {
        Some(ms) => format!("{by}, {} ago", text::seconds(ms as f64 / 1_000.0)),
        None => format!("{by}, never heard"),
    }
}

/// Says what can be seen of the service; none where events simply come.
pub(super) fn sight_words(sight: Sight) -> Option<&'static str> {
    match sight {
        Sight::Serving => None,
        Sight::Unknown => Some("Nothing was ever measured: whether users are served is not known."),
        Sight::NoTraffic => Some("No traffic: nobody asks now, as happens at times. What measures it is alive."),
        Sight::NoTrafficUnusual => Some("No traffic, though many should ask: their way here may be broken."),
        Sight::NoTelemetry => Some("No telemetry: what measures it is silent, so nobody sees how users fare."),
        Sight::Down => Some("Down: it served, and it is gone."),
    }
}

/// Says how an objective stands.
pub(super) fn objective_chip(objective: &Objective) -> Chip {
    match (objective.state, objective.sight) {
        (ObjectiveState::Met | ObjectiveState::Ticket | ObjectiveState::Spent, Sight::Serving)
            if objective.failing_since.is_some() =>
        {
            Chip::bad("Failing")
        }
        (ObjectiveState::Page, Sight::Down) => Chip::bad("Down"),
        (ObjectiveState::Page, Sight::NoTelemetry) => Chip::bad("Nobody sees"),
        (ObjectiveState::Page, _) => Chip::bad("Burns fast"),
        (ObjectiveState::Ticket, _) => Chip::warn("Burns slowly"),
        (ObjectiveState::Unwatched, _) => Chip::unknown("Not watched"),
        (_, Sight::Down) => Chip::bad("Down"),
        (_, Sight::Unknown) => Chip::unknown("Never measured"),
        (_, Sight::NoTelemetry) => Chip::unknown("No telemetry"),
        (_, Sight::NoTrafficUnusual) => Chip::warn("No traffic"),
        (ObjectiveState::Spent, _) => Chip::bad("Budget gone"),
        (ObjectiveState::Met, Sight::NoTraffic) => Chip::waits("No traffic"),
        (ObjectiveState::Met, Sight::Serving) => Chip::ok("Met"),
    }
}

/// The worst is first: what users feel, then what nobody sees, then by what is left.
fn rank(objective: &Objective) -> (u8, i64) {
    let class = match (objective.state, objective.sight) {
        (ObjectiveState::Page, _) | (_, Sight::Down) => 0,
        _ if objective.failing_since.is_some() => 0,
        (ObjectiveState::Ticket, _) => 1,
        (ObjectiveState::Unwatched, _) | (_, Sight::Unknown | Sight::NoTelemetry | Sight::NoTrafficUnusual) => 2,
        (ObjectiveState::Spent, _) => 3,
        (ObjectiveState::Met, Sight::Serving | Sight::NoTraffic) => 4,
    };
    let left = objective.budget.as_ref().map_or(0.0, |budget| budget.remaining_ratio.unwrap_or(1.0));
    (class, (left * 1e6) as i64)
}

/// Whether somebody should look at it.
pub(super) fn is_of_note(objective: &Objective) -> bool {
    rank(objective).0 < 4
}

/// Returns objectives, worst first.
pub(super) fn worst_first(objectives: &[Objective]) -> Vec<&Objective> {
    let mut found: Vec<&Objective> = objectives.iter().collect();
    found.sort_by(|a, b| rank(a).cmp(&rank(b)).then_with(|| a.name.cmp(&b.name)));
    found
}

/// The list of objectives.
#[derive(Debug, Template)]
#[template(path = "objectives.html")]
pub struct ObjectivesPage {
    /// The answer.
    pub headline: String,
    /// More of it.
    pub say: Option<String>,
    /// The objectives, worst first.
    pub rows: Vec<ObjectiveRow>,
    /// How many are not shown.
    pub left_out: usize,
    /// The one service whose objectives these are.
    pub service: Option<String>,
}

impl ObjectivesPage {
    /// Makes the page, of one service where it is named.
    pub fn new(objectives: &[Objective], service: Option<&str>, now: Timestamp) -> Self {
        let rows = worst_first(objectives).into_iter().take(ROWS_MAX).map(|objective| ObjectiveRow::of(objective, now));
        Self {
            headline: headline(objectives),
            say: say(objectives),
            rows: rows.collect(),
            left_out: objectives.len().saturating_sub(ROWS_MAX),
            service: service.map(ToOwned::to_owned),
        }
    }
}

fn headline(objectives: &[Objective]) -> String {
    let burning: Vec<_> = objectives.iter().filter(|objective| rank(objective).0 < 2).collect();
    let blind = objectives.iter().filter(|objective| rank(objective).0 == 2).count();
    match (objectives.len(), burning.as_slice(), blind) {
        (0, ..) => "No objective is declared yet.".to_owned(),
        (_, [one], _) if one.sight == Sight::Down => format!("{} is down.", one.service),
        (_, [one], _) if one.failing_since.is_some() => format!("{} fails most of what is asked of it.", one.service),
        (_, [one], _) => format!("{} burns its budget.", one.name),
        (_, [_, _, ..], _) => format!("{} objectives burn their budgets.", text::number_word(burning.len())),
        (_, [], 1) => "Nothing burns, but one objective is seen by nobody.".to_owned(),
        (_, [], n @ 2..) => format!("Nothing burns, but {n} objectives are seen by nobody."),
        (1, [], 0) => "The one objective is met.".to_owned(),
        (n, [], 0) => format!("All {n} objectives are met."),
    }
}

fn say(objectives: &[Objective]) -> Option<String> {
    let known = objectives.iter().filter_map(|objective| Some((objective, remaining(objective)?)));
    let (least, left) = known.min_by(|a, b| a.1.total_cmp(&b.1))?;
    Some(format!("The least budget is that of {}: {}.", least.name, text::left_of_budget(left)))
}

impl PageView for ObjectivesPage {
    fn title(&self) -> String {
        "Objectives".to_owned()
    }

    fn nav(&self) -> Nav {
        Nav::Objectives
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_keeps_its_nines() {
        for (ratio, text) in [(0.999, "99.9%"), (0.9995, "99.95%"), (0.99999, "99.999%"), (0.9, "90%"), (0.5, "50%")] {
            assert_eq!(target(ratio), text);
        }
    }
}
