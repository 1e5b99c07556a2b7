//! Small questions about text that several matchers ask.

use std::collections::HashMap;

/// Shannon entropy in bits a character, 0 for nothing.
pub(crate) fn entropy(text: &str) -> f64 {
    let mut counts: HashMap<char, u32> = HashMap::new();
    for c in text.chars() {
        *counts.entry(c).or_default() += 1;
    }
    let total: u32 = counts.values().sum();
    let part = |count: &u32| f64::from(*count) / f64::from(total);
    counts.values().map(part).map(|p| -p * p.log2()).sum()
}

/// Whether any of `words` stands in the text, which is in lower case.
pub(crate) fn has_any(lower: &str, words: &[&str]) -> bool {
    words.iter().any(|word| lower.contains(word))
}

/// Whether there is a run of at least `least` equal or counting characters, such as `xxxx`, `1234`, `abcd`.
pub(crate) fn has_run(text: &str, least: usize) -> bool {
    let bytes = text.as_bytes();
    let (mut same, mut up) = (1, 1);
    bytes.windows(2).any(|pair| {
        same = if pair[0] == pair[1] { same + 1 } else { 1 };
        up = if pair[0].checked_add(1) == Some(pair[1]) { up + 1 } else { 1 };
        same >= least || up >= least
    })
}

/// Splits `camelCase`, `snake_case`, `kebab-case` and `dotted.names` into words in lower case.
pub(crate) fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = vec![String::new()];
    let mut before = ' ';
    for c in name.chars() {
        if !c.is_ascii_alphanumeric() {
            words.push(String::new());
        } else {
            if c.is_ascii_uppercase() && before.is_ascii_lowercase() {
                words.push(String::new());
            }
            words.last_mut().expect("it starts with one").push(c.to_ascii_lowercase());
        }
        before = c;
    }
    words.retain(|word| !word.is_empty());
    words
}
