//! Shares of traffic, the two arms of a rollout, and tiers.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A share of traffic in basis points, 0 to 10,000; exact, so that steps compare equal after a round trip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct Share(u16);

/// A share is over 10,000 basis points, or its text is not `0%` to `100%` with at most two decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShareError;

impl fmt::Display for ShareError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a share is 0% to 100%, with at most two decimals")
    }
}

impl std::error::Error for ShareError {}

impl Share {
    /// Nobody.
    pub const ZERO: Self = Self(0);
    /// Everybody.
    pub const ALL: Self = Self(10_000);

    /// Wraps basis points.
    ///
    /// # Errors
    /// When `points` is over 10,000.
    pub fn from_basis_points(points: u16) -> Result<Self, ShareError> {
        if points <= 10_000 { Ok(Self(points)) } else { Err(ShareError) }
    }

    /// Returns basis points, 0 to 10,000.
    pub fn basis_points(self) -> u16 {
        self.0
    }

    /// Returns the share as a ratio, 0 to 1.
    pub fn ratio(self) -> f64 {
        f64::from(self.0) / 10_000.0
    }
}

impl TryFrom<u16> for Share {
    type Error = ShareError;

    fn try_from(points: u16) -> Result<Self, ShareError> {
        Self::from_basis_points(points)
    }
}

impl From<Share> for u16 {
    fn from(share: Share) -> Self {
        share.0
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, part) = (self.0 / 100, self.0 % 100);
        match part {
            0 => write!(f, "{whole}%"),
            p if p % 10 == 0 => write!(f, "{whole}.{}%", p / 10),
            p => write!(f, "{whole}.{p:02}%"),
        }
    }
}

impl FromStr for Share {
    type Err = ShareError;

    /// Reads `5%`, `0.25%` or a bare `5` (percent).
    fn from_str(text: &str) -> Result<Self, ShareError> {
        let text = text.trim().trim_end_matches('%').trim_end();
        let (whole, part) = text.split_once('.').unwrap_or((text, ""));
        let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || whole.len() > 3 || part.len() > 2 || !digits(whole) || !digits(part) {
            return Err(ShareError);
        }
        let whole: u16 = whole.parse().map_err(|_| ShareError)?;
        let part: u16 = format!("{part:0<2}").parse().map_err(|_| ShareError)?;
        Self::from_basis_points(whole * 100 + part)
    }
}

/// Which side of a rollout a request went to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Arm {
    /// The version that serves everybody else.
    Stable,
    /// The version on trial.
    Canary,
}

/// How much it matters that a service is up: 1 most, 3 least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub enum Tier {
    /// Customers cannot do what they came for without it.
    One,
    /// Customers notice within the hour.
    Two,
    /// Customers notice within the week, or never.
    Three,
}

impl TryFrom<u8> for Tier {
    type Error = &'static str;

    fn try_from(number: u8) -> Result<Self, Self::Error> {
        match number {
            1 => Ok(Self::One),
            2 => Ok(Self::Two),
            3 => Ok(Self::Three),
            _ => Err("a tier is 1, 2 or 3"),
        }
    }
}

impl From<Tier> for u8 {
    fn from(tier: Tier) -> Self {
        match tier {
            Tier::One => 1,
            Tier::Two => 2,
            Tier::Three => 3,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn share_text_round_trips() {
        for points in 0..=10_000 {
            let share = Share::from_basis_points(points).expect("in range");
            assert_eq!(share.to_string().parse(), Ok(share));
        }
        for bad in ["", "%", "101%", "5.123%", "-5%", "x", "1e2", "100.01"] {
            assert_eq!(bad.parse::<Share>(), Err(ShareError), "{bad:?}");
        }
    }
}
