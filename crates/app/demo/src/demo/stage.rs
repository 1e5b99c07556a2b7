//! Where the demo speaks: lines that stay, and on a terminal a few live lines below them that are drawn again.
//!
//! There is no full-screen mode: what was said can be scrolled back to, and nothing has to be put right afterwards.

use std::cell::RefCell;
use std::io::Write;
use std::rc::Rc;

use seaworthy_contract::api::Rollout;
use tokio::time::Instant;

use super::words;
use crate::load::{Counts, Load};

/// Width assumed where the terminal does not tell.
const WIDTH: usize = 100;
/// Narrowest width that is written for; below it lines wrap as they may.
const WIDTH_MIN: usize = 40;
/// Columns of the time in front of a line.
const MARGIN: usize = 10;

/// How the demo speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    /// Lines only: a pipe, a log, a terminal that can do no more.
    Plain,
    /// Lines and a live part, on a terminal.
    Live,
}

/// What the live part shows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Live {
    /// The users' counts.
    pub(crate) users: Option<Counts>,
    /// The rollout under way, or the last one.
    pub(crate) rollout: Option<Rollout>,
    /// The last page, in words.
    pub(crate) page: Option<String>,
    /// The readiness row, in words.
    pub(crate) readiness: Option<String>,
    /// Where the portal is.
    pub(crate) portal: Option<String>,
    /// What the keys do now.
    pub(crate) keys: &'static str,
}

/// The stage.
pub(crate) struct Stage {
    look: Look,
    begin: Instant,
    inner: RefCell<Inner>,
}

struct Inner {
    out: Box<dyn Write>,
    live: Live,
    load: Option<Rc<Load>>,
    /// Live lines on the terminal now.
    drawn: usize,
}

impl Stage {
    pub(crate) fn new(look: Look, out: Box<dyn Write>) -> Self {
        let inner = Inner { out, live: Live::default(), load: None, drawn: 0 };
        Self { look, begin: Instant::now(), inner: RefCell::new(inner) }
    }

    /// Returns the seconds since the demo began.
    pub(crate) fn seconds(&self) -> f64 {
        self.begin.elapsed().as_secs_f64()
    }

    /// Says a line, with the time.
    pub(crate) fn say(&self, text: &str) {
        self.print(&format!("{:>7.1} s", self.seconds()), text);
    }

    /// Says a line that belongs to the one before.
    pub(crate) fn add(&self, text: &str) {
        self.print("", text);
    }

    /// Changes what the live part shows.
    pub(crate) fn live(&self, change: impl FnOnce(&mut Live)) {
        change(&mut self.inner.borrow_mut().live);
    }

    /// Shows the counts of these users from now on.
    pub(crate) fn watch(&self, load: Option<Rc<Load>>) {
        self.inner.borrow_mut().load = load;
    }

    /// Returns the failures that users saw so far.
    pub(crate) fn failed(&self) -> u64 {
        self.inner.borrow().load.as_ref().map_or(0, |load| load.total().failed())
    }

    /// Draws the live part again.
    pub(crate) fn draw(&self) {
        if self.look == Look::Live {
            let inner = &mut *self.inner.borrow_mut();
            let erase = inner.erase();
            inner.show(&erase);
        }
    }

    /// Says how users fare, where there is no live part to show it.
    pub(crate) fn report_users(&self) {
        if self.look == Look::Plain {
            let counts = self.inner.borrow().load.as_ref().map(|load| load.total());
            if let Some(counts) = counts {
                self.say(&users(&counts));
            }
        }
    }

    /// Takes the live part away.
    pub(crate) fn clear(&self) {
        let inner = &mut *self.inner.borrow_mut();
        let erase = inner.erase();
        inner.write(&erase);
    }

    fn print(&self, time: &str, text: &str) {
        let inner = &mut *self.inner.borrow_mut();
        let mut out = inner.erase();
        let width = if self.look == Look::Live { width() - MARGIN } else { usize::MAX };
        for (n, line) in wrap(text, width).iter().enumerate() {
            out += &format!("{:<MARGIN$} {line}\n", if n == 0 { time } else { "" }).replace(" \n", "\n");
        }
        match self.look {
            Look::Plain => inner.write(&out),
            Look::Live => inner.show(&out),
        }
    }
}

impl Inner {
    /// Returns what takes the live lines away and leaves the cursor where they began.
    fn erase(&mut self) -> String {
        match std::mem::take(&mut self.drawn) {
            0 => String::new(),
            lines => format!("\x1b[{lines}A\r\x1b[J"),
        }
    }

