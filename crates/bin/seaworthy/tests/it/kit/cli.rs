//! The program as a person runs it: arguments in, exit code and words out.

use std::process::{Command, Stdio};

use super::{Scratch, Up};

/// How a command ended and what it said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Said {
    /// Fails unless the command ended with `code` and said each of `words` where people read errors.
    pub(crate) fn refused(&self, code: i32, words: &[&str]) {
        assert_eq!(self.code, code, "{self:?}");
        words.iter().for_each(|word| assert!(self.err.contains(word), "no {word:?} in {self:?}"));
    }

    /// Fails unless the command ended well; returns what it printed.
    pub(crate) fn done(self) -> String {
        assert_eq!(self.code, 0, "{self:?}");
        self.out
    }
}

/// The program, with nothing of our own environment that it reads.
pub(crate) fn command(scratch: &Scratch, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_seaworthy"));
    command.args(arguments).env("TMPDIR", scratch.tmp()).stdin(Stdio::null());
    for name in ["SERVER", "TOKEN", "TOKEN_FILE", "LOG", "GATEWAY_SOCKET"] {
        command.env_remove(format!("SEAWORTHY_{name}"));
    }
    command
}

/// Runs the program to its end.
pub(crate) fn seaworthy(scratch: &Scratch, arguments: &[&str]) -> Said {
    run(command(scratch, arguments))
}

fn run(mut command: Command) -> Said {
    let output = command.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Said { code: output.status.code().unwrap_or(-1), out: text(&output.stdout), err: text(&output.stderr) }
}

impl Up {
    /// Runs the program against this server, as its admin.
    pub(crate) fn cli(&self, scratch: &Scratch, arguments: &[&str]) -> Said {
        self.cli_with(scratch, &self.token, arguments)
    }

    /// Runs the program against this server with another token.
    pub(crate) fn cli_with(&self, scratch: &Scratch, token: &str, arguments: &[&str]) -> Said {
        let mut command = command(scratch, arguments);
        command.env("SEAWORTHY_SERVER", &self.portal).env("SEAWORTHY_TOKEN", token);
        run(command)
    }
}
