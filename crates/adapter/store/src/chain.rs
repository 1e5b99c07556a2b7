//! The hash chain: how a record is hashed, and how a whole ledger is verified.
//!
//! `hash` is SHA-256 (algorithm 1) over, in this order: the algorithm as one byte; then, each preceded by its length
//! as a 32-bit big-endian number, `prev_hash` (32 bytes), `position` (8), `id` (16), `stream`, `stream_seq` (8),
//! `occurred_at` (8), `recorded_at` (8), `actor`, `cause` (16, or 0 for none), `kind`, `version` (2), `payload`, and
//! `key` (0 for none). Numbers are big-endian; instants are signed nanoseconds since 1970-01-01T00:00:00Z; text is
//! UTF-8. The `prev_hash` of the first record is 32 zero bytes.
//!
//! What it finds: a changed byte in any column of any record, a record taken out of the middle, put in, or moved.
//! What it cannot find alone: records cut off at the end, and a ledger rewritten from some position to its end. Both
//! need a head that was kept somewhere else: see [`verify`].

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use seaworthy_model::Position;
use sha2::{Digest, Sha256};

use crate::event::{EventError, Head, NewEvent, Record, nanos};

/// The algorithm byte of SHA-256, FIPS 180-4.
pub const SHA_256: u8 = 1;

/// `prev_hash` of the first record.
pub const GENESIS: Hash = Hash([0; 32]);

/// A SHA-256 hash; its text form is 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hash(pub [u8; 32]);

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A text is not 64 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a hash is 64 lower-case hexadecimal digits")]
pub struct NotAHash;

impl FromStr for Hash {
    type Err = NotAHash;

    fn from_str(text: &str) -> Result<Self, NotAHash> {
        let digit = |byte: u8| match byte {
            b'0'..=b'9' => Ok(byte - b'0'),
            b'a'..=b'f' => Ok(byte - b'a' + 10),
            _ => Err(NotAHash),
        };
        let text: &[u8; 64] = text.as_bytes().try_into().map_err(|_| NotAHash)?;
        let mut out = [0; 32];
        for (byte, pair) in out.iter_mut().zip(text.chunks_exact(2)) {
            *byte = digit(pair[0])? << 4 | digit(pair[1])?;
        }
        Ok(Self(out))
    }
}

/// Makes the record that follows `head`, hashed.
///
/// # Errors
/// When `recorded_at` or the event's own instant does not fit (see [`EventError::Instant`]).
pub fn seal(head: Head, stream_seq: u64, recorded_at: Timestamp, event: NewEvent) -> Result<Record, EventError> {
    let mut record = Record {
        position: head.position + 1,
        stream_seq,
        recorded_at,
        prev_hash: head.hash,
        hash: GENESIS,
        algorithm: SHA_256,
        event,
    };
    record.hash = hash(&record)?;
    Ok(record)
}

/// Hashes every column of a record but its own hash, as the module's head describes.
///
/// # Errors
/// When an instant does not fit (see [`EventError::Instant`]).
pub fn hash(record: &Record) -> Result<Hash, EventError> {
    let event = &record.event;
    let cause = event.cause.map(|id| id.as_uuid().into_bytes());
    let mut sha = Sha256::new();
    sha.update([record.algorithm]);
    for column in [
        record.prev_hash.0.as_slice(),
        &record.position.to_be_bytes(),
        event.id.as_uuid().as_bytes(),
        event.stream.as_bytes(),
        &record.stream_seq.to_be_bytes(),
        &nanos(event.occurred_at)?.to_be_bytes(),
        &nanos(record.recorded_at)?.to_be_bytes(),
        event.actor.as_bytes(),
        cause.as_ref().map_or(&[], |id| id.as_slice()),
        event.kind.as_bytes(),
        &event.version.to_be_bytes(),
        event.payload.as_str().as_bytes(),
        event.key.as_deref().unwrap_or("").as_bytes(),
    ] {
        let length = u32::try_from(column.len()).expect("a column is shorter than 4 GiB, it came from one row or line");
        sha.update(length.to_be_bytes());
        sha.update(column);
    }
    Ok(Hash(sha.finalize().into()))
}

