//! What collectors saw, as checks ask for it: the newest of a key, while it counts.

use jiff::SignedDuration;

use crate::clock::Clock;
use crate::finding::{Evidence, Verdict};
use crate::snapshot::{Seen, Value};

/// How old what a machine can look at any night may be, whatever the tier: a week is a collector that stopped.
pub(crate) const LOOK_COUNTS_FOR: SignedDuration = SignedDuration::from_hours(24 * 7);

/// Returns every fact of a key that counts; otherwise which one is missing.
pub(crate) fn all<'a>(seen: &'a [Seen], key: &str, collector: &str, clock: &Clock) -> Result<Vec<&'a Seen>, Verdict> {
    let mine: Vec<&Seen> = seen.iter().filter(|fact| fact.key == key).collect();
    if mine.is_empty() {
        let missing = format!("no collector told {key} yet: {collector}");
        return Err(Verdict::Unknown { missing });
    }
    let fresh: Vec<&Seen> = mine.into_iter().filter(|fact| clock.counts(fact.at, LOOK_COUNTS_FOR).is_some()).collect();
    match fresh.is_empty() {
        true => Err(Verdict::Unknown { missing: format!("{key} was told too long ago to count: {collector}") }),
        false => Ok(fresh),
    }
}

/// A key, and which collector tells it.
pub(crate) type Asked = (&'static str, &'static str);

/// Judges a number, the worst of all places: it holds where none is above `most`.
pub(crate) fn at_most(seen: &[Seen], asked: Asked, most: f64, clock: &Clock, words: impl Fn(f64) -> String) -> Verdict {
    judge(seen, asked, clock, |facts| {
        let (worst, fact) = numbers(facts)?.into_iter().max_by(|(a, _), (b, _)| a.total_cmp(b))?;
        Some((worst <= most, words(worst), fact))
    })
}

/// Judges a number, the worst of all places: it holds where none is below `least`.
pub(crate) fn at_least(
    seen: &[Seen],
    asked: Asked,
    least: f64,
    clock: &Clock,
    words: impl Fn(f64) -> String,
) -> Verdict {
    judge(seen, asked, clock, |facts| {
        let (worst, fact) = numbers(facts)?.into_iter().min_by(|(a, _), (b, _)| a.total_cmp(b))?;
        Some((worst >= least, words(worst), fact))
    })
}

/// Judges lists of what is wrong: it holds where all of them are empty.
pub(crate) fn nothing_of(seen: &[Seen], asked: Asked, clock: &Clock, (none, some): (&str, &str)) -> Verdict {
    judge(seen, asked, clock, |facts| {
        let named = names(facts)?;
        Some(match named.first() {
            None => (true, none.to_owned(), *facts.first()?),
            Some((_, fact)) => {
                let names = crate::words::named(named.iter().map(|(name, _)| *name));
                (false, format!("{some}: {names}"), *fact)
            }
        })
    })
}

/// Judges what files say, or what can only show that something is wrong: a list of what is wrong, or its number. It never
/// holds by that alone.
pub(crate) fn shown_by_files(seen: &[Seen], asked: Asked, clock: &Clock, what: &str) -> Verdict {
    if let Some(wrong) = wrong(seen, asked, clock, what) {
        return wrong;
    }
    match all(seen, asked.0, asked.1, clock) {
        Ok(_) => {
            let missing =
                format!("nothing wrong was found ({}), and nobody has seen in production that it is so", asked.0);
            Verdict::Unknown { missing }
        }
        Err(unknown) => unknown,
    }
}

/// Returns that it does not hold, where a list of what is wrong names something, or its number is above 0.
pub(crate) fn wrong(seen: &[Seen], (key, collector): Asked, clock: &Clock, what: &str) -> Option<Verdict> {
    let facts = all(seen, key, collector, clock).ok()?;
    let (named, fact) = facts.iter().find_map(|fact| Some((named_wrong(&fact.value)?, fact)))?;
    let seen = format!("{what}: {named}");
    Some(Verdict::DoesNotHold { seen, evidence: Some(evidence(fact)) })
}

/// Says what is wrong; none where nothing is.
fn named_wrong(value: &Value) -> Option<String> {
    match value {
        Value::Number(n) if *n > 0.0 => Some(crate::words::number(*n)),
        Value::Text(text) if !text.is_empty() => Some(text.clone()),
        Value::List(some) if !some.is_empty() => Some(crate::words::named(some.iter().map(String::as_str))),
        _ => None,
    }
}

/// What was asked of all facts of a key: whether it holds, what was seen, and the fact that says so. None where they are
/// not of the kind that is asked for.
type Judged<'a> = Option<(bool, String, &'a Seen)>;

fn judge<'a>(
    seen: &'a [Seen],
    (key, collector): Asked,
    clock: &Clock,
    look: impl Fn(&[&'a Seen]) -> Judged<'a>,
) -> Verdict {
    let facts = match all(seen, key, collector, clock) {
        Ok(facts) => facts,
        Err(unknown) => return unknown,
    };
    let Some((holds, words, fact)) = look(&facts) else {
        return Verdict::Unknown { missing: format!("{key} was told as something else than this row can read") };
    };
    let oldest = facts.iter().filter_map(|fact| clock.counts(fact.at, LOOK_COUNTS_FOR)).min();
    match (holds, oldest) {
        (true, Some(expires_at)) => Verdict::Holds { seen: words, evidence: evidence(fact), expires_at },
        _ => Verdict::DoesNotHold { seen: words, evidence: Some(evidence(fact)) },
    }
}

/// Returns what proves that a fact was seen.
pub(crate) fn evidence(fact: &Seen) -> Evidence {
    let place = fact.place.as_deref().map(|place| format!(", {place}")).unwrap_or_default();
    Evidence { position: fact.position, at: fact.at, seen_by: format!("{}{place}", fact.seen_by) }
}

fn numbers<'a>(facts: &[&'a Seen]) -> Option<Vec<(f64, &'a Seen)>> {
    let number = |fact: &&'a Seen| match fact.value {
        Value::Number(number) if !number.is_nan() => Some((number, *fact)),
        _ => None,
    };
    facts.iter().map(number).collect()
}

fn names<'a>(facts: &[&'a Seen]) -> Option<Vec<(&'a str, &'a Seen)>> {
    let mut names = Vec::new();
    for fact in facts {
        match &fact.value {
            Value::Text(text) => names.push((text.as_str(), *fact)),
            Value::List(some) => names.extend(some.iter().map(|text| (text.as_str(), *fact))),
            Value::Bool(_) | Value::Number(_) => return None,
        }
    }
    Some(names)
}
