//! The samples and their faults on real sockets.

use bytes::Bytes;
use http::{Request, StatusCode};
use http_body_util::Full;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::*;

struct Running {
    pool: Pool,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<Ended>,
    base: String,
}

async fn start(sample: Sample, payments: &str, faults: &[(&str, &str)]) -> Running {
    let mut env = vec![("PORT", "0"), ("PAYMENTS_URL", payments), ("SAMPLE_SEED", "1")];
    env.extend(faults);
    let get = move |name: &str| env.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
    let (address, service) = prepare(sample, get).expect("a valid environment");
    let listener = TcpListener::bind(address).await.expect("binds");
    let base = format!("http://{}", listener.local_addr().expect("bound"));
    let (stop, stopped) = oneshot::channel();
    let ended = tokio::spawn(serve(listener, service, async { drop(stopped.await) }));
    Running { pool: Pool::new(&base).expect("valid"), stop, ended, base }
}

async fn get(running: &Running, path: &str) -> (StatusCode, String) {
    let request = Request::get(path).header("x-user", "user-00001").body(Full::default()).expect("valid");
    let answer = running.pool.send(request).await.expect("answered");
    (answer.status(), String::from_utf8_lossy(answer.body()).into_owned())
}

async fn post(running: &Running, path: &str, body: &str) -> (StatusCode, String) {
    let request = Request::post(path).body(Full::new(Bytes::from(body.to_owned()))).expect("valid");
    let answer = running.pool.send(request).await.expect("answered");
    (answer.status(), String::from_utf8_lossy(answer.body()).into_owned())
}

const NOBODY: &str = "http://127.0.0.1:1";

