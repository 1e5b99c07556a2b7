//! What a gateway is started with.

use std::fmt;
use std::net::TcpListener;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use seaworthy_model::GatewayName;

/// How long requests in flight have to finish after a stop, unless told otherwise: nothing that users wait for takes
/// longer, and a supervisor kills after it.
pub const DRAIN: Duration = Duration::from_secs(10);

/// Everything a gateway needs. The sockets are bound by whoever starts it, so that they outlive it.
pub struct GatewayOptions {
    /// Its name, stable across restarts.
    pub name: GatewayName,
    /// Base address of the control plane, `http://host:port`.
    pub server: String,
    /// The bearer token for it, with the gateway's scope. It also opens `/-/metrics`.
    pub token: String,
    /// Where the last good config and the break-glass journal are kept.
    pub data_dir: PathBuf,
    /// Where users' requests come in.
    pub inbound: TcpListener,
    /// Where services' requests to their dependencies come in, `/<caller>/<dependency>/...`, and questions about the
    /// gateway itself: `/-/healthz`, `/-/readyz`, `/-/metrics`.
    pub outbound: TcpListener,
    /// Path of the unix socket that works without control plane; its directory must exist.
    pub control_socket: PathBuf,
    /// Threads that carry requests; one a core where it is none.
    pub workers: Option<NonZeroUsize>,
    /// How long requests in flight have to finish after a stop.
    pub drain: Duration,
}

impl GatewayOptions {
    pub(crate) fn worker_count(&self) -> usize {
        self.workers.or_else(|| std::thread::available_parallelism().ok()).map_or(1, NonZeroUsize::get)
    }
}

impl fmt::Debug for GatewayOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GatewayOptions")
            .field("name", &self.name)
            .field("server", &self.server)
            .field("token", &"(not shown)")
            .field("data_dir", &self.data_dir)
            .field("control_socket", &self.control_socket)
            .finish_non_exhaustive()
    }
}
