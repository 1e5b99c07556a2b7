//! `seaworthy credentials scan`: offline; a gate by its exit code.

use std::io::{IsTerminal as _, Write};
use std::time::Duration;

use jiff::Timestamp;
use seaworthy_credential_files::{Key, KeyError, Report, ScanError};

use super::progress::Line;
use super::said::{Accepted, Said, said};
use super::{ScanArgs, text};
use crate::{Exit, Failure, report};

/// Longest list of accepted fingerprints; one line is 60 bytes.
const ACCEPTED_BYTES_MAX: u64 = 1 << 20;

/// Scans, writes the result, and returns how it ended.
pub(super) fn run(args: &ScanArgs, json: bool, out: &mut impl Write, err: &mut impl Write) -> Exit {
    let now = Timestamp::now();
    let done = look(args).and_then(|(found, is_key_kept, accepted)| {
        let said = said(&found, is_key_kept, &accepted, now);
        show(&said, args, json, now, out)?;
        Ok(if said.counted == 0 && said.cut.is_none() { Exit::Ok } else { Exit::No })
    });
    done.unwrap_or_else(|failure| report(&failure, json, err))
}

fn look(args: &ScanArgs) -> Result<(Report, bool, Accepted), Failure> {
    let accepted = accepted(args)?;
    let key = args.key.as_deref().map(Key::of_file).transpose().map_err(|error| unusable(&error))?;
    let is_key_kept = key.is_some();
    let key = key.unwrap_or_else(Key::of_this_run);
    let mut line = Line::new(std::io::stderr().is_terminal());
    let time = Duration::from_secs(args.seconds);
    let scanned = seaworthy_credential_files::scan(&args.path, &key, time, &mut |at| line.show(at));
    line.clear();
    scanned.map(|found| (found, is_key_kept, accepted)).map_err(|error| unreadable(&error))
}

fn accepted(args: &ScanArgs) -> Result<Accepted, Failure> {
    let Some(path) = &args.accepted else { return Ok(Accepted::default()) };
    let failed = |source| Failure::Read { path: path.clone(), source };
    let size = std::fs::metadata(path).map_err(failed)?.len();
    if size > ACCEPTED_BYTES_MAX {
        let message = format!("could not read \"{}\": it is longer than 1 MiB", path.display());
        return Err(Failure::usage(message, "take out what is no longer there"));
    }
    let text = std::fs::read_to_string(path).map_err(failed)?;
    let hint = "write the fingerprint as the scan prints it, a day such as 2027-01-31, and why";
    Accepted::read(&text).map_err(|why| Failure::usage(format!("could not read \"{}\": {why}", path.display()), hint))
}

fn unusable(error: &KeyError) -> Failure {
    Failure::usage(chain(error), "name a file that this made before, or one that is not there yet")
}

fn unreadable(error: &ScanError) -> Failure {
    Failure::usage(chain(error), "give a directory or a file that you may read")
}

/// Says an error with its causes, on one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text += &format!(": {error}");
        cause = error.source();
    }
    text
}

fn show(said: &Said, args: &ScanArgs, json: bool, now: Timestamp, out: &mut impl Write) -> Result<(), Failure> {
    if json {
        serde_json::to_writer_pretty(&mut *out, said).map_err(std::io::Error::from)?;
        writeln!(out)?;
    } else {
        out.write_all(text::render(said, args.all, now).as_bytes())?;
    }
    Ok(out.flush()?)
}
