//! Takes what one request says: which services it means, who says so, and a few appends for all of it.

use std::collections::{BTreeMap, BTreeSet};

use seaworthy_catalog::Catalogue;
use seaworthy_contract::events::Event;
use seaworthy_core::{Fact, Input, Word, view};
use seaworthy_integrations::intake::{Heard, Sender};
use seaworthy_model::ServiceId;

use super::{App, Failure, Principal, signal};

/// Things heard that are one decision and one append: far fewer events than a batch takes, and gateways' reports wait no
/// longer than for a few of those.
const TOGETHER_MAX: usize = 500;

/// What became of what was heard.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Taken {
    /// How many said something new: an alert began, ended, or says more than before.
    pub(super) changed: usize,
    /// The best name of each that no service has.
    pub(super) unowned: Vec<String>,
    /// How many were left out: as many alerts are open as are looked after.
    pub(super) left_out: usize,
}

/// Takes what one request says.
pub(super) struct Taker<'a> {
    app: &'a App,
    principal: &'a Principal,
    /// What people call whoever asks.
    by: String,
    sender: Sender,
    /// Everybody who may still say something.
    senders: BTreeSet<Sender>,
    rules: Catalogue,
    /// Which service these names mean, once asked: most alerts of a payload speak of few.
    meant: BTreeMap<Vec<String>, Option<ServiceId>>,
}

impl<'a> Taker<'a> {
    pub(super) fn new(app: &'a App, principal: &'a Principal) -> Self {
        let look = |look: &view::Look<'_>| (view::ownership(look), look.called(&principal.actor), view::senders(look));
        let (rules, by, labels) = app.kernel.look(look);
        let senders = labels.iter().map(|label| Sender::of_label(label)).collect();
        Self { app, principal, sender: Sender::of_label(&by), by, senders, rules, meant: BTreeMap::new() }
    }

    /// Takes all of it.
    pub(super) async fn take(&mut self, heard: &[Heard]) -> Result<Taken, Failure> {
        let mut taken = Taken::default();
        for some in heard.chunks(TOGETHER_MAX) {
            let words = some.iter().flat_map(|heard| self.words(heard, &mut taken.unowned)).collect();
            let (changed, left_out) = self.say(words).await?;
            // What is over may have been an alert of each of two services.
            taken.changed += changed.min(some.len());
            taken.left_out += left_out;
        }
        Ok(taken)
    }

    /// Ends what this sender said of the instances that begin so and fit.
    pub(super) async fn end(&self, beginning: &str, fits: impl Fn(&str) -> bool) -> Result<(), Failure> {
        self.app.unowned.forget_where(|said| self.is_its(said, &fits));
        self.say(self.said(beginning, fits).into_iter().map(Word::Ends).collect()).await.map(drop)
    }

    /// Returns the instances that begin so and fit, and of which an end or an acknowledgement of this sender speaks.
    pub(super) fn said(&self, beginning: &str, fits: impl Fn(&str) -> bool) -> Vec<String> {
        self.app.kernel.look(|look| view::rules_saying(look, beginning, |said| self.is_its(said, &fits)))
    }

    /// What it said itself, what was said before senders were told apart, and what somebody said who can say nothing any
    /// more: a credential was replaced by one of another label.
    fn is_its(&self, said: &str, fits: impl Fn(&str) -> bool) -> bool {
        let (instance, sender) = Sender::split(said);
        fits(instance) && sender.is_none_or(|sender| sender == self.sender || !self.senders.contains(&sender))
    }

    /// Returns what follows for the core; a name that no service has is kept for people to see.
    fn words(&mut self, heard: &Heard, unowned: &mut Vec<String>) -> Vec<Word> {
        let rule = self.sender.says(&heard.rule);
        if !heard.is_firing {
            self.app.unowned.forget(&rule);
            let mut over = self.said(&heard.rule, |instance| instance == heard.rule);
            // It may begin and end in one request.
            over.retain(|said| *said != rule);
            return over.into_iter().chain([rule]).map(Word::Ends).collect();
        }
        let now = self.app.kernel.now();
        let Some(service) = self.service(&heard.services) else {
            self.app.unowned.keep(&Heard { rule, ..heard.clone() }, self.by.clone(), now);
            unowned.push(heard.services.first().unwrap_or(&heard.rule).clone());
            return Vec::new();
        };
        self.app.unowned.forget(&rule);
        vec![Word::Says(signal(heard, rule, service, now))]
    }

    fn service(&mut self, names: &[String]) -> Option<ServiceId> {
        if let Some(known) = self.meant.get(names) {
            return known.clone();
        }
        let found = view::means(&self.rules, names);
        self.meant.insert(names.to_vec(), found.clone());
        found
    }

    /// Says so; returns how many words changed something, and how many were left out.
    async fn say(&self, words: Vec<Word>) -> Result<(usize, usize), Failure> {
        if words.is_empty() {
            return Ok((0, 0));
        }
        let done = self.app.kernel.command(Input::Heard(words.clone()), self.principal.actor.clone()).await?;
        let is_out = |look: &view::Look<'_>, word: &Word| match word {
            Word::Says(signal) => view::is_left_out(look, &signal.service, &signal.symptom),
            Word::Ends(_) => false,
        };
        let left_out = self.app.kernel.look(|look| words.iter().filter(|word| is_out(look, word)).count());
        // What folds under another follows from a word that is counted.
        let is_word = |fact: &&Fact| !matches!(fact.event, Event::AlertFolded(_));
        Ok((done.facts.iter().filter(is_word).count(), left_out))
    }
}
