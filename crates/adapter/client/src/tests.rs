//! The client against a listener that says exactly the bytes of the case.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::{Client, Error, Kind, LINE_MAX};

const SILENCE: Duration = Duration::from_secs(5);

/// Reads one request head and, by its length, its body.
async fn read_request(stream: &mut TcpStream) -> String {
    let mut seen = Vec::new();
    loop {
        let mut chunk = [0; 4096];
        let read = stream.read(&mut chunk).await.unwrap();
        seen.extend_from_slice(&chunk[..read]);
        let text = String::from_utf8_lossy(&seen).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            assert!(read > 0, "the client closed early");
            continue;
        };
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
            return text;
        }
    }
}

/// Answers each connection with the next list of answers, one a request, then closes it. Gives back what it was asked.
async fn serve(connections: Vec<Vec<String>>) -> (Client, tokio::task::JoinHandle<Vec<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = Client::new(&format!("http://{}", listener.local_addr().unwrap()), Some("t0p".into())).unwrap();
    let task = tokio::spawn(async move {
        let mut asked = Vec::new();
        for answers in connections {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut here = Vec::new();
            for answer in answers {
                here.push(read_request(&mut stream).await);
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
            asked.push(here);
        }
        asked
    });
    (client, task)
}

#[tokio::test]
async fn a_name_under_localhost_is_this_machine() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let names = ["hello.localhost", "a.b.LOCALHOST", "hello.localhost."];
    let served = tokio::spawn(async move {
        let mut asked = Vec::new();
        for _ in names {
            let (mut stream, _) = listener.accept().await.unwrap();
            asked.push(read_request(&mut stream).await);
            stream.write_all(answer("200 OK", "{}").as_bytes()).await.unwrap();
        }
        asked
    });
    for name in names {
        let client = Client::new(&format!("http://{name}:{port}"), None).unwrap();
        get(&client).await.unwrap();
    }
    let asked = served.await.unwrap();
    assert!(asked[0].contains(&format!("host: hello.localhost:{port}\r\n")), "{}", asked[0]);
}

