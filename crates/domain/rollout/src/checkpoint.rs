//! The bytes of a judge's state: one list of fields, walked alike for writing and for reading, so they cannot disagree.
//!
//! Numbers are little-endian words of 8 bytes and floats keep their bits: a restored judge decides bit for bit like the
//! one that was saved, which decimal text would not promise.

use std::fmt;

/// The layout below; another number is refused, never guessed at.
const LAYOUT: u64 = 2;

/// Why bytes are not the state of this judge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RestoreError {
    /// They were written by another layout than this one.
    Layout,
    /// They are too short, too long, or were written for other steps.
    Length,
    /// A number in them is out of its range.
    Value,
}

impl fmt::Display for RestoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Layout => "could not restore a judge: its state was written by another release; start the step anew",
            Self::Length => "could not restore a judge: its state has the wrong length; start the step anew",
            Self::Value => "could not restore a judge: its state holds an impossible number; start the step anew",
        })
    }
}

impl std::error::Error for RestoreError {}

/// Visits every number of a state, in one order, to write it or to replace it.
pub(crate) trait Walk {
    fn word(&mut self, word: &mut u64);
    /// Notes that a value just read is impossible.
    fn reject(&mut self);

    fn count(&mut self, value: &mut u64) {
        self.word(value);
    }

    fn real(&mut self, value: &mut f64) {
        let mut bits = value.to_bits();
        self.word(&mut bits);
        *value = f64::from_bits(bits);
        if value.is_nan() {
            self.reject();
        }
    }

    fn micros(&mut self, value: &mut i64) {
        let mut bits = value.cast_unsigned();
        self.word(&mut bits);
        *value = bits.cast_signed();
    }

    /// An optional number below `limit`; nothing is written as the largest word.
    fn optional(&mut self, value: &mut Option<usize>, limit: usize) {
        let mut word = value.map_or(u64::MAX, |v| v as u64);
        self.word(&mut word);
        *value = usize::try_from(word).ok().filter(|v| *v < limit);
        if value.is_none() && word != u64::MAX {
            self.reject();
        }
    }
}

/// Writes words.
pub(crate) struct Writer(Vec<u8>);

impl Writer {
    pub(crate) fn new() -> Self {
        Self(LAYOUT.to_le_bytes().to_vec())
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        self.0
    }
}

impl Walk for Writer {
    fn word(&mut self, word: &mut u64) {
        self.0.extend_from_slice(&word.to_le_bytes());
    }

    fn reject(&mut self) {}
}

/// Reads words; remembers the first thing wrong and goes on with what was there before.
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
    wrong: Option<RestoreError>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        let mut reader = Self { rest: bytes, wrong: None };
        let mut layout = 0;
        reader.word(&mut layout);
        if layout != LAYOUT {
            reader.wrong = Some(RestoreError::Layout);
        }
        reader
    }

    pub(crate) fn finish(self) -> Result<(), RestoreError> {
        match self.wrong {
            Some(wrong) => Err(wrong),
            None if self.rest.is_empty() => Ok(()),
            None => Err(RestoreError::Length),
        }
    }
}

impl Walk for Reader<'_> {
    fn word(&mut self, word: &mut u64) {
        match self.rest.split_first_chunk::<8>() {
            Some((bytes, rest)) => (*word, self.rest) = (u64::from_le_bytes(*bytes), rest),
            None => self.wrong = self.wrong.or(Some(RestoreError::Length)),
        }
    }

    fn reject(&mut self) {
        self.wrong = self.wrong.or(Some(RestoreError::Value));
    }
}
