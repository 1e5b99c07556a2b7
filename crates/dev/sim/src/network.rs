//! The network between server, gateways and supervisor: messages take their time, get lost and come twice.

use std::collections::BTreeMap;

use seaworthy_contract::gateway::{Config, Report, ReportAck};
use seaworthy_contract::process::{Desired, Observed};

use crate::Ms;
use crate::random::Random;

/// How long a message takes that comes a second time, at most.
const ECHO_MAX: Ms = 4_000;

/// What the network is like.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weather {
    /// Shortest and longest time of a message.
    pub delay: (Ms, Ms),
    /// Ratio of messages that never arrive.
    pub loss: f64,
    /// Ratio of messages that arrive twice, the second time late.
    pub twice: f64,
}

impl Weather {
    /// One machine.
    pub const FAIR: Self = Self { delay: (1, 20), loss: 0.0, twice: 0.0 };
}

/// What travels.
#[derive(Debug, Clone)]
pub(crate) enum Message {
    Config(usize, Config),
    Desired(Desired),
    Observed(Observed),
    Report(usize, Box<Report>),
    Ack(usize, ReportAck),
}

/// Messages on their way.
#[derive(Debug)]
pub(crate) struct Network {
    pub(crate) weather: Weather,
    random: Random,
    on_their_way: BTreeMap<(Ms, u64), Message>,
    sent: u64,
    /// Until when a gateway and the server cannot reach each other.
    cut: BTreeMap<usize, Ms>,
}

impl Network {
    pub(crate) fn new(random: Random) -> Self {
        Self { weather: Weather::FAIR, random, on_their_way: BTreeMap::new(), sent: 0, cut: BTreeMap::new() }
    }

    /// Cuts a gateway off the server.
    pub(crate) fn cut(&mut self, gateway: usize, until: Ms) {
        self.cut.insert(gateway, until);
    }

    fn is_cut(&self, message: &Message, now: Ms) -> bool {
        match message {
            Message::Config(gateway, _) | Message::Report(gateway, _) | Message::Ack(gateway, _) => {
                self.cut.get(gateway).is_some_and(|until| now < *until)
            }
            Message::Desired(_) | Message::Observed(_) => false,
        }
    }

    pub(crate) fn send(&mut self, message: Message, now: Ms) {
        let Weather { delay, loss, twice } = self.weather;
        if self.is_cut(&message, now) || self.random.chance(loss) {
            return;
        }
        let due = now + self.random.between(delay.0, delay.1 + 1);
        // A stream is in order; only what is asked for anew each time can come twice.
        if matches!(message, Message::Report(..)) && self.random.chance(twice) {
            let again = due + self.random.between(0, ECHO_MAX);
            self.put(again, message.clone());
        }
        self.put(due, message);
    }

    fn put(&mut self, due: Ms, message: Message) {
        self.sent += 1;
        self.on_their_way.insert((due, self.sent), message);
    }

    /// Takes the next message that arrives by `now`, and when it does.
    pub(crate) fn arrived(&mut self, now: Ms) -> Option<(Ms, Message)> {
        loop {
            let first = self.on_their_way.first_entry().filter(|entry| entry.key().0 <= now)?;
            let ((due, _), message) = first.remove_entry();
            if !self.is_cut(&message, due) {
                return Some((due, message));
            }
        }
    }
}
