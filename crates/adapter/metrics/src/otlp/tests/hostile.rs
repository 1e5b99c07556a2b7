//! What nobody should send: cut off, nested, compressed, far too long. Nothing panics, nothing takes memory without
//! end, and the answer says what to do.

use proptest::prelude::*;
use prost::Message;

use super::super::message::{Export, KeyValue, ResourceMetrics};
use super::super::{BODY_BYTES_MAX, MESSAGES_MAX};
use super::*;

const WHOLE: &[u8] = include_bytes!("fixtures/cumulative-1.bin");

fn refused(body: &[u8], encoding: Encoding) -> String {
    let read = Intake::new(second(0)).read(body, encoding, &wanted(&["orders"]), second(0));
    read.expect_err("no export").to_string()
}

#[test]
fn what_is_no_export_says_what_it_is() {
    for (body, encoding, expected) in [
        (
            &b"\x1f\x8b\x08\x00"[..],
            Encoding::Protobuf,
            "compressed by gzip and does not say so; send \"content-encoding: gzip\"",
        ),
        (b"\x1f\x8b\x08\x00", Encoding::Json, "compressed by gzip"),
        (b"", Encoding::Json, "no export of OTLP metrics"),
        (b"[1]", Encoding::Json, "no export of OTLP metrics"),
        (b"null", Encoding::Json, "no export of OTLP metrics"),
        (br#"{"resourceMetrics":{}}"#, Encoding::Json, "no export of OTLP metrics"),
        (WHOLE, Encoding::Json, "no export of OTLP metrics"),
        (br#"{"resourceMetrics":[]}"#, Encoding::Protobuf, "no export of OTLP metrics"),
        // Field 1 of type 2 that claims to be 2^63 bytes long.
        (b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\x7f", Encoding::Protobuf, "no export of OTLP metrics"),
        // The same, one byte more than there is.
        (b"\x0a\x02\x0a", Encoding::Protobuf, "no export of OTLP metrics"),
        // A varint that does not end, a group that is never closed, a wire type that there is not.
        (b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", Encoding::Protobuf, "no export of OTLP metrics"),
        (b"\x0b\x0b\x0b", Encoding::Protobuf, "no export of OTLP metrics"),
        (b"\x0f", Encoding::Protobuf, "no export of OTLP metrics"),
    ] {
        let said = refused(body, encoding);
        assert!(said.contains(expected), "{encoding:?} {:?}: {said}", &body[..body.len().min(20)]);
    }
    assert!(refused(&vec![0; BODY_BYTES_MAX + 1], Encoding::Protobuf).contains("export smaller batches"));
}

#[test]
fn a_few_bytes_that_become_many_messages_are_refused_before_memory_is_taken() {
    // Two bytes each on the wire, a hundred in memory.
    let body = [0x0a, 0x00].repeat(MESSAGES_MAX + 1);
    assert!(body.len() < BODY_BYTES_MAX);
    assert!(refused(&body, Encoding::Protobuf).contains("points and attributes in one body"));
    let braces = format!(r#"{{"resourceMetrics":[{}{{}}]}}"#, "{},".repeat(MESSAGES_MAX));
    assert!(refused(braces.as_bytes(), Encoding::Json).contains("points and attributes in one body"));
    let pairs = vec![KeyValue::default(); MESSAGES_MAX + 1];
    let resource = super::super::message::Resource { attributes: pairs };
    let export =
        Export { resource_metrics: vec![ResourceMetrics { resource: Some(resource), ..ResourceMetrics::default() }] };
    assert!(refused(&export.encode_to_vec(), Encoding::Protobuf).contains("points and attributes in one body"));
}

#[test]
fn an_export_that_is_cut_off_is_refused_or_says_less_but_never_more() {
    let wanted = wanted(&["orders", "http.server.request.duration/0.3"]);
    let total = |body: &[u8]| -> Option<u64> {
        let read = Intake::new(second(-60)).read(body, Encoding::Protobuf, &wanted, second(0));
        Some(read.ok()?.pushed.iter().map(|one| one.tally.total).sum())
    };
    assert_eq!((total(WHOLE), total(b"")), (Some(20), Some(0)), "an empty body is an empty export");
    for length in 1..WHOLE.len() {
        assert_eq!(total(&WHOLE[..length]), None, "{length} bytes");
    }
}

#[test]
fn depth_is_no_overflow_of_the_stack() {
    let depth = 100_000;
    for (open, close) in [("[", "]"), (r#"{"a":"#, "}")] {
        let body = format!(r#"{{"resourceMetrics":[],"other":{}0{}}}"#, open.repeat(depth), close.repeat(depth));
        // What nobody reads is skipped, however deep; what is read has five levels.
        let read = Intake::new(second(0)).read(body.as_bytes(), Encoding::Json, &wanted(&["orders"]), second(0));
        assert!(read.is_ok_and(|taken| taken.pushed.is_empty()), "{open}");
    }
    // Groups in groups, of a field that is skipped.
    let bytes = vec![0x0b; 2_000];
    assert!(refused(&bytes, Encoding::Protobuf).contains("no export of OTLP metrics"));
}

#[test]
fn content_types() {
    for (text, expected) in [
        ("application/x-protobuf", Some(Encoding::Protobuf)),
        ("Application/X-Protobuf ; v=1", Some(Encoding::Protobuf)),
        ("application/json", Some(Encoding::Json)),
        ("application/json; charset=utf-8", Some(Encoding::Json)),
        ("application/protobuf", None),
        ("text/plain", None),
        ("application/json+x", None),
        ("", None),
        (";", None),
    ] {
        assert_eq!(Encoding::of(text), expected, "{text:?}");
    }
}

#[test]
fn numbers_of_json_are_numbers_or_text_and_nothing_else() {
    for (count, is_read) in [
        (json!(5), true),
        (json!("5"), true),
        (json!("-5"), true),
        (json!(5.5), false),
        (json!("5.5"), false),
        (json!("five"), false),
        (json!(true), false),
        (json!("9223372036854775808"), false),
        (json!(u64::MAX), false),
        (json!(null), true),
    ] {
        let mut point = point(-10, 0, 5, None);
        point["asInt"] = count.clone();
        let body = export("checkout", &[sum("orders", 1, &[point])]);
        let read = Intake::new(second(0)).read(&body, Encoding::Json, &wanted(&["orders"]), second(0));
        assert_eq!(read.is_ok(), is_read, "{count}");
    }
}

proptest! {
    #[test]
    fn no_bytes_are_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..400), is_json in any::<bool>()) {
        let encoding = if is_json { Encoding::Json } else { Encoding::Protobuf };
        drop(Intake::new(second(0)).read(&bytes, encoding, &wanted(&["orders"]), second(0)));
    }

    /// A real export with bytes changed: what comes out is refused, or bounded by what one export can hold.
    #[test]
    fn no_change_of_a_real_export_is_a_panic(changes in prop::collection::vec((0..WHOLE.len(), any::<u8>()), 1..6)) {
        let mut body = WHOLE.to_vec();
        changes.into_iter().for_each(|(at, byte)| body[at] = byte);
        let wanted = wanted(&["orders", "http.server.request.duration", "http.server.request.duration/0.3"]);
        let mut intake = Intake::new(second(-600));
        if let Ok(taken) = intake.read(&body, Encoding::Protobuf, &wanted, second(0)) {
            prop_assert!(taken.pushed.iter().all(|one| one.tally.bad <= one.tally.total));
            intake.keep(taken, second(0));
        }
    }

    /// Both encodings of the same points mean the same.
    #[test]
    fn json_and_protobuf_mean_the_same(
        points in prop::collection::vec((-120_i64..60, 0_i64..1_000_000, prop::option::of(100_i64..600)), 0..12),
        temporality in 0_i32..4,
    ) {
        let points: Vec<Value> = points.iter().map(|(at, count, status)| point(-121, *at, *count, *status)).collect();
        let body = export("checkout", &[sum("orders", temporality, &points)]);
        let decoded: Export = serde_json::from_slice(&body).expect("an export");
        let intake = Intake::new(second(-600));
        let read = |body: &[u8], encoding| intake.read(body, encoding, &wanted(&["orders"]), second(0)).expect("an export");
        prop_assert_eq!(read(&body, Encoding::Json), read(&decoded.encode_to_vec(), Encoding::Protobuf));
    }
}
