//! One connection that speaks HTTP/1.1, over TCP or TLS.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use seaworthy_tls::Connector;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use crate::Kind;
use crate::names::resolve;
use crate::target::{Scheme, Target};

/// Longest time to get a connection: on one machine it takes microseconds; a name server may need a second.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

pub(crate) type Message = Request<Full<Bytes>>;

/// A connection that can carry one exchange at a time.
pub(crate) struct Connection {
    sender: SendRequest<Full<Bytes>>,
}

impl Connection {
    pub(crate) async fn open(target: &Target) -> Result<Self, Kind> {
        let connect = async { TcpStream::connect(&resolve(&target.host, target.port).await?[..]).await };
        let stream = match tokio::time::timeout(CONNECT_TIMEOUT, connect).await {
            Ok(stream) => stream.map_err(Kind::Connect)?,
            Err(_) => return Err(Kind::Connect(io::Error::from(io::ErrorKind::TimedOut))),
        };
        stream.set_nodelay(true).map_err(Kind::Connect)?;
        match target.scheme {
            Scheme::Http => Self::speak(stream).await,
            Scheme::Https => {
                let secure = Connector::shared().connect(&target.host, stream);
                match tokio::time::timeout(CONNECT_TIMEOUT, secure).await {
                    // Nothing of the request was sent, so it is no connection, as where nobody listens.
                    Ok(secure) => Self::speak(secure.map_err(|error| Kind::Connect(io::Error::other(error)))?).await,
                    Err(_) => Err(Kind::Connect(io::Error::from(io::ErrorKind::TimedOut))),
                }
            }
        }
    }

    async fn speak(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) -> Result<Self, Kind> {
        let (sender, connection) = handshake(TokioIo::new(stream)).await.map_err(Kind::Broken)?;
        // Its failure reaches the caller through the sender or the body; there is nobody else to tell.
        tokio::spawn(async move { drop(connection.await) });
        Ok(Self { sender })
    }

    /// Tells whether the other side still has it open and the last exchange is over.
    pub(crate) async fn is_usable(&mut self) -> bool {
        self.sender.ready().await.is_ok()
    }

    /// Sends one request. The request comes back with the failure when not a byte of it was sent.
    pub(crate) async fn send(&mut self, message: Message) -> Result<Response<Incoming>, (Kind, Option<Message>)> {
        let sent = self.sender.try_send_request(message).await;
        sent.map_err(|mut error| {
            let message = error.take_message();
            (Kind::Broken(error.into_error()), message)
        })
    }
}
