//! Since when an objective is counted, kept over a restart: buckets say it to five minutes at best, and what a young objective
//! burns is worked out from it.
//!
//! The instants stand in a few pieces of the side store and not in one entry each, of which a table lists only so many.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Objectives, convert};

/// How many pieces there are: with 20,000 series of the longest names one has 300 KB, a third of what an entry may have.
const PIECES: u64 = 16;

/// One piece as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Which.
    pub number: u8,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// What is known beside the counts themselves.
#[derive(Debug, Clone, Default)]
pub(super) struct Since {
    /// By the name of its series, of what has no counts in memory at this moment.
    waiting: BTreeMap<String, Timestamp>,
    /// A bit for each piece that is not stored as it is.
    dirty: u16,
}

impl Since {
    /// Takes what is known of a series that comes back.
    pub(super) fn take(&mut self, series: &str) -> Option<Timestamp> {
        self.waiting.remove(series)
    }

    /// Keeps what is known of a series until it comes back.
    pub(super) fn keep(&mut self, series: &str, first: Timestamp) {
        self.waiting.insert(series.to_owned(), first);
    }

    /// Notes that a series has another first event than is stored.
    pub(super) fn mark(&mut self, series: &str) {
        self.dirty |= 1 << piece_of(series);
    }

    /// Forgets series that nobody counts any more.
    pub(super) fn retain(&mut self, is_counted: impl Fn(&str) -> bool) {
        let (kept, gone) = std::mem::take(&mut self.waiting).into_iter().partition(|(series, _)| is_counted(series));
        self.waiting = kept;
        let gone: BTreeMap<String, Timestamp> = gone;
        gone.keys().for_each(|series| self.mark(series));
    }
}

impl Objectives {
    /// Takes a stored piece in, at a start and before the catalogue is followed.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn restore_since(&mut self, bytes: &[u8]) -> Result<(), serde_json::Error> {
        let piece: BTreeMap<String, Timestamp> = serde_json::from_slice(bytes)?;
        self.since.waiting.extend(piece);
        Ok(())
    }

    /// Takes the pieces that changed.
    pub(super) fn take_since(&mut self) -> Vec<Piece> {
        let ready = self.all.values_mut().filter(|watched| watched.is_ready).filter_map(|w| w.counts.as_mut());
        for counts in ready {
            if counts.take_first_is_new() {
                self.since.mark(counts.name());
            }
        }
        let dirty = std::mem::take(&mut self.since.dirty);
        (0..PIECES).filter(|piece| dirty & (1 << piece) != 0).map(|piece| self.piece(piece)).collect()
    }

    fn piece(&self, number: u64) -> Piece {
        let waiting = self.since.waiting.iter().map(|(series, first)| (series.as_str(), *first));
        let ready = self.all.values().filter(|watched| watched.is_ready);
        let counts = ready.filter_map(|watched| watched.counts.as_ref());
        let counted = counts.filter_map(|counts| Some((counts.name(), counts.first_at()?)));
        let piece: BTreeMap<&str, Timestamp> =
            waiting.chain(counted).filter(|(series, _)| piece_of(series) == number).collect();
        let bytes = serde_json::to_vec(&piece).expect("names and instants");
        Piece { number: u8::try_from(number).expect("there are few"), bytes }
    }

    /// Takes back pieces that could not be stored; they are made again.
    pub(super) fn give_since_back(&mut self, pieces: &[Piece]) {
        pieces.iter().for_each(|piece| self.since.dirty |= 1 << piece.number);
    }
}

fn piece_of(series: &str) -> u64 {
    convert::fnv(series.as_bytes()) % PIECES
}
