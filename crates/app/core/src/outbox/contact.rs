//! Which of a person's contacts a message goes to: their own rules, looked at when it is sent.

use jiff::{SignedDuration, Timestamp};
use seaworthy_contract::catalogue::{Contact, PersonContact};

/// A contact, by its index from 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Way<'a> {
    /// Its place among the person's contacts, from 1.
    pub index: u16,
    /// The contact.
    pub contact: &'a Contact,
}

/// Returns the contacts that a page is tried by until one takes it, in order: those without `after`, and behind them, where
/// none of these takes it, the others without waiting for their time.
pub fn first_ways(contacts: &[PersonContact]) -> Vec<Way<'_>> {
    let mut ways: Vec<(u64, Way<'_>)> = numbered(contacts).collect();
    ways.sort_by_key(|(after_ms, way)| (*after_ms, way.index));
    ways.into_iter().map(|(_, way)| way).collect()
}

/// Returns the contacts whose time has come although another took the page: nobody has answered there.
pub fn later_ways<'a>(
    contacts: &'a [PersonContact],
    used: &[u16],
    called_at: Timestamp,
    now: Timestamp,
) -> Vec<Way<'a>> {
    let is_due = |after_ms: u64| {
        let after = SignedDuration::from_millis(i64::try_from(after_ms).unwrap_or(i64::MAX));
        // A clock that went back behind the call waits for nobody.
        after_ms > 0 && (now.duration_since(called_at) >= after || now.duration_since(called_at) < -after)
    };
    let due = numbered(contacts).filter(|(after_ms, way)| is_due(*after_ms) && !used.contains(&way.index));
    due.map(|(_, way)| way).collect()
}

fn numbered(contacts: &[PersonContact]) -> impl Iterator<Item = (u64, Way<'_>)> {
    (1..=u16::MAX).zip(contacts).map(|(index, known)| (known.rule.after_ms, Way { index, contact: &known.contact }))
}

#[cfg(test)]
mod tests {
    use seaworthy_contract::catalogue::ContactRule;

    use super::*;

    fn contacts(minutes: &[u64]) -> Vec<PersonContact> {
        let contact = || Contact::Email { address: "ann@shop.example".to_owned() };
        let rule = |minutes: &u64| ContactRule { after_ms: minutes * 60_000 };
        minutes.iter().map(|minutes| PersonContact { contact: contact(), rule: rule(minutes) }).collect()
    }

    fn indexes(ways: Vec<Way<'_>>) -> Vec<u16> {
        ways.into_iter().map(|way| way.index).collect()
    }

    fn at(minutes: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes)
    }

    #[test]
    fn those_without_a_time_come_first() {
        for (rules, want) in
            [(vec![], vec![]), (vec![0, 0], vec![1, 2]), (vec![5, 0, 2], vec![2, 3, 1]), (vec![5], vec![1])]
        {
            assert_eq!(indexes(first_ways(&contacts(&rules))), want, "{rules:?}");
        }
    }

    #[test]
    fn each_other_comes_at_its_time_and_once() {
        let contacts = contacts(&[0, 5, 10]);
        for (now, used, want) in [
            (0, vec![1], vec![]),
            (4, vec![1], vec![]),
            (5, vec![1], vec![2]),
            (10, vec![1], vec![2, 3]),
            (10, vec![1, 2], vec![3]),
            (60, vec![1, 2, 3], vec![]),
            // The clock went back: a little waits, more does not.
            (-4, vec![1], vec![]),
            (-6, vec![1], vec![2]),
        ] {
            assert_eq!(indexes(later_ways(&contacts, &used, at(0), at(now))), want, "{now} {used:?}");
        }
    }
}