#[tokio::test]
async fn checkout_asks_payments() {
    let payments = start(Sample::Payments, NOBODY, &[]).await;
    let checkout = start(Sample::Checkout, &payments.base, &[]).await;
    assert_eq!(get(&checkout, "/healthz").await.0, 200);
    assert_eq!(get(&checkout, "/basket").await, (StatusCode::OK, r#"{"currency":"EUR","total_cents":2490}"#.into()));
    let (status, body) = post(&checkout, "/orders", r#"{"quantity":2}"#).await;
    assert_eq!((status, body.contains("4980")), (StatusCode::CREATED, true), "{body}");
}

#[tokio::test]
async fn what_cannot_be_done_is_said() {
    let payments = start(Sample::Payments, NOBODY, &[]).await;
    let checkout = start(Sample::Checkout, &payments.base, &[]).await;
    assert_eq!(post(&checkout, "/orders", r#"{"quantity":0}"#).await.0, 400);
    assert_eq!(post(&checkout, "/orders", "not JSON").await.0, 400);
    assert_eq!(post(&checkout, "/orders", &"x".repeat(100_000)).await.0, 413);
    assert_eq!(post(&checkout, "/basket", "").await.0, 405);
    assert_eq!(get(&checkout, "/").await.0, 404);
    assert_eq!(get(&payments, "/basket").await.0, 404);
}

#[tokio::test]
async fn checkout_says_when_payments_is_away_or_fails() {
    let alone = start(Sample::Checkout, NOBODY, &[]).await;
    assert_eq!(
        get(&alone, "/basket").await,
        (StatusCode::BAD_GATEWAY, r#"{"error":"payments does not answer"}"#.into())
    );
    let failing = start(Sample::Payments, NOBODY, &[("SAMPLE_FAIL", "1")]).await;
    let checkout = start(Sample::Checkout, &failing.base, &[]).await;
    assert_eq!(get(&checkout, "/basket").await, (StatusCode::BAD_GATEWAY, r#"{"error":"payments failed"}"#.into()));
}

#[tokio::test]
async fn a_failing_version_fails_its_ratio_and_stays_healthy() {
    let payments = start(Sample::Payments, NOBODY, &[("SAMPLE_FAIL", "0.3")]).await;
    let mut failed = 0;
    for _ in 0..500 {
        failed += u32::from(get(&payments, "/quote").await.0 == 500);
        assert_eq!(get(&payments, "/healthz").await.0, 200);
    }
    assert!((110..190).contains(&failed), "{failed} of 500 failed, wanted about 150");
}

#[tokio::test]
async fn a_slow_version_is_slow() {
    let payments = start(Sample::Payments, NOBODY, &[("SAMPLE_SLOW_MS", "50")]).await;
    let begin = Instant::now();
    assert_eq!(get(&payments, "/quote").await.0, 200);
    assert!(begin.elapsed() >= Duration::from_millis(50));
    let half = start(Sample::Payments, NOBODY, &[("SAMPLE_SLOW_MS", "20"), ("SAMPLE_SLOW_SHARE", "0.5")]).await;
    let mut slow = 0;
    for _ in 0..40 {
        let begin = Instant::now();
        get(&half, "/quote").await;
        slow += u32::from(begin.elapsed() >= Duration::from_millis(20));
    }
    assert!((8..40).contains(&slow), "{slow} of 40 were slow");
}

#[tokio::test]
async fn a_hung_health_check_hangs_alone() {
    let payments = start(Sample::Payments, NOBODY, &[("SAMPLE_HANG_HEALTH", "1")]).await;
    let hung = tokio::time::timeout(Duration::from_millis(50), get(&payments, "/healthz")).await;
    assert!(hung.is_err());
    assert_eq!(get(&payments, "/quote").await.0, 200);
}

#[tokio::test]
async fn a_crash_comes_when_it_is_due() {
    let payments = start(Sample::Payments, NOBODY, &[("SAMPLE_CRASH_AFTER_S", "0.02")]).await;
    let Ended::Crashed(why) = payments.ended.await.expect("no panic") else { panic!("it stopped") };
    assert!(why.contains("SAMPLE_CRASH_AFTER_S"), "{why}");
    let get =
        |name: &str| [("PORT", "0"), ("SAMPLE_CRASH", "start")].iter().find(|e| e.0 == name).map(|e| e.1.to_owned());
    let (address, service) = prepare(Sample::Payments, get).expect("valid");
    assert!(matches!(run(address, service), Ok(Ended::Crashed(_))));
}

#[tokio::test]
async fn a_leak_ends_at_its_limit() {
    let leaking = start(Sample::Payments, NOBODY, &[("SAMPLE_LEAK_MB_PER_S", "1000")]).await;
    let Ended::Crashed(why) = leaking.ended.await.expect("no panic") else { panic!("it stopped") };
    assert!(why.contains("256 MiB"), "{why}");
}

#[tokio::test]
async fn told_to_stop_it_answers_what_is_open_and_accepts_no_more() {
    let payments = start(Sample::Payments, NOBODY, &[("SAMPLE_SLOW_MS", "200")]).await;
    let address = payments.base.trim_start_matches("http://").to_owned();
    let mut open = TcpStream::connect(&address).await.expect("connects");
    open.write_all(b"GET /quote HTTP/1.1\r\nhost: x\r\n\r\n").await.expect("writes");
    // Connections are accepted in order: when a later one is answered, the first request is inside.
    assert_eq!(get(&payments, "/healthz").await.0, 200);
    payments.stop.send(()).expect("it runs");
    let mut answer = String::new();
    open.read_to_string(&mut answer).await.expect("answered and closed");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert_eq!(payments.ended.await.expect("no panic"), Ended::Stopped);
    assert!(TcpStream::connect(&address).await.is_err());
}

#[test]
fn an_environment_without_what_it_needs_is_refused() {
    for (env, want) in [
        (vec![], "could not listen: PORT is not set"),
        (vec![("PORT", "x")], "could not listen on PORT=\"x\": a number is wanted"),
        (vec![("PORT", "0")], "could not find payments: PAYMENTS_URL is not set"),
        (
            vec![("PORT", "0"), ("PAYMENTS_URL", "ftp://x")],
            "could not read the address \"ftp://x\": it is not http://host:port",
        ),
        (vec![("PORT", "0"), ("SAMPLE_FAIL", "x")], "could not read SAMPLE_FAIL=\"x\": a number from 0 to 1 is wanted"),
    ] {
        let get = |name: &str| env.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        assert_eq!(prepare(Sample::Checkout, get).map(drop), Err(want.to_owned()));
    }
}
