//! Links that take one page, for the person it was sent to: signed, with an end, and of no other use.
//!
//! Whoever opens one need not be signed in, so a page that is taken by it has reached that person, or whoever reads what
//! only they are sent. The key is in the side store: losing that ends the links, and makes a new key.

use jiff::{SignedDuration, Timestamp};
use seaworthy_model::{PageId, PersonId};
use seaworthy_store::{SideError, Table, Write};
use tokio::sync::Mutex;

use super::{Digest, Secret};
use crate::kernel::Kernel;

/// How long a link works: a page that nobody took for a day is not taken by going back to its message.
const HOURS: i64 = 24;

/// Where the key is.
const KEY: &str = "take-key";

/// Held while the key is looked for: two that make one each would sign for nothing.
static MAKING: Mutex<()> = Mutex::const_new(());

/// Makes the link by which a person takes a page.
///
/// # Errors
/// When the side store fails.
pub(crate) async fn link(kernel: &Kernel, base: &str, page: PageId, person: &PersonId) -> Result<String, SideError> {
    let end = kernel.now() + SignedDuration::from_hours(HOURS);
    let mark = mark(&key(kernel).await?, page, person, end.as_second());
    Ok(format!("{base}/take/{page}/{}/{}", end.as_second(), mark.hex()))
}

/// Says whether a link was made for this person and page and is not over.
///
/// # Errors
/// When the side store cannot say.
pub(crate) async fn is_theirs(
    kernel: &Kernel,
    (page, person): (PageId, &PersonId),
    (end, signed): (&str, &str),
) -> Result<bool, SideError> {
    let (Ok(end), Some(signed)) = (end.parse::<i64>(), Digest::from_hex(signed)) else { return Ok(false) };
    let is_over = Timestamp::from_second(end).map_or(true, |end| end <= kernel.now());
    Ok(mark(&key(kernel).await?, page, person, end).equals(&signed) && !is_over)
}

fn mark(key: &[u8], page: PageId, person: &PersonId, end: i64) -> Digest {
    Digest::keyed(key, &format!("take\n{page}\n{person}\n{end}"))
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
