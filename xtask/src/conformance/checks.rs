//! The checks, one function each: what is done, what must be seen, what is said about it.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value, json};

use super::Seen;
use super::http::{ask, wait};
use super::thing::Thing;
use super::world::World;
use crate::shell::{Outcome, command, find, line, read, target};

/// Longest wait for what Prometheus does each second.
const SOON: Duration = Duration::from_secs(30);

/// Longest wait for a page from Prometheus or VictoriaMetrics: the scrape, what the second holds back for 30 s, our question,
/// our windows.
const PAGE_WITHIN: Duration = Duration::from_secs(120);

/// The SDK, as its users install it.
const SDK: [&str; 2] = ["opentelemetry-sdk", "opentelemetry-exporter-otlp-proto-http"];

pub(super) fn scrape(world: &World) -> Outcome<Seen> {
    let is_one = |value: Option<f64>| value.filter(|value| *value == 1.0);
    wait("our endpoint is up", SOON, || Ok(is_one(world.promql("up{job=\"seaworthy\"}")?)))?;
    let services = "seaworthy_services_declared";
    wait("our services are there", SOON, || Ok(world.promql(services)?.filter(|count| *count == 3.0)))?;
    let (count, _) = wait("our series", SOON, || world.promql("count({__name__=~\"seaworthy_.+\"})"))?;
    Ok(Seen::Watched(format!("up is 1, {services} is 3, {count} series of ours")))
}

pub(super) fn rules(world: &World) -> Outcome<Seen> {
    let said = read(command(&world.promtool).args(["check", "rules"]).arg(world.rules()))?;
    let found = said.lines().find(|line| line.contains("rules found")).map(str::trim).unwrap_or_default();
    let loaded = wait("every rule is evaluated", SOON, || {
        let answer = super::http::get(&world.prometheus, "/api/v1/rules", "")?;
        let groups = answer["data"]["groups"].as_array().cloned().unwrap_or_default();
        let all: Vec<Value> =
            groups.iter().flat_map(|group| group["rules"].as_array().cloned().unwrap_or_default()).collect();
        match all.iter().find(|rule| rule["health"] == "err") {
            Some(rule) => Err(format!("rule {} fails: {}", rule["name"], rule["lastError"])),
            None => Ok(Some(all.len()).filter(|_| !all.is_empty() && all.iter().all(|rule| rule["health"] == "ok"))),
        }
    })?;
    let query = "slo:sli_error:ratio_rate5m{sloth_service=\"shop\"}";
    let (ratio, _) = wait("the ratio over five minutes is recorded", SOON, || world.promql(query))?;
    Ok(Seen::Watched(format!("promtool: {found}; {} rules are healthy in Prometheus; {query} is {ratio}", loaded.0)))
}

pub(super) fn query(world: &World) -> Outcome<Seen> {
    pages(world, "shop-jobs", &world.jobs)
}

pub(super) fn victoria(world: &World) -> Outcome<Seen> {
    pages(world, "depot-parcels", &world.parcels)
}

/// Breaks what only another system measures, and waits for the page of the objective that asks there.
fn pages(world: &World, name: &str, thing: &Thing) -> Outcome<Seen> {
    let path = format!("/v1/objectives/{name}");
    let objective = |wanted: &'static str| {
        let path = &path;
        move || {
            let shown = world.ours(path)?;
            if shown["state"] == wanted && shown["sight"] == "serving" {
                Ok(Some(shown))
            } else {
                Err(shown["sentence"].to_string())
            }
        }
    };
    wait("the objective is met", PAGE_WITHIN, objective("met"))?;
    let before = world.pages().len();
    thing.break_down();
    let (page, took) = wait("the person on call has a page", PAGE_WITHIN, || Ok(world.pages().get(before).cloned()))?;
    let (shown, _) = wait("the objective pages", SOON, objective("page"))?;
    let page: Value = serde_json::from_str(&page).map_err(|error| format!("the page is no JSON: {error}"))?;
    let burn = shown["tiers"][0]["short"]["burn"].as_f64().unwrap_or_default();
    Ok(Seen::Watched(format!(
        "met before; {:.1} s after the thing broke ann had the page {} (burn of five minutes {burn:.0})",
        took.as_secs_f64(),
        page["sentence"]
    )))
}

