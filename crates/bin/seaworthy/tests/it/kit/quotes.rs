//! One small service behind a gateway of its own, without users: for what goes wrong before anybody comes.

use seaworthy_contract::api::{Rollout, RolloutState};

use super::{Api, Scratch, Up};

/// The smallest directory that somebody could run. `@program@` is replaced by this program.
const FILE: &str = r#"apiVersion: seaworthy/v1
kind: Team
metadata:
  name: shop
spec:
  members: [ines]
---
apiVersion: seaworthy/v1
kind: Person
metadata:
  name: ines
spec:
  displayName: Ines
---
apiVersion: seaworthy/v1
kind: Rotation
metadata:
  name: shop-primary
spec:
  team: shop
  participants: [ines]
  start: 2026-01-05T09:00
  zone: Europe/Lisbon
  turn: 7d
---
apiVersion: seaworthy/v1
kind: Service
metadata:
  name: quotes
spec:
  owner: shop
  tier: 2
  routes:
    - path: /
  run:
    command: ["@program@", sample, payments]
    health: /healthz
    startTimeout: 2s
"#;

/// A path that every healthy version answers.
pub(crate) const QUOTE: &str = "/quote";

/// Writes the file and returns its text.
pub(crate) fn write_quotes(scratch: &Scratch) -> String {
    let text = FILE.replace("@program@", env!("CARGO_BIN_EXE_seaworthy"));
    scratch.write("quotes.yaml", &text);
    text
}

/// Starts it with its first version.
pub(crate) fn quotes(scratch: &Scratch, more: &[&str]) -> (Up, Api) {
    write_quotes(scratch);
    let up = Up::start_with(scratch, more);
    let api = Api::new(&up);
    up.cli(scratch, &["ship", "quotes", "v1"]).done();
    (up, api)
}

/// Fails unless the newest rollout was reverted before any user met it; returns it.
pub(crate) fn never_met_a_user(api: &Api) -> Rollout {
    let rollouts: Vec<Rollout> = api.get("/v1/rollouts").unwrap();
    let newest = rollouts.into_iter().next().unwrap();
    assert_eq!((newest.state, newest.canary.requests, newest.share), (RolloutState::Reverted, 0, 0.0), "{newest:#?}");
    newest
}
