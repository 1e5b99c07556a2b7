//! The folders a look is about: the top-level ones, and below them those that an ownership file names.
//!
//! A folder that holds more than half of all files says little, so it is divided into its own folders, once; a folder
//! with next to nothing beside one folder in it, as `src/main/java`, is walked through without counting.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::codeowners::Tree;

/// Rows kept at most: more than that nobody reads, and each costs memory per author.
pub const FOLDERS_MAX: usize = 2_000;
/// How deep it goes at most, enough for `src/main/java/org/example/product`.
const DEPTH_MAX: usize = 8;
/// How often a large folder is divided, apart from walking through.
const DIVISIONS_MAX: usize = 1;
/// A folder that holds this share of its parent's files is walked through.
const THROUGH_RATIO: f64 = 0.9;

/// The folders, and which of them a path belongs to.
#[derive(Debug, Clone)]
pub struct Folders {
    paths: Vec<String>,
    index: HashMap<String, usize>,
    /// Whether there were more than [`FOLDERS_MAX`].
    pub cut: bool,
}

impl Folders {
    /// Chooses the folders of a tree; `named` are directories that ownership files speak of.
    pub fn plan(tree: &Tree<'_>, named: impl IntoIterator<Item = String>) -> Self {
        let mut chosen = BTreeSet::new();
        divide(tree, &mut Vec::new(), DIVISIONS_MAX + 1, &mut chosen);
        let exists = |path: &String| {
            let prefix: Vec<&str> = path.split('/').collect();
            tree.below(&prefix).any(|file| tree.files()[file].len() > prefix.len())
        };
        chosen.extend(named.into_iter().filter(exists));
        let cut = chosen.len() > FOLDERS_MAX;
        let paths: Vec<String> = chosen.into_iter().take(FOLDERS_MAX).collect();
        let index = paths.iter().enumerate().map(|(at, path)| (path.clone(), at)).collect();
        let all = Self { paths, index, cut };
        all.without_empty(tree)
    }

    /// Returns the paths in order; the empty one stands for the files at the top.
    pub fn paths(&self) -> &[String] {
        &self.paths
    }

    /// Returns the folder that a path belongs to: the deepest that holds it.
    pub fn of(&self, path: &str) -> Option<usize> {
        let mut end = path.len();
        while let Some(slash) = path[..end].rfind('/') {
            if let Some(&at) = self.index.get(&path[..slash]) {
                return Some(at);
            }
            end = slash;
        }
        // Only a file at the top belongs to the top: one in a folder that is gone belongs nowhere.
        if path.contains('/') { None } else { self.index.get("").copied() }
    }

    /// Drops folders whose files all belong to deeper ones.
    fn without_empty(self, tree: &Tree<'_>) -> Self {
        let used: BTreeSet<usize> = tree.files().iter().filter_map(|file| self.of(&file.join("/"))).collect();
        let paths: Vec<String> = used.into_iter().map(|at| self.paths[at].clone()).collect();
        let index = paths.iter().enumerate().map(|(at, path)| (path.clone(), at)).collect();
        Self { paths, index, cut: self.cut }
    }
}

fn divide<'a>(tree: &Tree<'a>, prefix: &mut Vec<&'a str>, left: usize, chosen: &mut BTreeSet<String>) {
    chosen.insert(prefix.join("/"));
    let mut children = BTreeMap::<&str, usize>::new();
    let below = tree.below(prefix);
    let all = below.len();
    for file in below {
        let file = &tree.files()[file];
        if file.len() > prefix.len() + 1 {
            *children.entry(file[prefix.len()]).or_default() += 1;
        }
    }
    for (name, files) in children {
        let through = files as f64 >= all as f64 * THROUGH_RATIO && !prefix.is_empty();
        let left = if through { left } else { left.saturating_sub(1) };
        prefix.push(name);
        if files * 2 > tree.files().len() && left > 0 && prefix.len() < DEPTH_MAX {
            divide(tree, prefix, left, chosen);
        } else {
            chosen.insert(prefix.join("/"));
        }
        prefix.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(files: &[&str], named: &[&str]) -> Vec<String> {
        let tree = Tree::new(files.iter().copied());
        Folders::plan(&tree, named.iter().map(ToString::to_string)).paths
    }

    #[test]
    fn top_folders_and_named_ones() {
        let files = ["a/x", "a/b/y", "a/b/z", "b/x", "c/x", "c/y", "README"];
        assert_eq!(plan(&files, &["a/b", "gone", "README", "b/x"]), ["", "a", "a/b", "b", "c"]);
    }

    #[test]
    fn a_folder_with_more_than_half_is_divided() {
        let files = ["src/main/java/org/a/1", "src/main/java/org/b/1", "src/main/java/org/c/1", "docs/x"];
        assert_eq!(plan(&files, &[]), ["docs", "src/main/java/org/a", "src/main/java/org/b", "src/main/java/org/c"]);
    }

    #[test]
    fn a_path_belongs_to_the_deepest_folder() {
        let tree = Tree::new(["a/x", "a/b/y", "c/x", "top"]);
        let folders = Folders::plan(&tree, ["a/b".to_owned()]);
        for (path, folder) in [
            ("a/b/c/d", Some("a/b")),
            ("a/bb", Some("a")),
            ("top", Some("")),
            ("other", Some("")),
            ("gone/x", None),
            ("", Some("")),
        ] {
            assert_eq!(folders.of(path).map(|at| folders.paths[at].as_str()), folder, "{path}");
        }
    }
}
