//! A program of the team's choice, with the page as JSON on its standard input: the way to anything there is no
//! channel for yet. Exit code 0 means taken, 75 (`EX_TEMPFAIL`) means try again, anything else means no.

use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::AsyncWriteExt;
use tokio::process::{Child, Command};

use crate::{NotTaken, Note};

/// Longest time the program has.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Exit code of a program that asks to be tried again (`sysexits.h`).
const EX_TEMPFAIL: i32 = 75;

/// The program and what it started: a shell that is killed alone would leave behind what hangs.
pub(crate) struct Group(Option<Pid>);

impl Group {
    /// The group of a program that was started as the first of it.
    pub(crate) fn of(child: &Child) -> Self {
        Self(child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?)))
    }

    /// What it left running on purpose is its own affair.
    pub(crate) fn leave(&mut self) {
        self.0 = None;
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(group) = self.0 {
            // It may have ended by itself just now.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

pub(crate) async fn send(command: &[String], note: &Note) -> Result<(), NotTaken> {
    within(TIMEOUT, command, note).await
}

async fn within(time: Duration, command: &[String], note: &Note) -> Result<(), NotTaken> {
    let [program, arguments @ ..] = command else { return Err(NotTaken::for_good("the command is empty")) };
    let mut body = serde_json::to_vec(note).map_err(|_| NotTaken::for_good("the page could not be written as JSON"))?;
    // A whole line: what collects pages in a file, or reads line by line, can tell them apart.
    body.push(b'\n');
    let run = async {
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| NotTaken::for_now(format!("the command could not be started: {}", error.kind())))?;
        let mut group = Group::of(&child);
        if let Some(mut stdin) = child.stdin.take() {
            // A program that does not read its input may still succeed: its exit code says.
            stdin.write_all(&body).await.ok();
        }
        let ended = child.wait().await;
        group.leave();
        ended.map_err(|error| NotTaken::for_now(format!("the command was lost: {}", error.kind())))
    };
    let status = tokio::time::timeout(time, run).await;
    match status.map_err(|_| NotTaken::for_now(format!("the command took over {} s", time.as_secs())))?? {
        status if status.success() => Ok(()),
        status if status.code() == Some(EX_TEMPFAIL) => Err(NotTaken::for_now("the command asks to be tried again")),
        status => Err(NotTaken::for_good(format!("the command ended with {status}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::page;

    async fn shell(script: &str) -> Result<(), NotTaken> {
        send(&["sh".to_owned(), "-c".to_owned(), script.to_owned()], &page()).await
    }

    #[tokio::test]
    async fn exit_codes_say_what_came_of_it() {
        assert_eq!(shell("grep -q '\"sentence\":\"1 in 3 orders fails\"'").await, Ok(()));
        assert_eq!(shell("read -r line && ! read -r more").await, Ok(()), "one line, with its end");
        assert!(shell("exit 75").await.expect_err("not taken").again);
        assert!(!shell("exit 1").await.expect_err("not taken").again);
        assert!(send(&["/no/such/program".to_owned()], &page()).await.expect_err("not taken").again);
        assert!(!send(&[], &page()).await.expect_err("not taken").again);
        assert!(send(&["nul\0".to_owned()], &page()).await.is_err(), "no panic");
    }

    #[tokio::test]
    async fn endless_output_is_thrown_away() {
        assert_eq!(shell("head -c 10000000 /dev/zero; head -c 10000000 /dev/zero >&2").await, Ok(()));
    }

    #[tokio::test]
    async fn a_command_that_hangs_is_ended_with_everything_it_started() {
        let dir = std::env::temp_dir().join(format!("seaworthy-hangs-{}", std::process::id()));
        let script = format!("sleep 1000 & echo $! > '{}'; wait; sleep 1000", dir.display());
        let command = ["sh".to_owned(), "-c".to_owned(), script];
        let hung = within(Duration::from_millis(500), &command, &page()).await;
        assert!(hung.expect_err("it hangs").again);
        let child: i32 = std::fs::read_to_string(&dir).expect("it began").trim().parse().expect("a pid");
        let state = || std::fs::read_to_string(format!("/proc/{child}/stat")).unwrap_or_else(|_| "gone) Z".to_owned());
        while !state().contains(") Z") {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        std::fs::remove_file(dir).expect("it was there");
    }
}
