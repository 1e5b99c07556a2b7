//! Objectives in a service's own file: `objective: 99.9%`, `objectives: [99.9%, 95% < 300ms]`, or `none`.

use seaworthy_contract::catalogue::{Counting, Indicator, Objective, PERIOD_DAYS_MAX, Period, Route};
use seaworthy_model::ServiceId;
use seaworthy_slo::TARGET_DEFAULT;
use seaworthy_yaml::diagnostic::Placed;
use seaworthy_yaml::fields::{Fields, Scope};
use seaworthy_yaml::rule::Rule;
use seaworthy_yaml::scalar::{DURATION_FORM, days, duration_ms};
use seaworthy_yaml::tree::{Node, Value};

use crate::parts::{Written, slo_name, target};
use crate::{report_findings, tier};

/// What switches objectives off, the one that nobody wrote included.
const NONE: &str = "none";

/// What the key may hold, for messages.
const FORM: &str = "99.9%, 95% < 300ms, a list of these, or none";

/// What a service's file says of its objectives.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Wanted {
    /// Nothing: then a service with a route has the one of [`by_default`].
    #[default]
    Unsaid,
    /// That it has none.
    None,
    /// These.
    These(Vec<Placed<Objective>>),
}

/// Returns the objective of a service with a route of which nobody wrote one: 99.9% of requests over 30 days.
pub fn by_default(service: &ServiceId) -> Objective {
    Objective { by_default: true, ..one(service, "availability", TARGET_DEFAULT, availability()) }
}

/// Reads `objective` or `objectives` of a service's spec. Measured is what the gateway carries, over 30 rolling days,
/// where an item says nothing else.
pub fn read_objectives(spec: &Fields<'_>, service: &ServiceId, routes: &[Route]) -> Wanted {
    let node = match (spec.get("objective"), spec.get("objectives")) {
        (None, None) => return Wanted::Unsaid,
        (Some(node), None) | (None, Some(node)) => node,
        (Some(_), Some(second)) => {
            let message = "\"objective\" and \"objectives\" both say how good the service must be";
            spec.scope.bad_value(second.at, message, "keep one of the two");
            second
        }
    };
    let reader = Reader { scope: &spec.scope, service, routes };
    match &node.value {
        Value::Text(text) if text.trim() == NONE => Wanted::None,
        Value::List(items) if items.is_empty() => {
            let hint = "write \"objective: none\" if it is to have none; leave it out for the one by default";
            spec.scope.bad_value(node.at, "an empty list of objectives says nothing", hint);
            Wanted::None
        }
        Value::List(items) => Wanted::These(items.iter().filter_map(|item| reader.item(item)).collect()),
        _ => Wanted::These(reader.item(node).into_iter().collect()),
    }
}

fn availability() -> Indicator {
    Indicator::Availability { route: None }
}

fn one(service: &ServiceId, what: &str, target: f64, indicator: Indicator) -> Objective {
    Objective {
        name: format!("{service}-{what}"),
        service: service.clone(),
        description: None,
        indicator,
        target,
        period: Period::default(),
        counting: Counting::default(),
        tiers: vec![],
        by_default: false,
    }
}

struct Reader<'r, 'a> {
    scope: &'r Scope<'a>,
    service: &'r ServiceId,
    routes: &'r [Route],
}

impl Reader<'_, '_> {
    fn item(&self, node: &Node) -> Option<Placed<Objective>> {
        let at = self.scope.place(node.at);
        let value = match &node.value {
            Value::Text(text) => self.line(&Placed { value: text.clone(), at: at.clone() })?,
            Value::Map(_) => self.mapping(&Fields::of(self.scope, node, "spec.objectives[]")?)?,
            _ => {
                self.scope.wrong_type(node, "an objective", FORM);
                return None;
            }
        };
        report_findings(&value, &tier::findings_of(&value), &at, self.scope.report);
        Some(Placed { value, at })
    }

