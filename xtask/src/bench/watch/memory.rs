//! What one objective holds in memory: the same engine with the same services and the same traffic, once with an objective
//! of each and once with none, and both again with three times as many. All that objectives add to the process is divided
//! among them, what is there once (caches of the store, room of threads) included. Windows are full, so that every page of
//! them is really there.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::Plan;
use crate::example::{build, measure};
use crate::figures::Figure;
use crate::parts::Part;
use crate::shell::{Outcome, target};

/// Reports that are taken in before it is weighed.
const REPORTS: u64 = 100;

/// Most that an objective may hold.
const KIBIBYTES_MAX: f64 = 16.0;

/// How many times as many objectives it is weighed with the second time.
const TIMES: u64 = 3;

pub(super) fn run(plan: &Plan) -> Outcome<Part> {
    let (mut measured, mut figures) = (Vec::new(), Vec::new());
    for objectives in [plan.objectives, plan.objectives * TIMES] {
        let added = added(plan, objectives)?;
        let each = added / objectives as f64 / 1_024.0;
        let what = format!("resident memory of an objective, of {objectives}");
        figures.push(Figure::at_most(&what, Some(each), KIBIBYTES_MAX, "KiB"));
        measured.push(json!({ "objectives": objectives, "added_bytes": added, "kibibytes_each": each }));
    }
    Ok(Part { measured: json!(measured), figures })
}

/// Resident bytes that objectives add to a process with so many services.
fn added(plan: &Plan, objectives: u64) -> Outcome<f64> {
    let bytes = |more: &[&str]| -> Outcome<f64> {
        let measured = ours(plan, objectives, REPORTS, more)?;
        measured["resident_bytes"].as_f64().ok_or_else(|| format!("no resident bytes in {measured}"))
    };
    let (watched, unwatched) = (bytes(&[])?, bytes(&["--unwatched"])?);
    println!(
        "{objectives} services: {:.1} MiB resident with an objective each, {:.1} MiB without",
        watched / 1_048_576.0,
        unwatched / 1_048_576.0
    );
    Ok(watched - unwatched)
}

/// Runs the kernel's engine on a folder of its own.
///
/// # Errors
/// When it does not build, or fails.
pub(super) fn ours(plan: &Plan, objectives: u64, reports: u64, more: &[&str]) -> Outcome<Value> {
    let folder = fresh("objectives")?;
    let mut words = vec![objectives.to_string(), reports.to_string(), folder.display().to_string()];
    words.extend(more.iter().map(|word| (*word).to_owned()));
    measure(&mut build("seaworthy-sim", "objectives", plan.profile)?, words)
}

/// An empty folder below the target directory.
///
/// # Errors
/// When it cannot be made.
pub(super) fn fresh(name: &str) -> Outcome<PathBuf> {
    let folder = target().join("bench/watch").join(name);
    drop(std::fs::remove_dir_all(&folder));
    std::fs::create_dir_all(&folder).map_err(|error| format!("could not make \"{}\": {error}", folder.display()))?;
    Ok(folder)
}
