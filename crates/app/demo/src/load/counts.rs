//! What users saw, counted at their side of the gateway.
//!
//! A request belongs to the window in which its user meant to send it, whenever its answer comes, so a window's
//! numbers add up: `sent = ok + client_error + failed + in_flight`. All counts of one answer change together, under
//! one lock: with single atomics a reader could meet a failure that was not yet sent.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use seaworthy_model::{Arm, latency};
use serde::Serialize;
use tokio::time::Instant;

/// Most versions told apart in one window; a rollout has two, the whole demo rarely ten.
const VERSIONS_MAX: usize = 64;
/// Most windows; later requests are counted in the last one. A bad version shipped each minute fills it in a day.
const WINDOWS_MAX: usize = 1_440;

/// What users saw in a span of time.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Counts {
    /// Requests that users meant to send in the span, and did.
    pub sent: u64,
    /// Of these, not yet answered.
    pub in_flight: u64,
    /// Answered with 1xx to 3xx.
    pub ok: u64,
    /// Answered with 4xx: no failure of a version, but none is expected here.
    pub client_error: u64,
    /// Failed, and the request may be repeated (GET).
    pub failed_idempotent: u64,
    /// Failed, and the request may not be repeated (POST).
    pub failed_other: u64,
    /// Why they failed.
    pub causes: Causes,
    /// Answered by stable because the canary had failed, as the gateway says.
    pub rescued: u64,
    /// Not sent, because too many were open already: a limit of the load, not a failure of the gateway.
    pub shed: u64,
    /// Answers by version, as the gateway says.
    pub versions: BTreeMap<String, VersionCounts>,
    /// Requests by latency bucket, from the moment a user meant to send to the last byte.
    #[serde(skip)]
    pub(crate) latency: Vec<u64>,
    /// When the canary's first failure came back, rescued or not.
    #[serde(skip)]
    pub(crate) first_bad: Option<Instant>,
    /// When the canary's last answer came back, rescued or not.
    #[serde(skip)]
    pub(crate) last_canary: Option<Instant>,
}

/// Failures by what the user met.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Causes {
    /// 5xx.
    pub server_error: u64,
    /// No connection.
    pub connect: u64,
    /// The connection broke.
    pub reset: u64,
    /// The user lost patience.
    pub timeout: u64,
}

/// Answers of one version.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct VersionCounts {
    /// Answers of it as the stable version.
    pub stable: u64,
    /// Answers of it as the canary.
    pub canary: u64,
    /// Of both, 5xx.
    pub failed: u64,
}

/// How a request ended for its user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Ok,
    ClientError,
    ServerError,
    Connect,
    Reset,
    Timeout,
}

/// One request, ended.
#[derive(Debug, Clone)]
pub(crate) struct Ended {
    pub(crate) end: End,
    /// Whether the request may be repeated.
    pub(crate) idempotent: bool,
    /// Who answered, as the gateway says.
    pub(crate) by: Option<(String, Option<Arm>)>,
    pub(crate) rescued: bool,
    pub(crate) latency_us: u64,
    pub(crate) at: Instant,
}

impl Counts {
    /// Returns all failures that users saw.
    pub fn failed(&self) -> u64 {
        self.failed_idempotent + self.failed_other
    }

    /// Returns a quantile of the latency in milliseconds, too high by at most an eighth; none before an answer.
    pub fn latency_ms(&self, quantile: f64) -> Option<f64> {
        let rank = (self.latency.iter().sum::<u64>() as f64 * quantile).ceil().max(1.0) as u64;
        let mut below = 0;
        let reached = |n: &u64| {
            below += n;
            below >= rank
        };
        let bucket = u8::try_from(self.latency.iter().position(reached)?).ok()?;
        Some(latency::upper_us(bucket) as f64 / 1e3)
    }

    /// Returns the seconds from the canary's first failure to its last answer, as users saw them.
    pub fn first_bad_to_last_canary_s(&self) -> Option<f64> {
        Some(self.last_canary?.saturating_duration_since(self.first_bad?).as_secs_f64())
    }

    fn send(&mut self) {
        self.sent += 1;
        self.in_flight += 1;
    }

    fn record(&mut self, ended: &Ended) {
        self.in_flight = self.in_flight.saturating_sub(1);
        match ended.end {
            End::Ok => self.ok += 1,
            End::ClientError => self.client_error += 1,
            End::ServerError => self.causes.server_error += 1,
            End::Connect => self.causes.connect += 1,
            End::Reset => self.causes.reset += 1,
            End::Timeout => self.causes.timeout += 1,
        }
        if !matches!(ended.end, End::Ok | End::ClientError) {
            *(if ended.idempotent { &mut self.failed_idempotent } else { &mut self.failed_other }) += 1;
        }
        self.rescued += u64::from(ended.rescued);
        self.latency.resize(latency::BUCKETS, 0);
        self.latency[usize::from(latency::bucket(ended.latency_us))] += 1;
        self.record_version(ended);
    }

    fn record_version(&mut self, ended: &Ended) {
        let canary = matches!(&ended.by, Some((_, Some(Arm::Canary))));
        let failed = ended.end == End::ServerError;
        if canary || ended.rescued {
            self.last_canary = Some(ended.at);
            if failed || ended.rescued {
                self.first_bad.get_or_insert(ended.at);
            }
        }
        let Some((version, _)) = &ended.by else { return };
        if self.versions.len() == VERSIONS_MAX && !self.versions.contains_key(version) {
            return;
        }
        let counts = self.versions.entry(version.clone()).or_default();
        *(if canary { &mut counts.canary } else { &mut counts.stable }) += 1;
        counts.failed += u64::from(failed);
    }
}

