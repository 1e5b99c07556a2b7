//! Who a request comes from, who may call a route, and the one table that says which of them may which.

use std::collections::BTreeSet;

use seaworthy_contract::events::account::AccountRoleV1;
use seaworthy_contract::events::server::ScopeV4;
use seaworthy_model::{PersonId, TeamId};

/// Who a request comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Principal {
    /// What it is, and from that what it may do.
    pub(crate) holder: Holder,
    /// How it appears in the ledger: `person/<handle>`, `token/<id>`, `gateway/<label>`.
    pub(crate) actor: String,
    /// The form token of its session; none for a request with a credential of its own.
    pub(crate) csrf: Option<String>,
}

/// What a principal is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Holder {
    /// Something that has a credential, whoever uses it.
    Credential(ScopeV4),
    /// Somebody who signed in as themselves.
    Person {
        /// Who.
        person: PersonId,
        /// The teams that they are in, by the catalogue of this moment.
        teams: BTreeSet<TeamId>,
        /// As what their account is open at this moment.
        role: AccountRoleV1,
        /// How they came in.
        entered: Entered,
    },
}

/// How somebody came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Entered {
    /// By a link that an admin made, on record.
    Link,
    /// By their password.
    Password,
}

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    /// Everybody: health and sign-in only.
    Anyone,
    /// Any credential or session; what it may change is decided per service.
    SignedIn,
    /// Any credential or session, and the supervisor for the person who started it, who sees what happens.
    Reader,
    /// Admins, and the supervisor for the person who started it.
    Operator,
    /// Gateways.
    Gateway,
    /// Supervisors.
    Supervisor,
    /// Admins, and credentials that only send in alerts and counts.
    Intake,
    /// Admins, and credentials that only run probes.
    Prober,
    /// Admins, credentials that only send in what collectors saw, and teams for what they own.
    Observer,
    /// Admins, credentials that only send in alerts and counts, and teams for what they own: counts of services.
    Counts,
    /// Whoever may send facts in, with a credential in the body: the handler looks. The format of others leaves no choice.
    InBody,
    /// Whoever holds a link that is signed for the one thing it does: the handler looks.
    InLink,
}

impl Principal {
    /// Something that has a credential, and no session.
    pub(super) fn credential(scope: ScopeV4, actor: String) -> Self {
        Self { holder: Holder::Credential(scope), actor, csrf: None }
    }

    /// Returns whether a route is open to it.
    pub(crate) fn may_call(&self, who: Who) -> bool {
        match &self.holder {
            Holder::Credential(scope) => may_call(scope, who),
            Holder::Person { role: AccountRoleV1::Admin, .. } => may_call(&ScopeV4::Admin, who),
            Holder::Person { .. } => matches!(who, Who::Anyone | Who::InLink | Who::SignedIn | Who::Reader),
        }
    }

    /// Returns whether it may do everything.
    pub(crate) fn is_admin(&self) -> bool {
        matches!(self.holder, Holder::Credential(ScopeV4::Admin) | Holder::Person { role: AccountRoleV1::Admin, .. })
    }

    /// Returns who it is, when it is somebody who signed in as themselves.
    pub(crate) fn person(&self) -> Option<&PersonId> {
        match &self.holder {
            Holder::Person { person, .. } => Some(person),
            Holder::Credential(_) => None,
        }
    }

    /// Returns how somebody came in who signed in as themselves.
    pub(crate) fn entered(&self) -> Option<Entered> {
        match self.holder {
            Holder::Person { entered, .. } => Some(entered),
            Holder::Credential(_) => None,
        }
    }

    /// Returns whether it is for sending in alerts and counts of whatever service.
    pub(crate) fn sends_for_all(&self) -> bool {
        matches!(self.holder, Holder::Credential(ScopeV4::Intake | ScopeV4::Facts))
    }

    /// Returns whether it is for sending in what collectors saw of whatever service.
    pub(crate) fn observes_for_all(&self) -> bool {
        self.holder == Holder::Credential(ScopeV4::Observe)
    }

    /// Returns whether it may change what a team owns.
    pub(crate) fn may_change(&self, owner: &TeamId) -> bool {
        match &self.holder {
            Holder::Credential(ScopeV4::Admin) | Holder::Person { role: AccountRoleV1::Admin, .. } => true,
            Holder::Credential(ScopeV4::Team { team }) => team == owner,
            Holder::Person { teams, .. } => teams.contains(owner),
            Holder::Credential(
                ScopeV4::Read
                | ScopeV4::Gateway
                | ScopeV4::Supervisor
                | ScopeV4::Facts
                | ScopeV4::Intake
                | ScopeV4::Prober
                | ScopeV4::Observe,
            ) => false,
        }
    }
}

