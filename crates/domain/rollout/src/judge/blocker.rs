//! Closes blocks of traffic on traffic counts only, never on outcomes, so that the share a block really had is a valid
//! share to judge it by. With sticky users the configured weight is not: a heavy user skews it for as long as he stays.

use super::{Unusable, probability};
use crate::checkpoint::Walk;

/// One closed block, `[canary, comparator]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Block {
    /// Counted units of each arm.
    pub n: [u64; 2],
    /// Events of each arm.
    pub x: [u64; 2],
}

impl Block {
    /// Returns the share that the canary really had, 0 to 1; 0 for an empty block.
    pub fn share(&self) -> f64 {
        let all = self.n[0] as f64 + self.n[1] as f64;
        if all > 0.0 { self.n[0] as f64 / all } else { 0.0 }
    }
}

/// Gathers units until the canary has at least one and both arms have `1 / share` together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Blocker {
    need: f64,
    open: Block,
}

impl Blocker {
    /// Makes one for a step whose weight is `share`, over 0 and at most 1.
    ///
    /// # Errors
    /// When the share is 0, negative or over 1.
    pub fn new(share: f64) -> Result<Self, Unusable> {
        let share = if share == 1.0 { share } else { probability("share", share)? };
        Ok(Self { need: 1.0 / share, open: Block::default() })
    }

    /// Adds counts, `[canary, comparator]`, and returns the block when they close it.
    pub fn push(&mut self, n: [u64; 2], x: [u64; 2]) -> Option<Block> {
        let open = &mut self.open;
        for (sum, more) in open.n.iter_mut().zip(n).chain(open.x.iter_mut().zip(x)) {
            *sum = sum.saturating_add(more);
        }
        let closed = open.n[0] >= 1 && open.n[0] as f64 + open.n[1] as f64 >= self.need;
        closed.then(|| std::mem::take(open))
    }

    pub(crate) fn walk(&mut self, walk: &mut impl Walk) {
        walk.real(&mut self.need);
        if !(self.need >= 1.0 && self.need.is_finite()) {
            walk.reject();
        }
        self.open.n.iter_mut().chain(&mut self.open.x).for_each(|v| walk.count(v));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_close_on_traffic_never_on_outcomes() {
        let mut blocker = Blocker::new(0.1).expect("a share");
        assert_eq!(blocker.push([0, 50], [0, 50]), None, "no canary yet");
        assert_eq!(blocker.push([1, 0], [1, 0]), Some(Block { n: [1, 50], x: [1, 50] }));
        assert_eq!(blocker.push([9, 0], [9, 0]), None, "nine of ten");
        let block = blocker.push([0, 1], [0, 0]).expect("ten");
        assert_eq!((block.share(), block.x), (0.9, [9, 0]));
        assert_eq!(blocker.push([0, 0], [0, 0]), None, "starts anew");
    }

    #[test]
    fn shares_without_a_canary_are_refused() {
        for share in [0.0, -0.1, 1.1, f64::NAN] {
            assert!(Blocker::new(share).is_err(), "{share}");
        }
        assert!(Blocker::new(1.0).is_ok());
        assert_eq!(Block::default().share(), 0.0);
    }
}
