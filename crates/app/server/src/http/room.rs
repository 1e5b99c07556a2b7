//! Who waits in the house: connections without a request. When there is no place left for a new one, the one that has
//! waited longest gives up its own, so that nobody keeps others out by saying nothing.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// Every connection that waits, by since when.
#[derive(Default)]
pub(super) struct Room(Mutex<Seats>);

#[derive(Default)]
struct Seats {
    turn: u64,
    waiting: BTreeMap<u64, Arc<Notify>>,
}

impl Room {
    /// Takes a seat for a new connection, which waits for its first request.
    pub(super) fn sit(self: &Arc<Self>) -> Arc<Seat> {
        let seat = Seat { room: self.clone(), turn: Mutex::default(), leave: Arc::default() };
        seat.wait();
        Arc::new(seat)
    }

    /// Asks the connection that has waited longest to leave, if any waits.
    pub(super) fn dismiss_longest(&self) {
        if let Some((_, leave)) = self.seats().waiting.pop_first() {
            leave.notify_one();
        }
    }

    fn seats(&self) -> MutexGuard<'_, Seats> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One connection.
pub(super) struct Seat {
    room: Arc<Room>,
    turn: Mutex<Option<u64>>,
    leave: Arc<Notify>,
}

impl Seat {
    /// A request has come: nobody sends it away until what is returned is dropped.
    pub(super) fn busy(self: &Arc<Self>) -> Busy {
        self.stand_up();
        Busy(self.clone())
    }

    /// Waits until it is asked to leave.
    pub(super) async fn dismissed(&self) {
        self.leave.notified().await;
    }

    fn wait(&self) {
        let mut seats = self.room.seats();
        seats.turn += 1;
        let turn = seats.turn;
        seats.waiting.insert(turn, self.leave.clone());
        *self.turn.lock().unwrap_or_else(PoisonError::into_inner) = Some(turn);
    }

    fn stand_up(&self) {
        if let Some(turn) = self.turn.lock().unwrap_or_else(PoisonError::into_inner).take() {
            self.room.seats().waiting.remove(&turn);
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.stand_up();
    }
}

/// A request and its answer, to the last byte.
pub(super) struct Busy(Arc<Seat>);

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whoever_waits_longest_leaves_first_and_nobody_who_is_served() {
        let room = Arc::new(Room::default());
        let [first, second, third] = [room.sit(), room.sit(), room.sit()];
        let served = first.busy();
        room.dismiss_longest();
        second.dismissed().await;
        drop(served);
        room.dismiss_longest();
        third.dismissed().await;
        room.dismiss_longest();
        first.dismissed().await;
        room.dismiss_longest();
        drop((first, second, third));
        assert!(room.seats().waiting.is_empty(), "whoever went is not remembered");
    }
}
