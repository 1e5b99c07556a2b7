//! kill -9 of each process, under load, in the middle of a rollout: what users see, and what goes on.

use std::io::Read;

use rustix::process::Signal;
use seaworthy_contract::api::{LedgerRow, RolloutState};
use seaworthy_demo::{Load, LoadOptions};

use crate::kit::{Api, Offer, Shop, Up, is_alive, kill, running, send, until};

/// More than the requests that are inside a gateway at one instant: 200 come in a second, each takes milliseconds.
const IN_FLIGHT_MAX: u64 = 10;

#[test]
fn the_server_dies_and_the_rollout_goes_on() {
    let mut shop = Shop::open();
    let id = shop.ship(&Offer::new("v2"));
    shop.api.until_met(id);
    let before = shop.api.status();
    shop.up.kill_role("server");
    // Nobody serves the portal now: the connection waits in the socket that `up` holds.
    let head = format!("host: x\r\nauthorization: bearer {}\r\nconnection: close\r\n", shop.up.token);
    let mut waiting = send(&shop.up.portal, &format!("GET /v1/status HTTP/1.1\r\n{head}\r\n")).unwrap();
    shop.up.wait_for_role("server");
    let mut answer = String::new();
    waiting.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("\"checkout\""), "{answer}");
    let after = shop.api.status();
    assert!(after.boot != before.boot && after.position >= before.position, "{before:?} {after:?}");
    let promoted = shop.api.until(id, RolloutState::Promoted);
    assert!(promoted.canary.requests > 0, "{promoted:#?}");
    shop.nobody_saw_a_failure();
    // Once more, with a version that must not get through.
    let bad = shop.ship(&Offer { steps: &[0.5], ..Offer::failing("v3") });
    until("it is under way", || (shop.api.rollout(bad).state != RolloutState::Starting).then_some(()));
    shop.up.kill_role("server");
    shop.up.wait_for_role("server");
    let reverted = shop.api.until(bad, RolloutState::Reverted);
    assert!(reverted.revert.is_some(), "{reverted:#?}");
    assert_eq!(shop.load.total().failed_idempotent, 0, "{:#?}", shop.load.total());
    shop.close();
}

#[test]
fn a_canary_dies_and_it_counts_against_it() {
    let shop = Shop::open();
    let id = shop.ship(&Offer::lingering("v2"));
    shop.api.until_met(id);
    kill(shop.versions()["checkout v2"], Signal::KILL);
    let reverted = shop.api.until(id, RolloutState::Reverted);
    assert!(reverted.canary.failures >= 1 && reverted.canary.rescued >= 1, "{reverted:#?}");
    assert_eq!(reverted.canary.seen_idempotent, 0, "{reverted:#?}");
    assert_eq!(reverted.stable.failures, 0, "nothing of it is stable's fault: {reverted:#?}");
    until("nobody waits for it any more", || (!shop.versions().contains_key("checkout v2")).then_some(()));
    let seen = shop.load.total();
    assert_eq!(seen.failed_idempotent, 0, "stable answered what may be repeated: {seen:#?}");
    assert_eq!(seen.failed_other, reverted.canary.seen_other, "the gateway counts what users see: {seen:#?}");
    shop.close();
}

#[test]
fn the_gateway_dies_and_only_what_was_inside_it_fails() {
    let mut shop = Shop::open();
    let id = shop.ship(&Offer::lingering("v2"));
    shop.api.until_met(id);
    shop.up.kill_role("gateway");
    shop.up.wait_for_role("gateway");
    let after = shop.load.open_window();
    let after = until("users are answered again", || Some(shop.load.window(after)).filter(|seen| seen.ok >= 200));
    assert_eq!((after.failed(), after.client_error), (0, 0), "{after:#?}");
    assert!(after.versions["v2"].canary > 0, "it serves from its disk what it was told: {after:#?}");
    let seen = shop.load.total();
    println!("failed with the gateway: {} of {} requests", seen.failed(), seen.sent);
    assert!(seen.failed() <= IN_FLIGHT_MAX && seen.client_error == 0, "{seen:#?}");
    let counted = shop.api.rollout(id).canary;
    until("the new one reports", || (shop.api.rollout(id).canary.requests > counted.requests).then_some(()));
    assert_eq!(shop.api.rollout(id).state, RolloutState::Stepping);
    shop.close();
}

