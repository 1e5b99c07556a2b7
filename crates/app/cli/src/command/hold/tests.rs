//! What `hold` and `resume` ask for, and when there is nothing to ask for.

use seaworthy_contract::api::Rollout;
use serde_json::json;

use super::{Args, run};
use crate::command::resume;
use crate::fake::ran;
use crate::fixture::{from, idle_json, rollout, rollout_json, service_json, with};
use crate::{Exit, Failure};

fn hold(service: &str) -> Args {
    Args { service: service.parse().unwrap(), reason: Some("odd".to_owned()) }
}

#[test]
fn both_act_on_the_rollout_that_is_under_way() {
    let held = with(rollout_json(), json!({"state": "held", "sentence": "checkout v2 is held at 5% of users."}));
    let (service, held, going) = (service_json().to_string(), held.to_string(), rollout_json().to_string());
    let id = rollout().id;
    let ran_hold = ran(false, &[(200, &service), (200, &held)], async |cx| run(&hold("checkout"), cx).await);
    assert!(ran_hold.out.starts_with("checkout v2 is held at 5% of users.\n"), "{}", ran_hold.out);
    let ask = "GET /v1/services/checkout".to_owned();
    assert_eq!(ran_hold.requests, [ask.clone(), format!(r#"POST /v1/rollouts/{id}/hold {{"reason":"odd"}}"#)]);
    let args = resume::Args { service: "checkout".parse().unwrap() };
    let ran_resume = ran(true, &[(200, &service), (200, &going)], async |cx| resume::run(&args, cx).await);
    assert_eq!(from::<Rollout>(serde_json::from_str(&ran_resume.out).unwrap()), rollout());
    assert_eq!(ran_resume.requests, [ask, format!(r#"POST /v1/rollouts/{id}/resume {{"reason":null}}"#)]);
    assert_eq!([ran_hold.done.unwrap(), ran_resume.done.unwrap()], [Exit::Ok, Exit::Ok]);
}

#[test]
fn without_one_nothing_is_sent_and_it_is_a_refusal() {
    let ran = ran(false, &[(200, &idle_json().to_string())], async |cx| run(&hold("search"), cx).await);
    let refused: Failure = ran.done.unwrap_err();
    assert_eq!((refused.exit(), refused.code()), (Exit::Refused, "refused"));
    assert_eq!(refused.to_string(), "no rollout of search is under way");
    assert_eq!(refused.hint().unwrap(), "`seaworthy rollouts search` shows what became of the last one");
    assert_eq!(ran.requests.len(), 1);
}

#[test]
fn the_servers_refusals_are_passed_on() {
    let service = service_json().to_string();
    for (status, code, exit) in
        [(404, "not-found", Exit::Refused), (403, "forbidden", Exit::Refused), (503, "unavailable", Exit::Unavailable)]
    {
        let body = format!(r#"{{"code":"{code}","message":"no"}}"#);
        let first = ran(false, &[(status, &body)], async |cx| run(&hold("checkout"), cx).await);
        let second = ran(false, &[(200, &service), (status, &body)], async |cx| run(&hold("checkout"), cx).await);
        assert_eq!([first, second].map(|ran| ran.done.unwrap_err().exit()), [exit, exit], "{code}");
    }
}
