//! The files: applied, applied again, and never the end of what runs.

use rustix::process::Signal;

use crate::rig::{Rig, is_alive, until};

const EMPTY: &str = r#"{"entities":[],"people":[]}"#;

fn person(name: &str) -> String {
    format!(r#"{{"entities":[],"people":[{{"name":"{name}"}}]}}"#)
}

fn applied(rig: &Rig) -> String {
    std::fs::read_to_string(rig.path("applied.json")).unwrap_or_default()
}

#[test]
fn changed_files_are_applied_and_bad_ones_change_nothing() {
    let rig = Rig::new();
    let (mut up, ready) = rig.ready();
    assert!(applied(&rig).contains(r#""people":[]"#));
    rig.write("files.json", &person("mia"));
    until(|| applied(&rig).contains("mia").then_some(()));
    rig.write("files.json", "{");
    let problem = up.wait_for("problem");
    assert!(problem["message"].as_str().unwrap().starts_with("files.json: "), "{problem}");
    assert!(problem["hint"].as_str().unwrap().starts_with("nothing changed"), "{problem}");
    rig.write("files.json", &person("refused"));
    let problem = up.wait_for("problem");
    assert!(problem["message"].as_str().unwrap().contains("the owner is unknown"), "{problem}");
    assert_eq!(problem["hint"], "write a Team");
    rig.write("files.json", &person("zoe"));
    up.wait_for("files-good");
    assert!(applied(&rig).contains("zoe"));
    assert!(is_alive(u32::try_from(ready["server_pid"].as_u64().unwrap()).unwrap()));
    up.stop();
}

#[test]
fn files_that_are_good_again_are_said_to_be_once() {
    let rig = Rig::new();
    let (mut up, _) = rig.ready();
    rig.write("files.json", "{");
    up.wait_for("problem");
    rig.write("files.json", EMPTY);
    up.wait_for("files-good");
    rig.write("files.json", &person("mia"));
    until(|| applied(&rig).contains("mia").then_some(()));
    up.signal(Signal::TERM);
    up.wait_for("stopped");
    assert_eq!(up.seen.iter().filter(|event| event["event"] == "files-good").count(), 1, "{:?}", up.seen);
}

#[test]
fn a_service_that_stays_though_no_file_has_it_is_said_loudly_with_what_to_do() {
    let rig = Rig::new();
    let (mut up, _) = rig.ready();
    assert!(applied(&rig).contains(r#""source":"up""#));
    rig.write("files.json", &person("holding"));
    let problem = up.wait_for("problem");
    let message = problem["message"].as_str().unwrap();
    assert!(message.starts_with("service \"checkout\" is in no file since "), "{problem}");
    assert!(message.ends_with(" and goes on: so it is"), "{problem}");
    assert!(problem["hint"].as_str().unwrap().ends_with(" --source up --retire checkout"), "{problem}");
    rig.write("files.json", "{");
    let next = up.wait_for("problem");
    assert!(!next["message"].as_str().unwrap().contains("theirs"), "what another source has is no complaint: {next}");
    up.stop();
}

#[test]
fn a_hangup_applies_the_same_files_again() {
    let rig = Rig::new();
    let (up, _) = rig.ready();
    std::fs::remove_file(rig.path("applied.json")).unwrap();
    up.signal(Signal::HUP);
    until(|| (!applied(&rig).is_empty()).then_some(()));
    up.stop();
}

#[test]
fn files_refused_at_the_start_end_it() {
    let rig = Rig::new();
    rig.write("files.json", &person("refused"));
    let mut up = rig.up();
    let failed = up.wait_for("failed");
    assert!(failed["message"].as_str().unwrap().contains("the owner is unknown"), "{failed}");
    assert_eq!(failed["hint"], "write a Team");
    assert!(!up.ended() && rig.role("server").is_none());
    rig.write("files.json", EMPTY);
    rig.ready().0.stop();
}
