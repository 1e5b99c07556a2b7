//! Trackers and Slack's Web API, as far as tickets and rooms need them: they remember what they were told, refuse what their
//! documentation refuses, and answer in its shapes.
//!
//! GitHub: docs.github.com/rest/issues (2022-11-28). Jira: its REST API, version 3. ServiceNow: the Table API. Slack:
//! docs.slack.dev, methods of conversations and chat.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};

use crate::{Answer, Request, http};

/// Whose desk it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Desk {
    /// Issues of GitHub.
    GitHub,
    /// Issues of Jira.
    Jira,
    /// Incidents of ServiceNow.
    ServiceNow,
    /// Rooms of Slack.
    Slack,
}

/// A ticket or a room.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    /// Its name there.
    pub key: String,
    /// What it was made of.
    pub made_of: Value,
    /// Its own word for how it stands.
    pub state: String,
    /// What was added to it.
    pub notes: Vec<Value>,
}

#[derive(Debug, Default)]
struct Told {
    kept: Vec<Kept>,
    heard: Vec<(String, u16)>,
    lose: usize,
    refuse: Vec<u16>,
}

/// A desk that listens; it ends with the program.
#[derive(Debug)]
pub struct OpenDesk {
    /// Where it listens.
    pub address: SocketAddr,
    told: Arc<Mutex<Told>>,
}

impl Desk {
    /// Opens it on a free port of this machine.
    ///
    /// # Errors
    /// When there is no port.
    pub fn open(self) -> io::Result<OpenDesk> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let (address, told) = (listener.local_addr()?, Arc::<Mutex<Told>>::default());
        let telling = told.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let telling = telling.clone();
                std::thread::spawn(move || http::serve(stream, |request| self.serve(&telling, &request)));
            }
        });
        Ok(OpenDesk { address, told })
    }

    fn serve(self, told: &Mutex<Told>, request: &Request) -> Answer {
        let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
        let refused = (!told.refuse.is_empty()).then(|| told.refuse.remove(0));
        let (status, body) = match refused {
            Some(status) => (status, json!({ "message": "refused as the test wants" })),
            None if request.header("authorization").is_none() => (401, json!({ "message": "Bad credentials" })),
            None => self.answer(&mut told, request),
        };
        told.heard.push((format!("{} {}", request.method, request.path), status));
        let lost = request.method == "POST" && told.lose > 0;
        told.lose -= usize::from(lost);
        // What is lost was done all the same.
        let (status, body) = if lost { (502, Value::Null) } else { (status, body) };
        Answer { status, headers: Vec::new(), body: if body.is_null() { String::new() } else { body.to_string() } }
    }

    fn answer(self, told: &mut Told, request: &Request) -> (u16, Value) {
        let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
        let parts: Vec<&str> = path.split('/').skip(1).collect();
        let body = request.json();
        match self {
            Self::GitHub => github(told, &request.method, &parts, &body, request.header("user-agent").is_some()),
            Self::Jira => jira(told, &request.method, &parts, query, &body),
            Self::ServiceNow => servicenow(told, &request.method, &parts, query, &body),
            Self::Slack => slack(told, &parts, &body),
        }
    }
}

impl OpenDesk {
    /// Returns its base address.
    pub fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns what it keeps.
    pub fn kept(&self) -> Vec<Kept> {
        self.lock().kept.clone()
    }

    /// Returns each request line that came, with its status.
    pub fn heard(&self) -> Vec<(String, u16)> {
        self.lock().heard.clone()
    }

    /// Does what so many further POSTs ask, and loses the answers.
    pub fn lose(&self, answers: usize) {
        self.lock().lose = answers;
    }

    /// Refuses the next request with a status.
    pub fn refuse(&self, status: u16) {
        self.lock().refuse.push(status);
    }

