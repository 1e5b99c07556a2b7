//! What `seaworthy collect` tells a person: the collectors, the facts, what became of them.

use seaworthy_collectors::Collector;
use seaworthy_contract::api::ObservationsTaken;
use seaworthy_contract::events::observation::{ObservationTakenV1, ObservedValueV1};

use crate::table::harmless;

/// Texts of a list that are shown.
const LIST_SHOWN: usize = 8;

pub(super) fn list(collectors: &[Collector]) -> String {
    let width = collectors.iter().map(|collector| collector.name.len()).max().unwrap_or(0);
    collectors.iter().map(|collector| format!("{:width$}  {}\n", collector.name, collector.reads)).collect()
}

pub(super) fn facts(seen: &ObservationTakenV1) -> String {
    let head = format!(
        "{} of \"{}\", seen at {} (not sent):\n",
        seen.collector,
        harmless(&seen.source),
        seen.seen_at.strftime("%Y-%m-%d %H:%M UTC")
    );
    let width = seen.facts.iter().map(|fact| fact.key.len()).max().unwrap_or(0);
    let line = |fact: &seaworthy_contract::events::observation::ObservedFactV1| {
        format!("{:width$}  {}\n", fact.key, harmless(&value(&fact.value)))
    };
    head + &seen.facts.iter().map(line).collect::<String>()
}

pub(super) fn taken(seen: &ObservationTakenV1, taken: &ObservationsTaken) -> String {
    let what = format!("{} facts of {} \"{}\"", seen.facts.len(), seen.collector, harmless(&seen.source));
    if taken.taken == 0 {
        return format!("{what} about {}: the server has these, or newer ones, already", seen.service);
    }
    format!("{what} about {}: sent; `seaworthy ready {}` reads them", seen.service, seen.service)
}

fn value(value: &ObservedValueV1) -> String {
    match value {
        ObservedValueV1::Bool(true) => "yes".to_owned(),
        ObservedValueV1::Bool(false) => "no".to_owned(),
        ObservedValueV1::Whole(number) => number.to_string(),
        ObservedValueV1::Number(number) => number.to_string(),
        ObservedValueV1::Text(text) => text.clone(),
        ObservedValueV1::List(texts) if texts.is_empty() => "none".to_owned(),
        ObservedValueV1::List(texts) => {
            let more = texts.len().saturating_sub(LIST_SHOWN);
            let shown = texts.iter().take(LIST_SHOWN).cloned().collect::<Vec<_>>().join(", ");
            if more > 0 { format!("{shown} and {more} more") } else { shown }
        }
    }
}
