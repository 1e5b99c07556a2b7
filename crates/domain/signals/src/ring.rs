//! Equal buckets in a circle, with the sums of windows that end in the open one.
//!
//! The sums hold at every instant: what comes in is added to each window that it falls into, what falls out of a window
//! is taken off it when time goes on. So a sum costs nothing, however long its window is.

use seaworthy_model::Tally;

use crate::cells::{Cells, capped};

/// The last so many slots, the open one included.
#[derive(Debug, Clone)]
struct Window {
    seconds: u32,
    slots: i64,
    sum: Tally,
}

/// Buckets of one width, from the open one back.
#[derive(Debug, Clone)]
pub(crate) struct Ring {
    /// The open slot; never goes back.
    head: i64,
    cells: Cells,
    /// A bit for each cell that changed since it was last taken.
    dirty: Box<[u64]>,
    windows: Box<[Window]>,
}

impl Ring {
    /// Makes an empty ring of `kept` cells of `step` seconds; windows, in seconds, are rounded up to whole slots.
    pub(crate) fn new(kept: usize, step: i64, windows: impl Iterator<Item = u32>, head: i64) -> Self {
        let window = |seconds: u32| Window {
            seconds,
            slots: (i64::from(seconds) + step - 1).div_euclid(step).min(length(kept)),
            sum: Tally::default(),
        };
        Self {
            head,
            cells: Cells::new(kept),
            dirty: vec![0; kept.div_ceil(64)].into_boxed_slice(),
            windows: windows.map(window).collect(),
        }
    }

    pub(crate) fn head(&self) -> i64 {
        self.head
    }

    /// Returns the oldest slot that it holds.
    pub(crate) fn oldest(&self) -> i64 {
        self.head.saturating_sub(length(self.cells.len()) - 1)
    }

    fn holds(&self, slot: i64) -> bool {
        (self.oldest()..=self.head).contains(&slot)
    }

    fn index(&self, slot: i64) -> usize {
        let index = slot.rem_euclid(length(self.cells.len()));
        usize::try_from(index).expect("a remainder is not negative and below the length")
    }

    /// Moves the open slot on; `left` gets each bucket that leaves before anybody took its last change.
    pub(crate) fn advance(&mut self, to: i64, mut left: impl FnMut(i64, Tally)) {
        let kept = length(self.cells.len());
        let steps = to.saturating_sub(self.head).clamp(0, kept);
        for slot in self.head + 1..=self.head + steps {
            for at in 0..self.windows.len() {
                let out = self.cells.get(self.index(slot - self.windows[at].slots));
                self.windows[at].sum.remove(out);
            }
            let index = self.index(slot);
            if self.unmark(index) {
                left(slot - kept, self.cells.get(index));
            }
            self.cells.set(index, Tally::default());
        }
        self.head = self.head.max(to);
    }

    /// Adds to a slot; returns how much of it was new, or nothing where the slot is not held.
    pub(crate) fn add(&mut self, slot: i64, tally: Tally) -> Option<Tally> {
        self.holds(slot).then(|| {
            let index = self.index(slot);
            let went_in = self.cells.add(index, tally);
            self.dirty[index / 64] |= 1 << (index % 64);
            self.reaching(slot).for_each(|window| window.sum.add(went_in));
            went_in
        })
    }

    /// Sets a slot to what was stored; returns what stood there, or nothing where the slot is not held.
    pub(crate) fn replace(&mut self, slot: i64, tally: Tally) -> Option<Tally> {
        self.holds(slot).then(|| {
            let index = self.index(slot);
            let before = self.cells.get(index);
            self.cells.set(index, tally);
            self.reaching(slot).for_each(|window| {
                window.sum.remove(before);
                window.sum.add(capped(tally));
            });
            before
        })
    }

    fn reaching(&mut self, slot: i64) -> impl Iterator<Item = &mut Window> {
        let head = self.head;
        self.windows.iter_mut().filter(move |window| slot > head - window.slots)
    }

    /// Returns the sum of a window that the ring was made with.
    pub(crate) fn sum(&self, seconds: u32) -> Option<Tally> {
        self.windows.iter().find(|window| window.seconds == seconds).map(|window| window.sum)
    }

    /// Returns every slot that it holds, oldest first.
    pub(crate) fn slots(&self) -> impl Iterator<Item = (i64, Tally)> {
        (self.oldest()..=self.head).map(|slot| (slot, self.cells.get(self.index(slot))))
    }

    /// Returns the slots that changed since they were last taken, in no order.
    pub(crate) fn take_dirty(&mut self, mut each: impl FnMut(i64, Tally)) {
        for word in 0..self.dirty.len() {
            let mut bits = std::mem::take(&mut self.dirty[word]);
            while bits != 0 {
                let index = word * 64 + bits.trailing_zeros() as usize;
                bits &= bits - 1;
                each(self.slot_at(index), self.cells.get(index));
            }
        }
    }

