//! What just happened, carried over one redirect in a cookie and said once.
//!
//! It holds only sentences of this server, and a page escapes it like everything else.

use http::{HeaderMap, HeaderValue};
use seaworthy_portal::Flash;
use serde::{Deserialize, Serialize};

use crate::access::cookie;

const COOKIE: &str = "sw_flash";

/// Longest sentence that is carried, in characters: a cookie has 4 KiB, hex doubles it, letters have up to four bytes.
const CHARS_MAX: usize = 200;

#[derive(Serialize, Deserialize)]
struct Carried {
    refused: bool,
    text: String,
    hint: Option<String>,
}

/// Makes the cookie that carries it.
pub(super) fn carry(flash: &Flash) -> HeaderValue {
    let cut = |text: &str| text.chars().take(CHARS_MAX).collect::<String>();
    let carried = Carried { refused: flash.refused, text: cut(&flash.text), hint: flash.hint.as_deref().map(cut) };
    let json = serde_json::to_vec(&carried).expect("strings and a truth value");
    let hex: String = json.iter().map(|byte| format!("{byte:02x}")).collect();
    header(&hex, 60)
}

/// Makes the cookie that ends it.
pub(super) fn said() -> HeaderValue {
    header("", 0)
}

/// Reads it; what is not ours is nothing.
pub(super) fn read(headers: &HeaderMap) -> Option<Flash> {
    let hex = cookie(headers, COOKIE)?.as_bytes();
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    let json: Vec<u8> = hex.chunks(2).map(byte).collect::<Option<_>>()?;
    let Carried { refused, text, hint } = serde_json::from_slice(&json).ok()?;
    Some(Flash { refused, text, hint })
}

fn header(value: &str, seconds: u32) -> HeaderValue {
    let text = format!("{COOKIE}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}");
    HeaderValue::from_str(&text).expect("hex and constants are header text")
}

#[cfg(test)]
mod tests {
    use http::header::COOKIE as NAME;

    use super::*;

    #[test]
    fn it_survives_the_redirect_and_strangers_do_not() {
        let flash = Flash { refused: true, text: "no: <b>; \"ü\"".to_owned(), hint: Some("ü".repeat(500)) };
        let sent = carry(&flash);
        assert!(sent.len() < 4_096, "{} bytes fit into a cookie", sent.len());
        let back = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(NAME, HeaderValue::from_str(value).expect("text"));
            read(&headers)
        };
        let pair = sent.to_str().expect("text").split(';').next().expect("a pair").to_owned();
        let found = back(&pair).expect("ours");
        assert_eq!((found.refused, found.text.as_str()), (true, "no: <b>; \"ü\""));
        for strange in ["sw_flash=", "sw_flash=zz", "sw_flash=7b", "sw_flash=+1+2", "other=7b7d", "sw_flash=\u{e9}"] {
            assert_eq!(back(strange), None, "{strange}");
        }
    }
}
