//! Fingerprints: what stands in place of a secret, so that two places with the same secret are seen to have the same.
//!
//! A plain digest of a password is the password to whoever has a word list. So only what a machine made from many random
//! bits gets a plain digest (`p-`), which is the same everywhere; everything else gets a digest under a key (HMAC-SHA-256,
//! RFC 2104), which is the same wherever that key is used and says nothing without it. The key's own id stands in front
//! (`k-<id>-`), so that fingerprints under two keys are never compared by mistake.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use seaworthy_credentials::{Guess, Secret};
use sha2::{Digest as _, Sha256};

/// Bytes of a key: as many as the digest has.
pub const KEY_BYTES: usize = 32;
/// Hex digits that are shown: 96 bits; two secrets of a billion share them once in 10^11 inventories.
const DIGITS: usize = 24;
/// Hex digits of a key's id.
const ID_DIGITS: usize = 8;
/// Bytes of a block of SHA-256.
const BLOCK: usize = 64;

/// A key for fingerprints of what could be guessed.
#[derive(Clone)]
pub struct Key {
    bytes: [u8; KEY_BYTES],
    /// Whether it outlives this run.
    is_kept: bool,
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(..)")
    }
}

/// A file that holds no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// It could not be read, or not be made.
    #[error("could not read or make the key \"{0}\"")]
    Io(PathBuf, #[source] io::Error),
    /// It has another length.
    #[error("could not use \"{0}\" as a key: it is not 32 bytes long")]
    Length(PathBuf),
}

impl Key {
    /// Makes one for this run alone: fingerprints under it can be compared with each other and with nothing else.
    pub fn of_this_run() -> Self {
        Self { bytes: random(), is_kept: false }
    }

    /// Wraps bytes, such as those of a test.
    pub fn of_bytes(bytes: [u8; KEY_BYTES]) -> Self {
        Self { bytes, is_kept: true }
    }

    /// Reads a key from a file, which is made when it is not there, for its owner alone.
    ///
    /// # Errors
    /// When the file can neither be read nor made, or is none of ours by its length.
    pub fn of_file(path: &Path) -> Result<Self, KeyError> {
        match File::open(path) {
            Ok(file) => Self::read(path, file),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Self::make(path),
            Err(error) => Err(KeyError::Io(path.to_owned(), error)),
        }
    }

    fn read(path: &Path, file: File) -> Result<Self, KeyError> {
        let mut bytes = Vec::with_capacity(KEY_BYTES + 1);
        let more = KEY_BYTES as u64 + 1;
        file.take(more).read_to_end(&mut bytes).map_err(|error| KeyError::Io(path.to_owned(), error))?;
        bytes.try_into().map(Self::of_bytes).map_err(|_| KeyError::Length(path.to_owned()))
    }

    fn make(path: &Path) -> Result<Self, KeyError> {
        let key = Self { bytes: random(), is_kept: true };
        let opened = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
        let written = opened.and_then(|mut file| file.write_all(&key.bytes).and_then(|()| file.sync_all()));
        written.map(|()| key).map_err(|error| KeyError::Io(path.to_owned(), error))
    }

    /// Tells whether fingerprints under it can be compared with those of another run.
    pub fn is_kept(&self) -> bool {
        self.is_kept
    }

    fn id(&self) -> String {
        hex(&Sha256::new().chain_update(b"seaworthy-fingerprint-key\0").chain_update(self.bytes).finalize(), ID_DIGITS)
    }

    fn digest(&self, text: &str) -> [u8; 32] {
        let padded = |with: u8| {
            let mut block = [with; BLOCK];
            block.iter_mut().zip(self.bytes).for_each(|(byte, key)| *byte ^= key);
            block
        };
        let inner = Sha256::new().chain_update(padded(0x36)).chain_update(text).finalize();
        Sha256::new().chain_update(padded(0x5c)).chain_update(inner).finalize().into()
    }
}

fn random() -> [u8; KEY_BYTES] {
    let mut bytes = [0; KEY_BYTES];
    getrandom::fill(&mut bytes).expect("the operating system gives randomness");
    bytes
}

/// What stands for a secret.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// Makes one: plain where guessing is hopeless, under the key where it is not.
    pub fn of(secret: &Secret, guess: Guess, key: &Key) -> Self {
        match guess {
            Guess::Hopeless => {
                let digest =
                    Sha256::new().chain_update(b"seaworthy-credential\0").chain_update(secret.reveal()).finalize();
                Self(format!("p-{}", hex(&digest, DIGITS)))
            }
            Guess::Possible => Self(format!("k-{}-{}", key.id(), hex(&key.digest(secret.reveal()), DIGITS))),
        }
    }

    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn hex(bytes: &[u8], digits: usize) -> String {
    bytes.iter().take(digits / 2).map(|byte| format!("{byte:02x}")).collect()
}
