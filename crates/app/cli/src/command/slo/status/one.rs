//! One objective for a person: its budget over time, its tiers, and what faults from now on would lead to.

use seaworthy_contract::api::{Budget, Objective, ObjectiveSeries, ObjectiveState, Outlook, Sight, Tier, Window};
use seaworthy_contract::catalogue::{CalendarUnit, Indicator, Period, Urgency};

use crate::table::{Column, harmless, lay_out};
use crate::view::View;
use crate::words::{ago, span};

use super::{exact, left, state, unread};

/// Columns of a plot.
const PLOT: usize = 60;

/// Eight heights of a column.
const HEIGHTS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

pub(super) fn text(objective: &Objective, series: Option<&ObjectiveSeries>, view: &View) -> String {
    let by = if objective.by_default { ", a default that no file says" } else { "" };
    let mut lines = vec![
        format!("{}: {}", harmless(&objective.name), harmless(&objective.sentence)),
        format!("wanted   {} of {}, {}{by}", exact(objective.target), measured(objective), period(&objective.period)),
        format!("now      {}; {}", state(objective), seen(objective, view)),
    ];
    lines.extend(unread(objective).map(|why| format!("unread   {why}")));
    lines.extend(objective.description.as_deref().map(|text| format!("means    {}", harmless(text))));
    if let Some(budget) = &objective.budget {
        let is_left = if budget.error_ratio.and(budget.remaining_ratio).is_some() { " left" } else { "" };
        lines.push(format!("budget   {}{is_left}{}", left(budget), counts(budget)));
        let burn =
            budget.burn.map_or_else(|| "nothing happened".to_owned(), |burn| format!("{burn:.2} times an even rate"));
        let gone = budget.gone_in_s.map_or_else(String::new, |s| format!("; at that rate it is gone in {}", span(s)));
        lines.push(format!("burn     {burn} in the last hour{gone}"));
    }
    lines.extend(series.into_iter().flat_map(|series| plot(series, view)));
    if !objective.tiers.is_empty() {
        lines.push(String::new());
        lines.extend(tiers(&objective.tiers, view));
    }
    let is_ticket = objective.state == ObjectiveState::Ticket;
    lines.extend(objective.outlook.iter().map(|told| outlook(told, is_ticket)));
    lines.push(format!("source   {}, ledger #{}", harmless(&objective.source), objective.position));
    lines.join("\n")
}

/// What was counted, and how much of it may be bad.
fn counts(budget: &Budget) -> String {
    match (budget.bad, budget.total.filter(|total| *total > 0), budget.allowed) {
        (Some(bad), Some(total), Some(allowed)) => {
            format!(": {bad} bad of {total} so far, {allowed:.0} may be in the whole period")
        }
        (Some(bad), Some(total), None) => format!(": {bad} bad of {total} so far"),
        _ => String::new(),
    }
}

fn measured(objective: &Objective) -> String {
    let on =
        |route: &Option<String>| route.as_ref().map_or_else(String::new, |route| format!(" on {}", harmless(route)));
    match &objective.indicator {
        Indicator::Availability { route } => format!("requests{} do not fail", on(route)),
        Indicator::Latency { route, threshold_ms } => {
            let edge = objective.counted_at_ms.map_or_else(String::new, |ms| format!(" (counted at {ms:.0} ms)"));
            format!("requests{} are answered within {threshold_ms} ms{edge}", on(route))
        }
        Indicator::Probe { probe } => format!("runs of probe {} pass", harmless(probe)),
        Indicator::Pushed { series } => format!("{} are good", harmless(series)),
        Indicator::Query(_) => "what another system measures is good".to_owned(),
    }
}

fn period(period: &Period) -> String {
    match period {
        Period::Rolling { days } => format!("over {days} days"),
        Period::Calendar { unit, zone } => {
            let unit = match unit {
                CalendarUnit::Day => "day",
                CalendarUnit::Week => "week",
                CalendarUnit::Month => "month",
                CalendarUnit::Quarter => "quarter",
            };
            format!("each {unit} of {}", harmless(zone))
        }
    }
}

