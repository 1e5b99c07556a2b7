//! Licences of everything that ships, against the list in `deny.toml`: one list for both tools.

use super::Finding;
use super::graph::Workspace;
use crate::shell::Outcome;

/// Every package of the binary whose licence is not allowed, or not stated.
///
/// # Errors
/// When `deny` holds no list of allowed licences.
pub(super) fn findings(workspace: &Workspace, deny: &str) -> Outcome<Vec<Finding>> {
    let allowed = allowed(deny).ok_or("\"deny.toml\" holds no `allow = [..]` under [licenses]")?;
    let theirs = workspace.named("seaworthy").map(|binary| workspace.shipped_with(binary)).unwrap_or_default();
    let bad = theirs.into_iter().filter(|package| !package.licence.as_deref().is_some_and(|said| fits(said, &allowed)));
    let finding = |package: &super::graph::Package| {
        let said = package.licence.as_deref().unwrap_or("nothing");
        let seen = format!("\"{} {}\" states the licence \"{said}\"", package.name, package.version);
        Finding::new("deny.toml", 0, "licence", seen, "use another crate, or allow the licence there with its reason")
    };
    Ok(bad.map(finding).collect())
}

/// The quoted words of the `allow` array in the `[licenses]` table.
fn allowed(deny: &str) -> Option<Vec<&str>> {
    let table = deny.split("\n[licenses]").nth(1)?;
    let array = table.split("\nallow = [").nth(1)?.split(']').next()?;
    let lines = array.lines().map(|line| line.split('#').next().unwrap_or_default());
    Some(lines.flat_map(|line| line.split('"').skip(1).step_by(2)).collect())
}

/// True when an SPDX expression can be met with the allowed licences alone; `/` is an old spelling of OR.
fn fits(expression: &str, allowed: &[&str]) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ").replace(" WITH ", "\u{1}");
    let mut words = spaced.split_whitespace().collect::<Vec<_>>().into_iter().peekable();
    either(&mut words, allowed) && words.peek().is_none()
}

type Words<'a> = std::iter::Peekable<std::vec::IntoIter<&'a str>>;

fn either(words: &mut Words<'_>, allowed: &[&str]) -> bool {
    let mut fits = both(words, allowed);
    while words.next_if_eq(&"OR").is_some() {
        fits |= both(words, allowed);
    }
    fits
}

fn both(words: &mut Words<'_>, allowed: &[&str]) -> bool {
    let mut fits = single(words, allowed);
    while words.next_if_eq(&"AND").is_some() {
        fits &= single(words, allowed);
    }
    fits
}

fn single(words: &mut Words<'_>, allowed: &[&str]) -> bool {
    if words.next_if_eq(&"(").is_none() {
        return words.next().is_some_and(|word| allowed.contains(&word.replace('\u{1}', " WITH ").as_str()));
    }
    let fits = either(words, allowed);
    words.next_if_eq(&")").is_some() && fits
}

#[cfg(test)]
mod tests {
    use super::super::graph::sketch;
    use super::{allowed, findings, fits};

    #[test]
    fn reads_expressions() {
        let list = ["MIT", "Unicode-3.0", "Apache-2.0 WITH LLVM-exception"];
        for fine in [
            "MIT",
            "MIT OR GPL-3.0",
            "GPL-3.0/MIT",
            "(MIT OR Apache-2.0) AND Unicode-3.0",
            "Apache-2.0 WITH LLVM-exception",
            "Zlib AND GPL-3.0 OR MIT",
        ] {
            assert!(fits(fine, &list), "{fine}");
        }
        for bad in ["", "GPL-3.0", "MIT AND GPL-3.0", "(MIT OR GPL-3.0", "MIT GPL-3.0", "Apache-2.0"] {
            assert!(!fits(bad, &list), "{bad}");
        }
    }

    #[test]
    fn takes_the_list_from_the_file() {
        let deny = "\n[bans]\nallow = [\"x\"]\n\n[licenses]\nallow = [\n  \"MIT\", # \"no\"\n  \"ISC\",\n]\n";
        assert_eq!(allowed(deny), Some(vec!["MIT", "ISC"]));
        assert_eq!(allowed("[licenses]"), None);
    }

    #[test]
    fn names_the_package() {
        let workspace = sketch("crates/bin/seaworthy seaworthy: a\n- a:");
        let found = findings(&workspace, "\n[licenses]\nallow = [\"ISC\"]\n").unwrap();
        assert_eq!(found[1].seen, "\"a 1.0.0\" states the licence \"MIT\"");
    }
}
