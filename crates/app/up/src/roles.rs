//! Server and gateway together: made from what was prepared, stopped in the order that fails nobody's request.

use seaworthy_contract::process::{GatewayBoot, ServerBoot};
use seaworthy_model::GatewayName;
use serde::Serialize;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use crate::layout::Layout;
use crate::pulse::Asked;
use crate::reporter::Reporter;
use crate::role::{Keeper, News, Role};
use crate::sockets::{Both, Prepared, callable, url};
use crate::stop::Haste;
use crate::{ProcessName, UpOptions};

/// News that wait to be read: two roles tell a few things each.
const NEWS_MAX: usize = 8;

/// What others need to know of the roles.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    pub(crate) server: ServerBoot,
    pub(crate) gateway: GatewayBoot,
}

impl Known {
    pub(crate) fn portal(&self) -> String {
        url(self.server.portal)
    }

    pub(crate) fn inbound(&self) -> String {
        url(self.gateway.inbound)
    }

    pub(crate) fn outbound(&self) -> String {
        url(self.gateway.outbound)
    }

    fn server_asked(&self, options: &UpOptions) -> Asked {
        let address = callable(self.server.portal).to_string();
        Asked { address, path: "/healthz", pulse: options.pulses.server }
    }

    fn gateway_asked(&self, options: &UpOptions) -> Asked {
        let address = callable(self.gateway.outbound).to_string();
        Asked { address, path: "/-/healthz", pulse: options.pulses.gateway }
    }

    /// The name under which this machine's versions are desired.
    pub(crate) fn agent(&self) -> &GatewayName {
        &self.server.gateway
    }
}

/// Both roles, being kept.
#[derive(Debug)]
pub(crate) struct Roles {
    server: Kept,
    gateway: Kept,
}

#[derive(Debug)]
struct Kept {
    task: JoinHandle<()>,
    haste: watch::Sender<Haste>,
    /// It ran before us.
    adopted: bool,
}

impl Roles {
    pub(crate) fn start(
        both: Both,
        options: &UpOptions,
        layout: &Layout,
        reporter: &Reporter,
    ) -> (Self, Known, mpsc::Receiver<News>) {
        let (sender, news) = mpsc::channel(NEWS_MAX);
        let known = Known { server: both.server.boot.clone(), gateway: both.gateway.boot.clone() };
        let start = |name, prepared, asked| keep(name, options, prepared, asked, layout, &sender, reporter);
        let server = start(ProcessName::Server, untyped(both.server), known.server_asked(options));
        let gateway = start(ProcessName::Gateway, untyped(both.gateway), known.gateway_asked(options));
        (Self { server, gateway }, known, news)
    }

    /// Lets the gateway finish what it has and stops it.
    pub(crate) async fn stop_gateway(&mut self, haste: Haste) {
        self.gateway.stop(haste).await;
    }

    /// Stops the server.
    pub(crate) async fn stop_server(&mut self, haste: Haste) {
        self.server.stop(haste).await;
    }

    /// Stops what was started here; what ran before goes on.
    pub(crate) async fn give_up(mut self) {
        for kept in [&mut self.gateway, &mut self.server] {
            if kept.adopted {
                kept.task.abort();
            } else {
                kept.stop(Haste::Orderly).await;
            }
        }
    }
}

impl Kept {
    async fn stop(&mut self, haste: Haste) {
        self.haste.send_replace(haste);
        // A keeper that panicked has said so on standard error.
        drop((&mut self.task).await);
    }
}

fn keep(
    name: ProcessName,
    options: &UpOptions,
    prepared: Prepared<serde_json::Value>,
    asked: Asked,
    layout: &Layout,
    news: &mpsc::Sender<News>,
    reporter: &Reporter,
) -> Kept {
    let adopted = prepared.running.is_some();
    reporter.starting(if adopted { format!("{name} (it runs already: adopted)") } else { name.to_string() });
    let (haste, told) = watch::channel(Haste::Running);
    let Prepared { boot, fds, running } = prepared;
    let command = match name {
        ProcessName::Server => &options.commands.server,
        ProcessName::Gateway => &options.commands.gateway,
    };
    let (command, directory) = (command.clone(), options.directory());
    let role = Role { name, command, boot, fds, log: layout.log(name), directory, asked, running };
    let task = tokio::spawn(Keeper::new(role, news.clone(), told, reporter.clone()).keep());
    Kept { task, haste, adopted }
}

fn untyped<T: Serialize>(prepared: Prepared<T>) -> Prepared<serde_json::Value> {
    let boot = serde_json::to_value(prepared.boot).expect("a boot message has only text keys");
    Prepared { boot, fds: prepared.fds, running: prepared.running }
}
