//! A set that runs, and a link to a server that comes and goes.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use seaworthy_client::Client;
use seaworthy_contract::catalogue::{Probe, Target};
use seaworthy_contract::prober::{ProbeOutcome, ProbeReport, ProbeResult, ProbeSet};
use seaworthy_probe::schedule::phase_ms;
use seaworthy_tls::Connector;
use tokio::sync::{mpsc, watch};

use super::{http, listen, ok, probe};
use crate::{Link, Prober, Secrets, keep_running};

fn prober() -> Prober {
    Prober::new(Connector::shared().clone(), Secrets::default(), Arc::new(jiff::Timestamp::now))
}

fn set(version: u64, probes: Vec<Probe>) -> ProbeSet {
    ProbeSet { version, probes, checks: Vec::new() }
}

#[tokio::test]
async fn probes_run_in_their_slots_until_the_set_changes() {
    let open = listen(|stream| async move { drop(stream) }).await;
    let each_second = |name: &str| Probe {
        name: name.to_owned(),
        every_ms: 1_000,
        ..probe(Target::Tcp { address: open.to_string() }, 400)
    };
    let (sets, following) = watch::channel(set(1, vec![each_second("a"), each_second("b")]));
    let (sender, mut results) = mpsc::channel(10);
    let running = tokio::spawn(keep_running(prober(), "oslo".to_owned(), following, sender));
    let mut seen = Vec::new();
    while seen.len() < 4 {
        seen.push(results.recv().await.unwrap());
    }
    for result in &seen {
        let phase = result.intended_at.as_millisecond().rem_euclid(1_000).cast_unsigned();
        assert_eq!(phase, phase_ms(&result.probe, "oslo", 1_000), "{}", result.probe);
        assert!(result.started_at >= result.intended_at && result.outcome == ProbeOutcome::Pass, "{result:?}");
    }
    let slots = |name: &str| seen.iter().filter(|r| r.probe == name).map(|r| r.intended_at).collect::<Vec<_>>();
    assert!(slots("a").windows(2).all(|pair| pair[0] < pair[1]), "no slot twice");
    sets.send_replace(set(2, vec![each_second("c")]));
    while results.recv().await.unwrap().probe != "c" {}
    assert_eq!(results.recv().await.unwrap().probe, "c", "the others run no more");
    drop(results);
    running.await.unwrap();
}

fn result(n: i64) -> ProbeResult {
    let at = jiff::Timestamp::from_second(n).unwrap();
    ProbeResult {
        probe: "buy".to_owned(),
        intended_at: at,
        started_at: at,
        took_ms: 1,
        outcome: ProbeOutcome::Pass,
        retried: None,
    }
}

#[tokio::test]
async fn results_wait_while_the_server_is_away_and_come_once() {
    let (reports, away) = (Arc::new(Mutex::new(Vec::<ProbeReport>::new())), Arc::new(AtomicBool::new(true)));
    let (log, is_away) = (reports.clone(), away.clone());
    let address = http(move |asked| {
        let (_, body) = asked.split_once("\r\n\r\n").unwrap_or_default();
        let report: ProbeReport = serde_json::from_str(body).unwrap();
        let ack = serde_json::json!({ "boot": report.boot, "seq": report.seq }).to_string();
        log.lock().unwrap().push(report);
        match is_away.load(Ordering::Relaxed) {
            true => "HTTP/1.1 503 Away\r\ncontent-length: 0\r\n\r\n".to_owned(),
            false => ok("content-type: application/json\r\nconnection: close\r\n", &ack),
        }
    })
    .await;
    let client = Client::new(&format!("http://{address}"), None).unwrap();
    let link = Link::new(client, "oslo".to_owned(), Vec::new());
    let (sender, results) = mpsc::channel(10);
    let reporting = tokio::spawn(async move { link.report(results, || 42).await });
    sender.send(result(1)).await.unwrap();
    while reports.lock().unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
    for n in 2..=5 {
        sender.send(result(n)).await.unwrap();
    }
    away.store(false, Ordering::Relaxed);
    while reports.lock().unwrap().iter().map(|report| report.seq).max() < Some(2) {
        tokio::task::yield_now().await;
    }
    drop(sender);
    reporting.await.unwrap();
    let reports = reports.lock().unwrap();
    assert!(reports.iter().filter(|report| report.seq == 1).count() >= 2, "sent again");
    assert!(reports.iter().filter(|report| report.seq == 1).all(|report| *report == reports[0]), "the same");
    let second = reports.iter().find(|report| report.seq == 2).unwrap();
    let slots: Vec<i64> = second.results.iter().map(|result| result.intended_at.as_second()).collect();
    assert_eq!((slots, second.applied, second.place.as_str()), (vec![2, 3, 4, 5], 42, "oslo"));
}

#[tokio::test]
async fn a_place_follows_its_server_and_keeps_what_it_was_told() {
    let line =
        serde_json::to_string(&set(3, vec![probe(Target::Tcp { address: "127.0.0.1:9".to_owned() }, 400)])).unwrap();
    let address = http(move |_| format!("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{line}\n")).await;
    let client = Client::new(&format!("http://{address}"), None).unwrap();
    let link = Link::new(client, "oslo".to_owned(), vec![address.to_string()]);
    let (sets, mut following) = watch::channel(ProbeSet::default());
    let heard = tokio::spawn(async move { link.follow(sets, |_| {}).await });
    let told = following.wait_for(|set| set.version == 3).await.unwrap().clone();
    assert_eq!((told.probes.len(), told.checks), (1, vec![address.to_string()]), "it checks itself by its server");
    drop(following);
    heard.await.unwrap();
}
