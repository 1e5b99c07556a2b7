//! Logs of incidents as github-statuses writes them: `incidents.jsonl`, and `segments.csv` for what was in progress when.
//!
//! An incident lasts from `started_at` to `resolved_at`. The trap: a maintenance "starts" there at its announcement, so
//! when it was really going on is taken from the rows of `segments.csv` with a status of [`IN_PROGRESS`]. Time under a
//! mere `Update` does not count as in progress, because updates also come before the work and after it; it is listed.
//!
//! The log was kept from the first to the last time at which it says that something began, went on or ended. Outside of
//! that it claims nothing. When an entry was last edited (`updated_at`) does not count: it is about an old incident.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use jiff::Timestamp;
use seaworthy_downtime::{Cause, Planning, Seen, Segment, Severity, Source, Span, Window, minus, total, union};
use serde::Deserialize;

use crate::lines::each_line;
use crate::{Excluded, History, Layout, Second, Unreadable, csv};

pub(crate) const INCIDENTS: &str = "incidents.jsonl";
const SEGMENTS: &str = "segments.csv";
/// What the log speaks of: it names components only now and then, so all of it is one.
const EVERYTHING: &str = "everything";
/// Work has begun; verifying is what a status page says while the work is done and not yet found good.
const IN_PROGRESS: [&str; 2] = ["in progress", "verifying"];

#[derive(Debug, Deserialize)]
struct Incident {
    id: String,
    #[serde(default)]
    title: String,
    started_at: Timestamp,
    #[serde(default)]
    resolved_at: Option<Timestamp>,
    #[serde(default)]
    updated_at: Option<Timestamp>,
    #[serde(default)]
    impact: Option<String>,
    #[serde(default)]
    impact_window: Option<ImpactWindow>,
    #[serde(default)]
    updates: Vec<Update>,
}