/// What is seen of it, and how fresh that is.
fn seen(objective: &Objective, view: &View) -> String {
    let event = objective.last_event_at.map(|at| format!(", the last event {}", ago(view.seconds_since(at))));
    let sight = match objective.sight {
        Sight::Unknown => "it never served as far as is known",
        Sight::Serving => "events come",
        Sight::NoTraffic => "nobody asks, as happens",
        Sight::NoTrafficUnusual => "nobody asks, though many should",
        Sight::NoTelemetry => "whatever measures it is silent",
        Sight::Down => "it served, and it is gone",
    };
    format!("{sight}{}", event.unwrap_or_default())
}

fn plot(series: &ObjectiveSeries, view: &View) -> Vec<String> {
    let width = PLOT.min(view.width().saturating_sub(12)).max(10);
    let each = series.points.len().div_ceil(width).max(1);
    let burn = |point: &seaworthy_contract::api::ObjectivePoint| {
        point.bad as f64 / point.total.max(1) as f64 / series.allowed_ratio.max(f64::MIN_POSITIVE)
    };
    let burns: Vec<Option<f64>> =
        series.points.chunks(each).map(|points| points.iter().flatten().map(burn).max_by(f64::total_cmp)).collect();
    let left: Vec<Option<f64>> = series.remaining.chunks(each).map(|left| left.last().copied()).collect();
    let most = burns.iter().flatten().copied().fold(0.0, f64::max);
    let from = ago(view.seconds_since(series.from));
    let mut lines = Vec::new();
    if !left.is_empty() {
        lines.push(format!("         {} budget left, from {from} until now", columns(&left, 1.0)));
    }
    if most > 0.0 {
        lines.push(format!("         {} burn, at most {most:.1}", columns(&burns, most)));
    }
    lines
}

/// Draws values from 0 to `most`, one a column; nothing at all is a blank.
fn columns(values: &[Option<f64>], most: f64) -> String {
    let height = |value: f64| {
        let eighths = (value.clamp(0.0, most) / most * HEIGHTS.len() as f64).ceil() as usize;
        HEIGHTS[eighths.clamp(1, HEIGHTS.len()) - 1]
    };
    values.iter().map(|value| value.map_or(' ', height)).collect()
}

fn tiers(tiers: &[Tier], view: &View) -> Vec<String> {
    let columns = [Column::Text, Column::Number, Column::Number, Column::Text, Column::Text];
    let header = ["ALERT", "BURN", "BAD ABOVE", "LONG WINDOW", "SHORT WINDOW"].map(str::to_owned).to_vec();
    let row = |tier: &Tier| {
        let urgency = match tier.urgency {
            Urgency::Page => "page",
            Urgency::Ticket => "ticket",
        };
        let above = if tier.bad_ratio_limit < 1.0 { exact(tier.bad_ratio_limit) } else { "never".to_owned() };
        vec![urgency.to_owned(), format!("{:.1}", tier.burn_limit), above, window(&tier.long), window(&tier.short)]
    };
    lay_out(&columns, &std::iter::once(header).chain(tiers.iter().map(row)).collect::<Vec<_>>(), view.width())
}

/// `1h: burns 0.3`.
fn window(window: &Window) -> String {
    let length = seaworthy_objectives::window(window.seconds);
    window.burn.map_or_else(|| format!("{length}: nothing"), |burn| format!("{length}: burns {burn:.2}"))
}

/// What a fault would lead to, where it `is_ticket` already or not yet.
fn outlook(outlook: &Outlook, is_ticket: bool) -> String {
    let when = |seconds: Option<f64>| seconds.map_or_else(|| "never".to_owned(), |s| format!("after {}", span(s)));
    let page = when(outlook.page_s);
    let ticket = if is_ticket { "is there already".to_owned() } else { when(outlook.ticket_s) };
    format!("if {} of it failed from now on: page {page}, ticket {ticket}", exact(outlook.bad_ratio))
}
