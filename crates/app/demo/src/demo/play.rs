//! One performance: up, story, keys, and everything stopped again, whatever happened in between.

use std::future::{Future, pending};
use std::io::{Write, stderr, stdout};
use std::path::{Path, PathBuf};
use std::pin::{Pin, pin};
use std::process::ExitCode;
use std::time::Duration;

use super::api::Api;
use super::report::{Seen, missing, report};
use super::stage::{Look, Stage, Tone};
use super::tale::{Pace, ROW, Story};
use super::terminal::{Keyboard, look, size};
use super::up::{Ports, Ready, Up};
use super::watch::{Signals, Turn, Watch};
use super::{DemoError, DemoOptions, LOOK_CLOSER, directory::Directory, words};
use crate::load::{Load, LoadOptions};

/// Longest time until server and gateway serve: a second on a calm machine.
const READY_MAX: Duration = Duration::from_secs(60);
/// Lines of each log that are shown when something fails.
const LOG_LINES: usize = 20;
/// Keys during the story.
const KEYS_STORY: &[&str] = &["k kills the control plane", "l signs you in", "q quits"];
/// Keys after it.
const KEYS_STAY: &[&str] = &["k kills the control plane", "b ships a bad version again", "l signs you in", "q quits"];

/// Where and how it is played.
struct House<'a> {
    options: &'a DemoOptions,
    pace: Pace,
    stage: &'a Stage,
    program: &'a Path,
    directory: &'a Directory,
}

/// Plays the demo to its end.
///
/// # Errors
/// When it cannot be set up, or the story breaks off. Everything is stopped all the same.
pub(crate) async fn play(options: &DemoOptions, pace: Pace) -> Result<ExitCode, DemoError> {
    let program = program(options)?;
    // Before there is anything to stop, so that there is no moment in which Ctrl-C leaves something behind.
    let signals = Signals::new().map_err(|error| DemoError::System("watch for signals", error))?;
    let directory = Directory::make(options.keep_dir.as_deref(), &program)?;
    let keyboard = if options.headless { None } else { Keyboard::take() };
    let out: Box<dyn Write> = if options.json { Box::new(stderr()) } else { Box::new(stdout()) };
    let stage = Stage::new(if options.headless { Look::Plain } else { look() }, size, out);
    stage.say("starting a control plane, a gateway and two services");
    let house = House { options, pace, stage: &stage, program: &program, directory: &directory };
    let mut watch = Watch::new(&stage, Up::start(&program, &directory, Ports::Usual)?, keyboard, signals);
    let played = house.perform(&mut watch).await;
    house.stop(watch).await;
    if options.keep_dir.is_some() {
        stage.say(&format!("kept: {}", directory.path().display()));
    }
    house.end(played)
}

/// How a performance ended.
enum Performed {
    /// Headless: the story is over.
    Told(Box<Seen>),
    /// A person, or a signal, ended it.
    Left,
}

fn program(options: &DemoOptions) -> Result<PathBuf, DemoError> {
    match &options.program {
        Some(program) => Ok(program.clone()),
        None => std::env::current_exe().map_err(|error| DemoError::System("find this program", error)),
    }
}

