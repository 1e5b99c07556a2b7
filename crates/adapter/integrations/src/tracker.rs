//! Trackers of tickets, as a team declares them: requests with gaps, and where in an answer what stands.
//!
//! A ticket is looked for before it is made, by the key that stands in it, so that a request whose answer was lost makes no
//! second one. What fills a gap is escaped by where it stands: as JSON inside a body, in per cent inside a path.

use std::collections::BTreeMap;

use seaworthy_contract::catalogue::{Tracker, TrackerCall, TrackerTicket};
use seaworthy_contract::events::outward::OutwardMadeV1;
use serde_json::Value;

use crate::outlet::{Asked, headers};
use crate::{Channels, NotTaken};

/// What it is called where something goes wrong.
const NAME: &str = "the tracker";

/// What fills the gaps of a request, by name.
pub type Gaps = BTreeMap<&'static str, String>;

/// What is done with a ticket there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrackerStep {
    /// It is made, unless it is there.
    Create,
    /// A line is added.
    Comment,
    /// It is closed.
    Close,
    /// It is opened again.
    Reopen,
}

impl Channels {
    /// Does something with a ticket in a tracker; says what it made. What the tracker has no request for is done at once.
    ///
    /// # Errors
    /// When the tracker did not take it.
    pub async fn track(
        &self,
        tracker: &Tracker,
        step: TrackerStep,
        gaps: &Gaps,
    ) -> Result<Option<OutwardMadeV1>, NotTaken> {
        let asked = self.asked_of(tracker)?;
        let call = match step {
            TrackerStep::Create => return create(&asked, tracker, gaps).await.map(Some),
            TrackerStep::Comment => &tracker.comment,
            TrackerStep::Close => &tracker.close,
            TrackerStep::Reopen => &tracker.reopen,
        };
        match call {
            Some(call) => carry_out(&asked, call, gaps).await.map(|_| None),
            None => Ok(None),
        }
    }

    /// Asks a tracker how a ticket stands: its own word.
    ///
    /// # Errors
    /// When it does not say.
    pub async fn stands(&self, tracker: &Tracker, gaps: &Gaps) -> Result<Option<String>, NotTaken> {
        let Some(ask) = tracker.state.as_ref().and_then(|state| state.ask.as_ref()) else { return Ok(None) };
        let answer = self.asked_of(tracker)?.json("GET", &path(&ask.path, gaps), None).await?;
        Ok(at(&answer, &ask.at))
    }

    fn asked_of<'a>(&self, tracker: &'a Tracker) -> Result<Asked<'a>, NotTaken> {
        let named = tracker.headers.iter().map(|(name, value)| Ok((name.as_str(), self.with_secrets(value)?)));
        let headers = headers(named.collect::<Result<Vec<_>, NotTaken>>()?)?;
        Ok(Asked { base: &tracker.url, name: NAME, headers })
    }
}

async fn create(asked: &Asked<'_>, tracker: &Tracker, gaps: &Gaps) -> Result<OutwardMadeV1, NotTaken> {
    let find = &tracker.find;
    let answer = asked.json("GET", &path(&find.path, gaps), None).await?;
    let none = Vec::new();
    let list = answer.pointer(&find.list).and_then(Value::as_array).unwrap_or(&none);
    let key = gaps.get("key").map(String::as_str).unwrap_or_default();
    let is_it = |ticket: &&Value| match &find.holds {
        Some(pointer) => at(ticket, pointer).is_some_and(|text| text.contains(key)),
        None => true,
    };
    if let Some(made) = list.iter().find(is_it).and_then(|ticket| made(ticket, &find.found, gaps)) {
        return Ok(made);
    }
    let answer = carry_out(asked, &tracker.create, gaps).await?;
    let unread = || NotTaken::for_now("the tracker took the ticket and did not say where: look at \"made\"".to_owned());
    made(&answer, &tracker.made, gaps).ok_or_else(unread)
}

async fn carry_out(asked: &Asked<'_>, call: &TrackerCall, gaps: &Gaps) -> Result<Value, NotTaken> {
    let unfit = |_| NotTaken::for_good("a body for the tracker is no JSON".to_owned());
    let body: Option<Value> = call.body.as_deref().map(serde_json::from_str).transpose().map_err(unfit)?;
    let body = body.map(|body| filled(body, gaps));
    asked.json(&call.method, &path(&call.path, gaps), body.as_ref()).await
}

