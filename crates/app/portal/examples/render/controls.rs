//! Controls of a service, made up, for the tests and for looking at pages.

use jiff::SignedDuration;
use seaworthy_contract::api::*;
use seaworthy_contract::events::control::ControlEndV1;
use seaworthy_model::ServiceId;
use seaworthy_portal::render;
use seaworthy_portal::view::{ControlShown, ControlsFacts, ControlsPage};

use super::data::now;
use super::shown::{chrome, rights};

fn shutter() -> Control {
    Control {
        id: "01954a00-0000-7000-8000-00000000000c".parse().expect("an id"),
        kind: "shutter".to_owned(),
        service: "checkout".parse().expect("a name"),
        route: None,
        sentence: "checkout is shuttered.".to_owned(),
        state: ControlState::InForce,
        reason: "orders are charged twice".to_owned(),
        drill: false,
        by: "Ines".to_owned(),
        set_at: now() - SignedDuration::from_mins(4),
        until: now() + SignedDuration::from_mins(56),
        took_s: Some(0.31),
        gateways: vec!["gw-1".to_owned()],
        unheard: vec!["gw-2".to_owned()],
        refused: 1_412,
        passed: 3,
        cleared_at: None,
        cleared_why: None,
        position: 48_174,
        undo: "seaworthy controls clear 01954a00-0000-7000-8000-00000000000c".to_owned(),
    }
}

fn drill() -> Control {
    Control {
        id: "01954a00-0000-7000-8000-00000000000d".parse().expect("an id"),
        kind: "throttle".to_owned(),
        sentence: "checkout is throttled to 50% of users.".to_owned(),
        state: ControlState::Over,
        reason: "exercise".to_owned(),
        drill: true,
        refused: 96,
        unheard: Vec::new(),
        cleared_at: Some(now() - SignedDuration::from_hours(2)),
        cleared_why: Some(ControlEndV1::Ended),
        ..shutter()
    }
}

fn page(controls: &[Control], asked: Option<Result<ControlPreview, String>>, csrf: Option<String>) -> String {
    let what = ControlAsked::Throttle { per_second: Some(50), burst: None, users: None, status: None };
    let set = SetControl { what, route: None, for_ms: None, reason: String::new(), drill: false, dry_run: true };
    let fields = vec![("kind", "throttle".to_owned()), ("rate", "50".to_owned())];
    let asked = asked.map(|preview| ControlShown { asked: set, fields, preview });
    let service: ServiceId = "checkout".parse().expect("a name");
    let shown = ControlsPage::new(&ControlsFacts {
        service: &service,
        routes: &["shop.example/checkout".to_owned()],
        edges: (&["payments".to_owned()], &["basket".to_owned()]),
        controls,
        asked: asked.as_ref(),
        csrf: csrf.as_deref(),
        now: now(),
    });
    render(&chrome("/services/checkout/controls"), &shown)
}

/// The page in its states, with a name.
pub(crate) fn pages() -> Vec<(&'static str, String)> {
    let preview = ControlPreview {
        sentence: "checkout is throttled to 50 requests a second, 50 at once, on each gateway: about 12 requests a \
                   second on 2 ways meet it now."
            .to_owned(),
        requests_per_second: Some(12.0),
        ways: vec![
            ControlWay { name: "shop.example/checkout".to_owned(), requests_per_second: 9.5 },
            ControlWay { name: "from/basket".to_owned(), requests_per_second: 2.5 },
        ],
        gateways: vec!["gw-1".to_owned()],
        until: now() + SignedDuration::from_hours(1),
        warnings: vec!["fewer come now than it lets in: it would refuse nothing".to_owned()],
    };
    let refusal = Err("what: a throttle needs a rate, a share of users, or both".to_owned());
    vec![
        ("controls", page(&[shutter(), drill()], None, rights().csrf)),
        ("controls-ask", page(&[], Some(Ok(preview)), rights().csrf)),
        ("controls-refused", page(&[], Some(refusal), rights().csrf)),
        ("controls-reader", page(&[shutter()], None, None)),
    ]
}
