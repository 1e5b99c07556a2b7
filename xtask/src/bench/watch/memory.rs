//! What one objective holds in memory: the same engine with the same services and the same traffic, once with an objective
//! of each and once with none. Windows are full, so that every page of them is really there.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::{Part, Plan};
use crate::example::{build, measure};
use crate::figures::Figure;
use crate::shell::{Outcome, target};

/// Reports that are taken in before it is weighed.
const REPORTS: u64 = 100;

/// Most that an objective may hold.
const KIBIBYTES_MAX: f64 = 16.0;

pub(super) fn run(plan: &Plan) -> Outcome<Part> {
    let watched = ours(plan, REPORTS, &[])?;
    let unwatched = ours(plan, REPORTS, &["--unwatched"])?;
    let bytes = |measured: &Value| measured["resident_bytes"].as_f64();
    let objectives = watched["objectives"].as_f64().filter(|count| *count > 0.0);
    let each = bytes(&watched).zip(bytes(&unwatched)).zip(objectives);
    let each = each.map(|((with, without), count)| (with - without) / count / 1_024.0);
    println!(
        "{} services: resident {} bytes with an objective each, {} without",
        plan.objectives, watched["resident_bytes"], unwatched["resident_bytes"]
    );
    let figures = vec![Figure::at_most("resident memory of one objective", each, KIBIBYTES_MAX, "KiB")];
    Ok(Part { measured: json!({ "watched": watched, "unwatched": unwatched, "kibibytes_each": each }), figures })
}

/// Runs the kernel's engine on a folder of its own.
///
/// # Errors
/// When it does not build, or fails.
pub(super) fn ours(plan: &Plan, reports: u64, more: &[&str]) -> Outcome<Value> {
    let folder = fresh("objectives")?;
    let mut words = vec![plan.objectives.to_string(), reports.to_string(), folder.display().to_string()];
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
