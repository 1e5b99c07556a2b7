//! What a person reads in `seaworthy slo status`, and what is asked for it.

use expect_test::expect;
use seaworthy_contract::api::Objective;
use serde_json::{Value, json};

use super::{StatusArgs, bar, in_path, left, run, table};
use crate::fake::ran;
use crate::fixture::{NOW, from, objective_json, view, with};
use crate::view::View;

fn series() -> Value {
    let point = |bad: u64| json!({"total": 1_000, "bad": bad});
    json!({
        "from": "2026-03-02T11:00:00Z", "step_s": 600, "allowed_ratio": 0.001,
        "points": [point(0), null, point(1), point(8), point(0), point(0)],
        "remaining": [1.0, 1.0, 0.9, 0.4, 0.1, -0.2]
    })
}

fn named(name: &str) -> StatusArgs {
    StatusArgs { name: Some(name.to_owned()), service: None, window: None }
}

#[test]
fn a_row_an_objective() {
    let quiet = json!({"sight": "no-traffic", "by_default": true, "name": "hello-availability", "service": "hello"});
    let failing =
        json!({"failing_since": NOW, "sentence": "Most of what is asked fails now; 92% of the budget is left."});
    let broken = json!({"state": "page", "budget": with(objective_json()["budget"].clone(), json!({"remaining_ratio": -0.204}))});
    let none = json!({"state": "unwatched", "budget": null, "sentence": "It cannot be watched: no such zone."});
    let all = [json!({}), quiet, failing, broken, none].map(|change| with(objective_json(), change));
    expect![[r#"
        OBJECTIVE                     SERVICE   TARGET  STATE        BUDGET LEFT         BURN  SAYS
        checkout-availability         checkout   99.9%  met          [#########-]   92%   0.1  It is met; 92% of the budget is left.
        hello-availability (default)  hello      99.9%  no traffic   [#########-]   92%   0.1  It is met; 92% of the budget is left.
        checkout-availability         checkout   99.9%  failing      [#########-]   92%   0.1  Most of what is asked fails now; 92% of the budget is left.
        checkout-availability         checkout   99.9%  page         [----------]  -21%   0.1  It is met; 92% of the budget is left.
        checkout-availability         checkout   99.9%  not watched  -                      -  It cannot be watched: no such zone."#]].assert_eq(&table(&from::<Vec<Objective>>(json!(all)), &view()));
    expect![[r#"
        OBJECTIVE                     SERVICE   TARGET  STATE        BUDGET LEFT         BURN  SAYS
        checkout-availability         checkout   99.9%  met          [#########-]   92%   0.1  It is met; …
        hello-availability (default)  hello      99.9%  no traffic   [#########-]   92%   0.1  It is met; …
        checkout-availability         checkout   99.9%  failing      [#########-]   92%   0.1  Most of wha…
        checkout-availability         checkout   99.9%  page         [----------]  -21%   0.1  It is met; …
        checkout-availability         checkout   99.9%  not watched  -                      -  It cannot b…"#]]
    .assert_eq(&table(&from::<Vec<Objective>>(json!(all)), &View { columns: Some(90), ..view() }));
    expect![[r#"no objectives; a line "objective: 99.9%" in a Service declares one"#]].assert_eq(&table(&[], &view()));
}

#[test]
fn one_in_full() {
    let shown = |change: Value| {
        let (objective, series) = (with(objective_json(), change).to_string(), series().to_string());
        ran(false, &[(200, &objective), (200, &series)], async |cx| run(&named("checkout-availability"), cx).await).out
    };
    expect![[r#"
        checkout-availability: It is met; 92% of the budget is left.
        wanted   99.9% of requests do not fail, over 30 days
        now      met; events come, the last event now
        means    Customers can buy.
        budget   [#########-]   92% left: 2047 bad of 25920000 so far, 25920 may be in the whole period
        burn     0.10 times an even rate in the last hour
                 ███▄▁▁ budget left, from 1 h ago until now
                 ▁ ▁█▁▁ burn, at most 8.0

        ALERT   BURN  BAD ABOVE  LONG WINDOW     SHORT WINDOW
        page    14.4      1.44%  1h: burns 0.10  5m: nothing
        ticket   1.0      never  3d: burns 0.02  6h: burns 0.00
        if 100% of it failed from now on: page after 51.8 s, ticket after 4 min 19 s
        if 0.2% of it failed from now on: page never, ticket after 36 h 6 min
        source   checkout.yaml:9, ledger #12
    "#]]
    .assert_eq(&shown(json!({})));
    let latency = json!({
        "indicator": {"measure": "latency", "route": "*/buy", "threshold_ms": 300}, "counted_at_ms": 320.0,
        "period": {"calendar": {"unit": "month", "zone": "Europe/Lisbon"}}, "by_default": true, "budget": null, "tiers": [],
        "outlook": [], "sight": "unknown", "last_event_at": null
    });
    expect![[r#"
        checkout-availability: It is met; 92% of the budget is left.
        wanted   99.9% of requests on */buy are answered within 300 ms (counted at 320 ms), each month of Europe/Lisbon, a default that no file says
        now      no data yet; it never served as far as is known
        means    Customers can buy.
                 ███▄▁▁ budget left, from 1 h ago until now
                 ▁ ▁█▁▁ burn, at most 8.0
        source   checkout.yaml:9, ledger #12
    "#]].assert_eq(&shown(latency));
}

#[test]
fn what_was_not_measured_is_no_full_budget() {
    let said = |change: Value| left(&from(with(objective_json()["budget"].clone(), change)));
    assert_eq!(said(json!({})), "[#########-]   92%");
    let unmeasured = json!({"error_ratio": null, "remaining_ratio": null, "allowed": null, "total": 0, "bad": 0});
    assert_eq!(said(unmeasured.clone()), "nothing measured");
    assert_eq!(said(json!({"error_ratio": null, "remaining_ratio": 1.0})), "nothing measured", "an older server");
    let young = json!({"remaining_ratio": null, "allowed": null, "seen_s": 420.0, "total": 110, "bad": 1});
    assert_eq!(said(young.clone()), "too little seen (7 min of 30 d)");
    let shown = |budget: Value| {
        let objective =
            with(objective_json(), json!({"budget": with(objective_json()["budget"].clone(), budget)})).to_string();
        let series = series().to_string();
        ran(false, &[(200, &objective), (200, &series)], async |cx| run(&named("checkout-availability"), cx).await).out
    };
    let young = shown(young);
    assert!(young.contains("\nbudget   too little seen (7 min of 30 d): 1 bad of 110 so far\n"), "{young}");
    assert!(shown(unmeasured).contains("\nbudget   nothing measured\n"));
}

#[test]
fn a_ticket_that_is_there_is_not_foretold() {
    let objective = with(objective_json(), json!({"state": "ticket"})).to_string();
    let series = series().to_string();
    let said = ran(false, &[(200, &objective), (200, &series)], async |cx| run(&named("a"), cx).await).out;
    assert!(said.contains("from now on: page after 51.8 s, ticket is there already\n"), "{said}");
}

#[test]
fn why_a_source_does_not_answer_is_said_in_full() {
    let why = "could not ask \"http://127.0.0.1:9090\": connection refused; see that it runs";
    let change = json!({"unread": why, "indicator": {"measure": "query", "query": {"raw": {"ratio": "x"}}}});
    let asked = with(objective_json(), change);
    let narrow = View { columns: Some(60), ..view() };
    let listed = table(&from::<Vec<Objective>>(json!([objective_json(), asked])), &narrow);
    let line = format!("checkout-availability: its source does not answer: {why}");
    assert_eq!(listed.lines().last(), Some(line.as_str()), "{listed}");
    assert_eq!(listed.lines().count(), 4, "one of two");
    let one = ran(false, &[(200, &asked.to_string())], async |cx| run(&named("a"), cx).await).out;
    assert!(one.contains(&format!("\nunread   its source does not answer: {why}\n")), "{one}");
}

#[test]
fn what_another_system_counts_has_no_plot() {
    let query = json!({"indicator": {"measure": "query", "query": {"raw": {"ratio": "x"}}}});
    let ran =
        ran(false, &[(200, &with(objective_json(), query).to_string())], async |cx| run(&named("a/b c"), cx).await);
    assert_eq!(ran.requests, ["GET /v1/objectives/a%2Fb%20c"]);
    assert!(ran.done.is_ok() && ran.out.contains("what another system measures is good"), "{}", ran.out);
}

#[test]
fn the_period_is_drawn_unless_asked_otherwise() {
    let answers = [objective_json().to_string(), series().to_string()];
    let answers = [(200, answers[0].as_str()), (200, answers[1].as_str())];
    let month = ran(true, &answers, async |cx| run(&named("checkout-availability"), cx).await);
    assert_eq!(month.requests[1], "GET /v1/objectives/checkout-availability/series?window=30d");
    let value: Value = serde_json::from_str(&month.out).expect("JSON");
    assert_eq!((&value["objective"]["target"], &value["series"]["step_s"]), (&json!(0.999), &json!(600)));
    let args = StatusArgs { window: Some("6h".to_owned()), ..named("checkout-availability") };
    let hours = ran(true, &answers, async |cx| run(&args, cx).await);
    assert_eq!(hours.requests[1], "GET /v1/objectives/checkout-availability/series?window=6h");
}

#[test]
fn a_long_list_comes_in_several_answers() {
    let name = |number: usize| with(objective_json(), json!({"name": format!("o-{number:04}")}));
    let first = json!((0..500).map(name).collect::<Vec<_>>()).to_string();
    let second = json!([name(500)]).to_string();
    let args = StatusArgs { name: None, service: Some("checkout".parse().expect("a name")), window: None };
    let ran = ran(true, &[(200, &first), (200, &second)], async |cx| run(&args, cx).await);
    let want =
        ["GET /v1/objectives?limit=500&service=checkout", "GET /v1/objectives?limit=500&service=checkout&after=o-0499"];
    assert_eq!(ran.requests, want);
    assert_eq!(serde_json::from_str::<Vec<Value>>(&ran.out).expect("JSON").len(), 501);
}

#[test]
fn what_does_not_exist_is_told() {
    let answer = r#"{"code": "not-found", "message": "objective \"x\" is not known", "hint": "`seaworthy slo status` lists them"}"#;
    let ran = ran(false, &[(404, answer)], async |cx| run(&named("x"), cx).await);
    let failure = ran.done.expect_err("there is none").to_string();
    assert!(failure.contains("objective \"x\" is not known"), "{failure}");
}

#[test]
fn small_words() {
    for (ratio, said) in [
        (1.0, "[##########]  100%"),
        (0.999_99, "[##########]   99%"),
        (0.921, "[#########-]   92%"),
        (0.001, "[#---------]    0%"),
        (0.0, "[----------]    0%"),
        (-1.5, "[----------] -150%"),
    ] {
        assert_eq!(bar(ratio), said, "{ratio}");
    }
    assert_eq!(in_path("a-b_c.d~/é?"), "a-b_c.d~%2F%C3%A9%3F");
}
