//! Indicators of OpenSLO v1: a ratio of two series, one series that is a ratio, or values held against a threshold.

use seaworthy_contract::catalogue::{Indicator, QueryIndicator, RatioQuery};
use seaworthy_yaml::diagnostic::{Placed, Severity};
use seaworthy_yaml::fields::Fields;
use seaworthy_yaml::rule::Rule;

use crate::query::{Series, has_window, windowed};

use super::objective::Threshold;
use super::{OpenSlo, ours};

/// Types of sources that answer PromQL, in small letters.
const PROMQL: [&str; 6] = ["prometheus", "promql", "victoriametrics", "thanos", "mimir", "cortex"];

/// What is measured, before an objective says from which value on it is good.
pub(super) enum Metric {
    /// A ratio.
    Ratio(QueryIndicator),
    /// Values.
    Values { source: Option<String>, query: String },
    /// What Seaworthy measures itself.
    Ours(Indicator),
    /// Something that no PromQL answers: counts must be sent under this name.
    Elsewhere { series: String },
}

impl Metric {
    /// Returns the indicator of an objective; reports where a threshold is missing.
    pub(super) fn indicator(&self, item: &Fields<'_>, threshold: Option<Threshold>) -> Option<Indicator> {
        match self {
            Self::Ratio(query) => Some(Indicator::Query(query.clone())),
            Self::Ours(indicator) => Some(indicator.clone()),
            Self::Elsewhere { series } => Some(Indicator::Pushed { series: series.clone() }),
            Self::Values { source, query } => {
                let Some(threshold) = threshold else {
                    let message = "an objective for a threshold metric has op and value";
                    item.scope.report.error(Rule::MissingField, &item.at(), message, "write op: lt and value: 0.5");
                    return None;
                };
                let query = RatioQuery::Raw { ratio: beyond(query, &threshold) };
                Some(Indicator::Query(QueryIndicator { source: source.clone(), query }))
            }
        }
    }
}

/// Returns the share of readings that are not good.
fn beyond(query: &str, threshold: &Threshold) -> String {
    let Threshold { op, value } = threshold;
    let query = query.trim();
    if has_window(query) {
        return format!("1 - avg(({query}) {op} bool {value})");
    }
    format!("1 - avg(avg_over_time((({query}) {op} bool {value})[{{{{.window}}}}:]))")
}

/// Reads the spec of an SLI; `slo` names the series where counts must be sent.
pub(super) fn read(spec: &Fields<'_>, slo: &str, all: &OpenSlo) -> Option<Metric> {
    spec.get("description");
    let (ratio, values) = (spec.fields("ratioMetric"), spec.fields("thresholdMetric"));
    spec.left_over(Severity::Warning);
    let reader = Reader { slo, all };
    match (ratio, values) {
        (Some(ratio), None) => reader.ratio(&ratio),
        (None, Some(values)) => match reader.source(&values)? {
            Source::Asked { source, query } => Some(Metric::Values { source, query }),
            Source::Ours(_) => refuse_place(&values),
            Source::Elsewhere => Some(reader.elsewhere()),
        },
        _ => {
            let message = "an indicator is one of ratioMetric and thresholdMetric";
            spec.scope.report.error(Rule::BadValue, &spec.at(), message, "write one of them");
            None
        }
    }
}

/// Where a series comes from.
enum Source {
    Asked { source: Option<String>, query: String },
    Ours(Indicator),
    Elsewhere,
}

/// Reports a source of ours where a series is wanted: what we measure is a ratio already.
fn refuse_place(fields: &Fields<'_>) -> Option<Metric> {
    let message = "a source of type Seaworthy is a ratio already";
    fields.scope.report.error(Rule::BadValue, &fields.at(), message, "write it as ratioMetric with raw");
    None
}

struct Reader<'a> {
    slo: &'a str,
    all: &'a OpenSlo,
}

