//! One subcommand a file.

pub mod apply;
pub mod check;
pub mod gateway;
pub mod judge;
pub mod ledger;
pub mod ledger_fill;
pub mod look;
pub mod pages;
pub mod ready;
pub mod revert;
pub mod rollouts;
pub mod services;
pub mod ship;
mod sign_in;
mod status;
pub mod who;

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use jiff::Timestamp;

use crate::context::Context;
use crate::view::View;
use crate::{Exit, Failure, Global, report};

/// What a person can ask for.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum Command {
    /// Shows whether anybody is needed, what serves, who is on call
    Status,
    /// Ships a version: to a few users first, to everybody when they are well
    Ship(ship::Args),
    /// Takes the latest version of a service off its users, at once
    Revert(revert::Args),
    /// Shows what was shipped and what became of it
    Rollouts(rollouts::Args),
    /// Lists services with owner, version and the place that says so
    Services(services::Args),
    /// Says who owns something and who is on call for it
    Who(who::Args),
    /// Shows what is known of a service's readiness, with evidence and its age
    Ready(ready::Args),
    /// Shows pages that wait for somebody; takes one
    Pages(pages::Args),
    /// Applies a directory of files to the catalogue: services, teams, people, rotations
    Apply(apply::Args),
    /// Prints a one-time link that signs a person in to the portal
    SignIn,
    /// Checks a directory of files and prints every mistake with its place and remedy
    Check(check::CheckArgs),
    /// Shows who owns a git repository, what waits for a release, and what is wrong; needs no server
    Look(look::Args),
    /// Checks the judge against vectors, or judges counts from standard input; needs no server
    Judge(judge::JudgeArgs),
    /// Verifies, exports and tails the ledger; needs no server
    Ledger(ledger::Args),
    /// Appends until it is killed
    #[command(hide = true)]
    LedgerWriter(ledger::WriterArgs),
    /// Compares a ledger with what was acknowledged
    #[command(hide = true)]
    LedgerCheck(ledger::CheckArgs),
    /// Fills an empty ledger
    #[command(hide = true)]
    LedgerFill(ledger_fill::Args),
}

/// Carries a command out and returns the exit code.
pub fn run(global: &Global, command: Command) -> ExitCode {
    let (mut out, mut err) = (BufWriter::new(io::stdout().lock()), io::stderr());
    match offline(global, &command, &mut out, &mut err) {
        Some(code) => code.into(),
        None => asked(global, command, &mut out, &mut err).into(),
    }
}

/// Carries out what needs no server.
fn offline(global: &Global, command: &Command, out: &mut impl Write, err: &mut impl Write) -> Option<u8> {
    let code = match command {
        Command::Check(args) => {
            let format = if global.json { check::Format::Json } else { args.format };
            check::run(&check::CheckArgs { format, ..args.clone() }, Timestamp::now(), out, err)
        }
        Command::Look(args) => look::run(args, out),
        Command::Judge(args) => {
            judge::run(&judge::JudgeArgs { json: global.json, ..args.clone() }, io::stdin().lock(), out, err)
        }
        Command::Ledger(args) => ledger::run(args, out, err),
        Command::LedgerWriter(args) => ledger::writer(args, err),
        Command::LedgerCheck(args) => ledger::check(args, out, err),
        Command::LedgerFill(args) => ledger_fill::run(args, err),
        _ => return None,
    };
    Some(code)
}

/// Carries out what asks a server.
fn asked(global: &Global, command: Command, out: &mut dyn Write, err: &mut dyn Write) -> Exit {
    let view = View::of_this_process(global.json);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let done = runtime.map_err(Failure::from).and_then(|runtime| {
        let mut cx = Context { api: global.client()?, view, out, err };
        runtime.block_on(dispatch(command, &mut cx))
    });
    done.unwrap_or_else(|failure| report(&failure, global.json, err))
}

async fn dispatch(command: Command, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    match command {
        Command::Status => status::run(cx).await,
        Command::Ship(args) => ship::run(args, cx).await,
        Command::Revert(args) => revert::run(&args, cx).await,
        Command::Rollouts(args) => rollouts::run(&args, cx).await,
        Command::Services(args) => services::run(&args, cx).await,
        Command::Who(args) => who::run(&args, cx).await,
        Command::Ready(args) => ready::run(&args, cx).await,
        Command::Pages(args) => pages::run(&args, cx).await,
        Command::Apply(args) => apply::run(&args, cx).await,
        Command::SignIn => sign_in::run(cx).await,
        Command::Check(_)
        | Command::Look(_)
        | Command::Judge(_)
        | Command::Ledger(_)
        | Command::LedgerWriter(_)
        | Command::LedgerCheck(_)
        | Command::LedgerFill(_) => unreachable!("these need no server and were carried out before"),
    }
}
