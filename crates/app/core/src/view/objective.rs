//! Objectives as outsiders see them.

mod plot;

use jiff::Timestamp;
use seaworthy_alert::Purpose;
use seaworthy_contract::api::{Budget, Objective, ObjectiveBrief, ObjectiveState, Outlook, Sight, Tier, Window};
use seaworthy_contract::catalogue::{Indicator, Urgency};
use seaworthy_model::{AlertId, ServiceId, Tally};
use seaworthy_slo::{self as slo, Quiet, Reading};

use super::Look;
use super::service::failing_since;
pub use plot::{Drawing, Plot, plot};

use crate::watch::objectives::{Seen, Watched, counted_at_ms, lasting, share};

/// Returns every objective, of one service where it is named; by name.
pub fn objectives(look: &Look<'_>, service: Option<&ServiceId>) -> Vec<Objective> {
    let wanted = |watched: &&Watched| service.is_none_or(|service| watched.declared.service == *service);
    look.watch.objectives.iter().filter(wanted).map(|watched| view(look, watched)).collect()
}

/// Returns at most `limit` objectives whose names come after one; by name.
pub fn objectives_after(look: &Look<'_>, service: Option<&ServiceId>, after: &str, limit: usize) -> Vec<Objective> {
    let wanted = |watched: &&Watched| service.is_none_or(|service| watched.declared.service == *service);
    look.watch.objectives.after(after).filter(wanted).take(limit).map(|watched| view(look, watched)).collect()
}

/// Returns an objective.
pub fn objective(look: &Look<'_>, name: &str) -> Option<Objective> {
    look.watch.objectives.get(name).map(|watched| view(look, watched))
}

/// Returns the objectives of a service, in short.
pub(super) fn briefs(look: &Look<'_>, service: &ServiceId) -> Vec<ObjectiveBrief> {
    let brief = |watched: &Watched| ObjectiveBrief {
        name: watched.declared.name.clone(),
        target: watched.declared.target,
        state: state(watched),
        sight: sight(watched),
        remaining_ratio: watched.seen().and_then(Seen::projected).map(|budget| budget.remaining),
        burn: watched.seen().and_then(Seen::burn),
        by_default: watched.declared.by_default,
    };
    look.watch.objectives.of(service).map(brief).collect()
}

fn view(look: &Look<'_>, watched: &Watched) -> Objective {
    let declared = &watched.declared;
    let seen = watched.seen();
    let alert = alert(look, watched);
    let counted_at_ms = match &declared.indicator {
        Indicator::Latency { threshold_ms, .. } => Some(counted_at_ms(*threshold_ms)),
        _ => None,
    };
    let heard = seen.and_then(|seen| seen.last_telemetry_at);
    let source = look.state.catalogue.get("objective", &declared.name);
    Objective {
        name: declared.name.clone(),
        service: declared.service.clone(),
        description: declared.description.clone(),
        indicator: declared.indicator.clone(),
        counted_at_ms,
        target: declared.target,
        period: declared.period.clone(),
        counting: declared.counting,
        by_default: declared.by_default,
        sentence: sentence(look, watched),
        state: state(watched),
        sight: sight(watched),
        failing_since: failing(look, watched),
        budget: budget(watched),
        unread: watched.unread().map(ToOwned::to_owned),
        tiers: tiers(watched),
        outlook: outlook(watched),
        alert: alert.map(|(id, _)| id),
        alert_since: alert.map(|(_, since)| since),
        last_event_at: seen.and_then(|seen| seen.last_event_at),
        data_age_ms: heard.map(|at| u64::try_from(look.now.duration_since(at).as_millis()).unwrap_or(0)),
        source: source.map(|declared| declared.source.clone()).unwrap_or_default(),
        position: watched.position,
    }
}

/// The open alert that its rule is part of.
fn alert(look: &Look<'_>, watched: &Watched) -> Option<(AlertId, Timestamp)> {
    let id = look.state.alerts.open(&watched.declared.service, &watched.symptom(), Purpose::Real)?;
    let alert = look.state.alerts.alerts.get(&id).filter(|alert| alert.rules.contains(&watched.rule()))?;
    Some((id, alert.began_at))
}

