//! One performance: up, story, keys, and everything stopped again, whatever happened in between.

use std::future::{Future, pending};
use std::io::{Write, stderr, stdout};
use std::path::{Path, PathBuf};
use std::pin::{Pin, pin};
use std::process::ExitCode;
use std::time::Duration;

use super::api::Api;
use super::report::{Seen, missing, report};
use super::stage::{Look, Stage};
use super::tale::{Pace, ROW, Story};
use super::terminal::{Keyboard, look};
use super::up::{Ready, Up};
use super::watch::{Turn, Watch};
use super::{DemoError, DemoOptions, directory::Directory};
use crate::load::{Load, LoadOptions};

/// Longest time until server and gateway serve: a second on a calm machine.
const READY_MAX: Duration = Duration::from_secs(60);
/// Lines of `up`'s own words that are shown when it fails.
const LOG_LINES: usize = 20;

/// Plays the demo to its end.
///
/// # Errors
/// When it cannot be set up, or the story breaks off. Everything is stopped all the same.
pub(crate) async fn play(options: &DemoOptions, pace: Pace) -> Result<ExitCode, DemoError> {
    let program = program(options)?;
    let directory = Directory::make(options.keep_dir.as_deref(), &program)?;
    let keyboard = if options.headless { None } else { Keyboard::take() };
    let out: Box<dyn Write> = if options.json { Box::new(stderr()) } else { Box::new(stdout()) };
    let stage = Stage::new(if options.headless { Look::Plain } else { look() }, out);
    stage.say("starting a control plane, a gateway and two services");
    let mut watch = Watch::new(&stage, Up::start(&program, &directory)?, keyboard)?;
    let played = perform(options, pace, &stage, &mut watch).await;
    stop(&stage, watch).await;
    let played = match played {
        Ok(Performed::Told(seen)) => Ok(verdict(options, &seen)),
        Ok(Performed::Left) if options.headless => Err(DemoError::Interrupted),
        Ok(Performed::Left) => Ok(ExitCode::SUCCESS),
        Err(error) => {
            directory.log_tail(LOG_LINES).iter().for_each(|line| eprintln!("up: {line}"));
            Err(error)
        }
    };
    if options.keep_dir.is_some() {
        stage.say(&format!("kept: {}", directory.path().display()));
    }
    if !options.headless {
        offer(&stage, &program);
    }
    played
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

async fn perform(
    options: &DemoOptions,
    pace: Pace,
    stage: &Stage,
    watch: &mut Watch<'_>,
) -> Result<Performed, DemoError> {
    let Some(ready) = watch.ready(READY_MAX).await? else { return Ok(Performed::Left) };
    welcome(stage, &ready);
    let users = LoadOptions { rate: options.rate, users: options.users, ..LoadOptions::new(&ready.gateway) };
    let story = Story { api: Api::new(&ready.portal, &ready.admin_token)?, stage, users, pace };
    let Some(load) = through(watch, pin!(story.open())).await? else { return Ok(Performed::Left) };
    let load = load?;
    let Some(seen) = through(watch, pin!(story.tell(&load))).await? else { return Ok(Performed::Left) };
    let seen = seen?;
    if options.headless {
        return Ok(Performed::Told(Box::new(seen)));
    }
    missing(&seen).iter().for_each(|what| stage.say(&format!("this did not happen: {what}")));
    stay(stage, watch, &story, &load).await?;
    Ok(Performed::Left)
}

fn welcome(stage: &Stage, ready: &Ready) {
    stage.say(&format!("users call {}", ready.gateway));
    stage.add(&format!("the portal is {}", ready.portal));
    if let Some(link) = &ready.sign_in {
        stage.add(&format!("this link signs you in there, once: {link}"));
    }
    stage.live(|live| {
        live.portal = Some(ready.portal.clone());
        live.keys = "k kills the control plane · q quits";
    });
}

/// Plays one act to its end; none where it was left before.
async fn through<T>(watch: &mut Watch<'_>, mut act: Pin<&mut impl Future<Output = T>>) -> Result<Option<T>, DemoError> {
    loop {
        match watch.beside(act.as_mut()).await? {
            Turn::Done(done) => return Ok(Some(done)),
            Turn::Bad => {}
            Turn::Quit => return Ok(None),
        }
    }
}

/// Stays up after the story, until a person has seen enough.
async fn stay(stage: &Stage, watch: &mut Watch<'_>, story: &Story<'_>, load: &Load) -> Result<(), DemoError> {
    stage.live(|live| live.keys = "k kills the control plane · b ships a bad version · q quits");
    stage.say("it stays up: k kills the control plane, b ships a bad version again, q quits");
    let mut version = 4;
    loop {
        match watch.beside(pin!(pending::<()>())).await? {
            Turn::Quit => return Ok(()),
            Turn::Done(()) => {}
            Turn::Bad => {
                let (name, mut seen) = (format!("v{version}"), Seen::default());
                version += 1;
                let bad = story.bad(load, &name, &mut seen);
                match through(watch, pin!(bad)).await? {
                    None => return Ok(()),
                    // A refusal is part of the show: the control plane may be away, or a rollout under way.
                    Some(Err(error)) => stage.say(&super::chain(&error)),
                    Some(Ok(())) => {}
                }
            }
        }
    }
}

/// Sends the users home first, so that they do not see the end of the gateway.
async fn stop(stage: &Stage, watch: Watch<'_>) {
    stage.clear();
    stage.say("stopping: users leave, versions finish their requests, gateway and control plane end");
    stage.watch(None);
    if watch.stop().await {
        stage.say("everything is stopped");
    } else {
        stage.say("warning: \"up\" did not end in order and was killed; look for processes that stayed");
    }
}

/// Prints the report and says whether the whole story happened.
fn verdict(options: &DemoOptions, seen: &Seen) -> ExitCode {
    if options.json {
        let report = serde_json::to_string_pretty(&report(seen, ROW)).expect("a report is plain JSON");
        println!("{report}");
    }
    let missing = missing(seen);
    missing.iter().for_each(|what| eprintln!("missing: {what}"));
    if missing.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn offer(stage: &Stage, program: &Path) {
    let here = std::env::current_dir().ok();
    let short = here.and_then(|here| program.strip_prefix(here).ok().map(Path::to_owned));
    let program = short.unwrap_or_else(|| program.to_owned());
    stage.add("next, your own repository: who owns what by file and by history, what is merged and not released");
    stage.add(&format!("(reads git only, sends nothing):  {} look PATH", program.display()));
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
