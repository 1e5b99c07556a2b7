//! From when to when a certificate is valid (RFC 5280 §4.1.2.5).
//!
//! By hand, because it is two values at a fixed place of a structure that the handshake has already checked; the usual
//! parser is a dozen crates, among them a second calendar.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

const INTEGER: u8 = 0x02;
const SEQUENCE: u8 = 0x30;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
/// The version, which is left out in the first.
const VERSION: u8 = 0xa0;

/// Seconds of a day.
const DAY: i64 = 86_400;

/// From when to when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Validity {
    /// First instant.
    pub not_before: Timestamp,
    /// Last instant.
    pub not_after: Timestamp,
}

impl Validity {
    /// Reads it from a certificate in DER; none where it is not one.
    pub fn of(der: &[u8]) -> Option<Self> {
        let (certificate, _) = expect(der, SEQUENCE)?;
        let (mut fields, _) = expect(certificate, SEQUENCE)?;
        if fields.first() == Some(&VERSION) {
            fields = expect(fields, VERSION)?.1;
        }
        // Serial number, algorithm, issuer.
        for tag in [INTEGER, SEQUENCE, SEQUENCE] {
            fields = expect(fields, tag)?.1;
        }
        let (times, _) = expect(fields, SEQUENCE)?;
        let (not_before, rest) = time(times)?;
        let (not_after, _) = time(rest)?;
        Some(Self { not_before, not_after })
    }

    /// Returns the whole days that are left; below 0 once it has ended.
    pub fn days_left(&self, now: Timestamp) -> i64 {
        self.not_after.duration_since(now).as_secs().div_euclid(DAY)
    }
}

/// Takes a value with this tag; returns its content and what is behind it.
fn expect(from: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (found, content, rest) = value(from)?;
    (found == tag).then_some((content, rest))
}

/// Takes one value: tag, length, content (X.690 §8.1).
fn value(from: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, from) = from.split_first()?;
    let (&first, mut from) = from.split_first()?;
    let mut length = usize::from(first);
    if first >= 0x80 {
        let count = usize::from(first & 0x7f);
        // Four bytes are more than any certificate; none would mean an open end, which DER does not know.
        let (bytes, rest) = (1..=4).contains(&count).then(|| from.split_at_checked(count))??;
        length = bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte));
        from = rest;
    }
    let (content, rest) = from.split_at_checked(length)?;
    Some((tag, content, rest))
}

fn time(from: &[u8]) -> Option<(Timestamp, &[u8])> {
    let (tag, content, rest) = value(from)?;
    let text = std::str::from_utf8(content).ok()?.strip_suffix('Z')?;
    let (year, rest_of_time) = match tag {
        UTC_TIME => {
            let year: i16 = text.get(..2)?.parse().ok()?;
            (if year >= 50 { 1900 + year } else { 2000 + year }, text.get(2..)?)
        }
        GENERALIZED_TIME => (text.get(..4)?.parse().ok()?, text.get(4..)?),
        _ => return None,
    };
    if rest_of_time.len() != 10 || !rest_of_time.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let part = |at: usize| rest_of_time.get(at..at + 2)?.parse::<i8>().ok();
    let civil = DateTime::new(year, part(0)?, part(2)?, part(4)?, part(6)?, part(8)?, 0).ok()?;
    Some((civil.to_zoned(TimeZone::UTC).ok()?.timestamp(), rest))
}
