//! Every service: is it well, whose is it.

use askama::Template;
use seaworthy_contract::api::Service;

use super::words::{OnCallWords, service_chip};
use crate::chrome::{Nav, PageView};
use crate::part::Chip;
use crate::text;

/// A service in a list.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "components/service_row.html")]
pub struct ServiceRow {
    /// Its state.
    pub chip: Chip,
    /// Its name.
    pub name: String,
    /// Is it well?
    pub sentence: String,
    /// What it does.
    pub description: Option<String>,
    /// The owning team.
    pub owner: String,
    /// Who is on call; none is said.
    pub on_call: Option<OnCallWords>,
    /// The place the catalogue was read from.
    pub source: String,
}

impl ServiceRow {
    /// Says a service in a row.
    pub fn of(service: &Service) -> Self {
        Self {
            chip: service_chip(service),
            name: service.name.to_string(),
            sentence: service.sentence.clone(),
            description: service.description.clone(),
            owner: service.owner.to_string(),
            on_call: service.on_call.as_ref().map(OnCallWords::of),
            source: service.source.clone(),
        }
    }
}

impl askama::filters::HtmlSafe for ServiceRow {}

/// The list of services.
#[derive(Debug, Template)]
#[template(path = "services.html")]
pub struct ServicesPage {
    /// The answer.
    pub headline: String,
    /// More of it.
    pub say: Option<String>,
    /// The services.
    pub rows: Vec<ServiceRow>,
}

impl ServicesPage {
    /// Makes the page.
    pub fn new(services: &[Service]) -> Self {
        let n = services.len();
        let nobody = services.iter().filter(|service| service.on_call.is_none()).count();
        Self {
            headline: match n {
                0 => "No service is declared yet.".to_owned(),
                1 => "One service, with one owner.".to_owned(),
                n => format!("{} services, each with one owner.", text::number_word(n)),
            },
            say: (n > 0).then(|| match nobody {
                0 => "Each has somebody on call now.".to_owned(),
                n => format!("{} nobody on call now.", text::counted(n as u64, "of them has", "of them have")),
            }),
            rows: services.iter().map(ServiceRow::of).collect(),
        }
    }
}

impl PageView for ServicesPage {
    fn title(&self) -> String {
        "Services".to_owned()
    }

    fn nav(&self) -> Nav {
        Nav::Services
    }
}
