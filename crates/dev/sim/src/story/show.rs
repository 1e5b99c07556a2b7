//! What a story shows: the core's own views, without ids and wall clocks.

use std::fmt::Write;

use jiff::Timestamp;
use seaworthy_contract::api::{Page, PageState, Rollout, Service, Verdict};
use seaworthy_core::desired::{desired_processes, gateway_config};
use seaworthy_core::view::{self, Look};
use uuid::Uuid;

use crate::server::BEGIN;
use crate::{Ms, World};

pub(super) fn show(world: &mut World, shown: &mut u64, what: &[&str]) -> Result<String, String> {
    if what == ["ledger"] {
        return Ok(ledger(world, shown));
    }
    let now = world.server.clock.now();
    let latest = what.get(1).and_then(|service| world.latest(service));
    let look = |shared: &seaworthy_kernel::Shared| -> Option<String> {
        let look = &Look { state: &shared.state, watch: &shared.watch, directory: &shared.directory, now };
        Some(match what {
            ["rollout", _] => rollout(&view::rollout(look, latest?)?),
            ["rollouts"] => view::rollouts(look, None).iter().map(|r| format!("{}\n", r.sentence)).collect(),
            ["service", name] => service(&view::service(look, &name.parse().ok()?)?),
            ["services"] => view::services(look).iter().map(|s| format!("{}\n", s.sentence)).collect(),
            ["pages"] => view::pages(look).iter().map(page).collect(),
            ["ready", name] => ready(&view::readiness(look, &name.parse().ok()?)?),
            ["status"] => status(look),
            ["who", query @ ..] => who(look, &query.join(" ")),
            ["config"] => config(look),
            ["desired"] => desired(look),
            _ => return None,
        })
    };
    let told = world.server.read(look).ok_or("the server is down")?;
    told.ok_or_else(|| "there is no such thing to show".to_owned())
}

/// Everything that came into the ledger since it was shown last.
pub(super) fn ledger(world: &World, shown: &mut u64) -> String {
    let mut out = String::new();
    for fact in world.truth.facts.iter().filter(|fact| fact.position > *shown) {
        let kind = fact.event.kind().0;
        writeln!(out, "  {} #{} {kind}: {}", at(fact.at), fact.position, view::sentence(&fact.event))
            .expect("a string");
    }
    *shown = world.state().position;
    out
}

/// Seconds with one digit.
pub(super) fn seconds(ms: Ms) -> String {
    format!("{:.1} s", ms as f64 / 1e3)
}

/// A moment, in seconds of the story.
fn at(moment: Timestamp) -> String {
    format!("{:.1}", moment.duration_since(BEGIN).as_secs_f64())
}

fn rollout(rollout: &Rollout) -> String {
    let mut out = format!("{}\n", rollout.sentence);
    if let Some(reason) = &rollout.reason {
        writeln!(out, "  because {reason}").expect("a string");
    }
    let steps: Vec<String> = rollout.steps.iter().map(|s| format!("{}% {:?}", s.share * 100.0, s.state)).collect();
    writeln!(out, "  steps {}", steps.join(", ")).expect("a string");
    for (name, arm) in [("canary", rollout.canary), ("stable", rollout.stable)] {
        writeln!(
            out,
            "  {name} {} requests, {} failed, {} answered by stable, users saw {} + {}",
            arm.requests, arm.failures, arm.rescued, arm.seen_idempotent, arm.seen_other
        )
        .expect("a string");
    }
    if let Some(times) = &rollout.revert {
        let first_bad = times.first_bad_to_last_assignment_s;
        writeln!(
            out,
            "  let go {:.2} s after the decision, {} after the first bad response (#{})",
            times.decision_to_last_assignment_s,
            first_bad.map_or("unknown".to_owned(), |s| format!("{s:.2} s")),
            times.position
        )
        .expect("a string");
    }
    out
}

fn service(service: &Service) -> String {
    let mut out = format!("{}\n", service.sentence);
    for version in &service.versions {
        writeln!(out, "  {} {} {:?}", version.version, version.role, version.state).expect("a string");
    }
    out
}

fn page(page: &Page) -> String {
    let to = page.to.as_ref().map_or("nobody", |person| person.as_str());
    let began = page.began_at.map_or("?".to_owned(), at);
    format!("page to {to}, {}, since {began}: {}\n", in_words(page.state), page.sentence)
}

fn in_words(state: PageState) -> &'static str {
    match state {
        PageState::Requested => "requested",
        PageState::Delivered => "delivered",
        PageState::Acknowledged => "acknowledged",
        PageState::Undeliverable => "undeliverable",
    }
}

fn ready(readiness: &seaworthy_contract::api::Readiness) -> String {
    let mut out = String::new();
    for finding in &readiness.findings {
        let verdict = match finding.verdict {
            Verdict::Unknown => "unknown",
            Verdict::DoesNotHold => "does not hold",
            Verdict::Holds => "holds",
            Verdict::DoesNotApply => "does not apply",
        };
        let place = finding.evidence.as_ref().map_or(String::new(), |evidence| format!(" (#{})", evidence.position));
        writeln!(out, "  {} {verdict}{place}: {}", finding.row, finding.sentence).expect("a string");
    }
    out
}

fn status(look: &Look<'_>) -> String {
    let status = view::status(look, Uuid::nil(), true);
    let mut out = format!("{}\n", status.sentence);
    for gateway in &status.gateways {
        let age = gateway.report_age_ms;
        writeln!(out, "  {} applied #{}, reported {age} ms ago", gateway.name, gateway.applied).expect("a string");
    }
    out
}

fn who(look: &Look<'_>, query: &str) -> String {
    let answer = view::who(look, query);
    let line = |c: &seaworthy_contract::api::WhoCandidate| {
        let on_call = c.on_call.as_ref().map_or("nobody", |on_call| on_call.person.as_str());
        format!("  {} of {} ({}: {}), {on_call} on call\n", c.service, c.team, c.confidence, c.because)
    };
    answer.candidates.iter().map(line).collect()
}

fn config(look: &Look<'_>) -> String {
    let config = gateway_config(look.state);
    let mut out = format!("config #{}\n", config.version);
    for service in &config.services {
        let stable = service.stable.as_ref().map_or("nobody", |arm| arm.version.as_str());
        let canary =
            service.canary.as_ref().map_or(String::new(), |c| format!(", {} for {} of users", c.arm.version, c.share));
        writeln!(out, "  {}: {stable}{canary}", service.service).expect("a string");
    }
    out
}

fn desired(look: &Look<'_>) -> String {
    let desired = desired_processes(look.state);
    let mut out = format!("desired #{}\n", desired.version);
    for instance in &desired.instances {
        writeln!(out, "  {} {}", instance.service, instance.version).expect("a string");
    }
    out
}
