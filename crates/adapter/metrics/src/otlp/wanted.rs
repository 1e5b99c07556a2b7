//! Which series objectives ask for. Everything else that is pushed is passed over, so memory follows the objectives.

use std::collections::HashMap;

use seaworthy_model::ServiceId;

/// Most series of one metric of one service: thresholds that somebody looks at.
const READINGS_MAX: usize = 16;

/// The series that are wanted, by service and metric.
#[derive(Debug, Clone, Default)]
pub struct Wanted(HashMap<ServiceId, HashMap<String, Vec<Reading>>>);

/// One series that a metric gives.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Reading {
    /// As the objective names it.
    pub(super) series: String,
    /// Good is at most this; all that is not bad by its attributes where there is none.
    pub(super) threshold: Option<f64>,
}

/// A series that cannot be wanted as well.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("more than {READINGS_MAX} series of metric \"{metric}\" of service \"{service}\"; use fewer thresholds")]
pub struct WantedError {
    metric: String,
    service: ServiceId,
}

impl Wanted {
    /// Wants a series of a service: `METRIC`, or `METRIC/THRESHOLD` of a histogram. Wanting it twice is the same.
    ///
    /// # Errors
    /// When there are too many of one metric.
    pub fn add(&mut self, service: &ServiceId, series: &str) -> Result<(), WantedError> {
        let (metric, threshold) = split(series);
        let metrics = self.0.entry(service.clone()).or_default();
        let readings = metrics.entry(metric.to_owned()).or_default();
        if readings.iter().any(|reading| reading.series == series) {
            return Ok(());
        }
        if readings.len() == READINGS_MAX {
            return Err(WantedError { metric: metric.to_owned(), service: service.clone() });
        }
        readings.push(Reading { series: series.to_owned(), threshold });
        Ok(())
    }

    /// Returns the service and what is wanted of its metrics.
    pub(super) fn of(&self, service: &str) -> Option<(&ServiceId, &HashMap<String, Vec<Reading>>)> {
        let service: ServiceId = service.parse().ok()?;
        self.0.get_key_value(&service)
    }
}

/// Takes a series' name apart: what follows its last slash is a threshold if it is a number above 0.
fn split(series: &str) -> (&str, Option<f64>) {
    let apart = series.rsplit_once('/').and_then(|(metric, last)| Some((metric, last.parse::<f64>().ok()?)));
    match apart {
        Some((metric, threshold)) if !metric.is_empty() && threshold.is_finite() && threshold > 0.0 => {
            (metric, Some(threshold))
        }
        _ => (series, None),
    }
}
