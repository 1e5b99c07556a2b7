//! Flattens a YAML file into its scalars, each with its path and place; no values, no anchors, no recursion.

use saphyr_parser::{Event, Parser, ScanError, Span};

/// Scalars kept of one file; a catalogue file that is larger is not about ownership.
const SCALARS_MAX: usize = 20_000;
/// Nesting that is followed; below it scalars are passed over.
const DEPTH_MAX: usize = 16;

/// One scalar of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Scalar {
    /// The keys that lead to it, joined by dots; items of a sequence all have the key `-`.
    pub(super) path: String,
    /// The text as written, without quotes.
    pub(super) value: String,
    /// Line, from 1.
    pub(super) line: usize,
    /// Column, from 1.
    pub(super) column: usize,
}

/// One document of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Document {
    /// The line on which it starts.
    pub(super) line: usize,
    /// Its scalars in order.
    pub(super) scalars: Vec<Scalar>,
}

impl Document {
    /// Returns the first scalar at a path that says something.
    pub(super) fn get(&self, path: &str) -> Option<&Scalar> {
        self.scalars.iter().find(|scalar| scalar.path == path && !matches!(scalar.value.as_str(), "" | "~" | "null"))
    }

    /// Returns all scalars at a path.
    pub(super) fn all(&self, path: &str) -> impl Iterator<Item = &Scalar> {
        self.scalars.iter().filter(move |scalar| scalar.path == path)
    }
}

/// Where a file stops being YAML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Broken {
    pub(super) line: usize,
    pub(super) column: usize,
    pub(super) why: String,
}

impl From<ScanError> for Broken {
    fn from(error: ScanError) -> Self {
        let marker = error.marker();
        Self { line: marker.line().max(1), column: marker.col() + 1, why: error.info().to_owned() }
    }
}

/// Reads a file; documents before the place where it breaks are kept.
pub(super) fn documents(text: &str) -> (Vec<Document>, Option<Broken>) {
    let mut reader = Reader::default();
    for event in Parser::new_from_str(text) {
        match event {
            Ok((event, span)) => reader.event(&event, span),
            Err(error) => return (reader.documents, Some(error.into())),
        }
    }
    (reader.documents, None)
}

enum Frame {
    /// Waits for a key or, when it has one, for its value.
    Mapping(Option<String>),
    Sequence,
}

#[derive(Default)]
struct Reader {
    documents: Vec<Document>,
    current: Document,
    frames: Vec<Frame>,
    scalars: usize,
}

impl Reader {
    fn event(&mut self, event: &Event<'_>, span: Span) {
        match event {
            Event::DocumentStart(_) => {
                self.frames.clear();
                self.current = Document { line: span.start.line().max(1), scalars: vec![] };
            }
            Event::DocumentEnd => self.documents.push(std::mem::take(&mut self.current)),
            Event::Scalar(value, ..) => self.scalar(value, span),
            Event::Alias(_) => self.value_ended(),
            Event::MappingStart(..) => self.frames.push(Frame::Mapping(None)),
            Event::SequenceStart(..) => self.frames.push(Frame::Sequence),
            Event::MappingEnd | Event::SequenceEnd => {
                self.frames.pop();
                self.value_ended();
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd => {}
        }
    }

    fn scalar(&mut self, value: &str, span: Span) {
        if let Some(Frame::Mapping(key @ None)) = self.frames.last_mut() {
            *key = Some(value.to_owned());
            return;
        }
        if self.scalars < SCALARS_MAX && self.frames.len() <= DEPTH_MAX {
            self.scalars += 1;
            let (line, column) = (span.start.line().max(1), span.start.col() + 1);
            let value = value.trim().to_owned();
            self.current.scalars.push(Scalar { path: self.path(), value, line, column });
        }
        self.value_ended();
    }

    /// A mapping's key is used up once its value ended; a key that is itself a collection counts as `?`.
    fn value_ended(&mut self) {
        if let Some(Frame::Mapping(key)) = self.frames.last_mut() {
            *key = if key.is_none() { Some("?".to_owned()) } else { None };
        }
    }

    fn path(&self) -> String {
        let part = |frame: &Frame| match frame {
            Frame::Mapping(key) => key.clone().unwrap_or_default(),
            Frame::Sequence => "-".to_owned(),
        };
        self.frames.iter().map(part).collect::<Vec<_>>().join(".")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn flat(text: &str) -> Vec<String> {
        let (documents, broken) = documents(text);
        let show = |scalar: &Scalar| format!("{}={}@{}:{}", scalar.path, scalar.value, scalar.line, scalar.column);
        let mut out: Vec<String> = documents.iter().flat_map(|document| document.scalars.iter().map(show)).collect();
        out.extend(broken.map(|broken| format!("broken@{}:{}", broken.line, broken.column)));
        out
    }

    #[test]
    fn scalars_have_paths_and_places() {
        assert_eq!(
            flat("a: 1\nb:\n  c: 'x y'\n  d: [p, q]\n---\ne: &z ~\nf: *z\ng: h\n"),
            ["a=1@1:4", "b.c=x y@3:6", "b.d.-=p@4:7", "b.d.-=q@4:10", "e=~@6:4", "g=h@8:4",]
        );
    }

    #[test]
    fn a_broken_file_says_where() {
        assert_eq!(flat("a: 1\n---\nb: [1\n").first().map(String::as_str), Some("a=1@1:4"));
        assert!(flat("a: 1\n---\nb: [1\n").last().is_some_and(|last| last.starts_with("broken@")));
    }

    #[test]
    fn keys_that_are_collections_do_not_shift_the_rest() {
        assert_eq!(flat("? [a, b]\n: c\nd: e\n").last().map(String::as_str), Some("d=e@3:4"));
    }

    proptest! {
        #[test]
        fn no_text_panics(text: String, like in "([a:\\-\\[\\]{}&*!|>?'\"# \n]{0,40})") {
            documents(&text);
            documents(&like);
        }
    }
}
