//! The live part below the lines: users, canary, page, readiness row, and what the keys do.
//!
//! It is a picture of now, made again four times a second from what was seen last; ages grow by themselves.

use std::time::Duration;

use seaworthy_contract::api::{Page, Rollout, RolloutState};
use seaworthy_model::Timestamp;
use tokio::time::Instant;

use super::layout::{columns, flow};
use super::row::Row;
use super::stage::Tone;
use super::words;
use crate::load::Counts;

/// Columns of the label in front of a row, with two before it and one behind.
const LABEL: usize = 10;
/// How long a kill of the control plane is shown.
const KILL_SHOWN: Duration = Duration::from_secs(20);

/// What the live part shows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Live {
    /// The users' counts.
    pub(crate) users: Option<Counts>,
    /// The rollout under way, or the last one.
    pub(crate) rollout: Option<Rollout>,
    /// The last page.
    pub(crate) page: Option<Page>,
    /// The readiness row before the story and now.
    pub(crate) row: [Option<Row>; 2],
    /// The last kill of the control plane.
    pub(crate) killed: Option<Killed>,
    /// Where the portal is.
    pub(crate) portal: Option<String>,
    /// What the keys do now.
    pub(crate) keys: &'static [&'static str],
}

/// The control plane was killed by key.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Killed {
    pub(crate) at: Instant,
    /// Failures that users had seen until then.
    pub(crate) failed: u64,
    /// How long it was away, when it is back.
    pub(crate) away: Option<Duration>,
}

/// A line of the live part: its label's columns come first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) tone: Tone,
    pub(crate) label: String,
    pub(crate) text: String,
}

impl Live {
    /// Returns the lines, an empty one first, none wider than `width` and no more than `height`. Where that is too few,
    /// what the keys do stays: the rest can be had in the portal. Nothing is shown before there is something.
    pub(crate) fn lines(&self, clock: Timestamp, now: Instant, (width, height): (usize, usize)) -> Vec<Line> {
        let rows = self.rows(clock, now);
        let gap = Line { tone: Tone::Plain, label: String::new(), text: String::new() };
        let body = rows.iter().flat_map(|(label, tone, parts)| lines(label, *tone, parts, width));
        let keys: Vec<String> = self.keys.iter().map(|key| (*key).to_owned()).collect();
        let mut last = if keys.is_empty() { Vec::new() } else { lines("keys", Tone::Plain, &keys, width) };
        last.truncate(height);
        let mut shown: Vec<Line> = body.collect();
        if shown.is_empty() && last.is_empty() {
            return shown;
        }
        shown.insert(0, gap);
        // What scrolls off the top of the screen cannot be taken away again.
        shown.truncate(height - last.len());
        shown.append(&mut last);
        shown
    }

    fn rows(&self, clock: Timestamp, now: Instant) -> Vec<(&'static str, Tone, Vec<String>)> {
        let mut rows = Vec::new();
        if let Some(users) = &self.users {
            rows.push(("users", Tone::Plain, words::users(users)));
        }
        if let Some(rollout) = &self.rollout {
            rows.push(("canary", tone(rollout.state), words::canary(rollout)));
        }
        if self.users.is_some() {
            rows.push(("page", Tone::Plain, words::pager(self.page.as_ref())));
        }
        let [before, after] = &self.row;
        if let Some(turn) = Row::turn(before.as_ref(), after.as_ref(), clock) {
            rows.push(("ready", if after.is_some() { Tone::Good } else { Tone::Plain }, vec![turn]));
        }
        if let Some(killed) = self.killed.filter(|killed| now.duration_since(killed.at) < KILL_SHOWN) {
            rows.push(("kill -9", Tone::Wait, self.kill(&killed, now)));
        }
        if let Some(portal) = &self.portal {
            rows.push(("portal", Tone::Plain, vec![portal.clone()]));
        }
        rows
    }

    fn kill(&self, killed: &Killed, now: Instant) -> Vec<String> {
        let failed = self.users.as_ref().map_or(0, Counts::failed).saturating_sub(killed.failed);
        let ago = words::time(now.duration_since(killed.at).as_secs_f64());
        let away = match killed.away {
            Some(away) => format!("back after {}", words::time(away.as_secs_f64())),
            None => "not back yet".to_owned(),
        };
        vec![
            format!("the control plane was killed {ago} ago"),
            away,
            format!("failures seen since: {}", words::count(failed)),
        ]
    }
}

fn tone(state: RolloutState) -> Tone {
    match state {
        RolloutState::Starting | RolloutState::Stepping | RolloutState::Reverted => Tone::Plain,
        RolloutState::Held => Tone::Wait,
        RolloutState::Reverting => Tone::Bad,
        RolloutState::Promoted => Tone::Good,
    }
}

