//! Sloth's files: `version: prometheus/v1`, and the same in an object of Kubernetes, which spells its keys otherwise.

mod alerting;
mod indicator;
mod plugins;

use seaworthy_contract::catalogue::{Counting, Objective, Period};
use seaworthy_model::ServiceId;
use seaworthy_yaml::diagnostic::Severity;
use seaworthy_yaml::fields::Fields;

use crate::declared::{Declared, Labels, Object};
use crate::parts::{Written, labels, slo_name, target};

use plugins::Plugins;

/// `version` of the plain form.
pub(crate) const PLAIN: &str = "prometheus/v1";
/// `apiVersion` of the form for Kubernetes.
pub(crate) const KUBERNETES: &str = "sloth.slok.dev/v1";
/// What stands before the version in it.
pub(crate) const GROUP: &str = "sloth.slok.dev/";

/// How a form spells its keys.
struct Keys {
    format: &'static str,
    error_query: &'static str,
    total_query: &'static str,
    error_ratio_query: &'static str,
    page_alert: &'static str,
    ticket_alert: &'static str,
    plugins: &'static str,
}

const SNAKE: Keys = Keys {
    format: PLAIN,
    error_query: "error_query",
    total_query: "total_query",
    error_ratio_query: "error_ratio_query",
    page_alert: "page_alert",
    ticket_alert: "ticket_alert",
    plugins: "slo_plugins",
};

const CAMEL: Keys = Keys {
    format: KUBERNETES,
    error_query: "errorQuery",
    total_query: "totalQuery",
    error_ratio_query: "errorRatioQuery",
    page_alert: "pageAlert",
    ticket_alert: "ticketAlert",
    plugins: "sloPlugins",
};

/// Reads a document with `version: prometheus/v1`.
pub(crate) fn plain(document: &Fields<'_>) -> Vec<Declared> {
    document.get("version");
    spec(document, &SNAKE, None)
}

/// Reads a `PrometheusServiceLevel`.
pub(crate) fn kubernetes(document: &Fields<'_>) -> Vec<Declared> {
    for key in ["apiVersion", "kind", "status"] {
        document.get(key);
    }
    let object = document.fields("metadata").and_then(|metadata| {
        let name = slo_name(&metadata, "name")?.value;
        let namespace = metadata.text("namespace").map(|text| text.value);
        // Labels of objects may hold "/" and ".", which those of Prometheus may not.
        let labels = metadata.fields("labels").map(|labels| object_labels(&labels)).unwrap_or_default();
        Some(Object { name, namespace, labels })
    });
    document.require("spec", "write spec with service and slos");
    let read = document.fields("spec").map(|fields| spec(&fields, &CAMEL, object)).unwrap_or_default();
    document.left_over(Severity::Warning);
    read
}

fn object_labels(fields: &Fields<'_>) -> Labels {
    let seaworthy_yaml::tree::Value::Map(entries) = &fields.node.value else { return Labels::new() };
    let pairs = entries.iter().filter_map(|(name, value)| Some((name.text()?.to_owned(), value.text()?.to_owned())));
    pairs.collect()
}

/// What all objectives of a document share; none where it was refused, and the objectives are read on for their mistakes.
struct Shared<'k> {
    keys: &'k Keys,
    service: Option<ServiceId>,
    labels: Labels,
    plugins: Option<Plugins>,
    object: Option<Object>,
}

fn spec(fields: &Fields<'_>, keys: &'static Keys, object: Option<Object>) -> Vec<Declared> {
    let service = fields.required_name("service", "write the service");
    let labels = labels(fields, "labels");
    let plugins = fields.fields(keys.plugins).map_or_else(|| Some(Plugins::default()), |chain| plugins::read(&chain));
    fields.require("slos", "write a list of objectives");
    let slos = fields.list("slos");
    fields.left_over(Severity::Warning);
    let shared = Shared { keys, service: service.map(|service| service.value), labels, plugins, object };
    let slos = slos.iter().filter_map(|item| Fields::of(&fields.scope, item, "slos[]"));
    slos.filter_map(|slo| declared(&slo, &shared)).collect()
}

/// Reads one objective; every part is read before any is missed, so that all mistakes are seen.
fn declared(slo: &Fields<'_>, shared: &Shared<'_>) -> Option<Declared> {
    let keys = shared.keys;
    let name = slo_name(slo, "name");
    let description = slo.text("description").map(|text| text.value);
    let percent = slo.require("objective", "write a percentage such as 99.9").and_then(|_| slo.text("objective"));
    let target = percent.and_then(|text| target(&slo.scope, &text, Written::Percent));
    let mut own = labels(slo, "labels");
    let own_plugins = slo.fields("plugins").map_or_else(|| Some(Plugins::default()), |chain| plugins::read(&chain));
    let plugins = shared.plugins.clone().zip(own_plugins).map(|(shared, own)| shared.and(own));
    slo.require("sli", "write sli with events or raw");
    let indicator = slo.fields("sli").and_then(|sli| indicator::read(&sli, keys));
    let alerting = slo.fields("alerting").map(|fields| alerting::read(&fields, keys)).unwrap_or_default();
    slo.left_over(Severity::Warning);
    let (name, target, plugins, indicator) = (name?.value, target?, plugins?, indicator?);
    let service = shared.service.clone()?;
    for (label, value) in &shared.labels {
        own.entry(label.clone()).or_insert_with(|| value.clone());
    }
    let objective = Objective {
        name: format!("{service}-{name}"),
        service,
        description,
        indicator,
        target,
        period: Period::default(),
        counting: Counting::default(),
        tiers: vec![],
        by_default: false,
    };
    let (file, line) = (slo.scope.file.to_string(), slo.node.at.line);
    let (info, interval, object) = (plugins.info, plugins.interval, shared.object.clone());
    Some(Declared {
        objective,
        slo: name,
        format: keys.format,
        file,
        line,
        labels: own,
        info,
        alerting,
        interval,
        object,
    })
}
