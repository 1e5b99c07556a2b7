//! Every payload has the shape it was frozen with, for ever. Wording may change, so descriptions are left out.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use seaworthy_contract::events::{Event, PayloadSchema};
use serde_json::Value;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/events/schemas")
}

fn file_name(schema: &PayloadSchema) -> String {
    format!("{}.v{}.json", schema.kind, schema.version)
}

fn text(schema: &PayloadSchema) -> String {
    let mut value = serde_json::to_value(schema).expect("a schema is JSON");
    without_wording(&mut value);
    format!("{}\n", serde_json::to_string_pretty(&value).expect("a value is JSON"))
}

/// Drops descriptions: a property of that name is an object, not a text.
fn without_wording(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|name, value| name != "description" || !value.is_string());
            fields.values_mut().for_each(without_wording);
        }
        Value::Array(items) => items.iter_mut().for_each(without_wording),
        _ => {}
    }
}

#[test]
fn every_payload_has_the_shape_that_was_frozen() {
    for schema in Event::schemas() {
        let name = file_name(&schema);
        let now = text(&schema);
        let path = folder().join(&name);
        match fs::read_to_string(&path) {
            Ok(frozen) => assert!(
                frozen == now,
                "{name} has changed, and ledgers hold events of the old shape. Leave this payload as it is; add the \
                 same name with V2, an upcast from V1, and `v 2` in `events!` (docs/recipes has the list).\n\
                 frozen:\n{frozen}\nnow:\n{now}"
            ),
            Err(_) if std::env::var_os("UPDATE_EXPECT").is_some() => fs::write(&path, now).expect("a new schema"),
            Err(_) => panic!("{name} is new: UPDATE_EXPECT=1 freezes its shape; add an example of it to the corpus"),
        }
    }
}

#[test]
fn no_payload_was_ever_dropped() {
    let read = Event::read_as_successor().into_iter().map(|(kind, version)| format!("{kind}.v{version}.json"));
    let known: BTreeSet<String> = Event::schemas().iter().map(file_name).chain(read).collect();
    for entry in fs::read_dir(folder()).expect("a folder") {
        let name = entry.expect("readable").file_name().into_string().expect("text");
        assert!(known.contains(&name), "{name} was frozen once: ledgers hold such events, so they must stay readable");
    }
}

#[test]
fn types_are_a_noun_and_what_happened_to_it() {
    for schema in Event::schemas() {
        let (noun, what) = schema.kind.split_once('.').expect("a dot");
        let fits = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        assert!(fits(noun) && fits(what) && schema.version > 0, "{}", schema.kind);
    }
}
