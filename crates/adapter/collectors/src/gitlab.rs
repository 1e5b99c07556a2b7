//! GitLab: payloads of its pipeline webhook and answers of its API, as JSON or JSON lines.
//!
//! Source: GitLab, "Webhook events, pipeline events" and "Pipelines API".

use jiff::Timestamp;
use serde_json::Value;

use crate::files::{is_json, read};
use crate::github_actions::values;
use crate::pipeline::{End, Run, Wait, tell};
use crate::{Asked, CollectError, Collector, Facts};

/// The collector.
pub(crate) const COLLECTOR: Collector = Collector {
    name: "gitlab",
    reads: "pipelines of GitLab: payloads of its webhook or answers of its API, *.json or *.jsonl",
    collect,
};

/// Branches that count as main where the record does not name the default branch.
const MAIN: [&str; 2] = ["main", "master"];

#[derive(Default)]
struct Record {
    project: Option<String>,
    runs: Vec<Run>,
    waits: Vec<Wait>,
}

fn collect(asked: &Asked<'_>) -> Result<Facts, CollectError> {
    let mut record = Record::default();
    for file in read(asked.path, "pipeline of GitLab", is_json)? {
        for value in values(&file.name, &file.text)? {
            record.take(&value);
        }
    }
    if record.runs.is_empty() && record.waits.is_empty() {
        return Err(CollectError::Nothing { path: asked.path.to_owned(), what: "pipeline of GitLab" });
    }
    let mut facts = Facts::of(record.project.unwrap_or_else(|| crate::files::source_name(asked.path)));
    tell(&mut facts, record.runs, record.waits, asked.now);
    Ok(facts)
}

impl Record {
    fn take(&mut self, value: &Value) {
        if let Some(name) = value["project"]["path_with_namespace"].as_str() {
            self.project.get_or_insert_with(|| name.to_owned());
        }
        let attributes = &value["object_attributes"];
        let pipeline = if attributes.is_object() { attributes } else { value };
        let is_pipeline = value["object_kind"].as_str().is_none_or(|kind| kind == "pipeline");
        if let (true, Some(id), Some(branch)) = (is_pipeline, pipeline["id"].as_u64(), pipeline["ref"].as_str()) {
            // A job of the API has a stage, a pipeline has none.
            if pipeline.get("stage").is_none() {
                self.run(id, branch, pipeline, value);
            }
        }
        let builds: Vec<&Value> = value["builds"].as_array().into_iter().flatten().collect();
        for build in &builds {
            self.build(build, &builds);
        }
        if pipeline.get("stage").is_some() && pipeline.get("status").is_some() {
            self.build(value, &[]);
        }
    }

    fn run(&mut self, id: u64, branch: &str, pipeline: &Value, value: &Value) {
        let main = value["project"]["default_branch"].as_str();
        let is_tag = pipeline["tag"].as_bool().unwrap_or(false);
        let end = match pipeline["status"].as_str() {
            Some("success") => End::Passed,
            Some("failed") => End::Failed,
            _ => End::Neither,
        };
        let ended = time(&pipeline["finished_at"]).or_else(|| time(&pipeline["updated_at"]));
        self.runs.push(Run {
            id,
            pipeline: pipeline["name"].as_str().unwrap_or_default().to_owned(),
            started_at: time(&pipeline["started_at"]).or_else(|| time(&pipeline["created_at"])),
            ended_at: ended.filter(|_| end != End::Neither),
            on_main: !is_tag && main.map_or_else(|| MAIN.contains(&branch), |main| main == branch),
            end,
        });
    }

    /// A manual job waits from the end of what ran before it until somebody starts it.
    fn build(&mut self, build: &Value, all: &[&Value]) {
        let is_manual = build["manual"].as_bool() == Some(true) || build["when"].as_str() == Some("manual");
        let Some(id) = build["id"].as_u64().filter(|_| is_manual || build["status"].as_str() == Some("manual")) else {
            return;
        };
        let minutes = time(&build["started_at"]).and_then(|started| {
            let before = all.iter().filter_map(|other| time(&other["finished_at"])).filter(|end| *end <= started).max();
            let since = before.or_else(|| time(&build["created_at"]))?;
            Some(started.duration_since(since).as_secs_f64().max(0.0) / 60.0)
        });
        self.waits.push(Wait { id, minutes });
    }
}

/// Reads RFC 3339, and `2016-08-12 15:23:28 UTC` as the webhook writes it.
fn time(value: &Value) -> Option<Timestamp> {
    let text = value.as_str()?;
    text.parse()
        .ok()
        .or_else(|| text.strip_suffix(" UTC").and_then(|plain| format!("{}Z", plain.replace(' ', "T")).parse().ok()))
}
