//! Secrets and their digests: 256 random bits, SHA-256 at rest. Such secrets need no slow hash: they cannot be guessed.

use sha2::{Digest as _, Sha256};

/// 256 random bits in hex. Not shown by `Debug`.
pub(crate) struct Secret(String);

impl Secret {
    /// Makes one from the operating system's randomness.
    pub(crate) fn random() -> Self {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).expect("the operating system gives randomness");
        Self(hex(&bytes))
    }

    /// Returns the text, for the one place that shows it once.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

/// SHA-256 of a secret's text.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Digest([u8; 32]);

impl Digest {
    /// Hashes a secret's text.
    pub(crate) fn of(secret: &str) -> Self {
        Self(Sha256::digest(secret.as_bytes()).into())
    }

    /// Hashes a secret's text for one purpose, so that the digest is of no use for another.
    pub(crate) fn for_purpose(purpose: &str, secret: &str) -> Self {
        Self(Sha256::new().chain_update(purpose).chain_update([0]).chain_update(secret).finalize().into())
    }

    /// Wraps stored bytes.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// Returns the bytes to store.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Returns the digest in hex.
    pub(crate) fn hex(&self) -> String {
        hex(&self.0)
    }

    /// Compares without telling by its time how much is equal.
    pub(crate) fn equals(&self, other: &Self) -> bool {
        self.0.iter().zip(other.0).fold(0, |differs, (a, b)| differs | (a ^ b)) == 0
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
