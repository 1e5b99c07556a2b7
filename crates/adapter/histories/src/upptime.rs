//! Histories of measurements: CSV with time, site, state, `http_code`, `response_ms`, a row a check.
//!
//! A row speaks until the next one of its site, but not for longer than [`GAP`] usual intervals of that site: then it
//! speaks for one interval, and the rest is a gap, which is unknown. A site that never once was up and only ever gave a
//! refusal or nothing is one that could not be seen: unknown throughout, not down.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use seaworthy_downtime::{Planning, Seen, Segment, Source};

use crate::lines::each_line;
use crate::{Excluded, History, Layout, Unreadable, csv};

/// Columns without which a row says nothing.
const NEEDED: [&str; 3] = ["time", "site", "state"];
/// Answers of something that is there and does not let the prober see (RFC 9110): a proxy, a login, a wrong address.
const REFUSALS: [u16; 6] = [0, 400, 401, 403, 404, 407];
/// A pause of more than so many usual intervals is a gap: one check may be late and one may be missed.
const GAP: i32 = 3;
/// The interval where one row is all there is: Upptime checks every five minutes.
const USUAL: SignedDuration = SignedDuration::from_mins(5);

/// Returns the CSV files of a directory, or the one file given, whose header has the columns.
pub(crate) fn files(source: &Path) -> Result<Vec<PathBuf>, Unreadable> {
    let failed = |error| Unreadable::Open(source.to_owned(), error);
    if source.is_file() {
        return Ok(if has_columns(source)? { vec![source.to_owned()] } else { Vec::new() });
    }
    let mut found = Vec::new();
    for entry in std::fs::read_dir(source).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.extension().is_some_and(|extension| extension == "csv") && path.is_file() && has_columns(&path)? {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn has_columns(path: &Path) -> Result<bool, Unreadable> {
    let mut header = None;
    each_line(path, |_, line| {
        header.get_or_insert_with(|| line.is_ok_and(|line| csv::columns(line, NEEDED).is_some()));
    })?;
    Ok(header == Some(true))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Row {
    at: Timestamp,
    seen: Seen,
    code: u16,
}

/// Rows of a site, in the order of the file.
type Sites = BTreeMap<String, Vec<Row>>;

/// Reads all files as one history.
pub(crate) fn read(files: &[PathBuf]) -> Result<History, Unreadable> {
    let mut history = History::new(Layout::Upptime);
    let mut sites = Sites::new();
    for file in files {
        read_file(file, &mut sites, &mut history)?;
    }
    let (mut moved, mut doubled) = (0, 0);
    for rows in sites.values_mut() {
        moved += rows.windows(2).filter(|pair| pair[1].at < pair[0].at).count();
        // The worse of two rows of one time comes last, and stays.
        rows.sort_by_key(|row| (row.at, row.seen));
        let before = rows.len();
        *rows = rows.chunk_by(|one, next| one.at == next.at).filter_map(|same| same.last().copied()).collect();
        doubled += before - rows.len();
    }
    if moved > 0 {
        history.notes.push(format!("{moved} rows came before an earlier one and were put in order"));
    }
    if doubled > 0 {
        history.notes.push(format!("{doubled} rows had the time of another one of their site: the worse counts, once"));
    }
    for (site, rows) in &sites {
        account_site(site, rows, &mut history);
    }
    history.functions = sites.into_keys().collect();
    Ok(history)
}

fn read_file(file: &Path, sites: &mut Sites, history: &mut History) -> Result<(), Unreadable> {
    let mut places: Option<([usize; 3], Option<[usize; 1]>)> = None;
    each_line(file, |number, line| match (line, &places) {
        (Ok(header), None) => {
            let needed = csv::columns(header, NEEDED).expect("the header was looked at before");
            places = Some((needed, csv::columns(header, ["http_code"])));
        }
        (Ok(line), Some((needed, code))) => match row(line, *needed, code.map(|[at]| at)) {
            Ok((site, row)) => sites.entry(site).or_default().push(row),
            Err(what) => history.problem(file, number, what),
        },
        (Err(what), _) => history.problem(file, number, what),
    })
}

fn row(line: &str, [time, site, state]: [usize; 3], code: Option<usize>) -> Result<(String, Row), String> {
    let fields = csv::fields(line).ok_or("could not split the row: a quote is not closed")?;
    let field = |at: usize, name: &str| {
        let text = fields.get(at).map(|field| field.trim()).filter(|field| !field.is_empty());
        text.ok_or_else(|| format!("could not find the row's \"{name}\": it has {} columns", fields.len()))
    };
    let at = instant(field(time, "time")?)?;
    let seen = match field(state, "state")?.to_ascii_lowercase().as_str() {
        "up" => Seen::Up,
        "degraded" => Seen::Degraded,
        "down" => Seen::Down,
        other => return Err(format!("could not read state {other:?}: expected \"up\", \"degraded\" or \"down\"")),
    };
    let code = code.and_then(|at| fields.get(at)).map(|code| code.trim()).filter(|code| !code.is_empty());
    let code =
        code.map_or(Ok(0), str::parse).map_err(|_| format!("could not read http_code {:?}", code.unwrap_or("")))?;
    Ok((field(site, "site")?.to_owned(), Row { at, seen, code }))
}

/// Reads a time; one without an offset is UTC, as the files of Upptime are.
fn instant(text: &str) -> Result<Timestamp, String> {
    let local = || text.parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp());
    let at = text.parse::<Timestamp>().ok().or_else(local);
    at.ok_or_else(|| format!("could not read time {text:?}: expected one such as 2026-03-01T08:00:00Z"))
}

fn account_site(site: &str, rows: &[Row], history: &mut History) {
    let cannot_see = refused(rows);
    if let Some(codes) = &cannot_see {
        history.excluded.push(Excluded {
            id: site.to_owned(),
            title: site.to_owned(),
            reason: format!("cannot see: never once up in {} rows, only {codes}; unknown, not down", rows.len()),
            span: None,
        });
    }
    let usual = usual_interval(rows);
    for (at, row) in rows.iter().enumerate() {
        let next = rows.get(at + 1).map(|next| next.at);
        let end = next.filter(|next| next.duration_since(row.at) <= usual * GAP).unwrap_or_else(|| {
            // The end of time is far: saturating says so without a panic.
            row.at.saturating_add(usual).unwrap_or(Timestamp::MAX)
        });
        [row.at, end].into_iter().for_each(|at| history.kept_at(at));
        let seen = if cannot_see.is_some() { Seen::Unknown } else { row.seen };
        match history.segments.last_mut() {
            Some(last) if last.function == site && last.seen == seen && last.end == Some(row.at) => {
                last.end = Some(end)
            }
            _ => history.segments.push(Segment {
                planning: Planning::Unplanned,
                ..Segment::measured(site, seen, row.at, Some(end), Source::History(site.to_owned()))
            }),
        }
    }
}

/// Returns what a site that could not be seen gave, in words; none where it could be seen.
fn refused(rows: &[Row]) -> Option<String> {
    let never = rows.iter().all(|row| row.seen == Seen::Down && REFUSALS.contains(&row.code));
    let codes: BTreeSet<u16> = rows.iter().map(|row| row.code).collect();
    let word = |code: &u16| if *code == 0 { "no answer".to_owned() } else { code.to_string() };
    never.then(|| codes.iter().map(word).collect::<Vec<_>>().join(", "))
}

/// The median of pauses between rows of a site, which are in order and apart.
fn usual_interval(rows: &[Row]) -> SignedDuration {
    let mut pauses: Vec<SignedDuration> = rows.windows(2).map(|pair| pair[1].at.duration_since(pair[0].at)).collect();
    pauses.sort_unstable();
    // With an even number the shorter of the two in the middle: it claims less.
    pauses.get(pauses.len().saturating_sub(1) / 2).copied().unwrap_or(USUAL)
}
