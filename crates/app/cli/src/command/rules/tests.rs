//! What a person reads in `seaworthy rules`, and how a drill is followed to whoever takes its page.

use expect_test::expect;
use seaworthy_contract::api::Rule;
use serde_json::{Value, json};

use super::{Action, Args, Change, run, table};
use crate::Exit;
use crate::fake::{Ran, ran};
use crate::fixture::{from, view, with};
use crate::view::View;

fn rule_json() -> Value {
    json!({
        "name": "objective/checkout-availability", "source": "objective", "declared": true, "services": ["checkout"],
        "urgency": "page", "nature": "symptom", "fired_at": "2026-03-01T12:00:00Z", "fired_as_drill": false,
        "reached_at": "2026-03-01T12:01:00Z", "change": null,
        "worth": {"fired": 5, "paged": 4, "judged": 4, "acted": 3, "not_ours": 0, "actionable_ratio": 0.75, "repeats": 2}
    })
}

fn rules() -> Vec<Rule> {
    let none =
        json!({"fired": 0, "paged": 0, "judged": 0, "acted": 0, "not_ours": 0, "actionable_ratio": null, "repeats": 0});
    let changed = |change: &str| json!({"change": {"change": change, "at": "2026-03-01T13:00:00Z"}});
    [
        json!({}),
        json!({"name": "probe/buy", "urgency": null, "fired_at": null, "reached_at": null, "worth": none}),
        with(changed("demote"), json!({"name": "alertmanager/HighCPU", "fired_as_drill": true, "worth": none})),
        with(
            changed("delete"),
            json!({"name": "events/\u{1b}[2J", "services": ["a", "b", "c", "d", "e"], "worth": none}),
        ),
        with(changed("raise"), json!({"name": "alertmanager/Disk", "urgency": "ticket"})),
    ]
    .into_iter()
    .map(|changes| from(with(rule_json(), changes)))
    .collect()
}

