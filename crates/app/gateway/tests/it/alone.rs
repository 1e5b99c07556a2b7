//! A canary that the local guard leaves alone, while the control plane is there and while it is not.

use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use seaworthy_contract::gateway::{ControlReply, ControlRequest};
use seaworthy_model::Arm;

use crate::kit::*;

/// Fails three in ten. Never five in a row, never half of twenty: the guard that looks at each answer leaves it alone.
async fn three_in_ten() -> Version {
    let asked = AtomicUsize::new(0);
    Version::new(move |_| {
        let n = asked.fetch_add(1, SeqCst);
        async move { Some(reply(if n % 10 < 3 { 500 } else { 200 }, "canary")) }
    })
    .await
}

#[tokio::test]
async fn a_canary_that_fails_three_in_ten_is_ejected_while_the_control_plane_is_away() {
    let bad = three_in_ten().await;
    let stable = Version::answering(200, "stable").await;
    let (gateway, mut plane) = Gateway::with(&config(1, &[&stable], Some(canary(bad.address, 20)))).await;
    plane.die().await;
    until("it is ejected", async || {
        for _ in 0..10 {
            assert_eq!(get(gateway.inbound, "/").await.status, 200, "stable answers for it meanwhile");
        }
        matches!(gateway.ask(&ControlRequest::Status).await,
            ControlReply::Status(status) if status.canaries[0].off.as_deref() == Some("local guard"))
    })
    .await;
    let before = bad.got().len();
    for _ in 0..50 {
        assert_eq!(get(gateway.inbound, "/").await.status, 200);
    }
    assert_eq!(bad.got().len(), before, "nobody is sent to it any more");
    plane.come_back().await;
    plane.until("it is told", |plane| plane.reports().iter().any(|report| !report.trips.is_empty())).await;
    let trips: Vec<_> = plane.reports().into_iter().flat_map(|report| report.trips).collect();
    assert!(trips[0].why.ends_with("seen by the gateway while the control plane was silent"), "{trips:?}");
}

#[tokio::test]
async fn a_canary_that_fails_three_in_ten_is_left_to_a_control_plane_that_is_there() {
    let bad = three_in_ten().await;
    let stable = Version::answering(200, "stable").await;
    let (gateway, plane) = Gateway::with(&config(1, &[&stable], Some(canary(bad.address, 20)))).await;
    until("far more than enough evidence is there", async || {
        get(gateway.inbound, "/").await;
        plane.sums(Arm::Canary).users_failed_in_step >= 30
    })
    .await;
    assert!(plane.reports().iter().all(|report| report.trips.is_empty()));
}
