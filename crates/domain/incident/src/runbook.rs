//! Runbooks: Markdown cut into sections, the section for an alert, its first steps, and a small safe subset to show.
//!
//! What is not understood stays text: nothing of a runbook is ever markup of ours. A link is kept where it leads to `http` or
//! `https` and nowhere else.

/// Longest runbook that is read, in bytes: longer is a book, and nobody reads it at night.
pub const RUNBOOK_BYTES_MAX: usize = 256 * 1024;

/// Sections of one runbook.
pub const SECTIONS_MAX: usize = 100;

/// Longest section that is kept, in bytes; the rest is in the repository.
pub const SECTION_BYTES_MAX: usize = 16 * 1024;

/// Steps that are shown first.
pub const STEPS_FIRST: usize = 3;

/// A section: what stands under one heading, up to the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// The heading's words; the title of the front matter for what stands before the first.
    pub heading: String,
    /// What stands below it.
    pub text: String,
}

/// A piece of a section, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// Words.
    Paragraph(Vec<Span>),
    /// A step, or an item of a list.
    Step(Vec<Span>),
    /// The heading of a part.
    Heading(String),
    /// Lines as they are.
    Code(String),
}

/// A piece of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Span {
    /// Words.
    Text(String),
    /// Words as they are typed.
    Code(String),
    /// Words that lead somewhere, over `http` or `https`.
    Link {
        /// The words.
        text: String,
        /// Where they lead.
        to: String,
    },
}

/// Cuts Markdown into sections: each holds what stands below its heading, the headings of a lower level with it. The title
/// of the front matter is the heading of the whole; headings inside fenced code are none.
pub fn sections(markdown: &str) -> Vec<Section> {
    let (title, body) = front_matter(markdown);
    let mut found = vec![Section { heading: title, text: String::new() }];
    // Sections that a line belongs to: their places, with the level of each.
    let mut open: Vec<(usize, usize)> = vec![(0, 0)];
    let mut fenced = false;
    for line in body.lines() {
        fenced ^= is_fence(line);
        let begins = heading(line).filter(|_| !fenced);
        if let Some((level, _)) = &begins {
            open.retain(|(_, of)| of < level);
        }
        open.iter().for_each(|(place, _)| push_line(&mut found[*place].text, line));
        if let Some((level, words)) = begins.filter(|_| found.len() < SECTIONS_MAX) {
            open.push((found.len(), level));
            found.push(Section { heading: words, text: String::new() });
        }
    }
    found.retain(|section| !section.heading.is_empty());
    found
}

fn push_line(text: &mut String, line: &str) {
    if text.len() + line.len() < SECTION_BYTES_MAX {
        text.push_str(line);
        text.push('\n');
    }
}

fn front_matter(markdown: &str) -> (String, &str) {
    let text = markdown.trim_start_matches('\u{feff}');
    let Some(rest) = text.strip_prefix("---\n") else { return (String::new(), text) };
    let Some((matter, body)) = rest.split_once("\n---") else { return (String::new(), text) };
    let title = matter.lines().find_map(|line| line.strip_prefix("title:"));
    let title = title.map(|title| title.trim().trim_matches(['"', '\'']).to_owned());
    (title.unwrap_or_default(), body.trim_start_matches('-'))
}

/// Returns level and words of a heading.
fn heading(line: &str) -> Option<(usize, String)> {
    let words = line.trim_start_matches('#');
    let level = line.len() - words.len();
    let is_one = (1..=6).contains(&level) && words.starts_with(' ');
    is_one.then(|| (level, words.trim().trim_end_matches('#').trim().to_owned()))
}

fn is_fence(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("```") || line.starts_with("~~~")
}

/// Returns the section for an alert by the names that it goes by, best name first: the heading that is the same, then one
/// that holds the name, then one of which the name holds all words; none where no heading fits.
pub fn section_for<'a>(sections: &'a [Section], names: &[&str]) -> Option<&'a Section> {
    let plain: Vec<(Vec<String>, &Section)> = sections.iter().map(|s| (words(&s.heading), s)).collect();
    let names: Vec<Vec<String>> = names.iter().map(|name| words(name)).filter(|name| !name.is_empty()).collect();
    let by = |fits: &dyn Fn(&[String], &[String]) -> bool| {
        let of =
            |name: &Vec<String>| plain.iter().find(|(heading, s)| !s.text.trim().is_empty() && fits(heading, name));
        names.iter().find_map(of).map(|(_, section)| *section)
    };
    by(&|heading, name| heading == name)
        .or_else(|| by(&|heading, name| holds(heading, name)))
        .or_else(|| by(&|heading, name| heading.len() >= WORDS_MIN && holds(name, heading)))
}

