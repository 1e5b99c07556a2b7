//! Running a crate's example that measures: its standard output is one JSON object, its error stream is progress.
//!
//! What is measured needs the project's own crates, and this program must build in seconds: so it starts another.

use std::ffi::OsStr;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::shell::{Outcome, Profile, cargo, line, run, target};

/// Builds an example and returns a command that runs it.
///
/// # Errors
/// When it does not build.
pub(crate) fn build(package: &str, name: &str, profile: Profile) -> Outcome<Command> {
    let (flag, folder): (&[&str], _) = match profile {
        Profile::Dev => (&[], "debug"),
        Profile::Release => (&["--release"], "release"),
    };
    run(cargo(&["build", "--package", package, "--example", name]).args(flag))?;
    Ok(crate::shell::command(target().join(folder).join("examples").join(name)))
}

/// Runs an example that was built, and reads what it measured. Its exit code does not count: a figure that is missed is
/// a figure all the same.
///
/// # Errors
/// When it cannot be started, or says something else.
pub(crate) fn measure(example: &mut Command, words: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Outcome<Value> {
    example.args(words).stdout(Stdio::piped()).stderr(Stdio::inherit());
    eprintln!("$ {}", line(example));
    let done = example.output().map_err(|error| format!("could not run \"{}\": {error}", line(example)))?;
    let said = String::from_utf8_lossy(&done.stdout);
    serde_json::from_str(&said).map_err(|error| format!("\"{}\" said \"{}\": {error}", line(example), said.trim()))
}