#[test]
fn the_supervisor_dies_and_everything_goes_on_until_the_next_adopts_it() {
    let shop = Shop::open();
    let id = shop.ship(&Offer::lingering("v2"));
    shop.api.until_met(id);
    let (server, gateway, versions) = (shop.up.server_pid, shop.up.gateway_pid, shop.versions());
    assert_eq!(versions.len(), 3, "{versions:?}");
    let Shop { load, api, up, scratch } = shop;
    let token = up.kill();
    let alone = load.open_window();
    until("users are answered without it", || Some(load.window(alone)).filter(|seen| seen.ok >= 200));
    assert!(versions.values().chain([&server, &gateway]).all(|pid| is_alive(*pid)));
    assert_eq!(api.rollout(id).state, RolloutState::Stepping, "the server knows of no end");
    let up = Up::start(&scratch);
    assert_eq!((up.server_pid, up.gateway_pid), (server, gateway));
    let api = Api::with_token(&up, &token);
    // A version that ends and one that begins: the new supervisor does its work.
    api.revert(id);
    api.until(id, RolloutState::Reverted);
    until("what was reverted is stopped", || (!running(&scratch).contains_key("checkout v2")).then_some(()));
    let kept = running(&scratch);
    assert!(kept.iter().all(|(name, pid)| versions[name] == *pid) && kept.len() == 2, "{versions:?} {kept:?}");
    let shop = Shop { load, api, up, scratch };
    let next = shop.ship(&Offer::lingering("v3"));
    shop.api.until_met(next);
    shop.nobody_saw_a_failure();
    shop.close();
}

#[test]
fn everything_dies_at_once_and_the_next_start_goes_on() {
    let shop = Shop::open();
    let id = shop.ship(&Offer::lingering("v2"));
    let met = shop.api.until_met(id);
    let (before, dead) = (shop.api.ledger(), shop.versions());
    let Shop { load, up, scratch, .. } = shop;
    let (server, gateway, token) = (up.server_pid, up.gateway_pid, up.kill());
    dead.values().chain([&server, &gateway]).for_each(|pid| kill(*pid, Signal::KILL));
    until("everything is dead", || scratch.processes().is_empty().then_some(()));
    let up = Up::start(&scratch);
    let api = Api::with_token(&up, &token);
    assert_eq!(api.ledger()[..before.len()], before, "what was acknowledged is there");
    until("the same versions run again", || (running(&scratch).keys().eq(dead.keys())).then_some(()));
    assert!(running(&scratch).values().all(|pid| !dead.values().any(|old| old == pid)));
    // At new addresses: users who came before the gateway knows them would count against the canary, rightly.
    let healthy = |row: &&LedgerRow| row.kind == "version.became_healthy";
    let known = until("every version answers again", || {
        let rows = api.ledger();
        let positions: Vec<_> = rows[before.len()..].iter().filter(healthy).map(|row| row.position).collect();
        (positions.len() >= dead.len()).then(|| positions[dead.len() - 1])
    });
    let applied = || api.status().gateways.iter().any(|gateway| gateway.applied >= known);
    until("the gateway knows where", || applied().then_some(()));
    // Ports are any free ones again, so the users of before know no way; others come.
    drop(load);
    let load = Load::start(LoadOptions::new(&up.gateway)).unwrap();
    until("the rollout goes on", || {
        let rollout = api.rollout(id);
        assert!(rollout.state == RolloutState::Stepping, "{rollout:#?}");
        (rollout.canary.requests > met.canary.requests).then_some(())
    });
    Shop { load, api, up, scratch }.close();
}
