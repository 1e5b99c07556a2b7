//! Budget and delivery on one time axis: a lane a service, its versions as lines, its budget as a curve, its alerts below.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use seaworthy_contract::api::{Alert, Objective, ObjectiveSeries, Rollout, RolloutState};
use seaworthy_model::ServiceId;

use crate::part::{Chip, When};
use crate::text;

/// Size of a lane; it is stretched to its place. Below its curve its template has a strip for alerts.
const WIDTH: f64 = 1_000.0;
const CURVE: f64 = 30.0;

/// Most points of a curve: more cannot be told apart at the width of a phone.
const POINTS_MAX: usize = 84;

/// Most versions that are listed in words.
const SHIPPED_MAX: usize = 20;

/// What one service did.
#[derive(Debug, Clone)]
pub struct LaneFacts {
    /// The service.
    pub service: ServiceId,
    /// Its rollouts, newest first.
    pub rollouts: Vec<Rollout>,
    /// Its alerts that ask for a person.
    pub alerts: Vec<Alert>,
    /// Its objective with the least budget left, and that over the week.
    pub budget: Option<(Objective, ObjectiveSeries)>,
}

/// A lane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lane {
    /// The service.
    pub service: String,
    /// The lane in words.
    pub label: String,
    /// Lines of versions that stayed.
    pub shipped: Vec<String>,
    /// Lines of versions that were taken off.
    pub reverted: Vec<String>,
    /// Left edge and width of alerts.
    pub alerts: Vec<(String, String)>,
    /// Unbroken pieces of the curve of what is left of the budget.
    pub budget: Vec<String>,
    /// What is left now, in words.
    pub left: Option<String>,
}

/// A version that was shipped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shipped {
    /// What came of it.
    pub chip: Chip,
    /// The rollout.
    pub id: String,
    /// Service and version.
    pub name: String,
    /// What is said of it.
    pub sentence: String,
    /// When.
    pub at: When,
}

/// All of them on one axis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lanes {
    /// The lanes.
    pub lanes: Vec<Lane>,
    /// Left edges of days, UTC.
    pub days: Vec<String>,
    /// Place in percent and name of days.
    pub axis: Vec<(String, String)>,
    /// What was shipped, newest first.
    pub shipped: Vec<Shipped>,
    /// Counts in words.
    pub say: String,
    /// Whether a curve of a budget is drawn.
    pub has_budget: bool,
}

/// From a time to a place.
struct Scale {
    from: Timestamp,
    until: Timestamp,
}

impl Scale {
    fn x(&self, at: Timestamp) -> f64 {
        let whole = self.from.duration_until(self.until).as_secs_f64().max(1.0);
        (self.from.duration_until(at).as_secs_f64() / whole).clamp(0.0, 1.0) * WIDTH
    }

    fn has(&self, at: Timestamp) -> bool {
        self.from <= at && at <= self.until
    }
}

impl Lanes {
    pub(super) fn new(facts: &[LaneFacts], from: Timestamp, until: Timestamp) -> Self {
        let scale = Scale { from, until };
        let lanes: Vec<Lane> = facts.iter().filter_map(|one| lane(one, &scale)).collect();
        let mut rollouts: Vec<&Rollout> =
            facts.iter().flat_map(|one| &one.rollouts).filter(|one| scale.has(one.started_at)).collect();
        rollouts.sort_by_key(|one| std::cmp::Reverse(one.started_at));
        let off = rollouts.iter().filter(|one| is_off(one)).count();
        let days = days(from, until);
        Self {
            days: days.iter().map(|at| number(scale.x(*at))).collect(),
            // Every second one: all of them run into each other on a phone.
            axis: days
                .iter()
                .step_by(2)
                .map(|at| (format!("{:.1}%", scale.x(*at) / WIDTH * 100.0), text::utc(*at, "%a %-d")))
                .collect(),
            say: format!(
                "{} shipped, {off} of them taken off.",
                text::counted(rollouts.len() as u64, "version", "versions")
            ),
            shipped: rollouts.into_iter().take(SHIPPED_MAX).map(shipped).collect(),
            has_budget: lanes.iter().any(|lane| !lane.budget.is_empty()),
            lanes,
        }
    }
}

