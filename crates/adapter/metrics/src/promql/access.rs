//! What a source of metrics wants to see before it answers. Documents name a secret; they never hold one.

use std::fmt;

use http::HeaderValue;

/// How a secret is named where a document needs one.
const OPEN: &str = "${secret:";

/// How we show ourselves to a source.
#[derive(Clone, PartialEq, Eq, Default)]
pub enum Access {
    /// Not at all.
    #[default]
    Open,
    /// With a bearer token.
    Bearer(String),
    /// With a name and a password (RFC 7617).
    Basic {
        /// The name; without a colon.
        user: String,
        /// The password.
        password: String,
    },
}

/// Why an access cannot be used. Never holds a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("could not use the access to a source of metrics: {0}")]
pub struct AccessError(String);

impl Access {
    /// Reads `bearer ${secret:NAME}` or `basic USER:${secret:NAME}`; an empty text is open. `secret` knows the secrets.
    ///
    /// # Errors
    /// When it is neither, holds the secret itself, or names one that is not there.
    pub fn parse(text: &str, secret: impl Fn(&str) -> Option<String>) -> Result<Self, AccessError> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(Self::Open);
        }
        match text.split_once(' ') {
            Some(("bearer", reference)) => Ok(Self::Bearer(resolve(reference, secret)?)),
            Some(("basic", pair)) => {
                let Some((user, reference)) = pair.trim().split_once(':') else { return fail(SHAPES) };
                Ok(Self::Basic { user: user.to_owned(), password: resolve(reference, secret)? })
            }
            // Not echoed: it may be the secret.
            _ => fail(SHAPES),
        }
    }

    /// Returns the value of the `Authorization` header, which is never shown; none where access is open.
    pub(super) fn header(&self) -> Result<Option<HeaderValue>, AccessError> {
        let text = match self {
            Self::Open => return Ok(None),
            Self::Bearer(token) => format!("Bearer {token}"),
            Self::Basic { user, .. } if user.contains(':') => return fail("a name in basic access holds a colon"),
            Self::Basic { user, password } => format!("Basic {}", base64(format!("{user}:{password}").as_bytes())),
        };
        let Ok(mut value) = HeaderValue::from_str(&text) else {
            return fail("the secret holds a byte that no header can carry; look for a line break at its end");
        };
        value.set_sensitive(true);
        Ok(Some(value))
    }
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Open => "Open",
            Self::Bearer(_) => "Bearer(not shown)",
            Self::Basic { .. } => "Basic(not shown)",
        })
    }
}

const SHAPES: &str = "write \"bearer ${secret:NAME}\" or \"basic USER:${secret:NAME}\"";

fn resolve(reference: &str, secret: impl Fn(&str) -> Option<String>) -> Result<String, AccessError> {
    let name = reference.trim().strip_prefix(OPEN).and_then(|rest| rest.strip_suffix('}'));
    let Some(name) = name.filter(|name| !name.is_empty()) else { return fail(SHAPES) };
    secret(name).ok_or_else(|| AccessError(format!("there is no secret \"{name}\" here; set it, or correct its name")))
}

fn fail<T>(why: &str) -> Result<T, AccessError> {
    Err(AccessError(why.to_owned()))
}

/// Base 64 with padding (RFC 4648 §4).
pub(super) fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let bits = (0..3).fold(0_u32, |bits, at| bits << 8 | u32::from(chunk.get(at).copied().unwrap_or(0)));
        for at in 0..4 {
            let digit = ALPHABET[(bits >> (18 - 6 * at) & 63) as usize];
            text.push(if at <= chunk.len() { char::from(digit) } else { '=' });
        }
    }
    text
}
