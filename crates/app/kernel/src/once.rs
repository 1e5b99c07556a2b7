//! What of a decision is appended where the ledger has some of it: all that is new, and nothing that stands on what is not.
//!
//! A ledger takes a batch whole or not at all, and one known key refuses all of it. A tick's facts are one batch, so without
//! this a repeat of one would keep a page of another service from being asked for, at every tick anew.

use std::collections::BTreeSet;

use seaworthy_core::NewFact;

/// Leaves out facts whose key is known or was used before in the same decision, and then what is nothing without them. What
/// stays keeps its order. A key that no fact of the decision has leaves nothing out.
pub(crate) fn only_new(facts: Vec<NewFact>, mut known: BTreeSet<String>) -> Vec<NewFact> {
    let mut left_out: BTreeSet<String> = BTreeSet::new();
    let mut kept = Vec::with_capacity(facts.len());
    for fact in facts {
        let has_ground = !fact.only_with.iter().any(|key| left_out.contains(key));
        let is_new = has_ground && fact.key.as_ref().is_none_or(|key| known.insert(key.clone()));
        if !is_new {
            tracing::debug!(
                ledger.stream = fact.stream,
                key = fact.key,
                "left out: the ledger has it or what it is of"
            );
            left_out.extend(fact.key);
            continue;
        }
        kept.push(fact);
    }
    kept
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use seaworthy_contract::events::page::PageAcknowledgedV1;
    use seaworthy_model::PageId;
    use uuid::Uuid;

    use super::*;

    /// A fact that is known by its stream; keys and what it needs by their numbers.
    fn fact(name: usize, key: Option<u8>, with: &[u8]) -> NewFact {
        let fact = NewFact::new(name.to_string(), PageAcknowledgedV1 { page: PageId::from_uuid(Uuid::nil()) });
        let fact = fact.only_with(with.iter().map(ToString::to_string));
        match key {
            Some(key) => fact.once(key.to_string()),
            None => fact,
        }
    }

    fn kept(facts: Vec<NewFact>, known: &[u8]) -> Vec<usize> {
        let kept = only_new(facts, known.iter().map(ToString::to_string).collect());
        kept.iter().map(|fact| fact.stream.parse().expect("a number")).collect()
    }

    #[test]
    fn what_is_new_stays_and_what_is_of_a_repeat_goes() {
        let page = |at: usize, key: u8| [fact(at, Some(key), &[]), fact(at + 1, None, &[key])];
        let two = || page(0, 1).into_iter().chain(page(2, 2)).collect::<Vec<_>>();
        for (facts, known, want) in [
            (two(), &[][..], vec![0, 1, 2, 3]),
            (two(), &[1], vec![2, 3]),
            (two(), &[2], vec![0, 1]),
            (two(), &[1, 2], vec![]),
            (two(), &[9], vec![0, 1, 2, 3]),
            // Twice in one decision: the first of them.
            (vec![fact(0, Some(1), &[]), fact(1, Some(1), &[]), fact(2, None, &[])], &[], vec![0, 2]),
            // What has no key and needs nothing always stays.
            (vec![fact(0, Some(1), &[]), fact(1, None, &[])], &[1], vec![1]),
            // One that is left out with another takes its own along.
            (vec![fact(0, Some(1), &[]), fact(1, Some(2), &[1]), fact(2, None, &[2])], &[1], vec![]),
            // The ledger has what it needs, and no fact of this decision makes it anew.
            (vec![fact(0, None, &[1])], &[1], vec![0]),
        ] {
            assert_eq!(kept(facts.clone(), known), want, "{facts:?} {known:?}");
        }
    }

    proptest! {
        /// Whatever the ledger has: no key comes twice, order stays, nothing that is new and stands by itself is lost, and
        /// nothing stays whose ground is gone.
        #[test]
        fn a_repeat_costs_nobody_else_their_page(
            made in proptest::collection::vec((proptest::option::of(0..12_u8), proptest::collection::vec(0..12_u8, 0..3)), 0..20),
            known in proptest::collection::btree_set(0..12_u8, 0..8),
        ) {
            let facts = made.iter().enumerate().map(|(at, (key, with))| fact(at, *key, with)).collect();
            let known: Vec<u8> = known.into_iter().collect();
            let kept = kept(facts, &known);
            prop_assert!(kept.is_sorted_by(|a, b| a < b));
            let first = |at: usize| made[at].0.is_none_or(|key| {
                !known.contains(&key) && !kept.iter().any(|before| *before < at && made[*before].0 == Some(key))
            });
            let gone = |at: usize, key: u8| (0..at).any(|before| made[before].0 == Some(key) && !kept.contains(&before));
            for (at, (_, with)) in made.iter().enumerate() {
                let stands = !with.iter().any(|key| gone(at, *key));
                prop_assert_eq!(kept.contains(&at), first(at) && stands, "{}", at);
            }
        }
    }
}
