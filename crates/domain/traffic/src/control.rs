//! Controls over traffic: who is refused while a shutter, a throttle or an isolation is set, and what they are told.
//!
//! A shutter answers for the service; a throttle lets a rate in (the generic cell rate algorithm, ITU-T I.371), a share of
//! users, or both; an isolation refuses every call of one service to another. Times and random bits are arguments.

use std::num::NonZeroU32;
use std::time::Duration;

use seaworthy_model::Share;

use crate::split::Point;

/// Longest text of a team on its shutter, in characters: a page that people read standing.
pub const TEXT_CHARS_MAX: usize = 2_000;

/// Most paths that pass a shutter: each is compared with every request.
pub const PATHS_MAX: usize = 20;

/// Most users who pass a shutter: who looks whether it works again, not customers.
pub const USERS_MAX: usize = 100;

/// Highest rate that can be asked for, in requests a second: above it a throttle is none.
pub const RATE_MAX: u32 = 1_000_000;

/// Most requests that may come at once: ten seconds of the highest rate.
pub const BURST_MAX: u32 = 10_000_000;

/// Longest time that clients are told to stay away, in seconds. A shutter is often cleared before its end, and who was
/// told to come in an hour would stay away from a service that is well.
const STAY_AWAY_MAX_S: u64 = 60;

const SECOND_NS: u64 = 1_000_000_000;

/// Requests a second, and how many may come at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    gap_ns: u64,
    slack_ns: u64,
}

impl Rate {
    /// Makes a rate; a burst of 0 is one of 1, or nothing would ever pass.
    pub fn new(per_second: NonZeroU32, burst: u32) -> Self {
        let gap_ns = SECOND_NS / u64::from(per_second.get());
        Self { gap_ns, slack_ns: gap_ns.saturating_mul(u64::from(burst.max(1) - 1)) }
    }

    /// Decides on a request at `now_ns`, after those before it were due at `due_ns` (0 at first): when the next is due, or
    /// how long to wait. Both clocks are the same and never go back.
    ///
    /// # Errors
    /// When it comes too early; then nothing is changed by it.
    pub fn admit(self, due_ns: u64, now_ns: u64) -> Result<u64, Duration> {
        let due_ns = due_ns.max(now_ns);
        match (due_ns - now_ns).checked_sub(self.slack_ns) {
            None | Some(0) => Ok(due_ns.saturating_add(self.gap_ns)),
            Some(wait_ns) => Err(Duration::from_nanos(wait_ns)),
        }
    }
}

/// Says whether a user is among those who are let in. The same ones are, all the time and on every gateway; a growing
/// share keeps them. Who has no key is one of them by chance, each time anew.
pub fn lets_in(share: Share, control: u128, key: Option<&[u8]>, random: u64) -> bool {
    key.map_or_else(|| Point::from_random(random), |key| Point::of_user(control, key)).is_within(share)
}

/// Returns what stands for a user in a control: it says nothing of the key without guessing it.
pub fn mark(control: u128, key: &[u8]) -> u64 {
    Point::of_user(control, key).bits()
}

/// Returns for how many seconds a client is told to stay away: until the end, a minute at most, and up to half of that
/// more by chance, so that not all come back at once. Never 0.
pub fn stay_away_s(left: Duration, random: u64) -> u64 {
    let most = left.as_secs().saturating_add(u64::from(left.subsec_nanos() > 0)).clamp(1, STAY_AWAY_MAX_S);
    most + random % (most / 2 + 1)
}

/// Says whether a client would rather read a page than a document for programs. Only who names HTML does: `*/*` is what
/// programs send that did not think about it.
pub fn wants_page(accept: Option<&str>) -> bool {
    let weight = |names: &[&str]| {
        let ranges = accept.unwrap_or_default().split(',').filter_map(range);
        ranges.filter(|(name, _)| names.iter().any(|n| n.eq_ignore_ascii_case(name))).map(|(_, weight)| weight).max()
    };
    let page = weight(&["text/html", "application/xhtml+xml"]).unwrap_or(0);
    page > 0 && page >= weight(&["application/json", "application/problem+json"]).unwrap_or(0)
}

/// Reads one media range with its weight in thousandths (RFC 9110 §12.4.2).
fn range(text: &str) -> Option<(&str, u32)> {
    let mut parts = text.split(';').map(str::trim);
    let name = parts.next().filter(|name| !name.is_empty())?;
    let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
    let weight = weight.map_or(Some(1.0), |weight| weight.parse::<f64>().ok())?;
    (0.0..=1.0).contains(&weight).then_some((name, (weight * 1_000.0).round() as u32))
}

/// Returns the page that people see. It loads nothing: what it would load may be what is shuttered.
pub fn page(text: &str, is_drill: bool) -> String {
    let text = if text.trim().is_empty() { "We are working on it. Please try again in a few minutes." } else { text };
    let note = if is_drill { "<p>This is an announced exercise.</p>" } else { "" };
    let paragraphs = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let paragraphs: String = paragraphs.map(|line| format!("<p>{}</p>\n", escaped(line))).collect();
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"robots\" content=\"noindex\">\n<title>Closed for a moment</title>\n<style>{STYLE}</style>\n\
         <main>\n<h1>Closed for a moment</h1>\n{paragraphs}{note}</main>\n</html>\n"
    )
}

const STYLE: &str = "body{margin:0;font:18px/1.5 system-ui,sans-serif;color:#1a2530;background:#f5f7f8}\
    main{max-width:32em;margin:18vh auto 0;padding:0 1.5em}h1{font-size:1.6em;margin:0 0 .6em}\
    @media(prefers-color-scheme:dark){body{color:#e6ebef;background:#12191f}}";

/// Makes text harmless in HTML, in elements and in attributes.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests;
