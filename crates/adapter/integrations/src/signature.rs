//! Signatures: HMAC-SHA-256 (RFC 2104, RFC 6234), for whoever must know that a message is ours and not older than it says.

use jiff::Timestamp;
use sha2::{Digest, Sha256};

/// The header that a signed webhook has: `t=<seconds since 1970>,v1=<hex>`, the signature of `<seconds>.<body>`.
pub(crate) const HEADER: &str = "seaworthy-signature";

/// Bytes of a block of SHA-256; a longer key is its digest.
const BLOCK: usize = 64;

/// Signs bytes with a key.
pub fn hmac_sha256(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let digest: [u8; 32];
    let key = if key.len() > BLOCK {
        digest = Sha256::digest(key).into();
        &digest[..]
    } else {
        key
    };
    let padded = |with: u8| {
        let mut block = [with; BLOCK];
        block.iter_mut().zip(key).for_each(|(byte, key)| *byte ^= key);
        block
    };
    let inner = parts.iter().fold(Sha256::new().chain_update(padded(0x36)), |hash, part| hash.chain_update(part));
    Sha256::new().chain_update(padded(0x5c)).chain_update(inner.finalize()).finalize().into()
}

/// Returns the header's value for a body that leaves now.
pub(crate) fn header(secret: &str, body: &[u8], now: Timestamp) -> String {
    let at = now.as_second().to_string();
    format!("t={at},v1={}", hex(&hmac_sha256(secret.as_bytes(), &[at.as_bytes(), b".", body])))
}

/// Writes bytes in hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_the_standards() {
        // RFC 4231, test cases 1, 2 and 6.
        for (key, text, want) in [
            (&[0x0b; 20][..], &b"Hi There"[..], "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
            (
                b"Jefe",
                b"what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (
                &[0xaa; 131],
                b"Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            ),
        ] {
            assert_eq!(hex(&hmac_sha256(key, &[text])), want);
        }
    }

    #[test]
    fn the_instant_is_part_of_what_is_signed() {
        let at = |second| header("key", b"{}", Timestamp::from_second(second).expect("a time"));
        assert_eq!(at(7), format!("t=7,v1={}", hex(&hmac_sha256(b"key", &[b"7.{}"]))));
        assert_ne!(at(7).split_once(",v1="), at(8).split_once(",v1="));
    }
}