    /// Reads `99.9%` or `95% < 300ms`.
    fn line(&self, text: &Placed<String>) -> Option<Objective> {
        let Some((share, threshold)) = text.value.split_once('<') else {
            let target = target(self.scope, text, Written::Percent)?;
            return Some(one(self.service, "availability", target, availability()));
        };
        let share = Placed { value: share.trim().to_owned(), at: text.at.clone() };
        let target = target(self.scope, &share, Written::Percent);
        let threshold_ms = duration_ms(threshold.trim());
        if threshold_ms.is_none() {
            let message = format!("\"{}\" in \"{}\" is not a duration", threshold.trim(), text.value);
            self.scope.report.error(Rule::BadDuration, &text.at, message, DURATION_FORM);
        }
        let indicator = Indicator::Latency { route: None, threshold_ms: threshold_ms? };
        Some(one(self.service, "latency", target?, indicator))
    }

    /// Reads the long form; every field is read before one is missed, so that all mistakes are seen.
    fn mapping(&self, fields: &Fields<'_>) -> Option<Objective> {
        fields.require("target", "write the share of good requests, such as 99.9%");
        let share = fields.text("target").and_then(|text| target(self.scope, &text, Written::Percent));
        let name = fields.get("name").map(|_| slo_name(fields, "name"));
        let description = fields.text("description").map(|text| text.value);
        let period = fields.text("period").map(|text| self.period(&text));
        let indicator = self.indicator(fields);
        fields.no_more();
        let (what, indicator) = indicator?;
        let mut objective = one(self.service, &what, share?, indicator);
        if let Some(name) = name {
            objective.name = name?.value;
        }
        if let Some(period) = period {
            objective.period = period?;
        }
        Some(Objective { description, ..objective })
    }

    /// Returns what is measured, and what it is called where nobody gives a name.
    fn indicator(&self, fields: &Fields<'_>) -> Option<(String, Indicator)> {
        let within = fields.duration_ms("within").map(|ms| ms.value);
        let route = fields.text("route").map(|text| self.route(&text));
        let (probe, series) = (fields.text("probe"), fields.text("series"));
        match (within, route, probe, series) {
            (Some(threshold_ms), route, None, None) => {
                let route = route.map_or(Some(None), |route| route.map(Some))?;
                Some(("latency".to_owned(), Indicator::Latency { route, threshold_ms }))
            }
            (None, route, None, None) => {
                let route = route.map_or(Some(None), |route| route.map(Some))?;
                Some(("availability".to_owned(), Indicator::Availability { route }))
            }
            (None, None, Some(probe), None) => Some((probe.value.clone(), Indicator::Probe { probe: probe.value })),
            (None, None, None, Some(series)) => {
                Some((series.value.clone(), Indicator::Pushed { series: series.value }))
            }
            _ => {
                let message = "an objective measures one thing";
                let remedy = "keep one of within (with a route or without), probe and series";
                self.scope.report.error(Rule::BadValue, &fields.at(), message, remedy);
                None
            }
        }
    }

    /// Returns the name that the gateway counts a route under: its first host, and its path.
    fn route(&self, text: &Placed<String>) -> Option<String> {
        let name = |route: &Route| format!("{}{}", route.hosts.first().map_or("*", String::as_str), route.path);
        let is_it = |route: &&Route| route.path == text.value || name(route) == text.value;
        let found = self.routes.iter().find(is_it).map(name);
        if found.is_none() {
            let known: Vec<String> = self.routes.iter().map(|route| route.path.clone()).collect();
            let message = format!("\"{}\" is not a route of this service", text.value);
            let remedy = match known.as_slice() {
                [] => "leave it out: the service has no routes".to_owned(),
                known => format!("write one of its paths: {}", known.join(", ")),
            };
            self.scope.report.error(Rule::UnknownReference, &text.at, message, remedy);
        }
        found
    }

    fn period(&self, text: &Placed<String>) -> Option<Period> {
        let days = days(&text.value).filter(|days| (1..=PERIOD_DAYS_MAX).contains(days));
        if days.is_none() {
            let message = format!("period \"{}\" is not a number of whole days", text.value);
            let remedy = format!("write 1d to {PERIOD_DAYS_MAX}d; a calendar's month is for OpenSLO to say");
            self.scope.report.error(Rule::BadDuration, &text.at, message, remedy);
        }
        days.map(|days| Period::Rolling { days })
    }
}
