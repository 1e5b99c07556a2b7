//! The demo's directory: the files of a production directory, and everything `up` keeps beside them.
//!
//! It is private to the user (it holds a token and a ledger) and goes away with the demo, unless it is to be kept.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use super::leftover::{self, PREFIX};
use crate::random::Random;

/// The files, as a newcomer would write them; `@program@` is replaced by this program.
const FILES: [(&str, &str); 3] = [
    ("team.yaml", include_str!("../../production/team.yaml")),
    ("checkout.yaml", include_str!("../../production/checkout.yaml")),
    ("payments.yaml", include_str!("../../production/payments.yaml")),
];

/// A directory that is removed when this is dropped, unless it is kept.
#[derive(Debug)]
pub(crate) struct Directory {
    path: PathBuf,
    kept: bool,
}

/// Why there is no directory.
#[derive(Debug, thiserror::Error)]
#[error("could not write \"{}\"", .path.display())]
pub(crate) struct DirectoryError {
    path: PathBuf,
    #[source]
    source: io::Error,
}

impl Directory {
    /// Makes `keep`, or a directory of its own in the system's place for such, and writes the files into it.
    ///
    /// # Errors
    /// When it cannot be written, or `keep` exists and holds something: a ledger of before is not to be mixed in.
    pub(crate) fn make(keep: Option<&Path>, program: &Path) -> Result<Self, DirectoryError> {
        let own = || {
            let below = std::env::temp_dir();
            leftover::remove(&below);
            below.join(format!("{PREFIX}{:08x}", Random::from_system().below(u32::MAX)))
        };
        let path = keep.map_or_else(own, Path::to_owned);
        let fail = |source| DirectoryError { path: path.clone(), source };
        if keep.is_some() && fs::read_dir(&path).is_ok_and(|mut files| files.next().is_some()) {
            return Err(fail(io::Error::new(io::ErrorKind::AlreadyExists, "it is not empty")));
        }
        DirBuilder::new().mode(0o700).recursive(keep.is_some()).create(&path).map_err(fail)?;
        let made = Self { path: path.clone(), kept: keep.is_some() };
        if keep.is_none() {
            leftover::sign(&path).map_err(fail)?;
        }
        for (name, text) in FILES {
            fs::write(path.join(name), fill(text, program)).map_err(fail)?;
        }
        Ok(made)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Opens the file that takes what `up` says beside its events, after what an earlier one said.
    pub(crate) fn log(&self) -> io::Result<File> {
        File::options().create(true).append(true).open(self.log_path())
    }

    /// Returns the last lines that supervisor, control plane and gateway said, for a failure that nothing else explains.
    pub(crate) fn log_tail(&self, lines: usize) -> Vec<String> {
        let logs = [("up", self.log_path()), ("server", self.run("server.log")), ("gateway", self.run("gateway.log"))];
        logs.iter().flat_map(|(name, path)| tail(name, path, lines)).collect()
    }

    /// A file that `up` keeps beside its processes.
    fn run(&self, name: &str) -> PathBuf {
        self.path.join(".seaworthy/run").join(name)
    }

    fn log_path(&self) -> PathBuf {
        self.path.join("up.log")
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        if !self.kept
            && let Err(error) = fs::remove_dir_all(&self.path)
        {
            eprintln!("warning: could not remove \"{}\": {error}", self.path.display());
        }
    }
}

/// Returns the last lines of a log that is small, as the demo's are: `up` bounds them.
fn tail(name: &str, path: &Path, lines: usize) -> Vec<String> {
    let text = fs::read(path).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let all: Vec<_> = text.lines().collect();
    all[all.len().saturating_sub(lines)..].iter().map(|line| format!("{name}: {line}")).collect()
}

/// Puts the program's path in; quoted as JSON, which YAML reads alike.
fn fill(text: &str, program: &Path) -> String {
    text.replace("\"@program@\"", &serde_json::Value::from(program.to_string_lossy()).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use seaworthy_contract::catalogue::{Entity, Sticky};
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn it_is_private_and_goes_away() {
        let directory = Directory::make(None, Path::new("/opt/sea worthy")).expect("made");
        let path = directory.path().to_owned();
        assert_eq!(fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o700);
        let text = fs::read_to_string(path.join("checkout.yaml")).expect("there");
        assert!(text.contains(r#"command: ["/opt/sea worthy", sample, checkout]"#), "{text}");
        fs::write(path.join("up.log"), "one\ntwo\nthree\n").expect("writes");
        fs::create_dir_all(path.join(".seaworthy/run")).expect("made");
        fs::write(path.join(".seaworthy/run/server.log"), "four\n").expect("writes");
        assert_eq!(directory.log_tail(2), ["up: two", "up: three", "server: four"]);
        drop(directory);
        assert!(!path.exists());
    }

    #[test]
    fn a_kept_one_stays_and_is_never_mixed() {
        let parent = Directory::make(None, Path::new("/x")).expect("made");
        let path = parent.path().join("kept");
        drop(Directory::make(Some(&path), Path::new("/x")).expect("made"));
        assert!(path.join("team.yaml").exists());
        let error = Directory::make(Some(&path), Path::new("/x")).expect_err("it holds files");
        assert!(error.to_string().contains("kept"), "{error}");
    }

    #[test]
    fn the_files_say_what_the_story_needs() {
        let directory = Directory::make(None, Path::new("/opt/seaworthy")).expect("made");
        let now = "2026-02-03T12:00:00Z".parse().expect("valid");
        let loaded = seaworthy_files::load(directory.path(), now).expect("readable");
        // Nobody of the demo can be reached outside of it: the page stands in the portal and on the terminal.
        let mistakes = loaded.diagnostics.iter().filter(|found| found.rule != "person-unreachable");
        assert_eq!(mistakes.count(), 0, "{:?}", loaded.diagnostics);
        let entity = |name| loaded.document.entities.iter().find(|found| found.entity.key() == ("service", name));
        let Some(Entity::Service(checkout)) = entity("checkout").map(|found| &found.entity) else {
            panic!("no checkout")
        };
        let run = checkout.run.as_ref().expect("it runs");
        assert_eq!(run.command, ["/opt/seaworthy", "sample", "checkout"]);
        assert_eq!(
            (checkout.rollout.dwell_ms, checkout.rollout.requests_min, checkout.rollout.bake_ms),
            (5_000, 50, 60_000)
        );
        assert_eq!(
            checkout.rollout.steps.iter().map(ToString::to_string).collect::<Vec<_>>(),
            ["5%", "25%", "50%", "100%"]
        );
        assert_eq!(checkout.routes[0].sticky, Some(Sticky::Header("x-user".to_owned())));
        assert!(entity("payments").is_some());
        assert!(loaded.document.entities.iter().any(|found| found.entity.key() == ("rotation", "shop-primary")));
    }

    #[test]
    fn no_placeholder_is_left() {
        for (name, text) in FILES {
            assert!(!fill(text, Path::new("/x")).contains('@'), "{name}");
        }
    }
}
