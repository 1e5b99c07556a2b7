//! `seaworthy up`: options, the files, and what the supervisor is told about them.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use jiff::Timestamp;
use seaworthy_cli::command::check::{self, CheckArgs};
use seaworthy_cli::{Exit, Failure, Global, report};
use seaworthy_contract::catalogue::Document;
use seaworthy_files::{Diagnostic, Loaded, Severity, Stamp};
use seaworthy_up::{
    AtStop, Commands, DEFAULT_GATEWAY, DEFAULT_PORTAL, Format, Pulses, Reload, Stdin, UpError, UpEvent, UpOptions,
    printer,
};

/// Name of the data directory inside the directory of files; hidden, so it is not read as files.
const DATA: &str = ".seaworthy";

/// Runs everything on this machine: control plane, gateway, and the services that a directory of files describes.
///
/// Applies the files and applies them again when they change. Ctrl-C stops the control plane and the gateway in an
/// order that fails nobody's request; versions of services go on, and the next `up` adopts them.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  seaworthy up examples/hello\n  seaworthy up production --portal 127.0.0.1:0 --gateway 127.0.0.1:8080"
)]
pub(crate) struct UpArgs {
    /// The directory of files
    #[arg(default_value = ".")]
    directory: PathBuf,
    /// Where everything is kept that must outlive it [default: DIRECTORY/.seaworthy]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Where API and portal listen; port 0 takes any free one
    #[arg(long, value_name = "HOST:PORT", default_value_t = DEFAULT_PORTAL)]
    portal: SocketAddr,
    /// Where users reach services
    #[arg(long, value_name = "HOST:PORT", default_value_t = DEFAULT_GATEWAY)]
    gateway: SocketAddr,
    /// Where services reach each other [default: as last time, or 127.0.0.1:8081, or any free port]
    #[arg(long, value_name = "HOST:PORT")]
    outbound: Option<SocketAddr>,
    /// Stop the versions of services as well, at the end
    #[arg(long)]
    stop_versions: bool,
    /// Tell what happens as JSON, an object a line, and stop when standard input ends
    #[arg(long)]
    json_events: bool,
}

/// Runs until it is told to stop.
pub(crate) fn run(args: UpArgs, global: &Global) -> ExitCode {
    let json = args.json_events || global.json;
    match prepare(args, json) {
        Ok(options) => match seaworthy_up::run(options) {
            Ok(()) => ExitCode::SUCCESS,
            // The last event told it.
            Err(error) => exit_of(&error).into(),
        },
        Err(NotStarted::Files) => Exit::No.into(),
        Err(NotStarted::Failure(failure)) if json => {
            printer(Format::Json)(UpEvent::Failed { message: failure.to_string(), hint: failure.hint() });
            failure.exit().into()
        }
        Err(NotStarted::Failure(failure)) => report(&failure, false, &mut io::stderr()).into(),
    }
}

/// Why nothing was started.
enum NotStarted {
    /// The files have errors; they were shown.
    Files,
    Failure(Failure),
}

fn prepare(args: UpArgs, json: bool) -> Result<UpOptions, NotStarted> {
    let read = |source| NotStarted::Failure(Failure::Read { path: args.directory.clone(), source });
    // Before the files are read, so that a change in between is seen.
    let stamp = seaworthy_files::stamp(&args.directory).map_err(read)?;
    let loaded = seaworthy_files::load(&args.directory, Timestamp::now()).map_err(read)?;
    if loaded.has_errors() {
        show(&args.directory, &loaded, json);
        return Err(NotStarted::Files);
    }
    Ok(UpOptions {
        data: args.data.unwrap_or_else(|| args.directory.join(DATA)),
        reload: reload(args.directory.clone(), stamp),
        directory: args.directory,
        portal: args.portal,
        gateway: args.gateway,
        outbound: args.outbound,
        commands: Commands::of_this_program().map_err(no_program)?,
        catalogue: loaded.document,
        pulses: Pulses::default(),
        at_stop: if args.stop_versions { AtStop::StopVersions } else { AtStop::KeepVersions },
        stdin: if args.json_events { Stdin::EndStops } else { Stdin::Ignored },
        on_event: printer(if json { Format::Json } else { Format::Text }),
    })
}

fn no_program(error: io::Error) -> NotStarted {
    let message = format!("could not find out where this program is: {error}");
    NotStarted::Failure(Failure::Usage { message, hint: "is /proc mounted?".to_owned() })
}

/// Shows every mistake as `seaworthy check` does; a program gets them as one event.
fn show(directory: &Path, loaded: &Loaded, json: bool) {
    if json {
        let hint = format!("`seaworthy check {}` shows every mistake", directory.display());
        printer(Format::Json)(UpEvent::Failed { message: mistakes(loaded), hint: Some(hint) });
        return;
    }
    let args = CheckArgs { directory: directory.to_owned(), format: check::Format::Text };
    check::run(&args, Timestamp::now(), &mut io::stderr(), &mut io::stderr());
}

/// Reads the files again when they were changed.
fn reload(directory: PathBuf, stamp: Stamp) -> Reload {
    let mut seen = Some(stamp);
    Box::new(move || {
        let now = seaworthy_files::stamp(&directory).ok();
        if now == seen {
            return None;
        }
        seen = now;
        Some(read(&directory))
    })
}

fn read(directory: &Path) -> Result<Document, String> {
    let loaded = seaworthy_files::load(directory, Timestamp::now())
        .map_err(|error| format!("could not read directory \"{}\": {error}", directory.display()))?;
    if loaded.has_errors() { Err(mistakes(&loaded)) } else { Ok(loaded.document) }
}

fn mistakes(loaded: &Loaded) -> String {
    let errors = loaded.count(Severity::Error);
    let first = loaded.diagnostics.iter().find(|diagnostic| diagnostic.severity == Severity::Error);
    let first = first.map_or_else(String::new, |Diagnostic { file, line, column, message, .. }| {
        format!(", the first at {file}:{line}:{column}: {message}")
    });
    format!("the files have {errors} error{}{first}", if errors == 1 { "" } else { "s" })
}

fn exit_of(error: &UpError) -> Exit {
    match error {
        UpError::Data { .. } | UpError::Locked { .. } | UpError::Bind { .. } => Exit::Usage,
        UpError::Catalogue { .. } => Exit::Refused,
        UpError::Adopt { .. } | UpError::Start { .. } | UpError::Ended { .. } | UpError::System { .. } => {
            Exit::Unavailable
        }
    }
}
