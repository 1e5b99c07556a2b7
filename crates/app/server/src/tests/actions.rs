//! Command hooks: who may run one, that it runs once and after it is durable, what is seen of it, and a server that dies.

use http::Method;
use seaworthy_contract::api::{ActionRun, ActionRunState, Hook};
use seaworthy_contract::catalogue::{CommandHook, Entity, HookParameter, HookRun, HookValues, Sourced};
use seaworthy_contract::events::server::ScopeV4;
use seaworthy_core::{ActionDone, Input};
use serde_json::{Value, json};

use super::alerting::{Alerting, alert};
use super::app::{TestApp, document};
use super::portal::{header, text};

/// A hook of checkout that runs a script with one parameter, `word`.
fn hook(name: &str, script: &str, dry: Option<&str>) -> CommandHook {
    let shell = |script: &str| ["sh", "-c", script].map(str::to_owned).to_vec();
    CommandHook {
        name: name.to_owned(),
        service: "checkout".parse().expect("a name"),
        does: format!("Does {name}."),
        run: HookRun::Command { command: shell(script), dry_run: dry.map(shell) },
        parameters: vec![HookParameter { name: "word".to_owned(), values: HookValues::Name }],
        timeout_ms: 20_000,
        destructive: name == "drop",
    }
}

/// Declares hooks beside checkout.
pub(super) async fn declare(app: &TestApp, hooks: Vec<CommandHook>) {
    let sourced = |hook| Sourced { entity: Entity::Action(Box::new(hook)), source: "test.yaml:9".to_owned() };
    let mut document = document();
    document.entities.extend(hooks.into_iter().map(sourced));
    let _: Value = app.as_admin().post_json("/v1/catalogue/apply", &document).await.expect("applied");
}

async fn ask(app: &TestApp, token: &str, name: &str, body: Value) -> (u16, Value) {
    let answer = app.post(token, &format!("/v1/actions/{name}/runs"), &body).await;
    (answer.status.as_u16(), serde_json::from_slice(&answer.body).unwrap_or_default())
}

/// Waits until a run is over, as a person would.
async fn over(app: &TestApp, token: &str, run: &Value) -> ActionRun {
    let mut changes = app.kernel.changes();
    loop {
        let id = run["id"].as_str().expect("an id");
        let run: ActionRun = app.client(token).get_json(&format!("/v1/action-runs/{id}")).await.expect("it is there");
        if run.state.is_over() {
            return run;
        }
        changes.changed().await.expect("the kernel lives");
    }
}

fn word() -> Value {
    json!({ "parameters": { "word": "blue" } })
}

#[tokio::test]
async fn its_team_sees_what_it_would_do_then_runs_it_and_it_is_evidence() {
    let app = TestApp::start().await;
    declare(&app, vec![hook("restart", "echo did ${word}; echo token=hunter''2", Some("echo would ${word}"))]).await;
    let (shop, bank) = (app.team_token("shop").await, app.team_token("bank").await);
    let read = app.token(ScopeV4::Read).await;
    for (token, name, body, status) in [
        (&bank, "restart", word(), 403),
        (&read, "restart", word(), 403),
        (&shop, "ghost", word(), 404),
        (&shop, "restart", json!({}), 400),
        (&shop, "restart", json!({ "parameters": { "word": "$(id)" } }), 400),
        (&shop, "restart", json!({ "parameters": { "word": "blue", "more": "x" } }), 400),
    ] {
        let (answered, said) = ask(&app, token, name, body).await;
        assert_eq!(answered, status, "{said}");
    }
    let before: Vec<Hook> = app.as_admin().get_json("/v1/actions?service=checkout").await.expect("hooks");
    assert!(before.len() == 1 && before[0].worked.is_none() && before[0].last.is_none(), "{before:?}");

    let dry = json!({ "parameters": { "word": "blue" }, "dry_run": true });
    let (status, run) = ask(&app, &shop, "restart", dry).await;
    assert_eq!(status, 202, "{run}");
    let seen = over(&app, &shop, &run).await;
    assert_eq!((seen.state, seen.tail.as_deref()), (ActionRunState::Succeeded, Some("would blue")));
    let (_, run) = ask(&app, &shop, "restart", word()).await;
    let done = over(&app, &shop, &run).await;
    assert_eq!((done.state, done.tail.as_deref()), (ActionRunState::Succeeded, Some("did blue\ntoken: [taken out]")));
    assert_eq!(over(&app, &read, &run).await.tail, None, "what it printed is for who may run it");

    let after: Vec<Hook> = app.as_admin().get_json("/v1/actions").await.expect("hooks");
    assert!(after[0].worked.is_some() && after[0].last_dry.is_some(), "{after:?}");
    let actions: Value = app.as_admin().get_json("/v1/services/checkout/actions").await.expect("actions");
    let listed = actions.as_array().expect("a list").iter().find(|action| action["key"] == "run-restart");
    assert!(listed.is_some_and(|action| action["worked"]["took_s"].is_number()), "{actions}");
    let ledger: Value = app.as_admin().get_json("/v1/ledger").await.expect("rows");
    let text = ledger.to_string();
    assert!(text.contains("action.ended") && !text.contains("did blue") && !text.contains("hunter2"), "{text}");
}

