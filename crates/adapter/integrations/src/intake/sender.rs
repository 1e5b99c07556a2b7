//! Who says something: keys and fingerprints are unique with their sender only, so two senders that use the same one do not
//! end each other's alerts.

use super::alertmanager::plain;
use super::events_v2::fingerprint;

/// What stands between an instance of a rule and who says so: in neither of them.
const BY: char = '@';

/// Longest part of a sender's name, in characters: it stands behind each of its instances.
const NAME_CHARS_MAX: usize = 40;

/// Another system, by what its credential is for. A credential that replaces another of the same label speaks for the same
/// sender, and so do two Alertmanagers of one cluster, which share one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sender(String);

impl Sender {
    /// Names a sender by its credential's label.
    pub fn of_label(label: &str) -> Self {
        let name: String = plain(label).chars().take(NAME_CHARS_MAX).collect();
        if name == label { Self(name) } else { Self(format!("{name}-{}", fingerprint(label))) }
    }

    /// Returns a rule's instance as this sender says it: `alertmanager/High#7036ace5c7e8d0a9@alertmanager`.
    pub fn says(&self, instance: &str) -> String {
        format!("{instance}{BY}{}", self.0)
    }

    /// Takes an instance apart: as its sender named it, and who that was; nobody for one of before senders were told apart.
    pub fn split(said: &str) -> (&str, Option<Self>) {
        match said.rsplit_once(BY) {
            Some((instance, sender)) => (instance, Some(Self(sender.to_owned()))),
            None => (said, None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_sender_says_is_known_as_its() {
        let long = "x".repeat(NAME_CHARS_MAX + 1);
        for label in ["alertmanager", "eu west", "a@b#c", "", "東京", &long] {
            let sender = Sender::of_label(label);
            let said = sender.says("alertmanager/High#7036ace5c7e8d0a9");
            assert_eq!(Sender::split(&said), ("alertmanager/High#7036ace5c7e8d0a9", Some(sender)), "{label}");
            assert!(said.len() < 200 && said.matches(['#', '@']).count() == 2, "{said}");
        }
        assert_eq!(Sender::split("events/slow#1"), ("events/slow#1", None));
        assert_eq!(Sender::of_label("nagios").says("events/slow#1"), "events/slow#1@nagios");
    }

    #[test]
    fn two_labels_are_two_senders() {
        let long = |end: &str| "x".repeat(NAME_CHARS_MAX) + end;
        for (one, other) in [("eu west", "eu-west"), ("東京", "大阪"), ("a", "A"), (&long("a"), &long("b"))] {
            assert_ne!(Sender::of_label(one), Sender::of_label(other), "{one} {other}");
        }
    }
}
