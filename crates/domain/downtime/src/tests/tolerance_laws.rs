//! Tolerance on any graph is what brute force finds.

use proptest::prelude::*;

use super::brute::{Chance, End, Graph, walk};
use crate::tolerance::{Contradiction, Demand, Looser, Planned};

fn planned() -> impl Strategy<Value = Option<Planned>> {
    let window = |when: u8| Planned::Window { when: format!("day {when}"), zone: "UTC".to_owned() };
    prop_oneof![
        3 => Just(None),
        1 => Just(Some(Planned::None)),
        3 => (1..5_u8).prop_map(|hours| Some(Planned::HoursPerMonth(f64::from(hours)))),
        3 => (0..4_u8).prop_map(move |when| Some(window(when))),
    ]
}

/// Up to ten services, with cycles, loops and edges said twice.
fn graph() -> impl Strategy<Value = Graph> {
    let graph = |count: usize| {
        let edges = prop::collection::vec((0..count, 0..count), 0..3 * count);
        (prop::collection::vec(planned(), count), edges).prop_map(|(said, edges)| Graph::new(said, edges))
    };
    (1..10_usize).prop_flat_map(graph)
}

/// What everybody who needs a service, itself included, asks of it and nobody else covers: each with how far the nearest
/// who asks is.
fn demands(graph: &Graph, service: usize) -> Vec<(Planned, usize)> {
    let walked = walk(service, &graph.neighbours(End::Dependency));
    let asked = walked.iter().filter_map(|(who, far)| Some((graph.said[*who].clone()?, *far)));
    let mut asked: Vec<(Planned, usize)> = asked.collect();
    let all: Vec<Planned> = asked.iter().map(|(planned, _)| planned.clone()).collect();
    let is_covered = |one: &Planned| all.iter().any(|other| other != one && other.is_looser_than(one) == Looser::No);
    asked.retain(|(planned, _)| !is_covered(planned));
    let first = |at: usize| !asked[..at].iter().any(|(planned, _)| *planned == asked[at].0);
    (0..asked.len()).filter(|at| first(*at)).map(|at| asked[at].clone()).collect()
}

fn is_like(one: &Contradiction, other: &Contradiction) -> bool {
    let short = |one: &Contradiction| (one.allowed.clone(), one.looser, one.path.len());
    short(one) == short(other)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn contradictions_are_what_brute_force_finds(graph in graph()) {
        let tolerances = graph.tolerances(&graph.stated());
        let found = tolerances.contradictions();
        prop_assert_eq!(graph.faults(&found, 0..graph.names.len()), Vec::<String>::new());
        prop_assert!(found.len() <= 2 * graph.stated().len());
        for name in &graph.names {
            let leans_on = tolerances.leans_on(name);
            prop_assert!(leans_on.is_some() == found.iter().any(|one| one.path.first() == Some(name)));
            let is_in = |one| found.iter().any(|row| is_like(row, one));
            prop_assert!(leans_on.as_ref().is_none_or(is_in));
        }
    }

    #[test]
    fn demands_are_what_brute_force_finds(graph in graph()) {
        let tolerances = graph.tolerances(&graph.stated());
        let needs = graph.neighbours(End::Consumer);
        for (service, name) in graph.names.iter().enumerate() {
            let found = tolerances.demands(name);
            let short = |demand: &Demand| (demand.planned.clone(), demand.path.len() - 1);
            prop_assert_eq!(found.iter().map(short).collect::<Vec<_>>(), demands(&graph, service));
            for demand in found {
                let way: Vec<usize> =
                    demand.path.iter().map(|name| graph.names.binary_search(name).unwrap()).collect();
                prop_assert!(way.windows(2).all(|step| needs[step[0]].contains(&step[1])));
                prop_assert_eq!(way.last(), Some(&service));
                prop_assert_eq!(graph.said[way[0]].as_ref(), Some(&demand.planned));
            }
        }
    }
}

#[test]
fn ten_thousand_services_are_what_brute_force_finds() {
    let mut chance = Chance(1);
    let graph = Graph::random(10_000, &mut chance);
    let found = graph.tolerances(&graph.stated()).contradictions();
    assert!(found.len() > 5_000, "{}", found.len());
    let sample: Vec<usize> = (0..100).map(|_| chance.below(10_000)).collect();
    assert_eq!(graph.faults(&found, sample.into_iter()), [""; 0]);
    let mut broken = found;
    broken.iter_mut().for_each(|one| one.looser = Looser::No);
    assert!(!graph.faults(&broken, 0..3).is_empty(), "what is wrong is seen");
}
