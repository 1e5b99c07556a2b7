//! Prometheus rules of an objective: recordings for every window, recordings that describe it, alerts on its burn rates.
//!
//! Names of recordings and labels (`slo:sli_error:ratio_rate5m`, `sloth_id`) are the ones that Sloth's users have in their
//! dashboards, so that they can switch and back. One thing is done otherwise: the ratio over the whole period is one of
//! counts, not the mean of five-minute ratios, so that a quiet night does not weigh as much as a busy day.

mod alert;
mod expr;
mod yaml;

use seaworthy_contract::catalogue::{Counting, Indicator, RatioQuery};
use serde::Serialize;

use crate::declared::{Declared, Labels};
use crate::duration::{DAY, prometheus};
use crate::number::short;

pub use yaml::yaml;

/// Rules that are evaluated one after the other.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Group {
    /// Its name, unique in a file.
    pub name: String,
    /// How often it is evaluated; as Prometheus is set up where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval: Option<String>,
    /// The rules.
    pub rules: Vec<PrometheusRule>,
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum PrometheusRule {
    /// A series that is written down.
    Record {
        /// Its name.
        record: String,
        /// PromQL.
        expr: String,
        /// Labels that are set.
        labels: Labels,
    },
    /// An alert.
    Alert {
        /// Its name.
        alert: String,
        /// PromQL: it fires while this gives anything.
        expr: String,
        /// Labels that are set.
        labels: Labels,
        /// What people are told.
        annotations: Labels,
    },
}

/// Why no rules can be written for an objective.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unwritable {
    /// A Prometheus cannot see what is measured.
    NotInPrometheus,
    /// A window that alerts, in words, is shorter than a slice of time.
    SliceTooLong(String),
}

impl std::fmt::Display for Unwritable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotInPrometheus => f.write_str("what it measures is not in a Prometheus"),
            Self::SliceTooLong(window) => write!(f, "its slices of time are longer than its window of {window}"),
        }
    }
}

/// Returns the rules of an objective.
///
/// # Errors
/// When a Prometheus cannot tell what is asked; see [`Unwritable`].
pub fn groups(declared: &Declared) -> Result<Vec<Group>, Unwritable> {
    let Indicator::Query(indicator) = &declared.objective.indicator else { return Err(Unwritable::NotInPrometheus) };
    let subject = Subject::of(declared, &indicator.query)?;
    let mut groups = vec![subject.group("sli-recordings", subject.recordings())];
    groups.push(subject.group("meta-recordings", subject.descriptions()));
    let alerts = subject.alerts();
    if !alerts.is_empty() {
        groups.push(subject.group("alerts", alerts));
    }
    Ok(groups)
}

/// An objective on its way into rules.
struct Subject<'a> {
    declared: &'a Declared,
    query: &'a RatioQuery,
    /// `{service}-{slo}`.
    id: String,
    /// Windows, in seconds, from the shortest; without the period.
    windows: Vec<u64>,
    /// The period, in seconds.
    period: u64,
}

impl<'a> Subject<'a> {
    fn of(declared: &'a Declared, query: &'a RatioQuery) -> Result<Self, Unwritable> {
        // Windows are written down for dashboards even where alerts are switched off.
        let mut tiers = declared.objective.tiers.clone();
        if tiers.is_empty() {
            tiers = crate::tier::standard(&declared.objective.period);
        }
        let mut windows: Vec<u64> =
            tiers.iter().flat_map(|tier| [tier.short_seconds, tier.long_seconds]).map(u64::from).collect();
        windows.sort_unstable();
        windows.dedup();
        let slice = match declared.objective.counting {
            Counting::Occurrences => 0,
            Counting::Timeslices { slice_seconds, .. } | Counting::RatioTimeslices { slice_seconds } => slice_seconds,
        };
        if let Some(window) = windows.first().filter(|window| **window < u64::from(slice)) {
            return Err(Unwritable::SliceTooLong(prometheus(*window)));
        }
        let id = format!("{}-{}", declared.objective.service, declared.slo);
        Ok(Self { declared, query, id, windows, period: u64::from(declared.days()) * DAY })
    }

    fn group(&self, what: &str, rules: Vec<PrometheusRule>) -> Group {
        Group { name: format!("slo-{what}-{}", self.id), interval: self.declared.interval.clone(), rules }
    }

