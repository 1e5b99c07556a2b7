//! A server for tests: in memory, on a port of its own, with every kind of credential.

use std::path::Path;
use std::sync::Arc;

use axum::routing::get;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use seaworthy_client::{Client, Response};
use seaworthy_contract::catalogue::{Document, Entity, Layered, Rotation, Service, Sourced, Team};
use seaworthy_contract::events::server::ScopeV4;
use seaworthy_contract::process::{InstanceState, Observed, ObservedInstance};
use seaworthy_model::Timestamp;
use seaworthy_store::Clock;
use seaworthy_testkit::store::Disk;
use tokio::sync::watch;
use uuid::Uuid;

use super::flaky::{Flaky, Switch};
use super::outbox::channels;
use crate::access::{Access, Digest, Who, issue};
use crate::calendars::Calendars;
use crate::http::{App, Limits, Route, router_of, routes, serve};
use crate::kernel::{self, Kernel};

/// What every handler may turn out to do.
async fn panics() -> &'static str {
    panic!("on purpose")
}

/// A running server.
pub(super) struct TestApp {
    pub(super) disk: Disk,
    pub(super) kernel: Kernel,
    pub(super) base: String,
    pub(super) admin: String,
    pub(super) serving: tokio::task::JoinHandle<()>,
    /// Calendars that rotations follow.
    pub(super) calendars: Arc<Calendars>,
    /// Breaks the ledger.
    pub(super) ledger: Arc<Switch>,
    /// Breaks the side store.
    pub(super) side: Arc<Switch>,
}

pub(super) const GATEWAY: &str = "sw_gateway_secret";
pub(super) const SUPERVISOR: &str = "sw_supervisor_secret";

impl TestApp {
    /// Starts on an empty disk.
    pub(super) async fn start() -> Self {
        let clock: Clock = Arc::new(Timestamp::now);
        let disk = Disk::new(clock);
        let mut app = Self::on(disk).await;
        app.admin = issue(&app.kernel, ScopeV4::Admin, "test", None).await.expect("issued");
        app
    }

    /// Starts on what an earlier server left.
    pub(super) async fn on(disk: Disk) -> Self {
        Self::at(disk, Arc::new(Timestamp::now)).await
    }

    /// The same, by a clock of the test's own.
    pub(super) async fn at(disk: Disk, clock: Clock) -> Self {
        let (ledger, side) = <(Arc<Switch>, Arc<Switch>)>::default();
        let stores = (
            Flaky { inner: disk.ledger(), switch: ledger.clone() },
            Flaky { inner: disk.side(), switch: side.clone() },
        );
        let series = Arc::new(disk.series());
        let (kernel, _) = kernel::open(Arc::new(stores.0), Arc::new(stores.1), series, clock).await.expect("opens");
        let boot = vec![
            (Digest::of(GATEWAY), ScopeV4::Gateway, "gateway/gw-1".to_owned()),
            (Digest::of(SUPERVISOR), ScopeV4::Supervisor, "supervisor/local".to_owned()),
        ];
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let base = format!("http://{}", listener.local_addr().expect("bound"));
        let access = Access::new(kernel.clone(), boot);
        let app = App::new(kernel.clone(), access, Uuid::nil(), base.as_str().into(), channels());
        let app = app.keeping(Path::new("/srv/shop/.seaworthy"));
        let calendars = app.calendars.clone();
        let routes = routes().into_iter().chain([Route::new(Method::GET, "/panics", Who::Anyone, get(panics))]);
        let routes = routes.collect();
        let (drain, told) = watch::channel(false);
        let serving = tokio::spawn(async move {
            serve(listener, router_of(app, routes), Limits::REAL, told).await;
            drop(drain);
        });
        Self { disk, kernel, base, admin: String::new(), serving, calendars, ledger, side }
    }

    /// Ends this server as kill -9 would; the disk stays.
    pub(super) fn kill(self) -> (Disk, String) {
        self.serving.abort();
        (self.disk, self.admin)
    }

