//! The shares a rollout goes through.

use std::fmt;

use seaworthy_model::Share;

/// Most steps of one rollout: more than anybody watches, and few enough to keep a judge on the stack.
pub const STEPS_MAX: usize = 16;

/// Why a list of shares is not a list of steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepsError {
    /// There is no step, or there are more than [`STEPS_MAX`] of them, 100% included.
    Count(usize),
    /// This step is not larger than the one before it (a first step must be over 0%).
    NotGrowing(Share),
}

impl fmt::Display for StepsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(count) => write!(f, "a rollout has 1 to {STEPS_MAX} steps, 100% included; this has {count}"),
            Self::NotGrowing(share) => {
                write!(f, "step {share} is not larger than the one before it: each step must grow, from over 0%")
            }
        }
    }
}

impl std::error::Error for StepsError {}

/// Growing shares, the last of them 100%.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Steps {
    shares: [Share; STEPS_MAX],
    count: usize,
}

impl Steps {
    /// Checks shares and adds the final 100% where it is missing.
    ///
    /// # Errors
    /// When there is none, there are too many, or one does not grow.
    pub fn new(shares: &[Share]) -> Result<Self, StepsError> {
        let ends = shares.last() == Some(&Share::ALL);
        let count = shares.len() + usize::from(!ends);
        if shares.is_empty() || count > STEPS_MAX {
            return Err(StepsError::Count(count));
        }
        let mut before = Share::ZERO;
        for share in shares {
            if *share <= before {
                return Err(StepsError::NotGrowing(*share));
            }
            before = *share;
        }
        let mut made = Self { shares: [Share::ALL; STEPS_MAX], count };
        made.shares[..shares.len()].copy_from_slice(shares);
        Ok(made)
    }

    /// Returns the shares, the last of them 100%.
    pub fn as_slice(&self) -> &[Share] {
        &self.shares[..self.count]
    }

    /// Returns the steps in which two arms can be compared: all but the last.
    pub fn judged(&self) -> &[Share] {
        &self.shares[..self.count - 1]
    }
}

impl fmt::Debug for Steps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.as_slice()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(texts: &[&str]) -> Result<Steps, StepsError> {
        let shares: Vec<Share> = texts.iter().map(|t| t.parse().expect("a share")).collect();
        Steps::new(&shares)
    }

    #[test]
    fn steps_grow_and_end_at_everybody() {
        let share = |text: &str| text.parse::<Share>().expect("a share");
        assert_eq!(steps(&["5", "25", "50"]).map(|s| s.as_slice().len()), Ok(4));
        assert_eq!(steps(&["5", "25", "50"]), steps(&["5", "25", "50", "100"]));
        assert_eq!(steps(&["100"]).map(|s| s.judged().len()), Ok(0));
        assert_eq!(steps(&[]), Err(StepsError::Count(1)));
        assert_eq!(steps(&["0", "5"]), Err(StepsError::NotGrowing(Share::ZERO)));
        assert_eq!(steps(&["5", "5"]), Err(StepsError::NotGrowing(share("5"))));
        assert_eq!(steps(&["50", "5"]), Err(StepsError::NotGrowing(share("5"))));
        let many: Vec<String> = (1..=16).map(|n| n.to_string()).collect();
        assert_eq!(steps(&many.iter().map(String::as_str).collect::<Vec<_>>()), Err(StepsError::Count(17)));
    }
}
