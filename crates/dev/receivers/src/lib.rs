//! Fakes of other people's receivers, for tests: each holds a sender to what its documentation says, and answers with
//! what it is recorded to answer. Threads and sockets of the standard library alone, so that anything may use it.

mod desk;
mod http;
mod pagerduty;
mod slack;

use std::collections::VecDeque;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

pub use desk::{Desk, Kept, OpenDesk};

/// Whose contract is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contract {
    /// PagerDuty's Events API v2.
    PagerDuty,
    /// Slack's incoming webhooks.
    Slack,
}

/// A request as it came.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// Its method.
    pub method: String,
    /// Its path.
    pub path: String,
    /// Its headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Its body.
    pub body: Vec<u8>,
}

impl Request {
    /// Returns a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Returns the body as JSON; null where it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its headers.
    pub headers: Vec<(String, String)>,
    /// Its body.
    pub body: String,
}

impl Contract {
    /// Says what its owner answers to a request.
    pub fn judge(self, request: &Request) -> Answer {
        match self {
            Self::PagerDuty => pagerduty::judge(request),
            Self::Slack => slack::judge(request),
        }
    }

    /// Returns an answer that is recorded under this name.
    ///
    /// # Panics
    /// When there is none of that name: a test asks for what nobody recorded.
    pub fn recorded(self, name: &str) -> Answer {
        let all: Value = serde_json::from_str(self.fixtures()).expect("the fixtures are JSON");
        let found = &all["answers"][name];
        let status = found["status"].as_u64().and_then(|status| u16::try_from(status).ok());
        let status = status.unwrap_or_else(|| panic!("no answer \"{name}\" is recorded of {self:?}"));
        let headers = found["headers"].as_object().into_iter().flatten();
        let headers = headers.map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned()));
        let body = match &found["body"] {
            Value::String(text) => text.clone(),
            body => body.to_string(),
        };
        Answer { status, headers: headers.collect(), body }
    }

    /// Returns requests as the documentation has them, each with the name of its answer.
    pub fn requests(self) -> Vec<(Request, String)> {
        let all: Value = serde_json::from_str(self.fixtures()).expect("the fixtures are JSON");
        let requests = all["requests"].as_array().cloned().unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let request = |recorded: &Value| Request {
            method: "POST".to_owned(),
            path: text(&all["path"]),
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            body: match &recorded["body"] {
                Value::String(body) => body.clone().into_bytes(),
                body => body.to_string().into_bytes(),
            },
        };
        requests.iter().map(|recorded| (request(recorded), text(&recorded["answer"]))).collect()
    }

    fn fixtures(self) -> &'static str {
        match self {
            Self::PagerDuty => include_str!("fixtures/pagerduty.json"),
            Self::Slack => include_str!("fixtures/slack.json"),
        }
    }
}

/// A receiver that listens; it ends with the program.
#[derive(Debug)]
pub struct Receiver {
    /// Where it listens.
    pub address: SocketAddr,
    contract: Contract,
    told: Arc<Mutex<Told>>,
}

#[derive(Debug, Default)]
struct Told {
    heard: Vec<(Request, u16)>,
    next: VecDeque<Answer>,
}

impl Receiver {
    /// Starts one on a free port of this machine.
    ///
    /// # Errors
    /// When there is no port.
    pub fn start(contract: Contract) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let (address, told) = (listener.local_addr()?, Arc::<Mutex<Told>>::default());
        let telling = told.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let telling = telling.clone();
                // Whoever goes away before the answer comes is the tests' affair, not the receiver's.
                std::thread::spawn(move || http::serve(stream, |request| answer(contract, &telling, request)));
            }
        });
        Ok(Self { address, contract, told })
    }

    /// Returns its base address.
    pub fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Answers one request, in turn, with what is recorded under this name, whatever the request says.
    pub fn next(&self, name: &str) {
        let answer = self.contract.recorded(name);
        self.told.lock().unwrap_or_else(PoisonError::into_inner).next.push_back(answer);
    }

    /// Returns what came, each with the status that it was answered with.
    pub fn heard(&self) -> Vec<(Request, u16)> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner).heard.clone()
    }
}

fn answer(contract: Contract, told: &Mutex<Told>, request: Request) -> Answer {
    let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
    let answer = told.next.pop_front().unwrap_or_else(|| contract.judge(&request));
    told.heard.push((request, answer.status));
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_of_the_documentation_are_answered_as_it_says() {
        for contract in [Contract::PagerDuty, Contract::Slack] {
            let requests = contract.requests();
            assert!(requests.len() >= 8, "{contract:?}");
            for (request, name) in requests {
                let answer = contract.judge(&request);
                let want = contract.recorded(&name);
                let said = String::from_utf8_lossy(&request.body[..request.body.len().min(200)]).into_owned();
                assert_eq!(answer.status, want.status, "{contract:?} to {said}");
            }
        }
    }
}
