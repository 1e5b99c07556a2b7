//! Where the demo speaks: lines that stay, and on a terminal a few live lines below them that are drawn again.
//!
//! There is no full-screen mode: what was said can be scrolled back to, and nothing has to be put right afterwards.

use std::cell::RefCell;
use std::io::Write;
use std::rc::Rc;

use seaworthy_model::Timestamp;
use tokio::time::Instant;

use super::layout::{columns, wrap};
use super::live::Live;
use super::words;
use crate::load::{Counts, Load};

/// Columns of the time in front of a line, and of the space behind it.
const MARGIN: usize = 11;

/// How the demo speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    /// Whole lines: a pipe, a log.
    Plain,
    /// Lines broken between words: a terminal that can do no more.
    Lines,
    /// Lines and a live part.
    Live,
    /// Lines and a live part, in colours; they say nothing that the words do not say.
    Colour,
}

/// What a line means at a glance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    /// Something happens.
    Plain,
    /// Something that was hoped for.
    Good,
    /// Something to watch.
    Wait,
    /// Something that harms.
    Bad,
}

impl Tone {
    fn code(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Good => "\x1b[32m",
            Self::Wait => "\x1b[33m",
            Self::Bad => "\x1b[31m",
        }
    }
}

/// Columns and lines of the terminal, asked for each time: a person may change them.
pub(crate) type Size = fn() -> (usize, usize);

/// The stage.
pub(crate) struct Stage {
    begin: Instant,
    inner: RefCell<Inner>,
}

struct Inner {
    look: Look,
    size: Size,
    out: Box<dyn Write>,
    live: Live,
    load: Option<Rc<Load>>,
    /// Columns of each live line on the terminal now.
    drawn: Vec<usize>,
}

impl Stage {
    pub(crate) fn new(look: Look, size: Size, out: Box<dyn Write>) -> Self {
        let inner = Inner { look, size, out, live: Live::default(), load: None, drawn: Vec::new() };
        Self { begin: Instant::now(), inner: RefCell::new(inner) }
    }

    /// Returns the seconds since the demo began.
    pub(crate) fn seconds(&self) -> f64 {
        self.begin.elapsed().as_secs_f64()
    }

    /// Says a line, with the time.
    pub(crate) fn say(&self, text: &str) {
        self.say_in(Tone::Plain, text);
    }

    /// Says a line, with the time, in a tone.
    pub(crate) fn say_in(&self, tone: Tone, text: &str) {
        self.print(&format!("{:>7.1} s", self.seconds()), tone, text);
    }

    /// Says a line that belongs to the one before.
    pub(crate) fn add(&self, text: &str) {
        self.print("", Tone::Plain, text);
    }

    /// Changes what the live part shows.
    pub(crate) fn live(&self, change: impl FnOnce(&mut Live)) {
        change(&mut self.inner.borrow_mut().live);
    }

    /// Shows the counts of these users from now on.
    pub(crate) fn watch(&self, load: Rc<Load>) {
        self.inner.borrow_mut().load = Some(load);
    }

    /// Returns what users saw so far; none before they came.
    pub(crate) fn users(&self) -> Option<Counts> {
        self.inner.borrow().load.as_ref().map(|load| load.total())
    }

    /// Returns the failures that users saw so far.
    pub(crate) fn failed(&self) -> u64 {
        self.users().map_or(0, |users| users.failed())
    }

    /// Draws the live part again.
    pub(crate) fn draw(&self) {
        let inner = &mut *self.inner.borrow_mut();
        if inner.is_live() {
            let erase = inner.erase();
            inner.show(&erase);
        }
    }

    /// Says how users fare, where there is no live part to show it.
    pub(crate) fn report_users(&self) {
        let users = self.users().filter(|_| !self.inner.borrow().is_live());
        if let Some(users) = users {
            self.say(&format!("users: {}", words::users(&users).join(" · ")));
        }
    }

    /// Takes the live part away for good, and sends the users home: what is said from now on is only lines.
    pub(crate) fn close(&self) {
        let inner = &mut *self.inner.borrow_mut();
        let erase = inner.erase();
        inner.write(&erase);
        (inner.load, inner.live) = (None, Live::default());
    }

    fn print(&self, time: &str, tone: Tone, text: &str) {
        let inner = &mut *self.inner.borrow_mut();
        let mut out = inner.erase();
        for (at, line) in inner.broken(text).iter().enumerate() {
            let time = if at == 0 { time } else { "" };
            // A link that is too wide begins at the edge: the terminal itself breaks it, and it can be copied whole.
            let margin = if time.is_empty() && inner.is_wide(line) { 0 } else { MARGIN };
            out += &format!("{}{}\n", inner.dim(&format!("{time:<margin$}")), inner.toned(tone, line));
        }
        inner.show(&out);
    }
}

impl Inner {
    fn is_live(&self) -> bool {
        matches!(self.look, Look::Live | Look::Colour)
    }

    /// Columns that are written to: one stays free, as terminals differ in what they do behind the last one.
    fn width(&self) -> usize {
        match self.look {
            Look::Plain => usize::MAX,
            Look::Lines | Look::Live | Look::Colour => (self.size)().0 - 1,
        }
    }

