//! The composition root: one binary, roles are subcommands.

mod args;
mod demo;
mod log;
mod role;
mod up;

use std::process::ExitCode;

use clap::Parser;

use args::{Args, Command};

fn main() -> ExitCode {
    let args = Args::parse();
    log::start(&args);
    match args.command {
        Command::Client(command) => seaworthy_cli::run(&args.global, command),
        Command::Up(command) => up::run(command, &args.global),
        Command::Demo(command) => seaworthy_demo::demo(command.options(&args.global)),
        Command::Server => role::server(),
        Command::Gateway => role::gateway(),
        Command::Sample(command) => seaworthy_demo::sample(command.options()),
        Command::Load(command) => command.run(),
    }
}
