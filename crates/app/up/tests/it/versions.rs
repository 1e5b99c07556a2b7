//! Versions: started, watched, started again, adopted, stopped.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;

use rustix::process::Signal;
use seaworthy_contract::process::{Duty, Instance, InstanceState, LaunchFrom};
use seaworthy_up::status;

use crate::rig::{Rig, body, instance, is_alive, kill, line_of, open, pid_of, plays, script, until};

fn healthy(version: &str) -> Instance {
    instance(version, plays("version healthy"))
}

fn gone(rig: &Rig, version: &str) {
    until(|| (!rig.observed().contains_key(version)).then_some(()));
}

#[test]
fn a_desired_version_is_started_and_one_no_more_desired_is_stopped() {
    let rig = Rig::new();
    let (up, ready) = rig.ready();
    let mut one = healthy("v1");
    one.dependencies = vec!["payments".parse().unwrap()];
    rig.desire(&[one, healthy("v2")]);
    let (_, pid, address) = rig.healthy("v1", "");
    rig.healthy("v2", "");
    let outbound = ready["outbound"].as_str().unwrap();
    assert_eq!(body(open(&address)), format!("{outbound}/shop/payments"));
    rig.desire(&[healthy("v2")]);
    gone(&rig, "v1");
    until(|| (!is_alive(pid)).then_some(()));
    let versions = until(|| Some(status(&rig.path("data")).versions).filter(|versions| versions.len() == 1));
    assert_eq!(
        versions.iter().map(|one| (one.record.instance.version.as_str(), one.alive)).collect::<Vec<_>>(),
        [("v2", true)]
    );
    let (_, left, _) = rig.healthy("v2", "");
    up.stop();
    assert!(!is_alive(left));
    assert_eq!(status(&rig.path("data")).versions, []);
    // What was desired last runs again with the next supervisor.
    let (up, _) = rig.ready();
    rig.healthy("v2", "");
    up.stop();
}

#[test]
fn a_version_outlives_a_killed_supervisor_and_is_adopted() {
    let rig = Rig::new();
    let (up, _) = rig.ready();
    rig.desire(&[healthy("v1"), healthy("v2")]);
    let (life, pid, address) = rig.healthy("v1", "");
    let (_, unwanted, _) = rig.healthy("v2", "");
    up.kill();
    assert!(is_alive(pid) && body(open(&address)).is_empty());
    rig.desire(&[healthy("v1")]);
    fs::remove_file(rig.path("observed.json")).unwrap();
    let (up, _) = rig.ready();
    assert_eq!(rig.healthy("v1", ""), (life.clone(), pid, address));
    until(|| (!is_alive(unwanted)).then_some(()));
    kill(pid, Signal::KILL);
    let how = rig.until("v1", |_, state| match state {
        InstanceState::Exited { how } => Some(how.clone()),
        _ => None,
    });
    assert_eq!(how, "exit unknown");
    assert_ne!(rig.healthy("v1", &life).1, pid);
    up.stop();
}

#[test]
fn kept_versions_go_on_after_a_clean_stop() {
    let mut rig = Rig::new();
    rig.play.keep = true;
    let (up, _) = rig.ready();
    rig.desire(&[healthy("v1")]);
    let (_, pid, _) = rig.healthy("v1", "");
    up.stop();
    assert!(is_alive(pid) && rig.role("server").is_none() && rig.role("gateway").is_none());
    let (up, _) = rig.ready();
    assert_eq!(rig.healthy("v1", "").1, pid);
    up.stop();
}

#[test]
fn versions_are_kept_while_the_server_is_away() {
    let rig = Rig::new();
    let (mut up, ready) = rig.ready();
    rig.desire(&[healthy("v1")]);
    let (life, pid, _) = rig.healthy("v1", "");
    rig.write("server-ends", "broken");
    kill(u32::try_from(ready["server_pid"].as_u64().unwrap()).unwrap(), Signal::KILL);
    up.wait_for("down");
    kill(pid, Signal::KILL);
    while !up.wait_for("version")["state"].as_str().unwrap().starts_with("healthy") {}
    fs::remove_file(rig.path("server-ends")).unwrap();
    assert_ne!(rig.healthy("v1", &life).1, pid);
    up.stop();
}

#[test]
fn a_crashed_version_is_started_again_with_growing_waits() {
    let rig = Rig::new();
    let (up, _) = rig.ready();
    rig.desire(&[healthy("v1")]);
    let (mut life, mut pid, _) = rig.healthy("v1", "");
    let mut waits = Vec::new();
    for _ in 0..3 {
        kill(pid, Signal::KILL);
        let how = rig.until("v1", |_, state| match state {
            InstanceState::Exited { how } => Some(how.clone()),
            _ => None,
        });
        assert_eq!(how, "signal 9");
        let start = std::time::Instant::now();
        (life, pid, _) = rig.healthy("v1", &life);
        waits.push(start.elapsed().as_millis());
    }
    assert!(waits[0] > 200 && waits[1] > 450 && waits[2] > 900, "{waits:?}");
    up.stop();
}

