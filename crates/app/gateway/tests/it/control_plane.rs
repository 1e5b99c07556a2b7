//! Configs: applied, refused, kept on disk; the gateway goes on when nobody answers.

use seaworthy_contract::gateway::{Config, ControlReply, ControlRequest};

use crate::kit::*;

#[tokio::test]
async fn it_joins_with_its_token() {
    let stable = Version::answering(200, "ok").await;
    let (_gateway, plane) = Gateway::with(&config(1, &[&stable], None)).await;
    plane.until("a report came", |plane| !plane.reports().is_empty()).await;
    assert!(plane.tokens().iter().all(|token| token == "Bearer sw_secret"), "{:?}", plane.tokens());
    assert_eq!(plane.reports()[0].gateway.as_str(), "g1");
}

#[tokio::test]
async fn a_new_config_is_in_force_for_the_next_request_of_an_open_connection() {
    let (old, new) = (Version::answering(200, "old").await, Version::answering(200, "new").await);
    let (gateway, plane) = Gateway::with(&config(1, &[&old], None)).await;
    let mut wire = Wire::open(gateway.inbound).await;
    wire.write("GET / HTTP/1.1\r\nhost: a\r\n\r\n").await;
    wire.read_until("old").await;
    plane.say(&config(2, &[&new], None));
    gateway.until_config(2).await;
    wire.write("GET / HTTP/1.1\r\nhost: a\r\n\r\n").await;
    wire.read_until("new").await;
    plane.until("it says what it applied", |plane| plane.reports().last().unwrap().applied == 2).await;
}

#[tokio::test]
async fn the_last_good_config_serves_when_nobody_answers() {
    let stable = Version::answering(200, "ok").await;
    let (gateway, mut plane) = Gateway::with(&config(5, &[&stable], None)).await;
    until("it is on disk", async || gateway.home.0.join("data/config.json").exists()).await;
    plane.die().await;
    let gateway = gateway.restart(&plane.url()).await;
    assert_eq!(get(gateway.inbound, "/").await.text, "ok", "at once, before anybody was heard");
    let ready = get(gateway.outbound, "/-/readyz").await;
    assert_eq!((ready.status, ready.text.as_str()), (200, "ready: config 5; the control plane was not heard yet\n"));
    plane.come_back().await;
    plane.say(&config(6, &[&stable], None));
    gateway.until_config(6).await;
}

#[tokio::test]
async fn without_any_config_it_is_alive_but_not_ready() {
    let gateway = Gateway::start_in(Home::new(), &format!("http://{}", nobody()));
    assert_eq!(get(gateway.outbound, "/-/healthz").await.status, 200);
    assert_eq!(get(gateway.outbound, "/-/readyz").await.status, 503);
    assert_eq!(get(gateway.inbound, "/").await.header("x-seaworthy-error"), "no-route");
}

#[tokio::test]
async fn a_bad_config_is_refused_whole_and_the_last_good_one_stays() {
    let (old, new) = (Version::answering(200, "old").await, Version::answering(200, "new").await);
    let (gateway, plane) = Gateway::with(&config(1, &[&old], None)).await;
    let spoilt = |spoil: fn(&mut Config)| {
        let mut config = config(2, &[&new], None);
        spoil(&mut config);
        serde_json::to_string(&config).unwrap()
    };
    for (line, why) in [
        (spoilt(|c| c.services[0].stable.as_mut().unwrap().addresses.push("127.0.0.1".to_owned())), "is not host:port"),
        (
            spoilt(|c| c.services[0].stable.as_mut().unwrap().addresses.push("127.0.0.1:0".to_owned())),
            "is not host:port",
        ),
        (spoilt(|c| c.services[0].stable.as_mut().unwrap().addresses.push("a b:80".to_owned())), "is not host:port"),
        (spoilt(|c| c.routes[0].path = "x".to_owned()), "begins with \"/\""),
        (spoilt(|c| c.routes[0].hosts = vec!["http://x".to_owned()]), "without scheme and port"),
        (spoilt(|c| c.services.push(c.services[0].clone())), "stands there twice"),
        ("{\"version\": 2}".to_owned(), "not readable"),
        ("nonsense".to_owned(), "not readable"),
    ] {
        plane.say_line(line.clone());
        until("it is refused", async || {
            matches!(gateway.ask(&ControlRequest::Status).await,
                ControlReply::Status(status) if status.refused.as_ref().is_some_and(|text| text.contains(why)))
        })
        .await;
        assert_eq!(get(gateway.inbound, "/").await.text, "old", "{line}");
    }
    let metrics = send(gateway.outbound, "GET", "/-/metrics", &[("authorization", "Bearer sw_secret")]).await.text;
    assert!(metrics.contains("gateway_config_is_refused 1\n"), "{metrics}");
    plane.say(&config(1, &[&old], None));
    until("the old one again is no refusal", async || {
        matches!(gateway.ask(&ControlRequest::Status).await, ControlReply::Status(status) if status.refused.is_none())
    })
    .await;
    plane.say(&config(3, &[&new], None));
    gateway.until_config(3).await;
    assert_eq!(get(gateway.inbound, "/").await.text, "new");
}

