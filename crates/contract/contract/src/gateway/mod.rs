//! What server and gateway say to each other: config down, telemetry up.

mod config;
mod control;
mod telemetry;

pub use config::{ArmConfig, Config, ControlConfig, RouteConfig, ServiceConfig, Upstream};
pub use control::{
    CONTROL_LINE_MAX, ControlCanary, ControlHeld, ControlReply, ControlRequest, ControlStatus, ControlWanted, Reverted,
    revert_command,
};
pub use telemetry::{
    BreakGlass, COUNTS_MAX, Classes, ControlHand, ControlSeen, Count, GAVE_UP_MS, InFlight, Moment, REPORT_EVERY_MS,
    Report, ReportAck, Trip, USER_EPOCH_MS,
};

/// Name of the cookie that holds a person's session with the portal.
///
/// A cookie knows no ports: browsers send it to everything on the portal's host, so gateways keep it from services.
pub const SESSION_COOKIE: &str = "sw_session";
