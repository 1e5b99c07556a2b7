//! Which tags are releases, told by their names alone.

/// Words after the number that say "not a release yet".
const NOT_YET: [&str; 11] =
    ["alpha", "beta", "rc", "pre", "dev", "snapshot", "nightly", "canary", "preview", "eap", "test"];

/// A tag that names a version.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// What stands before the number, without a final `v`: `""` for `v1.2.3`, `"web@"` for `web@1.2.3`.
    pub family: String,
    /// The numbers, the biggest first.
    pub numbers: Vec<u64>,
    /// Whether it says that it is not a release yet.
    pub prerelease: bool,
}

/// Reads a tag as a version: `v1.2.3`, `1.2`, `v8`, `web@1.2.3`, `api/v1.0.0`, `release-2024-01-31`, `REL_15_2`,
/// `20240131`; `None` when it names none.
pub fn version(tag: &str) -> Option<Version> {
    let start = start_of_number(tag)?;
    let (before, number) = tag.split_at(start);
    let family = before.strip_suffix(['v', 'V']).filter(|rest| ends_a_word(rest)).unwrap_or(before);
    let has_v = family.len() < before.len();
    let end = number.find(|c: char| !(c.is_ascii_digit() || "._-".contains(c))).unwrap_or(number.len());
    let digits = number[..end].trim_end_matches(['.', '_', '-']);
    let numbers: Vec<u64> = digits.split(['.', '_', '-']).map_while(|part| part.parse().ok()).collect();
    let is_date = digits.len() == 8 && (digits.starts_with("19") || digits.starts_with("20"));
    let enough = numbers.len() > 1 || (has_v && numbers.len() == 1) || is_date;
    let rest = number[digits.len()..].to_lowercase();
    let plausible = rest.is_empty() || !rest.starts_with(|c: char| c.is_ascii_digit());
    (enough && plausible && ends_a_word(family)).then(|| Version {
        family: family.to_owned(),
        numbers,
        prerelease: NOT_YET.iter().any(|word| rest.contains(word)) || is_python_prerelease(&rest),
    })
}

/// The number starts at the first digit after the last `@` or `/`, so that `s3-client@1.0.0` is read from its end.
fn start_of_number(tag: &str) -> Option<usize> {
    let from = tag.rfind(['@', '/']).map_or(0, |at| at + 1);
    let digit = |text: &str| text.find(|c: char| c.is_ascii_digit());
    let mut at = from + digit(&tag[from..])?;
    // In "http2-1.4.0" and "log4j-2.17" the number stands after the last hyphen that a digit follows.
    if !ends_a_word(tag[..at].strip_suffix(['v', 'V']).unwrap_or(&tag[..at])) || is_part_of_name(&tag[from..at]) {
        let tail = tag[at..].match_indices('-').find_map(|(hyphen, _)| {
            let next = at + hyphen + 1;
            let skip = usize::from(tag[next..].starts_with(['v', 'V']));
            tag[next + skip..].starts_with(|c: char| c.is_ascii_digit()).then_some(next + skip)
        });
        at = tail.unwrap_or(at);
    }
    Some(at)
}

fn is_part_of_name(before: &str) -> bool {
    let word = before.rsplit(['-', '_', '.']).next().unwrap_or(before).to_lowercase();
    !matches!(word.as_str(), "" | "v" | "rel" | "release" | "version" | "ver" | "r")
}

fn ends_a_word(before: &str) -> bool {
    before.is_empty() || before.ends_with(['-', '_', '/', '@', '.']) || before.chars().all(|c| c.is_ascii_alphabetic())
}

/// `1.0a1` and `1.0b2`, as Python writes it (PEP 440).
fn is_python_prerelease(rest: &str) -> bool {
    rest.strip_prefix(['a', 'b']).is_some_and(|number| number.starts_with(|c: char| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn tags_are_read_as_versions() {
        let read = |tag: &str| {
            version(tag).map(|v| {
                let numbers: Vec<String> = v.numbers.iter().map(ToString::to_string).collect();
                format!("{}|{}{}", v.family, numbers.join("."), if v.prerelease { " pre" } else { "" })
            })
        };
        for (tag, expected) in [
            ("v1.2.3", Some("|1.2.3")),
            ("1.2", Some("|1.2")),
            ("v8", Some("|8")),
            ("8", None),
            ("web@1.2.3", Some("web@|1.2.3")),
            ("@acme/s3-client@1.0.0", Some("@acme/s3-client@|1.0.0")),
            ("api/v1.0.0", Some("api/|1.0.0")),
            ("release-2024-01-31", Some("release-|2024.1.31")),
            ("release/2024.01.31", Some("release/|2024.1.31")),
            ("REL_15_2", Some("REL_|15.2")),
            ("20240131", Some("|20240131")),
            ("12345678", None),
            ("log4j-2.17.1", Some("log4j-|2.17.1")),
            ("http2-v0.5.0", Some("http2-|0.5.0")),
            ("v1.2.3-rc.1", Some("|1.2.3 pre")),
            ("v2.0.0-beta", Some("|2.0.0 pre")),
            ("1.0a1", Some("|1.0 pre")),
            ("1.0.post1", Some("|1.0")),
            ("v1.2.3+build.5", Some("|1.2.3")),
            ("jdk-17.0.1", Some("jdk-|17.0.1")),
            ("latest", None),
            ("stable", None),
            ("before-big-refactoring", None),
            ("", None),
        ] {
            assert_eq!(read(tag).as_deref(), expected, "{tag}");
        }
    }

    proptest! {
        #[test]
        fn no_tag_panics(tag: String, like in "[v0-9._@/a-]{0,12}") {
            version(&tag);
            version(&like);
        }
    }
}
