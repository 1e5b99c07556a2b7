//! What a person reads in `seaworthy alerts`, and what its commands ask for.

use expect_test::expect;
use seaworthy_contract::api::{Alert, AlertPage};
use serde_json::{Value, json};

use super::text::{one, table};
use super::{Action, Args, meant, run, silence};
use crate::Exit;
use crate::fake::ran;
use crate::fixture::{from, objective_json, page_json, service_json, status_json, view, with};
use crate::view::View;

fn alert_json() -> Value {
    json!({
        "id": "01954a00-0000-7000-8000-0000000000a1", "service": "payments", "team": "money", "symptom": "availability",
        "nature": "symptom", "urgency": "page", "drill": false, "sentence": "Customers cannot pay.",
        "began_at": "2026-03-02T11:57:00Z", "fired_at": "2026-03-02T11:58:00Z", "resolved_at": null,
        "rules": ["alertmanager/HighErrorRate#7036ace5"], "said_by": ["alertmanager/HighErrorRate", "probe/pay"],
        "folded_into": null, "dependants": [], "silence": null, "page": page_json()
    })
}

fn reference(service: &str) -> Value {
    json!({"alert": "01954a00-0000-7000-8000-0000000000b2", "service": service, "symptom": "latency"})
}

fn alerts() -> Vec<Alert> {
    let silence = json!({"service": "mail", "rule": null, "until": "2026-03-02T13:00:00Z", "reason": "being moved"});
    [
        json!({"dependants": [reference("checkout"), reference("web")]}),
        json!({"service": "checkout", "page": null, "folded_into": reference("payments")}),
        json!({"service": "mail", "page": null, "silence": silence, "symptom": "\u{1b}[2Jbacklog"}),
        json!({"service": "search", "page": null}),
        json!({"service": "search", "page": null, "urgency": "ticket", "nature": "cause"}),
        json!({"service": "web", "drill": true, "resolved_at": "2026-03-02T11:59:00Z"}),
    ]
    .into_iter()
    .map(|changes| from(with(alert_json(), changes)))
    .collect()
}

