//! Waiting for a program within a limit, and ending it so that its children end too.

use std::process::{Child, ExitStatus};
use std::time::{Duration, Instant};

use crate::shell::command;

/// How often a running program is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// What a program may take to end in order after Ctrl-C.
const END_WITHIN: Duration = Duration::from_secs(15);

/// The status with which `child` ended, or none when it is still running after `limit`.
pub(super) fn wait(child: &mut Child, limit: Duration) -> Option<ExitStatus> {
    let start = Instant::now();
    loop {
        // A child that cannot be waited for is as good as hung: the caller ends it.
        match child.try_wait() {
            Ok(Some(status)) => return Some(status),
            Err(_) => return None,
            Ok(None) if start.elapsed() > limit => return None,
            Ok(None) => std::thread::sleep(LOOK_EVERY),
        }
    }
}

/// Asks `child` to end as Ctrl-C does, then makes sure.
pub(super) fn stop(child: &mut Child) {
    let asked = command("kill").args(["-INT", &child.id().to_string()]).status();
    let ended = asked.is_ok_and(|status| status.success()) && wait(child, END_WITHIN).is_some();
    if !ended {
        eprintln!("warning: process {} did not end after Ctrl-C and was killed; look for children it left", child.id());
        // Either may fail because it has ended meanwhile, which is what is wanted.
        drop(child.kill());
        drop(child.wait());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_no_longer_than_the_limit_and_stops_what_is_left() {
        let mut child = command("sleep").arg("600").spawn().unwrap();
        assert!(wait(&mut child, Duration::from_millis(1)).is_none());
        stop(&mut child);
        assert!(wait(&mut child, Duration::ZERO).is_some_and(|status| !status.success()));
    }

    #[test]
    fn hands_over_the_status() {
        let mut child = command("true").spawn().unwrap();
        assert!(wait(&mut child, Duration::from_secs(10)).is_some_and(|status| status.success()));
    }
}