/// The table of rights for credentials.
fn may_call(scope: &ScopeV4, who: Who) -> bool {
    let sends_for_all = matches!(scope, ScopeV4::Intake | ScopeV4::Facts);
    match who {
        Who::Anyone | Who::InLink => true,
        Who::SignedIn => matches!(scope, ScopeV4::Admin | ScopeV4::Team { .. } | ScopeV4::Read),
        Who::Reader => may_call(scope, Who::SignedIn) || *scope == ScopeV4::Supervisor,
        Who::Operator => matches!(scope, ScopeV4::Admin | ScopeV4::Supervisor),
        Who::Gateway => *scope == ScopeV4::Gateway,
        Who::Supervisor => *scope == ScopeV4::Supervisor,
        Who::Intake | Who::InBody => *scope == ScopeV4::Admin || sends_for_all,
        Who::Prober => matches!(scope, ScopeV4::Admin | ScopeV4::Prober | ScopeV4::Facts),
        Who::Observer => matches!(scope, ScopeV4::Admin | ScopeV4::Observe | ScopeV4::Team { .. }),
        Who::Counts => may_call(scope, Who::Intake) || matches!(scope, ScopeV4::Team { .. }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rights_follow_the_scope() {
        let team = |name: &str| name.parse::<TeamId>().expect("a name");
        let who = |scope| Principal::credential(scope, String::new());
        let shop = who(ScopeV4::Team { team: team("shop") });
        assert!(shop.may_change(&team("shop")) && !shop.may_change(&team("bank")));
        assert!(who(ScopeV4::Admin).may_change(&team("bank")));
        let machines =
            [ScopeV4::Gateway, ScopeV4::Supervisor, ScopeV4::Facts, ScopeV4::Intake, ScopeV4::Prober, ScopeV4::Observe];
        for scope in machines.into_iter().chain([ScopeV4::Read]) {
            assert!(!who(scope).may_change(&team("shop")));
        }
        assert!(!who(ScopeV4::Gateway).may_call(Who::SignedIn), "a gateway's token does not read the portal");
        assert!(!who(ScopeV4::Admin).may_call(Who::Gateway), "an admin does not speak for a gateway");
        assert!(!shop.may_call(Who::Operator));
        let (intake, prober, facts) = (who(ScopeV4::Intake), who(ScopeV4::Prober), who(ScopeV4::Facts));
        for route in [Who::SignedIn, Who::Reader, Who::Operator, Who::Gateway, Who::Supervisor] {
            for machine in [&intake, &prober, &facts] {
                assert!(!machine.may_call(route), "facts in, nothing else: {route:?}");
            }
        }
        for route in [Who::Intake, Who::InBody, Who::Counts] {
            assert!(intake.may_call(route) && facts.may_call(route) && !prober.may_call(route), "{route:?}");
        }
        assert!(prober.may_call(Who::Prober) && facts.may_call(Who::Prober) && !intake.may_call(Who::Prober));
        let observe = who(ScopeV4::Observe);
        assert!(observe.may_call(Who::Observer) && shop.may_call(Who::Observer) && !intake.may_call(Who::Observer));
        assert!(!observe.may_call(Who::SignedIn) && !observe.may_call(Who::Intake) && !observe.may_call(Who::Prober));
        assert!(!shop.may_call(Who::Intake) && !shop.may_call(Who::Prober) && shop.may_call(Who::Counts));
        assert!(!who(ScopeV4::Read).may_call(Who::Counts) && !who(ScopeV4::Gateway).may_call(Who::Counts));
    }

    #[test]
    fn a_person_reads_and_changes_what_their_teams_own() {
        let team = |name: &str| name.parse::<TeamId>().expect("a name");
        let person: PersonId = "ines".parse().expect("a name");
        let (role, entered) = (AccountRoleV1::Person, Entered::Password);
        let holder = Holder::Person { person: person.clone(), teams: [team("shop")].into(), role, entered };
        let ines = Principal { holder, actor: "person/ines".to_owned(), csrf: None };
        assert_eq!(ines.person(), Some(&person));
        assert!(ines.may_change(&team("shop")) && !ines.may_change(&team("bank")) && !ines.is_admin());
        assert!(ines.may_call(Who::SignedIn) && ines.may_call(Who::Reader));
        let machines = [Who::Operator, Who::Gateway, Who::Supervisor, Who::Intake, Who::InBody, Who::Prober];
        for route in machines.into_iter().chain([Who::Counts, Who::Observer]) {
            assert!(!ines.may_call(route), "for machines and admins: {route:?}");
        }
        let (role, entered) = (AccountRoleV1::Admin, Entered::Password);
        let admin = Principal { holder: Holder::Person { person, teams: BTreeSet::new(), role, entered }, ..ines };
        assert!(admin.is_admin() && admin.may_change(&team("bank")) && admin.may_call(Who::Operator));
        assert!(!admin.may_call(Who::Gateway) && !admin.may_call(Who::Supervisor));
    }
}
