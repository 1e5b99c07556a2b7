//! `Tracker`: where a team keeps its tickets, as requests with gaps.

use std::collections::BTreeMap;

use seaworthy_contract::catalogue::{
    OutletWay, TRACKER_GAPS, Tracker, TrackerAsk, TrackerCall, TrackerFind, TrackerSignature, TrackerState,
    TrackerTicket, TrackerTold,
};

use super::outlet::{address, draft, secret, team};
use super::probe::texts;
use crate::diagnostic::Placed;
use crate::draft::OutletDraft;
use crate::envelope::Envelope;
use crate::fields::Fields;
use crate::rule::Rule;

/// How often each open ticket is asked for where a file does not say: a person who closes one there sees it here at the next coffee.
const EVERY_MS: u64 = 5 * 60 * 1_000;

/// Shortest time between two questions for one ticket: a tracker counts requests.
const EVERY_MIN_MS: u64 = 10 * 1_000;

/// Headers whose value is a credential.
const CREDENTIALS: [&str; 4] = ["authorization", "cookie", "x-api-key", "private-token"];

/// Reads a tracker.
pub(super) fn read(envelope: &Envelope<'_>) -> Option<OutletDraft> {
    let spec = super::spec(envelope)?;
    let team = team(spec);
    spec.require("url", "write where the tracker is, such as https://shop.atlassian.net");
    let url = address(spec, "url");
    let headers = headers(spec);
    spec.require("create", "write { path, body, key }: the request that makes a ticket");
    let create = spec.fields("create").and_then(|fields| create(&fields));
    spec.require("find", "write { path, list, key }: how a ticket is found that was made before its answer was lost");
    let find = spec.fields("find").and_then(|fields| find(&fields));
    let one = |key| spec.fields(key).and_then(|fields| whole_call(&fields));
    let (comment, close, reopen) = (one("comment"), one("close"), one("reopen"));
    let state = spec.fields("state").and_then(|fields| state(&fields));
    if state.is_some() && (close.is_none() || reopen.is_none()) {
        let message = "this tracker says how its tickets stand, and is never told how they stand here";
        let remedy = "write \"close\" and \"reopen\": what is closed here would be opened again by the tracker's word";
        spec.scope.report.error(Rule::MissingField, &spec.at(), message, remedy);
    }
    let close_when_over = when_over(spec);
    spec.no_more();
    let ((create, made), find) = (create?, find?);
    let tracker = Tracker { url: url?, headers, create, made, find, comment, close, reopen, state, close_when_over };
    draft(envelope, team?, OutletWay::Tracker(Box::new(tracker)))
}

fn headers(spec: &Fields<'_>) -> BTreeMap<String, String> {
    let written = texts(spec, "headers");
    for (name, value) in &written {
        if CREDENTIALS.contains(&name.to_ascii_lowercase().as_str()) && !value.value.contains("${secret:") {
            let message = format!("the header \"{name}\" holds a credential that everybody can read here");
            let remedy = "write ${secret:NAME}, and put it where the server runs";
            spec.scope.report.error(Rule::BadValue, &value.at, message, remedy);
        }
    }
    written.into_iter().map(|(name, value)| (name, value.value)).collect()
}

fn create(fields: &Fields<'_>) -> Option<(TrackerCall, TrackerTicket)> {
    let (call, ticket) = (call(fields, "POST"), ticket(fields));
    fields.no_more();
    call.zip(ticket)
}

fn whole_call(fields: &Fields<'_>) -> Option<TrackerCall> {
    let call = call(fields, "POST");
    fields.no_more();
    call
}

fn call(fields: &Fields<'_>, method: &str) -> Option<TrackerCall> {
    let method = fields.text("method").map_or_else(|| method.to_owned(), |text| text.value.to_ascii_uppercase());
    let path = path(fields)?;
    let body = fields.text("body");
    if let Some(body) = &body {
        gaps(fields, body);
        if let Err(error) = serde_json::from_str::<serde_json::Value>(&body.value) {
            let message = format!("\"{}.body\" is no JSON: {error}", fields.path);
            let remedy = "write JSON in a block (body: |), with ${title} and the like inside its texts";
            fields.scope.report.error(Rule::BadValue, &body.at, message, remedy);
        }
    }
    Some(TrackerCall { method, path, body: body.map(|body| body.value) })
}

fn path(fields: &Fields<'_>) -> Option<String> {
    fields.require("path", "write the path behind the tracker's address");
    let path = fields.text("path")?;
    gaps(fields, &path);
    if !path.value.starts_with('/') {
        let message = format!("\"{}\" is no path", path.value);
        fields.scope.report.error(Rule::BadValue, &path.at, message, "write it from the slash on: /rest/api/3/issue");
        return None;
    }
    Some(path.value)
}

