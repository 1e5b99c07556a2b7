//! SipHash (Aumasson and Bernstein, 2012) over bytes: the one hash that places users.
//!
//! Written out so that it can never change under us: a user's place in a rollout is a promise that outlives any
//! compiler and any library version.

/// Hashes `bytes` under a 128-bit key with `C` rounds a word and `D` rounds at the end.
pub(crate) fn siphash<const C: usize, const D: usize>(key: u128, bytes: &[u8]) -> u64 {
    let (k0, k1) = (key as u64, (key >> 64) as u64);
    let mut v = [
        k0 ^ 0x736f_6d65_7073_6575,
        k1 ^ 0x646f_7261_6e64_6f6d,
        k0 ^ 0x6c79_6765_6e65_7261,
        k1 ^ 0x7465_6462_7974_6573,
    ];
    let mut words = bytes.chunks_exact(8);
    for word in &mut words {
        absorb::<C>(&mut v, u64::from_le_bytes(word.try_into().expect("chunks of eight")));
    }
    let mut last = [0; 8];
    let rest = words.remainder();
    last[..rest.len()].copy_from_slice(rest);
    last[7] = bytes.len() as u8;
    absorb::<C>(&mut v, u64::from_le_bytes(last));
    v[2] ^= 0xff;
    for _ in 0..D {
        round(&mut v);
    }
    v[0] ^ v[1] ^ v[2] ^ v[3]
}

fn absorb<const C: usize>(v: &mut [u64; 4], word: u64) {
    v[3] ^= word;
    for _ in 0..C {
        round(v);
    }
    v[0] ^= word;
}

fn round(v: &mut [u64; 4]) {
    v[0] = v[0].wrapping_add(v[1]);
    v[1] = v[1].rotate_left(13) ^ v[0];
    v[0] = v[0].rotate_left(32);
    v[2] = v[2].wrapping_add(v[3]);
    v[3] = v[3].rotate_left(16) ^ v[2];
    v[0] = v[0].wrapping_add(v[3]);
    v[3] = v[3].rotate_left(21) ^ v[0];
    v[2] = v[2].wrapping_add(v[1]);
    v[1] = v[1].rotate_left(17) ^ v[2];
    v[2] = v[2].rotate_left(32);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The key 00 01 .. 0f of the paper's appendix A.
    const KEY: u128 = 0x0f0e_0d0c_0b0a_0908_0706_0504_0302_0100;

    #[test]
    fn agrees_with_the_papers_vectors() {
        let input: Vec<u8> = (0..15).collect();
        assert_eq!(siphash::<2, 4>(KEY, &input), 0xa129_ca61_49be_45e5, "appendix A");
        assert_eq!(siphash::<2, 4>(KEY, &[]), 0x726f_db47_dd0e_0e31, "first of the reference table");
    }

    #[test]
    fn one_and_three_rounds_never_change() {
        // These numbers place users. A change here moves everybody in every running rollout.
        for (key, text, want) in [
            (0, "", 0xd1fb_a762_150c_532c_u64),
            (0, "user-1", 0x06db_9d14_f8ce_93a0),
            (KEY, "user-1", 0xe3ac_386a_02b7_93e7),
            (KEY, "a longer key, 3 words", 0x4250_08a8_ccf0_c07e),
        ] {
            assert_eq!(format!("{:x}", siphash::<1, 3>(key, text.as_bytes())), format!("{want:x}"), "{key:x} {text}");
        }
    }

    #[test]
    fn one_and_three_rounds_agree_with_the_standard_library() {
        use std::hash::{DefaultHasher, Hasher};
        for length in 0..40_u8 {
            let input: Vec<u8> = (0..length).collect();
            let mut theirs = DefaultHasher::new();
            theirs.write(&input);
            assert_eq!(siphash::<1, 3>(0, &input), theirs.finish(), "{length}");
        }
    }
}
