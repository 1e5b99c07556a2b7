//! Server and gateway: kept running, adopted, stopped.

use std::net::TcpListener;

use rustix::process::Signal;
use seaworthy_up::status;

use crate::rig::{Rig, body, is_alive, kill, open, until};

fn text(value: &serde_json::Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

fn number(value: &serde_json::Value) -> u32 {
    u32::try_from(value.as_u64().unwrap_or_else(|| panic!("{value} is no number"))).unwrap()
}

#[test]
fn it_starts_says_where_and_stops_everything() {
    let rig = Rig::new();
    let (up, ready) = rig.ready();
    assert_eq!((text(&ready["admin_token"]), text(&ready["sign_in"])), ("sw_admin", "http://x/sign-in/1"));
    let (server, gateway) = (number(&ready["server_pid"]), number(&ready["gateway_pid"]));
    assert_eq!((rig.role("server"), rig.role("gateway")), (Some(server), Some(gateway)));
    assert_eq!(body(open(text(&ready["gateway"]))), gateway.to_string());
    assert_eq!(status(&rig.path("data")).supervisor, Some(up.pid()));
    up.stop();
    assert!(!is_alive(server) && !is_alive(gateway));
    assert_eq!(status(&rig.path("data")).supervisor, None);
}

#[test]
fn a_connection_made_while_the_gateway_is_dead_is_answered_after_its_restart() {
    let rig = Rig::new();
    let (mut up, ready) = rig.ready();
    let gateway = number(&ready["gateway_pid"]);
    rig.write("gateway-ends", "");
    kill(gateway, Signal::KILL);
    let down = up.wait_for("down");
    assert_eq!((text(&down["process"]), text(&down["how"])), ("gateway", "signal 9"));
    let waiting = open(text(&ready["gateway"]));
    assert_eq!(text(&up.wait_for("down")["how"]), "exit 1", "nobody serves");
    std::fs::remove_file(rig.path("gateway-ends")).unwrap();
    let again = up.wait_for("up");
    assert_eq!(body(waiting), number(&again["pid"]).to_string());
    assert_ne!(number(&again["pid"]), gateway);
    up.stop();
}

#[test]
fn a_server_that_dies_again_and_again_comes_back_again_and_again() {
    let rig = Rig::new();
    let (mut up, ready) = rig.ready();
    let mut pid = number(&ready["server_pid"]);
    for _ in 0..4 {
        kill(pid, Signal::KILL);
        let again = up.wait_for("up");
        assert_eq!(text(&again["process"]), "server");
        pid = number(&again["pid"]);
    }
    assert!(is_alive(number(&ready["gateway_pid"])), "the gateway never noticed");
    up.stop();
}

#[test]
fn one_that_hangs_is_ended_and_started_again() {
    let rig = Rig::new();
    let (mut up, ready) = rig.ready();
    for name in ["gateway", "server"] {
        let pid = number(&ready[format!("{name}_pid")]);
        kill(pid, Signal::STOP);
        let down = up.wait_for("down");
        assert_eq!((text(&down["process"]), number(&down["pid"]), text(&down["how"])), (name, pid, "not answering"));
        let again = up.wait_for("up");
        assert!(!is_alive(pid) && text(&again["process"]) == name);
        if name == "gateway" {
            assert_eq!(body(open(text(&ready["gateway"]))), number(&again["pid"]).to_string());
        }
    }
    up.stop();
}

#[test]
fn an_adopted_one_that_hangs_is_ended_like_any_other() {
    let rig = Rig::new();
    let (up, ready) = rig.ready();
    up.kill();
    let (mut up, _) = rig.ready();
    let gateway = number(&ready["gateway_pid"]);
    kill(gateway, Signal::STOP);
    assert_eq!(text(&up.wait_for("down")["how"]), "not answering");
    up.wait_for("up");
    assert!(!is_alive(gateway));
    up.stop();
}

#[test]
fn a_stop_does_not_wait_for_one_that_hangs_when_asked_twice() {
    let rig = Rig::new();
    let (mut up, ready) = rig.ready();
    let gateway = number(&ready["gateway_pid"]);
    kill(gateway, Signal::STOP);
    up.signal(Signal::TERM);
    up.wait_for("stopping");
    up.signal(Signal::TERM);
    up.wait_for("stopped");
    assert!(up.ended() && !is_alive(gateway));
}

#[test]
fn a_new_supervisor_adopts_what_a_killed_one_left() {
    let rig = Rig::new();
    let (up, first) = rig.ready();
    up.kill();
    let (mut up, second) = rig.ready();
    for key in ["portal", "gateway", "outbound", "server_pid", "gateway_pid"] {
        assert_eq!(first[key], second[key], "{key}");
    }
    assert_eq!(second["admin_token"], serde_json::Value::Null, "it was told once");
    let server = number(&second["server_pid"]);
    kill(server, Signal::KILL);
    assert_eq!(text(&up.wait_for("down")["how"]), "exit unknown");
    assert_ne!(number(&up.wait_for("up")["pid"]), server);
    up.stop();
    assert!(!is_alive(number(&second["gateway_pid"])), "an adopted gateway is stopped like any other");
}

#[test]
fn one_that_died_with_its_supervisor_is_started_and_the_other_adopted() {
    for dead in ["server", "gateway"] {
        let rig = Rig::new();
        let (up, first) = rig.ready();
        up.kill();
        kill(number(&first[format!("{dead}_pid")]), Signal::KILL);
        until(|| rig.role(dead).is_none().then_some(()));
        let (up, second) = rig.ready();
        assert_eq!(first["portal"], second["portal"]);
        assert_eq!(first["server_pid"] == second["server_pid"], dead == "gateway");
        assert_eq!(first["gateway_pid"] == second["gateway_pid"], dead == "server");
        up.stop();
    }
}

#[test]
fn a_running_server_cannot_be_moved() {
    let mut rig = Rig::new();
    let (up, first) = rig.ready();
    up.kill();
    rig.play.portal = Some("127.0.0.1:1".parse().unwrap());
    let mut up = rig.up();
    let failed = up.wait_for("failed");
    let known = text(&first["portal"]).trim_start_matches("http://");
    assert!(text(&failed["message"]).contains(known), "{failed}");
    assert!(text(&failed["hint"]).starts_with(&format!("give `--portal {known}`")), "{failed}");
    assert!(!up.ended());
    assert!(is_alive(number(&first["server_pid"])), "it was left alone");
}

#[test]
fn two_supervisors_do_not_share_a_directory() {
    let rig = Rig::new();
    let (up, _) = rig.ready();
    let mut second = rig.up();
    let failed = second.wait_for("failed");
    assert!(text(&failed["message"]).contains(&format!("(process {})", up.pid())), "{failed}");
    assert!(text(&failed["hint"]).contains("--data"), "{failed}");
    assert!(!second.ended());
    up.stop();
}

#[test]
fn a_taken_port_names_who_has_it_and_what_to_do() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut rig = Rig::new();
    rig.play.portal = Some(taken.local_addr().unwrap());
    let mut up = rig.up();
    let failed = up.wait_for("failed");
    assert!(text(&failed["message"]).contains(&format!("(process {})", std::process::id())), "{failed}");
    assert!(text(&failed["hint"]).contains("`--portal 127.0.0.1:0`"), "{failed}");
    assert!(!up.ended());
}

