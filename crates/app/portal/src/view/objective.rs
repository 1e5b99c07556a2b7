//! One objective: what is left, how fast it goes, what would page and how soon, and where its counts come from.

use askama::Template;
use jiff::Timestamp;
use seaworthy_contract::api::{Alert, Objective, ObjectiveSeries, ObjectiveState, Outlook, Tier, Window};
use seaworthy_contract::catalogue::{CalendarUnit, Counting, Indicator, Period, RatioQuery, Urgency};

use super::alerts::AlertRow;
use super::objectives::{bar, is_measured, objective_chip, part_seen, period, sight_words, source, target};
use super::rollout::Figure;
use crate::chrome::{Nav, PageView};
use crate::part::{BudgetBar, BurnBar, Chip, LedgerLink, Plot, When, bad_plot, budget_plot};
use crate::text;

/// What the page is made from.
#[derive(Debug, Clone, Copy)]
pub struct ObjectiveFacts<'a> {
    /// The objective.
    pub objective: &'a Objective,
    /// Its counts over the period; none where another system keeps them.
    pub period: Option<&'a ObjectiveSeries>,
    /// Its counts over the last hour.
    pub hour: Option<&'a ObjectiveSeries>,
    /// Alerts that its rule said or joined, newest first.
    pub alerts: &'a [Alert],
    /// The time.
    pub now: Timestamp,
}

/// A tier: when it fires, and how near that is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TierRow {
    /// How near it is.
    pub chip: Chip,
    /// When it fires.
    pub title: String,
    /// The same in shares of events.
    pub detail: String,
    /// Its two windows.
    pub windows: Vec<BurnBar>,
}

