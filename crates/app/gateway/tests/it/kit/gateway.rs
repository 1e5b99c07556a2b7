//! A gateway in this process, on real sockets, in a directory that goes away with the test.

use std::net::{SocketAddr, TcpListener};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::time::Duration;

use seaworthy_contract::gateway::{Config, ControlReply, ControlRequest};
use seaworthy_gateway::{GatewayOptions, RunningGateway, start};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;

use crate::kit::{Plane, get, until};

/// A gateway's directory; it outlives the gateway.
pub(crate) struct Home(pub(crate) PathBuf);

impl Home {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("seaworthy-gateway-{}-{}", std::process::id(), NEXT.fetch_add(1, SeqCst));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.0.join("control.sock")
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

pub(crate) struct Gateway {
    pub(crate) inbound: SocketAddr,
    pub(crate) outbound: SocketAddr,
    pub(crate) home: Home,
    running: Option<RunningGateway>,
}

impl Gateway {
    /// Starts one that has the plane's config in force.
    pub(crate) async fn new(plane: &Plane) -> Self {
        let gateway = Self::start_in(Home::new(), &plane.url());
        gateway.until_ready().await;
        gateway
    }

    /// Starts one with a plane that says this config.
    pub(crate) async fn with(config: &Config) -> (Self, Plane) {
        let plane = Plane::new(config).await;
        (Self::new(&plane).await, plane)
    }

    /// Starts one and waits for nothing.
    pub(crate) fn start_in(home: Home, server: &str) -> Self {
        let inbound = TcpListener::bind("127.0.0.1:0").unwrap();
        let outbound = TcpListener::bind("127.0.0.1:0").unwrap();
        let (inbound_at, outbound_at) = (inbound.local_addr().unwrap(), outbound.local_addr().unwrap());
        let running = start(GatewayOptions {
            name: "g1".parse().unwrap(),
            server: server.to_owned(),
            token: "sw_secret".to_owned(),
            data_dir: home.0.join("data"),
            inbound,
            outbound,
            control_socket: home.socket(),
            workers: NonZeroUsize::new(2),
            drain: Duration::from_secs(10),
        })
        .unwrap();
        Self { inbound: inbound_at, outbound: outbound_at, home, running: Some(running) }
    }

    pub(crate) async fn until_ready(&self) {
        until("the gateway is ready", async || get(self.outbound, "/-/readyz").await.status == 200).await;
    }

    /// Waits until a config is in force.
    pub(crate) async fn until_config(&self, version: u64) {
        until("the config is in force", async || {
            matches!(self.ask(&ControlRequest::Status).await, ControlReply::Status(s) if s.config == Some(version))
        })
        .await;
    }

    /// Asks on the control socket.
    pub(crate) async fn ask(&self, request: &ControlRequest) -> ControlReply {
        let line = serde_json::to_string(request).unwrap();
        serde_json::from_str(&self.ask_line(&line).await).unwrap()
    }

    pub(crate) async fn ask_line(&self, line: &str) -> String {
        let mut stream = BufReader::new(UnixStream::connect(self.home.socket()).await.unwrap());
        stream.write_all(format!("{line}\n").as_bytes()).await.unwrap();
        let mut reply = String::new();
        stream.read_line(&mut reply).await.unwrap();
        reply
    }

    /// Stops it, while the test's own servers go on.
    pub(crate) async fn stop(&mut self) {
        if let Some(running) = self.running.take() {
            tokio::task::spawn_blocking(move || running.stop()).await.unwrap().unwrap();
        }
    }

    /// Stops it and starts another one in the same directory.
    pub(crate) async fn restart(mut self, server: &str) -> Self {
        self.stop().await;
        let home = Home(std::mem::take(&mut self.home.0));
        Self::start_in(home, server)
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        // A test that ends waits for nothing; the threads end with the process.
        drop(self.running.take());
    }
}
