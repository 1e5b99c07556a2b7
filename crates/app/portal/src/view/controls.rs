//! The controls of a service: what is set, what one would do before it is set, and how they are taken back.
//!
//! A form asks for a preview with GET, so it needs no script and changes nothing; the preview's one button sets it.

use askama::Template;
use jiff::Timestamp;
use seaworthy_contract::api::{Control, ControlAsked, ControlPreview, ControlState, SetControl};
use seaworthy_model::ServiceId;

use crate::chrome::{Nav, PageView};
use crate::part::{Chip, LedgerLink, When};
use crate::text;

/// Controls that are over and shown.
const OVER_MAX: usize = 10;

/// Ways that a preview lists: the busiest.
const WAYS_MAX: usize = 8;

/// A control in a list.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "components/control_row.html")]
pub struct ControlRow {
    /// Its id.
    pub id: String,
    /// Where it stands.
    pub chip: Chip,
    /// What it does.
    pub sentence: String,
    /// The service.
    pub service: String,
    /// Why, and whether it is an exercise.
    pub reason: String,
    /// Who set it.
    pub by: String,
    /// When.
    pub set: When,
    /// When it ends, or ended.
    pub end: When,
    /// Whether it is over.
    pub is_over: bool,
    /// What it did, and how fast.
    pub did: String,
    /// Where that stands.
    pub position: LedgerLink,
    /// The form token for taking it back; none for readers who may not, and for what is over.
    pub clear: Option<String>,
}

impl askama::filters::HtmlSafe for ControlRow {}

impl ControlRow {
    /// Says a control in a row.
    pub fn of(control: &Control, csrf: Option<&str>, now: Timestamp) -> Self {
        let is_over = control.state == ControlState::Over;
        let drill = if control.drill { "Drill: " } else { "" };
        Self {
            id: control.id.to_string(),
            chip: chip(control),
            sentence: text::sentence(&control.sentence),
            service: control.service.to_string(),
            reason: format!("{drill}{}", control.reason),
            by: control.by.clone(),
            set: When::age(control.set_at, now),
            end: When::until(control.cleared_at.unwrap_or(control.until)),
            is_over,
            did: did(control),
            position: LedgerLink::new(control.position),
            clear: csrf.filter(|_| !is_over).map(ToOwned::to_owned),
        }
    }
}

fn chip(control: &Control) -> Chip {
    match control.state {
        ControlState::Over => Chip::none("over"),
        ControlState::Setting => Chip::run(format!("{}, being set", control.kind)),
        ControlState::InForce => Chip::held(control.kind.clone()),
    }
}

fn did(control: &Control) -> String {
    let refused = text::counted(control.refused, "request refused", "requests refused");
    let passed = text::counted(control.passed, "passed", "passed");
    let took = control.took_s.map_or_else(
        || "not every gateway has said that it is in force".to_owned(),
        |took| format!("in force after {}", text::millis(took * 1_000.0)),
    );
    let unheard = match control.unheard.as_slice() {
        [] => String::new(),
        names => format!("; not heard, so perhaps without it: {}", names.join(", ")),
    };
    format!("{refused}, {passed}; {took}{unheard}")
}

/// What would happen, and what the button sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ControlAsk {
    /// What would happen, in a sentence.
    pub sentence: String,
    /// The ways that it concerns, with requests a second.
    pub ways: Vec<(String, String)>,
    /// When it would end.
    pub until: When,
    /// What to know before.
    pub warnings: Vec<String>,
    /// What the button says.
    pub button: String,
    /// What the form sends.
    pub fields: Vec<(&'static str, String)>,
}

