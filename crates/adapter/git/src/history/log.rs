//! Parses `git log -z --numstat` piece by piece, so that a long history never lies in memory as a whole.

/// The format that [`LogParser`] reads: a marker no path entry starts with, hash, commit time, author by mailmap,
/// the author's address as it stands in the commit, subject.
pub const FORMAT: &str = "--format=%x01%H %ct%x02%aN%x02%aE%x02%ae%x02%s";

/// A longer token is cut here: paths end at 4096 bytes and nobody reads a longer subject.
const TOKEN_BYTES: usize = 16 * 1024;

/// One commit with what it changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Commit {
    /// The hash in hexadecimal.
    pub hash: String,
    /// When it was committed, in seconds since 1970.
    pub at: i64,
    /// The author's name.
    pub name: String,
    /// The author's e-mail address by mailmap.
    pub email: String,
    /// The author's e-mail address as it stands in the commit.
    pub email_written: String,
    /// The first line of the message.
    pub subject: String,
    /// The files it changed.
    pub changes: Vec<Change>,
}

/// One changed file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// Its path, the new one if it moved.
    pub path: String,
    /// Lines added and removed; 0 for a binary file.
    pub lines: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expect {
    Any,
    MovedFrom,
    MovedTo,
}

/// Reads the output of `git log -z` with [`FORMAT`] and `--numstat` or `--name-only`.
#[derive(Debug)]
pub struct LogParser {
    token: Vec<u8>,
    commit: Option<Commit>,
    expect: Expect,
    moved_lines: u64,
}

impl Default for LogParser {
    fn default() -> Self {
        Self { token: Vec::new(), commit: None, expect: Expect::Any, moved_lines: 0 }
    }
}

impl LogParser {
    /// Takes the next bytes and hands over every commit that is complete with them.
    pub fn push(&mut self, bytes: &[u8], on_commit: &mut dyn FnMut(Commit)) {
        let mut rest = bytes;
        while let Some(end) = rest.iter().position(|&byte| byte == 0) {
            self.extend(&rest[..end]);
            let token = std::mem::take(&mut self.token);
            self.token_ended(&token, on_commit);
            rest = &rest[end + 1..];
        }
        self.extend(rest);
    }

    /// Hands over the last commit; one that was cut in the middle is complete as far as it goes.
    pub fn finish(mut self, on_commit: &mut dyn FnMut(Commit)) {
        if let Some(commit) = self.commit.take() {
            on_commit(commit);
        }
    }