/// Fewest words of a heading that say which alert is meant when the alert's name has more.
const WORDS_MIN: usize = 2;

fn holds(all: &[String], some: &[String]) -> bool {
    some.iter().all(|word| all.contains(word))
}

/// Returns the words of a name however it is written: `HighErrorRate`, `high-error-rate`, `High error rate`.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut last = ' ';
    for c in name.chars() {
        let begins = !last.is_alphanumeric() || (last.is_lowercase() && c.is_uppercase());
        if c.is_alphanumeric() {
            match words.last_mut().filter(|_| !begins) {
                Some(word) => word.extend(c.to_lowercase()),
                None => words.push(c.to_lowercase().collect()),
            }
        }
        last = c;
    }
    words
}

/// Cuts a section into what is shown.
pub fn blocks(text: &str) -> Vec<Block> {
    let mut found: Vec<Block> = Vec::new();
    let mut code: Option<String> = None;
    let mut paragraph = String::new();
    let end = |paragraph: &mut String, found: &mut Vec<Block>| {
        if !paragraph.is_empty() {
            found.push(Block::Paragraph(spans(paragraph)));
            paragraph.clear();
        }
    };
    for line in text.lines() {
        match (&mut code, is_fence(line)) {
            (Some(lines), true) => {
                found.push(Block::Code(std::mem::take(lines)));
                code = None;
            }
            (Some(lines), false) => {
                lines.push_str(line);
                lines.push('\n');
            }
            (None, true) => {
                end(&mut paragraph, &mut found);
                code = Some(String::new());
            }
            (None, false) if heading(line).is_some() => {
                end(&mut paragraph, &mut found);
                found.extend(heading(line).map(|(_, words)| Block::Heading(words)));
            }
            (None, false) => match item(line) {
                Some(words) => {
                    end(&mut paragraph, &mut found);
                    found.push(Block::Step(spans(words)));
                }
                None if line.trim().is_empty() => end(&mut paragraph, &mut found),
                None => {
                    let space = if paragraph.is_empty() { "" } else { " " };
                    paragraph.push_str(space);
                    paragraph.push_str(line.trim());
                }
            },
        }
    }
    end(&mut paragraph, &mut found);
    found.extend(code.map(Block::Code));
    found
}

/// Returns the words of a step: `1. ..`, `2) ..`, `- ..`, `* ..`.
fn item(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let bullet = ["- ", "* ", "+ "].iter().find_map(|mark| line.strip_prefix(mark));
    let numbered = || {
        let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
        let is_number = (1..=3).contains(&(line.len() - rest.len()));
        rest.strip_prefix(". ").or_else(|| rest.strip_prefix(") ")).filter(|_| is_number)
    };
    bullet.or_else(numbered).map(str::trim).filter(|words| !words.is_empty())
}

fn spans(line: &str) -> Vec<Span> {
    let mut found = Vec::new();
    let mut rest = line;
    let text = |words: &str, found: &mut Vec<Span>| {
        if !words.is_empty() {
            found.push(Span::Text(words.replace("**", "")));
        }
    };
    while let Some(at) = rest.find(['`', '[']) {
        let (before, tail) = rest.split_at(at);
        let next = if tail.starts_with('`') { code(tail) } else { link(tail) };
        match next {
            Some((span, after)) => {
                text(before, &mut found);
                found.push(span);
                rest = after;
            }
            None => {
                text(&rest[..=at], &mut found);
                rest = &rest[at + 1..];
            }
        }
    }
    text(rest, &mut found);
    found
}

fn code(tail: &str) -> Option<(Span, &str)> {
    let (words, after) = tail[1..].split_once('`')?;
    (!words.is_empty()).then(|| (Span::Code(words.to_owned()), after))
}

/// A link elsewhere than to `http` or `https` is its words alone: what a repository links to by name is not here.
fn link(tail: &str) -> Option<(Span, &str)> {
    let (words, after) = tail[1..].split_once(']')?;
    let words = words.trim_matches('`').to_owned();
    if let Some((to, after)) = after.strip_prefix('(').and_then(|after| after.split_once(')')) {
        let to = to.split_whitespace().next().unwrap_or_default();
        let web = (to.starts_with("https://") || to.starts_with("http://")) && !to.contains(['"', '<', '>']);
        return Some((if web { Span::Link { text: words, to: to.to_owned() } } else { Span::Text(words) }, after));
    }
    // `[words][name]`: where the name leads stands at the end of the file, which is another section.
    let after = after.strip_prefix('[').and_then(|after| Some(after.split_once(']')?.1))?;
    Some((Span::Text(words), after))
}
