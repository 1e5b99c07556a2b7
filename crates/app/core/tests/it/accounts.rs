//! Who may sign in: refused, already so, closed and opened again.

use seaworthy_contract::events::account::AccountRoleV1::{Admin, Person};
use seaworthy_core::Input;

use crate::bench::Bench;

#[test]
fn accounts_are_for_people_of_the_catalogue_and_twice_is_once() {
    let mut bench = Bench::serving();
    let known = bench.state.catalogue.teams().find_map(|team| team.members.first().cloned()).expect("somebody");
    let open = |role| Input::OpenAccount { person: known.clone(), role };
    let (invite, close) =
        (Input::InviteAccount { person: known.clone() }, Input::CloseAccount { person: known.clone() });
    let role = |bench: &Bench| bench.state.accounts.role(&known);
    let stranger = Input::OpenAccount { person: "nobody".parse().unwrap(), role: Person };
    let table = [
        (&stranger, Err(()), None),
        (&invite, Err(()), None),
        (&close, Err(()), None),
        (&open(Person), Ok(1), Some(Person)),
        (&open(Person), Ok(0), Some(Person)),
        (&open(Admin), Ok(1), Some(Admin)),
        (&invite, Ok(1), Some(Admin)),
        (&invite, Ok(1), Some(Admin)),
        (&close, Ok(1), None),
        (&close, Ok(0), None),
        (&invite, Err(()), None),
        (&open(Person), Ok(1), Some(Person)),
    ];
    for (input, want, then) in table {
        let got = bench.try_act(input);
        match want {
            Ok(events) => assert_eq!(got.expect("allowed").len(), events, "{input:?}"),
            Err(()) => assert!(got.is_err(), "{input:?}"),
        }
        assert_eq!(role(&bench), then, "{input:?}");
    }
}