#[derive(Debug, Deserialize)]
struct ImpactWindow {
    start_at: Timestamp,
    end_at: Timestamp,
    #[serde(default)]
    source: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Update {
    at: Timestamp,
}

/// What `segments.csv` says of one incident.
#[derive(Debug, Default)]
struct Stages {
    first_line: usize,
    in_progress: Vec<Span>,
    updates: Vec<Span>,
}

/// Reads the directory.
pub(crate) fn read(directory: &Path) -> Result<History, Unreadable> {
    let mut history = History::new(Layout::GithubStatuses);
    history.functions.push(EVERYTHING.to_owned());
    let incidents = incidents(&directory.join(INCIDENTS), &mut history)?;
    let mut stages = stages(&directory.join(SEGMENTS), &mut history)?;
    for incident in incidents {
        let stages = stages.remove(&incident.id).unwrap_or_default();
        let ran = stages.in_progress.iter().map(|span| span.end);
        let times = [Some(incident.started_at), incident.resolved_at].into_iter().flatten().chain(ran);
        times.chain(incident.updates.iter().map(|update| update.at)).for_each(|at| history.kept_at(at));
        take(&incident, &stages, &mut history);
    }
    if let Some(Span { start, end }) = history.kept {
        history.notes.push(format!(
            "the log was kept from {start} to {end}: the first and the last time at which it says that something began, went \
             on or ended; before and after, what it does not name is unknown"
        ));
    }
    let mut orphans: Vec<(usize, String)> = stages.into_iter().map(|(id, stages)| (stages.first_line, id)).collect();
    orphans.sort_unstable();
    for (line, id) in orphans {
        history.problem(&directory.join(SEGMENTS), line, format!("could not find incident {id:?} in {INCIDENTS}"));
    }
    Ok(history)
}

/// Reads incidents; of two with one id the one that was updated last stays.
fn incidents(file: &Path, history: &mut History) -> Result<Vec<Incident>, Unreadable> {
    let mut read: BTreeMap<usize, Incident> = BTreeMap::new();
    let mut lines: HashMap<String, usize> = HashMap::new();
    each_line(file, |number, line| {
        let parsed = line.and_then(|line| {
            serde_json::from_str::<Incident>(line).map_err(|error| format!("could not read the incident: {error}"))
        });
        let incident = match parsed {
            Ok(incident) => incident,
            Err(what) => return history.problem(file, number, what),
        };
        let earlier = lines.get(&incident.id).and_then(|line| read.get(line).map(|earlier| (*line, earlier)));
        let (kept, dropped) = match earlier {
            Some((line, earlier)) if earlier.updated_at > incident.updated_at => (line, number),
            Some((line, _)) => (number, line),
            None => (number, number),
        };
        lines.insert(incident.id.clone(), kept);
        read.insert(number, incident);
        if kept != dropped
            && let Some(dropped) = read.remove(&dropped)
        {
            let reason = format!("the same incident stands on line {kept}, updated later");
            history.excluded.push(excluded(&dropped, reason, dropped.started_at, dropped.resolved_at));
        }
    })?;
    Ok(read.into_values().collect())
}

fn stages(file: &Path, history: &mut History) -> Result<HashMap<String, Stages>, Unreadable> {
    let mut stages: HashMap<String, Stages> = HashMap::new();
    if !file.exists() {
        history.problem(file, 0, "could not find the file: no maintenance is known to have been in progress");
        return Ok(stages);
    }
    let mut places = None;
    each_line(file, |number, line| match (line, places) {
        (Ok(header), None) => {
            places = Some(csv::columns(header, ["incident_id", "start_at", "end_at", "status"]).unwrap_or_else(|| {
                history.problem(file, number, "could not find the columns incident_id, start_at, end_at, status");
                [0, 1, 2, 3]
            }));
        }
        (Ok(line), Some(places)) => match stage(line, places) {
            Ok((id, status, span)) => {
                let stages = stages.entry(id).or_insert_with(|| Stages { first_line: number, ..Stages::default() });
                if IN_PROGRESS.contains(&status.as_str()) {
                    stages.in_progress.push(span);
                } else if status == "update" {
                    stages.updates.push(span);
                }
            }
            Err(what) => history.problem(file, number, what),
        },
        (Err(what), _) => history.problem(file, number, what),
    })?;
    Ok(stages)
}

fn stage(line: &str, places: [usize; 4]) -> Result<(String, String, Span), String> {
    let fields = csv::fields(line).ok_or("could not split the row: a quote is not closed")?;
    let field = |at: usize| {
        fields.get(at).ok_or_else(|| format!("could not find column {}: the row has {}", at + 1, fields.len()))
    };
    let time = |at: usize| {
        let text = field(at)?;
        text.parse::<Timestamp>().map_err(|_| format!("could not read time {text:?}: expected RFC 3339"))
    };
    let [id, start, end, status] = places;
    let span = Span::new(time(start)?, time(end)?);
    Ok((field(id)?.clone(), field(status)?.to_ascii_lowercase(), span))
}

fn excluded(incident: &Incident, reason: String, start: Timestamp, end: Option<Timestamp>) -> Excluded {
    Excluded { id: incident.id.clone(), title: incident.title.clone(), reason, span: Some((start, end)) }
}

/// Puts an incident where it counts, and says why it does not.
fn take(incident: &Incident, stages: &Stages, history: &mut History) {
    let (start, end) = (incident.started_at, incident.resolved_at);
    let exclude = |reason: &str| excluded(incident, reason.to_owned(), start, end);
    let severity = match incident.impact.as_deref() {
        Some("maintenance") => return maintenance(incident, stages, history),
        Some("minor") => Severity::Minor,
        Some("major") => Severity::Major,
        Some("critical") => Severity::Critical,
        Some("none") => return history.excluded.push(exclude("impact \"none\": the log says nobody was met")),
        Some(other) => return history.excluded.push(exclude(&format!("impact {other:?} is not known"))),
        None => return history.excluded.push(exclude("no impact is given")),
    };
    match end {
        Some(end) if end < start => history.excluded.push(exclude("resolved before it started")),
        Some(end) if end == start => history.excluded.push(exclude("resolved when it started: it holds no time")),
        _ => outage(incident, severity, history),
    }
}

fn outage(incident: &Incident, severity: Severity, history: &mut History) {
    let seen = if severity == Severity::Minor { Seen::Degraded } else { Seen::Down };
    let source = Source::History(incident.id.clone());
    let end = incident.resolved_at.unwrap_or_else(|| last_word(incident));
    let segment = Segment::measured(EVERYTHING, seen, incident.started_at, Some(end), source.clone());
    history.segments.push(Segment { severity: Some(severity), planning: Planning::Unplanned, ..segment });
    if let Some(window) = &incident.impact_window {
        history.second.push(Second {
            id: incident.id.clone(),
            title: incident.title.clone(),
            source: window.source.clone().unwrap_or_else(|| "impact_window".to_owned()),
            segment: history.segments.len() - 1,
            span: Span::new(window.start_at, window.end_at),
        });
    }
    if incident.resolved_at.is_none() {
        history.segments.push(Segment::measured(EVERYTHING, Seen::Unknown, end, None, source));
        let reason = "not resolved: it counts until its last update, and is unknown from then on";
        history.excluded.push(excluded(incident, reason.to_owned(), end, None));
    }
}

/// When the log last spoke of an incident.
fn last_word(incident: &Incident) -> Timestamp {
    incident.updates.iter().map(|update| update.at).fold(incident.started_at, Timestamp::max)
}

fn maintenance(incident: &Incident, stages: &Stages, history: &mut History) {
    let ran = union(stages.in_progress.iter().copied());
    let end = incident.resolved_at.unwrap_or_else(|| last_word(incident)).max(incident.started_at);
    let began = ran.first().map_or(end, |first| first.start);
    let mut exclude = |reason: String, start, end| history.excluded.push(excluded(incident, reason, start, end));
    if ran.is_empty() {
        let reason = format!("no row of {SEGMENTS} says that it was in progress: it counts from its announcement only");
        exclude(reason, incident.started_at, Some(end));
    }
    if incident.resolved_at.is_none() {
        exclude("not completed: it counts until its last update".to_owned(), end, None);
    }
    let updates = union(stages.updates.iter().copied().filter(|update| update.start >= began));
    let between = minus(&updates, &ran);
    if let (Some(first), Some(last)) = (between.first(), between.last()) {
        let hours = total(&between).as_secs_f64() / 3_600.0;
        let reason = format!("{hours:.2} h of it carry the status \"Update\" and do not count as in progress");
        exclude(reason, first.start, Some(last.end));
    }
    // What is declared is not in the log as data, only in its words: the window ends when the work did, so an overrun
    // cannot be seen here.
    let declared = Span::new(began, end);
    for span in &ran {
        let source = Source::History(incident.id.clone());
        let segment = Segment::measured(EVERYTHING, Seen::Down, span.start, Some(span.end), source);
        history.segments.push(Segment { severity: None, cause: Cause::Maintenance, ..segment });
    }
    let window = Window::new(&incident.id, EVERYTHING, incident.started_at, declared);
    history.windows.push(Window { ran, ..window });
}
