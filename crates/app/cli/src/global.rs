//! What every command takes: which server, with what credential, in what form.

use std::path::PathBuf;
use std::time::Duration;

use seaworthy_client::Client;

use crate::Failure;

/// Variable that holds the token itself. It has no flag: other users of the machine read command lines.
const TOKEN: &str = "SEAWORTHY_TOKEN";

/// Longest wait for an answer to begin: the API answers from memory, also on a loaded machine, and who asks for a revert
/// must learn soon that the server hangs and that there is another way.
const FIRST_BYTE_MAX: Duration = Duration::from_secs(5);

/// What every command takes.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Everywhere")]
pub struct Global {
    /// Address of the server
    #[arg(
        long,
        global = true,
        value_name = "URL",
        env = "SEAWORTHY_SERVER",
        hide_env_values = true,
        default_value = "http://127.0.0.1:7070"
    )]
    pub server: String,
    /// File that holds the token, unless SEAWORTHY_TOKEN does
    #[arg(long, global = true, value_name = "FILE", env = "SEAWORTHY_TOKEN_FILE", hide_env_values = true)]
    pub token_file: Option<PathBuf>,
    /// Print JSON: answers on standard output, errors on standard error
    #[arg(long, global = true)]
    pub json: bool,
    /// How much to say about what it does, on standard error [default: warn; info for server and gateway]
    #[arg(
        long,
        global = true,
        value_enum,
        value_name = "LEVEL",
        env = "SEAWORTHY_LOG",
        hide_env_values = true,
        hide_possible_values = true
    )]
    pub log: Option<Level>,
}

/// How much is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Level {
    /// What a person should look at.
    Error,
    /// And what may become that.
    Warn,
    /// And what happens.
    Info,
    /// And how.
    Debug,
    /// And every step of it.
    Trace,
}

impl Global {
    /// Makes a client of the server; sends nothing yet.
    ///
    /// # Errors
    /// When the address or the token cannot be used.
    pub(crate) fn client(&self) -> Result<Client, Failure> {
        let token = std::env::var(TOKEN).ok().filter(|token| !token.is_empty());
        let token = token.map_or_else(|| self.token_of_file(), |token| Ok(Some(token)))?;
        Ok(Client::new(&self.server, token)?.with_first_byte(FIRST_BYTE_MAX))
    }

    fn token_of_file(&self) -> Result<Option<String>, Failure> {
        let Some(path) = &self.token_file else { return Ok(None) };
        let text = std::fs::read_to_string(path).map_err(|source| Failure::Read { path: path.clone(), source })?;
        match text.trim() {
            "" => Err(Failure::usage(
                format!("could not read a token from \"{}\": it is empty", path.display()),
                "write the token into it, on one line",
            )),
            token => Ok(Some(token.to_owned())),
        }
    }
}
