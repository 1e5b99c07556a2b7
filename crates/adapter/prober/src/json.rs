//! Values in an answer of JSON by a path: `$.items[0].id`, `$["a b"]`.

use serde_json::Value;

/// Returns the value at a path as text: a text as it is, everything else as it is written. None where there is none, or
/// the path is none.
pub(crate) fn at(root: &Value, path: &str) -> Option<String> {
    let mut value = root;
    let mut rest = path.strip_prefix('$')?;
    while !rest.is_empty() {
        let (next, behind) = step(value, rest)?;
        (value, rest) = (next, behind);
    }
    Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned))
}

/// Takes one step: `.name`, `[0]`, `["name"]`.
fn step<'v, 'p>(value: &'v Value, path: &'p str) -> Option<(&'v Value, &'p str)> {
    if let Some(path) = path.strip_prefix('.') {
        let end = path.find(['.', '[']).unwrap_or(path.len());
        let (name, rest) = path.split_at(end);
        return Some((value.get(name)?, rest));
    }
    let path = path.strip_prefix('[')?;
    if let Some(quoted) = path.strip_prefix('"') {
        let (name, rest) = quoted.split_once("\"]")?;
        return Some((value.get(name)?, rest));
    }
    let (index, rest) = path.split_once(']')?;
    Some((value.get(index.parse::<usize>().ok()?)?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_as_people_write_them() {
        let root = serde_json::json!({
            "id": 7, "name": "a", "items": [{ "id": "x" }, { "id": null }], "a b": { "c.d": true }, "on": { "0": 1 },
        });
        for (path, want) in [
            ("$.id", Some("7")),
            ("$.name", Some("a")),
            ("$.items[0].id", Some("x")),
            ("$.items[1].id", Some("null")),
            ("$[\"a b\"][\"c.d\"]", Some("true")),
            ("$.items[2]", None),
            ("$.items[-1]", None),
            ("$.items[0", None),
            ("$.on[0]", None),
            ("$.on.0", Some("1")),
            ("$..id", None),
            ("id", None),
            ("", None),
            ("$.name.length", None),
        ] {
            assert_eq!(at(&root, path).as_deref(), want, "{path:?}");
        }
        assert_eq!(at(&serde_json::json!([1, 2]), "$").as_deref(), Some("[1,2]"));
    }
}
