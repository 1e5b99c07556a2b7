//! YAML as a small tree in which every node knows its place.
//!
//! Bounded before anything looks at it: depth, documents, and the size with every alias written out, so that a few
//! lines of nested aliases cannot cost more than a large file. Aliases share their node, they are never copied.

use std::collections::BTreeMap;
use std::rc::Rc;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Span};

/// Deepest nesting: catalogue entities need 8, an OpenAPI definition written inside one perhaps 30.
pub const DEPTH_MAX: usize = 64;
/// Most nodes of a file, with aliases written out.
pub const NODES_MAX: u64 = 200_000;
/// Most documents of a file.
pub const DOCUMENTS_MAX: usize = 2_000;

/// Line and column, both from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct At {
    /// From 1.
    pub line: u32,
    /// In characters, from 1.
    pub column: u32,
}

/// One node.
#[derive(Debug)]
pub struct Node {
    /// Its place.
    pub at: At,
    /// What it holds.
    pub value: Value,
    /// Nodes below and with it, aliases written out.
    size: u64,
}

/// What a node holds.
#[derive(Debug)]
pub enum Value {
    /// A scalar; types are the reader's business. A plain `null`, `~` or nothing is [`Value::Null`].
    Text(String),
    /// Nothing.
    Null,
    /// A sequence.
    List(Vec<Rc<Node>>),
    /// A mapping, in the order of the file.
    Map(Vec<(Rc<Node>, Rc<Node>)>),
}

impl Node {
    /// Returns the text of a scalar.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Returns the value of a key of a mapping; null counts as absent.
    pub fn get(&self, key: &str) -> Option<&Rc<Node>> {
        match &self.value {
            Value::Map(entries) => entries
                .iter()
                .find(|(known, _)| known.text() == Some(key))
                .map(|(_, value)| value)
                .filter(|value| !matches!(value.value, Value::Null)),
            _ => None,
        }
    }

    /// Returns what it is, for a message.
    pub fn what(&self) -> &'static str {
        match self.value {
            Value::Text(_) => "a text",
            Value::Null => "nothing",
            Value::List(_) => "a list",
            Value::Map(_) => "a mapping",
        }
    }
}

/// One document of a file.
pub struct Document {
    /// The outermost node.
    pub root: Rc<Node>,
    /// Keys that stand twice in a mapping: the second's place, the key, the first's place.
    pub doubled: Vec<(At, String, At)>,
}

/// Why a file could not be read to its end.
pub struct Broken {
    /// Where.
    pub at: At,
    /// Why.
    pub why: Why,
}

/// The two ways to break.
pub enum Why {
    /// Not YAML; the parser's words.
    Syntax(String),
    /// Over a limit; which.
    Limit(String),
}

/// Reads a file: its documents up to the first that is broken.
pub fn parse(text: &str) -> (Vec<Document>, Option<Broken>) {
    let mut builder = Builder::new(text);
    let mut parser = Parser::new_from_str(text.trim_start_matches('\u{feff}')).keep_tags(true);
    while let Some(next) = parser.next_event() {
        let outcome = match next {
            Ok((event, span)) => builder.take(event, span),
            Err(error) => Err(builder.broken(*error.marker(), Why::Syntax(error.info().to_owned()))),
        };
        if let Err(broken) = outcome {
            return (builder.documents, Some(broken));
        }
    }
    (builder.documents, None)
}

/// A collection that is still open.
struct Open {
    at: At,
    anchor: usize,
    kind: OpenKind,
}

enum OpenKind {
    List(Vec<Rc<Node>>),
    Map { entries: Vec<(Rc<Node>, Rc<Node>)>, key: Option<Rc<Node>> },
}

struct Builder {
    /// Characters of each line: places are kept inside the file.
    widths: Vec<u32>,
    documents: Vec<Document>,
    open: Vec<Open>,
    anchors: BTreeMap<usize, Rc<Node>>,
    doubled: Vec<(At, String, At)>,
    nodes: u64,
}

impl Builder {
    fn new(text: &str) -> Self {
        let width = |line: &str| u32::try_from(line.chars().count()).unwrap_or(u32::MAX - 1);
        let widths = if text.is_empty() { vec![0] } else { text.lines().map(width).collect() };
        Self { widths, documents: vec![], open: vec![], anchors: BTreeMap::new(), doubled: vec![], nodes: 0 }
    }

