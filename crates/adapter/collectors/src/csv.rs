//! Anything else, as CSV with the columns `key`, `value` and, if it was not seen now, `seen_at` (RFC 4180).

use jiff::Timestamp;

use crate::fact::is_key;
use crate::files::{read, source_name};
use crate::{Asked, CollectError, Collector, FACTS_MAX, Facts, Value};

/// The collector.
pub(crate) const COLLECTOR: Collector = Collector {
    name: "csv",
    reads: "anything, as CSV with the columns key,value and perhaps seen_at; a list is separated by \";\"",
    collect,
};

fn collect(asked: &Asked<'_>) -> Result<Facts, CollectError> {
    let files = read(asked.path, "CSV file", |name| name.ends_with(".csv"))?;
    let mut facts = Facts::of(source_name(asked.path));
    let mut oldest: Option<Timestamp> = None;
    let mut taken = 0;
    for file in &files {
        let mut lines = file.text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        let broken = |line: usize, why: String| CollectError::Broken {
            file: file.name.clone(),
            what: "CSV",
            why: format!("line {}: {why}", line + 1),
        };
        let Some((_, header)) = lines.next() else { continue };
        let header = fields(header).ok_or_else(|| broken(0, "a quote is not closed".to_owned()))?;
        let column = |name: &str| header.iter().position(|own| own.trim().eq_ignore_ascii_case(name));
        let (Some(key_at), Some(value_at)) = (column("key"), column("value")) else {
            return Err(broken(0, format!("the columns are {}, not key and value", header.join(", "))));
        };
        let seen_at = column("seen_at");
        for (number, line) in lines {
            let row = fields(line).ok_or_else(|| broken(number, "a quote is not closed".to_owned()))?;
            let cell = |at: usize| row.get(at).map(|text| text.trim()).filter(|text| !text.is_empty());
            let (Some(key), Some(value)) = (cell(key_at), cell(value_at)) else {
                return Err(broken(number, "it has no key or no value".to_owned()));
            };
            if !is_key(key) {
                return Err(broken(number, format!("\"{key}\" is no key: write noun.field in lower case")));
            }
            if let Some(text) = seen_at.and_then(cell) {
                let at: Timestamp =
                    text.parse().map_err(|_| broken(number, format!("\"{text}\" is no time (RFC 3339)")))?;
                if at > asked.now {
                    return Err(broken(number, format!("\"{text}\" is yet to come")));
                }
                oldest = Some(oldest.map_or(at, |oldest| oldest.min(at)));
            }
            taken += 1;
            if taken > FACTS_MAX {
                return Err(CollectError::Limit {
                    path: asked.path.to_owned(),
                    why: format!("over {FACTS_MAX} facts"),
                });
            }
            facts.push(key, value_of(value), Some(format!("{}:{}", file.name, number + 1)));
        }
    }
    if taken == 0 {
        return Err(CollectError::Nothing { path: asked.path.to_owned(), what: "fact" });
    }
    // One observation has one time: what was seen first ages for all of them.
    if let Some(at) = oldest {
        facts.seen(at);
    }
    Ok(facts)
}

fn value_of(text: &str) -> Value {
    match text {
        "true" | "yes" => Value::Bool(true),
        "false" | "no" => Value::Bool(false),
        _ => match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Value::Number(number),
            _ if text.contains(';') => Value::List(text.split(';').map(|part| part.trim().to_owned()).collect()),
            _ => Value::Text(text.to_owned()),
        },
    }
}

/// Splits a line into fields; none where a quote is not closed. A field across lines is not read.
fn fields(line: &str) -> Option<Vec<String>> {
    let (mut fields, mut field, mut quoted) = (Vec::new(), String::new(), false);
    let mut rest = line.chars().peekable();
    while let Some(c) = rest.next() {
        match (c, quoted) {
            ('"', true) if rest.peek() == Some(&'"') => field.extend(rest.next()),
            ('"', _) => quoted = !quoted,
            (',', false) => fields.push(std::mem::take(&mut field)),
            (c, _) => field.push(c),
        }
    }
    fields.push(field);
    (!quoted).then_some(fields)
}
