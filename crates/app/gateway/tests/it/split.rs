//! Who meets the canary: sticky, in proportion, kept when the share grows.

use std::collections::{BTreeMap, BTreeSet};

use seaworthy_contract::catalogue::Sticky;
use seaworthy_model::{Arm, Share};

use crate::kit::*;

async fn versions() -> (Version, Version) {
    (Version::answering(200, "v1").await, Version::answering(200, "v2").await)
}

/// Sends one request for each user over one connection; returns the users that met the canary.
async fn who_meets_it(gateway: &Gateway, users: u32) -> BTreeSet<u32> {
    let mut wire = Wire::open(gateway.inbound).await;
    let mut met = BTreeSet::new();
    for user in 0..users {
        wire.write(&format!("GET / HTTP/1.1\r\nhost: a\r\nx-user: user-{user}\r\n\r\n")).await;
        if wire.read_until("\r\n\r\nv").await.contains("x-seaworthy-arm: canary") {
            met.insert(user);
        }
    }
    met
}

#[tokio::test]
async fn users_stay_where_they_are_and_a_growing_share_keeps_them() {
    let (stable, tried) = versions().await;
    let at = |version, percent| config(version, &[&stable], Some(canary(tried.address, percent)));
    let (gateway, plane) = Gateway::with(&at(1, 10)).await;
    let first = who_meets_it(&gateway, 1_000).await;
    // 100 expected, standard deviation 9.5. The hash is fixed, so this never flickers.
    assert!((60..140).contains(&first.len()), "{}", first.len());
    assert_eq!(who_meets_it(&gateway, 1_000).await, first);
    plane.say(&at(2, 30));
    gateway.until_config(2).await;
    let more = who_meets_it(&gateway, 1_000).await;
    assert!((240..360).contains(&more.len()), "{}", more.len());
    assert!(first.is_subset(&more));
}

#[tokio::test]
async fn without_a_key_each_request_is_for_itself() {
    let (stable, tried) = versions().await;
    let (gateway, plane) = Gateway::with(&config(1, &[&stable], Some(canary(tried.address, 50)))).await;
    let mut wire = Wire::open(gateway.inbound).await;
    for _ in 0..400 {
        wire.write("GET / HTTP/1.1\r\nhost: a\r\n\r\n").await;
        wire.read_until("\r\n\r\nv").await;
    }
    let met = tried.got().len();
    // 200 expected, standard deviation 10: one run in ten million is outside.
    assert!((146..254).contains(&met), "{met}");
    plane.until("all are counted", |p| p.sums(Arm::Stable).ended.ok + p.sums(Arm::Canary).ended.ok == 400).await;
    let sums = plane.sums(Arm::Canary);
    assert_eq!((sums.users, sums.users_in_step), (met as u64, met as u64), "each is a user of its own");
}

#[tokio::test]
async fn a_cookie_is_a_key_too() {
    let (stable, tried) = versions().await;
    let mut with = config(1, &[&stable], Some(canary(tried.address, 50)));
    with.routes[0].sticky = Some(Sticky::Cookie("session".to_owned()));
    let (gateway, _plane) = Gateway::with(&with).await;
    let mut arms: BTreeMap<u32, BTreeSet<String>> = BTreeMap::new();
    for user in (0..20).chain(0..20) {
        let cookie = format!("a=b; session=s{user}; c=d");
        let answer = send(gateway.inbound, "GET", "/", &[("cookie", &cookie)]).await;
        arms.entry(user).or_default().insert(answer.header("x-seaworthy-arm").to_owned());
    }
    assert!(arms.values().all(|arms| arms.len() == 1), "{arms:?}");
    assert_eq!(arms.values().flatten().collect::<BTreeSet<_>>().len(), 2, "both arms were met");
}

#[tokio::test]
async fn another_rollout_meets_other_users_first() {
    let (stable, tried) = versions().await;
    let (gateway, plane) = Gateway::with(&config(1, &[&stable], Some(canary(tried.address, 20)))).await;
    let first = who_meets_it(&gateway, 300).await;
    let mut next = canary(tried.address, 20);
    next.rollout = rollout(2);
    plane.say(&config(2, &[&stable], Some(next)));
    gateway.until_config(2).await;
    let second = who_meets_it(&gateway, 300).await;
    // 12 in both expected of 60 each.
    assert!(first.intersection(&second).count() < 30, "{first:?} {second:?}");
}

#[tokio::test]
async fn calls_follow_the_user_header_of_the_dependencys_first_route() {
    let (stable, tried) = versions().await;
    let (gateway, _plane) = Gateway::with(&config(1, &[&stable], Some(canary(tried.address, 50)))).await;
    for user in 0..20 {
        let key = format!("user-{user}");
        let inbound = send(gateway.inbound, "GET", "/", &[("x-user", &key)]).await;
        let call = send(gateway.outbound, "GET", "/web/checkout/", &[("x-user", &key)]).await;
        assert_eq!(inbound.header("x-seaworthy-arm"), call.header("x-seaworthy-arm"), "{key}");
    }
}

#[tokio::test]
async fn instances_take_turns_and_a_dead_one_is_stepped_over() {
    let (one, two) = versions().await;
    let (gateway, plane) = Gateway::with(&config(1, &[&one, &two], None)).await;
    let texts = async |n: u32| {
        let mut texts: BTreeMap<String, u32> = BTreeMap::new();
        for _ in 0..n {
            *texts.entry(get(gateway.inbound, "/").await.text).or_default() += 1;
        }
        texts
    };
    let both = texts(20).await;
    assert!(both["v1"] >= 8 && both["v2"] >= 8, "{both:?}");
    let mut with = config(2, &[&one], None);
    with.services[0].stable.as_mut().unwrap().addresses.insert(0, nobody().to_string());
    plane.say(&with);
    gateway.until_config(2).await;
    assert_eq!(texts(10).await, BTreeMap::from([("v1".to_owned(), 10)]));
}

#[tokio::test]
async fn the_last_healthy_version_serves_everybody() {
    let (stable, tried) = versions().await;
    let (gateway, plane) = Gateway::with(&config(1, &[], Some(canary(tried.address, 0)))).await;
    assert_eq!(get(gateway.inbound, "/").await.text, "v2");
    let mut nobody_there = canary(tried.address, 100);
    nobody_there.arm.addresses.clear();
    nobody_there.share = Share::ALL;
    plane.say(&config(2, &[&stable], Some(nobody_there)));
    gateway.until_config(2).await;
    assert_eq!(get(gateway.inbound, "/").await.text, "v1");
}
