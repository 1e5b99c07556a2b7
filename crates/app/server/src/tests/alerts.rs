//! What people do with alerts over real requests: silence, judge, review, change a rule, fire a drill, make credentials.

use http::Method;
use jiff::SignedDuration;
use seaworthy_contract::api::{Page, PageState, Proposal, Rule, Suggestion, Token};
use seaworthy_contract::events::server::ScopeV4;
use serde_json::{Value, json};

use super::alerting::{Alerting, RULE, alert, said};
use super::app::SUPERVISOR;

fn high(status: &str) -> Value {
    alert("HighErrorRate", status, json!({ "service": "checkout" }))
}

const HIGH: &str = "alertmanager/HighErrorRate";

#[tokio::test]
async fn a_silence_has_an_end_and_a_reason_and_belongs_to_the_owner() {
    let on = Alerting::start("silence").await;
    let shop = on.app.team_token("shop").await;
    let past = on.app.kernel.now() - SignedDuration::from_secs(5);
    let far = on.app.kernel.now() + SignedDuration::from_hours(24 * 31);
    for (body, status, why) in [
        (json!({ "service": "checkout", "reason": "known" }), 400, "a silence needs an end"),
        (json!({ "service": "checkout", "for_s": 60, "until": far, "reason": "known" }), 400, "exactly one"),
        (json!({ "service": "checkout", "for_s": 60 }), 400, "reason"),
        (json!({ "service": "checkout", "for_s": 60, "reason": "  " }), 400, "say why"),
        (json!({ "service": "checkout", "for_s": 60, "reason": "two\nlines" }), 400, "reason"),
        (json!({ "service": "checkout", "for_s": 0, "reason": "known" }), 400, "past"),
        (json!({ "service": "checkout", "until": past, "reason": "known" }), 400, "past"),
        (json!({ "service": "checkout", "until": far, "reason": "known" }), 400, "30 days"),
        (json!({ "service": "checkout", "for_s": 4_294_967_295_u32, "reason": "known" }), 400, "30 days"),
        (json!({ "service": "checkout", "for_s": 60, "reason": "known", "forever": true }), 400, "forever"),
        (json!({ "service": "checkout", "rule": "probe/byu", "for_s": 60, "reason": "known" }), 404, "probe/byu"),
        (json!({ "service": "ghost", "for_s": 60, "reason": "known" }), 404, "ghost"),
        (json!({ "service": "ledger", "for_s": 60, "reason": "known" }), 403, "bank"),
    ] {
        let (answered, error) = on.post(&shop, "/v1/silences", body.clone()).await;
        assert_eq!(answered, status, "{body}: {error}");
        assert!(said(&error).0.contains(why), "{body}: {error}");
    }
    let read = on.app.token(ScopeV4::Read).await;
    let fits = json!({ "service": "checkout", "for_s": 60, "reason": "being moved" });
    assert_eq!(on.post(&read, "/v1/silences", fits.clone()).await.0, 403);
    for _ in 0..2 {
        assert_eq!(on.post(&shop, "/v1/silences", fits.clone()).await.0, 200);
    }
    let held: Vec<Value> = on.app.as_admin().get_json("/v1/silences").await.expect("silences");
    assert_eq!((held.len(), &held[0]["reason"]), (1, &json!("being moved")));
}

#[tokio::test]
async fn whoever_is_silenced_is_told_of_by_name_and_woken_when_it_ends() {
    let on = Alerting::start("unsilence").await;
    let shop = on.app.team_token("shop").await;
    on.post(&shop, "/v1/silences", json!({ "service": "checkout", "for_s": 600, "reason": "being moved" })).await;
    on.webhook(&[high("firing"), alert("HighErrorRate", "firing", json!({ "service": "ledger" }))]).await;
    assert_eq!(on.paged(1).await[0].service.as_str(), "ledger");
    let silent = on.alerts("?service=checkout").await.remove(0);
    assert_eq!(silent.silence.map(|s| s.reason).as_deref(), Some("being moved"));
    on.webhook(&[alert("HighErrorRate", "resolved", json!({ "service": "ledger" })), high("resolved")]).await;
    on.webhook(&[high("firing")]).await;
    let (status, left) = on.post(&shop, "/v1/silences/end", json!({ "service": "checkout" })).await;
    assert_eq!((status, left), (200, json!([])));
    assert_eq!(on.post(&shop, "/v1/silences/end", json!({ "service": "checkout" })).await.0, 200, "nothing to end");
    assert_eq!(on.paged(2).await[0].service.as_str(), "checkout");
}

