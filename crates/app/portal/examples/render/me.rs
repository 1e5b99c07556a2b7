//! Who is signed in, made up, for the tests and for looking at pages.

use jiff::SignedDuration;
use seaworthy_contract::api::{PageState, RotaShift};
use seaworthy_model::RotationId;
use seaworthy_portal::render;
use seaworthy_portal::view::{MeFacts, MePage, PasswordPage};

use super::data::{now, page};
use super::shown::chrome;

const NOBODY: MeFacts<'_> = MeFacts { called: "bootstrap admin", csrf: Some("c5f0"), ..MeFacts::EMPTY };

/// The pages, in every state.
pub(crate) fn pages() -> Vec<(&'static str, String)> {
    let ines = "ines".parse().expect("a name");
    let rota: [RotationId; 1] = ["shop".parse().expect("a name")];
    let shift = RotaShift {
        rotation: rota[0].clone(),
        level: 0,
        person: "ines".parse().expect("a name"),
        start: now() + SignedDuration::from_hours(30),
        end: now() + SignedDuration::from_hours(54),
        zone: "Europe/Berlin".to_owned(),
        why: "layer main".to_owned(),
    };
    let offer = "019cdd00-0000-7000-a000-000000000001".parse().expect("an id");
    let busy = MePage::new(&MeFacts {
        person: Some((&ines, Some("Inés"))),
        teams: &[("shop".parse().expect("a name"), 2), ("bank".parse().expect("a name"), 0)],
        pages: &[page(PageState::Delivered)],
        asked: &["nights".parse().expect("a name")],
        joined: &rota,
        swaps: &[(offer, "omar gives Saturday of the rota shop to you".to_owned())],
        shifts: &[shift],
        ..NOBODY
    });
    let bare = MePage::new(&MeFacts { person: Some((&ines, None)), ..NOBODY });
    let csrf = "c5f0".to_owned();
    let first = PasswordPage { asks_current: false, refused: None, csrf: csrf.clone() };
    let refused = PasswordPage { asks_current: true, refused: Some("the two are not the same".to_owned()), csrf };
    vec![
        ("me", render(&chrome("/me"), &busy)),
        ("me-of-no-team", render(&chrome("/me"), &bare)),
        ("me-password", render(&chrome("/me/password"), &first)),
        ("me-password-refused", render(&chrome("/me/password"), &refused)),
        ("me-nobody", render(&chrome("/me"), &MePage::new(&NOBODY))),
    ]
}