#[tokio::test]
async fn one_runs_at_a_time_and_a_destructive_one_not_on_the_word_of_one() {
    let app = TestApp::start().await;
    let gate = std::env::temp_dir().join(format!("seaworthy-hook-{}", std::process::id()));
    let waits = format!("while [ ! -e '{}' ]; do sleep 0.02; done; exit 7", gate.display());
    declare(&app, vec![hook("slow", &waits, None), hook("drop", "true", Some("true"))]).await;
    let shop = app.team_token("shop").await;
    let (status, run) = ask(&app, &shop, "slow", word()).await;
    assert_eq!(status, 202);
    let (status, said) = ask(&app, &shop, "slow", word()).await;
    assert!(status == 409 && said.to_string().contains("one run at a time"), "{said}");
    std::fs::write(&gate, "").expect("written");
    let ended = over(&app, &shop, &run).await;
    std::fs::remove_file(&gate).expect("it was there");
    assert!(ended.state == ActionRunState::Failed && ended.sentence.contains("exit status: 7"), "{ended:?}");
    for (name, dry_run, status) in [("slow", true, 409), ("drop", false, 409), ("drop", true, 202)] {
        let body = json!({ "parameters": { "word": "blue" }, "dry_run": dry_run });
        assert_eq!(ask(&app, &shop, name, body).await.0, status, "{name}");
    }
}

#[tokio::test]
async fn a_server_that_dies_in_the_middle_repeats_nothing_and_says_what_it_knows() {
    let app = TestApp::start().await;
    declare(&app, vec![hook("a", "true", None), hook("b", "true", None)]).await;
    let asked = |action: &str| {
        let parameters = [("word".to_owned(), "blue".to_owned())].into();
        Input::Action(Box::new(ActionDone::Ask {
            action: action.to_owned(),
            parameters,
            dry_run: false,
            elevation: None,
        }))
    };
    // What the ledger has at the two instants at which a server may be killed: asked for, and begun.
    for (action, begins) in [("a", false), ("b", true)] {
        app.kernel.command(asked(action), "token/x").await.expect("asked");
        let is_it = |run: &seaworthy_core::state::RunRecord| run.asked.action == action;
        let found = |look: &seaworthy_core::view::Look<'_>| {
            look.state.runs.iter().find(|(_, run)| is_it(run)).map(|(id, _)| *id)
        };
        let run = app.kernel.look(found).expect("it is there");
        if begins {
            let started = Input::Action(Box::new(ActionDone::Started(run)));
            app.kernel.command(started, "token/x").await.expect("begun");
        }
    }
    let (disk, admin) = app.kill();
    let mut app = TestApp::on(disk).await;
    app.admin = admin;
    let boot = uuid::Uuid::nil();
    app.kernel.command(Input::Started { boot, program: "test".to_owned() }, "server").await.expect("noted");
    let hooks: Vec<Hook> = app.as_admin().get_json("/v1/actions").await.expect("hooks");
    let states: Vec<_> = hooks.iter().map(|hook| hook.last.as_ref().expect("it ran").state).collect();
    assert_eq!(states, [ActionRunState::NotStarted, ActionRunState::Unknown]);
    assert!(hooks.iter().all(|hook| hook.worked.is_none()), "nobody saw them work");
    let shop = app.team_token("shop").await;
    assert_eq!(ask(&app, &shop, "b", word()).await.0, 202, "a person may, after they looked");
}

