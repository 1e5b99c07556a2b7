//! Bad input and versions that never work: a clear error with its remedy, an exit code that is not 0, nothing lost.

use std::net::TcpListener;

use crate::kit::{Api, QUOTE, Scratch, Up, get, never_met_a_user, quotes, seaworthy, until, write_quotes};

fn up(scratch: &Scratch, more: &[&str]) -> Vec<String> {
    let directory = scratch.production().display().to_string();
    let some = ["up", &directory, "--portal", "127.0.0.1:0", "--gateway", "127.0.0.1:0"];
    some.iter().chain(more).map(|word| (*word).to_owned()).collect()
}

fn run(scratch: &Scratch, arguments: &[String]) -> crate::kit::Said {
    seaworthy(scratch, &arguments.iter().map(String::as_str).collect::<Vec<_>>())
}

#[test]
fn broken_files_start_nothing_and_are_named() {
    let scratch = Scratch::new();
    let good = write_quotes(&scratch);
    scratch.write("quotes.yaml", &good.replace("owner: shop", "owner: shoop"));
    let place = scratch.production().join("quotes.yaml:31:10: error: owner \"shoop\"");
    for arguments in [up(&scratch, &[]), vec!["check".to_owned(), scratch.production().display().to_string()]] {
        let said = run(&scratch, &arguments);
        assert_eq!(said.code, 1, "{said:?}");
        let text = said.out + &said.err;
        assert!(text.contains(place.to_str().unwrap()) && text.contains("hint:"), "{text}");
    }
    let said = run(&scratch, &up(&scratch, &["--json-events"]));
    assert_eq!(said.code, 1);
    assert!(said.out.contains(r#""event":"failed""#) && said.out.contains("quotes.yaml:31:10"), "{said:?}");
    run(&scratch, &["up".to_owned(), "/nowhere/at/all".to_owned()]).refused(2, &["\"/nowhere/at/all\"", "hint:"]);
    assert!(!scratch.data().exists(), "nothing was begun");
    assert_eq!(scratch.processes(), []);
}

#[test]
fn a_taken_port_is_named_with_who_has_it() {
    let scratch = Scratch::new();
    write_quotes(&scratch);
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let (address, holder) = (taken.local_addr().unwrap().to_string(), format!("process {}", std::process::id()));
    for option in ["--portal", "--gateway", "--outbound"] {
        let said =
            run(&scratch, &up(&scratch, &[]).into_iter().take(2).chain(others(option, &address)).collect::<Vec<_>>());
        said.refused(2, &[&address, &holder, "hint:", &format!("`{option} 127.0.0.1:0`")]);
    }
    assert_eq!(scratch.processes(), []);
}

/// All three addresses, one of which is taken.
fn others(option: &str, address: &str) -> Vec<String> {
    let one = |name: &str| [name.to_owned(), if name == option { address } else { "127.0.0.1:0" }.to_owned()];
    ["--portal", "--gateway", "--outbound"].into_iter().flat_map(one).collect()
}

#[test]
fn what_the_server_refuses_says_what_to_do() {
    let scratch = Scratch::new();
    let (up, api) = quotes(&scratch, &[]);
    let before = api.status().position;
    up.cli(&scratch, &["ship", "qoutes", "v2"]).refused(3, &["\"qoutes\"", "hint:", "`seaworthy services`"]);
    up.cli(&scratch, &["revert", "nothing"]).refused(3, &["\"nothing\"", "hint:"]);
    up.cli(&scratch, &["ship", "quotes", "v1"]).refused(3, &["quotes v1 serves everybody already"]);
    up.cli(&scratch, &["ship", "quotes", "v2", "--address", "nowhere"]).refused(2, &["host:port"]);
    up.cli(&scratch, &["ship", "quotes", "v2", "--steps", "50,20"]).refused(2, &["steps"]);
    let (rest, last) = up.token.split_at(up.token.len() - 1);
    let wrong = format!("{rest}{}", if last == "0" { "1" } else { "0" });
    for token in ["", "sw_nothing", &wrong] {
        up.cli_with(&scratch, token, &["status"])
            .refused(3, &["no credential that is known", "hint:", "SEAWORTHY_TOKEN"]);
    }
    let dead = ["--server", "http://127.0.0.1:1", "status"];
    up.cli(&scratch, &dead).refused(4, &["http://127.0.0.1:1", "hint:", "seaworthy up"]);
    assert_eq!(api.status().position, before, "a refusal is no event");
    up.stop(&scratch);
}

#[test]
fn versions_that_never_work_never_meet_a_user() {
    let scratch = Scratch::new();
    write_quotes(&scratch);
    let up = Up::start(&scratch);
    let api = Api::new(&up);
    let nowhere = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    // The same three before anything serves, and beside a version that does.
    for serves in ["", "v1"] {
        let version = |name: &str| format!("{name}{serves}");
        let ways: [(&[&str], &str); 3] = [
            (
                &["ship", "quotes", &version("crash"), "--env", "SAMPLE_CRASH=start"],
                "it ended 3 times before it was healthy",
            ),
            (&["ship", "quotes", &version("none"), "--address", &nowhere], "not healthy within 2000 ms"),
            (&["ship", "quotes", &version("hang"), "--env", "SAMPLE_HANG_HEALTH=1"], "not healthy within 2000 ms"),
        ];
        for (ship, why) in ways {
            let said = up.cli(&scratch, ship);
            assert!(said.code == 1 && said.out.contains("never met a user") && said.out.contains(why), "{said:?}");
            never_met_a_user(&api);
            let answer = get(&up.gateway, QUOTE, "").unwrap();
            assert_eq!(
                (answer.status, answer.header("x-seaworthy-version")),
                if serves.is_empty() { (503, "") } else { (200, "v1") }
            );
        }
        if serves.is_empty() {
            up.cli(&scratch, &["ship", "quotes", "v1"]).done();
            until("v1 serves", || get(&up.gateway, QUOTE, "").ok().filter(|answer| answer.status == 200));
        }
    }
    let pages: Vec<seaworthy_contract::api::Page> = api.get("/v1/pages").unwrap();
    assert_eq!(pages, [], "nobody was harmed, so nobody is woken");
    up.stop(&scratch);
}

#[test]
fn a_file_that_goes_bad_takes_nothing_down() {
    let scratch = Scratch::new();
    let (mut up, api) = quotes(&scratch, &[]);
    let (good, before) = (scratch.read("quotes.yaml"), api.status());
    for (bad, place) in [
        (good.replace("owner: shop", "owner: ["), "quotes.yaml:"),
        (good.replace("tier: 2", "tier: 9"), "quotes.yaml:32:9"),
    ] {
        scratch.write("quotes.yaml", &bad);
        let problem = up.wait_for("problem");
        assert!(problem["message"].as_str().unwrap().contains(place), "{problem}");
        assert!(problem["hint"].as_str().is_some_and(|hint| hint.contains("seaworthy check")), "{problem}");
    }
    let after = api.status();
    let declared = |status: &seaworthy_contract::api::Status| {
        status.services.iter().map(|one| (one.name.clone(), one.tier)).collect::<Vec<_>>()
    };
    assert_eq!((declared(&after), after.position), (declared(&before), before.position), "the last good files stay");
    assert_eq!(get(&up.gateway, QUOTE, "").unwrap().status, 200);
    scratch.write("quotes.yaml", &good.replace("tier: 2", "tier: 1"));
    assert_eq!(up.wait_for("applied")["changes"], 1);
    assert_eq!(api.status().services[0].tier, 1);
    up.stop(&scratch);
}
