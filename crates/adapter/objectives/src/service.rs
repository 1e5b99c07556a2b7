//! Services in files of our own: of them only the objectives, so that one file can be read without those beside it. What else
//! is wrong with it is for whoever reads them all to say.

use seaworthy_contract::catalogue::Route;
use seaworthy_model::ServiceId;
use seaworthy_yaml::diagnostic::Placed;
use seaworthy_yaml::fields::Fields;
use seaworthy_yaml::rule::Rule;

use crate::declared::{Alerting, Declared, Labels};
use crate::line::{Wanted, by_default, read_objectives};

/// `apiVersion` of our own kinds.
pub(crate) const OURS: &str = "seaworthy/v1";

/// The kind that has objectives.
pub(crate) const SERVICE: &str = "Service";

/// Reads the objectives of a Service; the one that it has by default where it says nothing and has a route.
pub(crate) fn read(document: &Fields<'_>) -> Vec<Declared> {
    document.require("metadata", "write metadata with the service's name");
    let metadata = document.fields("metadata");
    let name = metadata.and_then(|metadata| metadata.required_name::<ServiceId>("name", "write the service's name"));
    let (Some(Placed { value: service, .. }), Some(spec)) = (name, document.fields("spec")) else { return Vec::new() };
    let routes = spec.list("routes").iter().filter_map(|item| Fields::of(&spec.scope, item, "spec.routes[]"));
    let routes: Vec<Route> = routes.map(|fields| route(&fields)).collect();
    let wanted = match read_objectives(&spec, &service, &routes) {
        Wanted::These(these) => these,
        Wanted::Unsaid if !routes.is_empty() => vec![Placed { value: by_default(&service), at: document.at() }],
        Wanted::Unsaid | Wanted::None => {
            let message = format!("service \"{service}\" has no objective");
            document.scope.report.note(
                Rule::NothingFound,
                &document.at(),
                message,
                "write \"objective: 99.9%\" in its spec",
            );
            Vec::new()
        }
    };
    wanted.into_iter().map(declared).collect()
}

/// What an objective may name of a route.
fn route(fields: &Fields<'_>) -> Route {
    Route {
        hosts: fields.texts("hosts").into_iter().map(|host| host.value).collect(),
        path: fields.text("path").map_or_else(|| "/".to_owned(), |path| path.value),
        sticky: None,
        timeout_ms: 0,
        attempt_timeout_ms: 0,
    }
}

fn declared(one: Placed<seaworthy_contract::catalogue::Objective>) -> Declared {
    let Placed { value: objective, at } = one;
    let within = objective.name.strip_prefix(objective.service.as_str()).and_then(|rest| rest.strip_prefix('-'));
    Declared {
        slo: within.unwrap_or(&objective.name).to_owned(),
        objective,
        format: OURS,
        file: at.file.to_string(),
        line: at.line,
        labels: Labels::new(),
        info: Labels::new(),
        alerting: Alerting::default(),
        interval: None,
        object: None,
    }
}