#[tokio::test]
async fn nothing_runs_that_is_not_durable() {
    let app = TestApp::start().await;
    let mark = std::env::temp_dir().join(format!("seaworthy-hook-not-{}", std::process::id()));
    declare(&app, vec![hook("mark", &format!("touch '{}'", mark.display()), None)]).await;
    let shop = app.team_token("shop").await;
    app.disk.set_faults(seaworthy_testkit::store::Faults::FULL);
    let answer = app.post(&shop, "/v1/actions/mark/runs", &word()).await;
    assert_eq!(answer.status.as_u16(), 503);
    assert!(!mark.exists(), "it was not begun");
    let answer = app.send(Method::GET, "/v1/action-runs/x", &[("authorization", &format!("Bearer {shop}"))], "").await;
    assert_eq!(answer.status.as_u16(), 404);
}

/// The signed page of checkout, opened by the link that it was sent with.
async fn night(on: &Alerting) -> String {
    on.webhook(&[alert("HighErrorRate", "firing", json!({ "service": "checkout" }))]).await;
    on.paged(1).await;
    let sent = on.read(1).await;
    sent[0]["take"].as_str().and_then(|link| link.strip_prefix(&on.app.base)).expect("a link").to_owned()
}

async fn shown(on: &Alerting, link: &str) -> String {
    text(&on.app.send(Method::GET, link, &[("accept", "text/html")], "").await)
}

async fn press(on: &Alerting, path: &str, body: &str) -> String {
    let headers = [("accept", "text/html"), ("content-type", "application/x-www-form-urlencoded")];
    header(&on.app.send(Method::POST, path, &headers, body).await, "set-cookie")
}

#[tokio::test]
async fn at_night_it_is_previewed_and_confirmed_with_what_was_previewed() {
    let on = Alerting::start("hooks").await;
    let link = night(&on).await;
    let hooks = vec![hook("restart", "echo did ${word}", Some("echo would ${word}")), hook("drop", "true", None)];
    declare(&on.app, hooks).await;
    let page = shown(&on, &link).await;
    assert!(page.contains("See what it would do") && !page.contains("Confirm: run now"), "{page}");
    assert!(page.contains("not on the word of one person"), "{page}");
    press(&on, &format!("{link}/preview"), "action=run-restart&with.word=blue").await;
    let page = shown(&on, &link).await;
    assert!(page.contains("would blue") && page.contains("Confirm: run now"), "{page}");
    assert!(page.contains("name=\"with.word\" value=\"blue\""), "confirmed is what was previewed: {page}");
    assert!(page.len() < 150_000, "{} bytes", page.len());
    press(&on, &format!("{link}/restore"), "action=run-restart&with.word=blue").await;
    let page = shown(&on, &link).await;
    assert!(page.contains("did blue") && page.contains("last worked"), "{page}");
    for (path, body) in [
        ("preview", "action=run-restart&with.word=%24%28id%29"),
        ("preview", "action=run-nothing&with.word=blue"),
        ("restore", "action=run-drop&with.word=blue"),
    ] {
        let said = press(&on, &format!("{link}/{path}"), body).await;
        assert!(said.contains("sw_flash=7b2272656675736564223a74727565"), "{path} {body}: {said}");
    }
    on.app.disk.set_faults(seaworthy_testkit::store::Faults::FULL);
    press(&on, &format!("{link}/acknowledge"), "").await;
    let page = shown(&on, &link).await;
    assert!(page.contains("nothing is begun that no ledger would have"), "{page}");
}

#[tokio::test]
async fn at_night_traffic_is_held_back_by_one_confirm() {
    let on = Alerting::start("held").await;
    let link = night(&on).await;
    let page = shown(&on, &link).await;
    assert!(page.contains("Confirm: shutter now") && page.contains("Never seen to work here"), "{page}");
    press(&on, &format!("{link}/restore"), "action=throttle").await;
    let controls: Value = on.app.as_admin().get_json("/v1/controls?service=checkout").await.expect("controls");
    assert_eq!((controls[0]["by"].as_str(), controls.as_array().map(Vec::len)), (Some("person/ines"), Some(1)));
    on.app.disk.set_faults(seaworthy_testkit::store::Faults::FULL);
    let said = press(&on, &format!("{link}/restore"), "action=shutter").await;
    assert!(said.contains("sw_flash=7b2272656675736564223a74727565"), "no gateway is on this machine: {said}");
}
