//! `Service`: owner, how it is reached, how it runs, what it needs, how a change of it reaches users.

use seaworthy_contract::catalogue::{Dependency, DependencyKind, Route, Sticky, Strategy};
use seaworthy_model::{ServiceId, Share, Tier};
use seaworthy_objectives::{Wanted, read_objectives};

use crate::diagnostic::Placed;
use crate::draft::{Owner, ServiceDraft};
use crate::envelope::Envelope;
use crate::fields::Fields;
use crate::rule::Rule;
use crate::scalar::share;
use crate::tree::{Node, Value};

use super::run;

/// Most steps of a rollout: one more is not safer.
const STEPS_MAX: usize = 16;
/// Default longest time for a whole request.
const REQUEST_TIMEOUT_MS: u64 = 30_000;
/// Default longest time until an attempt's response headers.
const ATTEMPT_TIMEOUT_MS: u64 = 10_000;

/// Reads a service. Owner and everything else may be absent here: a Backstage Component of the same name may say it.
pub(super) fn read(envelope: &Envelope<'_>) -> Option<ServiceDraft> {
    let spec = super::spec(envelope)?;
    let owner = spec.name("owner").map(|owner| owner.map(|team| Owner { team, person: None }));
    let routes = spec.list("routes").iter().filter_map(|item| Fields::of(&spec.scope, item, "spec.routes[]"));
    let routes: Vec<Placed<Route>> = routes.filter_map(|fields| route(&fields)).collect();
    let name = envelope.metadata.name("name");
    let objectives = name.as_ref().map(|name| objectives(spec, &name.value, &routes)).unwrap_or_default();
    let dependencies = spec.list("dependencies").iter().filter_map(|item| dependency(spec, item));
    let draft = ServiceDraft {
        owner,
        description: envelope.description(),
        tier: tier(spec),
        system: spec.name("system").map(|system| system.value),
        routes,
        run: spec.fields("run").map(|fields| run::read(&fields)),
        dependencies: dependencies.collect(),
        rollout: spec.fields("rollout").map(|fields| rollout(&fields)),
        on_call: spec.name("onCall"),
        escalation: spec.name("escalation"),
        objectives,
        name: match name {
            Some(name) => name,
            None => {
                // What else is wrong is said all the same: nobody wants to be told one mistake at a time.
                spec.get("objective");
                spec.get("objectives");
                spec.no_more();
                if spec.get("owner").is_none() {
                    let message = "this service has no owner (OWN-09)";
                    let remedy = "write spec.owner with the one team that owns it";
                    spec.scope.report.error(Rule::NoOwner, &envelope.kind.at, message, remedy);
                }
                return None;
            }
        },
    };
    spec.no_more();
    Some(draft)
}

fn objectives(spec: &Fields<'_>, service: &ServiceId, routes: &[Placed<Route>]) -> Wanted {
    let routes: Vec<Route> = routes.iter().map(|route| route.value.clone()).collect();
    read_objectives(spec, service, &routes)
}

fn tier(spec: &Fields<'_>) -> Option<Tier> {
    let text = spec.text("tier")?;
    let tier = text.value.parse::<u8>().ok().and_then(|number| Tier::try_from(number).ok());
    if tier.is_none() {
        let message = format!("\"spec.tier\" \"{}\" is not a tier", text.value);
        let remedy = "write 1 (customers cannot do what they came for without it), 2 or 3";
        spec.scope.report.error(Rule::BadValue, &text.at, message, remedy);
    }
    tier
}

fn route(fields: &Fields<'_>) -> Option<Placed<Route>> {
    let hosts = fields.texts("hosts").into_iter().filter_map(|host| host_name(fields, &host)).collect();
    let path = fields.text("path").map_or(Some("/".to_owned()), |text| path(fields, &text));
    let sticky = fields.fields("sticky").and_then(|fields| sticky(&fields));
    let timeout_ms = fields.duration_ms("timeout").map_or(REQUEST_TIMEOUT_MS, |ms| ms.value);
    let attempt = fields.duration_ms("attemptTimeout");
    if let Some(attempt) = attempt.as_ref().filter(|attempt| attempt.value > timeout_ms) {
        let message = format!("\"attemptTimeout\" ({} ms) is longer than \"timeout\" ({timeout_ms} ms)", attempt.value);
        fields.scope.report.error(
            Rule::BadValue,
            &attempt.at,
            message,
            "a request holds its attempts: make it shorter",
        );
    }
    let attempt_timeout_ms = attempt.map_or(ATTEMPT_TIMEOUT_MS.min(timeout_ms), |ms| ms.value);
    fields.no_more();
    let value = Route { hosts, path: path?, sticky, timeout_ms, attempt_timeout_ms };
    Some(Placed { value, at: fields.at() })
}

