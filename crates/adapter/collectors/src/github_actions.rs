//! GitHub Actions: webhook payloads (`workflow_run`, `workflow_job`) and answers of its API, as JSON or JSON lines.
//!
//! Source: GitHub, "Webhook events and payloads" and "REST API endpoints for workflow runs / jobs / approvals".

use jiff::Timestamp;
use serde_json::Value;

use crate::files::{is_json, read};
use crate::pipeline::{End, Run, Wait, tell};
use crate::{Asked, CollectError, Collector, Facts};

/// The collector.
pub(crate) const COLLECTOR: Collector = Collector {
    name: "github-actions",
    reads: "runs of GitHub Actions: payloads of webhooks or answers of its API, *.json or *.jsonl",
    collect,
};

/// Branches that count as main where the record does not name the default branch.
const MAIN: [&str; 2] = ["main", "master"];

#[derive(Default)]
struct Record {
    repository: Option<String>,
    runs: Vec<Run>,
    waits: Vec<Wait>,
}

fn collect(asked: &Asked<'_>) -> Result<Facts, CollectError> {
    let mut record = Record::default();
    for file in read(asked.path, "run of GitHub Actions", is_json)? {
        for value in values(&file.name, &file.text)? {
            record.take(&value);
        }
    }
    if record.runs.is_empty() && record.waits.is_empty() {
        return Err(CollectError::Nothing { path: asked.path.to_owned(), what: "run of GitHub Actions" });
    }
    let mut facts = Facts::of(record.repository.unwrap_or_else(|| crate::files::source_name(asked.path)));
    tell(&mut facts, record.runs, record.waits, asked.now);
    Ok(facts)
}

/// Reads one JSON value, or one a line.
pub(crate) fn values(name: &str, text: &str) -> Result<Vec<Value>, CollectError> {
    if let Ok(value) = serde_json::from_str::<Value>(text) {
        return Ok(match value {
            Value::Array(values) => values,
            value => vec![value],
        });
    }
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let parsed = lines.map(|(number, line)| {
        serde_json::from_str(line).map_err(|error| CollectError::Broken {
            file: name.to_owned(),
            what: "JSON",
            why: format!("line {}: {error}", number + 1),
        })
    });
    parsed.collect()
}

impl Record {
    fn take(&mut self, value: &Value) {
        let main = value["repository"]["default_branch"].as_str();
        if let Some(name) = value["repository"]["full_name"].as_str() {
            self.repository.get_or_insert_with(|| name.to_owned());
        }
        let one = |key: &str| value.get(key).filter(|run| run.is_object());
        let many = |key: &str| value[key].as_array().into_iter().flatten();
        for run in one("workflow_run").into_iter().chain(many("workflow_runs")) {
            self.run(run, main);
        }
        // A run as the API gives a single one.
        if value.get("run_number").is_some() && value.get("head_branch").is_some() {
            self.run(value, main);
        }
        for job in one("workflow_job").into_iter().chain(many("jobs")) {
            self.job(job, value["action"].as_str());
        }
        // An approval names who gave it; only that there was one is taken.
        let environments = value["environments"].as_array().filter(|_| value.get("state").is_some());
        if environments.is_some_and(|all| !all.is_empty())
            && matches!(value["state"].as_str(), Some("approved" | "rejected"))
        {
            let id = environments.and_then(|all| all[0]["id"].as_u64()).unwrap_or_default();
            self.waits.push(Wait { id: id.wrapping_add(self.waits.len() as u64), minutes: None });
        }
    }

    fn run(&mut self, run: &Value, main: Option<&str>) {
        let Some(id) = run["id"].as_u64() else { return };
        if let Some(name) = run["repository"]["full_name"].as_str() {
            self.repository.get_or_insert_with(|| name.to_owned());
        }
        let branch = run["head_branch"].as_str().unwrap_or_default();
        let end = match run["conclusion"].as_str() {
            Some("success") => End::Passed,
            Some("failure" | "timed_out" | "startup_failure") => End::Failed,
            _ => End::Neither,
        };
        // A pull request from somebody's own "main" is not ours.
        let is_ours = run["event"].as_str().is_none_or(|event| !event.starts_with("pull_request"));
        self.runs.push(Run {
            id,
            pipeline: run["path"].as_str().or(run["name"].as_str()).unwrap_or_default().to_owned(),
            started_at: time(&run["run_started_at"]).or_else(|| time(&run["created_at"])),
            ended_at: time(&run["updated_at"]).filter(|_| run["status"].as_str() == Some("completed")),
            on_main: is_ours && main.map_or_else(|| MAIN.contains(&branch), |main| main == branch),
            end,
        });
    }

    /// A job waits for a person while its environment has a rule that asks for one.
    fn job(&mut self, job: &Value, action: Option<&str>) {
        let Some(id) = job["id"].as_u64() else { return };
        let waits = job["status"].as_str() == Some("waiting") || action == Some("waiting");
        let (since, until) = (time(&job["created_at"]), time(&job["started_at"]));
        let known = self.waits.iter_mut().find(|wait| wait.id == id);
        let minutes = || Some(until?.duration_since(since?).as_secs_f64().max(0.0) / 60.0);
        match known {
            Some(wait) if !waits => wait.minutes = minutes().or(wait.minutes),
            None if waits => self.waits.push(Wait { id, minutes: None }),
            _ => {}
        }
    }
}

fn time(value: &Value) -> Option<Timestamp> {
    value.as_str()?.parse().ok()
}