    /// Turns the parser's marker (line from 1, column from 0, both sometimes past the end) into a place of the file.
    fn at(&self, marker: Marker) -> At {
        let last = self.widths.len();
        let line = marker.line().clamp(1, last);
        let column = if marker.line() > last { usize::MAX } else { marker.col() + 1 };
        let column = u32::try_from(column).unwrap_or(u32::MAX).min(self.widths[line - 1] + 1);
        At { line: u32::try_from(line).unwrap_or(u32::MAX), column }
    }

    fn broken(&self, marker: Marker, why: Why) -> Broken {
        Broken { at: self.at(marker), why }
    }

    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), Broken> {
        let at = self.at(span.start);
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                // A tag such as !!str keeps the word "null" a text.
                let null = style == ScalarStyle::Plain
                    && tag.is_none()
                    && matches!(&*text, "" | "~" | "null" | "Null" | "NULL");
                let value = if null { Value::Null } else { Value::Text(text.into_owned()) };
                self.close(Node { at, value, size: 1 }, anchor, span)
            }
            Event::SequenceStart(anchor, _) => self.push(Open { at, anchor, kind: OpenKind::List(vec![]) }, span),
            Event::MappingStart(anchor, _) => {
                self.push(Open { at, anchor, kind: OpenKind::Map { entries: vec![], key: None } }, span)
            }
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(open) => {
                    let (node, anchor) = self.finished(open);
                    self.close(node, anchor, span)
                }
                None => Ok(()),
            },
            Event::Alias(anchor) => match self.anchors.get(&anchor).cloned() {
                Some(node) => self.attach(node, span),
                None => Err(Broken { at, why: Why::Syntax("an alias to something that contains it".to_owned()) }),
            },
            Event::DocumentStart(_) if self.documents.len() >= DOCUMENTS_MAX => {
                Err(Broken { at, why: Why::Limit(format!("over {DOCUMENTS_MAX} documents in a file")) })
            }
            Event::DocumentEnd => {
                self.anchors.clear();
                Ok(())
            }
            Event::DocumentStart(_) | Event::StreamStart | Event::StreamEnd | Event::Nothing => Ok(()),
        }
    }

    fn push(&mut self, open: Open, span: Span) -> Result<(), Broken> {
        if self.open.len() >= DEPTH_MAX {
            return Err(self.broken(span.start, Why::Limit(format!("nested more than {DEPTH_MAX} deep"))));
        }
        self.open.push(open);
        Ok(())
    }

    fn finished(&mut self, open: Open) -> (Node, usize) {
        let (value, size) = match open.kind {
            OpenKind::List(items) => {
                let size = items.iter().map(|item| item.size).fold(1, u64::saturating_add);
                (Value::List(items), size)
            }
            OpenKind::Map { entries, .. } => {
                let size = entries.iter().map(|(k, v)| k.size.saturating_add(v.size)).fold(1, u64::saturating_add);
                self.note_doubled(&entries);
                (Value::Map(entries), size)
            }
        };
        // The parser places a block collection at its first item's indentation; that is where people look.
        (Node { at: open.at, value, size }, open.anchor)
    }

    fn note_doubled(&mut self, entries: &[(Rc<Node>, Rc<Node>)]) {
        let mut seen: BTreeMap<&str, At> = BTreeMap::new();
        for key in entries.iter().map(|(key, _)| key) {
            if let Some(text) = key.text() {
                match seen.get(text) {
                    Some(first) => self.doubled.push((key.at, text.to_owned(), *first)),
                    None => {
                        seen.insert(text, key.at);
                    }
                }
            }
        }
    }

    fn close(&mut self, node: Node, anchor: usize, span: Span) -> Result<(), Broken> {
        let node = Rc::new(node);
        if anchor != 0 {
            self.anchors.insert(anchor, Rc::clone(&node));
        }
        self.attach(node, span)
    }

    fn attach(&mut self, node: Rc<Node>, span: Span) -> Result<(), Broken> {
        self.nodes = self.nodes.saturating_add(1);
        if self.nodes.max(node.size) > NODES_MAX {
            let why = format!("over {NODES_MAX} values in a file, aliases written out");
            return Err(self.broken(span.start, Why::Limit(why)));
        }
        match self.open.last_mut().map(|open| &mut open.kind) {
            None => {
                let doubled = std::mem::take(&mut self.doubled);
                self.documents.push(Document { root: node, doubled });
            }
            Some(OpenKind::List(items)) => items.push(node),
            Some(OpenKind::Map { entries, key }) => match key.take() {
                Some(known) => entries.push((known, node)),
                None => *key = Some(node),
            },
        }
        Ok(())
    }
}
