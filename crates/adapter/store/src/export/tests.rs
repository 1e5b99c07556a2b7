//! Exports: what goes out comes back, and no byte of a file can change unseen.

use jiff::Timestamp;

use super::*;
use crate::Head;
use crate::chain::{Why, seal, verify};
use crate::conformance::{event, keyed};

fn export(records: &[Record]) -> Vec<u8> {
    let mut file = Vec::new();
    records.iter().for_each(|record| write_line(&mut file, record).unwrap());
    file
}

fn records() -> Vec<Record> {
    let mut odd = keyed(1, "rollout/é", "a \"key\"");
    odd.payload = RawJson::new(" {\"t\":\"\\u00e9 é 🚢\\n\"}\n").unwrap();
    odd.cause = Some(event(0, "a").id);
    odd.occurred_at = Timestamp::from_nanosecond(1_700_000_000_123_456_789).unwrap();
    let mut head = Head::EMPTY;
    [event(0, "a"), odd, event(2, "a")]
        .into_iter()
        .map(|event| {
            let record = seal(head, 1, Timestamp::UNIX_EPOCH, event).unwrap();
            head = Head::from(&record);
            record
        })
        .collect()
}

#[test]
fn an_export_reads_back() {
    let records = records();
    let read: Vec<_> = Lines::new(&export(&records)[..]).map(Result::unwrap).collect();
    assert_eq!(read, records);
}

#[test]
fn every_changed_byte_of_the_file_is_found_on_its_line() {
    let file = export(&records());
    for at in 0..file.len() {
        // Bits that turn letters into other letters, digits into digits, and blanks into other blanks.
        for bit in [0x01, 0x20, 0x80] {
            let mut changed = file.clone();
            changed[at] ^= bit;
            let line = 1 + file[..at].iter().filter(|byte| **byte == b'\n').count() as u64;
            let broken = verify(Lines::new(&changed[..]), None).unwrap_err();
            assert_eq!(broken.position, line, "byte {at} of {:?}", String::from_utf8_lossy(&changed));
        }
    }
}

#[test]
fn a_file_cut_inside_a_line_is_found() {
    let file = export(&records());
    let lines: Vec<usize> = file.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1).collect();
    for end in 0..file.len() {
        let whole = lines.iter().filter(|line| **line <= end).count() as u64;
        match verify(Lines::new(&file[..end]), None) {
            Ok(verified) => assert_eq!((verified.events, end == 0 || lines.contains(&end)), (whole, true), "at {end}"),
            Err(broken) => assert_eq!(broken.position, whole + 1, "at {end}"),
        }
    }
}

#[test]
fn a_line_without_end_is_not_read_into_memory() {
    let endless = io::BufReader::new(io::repeat(b'x'));
    let mut lines = Lines::new(endless);
    assert!(lines.next().unwrap().is_err());
    assert!(lines.next().is_none());
    assert!(lines.line.len() <= LINE_BYTES_MAX);
}

#[test]
fn unknown_and_missing_columns_are_not_an_export() {
    let line = String::from_utf8(export(&records()[..1])).unwrap();
    for bad in [
        line.replace("\"position\"", "\"more\":1,\"position\""),
        line.replace("\"actor\":\"conformance\",", ""),
        line.replace("\"cause\":null,", ""),
        "{}\n".to_owned(),
        "\n".to_owned(),
    ] {
        let broken = verify(Lines::new(bad.as_bytes()), None).unwrap_err();
        assert!(matches!(broken.why, Why::Unreadable(_)), "{bad}");
    }
}
