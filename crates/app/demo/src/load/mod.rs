//! Real users over real sockets, open loop: they come at their own rate and do not wait for each other.
//!
//! A latency counts from the moment a user meant to send, so a server that stalls cannot hide the requests it kept
//! from being sent. The users live on a thread of their own: a busy screen or a busy story does not slow them.

mod counts;
mod users;

use std::io;
use std::process::ExitCode;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::time::{interval, sleep};

use crate::pool::{BadAddress, Pool};
use counts::Book;
pub use counts::{Causes, Counts, VersionCounts, WindowId};

/// Most file descriptors the users may need: one a request in flight, and room.
const FILES_WANTED: u64 = 8_192;
/// Fastest rate: what one core sends; above it the load would be the one that is slow.
const RATE_MAX: f64 = 5_000.0;

/// Who comes, how often, and where.
#[derive(Debug, Clone, PartialEq)]
pub struct LoadOptions {
    /// `http://host:port` of the gateway.
    pub gateway: String,
    /// Requests a second, over 0 to 5,000; at random times (a Poisson process).
    pub rate: f64,
    /// How many users there are, each with a stable key in the header `x-user`.
    pub users: u32,
    /// Ratio of requests that are POSTs, 0 to 1.
    pub post_ratio: f64,
    /// How long a user waits for an answer.
    pub patience: Duration,
    /// Repeats the same arrivals.
    pub seed: u64,
}

impl LoadOptions {
    /// Returns what the demo sends: 200 requests a second from 10,000 users, a fifth of them POSTs.
    pub fn new(gateway: &str) -> Self {
        let patience = Duration::from_secs(10);
        Self { gateway: gateway.to_owned(), rate: 200.0, users: 10_000, post_ratio: 0.2, patience, seed: 1 }
    }
}

/// Why no users came.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The address is not one.
    #[error("{0}")]
    Address(String),
    /// An option is out of its range.
    #[error("could not start users: {0}")]
    Option(&'static str),
    /// The system gave no thread or no runtime.
    #[error("could not start users")]
    System(#[source] io::Error),
}

impl From<BadAddress> for LoadError {
    fn from(error: BadAddress) -> Self {
        Self::Address(error.to_string())
    }
}

/// Users that are coming. They leave when this is dropped.
#[derive(Debug)]
pub struct Load {
    book: Arc<Book>,
    stop: watch::Sender<()>,
    thread: Option<JoinHandle<()>>,
}

impl Load {
    /// Lets the users come.
    ///
    /// # Errors
    /// When an option is out of range or the system gives no thread.
    pub fn start(options: LoadOptions) -> Result<Self, LoadError> {
        if !(options.rate > 0.0 && options.rate <= RATE_MAX) {
            return Err(LoadError::Option("the rate is over 0 and at most 5,000 requests a second"));
        }
        if options.users == 0 || !(0.0..=1.0).contains(&options.post_ratio) {
            return Err(LoadError::Option("there is at least 1 user, and POSTs are a ratio from 0 to 1"));
        }
        let pool = Pool::new(&options.gateway)?;
        raise_file_limit();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(LoadError::System)?;
        let book = Arc::new(Book::new());
        let (stop, stopped) = watch::channel(());
        let task = users::users(options, pool, book.clone(), stopped);
        let thread = std::thread::Builder::new().name("users".to_owned()).spawn(move || runtime.block_on(task));
        Ok(Self { book, stop, thread: Some(thread.map_err(LoadError::System)?) })
    }

    /// Counts what is sent from now on in a new window.
    pub fn open_window(&self) -> WindowId {
        self.book.open_window()
    }

    /// Returns what the users of a window saw so far.
    pub fn window(&self, id: WindowId) -> Counts {
        self.book.window(id)
    }

    /// Returns what all users saw so far.
    pub fn total(&self) -> Counts {
        self.book.total()
    }

    /// Sends the users home, waits up to 2 s for what is open, and returns what they saw.
    pub fn finish(mut self) -> Counts {
        self.leave();
        self.book.total()
    }

    fn leave(&mut self) {
        self.stop.send_replace(());
        if let Some(thread) = self.thread.take() {
            // A panic there was printed there; the counts up to it stand.
            drop(thread.join());
        }
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.leave();
    }
}

/// A limit of 1,024 files would fail requests that the gateway never sees.
fn raise_file_limit() {
    let limit = getrlimit(Resource::Nofile);
    let wanted = limit.maximum.map_or(FILES_WANTED, |most| most.min(FILES_WANTED));
    if limit.current.is_some_and(|now| now < wanted) {
        // Refused: the users go on with what there is, and the limit on open requests shows in `shed`.
        let _ = setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum: limit.maximum });
    }
}

/// Sends users for `seconds`, or until Ctrl-C, and prints what they saw as JSON.
pub fn load(options: LoadOptions, seconds: Option<f64>) -> ExitCode {
    match run(options, seconds) {
        Ok(counts) => {
            println!("{}", serde_json::to_string_pretty(&counts).expect("counts are plain JSON"));
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: LoadOptions, seconds: Option<f64>) -> Result<Counts, LoadError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(LoadError::System)?;
    let users = Load::start(options)?;
    runtime.block_on(async {
        let mut interrupt = signal(SignalKind::interrupt()).map_err(LoadError::System)?;
        let mut terminate = signal(SignalKind::terminate()).map_err(LoadError::System)?;
        let mut tick = interval(Duration::from_secs(1));
        let end = async {
            match seconds {
                Some(seconds) => sleep(Duration::from_secs_f64(seconds.clamp(0.0, 1e9))).await,
                None => std::future::pending().await,
            }
        };
        tokio::pin!(end);
        loop {
            tokio::select! {
                () = &mut end => return Ok::<_, LoadError>(()),
                _ = interrupt.recv() => return Ok(()),
                _ = terminate.recv() => return Ok(()),
                _ = tick.tick() => eprintln!("{}", line(&users.total())),
            }
        }
    })?;
    Ok(users.finish())
}

fn line(counts: &Counts) -> String {
    let ms = |quantile| counts.latency_ms(quantile).map_or("-".to_owned(), |ms| format!("{ms:.1} ms"));
    format!(
        "{} requests · failed: GET {}, POST {} · rescued {} · median {}, p99 {}",
        counts.sent,
        counts.failed_idempotent,
        counts.failed_other,
        counts.rescued,
        ms(0.5),
        ms(0.99)
    )
}

#[cfg(test)]
mod tests;
