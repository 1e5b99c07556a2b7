//! Desired state: what gateways and processes should be, computed from state alone and reconciled until it is so.

mod gateway;
mod probes;
mod process;

pub use gateway::{gateway_config, route_name};
pub use probes::probe_set;
pub use process::{Role, desired_processes, wanted};