fn answer(status: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

async fn get(client: &Client) -> Result<serde_json::Value, Error> {
    client.get_json("/v1/x").await
}

#[tokio::test]
async fn a_refusal_tells_which_request_it_was() {
    let body = r#"{"code":"not-found","message":"no page","request":"not from the body"}"#;
    let named = answer("404 Not Found", body).replacen("\r\n", "\r\nX-Request-Id: 9f31c2d4-412\r\n", 1);
    let (client, _task) = serve(vec![vec![named, answer("404 Not Found", body)]]).await;
    for want in [Some("9f31c2d4-412"), None] {
        assert_eq!(get(&client).await.unwrap_err().request(), want);
    }
}

#[test]
fn addresses_are_checked() {
    for (base, want) in [
        ("http://127.0.0.1:7070", ""),
        ("http://[::1]:7070/", ""),
        ("http://hooks.example/path?key=1", ""),
        ("https://127.0.0.1:7070", ""),
        ("127.0.0.1:7070", "it must start with http://"),
        ("ftp://x", "it must start with http://"),
        ("http://", "not a URL"),
        ("", "not a URL"),
        ("http://me:secret@x", "pass a token instead"),
    ] {
        let got = Client::new(base, None).map_or_else(|error| error.to_string(), |_| String::new());
        assert!(got.contains(want) && got.is_empty() == want.is_empty(), "{base:?}: {got}");
        assert!(!got.contains("secret"), "{got}");
    }
}

#[test]
fn a_token_is_checked_and_never_shown() {
    let client = Client::new("http://x", Some("hush-hush".into())).unwrap();
    assert!(!format!("{client:?}").contains("hush"));
    let error = Client::new("http://x", Some("hush\nhush".into())).unwrap_err();
    assert!(!format!("{error:?} {error}").contains("hush"));
}

#[tokio::test]
async fn a_server_that_hangs_is_waited_for_no_longer_than_for_a_first_byte() {
    // The kernel opens the connection, and nobody takes it.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let limit = Duration::from_millis(20);
    let client = Client::new(&format!("http://{}", listener.local_addr().unwrap()), None).unwrap();
    let error = get(&client.with_first_byte(limit)).await.unwrap_err();
    assert!(matches!(error.kind, Kind::Timeout(waited) if waited == limit) && !error.never_sent(), "{error}");
}

#[tokio::test]
async fn one_connection_carries_many_exchanges() {
    let (client, task) =
        serve(vec![vec![answer("200 OK", "1"), answer("204 No Content", ""), answer("200 OK", "3")]]).await;
    assert_eq!(get(&client).await.unwrap(), 1);
    client.post_json::<_, ()>("/v1/y", &[7]).await.unwrap();
    assert_eq!(client.clone().get_json::<u8>("/v1/z?a=b").await.unwrap(), 3);
    let asked = task.await.unwrap().remove(0);
    assert!(asked[0].starts_with("GET /v1/x HTTP/1.1\r\n") && asked[0].contains("authorization: Bearer t0p\r\n"));
    assert!(asked[1].starts_with("POST /v1/y HTTP/1.1\r\n") && asked[1].ends_with("\r\n\r\n[7]"), "{}", asked[1]);
    assert!(asked[2].starts_with("GET /v1/z?a=b "));
}

#[tokio::test]
async fn a_connection_closed_while_idle_is_replaced() {
    let (client, task) = serve(vec![vec![answer("200 OK", "1")], vec![answer("200 OK", "2")]]).await;
    assert_eq!(get(&client).await.unwrap(), 1);
    assert_eq!(get(&client).await.unwrap(), 2);
    assert_eq!(task.await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_request_that_may_have_acted_is_not_sent_again() {
    // The second request arrives whole and is answered by a closed connection.
    let (client, task) = serve(vec![vec![answer("200 OK", "1"), String::new()]]).await;
    assert_eq!(get(&client).await.unwrap(), 1);
    let error = client.post_json::<_, ()>("/v1/y", &7).await.unwrap_err();
    assert!(matches!(error.kind, Kind::Broken(_)) && !error.never_sent(), "{error}");
    assert_eq!(task.await.unwrap()[0].len(), 2);
}

#[tokio::test]
async fn answers_that_are_failures() {
    let ours = r#"{"code":"unknown-service","message":"there is no service \"x\"","hint":"see `seaworthy services`","more":1}"#;
    let long = "x".repeat(crate::BODY_MAX + 1);
    for (raw, want) in [
        (answer("404 Not Found", ours), "there is no service \"x\" (404 Not Found, unknown-service)"),
        (answer("403 Forbidden", r#"{"code":"forbidden"}"#), "403 Forbidden, forbidden"),
        (answer("502 Bad Gateway", "<html>"), "the server answered 502 Bad Gateway"),
        (answer("302 Found", ""), "the server answered 302 Found"),
        (answer("200 OK", "<html>"), "the answer is not as expected"),
        (answer("200 OK", &long), "the answer is longer than 4194304 bytes"),
        ("SSH-2.0-OpenSSH\r\n".to_owned(), "the exchange broke off"),
        ("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n12".to_owned(), "the exchange broke off"),
        (String::new(), "the exchange broke off"),
    ] {
        let (client, _task) = serve(vec![vec![raw]]).await;
        let error = client.get_json::<String>("/v1/x").await.unwrap_err();
        assert!(error.to_string().starts_with("could not GET \"http://127.0.0.1:") && !error.never_sent());
        assert!(error.to_string().contains(want), "{error}");
        assert_eq!(error.hint(), want.contains("unknown-service").then_some("see `seaworthy services`"));
    }
}

#[tokio::test]
async fn nobody_listens() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = Client::new(&format!("http://{}", listener.local_addr().unwrap()), None).unwrap();
    drop(listener);
    let error = get(&client).await.unwrap_err();
    assert!(matches!(error.kind, Kind::Connect(_)) && error.never_sent(), "{error}");
}

#[tokio::test]
async fn https_is_spoken_and_nothing_else_is_sent() {
    let (plain, _task) = serve(vec![vec![answer("200 OK", "1")]]).await;
    let address = format!("{plain:?}").split('"').nth(1).unwrap().to_owned();
    let client = Client::new(&format!("https://{address}"), Some("hush".into())).unwrap();
    let error = get(&client).await.unwrap_err();
    // The other side speaks no TLS, or nobody is trusted here: in neither case did it see a request.
    assert!(error.never_sent() && error.to_string().contains("https://127.0.0.1"), "{error}");
}

#[tokio::test]
async fn a_server_that_never_answers_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = Client::new(&format!("http://{}", listener.local_addr().unwrap()), None).unwrap();
    let error = get(&client.with_timeout(Duration::from_millis(20))).await.unwrap_err();
    assert!(matches!(error.kind, Kind::Timeout(_)), "{error}");
}

#[tokio::test]
async fn what_cannot_be_sent_is_refused() {
    let client = Client::new("http://127.0.0.1:9", None).unwrap();
    for path in ["v1/x", "/a b", "/a\r\nhost: y"] {
        let error = client.request(Method::GET, path, Bytes::new(), HeaderMap::new()).await.unwrap_err();
        assert!(matches!(error.kind, Kind::Unusable(_)), "{path:?}: {error}");
    }
}

#[tokio::test]
async fn a_base_with_a_path_and_a_query_is_kept() {
    let (plain, task) = serve(vec![vec![answer("200 OK", "1")], vec![answer("200 OK", "1")]]).await;
    let address = format!("{plain:?}").split('"').nth(1).unwrap().to_owned();
    for path in ["", "/b"] {
        let hook = Client::new(&format!("http://{address}/hook?key=k1"), None).unwrap();
        hook.request(Method::POST, path, Bytes::new(), HeaderMap::new()).await.unwrap();
    }
    let asked = task.await.unwrap();
    assert!(asked[0][0].starts_with("POST /hook?key=k1 "), "{}", asked[0][0]);
    assert!(asked[1][0].starts_with("POST /hook/b "), "{}", asked[1][0]);
}

/// Streams these chunks and then ends the way the case says.
async fn stream_of(chunks: &[&str], ending: &str) -> Vec<Result<String, String>> {
    let mut raw = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_owned();
    for chunk in chunks {
        raw.push_str(&format!("{:x}\r\n{chunk}\r\n", chunk.len()));
    }
    let (client, _task) = serve(vec![vec![raw + ending]]).await;
    let mut lines = client.get_lines("/v1/lines", SILENCE).await.unwrap();
    let mut got = Vec::new();
    while let Some(line) = lines.next().await {
        got.push(line.map_err(|error| error.kind.to_string()));
    }
    got
}

#[tokio::test]
async fn lines_come_whole_however_they_are_cut() {
    let ok = |text: &str| Ok(text.to_owned());
    assert_eq!(stream_of(&["a\nb", "c\r\n", "\n"], "0\r\n\r\n").await, [ok("a"), ok("bc"), ok("")]);
    assert_eq!(stream_of(&[], "0\r\n\r\n").await, []);
    let cut = stream_of(&["a\nb"], "0\r\n\r\n").await;
    assert_eq!(cut, [ok("a"), Err("the stream ended inside a line".to_owned())]);
    let broken = stream_of(&["a\nb"], "").await;
    assert!(broken[1].as_ref().unwrap_err().contains("broke off"), "{broken:?}");
}

#[tokio::test]
async fn a_line_without_end_is_refused() {
    let long = "x".repeat(LINE_MAX + 1);
    let got = stream_of(&[&long], "0\r\n\r\n").await;
    assert_eq!(got, [Err("the answer is longer than 16777216 bytes".to_owned())]);
}

#[tokio::test]
async fn silence_ends_a_stream_even_for_a_caller_that_selects() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = Client::new(&format!("http://{}", listener.local_addr().unwrap()), None).unwrap();
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").await.unwrap();
        stream
    });
    let mut lines = client.get_lines("/", Duration::from_millis(50)).await.unwrap();
    let _open = server.await.unwrap();
    let error = loop {
        tokio::select! {
            biased;
            line = lines.next() => break line.unwrap().unwrap_err(),
            () = tokio::time::sleep(Duration::from_millis(5)) => {}
        }
    };
    assert!(matches!(error.kind, Kind::Timeout(_)), "{error}");
    assert!(lines.next().await.is_none());
}

#[tokio::test]
async fn a_stream_refused_says_why() {
    let (client, _task) = serve(vec![vec![answer("401 Unauthorized", r#"{"code":"bad-token"}"#)]]).await;
    let error = client.get_lines("/", SILENCE).await.unwrap_err();
    assert_eq!((error.code(), error.status().map(|status| status.as_u16())), (Some("bad-token"), Some(401)));
}
