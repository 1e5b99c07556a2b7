//! What kind of credential something is, and what follows from the kind alone.

use crate::format::Standing;
use crate::holder::Holder;

/// Whether somebody who has a fingerprint could find the secret by trying.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guess {
    /// A machine made it from at least 80 random bits: trying is hopeless, so a plain digest gives nothing away.
    Hopeless,
    /// A person may have made it up, or nothing tells: only a digest under a key gives nothing away.
    Possible,
}

/// A kind of credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// Its name, kebab-case; kept for ever, because ledgers hold it.
    pub name: &'static str,
    /// Who holds it, as far as the kind tells.
    pub holder: Holder,
    /// Whether it could be guessed.
    pub guess: Guess,
}

impl Kind {
    /// Tells whether a finding counts where it stands: tests and examples make up passwords and keys of their own, but no
    /// token of an issuer.
    pub fn counts(&self, standing: Standing) -> bool {
        let is_issued = self.guess == Guess::Hopeless
            && ![JWT.name, PRIVATE_KEY.name, PRIVATE_KEY_ENCRYPTED.name].contains(&self.name);
        standing == Standing::Used || is_issued
    }
}

const fn made_up(name: &'static str) -> Kind {
    Kind { name, holder: Holder::UNKNOWN, guess: Guess::Possible }
}

const fn made_by_machine(name: &'static str) -> Kind {
    Kind { name, holder: Holder::UNKNOWN, guess: Guess::Hopeless }
}

/// A value under a name such as `DB_PASSWORD`.
pub(crate) const PASSWORD: Kind = made_up("password");
/// A value under a name such as `API_KEY` that looks random.
pub(crate) const NAMED_SECRET: Kind = made_up("named-secret");
/// `scheme://user:password@host`.
pub(crate) const PASSWORD_IN_URL: Kind = made_up("password-in-url");
/// User and password behind `Authorization: Basic`, or in Docker's `auth`.
pub(crate) const BASIC_AUTH: Kind = made_up("basic-auth");
/// The token behind `Authorization: Bearer`.
pub(crate) const BEARER: Kind = made_up("bearer-token");
/// JSON Web Token (RFC 7519) with a signature.
pub(crate) const JWT: Kind = made_by_machine("jwt");
/// A private key in PEM (RFC 7468).
pub(crate) const PRIVATE_KEY: Kind = made_by_machine("private-key");
/// A private key in PEM under a passphrase.
pub(crate) const PRIVATE_KEY_ENCRYPTED: Kind = made_by_machine("private-key-encrypted");