#[tokio::test]
async fn a_disk_that_takes_no_config_is_tried_again() {
    let stable = Version::answering(200, "ok").await;
    let home = Home::new();
    // A directory where the new file would be written: no write succeeds until it is gone.
    let in_the_way = home.0.join("data/config.json.new");
    std::fs::create_dir_all(&in_the_way).unwrap();
    let plane = Plane::new(&config(1, &[&stable], None)).await;
    let gateway = Gateway::start_in(home, &plane.url());
    gateway.until_ready().await;
    assert_eq!(get(gateway.inbound, "/").await.text, "ok", "in force all the same");
    std::fs::remove_dir(&in_the_way).unwrap();
    until("it is on disk", async || gateway.home.0.join("data/config.json").exists()).await;
}

#[tokio::test]
async fn a_config_on_disk_that_went_bad_is_no_reason_not_to_start() {
    let stable = Version::answering(200, "ok").await;
    let home = Home::new();
    std::fs::create_dir_all(home.0.join("data")).unwrap();
    std::fs::write(home.0.join("data/config.json"), "{\"version\":").unwrap();
    let plane = Plane::new(&config(1, &[&stable], None)).await;
    let gateway = Gateway::start_in(home, &plane.url());
    gateway.until_ready().await;
    assert_eq!(get(gateway.inbound, "/").await.text, "ok");
}

#[tokio::test]
async fn two_gateways_do_not_share_a_control_socket() {
    let stable = Version::answering(200, "ok").await;
    let (gateway, plane) = Gateway::with(&config(1, &[&stable], None)).await;
    let listener = || std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let second = seaworthy_gateway::start(seaworthy_gateway::GatewayOptions {
        name: "g2".parse().unwrap(),
        server: plane.url(),
        token: "sw_secret".to_owned(),
        data_dir: gateway.home.0.join("other"),
        inbound: listener(),
        outbound: listener(),
        control_socket: gateway.home.socket(),
        workers: None,
        drain: seaworthy_gateway::DRAIN,
    });
    assert!(matches!(second, Err(seaworthy_gateway::GatewayError::Socket { .. })));
    gateway.until_config(1).await;
}

#[tokio::test]
async fn an_address_that_is_none_is_said_at_the_start() {
    let home = Home::new();
    let listener = || std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let refused = seaworthy_gateway::start(seaworthy_gateway::GatewayOptions {
        name: "g1".parse().unwrap(),
        server: "ftp://control.example".to_owned(),
        token: "sw_secret".to_owned(),
        data_dir: home.0.clone(),
        inbound: listener(),
        outbound: listener(),
        control_socket: home.socket(),
        workers: None,
        drain: seaworthy_gateway::DRAIN,
    });
    let error = refused.unwrap_err();
    assert_eq!(error.to_string(), "could not use the control plane's address \"ftp://control.example\"");
}