#[test]
fn each_says_when_it_fired_and_whom_it_reached() {
    expect![[r#"
        RULE                             SERVICES     SAYS                       FIRED              REACHED SOMEBODY  PAGES  ACTED ON
        objective/checkout-availability  checkout     pages, as written          24 h ago           23 h ago              4       75%
        probe/buy                        checkout     is as written              never              never                 0         -
        alertmanager/HighCPU             checkout     asks for a ticket at most  24 h ago, a drill  23 h ago              0         -
        events/?[2J                      a, b, c, +2  says nothing               24 h ago           23 h ago              0         -
        alertmanager/Disk                checkout     pages                      24 h ago           23 h ago              4       75%"#]].assert_eq(&table(&rules(), &view()));
    expect![[r#"
        RULE                             SERVICES     SAYS          FIRED              REACHED SOMEBODY  PAGES  ACTED ON
        objective/checkout-availability  checkout     pages, as w…  24 h ago           23 h ago              4       75%
        probe/buy                        checkout     is as writt…  never              never                 0         -
        alertmanager/HighCPU             checkout     asks for a …  24 h ago, a drill  23 h ago              0         -
        events/?[2J                      a, b, c, +2  says nothing  24 h ago           23 h ago              0         -
        alertmanager/Disk                checkout     pages         24 h ago           23 h ago              4       75%"#]]
    .assert_eq(&table(&rules(), &View { columns: Some(90), ..view() }));
    expect!["no rules; objectives and probes in the files are rules, and so is what other systems send"]
        .assert_eq(&table(&[], &view()));
}

fn asked(action: Option<Action>, service: Option<&str>, json: bool, answers: &[(u16, &str)]) -> Ran {
    let args = Args { action, service: service.map(|name| name.parse().unwrap()) };
    ran(json, answers, async |cx| run(&args, cx).await)
}

#[test]
fn a_change_says_what_the_rule_may_ask_for_now() {
    let rule = with(rule_json(), json!({"change": {"change": "demote", "at": "2026-03-02T12:00:00Z"}})).to_string();
    let action = Action::Change { rule: "objective/checkout-availability".to_owned(), change: Change::Demote };
    let ran = asked(Some(action.clone()), None, false, &[(200, &rule)]);
    assert_eq!(ran.out, "objective/checkout-availability asks for a ticket at most\n");
    let body = r#"{"rule":"objective/checkout-availability","change":"demote"}"#;
    assert_eq!(ran.requests, [format!("POST /v1/rules/change {body}")]);
    let refused = r#"{"code":"not-found","message":"no rule \"x\"","hint":"look"}"#;
    assert_eq!(asked(Some(action), None, false, &[(404, refused)]).done.unwrap_err().exit(), Exit::Refused);
    let listed = asked(None, Some("a+b"), true, &[(200, "[]")]);
    assert_eq!((listed.out.as_str(), listed.requests[0].as_str()), ("[]\n", "GET /v1/rules?service=a%2Bb"));
}

/// A drill's alert: with a page in this state, or without.
fn drill(page: Option<Value>, over: bool) -> String {
    let page = page.map(|changes| {
        let page = json!({
            "id": "01954a00-0000-7000-8000-000000000002", "service": "checkout", "team": "shop", "to": "ines",
            "to_name": "Ines Ek", "sentence": "Drill", "state": "delivered", "rollout": null,
            "began_at": null, "requested_at": "2026-03-02T11:59:50.25Z", "acknowledged_at": null, "acknowledged_by": null,
            "channels": [
                {"channel": "contacts", "state": "delivered", "at": "2026-03-02T11:59:51Z"},
                {"channel": "portal", "state": "waiting", "at": null}
            ],
            "position": 34
        });
        with(page, changes)
    });
    json!({
        "id": "01954a00-0000-7000-8000-0000000000a1", "service": "checkout", "team": "shop", "symptom": "drill",
        "nature": "symptom", "urgency": "page", "drill": true, "sentence": "fired to see", "rules": [], "said_by": [],
        "began_at": "2026-03-02T11:59:50Z", "fired_at": "2026-03-02T11:59:50Z",
        "resolved_at": over.then_some("2026-03-02T12:14:51Z"), "folded_into": null, "dependants": [], "silence": null,
        "page": page
    })
    .to_string()
}

fn start(no_wait: bool) -> Option<Action> {
    Some(Action::Drill { rule: "probe/buy".to_owned(), no_wait })
}

#[test]
fn a_drill_that_somebody_else_took_is_not_said_to_have_reached_anybody() {
    let taken = json!({"state": "acknowledged", "acknowledged_at": "2026-03-02T11:59:58.5Z",
        "acknowledged_by": "supervisor/local"});
    let (fired, ended) = (drill(None, false), drill(Some(taken), false));
    let ran = asked(start(false), None, false, &[(201, &fired), (200, &ended)]);
    assert_eq!(ran.done.unwrap(), Exit::No);
    expect![[r#"
        taken by supervisor/local after 8.50 s, not known to be Ines Ek: the link in the message proves it
    "#]]
    .assert_eq(&ran.out);
}

#[test]
fn a_drill_is_followed_hop_by_hop_to_whoever_takes_it() {
    let taken = json!({"state": "acknowledged", "acknowledged_at": "2026-03-02T11:59:58.5Z", "acknowledged_by": "person/ines", "reached": true});
    let steps = [drill(None, false), drill(Some(json!({})), false), drill(Some(taken), false)];
    let answers: Vec<(u16, &str)> = [201, 200, 200].into_iter().zip(steps.iter().map(String::as_str)).collect();
    let ran = asked(start(false), None, false, &answers);
    assert_eq!(ran.done.unwrap(), Exit::Ok);
    let told: Vec<&str> = ran.err.lines().map(str::trim_start).collect();
    let hops = [
        "0.00 s  fired, of checkout",
        "0.25 s  page requested, to Ines Ek",
        "1.00 s  delivered by contacts",
        "8.50 s  acknowledged by ines",
    ];
    assert_eq!(told, hops);
    expect![[r#"
        it reached Ines Ek and was taken after 8.50 s
    "#]]
    .assert_eq(&ran.out);
    let look = "GET /v1/alerts/01954a00-0000-7000-8000-0000000000a1".to_owned();
    assert_eq!(ran.requests, [r#"POST /v1/rules/drill {"rule":"probe/buy"}"#.to_owned(), look.clone(), look]);
}

#[test]
fn a_drill_that_nobody_took_is_a_no() {
    for (page, said) in [
        (Some(json!({})), "nobody took the page: it went to Ines Ek\n"),
        (None, "nobody was paged: its service is silent, or has no owner any more\n"),
    ] {
        let (begun, ended) = (drill(None, false), drill(page, true));
        let ran = asked(start(false), None, false, &[(201, &begun), (200, &ended)]);
        assert_eq!((ran.done.unwrap(), ran.out.as_str()), (Exit::No, said));
    }
}

#[test]
fn a_drill_may_be_left_alone() {
    let ran = asked(start(true), None, false, &[(201, &drill(None, false))]);
    assert_eq!(ran.out, "fired as a drill of checkout; `seaworthy pages` shows whom it reached\n");
    let refused =
        r#"{"code":"refused","message":"a drill of checkout is running","hint":"acknowledge its page first"}"#;
    let failure = asked(start(true), None, false, &[(409, refused)]).done.unwrap_err();
    assert_eq!((failure.exit(), failure.hint().as_deref()), (Exit::Refused, Some("acknowledge its page first")));
}
