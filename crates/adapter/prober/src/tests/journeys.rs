//! Journeys of several steps, and what a run makes of them.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use seaworthy_contract::catalogue::{Step, Target};
use seaworthy_contract::prober::ProbeOutcome;

use super::{http, listen, ok, probe, prober, said, step};

/// Far more than loopback needs.
const LONG_MS: u64 = 20_000;

fn steps(text: &str) -> Vec<Step> {
    serde_json::from_str(text).unwrap()
}

#[tokio::test]
async fn a_journey_takes_what_it_needs_along() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = seen.clone();
    let address = http(move |asked| {
        log.lock().unwrap().push(asked.to_owned());
        match asked.split(' ').nth(1).unwrap_or_default() {
            "/login" => ok("set-cookie: session=abc; HttpOnly\r\n", "{}"),
            "/cart" => ok("x-version: v2\r\n", r#"{"items":[{"id":7}]}"#),
            "/orders/7" => ok("", "thank you"),
            _ => "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n".to_owned(),
        }
    })
    .await;
    let text = r#"[
        {"name":"sign in","method":"POST","url":"http://ADDRESS/login","body":"key=${secret:KEY}","take":{"s":"cookie:session"}},
        {"url":"http://ADDRESS/cart","headers":{"cookie":"session=${s}"},"take":{"id":"json:$.items[0].id"},
         "expect":[{"status":[200]},{"json":{"path":"$.items[0].id","equals":"7"}},{"header":{"name":"X-Version","equals":"v2"}}]},
        {"url":"http://ADDRESS/orders/${id}","expect":[{"contains":"thank"},{"within-ms":20000}]}]"#;
    let wanted = steps(&text.replace("ADDRESS", &address.to_string()));
    let tried = prober().try_once(&probe(Target::Http { steps: wanted }, LONG_MS)).await;
    assert_eq!(said(&tried.outcome), "pass");
    let names: Vec<&str> = tried.steps.iter().map(|step| step.name.as_str()).collect();
    assert_eq!(names, ["sign in", "step 2", "step 3"]);
    let seen = seen.lock().unwrap();
    assert!(seen[0].ends_with("\r\n\r\nkey=s3cret") && seen[1].contains("cookie: session=abc"), "{seen:?}");
}

#[tokio::test]
async fn what_is_not_true_ends_the_journey_and_shows_nothing_of_the_answer() {
    let address = http(|_| ok("x-version: v2\r\n", r#"{"id":"private","n":1}"#)).await;
    for (spec, want) in [
        (r#""expect":[{"status":[201,202]}]"#, "fail status-200: step 1: the answer is 200"),
        (
            r#""expect":[{"contains":"absent"}]"#,
            "fail expectation: step 1: the answer does not hold the text that it must",
        ),
        (
            r#""expect":[{"json":{"path":"$.id","equals":"x"}}]"#,
            "fail expectation: step 1: the answer's $.id is not what it must be",
        ),
        (
            r#""expect":[{"header":{"name":"x-version","equals":"v1"}}]"#,
            "fail expectation: step 1: the header \"x-version\" is not what it must be",
        ),
        (r#""take":{"a":"json:$.other"}"#, "fail expectation: step 1: the answer has no \"json:$.other\" to take"),
        (r#""take":{"a":"somewhere"}"#, "fail expectation: step 1: the answer has no \"somewhere\" to take"),
        (r#""headers":{"a":"${never}"}"#, "cannot see unable: step 1: no step before takes a variable \"never\""),
        (r#""headers":{"a b":"x"}"#, "cannot see unable: step 1: the header \"a b\" cannot be sent"),
        (
            r#""headers":{"a":"${secret:NONE}"}"#,
            "cannot see unable: step 1: this prober has no secret \"NONE\": set SEAWORTHY_SECRET_NONE",
        ),
    ] {
        let text = format!(r#"[{{"url":"http://{address}/",{spec}}},{{"url":"http://{address}/"}}]"#);
        let tried = prober().try_once(&probe(Target::Http { steps: steps(&text) }, LONG_MS)).await;
        assert_eq!((said(&tried.outcome).as_str(), tried.steps.len()), (want, 1));
        assert!(!format!("{tried:?}").contains("private"));
    }
}

#[tokio::test]
async fn a_credential_does_not_follow_to_another_origin() {
    let other = http(|asked| match asked.contains("s3cret") {
        true => "HTTP/1.1 500 Told\r\ncontent-length: 0\r\n\r\n".to_owned(),
        false => ok("", "nothing"),
    })
    .await;
    let address =
        http(move |_| format!("HTTP/1.1 302 Found\r\nlocation: http://{other}/\r\ncontent-length: 0\r\n\r\n")).await;
    let mut first = step(format!("http://{address}/"));
    first.headers.insert("authorization".to_owned(), "Bearer ${secret:KEY}".to_owned());
    let tried = prober().try_once(&probe(Target::Http { steps: vec![first] }, LONG_MS)).await;
    assert_eq!(said(&tried.outcome), "pass");
}

#[tokio::test]
async fn what_fails_is_tried_again_at_once() {
    let count = Arc::new(AtomicU32::new(0));
    let asked = count.clone();
    let address = http(move |_| match asked.fetch_add(1, Ordering::Relaxed) {
        0 => "HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n".to_owned(),
        _ => ok("", ""),
    })
    .await;
    let probe = probe(Target::Http { steps: vec![step(format!("http://{address}/"))] }, LONG_MS);
    let result = prober().run(&probe, prober().now(), &[]).await;
    assert_eq!(result.outcome, ProbeOutcome::Pass);
    assert_eq!(result.retried.unwrap().code, "status-502", "it is recorded");
    assert_eq!(count.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn a_prober_that_reaches_nothing_blames_nobody() {
    let open = listen(|stream| async move { drop(stream) }).await.to_string();
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().to_string();
    let away = probe(Target::Tcp { address: closed.clone() }, LONG_MS);
    let answers = http(|_| "HTTP/1.1 500 Oh\r\ncontent-length: 0\r\n\r\n".to_owned()).await;
    let bad = probe(Target::Http { steps: vec![step(format!("http://{answers}/"))] }, LONG_MS);
    for (probe, checks, want) in [
        (&away, vec![], "fail"),
        (&away, vec![closed.clone(), open.clone()], "fail"),
        (&away, vec![closed.clone()], "cannot-see"),
        (&away, vec!["nonsense".to_owned()], "cannot-see"),
        // It answered: whatever else is reached, that one is there and not well.
        (&bad, vec![closed.clone()], "fail"),
    ] {
        let result = prober().run(probe, prober().now(), &checks).await;
        let text = serde_json::to_string(&result.outcome).unwrap();
        assert!(text.contains(want), "{checks:?}: {text}");
    }
}
