//! "Who owns this?": one box, one answer.

use askama::Template;
use seaworthy_contract::api::{Service, WhoAnswer, WhoCandidate};

use super::services::ServiceRow;
use super::words::OnCallWords;
use crate::chrome::PageView;
use crate::part::{Chip, Prose};
use crate::text;

/// A service that may be meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// How sure.
    pub chip: Chip,
    /// The service.
    pub service: String,
    /// The owning team.
    pub team: String,
    /// Who is on call.
    pub on_call: Option<OnCallWords>,
    /// What matched.
    pub because: String,
    /// Where the owner was read.
    pub source: String,
}

/// The answer.
#[derive(Debug, Template)]
#[template(path = "who.html")]
pub struct WhoPage {
    /// What was asked, as it is shown.
    pub query: String,
    /// The answer in one line.
    pub headline: String,
    /// More of it.
    pub say: Option<Prose>,
    /// The best candidate.
    pub best: Option<Candidate>,
    /// The best candidate's service.
    pub service: Option<ServiceRow>,
    /// The others.
    pub others: Vec<Candidate>,
    /// Whether something was asked.
    pub asked: bool,
}

impl WhoPage {
    /// Makes the page. `service` is the best candidate's.
    pub fn new(answer: &WhoAnswer, service: Option<&Service>) -> Self {
        let mut candidates = answer.candidates.iter().map(candidate);
        let best = candidates.next();
        let asked = !answer.query.trim().is_empty();
        let shown = text::cut(answer.query.trim(), 80);
        Self {
            headline: match &best {
                Some(best) => headline(best),
                None if asked => format!("Nobody has declared “{shown}”."),
                None => "Who owns what?".to_owned(),
            },
            say: match &best {
                Some(_) => service.and_then(|service| service.description.as_deref()).map(Prose::new),
                None if asked => Some(Prose::new(
                    "No service, route, team or person of the catalogue fits it. Declare the owner in a file beside the \
                     service, then `seaworthy apply DIR`.",
                )),
                None => Some(Prose::new("Paste a service, URL, host, path, error line, team or person.")),
            },
            service: service.map(ServiceRow::of),
            others: candidates.collect(),
            query: answer.query.clone(),
            best,
            asked,
        }
    }
}

fn headline(best: &Candidate) -> String {
    let on_call = match &best.on_call {
        Some(words) => format!("{} is on call.", words.name),
        None => "Nobody is on call.".to_owned(),
    };
    format!("{}, owned by {}. {on_call}", best.service, best.team)
}

fn candidate(candidate: &WhoCandidate) -> Candidate {
    Candidate {
        chip: match candidate.confidence.as_str() {
            "certain" => Chip::ok("Certain"),
            "likely" => Chip::warn("Likely"),
            _ => Chip::unknown("Possible"),
        },
        service: candidate.service.to_string(),
        team: candidate.team.to_string(),
        on_call: candidate.on_call.as_ref().map(OnCallWords::of),
        because: candidate.because.clone(),
        source: candidate.source.clone(),
    }
}

impl PageView for WhoPage {
    fn title(&self) -> String {
        match self.asked {
            true => format!("Who owns {}", text::cut(&self.query, 40)),
            false => "Who owns this".to_owned(),
        }
    }

    fn has_box(&self) -> bool {
        false
    }
}