    /// Says of the newest ticket how it stands, as a person there would.
    pub fn set(&self, state: &str) {
        if let Some(kept) = self.lock().kept.last_mut() {
            state.clone_into(&mut kept.state);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn keep(told: &mut Told, key: String, made_of: &Value, state: &str) -> Kept {
    let kept = Kept { key, made_of: made_of.clone(), state: state.to_owned(), notes: Vec::new() };
    told.kept.push(kept.clone());
    kept
}

fn find<'a>(told: &'a mut Told, key: &str) -> Option<&'a mut Kept> {
    told.kept.iter_mut().find(|kept| kept.key == key)
}

const MISSING: (u16, Value) = (404, Value::Null);

fn github(told: &mut Told, method: &str, parts: &[&str], body: &Value, named: bool) -> (u16, Value) {
    if !named {
        return (
            403,
            json!({ "message": "Request forbidden by administrative rules. Please make sure your request has a User-Agent header" }),
        );
    }
    let issue = |kept: &Kept| {
        let number: u64 = kept.key.parse().unwrap_or_default();
        let page = format!("https://github.com/shop/checkout/issues/{number}");
        json!({ "number": number, "state": kept.state, "html_url": page, "title": kept.made_of["title"], "body": kept.made_of["body"] })
    };
    match (method, parts) {
        ("POST", ["repos", _, _, "issues"]) if !body["title"].is_string() => {
            (422, json!({ "message": "Validation Failed" }))
        }
        ("POST", ["repos", _, _, "issues"]) => {
            let number = told.kept.len() + 1;
            (201, issue(&keep(told, number.to_string(), body, "open")))
        }
        ("GET", ["repos", _, _, "issues"]) => (200, told.kept.iter().rev().map(issue).collect()),
        ("GET", ["repos", _, _, "issues", key]) => find(told, key).map_or(MISSING, |kept| (200, issue(kept))),
        ("POST", ["repos", _, _, "issues", key, "comments"]) => find(told, key).map_or(MISSING, |kept| {
            kept.notes.push(body["body"].clone());
            (201, json!({ "id": 1 }))
        }),
        ("PATCH", ["repos", _, _, "issues", key]) => find(told, key).map_or(MISSING, |kept| {
            kept.state = body["state"].as_str().unwrap_or(&kept.state).to_owned();
            (200, issue(kept))
        }),
        _ => MISSING,
    }
}

fn jira(told: &mut Told, method: &str, parts: &[&str], query: &str, body: &Value) -> (u16, Value) {
    let shown = |kept: &Kept| json!({ "key": kept.key, "fields": { "status": { "name": kept.state, "statusCategory": { "key": kept.state } } } });
    match (method, parts) {
        ("POST", ["rest", "api", "3", "issue"]) => {
            let fields = &body["fields"];
            if !fields["summary"].is_string() || fields["description"]["type"] != "doc" {
                return (400, json!({ "errors": { "summary": "You must specify a summary of the issue." } }));
            }
            let key = format!("SHOP-{}", told.kept.len() + 1);
            let kept = keep(told, key, fields, "new");
            (
                201,
                json!({ "id": "10000", "key": kept.key, "self": "https://shop.atlassian.net/rest/api/3/issue/10000" }),
            )
        }
        ("GET", ["rest", "api", "3", "search", "jql"]) => {
            let has = |kept: &&Kept| {
                let labels = kept.made_of["labels"].as_array().cloned().unwrap_or_default();
                labels.iter().filter_map(Value::as_str).any(|label| query.contains(&format!("%22{label}%22")))
            };
            (200, json!({ "issues": told.kept.iter().filter(has).map(shown).collect::<Vec<_>>(), "isLast": true }))
        }
        ("GET", ["rest", "api", "3", "issue", key]) => find(told, key).map_or(MISSING, |kept| (200, shown(kept))),
        ("POST", ["rest", "api", "3", "issue", key, "comment"]) => find(told, key).map_or(MISSING, |kept| {
            kept.notes.push(body["body"]["content"][0]["content"][0]["text"].clone());
            (201, json!({ "id": "1" }))
        }),
        ("POST", ["rest", "api", "3", "issue", key, "transitions"]) => find(told, key).map_or(MISSING, |kept| {
            let state = match body["transition"]["id"].as_str() {
                Some("31") => "done",
                Some("11") => "new",
                _ => return (400, json!({ "errorMessages": ["transition is not valid"] })),
            };
            state.clone_into(&mut kept.state);
            (204, Value::Null)
        }),
        _ => MISSING,
    }
}

fn servicenow(told: &mut Told, method: &str, parts: &[&str], query: &str, body: &Value) -> (u16, Value) {
    let shown = |kept: &Kept| json!({ "sys_id": format!("id-{}", kept.key), "number": kept.key, "state": kept.state });
    match (method, parts) {
        ("POST", ["api", "now", "table", "incident"]) => {
            let key = format!("INC{:07}", told.kept.len() + 1);
            (201, json!({ "result": shown(&keep(told, key, body, "1")) }))
        }
        ("GET", ["api", "now", "table", "incident"]) => {
            let has = |kept: &&Kept| {
                let key = kept.made_of["correlation_id"].as_str().unwrap_or("-");
                query.contains(&format!("correlation_id%3D{key}&"))
            };
            (200, json!({ "result": told.kept.iter().filter(has).map(shown).collect::<Vec<_>>() }))
        }
        ("GET" | "PATCH", ["api", "now", "table", "incident", id]) => {
            find(told, id.strip_prefix("id-").unwrap_or_default()).map_or(MISSING, |kept| {
                if method == "PATCH" {
                    kept.state = body["state"].as_str().unwrap_or(&kept.state).to_owned();
                    kept.notes.extend(body["work_notes"].as_str().map(|note| json!(note)));
                }
                (200, json!({ "result": shown(kept) }))
            })
        }
        _ => MISSING,
    }
}

fn slack(told: &mut Told, parts: &[&str], body: &Value) -> (u16, Value) {
    let failed = |word: &str| (200, json!({ "ok": false, "error": word }));
    let channel = body["channel"].as_str().unwrap_or_default().trim_start_matches('C').to_owned();
    match parts.last().copied() {
        Some("conversations.create") => {
            let name = body["name"].as_str().unwrap_or_default().to_owned();
            let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
            if name.is_empty() || name.len() > 80 || !name.chars().all(fits) {
                return failed("invalid_name_specials");
            }
            if told.kept.iter().any(|kept| kept.key == name) {
                return failed("name_taken");
            }
            keep(told, name.clone(), body, "open");
            (200, json!({ "ok": true, "channel": { "id": format!("C{name}"), "name": name } }))
        }
        Some("conversations.list") => {
            let open = told.kept.iter().filter(|kept| kept.state == "open");
            let rooms: Vec<Value> =
                open.map(|kept| json!({ "id": format!("C{}", kept.key), "name": kept.key })).collect();
            (200, json!({ "ok": true, "channels": rooms, "response_metadata": { "next_cursor": "" } }))
        }
        Some(method) => {
            let Some(kept) = find(told, &channel) else { return failed("channel_not_found") };
            match method {
                "conversations.archive" if kept.state == "archived" => return failed("already_archived"),
                _ if kept.state == "archived" => return failed("is_archived"),
                "conversations.invite" => kept.notes.push(json!({ "invited": body["users"] })),
                "chat.postMessage" if body["text"].as_str().is_none_or(str::is_empty) => return failed("no_text"),
                "chat.postMessage" => kept.notes.push(body["text"].clone()),
                "conversations.archive" => "archived".clone_into(&mut kept.state),
                _ => return failed("unknown_method"),
            }
            (200, json!({ "ok": true }))
        }
        None => failed("unknown_method"),
    }
}