fn state(watched: &Watched) -> ObjectiveState {
    let Some(engine) = watched.engine() else { return ObjectiveState::Unwatched };
    match engine.alert().map(|alert| alert.urgency) {
        Some(slo::Urgency::Page) => ObjectiveState::Page,
        Some(slo::Urgency::Ticket) => ObjectiveState::Ticket,
        None if watched.seen().and_then(Seen::projected).is_some_and(|budget| budget.remaining <= 0.0) => {
            ObjectiveState::Spent
        }
        None => ObjectiveState::Met,
    }
}

fn sight(watched: &Watched) -> Sight {
    match watched.engine().map_or(slo::Sight::Unknown, slo::Engine::sight) {
        slo::Sight::Unknown => Sight::Unknown,
        slo::Sight::Serving => Sight::Serving,
        slo::Sight::NoTraffic(Quiet::Usual) => Sight::NoTraffic,
        slo::Sight::NoTraffic(Quiet::Unusual) => Sight::NoTrafficUnusual,
        slo::Sight::NoTelemetry => Sight::NoTelemetry,
        slo::Sight::Down => Sight::Down,
    }
}

/// Is it well? What nobody sees is said to be so.
fn sentence(look: &Look<'_>, watched: &Watched) -> String {
    if let Some(why) = &watched.refused {
        return format!("It cannot be watched: {why}.");
    }
    let Some(seen) = watched.seen() else { return "It has not been looked at yet.".to_owned() };
    let head = match sight(watched) {
        Sight::Unknown => {
            let why = watched.unread().map_or_else(String::new, |why| format!(": {why}"));
            return format!("Nothing was ever measured{why}.");
        }
        Sight::Down => "The service is gone",
        Sight::NoTelemetry => "Nobody measures it now",
        Sight::NoTrafficUnusual => "Nobody asks, though many should",
        Sight::NoTraffic => "Nobody asks now",
        Sight::Serving => match state(watched) {
            ObjectiveState::Page => "It burns fast",
            _ if failing(look, watched).is_some() => "Most of what is asked fails now",
            ObjectiveState::Ticket => "It burns slowly",
            ObjectiveState::Spent => "It is broken, though nothing burns now",
            ObjectiveState::Met | ObjectiveState::Unwatched => "It is met",
        },
    };
    let unread = watched.unread().map_or_else(String::new, |why| format!(" Its source does not say: {why}."));
    let service = match failing(look, watched).is_none() && failing_since(look, &watched.declared.service).is_some() {
        true => " The service itself fails most of what is asked of it now.",
        false => "",
    };
    format!("{head}; {}.{service}{unread}", left(watched, seen))
}

/// Since when most of what it counts is bad. The last seconds are known of all requests to a service, and of nothing else:
/// that those fail says nothing about what a job counts, nor about one route.
fn failing(look: &Look<'_>, watched: &Watched) -> Option<Timestamp> {
    let is_of_all = matches!(watched.declared.indicator, Indicator::Availability { route: None });
    failing_since(look, &watched.declared.service).filter(|_| is_of_all)
}

/// What is left of the budget, in words.
fn left(watched: &Watched, seen: &Seen) -> String {
    let Some(budget) = seen.projected().filter(|_| seen.error_ratio().is_some()) else {
        let (from, to) = watched.period();
        let period = lasting(to.duration_since(from).as_secs_f64());
        return match seen.seen_seconds.filter(|_| seen.error_ratio().is_some()) {
            Some(seconds) => {
                format!("too little seen ({} of {period}) to say what is left of the budget", lasting(seconds))
            }
            None => "nothing was measured in this period".to_owned(),
        };
    };
    match (budget.remaining <= 0.0, gone_in_seconds(watched, seen)) {
        (true, _) => "the budget is gone".to_owned(),
        (false, Some(seconds)) => {
            format!("{} of the budget is left, for {} at this rate", share(budget.remaining), lasting(seconds))
        }
        (false, None) => format!("{} of the budget is left", share(budget.remaining)),
    }
}

/// Seconds until the budget is gone at the present rate; none where it lasts: what was spent a period ago has come back.
fn gone_in_seconds(watched: &Watched, seen: &Seen) -> Option<f64> {
    let (from, to) = watched.period();
    let period = to.duration_since(from).as_secs_f64();
    seen.projected()?.gone_in_seconds.filter(|seconds| *seconds < period)
}

