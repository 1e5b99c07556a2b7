//! SMTP as a client speaks it to the relay that it was told (RFC 5321): one mail a connection, over TLS or STARTTLS.
//!
//! The relay's words may hold addresses, so only its codes are passed on. Its 4yz means later, its 5yz never. A relay that
//! breaks off after it has the mail may send it although we try again: the `Message-ID` is the same.

mod session;

use std::time::Duration;

use seaworthy_tls::Connector;
use tokio::net::TcpStream;

use crate::NotTaken;
use crate::relay::{Relay, Security, is_mailbox};
use session::Session;

/// Longest time to get a connection.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);

/// Longest time that a whole mail takes. RFC 5321 §4.5.3.2 would have us wait for minutes at each step; then the person
/// is called by another way.
const SEND_WITHIN: Duration = Duration::from_secs(20);

/// How mails leave.
pub(crate) struct Way<'a> {
    pub(crate) relay: &'a Relay,
    /// Where somebody signs in.
    pub(crate) password: Option<&'a str>,
    pub(crate) tls: &'a Connector,
}

/// Hands a mail to the relay.
pub(crate) async fn send(way: &Way<'_>, to: &str, mail: &str) -> Result<(), NotTaken> {
    within(SEND_WITHIN, way, to, mail).await
}

async fn within(time: Duration, way: &Way<'_>, to: &str, mail: &str) -> Result<(), NotTaken> {
    if !is_mailbox(to) {
        return Err(NotTaken::for_good("the address is no mailbox that every relay takes: name@host in ASCII"));
    }
    match tokio::time::timeout(time, deliver(way, to, mail)).await {
        Ok(sent) => sent,
        Err(_) => Err(NotTaken::for_now(format!("the mail relay took over {} ms", time.as_millis()))),
    }
}

async fn deliver(way: &Way<'_>, to: &str, mail: &str) -> Result<(), NotTaken> {
    let connect = TcpStream::connect((way.relay.host.as_str(), way.relay.port));
    let unreachable = || NotTaken::for_now("the mail relay could not be reached");
    let stream = tokio::time::timeout(CONNECT_WITHIN, connect).await.map_err(|_| unreachable())?;
    let stream = stream.map_err(|_| unreachable())?;
    let name = session::own_name(&stream);
    match way.relay.security {
        Security::None => {
            let mut session = Session::greeted(stream).await?;
            session.hello(&name).await?;
            session.hand_over(&way.relay.from, to, mail).await
        }
        Security::StartTls => {
            let mut session = Session::greeted(stream).await?;
            session.hello(&name).await?;
            let stream = session.start_tls().await?;
            over_tls(way, Session::new(secure(way, stream).await?), (&name, to, mail)).await
        }
        Security::Tls => {
            let session = Session::greeted(secure(way, stream).await?).await?;
            over_tls(way, session, (&name, to, mail)).await
        }
    }
}

async fn over_tls(
    way: &Way<'_>,
    mut session: Session<seaworthy_tls::TlsStream>,
    (name, to, mail): (&str, &str, &str),
) -> Result<(), NotTaken> {
    // What was offered before TLS was said by anybody: it is asked again (RFC 3207 §4.2).
    session.hello(name).await?;
    if let Some(user) = &way.relay.user {
        let missing = || NotTaken::for_good("the server has no secret \"smtp-password\"");
        session.sign_in(user, way.password.ok_or_else(missing)?).await?;
    }
    session.hand_over(&way.relay.from, to, mail).await
}

async fn secure(way: &Way<'_>, stream: TcpStream) -> Result<seaworthy_tls::TlsStream, NotTaken> {
    let secured = way.tls.connect(&way.relay.host, stream).await;
    secured.map_err(|error| match error {
        seaworthy_tls::TlsError::Broken(_) => NotTaken::for_now("the mail relay broke off before TLS was there"),
        // A certificate does not mend itself in the minutes that a page has.
        error => NotTaken::for_good(format!("the mail relay's TLS cannot be trusted: {error}")),
    })
}

#[cfg(test)]
mod tests;
