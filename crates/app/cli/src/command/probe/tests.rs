//! A probe from a file against a real socket, one that the server knows, and what is no probe.

use std::net::TcpListener;

use seaworthy_contract::catalogue::Target;

use super::{Action, Args, address, in_file, run};
use crate::fake::ran;
use crate::{Exit, Failure};

const SERVER: &str = "http://127.0.0.1:7070";

fn named(probe: &str) -> Args {
    let action = Some(Action::Run { probe: probe.to_owned() });
    Args { from: None, check: Vec::new(), secrets: None, action }
}

/// A file of the system's directory for such things, by a name of its own.
fn file(name: &str, text: &str) -> std::path::PathBuf {
    let path = std::env::temp_dir().join(format!("seaworthy-probe-{}-{name}.yaml", std::process::id()));
    std::fs::write(&path, text).expect("it is written");
    path
}

fn tcp(address: &str) -> String {
    format!(
        "apiVersion: seaworthy/v1\nkind: Probe\nmetadata: {{ name: db }}\nspec: {{ service: shop, tcp: '{address}' }}\n"
    )
}

#[test]
fn a_probe_of_a_file_is_tried_here() {
    let open = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = open.local_addr().expect("it is bound").to_string();
    let path = file("here", &tcp(&address));
    let args = named(&path.display().to_string());
    let done = ran(true, &[], async |cx| run(&args, SERVER, cx).await);
    let said: serde_json::Value = serde_json::from_str(&done.out).expect("JSON");
    assert_eq!((&said[0]["outcome"], &said[0]["steps"][0]["name"]), (&"pass".into(), &"tcp".into()));
    assert!(matches!(done.done, Ok(Exit::Ok)));
    drop(open);
    let done = ran(false, &[], async |cx| run(&args, SERVER, cx).await);
    assert!(
        matches!(done.done, Ok(Exit::No)) && done.out.contains("no connection (connection refused)"),
        "{}",
        done.out
    );
    std::fs::remove_file(path).expect("it is there");
}

#[test]
fn what_is_no_probe_says_what_to_do() {
    for (name, text, want) in [
        ("none", "apiVersion: v1\nkind: ConfigMap\n", "has no probe"),
        ("bad", &tcp("nowhere"), "is not host:port"),
        ("empty", "", "has no probe"),
    ] {
        let path = file(name, text);
        let failure = in_file(&path).expect_err("it is none");
        assert!(failure.to_string().contains(want) && failure.hint().is_some(), "{failure}");
        std::fs::remove_file(path).expect("it is there");
    }
    let nothing = Args { action: None, ..named("") };
    for args in [named("no/such file"), nothing] {
        let done = ran(false, &[], async |cx| run(&args, SERVER, cx).await);
        assert!(matches!(done.done, Err(Failure::Usage { .. })));
    }
}

#[test]
fn a_probe_that_the_server_knows_is_tried_here() {
    let open = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let target = Target::Tcp { address: open.local_addr().expect("it is bound").to_string() };
    let answer = super::super::probes::tests::answer(&target);
    let done = ran(false, &[(200, &answer)], async |cx| run(&named("buy"), SERVER, cx).await);
    assert_eq!(done.requests, ["GET /v1/probes/buy"]);
    assert!(matches!(done.done, Ok(Exit::Ok)) && done.out.starts_with("buy  pass in "), "{}", done.out);
}

#[test]
fn a_place_that_may_not_join_is_told_at_once() {
    let joins = Args { from: Some("oslo".to_owned()), action: None, ..named("") };
    let refusal = r#"{"code":"forbidden","message":"this credential may not call this"}"#;
    let done = ran(false, &[(403, refusal)], async |cx| run(&joins, SERVER, cx).await);
    assert!(matches!(&done.done, Err(failure) if failure.exit() == Exit::Refused), "{:?}", done.done);
    assert_eq!(done.requests, ["GET /v1/probers/oslo/probes"]);
}

#[test]
fn a_server_is_an_address_to_check_by() {
    for (server, want) in [
        ("http://127.0.0.1:7070", Some("127.0.0.1:7070")),
        ("https://seaworthy.example/x", Some("seaworthy.example:443")),
        ("http://[::1]:7070", Some("[::1]:7070")),
        ("nonsense here", None),
    ] {
        assert_eq!(address(server).as_deref(), want, "{server}");
    }
}