    /// Writes `before` and the live lines in one go, so that nothing flickers.
    fn show(&mut self, before: &str) {
        self.live.users = self.load.as_ref().map(|load| load.total());
        let mut out = before.to_owned();
        let lines = block(&self.live);
        for line in &lines {
            // A live line never wraps, or going up again would miss.
            out.extend(line.chars().take(width() - 1));
            out.push('\n');
        }
        self.drawn = lines.len();
        self.write(&out);
    }

    fn write(&mut self, text: &str) {
        // Nobody reads any more: the story goes on and its exit code still tells.
        drop(self.out.write_all(text.as_bytes()).and_then(|()| self.out.flush()));
    }
}

/// Says how users fare.
fn users(counts: &Counts) -> String {
    format!(
        "users: {} requests · failures seen: GET {}, POST {} · {} answered by stable instead",
        words::count(counts.sent),
        words::count(counts.failed_idempotent),
        words::count(counts.failed_other),
        words::count(counts.rescued),
    )
}

/// The live lines.
fn block(live: &Live) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut line = |label: &str, text: String| lines.push(format!("  {label:<8} {text}"));
    if let Some(counts) = &live.users {
        line("users", users(counts).trim_start_matches("users: ").to_owned());
    }
    if let Some(rollout) = &live.rollout {
        let share = words::share(rollout.share);
        line("canary", format!("{} {} at {share} · {}", rollout.service, rollout.version, words::evidence(rollout)));
    }
    if live.users.is_some() {
        line("page", live.page.clone().unwrap_or_else(|| "nobody is paged".to_owned()));
    }
    if let Some(readiness) = &live.readiness {
        line("ready", readiness.clone());
    }
    if let Some(portal) = &live.portal {
        line("portal", format!("{portal}   {}", live.keys).trim_end().to_owned());
    }
    lines
}

fn width() -> usize {
    let size = rustix::termios::tcgetwinsize(std::io::stdout());
    size.map_or(WIDTH, |size| usize::from(size.ws_col)).max(WIDTH_MIN)
}

/// Breaks a text into lines of at most `width` characters, between words where it can.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut().expect("never empty");
        if line.is_empty() {
            line.push_str(word);
        } else if line.chars().count() + 1 + word.chars().count() <= width {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::fake::{self, Paper};

    #[test]
    fn the_live_part_says_it_all() {
        let mut live = Live::default();
        assert_eq!(block(&live), [""]);
        live.users = Some(Counts { sent: 12_431, failed_other: 4, rescued: 27, ..Counts::default() });
        let mut rollout = fake::rollout("v2");
        [fake::stepping, fake::failing].iter().for_each(|change| change(&mut rollout));
        live.rollout = Some(rollout);
        live.readiness = Some("unknown: no revert was seen yet".to_owned());
        live.portal = Some("http://127.0.0.1:7400".to_owned());
        live.keys = "q quits";
        let want = [
            "",
            "  users    12,431 requests · failures seen: GET 0, POST 4 · 27 answered by stable instead",
            "  canary   checkout v2 at 5% · evidence 340 to 1 that v2 fails more; reverts at 1,000",
            "  page     nobody is paged",
            "  ready    unknown: no revert was seen yet",
            "  portal   http://127.0.0.1:7400   q quits",
        ];
        assert_eq!(block(&live), want);
    }

    #[test]
    fn plain_lines_have_no_escapes() {
        let paper = Paper::default();
        let stage = Stage::new(Look::Plain, Box::new(paper.clone()));
        stage.live(|live| live.portal = Some("http://p".to_owned()));
        stage.draw();
        stage.say("a line");
        stage.add("and more");
        stage.clear();
        assert_eq!(paper.text(), "    0.0 s  a line\n           and more\n");
    }

    #[test]
    fn the_live_part_stays_below() {
        let paper = Paper::default();
        let stage = Stage::new(Look::Live, Box::new(paper.clone()));
        stage.live(|live| live.portal = Some("http://p".to_owned()));
        stage.draw();
        stage.say("a line");
        stage.clear();
        let live = "\n  portal   http://p\n";
        assert_eq!(paper.text(), format!("{live}\x1b[2A\r\x1b[J    0.0 s  a line\n{live}\x1b[2A\r\x1b[J"));
    }

    #[test]
    fn long_lines_break_between_words() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("incomprehensible", 7), ["incomprehensible"]);
        assert_eq!(wrap("", 7), [""]);
    }
}