fn made(answer: &Value, ticket: &TrackerTicket, gaps: &Gaps) -> Option<OutwardMadeV1> {
    let key = at(answer, &ticket.key)?;
    let id = ticket.id.as_ref().and_then(|pointer| at(answer, pointer)).unwrap_or_else(|| key.clone());
    let mut known = gaps.clone();
    known.extend([("ticket.key", key.clone()), ("ticket.id", id.clone())]);
    let url = ticket.page.as_ref().and_then(|page| match page.starts_with('/') {
        true => at(answer, page),
        false => Some(fill(page, &known, percent)),
    });
    Some(OutwardMadeV1 { id, key, url })
}

/// Returns the text or number that stands somewhere in an answer.
pub fn at(answer: &Value, pointer: &str) -> Option<String> {
    match answer.pointer(pointer)? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(is) => Some(is.to_string()),
        _ => None,
    }
}

/// Fills the gaps of every text inside; the JSON's own writing escapes them.
fn filled(body: Value, gaps: &Gaps) -> Value {
    match body {
        Value::String(text) => Value::String(fill(&text, gaps, str::to_owned)),
        Value::Array(items) => items.into_iter().map(|item| filled(item, gaps)).collect(),
        Value::Object(fields) => fields.into_iter().map(|(name, value)| (name, filled(value, gaps))).collect(),
        other => other,
    }
}

fn path(template: &str, gaps: &Gaps) -> String {
    fill(template, gaps, percent)
}

/// Replaces `${name}`; what nobody knows is left as it stands, and `check` has said so.
fn fill(template: &str, gaps: &Gaps, escape: impl Fn(&str) -> String) -> String {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, behind)) = rest.split_once("${") {
        filled.push_str(before);
        match behind.split_once('}').and_then(|(name, after)| Some((gaps.get(name)?, after))) {
            Some((value, after)) => {
                filled.push_str(&escape(value));
                rest = after;
            }
            None => {
                filled.push_str("${");
                rest = behind;
            }
        }
    }
    filled + rest
}

/// Escapes everything that is not unreserved (RFC 3986 §2.3).
fn percent(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let of = |byte: u8| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(of).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn gaps() -> Gaps {
        [("key", "sw-1".to_owned()), ("title", "a \"b\" & /c?".to_owned()), ("ticket.key", "SHOP-1".to_owned())].into()
    }

    #[test]
    fn what_fills_a_gap_is_escaped_by_where_it_stands() {
        assert_eq!(path("/x/${ticket.key}?q=${title}", &gaps()), "/x/SHOP-1?q=a%20%22b%22%20%26%20%2Fc%3F");
        let body = filled(json!({ "fields": [{ "summary": "${title} (${key})" }], "n": 1 }), &gaps());
        assert_eq!(body, json!({ "fields": [{ "summary": "a \"b\" & /c? (sw-1)" }], "n": 1 }));
        for (template, want) in [("${nobody}", "${nobody}"), ("a${", "a${"), ("${key", "${key"), ("$${key}", "$sw-1")] {
            assert_eq!(fill(template, &gaps(), str::to_owned), want);
        }
    }

    #[test]
    fn what_fills_a_gap_is_not_filled_again() {
        let gaps: Gaps = [("title", "${key}".to_owned()), ("key", "sw-1".to_owned())].into();
        assert_eq!(fill("${title}", &gaps, str::to_owned), "${key}");
    }

    #[test]
    fn answers_are_read_where_they_are_said_to_stand() {
        let answer = json!({ "id": 7, "key": "SHOP-1", "empty": "", "deep": { "s": true } });
        for (pointer, want) in
            [("/key", Some("SHOP-1")), ("/id", Some("7")), ("/deep/s", Some("true")), ("/empty", None), ("/no", None)]
        {
            assert_eq!(at(&answer, pointer).as_deref(), want, "{pointer}");
        }
        let ticket = |page: &str| TrackerTicket { key: "/key".into(), id: Some("/id".into()), page: Some(page.into()) };
        let url = |page| made(&answer, &ticket(page), &gaps()).and_then(|made| made.url);
        assert_eq!(url("https://t/browse/${ticket.key}"), Some("https://t/browse/SHOP-1".to_owned()));
        assert_eq!(url("/nowhere"), None);
        assert_eq!(made(&json!({}), &ticket("/x"), &gaps()), None);
    }
}
