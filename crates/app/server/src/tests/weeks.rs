//! A team's week over HTTP: whose it is.

use http::Method;
use seaworthy_contract::api::Weeks;
use seaworthy_contract::events::server::ScopeV4;

use super::app::{TestApp, document};

#[tokio::test]
async fn a_week_is_its_teams_and_the_question_to_whoever_leads_is_for_admins() {
    let app = TestApp::start().await;
    let _: serde_json::Value = app.as_admin().post_json("/v1/catalogue/apply", &document()).await.expect("applied");
    let (shop, bank) = (app.team_token("shop").await, app.team_token("bank").await);
    let read = app.token(ScopeV4::Read).await;
    let weeks = async |token: &str, path: &str| -> Weeks { app.client(token).get_json(path).await.expect("weeks") };
    let names = |weeks: &Weeks| weeks.teams.iter().map(|week| week.team.to_string()).collect::<Vec<_>>();

    let all = weeks(&app.admin, "/v1/week").await;
    assert!(names(&all).contains(&"shop".to_owned()) && all.crossed.is_some(), "{:?}", names(&all));
    let own = weeks(&shop, "/v1/week").await;
    assert_eq!((names(&own), own.crossed), (vec!["shop".to_owned()], None));
    assert_eq!(names(&weeks(&shop, "/v1/week?team=shop").await), ["shop"]);
    assert_eq!(names(&weeks(&read, "/v1/week").await), [""; 0], "who only reads is of no team");
    for (token, path, status) in [
        (&bank, "/v1/week?team=shop", 403),
        (&read, "/v1/week?team=shop", 403),
        (&shop, "/v1/week?team=nobody-knows", 404),
        (&shop, "/v1/week?team=Not%20a%20name", 400),
        (&shop, "/v1/week?person=ines", 400),
    ] {
        let bearer = format!("Bearer {token}");
        let answer = app.send(Method::GET, path, &[("authorization", bearer.as_str())], "").await;
        assert_eq!(answer.status.as_u16(), status, "{path}");
    }
}

#[tokio::test]
async fn the_page_of_a_week_is_its_teams_and_whoever_sees_one_gets_that() {
    let app = TestApp::start().await;
    let _: serde_json::Value = app.as_admin().post_json("/v1/catalogue/apply", &document()).await.expect("applied");
    let (shop, bank) = (app.team_token("shop").await, app.team_token("bank").await);
    let read = app.token(ScopeV4::Read).await;
    for (token, path, status, says) in [
        (&shop, "/week/shop", 200, "No page in seven days."),
        (&app.admin, "/week/shop", 200, "Rota ahead"),
        (&bank, "/week/shop", 403, ""),
        (&read, "/week/shop", 403, ""),
        (&shop, "/week/nobody-knows", 404, ""),
        (&shop, "/week/Not%20a%20name", 404, ""),
        (&shop, "/week", 303, ""),
        (&app.admin, "/week", 200, "/week/bank"),
        (&read, "/week", 200, "No team&#39;s week is yours to see."),
    ] {
        let bearer = format!("Bearer {token}");
        let answer = app.send(Method::GET, path, &[("authorization", bearer.as_str())], "").await;
        assert_eq!(answer.status.as_u16(), status, "{path}");
        let text = String::from_utf8_lossy(&answer.body);
        assert!(text.contains(says), "{path}: {text}");
    }
}
