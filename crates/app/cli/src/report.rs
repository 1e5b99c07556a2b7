//! How a failure is told: `error:` and `hint:` for people, the API's error shape for programs.

use std::io::Write;

use serde::Serialize;

use crate::{Exit, Failure};

#[derive(Serialize)]
struct Said<'a> {
    code: &'a str,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<String>,
}

/// Tells a failure and returns its exit code.
pub fn report(failure: &Failure, json: bool, err: &mut dyn Write) -> Exit {
    if let Failure::Write(error) = failure
        && error.kind() == std::io::ErrorKind::BrokenPipe
    {
        // A reader that went away, as `head` does, has seen enough.
        return Exit::Ok;
    }
    let (message, hint, request) = (failure.to_string(), failure.hint(), failure.request());
    let text = if json {
        let said = Said { code: failure.code(), message, hint, request };
        serde_json::to_string(&said).expect("it has string keys only") + "\n"
    } else {
        let hint = hint.map_or_else(String::new, |hint| format!("hint: {hint}\n"));
        let word = if matches!(failure, Failure::Interrupted(_)) { "" } else { "error: " };
        let request = request.map_or_else(String::new, |id| format!("request: {id}, in the server's log\n"));
        format!("{word}{message}\n{hint}{request}")
    };
    // With standard error gone there is nobody left to tell; the exit code still says it.
    err.write_all(text.as_bytes()).unwrap_or_default();
    failure.exit()
}
