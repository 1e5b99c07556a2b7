//! Whom a directory of files speaks for where nobody says so.

use std::io;
use std::path::Path;

/// Returns the name of a directory as a source: in a git repository the repository's directory with the path below it,
/// elsewhere the directory's own name. No more of the path than that: it may hold a person's name, and this name
/// becomes part of the ledger.
///
/// # Errors
/// When there is no such directory, or it is one without a name.
pub fn source_name(directory: &Path) -> io::Result<String> {
    let directory = directory.canonicalize()?;
    let repository = directory.ancestors().find(|ancestor| ancestor.join(".git").exists());
    let root = repository.unwrap_or(&directory);
    let named = root.parent().and_then(|above| directory.strip_prefix(above).ok());
    let name = named.unwrap_or(Path::new("")).to_string_lossy();
    let name: String = name.chars().map(|c| if c.is_control() { '-' } else { c }).collect();
    if name.is_empty() {
        let why = "it has no name of its own";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_is_named_after_its_repository_and_no_further_up() {
        let top = std::env::temp_dir().join(format!("seaworthy-source-{}", std::process::id()));
        let name = |path: &str| {
            std::fs::create_dir_all(top.join(path)).unwrap();
            source_name(&top.join(path)).unwrap()
        };
        std::fs::create_dir_all(top.join("mia/shop/.git")).unwrap();
        assert_eq!(name("mia/shop/production"), "shop/production");
        assert_eq!(name("mia/shop/deploy/../production"), "shop/production");
        assert_eq!(name("mia/shop"), "shop");
        assert_eq!(name("mia/production"), "production");
        assert_eq!(name("mia/a\nb"), "a-b");
        assert!(source_name(&top.join("nowhere")).is_err() && source_name(Path::new("/")).is_err());
        std::fs::remove_dir_all(top).unwrap();
    }
}
