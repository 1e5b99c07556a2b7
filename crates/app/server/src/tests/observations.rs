//! Observations as machines send them in: by whom, all or nothing, and read by everybody.

use seaworthy_contract::api::{Observation, ObservationsTaken};
use seaworthy_contract::events::server::ScopeV4;
use serde_json::{Value, json};

use super::app::{TestApp, document};

fn seen(service: &str, facts: &Value) -> Value {
    json!({ "collector": "git", "source": "shop.git", "service": service, "seen_at": "2026-01-05T10:00:00Z", "facts": facts })
}

fn sending(observations: &[Value]) -> Value {
    json!({ "observations": observations })
}

#[tokio::test]
async fn collectors_send_what_they_saw_and_everybody_reads_it() {
    let app = TestApp::start().await;
    let _: Value = app.as_admin().post_json("/v1/catalogue/apply", &document()).await.expect("applied");
    let (observe, read) = (app.labelled(ScopeV4::Observe, "nightly").await, app.token(ScopeV4::Read).await);
    let facts = json!([{ "key": "git.branches", "value": 3, "place": "https://code.test/shop/branches" }]);
    let body = sending(&[seen("checkout", &facts), seen("ledger", &json!([]))]);
    let send = || async { app.client(&observe).post_json::<_, ObservationsTaken>("/v1/observations", &body).await };
    assert_eq!(send().await.expect("taken"), ObservationsTaken { taken: 2, known: 0 });
    assert_eq!(send().await.expect("taken"), ObservationsTaken { taken: 0, known: 2 }, "said twice, kept once");
    let known: Vec<Observation> =
        app.client(&read).get_json("/v1/observations?service=checkout").await.expect("anybody signed in reads");
    assert_eq!(known.len(), 1);
    assert_eq!((known[0].sent_by.as_str(), known[0].facts.len()), ("nightly", 1));
    assert!(known[0].position > 0 && known[0].at > known[0].seen_at);
}

#[tokio::test]
async fn a_team_speaks_for_what_it_owns_and_one_mistake_takes_nothing() {
    let app = TestApp::start().await;
    let _: Value = app.as_admin().post_json("/v1/catalogue/apply", &document()).await.expect("applied");
    let (shop, intake) = (app.team_token("shop").await, app.token(ScopeV4::Intake).await);
    let fine = seen("checkout", &json!([{ "key": "git.branches", "value": 3 }]));
    let status = |token: String, body: Value| {
        let app = &app;
        async move { app.post(&token, "/v1/observations", &body).await.status.as_u16() }
    };
    let others = sending(&[fine.clone(), seen("ledger", &json!([]))]);
    assert_eq!(status(shop.clone(), others).await, 403, "ledger is the bank's");
    assert_eq!(status(intake, sending(std::slice::from_ref(&fine))).await, 403, "alerts and counts, nothing else");
    let nobodys = sending(&[fine.clone(), seen("nothing", &json!([]))]);
    assert_eq!(status(app.admin.clone(), nobodys).await, 404);
    let wrong = seen("checkout", &json!([{ "key": "no dot", "value": 3 }]));
    assert_eq!(status(shop.clone(), sending(&[fine.clone(), wrong])).await, 400);
    assert_eq!(status(shop.clone(), json!({ "observations": [fine], "more": 1 })).await, 400);
    let known: Vec<Observation> = app.as_admin().get_json("/v1/observations?service=checkout").await.expect("read");
    assert_eq!(known, []);
    assert_eq!(status(shop, sending(&[seen("checkout", &json!([]))])).await, 200);
}