/// Fires, waits for the page, takes it, judges it, ends it.
async fn judged(on: &Alerting, verdict: &str, pages: usize) -> Page {
    on.webhook(&[high("firing")]).await;
    let page = on.paged(pages).await.remove(0);
    let shop = on.app.team_token("shop").await;
    on.post(&shop, &format!("/v1/pages/{}/acknowledge", page.id), json!({})).await;
    let (status, judged) = on.post(&shop, &format!("/v1/pages/{}/judge", page.id), json!({ "verdict": verdict })).await;
    assert_eq!((status, &judged["verdict"]), (200, &json!(verdict)));
    on.webhook(&[high("resolved")]).await;
    page
}

async fn review(on: &Alerting, query: &str) -> Vec<Proposal> {
    on.app.as_admin().get_json(&format!("/v1/review{query}")).await.expect("a review")
}

#[tokio::test]
async fn three_taps_propose_a_change_and_a_fourth_accepts_it() {
    let on = Alerting::start("review").await;
    let first = review(&on, "").await;
    assert_eq!((first.len(), first[0].rule.as_str(), first[0].suggestion), (1, RULE, Some(Suggestion::Drill)));
    for (pages, verdict) in [(1, "nothing-to-do"), (2, "not-ours"), (3, "acted")] {
        judged(&on, verdict, pages).await;
    }
    let proposal = review(&on, "?days=7").await.into_iter().find(|p| p.rule == HIGH).expect("it fired");
    assert_eq!((proposal.suggestion, proposal.worth.actionable_ratio), (Some(Suggestion::Demote), Some(1.0 / 3.0)));
    assert_eq!((proposal.worth.paged, proposal.worth.judged, proposal.worth.not_ours), (3, 3, 1));
    let accept = json!({ "rule": proposal.rule, "change": proposal.change });
    let bank = on.app.team_token("bank").await;
    assert_eq!(on.post(&bank, "/v1/rules/change", accept.clone()).await.0, 403);
    assert_eq!(on.post(&on.app.admin, "/v1/rules/change", json!({ "rule": HIGH, "change": "mend" })).await.0, 400);
    assert_eq!(on.post(&on.app.admin, "/v1/rules/change", json!({ "rule": "x/y", "change": "demote" })).await.0, 404);
    let shop = on.app.team_token("shop").await;
    for _ in 0..2 {
        let (status, rule) = on.post(&shop, "/v1/rules/change", accept.clone()).await;
        assert_eq!((status, &rule["change"]["change"]), (200, &json!("demote")));
    }
    on.webhook(&[high("firing"), alert("HighErrorRate", "firing", json!({ "service": "ledger" }))]).await;
    assert_eq!(on.alerts("?open=true&service=checkout").await.len(), 1, "a ticket");
    for days in ["0", "31", "-1", "week"] {
        let bearer = format!("Bearer {}", on.app.admin);
        let answer =
            on.app.send(Method::GET, &format!("/v1/review?days={days}"), &[("authorization", &bearer)], "").await;
        assert_eq!(answer.status.as_u16(), 400, "{days}");
    }
}

#[tokio::test]
async fn only_its_team_says_what_a_page_was_worth_and_may_think_again() {
    let on = Alerting::start("judge").await;
    let page = judged(&on, "acted", 1).await;
    let path = format!("/v1/pages/{}/judge", page.id);
    let (shop, bank) = (on.app.team_token("shop").await, on.app.team_token("bank").await);
    for (token, body, status) in [
        (&bank, json!({ "verdict": "acted" }), 403),
        (&on.intake, json!({ "verdict": "acted" }), 403),
        (&shop, json!({ "verdict": "fine" }), 400),
        (&shop, json!({}), 400),
        (&shop, json!({ "verdict": "not-ours" }), 200),
    ] {
        assert_eq!(on.post(token, &path, body.clone()).await.0, status, "{body}");
    }
    assert_eq!(on.post(&shop, "/v1/pages/x/judge", json!({ "verdict": "acted" })).await.0, 404);
    let worth = review(&on, "").await.into_iter().find(|p| p.rule == HIGH).expect("it fired").worth;
    assert_eq!((worth.judged, worth.acted, worth.not_ours), (1, 0, 1), "the last word counts, once");
}

