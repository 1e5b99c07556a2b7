//! What a source answers to an instant query: `{"status":"success","data":{"resultType":"vector","result":[..]}}`.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::Why;

/// Most series of one answer: an indicator has one, and a person who looks at more than this looks at nothing.
pub const SERIES_MAX: usize = 1_000;

/// Longest part of a source's own words that is passed on, in characters.
const SAID_CHARS_MAX: usize = 300;

/// The answer to one instant query. Values may be NaN and infinite: PromQL's are.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// One value for each series; none where nothing matched.
    Vector(Vec<Sample>),
    /// One value without labels.
    Scalar(f64),
}

/// The value of one series.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// What tells it apart.
    pub labels: BTreeMap<String, String>,
    /// Its value.
    pub value: f64,
}

#[derive(Deserialize)]
struct Envelope<'a> {
    status: String,
    #[serde(borrow)]
    data: Option<Data<'a>>,
    #[serde(default, rename = "errorType")]
    error_type: String,
    #[serde(default)]
    error: String,
}

#[derive(Deserialize)]
struct Data<'a> {
    #[serde(rename = "resultType")]
    kind: String,
    #[serde(borrow)]
    result: &'a RawValue,
}

#[derive(Deserialize)]
struct Series {
    #[serde(default)]
    metric: BTreeMap<String, String>,
    /// Missing where the sample is a native histogram.
    value: Option<(f64, String)>,
}

/// Reads the body of an answer, whatever its status was: errors come as JSON too.
pub(super) fn read(body: &[u8]) -> Result<Answer, Why> {
    let envelope: Envelope<'_> = serde_json::from_slice(body).map_err(|_| Why::NoApi)?;
    if envelope.status != "success" {
        return Err(refused(&envelope.error_type, &envelope.error));
    }
    let data = envelope.data.ok_or(Why::NoApi)?;
    match data.kind.as_str() {
        "vector" => vector(data.result.get()),
        "scalar" => {
            let (_, text): (f64, String) = serde_json::from_str(data.result.get()).map_err(|_| Why::NoApi)?;
            Ok(Answer::Scalar(number(&text)?))
        }
        "matrix" => Err(Why::NotAsked("a range of values for each series; ask for one, such as sum(rate(..[5m]))")),
        _ => Err(Why::NotAsked("a text; ask for a number")),
    }
}

fn vector(result: &str) -> Result<Answer, Why> {
    let series: Vec<Series> = serde_json::from_str(result).map_err(|_| Why::NoApi)?;
    if series.len() > SERIES_MAX {
        return Err(Why::TooMany(series.len()));
    }
    let sample = |series: Series| {
        let value = series.value.ok_or(Why::NotAsked("a native histogram; ask for histogram_count or a fraction"))?;
        Ok(Sample { labels: series.metric, value: number(&value.1)? })
    };
    series.into_iter().map(sample).collect::<Result<_, _>>().map(Answer::Vector)
}

/// A value as Prometheus writes it: `1.5`, `NaN`, `+Inf`, `-Inf`, `1e-05`.
fn number(text: &str) -> Result<f64, Why> {
    text.parse().map_err(|_| Why::NoApi)
}

fn refused(kind: &str, said: &str) -> Why {
    let said = said.chars().filter(|c| !c.is_control()).take(SAID_CHARS_MAX).collect();
    match kind {
        "timeout" | "canceled" | "unavailable" | "503" => Why::Busy(said),
        _ => Why::BadQuery(said),
    }
}
