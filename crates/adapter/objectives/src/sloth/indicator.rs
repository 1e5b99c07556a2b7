//! What an objective of Sloth measures: events, a ratio, or a plugin, which only Sloth can run.

use seaworthy_contract::catalogue::{Indicator, QueryIndicator, RatioQuery};
use seaworthy_yaml::diagnostic::Severity;
use seaworthy_yaml::fields::Fields;
use seaworthy_yaml::rule::Rule;

use crate::query::has_window;

use super::Keys;

/// Reads `sli`.
pub(super) fn read(sli: &Fields<'_>, keys: &Keys) -> Option<Indicator> {
    let (events, raw) = (sli.fields("events"), sli.fields("raw"));
    let plugin = sli.fields("plugin");
    sli.left_over(Severity::Warning);
    let query = match (events, raw, plugin) {
        (Some(events), None, None) => read_events(&events, keys)?,
        (None, Some(raw), None) => {
            let ratio = query(&raw, keys.error_ratio_query);
            raw.left_over(Severity::Warning);
            RatioQuery::Raw { ratio: ratio? }
        }
        (None, None, Some(plugin)) => {
            refuse_plugin(&plugin);
            return None;
        }
        _ => {
            let message = "\"sli\" is one of events, raw and plugin";
            sli.scope.report.error(Rule::BadValue, &sli.at(), message, "write one of them");
            return None;
        }
    };
    Some(Indicator::Query(QueryIndicator { source: None, query }))
}

fn read_events(events: &Fields<'_>, keys: &Keys) -> Option<RatioQuery> {
    let (bad, total) = (query(events, keys.error_query), query(events, keys.total_query));
    events.left_over(Severity::Warning);
    Some(RatioQuery::Bad { bad: bad?, total: total? })
}

fn refuse_plugin(plugin: &Fields<'_>) {
    let id = plugin.text("id");
    let name = id.as_ref().map_or("", |id| &id.value);
    let at = id.as_ref().map_or_else(|| plugin.at(), |id| id.at.clone());
    let message = format!("indicator plugin \"{name}\" is a program in Go that only Sloth runs");
    plugin.scope.report.error(Rule::NotSupported, &at, message, "write the queries that it makes under sli.events");
}

/// Reads a query, which must say where its window goes: one rule is made for each window.
fn query(fields: &Fields<'_>, key: &'static str) -> Option<String> {
    fields.require(key, "write a query in PromQL")?;
    let text = fields.text(key)?;
    if has_window(&text.value) {
        return Some(text.value);
    }
    let message = format!("\"{key}\" does not say where its window goes");
    fields.scope.report.error(Rule::BadValue, &text.at, message, "write [{{.window}}] in place of its range");
    None
}
