//! An SLO of OpenSLO v1: what is measured, over which time, and one objective or several.

use seaworthy_contract::catalogue::Objective;
use seaworthy_model::ServiceId;
use seaworthy_yaml::diagnostic::Severity;
use seaworthy_yaml::fields::Fields;
use seaworthy_yaml::rule::Rule;
use seaworthy_yaml::tree::Value;

use crate::declared::{Alerting, Declared, Labels};
use crate::parts::{is_label, slo_name};

use super::metric::{self, Metric};
use super::{OpenSlo, V1, alerts, objective, period};

/// Reads one.
pub(super) fn read(document: &Fields<'_>, all: &OpenSlo) -> Vec<Declared> {
    read_parts(document, all).unwrap_or_default()
}

fn read_parts(document: &Fields<'_>, all: &OpenSlo) -> Option<Vec<Declared>> {
    for key in ["apiVersion", "kind"] {
        document.get(key);
    }
    let metadata = document.fields("metadata")?;
    let name = slo_name(&metadata, "name")?.value;
    let labels = metadata_labels(&metadata);
    let spec = super::spec(document)?;
    document.left_over(Severity::Warning);
    let description = spec.text("description").map(|text| text.value.split_whitespace().collect::<Vec<_>>().join(" "));
    let service = spec.required_name::<ServiceId>("service", "write the service");
    let metric = indicator(&spec, &name, all);
    let period = period::window(&spec);
    let method = objective::method(&spec);
    spec.require("objectives", "write a list of objectives");
    let objectives = spec.list("objectives");
    let tiers = period.as_ref().map(|period| alerts::tiers(&spec, all, period)).unwrap_or_default();
    spec.left_over(Severity::Warning);
    let several = objectives.len() > 1;
    let items = objectives.iter().filter_map(|item| Fields::of(&spec.scope, item, "spec.objectives[]"));
    let parts: Vec<_> = items.map(|item| objective::read(&item, method.as_ref(), metric.as_ref())).collect();
    let (service, period) = (service?.value, period?);
    let declared = parts.into_iter().enumerate().filter_map(|(number, part)| {
        let part = part?;
        let slo = if several { format!("{name}-{number}") } else { name.clone() };
        let objective = Objective {
            name: slo.clone(),
            service: service.clone(),
            description: description.clone(),
            indicator: part.indicator,
            target: part.target,
            period: period.clone(),
            counting: part.counting,
            tiers: tiers.clone(),
            by_default: false,
        };
        let (file, line, labels) = (document.scope.file.to_string(), part.line, labels.clone());
        let (info, alerting) = (Labels::new(), Alerting::default());
        Some(Declared { objective, slo, format: V1, file, line, labels, info, alerting, interval: None, object: None })
    });
    Some(declared.collect())
}

/// Labels that Prometheus takes as they are; OpenSLO's may be lists, and may be called anything.
fn metadata_labels(metadata: &Fields<'_>) -> Labels {
    for key in ["displayName", "annotations"] {
        metadata.get(key);
    }
    let labels = metadata.fields("labels");
    metadata.left_over(Severity::Warning);
    let Some(Value::Map(entries)) = labels.map(|labels| &labels.node.value) else { return Labels::new() };
    let pairs = entries.iter().filter_map(|(name, value)| Some((name.text()?, value.text()?)));
    pairs.filter(|(name, _)| is_label(name)).map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// Reads the indicator, which stands in the SLO or is named by it.
fn indicator(spec: &Fields<'_>, slo: &str, all: &OpenSlo) -> Option<Metric> {
    let (inline, named) = (spec.fields("indicator"), spec.text("indicatorRef"));
    match (inline, named) {
        (Some(inline), None) => metric::read(&super::spec(&inline)?, slo, all),
        (None, Some(named)) => metric::read(&all.spec("SLI", &named, spec.scope.report)?, slo, all),
        (Some(_), Some(named)) => {
            let message = "\"indicator\" and \"indicatorRef\" both say what is measured";
            spec.scope.report.error(Rule::BadValue, &named.at, message, "keep one of the two");
            None
        }
        (None, None) => {
            let message = "nothing says what is measured; several indicators in one SLO are not read";
            let remedy = "write indicator or indicatorRef in spec, and one SLO for each indicator";
            spec.scope.report.error(Rule::MissingField, &spec.at(), message, remedy);
            None
        }
    }
}