/// A row or a line that is not a record at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct Unreadable {
    /// What is wrong with it, for a person.
    pub why: String,
}

/// Where the chain breaks first.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the ledger is broken at position {position}: {why}")]
pub struct Broken {
    /// The first bad position.
    pub position: Position,
    /// What is wrong there.
    pub why: Why,
}

/// What is wrong at the first bad position.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// Another position stands where this one belongs.
    #[error("position {found} stands in its place")]
    Position {
        /// What was found.
        found: Position,
    },
    /// The algorithm byte is not one we know.
    #[error("hash algorithm {0} is unknown")]
    Algorithm(u8),
    /// `prev_hash` is not the hash of the record before.
    #[error("its previous hash is not the hash of the record before it")]
    PreviousHash,
    /// The columns do not hash to `hash`.
    #[error("its columns do not hash to its hash")]
    Hash,
    /// The record cannot be read.
    #[error("it cannot be read: {0}")]
    Unreadable(Unreadable),
    /// The ledger ends, and not with the head that was expected.
    #[error("the record before it, the last, has hash {found}, expected {expected}: records were cut off or rewritten")]
    Head {
        /// The hash that was kept elsewhere.
        expected: Hash,
        /// The hash of the last record.
        found: Hash,
    },
}

/// A chain without a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified {
    /// How many events it holds.
    pub events: u64,
    /// The hash of the last one: keep it elsewhere, and truncation can be found.
    pub head: Hash,
}

/// Verifies a chain record by record.
#[derive(Debug, Clone, Copy)]
pub struct Verifier {
    head: Head,
}

impl Default for Verifier {
    fn default() -> Self {
        Self::after(Head::EMPTY)
    }
}

impl Verifier {
    /// Begins after a head that is trusted.
    pub fn after(head: Head) -> Self {
        Self { head }
    }

    /// Checks the next record.
    ///
    /// # Errors
    /// When it does not follow the one before, or was changed.
    pub fn check(&mut self, record: &Record) -> Result<(), Broken> {
        let position = self.head.position + 1;
        match self.fault(record) {
            Some(why) => Err(Broken { position, why }),
            None => {
                self.head = Head::from(record);
                Ok(())
            }
        }
    }

    fn fault(&self, record: &Record) -> Option<Why> {
        if record.position != self.head.position + 1 {
            return Some(Why::Position { found: record.position });
        }
        if record.algorithm != SHA_256 {
            return Some(Why::Algorithm(record.algorithm));
        }
        if record.prev_hash != self.head.hash {
            return Some(Why::PreviousHash);
        }
        if record.event.key.as_deref() == Some("") {
            // It hashes as no key does, and no append lets it in.
            return Some(Why::Unreadable(Unreadable { why: "its idempotency key is empty".to_owned() }));
        }
        match hash(record) {
            Ok(hash) if hash == record.hash => None,
            Ok(_) => Some(Why::Hash),
            Err(error) => Some(Why::Unreadable(Unreadable { why: error.to_string() })),
        }
    }

    /// Returns what was verified so far.
    pub fn head(&self) -> Head {
        self.head
    }
}

/// Verifies a whole ledger, in the order in which it is stored.
///
/// `kept`, a head's hash that was kept outside, also finds records cut off at the end and a rewrite.
///
/// # Errors
/// The first bad position.
pub fn verify<I>(records: I, kept: Option<Hash>) -> Result<Verified, Broken>
where
    I: IntoIterator<Item = Result<Record, Unreadable>>,
{
    let mut verifier = Verifier::default();
    for record in records {
        let position = verifier.head.position + 1;
        let record = record.map_err(|why| Broken { position, why: Why::Unreadable(why) })?;
        verifier.check(&record)?;
    }
    let Head { position, hash } = verifier.head;
    match kept {
        Some(expected) if expected != hash => {
            Err(Broken { position: position + 1, why: Why::Head { expected, found: hash } })
        }
        _ => Ok(Verified { events: position, head: hash }),
    }
}

#[cfg(test)]
mod tests;