/// What somebody wants to see before it is set.
#[derive(Debug, Clone, PartialEq)]
pub struct ControlShown {
    /// What they ask for.
    pub asked: SetControl,
    /// The fields of the form that say so.
    pub fields: Vec<(&'static str, String)>,
    /// What would happen, or why it cannot be.
    pub preview: Result<ControlPreview, String>,
}

/// What the page is made from.
#[derive(Debug, Clone, Copy)]
pub struct ControlsFacts<'a> {
    /// The service.
    pub service: &'a ServiceId,
    /// Its routes, by their names in counts.
    pub routes: &'a [String],
    /// Services that it calls, and that call it.
    pub edges: (&'a [String], &'a [String]),
    /// Its controls, those that are set first.
    pub controls: &'a [Control],
    /// What somebody wants to see before it is set.
    pub asked: Option<&'a ControlShown>,
    /// The form token, for readers who may change the service.
    pub csrf: Option<&'a str>,
    /// The time.
    pub now: Timestamp,
}

/// The controls of a service.
#[derive(Debug, Template)]
#[template(path = "controls.html")]
pub struct ControlsPage {
    /// The service.
    pub service: String,
    /// The answer.
    pub headline: String,
    /// What is asked before it is set.
    pub ask: Option<ControlAsk>,
    /// Why what was asked cannot be.
    pub refused: Option<String>,
    /// What is set.
    pub set: Vec<ControlRow>,
    /// What is over.
    pub over: Vec<ControlRow>,
    /// The form token; none for readers who may not.
    pub csrf: Option<String>,
    /// Routes to choose from.
    pub routes: Vec<String>,
    /// Services that it calls.
    pub calls: Vec<String>,
    /// Services that call it.
    pub callers: Vec<String>,
    /// Lengths to choose from: seconds, words.
    pub lengths: [(u32, &'static str); 5],
}

impl ControlsPage {
    /// Makes the page.
    pub fn new(facts: &ControlsFacts<'_>) -> Self {
        let row = |control: &Control| ControlRow::of(control, facts.csrf, facts.now);
        let (over, set): (Vec<_>, Vec<_>) = facts.controls.iter().partition(|c| c.state == ControlState::Over);
        let ask = facts.asked.and_then(|shown| Some(ask(shown, shown.preview.as_ref().ok()?)));
        Self {
            service: facts.service.to_string(),
            headline: headline(facts.service, &set),
            ask,
            refused: facts.asked.and_then(|shown| shown.preview.as_ref().err().map(|why| text::sentence(why))),
            set: set.into_iter().map(row).collect(),
            over: over.into_iter().take(OVER_MAX).map(row).collect(),
            csrf: facts.csrf.map(ToOwned::to_owned),
            routes: facts.routes.to_vec(),
            calls: facts.edges.0.to_vec(),
            callers: facts.edges.1.to_vec(),
            lengths: [(120, "2 min"), (600, "10 min"), (1_800, "30 min"), (3_600, "1 hour"), (14_400, "4 hours")],
        }
    }
}

fn headline(service: &ServiceId, set: &[&Control]) -> String {
    match set {
        [] => format!("All traffic of {service} goes as usual."),
        [one] => text::sentence(&one.sentence),
        many => format!("{} controls hold traffic of {service} back.", text::number_word(many.len())),
    }
}

fn ask(ControlShown { asked, fields, .. }: &ControlShown, preview: &ControlPreview) -> ControlAsk {
    let verb = match asked.what {
        ControlAsked::Shutter { .. } => "Shutter it now",
        ControlAsked::Throttle { .. } => "Throttle it now",
        ControlAsked::Isolate { .. } => "Isolate it now",
    };
    let ways = preview.ways.iter().take(WAYS_MAX);
    ControlAsk {
        sentence: text::sentence(&preview.sentence),
        ways: ways.map(|way| (way.name.clone(), format!("{:.1} a second", way.requests_per_second))).collect(),
        until: When::until(preview.until),
        warnings: preview.warnings.iter().map(|warning| text::sentence(warning)).collect(),
        button: if asked.drill { format!("{verb}, as a drill") } else { verb.to_owned() },
        fields: fields.clone(),
    }
}

impl PageView for ControlsPage {
    fn title(&self) -> String {
        format!("{}: controls", self.service)
    }

    fn nav(&self) -> Nav {
        Nav::Services
    }
}
