//! Base64 (RFC 4648), and what a JSON Web Token (RFC 7519) says of itself.

use jiff::Timestamp;

use crate::holder::{Class, Holder, Sure};

/// Decodes base64 in either alphabet, with or without padding; line ends are skipped. None where it is none.
pub fn base64(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut held) = (0_u32, 0);
    for byte in text.trim().trim_end_matches('=').bytes() {
        let six = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'\n' | b'\r' | b' ' | b'\t' => continue,
            _ => return None,
        };
        (bits, held) = (bits << 6 | u32::from(six), held + 6);
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held & 0xff) as u8);
            bits &= (1 << held) - 1;
        }
    }
    Some(bytes)
}

/// Decodes base64 to text.
pub(crate) fn base64_text(text: &str) -> Option<String> {
    String::from_utf8(base64(text)?).ok()
}

/// What a token says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Claims {
    pub(crate) expires: Option<Timestamp>,
    pub(crate) holder: Holder,
}

/// Reads the claims of a JSON Web Token; none where it is none.
pub(crate) fn claims(token: &str) -> Option<Claims> {
    let payload = base64_text(token.split('.').nth(1)?)?;
    payload.starts_with('{').then_some(())?;
    let expires = field(&payload, "exp").and_then(|exp| exp.split('.').next()?.parse().ok());
    let subject = field(&payload, "sub").unwrap_or_default();
    let said = |class, sure, why| Holder { class, sure, why };
    let holder = if subject.starts_with("system:serviceaccount:") {
        said(Class::Workload, Sure::Certain, "its subject is a service account of Kubernetes")
    } else if field(&payload, "email").is_some() || field(&payload, "preferred_username").is_some() {
        said(Class::Person, Sure::Likely, "it carries a person's address or user name")
    } else if field(&payload, "client_id").is_some() || field(&payload, "azp").is_some() {
        said(Class::Workload, Sure::Likely, "it carries the id of a client, and no person")
    } else {
        Holder::of_login(subject)
    };
    Some(Claims { expires: expires.and_then(|second| Timestamp::from_second(second).ok()), holder })
}

/// Finds the plain value of a field in compact or spaced JSON.
fn field<'a>(json: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = json.split_once(&format!("\"{name}\""))?;
    let value = rest.trim_start().strip_prefix(':')?.trim_start();
    match value.strip_prefix('"') {
        Some(text) => text.split('"').next(),
        None => value.split([',', '}', ' ', '\n']).next(),
    }
}
