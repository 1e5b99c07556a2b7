//! Work that is announced: what it needs, what it covers, and how it ends.

use super::*;

#[test]
fn a_window_needs_a_service_a_span_and_a_reason() {
    const DAY: i64 = 86_400;
    let mut bench = bench();
    for (wanted, field) in [
        (window(&bench, "ghost", 60, 120, "upgrade"), "no service"),
        (window(&bench, "checkout", 60, 60, "upgrade"), "end"),
        (window(&bench, "checkout", 60, 59, "upgrade"), "end"),
        (window(&bench, "checkout", 60, 60 + 32 * DAY, "upgrade"), "end"),
        (window(&bench, "checkout", 367 * DAY, 368 * DAY, "upgrade"), "start"),
        (window(&bench, "checkout", -32 * DAY, -31 * DAY, "upgrade"), "start"),
        (window(&bench, "checkout", 60, 120, " "), "reason"),
        (window(&bench, "checkout", 60, 120, "two\nlines"), "reason"),
        (WindowWanted { function: Some(String::new()), ..window(&bench, "checkout", 60, 120, "upgrade") }, "function"),
    ] {
        let refusal = bench.try_act(&Input::AnnounceWindow(Box::new(wanted.clone()))).unwrap_err();
        assert!(refusal.to_string().starts_with(field), "{refusal}: {wanted:?}");
    }
    announced(&mut bench, -3_600, 60);
    let (late, key) = (bench.state.downtime.windows().last().unwrap(), (service("checkout"), None));
    assert!(late.of(&key).unwrap().is_late(), "a late one is accepted, and late");
    for _ in 1..60 {
        announced(&mut bench, 60, 120);
    }
    let more = window(&bench, "checkout", 60, 120, "upgrade");
    assert!(matches!(bench.try_act(&Input::AnnounceWindow(Box::new(more))), Err(Refusal::State(..))));
}

#[test]
fn a_window_that_is_taken_back_ends_then() {
    let key = (service("checkout"), None);
    let mut bench = bench();
    let (ahead, begun) = (announced(&mut bench, 60, 120), announced(&mut bench, 5, 120));
    bench.wait(10);
    for window in [ahead, begun] {
        assert_eq!(bench.act(Input::CancelWindow { window }), ["downtime.window_cancelled"]);
        assert_eq!(bench.act(Input::CancelWindow { window }), Vec::<String>::new(), "once");
    }
    assert!(bench.state.downtime.window(ahead).unwrap().of(&key).is_none(), "it never was");
    assert_eq!(bench.state.downtime.window(begun).unwrap().of(&key).unwrap().end, bench.now);
    let over = announced(&mut bench, 5, 20);
    bench.wait(20);
    assert!(matches!(bench.try_act(&Input::CancelWindow { window: over }), Err(Refusal::State(..))));
    let ghost = WindowId::from_uuid(uuid::Uuid::from_u128(1));
    assert!(matches!(bench.try_act(&Input::CancelWindow { window: ghost }), Err(Refusal::Unknown("window", _))));
}

#[test]
fn a_window_of_a_service_is_for_all_its_functions_and_one_of_a_function_for_that_alone() {
    let mut bench = bench();
    announced(&mut bench, 60, 120);
    let wanted = window(&bench, "checkout", 60, 120, "buying is closed");
    let wanted = WindowWanted { function: Some("buy".to_owned()), ..wanted };
    let refusal = bench.try_act(&Input::AnnounceWindow(Box::new(wanted.clone()))).unwrap_err().to_string();
    assert!(refusal.contains("checkout has no function \"buy\": its probes name none"), "{refusal}");
    for function in ["buy", "pay"] {
        bench.fold(DowntimeStateChangedV1 {
            service: service("checkout"),
            function: Some(function.to_owned()),
            state: SeenV1::Up,
            since: bench.now,
            source: WatcherV1::Probes,
            share_of_users: None,
            share_of_users_before: None,
            cause: None,
        });
    }
    let slip = WindowWanted { function: Some("byu".to_owned()), ..wanted.clone() };
    let refusal = bench.try_act(&Input::AnnounceWindow(Box::new(slip))).unwrap_err().to_string();
    assert!(refusal.contains("checkout has no function \"byu\"; it has buy, pay"), "{refusal}");
    bench.act(Input::AnnounceWindow(Box::new(wanted)));
    let fits = |function: Option<&str>, of: &str| {
        let key = (service(of), function.map(str::to_owned));
        bench.state.downtime.windows().filter(|window| window.is_for(&key)).count()
    };
    let found = [fits(None, "checkout"), fits(Some("buy"), "checkout"), fits(Some("pay"), "checkout")];
    assert_eq!((found, fits(None, "payments")), ([1, 2, 1], 0));
}
