//! Tables and laws; every secret here is put together at run time, so that no scanner finds one in this file.

mod formats;
mod laws;
mod none;
mod shapes;

use crate::find;

/// Random-looking text of a length, the same for the same seed.
fn made(seed: u64, length: usize, alphabet: &str) -> String {
    let alphabet = alphabet.as_bytes();
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        char::from(alphabet[(state >> 33) as usize % alphabet.len()])
    };
    (0..length).map(|_| next()).collect()
}

const ALNUM: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const HEX: &str = "0123456789abcdef";
const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Every finding of a text as `line kind class`, in order.
fn told(path: &str, text: &str) -> Vec<String> {
    let found = find(path, text).found;
    found.iter().map(|found| format!("{} {} {}", found.line, found.kind.name, found.holder.class)).collect()
}

/// Encodes base64 with padding.
fn encoded(text: &str) -> String {
    const SIGNS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in text.as_bytes().chunks(3) {
        let bits = (0..3).fold(0_u32, |bits, at| bits << 8 | u32::from(chunk.get(at).copied().unwrap_or(0)));
        let sign = |at: usize| char::from(SIGNS[(bits >> (18 - 6 * at) & 63) as usize]);
        (0..4).for_each(|at| out.push(if at <= chunk.len() { sign(at) } else { '=' }));
    }
    out
}
