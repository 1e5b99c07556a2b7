//! `seaworthy status`: is anybody needed, what serves, who is on call.

use jiff::Timestamp;
use seaworthy_contract::api::{
    Control, GatewayStatus, Page, PageMatter, Rollout, Service, Status, VersionState, VersionView,
};

use super::pages::{id, id_chars};
use crate::context::Context;
use crate::table::{Column, harmless, lay_out, wrap};
use crate::view::View;
use crate::words::{age, ago, capital, count, share};
use crate::{Exit, Failure};

pub(crate) async fn run(cx: &mut Context<'_>) -> Result<Exit, Failure> {
    let status: Status = cx.api.get_json("/v1/status").await?;
    cx.answer(&status, text)?;
    Ok(Exit::Ok)
}

fn text(status: &Status, view: &View) -> String {
    // The server's clock, which the times in the answer were read from.
    let view = &View { now: status.now, ..*view };
    let alarm = |text: &str| wrapped(text, view).iter().map(|line| view.alarm(line)).collect::<Vec<_>>();
    let sentence = harmless(&status.sentence);
    let is_alarming = status.pages.iter().any(goes_on)
        || status.services.iter().any(|service| service.failing_since.is_some())
        || failing(status).next().is_some();
    let mut lines = if is_alarming { alarm(&sentence) } else { wrapped(&sentence, view) };
    if !status.store_writable {
        lines.extend(alarm("The store takes no writes: nothing can be shipped or acknowledged; reads go on."));
    }
    let chars = id_chars(&status.pages);
    let sections = [
        status.controls.iter().flat_map(|control| alarm(&line_of_control(control, view))).collect(),
        services(status, view),
        failing(status).flat_map(|(service, version)| alarm(&line_of_check(service, version, view))).collect(),
        status.pages.iter().flat_map(|page| lines_of_page(page, chars, view)).collect(),
        status.rollouts.iter().flat_map(|rollout| wrapped(&line_of_rollout(rollout, view), view)).collect(),
        gateways(&status.gateways).iter().flat_map(|line| wrapped(line, view)).collect(),
    ];
    for section in sections.into_iter().filter(|section| !section.is_empty()) {
        lines.push(String::new());
        lines.extend(section);
    }
    lines.join("\n")
}

/// Breaks a sentence so that it fits the terminal; what follows its first line stands in a little.
fn wrapped(text: &str, view: &View) -> Vec<String> {
    const IN: usize = 2;
    let lines = wrap(text, view.width().saturating_sub(IN));
    let indent = |(at, line): (usize, String)| if at == 0 { line } else { " ".repeat(IN) + &line };
    lines.into_iter().enumerate().map(indent).collect()
}

/// What holds traffic back, and when that ends.
fn line_of_control(control: &Control, view: &View) -> String {
    let left = age(control.until.duration_since(view.now).as_secs().max(0));
    let drill = if control.drill { "drill: " } else { "" };
    let (sentence, reason) = (harmless(control.sentence.trim_end_matches('.')), harmless(&control.reason));
    format!("{drill}{sentence}, for {left} more: {reason}; undo: {}", harmless(&control.undo))
}

/// How much a row says; a narrow terminal gets the first that fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Detail {
    /// Everything.
    Whole,
    /// Not until when somebody is on call.
    WithoutUntil,
    /// Nor since when a version is as it is.
    WithoutSince,
    /// Nor who is on call.
    WithoutOnCall,
}

/// A row for each version that should run: who serves whom is seen at a glance.
fn services(status: &Status, view: &View) -> Vec<String> {
    if status.services.is_empty() {
        return vec!["no services; `seaworthy apply DIR` declares them".to_owned()];
    }
    let fits = |lines: &Vec<String>| lines.iter().all(|line| line.chars().count() <= view.width());
    let tables = [Detail::Whole, Detail::WithoutUntil, Detail::WithoutSince, Detail::WithoutOnCall];
    let found = tables.into_iter().map(|detail| table(status, detail, usize::MAX, view)).find(fits);
    found.unwrap_or_else(|| table(status, Detail::WithoutOnCall, view.width(), view))
}

fn table(status: &Status, detail: Detail, wide: usize, view: &View) -> Vec<String> {
    let mut columns = vec![Column::Gives, Column::Gives, Column::Number, Column::Text, Column::Gives];
    let header = ["SERVICE", "VERSION", "SERVES", "ON CALL", "STATE"].map(str::to_owned).to_vec();
    let rows = status.services.iter().flat_map(|service| rows(service, &status.rollouts, detail, view));
    let mut rows: Vec<Vec<String>> = std::iter::once(header).chain(rows).collect();
    if detail == Detail::WithoutOnCall {
        const ON_CALL: usize = 3;
        columns.remove(ON_CALL);
        rows.iter_mut().for_each(|row| drop(row.remove(ON_CALL)));
    }
    lay_out(&columns, &rows, wide)
}