async fn rule(on: &Alerting) -> Rule {
    let rules: Vec<Rule> = on.app.as_admin().get_json("/v1/rules?service=checkout").await.expect("rules");
    rules.into_iter().find(|rule| rule.name == RULE).expect("the objective's")
}

#[tokio::test]
async fn a_drill_goes_to_the_person_and_the_rule_says_so() {
    let on = Alerting::start("drill").await;
    let shop = on.app.team_token("shop").await;
    let body = json!({ "rule": RULE });
    for (token, status) in [(on.app.token(ScopeV4::Read).await, 403), (on.app.team_token("bank").await, 403)] {
        assert_eq!(on.post(&token, "/v1/rules/drill", body.clone()).await.0, status);
    }
    assert_eq!(on.post(&shop, "/v1/rules/drill", json!({ "rule": "objective/ghost" })).await.0, 404);
    assert_eq!((rule(&on).await.fired_at, rule(&on).await.reached_at), (None, None));
    let (status, drill) = on.post(&shop, "/v1/rules/drill", body.clone()).await;
    assert_eq!((status, &drill["drill"]), (201, &json!(true)));
    let (status, again) = on.post(&shop, "/v1/rules/drill", body.clone()).await;
    assert_eq!((status, said(&again).1.as_str()), (409, "acknowledge its page first"));
    let sent = on.read(1).await;
    assert!(sent[0]["sentence"].as_str().expect("text").starts_with("Drill, nothing is wrong: "), "{}", sent[0]);
    let page = on.paged(1).await.remove(0);
    assert_eq!((rule(&on).await.fired_as_drill, rule(&on).await.reached_at), (true, None), "sent is not reached");
    let link = sent[0]["take"].as_str().and_then(|link| link.strip_prefix(&on.app.base)).expect("a link").to_owned();
    let looked = on.app.send(Method::GET, &link, &[("accept", "text/html")], "").await;
    assert_eq!((looked.status.as_u16(), on.pages().await[0].reached), (200, false), "looking takes nothing");
    let page_id = page.id.to_string();
    let (_, rest) = link.split_once(&page_id).expect("the page");
    let (end, mark) = rest.trim_start_matches('/').split_once('/').expect("an end and a signature");
    let later = end.parse::<i64>().expect("seconds") + 1;
    let turned = format!("{}{}", if mark.starts_with('0') { '1' } else { '0' }, &mark[1..]);
    for forged in [
        format!("/take/{page_id}/{later}/{mark}"),
        format!("/take/{page_id}/{end}/{turned}"),
        format!("/take/{page_id}/{end}/"),
        format!("/take/{}/{end}/{mark}", drill["id"].as_str().expect("an id")),
    ] {
        for method in [Method::GET, Method::POST] {
            let status = on.app.send(method.clone(), &forged, &[], "").await.status.as_u16();
            assert!(status == 403 || status == 404, "{method} {forged}: {status}");
        }
    }
    assert!(rule(&on).await.reached_at.is_none(), "nobody took it");
    assert_eq!(on.app.send(Method::POST, &link, &[], "").await.status.as_u16(), 303);
    assert!(rule(&on).await.reached_at.is_some());
    let taken = on.pages().await.remove(0);
    assert_eq!((taken.reached, taken.acknowledged_by.as_deref()), (true, Some("person/ines")));
    while on.alerts("").await[0].resolved_at.is_none() {
        tokio::task::yield_now().await;
    }
    assert_eq!(on.pages().await[0].state, PageState::Acknowledged);
    let worth = rule(&on).await.worth;
    assert_eq!((worth.fired, worth.paged), (0, 0), "a drill is no page");
}

#[tokio::test]
async fn a_drill_that_any_credential_takes_proves_nothing() {
    let on = Alerting::start("anybody").await;
    on.post(&on.app.admin, "/v1/rules/drill", json!({ "rule": RULE })).await;
    let page = on.paged(1).await.remove(0);
    let (status, taken) = on.post(&on.app.admin, &format!("/v1/pages/{}/acknowledge", page.id), json!({})).await;
    assert_eq!((status, &taken["reached"]), (200, &json!(false)));
    assert!(rule(&on).await.reached_at.is_none());
}

