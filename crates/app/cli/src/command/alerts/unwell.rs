//! Where no alert is open: what fails all the same at this moment, and when somebody would be paged for it.

use seaworthy_contract::api::{Objective, ObjectiveState, Service, Status, VersionState};
use seaworthy_model::ServiceId;

use super::{escaped, text};
use crate::Failure;
use crate::context::Context;
use crate::table::harmless;
use crate::words::span;

/// Most services that are told of: `seaworthy status` has all of them.
const TOLD_MAX: usize = 5;

/// Says what there is to say where no alert is open, of one service where it is named.
pub(super) async fn said(service: Option<&ServiceId>, cx: &mut Context<'_>) -> Result<String, Failure> {
    let status: Status = cx.api.get_json("/v1/status").await?;
    let wanted = |one: &&Service| service.is_none_or(|name| one.name == *name) && is_unwell(one);
    let unwell: Vec<&Service> = status.services.iter().filter(wanted).collect();
    if unwell.is_empty() {
        return Ok(text::NOTHING.to_owned());
    }
    let mut lines = vec!["no alert is open, though not all is well:".to_owned()];
    for service in unwell.iter().take(TOLD_MAX) {
        let paged = match service.failing_since {
            Some(_) => {
                let path = format!("/v1/objectives?service={}", escaped(&service.name));
                when_paged(&cx.api.get_json::<Vec<Objective>>(&path).await?)
            }
            None => "Nobody is paged for that alone.".to_owned(),
        };
        lines.push(format!("{} {paged}", harmless(&service.sentence)));
    }
    if unwell.len() > TOLD_MAX {
        lines.push(format!("and {} more: `seaworthy status` has them", unwell.len() - TOLD_MAX));
    }
    Ok(lines.join("\n"))
}

/// Its users fail, or what serves them is down or fails its checks: what `seaworthy status` names.
fn is_unwell(service: &Service) -> bool {
    let is_bad = |state| matches!(state, VersionState::Failing | VersionState::Exited | VersionState::Failed);
    let serves = |name| service.stable.as_ref() == Some(name);
    service.failing_since.is_some() || service.versions.iter().any(|one| serves(&one.version) && is_bad(one.state))
}

/// When the first objective of a service that fails pages, if everything goes on failing.
fn when_paged(objectives: &[Objective]) -> String {
    let failing = objectives.iter().filter(|objective| objective.failing_since.is_some());
    if failing.clone().any(|objective| objective.state == ObjectiveState::Page) {
        return "Somebody is about to be paged.".to_owned();
    }
    let soonest = failing.filter_map(|one| one.outlook.first()?.page_s).min_by(f64::total_cmp);
    match soonest {
        Some(seconds) => format!("If that goes on, somebody is paged in about {}.", span(seconds)),
        None => "No objective of it pages for that.".to_owned(),
    }
}