#[test]
fn a_server_that_cannot_work_ends_the_start_with_its_own_words() {
    // One that says it is no use is tried once, another three times.
    for (said, how, tries) in [("config: no such schema", "exit 78", 1), ("boom", "exit 1", 3)] {
        let rig = Rig::new();
        rig.write("server-ends", said);
        let mut up = rig.up();
        let failed = up.wait_for("failed");
        let message = text(&failed["message"]);
        assert!(message.contains(how) && message.contains(said), "{message}");
        assert!(text(&failed["hint"]).contains("server.log"), "{failed}");
        assert_eq!(up.seen.iter().filter(|event| event["event"] == "down").count(), tries);
        assert!(!up.ended());
        assert_eq!(rig.role("gateway"), None, "what was started is stopped");
    }
}

#[test]
fn a_server_that_breaks_later_does_not_end_the_others() {
    let rig = Rig::new();
    let (mut up, ready) = rig.ready();
    rig.write("server-ends", "config: broken");
    kill(number(&ready["server_pid"]), Signal::KILL);
    let hows: Vec<_> = (0..3).map(|_| text(&up.wait_for("down")["how"]).to_owned()).collect();
    assert_eq!(hows, ["signal 9", "exit 78", "exit 78"]);
    assert_eq!(body(open(text(&ready["gateway"]))), number(&ready["gateway_pid"]).to_string());
    std::fs::remove_file(rig.path("server-ends")).unwrap();
    assert!(up.wait_for("up")["down_ms"].as_u64().unwrap() > 0);
    up.stop();
}

#[test]
fn the_end_of_standard_input_stops_it_where_asked_for() {
    let mut rig = Rig::new();
    let (mut up, _) = rig.ready();
    up.close_stdin();
    up.stop();
    rig.play.stdin = true;
    let (mut up, ready) = rig.ready();
    up.close_stdin();
    up.wait_for("stopped");
    assert!(up.ended() && !is_alive(number(&ready["server_pid"])));
}
