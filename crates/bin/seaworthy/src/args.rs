//! The command line: what people ask for, and the roles that processes of ours play.

use clap::Parser;
use seaworthy_cli::Global;

use crate::demo::{DemoArgs, LoadArgs, SampleArgs};
use crate::up::UpArgs;

/// Change software while people use it: a few users first, judged on evidence, reverted at once when it harms.
#[derive(Debug, Parser)]
#[command(name = "seaworthy", version, max_term_width = 110, disable_help_subcommand = true)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Shows the whole loop on this machine: a bad change is caught, reverted, paged, and becomes evidence
    Demo(DemoArgs),
    /// Runs everything on this machine: control plane, gateway, and the services of a directory of files
    Up(UpArgs),
    #[command(flatten)]
    Client(seaworthy_cli::Command),
    /// Runs the control plane; started by `up`
    #[command(hide = true)]
    Server,
    /// Speaks with a gateway on its own socket: `revert` works while the control plane is dead
    Gateway(seaworthy_cli::command::gateway::Args),
    /// Runs a sample service
    #[command(hide = true)]
    Sample(SampleArgs),
    /// Sends users to a gateway
    #[command(hide = true)]
    Load(LoadArgs),
}