fn ticket(fields: &Fields<'_>) -> Option<TrackerTicket> {
    fields.require("key", "write where the answer has the ticket's name, as a JSON pointer: /key");
    let page = fields.text("page");
    page.iter().for_each(|page| gaps(fields, page));
    Some(TrackerTicket {
        key: pointer(fields, "key")?,
        id: fields.node.get("id").and_then(|_| pointer(fields, "id")),
        page: page.map(|page| page.value),
    })
}

fn find(fields: &Fields<'_>) -> Option<TrackerFind> {
    let path = path(fields);
    let list = fields.text("list").map(|text| text.value).unwrap_or_default();
    let holds = fields.node.get("holds").and_then(|_| pointer(fields, "holds"));
    let found = ticket(fields);
    fields.no_more();
    Some(TrackerFind { path: path?, list, holds, found: found? })
}

fn state(fields: &Fields<'_>) -> Option<TrackerState> {
    fields.require("closed", "write the tracker's words for closed, such as [done]");
    fields.require("open", "write the tracker's words for open, such as [new, indeterminate]");
    let words = |key| fields.texts(key).into_iter().map(|text| text.value).collect::<Vec<_>>();
    let (closed, open) = (words("closed"), words("open"));
    let ask = fields.fields("ask").and_then(|fields| ask(&fields));
    let told = fields.fields("told").and_then(|fields| told(&fields));
    fields.no_more();
    (!closed.is_empty() && !open.is_empty()).then_some(TrackerState { closed, open, ask, told })
}

fn ask(fields: &Fields<'_>) -> Option<TrackerAsk> {
    let path = path(fields);
    fields.require("at", "write where the answer has the word, as a JSON pointer: /state");
    let at = pointer(fields, "at");
    let every = fields.duration_ms("every");
    if let Some(every) = every.as_ref().filter(|every| every.value < EVERY_MIN_MS) {
        let message = format!("a tracker that is asked every {} ms for each ticket will refuse", every.value);
        fields.scope.report.error(Rule::BadValue, &every.at, message, "write 10s or more; 5m is usual");
    }
    fields.no_more();
    Some(TrackerAsk { path: path?, at: at?, every_ms: every.map_or(EVERY_MS, |every| every.value) })
}

fn told(fields: &Fields<'_>) -> Option<TrackerTold> {
    fields.require("key", "write where its message has the ticket's name, as a JSON pointer: /issue/key");
    fields.require("at", "write where its message has the word, as a JSON pointer: /issue/state");
    let (key, at) = (pointer(fields, "key"), pointer(fields, "at"));
    let signature = fields.fields("signature").and_then(|fields| signature(&fields));
    fields.no_more();
    Some(TrackerTold { key: key?, at: at?, signature })
}

fn signature(fields: &Fields<'_>) -> Option<TrackerSignature> {
    fields.require("header", "write the header that holds the signature");
    let header = fields.text("header").map(|text| text.value.to_ascii_lowercase());
    let prefix = fields.text("prefix").map(|text| text.value).unwrap_or_default();
    fields.require("secret", "write ${secret:NAME}, the secret that the tracker signs with");
    let secret = secret(fields, "secret");
    fields.no_more();
    Some(TrackerSignature { header: header?, prefix, secret: secret? })
}

fn when_over(spec: &Fields<'_>) -> bool {
    let Some(text) = spec.text("whenOver") else { return false };
    if !["close", "comment"].contains(&text.value.as_str()) {
        let message = format!("\"spec.whenOver\" \"{}\" is nothing that is done", text.value);
        spec.scope.report.error(Rule::BadValue, &text.at, message, "write close or comment");
    }
    text.value == "close"
}

/// Reads a JSON pointer (RFC 6901).
fn pointer(fields: &Fields<'_>, key: &'static str) -> Option<String> {
    let text = fields.text(key)?;
    if text.value.starts_with('/') {
        return Some(text.value);
    }
    let message = format!("\"{}\" is no JSON pointer", text.value);
    fields.scope.report.error(Rule::BadValue, &text.at, message, "write it from the slash on: /issue/key, /0/number");
    None
}

/// Complains about a gap that nothing fills.
fn gaps(fields: &Fields<'_>, text: &Placed<String>) {
    for name in text.value.split("${").skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name) {
        if !TRACKER_GAPS.contains(&name) {
            let message = format!("nothing fills ${{{name}}}");
            let remedy = format!("write one of {}", TRACKER_GAPS.join(", "));
            fields.scope.report.error(Rule::UnknownVariable, &text.at, message, remedy);
        }
    }
}
