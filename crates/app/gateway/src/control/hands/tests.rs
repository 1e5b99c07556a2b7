//! Controls set by hand over restarts, acknowledgements and configs.

use std::path::PathBuf;

use seaworthy_contract::events::control::ControlV1;

use super::*;

struct Dir(PathBuf);

impl Dir {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("seaworthy-hands-{name}-{}", std::process::id()));
        drop(std::fs::remove_dir_all(&path));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn control(id: u128) -> ControlConfig {
    ControlConfig {
        control: ControlId::from_uuid(Uuid::from_u128(id)),
        service: "checkout".parse().unwrap(),
        route: None,
        what: ControlV1::Shutter { text: String::new(), paths: Vec::new(), users: Vec::new() },
        until: at(100),
        drill: false,
    }
}

fn set(id: u128) -> Hand {
    let did = Did::Set { control: control(id), reason: "it burns".to_owned() };
    Hand { id: Uuid::from_u128(id), did, by: "uid 7".to_owned(), at: at(1) }
}

fn cleared(id: u128, control: u128) -> Hand {
    let did = Did::Cleared { control: ControlId::from_uuid(Uuid::from_u128(control)), until: at(100) };
    Hand { id: Uuid::from_u128(id), did, by: "uid 7".to_owned(), at: at(2) }
}

fn naming(controls: &[u128]) -> Config {
    Config { controls: controls.iter().map(|id| control(*id)).collect(), ..Config::default() }
}

#[test]
fn a_control_holds_until_the_control_plane_has_it_or_its_end() {
    for (acknowledged, names, now, want) in [
        (false, false, 50, true),
        (false, true, 50, false),
        // The control plane has it and no longer names it: somebody cleared it there.
        (true, false, 50, false),
        (true, true, 50, false),
        (false, false, 100, false),
    ] {
        let dir = Dir::new("holds");
        let mut hands = Hands::open(&dir.0).unwrap();
        hands.add(set(1)).unwrap();
        if acknowledged {
            hands.acknowledge(&[Uuid::from_u128(1)]).unwrap();
        }
        assert_eq!(hands.in_force().0.len(), 1, "an acknowledgement alone ends nothing");
        hands.settle(&naming(if names { &[1] } else { &[] }), at(now)).unwrap();
        assert_eq!(hands.in_force().0.len() == 1, want, "{acknowledged} {names} {now}");
        let again = Hands::open(&dir.0).unwrap();
        assert_eq!(again.in_force(), hands.in_force(), "a restart changes nothing");
    }
}

#[test]
fn what_is_cleared_stays_cleared_until_the_config_agrees() {
    for (acknowledged, names, now, want) in [
        (false, true, 50, true),
        (false, false, 50, true),
        (true, true, 50, true),
        (true, false, 50, false),
        (true, true, 100, false),
    ] {
        let dir = Dir::new("cleared");
        let mut hands = Hands::open(&dir.0).unwrap();
        hands.add(cleared(2, 1)).unwrap();
        if acknowledged {
            hands.acknowledge(&[Uuid::from_u128(2)]).unwrap();
        }
        hands.settle(&naming(if names { &[1] } else { &[] }), at(now)).unwrap();
        assert_eq!(hands.in_force().1.len() == 1, want, "{acknowledged} {names} {now}");
    }
}

#[test]
fn it_is_told_until_acknowledged_even_when_over() {
    let dir = Dir::new("told");
    let mut hands = Hands::open(&dir.0).unwrap();
    hands.add(set(1)).unwrap();
    hands.settle(&naming(&[]), at(200)).unwrap();
    let mut hands = Hands::open(&dir.0).unwrap();
    let waiting = hands.waiting(at(201));
    assert!(matches!(waiting.as_slice(), [ControlHand::Set { age_ms: 200_000, .. }]), "{waiting:?}");
    hands.acknowledge(&[Uuid::from_u128(1)]).unwrap();
    assert!(hands.waiting(at(201)).is_empty());
    assert!(Hands::open(&dir.0).unwrap().0.len() == 0, "and then forgotten");
}

#[test]
fn there_is_a_limit() {
    let dir = Dir::new("limit");
    let mut hands = Hands::open(&dir.0).unwrap();
    (0..HANDS_MAX as u128).for_each(|id| hands.add(set(id)).unwrap());
    assert!(hands.add(set(1_000)).is_err());
    assert_eq!(hands.in_force().0.len(), HANDS_MAX);
}

#[test]
fn its_lines_stay_readable_to_every_version() {
    let dir = Dir::new("lines");
    Hands::open(&dir.0).unwrap().add(cleared(1, 2)).unwrap();
    let want = "{\"what\":\"hand\",\"id\":\"00000000-0000-0000-0000-000000000001\",\"did\":{\"did\":\"cleared\",\
                \"control\":\"00000000-0000-0000-0000-000000000002\",\"until\":\"1970-01-01T00:01:40Z\"},\"by\":\"uid 7\",\
                \"at\":\"1970-01-01T00:00:02Z\"}\n";
    assert_eq!(std::fs::read_to_string(dir.0.join("controls.jsonl")).unwrap(), want);
}