#[test]
fn each_says_who_has_it_or_why_nobody_was_told() {
    expect![[r#"
        SERVICE   SYMPTOM       ASKS FOR  SINCE      WHO                           WHAT                                          ID
        payments  availability  page      3 min ago  Ines Ek: delivered to portal  Customers cannot pay.; checkout, web with it  01954a00-0000-7000-8000-0000000000a1
        checkout  availability  page      3 min ago  folded into payments          Customers cannot pay.                         01954a00-0000-7000-8000-0000000000a1
        mail      ?[2Jbacklog   page      3 min ago  silent: being moved           Customers cannot pay.                         01954a00-0000-7000-8000-0000000000a1
        search    availability  page      3 min ago  about to be told              Customers cannot pay.                         01954a00-0000-7000-8000-0000000000a1
        search    availability  ticket    3 min ago  nobody, it can wait           Customers cannot pay.                         01954a00-0000-7000-8000-0000000000a1
        web       availability  drill     3 min ago  over, 1 min ago               Customers cannot pay.                         01954a00-0000-7000-8000-0000000000a1
        there are older ones: `GET /v1/alerts` has all of them"#]].assert_eq(&table(&alerts(), true, &view()));
    let narrow = table(&alerts(), false, &View { columns: Some(100), ..view() });
    expect![[r#"
        SERVICE   SYMPTOM       ASKS FOR  SINCE      WHO           WHAT          ID
        payments  availability  page      3 min ago  Ines Ek: de…  Customers c…  01954a00-0000-7000-8000-0000000000a1
        checkout  availability  page      3 min ago  folded into…  Customers c…  01954a00-0000-7000-8000-0000000000a1
        mail      ?[2Jbacklog   page      3 min ago  silent: bei…  Customers c…  01954a00-0000-7000-8000-0000000000a1
        search    availability  page      3 min ago  about to be…  Customers c…  01954a00-0000-7000-8000-0000000000a1
        search    availability  ticket    3 min ago  nobody, it …  Customers c…  01954a00-0000-7000-8000-0000000000a1
        web       availability  drill     3 min ago  over, 1 min…  Customers c…  01954a00-0000-7000-8000-0000000000a1"#]].assert_eq(&narrow);
}

#[test]
fn a_silence_shows_beside_a_page_and_announced_work_instead_of_one() {
    let silence =
        json!({"service": "mail", "rule": null, "until": "2026-03-03T13:00:00.123456789Z", "reason": "moved"});
    let paged: Alert = from(with(alert_json(), json!({ "silence": silence })));
    let waits = json!({ "page": null, "announced_until": "2026-03-02T14:30:00.5Z" });
    let waits: Alert = from(with(alert_json(), waits));
    for (alert, who) in
        [(paged, "Ines Ek: delivered to portal; silent until 3 Mar 13:00 UTC"), (waits, "announced until 14:30 UTC")]
    {
        assert!(table(std::slice::from_ref(&alert), false, &view()).contains(who), "{who}");
        assert!(one(&alert, &view()).contains(&format!("who       {who}\n")), "{who}");
    }
}

#[test]
fn one_in_full_names_its_rules_and_what_it_stands_for() {
    let alerts = alerts();
    expect![[r#"
        Customers cannot pay.
        service   payments of money
        symptom   availability, customers feel it
        asks for  a page
        since     3 min ago, fired 2 min ago
        who       Ines Ek: delivered to portal
        with it   checkout, web
        says so   alertmanager/HighErrorRate#7036ace5
        said so   probe/pay
        page      01954a00-0000-7000-8000-000000000002
        id        01954a00-0000-7000-8000-0000000000a1"#]]
    .assert_eq(&one(&alerts[0], &view()));
    expect![[r#"
        Customers cannot pay.
        service   checkout of money
        symptom   availability, customers feel it
        asks for  a page
        since     3 min ago, fired 2 min ago
        who       folded into payments
        folded    payments, which it cannot work without, fails: `seaworthy alerts show 01954a00-0000-7000-8000-0000000000b2`
        says so   alertmanager/HighErrorRate#7036ace5
        said so   probe/pay
        id        01954a00-0000-7000-8000-0000000000a1"#]].assert_eq(&one(&alerts[1], &view()));
    expect![[r#"
        Customers cannot pay.
        service   mail of money
        symptom   ?[2Jbacklog, customers feel it
        asks for  a page
        since     3 min ago, fired 2 min ago
        who       silent: being moved
        silent    until 13:00 UTC: being moved
        says so   alertmanager/HighErrorRate#7036ace5
        said so   probe/pay
        id        01954a00-0000-7000-8000-0000000000a1"#]]
    .assert_eq(&one(&alerts[2], &view()));
}

#[test]
fn an_empty_list_of_the_unowned_says_since_when_it_was_kept() {
    let status = with(status_json(), json!({"started_at": "2026-03-02T11:59:00Z"})).to_string();
    let unowned = Args { action: Some(Action::Unowned), ..LIST };
    let ran = args(unowned.clone(), false, &[(200, "[]"), (200, &status)]);
    assert_eq!(ran.out, "none heard since the server started 1 min ago\n");
    assert_eq!(args(unowned, true, &[(200, "[]")]).out.trim(), "[]");
}

fn args(line: Args, json: bool, answers: &[(u16, &str)]) -> crate::fake::Ran {
    ran(json, answers, async |cx| run(&line, cx).await)
}

const LIST: Args = Args { action: None, open: false, all: false, service: None };

#[test]
fn the_list_asks_for_what_was_wanted() {
    let page = json!({"alerts": [alert_json()], "next": null}).to_string();
    let service = || Some("pay+1".parse().expect("a name"));
    for (line, request) in [
        (LIST, "GET /v1/alerts?open=true"),
        (Args { open: true, ..LIST }, "GET /v1/alerts?open=true"),
        (Args { all: true, ..LIST }, "GET /v1/alerts"),
        (Args { service: service(), ..LIST }, "GET /v1/alerts?open=true&service=pay%2B1"),
        (Args { all: true, service: service(), ..LIST }, "GET /v1/alerts?service=pay%2B1"),
    ] {
        let ran = args(line, true, &[(200, &page)]);
        assert_eq!((ran.done.unwrap(), ran.requests), (Exit::Ok, vec![request.to_owned()]));
        let said: AlertPage = serde_json::from_str(&ran.out).unwrap();
        assert_eq!(said, from(serde_json::from_str(&page).unwrap()));
    }
}

#[test]
fn of_a_service_that_is_not_there_nothing_is_said_to_be_well() {
    let none = r#"{"alerts": [], "next": null}"#;
    let unknown = r#"{"code": "not-found", "message": "no service \"nope\"", "hint": "look"}"#;
    for json in [false, true] {
        let line = Args { service: Some("nope".parse().expect("a name")), ..LIST };
        let ran = args(line, json, &[(200, none), (404, unknown)]);
        let failure = ran.done.unwrap_err();
        assert_eq!((failure.to_string().as_str(), failure.exit()), ("no service \"nope\"", Exit::Refused));
        assert_eq!((ran.out.as_str(), ran.requests[1].as_str()), ("", "GET /v1/services/nope"));
    }
}

#[test]
fn which_one_is_meant() {
    let id = |last: &str| json!({ "id": format!("01954a00-0000-7000-8000-0000000000{last}") });
    let over = json!({"resolved_at": "2026-03-02T11:59:00Z"});
    let known: Vec<Alert> = [id("a1"), with(id("a2"), over.clone()), id("b3")]
        .into_iter()
        .map(|changes| from(with(alert_json(), changes)))
        .collect();
    let whole = |at: usize| known[at].id;
    for (asked, want) in [
        (Some("01954a00-0000-7000-8000-0000000000A"), Ok(Some(whole(0)))),
        (Some("01954a00-0000-7000-8000-0000000000a2"), Ok(Some(whole(1)))),
        (Some("0195"), Err("could not show an alert: 3 have ids that begin with \"0195\"")),
        (Some("\u{1b}7"), Err("could not show an alert: none has an id that begins with \"?7\"")),
    ] {
        assert_eq!(meant(&known, asked).map_err(|failure| failure.to_string()), want.map_err(str::to_owned));
    }
    let open = [known[0].clone(), known[2].clone()];
    assert_eq!(meant(&open, None).unwrap_err().to_string(), "could not show an alert: 2 are open");
    assert_eq!(meant(&open[..1], None).unwrap(), Some(whole(0)));
    assert_eq!(meant(&[], None).unwrap(), None);
}

#[test]
fn showing_asks_for_the_list_only_where_the_id_is_not_whole() {
    let (page, alert) = (json!({"alerts": [alert_json()], "next": null}).to_string(), alert_json().to_string());
    let id = "01954a00-0000-7000-8000-0000000000a1";
    let get = |path: String| format!("GET /v1/alerts{path}");
    for (asked, first) in [(None, Some("?open=true&limit=500")), (Some("01954"), Some("?limit=500")), (Some(id), None)]
    {
        let action = Some(Action::Show { alert: asked.map(str::to_owned) });
        let answers = [(200, page.as_str()), (200, &alert)];
        let ran = args(Args { action, ..LIST }, false, &answers[usize::from(first.is_none())..]);
        let requests: Vec<String> = first.map(str::to_owned).into_iter().chain([format!("/{id}")]).map(get).collect();
        assert_eq!((ran.done.unwrap(), ran.requests), (Exit::Ok, requests));
    }
    let none = json!({"alerts": [], "next": null}).to_string();
    let show = Args { action: Some(Action::Show { alert: None }), ..LIST };
    let ran = args(show, false, &[(200, &none), (200, &quiet().to_string())]);
    assert_eq!((ran.done.unwrap(), ran.out.as_str()), (Exit::Ok, "nothing is wrong that anybody watches\n"));
}

fn quiet() -> Value {
    with(status_json(), json!({"services": [], "pages": [], "rollouts": []}))
}

/// `seaworthy status` said that a service fails most of what is asked, and the list that nothing is wrong.
#[test]
fn what_fails_before_an_alert_is_told_with_when_somebody_is_paged() {
    const NOTHING: &str = "nothing is wrong that anybody watches\n";
    const PAGED: &str = "checkout fails most of it. If that goes on, somebody is paged in about 31.8 s.\n";
    let none = json!({"alerts": [], "next": null}).to_string();
    let failing = json!({"failing_since": "2026-03-02T11:59:40Z", "sentence": "checkout fails most of it."});
    let checks = |of: Value| {
        let version = json!({"version": "v1", "role": "stable", "state": "failing", "address": null, "since": null});
        with(of, json!({"versions": [version], "sentence": "checkout v1 fails its health check."}))
    };
    let list = || Args { action: None, ..LIST };
    let show = || Args { action: Some(Action::Show { alert: None }), ..LIST };
    let other = || Args { service: Some("search".parse().unwrap()), ..LIST };
    let objectives = |page_s: Value| {
        let told = json!([{"bad_ratio": 1.0, "page_s": page_s, "ticket_s": null, "guard_s": 0.0}]);
        json!([with(objective_json(), json!({"failing_since": "2026-03-02T11:59:40Z", "outlook": told}))]).to_string()
    };
    let (soon, never) = (objectives(json!(31.84)), objectives(Value::Null));
    for (line, service, objectives, said) in [
        (list(), with(service_json(), failing.clone()), Some(&soon), PAGED),
        (show(), with(service_json(), failing.clone()), Some(&soon), PAGED),
        (list(), with(service_json(), failing.clone()), Some(&never), "it. No objective of it pages for that.\n"),
        (list(), checks(service_json()), None, "its health check. Nobody is paged for that alone.\n"),
        (list(), service_json(), None, NOTHING),
        (other(), with(service_json(), failing), None, NOTHING),
    ] {
        let status = with(quiet(), json!({"services": [service]})).to_string();
        let is_there = line.service.as_ref().map(|_| &status);
        let answers: Vec<(u16, &str)> = [Some(&none), is_there, Some(&status), objectives]
            .into_iter()
            .flatten()
            .map(|body| (200, body.as_str()))
            .collect();
        let ran = args(line, false, &answers);
        assert!(ran.out.ends_with(said), "{}", ran.out);
        assert_eq!(ran.out.starts_with("no alert is open, though not all is well:\n"), said != NOTHING, "{}", ran.out);
        assert_eq!(ran.requests.len(), answers.len());
    }
}

#[test]
fn a_silence_has_an_end_and_a_reason() {
    let silence =
        json!({"service": "checkout", "rule": "probe/buy", "until": "2026-03-02T14:00:00Z", "reason": "known"});
    let line = silence::Args {
        service: "checkout".parse().unwrap(),
        rule: Some("probe/buy".to_owned()),
        length: Some(std::time::Duration::from_secs(7_200)),
        until: None,
        reason: "known".to_owned(),
    };
    let action = Some(Action::Silence(line.clone()));
    let ran = args(Args { action, ..LIST }, false, &[(200, &silence.to_string())]);
    assert_eq!(ran.out, "probe/buy of checkout is silent for 2 h\n");
    let body = r#"{"service":"checkout","rule":"probe/buy","for_s":7200,"reason":"known"}"#;
    assert_eq!(ran.requests, [format!("POST /v1/silences {body}")]);
    let refused = r#"{"code":"invalid","message":"until: its end is in the past","hint":null}"#;
    let ran = args(Args { action: Some(Action::Silence(line)), ..LIST }, false, &[(400, refused)]);
    assert_eq!(ran.done.unwrap_err().exit(), Exit::Usage);
}

#[test]
fn silences_end_and_are_listed() {
    let silence = json!([{"service": "checkout", "rule": null, "until": "2026-03-02T14:00:00Z", "reason": "known"}]);
    let silence = silence.to_string();
    let end = || silence::EndArgs { service: "checkout".parse().unwrap(), rule: None };
    let ended = args(Args { action: Some(Action::Unsilence(end())), ..LIST }, false, &[(200, "[]")]);
    assert_eq!(ended.out, "nothing of checkout is silent\n");
    assert_eq!(ended.requests, [r#"POST /v1/silences/end {"service":"checkout"}"#]);
    let listed = args(Args { action: Some(Action::Silences { service: None }), ..LIST }, false, &[(200, &silence)]);
    expect![[r#"
        SERVICE   RULE  ENDS IN  REASON
        checkout  all   2 h      known
    "#]]
    .assert_eq(&listed.out);
    let service = Some("checkout".parse().unwrap());
    let none = args(Args { action: Some(Action::Silences { service }), ..LIST }, false, &[(200, "[]")]);
    assert_eq!(
        (none.out.as_str(), none.requests[0].as_str()),
        ("nothing is silent\n", "GET /v1/silences?service=checkout")
    );
}

#[test]
fn what_found_no_service_is_listed_with_who_sent_it() {
    let heard = json!([
        {"rule": "alertmanager/High#1", "names": ["chekout", "shop"], "sentence": "Errors", "urgency": "page",
         "by": "alertmanager", "first_heard_at": "2026-03-02T11:00:00Z", "last_heard_at": "2026-03-02T11:58:00Z", "times": 12},
        {"rule": "events/x#2", "names": [], "sentence": "Odd", "urgency": "ticket",
         "by": "nagios", "first_heard_at": "2026-03-02T11:00:00Z", "last_heard_at": "2026-03-02T11:00:00Z", "times": 1}
    ]);
    let ran = args(Args { action: Some(Action::Unowned), ..LIST }, false, &[(200, &heard.to_string())]);
    expect![[r#"
        NAMES          LAST HEARD  HEARD     FROM          WHAT
        chekout, shop  2 min ago   12 times  alertmanager  Errors
        -              1 h ago     1 time    nagios        Odd
    "#]]
    .assert_eq(&ran.out);
}
