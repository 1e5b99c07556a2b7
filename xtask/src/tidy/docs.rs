//! Documentation that is found: every relative link leads to a file, every recipe stands in CONTRIBUTING.md.

use super::{Finding, Source, line_of, text_of};

const LIST: &str = "CONTRIBUTING.md";

/// Broken links and unlisted recipes; `exists` answers for a path from the top of the checkout.
pub(super) fn findings(sources: &[Source], exists: impl Fn(&str) -> bool) -> Vec<Finding> {
    let pages = sources.iter().filter(|source| source.path.ends_with(".md") && !source.path.contains("/cases/"));
    let mut findings: Vec<Finding> = pages.flat_map(|page| broken(page, &exists)).collect();
    let list = text_of(sources, LIST).unwrap_or_default();
    let recipes = sources.iter().filter(|source| source.path.starts_with("docs/recipes/"));
    let unlisted = recipes.filter(|recipe| line_of(list, &recipe.path) == 0);
    findings.extend(unlisted.map(|recipe| {
        let seen = format!("the recipe is not mentioned in {LIST}");
        Finding::new(&recipe.path, 0, "recipe", seen, "add its link to the list there")
    }));
    findings
}

fn broken(page: &Source, exists: impl Fn(&str) -> bool) -> Vec<Finding> {
    let mut fenced = false;
    let mut findings = Vec::new();
    for (at, line) in page.text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        if fenced || line.starts_with("    ") {
            continue;
        }
        let dead = targets(line).filter(|target| !exists(&resolve(&page.path, target)));
        findings.extend(dead.map(|target| {
            let seen = format!("the link to \"{target}\" leads nowhere");
            Finding::new(&page.path, at + 1, "link", seen, "mend the path; it is relative to the page")
        }));
    }
    findings
}

/// Relative link targets of one line, without their anchors.
fn targets(line: &str) -> impl Iterator<Item = &str> {
    let inside = line.split("](").skip(1).filter_map(|rest| rest.split([')', ' ']).next());
    let file = inside.filter(|target| !target.contains("://") && !target.starts_with("mailto:"));
    file.map(|target| target.split('#').next().unwrap_or_default()).filter(|target| !target.is_empty())
}

/// Where `target` leads from `page`, from the top of the checkout.
fn resolve(page: &str, target: &str) -> String {
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            name => parts.push(name),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::super::Source;
    use super::{findings, resolve};

    /// Lines and what is seen, in a project that holds `docs/a.md` and `README.md` besides the given page.
    fn seen(path: &str, text: &str) -> Vec<(usize, String)> {
        let page = Source { path: path.into(), text: text.into() };
        let exists = |path: &str| ["docs/a.md", "README.md", "docs"].contains(&path);
        findings(&[page], exists).into_iter().map(|finding| (finding.line, finding.seen)).collect()
    }

    #[test]
    fn links_that_lead_somewhere() {
        assert_eq!(seen("README.md", "[a](docs/a.md) [b](./docs/a.md#part) [c](#here) [d](https://x.test/y)"), []);
        assert_eq!(seen("docs/b.md", "[a](a.md), [b](../README.md), [c](../docs/)"), []);
    }

    #[test]
    fn links_that_do_not() {
        let dead = |target: &str| format!("the link to \"{target}\" leads nowhere");
        assert_eq!(
            seen("README.md", "x\n[a](a.md) and [b](docs/a.md) and [c](docs/c.md)"),
            [(2, dead("a.md")), (2, dead("docs/c.md"))]
        );
    }

    #[test]
    fn code_is_not_a_link() {
        assert_eq!(seen("README.md", "```\n[a](nowhere.md)\n```\n\n    [b](nowhere.md)\n"), []);
    }

    #[test]
    fn a_recipe_must_be_listed() {
        assert_eq!(
            seen("docs/recipes/add-a-page.md", "# Add a page")[0].1,
            "the recipe is not mentioned in CONTRIBUTING.md"
        );
    }

    #[test]
    fn resolves_from_the_page() {
        assert_eq!(resolve("docs/recipes/x.md", "../../crates/app"), "crates/app");
    }
}
