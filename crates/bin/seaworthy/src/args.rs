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
    Demo(DemoArgs),
    Up(UpArgs),
    #[command(flatten)]
    Client(seaworthy_cli::Command),
    /// Runs the control plane; started by `up`
    #[command(hide = true)]
    Server,
    Gateway(seaworthy_cli::command::gateway::Args),
    #[command(hide = true)]
    Sample(SampleArgs),
    #[command(hide = true)]
    Load(LoadArgs),
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn parse(line: &str) -> Result<Command, clap::Error> {
        Args::try_parse_from(std::iter::once("seaworthy").chain(line.split_whitespace())).map(|args| args.command)
    }

    #[test]
    fn every_option_of_every_command_fits_the_others() {
        Args::command().debug_assert();
    }

    #[test]
    fn roles_and_commands_are_told_apart() {
        for line in [
            "up",
            "up dir --data d --portal 127.0.0.1:0 --gateway [::1]:80 --outbound 127.0.0.1:1 --stop-versions --json-events",
            "demo --headless --json",
            "demo --keep dir --rate 50 --users 100",
            "server",
            "sample checkout",
            "load http://127.0.0.1:8080 --rate 10 --post-ratio 0.5 --seconds 1.5",
            "gateway revert checkout --dir d",
            "gateway revert checkout --data d/.seaworthy",
            "gateway status --data d/.seaworthy",
            "gateway status --socket s --json",
            "status",
        ] {
            assert!(parse(line).is_ok(), "{line}: {:?}", parse(line).err());
        }
        assert!(matches!(parse("gateway"), Ok(Command::Gateway(gateway)) if gateway.action.is_none()));
        assert!(matches!(parse("status"), Ok(Command::Client(_))));
        for line in ["up --portal 7070", "up --portal localhost:7070", "sample shop", "load", "gateway revert", "help"]
        {
            assert!(parse(line).is_err(), "{line}");
        }
    }
}
