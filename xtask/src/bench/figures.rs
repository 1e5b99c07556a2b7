//! Figures against what was promised: a list of lines that pass or fail.

use crate::shell::Outcome;

/// One promise and what was measured.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Figure {
    what: String,
    measured: String,
    promised: String,
    kept: bool,
}

impl Figure {
    /// A measured number that must not be above `most`; a number that is missing is a promise not kept.
    pub(super) fn at_most(what: &str, measured: Option<f64>, most: f64, unit: &str) -> Self {
        let kept = measured.is_some_and(|value| value <= most);
        let measured = measured.map_or("not measured".into(), |value| format!("{value:.2} {unit}"));
        Self { what: what.into(), measured, promised: format!("<= {most} {unit}"), kept }
    }

    /// Something that must have happened in every run.
    pub(super) fn in_all(what: &str, times: usize, runs: usize) -> Self {
        let kept = runs > 0 && times == runs;
        Self { what: what.into(), measured: format!("{times} of {runs}"), promised: "all".into(), kept }
    }
}

/// Prints every figure on its line.
///
/// # Errors
/// When one is missed.
pub(super) fn verdict(figures: &[Figure]) -> Outcome {
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
pub(super) fn spread(values: &[f64]) -> Option<(f64, f64, f64)> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (least, greatest) = (*sorted.first()?, *sorted.last()?);
    let middle = sorted.len() / 2;
    let odd = sorted.len() % 2 == 1;
    let median = if odd { sorted[middle] } else { (sorted[middle - 1] + sorted[middle]) / 2.0 };
    Some((least, median, greatest))
}

#[cfg(test)]
mod tests {
    use super::{Figure, spread, verdict};

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
    }

    #[test]
    fn all_means_all_of_something() {
        assert_eq!(verdict(&[Figure::in_all("x", 2, 2)]), Ok(()));
        assert!(verdict(&[Figure::in_all("x", 1, 2)]).is_err());
        assert!(verdict(&[Figure::in_all("x", 0, 0)]).is_err());
    }
}
