//! Facts of what is seen of a service: by objectives, by whoever watches it, by gateways, and by collectors outside.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use seaworthy_contract::catalogue::{Entity, Indicator, Planned, Service};
use seaworthy_contract::events::observation::{ObservedFactV1, ObservedValueV1};
use seaworthy_downtime::{Seen as Looked, Source};
use seaworthy_model::ServiceId;
use seaworthy_readiness::{Calls, Objective, Promise, Seen, ServiceSnapshot, Value, Watched};

use crate::state::ObservationRecord;
use crate::view::{Look, Promises};

/// How far back the account is added up (DWN-01).
const ACCOUNT: SignedDuration = SignedDuration::from_hours(24 * 30);

/// Returns the objectives of a service.
pub(super) fn objectives(look: &Look<'_>, service: &ServiceId) -> Vec<Objective> {
    let one = |watched: &crate::watch::objectives::Watched| Objective {
        name: watched.declared.name.clone(),
        position: watched.position,
        by_default: watched.declared.by_default,
        counted_at: watched.seen().and_then(|seen| seen.last_event_at).map(to_the_minute),
    };
    look.watch.objectives.of(service).map(one).collect()
}

/// So that what is counted all the time is not a new fact each time.
fn to_the_minute(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second() - at.as_second().rem_euclid(60)).unwrap_or(at)
}

fn to_the_hour(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second() - at.as_second().rem_euclid(3_600)).unwrap_or(at)
}

/// Says whether an objective of the service stands behind a rule.
pub(super) fn from_objective(look: &Look<'_>, service: &ServiceId, rule: &str) -> bool {
    match rule.split_once('/') {
        Some(("objective", _)) => true,
        Some(("probe", probe)) => look.state.catalogue.objectives().any(|objective| {
            objective.service == *service
                && matches!(&objective.indicator, Indicator::Probe { probe: of } if of == probe)
        }),
        _ => false,
    }
}

/// Adds up what was seen of a service as a whole, up to the last full hour.
pub(super) fn watched(look: &Look<'_>, service: &ServiceId) -> Option<Watched> {
    let until = to_the_hour(look.now);
    let all = look.state.downtime.of(&(service.clone(), None))?;
    let from = until.checked_sub(ACCOUNT).ok()?.max(all.front()?.segment.start);
    let (mut unknown_s, mut by) = (0.0, Vec::new());
    for recorded in all {
        let (start, end) = (recorded.segment.start.max(from), recorded.segment.end.unwrap_or(until).min(until));
        let held = start.duration_until(end).as_secs_f64();
        if held <= 0.0 {
            continue;
        }
        if recorded.segment.seen == Looked::Unknown {
            unknown_s += held;
        } else {
            by.push(source(&recorded.segment.source));
        }
    }
    by.sort_unstable();
    by.dedup();
    let whole_s = from.duration_until(until).as_secs_f64();
    let position = all.back()?.position;
    (whole_s > 0.0 && !by.is_empty()).then_some(Watched { whole_s, unknown_s, by, looked_at: until, position })
}

fn source(source: &Source) -> &'static str {
    match source {
        Source::Gateway => "gateway",
        Source::Probes => "probes",
        Source::Supervisor => "supervisor",
        Source::Person(_) | Source::Dependency(_) | Source::History(_) => "others' word",
    }
}

/// Returns what gateways saw a service call; none while they carried no call of it.
pub(super) fn calls(look: &Look<'_>, service: &ServiceId) -> Option<Calls> {
    let mine = look.watch.calls.iter().filter(|((caller, _), calls)| caller == service.as_str() && **calls > 0);
    let to: Vec<String> = mine.map(|((_, to), _)| to.to_string()).collect();
    (!to.is_empty()).then(|| Calls { looked_at: to_the_hour(look.now), to })
}

/// Returns what the business was promised of a service, and what does not add up.
pub(super) fn promised(look: &Look<'_>, promises: &Promises, service: &Service) -> (Option<Promise>, Vec<String>) {
    let contradictions = promises.looser_than(&service.name);
    let Some(declared) = look.state.catalogue.get("tolerance", service.name.as_str()) else {
        return (None, contradictions);
    };
    let Entity::Tolerance(said) = &declared.entity else { return (None, contradictions) };
    let planned = match &said.planned {
        Planned::None => "none".to_owned(),
        Planned::HoursPerMonth(hours) => format!("{hours} h a month"),
        Planned::Window { when, zone } => format!("{when} ({zone})"),
    };
    let promise = Promise {
        planned,
        by: said.by.clone(),
        since: said.since.to_zoned(TimeZone::UTC).map_or(declared.at, |day| day.timestamp()),
        source: declared.source.clone(),
        position: declared.position,
        broken: promises.planned_against(&service.name),
    };
    (Some(promise), contradictions)
}

/// Puts what collectors saw where checks look for it, by the noun of its key; what no check reads is left out.
pub(super) fn outside(look: &Look<'_>, service: &ServiceId, facts: &mut ServiceSnapshot) {
    for record in look.state.observations.of(service) {
        for fact in &record.taken.facts {
            let noun = fact.key.split('.').next().unwrap_or_default();
            let of = match noun {
                "git" => &mut facts.git,
                "tests" => &mut facts.tests,
                "pipeline" => &mut facts.pipeline,
                "rules" => &mut facts.rules,
                "routes" => &mut facts.routes,
                "kubernetes" => &mut facts.kubernetes,
                "database" => &mut facts.database,
                "entry" => &mut facts.entry,
                "credentials" => &mut facts.credentials,
                "production" => &mut facts.production,
                "delivery" => &mut facts.delivery,
                _ => continue,
            };
            of.push(seen(record, fact));
        }
    }
}

fn seen(record: &ObservationRecord, fact: &ObservedFactV1) -> Seen {
    Seen {
        key: fact.key.clone(),
        value: match &fact.value {
            ObservedValueV1::Bool(yes) => Value::Bool(*yes),
            ObservedValueV1::Text(text) => Value::Text(text.clone()),
            ObservedValueV1::List(some) => Value::List(some.clone()),
            number @ (ObservedValueV1::Whole(_) | ObservedValueV1::Number(_)) => {
                Value::Number(number.as_number().unwrap_or(f64::NAN))
            }
        },
        place: fact.place.clone(),
        // What was written down later than it was seen was seen then; a clock that is ahead gains nothing.
        at: record.taken.seen_at.min(record.at),
        position: record.position,
        seen_by: format!("collector {} at {}", record.taken.collector, record.taken.source),
    }
}
