//! Probes: what places see from outside, why nobody can say where nobody can, and the runs that say so.

use askama::Template;
use jiff::Timestamp;
use seaworthy_contract::api::{Probe, ProbePlace, ProbeRun, ProbeRuns, ProbeState, ProbeUnseen, Prober};
use seaworthy_contract::catalogue::Target;

use crate::chrome::{Nav, PageView};
use crate::part::{Chip, LedgerLink, Plot, When, runs_plot};
use crate::text;

/// Most probes on the page: the worst are first.
const ROWS_MAX: usize = 40;

/// Most runs of one probe.
const RUNS_MAX: usize = 40;

/// A probe in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProbeRow {
    /// What it is.
    pub chip: Chip,
    /// Its name.
    pub name: String,
    /// The service.
    pub service: String,
    /// What is tried.
    pub target: String,
    /// Why it is so.
    pub reason: String,
    /// What each place says.
    pub places: Vec<(Chip, String)>,
    /// Since when.
    pub since: Option<When>,
    /// How often, from each place.
    pub every: String,
    /// Its open alert.
    pub alert: Option<String>,
}

impl ProbeRow {
    /// Says a probe in a row.
    pub(super) fn of(probe: &Probe, now: Timestamp) -> Self {
        let place = |place: &ProbePlace| {
            let why = place.reason.as_ref().map_or_else(String::new, |reason| format!(": {reason}"));
            (state_chip(place.state), format!("{}{why}", place.place))
        };
        Self {
            chip: probe_chip(probe),
            name: probe.name.clone(),
            service: probe.service.to_string(),
            target: target(&probe.target),
            reason: text::sentence(&probe.reason),
            places: probe.places.iter().map(place).collect(),
            since: probe.since.map(|at| When::age(at, now)),
            every: text::seconds(probe.every_ms as f64 / 1_000.0),
            alert: probe.alert.map(|alert| alert.to_string()),
        }
    }
}

/// Says what is tried, without what stands behind `${secret:NAME}`, which is not here.
fn target(target: &Target) -> String {
    match target {
        Target::Http { steps } => match steps.as_slice() {
            [one] => format!("{} {}", one.method, one.url),
            steps => {
                format!("a journey of {} steps, from {}", steps.len(), steps.first().map_or("", |s| s.url.as_str()))
            }
        },
        Target::Tcp { address } => format!("a connection to {address}"),
        Target::Dns { name, record, .. } => format!("{record} of {name}"),
        Target::Tls { address, days_min, .. } => format!("the certificate of {address}, {days_min} days or longer"),
    }
}

fn state_chip(state: ProbeState) -> Chip {
    match state {
        ProbeState::Unknown => Chip::unknown("Cannot see"),
        ProbeState::Up => Chip::ok("Up"),
        ProbeState::Degraded => Chip::warn("Degraded"),
        ProbeState::Down => Chip::bad("Down"),
    }
}

fn probe_chip(probe: &Probe) -> Chip {
    match (probe.state, probe.unseen) {
        (ProbeState::Unknown, Some(ProbeUnseen::NotYet)) => Chip::unknown("Not run yet"),
        (ProbeState::Unknown, Some(ProbeUnseen::NeverUp)) => Chip::unknown("Never once up"),
        (ProbeState::Unknown, Some(ProbeUnseen::Silent)) => Chip::unknown("Silent"),
        (ProbeState::Unknown, Some(ProbeUnseen::Undecided)) => Chip::unknown("Undecided"),
        (state, _) if probe.flapping && state != ProbeState::Unknown => Chip::warn("Flapping"),
        (state, _) => state_chip(state),
    }
}

fn rank(probe: &Probe) -> u8 {
    match probe.state {
        ProbeState::Down => 0,
        ProbeState::Unknown => 1,
        ProbeState::Degraded => 2,
        ProbeState::Up => 3,
    }
}

/// The list of probes.
#[derive(Debug, Template)]
#[template(path = "probes.html")]
pub struct ProbesPage {
    /// The answer.
    pub headline: String,
    /// The probes, worst first.
    pub rows: Vec<ProbeRow>,
    /// How many are not shown.
    pub left_out: usize,
    /// Places that run them, and when each was heard.
    pub places: Vec<(Chip, String, Option<When>)>,
}

