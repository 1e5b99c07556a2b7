//! A repository of its own for each test, made by git with fixed dates; gone when the test is over.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use seaworthy_git::{Emails, LookError, Options, Report, look};

/// The instant at which all looks are taken: 2026-01-01T00:00:00Z.
pub(crate) const NOW: &str = "2026-01-01T00:00:00Z";

/// A repository in a temporary directory.
pub(crate) struct Repository {
    pub(crate) path: PathBuf,
}

impl Drop for Repository {
    fn drop(&mut self) {
        // What stays behind in the temporary directory harms nobody.
        std::fs::remove_dir_all(&self.path).ok();
    }
}

impl Repository {
    /// Makes an empty directory; tests run in processes or threads of their own, so both are in its name.
    pub(crate) fn directory() -> Self {
        let unique = format!("{}-{:?}", std::process::id(), std::thread::current().id());
        let unique: String = unique.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
        let path = std::env::temp_dir().join(format!("seaworthy-look-{unique}"));
        std::fs::remove_dir_all(&path).ok();
        std::fs::create_dir_all(&path).unwrap();
        Self { path: path.canonicalize().unwrap() }
    }

    /// Makes a repository without commits.
    pub(crate) fn new() -> Self {
        let repository = Self::directory();
        repository.git(&["init", "-q", "-b", "main"]);
        repository
    }

    /// Runs git as nobody in particular.
    pub(crate) fn git(&self, args: &[&str]) -> String {
        self.git_as("Nobody <nobody@acme.example>", "2025-12-01T12:00:00Z", args)
    }

    fn git_as(&self, who: &str, at: &str, args: &[&str]) -> String {
        let (name, email) = who.trim_end_matches('>').split_once(" <").unwrap();
        let output = Command::new("git")
            .current_dir(&self.path)
            .args(["-c", "commit.gpgSign=false", "-c", "tag.gpgSign=false", "-c", "core.autocrlf=false"])
            .args(args)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .envs([("GIT_AUTHOR_NAME", name), ("GIT_AUTHOR_EMAIL", email), ("GIT_AUTHOR_DATE", at)])
            .envs([("GIT_COMMITTER_NAME", name), ("GIT_COMMITTER_EMAIL", email), ("GIT_COMMITTER_DATE", at)])
            .output()
            .unwrap();
        assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Writes a file without committing it.
    pub(crate) fn write(&self, path: &str, content: &str) {
        let path = self.path.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    /// Commits files by a person on a day.
    pub(crate) fn commit(&self, who: &str, day: &str, subject: &str, files: &[(&str, &str)]) {
        for (path, content) in files {
            self.write(path, content);
        }
        let at = format!("{day}T12:00:00Z");
        self.git(&["add", "--all"]);
        self.git_as(who, &at, &["commit", "-q", "--allow-empty", "-m", subject]);
    }

    /// Tags the commit that is checked out, on a day.
    pub(crate) fn tag(&self, name: &str, day: &str) {
        self.git_as("Ann Lee <ann@acme.example>", &format!("{day}T13:00:00Z"), &["tag", "-a", "-m", name, name]);
    }

    /// Looks at it as somebody who asks for nothing special.
    pub(crate) fn look(&self) -> Report {
        self.look_with(&self.path, |_| {}).unwrap()
    }

    /// Looks at a path with other options.
    pub(crate) fn look_with(&self, path: &Path, change: impl FnOnce(&mut Options)) -> Result<Report, LookError> {
        let mut options = Options {
            window_days: 365,
            recent_days: 90,
            branch: None,
            emails: Emails::Hidden,
            time: Duration::from_secs(60),
        };
        change(&mut options);
        look(path, &options, NOW.parse().unwrap(), &mut |_| {})
    }
}
