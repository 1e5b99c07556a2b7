//! Every page in every state: snapshots of what carries meaning, and rules that hold for all of them.

#[path = "../examples/render/controls.rs"]
mod controls;
#[path = "../examples/render/data.rs"]
mod data;
#[path = "../examples/render/downtime.rs"]
mod downtime;
#[path = "../examples/render/incidents.rs"]
mod incidents;
#[path = "../examples/render/me.rs"]
mod me;
#[path = "../examples/render/probed.rs"]
mod probed;
#[path = "../examples/render/readiness.rs"]
mod readiness;
#[path = "../examples/render/rota.rs"]
mod rota;
#[path = "../examples/render/shown.rs"]
mod shown;
#[path = "../examples/render/watched.rs"]
mod watched;
#[path = "../examples/render/week.rs"]
mod week;

mod pages;
mod rules;
mod tokens;
