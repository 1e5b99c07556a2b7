//! The portal's pages.

use super::Route;

pub(super) fn routes() -> Vec<Route> {
    Vec::new()
}
