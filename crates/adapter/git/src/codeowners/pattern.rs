//! Path patterns of CODEOWNERS files, by GitHub's rules and by GitLab's.
//!
//! They look alike and differ where it hurts. GitHub follows gitignore: a slash in the middle anchors a pattern, a
//! name without a trailing slash is a file or everything below a directory, but `dir/*` does not descend.
//! GitLab follows Ruby's `File.fnmatch`: only a leading slash anchors, and `dir` without a trailing slash is a file.

/// Whose rules a file is read by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    /// GitHub: one list, the last match wins.
    GitHub,
    /// GitLab: sections that each have their own last match.
    GitLab,
}

/// A compiled pattern: a sequence of parts that must consume all segments of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    /// Any number of segments, none too.
    AnyDepth,
    /// Any one segment.
    AnySegment,
    /// One segment that is exactly this.
    Exactly(String),
    /// One segment that ends so and is matched by nothing but `*` before.
    EndsWith(String),
    /// One segment with wildcards.
    Glob(Vec<Token>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Char(char),
    One,
    Many,
    Class { negated: bool, ranges: Vec<(char, char)> },
}

impl Pattern {
    /// Compiles the text of one entry (without `!`); never fails, what has no meaning is taken literally.
    pub fn compile(text: &str, dialect: Dialect) -> Self {
        let anchored = match dialect {
            Dialect::GitHub => text.trim_end_matches('/').contains('/'),
            Dialect::GitLab => text.starts_with('/'),
        };
        let directory = text.ends_with('/');
        let names: Vec<&str> = text.split('/').filter(|name| !name.is_empty()).collect();
        let mut parts = Vec::with_capacity(names.len() + 2);
        if !anchored {
            parts.push(Part::AnyDepth);
        }
        let last = names.len().saturating_sub(1);
        parts.extend(names.iter().enumerate().map(|(at, name)| part(name, dialect, at == last && !directory)));
        match dialect {
            _ if directory => parts.extend([Part::AnyDepth, Part::AnySegment]),
            Dialect::GitHub if anchored && parts.last() == Some(&Part::AnySegment) => {}
            Dialect::GitHub => parts.push(Part::AnyDepth),
            Dialect::GitLab => {}
        }
        parts.dedup_by(|a, b| *a == Part::AnyDepth && *b == Part::AnyDepth);
        Self { parts }
    }

    /// Says whether a path, split at its slashes, is matched.
    pub fn matches(&self, path: &[&str]) -> bool {
        wildcard(&self.parts, path, |part| *part == Part::AnyDepth, |part, segment| part.matches(segment))
    }

    /// Says whether the pattern is only there to catch what nothing else names, as `*` does.
    pub fn catches_all(&self) -> bool {
        self.parts.iter().all(|part| matches!(part, Part::AnyDepth | Part::AnySegment))
            && self.parts.first() == Some(&Part::AnyDepth)
    }

    /// Returns the leading segments that are fixed, from the root: all matches lie below them.
    pub fn prefix(&self) -> Vec<&str> {
        self.parts.iter().map_while(Part::fixed).collect()
    }

    /// Returns the directory an entry is about: its fixed leading segments, when it covers all that is below them.
    pub fn directory(&self) -> Option<String> {
        let prefix = self.prefix();
        let rest = &self.parts[prefix.len()..];
        let whole = rest.iter().all(|part| matches!(part, Part::AnyDepth | Part::AnySegment));
        (!prefix.is_empty() && whole && !rest.is_empty()).then(|| prefix.join("/"))
    }
}

impl Part {
    fn fixed(&self) -> Option<&str> {
        if let Self::Exactly(name) = self { Some(name) } else { None }
    }

    fn matches(&self, segment: &str) -> bool {
        match self {
            Self::AnyDepth | Self::AnySegment => true,
            Self::Exactly(name) => name == segment,
            Self::EndsWith(end) => segment.ends_with(end.as_str()),
            Self::Glob(tokens) => {
                let chars: Vec<char> = segment.chars().collect();
                wildcard(tokens, &chars, |token| *token == Token::Many, Token::matches)
            }
        }
    }
}

impl Token {
    fn matches(&self, c: &char) -> bool {
        match self {
            Self::Char(own) => own == c,
            Self::One | Self::Many => true,
            Self::Class { negated, ranges } => ranges.iter().any(|(from, to)| (from..=to).contains(&c)) != *negated,
        }
    }
}

fn part(name: &str, dialect: Dialect, last: bool) -> Part {
    // Ruby's fnmatch descends only at "**/"; at the end "**" is "*".
    if name == "**" && (dialect == Dialect::GitHub || !last) {
        return Part::AnyDepth;
    }
    let tokens = tokens(name, dialect);
    let literal = |tokens: &[Token]| {
        tokens.iter().map(|token| if let Token::Char(c) = token { Some(*c) } else { None }).collect::<Option<String>>()
    };
    match tokens.split_first() {
        Some((Token::Many, [])) => Part::AnySegment,
        Some((Token::Many, rest)) => literal(rest).map_or(Part::Glob(tokens.clone()), Part::EndsWith),
        _ => literal(&tokens).map_or(Part::Glob(tokens), Part::Exactly),
    }
}

fn tokens(name: &str, dialect: Dialect) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = name.chars();
    while let Some(c) = rest.next() {
        match c {
            '\\' => tokens.push(Token::Char(rest.next().unwrap_or('\\'))),
            '?' => tokens.push(Token::One),
            '*' if tokens.last() != Some(&Token::Many) => tokens.push(Token::Many),
            '*' => {}
            '[' if dialect == Dialect::GitLab => match class(rest.as_str()) {
                Some((token, after)) => {
                    tokens.push(token);
                    rest = after.chars();
                }
                None => tokens.push(Token::Char('[')),
            },
            _ => tokens.push(Token::Char(c)),
        }
    }
    tokens
}

/// Reads a character class after its `[`; `None` when it never closes.
fn class(text: &str) -> Option<(Token, &str)> {
    let (inside, after) = text.split_once(']')?;
    let negated = inside.starts_with(['!', '^']);
    let mut chars = inside.chars().skip(usize::from(negated)).peekable();
    let mut ranges = Vec::new();
    while let Some(from) = chars.next() {
        let ranged = chars.peek() == Some(&'-') && chars.clone().nth(1).is_some();
        let to = if ranged { chars.nth(1).unwrap_or(from) } else { from };
        ranges.push((from, to));
    }
    (!ranges.is_empty()).then_some((Token::Class { negated, ranges }, after))
}

/// Matches a whole sequence against parts of which some take any number of items; linear but for backtracking to
/// the last of those, so at most `parts * items` steps.
fn wildcard<P, T>(parts: &[P], items: &[T], any: impl Fn(&P) -> bool, one: impl Fn(&P, &T) -> bool) -> bool {
    let (mut p, mut i) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    while i < items.len() {
        match parts.get(p) {
            Some(part) if any(part) => {
                back = Some((p, i));
                p += 1;
            }
            Some(part) if one(part, &items[i]) => {
                p += 1;
                i += 1;
            }
            _ => {
                let Some((at, taken)) = back else { return false };
                back = Some((at, taken + 1));
                p = at + 1;
                i = taken + 1;
            }
        }
    }
    parts[p..].iter().all(any)
}
