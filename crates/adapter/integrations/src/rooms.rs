//! Rooms for incidents by Slack's Web API (docs.slack.dev: `conversations.create`, `conversations.list`,
//! `conversations.invite`, `chat.postMessage`, `conversations.archive`): 200 with `ok` false where something is wrong, 429
//! with `Retry-After` where there was too much.
//!
//! A room is named after its incident, so that one that was made before its answer was lost is found by its name.

use std::time::Duration;

use seaworthy_contract::catalogue::SecretName;
use seaworthy_contract::events::outward::OutwardMadeV1;
use serde_json::{Value, json};

use crate::outlet::{Asked, headers};
use crate::text::cut;
use crate::{Channels, NotTaken};

/// What it is called where something goes wrong.
const NAME: &str = "Slack";

/// Longest name of a room (docs.slack.dev, `conversations.create`).
const ROOM_CHARS_MAX: usize = 80;

/// Longest text of a message, in characters: Slack cuts far above, and nobody reads more.
const TEXT_CHARS_MAX: usize = 3_000;

/// Pages of rooms that are looked through for one that is there already, 200 a page: the newest are not always first.
const PAGES_MAX: usize = 20;

/// Words of Slack for what passes by itself; every other word is final, but for those of a token that somebody replaces.
const PASSING: [&str; 10] = [
    "internal_error",
    "fatal_error",
    "service_unavailable",
    "request_timeout",
    "ratelimited",
    "rate_limited",
    "invalid_auth",
    "token_expired",
    "token_revoked",
    "missing_scope",
];

/// What Slack is asked for an incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room<'a> {
    /// Where its Web API is.
    pub api: &'a str,
    /// The token, by name.
    pub token: &'a SecretName,
}

impl Channels {
    /// Opens a room, or finds the one of this name, and invites people by Slack's ids. Who cannot be invited is left out.
    ///
    /// # Errors
    /// When Slack did not take it.
    pub async fn open_room(&self, room: &Room<'_>, name: &str, people: &[String]) -> Result<OutwardMadeV1, NotTaken> {
        let asked = self.asked_of_slack(room)?;
        let name = room_name(name);
        let id = match call(&asked, "conversations.create", &json!({ "name": name, "is_private": false })).await {
            Ok(made) => text(&made, "/channel/id"),
            Err(Said::Word(word)) if word == "name_taken" => find(&asked, &name).await?,
            Err(said) => return Err(said.into()),
        };
        let id = id.ok_or_else(|| NotTaken::for_good("Slack has a room of this name that cannot be used"))?;
        invite(&asked, &id, people).await?;
        Ok(OutwardMadeV1 { id, key: format!("#{name}"), url: None })
    }

    /// Says something in a room, and invites people.
    ///
    /// # Errors
    /// When Slack did not take it.
    pub async fn say_in_room(&self, room: &Room<'_>, id: &str, text: &str, people: &[String]) -> Result<(), NotTaken> {
        let asked = self.asked_of_slack(room)?;
        invite(&asked, id, people).await?;
        let text = cut(&escaped(text), TEXT_CHARS_MAX);
        match call(&asked, "chat.postMessage", &json!({ "channel": id, "text": text, "unfurl_links": false })).await {
            // Somebody has closed the room: nothing is to be said there any more.
            Ok(_) => Ok(()),
            Err(Said::Word(word)) if word == "is_archived" => Ok(()),
            Err(said) => Err(said.into()),
        }
    }

    /// Closes a room.
    ///
    /// # Errors
    /// When Slack did not take it.
    pub async fn close_room(&self, room: &Room<'_>, id: &str) -> Result<(), NotTaken> {
        let asked = self.asked_of_slack(room)?;
        match call(&asked, "conversations.archive", &json!({ "channel": id })).await {
            Ok(_) => Ok(()),
            Err(Said::Word(word)) if word == "already_archived" => Ok(()),
            Err(said) => Err(said.into()),
        }
    }

    fn asked_of_slack<'a>(&self, room: &Room<'a>) -> Result<Asked<'a>, NotTaken> {
        let token = self.secret(room.token).map_err(|not| NotTaken { again: true, ..not })?;
        let headers = headers([("authorization", format!("Bearer {token}"))])?;
        Ok(Asked { base: room.api, name: NAME, headers })
    }
}

/// What Slack did not do.
enum Said {
    /// It said why, in one word.
    Word(String),
    /// It said nothing that can be read.
    Not(NotTaken),
}

impl From<Said> for NotTaken {
    fn from(said: Said) -> Self {
        match said {
            Said::Word(word) => {
                let again = PASSING.contains(&word.as_str());
                Self { why: format!("Slack says {word}"), again, away: again.then_some(Duration::from_secs(1)) }
            }
            Said::Not(not) => not,
        }
    }
}

async fn call(asked: &Asked<'_>, method: &str, body: &Value) -> Result<Value, Said> {
    let answer = asked.json("POST", &format!("/{method}"), Some(body)).await.map_err(Said::Not)?;
    match answer["ok"].as_bool() {
        Some(true) => Ok(answer),
        Some(false) => Err(Said::Word(word(&answer["error"]))),
        None => Err(Said::Not(NotTaken::for_now("Slack answered without its \"ok\""))),
    }
}

/// Slack's words are of small letters; anything else is not repeated.
fn word(error: &Value) -> String {
    let word = error.as_str().unwrap_or_default();
    let fits = word.len() <= 60 && word.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    if fits { word.to_owned() } else { "something unreadable".to_owned() }
}

/// Returns the room of a name, of those that are open.
async fn find(asked: &Asked<'_>, name: &str) -> Result<Option<String>, NotTaken> {
    let mut cursor = String::new();
    for _ in 0..PAGES_MAX {
        let body = json!({ "exclude_archived": true, "limit": 200, "types": "public_channel", "cursor": cursor });
        let page = call(asked, "conversations.list", &body).await?;
        let rooms = page["channels"].as_array().cloned().unwrap_or_default();
        if let Some(room) = rooms.iter().find(|room| room["name"] == name) {
            return Ok(text(room, "/id"));
        }
        cursor = text(&page, "/response_metadata/next_cursor").unwrap_or_default();
        if cursor.is_empty() {
            break;
        }
    }
    Ok(None)
}

/// Whoever cannot be invited comes by the message in their hand: that holds nothing up.
async fn invite(asked: &Asked<'_>, id: &str, people: &[String]) -> Result<(), NotTaken> {
    if people.is_empty() {
        return Ok(());
    }
    let body = json!({ "channel": id, "users": people.join(","), "force": true });
    match call(asked, "conversations.invite", &body).await {
        Ok(_) | Err(Said::Word(_)) => Ok(()),
        Err(Said::Not(not)) => Err(not),
    }
}

fn text(value: &Value, pointer: &str) -> Option<String> {
    value.pointer(pointer)?.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

/// Small letters, digits and dashes: what Slack takes as a name.
fn room_name(name: &str) -> String {
    let fits = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    name.chars().map(fits).take(ROOM_CHARS_MAX).collect()
}

/// The three characters that Slack's texts give a meaning to.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
