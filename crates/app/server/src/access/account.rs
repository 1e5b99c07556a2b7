//! Signing in by handle and password, and choosing one. What is kept of passwords is in the side store alone.
//!
//! Whoever is refused is told one thing, whether there is no such account, the account is closed, it has no password, or the
//! password is another; and each takes the same work.

use std::net::IpAddr;

use seaworthy_model::PersonId;
use seaworthy_store::{SideError, Table, Write};

use super::password::{Kept, fault};
use super::{Access, session};
use crate::kernel::Kernel;

/// Why somebody is not let in, or has no other password now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NotIn {
    /// Not that account, or not that password.
    Refused,
    /// Too many tries, or too many at once.
    Later,
    /// The new password is none, in words.
    Fault(String),
}

fn key(person: &PersonId) -> String {
    format!("password/{person}")
}

async fn kept(kernel: &Kernel, person: &PersonId) -> Result<Option<Kept>, SideError> {
    let bytes = kernel.side.get(Table::Meta, &key(person)).await?;
    Ok(bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
}

impl Access {
    /// Returns a new session's secret to whoever knows an account's password.
    ///
    /// # Errors
    /// When the side store cannot say.
    pub(crate) async fn enter(
        &self,
        handle: &str,
        password: String,
        from: Option<IpAddr>,
    ) -> Result<Result<String, NotIn>, SideError> {
        if !self.tries.begin(handle, from, self.kernel.now()) {
            return Ok(Err(NotIn::Later));
        }
        let person: Option<PersonId> = handle.parse().ok();
        let is_open = |person: &PersonId| self.kernel.look(|look| look.state.accounts.role(person).is_some());
        let person = person.filter(is_open);
        let kept = match &person {
            Some(person) => kept(&self.kernel, person).await?,
            None => None,
        };
        let is_theirs = self.passwords.is(kept.as_ref(), password).await;
        match (is_theirs, person) {
            (Err(_), _) => Ok(Err(NotIn::Later)),
            (Ok(true), Some(person)) => {
                self.tries.worked(handle);
                let _alone = self.redeeming.lock().await;
                Ok(session::open(&self.kernel, person).await?.ok_or(NotIn::Later))
            }
            (Ok(_), _) => {
                tracing::info!("somebody was refused who tried to sign in");
                Ok(Err(NotIn::Refused))
            }
        }
    }

    /// Returns whether a person has a password.
    ///
    /// # Errors
    /// When the side store cannot say.
    pub(crate) async fn has_password(&self, person: &PersonId) -> Result<bool, SideError> {
        Ok(kept(&self.kernel, person).await?.is_some())
    }

    /// Sets a person's password and ends every session and link of theirs. Where `current` is there, it must be theirs.
    ///
    /// # Errors
    /// When the side store fails; then the password is as it was.
    pub(crate) async fn set_password(
        &self,
        person: &PersonId,
        current: Option<String>,
        new: String,
    ) -> Result<Result<(), NotIn>, SideError> {
        if let Some(why) = fault(person.as_str(), &new) {
            return Ok(Err(NotIn::Fault(why)));
        }
        if let Some(current) = current {
            if !self.tries.begin(person.as_str(), None, self.kernel.now()) {
                return Ok(Err(NotIn::Later));
            }
            let kept = kept(&self.kernel, person).await?;
            match self.passwords.is(kept.as_ref(), current).await {
                Ok(true) => self.tries.worked(person.as_str()),
                Ok(false) => return Ok(Err(NotIn::Refused)),
                Err(_) => return Ok(Err(NotIn::Later)),
            }
        }
        let Ok(kept) = self.passwords.keep(new).await else { return Ok(Err(NotIn::Later)) };
        let value = serde_json::to_vec(&kept).expect("numbers and strings");
        let put = Write::Put { table: Table::Meta, key: key(person), value };
        self.kernel.side.write(vec![put]).await?;
        self.end_all(person).await?;
        tracing::info!(%person, "has another password");
        Ok(Ok(()))
    }

    /// Forgets a person's password and ends every session and link of theirs.
    ///
    /// # Errors
    /// When the side store fails.
    pub(crate) async fn forget(&self, person: &PersonId) -> Result<(), SideError> {
        self.kernel.side.write(vec![Write::Delete { table: Table::Meta, key: key(person) }]).await?;
        self.end_all(person).await.map(drop)
    }
}
