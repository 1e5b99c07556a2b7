//! What happens beside the story: keys, signals, the supervisor's events, the live part drawn again.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use seaworthy_client::Error as ApiError;
use seaworthy_contract::api::SignInLink;
use seaworthy_model::Timestamp;
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval};

use super::DemoError;
use super::api::Api;
use super::live::Killed;
use super::stage::{Stage, Tone};
use super::terminal::Keyboard;
use super::up::{Event, Ready, Up, UpError};
use super::words;

/// How often the live part is drawn.
const DRAW_EVERY: Duration = Duration::from_millis(250);
/// Draws between two lines about the users, where there is no live part: 5 s.
const DRAWS_A_LINE: u32 = 20;

/// What ended a wait.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Turn<T> {
    /// The work is done.
    Done(T),
    /// A bad version is wished for.
    Bad,
    /// The end is wished for.
    Quit,
}

/// A sign-in link on its way.
type Link = Pin<Box<dyn Future<Output = Result<SignInLink, ApiError>>>>;

/// Everything beside the story.
pub(crate) struct Watch<'a> {
    stage: &'a Stage,
    up: Up,
    keyboard: Option<Keyboard>,
    signals: Signals,
    draw: Interval,
    draws: u32,
    /// The control plane's process, while it lives.
    server: Option<i32>,
    /// Where portal and gateway are.
    addresses: Option<[SocketAddr; 2]>,
    killed: Option<Killed>,
    /// Makes sign-in links, when everything serves.
    api: Option<Api>,
    link: Option<Link>,
}

impl<'a> Watch<'a> {
    /// Begins to watch.
    pub(crate) fn new(stage: &'a Stage, up: Up, keyboard: Option<Keyboard>, signals: Signals) -> Self {
        let mut draw = interval(DRAW_EVERY);
        draw.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (server, addresses, killed, api, link) = (None, None, None, None, None);
        Self { stage, up, keyboard, signals, draw, draws: 0, server, addresses, killed, api, link }
    }

    /// Waits until everything serves; none where the end was wished for before.
    pub(crate) async fn ready(&mut self, limit: Duration) -> Result<Option<Ready>, DemoError> {
        let quit = async { while !matches!(key(&mut self.keyboard).await, b'q' | b'Q') {} };
        let ready = tokio::select! {
            ready = self.up.ready(limit) => ready?,
            () = self.signals.stop() => return Ok(None),
            () = quit => return Ok(None),
        };
        (self.server, self.addresses) = (Some(ready.server_pid), ready.addresses());
        self.api = Some(Api::new(&ready.portal, &ready.admin_token)?);
        Ok(Some(ready))
    }

    /// Tells whether somebody else took a port that `up` was to listen on.
    pub(crate) fn lost_a_port(&self) -> bool {
        self.up.lost_a_port()
    }

    /// Watches another supervisor from now on, once the one before has ended.
    ///
    /// # Errors
    /// When the other one cannot be started.
    pub(crate) async fn replace(&mut self, start: impl FnOnce() -> Result<Up, UpError>) -> Result<(), UpError> {
        // It ended, or is about to: its lock on the directory is waited for.
        self.up.ended().await;
        self.up = start()?;
        Ok(())
    }

    /// Does the work and watches everything beside it.
    ///
    /// # Errors
    /// When the supervisor ends.
    pub(crate) async fn beside<T>(
        &mut self,
        mut work: Pin<&mut impl Future<Output = T>>,
    ) -> Result<Turn<T>, DemoError> {
        loop {
            tokio::select! {
                done = &mut work => return Ok(Turn::Done(done)),
                () = self.signals.stop() => return Ok(Turn::Quit),
                event = self.up.event() => self.heard(event?),
                _ = self.draw.tick() => self.drawn(),
                link = made(&mut self.link) => self.signed(link),
                key = key(&mut self.keyboard) => match key {
                    b'q' | b'Q' => return Ok(Turn::Quit),
                    b'b' | b'B' => return Ok(Turn::Bad),
                    b'k' | b'K' => self.kill(),
                    b'l' | b'L' => self.sign(),
                    _ => {}
                },
            }
        }
    }

    /// Stops the supervisor and everything it started; a second wish to stop makes it hurry. Where it was killed,
    /// `another` takes over what it left, and stops that. Returns false when something may still run.
    pub(crate) async fn stop(self, another: impl FnOnce([SocketAddr; 2]) -> Result<Up, UpError>) -> bool {
        // The keyboard is given back at the very end: what is typed until then is not for the shell.
        let Self { up, mut signals, keyboard: _keyboard, addresses, .. } = self;
        if up.stop(async || signals.stop().await).await {
            return true;
        }
        match addresses.map(another) {
            Some(Ok(another)) => another.stop(async || signals.stop().await).await,
            Some(Err(_)) | None => false,
        }
    }

    fn drawn(&mut self) {
        self.stage.draw();
        self.draws += 1;
        if self.draws.is_multiple_of(DRAWS_A_LINE) {
            self.stage.report_users();
        }
    }

    fn sign(&mut self) {
        if let (Some(api), None) = (&self.api, &self.link) {
            let api = api.clone();
            self.link = Some(Box::pin(async move { api.sign_in_link().await }));
        }
    }

    fn signed(&mut self, link: Result<SignInLink, ApiError>) {
        self.link = None;
        match link {
            Ok(link) => {
                let left = link.expires_at.duration_since(Timestamp::now()).as_secs_f64();
                self.stage.say(&format!("this link signs you in, once, within {}:", words::time(left)));
                self.stage.add(&link.url);
            }
            Err(error) => self.stage.say(&format!("no sign-in link: {}", super::chain(&error))),
        }
    }

