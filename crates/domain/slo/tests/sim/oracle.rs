//! A second opinion on when an objective fires, written from the book and from nothing in the crate: it goes through the raw
//! list of what happened for every question, and sums the chance term by term.

/// Something that happened: when, how many events, how many of them bad.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Record {
    pub(crate) second: f64,
    pub(crate) events: u64,
    pub(crate) bad: u64,
}

/// What the book says about one tier, for a period of 30 days: share of the budget, long and short window in seconds, page.
pub(crate) const BOOK: [(f64, f64, f64, bool); 4] = [
    (0.02, 3_600.0, 300.0, true),
    (0.05, 21_600.0, 1_800.0, true),
    (0.10, 86_400.0, 7_200.0, false),
    (0.10, 259_200.0, 21_600.0, false),
];

/// How far a figure may be from its limit to count as a tie, which rounding decides either way.
const TIE: f64 = 1e-9;

/// Which side of a limit a tie falls on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ties {
    Fire,
    DoNotFire,
}

/// The oracle: the book, and the logarithms of factorials that were summed so far.
#[derive(Debug, Default)]
pub(crate) struct Oracle {
    ln_factorials: Vec<f64>,
}

impl Oracle {
    /// Whether this tier of the book fires at `now` for a service that may fail `1 / one_in` of its events.
    pub(crate) fn fires(&mut self, tier: usize, one_in: f64, history: &[Record], now: f64, ties: Ties) -> bool {
        let (share, long, short, _) = BOOK[tier];
        let slack = if ties == Ties::Fire { 1.0 - TIE } else { 1.0 + TIE };
        let pace = share * 30.0 * 24.0 * 3_600.0 / long;
        let burning = |(events, bad): (u64, u64)| events > 0 && bad as f64 * one_in > pace * events as f64 * slack;
        let in_long = count(history, now, long);
        burning(in_long)
            && burning(count(history, now, short))
            && self.chance(in_long.1, in_long.0 as f64 / one_in) <= 1e-7 / slack
    }

    /// The chance of `least` or more when `mean` are to be expected: every term is worked out anew from its logarithm.
    fn chance(&mut self, least: u64, mean: f64) -> f64 {
        let (mut total, mut count) = (0.0, least);
        loop {
            let term = (count as f64 * mean.ln() - mean - self.ln_factorial(count)).exp();
            total += term;
            // Beyond the mean the terms fall ever faster, so nothing that matters follows a term this small.
            if count as f64 > mean && term < 1e-20 {
                return total;
            }
            count += 1;
        }
    }

    fn ln_factorial(&mut self, of: u64) -> f64 {
        while self.ln_factorials.len() as u64 <= of {
            let factor = self.ln_factorials.len().max(1) as f64;
            self.ln_factorials.push(self.ln_factorials.last().unwrap_or(&0.0) + factor.ln());
        }
        self.ln_factorials[of as usize]
    }
}

fn count(history: &[Record], now: f64, window: f64) -> (u64, u64) {
    let (mut events, mut bad) = (0, 0);
    for record in history {
        if record.second <= now && record.second > now - window {
            events += record.events;
            bad += record.bad;
        }
    }
    (events, bad)
}

#[cfg(test)]
mod tests {
    use super::Oracle;

    #[test]
    fn chance_at_points_known_by_hand() {
        let mut oracle = Oracle::default();
        assert!((oracle.chance(1, 1.0) - (1.0 - (-1.0_f64).exp())).abs() < 1e-12);
        assert!((oracle.chance(5, 0.06) / 6.164e-9 - 1.0).abs() < 1e-2);
        assert!((oracle.chance(0, 9.0) - 1.0).abs() < 1e-9);
    }
}
