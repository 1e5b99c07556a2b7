//! The demo's two services behind a gateway of their own, with users that come all the time.

use std::collections::BTreeMap;

use seaworthy_contract::api::{RolloutState, ShipRequest};
use seaworthy_demo::{Load, LoadOptions};
use seaworthy_model::RolloutId;
use seaworthy_up::RunningVersion;

use super::{Api, Scratch, Up};

/// Where the demo keeps its files.
const FILES: &str = "crates/app/demo/production";

/// Requests a second: enough for a verdict in seconds, little enough for a loaded machine.
const RATE: f64 = 200.0;

/// The shop. Its parts are dropped in this order: users leave before everything ends.
pub(crate) struct Shop {
    pub(crate) load: Load,
    pub(crate) api: Api,
    pub(crate) up: Up,
    pub(crate) scratch: Scratch,
}

/// A version of checkout to ship: healthy, at half of the users at first, unless it says otherwise.
pub(crate) struct Offer {
    pub(crate) version: &'static str,
    pub(crate) fail: Option<&'static str>,
    pub(crate) steps: &'static [f64],
    pub(crate) dwell_ms: u64,
}

impl Offer {
    pub(crate) fn new(version: &'static str) -> Self {
        Self { version, fail: None, steps: &[0.5], dwell_ms: 1_000 }
    }

    /// One that nobody's evidence lets go on during a test.
    pub(crate) fn lingering(version: &'static str) -> Self {
        Self { dwell_ms: 600_000, ..Self::new(version) }
    }

    /// One that fails three of ten requests, at a fifth of the users.
    pub(crate) fn failing(version: &'static str) -> Self {
        Self { fail: Some("0.3"), steps: &[0.2], ..Self::new(version) }
    }

    fn request(&self) -> ShipRequest {
        let fail = self.fail.map(|ratio| ("SAMPLE_FAIL".to_owned(), ratio.to_owned()));
        ShipRequest {
            version: self.version.to_owned(),
            env: BTreeMap::from_iter(fail),
            steps: Some(self.steps.to_vec()),
            dwell_ms: Some(self.dwell_ms),
            ..ShipRequest::default()
        }
    }
}

impl Shop {
    /// Opens it: `up`, the first version of both services, and users.
    pub(crate) fn open() -> Self {
        let scratch = Scratch::new();
        write_files(&scratch);
        let up = Up::start(&scratch);
        let api = Api::new(&up);
        for service in ["payments", "checkout"] {
            let first = api.ship(service, &ShipRequest { version: "v1".to_owned(), ..ShipRequest::default() });
            api.until(first, RolloutState::Promoted);
        }
        super::until("checkout answers through the gateway", || {
            super::visitors::get(&up.gateway, "/basket", "").ok().filter(|answer| answer.status == 200)
        });
        let load = Load::start(LoadOptions { rate: RATE, ..LoadOptions::new(&up.gateway) }).unwrap();
        Self { load, api, up, scratch }
    }

    pub(crate) fn ship(&self, offer: &Offer) -> RolloutId {
        self.api.ship("checkout", &offer.request())
    }

    /// The processes of versions that run now, by service and version.
    pub(crate) fn versions(&self) -> BTreeMap<String, u32> {
        running(&self.scratch)
    }

    /// Fails where a user saw a failure, of whatever kind.
    pub(crate) fn nobody_saw_a_failure(&self) {
        let seen = self.load.total();
        assert_eq!((seen.failed_idempotent, seen.failed_other, seen.client_error), (0, 0, 0), "{seen:#?}");
        assert!(seen.ok > 0, "{seen:#?}");
    }

    /// Sends the users home and stops everything.
    pub(crate) fn close(self) {
        let Self { load, api, up, scratch } = self;
        load.finish();
        api.verify();
        up.stop(&scratch);
    }
}

/// Writes the demo's files, with this program in them.
fn write_files(scratch: &Scratch) {
    scratch.copy(FILES);
    for name in ["checkout.yaml", "payments.yaml"] {
        scratch.write(name, &scratch.read(name).replace("@program@", env!("CARGO_BIN_EXE_seaworthy")));
    }
}

/// The processes of versions that run, by service and version.
pub(crate) fn running(scratch: &Scratch) -> BTreeMap<String, u32> {
    let versions = seaworthy_up::status(&scratch.data()).versions.into_iter().filter(|version| version.alive);
    let name = |RunningVersion { record, .. }: RunningVersion| {
        (format!("{} {}", record.instance.service, record.instance.version), record.process.pid)
    };
    versions.map(name).collect()
}