/// An objective's page.
#[derive(Debug, Template)]
#[template(path = "objective.html")]
pub struct ObjectivePage {
    /// Its name.
    pub name: String,
    /// The service.
    pub service: String,
    /// How it stands.
    pub chip: Chip,
    /// The answer.
    pub headline: String,
    /// What it means for users.
    pub say: String,
    /// What can be seen of the service, where that is not simply traffic.
    pub sight: Option<&'static str>,
    /// Its open alert.
    pub alert: Option<(String, When)>,
    /// The budget in numbers.
    pub figures: Vec<Figure>,
    /// The budget as a bar.
    pub bar: BudgetBar,
    /// The time over which it holds, with its dates.
    pub period: String,
    /// The budget over the period, and the last hour.
    pub plots: Vec<Plot>,
    /// Whether a time without counts is drawn, for the key.
    pub gaps: bool,
    /// Its tiers.
    pub tiers: Vec<TierRow>,
    /// What would page, and how soon.
    pub outlook: Vec<String>,
    /// Whether it pages already.
    pub pages: bool,
    /// What the guard for low traffic costs.
    pub guard: Option<String>,
    /// Alerts that it opened.
    pub alerts: Vec<AlertRow>,
    /// How it is defined.
    pub definition: Vec<(&'static str, String)>,
    /// What another system is asked, to be read as it was written.
    pub queries: Vec<(&'static str, String)>,
    /// Who counts, and how old that is.
    pub source: String,
    /// Whether nobody wrote it.
    pub by_default: bool,
    /// Where it was declared.
    pub declared: String,
    /// Where that stands in the ledger.
    pub position: LedgerLink,
    /// The last event that was counted.
    pub last_event: Option<When>,
}

impl ObjectivePage {
    /// Makes the page.
    pub fn new(facts: &ObjectiveFacts<'_>) -> Self {
        let (objective, now) = (facts.objective, facts.now);
        let hour = facts.hour.and_then(|series| bad_plot(objective, series, now));
        let plots: Vec<Plot> =
            hour.into_iter().chain(facts.period.and_then(|series| budget_plot(objective, series, now))).collect();
        Self {
            name: objective.name.clone(),
            service: objective.service.to_string(),
            chip: objective_chip(objective),
            headline: objective.sentence.clone(),
            say: say(objective),
            sight: sight_words(objective.sight),
            alert: objective.alert.map(|id| (id.to_string(), When::age(objective.alert_since.unwrap_or(now), now))),
            figures: figures(objective),
            bar: bar(objective, now),
            period: dated(objective),
            gaps: plots.iter().any(|plot| !plot.gaps.is_empty()),
            plots,
            tiers: objective.tiers.iter().map(|tier| tier_row(objective, tier)).collect(),
            outlook: objective.outlook.iter().map(foretold).collect(),
            pages: objective.state == ObjectiveState::Page,
            guard: objective.outlook.first().and_then(guard),
            alerts: facts.alerts.iter().map(|alert| AlertRow::of(alert, now)).collect(),
            definition: definition(objective),
            queries: queries(&objective.indicator),
            source: source(objective),
            by_default: objective.by_default,
            declared: objective.source.clone(),
            position: LedgerLink::new(objective.position),
            last_event: objective.last_event_at.map(|at| When::age(at, now)),
        }
    }
}

fn say(objective: &Objective) -> String {
    let described = objective.description.as_deref().map(|text| text::sentence(text) + " ").unwrap_or_default();
    let allowed = text::share(1.0 - objective.target);
    let what = match objective.counting {
        Counting::Occurrences => "of events",
        Counting::Timeslices { .. } | Counting::RatioTimeslices { .. } => "of the time",
    };
    format!(
        "{described}Wanted: {} over {}. {allowed} {what} may be bad.",
        target(objective.target),
        period(&objective.period)
    )
}

fn dated(objective: &Objective) -> String {
    let Some(budget) = &objective.budget else { return period(&objective.period) };
    let day = |at| text::utc(at, "%-d %b");
    match &objective.period {
        Period::Rolling { .. } => format!("{}, from {} to now", period(&objective.period), day(budget.from)),
        Period::Calendar { zone, .. } => {
            let (from, to) = (day(budget.from), day(budget.to));
            format!("{}, from {from} to {to} in {zone}; the line is the time that is left", period(&objective.period))
        }
    }
}

fn figures(objective: &Objective) -> Vec<Figure> {
    let Some(budget) = objective.budget.as_ref().filter(|_| is_measured(objective)) else { return Vec::new() };
    let figure =
        |name, value: String, unit: String, source: &str| Figure { name, value, unit, source: source.to_owned() };
    let by = source(objective);
    let bad = budget.bad.zip(budget.total).map(|(bad, total)| {
        let of = match budget.allowed {
            Some(allowed) => format!("of about {} that the period may have", text::count(allowed.max(0.0) as u64)),
            None => format!("of {}", text::count(total)),
        };
        figure("Bad so far", text::count(bad), of, &by)
    });
    let share = budget.error_ratio.filter(|_| bad.is_none()).map(|ratio| {
        figure("Bad so far", text::share(ratio), format!("of {} allowed", text::share(1.0 - objective.target)), &by)
    });
    let (left, unit) = match budget.remaining_ratio {
        Some(ratio @ ..0.0) => (text::left_of_budget(ratio), String::new()),
        Some(ratio) => (text::share(ratio), "of the budget".to_owned()),
        None => ("unknown".to_owned(), format!("too little seen: {}", part_seen(budget))),
    };
    let gone = match budget.gone_in_s {
        _ if budget.remaining_ratio.is_none() => ("unknown".to_owned(), "too little seen".to_owned()),
        Some(s) if s > 0.0 => (text::seconds(s), "at the last hour's rate".to_owned()),
        Some(_) => ("now".to_owned(), "there is nothing left".to_owned()),
        None => ("not".to_owned(), "in this period, at the last hour's rate".to_owned()),
    };
    let burn = budget.burn.map_or_else(
        || figure("Burn, last hour", "unknown".to_owned(), "nothing counted".to_owned(), &by),
        |burn| figure("Burn, last hour", text::times(burn), "the even speed".to_owned(), &by),
    );
    let left = figure("Left", left, unit, &by);
    [Some(left), Some(burn), Some(figure("Gone in", gone.0, gone.1, &by)), bad.or(share)]
        .into_iter()
        .flatten()
        .collect()
}

fn tier_row(objective: &Objective, tier: &Tier) -> TierRow {
    let verb = match tier.urgency {
        Urgency::Page => "Pages",
        Urgency::Ticket => "Opens a ticket",
    };
    let lasts = |window: &Window| text::seconds(f64::from(window.seconds));
    let bar = |window: &Window| BurnBar::new(window.seconds, window.burn, tier.burn_limit);
    TierRow {
        chip: tier_chip(objective, tier),
        title: format!("{verb} above {} the even speed", text::times(tier.burn_limit)),
        detail: match tier.bad_ratio_limit {
            limit if limit > 1.0 => "That would take more bad events than there are events.".to_owned(),
            limit => format!(
                "Above {} bad in the last {} and in the last {}; {} of the budget is gone by then.",
                text::share(limit),
                lasts(&tier.long),
                lasts(&tier.short),
                text::share(tier.budget_ratio),
            ),
        },
        windows: vec![bar(&tier.long), bar(&tier.short)],
    }
}

fn tier_chip(objective: &Objective, tier: &Tier) -> Chip {
    let above = |window: &Window| window.burn.is_some_and(|burn| burn > tier.burn_limit);
    let is_alert = matches!(objective.state, ObjectiveState::Page | ObjectiveState::Ticket);
    match (above(&tier.long), above(&tier.short), tier.urgency) {
        _ if tier.bad_ratio_limit > 1.0 => Chip::none("Can never fire"),
        (true, true, _) if !is_alert => Chip::waits("Held by the guard"),
        (true, true, Urgency::Page) => Chip::bad("Fires"),
        (true, true, Urgency::Ticket) => Chip::warn("Fires"),
        (false, true, _) => Chip::warn("Short window only"),
        (true, false, _) => Chip::waits("Long window only"),
        (false, false, _) if tier.long.burn.is_none() => Chip::unknown("Nothing counted"),
        (false, false, _) => Chip::ok("Quiet"),
    }
}

/// Says what a fault from now on would lead to.
fn foretold(outlook: &Outlook) -> String {
    let fault = match outlook.bad_ratio {
        1.0.. => "If everything failed from now on".to_owned(),
        ratio => format!("If {} failed", text::share(ratio)),
    };
    let page = outlook.page_s.map(|s| format!("somebody would be paged in {}", text::seconds(s)));
    let ticket = outlook.ticket_s.map(|s| format!("there would be a ticket in {}", text::seconds(s)));
    match (page, ticket) {
        (Some(page), _) => format!("{fault}, {page}."),
        (None, Some(ticket)) => format!("{fault}, {ticket}, and nobody would be woken."),
        (None, None) => format!("{fault}, nobody would be told: the objective allows it, or too few ask to be sure."),
    }
}

fn guard(outlook: &Outlook) -> Option<String> {
    (outlook.guard_s >= 1.0).then(|| {
        format!(
            "Of the first, {} go to the guard for low traffic: it waits until the failures are too many for chance.",
            text::seconds(outlook.guard_s)
        )
    })
}

fn definition(objective: &Objective) -> Vec<(&'static str, String)> {
    let on = |route: &Option<String>| route.as_ref().map_or_else(String::new, |route| format!(" on {route}"));
    let (measured, good) = match &objective.indicator {
        Indicator::Availability { route } => (
            format!("requests that gateways carried{}", on(route)),
            "no 5xx, no lost connection, no timeout".to_owned(),
        ),
        Indicator::Latency { route, threshold_ms } => {
            let edge = objective.counted_at_ms.map_or_else(String::new, |edge| {
                format!("; counted at {}, the nearest edge of the gateways' buckets", text::millis(edge))
            });
            let good = format!("answered within {}, and not failed{edge}", text::millis(*threshold_ms as f64));
            (format!("requests that gateways carried{}", on(route)), good)
        }
        Indicator::Probe { probe } => (format!("runs of probe {probe}"), "it passed".to_owned()),
        Indicator::Pushed { series } => {
            (format!("what is pushed as {series}"), "what its sender does not call bad".to_owned())
        }
        Indicator::Query(_) => ("what another system counts, by PromQL".to_owned(), "see the queries".to_owned()),
    };
    let counting = match objective.counting {
        Counting::Occurrences => "each event, so busy hours weigh more".to_owned(),
        Counting::Timeslices { slice_seconds, slice_target } => {
            let long = text::seconds(f64::from(slice_seconds));
            format!("slices of {long}, good when {} of their events are", target(slice_target))
        }
        Counting::RatioTimeslices { slice_seconds } => {
            format!("slices of {}, each by its ratio", text::seconds(f64::from(slice_seconds)))
        }
    };
    let over = match &objective.period {
        Period::Rolling { .. } => format!("{}, always", period(&objective.period)),
        Period::Calendar { unit, zone } => {
            let unit = match unit {
                CalendarUnit::Day => "day",
                CalendarUnit::Week => "week, from Monday",
                CalendarUnit::Month => "month",
                CalendarUnit::Quarter => "quarter",
            };
            format!("each {unit}, in {zone}")
        }
    };
    vec![
        ("Measured", measured),
        ("Good is", good),
        ("Wanted", target(objective.target)),
        ("Over", over),
        ("Counted", counting),
    ]
}

fn queries(indicator: &Indicator) -> Vec<(&'static str, String)> {
    let Indicator::Query(asked) = indicator else { return Vec::new() };
    match &asked.query {
        RatioQuery::Bad { bad, total } => vec![("Bad", bad.clone()), ("All", total.clone())],
        RatioQuery::Good { good, total } => vec![("Good", good.clone()), ("All", total.clone())],
        RatioQuery::Raw { ratio } => vec![("Share that is bad", ratio.clone())],
    }
}

impl PageView for ObjectivePage {
    fn title(&self) -> String {
        self.name.clone()
    }

    fn nav(&self) -> Nav {
        Nav::Objectives
    }
}