/// A span of time whose requests are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WindowId(usize);

/// All windows and their sum.
#[derive(Debug)]
pub(crate) struct Book(Mutex<Pages>);

#[derive(Debug)]
struct Pages {
    total: Counts,
    windows: Vec<Counts>,
}

impl Book {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(Pages { total: Counts::default(), windows: vec![Counts::default()] }))
    }

    fn lock(&self) -> MutexGuard<'_, Pages> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts what is sent from now on in a new window.
    pub(crate) fn open_window(&self) -> WindowId {
        let mut pages = self.lock();
        if pages.windows.len() < WINDOWS_MAX {
            pages.windows.push(Counts::default());
        }
        WindowId(pages.windows.len() - 1)
    }

    pub(crate) fn window(&self, id: WindowId) -> Counts {
        self.lock().windows[id.0].clone()
    }

    pub(crate) fn total(&self) -> Counts {
        self.lock().total.clone()
    }

    /// Counts a request that leaves now; its end is recorded in the window returned.
    pub(crate) fn send(&self) -> WindowId {
        let mut pages = self.lock();
        pages.total.send();
        let last = pages.windows.len() - 1;
        pages.windows[last].send();
        WindowId(last)
    }

    /// Counts a request that could not leave.
    pub(crate) fn shed(&self) {
        let mut pages = self.lock();
        pages.total.shed += 1;
        if let Some(window) = pages.windows.last_mut() {
            window.shed += 1;
        }
    }

    pub(crate) fn record(&self, window: WindowId, ended: &Ended) {
        let mut pages = self.lock();
        pages.total.record(ended);
        pages.windows[window.0].record(ended);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::time::Duration;

    fn ended(end: End, idempotent: bool, arm: Option<Arm>, rescued: bool) -> Ended {
        Ended {
            end,
            idempotent,
            by: arm.map(|arm| ("v2".to_owned(), Some(arm))),
            rescued,
            latency_us: 900,
            at: Instant::now(),
        }
    }

    fn ends() -> impl Strategy<Value = End> {
        prop_oneof![
            Just(End::Ok),
            Just(End::ClientError),
            Just(End::ServerError),
            Just(End::Connect),
            Just(End::Reset),
            Just(End::Timeout)
        ]
    }

    proptest! {
        #[test]
        fn every_request_is_counted_once(answers in prop::collection::vec((ends(), any::<bool>(), any::<bool>()), 0..100)) {
            let book = Book::new();
            for (end, idempotent, window) in &answers {
                if *window { book.open_window(); }
                let id = book.send();
                book.record(id, &ended(*end, *idempotent, None, false));
            }
            let open = book.send();
            for counts in [book.total(), book.window(open)] {
                prop_assert_eq!(counts.sent, counts.ok + counts.client_error + counts.failed() + counts.in_flight);
                let causes = counts.causes;
                prop_assert_eq!(counts.failed(), causes.server_error + causes.connect + causes.reset + causes.timeout);
            }
            prop_assert_eq!(book.total().sent, answers.len() as u64 + 1);
        }
    }

    #[test]
    fn an_answer_counts_where_its_request_was_sent() {
        let book = Book::new();
        let first = book.send();
        let second = book.open_window();
        book.record(first, &ended(End::Timeout, false, None, false));
        assert_eq!((book.window(first).failed_other, book.window(second).failed_other), (1, 0));
        assert_eq!(book.window(second), Counts::default());
    }

    #[test]
    fn the_canarys_span_begins_with_its_first_failure() {
        let mut counts = Counts::default();
        let at = |end, arm, rescued, ms| Ended {
            at: Instant::now() + Duration::from_millis(ms),
            ..ended(end, true, Some(arm), rescued)
        };
        counts.record(&at(End::Ok, Arm::Canary, false, 0));
        assert_eq!(counts.first_bad_to_last_canary_s(), None);
        counts.record(&at(End::Ok, Arm::Stable, true, 100));
        counts.record(&at(End::ServerError, Arm::Canary, false, 600));
        counts.record(&at(End::ServerError, Arm::Stable, false, 9_000));
        let span = counts.first_bad_to_last_canary_s().expect("seen");
        assert!((0.49..0.6).contains(&span), "{span}");
        assert_eq!(counts.versions["v2"], VersionCounts { stable: 2, canary: 2, failed: 2 });
    }

    #[test]
    fn limits_hold_and_quantiles_are_read() {
        let book = Book::new();
        for _ in 0..2 * WINDOWS_MAX {
            book.open_window();
        }
        let id = book.send();
        for n in 0..2 * VERSIONS_MAX {
            let by = Some((format!("v{n}"), Some(Arm::Stable)));
            book.record(id, &Ended { by, ..ended(End::Ok, true, None, false) });
        }
        assert_eq!(book.window(id).versions.len(), VERSIONS_MAX);
        assert_eq!(book.total().latency_ms(0.5), Some(1.0));
        assert_eq!(Counts::default().latency_ms(0.5), None);
    }
}