#[test]
fn one_that_never_becomes_healthy_is_killed_and_not_tried_again() {
    let rig = Rig::new();
    let (mut up, _) = rig.ready();
    let mut never = instance("v1", plays("version never"));
    never.launch.start_timeout_ms = 400;
    let mut silent = script("v2", "trap '' TERM; sleep 1000 & wait; sleep 1000");
    silent.launch.start_timeout_ms = 400;
    let missing = instance("v3", vec!["./no-such-program".into()]);
    let crash = script("v4", "echo again >> starts; exit 3");
    let desired = [never, silent, missing, crash];
    rig.desire(&desired);
    for (version, want) in [
        ("v1", "not healthy within 400 ms: /healthz of 127.0.0.1:"),
        ("v2", "not healthy within 400 ms: no connection to 127.0.0.1:"),
        ("v3", "could not start \"./no-such-program\""),
        ("v4", "it ended 3 times before it was healthy, the last time with exit 3"),
    ] {
        let (instance, reason) = rig.until(version, |instance, state| match state {
            InstanceState::Failed { reason } => Some((instance.to_owned(), reason.clone())),
            _ => None,
        });
        assert!(reason.contains(want), "{version}: {reason}");
        assert!(instance == "none" || !is_alive(pid_of(&instance)), "{version} is killed");
    }
    // The same again changes nothing; away and back again is a new try.
    rig.desire(&desired);
    rig.desire(&desired[..3]);
    gone(&rig, "v4");
    assert_eq!(fs::read_to_string(rig.path("starts")).unwrap().lines().count(), 3);
    rig.desire(&desired);
    rig.until("v4", |_, state| matches!(state, InstanceState::Failed { .. }).then_some(()));
    assert_eq!(fs::read_to_string(rig.path("starts")).unwrap().lines().count(), 6);
    // Launched in another way it is tried again, too.
    rig.desire(&[healthy("v4")]);
    rig.healthy("v4", "");
    assert!(!up.seen.iter().any(|event| event["event"] == "problem"), "{:#?}", up.seen);
    up.signal(Signal::TERM);
    up.wait_for("stopped");
}

#[test]
fn one_that_must_serve_is_tried_until_it_does() {
    let rig = Rig::new();
    let (mut up, _) = rig.ready();
    let serving = |version: &str, text: &str| Instance { duty: Duty::Serve, ..script(version, text) };
    let late = format!("echo again >> starts; test -e disk || exit 3; exec {}", quoted());
    let mut never = serving("v2", "test -e disk && exec sleep 1000; sleep 1000");
    never.launch.start_timeout_ms = 200;
    let trial = script("v3", "echo again >> tried; exit 3");
    let missing = Instance { duty: Duty::Serve, ..instance("v4", vec![rig.path("program").display().to_string()]) };
    rig.desire(&[serving("v1", &late), never, trial.clone(), missing]);
    for version in ["v1", "v2", "v3", "v4"] {
        rig.until(version, |_, state| matches!(state, InstanceState::Failed { .. }).then_some(()));
    }
    until(|| (fs::read_to_string(rig.path("starts")).unwrap().lines().count() > 3).then_some(()));
    rig.write("disk", "");
    rig.healthy("v1", "");
    fs::write(rig.path("program"), format!("#!/bin/sh\nexec {}\n", quoted())).unwrap();
    fs::set_permissions(rig.path("program"), fs::Permissions::from_mode(0o700)).unwrap();
    rig.healthy("v4", "");
    let tried = || fs::read_to_string(rig.path("tried")).unwrap().lines().count();
    assert_eq!(tried(), 3);
    // One that was given up on trial is tried again when it is to serve.
    rig.desire(&[Instance { duty: Duty::Serve, ..trial }]);
    until(|| (tried() > 3).then_some(()));
    up.signal(Signal::TERM);
    up.wait_for("stopped");
}

#[test]
fn why_a_start_failed_is_said_here_and_where_it_stands_everywhere() {
    let rig = Rig::new();
    let (mut up, _) = rig.ready();
    rig.desire(&[script("v1", "echo 'no disk for mia, token=abc' >&2; exit 3")]);
    let failed = loop {
        let version = up.wait_for("version");
        if version["state"].as_str().unwrap().starts_with("failed to start") {
            break version;
        }
    };
    assert_eq!(failed["said"], "no disk for mia, token=***");
    let reason = rig.until("v1", |_, state| match state {
        InstanceState::Failed { reason } => Some(reason.clone()),
        _ => None,
    });
    assert!(reason.ends_with("with exit 3; what it said is in \"data/run/versions/shop/v1.log\""), "{reason}");
    assert!(!reason.contains("mia") && rig.path("data/run/versions/shop/v1.log").exists());
    up.stop();
}

