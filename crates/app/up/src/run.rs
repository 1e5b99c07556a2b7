//! The life of a supervisor: lock, sockets, roles, versions, files; then it waits, and stops in order.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use seaworthy_client::Client;
use seaworthy_contract::api::SignInLink;
use seaworthy_contract::catalogue::Document;
use seaworthy_contract::gateway::revert_command;
use seaworthy_contract::process::Secret;
use seaworthy_process::{Ports, bound};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval, sleep};

use crate::agent::{Agent, Context, Link, Picture};
use crate::catalogue::Catalogue;
use crate::layout::Layout;
use crate::reporter::Reporter;
use crate::role::News;
use crate::roles::{Known, Roles};
use crate::stop::{Haste, Wish, wishes};
use crate::told::Told;
use crate::{AtStop, ProcessName, Reload, UpError, UpEvent, UpOptions, sockets};

/// How often the files are looked at.
const FILES_EVERY: Duration = Duration::from_secs(2);

/// How often logs are kept to their size.
const LOGS_EVERY: Duration = Duration::from_secs(10);

/// When a start is called slow; it goes on.
const SLOW_START: Duration = Duration::from_secs(15);

/// Runs until told to stop, or until server or gateway cannot be kept running. Blocks.
///
/// Every event, the last one and a failure included, has been told when it returns.
///
/// # Errors
/// When it could not start or could not go on. What ran before it goes on, and so do versions.
pub fn run(mut options: UpOptions) -> Result<(), UpError> {
    let on_event = std::mem::replace(&mut options.on_event, Box::new(drop));
    let system = |attempted| move |error| UpError::System { attempted, error };
    let (reporter, listener) = Reporter::start(on_event).map_err(system("start a thread"))?;
    let result = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(system("start the runtime"))
        // The runtime is dropped with all its tasks, which leave the processes they watch alone.
        .and_then(|runtime| runtime.block_on(supervise(options, reporter.clone())));
    reporter.report(match &result {
        Ok(()) => UpEvent::Stopped,
        Err(error) => UpEvent::Failed { message: error.to_string(), hint: error.hint() },
    });
    drop(reporter);
    listener.finish();
    result
}

async fn supervise(options: UpOptions, reporter: Reporter) -> Result<(), UpError> {
    let layout = Layout::create(&options.data)?;
    let _lock = layout.lock()?;
    let mut wishes = wishes(options.stdin)?;
    let both = sockets::prepare(&options, &layout)?;
    let token = both.server.boot.supervisor_token.expose().to_owned();
    let client = Client::new(&sockets::url(both.server.boot.portal), Some(token));
    let client = client.map_err(|error| UpError::Catalogue { error })?;
    let (roles, known, news) = Roles::start(both, &options, &layout, &reporter);
    let supervisor = Supervisor::start(&options, layout, client, known, roles, news, reporter);
    supervisor.run(options.catalogue, options.reload, options.directory, &mut wishes).await
}

struct Supervisor {
    layout: Layout,
    known: Known,
    client: Client,
    roles: Roles,
    news: mpsc::Receiver<News>,
    reporter: Reporter,
    at_stop: AtStop,
    picture: Picture,
    /// For versions; the roles have their own, because they stop before and after.
    haste: watch::Sender<Haste>,
    agent: JoinHandle<()>,
    links: [JoinHandle<()>; 3],
}

/// What is known once server and gateway serve.
#[derive(Default)]
struct Serving {
    server_pid: Option<u32>,
    gateway_pid: Option<u32>,
    admin_token: Option<Secret>,
}

impl Supervisor {
    fn start(
        options: &UpOptions,
        layout: Layout,
        client: Client,
        known: Known,
        roles: Roles,
        news: mpsc::Receiver<News>,
        reporter: Reporter,
    ) -> Self {
        let (haste, hears) = watch::channel(Haste::Running);
        let picture = Picture::new();
        let context = Context {
            directory: options.directory(),
            outbound: known.outbound(),
            layout: layout.clone(),
            ports: Mutex::new(Ports::new(std::process::id())),
            picture: picture.clone(),
            reporter: reporter.clone(),
            haste: hears,
        };
        let (desired, follow) = watch::channel(layout.desired());
        let link = || Link { client: client.clone(), agent: known.agent().clone(), reporter: reporter.clone() };
        let agent = tokio::spawn(Agent::new(Arc::new(context), follow).run());
        let told = Told { client: client.clone(), reporter: reporter.clone(), data: layout.data().to_owned() };
        let links = [
            tokio::spawn(link().follow(layout.clone(), desired)),
            tokio::spawn(link().observe(picture.clone())),
            tokio::spawn(told.tell()),
        ];
        let at_stop = options.at_stop;
        Self { layout, known, client, roles, news, reporter, at_stop, picture, haste, agent, links }
    }

    async fn run(
        mut self,
        document: Document,
        reload: Reload,
        directory: PathBuf,
        wishes: &mut mpsc::Receiver<Wish>,
    ) -> Result<(), UpError> {
        let mut catalogue = Catalogue::new(self.client.clone(), self.reporter.clone(), document, reload, directory);
        let begun = tokio::select! {
            begun = self.begin(&mut catalogue) => begun,
            () = stop_wish(wishes) => return self.stop(wishes).await,
        };
        let ended = match begun {
            Ok(()) => self.wait(&mut catalogue, wishes).await,
            Err(error) => Err(error),
        };
        match ended {
            Ok(()) => self.stop(wishes).await,
            Err(error) => {
                self.roles.give_up().await;
                Err(error)
            }
        }
    }