fn rows(service: &Service, rollouts: &[Rollout], detail: Detail, view: &View) -> Vec<Vec<String>> {
    let on_call = on_call(service, detail, view);
    if service.versions.is_empty() {
        let state = if detail < Detail::WithoutSince { "nothing shipped through Seaworthy" } else { "nothing shipped" };
        return vec![vec![service.name.to_string(), "-".to_owned(), "-".to_owned(), on_call, state.to_owned()]];
    }
    let canary = rollouts.iter().find(|rollout| Some(rollout.id) == service.rollout).map_or(0.0, |r| r.share);
    let row = |version: &VersionView| {
        let serves = match version.role.as_str() {
            "stable" => share(1.0 - canary),
            "canary" => share(canary),
            _ => share(0.0),
        };
        let fares = match detail < Detail::WithoutSince {
            true => fares(version, service, view),
            false => state(version, service).to_owned(),
        };
        let state = format!("{}: {fares}", harmless(&version.role));
        vec![service.name.to_string(), version.version.to_string(), serves, on_call.clone(), state]
    };
    service.versions.iter().map(row).collect()
}

/// Since when customers meet failures of a version that serves them, whatever its checks say. Which of two that serve fails
/// is not known here: it is said of both.
fn fails_since(version: &VersionView, service: &Service) -> Option<Timestamp> {
    service.failing_since.filter(|_| matches!(version.role.as_str(), "stable" | "canary"))
}

/// Says how a version fares, in a word or two.
fn state(version: &VersionView, service: &Service) -> &'static str {
    match version.state {
        VersionState::Healthy if fails_since(version, service).is_some() => "most requests fail",
        VersionState::Unknown => "not seen yet",
        VersionState::Healthy => "healthy",
        VersionState::Failing => "failing",
        VersionState::Exited => "down, restarting",
        VersionState::Failed => "no start",
    }
}

/// Says how a version fares, and since when.
pub(crate) fn fares(version: &VersionView, service: &Service, view: &View) -> String {
    let when = version.since.map_or_else(String::new, |at| format!(" {}", ago(view.seconds_since(at))));
    if let (VersionState::Healthy, Some(since)) = (version.state, fails_since(version, service)) {
        let serving = service.versions.iter().filter(|one| fails_since(one, service).is_some()).count();
        let whose = if serving > 1 { " of its service" } else { "" };
        return format!("most requests{whose} fail, began {}; its checks pass", ago(view.seconds_since(since)));
    }
    match version.state {
        VersionState::Unknown => "not seen yet".to_owned(),
        VersionState::Healthy => format!("became healthy{when}"),
        VersionState::Failing => format!("began to fail its checks{when}"),
        VersionState::Exited => format!("went down{when}, is being started again"),
        VersionState::Failed => format!("could not be started{when}"),
    }
}

fn on_call(service: &Service, detail: Detail, view: &View) -> String {
    match &service.on_call {
        None => "nobody".to_owned(),
        Some(on_call) => {
            let name = on_call.display_name.as_deref().map_or_else(|| on_call.person.to_string(), harmless);
            match detail {
                Detail::Whole => {
                    format!("{name}, {} more", age(on_call.until.duration_since(view.now).as_secs().max(0)))
                }
                _ => name,
            }
        }
    }
}

/// Whether somebody must do more about a page than to say that it was read.
fn goes_on(page: &Page) -> bool {
    page.matter == PageMatter::GoesOn
}

fn lines_of_page(page: &Page, chars: usize, view: &View) -> Vec<String> {
    const WORD: &str = "page:";
    let when = ago(view.seconds_since(page.requested_at));
    let (sentence, to) = (harmless(&page.sentence), super::pages::to(page));
    let matter = match page.matter {
        PageMatter::GoesOn => "",
        PageMatter::Over => "over; ",
        PageMatter::Drill => "a drill; ",
    };
    let line = format!("{WORD} {sentence} ({matter}{to}, {when}; `seaworthy pages ack {}`)", id(page, chars));
    let mut lines = wrapped(&line, view);
    if goes_on(page) {
        lines[0] = lines[0].replacen(WORD, &view.alarm(WORD), 1);
    }
    lines
}

/// Versions that run and fail their health checks.
fn failing(status: &Status) -> impl Iterator<Item = (&Service, &VersionView)> {
    let versions = status.services.iter().flat_map(|service| service.versions.iter().map(move |v| (service, v)));
    versions.filter(|(_, version)| version.state == VersionState::Failing)
}

fn line_of_check(service: &Service, version: &VersionView, view: &View) -> String {
    let reason = version.reason.as_deref().map_or_else(|| "it fails".to_owned(), harmless);
    let began = version.since.map_or_else(String::new, |at| format!(" (began {})", ago(view.seconds_since(at))));
    format!("check: {} {} fails its health check: {reason}{began}", service.name, version.version)
}

fn line_of_rollout(rollout: &Rollout, view: &View) -> String {
    let shipped = ago(view.seconds_since(rollout.started_at));
    let reason =
        rollout.reason.as_deref().map_or_else(String::new, |reason| format!(" {}.", capital(&harmless(reason))));
    format!("rollout: {} Shipped {shipped}.{reason}", harmless(&rollout.sentence))
}

fn gateways(gateways: &[GatewayStatus]) -> Vec<String> {
    if gateways.is_empty() {
        return vec!["no gateway was heard since the server started".to_owned()];
    }
    let line = |gateway: &GatewayStatus| {
        let requests = match gateway.requests {
            0 => "no requests".to_owned(),
            requests => count(requests, "request"),
        };
        let heard = match gateway.report_age_ms {
            ms @ ..10_000 => format!("{}.{} s ago", ms / 1_000, ms % 1_000 / 100),
            ms => ago(ms as f64 / 1_000.0),
        };
        format!("gateway {}: heard {heard}, config #{}, {requests}", gateway.name, gateway.applied)
    };
    gateways.iter().map(line).collect()
}

#[cfg(test)]
mod tests;
