//! Sources of type `Seaworthy` in OpenSLO: what the gateway carries, what probes find, and counts that are sent.

use seaworthy_contract::catalogue::Indicator;
use seaworthy_yaml::fields::Fields;
use seaworthy_yaml::rule::Rule;

/// The type, in small letters.
pub(super) const TYPE: &str = "seaworthy";

/// Reads the spec of such a source; reports what it does not measure.
pub(super) fn read(spec: &Fields<'_>) -> Option<Indicator> {
    spec.require("measure", "write availability, latency, probe or pushed")?;
    let measure = spec.text("measure")?;
    let route = spec.get("route").is_some().then(|| spec.text("route")).flatten().map(|text| text.value);
    let indicator = match measure.value.as_str() {
        "availability" => Some(Indicator::Availability { route }),
        "latency" => {
            spec.require("threshold", "write how fast, such as 300ms");
            spec.duration_ms("threshold").map(|ms| Indicator::Latency { route, threshold_ms: ms.value })
        }
        "probe" => {
            spec.require("probe", "write the name of a probe");
            spec.text("probe").map(|text| Indicator::Probe { probe: text.value })
        }
        "pushed" => {
            spec.require("series", "write the name under which counts are sent");
            spec.text("series").map(|text| Indicator::Pushed { series: text.value })
        }
        other => {
            let message = format!("\"{other}\" is not measured here");
            let remedy = "write availability, latency, probe or pushed";
            spec.scope.report.error(Rule::BadValue, &measure.at, message, remedy);
            None
        }
    };
    spec.no_more();
    indicator
}