    /// Waits until both serve, applies the files and says that everything is ready.
    async fn begin(&mut self, catalogue: &mut Catalogue) -> Result<(), UpError> {
        let serving = self.both_serve().await?;
        tokio::select! {
            applied = catalogue.apply_first() => applied?,
            error = fatal(&mut self.news) => return Err(error),
        }
        let sign_in = self.client.post_json::<_, SignInLink>("/v1/sign-in-links", &serde_json::json!({})).await;
        self.reporter.report(UpEvent::Ready {
            portal: self.known.portal(),
            gateway: self.known.inbound(),
            outbound: self.known.outbound(),
            admin_token: serving.admin_token,
            break_glass: revert_command("SERVICE", self.layout.data()),
            // A server that gives none still serves.
            sign_in: sign_in.ok().map(|link| link.url),
            server_pid: serving.server_pid.unwrap_or_default(),
            gateway_pid: serving.gateway_pid.unwrap_or_default(),
        });
        Ok(())
    }

    async fn both_serve(&mut self) -> Result<Serving, UpError> {
        let mut serving = Serving::default();
        let slow = sleep(SLOW_START);
        tokio::pin!(slow);
        while serving.server_pid.is_none() || serving.gateway_pid.is_none() {
            tokio::select! {
                news = self.news.recv() => match news {
                    Some(News::Fatal(error)) => return Err(error),
                    Some(News::Ready { name: ProcessName::Server, pid, ready }) => {
                        serving.server_pid = Some(pid);
                        serving.admin_token = ready.admin_token.or(serving.admin_token);
                    }
                    Some(News::Ready { name: ProcessName::Gateway, pid, .. }) => serving.gateway_pid = Some(pid),
                    None => std::future::pending().await,
                },
                () = &mut slow, if !slow.is_elapsed() => self.report_slow(&serving),
            }
        }
        Ok(serving)
    }

    fn report_slow(&self, serving: &Serving) {
        let late = if serving.server_pid.is_none() { ProcessName::Server } else { ProcessName::Gateway };
        let hint = format!("what it says is in \"{}\"", self.layout.log(late).display());
        self.reporter.problem(format!("the {late} does not serve after {SLOW_START:?}; waiting on"), Some(hint));
    }

    /// Waits until somebody wants a stop. The error is why it cannot go on.
    async fn wait(&mut self, catalogue: &mut Catalogue, wishes: &mut mpsc::Receiver<Wish>) -> Result<(), UpError> {
        let (mut files, mut logs) = (interval(FILES_EVERY), interval(LOGS_EVERY));
        files.set_missed_tick_behavior(MissedTickBehavior::Delay);
        logs.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                wish = wishes.recv() => match wish {
                    Some(Wish::Reload) => catalogue.again().await,
                    Some(Wish::Stop) | None => return Ok(()),
                },
                error = fatal(&mut self.news) => return Err(error),
                _ = files.tick() => catalogue.look().await,
                _ = logs.tick() => self.bound_logs(),
            }
        }
    }

    fn bound_logs(&self) {
        let records = self.layout.records();
        let versions = self.picture.keys().into_iter().map(|key| records.log(&key.service, &key.version));
        let roles = [ProcessName::Server, ProcessName::Gateway].map(|name| self.layout.log(name));
        for log in roles.into_iter().chain(versions) {
            if let Err(error) = bound(&log) {
                self.reporter.problem(format!("could not keep \"{}\" to its size: {error}", log.display()), None);
            }
        }
    }

    /// Stops everything in the order that fails nobody's request: gateway, versions, server.
    async fn stop(mut self, wishes: &mut mpsc::Receiver<Wish>) -> Result<(), UpError> {
        self.reporter.report(UpEvent::Stopping);
        for link in &self.links {
            // The server must not take a stop for a failure of every version.
            link.abort();
        }
        let mut haste = Haste::Orderly;
        for step in [Step::Gateway, Step::Versions, Step::Server] {
            haste = self.step(step, haste, wishes).await;
        }
        Ok(())
    }

    /// Takes one step, and hurries when it is asked to.
    async fn step(&mut self, step: Step, haste: Haste, wishes: &mut mpsc::Receiver<Wish>) -> Haste {
        if self.take_step(step, haste, wishes).await == Done::Yes {
            return haste;
        }
        self.take_step(step, Haste::AtOnce, wishes).await;
        Haste::AtOnce
    }

    async fn take_step(&mut self, step: Step, haste: Haste, wishes: &mut mpsc::Receiver<Wish>) -> Done {
        let taking = async {
            match step {
                Step::Gateway => self.roles.stop_gateway(haste).await,
                Step::Server => self.roles.stop_server(haste).await,
                Step::Versions if self.at_stop == AtStop::KeepVersions => {}
                Step::Versions => {
                    self.haste.send_replace(haste);
                    // A task that panicked has said so on standard error.
                    drop((&mut self.agent).await);
                }
            }
        };
        tokio::select! {
            () = taking => Done::Yes,
            () = stop_wish(wishes), if haste < Haste::AtOnce => Done::No,
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Gateway,
    Versions,
    Server,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Done {
    Yes,
    No,
}

/// Waits until somebody wants a stop.
async fn stop_wish(wishes: &mut mpsc::Receiver<Wish>) {
    while let Some(wish) = wishes.recv().await {
        if wish == Wish::Stop {
            return;
        }
    }
}

/// Waits until a role cannot be kept running.
async fn fatal(news: &mut mpsc::Receiver<News>) -> UpError {
    loop {
        match news.recv().await {
            Some(News::Fatal(error)) => return error,
            Some(News::Ready { .. }) => {}
            None => std::future::pending().await,
        }
    }
}
