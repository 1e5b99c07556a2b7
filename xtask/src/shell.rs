//! Running other programs: said aloud before, named in the error after.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

/// What a chore ends with: nothing, or the text a person reads before exit code 1.
pub(crate) type Outcome<T = ()> = Result<T, String>;

/// The top of the checkout this program was built from.
pub(crate) fn root() -> &'static Path {
    static ROOT: LazyLock<PathBuf> =
        LazyLock::new(|| Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new(".")).to_owned());
    &ROOT
}

/// Where cargo puts what it builds.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |dir| root().join(dir))
}

/// A command that runs at the top of the checkout and reads nothing from the terminal.
pub(crate) fn command(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root()).stdin(Stdio::null());
    command
}

/// The cargo that runs this program, with `words` as its arguments.
pub(crate) fn cargo(words: &[&str]) -> Command {
    let mut cargo = command(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(words);
    cargo
}

/// The command as a person would type it.
pub(crate) fn line(command: &Command) -> String {
    let name = Path::new(command.get_program()).file_name().unwrap_or_default().to_string_lossy().into_owned();
    let words = command.get_args().map(|word| word.to_string_lossy().into_owned());
    std::iter::once(name).chain(words).collect::<Vec<_>>().join(" ")
}

/// Prints the command, runs it with our own output streams and waits.
///
/// # Errors
/// When it cannot be started or does not end with 0.
pub(crate) fn run(command: &mut Command) -> Outcome {
    eprintln!("$ {}", line(command));
    let status = command.status().map_err(|error| format!("could not run \"{}\": {error}", line(command)))?;
    if status.success() { Ok(()) } else { Err(format!("\"{}\" ended with {status}", line(command))) }
}

/// Runs the command silently and returns what it wrote to its standard output.
///
/// # Errors
/// When it cannot be started, does not end with 0 or does not write UTF-8; its own complaint is included.
pub(crate) fn read(command: &mut Command) -> Outcome<String> {
    let done = command.output().map_err(|error| format!("could not run \"{}\": {error}", line(command)))?;
    if !done.status.success() {
        let said = String::from_utf8_lossy(&done.stderr);
        return Err(format!("\"{}\" ended with {}\n{}", line(command), done.status, said.trim_end()));
    }
    String::from_utf8(done.stdout).map_err(|_| format!("\"{}\" did not write UTF-8", line(command)))
}

/// The first of `names` that is an executable file on the search path.
pub(crate) fn find(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    names.iter().find_map(|name| std::env::split_paths(&path).map(|dir| dir.join(name)).find(|file| file.is_file()))
}

/// Builds the binary in the profile asked for and returns where it is.
///
/// # Errors
/// When it does not build.
pub(crate) fn seaworthy(profile: Profile) -> Outcome<PathBuf> {
    let (flag, folder): (&[&str], _) = match profile {
        Profile::Dev => (&[], "debug"),
        Profile::Release => (&["--release"], "release"),
    };
    run(cargo(&["build", "--package", "seaworthy"]).args(flag))?;
    Ok(target().join(folder).join("seaworthy"))
}

/// How the binary is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Profile {
    /// As tests build it.
    Dev,
    /// As people run it.
    Release,
}
