//! What can go wrong in a world, as somebody outside decides.

use seaworthy_testkit::store::{Fault, Faults};
use uuid::Uuid;

use super::{World, name};
use crate::Ms;
use crate::network::Weather;

impl World {
    /// Ends the server as `kill -9` would, for a while.
    pub fn kill_server(&mut self, down_for: Ms) {
        self.server.kill(self.now, down_for);
    }

    /// Ends a gateway as `kill -9` would, for a while.
    pub fn kill_gateway(&mut self, index: usize, down_for: Ms) {
        if let Some(placed) = self.gateways.get_mut(index) {
            (placed.up, placed.up_at, placed.config_sent, placed.report_sent) =
                (false, self.now + down_for, None, None);
            self.gateways_died = true;
        }
    }

    /// Ends a version's process as `kill -9` would.
    pub fn kill_version(&mut self, service: &str, version: &str) {
        self.machine.kill(&(name(service), version.parse().expect("a version")), self.now);
    }

    /// Cuts a gateway off the server for a while; its users go on.
    pub fn cut(&mut self, index: usize, for_ms: Ms) {
        self.network.cut(index, self.now + for_ms);
        self.gateways_died = true;
    }

    /// Makes a ratio of a service's requests fail for a while, whatever the version.
    pub fn outage(&mut self, service: &str, ratio: f64, for_ms: Ms) {
        self.machine.fail_all(name(service), self.now + for_ms, ratio);
    }

    /// Sets the server's clock forward or back.
    pub fn shift_clock(&mut self, by_ms: i64) {
        self.server.clock.shift(by_ms);
    }

    /// Sets what the network is like.
    pub fn weather(&mut self, weather: Weather) {
        self.network.weather = weather;
    }

    /// Makes the server's disk fail by chance.
    pub fn disk_faults(&mut self, full_per_mille: u16, after_commit_per_mille: u16) {
        let seed = self.random.bits();
        self.server.set_faults(Faults { seed, full_per_mille, after_commit_per_mille });
    }

    /// Makes the next append fail, and not be there.
    pub fn fill_disk(&mut self) {
        self.server.fail_next_append(Fault::Full);
    }

    /// Makes the next append be there without anybody being told.
    pub fn stop_ledger(&mut self) {
        self.server.fail_next_append(Fault::AfterCommit);
    }

    /// Makes the next checkpoint fail.
    pub fn fail_checkpoint(&mut self) {
        self.server.fail_next_checkpoint();
    }

    /// Takes back every fault that is to meet what is next.
    pub fn disarm(&mut self) {
        self.server.disarm();
    }

    /// Uses break-glass on a gateway's own socket; `false` where it refuses.
    pub fn break_glass(&mut self, index: usize, service: &str) -> bool {
        let id = Uuid::from_u128(u128::from(self.random.bits()));
        let now = self.now;
        self.gateways
            .get_mut(index)
            .is_some_and(|placed| placed.up && placed.gateway.break_glass(&name(service), id, now))
    }
}