fn budget(watched: &Watched) -> Option<Budget> {
    let seen = watched.seen()?;
    let counts = counts(seen.so_far);
    let (from, to) = watched.period();
    Some(Budget {
        remaining_ratio: seen.projected().map(|budget| budget.remaining),
        seen_s: seen.seen_seconds,
        error_ratio: seen.error_ratio(),
        total: counts.map(|tally| tally.total),
        bad: counts.map(|tally| tally.bad),
        allowed: seen.projected().and_then(|budget| budget.allowed_events),
        burn: seen.burn(),
        gone_in_s: gone_in_seconds(watched, seen),
        from,
        to,
    })
}

fn tiers(watched: &Watched) -> Vec<Tier> {
    let Some(engine) = watched.engine() else { return Vec::new() };
    let objective = engine.objective();
    let reading =
        |index: usize| watched.seen().map(|seen| (seen.tiers[index], seen.weighed[index])).unwrap_or_default();
    let tier = |(index, tier): (usize, &slo::Tier)| {
        let window = |seconds: u32, counted: Reading, weighed: Reading| {
            let counts = counts(counted);
            let burn = weighed.ratio().map(|ratio| ratio / objective.allowed_ratio());
            Window { seconds, total: counts.map(|tally| tally.total), bad: counts.map(|tally| tally.bad), burn }
        };
        let (counted, weighed) = reading(index);
        Tier {
            urgency: match tier.urgency {
                slo::Urgency::Page => Urgency::Page,
                slo::Urgency::Ticket => Urgency::Ticket,
            },
            burn_limit: objective.burn(tier),
            bad_ratio_limit: objective.threshold_ratio(tier),
            budget_ratio: tier.budget,
            long: window(tier.long_seconds, counted.long, weighed.long),
            short: window(tier.short_seconds, counted.short, weighed.short),
        }
    };
    objective.tiers().iter().enumerate().map(tier).collect()
}

/// Shares of bad events whose outcome is told, largest first: everything fails, one in ten, one in a hundred, hardly any.
const FAULTS: [f64; 4] = [1.0, 0.1, 0.01, 0.002];

/// Events an hour where only their ratio is known: what takes no time to be counted.
const ENDLESS_PER_HOUR: f64 = 1e12;

/// While somebody is paged for it there is nothing left to foretell.
fn outlook(watched: &Watched) -> Vec<Outlook> {
    let rate = watched.seen().zip(per_hour(watched)).filter(|_| state(watched) != ObjectiveState::Page);
    let Some((engine, (seen, per_hour))) = watched.engine().zip(rate) else { return Vec::new() };
    let objective = engine.objective();
    let first = |urgency: slo::Urgency, bad_ratio: f64| {
        let tiers = objective.tiers().iter().zip(&seen.weighed).filter(|(tier, _)| tier.urgency == urgency);
        let found =
            tiers.filter_map(|(tier, weighed)| slo::detection_after(objective, tier, weighed, bad_ratio, per_hour));
        found.min_by(|a, b| a.seconds.total_cmp(&b.seconds))
    };
    let told = |bad_ratio: f64| {
        let page = first(slo::Urgency::Page, bad_ratio);
        Outlook {
            bad_ratio,
            page_s: page.map(|page| page.seconds),
            ticket_s: first(slo::Urgency::Ticket, bad_ratio).map(|ticket| ticket.seconds),
            guard_s: page.map_or(0.0, |page| page.guard_seconds),
        }
    };
    FAULTS.into_iter().map(told).collect()
}

/// Events an hour as they come now, from the shortest window; none where none came.
fn per_hour(watched: &Watched) -> Option<f64> {
    let (tier, seen) = watched.engine()?.objective().tiers().first().zip(watched.seen())?;
    let window = seen.weighed.first()?.short;
    match window {
        Reading::Counts(tally) if tally.total == 0 => None,
        Reading::Counts(tally) => Some(tally.total as f64 * 3_600.0 / f64::from(tier.short_seconds)),
        Reading::Ratio(_) => Some(ENDLESS_PER_HOUR),
        Reading::Nothing => None,
    }
}

fn counts(reading: Reading) -> Option<Tally> {
    match reading {
        Reading::Counts(tally) => Some(tally),
        Reading::Ratio(_) | Reading::Nothing => None,
    }
}
