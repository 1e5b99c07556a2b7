//! Users against a gateway that answers, fails, breaks off, stalls, or is not there.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;

/// What the fake gateway does with its n-th request, from 0.
type Script = fn(n: u64) -> Act;

enum Act {
    /// Answer with these bytes and keep the connection.
    Answer(&'static str),
    /// Break the connection.
    Reset,
    /// Say nothing.
    Stall,
}

const OK: &str = "HTTP/1.1 200 OK\r\nx-seaworthy-version: v1\r\nx-seaworthy-arm: stable\r\ncontent-length: 0\r\n\r\n";
const BAD: &str = "HTTP/1.1 500 No\r\nx-seaworthy-version: v2\r\nx-seaworthy-arm: canary\r\ncontent-length: 0\r\n\r\n";
const RESCUED: &str = "HTTP/1.1 200 OK\r\nx-seaworthy-version: v1\r\nx-seaworthy-arm: stable\r\nx-seaworthy-rescued: v2\r\ncontent-length: 0\r\n\r\n";

/// Serves a script on a thread of its own; returns its address.
fn gateway(script: Script) -> String {
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("builds");
        runtime.block_on(async move {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("binds");
            tell.send(format!("http://{}", listener.local_addr().expect("bound"))).expect("the test waits");
            let served = Arc::new(AtomicU64::new(0));
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, script, served.clone()));
            }
        });
    });
    told.recv().expect("it listens")
}

async fn serve(mut stream: TcpStream, script: Script, served: Arc<AtomicU64>) {
    while read_request(&mut stream).await.is_some() {
        match script(served.fetch_add(1, Ordering::Relaxed)) {
            Act::Answer(answer) => stream.write_all(answer.as_bytes()).await.expect("the user waits"),
            Act::Reset => return,
            Act::Stall => std::future::pending().await,
        }
    }
}

async fn read_request(stream: &mut TcpStream) -> Option<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).expect("users send text");
    let length =
        head.lines().find_map(|line| line.strip_prefix("content-length: ")).map_or(0, |n| n.parse().expect("a number"));
    stream.read_exact(&mut vec![0; length]).await.ok().map(drop)
}

/// Lets users come until `enough` of the counts, and sends them home.
fn watch(gateway: &str, patience_ms: u64, enough: fn(&Counts) -> bool) -> Counts {
    let options =
        LoadOptions { rate: 1_000.0, patience: Duration::from_millis(patience_ms), ..LoadOptions::new(gateway) };
    let users = Load::start(options).expect("starts");
    let begin = Instant::now();
    while !enough(&users.total()) {
        assert!(begin.elapsed() < Duration::from_secs(20), "{:?}", users.total());
        std::thread::yield_now();
    }
    let counts = users.finish();
    assert_eq!(counts.in_flight, 0, "{counts:?}");
    counts
}

#[test]
fn a_healthy_gateway_fails_nobody() {
    let counts = watch(&gateway(|_| Act::Answer(OK)), 5_000, |counts| counts.ok >= 500);
    assert_eq!((counts.failed(), counts.shed, counts.client_error), (0, 0, 0), "{counts:?}");
    assert_eq!(counts.ok, counts.sent);
    assert_eq!(counts.versions["v1"].stable, counts.sent);
}

#[test]
fn failures_are_counted_by_what_the_user_meant() {
    let script = |n| Act::Answer(if n % 2 == 0 { OK } else { BAD });
    let counts = watch(&gateway(script), 5_000, |counts| counts.failed_other >= 10);
    assert_eq!(counts.causes, Causes { server_error: counts.failed(), ..Causes::default() });
    assert!(counts.failed_idempotent > counts.failed_other, "four of five are GETs: {counts:?}");
    assert_eq!(counts.versions["v2"], VersionCounts { stable: 0, canary: counts.failed(), failed: counts.failed() });
    assert!(counts.first_bad_to_last_canary_s().is_some());
}

#[test]
fn a_rescue_is_no_failure() {
    let counts = watch(&gateway(|_| Act::Answer(RESCUED)), 5_000, |counts| counts.sent >= 50);
    assert_eq!((counts.rescued, counts.failed()), (counts.sent, 0));
    assert!(counts.first_bad_to_last_canary_s().is_some());
}

#[test]
fn broken_connections_are_failures_and_nothing_is_sent_twice() {
    let counts = watch(&gateway(|n| if n % 10 == 9 { Act::Reset } else { Act::Answer(OK) }), 5_000, |counts| {
        counts.causes.reset >= 10
    });
    assert_eq!(counts.failed(), counts.causes.reset, "{counts:?}");
    // Every tenth request broke: had one been repeated in secret, fewer would be seen.
    assert_eq!(counts.causes.reset, counts.sent / 10, "{counts:?}");
}

#[test]
fn nobody_listens() {
    let counts = watch("http://127.0.0.1:1", 5_000, |counts| counts.causes.connect >= 20);
    assert_eq!(counts.failed(), counts.sent);
}

#[test]
fn a_stalled_gateway_slows_no_arrival() {
    let begin = Instant::now();
    let counts = watch(&gateway(|_| Act::Stall), 300, |counts| counts.causes.timeout >= 300);
    // A closed loop of the pool's size would not get there; 1,000 arrive in a second, whatever the answers do.
    assert!(counts.sent as f64 >= 300.0 * begin.elapsed().as_secs_f64(), "{counts:?}");
    assert!(counts.latency_ms(0.5).expect("ended") >= 300.0);
}

#[test]
fn options_out_of_range_are_refused() {
    let base = LoadOptions::new("http://127.0.0.1:1");
    for options in [
        LoadOptions { rate: 0.0, ..base.clone() },
        LoadOptions { rate: f64::NAN, ..base.clone() },
        LoadOptions { rate: 1e6, ..base.clone() },
        LoadOptions { users: 0, ..base.clone() },
        LoadOptions { post_ratio: 1.5, ..base.clone() },
        LoadOptions { gateway: "gateway".to_owned(), ..base },
    ] {
        assert!(Load::start(options.clone()).is_err(), "{options:?}");
    }
}

#[test]
fn the_subcommand_ends_after_its_time() {
    let options = LoadOptions::new(&gateway(|_| Act::Answer(OK)));
    let counts = run(options, Some(0.3)).expect("runs");
    assert!(counts.ok > 0 && counts.failed() == 0, "{counts:?}");
    assert!(line(&counts).contains("failed: GET 0, POST 0"));
}
