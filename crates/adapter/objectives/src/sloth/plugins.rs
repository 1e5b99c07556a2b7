//! Plugins that change what Sloth writes: what the well-known ones do is done here, the others are refused.

use seaworthy_yaml::diagnostic::Severity;
use seaworthy_yaml::fields::Fields;
use seaworthy_yaml::rule::Rule;

use crate::declared::Labels;
use crate::duration;
use crate::parts::{flag, labels};

/// Plugins that make the rules which are made here anyway.
const MAKERS: [&str; 3] =
    ["sloth.dev/core/sli_rules/v1", "sloth.dev/core/metadata_rules/v1", "sloth.dev/core/alert_rules/v1"];
/// Plugins that leave rules as they are: they check, log or do nothing.
const HARMLESS: [&str; 3] = ["sloth.dev/core/debug/v1", "sloth.dev/core/noop/v1", "sloth.dev/core/validate/v1"];
/// Checks queries by VictoriaMetrics' language instead of Prometheus'.
const VICTORIA: &str = "sloth.dev/contrib/validate_victoria_metrics/v1";
/// Adds labels to the recording that describes an objective.
const INFO_LABELS: &str = "sloth.dev/contrib/info_labels/v1";
/// Says how often rules are evaluated.
const INTERVALS: &str = "sloth.dev/contrib/rule_intervals/v1";

/// What plugins come to.
#[derive(Debug, Clone, Default)]
pub(super) struct Plugins {
    /// Labels for the recording that describes an objective.
    pub info: Labels,
    /// How often rules are evaluated.
    pub interval: Option<String>,
}

impl Plugins {
    /// Adds those of an objective to those of its document.
    pub(super) fn and(mut self, own: Self) -> Self {
        self.info.extend(own.info);
        Self { info: self.info, interval: own.interval.or(self.interval) }
    }
}

/// Reads a chain; none when one of it is refused.
pub(super) fn read(fields: &Fields<'_>) -> Option<Plugins> {
    let alone = flag(fields, "overridePrevious") == Some(true);
    let chain = fields.list("chain");
    fields.left_over(Severity::Warning);
    let mut plugins = Some(Plugins::default());
    let mut made = 0;
    for item in chain {
        let Some(item) = Fields::of(&fields.scope, item, "chain[]") else { continue };
        let Some(id) = item.text("id") else { continue };
        made += usize::from(MAKERS.contains(&id.value.as_str()));
        plugins = plugins.and_then(|so_far| Some(so_far.and(one(&item, &id.value)?)));
    }
    if alone && made < MAKERS.len() {
        let message = "a chain that replaces the usual one leaves some of its rules out";
        let remedy = "leave \"overridePrevious\" out, or name sli_rules, metadata_rules and alert_rules";
        fields.scope.report.error(Rule::NotSupported, &fields.at(), message, remedy);
        return None;
    }
    plugins
}

fn one(item: &Fields<'_>, id: &str) -> Option<Plugins> {
    let mut plugins = Plugins::default();
    match id {
        INFO_LABELS => plugins.info = item.fields("config").map(|config| labels(&config, "labels")).unwrap_or_default(),
        INTERVALS => plugins.interval = Some(interval(item)?),
        VICTORIA => {
            let message = "its queries are VictoriaMetrics' own: a Prometheus may not load rules with them";
            item.scope.report.note(Rule::NotSupported, &item.at(), message, "load the rules into a VictoriaMetrics");
        }
        known if MAKERS.contains(&known) || HARMLESS.contains(&known) => {}
        other => {
            let message = format!("plugin \"{other}\" is a program in Go that only Sloth runs");
            item.scope.report.error(Rule::NotSupported, &item.at(), message, "leave it out, or keep Sloth for this");
            return None;
        }
    }
    Some(plugins)
}

/// Reads the one interval that all rules of an objective have here.
fn interval(item: &Fields<'_>) -> Option<String> {
    let interval = item.fields("config").and_then(|config| config.fields("interval"))?;
    let text = interval.text("default")?;
    interval.left_over(Severity::Warning);
    let seconds = duration::seconds(&text.value);
    if seconds.is_none() {
        let message = format!("interval \"{}\" is not a length of time", text.value);
        interval.scope.report.error(Rule::BadDuration, &text.at, message, "write a number and a unit, such as 1m");
    }
    seconds.map(duration::prometheus)
}
