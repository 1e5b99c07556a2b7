//! Outages on real sockets: `seaworthy up` with its gateway, services that fail from one moment on, and a person's webhook.
//!
//! Each run is a service of its own that answers 100 requests a second and then, at a random moment, none. It is declared as
//! newcomers do, without a word about objectives. Several services run beside each other, each with its own phase.
//! Two times are taken from its first failed answer: until its page reaches the webhook, and until `/v1/status`, which
//! the portal shows, says that it fails.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;

use super::super::hook::Hook;
use super::super::product::Up;
use super::Plan;
use super::memory::fresh;
use super::origin::{Origin, is_served, keep_asking};
use crate::conformance::http::{ask, get, wait};
use crate::figures::{Figure, percentile, spread};
use crate::parts::Part;
use crate::random::Random;
use crate::shell::{Outcome, seaworthy};

/// Services that run beside each other.
const AT_ONCE: u64 = 5;

/// What mathematics leaves at 99.9% over 30 days, all requests failing: 2% of the budget, in seconds.
const FLOOR: f64 = 51.84;

/// A certain outage must be visible within this, in seconds.
const VISIBLE_MAX: f64 = 2.0;

/// Healthy traffic before the first fault.
const WARM: Duration = Duration::from_secs(20);

/// Faults begin within this after that: one bucket of ten seconds, wherever it lies.
const PHASES_MS: u64 = 10_000;

/// Longest wait for a page.
const PAGE_WITHIN: Duration = Duration::from_secs(120);

/// Longest wait for a service to be served.
const READY_WITHIN: Duration = Duration::from_secs(60);

/// How often the status is asked for.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// One service in one run.
struct Run {
    name: String,
    origin: Origin,
    fails_at: Instant,
    visible: Option<Instant>,
    paged: Option<Instant>,
}

pub(super) fn run(plan: &Plan) -> Outcome<Part> {
    let binary = match &plan.binary {
        Some(path) => PathBuf::from(path),
        None => seaworthy(plan.profile)?,
    };
    let mut random = Random(plan.seed);
    let (mut pages, mut visible) = (Vec::new(), Vec::new());
    let mut left = plan.runs;
    while left > 0 {
        let count = left.min(AT_ONCE);
        left -= count;
        for run in round(&binary, count, &mut random)? {
            let since = |at: Option<Instant>| Some(at?.duration_since(run.origin.first_bad()?).as_secs_f64());
            println!(
                "{}: visible after {:.3} s, page after {:.3} s",
                run.name,
                since(run.visible).unwrap_or(f64::NAN),
                since(run.paged).unwrap_or(f64::NAN)
            );
            pages.extend(since(run.paged));
            visible.extend(since(run.visible));
        }
    }
    let worst = |values: &[f64]| spread(values).map(|(_, _, most)| most);
    let all = |what: &str, values: &[f64]| {
        Figure::in_all(what, values.len(), usize::try_from(plan.runs).unwrap_or(usize::MAX))
    };
    let figures = vec![
        all("outages on sockets that paged", &pages),
        Figure::at_most("first bad request to page, p99", percentile(&pages, 0.99), FLOOR + 1.0, "s"),
        all("outages on sockets that could be seen", &visible),
        Figure::at_most("first bad request to visible, worst", worst(&visible), VISIBLE_MAX, "s"),
    ];
    Ok(Part { measured: json!({ "page_seconds": pages, "visible_seconds": visible }), figures })
}

/// Starts everything, lets so many services fail, and waits for their pages.
fn round(binary: &Path, count: u64, random: &mut Random) -> Outcome<Vec<Run>> {
    let (folder, hook) = (fresh("sockets")?, Hook::start()?);
    let names: Vec<String> = (1..=count).map(|number| format!("s{number}")).collect();
    let files = folder.join("files");
    std::fs::create_dir_all(&files).map_err(|error| format!("could not make \"{}\": {error}", files.display()))?;
    let catalogue = files.join("catalogue.yaml");
    std::fs::write(&catalogue, declared(&names, hook.address))
        .map_err(|error| format!("could not write \"{}\": {error}", catalogue.display()))?;
    let up = Up::start(binary, &folder)?;
    let stop = Arc::new(AtomicBool::new(false));
    let mut runs = Vec::new();
    for name in names {
        let origin = Origin::start()?;
        let request = json!({ "version": "v1", "address": origin.address.to_string() });
        ask("POST", &up.portal, &format!("/v1/services/{name}/rollouts"), &up.token, Some(&request))?;
        runs.push((name, origin));
    }
    for (name, _) in &runs {
        wait(name, READY_WITHIN, || Ok(is_served(up.gateway, &host(name)).then_some(())))?;
        keep_asking(up.gateway, host(name), stop.clone());
    }
    let begin = Instant::now() + WARM;
    let phase = |random: &mut Random| Duration::from_millis(random.below(PHASES_MS));
    let runs = runs.into_iter().map(|(name, origin)| {
        let fails_at = begin + phase(random);
        Run { name, origin, fails_at, visible: None, paged: None }
    });
    let watched = watch(runs.collect(), &up, &hook);
    stop.store(true, Ordering::Relaxed);
    watched
}

/// Lets every service fail at its time, and notes what is seen of it.
fn watch(mut runs: Vec<Run>, up: &Up, hook: &Hook) -> Outcome<Vec<Run>> {
    let last = runs.iter().map(|run| run.fails_at).max().unwrap_or_else(Instant::now) + PAGE_WITHIN;
    while runs.iter().any(|run| run.paged.is_none()) && Instant::now() < last {
        let due = |run: &&Run| run.fails_at <= Instant::now();
        runs.iter().filter(due).for_each(|run| run.origin.fail());
        if runs.iter().any(|run| run.visible.is_none()) {
            let status = get(&up.portal, "/v1/status", &up.token)?;
            let now = Instant::now();
            let services = status["services"].as_array().map(Vec::as_slice).unwrap_or_default();
            let is_failing =
                |run: &Run| services.iter().any(|s| s["name"] == *run.name && s["failing_since"].is_string());
            for run in runs.iter_mut().filter(|run| run.visible.is_none()) {
                run.visible = is_failing(run).then_some(now);
            }
        }
        runs.iter_mut().for_each(|run| run.paged = hook.came(|page| page["service"] == *run.name));
        std::thread::sleep(LOOK_EVERY);
    }
    Ok(runs)
}

fn host(name: &str) -> String {
    format!("{name}.example")
}

/// A team of one whose page is a webhook, and services.
fn declared(names: &[String], hook: SocketAddr) -> String {
    let mut text = format!(
        "apiVersion: seaworthy/v1\nkind: Person\nmetadata: {{ name: ann }}\nspec: {{ contacts: [{{ webhook: \
         \"http://{hook}/page\" }}] }}\n---\napiVersion: seaworthy/v1\nkind: Team\nmetadata: {{ name: shop }}\nspec: {{ members: [ann] \
         }}\n---\napiVersion: seaworthy/v1\nkind: Rotation\nmetadata: {{ name: shop-weekly }}\nspec: {{ team: shop, \
         participants: [ann], start: 2026-01-05T09:00, zone: Europe/Berlin, turn: 7d }}\n"
    );
    for name in names {
        let host = host(name);
        text += &format!(
            "---\napiVersion: seaworthy/v1\nkind: Service\nmetadata: {{ name: {name} }}\nspec: {{ owner: shop, routes: [{{ \
             hosts: [{host}] }}] }}\n"
        );
    }
    text
}
