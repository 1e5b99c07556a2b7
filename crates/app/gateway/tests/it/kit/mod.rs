//! What the tests are made of: a version, a control plane, a gateway, a user.

mod gateway;
mod plane;
mod user;
mod version;

use std::time::Duration;

use seaworthy_contract::catalogue::Sticky;
use seaworthy_contract::gateway::{ArmConfig, Config, RouteConfig, ServiceConfig, Upstream};
use seaworthy_model::{RolloutId, Share};
use uuid::Uuid;

pub(crate) use gateway::{Gateway, Home};
pub(crate) use plane::{Plane, Reports, Sums};
pub(crate) use user::{Answer, Wire, get, send, send_body};
pub(crate) use version::{Streamed, Version, reply};

/// Longest wait for anything: far above what a loaded machine needs.
pub(crate) const WAIT: Duration = Duration::from_secs(30);

/// A config of one service `checkout` on every host.
pub(crate) fn config(version: u64, stable: &[&Version], canary: Option<Upstream>) -> Config {
    Config { version, routes: vec![route()], services: vec![service("checkout", stable, canary)], controls: Vec::new() }
}

pub(crate) fn route() -> RouteConfig {
    RouteConfig {
        name: "*/".to_owned(),
        hosts: Vec::new(),
        path: "/".to_owned(),
        service: "checkout".parse().unwrap(),
        sticky: Some(Sticky::Header("x-user".to_owned())),
        timeout_ms: 20_000,
        attempt_timeout_ms: 10_000,
    }
}

pub(crate) fn service(name: &str, stable: &[&Version], canary: Option<Upstream>) -> ServiceConfig {
    let addresses: Vec<String> = stable.iter().map(|version| version.address.to_string()).collect();
    let arm = ArmConfig { version: "v1".parse().unwrap(), addresses };
    ServiceConfig { service: name.parse().unwrap(), stable: (!stable.is_empty()).then_some(arm), canary }
}

/// A canary `v2` at an address.
pub(crate) fn canary(address: impl ToString, percent: u16) -> Upstream {
    Upstream {
        rollout: rollout(1),
        step: 1,
        arm: ArmConfig { version: "v2".parse().unwrap(), addresses: vec![address.to_string()] },
        share: Share::from_basis_points(percent * 100).unwrap(),
    }
}

pub(crate) fn rollout(n: u128) -> RolloutId {
    RolloutId::from_uuid(Uuid::from_u128(n))
}

/// An address where nobody listens, nor ever will: the socket keeps the port until the test ends, and takes nothing.
pub(crate) fn nobody() -> std::net::SocketAddr {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind(([127, 0, 0, 1], 0).into()).unwrap();
    let address = socket.local_addr().unwrap();
    std::mem::forget(socket);
    address
}

/// Waits until something is so.
pub(crate) async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let waiting = async {
        while !is_so().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(WAIT, waiting).await.unwrap_or_else(|_| panic!("waited in vain until {what}"));
}
