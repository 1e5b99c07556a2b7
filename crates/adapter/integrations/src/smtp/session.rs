//! One conversation with a relay: commands, replies, and the mail.

use std::collections::BTreeSet;
use std::net::IpAddr;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use crate::NotTaken;
use crate::mail::base64;

/// Longest line of a reply, in bytes: four times what RFC 5321 §4.5.3.1.5 allows.
const LINE_BYTES_MAX: u64 = 2_048;

/// Most lines of a reply: relays offer a dozen extensions.
const LINES_MAX: usize = 100;

/// What a reply says: its code, and the enhanced one (RFC 3463) where there is one.
struct Reply {
    code: u16,
    lines: Vec<String>,
}

impl Reply {
    /// Says that this was not what was hoped for: 4yz is for now, everything else for good.
    fn refusal(&self, to_what: &str) -> NotTaken {
        let why = format!("the mail relay answered {}{} to {to_what}", self.code, self.enhanced());
        if (400..500).contains(&self.code) { NotTaken::for_now(why) } else { NotTaken::for_good(why) }
    }

    /// ` 5.1.1`, where it begins so. Nothing else of a relay's words is repeated: they may hold addresses.
    fn enhanced(&self) -> String {
        let word = self.lines.first().and_then(|line| line.split(' ').next()).unwrap_or_default();
        let digits = |part: &str| (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        let is_code = word.split('.').count() == 3 && word.split('.').all(digits);
        if is_code { format!(" {word}") } else { String::new() }
    }
}

/// How the client calls itself: by its address, which tells nothing that the relay does not see (RFC 5321 §4.1.3).
pub(super) fn own_name(stream: &TcpStream) -> String {
    match stream.local_addr().map(|address| address.ip()) {
        Ok(IpAddr::V4(address)) => format!("[{address}]"),
        Ok(IpAddr::V6(address)) => format!("[IPv6:{address}]"),
        Err(_) => "[127.0.0.1]".to_owned(),
    }
}

/// A conversation.
pub(super) struct Session<S> {
    stream: BufReader<S>,
    /// What the relay offers, in capitals: `STARTTLS`, `AUTH PLAIN`.
    offers: BTreeSet<String>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Session<S> {
    pub(super) fn new(stream: S) -> Self {
        Self { stream: BufReader::new(stream), offers: BTreeSet::new() }
    }

    /// Waits for the greeting.
    pub(super) async fn greeted(stream: S) -> Result<Self, NotTaken> {
        let mut session = Self::new(stream);
        session.expect(220, "our call").await?;
        Ok(session)
    }

    /// Greets and learns what is offered.
    pub(super) async fn hello(&mut self, name: &str) -> Result<(), NotTaken> {
        let reply = self.ask(&format!("EHLO {name}"), 250, "EHLO").await?;
        self.offers.clear();
        for line in reply.lines.iter().skip(1).map(|line| line.to_ascii_uppercase()) {
            // `AUTH PLAIN LOGIN` offers two things.
            match line.strip_prefix("AUTH ") {
                Some(ways) => self.offers.extend(ways.split_whitespace().map(|way| format!("AUTH {way}"))),
                None => self.offers.extend([line.split(' ').next().unwrap_or_default().to_owned()]),
            }
        }
        Ok(())
    }

    /// Asks for TLS and returns the bare stream.
    pub(super) async fn start_tls(mut self) -> Result<S, NotTaken> {
        if !self.offers.contains("STARTTLS") {
            return Err(NotTaken::for_good("the mail relay offers no STARTTLS: nothing is sent in the clear"));
        }
        self.ask("STARTTLS", 220, "STARTTLS").await?;
        // What already came was said by whoever stands in between, and would be read as the relay's word over TLS.
        match self.stream.buffer().is_empty() {
            true => Ok(self.stream.into_inner()),
            false => Err(NotTaken::for_good("the mail relay spoke on before TLS was there")),
        }
    }

    /// Signs in (RFC 4954).
    pub(super) async fn sign_in(&mut self, user: &str, password: &str) -> Result<(), NotTaken> {
        if self.offers.contains("AUTH PLAIN") {
            let who = base64(format!("\0{user}\0{password}").as_bytes());
            self.ask(&format!("AUTH PLAIN {who}"), 235, "our sign-in").await?;
        } else if self.offers.contains("AUTH LOGIN") {
            self.ask("AUTH LOGIN", 334, "our sign-in").await?;
            self.ask(&base64(user.as_bytes()), 334, "our sign-in").await?;
            self.ask(&base64(password.as_bytes()), 235, "our sign-in").await?;
        } else {
            return Err(NotTaken::for_good("the mail relay offers no way to sign in that is known here"));
        }
        Ok(())
    }

    /// Hands the mail over and says goodbye.
    pub(super) async fn hand_over(&mut self, from: &str, to: &str, mail: &str) -> Result<(), NotTaken> {
        self.ask(&format!("MAIL FROM:<{from}>"), 250, "the sender").await?;
        self.ask(&format!("RCPT TO:<{to}>"), 250, "the recipient").await?;
        self.ask("DATA", 354, "DATA").await?;
        self.write(&stuffed(mail)).await?;
        self.ask(".", 250, "the mail").await?;
        // It is theirs now; what becomes of the goodbye changes nothing.
        self.write("QUIT\r\n").await.ok();
        Ok(())
    }

    async fn ask(&mut self, command: &str, wanted: u16, what: &str) -> Result<Reply, NotTaken> {
        self.write(&format!("{command}\r\n")).await?;
        self.expect(wanted, what).await
    }

    async fn write(&mut self, text: &str) -> Result<(), NotTaken> {
        let written = self.stream.write_all(text.as_bytes()).await;
        written.and(self.stream.flush().await).map_err(|_| broken())
    }

    async fn expect(&mut self, wanted: u16, what: &str) -> Result<Reply, NotTaken> {
        let reply = self.reply().await?;
        // 251 forwards, as good as 250.
        let is_wanted = reply.code == wanted || (wanted == 250 && reply.code == 251);
        if is_wanted { Ok(reply) } else { Err(reply.refusal(what)) }
    }

    async fn reply(&mut self) -> Result<Reply, NotTaken> {
        let mut lines = Vec::new();
        while lines.len() < LINES_MAX {
            let line = self.line().await?;
            let odd = || NotTaken::for_good("what answers there does not speak SMTP");
            let (code, rest) = line.split_at_checked(3).ok_or_else(odd)?;
            let code = code.parse().map_err(|_| odd())?;
            lines.push(rest.get(1..).unwrap_or_default().to_owned());
            if !rest.starts_with('-') {
                return Ok(Reply { code, lines });
            }
        }
        Err(NotTaken::for_good("the mail relay's answer does not end"))
    }

    async fn line(&mut self) -> Result<String, NotTaken> {
        let mut line = Vec::new();
        let read = (&mut self.stream).take(LINE_BYTES_MAX).read_until(b'\n', &mut line).await;
        match read {
            Ok(_) if line.ends_with(b"\n") => Ok(String::from_utf8_lossy(&line).trim_end().to_owned()),
            Ok(count) if u64::try_from(count) == Ok(LINE_BYTES_MAX) => {
                Err(NotTaken::for_good("the mail relay's answer is too long"))
            }
            _ => Err(broken()),
        }
    }
}

/// Doubles a dot at the start of a line: alone it would end the mail (RFC 5321 §4.5.2).
fn stuffed(mail: &str) -> String {
    let text = mail.strip_suffix("\r\n").unwrap_or(mail);
    let mut out = String::with_capacity(mail.len() + 16);
    for line in text.split("\r\n") {
        if line.starts_with('.') {
            out.push('.');
        }
        out.push_str(line);
        out.push_str("\r\n");
    }
    out
}

fn broken() -> NotTaken {
    NotTaken::for_now("the mail relay broke off")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_of_a_mail_ends_it() {
        assert_eq!(stuffed("a\r\n.\r\n..b\r\n"), "a\r\n..\r\n...b\r\n");
        assert_eq!(stuffed("a"), "a\r\n");
    }

    #[test]
    fn a_reply_passes_on_codes_only() {
        let reply = |code, line: &str| Reply { code, lines: vec![line.to_owned()] }.refusal("the recipient");
        let not = reply(550, "5.1.1 <ines@shop.example> unknown");
        assert_eq!((not.why.as_str(), not.again), ("the mail relay answered 550 5.1.1 to the recipient", false));
        let not = reply(451, "ines@shop.example is greylisted");
        assert_eq!((not.why.as_str(), not.again), ("the mail relay answered 451 to the recipient", true));
        assert!(!reply(200, "").again, "neither yes nor later");
    }
}
