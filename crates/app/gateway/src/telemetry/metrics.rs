//! The gateway's own metrics, as OpenMetrics text (version 1.0.0).

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::Ordering::Relaxed;
use std::time::Instant;

use seaworthy_model::latency::upper_us;
use seaworthy_model::{Arm, ServiceId, VersionId};

use crate::control::Control;
use crate::row::{Reading, RowKey, Tally};
use crate::shared::Own;
use crate::telemetry::collect::arm_name;

/// A version that counted nothing for this long is left out: its series ends. Ten minutes, many scrapes.
const QUIET_MS: u64 = 600_000;

/// Every fourth bucket is shown: one a doubling, twenty in all.
const BUCKETS_SHOWN: usize = 4;

const CLASSES: [(Tally, &str); 8] = [
    (Tally::Ok, "ok"),
    (Tally::ClientError, "client-error"),
    (Tally::ServerError, "server-error"),
    (Tally::ConnectError, "connect-error"),
    (Tally::Reset, "reset"),
    (Tally::Timeout, "timeout"),
    (Tally::Cancelled, "cancelled"),
    (Tally::GaveUp, "gave-up"),
];

/// What a series is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Labels {
    service: ServiceId,
    route: String,
    version: VersionId,
    arm: Arm,
}

/// Sums since the start, over config versions and workers.
#[derive(Debug, Default)]
pub(crate) struct Totals(BTreeMap<Labels, (Reading, u64)>);

impl Totals {
    pub(crate) fn add(&mut self, added: &HashMap<RowKey, Reading>, now_ms: u64) {
        for (key, delta) in added {
            let labels = Labels {
                service: key.service.clone(),
                route: key.route.clone(),
                version: key.version.clone(),
                arm: key.arm,
            };
            let (total, at) = self.0.entry(labels).or_default();
            total.add(delta);
            *at = now_ms;
        }
        self.0.retain(|_, (_, at)| now_ms.saturating_sub(*at) < QUIET_MS);
    }

    #[cfg(test)]
    pub(crate) fn sum(&self, what: Tally) -> u64 {
        self.0.values().map(|(total, _)| total.get(what)).sum()
    }
}

/// Writes everything.
pub(crate) fn text(control: &Control) -> String {
    let mut out = String::new();
    let collector = control.collector.borrow();
    requests(&mut out, &collector.totals);
    latencies(&mut out, &collector.totals);
    own(&mut out, control);
    state(&mut out, control);
    out.push_str("# EOF\n");
    out
}

fn requests(out: &mut String, totals: &Totals) {
    head(out, "gateway_requests", "counter", "Requests assigned.");
    each(out, totals, "gateway_requests_total", |total| total.get(Tally::Starts));
    head(out, "gateway_attempts", "counter", "Attempts that ended, by class.");
    for (labels, (total, _)) in &totals.0 {
        for (tally, class) in CLASSES {
            let labels = format!("{},class=\"{class}\"", text_of(labels));
            line(out, "gateway_attempts_total", &labels, total.get(tally));
        }
    }
    head(out, "gateway_rescued", "counter", "Canary failures that stable answered.");
    each(out, totals, "gateway_rescued_total", |total| total.get(Tally::Rescued));
    head(out, "gateway_user_failures", "counter", "Failures that users saw.");
    each(out, totals, "gateway_user_failures_total", |total| {
        total.get(Tally::SeenIdempotent) + total.get(Tally::SeenOther)
    });
    head(out, "gateway_in_flight", "gauge", "Requests inside the gateway.");
    each(out, totals, "gateway_in_flight", Reading::in_flight);
}

