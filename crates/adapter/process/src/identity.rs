//! Who a process is: a process id alone is used again by the kernel, with the start time it is not.

use std::fmt;
use std::fs;

use serde::{Deserialize, Serialize};

/// Where the start time stands in `/proc/PID/stat`, counted from the state behind the name (proc(5), field 22).
const START_TIME_FIELD: usize = 19;

/// Where the process group stands (field 5).
const GROUP_FIELD: usize = 2;

/// A process of this boot of the kernel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Identity {
    /// The process id.
    pub pid: u32,
    /// When it started, in clock ticks since the kernel did.
    pub start_time: u64,
}

impl Identity {
    /// Reads who has this process id now; `None` when nobody has, or only a dead process that waits to be noticed.
    pub fn of(pid: u32) -> Option<Self> {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        parse(&stat, START_TIME_FIELD).map(|start_time| Self { pid, start_time })
    }

    /// Tells whether this very process still runs.
    pub fn is_alive(&self) -> bool {
        Self::of(self.pid) == Some(*self)
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.pid, self.start_time)
    }
}

/// Returns the id of this boot of the kernel: process ids and start times begin anew with each. Empty where the
/// system does not tell.
pub fn kernel_boot() -> String {
    let id = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    id.trim().to_owned()
}

/// Tells whether a process of this group lives. The dead do not count: one that nobody reaps stays in its group.
pub(crate) fn group_lives(group: u32) -> bool {
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let stats = processes.filter_map(|entry| {
        entry.file_name().to_str()?.parse::<u32>().ok()?;
        fs::read_to_string(entry.path().join("stat")).ok()
    });
    stats.into_iter().any(|stat| parse(&stat, GROUP_FIELD) == Some(u64::from(group)))
}

/// Takes a field of a living process out of a stat line. The name stands in brackets and may hold anything.
fn parse(stat: &str, field: usize) -> Option<u64> {
    let mut fields = stat.rsplit_once(')')?.1.split_ascii_whitespace();
    let state = fields.clone().next()?;
    if matches!(state, "Z" | "X" | "x") {
        return None;
    }
    fields.nth(field)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::CommandExt;

    use super::*;

    #[test]
    fn stat_lines() {
        let line =
            |name: &str, state: &str| format!("7 ({name}) {state} 1 7 7 0 -1 4 0 0 0 0 0 0 0 0 20 0 1 0 4711 99 1\n");
        for (stat, want) in [
            (line("sh", "S"), Some(4711)),
            (line("a) R 1 (b", "R"), Some(4711)),
            (line("sh", "Z"), None),
            (line("sh", "X"), None),
            ("7 (sh) S 1 7".to_owned(), None),
            (String::new(), None),
        ] {
            assert_eq!(parse(&stat, START_TIME_FIELD), want, "{stat:?}");
        }
    }

    #[test]
    fn a_group_lives_while_somebody_in_it_does() {
        let mut child = std::process::Command::new("true").process_group(0).spawn().expect("starts");
        let id = child.id();
        // Dead, and not reaped: it is still in its group.
        while Identity::of(id).is_some() {
            std::thread::yield_now();
        }
        assert!(!group_lives(id));
        child.wait().expect("ours");
        let us = fs::read_to_string("/proc/self/stat").expect("we run");
        let group = parse(&us, GROUP_FIELD).expect("we live");
        assert!(group_lives(u32::try_from(group).expect("a process id")));
    }

    #[test]
    fn we_are_alive_and_another_start_time_is_not_us() {
        let us = Identity::of(std::process::id()).expect("we run");
        assert!(us.is_alive());
        assert!(!Identity { start_time: us.start_time + 1, ..us }.is_alive());
        assert_eq!(us.to_string(), format!("{}-{}", us.pid, us.start_time));
        assert!(!kernel_boot().is_empty());
    }
}
