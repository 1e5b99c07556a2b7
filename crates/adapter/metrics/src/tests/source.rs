//! A source on a socket of its own: what it is asked, and what its answers mean.

use jiff::Timestamp;
use seaworthy_contract::catalogue::{QueryIndicator, RatioQuery};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::promql::{Access, Answer, Asked, Source};

/// Serves these answers, a connection each, and returns where and the requests it got.
async fn serving(answers: Vec<(u16, String)>) -> (String, tokio::task::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let base = format!("http://{}/prom", listener.local_addr().expect("bound"));
    let serve = async move {
        let mut asked = Vec::new();
        for (status, body) in answers {
            let (mut stream, _) = listener.accept().await.expect("a connection");
            let mut request = Vec::new();
            while !is_whole(&request) {
                assert!(stream.read_buf(&mut request).await.expect("readable") > 0, "cut off");
            }
            asked.push(String::from_utf8(request).expect("text"));
            let head = format!("HTTP/1.1 {status} x\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
            stream.write_all(format!("{head}{body}").as_bytes()).await.expect("written");
        }
        asked
    };
    (base, tokio::spawn(serve))
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length =
        head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse::<usize>().ok());
    body.len() >= length.unwrap_or(0)
}

fn now() -> Timestamp {
    "2026-11-21T15:46:12.5Z".parse().expect("a time")
}