    fn kill(&mut self) {
        let Some(pid) = self.server.take().and_then(Pid::from_raw) else {
            self.stage.say("the control plane is down already");
            return;
        };
        let failed = self.stage.failed();
        match kill_process(pid, Signal::KILL) {
            Ok(()) => {
                self.show(Some(Killed { at: Instant::now(), failed, away: None }));
                let words = format!("the control plane is killed (kill -9 {pid}); users go on through the gateway");
                self.stage.say_in(Tone::Wait, &words);
            }
            Err(error) => self.stage.say(&format!("could not kill the control plane: {error}")),
        }
    }

    fn show(&mut self, killed: Option<Killed>) {
        self.killed = killed;
        self.stage.live(|live| live.killed = killed);
    }

    fn heard(&mut self, event: Event) {
        let is_killed = self.killed.is_some_and(|killed| killed.away.is_none());
        match event {
            Event::Up { process, pid } if process == "server" => self.back(pid),
            Event::Up { process, .. } => self.stage.say(&format!("the {process} is back")),
            Event::Down { process } if process == "server" && is_killed => {}
            Event::Down { process } => {
                self.stage.say_in(Tone::Wait, &format!("the {process} died; \"up\" starts it again"));
            }
            Event::Failed { message, .. } | Event::Problem { message } => {
                self.stage.say_in(Tone::Wait, &format!("\"up\" says: {message}"));
            }
            Event::Ready(_) | Event::Other => {}
        }
    }

    fn back(&mut self, pid: i32) {
        self.server = Some(pid);
        let Some(killed) = self.killed.filter(|killed| killed.away.is_none()) else {
            return self.stage.say("the control plane is back");
        };
        let away = killed.at.elapsed();
        self.show(Some(Killed { away: Some(away), ..killed }));
        let failed = self.stage.failed().saturating_sub(killed.failed);
        self.stage.say_in(
            Tone::Good,
            &format!(
                "the control plane is back after {} and goes on; users saw {} failures meanwhile",
                words::time(away.as_secs_f64()),
                words::count(failed)
            ),
        );
    }
}

async fn made(link: &mut Option<Link>) -> Result<SignInLink, ApiError> {
    match link {
        Some(link) => link.await,
        None => std::future::pending().await,
    }
}

async fn key(keyboard: &mut Option<Keyboard>) -> u8 {
    match keyboard {
        Some(keyboard) => keyboard.key().await,
        None => std::future::pending().await,
    }
}

/// The signals that ask for an end: Ctrl-C, a stop by the system, a terminal that closes.
pub(crate) struct Signals([tokio::signal::unix::Signal; 3]);

impl Signals {
    /// Listens from now on; a signal that comes before somebody waits for it is kept.
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self([signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?, signal(SignalKind::hangup())?]))
    }

    async fn stop(&mut self) {
        let [interrupt, terminate, hangup] = &mut self.0;
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::fake::{self, Paper};
    use crate::demo::stage::Look;
    use crate::demo::up::Ports;
    use std::pin::pin;

    /// A supervisor with one child that it starts again when it is killed.
    const SUPERVISOR: &str = r#"
        sleep 60 & child=$!
        trap '' TERM
        echo '{"event":"ready","portal":"http://p","gateway":"http://g","admin_token":"t","server_pid":'$child'}'
        wait $child
        echo '{"event":"down","process":"server","how":"signal 9"}'
        echo '{"event":"up","process":"server","pid":4}'
        cat"#;

    #[tokio::test]
    async fn the_control_plane_is_killed_and_comes_back() {
        let (directory, program) = fake::program(SUPERVISOR);
        let paper = Paper::default();
        let stage = Stage::new(Look::Plain, || (80, 24), Box::new(paper.clone()));
        let up = Up::start(&program, &directory, Ports::Any).expect("starts");
        let mut watch = Watch::new(&stage, up, None, Signals::new().expect("watches"));
        let ready = watch.ready(Duration::from_secs(10)).await.expect("ready").expect("not left");
        watch.kill();
        watch.kill();
        let back = async {
            while !paper.text().contains("is back") {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        assert_eq!(watch.beside(pin!(back)).await.expect("up lives"), Turn::Done(()));
        let said = paper.lines();
        assert_eq!(
            said[0],
            format!("the control plane is killed (kill -9 {}); users go on through the gateway", ready.server_pid)
        );
        assert_eq!(said[1], "the control plane is down already");
        assert!(said[2].starts_with("the control plane is back after "), "{said:?}");
        assert!(said[2].ends_with("users saw 0 failures meanwhile"), "{said:?}");
        assert_eq!(watch.server, Some(4));
        assert!(watch.stop(|_| unreachable!("it was not killed")).await);
    }

    #[tokio::test]
    async fn a_supervisor_that_ends_ends_the_wait() {
        let (directory, program) = fake::program(r#"echo '{"event":"down","process":"gateway"}'; exit 3"#);
        let paper = Paper::default();
        let stage = Stage::new(Look::Plain, || (80, 24), Box::new(paper.clone()));
        let up = Up::start(&program, &directory, Ports::Any).expect("starts");
        let mut watch = Watch::new(&stage, up, None, Signals::new().expect("watches"));
        let error = watch.beside(pin!(std::future::pending::<()>())).await.expect_err("it ended");
        assert!(error.to_string().contains("\"up\" ended"), "{error}");
        assert_eq!(paper.lines(), ["the gateway died; \"up\" starts it again"]);
    }
}