fn is_off(rollout: &Rollout) -> bool {
    matches!(rollout.state, RolloutState::Reverting | RolloutState::Reverted)
}

/// None for a service of which nothing is known in this week: an empty lane would look like a quiet one.
fn lane(facts: &LaneFacts, scale: &Scale) -> Option<Lane> {
    let rollouts: Vec<&Rollout> = facts.rollouts.iter().filter(|one| scale.has(one.started_at)).collect();
    let lines = |wanted: bool| {
        let these = rollouts.iter().filter(move |one| is_off(one) == wanted);
        these.map(|one| number(scale.x(one.started_at))).collect::<Vec<_>>()
    };
    let over = |alert: &Alert| alert.resolved_at.unwrap_or(scale.until);
    let alerts: Vec<&Alert> =
        facts.alerts.iter().filter(|one| over(one) > scale.from && one.began_at < scale.until).collect();
    let budget = facts.budget.as_ref().map(|(_, series)| curve(series, scale)).unwrap_or_default();
    let left = facts.budget.as_ref().and_then(|(objective, _)| objective.budget?.remaining_ratio);
    let left = left.map(text::left_of_budget);
    if rollouts.is_empty() && alerts.is_empty() && budget.is_empty() {
        return None;
    }
    let say = format!(
        "{}: {} shipped, {} taken off, {}{}",
        facts.service,
        rollouts.len(),
        lines(true).len(),
        text::counted(alerts.len() as u64, "alert", "alerts"),
        left.as_ref().map_or_else(String::new, |left| format!(", budget: {left}"))
    );
    // What is short is seen all the same.
    let bar = |alert: &&Alert| {
        let (start, end) = (scale.x(alert.began_at), scale.x(over(alert)));
        (number(start), number((end - start).max(WIDTH / 250.0)))
    };
    Some(Lane {
        service: facts.service.to_string(),
        label: say,
        shipped: lines(false),
        reverted: lines(true),
        alerts: alerts.iter().map(bar).collect(),
        budget,
        left,
    })
}

/// What is left of the budget over the week; a time of which nothing was counted breaks the curve.
fn curve(series: &ObjectiveSeries, scale: &Scale) -> Vec<String> {
    if series.remaining.len() != series.points.len() {
        return Vec::new();
    }
    let step = series.points.len().div_ceil(POINTS_MAX).max(1);
    let seconds = |index: usize| jiff::SignedDuration::from_secs(i64::from(series.step_s) * index as i64);
    let mut pieces: Vec<Vec<String>> = vec![Vec::new()];
    for (chunk, points) in series.points.chunks(step).enumerate() {
        let last = (chunk * step + points.len()).saturating_sub(1);
        let at = series.from.checked_add(seconds(last + 1)).unwrap_or(series.from);
        match points.iter().any(Option::is_some) {
            true => {
                let y = CURVE - series.remaining[last].clamp(0.0, 1.0) * (CURVE - 2.0);
                pieces.last_mut().expect("never empty").push(format!("{},{}", number(scale.x(at)), number(y)));
            }
            false => pieces.push(Vec::new()),
        }
    }
    pieces.into_iter().filter(|piece| piece.len() > 1).map(|piece| piece.join(" ")).collect()
}

fn shipped(rollout: &Rollout) -> Shipped {
    let chip = match rollout.state {
        RolloutState::Promoted => Chip::ok("Stayed"),
        RolloutState::Reverting | RolloutState::Reverted => Chip::bad("Taken off"),
        RolloutState::Held => Chip::held("Held"),
        RolloutState::Starting | RolloutState::Stepping => Chip::run("On its way"),
    };
    Shipped {
        chip,
        id: rollout.id.to_string(),
        name: format!("{} {}", rollout.service, rollout.version),
        sentence: rollout.sentence.clone(),
        at: When::until(rollout.started_at),
    }
}

/// Midnights, UTC.
fn days(from: Timestamp, until: Timestamp) -> Vec<Timestamp> {
    let first = from.to_zoned(TimeZone::UTC).date();
    let dates = first.series(jiff::Span::new().days(1)).skip(1).map_while(|day| day.to_zoned(TimeZone::UTC).ok());
    dates.map(|day| day.timestamp()).take_while(|at| *at < until).collect()
}

fn number(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}
