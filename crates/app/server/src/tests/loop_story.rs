//! The loop over HTTP: apply, ship, be judged on a gateway's reports, be reverted, page, become evidence.

use std::time::Duration;

use seaworthy_contract::api::{Page, Plan, Readiness, Rollout, RolloutState, Verdict};
use seaworthy_contract::gateway::{Classes, Config, Count, Moment, Report, ReportAck};
use seaworthy_model::Arm;
use uuid::Uuid;

use super::app::{GATEWAY, TestApp, document};

/// A report in which 5 of 10 canary users fail and none of 190 others.
pub(super) fn report(config: &Config, seq: u64) -> Report {
    let count = |version: &str, arm, users, failed| Count {
        service: "checkout".parse().expect("a name"),
        route: "checkout.test/".to_owned(),
        version: version.parse().expect("a name"),
        arm,
        config: config.version,
        starts: users,
        ended: Classes { ok: users - failed, server_error: failed, ..Classes::default() },
        rescued: failed,
        seen_idempotent: 0,
        seen_other: 0,
        users_in_step: users,
        users,
        users_failed: failed,
        users_failed_in_step: None,
        latency: vec![(20, users)],
    };
    Report {
        gateway: "gw-1".parse().expect("a name"),
        boot: Uuid::from_u128(1),
        seq,
        applied: config.version,
        age_ms: 0,
        interval_ms: 250,
        counts: vec![count("v2", Arm::Canary, 10, 5), count("v1", Arm::Stable, 190, 0)],
        moments: vec![Moment {
            service: "checkout".parse().expect("a name"),
            version: "v2".parse().expect("a name"),
            rollout: config.services[0].canary.as_ref().expect("on trial").rollout,
            first_failure_age_ms: Some(200),
            last_assigned_age_ms: Some(10),
            last_response_age_ms: Some(5),
        }],
        in_flight: Vec::new(),
        trips: Vec::new(),
        break_glass: Vec::new(),
        controls: Vec::new(),
        control_hands: Vec::new(),
    }
}

pub(super) async fn config(app: &TestApp) -> Config {
    let mut lines =
        app.client(GATEWAY).get_lines("/v1/gateways/gw-1/config", Duration::from_secs(10)).await.expect("a stream");
    let line = lines.next().await.expect("a line").expect("whole");
    serde_json::from_str(&line).expect("a config")
}

#[tokio::test]
async fn a_bad_version_is_reverted_paged_and_becomes_evidence() {
    let app = TestApp::start().await;
    app.ship("v1").await;
    let admin = app.as_admin();
    let request = serde_json::json!({ "version": "v2", "dwell_ms": 1000 });
    let _: serde_json::Value = admin.post_json("/v1/services/checkout/rollouts", &request).await.expect("shipped");
    let before: Readiness = admin.get_json("/v1/services/checkout/readiness").await.expect("rows");
    let proven = |rows: &Readiness| rows.findings.iter().find(|f| f.row == "DEP-12").expect("a row").verdict;
    assert_eq!(proven(&before), Verdict::Unknown);
    app.observe("v2").await;
    let canary = config(&app).await;
    assert_eq!(canary.services[0].canary.as_ref().expect("on trial").share.to_string(), "5%");

    let gateway = app.client(GATEWAY);
    let ack: ReportAck =
        gateway.post_json("/v1/gateways/gw-1/telemetry", &report(&canary, 1)).await.expect("acknowledged");
    assert_eq!(ack.seq, 1);
    let rollouts: Vec<Rollout> = admin.get_json("/v1/rollouts").await.expect("rollouts");
    assert_eq!(rollouts[0].state, RolloutState::Reverting, "{:?}", rollouts[0]);
    assert_eq!((rollouts[0].canary.requests, rollouts[0].canary.rescued), (10, 5));

    let pages: Vec<Page> = admin.get_json("/v1/pages").await.expect("pages");
    assert_eq!(pages.len(), 1);
    assert_eq!(pages[0].to.as_ref().map(ToString::to_string).as_deref(), Some("ines"));

    let stable = config(&app).await;
    assert!(stable.services[0].canary.is_none() && stable.version > canary.version);
    let last = Report { applied: stable.version, counts: Vec::new(), ..report(&canary, 2) };
    let _: ReportAck = gateway.post_json("/v1/gateways/gw-1/telemetry", &last).await.expect("acknowledged");
    let _: ReportAck = gateway.post_json("/v1/gateways/gw-1/telemetry", &last).await.expect("a copy is acknowledged");
    let rollout: Rollout = admin.get_json(&format!("/v1/rollouts/{}", rollouts[0].id)).await.expect("a rollout");
    assert_eq!(rollout.state, RolloutState::Reverted);
    assert!(rollout.revert.expect("measured").first_bad_to_last_assignment_s.expect("it failed") > 0.0);
    assert_eq!(rollout.canary.requests, 10, "a report sent twice counts once");
    let after: Readiness = admin.get_json("/v1/services/checkout/readiness").await.expect("rows");
    assert_eq!(proven(&after), Verdict::Holds);
    let verified: serde_json::Value = admin.get_json("/v1/ledger/verify").await.expect("verified");
    assert_eq!(verified["verified"], true);
}

#[tokio::test]
async fn applying_the_same_files_again_changes_nothing() {
    let app = TestApp::start().await;
    let apply =
        async || -> Plan { app.as_admin().post_json("/v1/catalogue/apply", &document()).await.expect("applied") };
    let first = apply().await;
    assert_eq!(first.changes.len(), 6);
    let second = apply().await;
    assert_eq!((second.changes.len(), second.position), (0, first.position));
}

#[tokio::test]
async fn a_restarted_server_goes_on_where_the_acknowledged_reports_ended() {
    let app = TestApp::start().await;
    app.ship("v1").await;
    let request = serde_json::json!({ "version": "v2", "dwell_ms": 1000 });
    let _: serde_json::Value =
        app.as_admin().post_json("/v1/services/checkout/rollouts", &request).await.expect("shipped");
    app.observe("v2").await;
    let canary = config(&app).await;
    let mut healthy = report(&canary, 1);
    for count in &mut healthy.counts {
        (count.ended.server_error, count.users_failed, count.rescued) = (0, 0, 0);
    }
    let ack: ReportAck = app.client(GATEWAY).post_json("/v1/gateways/gw-1/telemetry", &healthy).await.expect("taken");
    assert_eq!(ack.seq, 1);
    let (disk, admin) = app.kill();
    let app = TestApp { admin, ..TestApp::on(disk).await };
    let again: ReportAck = app.client(GATEWAY).post_json("/v1/gateways/gw-1/telemetry", &healthy).await.expect("taken");
    assert_eq!(again.seq, 1, "a copy is acknowledged");
    let rollouts: Vec<Rollout> = app.as_admin().get_json("/v1/rollouts").await.expect("rollouts");
    assert_eq!(rollouts[0].canary.requests, 10, "neither lost nor counted twice");
    assert_eq!(rollouts[0].state, RolloutState::Stepping);
}
