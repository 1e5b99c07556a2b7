//! Where pages go: a real mail server that takes them by STARTTLS from whoever signs in (Debian's chasquid), and two
//! receivers that hold us to what PagerDuty and Slack document.
//!
//! `files/relay/key.pem` is the key of a certificate for `localhost` that nobody but this check trusts.

use std::path::{Path, PathBuf};
use std::time::Duration;

use seaworthy_receivers::{Contract, Receiver};

use super::http::wait;
use super::install::Programs;
use super::world::{Running, free_address, write};
use crate::shell::{Outcome, command, run};

/// Longest wait for the mail server.
const READY_WITHIN: Duration = Duration::from_secs(20);

/// Who sends, and what lets them.
const SENDER: (&str, &str) = ("pager@shop.test", "a password of the check");

/// A routing key has 32 letters and digits.
const ROUTING_KEY: &str = "CONFORMANCE0CONFORMANCE0CONFORMA";

/// The receivers of pages. Dropping it ends the mail server.
pub(super) struct Post {
    _relay: Running,
    submission: String,
    certificate: PathBuf,
    mails: PathBuf,
    pub(super) slack: Receiver,
    pub(super) pagerduty: Receiver,
}

impl Post {
    /// Starts everything below a folder.
    ///
    /// # Errors
    /// When something does not start.
    pub(super) fn start(programs: &Programs, folder: &Path) -> Outcome<Self> {
        let failed = |error| format!("could not start a receiver of pages: {error}");
        let (slack, pagerduty) = (Receiver::start(Contract::Slack), Receiver::start(Contract::PagerDuty));
        let config = folder.join("relay");
        let certificate = config.join("certs/localhost/fullchain.pem");
        write(&certificate, include_str!("files/relay/cert.pem"))?;
        write(&config.join("certs/localhost/privkey.pem"), include_str!("files/relay/key.pem"))?;
        let (smtp, submission, mails) = (free_address()?, free_address()?, folder.join("mails"));
        let text = include_str!("files/chasquid.conf").replace("SMTP", &smtp.to_string());
        let text = text.replace("SUBMISSION", &submission.to_string()).replace("FOLDER", &folder.display().to_string());
        write(&config.join("chasquid.conf"), &text)?;
        write(&config.join("domains/shop.test/aliases"), "")?;
        let option = format!("--configdir={}", config.display());
        for user in ["mia@shop.test", SENDER.0] {
            let mut add = command(&programs.chasquid_util);
            run(add.args([&option, "user-add", user]).arg(format!("--password={}", SENDER.1)))?;
        }
        let mut relay = command(&programs.chasquid);
        relay.arg(format!("--config_dir={}", config.display())).arg("--alsologtostderr");
        let relay = Running::start(&mut relay, &folder.join("relay.log"))?;
        let connects = || Ok(std::net::TcpStream::connect(submission).ok());
        wait("the mail server listens", READY_WITHIN, connects)?;
        Ok(Self {
            _relay: relay,
            submission: format!("smtp://{}@localhost:{}", SENDER.0, submission.port()),
            certificate,
            mails,
            slack: slack.map_err(failed)?,
            pagerduty: pagerduty.map_err(failed)?,
        })
    }

    /// Returns what the server is told, variable by variable.
    pub(super) fn variables(&self) -> Vec<(&'static str, String)> {
        vec![
            ("SEAWORTHY_SMTP", self.submission.clone()),
            ("SEAWORTHY_MAIL_FROM", SENDER.0.to_owned()),
            ("SEAWORTHY_SECRET_SMTP_PASSWORD", SENDER.1.to_owned()),
            ("SEAWORTHY_SECRET_MIA_SLACK", format!("{}/services/T0/B0/secret", self.slack.base())),
            ("SEAWORTHY_SECRET_HARBOUR_PAGERDUTY", ROUTING_KEY.to_owned()),
            ("SEAWORTHY_PAGERDUTY", self.pagerduty.base()),
            ("SSL_CERT_FILE", self.certificate.display().to_string()),
        ]
    }

    /// Returns every mail that the mail server delivered, as it stands in the mailbox.
    pub(super) fn mails(&self) -> Vec<String> {
        let text = std::fs::read_to_string(&self.mails).unwrap_or_default();
        text.split("\u{c}\n").map(|mail| mail.replace("\r\n", "\n")).filter(|mail| !mail.trim().is_empty()).collect()
    }
}
