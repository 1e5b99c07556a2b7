//! From bytes to messages, within limits: a few bytes on the wire can be a hundred in memory.

use prost::Message;
use prost::encoding::{DecodeContext, WireType, decode_key, decode_varint, skip_field};

use super::message::Export;
use crate::NotUnderstood;

/// Largest body, in bytes: a collector's batch of 8,192 points with a dozen attributes each. A count of a bucket may be one
/// byte here and eight in memory, so one that is nothing else takes 32 MB.
pub const BODY_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Most messages inside (points, attributes and what holds them): that batch, and at most some 40 MB of memory.
pub const MESSAGES_MAX: usize = 250_000;

/// How a body is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// `application/x-protobuf`.
    Protobuf,
    /// `application/json`.
    Json,
}

impl Encoding {
    /// Returns the encoding that a `Content-Type` names, if it is one of OTLP's.
    pub fn of(content_type: &str) -> Option<Self> {
        let kind = content_type.split(';').next().unwrap_or_default().trim();
        [Self::Protobuf, Self::Json].into_iter().find(|encoding| kind.eq_ignore_ascii_case(encoding.content_type()))
    }

    /// Returns the `Content-Type` of the answer.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Protobuf => "application/x-protobuf",
            Self::Json => "application/json",
        }
    }
}

/// Reads a body that is not compressed.
pub(super) fn read(body: &[u8], encoding: Encoding) -> Result<Export, NotUnderstood> {
    if body.len() > BODY_BYTES_MAX {
        let hint = "export smaller batches (send_batch_max_size)";
        return Err(NotUnderstood(format!("{} bytes are too many, at most {BODY_BYTES_MAX}; {hint}", body.len())));
    }
    if body.starts_with(&[0x1f, 0x8b]) {
        return Err(NotUnderstood(
            "the body is compressed by gzip and does not say so; send \"content-encoding: gzip\"".to_owned(),
        ));
    }
    let no = |error: String| NotUnderstood(format!("this is no export of OTLP metrics: {error}"));
    match encoding {
        Encoding::Protobuf => {
            Count { left: MESSAGES_MAX }.walk(body, EXPORT)?;
            Export::decode(body).map_err(|error| no(error.to_string()))
        }
        Encoding::Json => {
            if body.iter().filter(|&&byte| byte == b'{').count() > MESSAGES_MAX {
                return Err(too_many());
            }
            serde_json::from_slice(body).map_err(|error| no(error.to_string()))
        }
    }
}

fn too_many() -> NotUnderstood {
    let hint = "export smaller batches (send_batch_max_size)";
    NotUnderstood(format!("more than {MESSAGES_MAX} points and attributes in one body; {hint}"))
}

/// Which fields of a message are messages that we decode, and what is inside them.
#[derive(Clone, Copy)]
struct Inside(&'static [(u32, Inside)]);

const LEAF: Inside = Inside(&[]);
const PAIR: Inside = Inside(&[(2, LEAF)]);
const NUMBER: Inside = Inside(&[(7, PAIR)]);
const HISTOGRAM: Inside = Inside(&[(9, PAIR)]);
const EXPONENTIAL: Inside = Inside(&[(1, PAIR), (8, LEAF), (9, LEAF)]);
const METRIC: Inside =
    Inside(&[(7, Inside(&[(1, NUMBER)])), (9, Inside(&[(1, HISTOGRAM)])), (10, Inside(&[(1, EXPONENTIAL)]))]);
const SCOPE: Inside = Inside(&[(1, LEAF), (2, METRIC)]);
const EXPORT: Inside = Inside(&[(1, Inside(&[(1, Inside(&[(1, PAIR)])), (2, SCOPE)]))]);

/// Counts messages before any memory is taken for them.
struct Count {
    left: usize,
}

impl Count {
    fn walk(&mut self, mut bytes: &[u8], inside: Inside) -> Result<(), NotUnderstood> {
        while !bytes.is_empty() {
            // What cannot be read is for the decoder to explain.
            let Ok((tag, wire)) = decode_key(&mut bytes) else { return Ok(()) };
            let known = inside.0.iter().find(|(number, _)| *number == tag);
            let Some((_, inner)) = known.filter(|_| wire == WireType::LengthDelimited) else {
                match skip_field(wire, tag, &mut bytes, DecodeContext::default()) {
                    Ok(()) => continue,
                    Err(_) => return Ok(()),
                }
            };
            self.left = self.left.checked_sub(1).ok_or_else(too_many)?;
            let length = decode_varint(&mut bytes).ok().and_then(|length| usize::try_from(length).ok());
            let Some((message, rest)) = length.and_then(|length| bytes.split_at_checked(length)) else { return Ok(()) };
            self.walk(message, *inner)?;
            bytes = rest;
        }
        Ok(())
    }
}
