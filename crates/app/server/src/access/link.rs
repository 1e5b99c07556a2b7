//! Links that do one thing for one person: signed, with an end, and of no other use.
//!
//! Whoever opens one need not be signed in, so what is done by it was done by that person, or whoever reads what only
//! they are sent. What a link is for is part of what is signed: one that takes a page confirms no contact, whatever the
//! two are called. The key is in the side store: losing that ends the links, and makes a new key.

use jiff::{SignedDuration, Timestamp};
use seaworthy_model::PersonId;
use seaworthy_store::{SideError, Table, Write};
use tokio::sync::Mutex;

use super::{Digest, Secret};
use crate::kernel::Kernel;

/// What a link is for. A new purpose is a variant, its word and how long it works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Take a page. The thing is the page's id.
    Take,
    /// Say yes to an invitation into a rotation, or nothing. The thing is the rotation.
    Accept,
    /// Leave a rotation, at any time. The thing is the rotation.
    Leave,
    /// Agree to a swap of shifts. The thing is the swap's id.
    Swap,
    /// Confirm a contact. The thing is the contact's mark.
    Confirm,
}

impl Purpose {
    /// The word that is signed, and with which the link's path begins. Frozen: links out there hold it.
    const fn word(self) -> &'static str {
        match self {
            Self::Take => "take",
            Self::Accept => "accept",
            Self::Leave => "leave",
            Self::Swap => "swap",
            Self::Confirm => "confirm",
        }
    }

    /// How long a link works.
    pub(crate) const fn hours(self) -> i64 {
        match self {
            // A page that nobody took for a day is not taken by going back to its message.
            Self::Take => 24,
            // Nobody is hurried into being on call.
            Self::Accept => 14 * 24,
            // Whoever joined may leave whenever they want to.
            Self::Leave => 10 * 366 * 24,
            // A holiday of the other person may be in between.
            Self::Swap => 7 * 24,
            // Who set the contact up is waiting for it.
            Self::Confirm => 24,
        }
    }
}

/// Where the key is. The name is of the time when links took pages only.
const KEY: &str = "take-key";

/// Held while the key is looked for: two that make one each would sign for nothing.
static MAKING: Mutex<()> = Mutex::const_new(());

/// Makes the link by which a person does one thing: `<base>/<word>/<thing>/<end>/<mark>`, the `thing` without a slash.
/// Where the person cannot be told from the thing, as for an invitation, `<person>` stands before `<end>`.
///
/// # Errors
/// When the side store fails.
pub(crate) async fn sign(
    kernel: &Kernel,
    base: &str,
    purpose: Purpose,
    (thing, person): (&str, &PersonId),
) -> Result<String, SideError> {
    let end = (kernel.now() + SignedDuration::from_hours(purpose.hours())).as_second();
    let mark = mark(&key(kernel).await?, purpose, (thing, person), end).hex();
    let word = purpose.word();
    Ok(match purpose {
        Purpose::Take => format!("{base}/{word}/{thing}/{end}/{mark}"),
        Purpose::Accept | Purpose::Leave | Purpose::Swap | Purpose::Confirm => {
            format!("{base}/{word}/{thing}/{person}/{end}/{mark}")
        }
    })
}

/// Says for which of some people a link was made, if for this purpose and thing and not over. Give it those whom the
/// thing is about; for a link that names its person, that one.
///
/// # Errors
/// When the side store cannot say.
pub(crate) async fn whose<'a>(
    kernel: &Kernel,
    purpose: Purpose,
    (thing, people): (&str, impl IntoIterator<Item = &'a PersonId>),
    (end, signed): (&str, &str),
) -> Result<Option<&'a PersonId>, SideError> {
    let (Ok(end), Some(signed)) = (end.parse::<i64>(), Digest::from_hex(signed)) else { return Ok(None) };
    if Timestamp::from_second(end).map_or(true, |end| end <= kernel.now()) {
        return Ok(None);
    }
    let key = key(kernel).await?;
    Ok(people.into_iter().find(|person| mark(&key, purpose, (thing, person), end).equals(&signed)))
}

/// Returns what stands for a contact of a person where the contact itself must not: the same text gives the same mark.
///
/// # Errors
/// When the side store fails.
pub(crate) async fn contact_mark(kernel: &Kernel, person: &PersonId, contact: &str) -> Result<String, SideError> {
    Ok(Digest::keyed(&key(kernel).await?, &format!("contact\n{person}\n{contact}")).hex())
}

/// Neither a handle nor a number holds a line feed, so no two links sign one text, whatever the thing holds.
fn mark(key: &[u8], purpose: Purpose, (thing, person): (&str, &PersonId), end: i64) -> Digest {
    Digest::keyed(key, &format!("{}\n{thing}\n{person}\n{end}", purpose.word()))
}

async fn key(kernel: &Kernel) -> Result<Vec<u8>, SideError> {
    let _alone = MAKING.lock().await;
    if let Some(key) = kernel.side.get(Table::Meta, KEY).await? {
        return Ok(key);
    }
    let value = Secret::random().reveal().as_bytes().to_vec();
    kernel.side.write(vec![Write::Put { table: Table::Meta, key: KEY.to_owned(), value: value.clone() }]).await?;
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Purpose; 5] = [Purpose::Take, Purpose::Accept, Purpose::Leave, Purpose::Swap, Purpose::Confirm];

    #[test]
    fn a_link_is_for_one_purpose_thing_person_and_end() {
        let person = |name: &str| name.parse::<PersonId>().expect("a name");
        let (ines, omar) = (person("ines"), person("omar"));
        let one = mark(b"key", Purpose::Take, ("a", &ines), 1);
        assert!(one.equals(&Digest::keyed(b"key", "take\na\nines\n1")), "links out there go on working");
        for purpose in ALL {
            let same = mark(b"key", purpose, ("a", &ines), 1).equals(&one);
            assert_eq!(same, purpose == Purpose::Take, "{purpose:?}");
        }
        for other in [
            mark(b"other", Purpose::Take, ("a", &ines), 1),
            mark(b"key", Purpose::Take, ("b", &ines), 1),
            mark(b"key", Purpose::Take, ("a", &omar), 1),
            mark(b"key", Purpose::Take, ("a", &ines), 11),
            mark(b"key", Purpose::Take, ("a\nines", &ines), 1),
        ] {
            assert!(!other.equals(&one));
        }
    }
}
