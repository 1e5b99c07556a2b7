//! Facts about one service, gathered before any check looks; a check never fetches.
//!
//! Each field is of one [`Kind`]. Checks say which kinds they read, so that a change of one runs again only these.

mod acts;
mod seen;

use seaworthy_model::Tier;

pub use acts::{
    Controlled, Declared, Drill, Ended, Incident, OnCall, Page, PagingRule, Revert, RevertTrigger, Rollout, Rota,
    Wakes, Worth,
};
pub use seen::{Called, Calls, Edge, Fared, Lost, Objective, Promise, Seen, Value, Watched};

macro_rules! facts {
    ($($(#[$kind_doc:meta])* $kind:ident { $($(#[$doc:meta])* $field:ident: $type:ty,)* })*) => {
        /// Everything checks may look at.
        #[derive(Debug, Clone, PartialEq)]
        pub struct ServiceSnapshot {
            $($($(#[$doc])* pub $field: $type,)*)*
        }

        /// A kind of fact.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Kind {
            $($(#[$kind_doc])* $kind,)*
        }

        impl Kind {
            /// Every one.
            pub const ALL: &[Self] = &[$(Self::$kind,)*];
        }

        impl ServiceSnapshot {
            /// Returns the kinds in which another look differs from this one.
            pub fn changed(&self, other: &Self) -> Kinds {
                let mut kinds = Kinds::default();
                $(if false $(|| self.$field != other.$field)* {
                    kinds.add(Kind::$kind);
                })*
                kinds
            }

            /// Takes the facts of a kind from another look.
            pub fn take(&mut self, kind: Kind, from: &Self) {
                match kind {
                    $(Kind::$kind => {
                        $(self.$field = from.$field.clone();)*
                    })*
                }
            }
        }
    };
}

facts! {
    /// How much it matters, and whether it is shipped here.
    Profile {
        /// How much it matters that the service is up; evidence ages faster where it matters more.
        tier: Tier,
        /// Whether Seaworthy runs versions of it or routes to them; without that there is nothing to revert.
        shipped_here: bool,
    }
    /// Who owns it.
    Owner {
        /// The declaration of its owner.
        owner: Declared,
        /// Members of the owning team.
        owner_members: usize,
    }
    /// What files say it needs, or what needs it.
    Edges {
        /// Whether it calls another service or is called by one.
        has_edges: bool,
        /// What it needs, as files say.
        edges: Vec<Edge>,
    }
    /// What the business was promised of planned downtime.
    Promised {
        /// The tolerance that was said of it.
        promise: Option<Promise>,
        /// Where its tolerance, or one that leans on it, does not add up: sentences.
        contradictions: Vec<String>,
    }
    /// Who is on call.
    OnCall {
        /// Who is on call, as the schedule says now.
        on_call: Option<OnCall>,
    }
    /// The rota.
    Rota {
        /// The rota that its pages go to: the ledger's `rota.*` events and the rotation's declaration.
        rota: Option<Rota>,
    }
    /// What its pages cost people.
    Wakes {
        /// How often its rota was woken; none where there is none.
        wakes: Option<Wakes>,
    }
    /// Reverts.
    Reverts {
        /// Reverts of it that every gateway confirmed, oldest first.
        reverts: Vec<Revert>,
    }
    /// Rollouts.
    Rollouts {
        /// Rollouts of it that users met within half a year, oldest first.
        rollouts: Vec<Rollout>,
    }
    /// Drills.
    Drills {
        /// Drills of it whose page a person took and that ended: the ledger's `alert.*` and `page.*` events.
        drills: Vec<Drill>,
    }
    /// Rules that page.
    Rules {
        /// Rules that may wake somebody for it: its objectives and probes, and other systems' rules that have, unless
        /// its team made tickets of them.
        paging_rules: Vec<PagingRule>,
    }
    /// Controls.
    Controls {
        /// Controls over its traffic that refused a request while every gateway had them, oldest first: the ledger's
        /// `control.*` events.
        controls: Vec<Controlled>,
    }
    /// Pages.
    Pages {
        /// Pages about it within half a year, oldest first.
        pages: Vec<Page>,
    }
    /// Incidents.
    Incidents {
        /// Incidents of it within half a year, oldest first.
        incidents: Vec<Incident>,
    }
    /// Objectives.
    Objectives {
        /// Its objectives and whether they are fed.
        objectives: Vec<Objective>,
    }
    /// How much of its time was watched.
    Watched {
        /// What was seen of it as a whole in the last 30 days; none where nobody ever looked.
        watched: Option<Watched>,
    }
    /// What happened while a dependency was away.
    Losses {
        /// The last time that each dependency was away, and how the service fared.
        lost: Vec<Lost>,
    }
    /// What it was seen to call.
    Calls {
        /// Calls of it that gateways carried; none while they carried none.
        calls: Option<Calls>,
    }
    /// Seen at a repository.
    Git {
        /// Facts `git.*`.
        git: Vec<Seen>,
    }
    /// Seen in the record of tests.
    Tests {
        /// Facts `tests.*`.
        tests: Vec<Seen>,
    }
    /// Seen in the record of a pipeline.
    Pipeline {
        /// Facts `pipeline.*`.
        pipeline: Vec<Seen>,
    }
    /// Seen in rules of other alerting.
    OutsideRules {
        /// Facts `rules.*`.
        rules: Vec<Seen>,
    }
    /// Seen in routes of other alerting.
    Routes {
        /// Facts `routes.*`.
        routes: Vec<Seen>,
    }
    /// Seen in manifests.
    Kubernetes {
        /// Facts `kubernetes.*`.
        kubernetes: Vec<Seen>,
    }
    /// Seen at a database.
    Database {
        /// Facts `database.*`.
        database: Vec<Seen>,
    }
    /// Seen from outside.
    EntryPoints {
        /// Facts `entry.*`.
        entry: Vec<Seen>,
    }
    /// Seen of credentials.
    Credentials {
        /// Facts `credentials.*`.
        credentials: Vec<Seen>,
    }
    /// Seen of what happens in production beside the pipeline.
    Production {
        /// Facts `production.*`.
        production: Vec<Seen>,
    }
    /// Seen of how changes are delivered.
    Delivery {
        /// Facts `delivery.*`.
        delivery: Vec<Seen>,
    }
}

/// A set of kinds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Kinds(u64);

impl Kinds {
    /// Every kind there is.
    pub fn all() -> Self {
        Kind::ALL.iter().copied().collect()
    }

    /// Adds one.
    pub fn add(&mut self, kind: Kind) {
        self.0 |= 1 << kind as u64;
    }

    /// Adds those of another set.
    pub fn join(&mut self, other: Self) {
        self.0 |= other.0;
    }

    /// Says whether it holds one.
    pub fn has(self, kind: Kind) -> bool {
        self.0 & (1 << kind as u64) != 0
    }

    /// Says whether both hold one.
    pub fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Says whether it holds none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl FromIterator<Kind> for Kinds {
    fn from_iter<I: IntoIterator<Item = Kind>>(kinds: I) -> Self {
        kinds.into_iter().fold(Self::default(), |mut all, kind| {
            all.add(kind);
            all
        })
    }
}