fn lines(label: &str, tone: Tone, parts: &[String], width: usize) -> Vec<Line> {
    let texts = flow(parts.iter().map(String::as_str), width.saturating_sub(LABEL));
    let line = |(at, text): (usize, String)| Line {
        tone,
        label: format!("  {:<w$}", if at == 0 { label } else { "" }, w = LABEL - 2),
        // A word wider than the screen would wrap, and going up again would miss.
        text: text.chars().take(width.saturating_sub(LABEL)).collect(),
    };
    texts.into_iter().enumerate().map(line).collect()
}

impl Line {
    /// Returns the columns that it takes.
    pub(crate) fn columns(&self) -> usize {
        columns(&self.label) + columns(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::fake;

    fn texts(live: &Live, width: usize) -> Vec<String> {
        let lines = live.lines(fake::proven().at, Instant::now(), (width, 100));
        assert!(lines.iter().all(|line| line.columns() <= width), "{lines:#?}");
        lines.iter().map(|line| format!("{}{}", line.label, line.text).trim_end().to_owned()).collect()
    }

    fn full() -> Live {
        let mut rollout = fake::rollout("v2");
        [fake::stepping, fake::failing].iter().for_each(|change| change(&mut rollout));
        Live {
            users: Some(Counts { sent: 12_431, failed_other: 4, rescued: 27, ..Counts::default() }),
            page: Some(fake::page(&rollout)),
            rollout: Some(rollout),
            row: [Some(fake::unknown()), Some(fake::proven())],
            killed: None,
            portal: Some("http://127.0.0.1:7070".to_owned()),
            keys: &["k kills the control plane", "q quits"],
        }
    }

    #[test]
    fn wide_it_is_a_line_a_row() {
        assert_eq!(texts(&Live::default(), 100), Vec::<String>::new());
        let want = [
            "",
            "  users   12,431 requests · failures seen: GET 0, POST 4 · 27 answered by stable instead",
            "  canary  checkout v2 serves 5% of users · evidence of harm 340 to 1 (1,000 reverts) · of no harm under 1 to 1 (20 goes on)",
            "  page    Ines (shop on call), 1.3 s after the first failure",
            "  ready   \"a revert was proven in production\": unknown -> seen 0.2 s ago, took 0.3 s, ledger #57",
            "  portal  http://127.0.0.1:7070",
            "  keys    k kills the control plane · q quits",
        ];
        assert_eq!(texts(&full(), 140), want);
    }

    #[test]
    fn narrow_it_wraps_and_nothing_is_cut() {
        let want = [
            "",
            "  users   12,431 requests",
            "          failures seen: GET 0, POST 4",
            "          27 answered by stable instead",
            "  canary  checkout v2 serves 5% of users",
            "          evidence of harm 340 to 1 (1,000",
            "          reverts)",
        ];
        assert_eq!(texts(&full(), 42)[..want.len()], want);
        for width in 40..160 {
            let words =
                |width| texts(&full(), width).join(" ").replace(" · ", " ").split_whitespace().collect::<String>();
            assert_eq!(words(width), words(1_000), "at {width}");
        }
    }

    #[test]
    fn a_low_screen_still_says_what_the_keys_do() {
        let keys = ["          plane", "          q quits"];
        for height in 0..30 {
            let lines = full().lines(fake::proven().at, Instant::now(), (30, height));
            assert!(lines.len() <= height, "{height}: {lines:#?}");
            let texts: Vec<_> = lines.iter().map(|line| format!("{}{}", line.label, line.text)).collect();
            assert!(height < 3 || texts.ends_with(&keys.map(str::to_owned)), "{height}: {texts:#?}");
        }
    }

    #[test]
    fn a_kill_is_shown_beside_the_failures_since() {
        let mut live = full();
        live.rollout = None;
        live.killed = Some(Killed { at: Instant::now(), failed: 3, away: None });
        let row = |live: &Live| texts(live, 120).into_iter().find(|line| line.starts_with("  kill -9"));
        let shown = row(&live).expect("shown");
        assert!(shown.ends_with("ms ago · not back yet · failures seen since: 1"), "{shown}");
        live.killed = live.killed.map(|killed| Killed { away: Some(Duration::from_millis(34)), ..killed });
        let shown = row(&live).expect("shown");
        assert!(shown.ends_with(" · back after 34 ms · failures seen since: 1"), "{shown}");
        let long_ago = Instant::now() - KILL_SHOWN;
        live.killed = Some(Killed { at: long_ago, failed: 0, away: None });
        assert_eq!(row(&live), None);
    }
}
