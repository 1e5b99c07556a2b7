//! An owner as a file writes it: a user, a team, a role, an e-mail address or a bare name.

use serde::Serialize;

/// What an owner's text stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum OwnerKind {
    /// One person, by handle.
    User,
    /// A group of people whose members only the forge or a catalogue knows.
    Team,
    /// A role on GitLab, `@@maintainer`.
    Role,
    /// One person or a list, by e-mail address.
    Email,
    /// A name from a catalogue that may be either.
    Name,
}

/// An owner as a file writes it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Owner {
    /// What the text stands for.
    pub kind: OwnerKind,
    /// The text, as written.
    pub text: String,
}

impl Owner {
    /// Reads an owner of a CODEOWNERS line; `None` when no forge takes it for one.
    ///
    /// A GitLab group has no slash when it is at the top: `@group` is read as a user, which it may be too.
    pub fn parse(text: &str) -> Option<Self> {
        let kind = match text.strip_prefix('@') {
            Some(role) if role.starts_with('@') => is_handle(&role[1..]).then_some(OwnerKind::Role)?,
            Some(name) if name.contains('/') => name.split('/').all(is_handle).then_some(OwnerKind::Team)?,
            Some(name) => is_handle(name).then_some(OwnerKind::User)?,
            None => is_email(text).then_some(OwnerKind::Email)?,
        };
        Some(Self { kind, text: text.to_owned() })
    }

    /// Reads an owner of a catalogue: `[kind:][namespace/]name` as Backstage writes it, or a bare name.
    pub fn from_catalogue(text: &str) -> Self {
        let kind = match text.split_once(':') {
            Some((kind, _)) if kind.eq_ignore_ascii_case("user") => OwnerKind::User,
            Some((kind, _)) if kind.eq_ignore_ascii_case("group") => OwnerKind::Team,
            _ if is_email(text) => OwnerKind::Email,
            _ => OwnerKind::Name,
        };
        Self { kind, text: text.to_owned() }
    }

    /// Returns the last part of the name in lower case, without `@`, kind, namespace or organisation: what two files
    /// that mean the same owner have in common.
    pub fn slug(&self) -> String {
        if self.kind == OwnerKind::Email {
            return self.text.to_lowercase();
        }
        let name = self.text.rsplit(['/', ':']).next().unwrap_or(&self.text);
        name.trim_start_matches('@').to_lowercase()
    }

    /// Returns the text to show: an address only when addresses may be shown.
    pub fn shown(&self, emails: bool) -> &str {
        if self.kind == OwnerKind::Email && !emails { "(an e-mail address)" } else { &self.text }
    }
}

fn is_handle(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || "-_.".contains(c))
}

fn is_email(text: &str) -> bool {
    text.split_once('@').is_some_and(|(local, host)| {
        !local.is_empty() && host.contains('.') && !host.contains('@') && !text.contains(['/', '#'])
    })
}
