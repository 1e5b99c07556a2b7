//! How long it takes to work out tolerance anew when one word or one hard dependency changes, and whether brute force finds
//! the same; `cargo xtask bench tolerance` runs it. Says what it measured as one JSON object.
//!
//! `cargo run --release -p seaworthy-downtime --example tolerance -- SERVICES UPDATES SEED`

mod brute;

use std::hint::black_box;

use brute::{Chance, Graph};
use seaworthy_downtime::tolerance;

fn main() {
    let words: Vec<u64> = std::env::args().skip(1).filter_map(|word| word.parse().ok()).collect();
    let [services, updates, seed] = words[..] else {
        eprintln!("say how many services, how many updates, and a seed: 10000 200 1");
        std::process::exit(2);
    };
    let services = usize::try_from(services).expect("fewer services than memory has bytes");
    let mut chance = Chance(seed);
    let mut graph = Graph::random(services, &mut chance);
    let (mut took, mut found, mut wrong) = (Vec::new(), Vec::new(), 0);
    for _ in 0..updates {
        change(&mut graph, &mut chance);
        let stated = graph.stated();
        took.push(timed(|| found = black_box(&graph).tolerances(&stated).contradictions()));
        // All of them are seen from all services at the end; here from one, so that no update goes unlooked at.
        wrong += graph.faults(&found, std::iter::once(chance.below(services))).len();
    }
    eprintln!("brute force, from all of {services} services");
    let faults = graph.faults(&found, 0..services);
    faults.iter().take(3).for_each(|fault| eprintln!("{fault}"));
    println!(
        "{{\"services\": {services}, \"edges\": {}, \"stated\": {}, \"contradictions\": {}, \"wrong\": {}, \"update_ms\": {took:?}}}",
        graph.edges.len(),
        graph.stated().len(),
        found.len(),
        wrong + faults.len()
    );
}

/// Somebody says something else of a service, or a service needs another one than before.
fn change(graph: &mut Graph, chance: &mut Chance) {
    let services = graph.names.len();
    if chance.below(2) == 0 {
        graph.said[chance.below(services)] = chance.planned();
    } else {
        let edge = chance.below(graph.edges.len());
        graph.edges[edge] = (chance.below(services), chance.below(services));
    }
}

/// Runs work and returns how many milliseconds it took.
#[expect(clippy::disallowed_methods, reason = "a measurement reads the clock; nothing is decided by it")]
fn timed(work: impl FnOnce()) -> f64 {
    let begin = std::time::Instant::now();
    work();
    begin.elapsed().as_secs_f64() * 1e3
}
