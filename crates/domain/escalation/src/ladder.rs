//! A policy, made flat: rung by rung, with what it hands over to.

use std::collections::BTreeMap;
use std::fmt;

use jiff::SignedDuration;

use crate::policy::{Limits, Policy, Step, Target};

/// Rungs in order. It has at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ladder {
    rungs: Vec<Rung>,
    rounds: usize,
}

/// One step of a ladder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rung {
    /// Whom it calls; never a policy.
    pub targets: Vec<Target>,
    /// How long the next one waits.
    pub wait: SignedDuration,
    /// The policy that says so.
    pub policy: String,
}

/// Why a policy is no ladder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// No such policy; by whom it is named, where another one names it.
    Unknown(String, Option<String>),
    /// It comes back to itself: the names on the way, the first again at the end.
    Circle(Vec<String>),
    /// It has no steps, or a step calls nobody.
    CallsNobody(String),
    /// A step waits less than a minute or more than a day.
    Wait(String, SignedDuration),
    /// It has more steps, targets, repetitions or rungs than there may be: what, how many, and the limit.
    TooMany(String, &'static str, usize, usize),
    /// A step names a policy beside others: a policy takes over, so that it stands alone.
    NotAlone(String),
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(name, None) => write!(f, "no escalation policy \"{name}\""),
            Self::Unknown(name, Some(by)) => write!(f, "policy \"{by}\" hands over to \"{name}\", which is not there"),
            Self::Circle(way) => write!(f, "policy \"{}\" comes back to itself: {}", way[0], way.join(" -> ")),
            Self::CallsNobody(name) => write!(f, "policy \"{name}\" has a step that calls nobody"),
            Self::Wait(name, wait) => {
                write!(f, "policy \"{name}\" waits {} s for an answer; a minute to a day are possible", wait.as_secs())
            }
            Self::TooMany(name, what, count, most) => {
                write!(f, "policy \"{name}\" has {count} {what}; at most {most} are possible")
            }
            Self::NotAlone(name) => {
                write!(
                    f,
                    "policy \"{name}\" has a step that hands over to a policy and calls somebody too; make two steps"
                )
            }
        }
    }
}

impl Ladder {
    /// Makes a policy flat.
    ///
    /// # Errors
    /// When it, or one that it hands over to, is not there, comes back to itself, calls nobody or is too long.
    pub fn of(name: &str, policies: &BTreeMap<String, Policy>) -> Result<Self, Problem> {
        let mut rungs = Vec::new();
        climb(name, policies, &mut Vec::new(), &mut rungs)?;
        let rounds = policies.get(name).map_or(1, |policy| usize::from(policy.repeats) + 1);
        Ok(Self { rungs, rounds })
    }

    /// Returns the round that a rung is of, from 1.
    pub fn round(&self, index: usize) -> usize {
        (index / (self.rungs.len() / self.rounds).max(1)).min(self.rounds - 1) + 1
    }

    /// Returns how many rounds there are.
    pub fn rounds(&self) -> usize {
        self.rounds
    }

    /// Returns a rung.
    pub fn rung(&self, index: usize) -> Option<&Rung> {
        self.rungs.get(index)
    }

    /// Returns the rungs.
    pub fn rungs(&self) -> &[Rung] {
        &self.rungs
    }
}

fn climb(
    name: &str,
    policies: &BTreeMap<String, Policy>,
    way: &mut Vec<String>,
    rungs: &mut Vec<Rung>,
) -> Result<(), Problem> {
    if let Some(first) = way.iter().position(|before| before == name) {
        let circle = way[first..].iter().cloned().chain([name.to_owned()]);
        return Err(Problem::Circle(circle.collect()));
    }
    let policy = policies.get(name).ok_or_else(|| Problem::Unknown(name.to_owned(), way.last().cloned()))?;
    check(policy)?;
    way.push(name.to_owned());
    for _ in 0..=policy.repeats {
        for step in &policy.steps {
            match step.targets.as_slice() {
                [Target::Policy(other)] => climb(other, policies, way, rungs)?,
                targets => rungs.push(Rung { targets: targets.to_vec(), wait: step.wait, policy: name.to_owned() }),
            }
            at_most(name, "rungs", rungs.len(), Limits::RUNGS)?;
        }
    }
    way.pop();
    Ok(())
}

fn check(policy: &Policy) -> Result<(), Problem> {
    let name = &policy.name;
    at_most(name, "steps", policy.steps.len(), Limits::STEPS)?;
    at_most(name, "repetitions", usize::from(policy.repeats), usize::from(Limits::REPEATS))?;
    if policy.steps.is_empty() {
        return Err(Problem::CallsNobody(name.clone()));
    }
    policy.steps.iter().try_for_each(|step| check_step(name, step))
}