impl ProbesPage {
    /// Makes the page.
    pub fn new(probes: &[Probe], probers: &[Prober], now: Timestamp) -> Self {
        let mut sorted: Vec<&Probe> = probes.iter().collect();
        sorted.sort_by(|a, b| rank(a).cmp(&rank(b)).then_with(|| a.name.cmp(&b.name)));
        let place = |prober: &Prober| {
            let chip = match (prober.heard_at, prober.current) {
                (None, _) => Chip::unknown("Not heard"),
                (Some(_), false) => Chip::waits("Catching up"),
                (Some(_), true) => Chip::ok("Heard"),
            };
            let runs = text::counted(prober.probes as u64, "probe", "probes");
            (chip, format!("{} runs {runs}", prober.place), prober.heard_at.map(|at| When::age(at, now)))
        };
        Self {
            headline: headline(probes),
            rows: sorted.into_iter().take(ROWS_MAX).map(|probe| ProbeRow::of(probe, now)).collect(),
            left_out: probes.len().saturating_sub(ROWS_MAX),
            places: probers.iter().map(place).collect(),
        }
    }
}

fn headline(probes: &[Probe]) -> String {
    let of = |state| probes.iter().filter(|probe| probe.state == state).count();
    let unseen = of(ProbeState::Unknown);
    match (probes.len(), of(ProbeState::Down), unseen) {
        (0, ..) => "Nothing is tried from outside yet.".to_owned(),
        (_, 1, _) => {
            let down = probes.iter().find(|probe| probe.state == ProbeState::Down);
            format!("{} is down.", down.map_or("", |probe| probe.name.as_str()))
        }
        (_, n @ 2.., _) => format!("{} probes are down.", text::number_word(n)),
        (_, 0, 1) => "Nothing is down, but of one probe nobody can say.".to_owned(),
        (_, 0, n @ 2..) => format!("Nothing is down, but of {n} probes nobody can say."),
        (1, 0, 0) => "The one probe passes.".to_owned(),
        (n, 0, 0) => format!("All {n} probes pass."),
    }
}

impl PageView for ProbesPage {
    fn title(&self) -> String {
        "Probes".to_owned()
    }

    fn nav(&self) -> Nav {
        Nav::Objectives
    }
}

/// A run of a probe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunRow {
    /// Its slot.
    pub at: When,
    /// How it ended.
    pub chip: Chip,
    /// Where, and how long it took.
    pub said: String,
    /// Why it did not pass.
    pub why: Option<String>,
}

/// A probe's page.
#[derive(Debug, Template)]
#[template(path = "probe.html")]
pub struct ProbePage {
    /// The probe.
    pub row: ProbeRow,
    /// The business function it stands for.
    pub function: Option<String>,
    /// Longest time of one try.
    pub timeout: String,
    /// Where it was declared.
    pub declared: String,
    /// Where that stands in the ledger.
    pub position: LedgerLink,
    /// How long they took.
    pub plot: Option<Plot>,
    /// The newest runs.
    pub runs: Vec<RunRow>,
    /// How many more are kept.
    pub left_out: usize,
}

impl ProbePage {
    /// Makes the page.
    pub fn new(found: &ProbeRuns, now: Timestamp) -> Self {
        let probe = &found.probe;
        Self {
            row: ProbeRow::of(probe, now),
            function: probe.function.clone(),
            timeout: text::millis(probe.timeout_ms as f64),
            declared: probe.source.clone(),
            position: LedgerLink::new(probe.position),
            plot: runs_plot(found),
            runs: found.runs.iter().take(RUNS_MAX).map(run_row).collect(),
            left_out: found.runs.len().saturating_sub(RUNS_MAX),
        }
    }
}

fn run_row(run: &ProbeRun) -> RunRow {
    let retried = run.retried.as_ref().map_or_else(String::new, |first| format!("; the first try: {first}"));
    let why = run.reason.clone().or_else(|| run.code.clone());
    RunRow {
        at: When::clock(run.at),
        chip: state_chip(run.state),
        said: format!("from {}, {}{retried}", run.place, text::millis(run.took_ms as f64)),
        why: why.map(|why| text::sentence(&why)),
    }
}

impl PageView for ProbePage {
    fn title(&self) -> String {
        self.row.name.clone()
    }

    fn nav(&self) -> Nav {
        Nav::Objectives
    }
}
