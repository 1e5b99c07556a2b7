//! All channels, with what they need besides a contact: the operator's settings, and secrets by their names.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use seaworthy_contract::catalogue::{Contact, SecretName};
use seaworthy_tls::Connector;
use tokio::time::Instant;

use crate::{NotTaken, Note, Relay, command, mail, pagerduty, slack, smtp, webhook};

/// Receivers that asked to be left alone and are remembered: beyond that somebody is asked once too often.
const AWAY_MAX: usize = 1_000;

/// The secret that signs in at the mail relay.
const SMTP_PASSWORD: &str = "smtp-password";

/// A clock.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Finds a secret by its name; asked at each message, so that a new one counts at once.
pub type Lookup = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// What the operator says, once for everybody.
#[derive(Clone)]
pub struct Settings {
    /// Where mails go; or why none do.
    pub relay: Result<Relay, String>,
    /// Where PagerDuty takes events: [`crate::PAGERDUTY`], or the address of another service region.
    pub pagerduty: String,
    /// Secrets.
    pub secrets: Lookup,
    /// The time.
    pub clock: Clock,
    /// Whom TLS trusts.
    pub tls: Connector,
}

/// The ways to people.
pub struct Channels {
    settings: Settings,
    tls: Connector,
    away: Mutex<BTreeMap<String, Instant>>,
}

/// Returns whether a contact is told what follows a call. A program or a webhook that is of somebody's own making may take
/// whatever comes for a call, and nobody is woken by good news.
pub fn hears_what_follows(contact: &Contact) -> bool {
    match contact {
        Contact::Email { .. } | Contact::Slack { .. } | Contact::PagerDuty { .. } => true,
        Contact::Webhook { .. } | Contact::Command { .. } => false,
    }
}

impl Channels {
    /// Takes the operator's settings.
    pub fn new(settings: Settings) -> Self {
        let tls = settings.tls.without_alpn();
        Self { settings, tls, away: Mutex::default() }
    }

    /// Sends a note to one contact. A new channel is a file and a line here.
    ///
    /// # Errors
    /// When the channel did not take it.
    pub async fn send(&self, contact: &Contact, note: &Note) -> Result<(), NotTaken> {
        let receiver = receiver(contact);
        if receiver.as_ref().is_some_and(|receiver| self.is_away(receiver)) {
            return Err(NotTaken::for_now("the receiver asked to be left alone for a moment"));
        }
        let sent = self.send_now(contact, note).await;
        if let (Some(receiver), Err(NotTaken { away: Some(away), .. })) = (receiver, &sent) {
            self.leave_alone(receiver, Instant::now() + *away);
        }
        sent
    }

    async fn send_now(&self, contact: &Contact, note: &Note) -> Result<(), NotTaken> {
        match contact {
            Contact::Webhook { url, secret } => {
                let secret = secret.as_ref().map(|name| self.secret(name)).transpose()?;
                webhook::send(url, secret.as_deref(), note, (self.settings.clock)()).await
            }
            Contact::Command { command } => command::send(command, note).await,
            Contact::Email { address } => self.mail(address, note).await,
            Contact::Slack { secret } => slack::send(&self.secret(secret)?, note).await,
            Contact::PagerDuty { secret } => {
                pagerduty::send(&self.settings.pagerduty, &self.secret(secret)?, note).await
            }
        }
    }

    async fn mail(&self, to: &str, note: &Note) -> Result<(), NotTaken> {
        let relay = self.settings.relay.as_ref().map_err(|why| NotTaken::for_good(why.as_str()))?;
        let password = (self.settings.secrets)(SMTP_PASSWORD);
        let way = smtp::Way { relay, password: password.as_deref(), tls: &self.tls };
        let mail = mail::mail(note, (&relay.from, relay.domain(), to), (self.settings.clock)());
        smtp::send(&way, to, &mail).await
    }

    /// Returns the time.
    pub(crate) fn now(&self) -> Timestamp {
        (self.settings.clock)()
    }

    /// Fills in every `${secret:NAME}` of a text.
    pub(crate) fn with_secrets(&self, text: &str) -> Result<String, NotTaken> {
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, name, after)) = next_secret(rest) {
            let missing = || NotTaken::for_now(format!("the server has no secret \"{name}\""));
            let secret = (self.settings.secrets)(name).ok_or_else(missing)?;
            filled.push_str(before);
            filled.push_str(secret.trim());
            rest = after;
        }
        Ok(filled + rest)
    }

    /// Returns a secret by its name.
    ///
    /// # Errors
    /// When the server has none of that name.
    pub fn secret(&self, name: &SecretName) -> Result<String, NotTaken> {
        let missing = || NotTaken::for_good(format!("the server has no secret \"{name}\""));
        (self.settings.secrets)(name.as_str()).map(|secret| secret.trim().to_owned()).ok_or_else(missing)
    }

    fn is_away(&self, receiver: &str) -> bool {
        let away = self.away.lock().unwrap_or_else(PoisonError::into_inner);
        away.get(receiver).is_some_and(|until| Instant::now() < *until)
    }

    fn leave_alone(&self, receiver: String, until: Instant) {
        let mut away = self.away.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        away.retain(|_, until| now < *until);
        if away.len() < AWAY_MAX {
            away.insert(receiver, until);
        }
    }
}

/// Returns what stands before a `${secret:NAME}`, the name, and what stands behind it.
fn next_secret(text: &str) -> Option<(&str, &str, &str)> {
    let (before, behind) = text.split_once("${secret:")?;
    let (name, after) = behind.split_once('}')?;
    Some((before, name, after))
}

/// What counts messages on the other side; none where nobody does.
fn receiver(contact: &Contact) -> Option<String> {
    match contact {
        Contact::Webhook { url, .. } => Some(format!("webhook {url}")),
        Contact::Slack { secret } => Some(format!("slack {secret}")),
        Contact::PagerDuty { secret } => Some(format!("pagerduty {secret}")),
        Contact::Command { .. } | Contact::Email { .. } => None,
    }
}

impl fmt::Debug for Channels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Channels").field("relay", &self.settings.relay).finish_non_exhaustive()
    }
}
