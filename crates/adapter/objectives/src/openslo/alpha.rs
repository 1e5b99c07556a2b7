//! An SLO of OpenSLO v1alpha, as Sloth reads it: each objective has queries of its own.
//!
//! Objectives are numbered from 0 in their names, as Sloth does, so that labels stay the same for who comes from there.

use seaworthy_contract::catalogue::{Indicator, Objective, QueryIndicator, RatioQuery};
use seaworthy_model::ServiceId;
use seaworthy_yaml::diagnostic::Severity;
use seaworthy_yaml::fields::Fields;
use seaworthy_yaml::rule::Rule;

use crate::declared::{Alerting, Declared, Labels};
use crate::parts::{flag, slo_name};
use crate::query::{Series, windowed};

use super::metric::Metric;
use super::{ALPHA, objective, period};

/// Reads one.
pub(super) fn read(document: &Fields<'_>) -> Vec<Declared> {
    read_parts(document).unwrap_or_default()
}

fn read_parts(document: &Fields<'_>) -> Option<Vec<Declared>> {
    for key in ["apiVersion", "kind"] {
        document.get(key);
    }
    let metadata = document.fields("metadata")?;
    let name = slo_name(&metadata, "name")?.value;
    let spec = super::spec(document)?;
    document.left_over(Severity::Warning);
    let description = spec.text("description").map(|text| text.value);
    let service = spec.required_name::<ServiceId>("service", "write the service");
    let period = period::alpha(&spec);
    let method = objective::method(&spec);
    let values = spec.fields("indicator").and_then(|fields| fields.fields("thresholdMetric"));
    let values = values.and_then(|fields| Some(Metric::Values { source: None, query: query(&fields)? }));
    spec.require("objectives", "write a list of objectives");
    let items = spec.list("objectives");
    spec.left_over(Severity::Warning);
    let items = items.iter().filter_map(|item| Fields::of(&spec.scope, item, "spec.objectives[]"));
    let parts: Vec<_> = items
        .map(|item| {
            objective::common(&item, method.as_ref(), |threshold| match item.fields("ratioMetrics") {
                Some(ratio) => ratio_of(&ratio),
                None => match &values {
                    Some(values) => values.indicator(&item, threshold),
                    None => missing(&item),
                },
            })
        })
        .collect();
    let (service, period) = (service?.value, period?);
    let declared = parts.into_iter().enumerate().filter_map(|(number, part)| {
        let (part, slo) = (part?, format!("{name}-{number}"));
        let objective = Objective {
            name: slo.clone(),
            service: service.clone(),
            description: description.clone(),
            indicator: part.indicator,
            target: part.target,
            period: period.clone(),
            counting: part.counting,
            tiers: vec![],
            by_default: false,
        };
        let (file, labels, alerting) = (document.scope.file.to_string(), Labels::new(), Alerting::default());
        let (info, format) = (Labels::new(), ALPHA);
        Some(Declared {
            objective,
            slo,
            format,
            file,
            line: part.line,
            labels,
            info,
            alerting,
            interval: None,
            object: None,
        })
    });
    Some(declared.collect())
}

fn missing(item: &Fields<'_>) -> Option<Indicator> {
    let message = "nothing says what is measured";
    let remedy = "write ratioMetrics in the objective, or indicator with thresholdMetric in spec";
    item.scope.report.error(Rule::MissingField, &item.at(), message, remedy);
    None
}

fn ratio_of(ratio: &Fields<'_>) -> Option<Indicator> {
    let counter = [flag(ratio, "incremental"), flag(ratio, "counter")].contains(&Some(true));
    let series = if counter { Series::Counter } else { Series::Gauge };
    let part = |key| ratio.fields(key).map(|fields| query(&fields));
    let (good, bad, total) = (part("good"), part("bad"), part("total"));
    ratio.left_over(Severity::Warning);
    let query = match (good, bad, total) {
        (Some(good), None, Some(total)) => {
            RatioQuery::Good { good: windowed(&good?, series), total: windowed(&total?, series) }
        }
        (None, Some(bad), Some(total)) => {
            RatioQuery::Bad { bad: windowed(&bad?, series), total: windowed(&total?, series) }
        }
        _ => {
            let message = "a ratio is good and total, or bad and total";
            ratio.scope.report.error(Rule::BadValue, &ratio.at(), message, "write one of the two pairs");
            return None;
        }
    };
    Some(Indicator::Query(QueryIndicator { source: None, query }))
}

/// Reads a query; one in another language than PromQL is refused.
fn query(fields: &Fields<'_>) -> Option<String> {
    fields.get("source");
    let language = fields.text("queryType");
    fields.require("query", "write a query in PromQL")?;
    let query = fields.text("query");
    fields.left_over(Severity::Warning);
    if let Some(language) = language.filter(|language| !language.value.eq_ignore_ascii_case("promql")) {
        let message = format!("queries in \"{}\" are not asked", language.value);
        fields.scope.report.error(Rule::NotSupported, &language.at, message, "write queryType: promql and its query");
        return None;
    }
    query.map(|text| text.value)
}
