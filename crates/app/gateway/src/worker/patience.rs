//! How long a connection may do nothing: decided by the sweep from what it sees, so that no request needs a timer.

/// Sweeps in which a head may be incomplete: 10 to 15 s, after which a slow sender is cut.
const HEAD_SWEEPS: u32 = 3;

/// Sweeps without a byte after which an idle connection is closed and a stuck one is cut: 60 to 65 s. Longer than the
/// idle time of common clients and balancers, so that it is they who close.
const QUIET_SWEEPS: u32 = 13;

/// Sweeps without a byte after which an upgraded connection is cut: ten minutes.
const TUNNEL_SWEEPS: u32 = 120;

/// What a connection is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// Answer what is there, then close.
    Finish,
    /// Close now.
    Cut,
}

/// What a sweep sees of a connection.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Sight {
    /// Grows while bytes move, in either direction.
    pub(crate) moved: u64,
    /// Requests that came over it.
    pub(crate) requests: u64,
    /// Requests that wait for a response.
    pub(crate) waiting: u32,
    /// A head has begun and is not complete.
    pub(crate) is_inside_head: bool,
    /// The user does not take what is sent.
    pub(crate) is_stuck: bool,
    /// It carries something else than HTTP by now.
    pub(crate) is_tunnel: bool,
}

/// What is remembered from sweep to sweep.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Patience {
    before: Sight,
    quiet: u32,
    slow: u32,
}

impl Patience {
    /// Takes one more look and decides.
    pub(crate) fn look(&mut self, now: Sight) -> Option<Order> {
        let before = std::mem::replace(&mut self.before, now);
        let is_slow = now.is_inside_head && now.waiting == 0 && now.requests == before.requests;
        self.quiet = if now.moved == before.moved { self.quiet + 1 } else { 0 };
        self.slow = if is_slow { self.slow + 1 } else { 0 };
        if now.is_tunnel {
            return (self.quiet >= TUNNEL_SWEEPS).then_some(Order::Cut);
        }
        let is_quiet = self.quiet >= QUIET_SWEEPS;
        if self.slow >= HEAD_SWEEPS || (is_quiet && now.is_stuck) {
            return Some(Order::Cut);
        }
        // A response that is being streamed is finished first; it has its own deadline.
        (is_quiet && now.waiting == 0).then_some(Order::Finish)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Shows it a sight for each sweep; returns when it first decided, and what.
    fn decided(sight: impl Fn(u64) -> Sight) -> Option<(u64, Order)> {
        let mut patience = Patience::default();
        (1..=200).find_map(|sweep| patience.look(sight(sweep)).map(|order| (sweep, order)))
    }

    #[test]
    fn table() {
        let idle = Sight { moved: 1, requests: 1, ..Sight::default() };
        assert_eq!(decided(|_| idle), Some((14, Order::Finish)), "idle for 65 s");
        assert_eq!(decided(|n| Sight { moved: n, ..idle }), None, "busy");
        let waits = Sight { waiting: 1, ..idle };
        assert_eq!(decided(|_| waits), None, "a version thinks; the request has its own deadline");
        assert_eq!(decided(|_| Sight { is_stuck: true, ..waits }), Some((14, Order::Cut)), "nobody takes the answer");
        let head = Sight { is_inside_head: true, ..idle };
        assert_eq!(decided(|n| Sight { moved: n, ..head }), Some((4, Order::Cut)), "a head byte by byte");
        assert_eq!(decided(|n| Sight { moved: n, requests: n, ..head }), None, "each sweep another head");
        assert_eq!(decided(|_| Sight { is_inside_head: true, moved: 7, waiting: 1, ..idle }), None, "pipelined");
        let tunnel = Sight { is_tunnel: true, ..idle };
        assert_eq!(decided(|_| tunnel), Some((121, Order::Cut)), "a tunnel forgotten");
        assert_eq!(decided(|n| Sight { moved: n / 100, ..tunnel }), None, "a tunnel with a heartbeat");
    }
}
