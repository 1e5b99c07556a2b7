//! Reads along with the bytes of a client's connection and refuses what two readers could frame differently:
//! request smuggling (RFC 9112 §6.3, §11.2).
//!
//! The HTTP library behind it parses strictly too, but repairs some of these requests instead of refusing them
//! (it drops `Content-Length` beside `Transfer-Encoding`). A request that is ambiguous has no honest sender.
//! The reader counts heads: everything from the refused one on is refused, and the connection is closed.

use std::fmt;

/// Longest `Content-Length`, `Transfer-Encoding` or chunk-size line that is looked at, in bytes; a longer one is
/// refused. The longest honest one has under 50.
const LINE_MAX: usize = 256;

/// Why a request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Refusal {
    /// Both `Content-Length` and `Transfer-Encoding`.
    TwoLengths = 1,
    /// Several `Content-Length`, or one that is not a number.
    BadLength = 2,
    /// `Transfer-Encoding` other than one `chunked`.
    BadEncoding = 3,
    /// A header line that begins with a space (obsolete folding).
    Folded = 4,
    /// A chunk size that is not a plain hexadecimal number.
    BadChunk = 5,
    /// White space before the colon of a header that frames the message.
    SpaceBeforeColon = 6,
}

impl Refusal {
    /// Returns the refusal with this number.
    pub fn from_number(number: u8) -> Option<Self> {
        [Self::TwoLengths, Self::BadLength, Self::BadEncoding, Self::Folded, Self::BadChunk, Self::SpaceBeforeColon]
            .into_iter()
            .find(|refusal| *refusal as u8 == number)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TwoLengths => "both content-length and transfer-encoding",
            Self::BadLength => "content-length is given twice or is not a number",
            Self::BadEncoding => "transfer-encoding is not exactly \"chunked\"",
            Self::Folded => "a header line begins with a space",
            Self::BadChunk => "a chunk size is not a plain hexadecimal number",
            Self::SpaceBeforeColon => "white space before a colon",
        })
    }
}

/// The reader of one connection.
#[derive(Debug, Default)]
pub struct Reader {
    state: State,
    line: Vec<u8>,
    head: Head,
    heads: u64,
    refused: Option<(u64, Refusal)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum State {
    #[default]
    Head,
    Fixed(u64),
    ChunkSize,
    ChunkData(u64),
    ChunkEnd,
    Trailers,
    Off,
}

/// What the head read so far says.
#[derive(Debug, Default)]
struct Head {
    lines: u32,
    length: Option<u64>,
    chunked: bool,
}

impl Reader {
    /// Reads on; what it finds is in [`Reader::refused`].
    pub fn read(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() && self.state != State::Off {
            bytes = match self.state {
                State::Fixed(left) => self.skip(bytes, left, State::Fixed, State::Head),
                State::ChunkData(left) => self.skip(bytes, left, State::ChunkData, State::ChunkEnd),
                _ => self.take_line(bytes),
            };
        }
    }

    /// Returns the first refused request, counted from 1, and why.
    pub fn refused(&self) -> Option<(u64, Refusal)> {
        self.refused
    }

    /// Returns whether a head has begun and is not complete.
    pub fn is_inside_head(&self) -> bool {
        self.state == State::Head && (self.head.lines > 0 || !self.line.is_empty())
    }

    /// Stops: what follows is not HTTP (an upgrade).
    pub fn stop(&mut self) {
        self.state = State::Off;
    }

