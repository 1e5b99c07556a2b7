//! What mail makes of text that is not short lines of ASCII: encoded words, quoted-printable, Base64.

/// Longest line (RFC 5322 §2.1.1), without its end.
const LINE_CHARS: usize = 78;

/// Longest line of quoted-printable (RFC 2045 §6.7).
const QUOTED_CHARS: usize = 76;

/// Bytes of one encoded word: with the frame around it, it stays within 75 characters (RFC 2047 §2).
const WORD_BYTES: usize = 45;

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Writes one line of text as a header's value, folded; `used` characters of its first line are taken.
pub(super) fn header(text: &str, used: usize) -> String {
    let plain = text.bytes().all(|byte| matches!(byte, b' '..=b'~')) && !text.contains("=?");
    let fits = |word: &str| word.len() < LINE_CHARS - used;
    if plain && text.split(' ').all(fits) { folded(text, used) } else { words(text) }
}

fn folded(text: &str, used: usize) -> String {
    let (mut out, mut column) = (String::with_capacity(text.len() + 8), used);
    for (n, word) in text.split(' ').enumerate() {
        if n > 0 {
            let breaks = column + 1 + word.len() > LINE_CHARS;
            out.push_str(if breaks { "\r\n " } else { " " });
            column = if breaks { 1 } else { column + 1 };
        }
        out.push_str(word);
        column += word.len();
    }
    out
}

/// Encoded words, no character cut in two; a line each.
fn words(text: &str) -> String {
    let (mut words, mut word) = (Vec::new(), String::new());
    for c in text.chars() {
        if word.len() + c.len_utf8() > WORD_BYTES - if words.is_empty() { 9 } else { 0 } {
            words.push(std::mem::take::<String>(&mut word));
        }
        word.push(c);
    }
    words.push(word);
    let words = words.iter().map(|word| format!("=?utf-8?B?{}?=", base64(word.as_bytes())));
    words.collect::<Vec<_>>().join("\r\n ")
}

/// Writes text whose lines end in a line feed as quoted-printable, lines ending in CR LF (RFC 2045 §6.7).
pub(super) fn quoted_printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for line in text.lines() {
        let mut column = 0;
        let bytes = line.as_bytes();
        for (n, byte) in bytes.iter().enumerate() {
            // Blanks at the end of a line may get lost on the way.
            let plain = matches!(byte, b'!'..=b'~' if *byte != b'=') || (*byte == b' ' && n + 1 < bytes.len());
            let width = if plain { 1 } else { 3 };
            if column + width > QUOTED_CHARS - 1 {
                out.push_str("=\r\n");
                column = 0;
            }
            match plain {
                true => out.push(char::from(*byte)),
                false => out.push_str(&format!("={byte:02X}")),
            }
            column += width;
        }
        out.push_str("\r\n");
    }
    out
}

/// Base64 with padding (RFC 4648 §4).
pub(crate) fn base64(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let mut block = [0; 3];
        block[..three.len()].copy_from_slice(three);
        let value = u32::from_be_bytes([0, block[0], block[1], block[2]]);
        for digit in 0..4 {
            let index = usize::try_from(value >> (18 - 6 * digit) & 63).expect("six bits");
            out.push(if digit <= three.len() { char::from(DIGITS[index]) } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_the_standards() {
        // RFC 4648 §10.
        for (text, want) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(base64(text.as_bytes()), want);
        }
        assert_eq!(base64(&[0xff, 0xfe, 0xfb]), "//77");
    }

    #[test]
    fn lines_of_quoted_printable() {
        for (text, want) in [
            ("plain\n", "plain\r\n"),
            ("a=b\n", "a=3Db\r\n"),
            ("é \n", "=C3=A9=20\r\n"),
            ("a\n\nb\n", "a\r\n\r\nb\r\n"),
            ("\t.\n", "=09.\r\n"),
        ] {
            assert_eq!(quoted_printable(text), want, "{text:?}");
        }
        let long = quoted_printable(&format!("{}\n", "x".repeat(200)));
        assert_eq!(long.replace("=\r\n", ""), format!("{}\r\n", "x".repeat(200)), "soft breaks fall out again");
        assert!(long.lines().all(|line| line.len() <= QUOTED_CHARS));
    }

    #[test]
    fn headers_are_folded_or_encoded() {
        assert_eq!(header("short", 9), "short");
        assert_eq!(header("é", 9), "=?utf-8?B?w6k=?=");
        assert_eq!(header("a =?utf-8?B?w6k=?=", 9).find("a "), None, "what looks encoded is encoded");
        let long = header(&"word ".repeat(40), 9);
        assert!(long.contains("\r\n word"), "{long}");
        for text in ["word ".repeat(40), "é".repeat(200), "x".repeat(300)] {
            let value = header(&text, 9);
            let first = value.lines().next().expect("a line").len() + 9;
            assert!(first <= LINE_CHARS && value.lines().all(|line| line.len() <= LINE_CHARS), "{value}");
        }
    }
}
