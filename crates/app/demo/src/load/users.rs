//! Users: they arrive when they arrive, however the server fares, and each request is a real one.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response};
use http_body_util::Full;
use seaworthy_model::Arm;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout, timeout_at};

use super::LoadOptions;
use super::counts::{Book, End, Ended};
use crate::pool::{Failure, Pool};
use crate::random::Random;

/// Most requests open at once: 200 a second that all wait for the longest patience of 10 s, twice over.
const IN_FLIGHT_MAX: usize = 4_096;
/// How long open requests are waited for when the users leave.
const LEAVE_MAX: Duration = Duration::from_secs(2);

/// Sends users until `stop` changes, then waits a little for what is open.
pub(crate) async fn users(options: LoadOptions, pool: Pool, book: Arc<Book>, mut stop: watch::Receiver<()>) {
    let pool = Arc::new(pool);
    let mut random = Random::new(options.seed);
    let mut open = JoinSet::new();
    let mut due = Instant::now();
    loop {
        tokio::select! {
            _ = stop.changed() => break,
            Some(_) = open.join_next() => {}
            () = sleep_until(due) => {
                if open.len() < IN_FLIGHT_MAX {
                    let visit = Visit::draw(&options, &mut random);
                    drop(open.spawn(visit.make(pool.clone(), book.clone(), due, options.patience)));
                } else {
                    book.shed();
                }
                due += Duration::from_secs_f64(random.gap_s(options.rate));
            }
        }
    }
    let all = async { while open.join_next().await.is_some() {} };
    // Who is not answered by then stays in flight in the counts.
    drop(timeout(LEAVE_MAX, all).await);
}

/// One request of one user.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Visit {
    user: u32,
    method: Method,
}

impl Visit {
    fn draw(options: &LoadOptions, random: &mut Random) -> Self {
        let user = random.below(options.users) + 1;
        let method = if random.ratio() < options.post_ratio { Method::POST } else { Method::GET };
        Self { user, method }
    }

    fn request(&self, pool: &Pool) -> Result<Request<Full<Bytes>>, http::Error> {
        let (path, body) = match self.method {
            Method::POST => ("/orders", Bytes::from_static(br#"{"quantity":1}"#)),
            _ => ("/basket", Bytes::new()),
        };
        Request::builder()
            .method(self.method.clone())
            .uri(pool.path(path))
            .header("x-user", format!("user-{:05}", self.user))
            .header("content-type", "application/json")
            .body(Full::new(body))
    }

    async fn make(self, pool: Arc<Pool>, book: Arc<Book>, due: Instant, patience: Duration) {
        let request = self.request(&pool).expect("a constant path behind a checked prefix");
        let window = book.send();
        let answer = timeout_at(due + patience, pool.send(request)).await;
        let at = Instant::now();
        let end = match &answer {
            Ok(Ok(answer)) => class(answer),
            Ok(Err(Failure::Connect)) => End::Connect,
            Ok(Err(Failure::Reset)) => End::Reset,
            Err(_) => End::Timeout,
        };
        let headers = answer.ok().and_then(Result::ok).map(|answer| answer.into_parts().0.headers).unwrap_or_default();
        let ended = Ended {
            end,
            idempotent: self.method != Method::POST,
            by: by(&headers),
            rescued: headers.contains_key("x-seaworthy-rescued"),
            latency_us: at.saturating_duration_since(due).as_micros().try_into().unwrap_or(u64::MAX),
            at,
        };
        book.record(window, &ended);
    }
}

fn class(answer: &Response<Bytes>) -> End {
    match answer.status().as_u16() {
        500.. => End::ServerError,
        400.. => End::ClientError,
        _ => End::Ok,
    }
}

/// Reads who answered.
fn by(headers: &HeaderMap) -> Option<(String, Option<Arm>)> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let arm = match text("x-seaworthy-arm") {
        Some("canary") => Some(Arm::Canary),
        Some("stable") => Some(Arm::Stable),
        _ => None,
    };
    Some((text("x-seaworthy-version")?.to_owned(), arm))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_come_back_with_the_same_key_and_a_fifth_orders() {
        let options = LoadOptions { users: 10, ..LoadOptions::new("http://127.0.0.1:1") };
        let pool = Pool::new("http://127.0.0.1:1").expect("valid");
        let mut random = Random::new(3);
        let visits: Vec<_> = (0..1_000).map(|_| Visit::draw(&options, &mut random)).collect();
        let posts = visits.iter().filter(|visit| visit.method == Method::POST).count();
        assert!((150..250).contains(&posts), "{posts}");
        let keys: std::collections::BTreeSet<_> =
            visits.iter().map(|visit| visit.request(&pool).expect("valid").headers()["x-user"].clone()).collect();
        let has = |key| keys.contains(&http::HeaderValue::from_static(key));
        assert_eq!(keys.len(), 10);
        assert!(has("user-00001") && has("user-00010"), "{keys:?}");
    }
}
