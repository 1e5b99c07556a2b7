//! The body of `POST /v1/kpi`: counts that a service sends itself.

use std::collections::BTreeSet;

use jiff::Timestamp;
use seaworthy_contract::api::{KPI_POINTS_MAX, KpiPoint, KpiRequest};
use seaworthy_model::{ServiceId, Tally};

use crate::pushed::{NotUnderstood, unbelievable};

/// Largest body, in bytes: the most points there may be, written generously.
pub const BODY_BYTES_MAX: usize = 256 * 1024;

/// Longest key, in bytes: two UUIDs and a word.
pub const KEY_BYTES_MAX: usize = 128;

/// Longest name of a series, in bytes, as in an objective.
const SERIES_BYTES_MAX: usize = 128;

/// Most events of one point: what a double holds exactly, as far as senders in JavaScript can count.
const EVENTS_MAX: u64 = 1 << 53;

/// One sending that was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// Names the sending together with its service; the same key again adds nothing.
    pub key: String,
    /// The service.
    pub service: ServiceId,
    /// The series, as its objective names it.
    pub series: String,
    /// What to add, by time; at least one.
    pub points: Vec<(Timestamp, Tally)>,
}

/// Reads a body. The key comes from the header `idempotency-key` or from the body.
///
/// # Errors
/// When it is not the JSON of [`KpiRequest`], has no key or two, too many points, a time that cannot be, or more bad
/// events than events. Nothing of it is to be taken then.
pub fn read(body: &[u8], header: Option<&str>, now: Timestamp) -> Result<Sent, NotUnderstood> {
    if body.len() > BODY_BYTES_MAX {
        return no(format!("{} bytes are too many, at most {BODY_BYTES_MAX}; send fewer points at once", body.len()));
    }
    let request: KpiRequest =
        serde_json::from_slice(body).map_err(|error| NotUnderstood(format!("this is no list of counts: {error}")))?;
    let key = key(request.key.as_deref(), header)?;
    check_series(&request.series)?;
    check_count(request.points.len())?;
    let mut times = BTreeSet::new();
    for point in &request.points {
        check(point, now)?;
        if !times.insert(point.at) {
            return no(format!("two points are of {}; add them up, or give each its time", point.at));
        }
    }
    let count = |point: &KpiPoint| (point.at, Tally::new(point.total, point.bad));
    let mut points: Vec<_> = request.points.iter().map(count).collect();
    points.sort_by_key(|(at, _)| *at);
    Ok(Sent { key, service: request.service, series: request.series, points })
}

fn key(body: Option<&str>, header: Option<&str>) -> Result<String, NotUnderstood> {
    let key = match (body, header) {
        (Some(one), Some(other)) if one != other => {
            return no("the header \"idempotency-key\" and \"key\" in the body differ; send one of them".to_owned());
        }
        (Some(key), _) | (None, Some(key)) => key,
        (None, None) => {
            let hint = "send one with each new list of points, and the same one when you send the list again";
            return no(format!("it has no \"key\"; {hint}"));
        }
    };
    let fits = key.bytes().all(|byte| byte.is_ascii_graphic());
    if key.is_empty() || key.len() > KEY_BYTES_MAX || !fits {
        return no(format!("a key is 1 to {KEY_BYTES_MAX} visible ASCII characters, such as a UUID"));
    }
    Ok(key.to_owned())
}

fn check_series(series: &str) -> Result<(), NotUnderstood> {
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_.+/".contains(c);
    if series.is_empty() || series.len() > SERIES_BYTES_MAX || !series.chars().all(fits) {
        return no(format!(
            "a series is named by 1 to {SERIES_BYTES_MAX} letters, digits, \"-\", \"_\", \".\", \"+\" and \"/\""
        ));
    }
    Ok(())
}

fn check_count(count: usize) -> Result<(), NotUnderstood> {
    match count {
        0 => no("it holds no points".to_owned()),
        1..=KPI_POINTS_MAX => Ok(()),
        _ => no(format!("{count} points are too many, at most {KPI_POINTS_MAX}; send the rest with another key")),
    }
}

fn check(point: &KpiPoint, now: Timestamp) -> Result<(), NotUnderstood> {
    let KpiPoint { at, total, bad } = *point;
    if let Some(why) = unbelievable(at, now) {
        return no(why);
    }
    if bad > total {
        return no(format!("{bad} bad of {total} at {at}; \"bad\" counts among \"total\""));
    }
    if total > EVENTS_MAX {
        return no(format!("{total} events at {at} are more than anything counts"));
    }
    Ok(())
}

fn no<T>(why: String) -> Result<T, NotUnderstood> {
    Err(NotUnderstood(why))
}
