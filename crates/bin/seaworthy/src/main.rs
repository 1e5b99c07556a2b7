//! The composition root: one binary, roles are subcommands.

mod args;
mod demo;
#[cfg(test)]
mod hints;
mod log;
mod role;
mod up;

use std::io;
use std::process::ExitCode;

use clap::Parser;
use seaworthy_cli::command::gateway;

use args::{Args, Command};

fn main() -> ExitCode {
    let args = Args::parse();
    log::start(&args);
    match args.command {
        Command::Client(command) => seaworthy_cli::run(&args.global, command),
        Command::Up(command) => up::run(command, &args.global),
        Command::Demo(command) => seaworthy_demo::demo(command.options(&args.global)),
        Command::Server => role::server(),
        Command::Gateway(gateway::Args { action: None }) => role::gateway(),
        Command::Gateway(gateway::Args { action: Some(action) }) => {
            gateway::run(&action, args.global.json, &mut io::stdout(), &mut io::stderr()).into()
        }
        Command::Sample(command) => seaworthy_demo::sample(command.options()),
        Command::Load(command) => command.run(),
    }
}
