//! One subcommand a file.

pub mod account;
pub mod action;
pub mod alerts;
pub mod apply;
pub mod check;
pub mod collect;
pub mod contacts;
pub mod control;
pub mod credentials;
pub mod downtime;
pub mod gateway;
pub mod hold;
pub mod incident;
pub mod judge;
pub mod ledger;
pub mod ledger_fill;
pub mod look;
pub mod offboard;
pub mod oncall;
pub mod outlets;
pub mod pages;
pub mod probe;
pub mod probes;
pub mod ready;
pub mod resume;
pub mod revert;
pub mod review;
pub mod rollouts;
pub mod rules;
pub mod runbook;
pub mod services;
pub mod ship;
mod sign_in;
pub mod slo;
mod status;
pub mod tickets;
pub mod token;
pub mod week;
pub mod who;

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use jiff::Timestamp;

use crate::context::Context;
use crate::view::View;
use crate::{Exit, Failure, Global, report};

/// What a person can ask for.
#[derive(Debug, Clone, clap::Subcommand)]
#[expect(missing_docs, reason = "what a command is for stands at its arguments, where its help is read from")]
pub enum Command {
    /// Shows whether anybody is needed, what serves, who is on call.
    #[command(after_help = "Example:\n  seaworthy status")]
    Status,
    Ship(ship::Args),
    Revert(revert::Args),
    Hold(hold::Args),
    Shutter(control::ShutterArgs),
    Throttle(control::ThrottleArgs),
    Isolate(control::IsolateArgs),
    Controls(control::ListArgs),
    Action(action::Args),
    Resume(resume::Args),
    Rollouts(rollouts::Args),
    Services(services::Args),
    Who(who::Args),
    Contacts(contacts::Args),
    Ready(ready::Args),
    Except(ready::ExceptArgs),
    Attest(ready::AttestArgs),
    Pages(pages::Args),
    Incident(incident::Args),
    Runbook(runbook::Args),
    Alerts(alerts::Args),
    Tickets(tickets::Args),
    Outlets(outlets::Args),
    Rules(rules::Args),
    Review(review::Args),
    Week(week::Args),
    Apply(apply::Args),
    SignIn(sign_in::Args),
    Account(account::Args),
    Token(token::Args),
    Check(check::CheckArgs),
    Collect(collect::Args),
    Look(look::Args),
    Judge(judge::JudgeArgs),
    Credentials(credentials::Args),
    Offboard(offboard::Args),
    Downtime(downtime::Args),
    Slo(slo::Args),
    Oncall(oncall::Args),
    Probe(probe::Args),
    Probes(probes::Args),
    Ledger(ledger::Args),
    #[command(hide = true)]
    LedgerWriter(ledger::WriterArgs),
    #[command(hide = true)]
    LedgerCheck(ledger::CheckArgs),
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
        Command::Offboard(args) => offboard::run(args, global.json, Timestamp::now(), out, err),
        Command::Credentials(args) => return credentials::run(args, global.json, out, err),
        Command::Downtime(args) => return downtime::run(args, global.json, out, err),
        Command::Slo(args) => return slo::run(args, global.json, out, err),
        Command::Oncall(args) => return oncall::run(args, global.json, out, err),
        Command::Collect(args) => return collect::offline(args, global.json, out, err),
        Command::Who(args) => return who::offline(args, global.json, out, err),
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
        runtime.block_on(dispatch(command, &global.server, &mut cx))
    });
    done.unwrap_or_else(|failure| report(&failure, global.json, err))
}

async fn dispatch(command: Command, server: &str, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    match command {
        Command::Status => status::run(cx).await,
        Command::Ship(args) => ship::run(args, cx).await,
        Command::Revert(args) => revert::run(&args, cx).await,
        Command::Hold(args) => hold::run(&args, cx).await,
        Command::Resume(args) => resume::run(&args, cx).await,
        Command::Shutter(args) => control::shutter(&args, cx).await,
        Command::Throttle(args) => control::throttle(&args, cx).await,
        Command::Isolate(args) => control::isolate(&args, cx).await,
        Command::Action(args) => action::run(&args, cx).await,
        Command::Controls(args) => control::list(&args, cx).await,
        Command::Rollouts(args) => rollouts::run(&args, cx).await,
        Command::Services(args) => services::run(&args, cx).await,
        Command::Collect(args) => collect::run(&args, cx).await,
        Command::Who(args) => who::run(&args, server, cx).await,
        Command::Contacts(args) => contacts::run(&args, cx).await,
        Command::Ready(args) => ready::run(&args, cx).await,
        Command::Except(args) => ready::except(&args, cx).await,
        Command::Attest(args) => ready::attest(&args, cx).await,
        Command::Pages(args) => pages::run(&args, cx).await,
        Command::Runbook(args) => runbook::run(&args, cx).await,
        Command::Incident(args) => incident::run(&args, cx).await,
        Command::Alerts(args) => alerts::run(&args, cx).await,
        Command::Tickets(args) => tickets::run(&args, cx).await,
        Command::Outlets(args) => outlets::run(&args, cx).await,
        Command::Rules(args) => rules::run(&args, cx).await,
        Command::Review(args) => review::run(&args, cx).await,
        Command::Week(args) => week::run(&args, cx).await,
        Command::Apply(args) => apply::run(&args, cx).await,
        Command::Probe(args) => probe::run(&args, server, cx).await,
        Command::Probes(args) => probes::run(&args, cx).await,
        Command::Downtime(args) => downtime::asked(&args, cx).await,
        Command::Oncall(args) => oncall::ask(&args, cx).await,
        Command::SignIn(args) => sign_in::run(&args, cx).await,
        Command::Slo(args) => slo::ask(&args, cx).await,
        Command::Account(args) => account::run(&args, cx).await,
        Command::Token(args) => token::run(&args, cx).await,
        Command::Check(_)
        | Command::Look(_)
        | Command::Judge(_)
        | Command::Credentials(_)
        | Command::Offboard(_)
        | Command::Ledger(_)
        | Command::LedgerWriter(_)
        | Command::LedgerCheck(_)
        | Command::LedgerFill(_) => unreachable!("these need no server and were carried out before"),
    }
}