fn host_name(fields: &Fields<'_>, text: &Placed<String>) -> Option<String> {
    let host = text.value.to_ascii_lowercase();
    let label =
        |label: &str| !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    if host.len() <= 253 && host.split('.').all(label) {
        return Some(host);
    }
    let message = format!("\"{}\" is not a host name", text.value);
    let remedy = "write it without scheme, port, path or \"*\", such as shop.example; leave hosts out for every host";
    fields.scope.report.error(Rule::BadValue, &text.at, message, remedy);
    None
}

fn path(fields: &Fields<'_>, text: &Placed<String>) -> Option<String> {
    let fits = |c: char| c.is_ascii_graphic() && !"?#\\".contains(c);
    if text.value.starts_with('/') && text.value.chars().all(fits) && !text.value.contains("//") {
        let trimmed = text.value.trim_end_matches('/');
        return Some(if trimmed.is_empty() { "/".to_owned() } else { trimmed.to_owned() });
    }
    let message = format!("\"{}\" is not a path prefix", text.value);
    fields.scope.report.error(Rule::BadValue, &text.at, message, "write a path such as /checkout, without query");
    None
}

fn sticky(fields: &Fields<'_>) -> Option<Sticky> {
    let (header, cookie) = (fields.text("header"), fields.text("cookie"));
    fields.no_more();
    let token = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c));
    match (header, cookie) {
        (Some(header), None) if token(&header.value) => Some(Sticky::Header(header.value.to_ascii_lowercase())),
        (None, Some(cookie)) if token(&cookie.value) => Some(Sticky::Cookie(cookie.value)),
        _ => {
            let message = "\"sticky\" is the name of one header or one cookie";
            fields.scope.report.error(
                Rule::BadValue,
                &fields.at(),
                message,
                "write cookie: session or header: x-user-id",
            );
            None
        }
    }
}

fn dependency(spec: &Fields<'_>, item: &Node) -> Option<Placed<Dependency>> {
    let what = "an item of \"spec.dependencies\"";
    if let Value::Text(_) = item.value {
        let service = spec.scope.name(item, what)?;
        return Some(service.map(|service| Dependency { service, kind: DependencyKind::Hard, reason: None }));
    }
    let fields = Fields::of(&spec.scope, item, "spec.dependencies[]")?;
    let service = fields.required_name("service", "write the service it needs");
    let kind = match fields.text("kind") {
        None => DependencyKind::Hard,
        Some(text) => match text.value.as_str() {
            "hard" => DependencyKind::Hard,
            "soft" => DependencyKind::Soft,
            _ => {
                let message = format!("dependency kind \"{}\" is neither hard nor soft", text.value);
                let remedy = "write soft when the service works without it, with less; hard otherwise";
                spec.scope.report.error(Rule::BadValue, &text.at, message, remedy);
                DependencyKind::Hard
            }
        },
    };
    let reason = fields.text("reason").map(|text| text.value);
    fields.no_more();
    Some(service?.map(|service| Dependency { service, kind, reason }))
}

fn rollout(fields: &Fields<'_>) -> Strategy {
    let default = Strategy::default();
    let strategy = Strategy {
        steps: steps(fields).unwrap_or(default.steps),
        dwell_ms: fields.duration_ms("dwell").map_or(default.dwell_ms, |ms| ms.value),
        requests_min: fields.count("requestsMin").unwrap_or(default.requests_min),
        bake_ms: fields.duration_ms("bake").map_or(default.bake_ms, |ms| ms.value),
    };
    fields.no_more();
    strategy
}

fn steps(fields: &Fields<'_>) -> Option<Vec<Share>> {
    let node = fields.get("steps")?;
    let remedy = "write growing shares that end with 100%, such as [5%, 25%, 50%, 100%]";
    let wrong =
        |at, message: String| fields.scope.report.error(Rule::RolloutSteps, &fields.scope.place(at), message, remedy);
    let Value::List(items) = &node.value else {
        fields.scope.wrong_type(node, "\"spec.rollout.steps\"", "a list of shares");
        return None;
    };
    let mut steps: Vec<Share> = Vec::new();
    for item in items {
        let text = fields.scope.text(item, "a step")?.value;
        match share(&text) {
            None => wrong(item.at, format!("step \"{text}\" is not a share")),
            Some(step) if step <= steps.last().copied().unwrap_or(Share::ZERO) => {
                wrong(item.at, format!("step {step} is not more than the one before it"));
            }
            Some(step) => steps.push(step),
        }
    }
    if items.len() > STEPS_MAX {
        wrong(node.at, format!("{} steps are over the limit of {STEPS_MAX}", items.len()));
    } else if steps.last() != Some(&Share::ALL) {
        wrong(node.at, "the last step is not 100%: the change would never reach everybody".to_owned());
    }
    (steps.len() == items.len()).then_some(steps)
}