    fn extend(&mut self, bytes: &[u8]) {
        let room = TOKEN_BYTES.saturating_sub(self.token.len());
        self.token.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    fn token_ended(&mut self, token: &[u8], on_commit: &mut dyn FnMut(Commit)) {
        match self.expect {
            Expect::MovedFrom => self.expect = Expect::MovedTo,
            Expect::MovedTo => {
                self.expect = Expect::Any;
                self.changed(token, self.moved_lines);
            }
            Expect::Any => {
                // Between a message and its files git prints a line break.
                let token = token.strip_prefix(b"\n").unwrap_or(token);
                match token.first() {
                    None => {}
                    Some(1) => on_commit_before(self.commit.replace(header(&token[1..])), on_commit),
                    Some(_) => self.numstat(token),
                }
            }
        }
    }

    /// Reads `added TAB removed TAB path`, or the same with an empty path before the two paths of a move.
    fn numstat(&mut self, token: &[u8]) {
        let mut parts = token.splitn(3, |&byte| byte == b'\t');
        let (added, removed, path) = (parts.next(), parts.next(), parts.next());
        let lines = number(added).saturating_add(number(removed));
        match path {
            Some([]) => {
                self.moved_lines = lines;
                self.expect = Expect::MovedFrom;
            }
            Some(path) => self.changed(path, lines),
            None => self.changed(token, 0),
        }
    }

    fn changed(&mut self, path: &[u8], lines: u64) {
        if let Some(commit) = &mut self.commit {
            commit.changes.push(Change { path: String::from_utf8_lossy(path).into_owned(), lines });
        }
    }
}

fn on_commit_before(commit: Option<Commit>, on_commit: &mut dyn FnMut(Commit)) {
    if let Some(commit) = commit {
        on_commit(commit);
    }
}

fn number(bytes: Option<&[u8]>) -> u64 {
    bytes.and_then(|bytes| std::str::from_utf8(bytes).ok()).and_then(|text| text.parse().ok()).unwrap_or(0)
}

fn header(bytes: &[u8]) -> Commit {
    let text = String::from_utf8_lossy(bytes);
    let mut fields = text.split('\u{2}').map(str::to_owned);
    let first = fields.next().unwrap_or_default();
    let (hash, at) = first.split_once(' ').unwrap_or((&first, "0"));
    let mut field = || fields.next().unwrap_or_default();
    Commit {
        hash: hash.to_owned(),
        at: at.parse().unwrap_or(0),
        name: field(),
        email: field(),
        email_written: field(),
        subject: field(),
        changes: vec![],
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use proptest::prelude::*;

    use super::*;

    fn read(chunks: &[&[u8]]) -> Vec<Commit> {
        let mut commits = Vec::new();
        let mut parser = LogParser::default();
        for chunk in chunks {
            parser.push(chunk, &mut |commit| commits.push(commit));
        }
        parser.finish(&mut |commit| commits.push(commit));
        commits
    }

    fn check(output: &str, expected: Expect) {
        let mut text = String::new();
        for commit in read(&[output.as_bytes()]) {
            text += &format!("{} {} {} <{}> {}\n", commit.hash, commit.at, commit.name, commit.email, commit.subject);
            for change in commit.changes {
                text += &format!("  {} {}\n", change.lines, change.path);
            }
        }
        expected.assert_eq(&text);
    }

    #[test]
    fn commits_and_their_files() {
        let output = "\u{1}aa 10\u{2}Ann Lee\u{2}ann@x\u{2}a@y\u{2}Fix it\0\n3\t4\tsrc/a b.rs\0-\t-\tlogo.png\0\
                      \u{1}bb 9\u{2}Bob\u{2}\u{2}\u{2}\0\u{1}cc 8\u{2}C\u{2}c@x\u{2}c@x\u{2}s\0\n0\t0\t\0old/x\0new/x\u{1}\0\
                      1\t0\ty\0";
        check(
            output,
            expect![[r#"
            aa 10 Ann Lee <ann@x> Fix it
              7 src/a b.rs
              0 logo.png
            bb 9 Bob <> 
            cc 8 C <c@x> s
              0 new/x
              1 y
        "#]],
        );
    }

    #[test]
    fn names_without_numbers_are_files_too() {
        check(
            "\u{1}aa 10\u{2}A\u{2}a@x\u{2}a@x\u{2}s\0\nsrc/a\0b\0",
            expect![[r#"
            aa 10 A <a@x> s
              0 src/a
              0 b
        "#]],
        );
    }

    #[test]
    fn garbage_is_survived() {
        check(
            "x\0\u{1}\0\u{1}zz x\0999999999999999999999\t1\tp\0",
            expect![[r#"
             0  <> 
            zz 0  <> 
              1 p
        "#]],
        );
    }

    proptest! {
        #[test]
        fn no_bytes_panic_and_no_split_matters(bytes: Vec<u8>, at in 0usize..64) {
            let at = at.min(bytes.len());
            prop_assert_eq!(read(&[&bytes]), read(&[&bytes[..at], &bytes[at..]]));
        }

        #[test]
        fn no_split_of_likely_bytes_matters(text in "([\u{1}\u{2}\0\t\na0 ]{0,40})", at in 0usize..40) {
            let bytes = text.as_bytes();
            let at = at.min(bytes.len());
            prop_assert_eq!(read(&[bytes]), read(&[&bytes[..at], &bytes[at..]]));
        }
    }
}