    /// Marks a slot as changed; tells whether the ring still holds it.
    pub(crate) fn mark(&mut self, slot: i64) -> bool {
        let holds = self.holds(slot);
        if holds {
            let index = self.index(slot);
            self.dirty[index / 64] |= 1 << (index % 64);
        }
        holds
    }

    fn unmark(&mut self, index: usize) -> bool {
        let bit = 1 << (index % 64);
        let was = self.dirty[index / 64] & bit != 0;
        self.dirty[index / 64] &= !bit;
        was
    }

    /// Returns the one slot at an index that the ring holds.
    fn slot_at(&self, index: usize) -> i64 {
        let behind = self.index(self.head - length(index));
        self.head - length(behind)
    }

    /// Returns the bytes that it has on the heap.
    pub(crate) fn heap_bytes(&self) -> usize {
        self.cells.heap_bytes() + size_of_val(&*self.dirty) + size_of_val(&*self.windows)
    }
}

fn length(count: usize) -> i64 {
    i64::try_from(count).expect("a ring has some hundred cells")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring() -> Ring {
        Ring::new(5, 10, [20, 30, 50].into_iter(), 100)
    }

    fn sums(ring: &Ring) -> [u64; 3] {
        [20, 30, 50].map(|seconds| ring.sum(seconds).unwrap().total)
    }

    #[test]
    fn windows_hold_the_open_slot_and_those_before_it() {
        let mut ring = ring();
        for (slot, count) in [(96, 1), (97, 2), (98, 4), (99, 8), (100, 16)] {
            assert!(ring.add(slot, Tally::new(count, 0)).is_some());
        }
        assert_eq!(sums(&ring), [24, 28, 31]);
        let after = [(101, [16, 24, 30]), (102, [0, 16, 28]), (103, [0, 0, 24]), (104, [0, 0, 16]), (105, [0, 0, 0])];
        for (head, expected) in after {
            ring.advance(head, |_, _| {});
            assert_eq!(sums(&ring), expected, "{head}");
        }
    }

    #[test]
    fn what_is_too_old_or_still_to_come_is_not_held() {
        let mut ring = ring();
        for slot in [95, 101, i64::MIN, i64::MAX] {
            assert_eq!((ring.add(slot, Tally::new(1, 1)), ring.mark(slot)), (None, false), "{slot}");
        }
        assert_eq!(sums(&ring), [0, 0, 0]);
    }

    #[test]
    fn a_full_cell_gives_back_exactly_what_it_took() {
        let mut ring = ring();
        let huge = Tally { total: u64::MAX, bad: u64::MAX };
        assert_eq!(ring.add(100, huge).unwrap().total, u64::from(u32::MAX));
        assert_eq!(ring.add(100, huge).unwrap(), Tally::default());
        assert_eq!(sums(&ring), [u64::from(u32::MAX); 3]);
        ring.advance(105, |_, _| {});
        assert_eq!(sums(&ring), [0; 3]);
    }

    #[test]
    fn a_jump_empties_it_and_hands_over_what_nobody_took() {
        for to in [106, 1_000_000, i64::MAX] {
            let mut ring = ring();
            ring.add(97, Tally::new(1, 0));
            ring.take_dirty(|_, _| {});
            ring.add(99, Tally::new(2, 1));
            let mut left = Vec::new();
            ring.advance(to, |slot, tally| left.push((slot, tally)));
            assert_eq!(left, [(99, Tally::new(2, 1))], "{to}");
            assert_eq!((sums(&ring), ring.slots().map(|(_, tally)| tally.total).sum::<u64>()), ([0; 3], 0), "{to}");
        }
    }

    #[test]
    fn time_that_goes_back_changes_nothing() {
        let mut ring = ring();
        ring.add(96, Tally::new(1, 0));
        ring.advance(50, |_, _| panic!("nothing leaves"));
        assert_eq!((ring.head(), sums(&ring)), (100, [0, 0, 1]));
    }

    #[test]
    fn dirty_slots_keep_their_names() {
        let mut ring = ring();
        for slot in 96..=100 {
            ring.add(slot, Tally::new(slot.unsigned_abs(), 0));
        }
        let mut taken = Vec::new();
        ring.take_dirty(|slot, tally| taken.push((slot, tally.total)));
        taken.sort_unstable();
        assert_eq!(taken, [(96, 96), (97, 97), (98, 98), (99, 99), (100, 100)]);
        ring.take_dirty(|_, _| panic!("all were taken"));
    }
}
