//! The processes that `up` starts: their exit code tells it whether to start them again.

use std::error::Error;
use std::process::ExitCode;

use seaworthy_contract::process::EXIT_CONFIG;
use seaworthy_gateway::GatewayError;
use seaworthy_server::ServerError;

/// Runs the server until it is told to stop.
pub(crate) fn server() -> ExitCode {
    match seaworthy_server::run() {
        Ok(()) => ExitCode::SUCCESS,
        // What was handed over does not get better by another start; the moment may.
        Err(error) => ended(&error, error.is_config() || matches!(error, ServerError::Handover(_))),
    }
}

/// Runs the gateway until it is told to stop.
pub(crate) fn gateway() -> ExitCode {
    match seaworthy_gateway::run_as_child() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let config = matches!(
                error,
                GatewayError::Server { .. }
                    | GatewayError::Listener { .. }
                    | GatewayError::Journal { .. }
                    | GatewayError::Boot(_)
            );
            ended(&error, config)
        }
    }
}

fn ended(error: &dyn Error, config: bool) -> ExitCode {
    tracing::error!("{}", chain(error));
    if config { EXIT_CONFIG.into() } else { ExitCode::FAILURE }
}

/// Writes an error with its sources; an error that shows another one's text adds none.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let words = cause.to_string();
        if !text.contains(&words) {
            text = format!("{text}: {words}");
        }
        source = cause.source();
    }
    text
}
