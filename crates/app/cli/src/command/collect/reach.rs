//! Asks an entry point once from this machine: what answers, and how long its certificate still holds.

use std::time::Duration;

use http::{HeaderMap, Method, Uri};
use jiff::Timestamp;
use seaworthy_client::{Client, resolve};
use seaworthy_collectors::Reached;
use seaworthy_tls::Connector;
use tokio::net::TcpStream;

/// How long one entry point may take: whoever waits longer is gone.
const PATIENCE: Duration = Duration::from_secs(10);

/// Asks. A command may already be inside a runtime, so this has a thread with one of its own.
pub(super) fn reach(url: &str) -> Reached {
    std::thread::scope(|scope| {
        let asked = scope.spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
            Some(runtime.block_on(ask(url)))
        });
        asked.join().ok().flatten().unwrap_or_default()
    })
}

async fn ask(url: &str) -> Reached {
    let Ok(uri) = url.parse::<Uri>() else { return Reached::default() };
    let answer = answer(&uri).await;
    let status = answer.as_ref().map(|(status, _)| *status);
    let to_tls =
        answer.is_some_and(|(status, location)| (300..400).contains(&status) && location.starts_with("https://"));
    let tls_days_left = match (uri.scheme_str(), uri.host()) {
        (Some("https"), Some(host)) => days_left(host, uri.port_u16().unwrap_or(443)).await,
        _ => None,
    };
    Reached { status, to_tls, tls_days_left }
}

/// Status and where the answer sends the client.
async fn answer(uri: &Uri) -> Option<(u16, String)> {
    let authority = uri.authority()?;
    let client = Client::new(&format!("{}://{authority}", uri.scheme_str()?), None).ok()?.with_timeout(PATIENCE);
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let response = client.request(Method::GET, path, Default::default(), HeaderMap::new()).await.ok()?;
    let location = response.headers.get(http::header::LOCATION).and_then(|value| value.to_str().ok());
    Some((response.status.as_u16(), location.unwrap_or_default().to_ascii_lowercase()))
}

async fn days_left(host: &str, port: u16) -> Option<i64> {
    let connected = async {
        let address = resolve(host, port).await.ok()?.into_iter().next()?;
        let stream = TcpStream::connect(address).await.ok()?;
        Connector::shared().connect(host, stream).await.ok()?.validity()
    };
    let validity = tokio::time::timeout(PATIENCE, connected).await.ok().flatten()?;
    Some(validity.days_left(Timestamp::now()))
}