    fn skip<'a>(&mut self, bytes: &'a [u8], left: u64, still: fn(u64) -> State, then: State) -> &'a [u8] {
        let taken = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len());
        let left = left - taken as u64;
        self.state = if left == 0 { then } else { still(left) };
        &bytes[taken..]
    }

    /// Takes bytes up to a line feed; a line in one piece is read in place.
    fn take_line<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        let Some(end) = bytes.iter().position(|b| *b == b'\n') else {
            self.keep(bytes);
            return &[];
        };
        if self.line.is_empty() {
            self.on_line(&bytes[..end]);
        } else {
            self.keep(&bytes[..end]);
            let line = std::mem::take(&mut self.line);
            self.on_line(&line);
        }
        &bytes[end + 1..]
    }

    /// Keeps the beginning of an unfinished line: one byte more than the limit shows that it is too long.
    fn keep(&mut self, bytes: &[u8]) {
        let room = (LINE_MAX + 1).saturating_sub(self.line.len());
        self.line.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    fn on_line(&mut self, line: &[u8]) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        match self.state {
            State::Head => self.on_head_line(line),
            State::ChunkSize => self.on_chunk_size(line),
            State::ChunkEnd if line.is_empty() => self.state = State::ChunkSize,
            State::ChunkEnd => self.refuse_next(Refusal::BadChunk),
            State::Trailers if line.is_empty() => self.state = State::Head,
            State::Trailers | State::Fixed(_) | State::ChunkData(_) | State::Off => {}
        }
    }

    fn on_head_line(&mut self, line: &[u8]) {
        match line.first() {
            // Empty lines before the request line are skipped (RFC 9112 §2.2).
            None if self.head.lines == 0 => return,
            None => return self.end_head(),
            Some(b' ' | b'\t') if self.head.lines > 0 => self.refuse_this(Refusal::Folded),
            Some(b'c' | b'C' | b't' | b'T') if self.head.lines > 0 => self.on_field(line),
            Some(_) => {}
        }
        self.head.lines += 1;
    }

    fn on_field(&mut self, line: &[u8]) {
        let Some(colon) = line.iter().position(|b| *b == b':') else { return };
        let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
        let (bare, is_spaced) = (name.trim_ascii_end(), name.last().is_some_and(u8::is_ascii_whitespace));
        let is_length = bare.eq_ignore_ascii_case(b"content-length");
        let is_encoding = bare.eq_ignore_ascii_case(b"transfer-encoding");
        if (is_length || is_encoding) && is_spaced {
            self.refuse_this(Refusal::SpaceBeforeColon);
        } else if is_length {
            self.on_length(value);
        } else if is_encoding {
            self.on_encoding(value);
        }
    }

    fn on_length(&mut self, value: &[u8]) {
        match number(value, 10) {
            _ if self.head.chunked => self.refuse_this(Refusal::TwoLengths),
            Some(length) if self.head.length.is_none() => self.head.length = Some(length),
            _ => self.refuse_this(Refusal::BadLength),
        }
    }

    fn on_encoding(&mut self, value: &[u8]) {
        if self.head.length.is_some() {
            self.refuse_this(Refusal::TwoLengths);
        } else if self.head.chunked || !value.eq_ignore_ascii_case(b"chunked") {
            self.refuse_this(Refusal::BadEncoding);
        } else {
            self.head.chunked = true;
        }
    }

    fn end_head(&mut self) {
        let head = std::mem::take(&mut self.head);
        self.heads += 1;
        if self.refused.is_some() {
            self.state = State::Off;
        } else if head.chunked {
            self.state = State::ChunkSize;
        } else if let Some(length) = head.length.filter(|length| *length > 0) {
            self.state = State::Fixed(length);
        }
    }

    fn on_chunk_size(&mut self, line: &[u8]) {
        let digits = line.split(|b| *b == b';').next().unwrap_or_default().trim_ascii_end();
        match number(digits, 16).filter(|_| line.len() <= LINE_MAX) {
            Some(0) => self.state = State::Trailers,
            Some(size) => self.state = State::ChunkData(size),
            None => self.refuse_next(Refusal::BadChunk),
        }
    }

    /// Refuses the request whose head is being read; the first reason stands.
    fn refuse_this(&mut self, why: Refusal) {
        self.refused.get_or_insert((self.heads + 1, why));
    }

    /// Refuses whatever follows a body that cannot be framed. The body itself breaks in the HTTP library.
    fn refuse_next(&mut self, why: Refusal) {
        self.refuse_this(why);
        self.state = State::Off;
    }
}

