//! What people are told when the store takes no writes, and what goes on.

use http::Method;
use seaworthy_contract::api::Status;
use seaworthy_testkit::store::{Fault, Faults};

use super::app::TestApp;

#[tokio::test]
async fn a_full_disk_refuses_writes_loses_nothing_and_reads_go_on() {
    let app = TestApp::start().await;
    app.ship("v1").await;
    let before: Status = app.as_admin().get_json("/v1/status").await.expect("a status");
    app.disk.set_faults(Faults::FULL);
    let request = serde_json::json!({ "version": "v2" });
    let refused = app.as_admin().post_json::<_, serde_json::Value>("/v1/services/checkout/rollouts", &request).await;
    let error = refused.expect_err("the disk is full");
    assert_eq!(error.code(), Some("unavailable"));
    assert!(error.hint().is_some(), "a remedy");
    let status: Status = app.as_admin().get_json("/v1/status").await.expect("reads go on");
    assert!(!status.store_writable);
    assert_eq!(status.position, before.position, "nothing happened");
    assert_eq!(app.send(Method::GET, "/readyz", &[], "").await.status.as_u16(), 503);
    assert_eq!(app.send(Method::GET, "/healthz", &[], "").await.status.as_u16(), 200);
    app.disk.set_faults(Faults::default());
    let again = app.as_admin().post_json::<_, serde_json::Value>("/v1/services/checkout/rollouts", &request).await;
    assert!(again.is_ok(), "there is room again");
    assert_eq!(app.send(Method::GET, "/readyz", &[], "").await.status.as_u16(), 200);
}

#[tokio::test]
async fn an_append_that_was_committed_but_not_answered_is_there_after_the_restart() {
    let app = TestApp::start().await;
    app.ship("v1").await;
    app.disk.fail_next(Fault::AfterCommit);
    let request = serde_json::json!({ "version": "v2" });
    let lost = app.as_admin().post_json::<_, serde_json::Value>("/v1/services/checkout/rollouts", &request).await;
    assert!(lost.is_err(), "nobody was told");
    let (disk, admin) = app.kill();
    let app = TestApp { admin, ..TestApp::on(disk).await };
    let rollouts: Vec<seaworthy_contract::api::Rollout> =
        app.as_admin().get_json("/v1/rollouts").await.expect("rollouts");
    assert_eq!(rollouts[0].version.as_str(), "v2", "what was committed is the truth");
}
