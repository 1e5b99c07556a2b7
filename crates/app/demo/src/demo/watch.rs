//! What happens beside the story: keys, signals, the supervisor's events, the live part drawn again.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval};

use super::DemoError;
use super::stage::Stage;
use super::terminal::Keyboard;
use super::up::{Event, Ready, Up};

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
    killed: Option<Killed>,
}

/// The control plane was killed by key.
struct Killed {
    at: Instant,
    /// Failures that users had seen until then.
    failed: u64,
}

impl<'a> Watch<'a> {
    /// Begins to watch.
    ///
    /// # Errors
    /// When the system gives no signals.
    pub(crate) fn new(stage: &'a Stage, up: Up, keyboard: Option<Keyboard>) -> Result<Self, DemoError> {
        let signals = Signals::new().map_err(|error| DemoError::System("watch for signals", error))?;
        let mut draw = interval(DRAW_EVERY);
        draw.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Ok(Self { stage, up, keyboard, signals, draw, draws: 0, server: None, killed: None })
    }

    /// Waits until everything serves; none where the end was wished for before.
    pub(crate) async fn ready(&mut self, limit: Duration) -> Result<Option<Ready>, DemoError> {
        tokio::select! {
            ready = self.up.ready(limit) => {
                let ready = ready?;
                self.server = Some(ready.server_pid);
                Ok(Some(ready))
            }
            () = self.signals.stop() => Ok(None),
        }
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
                key = key(&mut self.keyboard) => match key {
                    b'q' | b'Q' => return Ok(Turn::Quit),
                    b'b' | b'B' => return Ok(Turn::Bad),
                    b'k' | b'K' => self.kill(),
                    _ => {}
                },
            }
        }
    }

    /// Stops the supervisor and everything it started. Returns false when it had to be killed.
    pub(crate) async fn stop(self) -> bool {
        self.up.stop().await
    }

    fn drawn(&mut self) {
        self.stage.draw();
        self.draws += 1;
        if self.draws.is_multiple_of(DRAWS_A_LINE) {
            self.stage.report_users();
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
                self.killed = Some(Killed { at: Instant::now(), failed });
                self.stage
                    .say(&format!("the control plane is killed (kill -9 {pid}); users go on through the gateway"));
            }
            Err(error) => self.stage.say(&format!("could not kill the control plane: {error}")),
        }
    }

    fn heard(&mut self, event: Event) {
        match event {
            Event::Up { process, pid } if process == "server" => {
                self.server = Some(pid);
                let words = match self.killed.take() {
                    Some(Killed { at, failed }) => format!(
                        "the control plane is back after {:.1} s and goes on; users saw {} failures meanwhile",
                        at.elapsed().as_secs_f64(),
                        self.stage.failed().saturating_sub(failed)
                    ),
                    None => "the control plane is back".to_owned(),
                };
                self.stage.say(&words);
            }
            Event::Up { process, .. } => self.stage.say(&format!("the {process} is back")),
            Event::Down { process } if process == "server" && self.killed.is_some() => {}
            Event::Down { process } => self.stage.say(&format!("the {process} died; \"up\" starts it again")),
            Event::Failed { message, .. } | Event::Problem { message } => {
                self.stage.say(&format!("\"up\" says: {message}"))
            }
            Event::Ready(_) | Event::Other => {}
        }
    }
}

async fn key(keyboard: &mut Option<Keyboard>) -> u8 {
    match keyboard {
        Some(keyboard) => keyboard.key().await,
        None => std::future::pending().await,
    }
}

/// The signals that ask for an end: Ctrl-C, a stop by the system, a terminal that closes.
struct Signals([tokio::signal::unix::Signal; 3]);

impl Signals {
    fn new() -> io::Result<Self> {
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
        let stage = Stage::new(Look::Plain, Box::new(paper.clone()));
        let up = Up::start(&program, &directory).expect("starts");
        let mut watch = Watch::new(&stage, up, None).expect("watches");
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
        assert!(said[2].starts_with("the control plane is back after 0."), "{said:?}");
        assert!(said[2].ends_with("users saw 0 failures meanwhile"), "{said:?}");
        assert_eq!(watch.server, Some(4));
        assert!(watch.stop().await);
    }

    #[tokio::test]
    async fn a_supervisor_that_ends_ends_the_wait() {
        let (directory, program) = fake::program(r#"echo '{"event":"down","process":"gateway"}'; exit 3"#);
        let paper = Paper::default();
        let stage = Stage::new(Look::Plain, Box::new(paper.clone()));
        let up = Up::start(&program, &directory).expect("starts");
        let mut watch = Watch::new(&stage, up, None).expect("watches");
        let error = watch.beside(pin!(std::future::pending::<()>())).await.expect_err("it ended");
        assert!(error.to_string().contains("\"up\" ended"), "{error}");
        assert_eq!(paper.lines(), ["the gateway died; \"up\" starts it again"]);
    }
}
