//! Break-glass: the control plane is dead, and a version must go.

use rustix::process::Signal;
use seaworthy_contract::api::RolloutState;

use crate::kit::{Api, Offer, Shop, Up, kill, seaworthy, until};

#[test]
fn a_gateway_reverts_by_itself_and_the_ledger_hears_of_it() {
    let shop = Shop::open();
    let id = shop.ship(&Offer::lingering("v2"));
    shop.api.until_met(id);
    // It hangs: worse than dead, because its connections stay.
    kill(shop.up.server_pid, Signal::STOP);
    let directory = shop.scratch.production();
    let place = ["--dir", directory.to_str().unwrap()];
    let ask = |words: &[&str]| seaworthy(&shop.scratch, &[&["gateway"], words, &place].concat());
    ask(&["revert", "nothing"]).refused(3, &["no such service or route", "hint: `seaworthy gateway status`"]);
    let said = ask(&["revert", "checkout"]).done();
    assert!(said.contains("checkout v2 takes no new request on this gateway"), "{said}");
    let after = shop.load.open_window();
    let after = until("users come after it", || Some(shop.load.window(after)).filter(|seen| seen.ok >= 200));
    assert!(after.versions.get("v2").is_none_or(|v2| v2.canary <= 1), "one may have been inside: {after:#?}");
    assert!(ask(&["status"]).done().contains("checkout v2: takes nothing"));
    assert!(shop.scratch.read(".seaworthy/gateway/break-glass.jsonl").contains(&id.to_string()));
    // Now everything but gateway and versions is gone, and comes back.
    let Shop { load, up, scratch, .. } = shop;
    let server = up.server_pid;
    let token = up.kill();
    kill(server, Signal::KILL);
    let up = Up::start(&scratch);
    let shop = Shop { load, api: Api::with_token(&up, &token), up, scratch };
    let reverted = shop.api.until(id, RolloutState::Reverted);
    assert!(reverted.revert.is_some(), "{reverted:#?}");
    let rows = shop.api.ledger();
    let row = rows.iter().find(|row| row.kind == "rollout.reverted").unwrap();
    assert_eq!((&row.payload["cause"], &row.payload["rollout"]), (&"break-glass".into(), &id.to_string().into()));
    assert!(row.payload["reason"].as_str().unwrap().contains("local"), "who, and on which gateway: {row:?}");
    shop.nobody_saw_a_failure();
    shop.close();
}
