//! Figures against what was promised: a list of lines that pass or fail.

use crate::shell::Outcome;

/// One promise and what was measured.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Figure {
    what: String,
    measured: String,
    promised: String,
    kept: bool,
}

impl Figure {
    /// A measured number that must not be above `most`; a number that is missing is a promise not kept.
    pub(crate) fn at_most(what: &str, measured: Option<f64>, most: f64, unit: &str) -> Self {
        let kept = measured.is_some_and(|value| value <= most);
        let measured = measured.map_or("not measured".into(), |value| format!("{value:.2} {unit}"));
        Self { what: what.into(), measured, promised: format!("<= {most} {unit}"), kept }
    }

    /// A measured number that must not be below `least`; a number that is missing is a promise not kept.
    pub(crate) fn at_least(what: &str, measured: Option<f64>, least: f64, unit: &str) -> Self {
        let kept = measured.is_some_and(|value| value >= least);
        let measured = measured.map_or("not measured".into(), |value| format!("{value:.2} {unit}"));
        Self { what: what.into(), measured, promised: format!(">= {least} {unit}"), kept }
    }

    /// Something that must have happened in every run.
    pub(crate) fn in_all(what: &str, times: usize, runs: usize) -> Self {
        let kept = runs > 0 && times == runs;
        Self { what: what.into(), measured: format!("{times} of {runs}"), promised: "all".into(), kept }
    }
}

/// Prints every figure on its line.
///
/// # Errors
/// When one is missed.
pub(crate) fn verdict(figures: &[Figure]) -> Outcome {
    println!();
    for Figure { what, measured, promised, kept } in figures {
        let word = if *kept { "PASS" } else { "FAIL" };
        println!("{word}  {what:<52} {measured:>16}   promised {promised}");
    }
    let missed = figures.iter().filter(|figure| !figure.kept).count();
    if missed == 0 { Ok(()) } else { Err(format!("{missed} of {} figures are missed", figures.len())) }
}

/// Least, median and greatest of a list; none when it is empty. The median of an even number of values is the
/// mean of the two in the middle.
pub(crate) fn spread(values: &[f64]) -> Option<(f64, f64, f64)> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (least, greatest) = (*sorted.first()?, *sorted.last()?);
    let middle = sorted.len() / 2;
    let odd = sorted.len() % 2 == 1;
    let median = if odd { sorted[middle] } else { (sorted[middle - 1] + sorted[middle]) / 2.0 };
    Some((least, median, greatest))
}

/// The value that so large a part of a list does not exceed (nearest rank), `part` from 0 to 1; none when it is empty.
pub(crate) fn percentile(values: &[f64], part: f64) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = (part * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).copied()
}

#[cfg(test)]
mod tests {
    use super::{Figure, percentile, spread, verdict};

    #[test]
    fn ranks() {
        let values: Vec<f64> = (1..=1_000).rev().map(f64::from).collect();
        for (part, value) in [(0.0, 1.0), (0.5, 500.0), (0.99, 990.0), (1.0, 1_000.0)] {
            assert_eq!(percentile(&values, part), Some(value), "{part}");
        }
        assert_eq!(percentile(&[7.0], 0.99), Some(7.0));
        assert_eq!(percentile(&[], 0.5), None);
    }

    #[test]
    fn spreads() {
        assert_eq!(spread(&[]), None);
        assert_eq!(spread(&[2.0]), Some((2.0, 2.0, 2.0)));
        assert_eq!(spread(&[3.0, 1.0, 2.0]), Some((1.0, 2.0, 3.0)));
        assert_eq!(spread(&[4.0, 1.0, 2.0, 3.0]), Some((1.0, 2.5, 4.0)));
    }

    #[test]
    fn a_figure_is_kept_at_its_limit_and_missed_when_absent() {
        assert_eq!(verdict(&[Figure::at_most("x", Some(4.0), 4.0, "s")]), Ok(()));
        assert!(verdict(&[Figure::at_most("x", Some(4.01), 4.0, "s")]).is_err());
        assert!(verdict(&[Figure::at_most("x", None, 4.0, "s")]).is_err());
        assert_eq!(verdict(&[Figure::at_least("x", Some(200.0), 200.0, "")]), Ok(()));
        assert!(verdict(&[Figure::at_least("x", Some(199.9), 200.0, "")]).is_err());
        assert!(verdict(&[Figure::at_least("x", None, 200.0, "")]).is_err());
    }

    #[test]
    fn all_means_all_of_something() {
        assert_eq!(verdict(&[Figure::in_all("x", 2, 2)]), Ok(()));
        assert!(verdict(&[Figure::in_all("x", 1, 2)]).is_err());
        assert!(verdict(&[Figure::in_all("x", 0, 0)]).is_err());
    }
}
