//! Ids as people read and write them: as far as they tell things apart.

use std::fmt::Display;

/// Fewest characters of an id that are shown: fewer look like a number.
const CHARS_MIN: usize = 8;

/// Returns how many characters tell these ids apart.
pub(crate) fn tell_apart(ids: impl Iterator<Item = impl Display>) -> usize {
    let mut ids: Vec<String> = ids.map(|id| id.to_string()).collect();
    ids.sort();
    let alike = |one: &str, other: &str| one.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
    ids.windows(2).map(|pair| alike(&pair[0], &pair[1]) + 1).fold(CHARS_MIN, usize::max)
}

/// Returns so many characters of an id.
pub(crate) fn beginning(id: impl Display, chars: usize) -> String {
    id.to_string().chars().take(chars).collect()
}

/// Returns what has an id that begins so: of those that `matter` now, else of all.
pub(crate) fn begin<'a, T, Id: Display>(
    all: &'a [T],
    asked: &str,
    id: impl Fn(&T) -> Id,
    matters: impl Fn(&T) -> bool,
) -> Vec<&'a T> {
    let asked = asked.to_ascii_lowercase();
    let begins: Vec<&T> = all.iter().filter(|one| id(one).to_string().starts_with(&asked)).collect();
    let now: Vec<&T> = begins.iter().copied().filter(|one| matters(one)).collect();
    if now.len() == 1 { now } else { begins }
}
