//! A second outage while the alert of the first is open, whose page somebody has taken.

use super::*;

fn paged(shared: &Shared) -> usize {
    shared.state.pages.len()
}

fn take_last(bench: &Bench) {
    let page = read(&bench.engine, |shared| *shared.state.pages.keys().last().expect("a page"));
    decide(&bench.engine, Input::Acknowledge { page }).expect("taken");
}

#[test]
fn a_second_outage_pages_as_soon_as_it_would_alone() {
    let mut bench = Bench::new(vec![availability()]);
    bench.past();
    bench.until(120, 0, 25, is_paged).expect("paged");
    take_last(&bench);
    // What goes on is what was taken, however long.
    bench.traffic(120, 0, 25);
    assert_eq!(read(&bench.engine, paged), 1);
    bench.traffic(450, 25, 0);
    assert_eq!(read(&bench.engine, open_alerts), 1, "the windows still remember it");
    let took = bench.until(120, 0, 25, |shared| paged(shared) == 2).expect("paged anew");
    assert!((51.0..=53.0).contains(&took), "{took} s");
    let sentences = read(&bench.engine, pages);
    assert_ne!(sentences[0], sentences[1], "each says since when");
    take_last(&bench);
    bench.restart();
    bench.traffic(30, 0, 25);
    assert_eq!(read(&bench.engine, paged), 2, "told once, also after a restart");
}

#[test]
fn short_trouble_after_a_page_was_taken_wakes_nobody_again() {
    let mut bench = Bench::new(vec![availability()]);
    bench.past();
    bench.until(120, 0, 25, is_paged).expect("paged");
    take_last(&bench);
    for _ in 0..5 {
        bench.traffic(350, 25, 0);
        bench.traffic(10, 0, 25);
    }
    assert_eq!(read(&bench.engine, paged), 1);
}