#[tokio::test]
async fn a_drill_that_could_wake_nobody_is_refused_with_the_way_out() {
    let on = Alerting::start("undrillable").await;
    let drill = async || on.post(&on.app.admin, "/v1/rules/drill", json!({ "rule": RULE })).await;
    let silence = json!({ "service": "checkout", "for_s": 60, "reason": "being moved" });
    on.post(&on.app.admin, "/v1/silences", silence).await;
    let (status, error) = drill().await;
    assert!(status == 409 && said(&error).0.contains("being moved") && said(&error).1.contains("unsilence"), "{error}");
    on.post(&on.app.admin, "/v1/silences/end", json!({ "service": "checkout" })).await;
    on.post(&on.app.admin, "/v1/rules/change", json!({ "rule": RULE, "change": "demote" })).await;
    let (status, error) = drill().await;
    assert!(status == 409 && said(&error).1.contains("rules change"), "{error}");
    on.post(&on.app.admin, "/v1/rules/change", json!({ "rule": RULE, "change": "restore" })).await;
    assert_eq!(drill().await.0, 201);
}

#[tokio::test]
async fn credentials_are_made_by_admins_shown_once_and_withdrawn_for_good() {
    let on = Alerting::start("tokens").await;
    let over = on.app.kernel.now() - SignedDuration::from_secs(5);
    for (body, status, why) in [
        (json!({ "scope": "intake", "label": "" }), 400, "what it is for"),
        (json!({ "scope": "intake", "label": "two\nlines" }), 400, "label"),
        (json!({ "scope": "intake", "label": "x".repeat(101) }), 400, "100 characters"),
        (json!({ "scope": "team", "label": "ci" }), 400, "which one"),
        (json!({ "scope": "intake", "team": "shop", "label": "ci" }), 400, "only a credential of scope"),
        (json!({ "scope": "team", "team": "ghosts", "label": "ci" }), 404, "ghosts"),
        (json!({ "scope": "intake", "label": "am", "expires_at": over }), 400, "past"),
        (json!({ "scope": "gateway", "label": "gw" }), 400, "gateway"),
    ] {
        let (answered, error) = on.post(&on.app.admin, "/v1/tokens", body.clone()).await;
        assert_eq!(answered, status, "{body}: {error}");
        assert!(said(&error).0.contains(why), "{body}: {error}");
    }
    let wanted = json!({ "scope": "intake", "label": "alertmanager" });
    for token in [on.app.team_token("shop").await, on.app.token(ScopeV4::Read).await, on.intake.clone()] {
        assert_eq!(on.post(&token, "/v1/tokens", wanted.clone()).await.0, 403);
    }
    let (status, made) = on.post(&on.app.admin, "/v1/tokens", wanted).await;
    assert_eq!(status, 201);
    let secret = made["secret"].as_str().expect("shown once").to_owned();
    let listed: Vec<Token> = on.app.client(SUPERVISOR).get_json("/v1/tokens").await.expect("tokens");
    assert!(listed.iter().any(|token| token.label == "alertmanager" && json!(token.id) == made["token"]["id"]));
    assert!(!json!(listed).to_string().contains(&secret));
    let webhook = super::alerting::payload(&[]);
    assert_eq!(on.post(&secret, "/v1/alerts/alertmanager", webhook.clone()).await.0, 200);
    let revoke = format!("/v1/tokens/{}/revoke", made["token"]["id"].as_str().expect("an id"));
    assert_eq!(on.post(&on.app.admin, &revoke, json!({})).await.0, 200);
    assert_eq!(on.post(&secret, "/v1/alerts/alertmanager", webhook).await.0, 401);
    assert_eq!(on.post(&on.app.admin, &revoke, json!({})).await.0, 404, "it is gone");
    let admin = listed.iter().find(|token| token.scope == "admin").expect("the test's");
    let (status, error) = on.post(&on.app.admin, &format!("/v1/tokens/{}/revoke", admin.id), json!({})).await;
    assert!(status == 409 && said(&error).1.contains("token create"), "{error}");
}
