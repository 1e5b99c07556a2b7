//! Other people's histories of outages, as they published them.
