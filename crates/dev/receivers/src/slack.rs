//! Slack's incoming webhooks, as docs.slack.dev describes them: a text or blocks, the limits of the blocks that are used
//! here, the words of its answers.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{Answer, Contract, Request};

/// Most blocks of a message.
const BLOCKS_MAX: usize = 50;

/// Longest text of a section, in characters.
const SECTION_CHARS_MAX: usize = 3_000;

/// Longest text of a button, in characters.
const BUTTON_CHARS_MAX: usize = 75;

/// Longest address of a button, in characters.
const URL_CHARS_MAX: usize = 3_000;

/// Longest text of a message, in characters; what is longer is cut, and we would rather know.
const TEXT_CHARS_MAX: usize = 40_000;

pub(crate) fn judge(request: &Request) -> Answer {
    let parts: Vec<&str> = request.path.split('/').skip(1).collect();
    let is_hook =
        matches!(parts[..], ["services", team, hook, secret] if [team, hook, secret].iter().all(|p| !p.is_empty()));
    let name = match request.method.as_str() {
        "POST" if is_hook => said(&request.json()),
        _ => "no service",
    };
    Contract::Slack.recorded(name)
}

/// The name of the answer to a message.
fn said(message: &Value) -> &'static str {
    if !message.is_object() {
        return "invalid payload";
    }
    let chars = |value: &Value| value.as_str().map_or(0, |text| text.chars().count());
    let (text, blocks) = (chars(&message["text"]), message["blocks"].as_array());
    if text > TEXT_CHARS_MAX {
        return "invalid payload";
    }
    match blocks {
        Some(blocks) if blocks.len() > BLOCKS_MAX || !blocks.iter().all(is_block) => "invalid blocks",
        Some(_) => "ok",
        None if text == 0 => "no text",
        None => "ok",
    }
}

fn is_block(block: &Value) -> bool {
    let elements = block["elements"].as_array().cloned().unwrap_or_default();
    match block["type"].as_str() {
        Some("section") => is_text(&block["text"], SECTION_CHARS_MAX),
        Some("context") => {
            (1..=10).contains(&elements.len()) && elements.iter().all(|text| is_text(text, SECTION_CHARS_MAX))
        }
        Some("actions") => {
            let ids: BTreeSet<&str> = elements.iter().filter_map(|button| button["action_id"].as_str()).collect();
            (1..=25).contains(&elements.len()) && elements.iter().all(is_button) && ids.len() == elements.len()
        }
        _ => false,
    }
}

fn is_text(text: &Value, chars_max: usize) -> bool {
    let count = text["text"].as_str().map_or(0, |text| text.chars().count());
    matches!(text["type"].as_str(), Some("mrkdwn" | "plain_text")) && (1..=chars_max).contains(&count)
}

fn is_button(button: &Value) -> bool {
    let url = button["url"].as_str().unwrap_or_default();
    button["type"] == "button"
        && button["text"]["type"] == "plain_text"
        && is_text(&button["text"], BUTTON_CHARS_MAX)
        && (url.is_empty() || (url.chars().count() <= URL_CHARS_MAX && url.starts_with("http")))
        && matches!(button["style"].as_str(), None | Some("primary" | "danger"))
}