fn check_step(name: &str, step: &Step) -> Result<(), Problem> {
    at_most(name, "people in one step", step.targets.len(), Limits::TARGETS)?;
    if step.targets.is_empty() {
        return Err(Problem::CallsNobody(name.to_owned()));
    }
    let hands_over = step.targets.iter().any(|target| matches!(target, Target::Policy(_)));
    if hands_over && step.targets.len() > 1 {
        return Err(Problem::NotAlone(name.to_owned()));
    }
    // What a policy is handed over to waits by its own steps.
    if !hands_over && !(Limits::WAIT_MIN..=Limits::WAIT_MAX).contains(&step.wait) {
        return Err(Problem::Wait(name.to_owned(), step.wait));
    }
    Ok(())
}

fn at_most(name: &str, what: &'static str, count: usize, most: usize) -> Result<(), Problem> {
    if count > most { Err(Problem::TooMany(name.to_owned(), what, count, most)) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(name: &str, steps: Vec<Step>, repeats: u8) -> (String, Policy) {
        (name.to_owned(), Policy { name: name.to_owned(), steps, repeats })
    }

    fn step(targets: &[Target], minutes: i64) -> Step {
        Step { targets: targets.to_vec(), wait: SignedDuration::from_mins(minutes) }
    }

    fn to(name: &str) -> Step {
        step(&[Target::Policy(name.to_owned())], 0)
    }

    const PRIMARY: Target = Target::OnCall { level: 0 };

    #[test]
    fn a_policy_hands_over_and_goes_on() {
        let policies = [
            policy("shop", vec![step(&[PRIMARY], 5), to("platform"), step(&[Target::Team], 10)], 1),
            policy("platform", vec![step(&[Target::Person("ann".parse().expect("a name"))], 3)], 0),
        ];
        let ladder = Ladder::of("shop", &policies.into()).expect("a ladder");
        let said: Vec<String> =
            ladder.rungs().iter().map(|rung| format!("{} {}", rung.policy, rung.wait.as_mins())).collect();
        assert_eq!(said, ["shop 5", "platform 3", "shop 10", "shop 5", "platform 3", "shop 10"]);
    }

    #[test]
    fn what_is_no_ladder_says_why() {
        let one = || step(&[PRIMARY], 5);
        let many = |count| (0..count).map(|_| one()).collect::<Vec<_>>();
        let person = |n: usize| Target::Person(format!("p{n}").parse().expect("a name"));
        for (policies, want) in [
            (vec![], "no escalation policy \"a\""),
            (vec![policy("a", vec![to("b")], 0)], "policy \"a\" hands over to \"b\", which is not there"),
            (vec![policy("a", vec![one(), to("a")], 0)], "policy \"a\" comes back to itself: a -> a"),
            (
                vec![
                    policy("a", vec![to("b")], 0),
                    policy("b", vec![to("c")], 0),
                    policy("c", vec![one(), to("b")], 0),
                ],
                "policy \"b\" comes back to itself: b -> c -> b",
            ),
            (vec![policy("a", vec![], 0)], "policy \"a\" has a step that calls nobody"),
            (vec![policy("a", vec![step(&[], 5)], 0)], "policy \"a\" has a step that calls nobody"),
            (
                vec![policy("a", vec![step(&[PRIMARY], 0)], 0)],
                "policy \"a\" waits 0 s for an answer; a minute to a day are possible",
            ),
            (
                vec![policy("a", vec![step(&[PRIMARY], 1_441)], 0)],
                "policy \"a\" waits 86460 s for an answer; a minute to a day are possible",
            ),
            (vec![policy("a", many(21), 0)], "policy \"a\" has 21 steps; at most 20 are possible"),
            (vec![policy("a", many(1), 10)], "policy \"a\" has 10 repetitions; at most 9 are possible"),
            (
                vec![policy("a", vec![step(&(0..11).map(person).collect::<Vec<_>>(), 5)], 0)],
                "policy \"a\" has 11 people in one step; at most 10 are possible",
            ),
            (
                vec![policy("a", vec![to("b"), to("b")], 0), policy("b", many(20), 9)],
                "policy \"b\" has 201 rungs; at most 200 are possible",
            ),
            (
                vec![policy("a", vec![step(&[PRIMARY, Target::Policy("b".to_owned())], 5)], 0)],
                "policy \"a\" has a step that hands over to a policy and calls somebody too; make two steps",
            ),
        ] {
            let policies: BTreeMap<_, _> = policies.into_iter().collect();
            let problem = Ladder::of("a", &policies).expect_err(want);
            assert_eq!(problem.to_string(), want);
        }
    }

    #[test]
    fn the_standard_is_a_ladder() {
        let standard = crate::standard();
        let ladder = Ladder::of("standard", &[(standard.name.clone(), standard)].into()).expect("a ladder");
        assert_eq!((ladder.rungs().len(), ladder.rounds()), (9, 3));
        assert_eq!([0, 2, 3, 8, 99].map(|rung| ladder.round(rung)), [1, 1, 2, 3, 3]);
    }
}
