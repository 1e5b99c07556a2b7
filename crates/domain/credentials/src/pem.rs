//! Private keys and certificates in PEM (RFC 7468), as files and as texts with `\n` inside.

use crate::encoded::base64;

/// Longest block; RSA keys of 16,384 bits stay below.
const BLOCK_MAX: usize = 32 * 1_024;
/// Shortest body of a key: 32 random bytes are 43 characters.
const BODY_MIN: usize = 40;

/// A block with a private key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Block {
    /// Where it begins, in bytes of the text.
    pub(crate) at: usize,
    pub(crate) end: usize,
    /// The base64 alone, without line ends: the same key written in another way is the same text.
    pub(crate) body: String,
    pub(crate) is_encrypted: bool,
}

/// Finds the private keys of a text.
pub(crate) fn private_keys(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    for (at, _) in text.match_indices("-----BEGIN ") {
        let Some(rest) = text.get(at + 11..) else { continue };
        let Some((label, rest)) = rest.split_once("-----") else { continue };
        if label.len() > 40 || !label.contains("PRIVATE KEY") {
            continue;
        }
        let Some(length) = rest.find("-----END ").filter(|length| *length <= BLOCK_MAX) else { continue };
        let inside = rest.get(..length).unwrap_or_default();
        let body = body(inside);
        if body.len() >= BODY_MIN && base64(&body).is_some() && !crate::value::is_example(&body) {
            let is_encrypted = label.contains("ENCRYPTED") || inside.contains("ENCRYPTED");
            blocks.push(Block { at, end: at + 11 + label.len() + 5 + length, body, is_encrypted });
        }
    }
    blocks
}

/// Returns the DER of every certificate in a text; those that are no base64 are left out.
pub fn certificates(text: &str) -> Vec<Vec<u8>> {
    let blocks = text.split("-----BEGIN CERTIFICATE-----").skip(1);
    let bodies = blocks.filter_map(|rest| rest.split_once("-----END ").map(|(inside, _)| body(inside)));
    bodies.filter(|body| body.len() <= BLOCK_MAX).filter_map(|body| base64(&body)).collect()
}

/// Takes headers, line ends and their escapes away.
fn body(inside: &str) -> String {
    let lines = inside.split(['\n', '\r']).flat_map(|line| line.split("\\r")).flat_map(|line| line.split("\\n"));
    let plain =
        lines.filter(|line| !line.contains(':')).map(|line| line.trim().trim_matches(['"', '\'', '+', '\\', ',', ' ']));
    plain.collect()
}
