//! Connections: a name, a socket, TLS; and whose fault it is when there is none.

use std::io;

use seaworthy_client::resolve;
use seaworthy_probe::{Code, Outcome, Reason};
use seaworthy_tls::{Connector, TlsError, TlsStream};
use tokio::net::TcpStream;

/// Takes `host:port` apart; the host without brackets.
pub(crate) fn host_and_port(address: &str) -> Option<(&str, u16)> {
    let (host, port) = address.rsplit_once(':')?;
    let host = host.strip_prefix('[').map_or(Some(host), |host| host.strip_suffix(']'))?;
    Some((host, port.parse().ok()?)).filter(|(host, port)| !host.is_empty() && *port > 0)
}

/// Connects to the first address of a name that takes it.
///
/// # Errors
/// When the name does not resolve, nobody accepts, or this machine has no way there.
pub(crate) async fn connect(host: &str, port: u16) -> Result<TcpStream, Outcome> {
    let addresses = resolve(host, port).await.map_err(|error| match is_own(&error) {
        true => own(&error),
        false => fail(Code::Name, "the name does not resolve"),
    })?;
    let mut worst = None;
    for address in addresses {
        match TcpStream::connect(address).await {
            Ok(stream) => {
                // Requests are small: waiting to fill a packet would be measured as the target's time.
                drop(stream.set_nodelay(true));
                return Ok(stream);
            }
            // That this machine has no way to one kind of addresses says less than what another address did.
            Err(error) if is_own(&error) => worst = worst.or_else(|| Some(own(&error))),
            Err(error) => worst = Some(fail(Code::Connection, format!("no connection ({})", word(&error)))),
        }
    }
    Err(worst.unwrap_or_else(|| fail(Code::Name, "the name has no address")))
}

/// Makes a stream secure.
///
/// # Errors
/// When the certificate is not good, or there is no TLS.
pub(crate) async fn secure(connector: &Connector, name: &str, stream: TcpStream) -> Result<TlsStream, Outcome> {
    connector.connect(name, stream).await.map_err(|error| match error {
        TlsError::Certificate(_) => fail(Code::Certificate, error.to_string()),
        TlsError::NoRoots | TlsError::Name(_) | TlsError::Roots { .. } => {
            Outcome::CannotSee(Reason::new(Code::Unable, error.to_string()))
        }
        TlsError::Handshake(_) => fail(Code::Tls, error.to_string()),
        TlsError::Broken(error) => fail(Code::Tls, format!("the connection broke off ({})", word(&error))),
    })
}

/// The target does not work.
pub(crate) fn fail(code: Code, text: impl Into<String>) -> Outcome {
    Outcome::Fail(Reason::new(code, text))
}

/// Whether it is this machine that has no sockets left, or no network at all.
fn is_own(error: &io::Error) -> bool {
    use io::ErrorKind::{AddrNotAvailable, NetworkDown, NetworkUnreachable, OutOfMemory, PermissionDenied};
    /// Too many open files, of this process and of the system: Linux gives no kind for them.
    const FILES: [i32; 2] = [24, 23];
    let kinds = [AddrNotAvailable, NetworkDown, NetworkUnreachable, OutOfMemory, PermissionDenied];
    kinds.contains(&error.kind()) || error.raw_os_error().is_some_and(|code| FILES.contains(&code))
}

fn own(error: &io::Error) -> Outcome {
    Outcome::CannotSee(Reason::new(Code::Offline, format!("this prober cannot connect ({})", word(error))))
}

/// What happened, in the system's words, without its number.
pub(crate) fn word(error: &io::Error) -> String {
    let kind = error.kind();
    match kind {
        io::ErrorKind::Other => "it broke".to_owned(),
        io::ErrorKind::UnexpectedEof => "it ended too soon".to_owned(),
        _ => kind.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_apart() {
        for (text, want) in [
            ("shop.example:443", Some(("shop.example", 443))),
            ("[::1]:80", Some(("::1", 80))),
            ("127.0.0.1:1", Some(("127.0.0.1", 1))),
            ("shop.example", None),
            (":80", None),
            ("a:0", None),
            ("a:65536", None),
            ("[::1:80", None),
            ("", None),
        ] {
            assert_eq!(host_and_port(text), want, "{text:?}");
        }
    }

    #[test]
    fn what_is_ours_is_not_blamed_on_the_target() {
        for (code, is_ours) in [(24, true), (23, true), (101, true), (111, false), (113, false), (110, false)] {
            assert_eq!(is_own(&io::Error::from_raw_os_error(code)), is_ours, "{code}");
        }
    }
}
