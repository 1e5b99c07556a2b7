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

    /// Signs a text with a key (HMAC-SHA-256, RFC 2104).
    pub(crate) fn keyed(key: &[u8], text: &str) -> Self {
        Self(seaworthy_integrations::hmac_sha256(key, &[text.as_bytes()]))
    }

    /// Reads what [`Self::hex`] writes.
    pub(crate) fn from_hex(text: &str) -> Option<Self> {
        let digits = text.as_bytes();
        if digits.len() != 64 || !digits.iter().all(u8::is_ascii_hexdigit) {
            return None;
        }
        let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
        Self::from_bytes(&digits.chunks(2).map(byte).collect::<Option<Vec<u8>>>()?)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_the_standards() {
        // RFC 4231, test cases 1 and 2.
        for (key, text, want) in [
            (&[0x0b; 20][..], "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
            (
                b"Jefe",
                "what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
        ] {
            assert_eq!(Digest::keyed(key, text).hex(), want);
            assert!(Digest::from_hex(want).is_some_and(|read| read.equals(&Digest::keyed(key, text))));
        }
        for text in ["", "zz", &"é".repeat(32), &"0".repeat(63), &"+".repeat(64)] {
            assert!(Digest::from_hex(text).is_none(), "{text}");
        }
    }
}
