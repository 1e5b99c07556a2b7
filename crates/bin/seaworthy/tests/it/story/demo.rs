//! The demo as a newcomer's script runs it.

use std::fs;
use std::process::Stdio;

use rustix::process::Signal;
use serde_json::Value;

use crate::kit::{Scratch, command, kill, seaworthy, until};

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} was not measured"))
}

/// One report about both rollouts, in the form that others read: every figure measured, none missing.
#[test]
fn tells_its_story_and_leaves_nothing() {
    let scratch = Scratch::new();
    let said = seaworthy(&scratch, &["demo", "--headless", "--json"]);
    let told = said.err.clone();
    let report: Value = serde_json::from_str(&said.done()).unwrap();
    let [bad, good] = report["rollouts"].as_array().unwrap().as_slice() else { panic!("two rollouts: {report:#}") };
    for (rollout, version, outcome, steps) in [(bad, "v2", "reverted", 1..=1), (good, "v3", "promoted", 3..=4)] {
        let text = |name: &str| rollout[name].as_str().unwrap().to_owned();
        assert_eq!(
            (text("service"), text("version"), text("outcome")),
            ("checkout".into(), version.into(), outcome.into())
        );
        assert_eq!(rollout["user_failures_idempotent"], 0, "{rollout:#}");
        assert!(number(&rollout["seconds"]) < 90.0, "{rollout:#}");
        assert!(number(&rollout["requests"]) > number(&rollout["canary_requests"]), "{rollout:#}");
        let shares: Vec<f64> = rollout["steps"].as_array().unwrap().iter().map(|step| number(&step["share"])).collect();
        assert!(steps.contains(&shares.len()) && shares[0] == 0.05 && shares.is_sorted(), "{rollout:#}");
    }
    // e^6.9 is 1,000 to 1: what the judge takes to abort, unless the gateway's own guard was faster.
    assert!(bad["judge"].is_null() || number(&bad["judge"]["log_e"]) > 0.0, "{bad:#}");
    assert!(number(&bad["canary_failures"]) >= 1.0 && number(&good["canary_failures"]) == 0.0, "{report:#}");
    assert_eq!(good["user_failures_other"], 0, "{good:#}");
    let assigned = number(&bad["seconds_first_bad_to_last_canary_assignment"]);
    let answered = number(&bad["seconds_first_bad_to_last_canary_response"]);
    assert!((0.0..=4.0).contains(&assigned) && answered >= assigned, "{bad:#}");
    let page = &report["page"];
    assert_eq!(page["service"], "checkout");
    let to = page["to"].as_str().unwrap();
    assert!(["ines", "tomas", "mei"].contains(&to), "{page}");
    assert!((0.0..10.0).contains(&number(&page["seconds_from_first_bad"])), "{page}");
    let row = &report["readiness"];
    assert_eq!((row["row"].as_str(), row["before"].as_str()), (Some("DEP-12"), Some("unknown")));
    assert!(
        row["after"].as_str().unwrap().contains("v2 was reverted") || row["after"].as_str().unwrap().contains("seen"),
        "{row}"
    );
    let events = number(&report["ledger"]["events"]);
    assert!((1.0..=events).contains(&number(&row["evidence_position"])), "{report:#}");
    assert_eq!(report["ledger"]["verified"], true);
    assert!(told.to_lowercase().contains(to), "a terminal shows who is paged: {told}");
    assert_eq!(scratch.processes(), []);
    assert_eq!(fs::read_dir(scratch.tmp()).unwrap().count(), 0, "its directory stayed");
}

/// However it ends, nothing of it stays: its processes hang on its end of a pipe.
#[test]
fn one_that_is_stopped_early_leaves_no_process() {
    for (signal, code) in [(Signal::INT, Some(1)), (Signal::KILL, None)] {
        let scratch = Scratch::new();
        let mut demo = command(&scratch, &["demo", "--headless", "--json"]);
        let mut demo = demo.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // The demo itself, up, server, gateway, and both services.
        until("everything runs", || (scratch.processes().len() >= 6).then_some(()));
        kill(demo.id(), signal);
        let ended = demo.wait().unwrap();
        assert_eq!(ended.code(), code, "{ended}");
        until("the last process is gone", || scratch.processes().is_empty().then_some(()));
        // Nobody is left to remove the directory of one that was killed.
        let left = fs::read_dir(scratch.tmp()).unwrap().count();
        assert_eq!(left, usize::from(signal == Signal::KILL));
    }
}
