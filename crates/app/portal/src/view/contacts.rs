//! How a person is reached: kinds of channels in their order, and which they confirmed. No address is on the page.

use askama::Template;
use seaworthy_contract::api::{PersonContactState, PersonContacts};

use crate::chrome::PageView;
use crate::part::{Chip, When};

/// A contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactRow {
    /// Whether it is confirmed.
    pub chip: Chip,
    /// Its place, from 1.
    pub place: u16,
    /// What it is.
    pub channel: &'static str,
    /// When it was confirmed.
    pub confirmed: Option<When>,
}

/// The contacts of a person.
#[derive(Debug, Template)]
#[template(path = "contacts.html")]
pub struct ContactsPage {
    /// How they are reached, in one line.
    pub headline: String,
    /// The person.
    pub person: String,
    /// The contacts.
    pub rows: Vec<ContactRow>,
    /// Whether something is left to confirm.
    pub is_open: bool,
    /// The form token, for those who may write to them.
    pub csrf: Option<String>,
}

impl ContactsPage {
    /// Makes the page.
    pub fn new(known: &PersonContacts, csrf: Option<String>) -> Self {
        let name = known.display_name.clone().unwrap_or_else(|| known.person.to_string());
        let confirmed = known.contacts.iter().filter(|contact| contact.confirmed_at.is_some()).count();
        let headline = match (known.contacts.len(), confirmed) {
            (0, _) => format!("{name} has no contact: a page would only stand in the portal."),
            (_, 0) => format!("{name} has confirmed no contact yet."),
            (all, confirmed) if all == confirmed => format!("{name} can be reached: every contact is confirmed."),
            (all, confirmed) => format!("{name} can be reached: {confirmed} of {all} contacts are confirmed."),
        };
        Self {
            headline,
            person: known.person.to_string(),
            rows: known.contacts.iter().map(row).collect(),
            is_open: confirmed < known.contacts.len(),
            csrf,
        }
    }
}

fn row(contact: &PersonContactState) -> ContactRow {
    let channel = match contact.channel.as_str() {
        "email" => "E-mail",
        "slack" => "Slack",
        "pagerduty" => "PagerDuty",
        "webhook" => "Webhook",
        "command" => "Command",
        _ => "Another way",
    };
    ContactRow {
        chip: if contact.confirmed_at.is_some() { Chip::ok("Confirmed") } else { Chip::unknown("Not confirmed") },
        place: contact.contact,
        channel,
        confirmed: contact.confirmed_at.map(When::day),
    }
}

impl PageView for ContactsPage {
    fn title(&self) -> String {
        format!("Contacts of {}", self.person)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(confirmed: &[bool]) -> PersonContacts {
        let at = |yes: &bool| yes.then(|| "2026-11-21T02:00:00Z".parse().expect("a time"));
        let contact = |(n, yes)| PersonContactState { contact: n, channel: "email".to_owned(), confirmed_at: at(yes) };
        PersonContacts {
            person: "ines".parse().expect("a name"),
            display_name: Some("Inés".to_owned()),
            contacts: (1..).zip(confirmed).map(contact).collect(),
        }
    }

    #[test]
    fn the_headline_says_whether_somebody_can_be_reached() {
        for (confirmed, want, is_open) in [
            (&[][..], "Inés has no contact: a page would only stand in the portal.", false),
            (&[false, false], "Inés has confirmed no contact yet.", true),
            (&[true, false], "Inés can be reached: 1 of 2 contacts are confirmed.", true),
            (&[true], "Inés can be reached: every contact is confirmed.", false),
        ] {
            let page = ContactsPage::new(&known(confirmed), None);
            assert_eq!((page.headline.as_str(), page.is_open), (want, is_open));
        }
    }
}
