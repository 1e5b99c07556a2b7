//! What a demo that was killed left behind: its directory, which the next demo removes.
//!
//! Only a directory that is surely nobody's goes: ours by name, owner and rights, signed by a demo that is dead, and no
//! place where any process works. Whatever is in doubt stays.

use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use rustix::process::geteuid;
use seaworthy_process::{Identity, kernel_boot};
use serde::{Deserialize, Serialize};

/// How the name of a demo's own directory begins.
pub(crate) const PREFIX: &str = "seaworthy-demo-";

/// The file that says whose directory it is.
const SIGNATURE: &str = ".demo.json";

/// Most directories looked at: a demo is not where thousands are killed.
const LOOKED_MAX: usize = 100;

/// Who made a directory.
#[derive(Debug, Serialize, Deserialize)]
struct Signature {
    process: Identity,
    /// A process id and start time of another boot of the kernel mean nothing now.
    kernel_boot: String,
}

impl Signature {
    fn is_alive(&self) -> bool {
        self.kernel_boot == kernel_boot() && self.process.is_alive()
    }
}

/// Writes down that this process made a directory.
pub(crate) fn sign(directory: &Path) -> io::Result<()> {
    let process = Identity::of(std::process::id()).ok_or(io::ErrorKind::NotFound)?;
    let signature = Signature { process, kernel_boot: kernel_boot() };
    fs::write(directory.join(SIGNATURE), serde_json::to_vec(&signature)?)
}

/// Removes the directories of demos that were killed. One that cannot be removed is left for the next time: it is no
/// reason not to show a demo.
pub(crate) fn remove(below: &Path) {
    let entries = fs::read_dir(below).into_iter().flatten().flatten();
    let named = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(PREFIX));
    for entry in named.take(LOOKED_MAX).filter(|entry| is_left(&entry.path())) {
        drop(fs::remove_dir_all(entry.path()));
    }
}

/// Tells whether a directory is ours, and nobody needs it any more.
fn is_left(directory: &Path) -> bool {
    // Not followed: a link of that name could point anywhere.
    let private = fs::symlink_metadata(directory).is_ok_and(|about| {
        about.is_dir() && about.uid() == geteuid().as_raw() && about.permissions().mode().trailing_zeros() >= 6
    });
    let signature = || serde_json::from_slice::<Signature>(&fs::read(directory.join(SIGNATURE)).ok()?).ok();
    private && signature().is_some_and(|signature| !signature.is_alive()) && !is_worked_in(directory)
}

/// Tells whether a process works in it: what a killed supervisor left running can still be taken over.
fn is_worked_in(directory: &Path) -> bool {
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    processes.into_iter().any(|one| fs::read_link(one.path().join("cwd")).is_ok_and(|cwd| cwd.starts_with(directory)))
}

#[cfg(test)]
mod tests {
    use std::fs::DirBuilder;
    use std::os::unix::fs::{DirBuilderExt, symlink};
    use std::path::PathBuf;
    use std::process::{Command, Stdio};

    use super::*;

    /// A place for directories, removed at the end.
    struct Below(PathBuf);

    impl Below {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("seaworthy-leftover-{name}-{}", std::process::id()));
            DirBuilder::new().create(&path).expect("made");
            // As /proc shows it.
            Self(path.canonicalize().expect("there"))
        }

        fn make(&self, name: &str, mode: u32, process: Option<Identity>, boot: &str) -> PathBuf {
            let path = self.0.join(name);
            DirBuilder::new().mode(mode).create(&path).expect("made");
            if let Some(process) = process {
                let signature = Signature { process, kernel_boot: boot.to_owned() };
                fs::write(path.join(SIGNATURE), serde_json::to_vec(&signature).expect("JSON")).expect("written");
            }
            path
        }
    }

    impl Drop for Below {
        fn drop(&mut self) {
            drop(fs::remove_dir_all(&self.0));
        }
    }

    #[test]
    fn only_what_a_dead_demo_left_goes() {
        let below = Below::new("which");
        let us = Identity::of(std::process::id()).expect("we run");
        let dead = Identity { start_time: us.start_time + 1, ..us };
        let boot = kernel_boot();
        let gone = [
            below.make("seaworthy-demo-dead", 0o700, Some(dead), &boot),
            below.make("seaworthy-demo-boot", 0o700, Some(us), "another"),
        ];
        let stays = [
            below.make("seaworthy-demo-alive", 0o700, Some(us), &boot),
            below.make("seaworthy-demo-unsigned", 0o700, None, &boot),
            below.make("seaworthy-demo-shared", 0o750, Some(dead), &boot),
            below.make("another-program", 0o700, Some(dead), &boot),
            below.make("kept", 0o700, Some(dead), &boot),
        ];
        symlink(&stays[4], below.0.join("seaworthy-demo-link")).expect("linked");
        remove(&below.0);
        assert!(gone.iter().all(|path| !path.exists()), "{gone:?}");
        assert!(stays.iter().all(|path| path.exists()), "{stays:?}");
        assert!(stays[4].join(SIGNATURE).exists(), "a link is not followed");
    }

    #[test]
    fn where_somebody_works_nothing_goes() {
        let below = Below::new("work");
        let us = Identity::of(std::process::id()).expect("we run");
        let left = below.make("seaworthy-demo-dead", 0o700, Some(us), "another");
        let mut worker = Command::new("cat").current_dir(&left).stdin(Stdio::piped()).spawn().expect("starts");
        remove(&below.0);
        assert!(left.exists());
        drop(worker.stdin.take());
        worker.wait().expect("ended");
        remove(&below.0);
        assert!(!left.exists());
    }

    #[test]
    fn a_demo_signs_as_itself() {
        let below = Below::new("sign");
        let path = below.make("seaworthy-demo-us", 0o700, None, "");
        sign(&path).expect("signed");
        assert!(!is_left(&path));
    }
}