    pub(super) fn client(&self, token: &str) -> Client {
        let token = Some(token.to_owned()).filter(|token| !token.is_empty());
        Client::new(&self.base, token).expect("a base address")
    }

    /// Issues a token of a scope.
    pub(super) async fn token(&self, scope: ScopeV4) -> String {
        self.labelled(scope, "test").await
    }

    /// Issues a token of a scope that is for something.
    pub(super) async fn labelled(&self, scope: ScopeV4, label: &str) -> String {
        issue(&self.kernel, scope, label, None).await.expect("issued")
    }

    /// Issues a token of a team.
    pub(super) async fn team_token(&self, team: &str) -> String {
        self.token(ScopeV4::Team { team: team.parse().expect("a name") }).await
    }

    /// Posts JSON as whoever has the token.
    pub(super) async fn post(&self, token: &str, path: &str, body: &serde_json::Value) -> Response {
        let bearer = format!("Bearer {token}");
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        self.send(Method::POST, path, &headers, &body.to_string()).await
    }

    pub(super) fn as_admin(&self) -> Client {
        self.client(&self.admin)
    }

    /// Sends a request with headers, as a browser or a stranger would.
    pub(super) async fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], body: &str) -> Response {
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| {
                let name: HeaderName = name.parse().expect("a header name");
                (name, HeaderValue::from_str(value).expect("a header value"))
            })
            .collect();
        self.client("").request(method, path, body.to_owned().into(), headers).await.expect("an answer")
    }

    /// Declares checkout (team shop, ines on call) and ships `version` of it until it is healthy.
    pub(super) async fn ship(&self, version: &str) {
        let admin = self.as_admin();
        let _: serde_json::Value = admin.post_json("/v1/catalogue/apply", &document()).await.expect("applied");
        let request = serde_json::json!({ "version": version });
        let _: serde_json::Value = admin.post_json("/v1/services/checkout/rollouts", &request).await.expect("shipped");
        self.observe(version).await;
    }

    /// Reports a version as healthy.
    pub(super) async fn observe(&self, version: &str) {
        let instance = ObservedInstance {
            service: "checkout".parse().expect("a name"),
            version: version.parse().expect("a name"),
            instance: format!("1-{version}"),
            state: InstanceState::Healthy { address: "127.0.0.1:9".to_owned(), took_ms: 5 },
        };
        let observed = Observed { desired: None, instances: vec![instance] };
        let () = self.client(SUPERVISOR).post_json("/v1/agents/local/observed", &observed).await.expect("taken");
    }
}

/// A catalogue with two teams, a rotation and two services.
pub(super) fn document() -> Document {
    let name = |text: &str| text.to_owned();
    let service = |service: &str, owner: &str| -> Entity {
        let text = serde_json::json!({
            "name": service, "owner": owner,
            "routes": [{ "path": "/" , "hosts": [format!("{service}.test")] }],
            "run": { "command": ["serve", "${version}"], "health": "/healthz" },
        });
        let service: Service = serde_json::from_value(text).expect("a service");
        Entity::Service(Box::new(service))
    };
    let team = |team: &str| {
        Entity::Team(Team {
            name: team.parse().expect("a name"),
            title: None,
            members: vec!["ines".parse().expect("a name")],
            escalation: None,
        })
    };
    let person = Entity::Person(seaworthy_contract::catalogue::Person { name: "ines".parse().expect("a name") });
    let rotation = Entity::Rotation(Rotation {
        name: "shop".parse().expect("a name"),
        team: "shop".parse().expect("a name"),
        participants: vec!["ines".parse().expect("a name")],
        start: Timestamp::UNIX_EPOCH,
        zone: name("Europe/London"),
        days: 7,
        layered: Layered::default(),
    });
    let entities =
        [person, team("shop"), team("bank"), rotation, service("checkout", "shop"), service("ledger", "bank")];
    let sourced = |entity| Sourced { entity, source: name("test.yaml:1") };
    Document { entities: entities.into_iter().map(sourced).collect(), ..Document::default() }
}
