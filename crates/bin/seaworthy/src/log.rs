//! Our own log: plain lines on standard error, without colours.

use std::io;

use seaworthy_cli::Level;
use seaworthy_cli::command::gateway;
use tracing::level_filters::LevelFilter;

use crate::args::{Args, Command};

/// Starts logging at the level that was asked for. Server and gateway say what happens, as their log is a file that
/// somebody reads afterwards; a command says only what went wrong.
pub(crate) fn start(args: &Args) {
    let level = args.global.log.unwrap_or(match args.command {
        Command::Server | Command::Gateway(gateway::Args { action: None }) => Level::Info,
        _ => Level::Warn,
    });
    let level = match level {
        Level::Error => LevelFilter::ERROR,
        Level::Warn => LevelFilter::WARN,
        Level::Info => LevelFilter::INFO,
        Level::Debug => LevelFilter::DEBUG,
        Level::Trace => LevelFilter::TRACE,
    };
    // A line that a full disk does not take is lost, and no more: told to, the logger would complain on standard error,
    // the very file that takes nothing, by a macro that panics then.
    let log = tracing_subscriber::fmt().with_writer(io::stderr).with_ansi(false).log_internal_errors(false);
    log.with_max_level(level).init();
}
