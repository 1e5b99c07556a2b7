//! What attributes say: whose they are, what tells a stream apart, and whether its events are bad.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::message::{AnyValue, KeyValue};

/// Codes of gRPC that are the server's fault (semantic conventions: unknown, deadline exceeded, unimplemented, internal,
/// unavailable, data loss).
const GRPC_FAULTS: [i64; 6] = [2, 4, 12, 13, 14, 15];

/// Returns a text attribute.
pub(super) fn text<'a>(attributes: &'a [KeyValue], key: &str) -> Option<&'a str> {
    value(attributes, key)?.string_value.as_deref()
}

/// Whether all events of a point are bad.
pub(super) fn is_bad(attributes: &[KeyValue]) -> bool {
    let number = |key: &str| value(attributes, key).and_then(number);
    if let Some(told) = value(attributes, "seaworthy.bad").and_then(|value| value.bool_value) {
        return told;
    }
    if let Some(status) = number("http.response.status_code").or_else(|| number("http.status_code")) {
        return status >= 500;
    }
    if let Some(code) = number("rpc.grpc.status_code") {
        return GRPC_FAULTS.contains(&code);
    }
    if let Some(code) = text(attributes, "status.code") {
        return code == "STATUS_CODE_ERROR";
    }
    text(attributes, "error.type").is_some_and(|kind| !kind.is_empty())
}

/// A fingerprint that does not mind their order.
pub(super) fn fingerprint(attributes: &[KeyValue], also: &[&str]) -> u64 {
    let mut pairs: Vec<&KeyValue> = attributes.iter().collect();
    pairs.sort_by(|a, b| a.key.cmp(&b.key));
    let mut hasher = DefaultHasher::new();
    also.hash(&mut hasher);
    for pair in pairs {
        pair.key.hash(&mut hasher);
        let none = AnyValue::default();
        let value = pair.value.as_ref().unwrap_or(&none);
        let double = value.double_value.map(f64::to_bits);
        (&value.string_value, value.bool_value, value.int_value, double).hash(&mut hasher);
    }
    hasher.finish()
}

fn value<'a>(attributes: &'a [KeyValue], key: &str) -> Option<&'a AnyValue> {
    attributes.iter().find(|pair| pair.key == key)?.value.as_ref()
}

/// A number, which some libraries write as text.
fn number(value: &AnyValue) -> Option<i64> {
    value.int_value.or_else(|| value.string_value.as_deref()?.parse().ok())
}