    /// Labels that say which objective it is.
    fn identity(&self) -> [(&'static str, String); 3] {
        let service = self.declared.objective.service.to_string();
        [("sloth_id", self.id.clone()), ("sloth_service", service), ("sloth_slo", self.declared.slo.clone())]
    }

    fn labels(&self) -> Labels {
        let own = self.declared.labels.iter().map(|(name, value)| (name.clone(), value.clone()));
        own.chain(self.identity().map(|(name, value)| (name.to_owned(), value))).collect()
    }

    /// `{sloth_id="..", ..}`; names hold no quotes.
    fn selector(&self) -> String {
        let parts = self.identity().map(|(name, value)| format!("{name}=\"{value}\""));
        format!("{{{}}}", parts.join(", "))
    }

    fn record(&self, record: &str, expr: String, window: Option<u64>) -> PrometheusRule {
        let mut labels = self.labels();
        if let Some(window) = window {
            labels.insert("sloth_window".to_owned(), prometheus(window));
        }
        PrometheusRule::Record { record: record.to_owned(), expr, labels }
    }

    /// The error ratio over a window, by the name of its recording.
    fn ratio_over(&self, window: u64) -> String {
        format!("slo:sli_error:ratio_rate{}{}", prometheus(window), self.selector())
    }

    /// The shortest window; a period too short for any tier is its own.
    fn shortest(&self) -> u64 {
        self.windows.first().copied().unwrap_or(self.period)
    }

    fn recordings(&self) -> Vec<PrometheusRule> {
        let counting = self.declared.objective.counting;
        let name = |window| format!("slo:sli_error:ratio_rate{}", prometheus(window));
        let one = |window: &u64| self.record(&name(*window), expr::ratio(self.query, counting, *window), Some(*window));
        let mut rules: Vec<_> = self.windows.iter().filter(|window| **window != self.period).map(one).collect();
        let shortest = self.shortest();
        let over = prometheus(self.period);
        let counts = if counting == Counting::Occurrences { expr::counts(self.query, shortest) } else { None };
        let period = match counts {
            Some((bad, total)) => {
                let window = prometheus(shortest);
                let names = [format!("slo:sli_bad:rate{window}"), format!("slo:sli_total:rate{window}")];
                rules.push(self.record(&names[0], bad, None));
                rules.push(self.record(&names[1], total, None));
                let [bad, total] = names.map(|name| format!("sum_over_time({name}{}[{over}])", self.selector()));
                format!("{bad}\n/\n{total}")
            }
            None => format!("avg_over_time({}[{over}])", self.ratio_over(shortest)),
        };
        rules.push(self.record(&name(self.period), period, Some(self.period)));
        rules
    }

    fn descriptions(&self) -> Vec<PrometheusRule> {
        let target = self.declared.objective.target;
        let selector = self.selector();
        let budget = format!("slo:error_budget:ratio{selector}");
        let burn = |window| {
            format!("{}\n/ on (sloth_id, sloth_service, sloth_slo) group_left\n{budget}", self.ratio_over(window))
        };
        let mut rules = vec![
            self.record("slo:objective:ratio", format!("vector({})", short(target)), None),
            self.record("slo:error_budget:ratio", format!("vector({})", short(1.0 - target)), None),
            self.record("slo:time_period:days", format!("vector({})", self.declared.days()), None),
            self.record("slo:current_burn_rate:ratio", burn(self.shortest()), None),
            self.record("slo:period_burn_rate:ratio", burn(self.period), None),
        ];
        let remaining = format!("1 - slo:period_burn_rate:ratio{selector}");
        rules.push(self.record("slo:period_error_budget_remaining:ratio", remaining, None));
        rules.push(self.info());
        rules
    }

    /// The recording that dashboards list objectives by.
    fn info(&self) -> PrometheusRule {
        let mut labels = self.declared.info.clone();
        labels.extend(self.labels());
        labels.insert("sloth_mode".to_owned(), "seaworthy".to_owned());
        labels.insert("sloth_objective".to_owned(), short(self.declared.objective.target * 100.0));
        labels.insert("sloth_spec".to_owned(), self.declared.format.to_owned());
        labels.insert("sloth_version".to_owned(), concat!("seaworthy-", env!("CARGO_PKG_VERSION")).to_owned());
        PrometheusRule::Record { record: "sloth_slo_info".to_owned(), expr: "vector(1)".to_owned(), labels }
    }
}
