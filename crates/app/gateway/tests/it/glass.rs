//! Break-glass: the gateway's own socket, while the control plane is dead, over a restart, until another rollout.

use std::os::unix::fs::PermissionsExt;

use seaworthy_contract::api::Code;
use seaworthy_contract::gateway::{ControlReply, ControlRequest, Reverted};

use crate::kit::*;

async fn revert(gateway: &Gateway, target: &str) -> ControlReply {
    gateway.ask(&ControlRequest::Revert { target: target.to_owned() }).await
}

async fn arm_of(gateway: &Gateway) -> String {
    get(gateway.inbound, "/").await.header("x-seaworthy-arm").to_owned()
}

#[tokio::test]
async fn it_works_with_a_dead_control_plane_and_is_told_later() {
    let (stable, tried) = (Version::answering(200, "ok").await, Version::answering(200, "ok").await);
    let on_trial = canary(tried.address, 100);
    let (gateway, mut plane) = Gateway::with(&config(1, &[&stable], Some(on_trial.clone()))).await;
    plane.until("a report came", |plane| !plane.reports().is_empty()).await;
    assert_eq!(arm_of(&gateway).await, "canary");
    plane.die().await;
    let ControlReply::Reverted(Reverted { version, journal, .. }) = revert(&gateway, "checkout").await else {
        panic!("it was refused");
    };
    assert_eq!((version.as_str(), arm_of(&gateway).await.as_str()), ("v2", "stable"));
    // Over a restart, from the journal.
    let gateway = gateway.restart(&plane.url()).await;
    assert_eq!(arm_of(&gateway).await, "stable");
    plane.come_back().await;
    plane.until("it is told", |plane| plane.reports().iter().any(|report| !report.break_glass.is_empty())).await;
    let told = plane.reports().into_iter().find(|report| !report.break_glass.is_empty()).unwrap().break_glass.remove(0);
    assert_eq!((told.id, told.version.as_str(), told.service.as_str()), (journal, "v2", "checkout"));
    assert!(told.by.starts_with("uid "), "{}", told.by);
    plane.until("it is told no more", |plane| plane.reports().last().unwrap().break_glass.is_empty()).await;
    // The same rollout on another step: still off. Another rollout: on again.
    let mut next = on_trial;
    next.step = 2;
    plane.say(&config(2, &[&stable], Some(next.clone())));
    gateway.until_config(2).await;
    assert_eq!(arm_of(&gateway).await, "stable");
    next.rollout = rollout(2);
    plane.say(&config(3, &[&stable], Some(next)));
    gateway.until_config(3).await;
    assert_eq!(arm_of(&gateway).await, "canary");
}

#[tokio::test]
async fn a_refused_config_ends_nothing() {
    let (stable, tried) = (Version::answering(200, "ok").await, Version::answering(200, "ok").await);
    let (gateway, mut plane) = Gateway::with(&config(1, &[&stable], Some(canary(tried.address, 100)))).await;
    until("the config is on disk", async || gateway.home.0.join("data/config.json").exists()).await;
    assert!(matches!(revert(&gateway, "checkout").await, ControlReply::Reverted(_)));
    let mut bad = canary("nonsense", 100);
    bad.rollout = rollout(2);
    plane.say(&config(2, &[&stable], Some(bad)));
    until("it is refused", async || {
        matches!(gateway.ask(&ControlRequest::Status).await, ControlReply::Status(status) if status.refused.is_some())
    })
    .await;
    plane.die().await;
    let gateway = gateway.restart(&plane.url()).await;
    assert_eq!(arm_of(&gateway).await, "stable");
}

#[tokio::test]
async fn a_route_names_its_service() {
    let (stable, tried) = (Version::answering(200, "ok").await, Version::answering(200, "ok").await);
    let (gateway, _plane) = Gateway::with(&config(1, &[&stable], Some(canary(tried.address, 100)))).await;
    assert!(matches!(revert(&gateway, "*/").await, ControlReply::Reverted(_)));
    assert_eq!(arm_of(&gateway).await, "stable");
    let ControlReply::Status(status) = gateway.ask(&ControlRequest::Status).await else { panic!("no status") };
    assert_eq!(status.canaries[0].off.as_deref(), Some("break-glass"));
    assert_eq!((status.canaries[0].share.as_str(), status.pid), ("100%", std::process::id()));
}

#[tokio::test]
async fn what_cannot_be_reverted_is_refused_with_the_reason() {
    let (stable, tried) = (Version::answering(200, "ok").await, Version::answering(200, "ok").await);
    let mut with = config(1, &[&stable], None);
    with.services.push(service("lonely", &[], Some(canary(tried.address, 100))));
    let (gateway, _plane) = Gateway::with(&with).await;
    for (target, code, text, hint) in [
        ("checkout", Code::Refused, "it has no canary", "while the old one is warm: `seaworthy revert checkout`"),
        ("nobody", Code::NotFound, "no such service or route", "`seaworthy gateway status`"),
        ("lonely", Code::Refused, "no stable version is healthy", "start a stable version first"),
    ] {
        let ControlReply::Refused(error) = revert(&gateway, target).await else { panic!("{target} was reverted") };
        assert_eq!(error.code, code);
        assert!(
            error.message.contains(text) && error.hint.as_ref().is_some_and(|said| said.contains(hint)),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn the_socket_is_the_owners_alone_and_survives_nonsense() {
    let stable = Version::answering(200, "ok").await;
    let (gateway, _plane) = Gateway::with(&config(1, &[&stable], None)).await;
    let mode = std::fs::metadata(gateway.home.socket()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    for line in ["", "nonsense", "{}", "{\"do\":\"dance\"}", "{\"do\":\"revert\"}", &"x".repeat(10_000)] {
        assert!(gateway.ask_line(line).await.contains("\"refused\""), "{line:.40}");
    }
    assert!(
        matches!(gateway.ask(&ControlRequest::Metrics).await, ControlReply::Metrics { text } if text.ends_with("# EOF\n"))
    );
}

#[tokio::test]
async fn a_full_disk_refuses_and_nothing_changes() {
    let (stable, tried) = (Version::answering(200, "ok").await, Version::answering(200, "ok").await);
    let home = Home::new();
    std::fs::create_dir_all(home.0.join("data")).unwrap();
    // The kernel's own full disk.
    std::os::unix::fs::symlink("/dev/full", home.0.join("data/break-glass.jsonl")).unwrap();
    let plane = Plane::new(&config(1, &[&stable], Some(canary(tried.address, 100)))).await;
    let gateway = Gateway::start_in(home, &plane.url());
    gateway.until_ready().await;
    let ControlReply::Refused(error) = revert(&gateway, "checkout").await else { panic!("it acted without journal") };
    assert!(error.message.contains("journal cannot be written"), "{error:?}");
    assert_eq!(arm_of(&gateway).await, "canary");
}