impl Reader<'_> {
    fn elsewhere(&self) -> Metric {
        Metric::Elsewhere { series: self.slo.to_owned() }
    }

    fn ratio(&self, ratio: &Fields<'_>) -> Option<Metric> {
        let counter = crate::parts::flag(ratio, "counter") == Some(true);
        let series = if counter { Series::Counter } else { Series::Gauge };
        let part = |key| ratio.fields(key).map(|fields| self.source(&fields));
        let (good, bad, total, raw) = (part("good"), part("bad"), part("total"), part("raw"));
        let success = ratio.text("rawType").is_none_or(|text| text.value == "success");
        ratio.left_over(Severity::Warning);
        match (good, bad, total, raw) {
            (Some(good), None, Some(total), None) => {
                self.two(ratio, (good?, total?), |good, total| RatioQuery::Good { good, total }, series)
            }
            (None, Some(bad), Some(total), None) => {
                self.two(ratio, (bad?, total?), |bad, total| RatioQuery::Bad { bad, total }, series)
            }
            (None, None, None, Some(raw)) => Some(match raw? {
                Source::Elsewhere => self.elsewhere(),
                Source::Ours(indicator) => Metric::Ours(indicator),
                Source::Asked { source, query } => {
                    let query = RatioQuery::Raw { ratio: error_ratio(&query, success) };
                    Metric::Ratio(QueryIndicator { source, query })
                }
            }),
            _ => {
                let message = "a ratio is good and total, bad and total, or raw";
                ratio.scope.report.error(Rule::BadValue, &ratio.at(), message, "write one of the three pairs");
                None
            }
        }
    }

    fn two(
        &self,
        ratio: &Fields<'_>,
        sources: (Source, Source),
        pair: impl FnOnce(String, String) -> RatioQuery,
        series: Series,
    ) -> Option<Metric> {
        match sources {
            (Source::Asked { query: part, .. }, Source::Asked { source, query: total }) => {
                let query = pair(windowed(&part, series), windowed(&total, series));
                Some(Metric::Ratio(QueryIndicator { source, query }))
            }
            (Source::Ours(_), _) | (_, Source::Ours(_)) => refuse_place(ratio),
            _ => Some(self.elsewhere()),
        }
    }

    /// Reads one `metricSource`, with the data source that it names.
    fn source(&self, part: &Fields<'_>) -> Option<Source> {
        part.require("metricSource", "write the source of the series")?;
        let fields = part.fields("metricSource")?;
        part.left_over(Severity::Warning);
        let named = fields.text("metricSourceRef");
        let own = fields.text("type");
        let spec = fields.fields("spec");
        fields.left_over(Severity::Warning);
        let (mut source, mut of_source) = (None, None);
        if let Some(named) = &named {
            let data_source = self.all.spec("DataSource", named, part.scope.report)?;
            of_source = data_source.text("type");
            // Details may hold credentials: the address is all that is taken.
            source = data_source.fields("connectionDetails").and_then(|details| details.text("url"));
        }
        let Some(kind) = own.or(of_source) else {
            let message = "nothing says what kind of source this is";
            fields.scope.report.error(Rule::MissingField, &fields.at(), message, "write type: Prometheus");
            return None;
        };
        match kind.value.to_ascii_lowercase().as_str() {
            ours::TYPE => {
                fields.require("spec", "write spec with what is measured");
                return ours::read(&spec?).map(Source::Ours);
            }
            kind if PROMQL.contains(&kind) => {}
            _ => {
                self.warn_elsewhere(&fields, &kind);
                return Some(Source::Elsewhere);
            }
        }
        let Some(query) = spec.and_then(|spec| spec.text("query").or_else(|| spec.text("promql"))) else {
            let message = "a source of Prometheus has no query";
            fields.scope.report.error(Rule::MissingField, &fields.at(), message, "write spec with a query in PromQL");
            return None;
        };
        Some(Source::Asked { source: source.map(|text| text.value), query: query.value })
    }

    fn warn_elsewhere(&self, fields: &Fields<'_>, kind: &Placed<String>) {
        let message = format!("a source of type \"{}\" is not asked: its counts must be sent", kind.value);
        let remedy =
            format!("send counts to POST /v1/kpi as series \"{}\", or write type: Prometheus with a query", self.slo);
        fields.scope.report.warning(Rule::NotMeasured, &kind.at, message, remedy);
    }
}

/// Returns the error ratio of a query that is a ratio.
fn error_ratio(query: &str, success: bool) -> String {
    let query = query.trim();
    let windowed =
        if has_window(query) { query.to_owned() } else { format!("avg_over_time(({query})[{{{{.window}}}}:])") };
    if success { format!("1 - ({windowed})") } else { windowed }
}