    fn broken(&self, text: &str) -> Vec<String> {
        wrap(text, self.width() - MARGIN)
    }

    fn is_wide(&self, line: &str) -> bool {
        columns(line) > self.width() - MARGIN
    }

    fn dim(&self, text: &str) -> String {
        if self.look == Look::Colour && !text.trim().is_empty() {
            format!("\x1b[2m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }

    fn toned(&self, tone: Tone, text: &str) -> String {
        if self.look == Look::Colour && tone != Tone::Plain {
            format!("{}{text}\x1b[0m", tone.code())
        } else {
            text.to_owned()
        }
    }

    /// Returns what takes the live lines away and leaves the cursor where they began.
    ///
    /// A terminal that became narrower since has broken them into more lines.
    fn erase(&mut self) -> String {
        let width = (self.size)().0;
        let lines: usize = std::mem::take(&mut self.drawn).iter().map(|columns| columns.div_ceil(width).max(1)).sum();
        if lines == 0 { String::new() } else { format!("\x1b[{lines}A\r\x1b[J") }
    }

    /// Writes `before` and the live lines in one go, so that nothing flickers.
    fn show(&mut self, before: &str) {
        let mut out = before.to_owned();
        if self.is_live() {
            self.live.users = self.load.as_ref().map(|load| load.total());
            let height = (self.size)().1.saturating_sub(1);
            let lines = self.live.lines(Timestamp::now(), Instant::now(), (self.width(), height));
            for line in &lines {
                out += &format!("{}{}\n", self.dim(&line.label), self.toned(line.tone, &line.text));
            }
            self.drawn = lines.iter().map(super::live::Line::columns).collect();
        }
        self.write(&out);
    }

    fn write(&mut self, text: &str) {
        // Nobody reads any more: the story goes on and its exit code still tells.
        drop(self.out.write_all(text.as_bytes()).and_then(|()| self.out.flush()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::fake::Paper;

    fn stage(look: Look, size: Size) -> (Stage, Paper) {
        let paper = Paper::default();
        (Stage::new(look, size, Box::new(paper.clone())), paper)
    }

    #[test]
    fn plain_lines_are_whole_and_have_no_escapes() {
        let (stage, paper) = stage(Look::Plain, || (40, 24));
        stage.live(|live| live.portal = Some("http://p".to_owned()));
        stage.draw();
        stage.say_in(Tone::Bad, "a line that is longer than forty columns are");
        stage.add("and more");
        stage.close();
        let want = "    0.0 s  a line that is longer than forty columns are\n           and more\n";
        assert_eq!(paper.text(), want);
    }

    #[test]
    fn lines_leave_the_last_column_free() {
        let (stage, paper) = stage(Look::Lines, || (40, 24));
        stage.say("123456789 123456789 12345678 and so on");
        stage.say("http://127.0.0.1/a-link-that-is-wider-than-the-screen");
        stage.add("see http://127.0.0.1/a-link-that-is-wider-than-the-screen");
        let want = "    0.0 s  123456789 123456789 12345678\n           and so on\n    \
                    0.0 s  http://127.0.0.1/a-link-that-is-wider-than-the-screen\n           \
                    see\nhttp://127.0.0.1/a-link-that-is-wider-than-the-screen\n";
        assert_eq!(paper.text(), want);
    }

    #[test]
    fn the_live_part_stays_below_and_goes_away() {
        let (stage, paper) = stage(Look::Live, || (80, 24));
        stage.live(|live| live.portal = Some("http://p".to_owned()));
        stage.draw();
        stage.say("a line");
        stage.close();
        stage.say("the end");
        let live = "\n  portal  http://p\n";
        let erase = "\x1b[2A\r\x1b[J";
        assert_eq!(paper.text(), format!("{live}{erase}    0.0 s  a line\n{live}{erase}    0.0 s  the end\n"));
    }

    #[test]
    fn a_screen_that_became_narrow_is_cleared_all_the_same() {
        let (stage, paper) = stage(Look::Live, || (80, 24));
        stage.live(|live| live.portal = Some("http://p".repeat(8)));
        stage.draw();
        stage.inner.borrow_mut().size = || (40, 24);
        stage.close();
        assert!(paper.text().ends_with("\x1b[3A\r\x1b[J"), "{:?}", paper.text());
    }

    #[test]
    fn a_low_screen_shows_what_fits() {
        let (stage, paper) = stage(Look::Live, || (80, 3));
        stage.live(|live| (live.portal, live.keys) = (Some("http://p".to_owned()), &["q quits", "k kills"]));
        stage.draw();
        assert_eq!(paper.text(), "\n  keys    q quits · k kills\n");
    }

    #[test]
    fn colours_take_no_columns() {
        let (stage, paper) = stage(Look::Colour, || (40, 24));
        stage.say_in(Tone::Bad, "123456789 123456789 12345678");
        assert_eq!(paper.text(), "\x1b[2m    0.0 s  \x1b[0m\x1b[31m123456789 123456789 12345678\x1b[0m\n");
    }
}
