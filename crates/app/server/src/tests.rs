//! The server as outsiders meet it: real sockets, the stores in memory, rights walked route by route.

mod accounts;
mod actions;
mod alerting;
mod alerts;
mod app;
mod browser;
mod calendars;
mod contacts;
mod controls;
mod downtime;
mod edge;
mod flaky;
mod incidents;
mod intake;
mod joining;
mod loop_story;
mod machines;
mod measured;
mod news;
mod objectives;
mod observations;
mod outbox;
mod outward;
mod people;
mod portal;
mod probers;
mod requests;
mod rights;
mod rotas;
mod sockets;
mod store_faults;
mod watching;
mod weeks;

use seaworthy_contract::api::Code;

/// The committed OpenAPI document, and how to renew it.
#[test]
fn the_openapi_document_is_committed_and_names_every_route() {
    let made = serde_json::to_string_pretty(&crate::openapi()).expect("JSON") + "\n";
    expect_test::expect_file!["../../../../docs/openapi.json"].assert_eq(&made);
    let document = serde_json::to_value(crate::openapi()).expect("JSON");
    for route in crate::http::routes() {
        let public = route.path.starts_with("/v1/")
            && !["/v1/openapi.json", "/v1/events"].contains(&route.path)
            && !route.path.contains("/gateways/")
            && !route.path.contains("/agents/")
            && !route.path.contains("/probers/");
        let method = route.method.as_str().to_lowercase();
        let known = document["paths"][route.path][&method].is_object();
        assert!(known || !public, "{} {} is not in the OpenAPI document", route.method, route.path);
    }
}

#[test]
fn every_code_has_its_status() {
    let status = |code| crate::http::Failure::new(code, "", None).status().as_u16();
    let table = [
        (Code::Invalid, 400),
        (Code::Unauthenticated, 401),
        (Code::Forbidden, 403),
        (Code::NotFound, 404),
        (Code::Refused, 409),
        (Code::Conflict, 409),
        (Code::TooLarge, 413),
        (Code::Unavailable, 503),
        (Code::Internal, 500),
    ];
    for (code, want) in table {
        assert_eq!(status(code), want, "{code:?}");
    }
}