/// Reads a whole number without sign, at least one digit, no overflow.
fn number(digits: &[u8], radix: u32) -> Option<u64> {
    if digits.is_empty() || digits.len() > LINE_MAX {
        return None;
    }
    digits.iter().try_fold(0_u64, |sum, digit| {
        let digit = char::from(*digit).to_digit(radix)?;
        sum.checked_mul(u64::from(radix))?.checked_add(u64::from(digit))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Option<(u64, Refusal)> {
        let mut reader = Reader::default();
        reader.read(text.as_bytes());
        reader.refused()
    }

    const FINE: &str = "GET / HTTP/1.1\r\nhost: a\r\n\r\n";
    const CHUNKED: &str = "POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n0\r\nx: y\r\n\r\n";

    fn post(fields: &str) -> String {
        format!("POST / HTTP/1.1\r\nhost: a\r\n{fields}\r\n\r\n")
    }

    #[test]
    fn honest_requests_pass() {
        for text in [
            FINE.to_owned(),
            FINE.repeat(3),
            format!("\r\n{FINE}"),
            format!("{}hello{FINE}", post("content-length: 5")),
            format!("{}{FINE}", post("content-length: 0")),
            format!("{}content-length: x\r\n {FINE}", post("content-length: 20")),
            format!("{CHUNKED}{CHUNKED}{FINE}"),
            format!("{}{FINE}", "GET / HTTP/1.1\nhost: a\n\n"),
            post("Transfer-Encoding: Chunked"),
            post(&format!("cookie: {}", "x".repeat(5_000))),
        ] {
            assert_eq!(read(&text), None, "{text:?}");
        }
    }

    #[test]
    fn ambiguous_requests_are_refused() {
        use Refusal::*;
        for (fields, want) in [
            ("content-length: 5\r\ntransfer-encoding: chunked", TwoLengths),
            ("transfer-encoding: chunked\r\ncontent-length: 5", TwoLengths),
            ("content-length: 5\r\ncontent-length: 6", BadLength),
            ("content-length: 5\r\ncontent-length: 5", BadLength),
            ("content-length: 5, 5", BadLength),
            ("content-length: +5", BadLength),
            ("content-length: -1", BadLength),
            ("content-length: 0x5", BadLength),
            ("content-length:", BadLength),
            ("content-length: 99999999999999999999", BadLength),
            ("Transfer-Encoding: gzip, chunked", BadEncoding),
            ("transfer-encoding: identity", BadEncoding),
            ("transfer-encoding: xchunked", BadEncoding),
            ("transfer-encoding: chunked\r\ntransfer-encoding: chunked", BadEncoding),
            ("transfer-encoding:", BadEncoding),
            ("x-a: 1\r\n folded", Folded),
            ("transfer-encoding:\r\n\tchunked", BadEncoding),
            ("transfer-encoding : chunked", SpaceBeforeColon),
            ("content-length\t: 5", SpaceBeforeColon),
        ] {
            assert_eq!(read(&post(fields)), Some((1, want)), "{fields:?}");
            assert_eq!(read(&format!("{FINE}{CHUNKED}{}", post(fields))), Some((3, want)), "third: {fields:?}");
        }
    }

    #[test]
    fn bad_chunks_refuse_what_follows() {
        for body in ["x\r\n", "-1\r\n", "\r\n", "5\r\nhelloX\r\n", "11111111111111111\r\n", "5 5\r\n"] {
            let text = format!("{}{body}", post("transfer-encoding: chunked"));
            assert_eq!(read(&text), Some((2, Refusal::BadChunk)), "{body:?}");
        }
    }

    #[test]
    fn it_knows_whether_a_head_has_begun() {
        let mut reader = Reader::default();
        assert!(!reader.is_inside_head());
        reader.read(b"GE");
        assert!(reader.is_inside_head());
        reader.read(b"T / HTTP/1.1\r\nhost: a\r\n");
        assert!(reader.is_inside_head());
        reader.read(b"\r\n");
        assert!(!reader.is_inside_head());
    }

    #[test]
    fn nothing_is_read_after_an_upgrade() {
        let mut reader = Reader::default();
        reader.read(FINE.as_bytes());
        reader.stop();
        reader.read(b"x\r\n y\r\n content-length: x\r\n\r\n");
        assert_eq!(reader.refused(), None);
    }

    #[test]
    fn numbers_of_refusals_round_trip() {
        for number in 0..=255 {
            if let Some(refusal) = Refusal::from_number(number) {
                assert_eq!(refusal as u8, number);
            }
        }
        assert_eq!(Refusal::from_number(0), None);
        assert!(Refusal::from_number(6).is_some());
    }

    proptest! {
        #[test]
        fn pieces_do_not_matter(cuts in prop::collection::vec(1..40_usize, 0..30), which in 0..4_usize) {
            let text = [
                format!("{FINE}{CHUNKED}{}", post("content-length: 5\r\ntransfer-encoding: chunked")),
                format!("{CHUNKED}{CHUNKED}{FINE}"),
                format!("{}hello{}", post("content-length: 5"), post("x: y\r\n folded")),
                format!("{}zz\r\n", post("transfer-encoding: chunked")),
            ][which].clone();
            let (mut reader, mut rest) = (Reader::default(), text.as_bytes());
            for cut in cuts {
                let (piece, behind) = rest.split_at(cut.min(rest.len()));
                reader.read(piece);
                rest = behind;
            }
            reader.read(rest);
            prop_assert_eq!(reader.refused(), read(&text));
        }

        #[test]
        fn any_bytes_are_survived(bytes: Vec<u8>) {
            Reader::default().read(&bytes);
        }
    }
}
