//! Other tools' ownership files: recognised, noted, left to `seaworthy look`.

use crate::diagnostic::{Place, Report};
use crate::rule::Rule;
use crate::tree::Node;

/// Names of files that are read by other tools, and the tools.
const BY_NAME: [(&str, &str); 6] = [
    ("opslevel.yml", "OpsLevel"),
    ("opslevel.yaml", "OpsLevel"),
    ("compass.yml", "Compass"),
    ("service.datadog.yaml", "Datadog"),
    ("service.datadog.yml", "Datadog"),
    ("CODEOWNERS", "CODEOWNERS"),
];

/// Returns the tool whose file this is, by its name.
pub(crate) fn by_name(path: &str) -> Option<&'static str> {
    BY_NAME.iter().find(|(name, _)| path.ends_with(name)).map(|(_, tool)| *tool)
}

/// Returns the tool whose document this is, by the keys that only it has.
pub(crate) fn by_content(root: &Node) -> Option<&'static str> {
    let has = |key| root.get(key).is_some();
    if has("dd-service") || (has("schema-version") && has("team")) {
        Some("Datadog")
    } else if has("configVersion") && has("typeId") {
        Some("Compass")
    } else if has("version") && root.get("repository").is_some_and(|repository| repository.get("owner").is_some()) {
        Some("OpsLevel")
    } else {
        None
    }
}

/// Notes such a file.
pub(crate) fn note(tool: &str, at: &Place, report: &Report) {
    let message = match tool {
        "CODEOWNERS" => "CODEOWNERS is another ownership format: it is left alone".to_owned(),
        tool => format!("an ownership file of {tool}: it is left alone"),
    };
    report.note(Rule::OtherFormat, at, message, "\"seaworthy look\" reads it");
}
