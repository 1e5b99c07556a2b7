//! Histories in both layouts, whole and broken.
