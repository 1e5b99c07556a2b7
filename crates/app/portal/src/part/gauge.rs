//! A budget and its burn as bars. What nobody counted is hatched; a number stands beside every bar.

use askama::Template;

use super::prints_itself;
use crate::text;

/// A budget: what is left of it, what is spent.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "components/budget.html")]
pub struct BudgetBar {
    /// The bar in words.
    pub label: String,
    /// Width of what is left, and of what is spent, in percent; none where that is not known.
    pub parts: Option<(String, String)>,
    /// How much of the period is left, in percent, where it ends at a date.
    pub time_left: Option<String>,
}

impl BudgetBar {
    /// Draws a budget of which this share is left, in a period of which that share is left.
    pub fn new(remaining_ratio: Option<f64>, time_left_ratio: Option<f64>) -> Self {
        let left = remaining_ratio.map(|ratio| ratio.clamp(0.0, 1.0) * 100.0);
        Self {
            label: remaining_ratio.map_or_else(|| "budget: unknown".to_owned(), text::left_of_budget),
            parts: left.map(|left| (format!("{left:.1}%"), format!("{:.1}%", 100.0 - left))),
            time_left: time_left_ratio.map(|ratio| format!("{:.1}%", ratio.clamp(0.0, 1.0) * 100.0)),
        }
    }
}

/// How fast a budget burned in a window, against the speed at which a tier fires.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "components/burn.html")]
pub struct BurnBar {
    /// The window: `1 h`.
    pub window: String,
    /// The speed in words.
    pub value: String,
    /// The bar in words.
    pub label: String,
    /// Class of the bar, and its width in percent; none where nothing was counted.
    pub part: Option<(&'static str, String)>,
    /// Place of the limit, in percent.
    pub limit: &'static str,
}

/// The limit stands at two thirds, so that what is above it is seen.
const LIMIT_PERCENT: f64 = 66.6;

impl BurnBar {
    /// Draws a window.
    pub fn new(seconds: u32, burn: Option<f64>, limit: f64) -> Self {
        let window = text::seconds(f64::from(seconds));
        let value = burn.map_or_else(|| "nothing counted".to_owned(), text::times);
        let class = |burn: f64| if burn > limit { "spent" } else { "left" };
        let width = |burn: f64| format!("{:.1}%", (burn / limit.max(f64::MIN_POSITIVE) * LIMIT_PERCENT).min(100.0));
        Self {
            label: format!("last {window}: {value}; the limit is {}", text::times(limit)),
            part: burn.map(|burn| (class(burn), width(burn))),
            limit: "66.6%",
            window,
            value,
        }
    }
}

prints_itself!(BudgetBar, BurnBar);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_never_drawn_beyond_its_ends_and_unknown_is_not_zero() {
        let parts = |left| BudgetBar::new(left, None).parts;
        let pair = |left: &str, spent: &str| Some((left.to_owned(), spent.to_owned()));
        assert_eq!(parts(Some(0.712)), pair("71.2%", "28.8%"));
        assert_eq!(parts(Some(-0.35)), pair("0.0%", "100.0%"), "overspent is empty, and its words say by how much");
        assert_eq!(parts(Some(1.0)), pair("100.0%", "0.0%"));
        assert_eq!(parts(None), None);
    }

    #[test]
    fn a_burn_above_its_limit_looks_and_reads_otherwise() {
        let bar = |burn| BurnBar::new(3_600, burn, 14.4).part;
        assert_eq!(bar(Some(0.0)), Some(("left", "0.0%".to_owned())));
        assert_eq!(bar(Some(14.4)), Some(("left", "66.6%".to_owned())), "faster than is strict");
        assert_eq!(bar(Some(14.5)), Some(("spent", "67.1%".to_owned())));
        assert_eq!(bar(Some(1_000.0)), Some(("spent", "100.0%".to_owned())));
        assert_eq!(bar(None), None);
    }
}
