//! What a sender is told, in the encoding it used.

use prost::Message;
use serde_json::json;

use super::message::{Exported, PartialSuccess, Status};
use super::{Encoding, Taken};
use crate::NotUnderstood;

/// Code of `INVALID_ARGUMENT` in google.rpc.
const INVALID_ARGUMENT: i32 = 3;

/// Returns the body of the 200: empty where everything was taken or passed over, else how many points were not and why.
pub fn answer(encoding: Encoding, taken: &Taken) -> Vec<u8> {
    let refused: u32 = taken.skipped.iter().map(|skipped| skipped.points).sum();
    if refused == 0 {
        return if encoding == Encoding::Json { b"{}".to_vec() } else { Vec::new() };
    }
    let said: Vec<String> =
        taken.skipped.iter().map(|skipped| format!("\"{}\": {}", skipped.metric, skipped.why)).collect();
    let (rejected_data_points, error_message) = (i64::from(refused), said.join("; "));
    match encoding {
        Encoding::Protobuf => {
            Exported { partial_success: Some(PartialSuccess { rejected_data_points, error_message }) }.encode_to_vec()
        }
        Encoding::Json => {
            let partial =
                json!({ "rejectedDataPoints": rejected_data_points.to_string(), "errorMessage": error_message });
            json!({ "partialSuccess": partial }).to_string().into_bytes()
        }
    }
}

/// Returns the body of the 400 for what is not understood. A sender does not send it again.
pub fn refusal(encoding: Encoding, error: &NotUnderstood) -> Vec<u8> {
    let message = error.to_string();
    match encoding {
        Encoding::Protobuf => Status { code: INVALID_ARGUMENT, message }.encode_to_vec(),
        Encoding::Json => json!({ "code": INVALID_ARGUMENT, "message": message }).to_string().into_bytes(),
    }
}
