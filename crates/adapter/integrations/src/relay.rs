//! The mail relay that the server is told: one address that says host, port, user and how the connection is secured.

use std::fmt;

/// Longest address of a mailbox (RFC 5321 §4.5.3.1.3).
const MAILBOX_BYTES_MAX: usize = 254;

/// How a connection to a relay is secured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte: `smtps://`, port 465 (RFC 8314).
    Tls,
    /// STARTTLS, which the relay must offer: `smtp://`, port 587 (RFC 3207).
    StartTls,
    /// None: `smtp-plain://`, port 25, for a relay on the same machine or network. No password is sent over it.
    None,
}

/// Where mails go, and whom they are from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relay {
    /// A name or an address; the certificate must be for it.
    pub host: String,
    /// The port.
    pub port: u16,
    /// How the connection is secured.
    pub security: Security,
    /// Who signs in; nobody does where it is none. The password is a secret of the server.
    pub user: Option<String>,
    /// The sender's mailbox.
    pub from: String,
}

/// Why an address is no relay.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotARelay(&'static str);

impl Relay {
    /// Reads `smtp://[user@]host[:port]`, or the same with `smtps` or `smtp-plain`.
    ///
    /// # Errors
    /// When it is none of them, names a password, or would send one in the clear; or `from` is no mailbox.
    pub fn parse(url: &str, from: &str) -> Result<Self, NotARelay> {
        let (scheme, rest) =
            url.split_once("://").ok_or(NotARelay("write smtp://host, smtps://host or smtp-plain://host"))?;
        let (security, standard) = match scheme {
            "smtp" => (Security::StartTls, 587),
            "smtps" => (Security::Tls, 465),
            "smtp-plain" => (Security::None, 25),
            _ => return Err(NotARelay("a relay's address begins with smtp://, smtps:// or smtp-plain://")),
        };
        // Users are often mailboxes themselves: the last "@" divides.
        let (user, place) = match rest.trim_end_matches('/').rsplit_once('@') {
            Some((user, place)) => (Some(user.to_owned()), place),
            None => (None, rest.trim_end_matches('/')),
        };
        if user.as_ref().is_some_and(|user| user.is_empty() || user.contains([':', '\0'])) {
            return Err(NotARelay("only the user stands before the \"@\"; the password is the secret smtp-password"));
        }
        if user.is_some() && security == Security::None {
            return Err(NotARelay("a password is not sent over smtp-plain://: use smtp:// or smtps://"));
        }
        let (host, port) = host_and_port(place, standard).ok_or(NotARelay("write the relay as host or host:port"))?;
        if !is_mailbox(from) {
            return Err(NotARelay(
                "mails need a sender: set SEAWORTHY_MAIL_FROM to a mailbox such as pager@shop.example",
            ));
        }
        Ok(Self { host, port, security, user, from: from.to_owned() })
    }

    /// Returns the part of the sender's mailbox behind the `@`.
    pub(crate) fn domain(&self) -> &str {
        self.from.rsplit('@').next().unwrap_or_default()
    }
}

impl fmt::Display for Relay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

fn host_and_port(place: &str, standard: u16) -> Option<(String, u16)> {
    if let Some(rest) = place.strip_prefix('[') {
        let (host, port) = rest.split_once(']')?;
        let port = if port.is_empty() { standard } else { port.strip_prefix(':')?.parse().ok()? };
        return Some((host.to_owned(), port));
    }
    let (host, port) = match place.split_once(':') {
        Some((host, port)) => (host, port.parse().ok()?),
        None => (place, standard),
    };
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    (!host.is_empty() && host.chars().all(fits)).then(|| (host.to_owned(), port))
}

/// Returns whether a text can stand between `<` and `>` of an SMTP command: nothing in it ends the line or the mailbox.
pub(crate) fn is_mailbox(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_graphic() && !"<>()[],;:\\\"".contains(c);
    text.len() <= MAILBOX_BYTES_MAX
        && text.chars().all(fits)
        && text.rsplit_once('@').is_some_and(|(local, host)| !local.is_empty() && !host.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_relays() {
        for (url, want) in [
            ("smtp://mail.example", "StartTls mail.example:587 -"),
            ("smtps://pager@shop.example@mail.example/", "Tls mail.example:465 pager@shop.example"),
            ("smtp://pager@mail.example:2525", "StartTls mail.example:2525 pager"),
            ("smtp-plain://127.0.0.1", "None 127.0.0.1:25 -"),
            ("smtps://[::1]:4650", "Tls ::1:4650 -"),
        ] {
            let relay = Relay::parse(url, "a@b").expect(url);
            let user = relay.user.clone().unwrap_or_else(|| "-".to_owned());
            assert_eq!(format!("{:?} {relay} {user}", relay.security), want);
        }
        for (url, from, why) in [
            ("mail.example", "a@b", "write smtp://"),
            ("http://mail.example", "a@b", "begins with"),
            ("smtp://pager:secret@mail.example", "a@b", "smtp-password"),
            ("smtp-plain://pager@mail.example", "a@b", "not sent over"),
            ("smtp://", "a@b", "host"),
            ("smtp://mail.example:x", "a@b", "host:port"),
            ("smtp://mail example", "a@b", "host"),
            ("smtp://mail.example", "", "SEAWORTHY_MAIL_FROM"),
            ("smtp://mail.example", "a@b\r\nBcc: c@d", "SEAWORTHY_MAIL_FROM"),
        ] {
            let error = Relay::parse(url, from).expect_err(url).to_string();
            assert!(error.contains(why), "{error} does not say {why}");
            assert!(!error.contains("secret@"), "no password is repeated");
        }
    }
}