impl House<'_> {
    async fn perform(&self, watch: &mut Watch<'_>) -> Result<Performed, DemoError> {
        let Some(ready) = self.ready(watch).await? else { return Ok(Performed::Left) };
        self.welcome(&ready);
        let DemoOptions { rate, users, .. } = *self.options;
        let users = LoadOptions { rate, users, ..LoadOptions::new(&ready.gateway) };
        let api = Api::new(&ready.portal, &ready.admin_token)?;
        let story = Story { api, portal: ready.portal, stage: self.stage, users, pace: self.pace };
        let Some(load) = self.through(watch, pin!(story.open())).await? else { return Ok(Performed::Left) };
        let load = load?;
        let Some(seen) = self.through(watch, pin!(story.tell(&load))).await? else { return Ok(Performed::Left) };
        let seen = seen?;
        if self.options.headless {
            return Ok(Performed::Told(Box::new(seen)));
        }
        let missing = missing(&seen);
        missing.iter().for_each(|what| self.stage.say_in(Tone::Bad, &format!("this did not happen: {what}")));
        if !missing.is_empty() {
            self.log_tail().iter().for_each(|line| self.stage.add(line));
        }
        self.stay(watch, &story, &load).await?;
        Ok(Performed::Left)
    }

    /// Waits until everything serves, on other ports where another demo was faster.
    async fn ready(&self, watch: &mut Watch<'_>) -> Result<Option<Ready>, DemoError> {
        match watch.ready(READY_MAX).await {
            Err(DemoError::Up(_)) if watch.lost_a_port() => {
                watch.replace(|| Up::start(self.program, self.directory, Ports::Any)).await?;
                watch.ready(READY_MAX).await
            }
            ready => ready,
        }
    }

    fn welcome(&self, ready: &Ready) {
        self.stage.say(&format!("users call {}", ready.gateway));
        self.stage.add(&format!("the portal is {}", ready.portal));
        if let Some(link) = &ready.sign_in {
            self.stage.add("this link signs you in there, once:");
            self.stage.add(link);
        }
        self.stage.live(|live| (live.portal, live.keys) = (Some(ready.portal.clone()), KEYS_STORY));
    }

    /// Plays one act to its end; none where it was left before.
    async fn through<T>(
        &self,
        watch: &mut Watch<'_>,
        mut act: Pin<&mut impl Future<Output = T>>,
    ) -> Result<Option<T>, DemoError> {
        loop {
            match watch.beside(act.as_mut()).await? {
                Turn::Done(done) => return Ok(Some(done)),
                Turn::Bad => self.stage.say("one rollout at a time: b works when this one is over"),
                Turn::Quit => return Ok(None),
            }
        }
    }

    /// Stays up after the story, until a person has seen enough.
    async fn stay(&self, watch: &mut Watch<'_>, story: &Story<'_>, load: &Load) -> Result<(), DemoError> {
        self.stage.live(|live| live.keys = KEYS_STAY);
        self.stage.say(&format!("it stays up: {}", KEYS_STAY.join(", ")));
        let mut version = 4;
        loop {
            match watch.beside(pin!(pending::<()>())).await? {
                Turn::Quit => return Ok(()),
                Turn::Done(()) => {}
                Turn::Bad => {
                    let (name, mut seen) = (format!("v{version}"), Seen::default());
                    version += 1;
                    let bad = story.bad(load, &name, &mut seen);
                    match self.through(watch, pin!(bad)).await? {
                        None => return Ok(()),
                        // A refusal is part of the show: the control plane may be away, or a rollout under way.
                        Some(Err(error)) => self.stage.say(&super::chain(&error)),
                        Some(Ok(())) => {}
                    }
                }
            }
        }
    }

    /// Sends the users home first, so that they do not see the end of the gateway.
    async fn stop(&self, watch: Watch<'_>) {
        let users = self.stage.users();
        self.stage.close();
        if let Some(users) = users {
            self.stage.say(&format!("users leave: {}", words::users(&users).join(" · ")));
        }
        self.stage.say("stopping: versions finish their requests, gateway and control plane end");
        if watch.stop(|at| Up::start(self.program, self.directory, Ports::These(at))).await {
            self.stage.say("everything is stopped");
        } else {
            let words = "warning: \"up\" was killed, and what it started may still run; \
                         `pgrep -af seaworthy` shows what does";
            self.stage.say_in(Tone::Bad, words);
        }
    }

    /// Tells what came of it: the report, what is missing, or what to do next.
    fn end(&self, played: Result<Performed, DemoError>) -> Result<ExitCode, DemoError> {
        let show_log = || self.log_tail().iter().for_each(|line| eprintln!("{line}"));
        match played {
            Ok(Performed::Told(seen)) => {
                if self.options.json {
                    let report = serde_json::to_string_pretty(&report(&seen, ROW)).expect("a report is plain JSON");
                    println!("{report}");
                }
                let missing = missing(&seen);
                if missing.is_empty() {
                    return Ok(ExitCode::SUCCESS);
                }
                show_log();
                missing.iter().for_each(|what| eprintln!("missing: {what}"));
                eprintln!("hint: {LOOK_CLOSER}");
                Ok(ExitCode::FAILURE)
            }
            Ok(Performed::Left) if self.options.headless => Err(DemoError::Interrupted),
            Ok(Performed::Left) => {
                self.offer();
                Ok(ExitCode::SUCCESS)
            }
            Err(error) => {
                show_log();
                Err(error)
            }
        }
    }

    /// Returns what supervisor, control plane and gateway said last.
    fn log_tail(&self) -> Vec<String> {
        self.directory.log_tail(LOG_LINES)
    }

    fn offer(&self) {
        // Here it is `target/release/seaworthy`, or `./seaworthy`: as it can be typed.
        let here = std::env::current_dir().ok();
        let short = here.and_then(|here| self.program.strip_prefix(here).ok());
        let program = match short {
            Some(name) if name.parent() == Some(Path::new("")) => Path::new(".").join(name),
            Some(path) => path.to_owned(),
            None => self.program.to_owned(),
        };
        self.stage.add("");
        let words = "next, your own repository: who owns what, by file and by history; what is merged and not \
                     released; ownership files and what is wrong with them. It reads git only and sends nothing:";
        self.stage.add(words);
        self.stage.add(&format!("{} look PATH", program.display()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::fake::{self, CAUGHT, Fake, MISSED};

    /// What `up` says when everything serves; it stays until its input ends, then leaves a mark.
    fn up(base: &str, mark: &Path) -> String {
        format!(
            "trap '' TERM\n\
             echo '{{\"event\":\"ready\",\"portal\":\"{base}\",\"gateway\":\"{base}\",\"admin_token\":\"sw_t\",\"server_pid\":1}}'\n\
             cat; echo $2 > {}",
            mark.display()
        )
    }

    async fn headless(fake: &Fake) -> (Result<ExitCode, DemoError>, String) {
        let directory = Directory::make(None, Path::new("/x")).expect("made");
        let mark = directory.path().join("mark");
        let (_program_directory, program) = fake::program(&up(&fake.base, &mark));
        let ms = Duration::from_millis;
        let pace =
            Pace { baseline: ms(20), first_versions: ms(900), revert: ms(900), promote: ms(900), settle: ms(900) };
        let options = DemoOptions { headless: true, json: true, program: Some(program), ..DemoOptions::default() };
        let played = play(&options, pace).await;
        (played, std::fs::read_to_string(mark).expect("up was told to stop, and did"))
    }

    fn code(played: &Result<ExitCode, DemoError>) -> String {
        played.as_ref().map_or_else(ToString::to_string, |code| format!("{code:?}"))
    }

    #[tokio::test]
    async fn the_exit_code_tells_whether_the_story_happened() {
        for (script, want) in [(CAUGHT, ExitCode::SUCCESS), (MISSED, ExitCode::FAILURE)] {
            let fake = Fake::start(&[("v2", script)]).await;
            let (played, directory) = headless(&fake).await;
            assert_eq!(code(&played), format!("{want:?}"));
            assert!(!Path::new(directory.trim()).exists(), "the demo's directory {directory} stayed");
        }
    }

    #[tokio::test]
    async fn a_story_that_breaks_off_stops_everything_all_the_same() {
        let fake = Fake::start(&[]).await;
        fake.refuse();
        let (played, _) = headless(&fake).await;
        assert!(code(&played).contains("the fake says no"), "{played:?}");
        assert_eq!(played.expect_err("refused").hint(), Some("ask again"));
    }

    #[tokio::test]
    async fn a_program_that_cannot_be_run_is_named() {
        let options =
            DemoOptions { headless: true, program: Some("/nowhere/seaworthy".into()), ..DemoOptions::default() };
        let error = play(&options, Pace::default()).await.expect_err("there is none");
        assert!(super::super::chain(&error).starts_with("could not start \"/nowhere/seaworthy up\": No such file"));
    }
}
