//! What a person sees, against a socket that answers as it is told.

use std::os::unix::net::UnixListener;
use std::thread;

use expect_test::{Expect, expect};
use seaworthy_model::RolloutId;
use uuid::Uuid;

use super::*;

/// Asks a gateway that gives this answer; returns exit code, standard output and standard error.
fn asked(name: &str, action: fn(Place) -> Action, json: bool, answer: &str) -> (u8, String, String, String) {
    let path = std::env::temp_dir().join(format!("seaworthy-cli-{name}-{}.sock", std::process::id()));
    drop(std::fs::remove_file(&path));
    let listener = UnixListener::bind(&path).unwrap();
    let answer = format!("{answer}\n");
    let gateway = thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let mut line = String::new();
        BufReader::new(&stream).read_line(&mut line).unwrap();
        (&stream).write_all(answer.as_bytes()).unwrap();
        line
    });
    let place = Place { dir: ".".into(), data: None, socket: Some(path.clone()) };
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let code = run(&action(place), json, &mut out, &mut err);
    drop(std::fs::remove_file(&path));
    (code, String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap(), gateway.join().unwrap())
}

fn revert(place: Place) -> Action {
    Action::Revert { target: "checkout".to_owned(), place }
}

fn status(place: Place) -> Action {
    Action::Status { place }
}

fn reverted() -> ControlReply {
    ControlReply::Reverted(Reverted {
        service: "checkout".parse().unwrap(),
        version: "v2".parse().unwrap(),
        rollout: RolloutId::from_uuid(Uuid::nil()),
        journal: Uuid::nil(),
    })
}

fn check(text: &str, want: Expect) {
    want.assert_eq(text);
}

#[test]
fn a_revert_says_what_it_did() {
    let answer = serde_json::to_string(&reverted()).unwrap();
    let (code, out, err, asked_for) = asked("done", revert, false, &answer);
    assert_eq!((code, err.as_str()), (0, ""));
    assert_eq!(asked_for, "{\"do\":\"revert\",\"target\":\"checkout\"}\n");
    check(
        &out,
        expect![[r#"
            checkout v2 takes no new request on this gateway, until another rollout begins
            journaled as 00000000-0000-0000-0000-000000000000; the ledger gets it when the control plane is back
        "#]],
    );
}

#[test]
fn a_program_gets_json() {
    let answer = serde_json::to_string(&reverted()).unwrap();
    let (code, out, ..) = asked("json", revert, true, &answer);
    let value: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, value["version"].as_str()), (0, Some("v2")));
}

#[test]
fn a_refusal_says_why_and_what_to_do() {
    let refused = ControlReply::Refused(ApiError {
        code: Code::Refused,
        message: "could not revert \"checkout\": it has no canary".to_owned(),
        hint: Some("`seaworthy gateway status` lists the canaries".to_owned()),
    });
    let (code, out, err, _) = asked("refused", revert, false, &serde_json::to_string(&refused).unwrap());
    assert_eq!((code, out.as_str()), (3, ""));
    check(
        &err,
        expect![[r#"
            error: could not revert "checkout": it has no canary
            hint: `seaworthy gateway status` lists the canaries
        "#]],
    );
}

#[test]
fn the_status_is_read_by_people() {
    let canary = |off: Option<&str>| ControlCanary {
        service: "checkout".parse().unwrap(),
        version: "v2".parse().unwrap(),
        rollout: RolloutId::from_uuid(Uuid::nil()),
        share: "5%".to_owned(),
        off: off.map(str::to_owned),
    };
    let answer = ControlReply::Status(ControlStatus {
        gateway: "local".parse().unwrap(),
        boot: Uuid::nil(),
        pid: 12,
        config: Some(48),
        control_plane_age_ms: Some(2_345),
        refused: Some("route \"x\":\u{1b}[31m bad".to_owned()),
        reports_waiting: 8,
        controls: Vec::new(),
        canaries: vec![canary(None), canary(Some("local guard"))],
    });
    let (code, out, ..) = asked("status", status, false, &serde_json::to_string(&answer).unwrap());
    assert_eq!(code, 0);
    assert!(!out.contains('\u{1b}'));
    check(
        &out.lines().filter(|line| !line.contains("refused")).collect::<Vec<_>>().join("\n"),
        expect![[r#"
            gateway local (pid 12): config #48, control plane heard 2.3 s ago
            8 reports wait for the control plane
            canary checkout v2: takes 5% of users
            canary checkout v2: takes nothing (local guard)"#]],
    );
}

#[test]
fn without_a_gateway_it_says_where_it_looked() {
    let dir = Place { dir: "/nowhere".into(), data: None, socket: None };
    let data = Place { dir: ".".into(), data: Some("/nowhere/.seaworthy".into()), socket: None };
    for place in [dir, data] {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        assert_eq!(run(&revert(place), false, &mut out, &mut err), 4);
        let err = String::from_utf8(err).unwrap();
        let socket = "\"/nowhere/.seaworthy/run/gateway-control.sock\"";
        assert!(err.contains(socket) && err.contains("hint: name the directory"), "{err}");
    }
}

#[test]
fn an_answer_that_is_none_is_no_success() {
    let (code, _, err, _) = asked("nonsense", revert, false, "nonsense");
    assert_eq!(code, 4);
    assert!(err.starts_with("error: could not speak with a gateway"), "{err}");
}
