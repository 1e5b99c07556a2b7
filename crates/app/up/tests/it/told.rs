//! Rollouts and pages: told as the ledger says them, once each.

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::rig::{Rig, kill, until};

const ID: &str = "01954a00-0000-7000-8000-000000000001";

fn row(position: usize, kind: &str, payload: Value, sentence: &str) -> Value {
    let at = "2026-01-01T00:00:05Z";
    json!({
        "position": position, "recorded_at": at, "occurred_at": at, "stream": "s", "actor": "judge", "by": "judge",
        "kind": kind, "version": 1, "payload": payload, "hash": "", "sentence": sentence,
    })
}

fn rollout() -> Value {
    let none = json!({ "requests": 0, "failures": 0, "rescued": 0, "seen_idempotent": 0, "seen_other": 0, "users": 0 });
    json!({
        "id": ID, "service": "shop", "version": "v2", "baseline": "v1", "state": "stepping", "sentence": "",
        "reason": null, "share": 0.05, "steps": [], "by": "x", "started_at": "2026-01-01T00:00:00Z", "ended_at": null,
        "first_bad_at": null, "judge": null, "canary": none, "stable": none, "revert": null, "position": 1,
    })
}

fn service(rollout: &Value) -> Value {
    json!({
        "name": "shop", "description": null, "owner": "a", "tier": 1, "sentence": "", "on_call": null, "stable": "v1",
        "rollout": rollout, "versions": [], "routes": [], "dependencies": [], "source": "shop.yaml:1",
        "declared_at": "2026-01-01T00:00:00Z", "position": 1,
    })
}

#[test]
fn what_happens_to_a_rollout_is_told_once_and_goes_on_after_a_restart_of_the_server() {
    let rig = Rig::new();
    rig.write("rollout.json", &rollout().to_string());
    let mut rows = vec![row(1, "rollout.promoted", json!({ "rollout": ID }), "before")];
    rig.write("ledger.json", &json!(rows).to_string());
    let (mut up, ready) = rig.ready();
    let command = format!("seaworthy gateway revert SERVICE --data {}", rig.path("data").display());
    assert_eq!(ready["break_glass"], command);
    until(|| rig.path("ledger-asked").exists().then_some(()));
    rows.push(row(2, "server.started", json!({}), "nothing to tell"));
    rows.push(row(3, "rollout.step_entered", json!({ "rollout": ID, "step": 0, "share": 500 }), "step 1"));
    let asked = json!({ "page": ID, "service": "shop", "team": "a", "sentence": "orders fail", "channels": [] });
    rows.push(row(4, "page.requested", asked.clone(), "page about shop"));
    rig.write("ledger.json", &json!(rows).to_string());
    let told = up.wait_for("rollout");
    assert_eq!([&told["service"], &told["version"], &told["state"]], ["shop", "v2", "at 5% of users"]);
    let page = up.wait_for("page");
    assert_eq!([&page["service"], &page["sentence"]], ["shop", "orders fail"]);
    assert_eq!(page["break_glass"], command.replace("SERVICE", "shop"), "nobody can say whether it has a canary");
    for (rollout, want) in [(json!(null), json!(null)), (json!(ID), json!(command.replace("SERVICE", "shop")))] {
        rig.write("service.json", &service(&rollout).to_string());
        rows.push(row(rows.len() + 1, "page.requested", asked.clone(), "page about shop"));
        rig.write("ledger.json", &json!(rows).to_string());
        assert_eq!(up.wait_for("page")["break_glass"], want, "{rollout}");
    }
    kill(u32::try_from(ready["server_pid"].as_u64().unwrap()).unwrap(), Signal::KILL);
    up.wait_for("up");
    rows.push(row(
        7,
        "rollout.reverted",
        json!({ "rollout": ID, "cause": "hand", "reason": "", "share": 0 }),
        "reverted",
    ));
    rig.write("ledger.json", &json!(rows).to_string());
    assert_eq!(up.wait_for("rollout")["state"], "reverted");
    up.stop();
}