fn latencies(out: &mut String, totals: &Totals) {
    head(out, "gateway_latency_seconds", "histogram", "Time to response headers.");
    for (labels, (total, _)) in &totals.0 {
        let labels = text_of(labels);
        let buckets: Vec<(u8, u64)> = total.latency().collect();
        let up_to = |edge: u8| buckets.iter().filter(|(b, _)| *b <= edge).map(|(_, count)| count).sum::<u64>();
        for edge in (0_u8..76).step_by(BUCKETS_SHOWN) {
            let le = upper_us(edge) as f64 / 1e6;
            line(out, "gateway_latency_seconds_bucket", &format!("{labels},le=\"{le}\""), up_to(edge));
        }
        let all = up_to(u8::MAX);
        line(out, "gateway_latency_seconds_bucket", &format!("{labels},le=\"+Inf\""), all);
        line(out, "gateway_latency_seconds_count", &labels, all);
    }
}

fn own(out: &mut String, control: &Control) {
    head(out, "gateway_own_answers", "counter", "Requests that met no version, by reason.");
    for (what, code) in Own::ALL {
        line(out, "gateway_own_answers_total", &format!("reason=\"{code}\""), control.shared.own(what));
    }
    head(out, "gateway_controls_refused", "counter", "Requests that a control refused.");
    for held in &control.shared.current().controls {
        let labels = format!(
            "service=\"{}\",kind=\"{}\",control=\"{}\"",
            held.config.service,
            held.config.what.kind(),
            held.id()
        );
        line(out, "gateway_controls_refused_total", &labels, held.did.totals().0);
    }
    head(out, "gateway_guard_trips", "counter", "Canaries that the local guard ejected.");
    line(out, "gateway_guard_trips_total", "", control.trips.get());
    head(out, "gateway_configs_refused", "counter", "Configs that could not be used.");
    line(out, "gateway_configs_refused_total", "", control.health.borrow().refused_total);
    head(out, "gateway_reports_dropped", "counter", "Reports that were never acknowledged.");
    line(out, "gateway_reports_dropped_total", "", control.queue.borrow().dropped());
}

fn state(out: &mut String, control: &Control) {
    head(out, "gateway_connections", "gauge", "Connections of users.");
    line(out, "gateway_connections", "", control.shared.connections.load(Relaxed));
    head(out, "gateway_config_version", "gauge", "Position of the config in force.");
    line(out, "gateway_config_version", "", control.shared.current().version());
    head(out, "gateway_config_is_refused", "gauge", "1 while the newest config is refused.");
    line(out, "gateway_config_is_refused", "", u64::from(control.health.borrow().refused.is_some()));
    head(out, "gateway_reports_waiting", "gauge", "Reports not yet acknowledged.");
    line(out, "gateway_reports_waiting", "", control.queue.borrow().len() as u64);
    head(out, "gateway_break_glass_in_force", "gauge", "Break-glass reverts in force.");
    line(out, "gateway_break_glass_in_force", "", control.glass.borrow().in_force().len() as u64);
    if let Some(heard) = control.health.borrow().heard {
        let age = Instant::now().saturating_duration_since(heard).as_secs_f64();
        head(out, "gateway_control_plane_age_seconds", "gauge", "Time since the control plane was last heard.");
        out.push_str(&format!("gateway_control_plane_age_seconds {age:.3}\n"));
    }
}

fn each(out: &mut String, totals: &Totals, name: &str, value: impl Fn(&Reading) -> u64) {
    for (labels, (total, _)) in &totals.0 {
        line(out, name, &text_of(labels), value(total));
    }
}

fn text_of(labels: &Labels) -> String {
    let Labels { service, route, version, arm } = labels;
    let route = route.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    format!("service=\"{service}\",route=\"{route}\",version=\"{version}\",arm=\"{}\"", arm_name(*arm))
}

fn head(out: &mut String, name: &str, kind: &str, help: &str) {
    out.push_str(&format!("# TYPE {name} {kind}\n# HELP {name} {help}\n"));
}

fn line(out: &mut String, name: &str, labels: &str, value: u64) {
    let labels = if labels.is_empty() { String::new() } else { format!("{{{labels}}}") };
    out.push_str(&format!("{name}{labels} {value}\n"));
}