pub(super) fn webhook(world: &World) -> Outcome<Seen> {
    let alert = json!({
        "labels": { "alertname": "OrdersStuck", "service": "shop", "severity": "page" },
        "annotations": { "summary": "Orders are stuck since noon" },
    });
    let send = |alert: &Value| ask("POST", &world.alertmanager, "/api/v2/alerts", "", Some(&json!([alert])));
    let all = || -> Outcome<Vec<Value>> {
        let page = world.ours("/v1/alerts?service=shop")?;
        let said = |alert: &&Value| alert["said_by"].to_string().contains("alertmanager/OrdersStuck");
        Ok(page["alerts"].as_array().map(|alerts| alerts.iter().filter(said).cloned().collect()).unwrap_or_default())
    };
    let sent = || -> Outcome<f64> {
        let text = ask("GET", &world.alertmanager, "/metrics", "", None)?;
        let line =
            text.lines().find(|line| line.starts_with("alertmanager_notifications_total{integration=\"webhook\"}"));
        Ok(line.and_then(|line| line.rsplit(' ').next()?.parse().ok()).unwrap_or_default())
    };
    send(&alert)?;
    let (_, came) = wait("the alert is here", SOON, || Ok(all()?.first().cloned()))?;
    let first = sent()?;
    wait("Alertmanager has repeated itself", SOON, || Ok(Some(sent()?).filter(|sent| *sent >= first + 2.0)))?;
    let repeated = sent()?;
    if all()?.len() != 1 || !all()?[0]["resolved_at"].is_null() {
        return Err(format!("after {repeated} webhooks there are {} alerts, not one open one", all()?.len()));
    }
    let mut over = alert;
    over["endsAt"] = json!(world.ours("/v1/alerts?service=shop")?["alerts"][0]["fired_at"]);
    send(&over)?;
    let (_, ended) = wait("the alert ends with it", SOON, || {
        Ok(Some(all()?).filter(|all| all.iter().all(|one| !one["resolved_at"].is_null())))
    })?;
    Ok(Seen::Watched(format!(
        "here {:.1} s after it was raised; {repeated} webhooks, one alert; over {:.1} s after Alertmanager was told",
        came.as_secs_f64(),
        ended.as_secs_f64()
    )))
}

pub(super) fn otlp(world: &World) -> Outcome<Seen> {
    let python = match python() {
        Ok(python) => python,
        Err(why) => return Ok(Seen::Skipped(why)),
    };
    let script = world.folder().join("export.py");
    std::fs::write(&script, include_str!("files/export.py"))
        .map_err(|error| format!("could not write \"{}\": {error}", script.display()))?;
    read(command(&python).arg(&script).arg(&world.portal).arg(world.folder().join("token")))?;
    for (name, total, bad) in [("shop-orders", 10, 2), ("shop-answers", 10, 4), ("shop-searches", 11, 5)] {
        let counted = || {
            let budget = world.ours(&format!("/v1/objectives/{name}"))?["budget"].clone();
            let (of, not) = (budget["total"].as_u64(), budget["bad"].as_u64());
            if (of, not) == (Some(total), Some(bad)) { Ok(Some(())) } else { Err(format!("{not:?} bad of {of:?}")) }
        };
        wait(&format!("{bad} bad of {total} for {name}"), SOON, counted)?;
    }
    Ok(Seen::Watched(
        "in two exports, 2 of 10 orders bad; 4 of 10 answers above 300 ms by a histogram with bounds, 5 of 11 searches by an \
         exponential one whose buckets became coarser"
            .to_owned(),
    ))
}

pub(super) fn blind(world: &World) -> Outcome<Seen> {
    let shows = |sight: &str| {
        let shown = world.ours("/v1/objectives/shop-jobs")?;
        if shown["sight"] == sight { Ok(Some(shown)) } else { Err(shown["sentence"].to_string()) }
    };
    wait("the objective is seen", PAGE_WITHIN, || shows("serving"))?;
    world.end_prometheus();
    let before = world.pages().len();
    let (shown, took) = wait("nobody measures it", PAGE_WITHIN, || shows("no-telemetry"))?;
    let more = world.pages().len() - before;
    if more > 0 {
        return Err(format!("{more} pages about a service that nothing is wrong with"));
    }
    Ok(Seen::Watched(format!(
        "no telemetry after {:.0} s, nobody was paged: {}",
        took.as_secs_f64(),
        shown["sentence"]
    )))
}

/// A Python of its own that has the SDK.
///
/// # Errors
/// When there is no Python, or pip cannot get the SDK: why, for whoever wonders.
fn python() -> Outcome<PathBuf> {
    let folder = target().join("conformance/python");
    let python = folder.join("bin/python");
    if command(&python)
        .args(["-c", "import opentelemetry.exporter.otlp.proto.http"])
        .output()
        .is_ok_and(|done| done.status.success())
    {
        return Ok(python);
    }
    let system = find(&["python3"]).ok_or("there is no python3")?;
    let mut make = command(system);
    make.args(["-m", "venv"]).arg(&folder);
    let mut install = command(&python);
    install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]).args(SDK);
    for step in [&mut make, &mut install] {
        eprintln!("$ {}", line(step));
        read(step).map_err(|error| format!("the SDK cannot be had: {}", error.lines().next().unwrap_or_default()))?;
    }
    Ok(python)
}
