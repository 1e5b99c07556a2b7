//! Names to addresses, as the system has them; what must not be asked of anybody is answered here.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use tokio::net::lookup_host;

/// Where what is called `localhost` is.
const LOOPBACK: [IpAddr; 2] = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];

/// Returns the addresses of a name. What ends in `localhost` is this machine (RFC 6761, 6.3): most resolvers know that, some
/// ask others.
///
/// # Errors
/// When the name does not resolve, or this machine cannot ask.
pub async fn resolve(host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
    if is_localhost(host) {
        return Ok(LOOPBACK.map(|address| SocketAddr::new(address, port)).to_vec());
    }
    Ok(lookup_host((host, port)).await?.collect())
}

/// Says whether a name is `localhost` or ends in it, in any case, with or without the root's dot.
fn is_localhost(host: &str) -> bool {
    let name = host.strip_suffix('.').unwrap_or(host);
    name.rsplit('.').next().is_some_and(|last| last.eq_ignore_ascii_case("localhost"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn names_under_localhost_are_this_machine() {
        for (name, is_here) in [
            ("localhost", true),
            ("hello.localhost", true),
            ("A.b.LocalHost.", true),
            ("localhost.example", false),
            ("notlocalhost", false),
            ("hello.localhost..", false),
            ("127.0.0.1", false),
            ("", false),
        ] {
            assert_eq!(is_localhost(name), is_here, "{name:?}");
        }
        let found = resolve("hello.localhost", 80).await.unwrap();
        assert!(found.iter().all(|address| address.ip().is_loopback() && address.port() == 80), "{found:?}");
        assert_eq!(resolve("::1", 80).await.unwrap(), [SocketAddr::from((Ipv6Addr::LOCALHOST, 80))]);
    }
}
