//! Compressed bodies: a real one, one in two parts, one that is cut off or changed, and one that would fill the memory.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::super::{INFLATED_BYTES_MAX, InflateError, inflate};

const WHOLE: &[u8] = include_bytes!("fixtures/cumulative-1.bin");
/// The same as the program `gzip -9` writes it.
const PACKED: &[u8] = include_bytes!("fixtures/cumulative-1.bin.gz");

fn packed(plain: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(plain).and_then(|()| encoder.finish()).expect("memory takes it")
}

#[test]
fn what_gzip_packs_comes_out_as_it_was() {
    assert_eq!(inflate(PACKED).expect("a gzip"), WHOLE);
    assert_eq!(inflate(&[packed(b"ab"), packed(b""), packed(b"c")].concat()).expect("a gzip"), b"abc", "in parts");
}

#[test]
fn what_is_cut_off_or_changed_is_refused() {
    for length in 0..PACKED.len() {
        assert!(matches!(inflate(&PACKED[..length]), Err(InflateError::Broken(_))), "{length} bytes");
    }
    // The last eight bytes are the checksum and the length.
    for at in PACKED.len() - 8..PACKED.len() {
        let mut changed = PACKED.to_vec();
        changed[at] ^= 1;
        assert!(matches!(inflate(&changed), Err(InflateError::Broken(_))), "byte {at}");
    }
    for body in [&b"{}"[..], b"\x1f\x8b\x08\x00", b"\x28\xb5\x2f\xfd"] {
        let said = inflate(body).expect_err("no gzip").to_string();
        assert!(said.starts_with("could not read the body as gzip: "), "{said}");
    }
}

#[test]
fn a_bomb_is_refused_and_not_held() {
    assert_eq!(inflate(&packed(&vec![0; INFLATED_BYTES_MAX])).expect("just enough").len(), INFLATED_BYTES_MAX);
    let one_more = packed(&vec![0; INFLATED_BYTES_MAX + 1]);
    assert!(matches!(inflate(&one_more), Err(InflateError::TooLarge)));
    // Half a gigabyte in half a megabyte.
    let bomb = one_more.repeat(128);
    assert!(bomb.len() < 1024 * 1024, "{}", bomb.len());
    let said = inflate(&bomb).expect_err("too much").to_string();
    assert!(said.contains("send_batch_max_size"), "{said}");
}