fn vector(values: &[&str]) -> String {
    let series: Vec<String> = values
        .iter()
        .enumerate()
        .map(|(n, value)| format!(r#"{{"metric":{{"n":"{n}"}},"value":[1.5,"{value}"]}}"#))
        .collect();
    format!(r#"{{"status":"success","data":{{"resultType":"vector","result":[{}]}}}}"#, series.join(","))
}

async fn query(status: u16, body: &str) -> String {
    let (base, _serving) = serving(vec![(status, body.to_owned())]).await;
    let source = Source::new(&base, &Access::Open).expect("an address");
    match source.query("up", now()).await {
        Ok(Answer::Scalar(value)) => format!("scalar {value}"),
        Ok(Answer::Vector(samples)) => format!("{:?}", samples.iter().map(|s| s.value).collect::<Vec<_>>()),
        Err(error) => {
            assert!(!error.remedy().is_empty());
            let again = if error.may_pass() { "again" } else { "never" };
            error.to_string().replace(&base, "BASE") + "; " + again
        }
    }
}

#[tokio::test]
async fn answers_and_what_they_mean() {
    let not = "could not ask \"BASE\":";
    let many = vector(&vec!["1"; 1_001]);
    let failure = |kind: &str, said: &str| format!(r#"{{"status":"error","errorType":"{kind}","error":"{said}"}}"#);
    let (timeout, bad) = (failure("timeout", "too long"), failure("bad_data", "parse\\u001b error"));
    let result = |kind: &str, result: &str| {
        format!(r#"{{"status":"success","data":{{"resultType":"{kind}","result":{result}}}}}"#)
    };
    let (scalar, matrix, text) =
        (result("scalar", r#"[1,"0.25"]"#), result("matrix", "[]"), result("string", r#"[1,"x"]"#));
    let native = result("vector", r#"[{"metric":{},"histogram":[1,{}]}]"#);
    let no_number = result("vector", r#"[{"metric":{},"value":[1,"many"]}]"#);
    for (status, body, expected) in [
        (200, vector(&[]), "[]".to_owned()),
        (200, vector(&["1.5"]), "[1.5]".to_owned()),
        (200, vector(&["NaN", "+Inf", "-Inf", "1e-05"]), "[NaN, inf, -inf, 1e-5]".to_owned()),
        (200, scalar, "scalar 0.25".to_owned()),
        (
            200,
            matrix,
            format!(
                "{not} the query answers a range of values for each series; ask for one, such as sum(rate(..[5m])); never"
            ),
        ),
        (200, text, format!("{not} the query answers a text; ask for a number; never")),
        (
            200,
            native,
            format!("{not} the query answers a native histogram; ask for histogram_count or a fraction; never"),
        ),
        (200, no_number, format!("{not} what it answered is not of a query API; never")),
        (200, many, format!("{not} 1001 series, at most 1000; never")),
        (200, "<html>".to_owned(), format!("{not} what it answered is not of a query API; never")),
        (200, r#"{"status":"success"}"#.to_owned(), format!("{not} what it answered is not of a query API; never")),
        (404, "404 page not found".to_owned(), format!("{not} what it answered is not of a query API; never")),
        (400, bad, format!("{not} it refused the query: parse error; never")),
        (422, timeout, format!("{not} it is too busy: too long; again")),
        (401, String::new(), format!("{not} it answered 401 Unauthorized; never")),
        (403, vector(&["1"]), format!("{not} it answered 403 Forbidden; never")),
        (502, "bad gateway".to_owned(), format!("{not} it is too busy: it answered 502 Bad Gateway; again")),
        (503, String::new(), format!("{not} it is too busy: it answered 503 Service Unavailable; again")),
        (429, String::new(), format!("{not} it is too busy: it answered 429 Too Many Requests; again")),
    ] {
        assert_eq!(query(status, &body).await, expected, "{status} {body:.80}");
    }
}

#[tokio::test]
async fn nobody_there_may_pass_and_a_long_query_never_leaves() {
    let free = TcpListener::bind("127.0.0.1:0").await.expect("a port").local_addr().expect("bound");
    let source = Source::new(&format!("http://{free}"), &Access::Open).expect("an address");
    let error = source.query("up", now()).await.expect_err("nobody listens");
    assert!(error.may_pass(), "{error}");
    let error = source.query(&"a".repeat(16 * 1024 + 1), now()).await.expect_err("too long");
    assert_eq!((error.why.to_string().as_str(), error.may_pass()), ("the query has 16385 bytes", false));
}

async fn ask(indicator: RatioQuery, answers: &[&str]) -> (Asked, Vec<String>) {
    let answers = answers
        .iter()
        .map(|value| (200, if value.is_empty() { vector(&[]) } else { vector(&value.split(' ').collect::<Vec<_>>()) }));
    let (base, serving) = serving(answers.collect()).await;
    let access = Access::Basic { user: "ann".to_owned(), password: "hush".to_owned() };
    let source = Source::new(&base, &access).expect("an address");
    let asked = source.ask(&QueryIndicator { source: None, query: indicator }, 300, now()).await.expect("answered");
    (asked, serving.await.expect("served"))
}

#[tokio::test]
async fn a_question_is_a_form_with_time_limit_and_credentials() {
    let raw = RatioQuery::Raw { ratio: "a{b=\"c d\"}[{{.window}}]".to_owned() };
    let (asked, requests) = ask(raw, &["0.25"]).await;
    assert_eq!(asked, Asked::Ratio(0.25));
    let request = requests[0].to_lowercase();
    assert!(request.starts_with("post /prom/api/v1/query http/1.1\r\n"), "{request}");
    assert!(request.contains("authorization: basic yw5uomh1c2g=\r\n"), "{request}");
    assert!(requests[0].ends_with("query=a%7Bb%3D%22c%20d%22%7D%5B5m%5D&time=1795275972.500&timeout=10s"), "{request}");
}

#[tokio::test]
async fn two_rates_are_counts_and_what_cannot_be_is_no_measurement() {
    let bad = || RatioQuery::Bad { bad: "b".to_owned(), total: "t".to_owned() };
    let good = || RatioQuery::Good { good: "g".to_owned(), total: "t".to_owned() };
    let raw = || RatioQuery::Raw { ratio: "r".to_owned() };
    let table: Vec<(RatioQuery, &[&str], &str)> = vec![
        // The total is asked first.
        (bad(), &["10", "0.1"], "30/3000"),
        (bad(), &["10", ""], "0/3000 without a series of bad events"),
        (bad(), &["0", "0"], "0/0"),
        (bad(), &["1", "2"], "300/300"),
        (bad(), &[""], "the total query matches nothing; see that the metric exists and its labels are right"),
        (bad(), &["NaN"], "the total query gives no number; without traffic a ratio is 0 divided by 0"),
        (bad(), &["1", "+Inf"], "the bad query gives no number; without traffic a ratio is 0 divided by 0"),
        (bad(), &["1 2 3"], "the total query gives 3 series; put sum(..) around it"),
        (bad(), &["-1", "0"], "the total query gives -1; a rate is never below 0"),
        (bad(), &["1", "-0.5"], "the bad query gives -0.5; a rate is never below 0"),
        (bad(), &["1e300", "1"], "300/9007199254740992"),
        (good(), &["10", "9.9"], "30/3000"),
        (good(), &["10", "11"], "0/3000"),
        (good(), &["10", ""], "the good query matches nothing; see that the metric exists and its labels are right"),
        (raw(), &["0"], "ratio 0"),
        (raw(), &["1.0000001"], "ratio 1"),
        (raw(), &["-0.0000001"], "ratio 0"),
        (raw(), &["5"], "the ratio query gives 5; it must be the share of bad events, 0 to 1"),
        (raw(), &["NaN"], "the ratio query gives no number; without traffic a ratio is 0 divided by 0"),
    ];
    for (indicator, answers, expected) in table {
        let asked = ask(indicator.clone(), answers).await.0;
        let shown = match (&asked, asked.absence()) {
            (_, Some(why)) => why,
            (Asked::Counted { tally, is_bad_absent: false }, _) => format!("{}/{}", tally.bad, tally.total),
            (Asked::Counted { tally, .. }, _) => {
                format!("{}/{} without a series of bad events", tally.bad, tally.total)
            }
            (Asked::Ratio(ratio), _) => format!("ratio {}", ratio.abs()),
            (other, None) => format!("{other:?}"),
        };
        assert_eq!(shown, expected, "{indicator:?} {answers:?}");
    }
}