#[test]
fn one_that_turns_unwell_is_failing_and_well_again_without_a_restart() {
    let rig = Rig::new();
    rig.write("health", "200 OK");
    let (up, _) = rig.ready();
    rig.desire(&[instance("v1", plays("version switch"))]);
    let before = rig.healthy("v1", "");
    rig.write("health", "500 Internal Server Error");
    let reason = rig.until("v1", |_, state| match state {
        InstanceState::Failing { reason, since } if since.is_some() => Some(reason.clone()),
        _ => None,
    });
    assert!(reason.ends_with("answered 500"), "{reason}");
    rig.write("health", "200 OK");
    assert_eq!(rig.healthy("v1", ""), before);
    up.stop();
}

#[test]
fn one_that_hangs_while_it_serves_is_ended_and_started_again() {
    let rig = Rig::new();
    let (mut up, _) = rig.ready();
    rig.desire(&[Instance { duty: Duty::Serve, ..healthy("v1") }, healthy("v2")]);
    let (life, serving, _) = rig.healthy("v1", "");
    let (_, on_trial, _) = rig.healthy("v2", "");
    [on_trial, serving].into_iter().for_each(|pid| kill(pid, Signal::STOP));
    rig.until("v1", |_, state| matches!(state, InstanceState::Failing { .. }).then_some(()));
    let how = rig.until("v1", |instance, state| match state {
        InstanceState::Exited { how } if instance == life => Some(how.clone()),
        _ => None,
    });
    assert!(how.starts_with("it hung: 5 health checks in a row had no answer, the last: no answer from"), "{how}");
    assert!(!is_alive(serving));
    while up.wait_for("version")["state"] != format!("ended: {how}") {}
    rig.healthy("v1", &life);
    rig.until("v2", |_, state| matches!(state, InstanceState::Failing { .. }).then_some(()));
    assert!(is_alive(on_trial), "what is on trial is the judge's to end");
    kill(on_trial, Signal::CONT);
    up.stop();
}

#[test]
fn somebody_elses_server_is_watched_and_never_stopped() {
    let rig = Rig::new();
    let (up, _) = rig.ready();
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = server.local_addr().unwrap().to_string();
    let at = |address: &str| {
        let mut instance = healthy("v1");
        instance.launch.from = LaunchFrom::Address(address.to_owned());
        instance.launch.health = None;
        instance
    };
    rig.desire(&[at(&address)]);
    rig.until("v1", |instance, state| {
        let there = InstanceState::Healthy { address: address.clone(), took_ms: 0 };
        let healthy = matches!((state, &there), (InstanceState::Healthy { address: a, .. }, InstanceState::Healthy { address: b, .. }) if a == b);
        (instance == format!("at-{address}") && healthy).then_some(())
    });
    let other = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let mut nobody = at(&other);
    nobody.launch.start_timeout_ms = 200;
    rig.desire(&[nobody]);
    rig.until("v1", |instance, state| {
        (instance == format!("at-{other}") && matches!(state, InstanceState::Failed { .. })).then_some(())
    });
    up.stop();
}

#[test]
fn a_stubborn_version_is_killed_after_its_time_or_at_the_second_wish() {
    let stubborn = |timeout| {
        let text =
            format!("trap 'echo asked > asked' TERM; {} & echo $! > server; while :; do sleep 0.05; done", quoted());
        let mut instance = script("v1", &text);
        instance.launch.stop_timeout_ms = timeout;
        instance
    };
    let rig = Rig::new();
    let (mut up, _) = rig.ready();
    rig.desire(&[stubborn(300)]);
    let (life, pid, _) = rig.healthy("v1", "");
    let server: u32 = line_of(&rig.path("server")).parse().unwrap();
    rig.desire(&[]);
    gone(&rig, "v1");
    until(|| (!is_alive(pid) && !is_alive(server)).then_some(()));
    assert_eq!(line_of(&rig.path("asked")), "asked");

    fs::remove_file(rig.path("asked")).unwrap();
    rig.desire(&[stubborn(600_000)]);
    let (_, pid, _) = rig.healthy("v1", &life);
    up.signal(Signal::INT);
    line_of(&rig.path("asked"));
    assert!(is_alive(pid));
    up.signal(Signal::INT);
    up.wait_for("stopped");
    assert!(up.ended() && !is_alive(pid));
}

/// The fake version as a shell writes it.
fn quoted() -> String {
    plays("version healthy").iter().map(|part| format!("'{part}'")).collect::<Vec<_>>().join(" ")
}
